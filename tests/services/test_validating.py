"""What single runs wait for is validated together; what cannot be is left to its own run."""

from __future__ import annotations

import pytest

from admission.cases import CaseKind, Step
from admission.errors import NotFound
from admission.evidence.gathering import facts_of
from casebook.batches import StepDone
from intake.applications import read_applications
from services.validating import SharedValidation
from tests import stepping
from tests.conftest import ROOT
from wiring import House

STORIES = ("1_sound_and_small", "2_sound_and_large", "3_over_indebted")


def gathered(at: House, story: str) -> str:
    """Open the case of a story, hold it as its own run does, and ask all sources; return the reference."""
    (application,) = read_applications(ROOT / "sandbox" / "applicants" / f"{story}.yaml").applications
    case, _ = at.casebook.cases.open(application, kind=CaseKind.ONBOARDING, requester="analyst", channel="desk")
    at.casebook.cases.note_run(case.reference, f"run of {story}")
    assert at.casebook.cases.acquire_lease(case.reference, f"run of {story}", 300)
    stepping.ask_all(at, case.reference)
    at.casebook.batches.complete_steps([StepDone(case.reference, 1, Step.INVESTIGATE, {})])
    return case.reference


def validated(at: House, reference: str) -> bool:
    return at.casebook.cases.step_result(reference, 1, Step.VALIDATE) is not None


def spoil(at: House, reference: str, other: str) -> None:
    """Remove an answer that the facts of a case are read from, and those of another case are not."""
    ours, theirs = (
        {item.sha256 for item in at.casebook.evidence.of(name, 1) if item.sha256} for name in (reference, other)
    )
    first = min(ours - theirs)
    (stored,) = [path for path in (at.settings.folder / "answers").rglob(f"{first}*") if path.is_file()]
    stored.unlink()


def test_all_that_wait_are_validated_at_once_and_as_each_would_be_alone(at: House) -> None:
    references = [gathered(at, story) for story in STORIES]
    shared = SharedValidation(at)

    assert shared.validate_waiting() == references
    assert shared.validate_waiting() == []

    from expectations import validate

    for reference in references:
        store = at.casebook.evidence
        facts = facts_of(store.of(reference, 1), at.connectors, store)
        assert at.casebook.work.facts(reference, 1) == facts
        alone = validate({reference: facts}, as_of=at.today())[reference]
        assert at.casebook.work.validation(reference, 1) == alone


def test_nothing_that_no_run_of_its_own_holds_is_validated(at: House) -> None:
    reference = gathered(at, STORIES[0])
    at.casebook.cases.release_lease(reference, f"run of {STORIES[0]}")

    assert SharedValidation(at).validate_waiting() == []
    assert not validated(at, reference)


def test_a_case_that_cannot_be_validated_delays_no_other_and_is_left_to_its_own_run(
    at: House, caplog: pytest.LogCaptureFixture
) -> None:
    good, spoilt = gathered(at, STORIES[0]), gathered(at, STORIES[2])
    spoil(at, spoilt, good)
    shared = SharedValidation(at)

    assert shared.validate_waiting() == [good]
    assert shared.validate_waiting() == []

    assert (validated(at, good), validated(at, spoilt)) == (True, False)
    # Once of both together and once of the one; it is not tried again.
    told = [record.getMessage() for record in caplog.records if record.name == "services.validating"]
    assert told == [f"{count} case(s) could not be validated together: NotFound" for count in (2, 1)]
    with pytest.raises(NotFound, match="Stored bytes are missing"):
        stepping.validate(at, spoilt)
