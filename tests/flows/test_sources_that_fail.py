"""A source that cannot be asked is never taken for one that has nothing to tell."""

from __future__ import annotations

import pytest

from admission.cases import CaseStatus
from admission.evidence.answers import Answer
from admission.evidence.findings import Verdict
from sandbox.server import Sandbox
from tests.flows.acting import (
    INSOLVENT,
    SOUND_AND_LARGE,
    SOUND_AND_SMALL,
    SOURCE_DOWN,
    answers,
    asked,
    assessment_of,
    opened,
    vote_all,
    walked,
)
from wiring import House

pytestmark = pytest.mark.prefect


def statuses(sandbox: Sandbox, source: str) -> dict[str, int]:
    """Return how often a source gave each status."""
    counted: dict[str, int] = {}
    for line in sandbox.log()["requests"]:
        if line["source"] == source:
            for status, count in line["statuses"].items():
                counted[status] = counted.get(status, 0) + count
    return counted


def searches(sandbox: Sandbox) -> int:
    return sum(count for url, count in asked(sandbox, "creditsafe").items() if url.startswith("/companies?"))


def test_a_bureau_in_trouble_leaves_unknowns_and_takes_the_case_to_people(at: House, sandbox: Sandbox) -> None:
    reference = opened(at, SOURCE_DOWN)

    assert walked(reference).name == "AwaitingDecision"

    assert statuses(sandbox, "creditsafe") == {"200": 1, "500": 3}
    assert searches(sandbox) == len(at.settings.retry_delays) + 1
    assert answers(at, reference, "creditsafe") == [Answer.UNAVAILABLE]
    assessment = assessment_of(at, reference)
    assert assessment.route.kind == "desk"
    assert "pays_late" in assessment.unknowns
    assert not [result.id for result in assessment.criteria if result.verdict is Verdict.FAIL]
    poll = at.casebook.voting.poll(reference, 1)
    assert poll is not None
    assert poll.unknowns == assessment.unknowns


@pytest.mark.parametrize("source", ["creditsafe", "uk_companies_house", "uk_gazette", "ofac_sdn"])
def test_without_one_of_its_sources_even_a_sound_company_goes_to_people(
    at: House, sandbox: Sandbox, source: str
) -> None:
    sandbox.misbehave(source, "500", path="/companies" if source == "creditsafe" else "")
    reference = opened(at, SOUND_AND_SMALL)

    assert walked(reference).name == "AwaitingDecision"

    assert set(answers(at, reference, source)) == {Answer.UNAVAILABLE}
    assert assessment_of(at, reference).route.kind == "desk"
    assert assessment_of(at, reference).unknowns


def test_a_source_that_recovers_within_the_tries_leaves_no_gap(at: House, sandbox: Sandbox) -> None:
    sandbox.misbehave("creditsafe", "503", path="/companies", times=2)
    reference = opened(at, SOUND_AND_SMALL)

    assert walked(reference).name == "Admitted"

    assert searches(sandbox) == 3
    assert sandbox.log()["creditsafe"]["reports_bought"] == 1
    assert answers(at, reference, "creditsafe") == [Answer.FOUND, Answer.FOUND]


def test_without_delays_a_source_is_asked_once(at: House, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    at.settings = at.settings.model_copy(update={"retry_delays": ()})
    reference = opened(at, SOURCE_DOWN)

    assert walked(reference).name == "AwaitingDecision"
    assert searches(sandbox) == 1


@pytest.mark.parametrize(
    ("behaviour", "answer"),
    [("403", Answer.REFUSED), ("login", Answer.CHALLENGED), ("unknown_enum", Answer.CHANGED)],
)
def test_what_a_second_try_would_not_mend_is_asked_once(
    at: House, sandbox: Sandbox, behaviour: str, answer: Answer
) -> None:
    sandbox.misbehave("creditsafe", behaviour, path=r"/companies\?", field="companies.0.status")
    reference = opened(at, SOUND_AND_SMALL)

    assert walked(reference).name == "AwaitingDecision"

    assert searches(sandbox) == 1
    assert answers(at, reference, "creditsafe") == [answer]


def test_a_paid_report_that_was_cut_off_is_in_doubt_and_never_bought_again(at: House, sandbox: Sandbox) -> None:
    sandbox.misbehave("creditsafe", "cut_off", path="/companies/", times=1)
    reference = opened(at, SOUND_AND_SMALL)

    assert walked(reference).name == "AwaitingDecision"
    walked(reference)

    assert sandbox.log()["creditsafe"]["reports_bought"] == 1
    assert sorted(answers(at, reference, "creditsafe")) == [Answer.FOUND, Answer.IN_DOUBT]


def test_who_is_insolvent_is_knocked_out_before_money_is_spent(at: House, sandbox: Sandbox) -> None:
    reference = opened(at, INSOLVENT)

    assert walked(reference).name == "Declined"

    assert asked(sandbox, "creditsafe") == {}
    assert answers(at, reference, "creditsafe") == [Answer.SKIPPED]
    case = at.casebook.cases.get(reference)
    assert (case.status, case.decision.decided_by if case.decision else None) == (CaseStatus.CONCLUDED, "knock_out")
    assert at.casebook.customers.get(case.company_key) is None


def test_unknowns_are_accepted_by_name_or_the_case_is_not_approved(at: House) -> None:
    reference = opened(at, SOURCE_DOWN)
    walked(reference)
    unknowns = assessment_of(at, reference).unknowns

    vote_all(at, reference, conditions=("deposit of 50 %",))

    assert walked(reference).name == "Admitted"
    accepted = {name for vote in at.casebook.voting.votes_of_all_rounds(reference) for name in vote.ballot.accepted}
    assert accepted == set(unknowns)
    customer = at.casebook.customers.get(at.casebook.cases.get(reference).company_key)
    assert customer is not None
    assert customer.limit > 0
    assert customer.limit_in_force == 0


def test_a_fresh_answer_is_not_asked_for_again_by_the_next_case(at: House, sandbox: Sandbox) -> None:
    walked(opened(at, SOUND_AND_LARGE))
    before = asked(sandbox, "ofac_sdn")

    walked(opened(at, INSOLVENT))

    assert len(before) == 2
    assert asked(sandbox, "ofac_sdn") == before
