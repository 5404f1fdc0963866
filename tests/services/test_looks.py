"""A person's look at what the machine decided: drawn, agreed to, or re-opened so that people decide."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from admission.approval.votes import Ballot, Choice
from admission.cases import CaseStatus
from services import concluding
from services.casefile import case_file
from services.deciding import renew_if_unchanged
from services.replay import replay_one
from tests import stepping
from tests.casebook.build import PASSWORD, signed_in
from tests.conftest import ROOT
from tests.services.conftest import STORY, assessed
from wiring import House, Settings

INSOLVENT = "4_insolvent"


@pytest.fixture
def house(at: House, tmp_path: Path) -> House:
    """A house whose policy has every decision of the machine drawn."""
    document = yaml.safe_load((ROOT / "policies" / "default.yaml").read_text(encoding="utf-8"))
    document["approval"]["sample"] = {"share": "1"}
    path = tmp_path / "all_drawn.yaml"
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    return House(Settings(policy=path), clock=at.clock)


def decided(house: House, story: str) -> str:
    reference = assessed(house, story)
    assert stepping.decide_by_machine(house, reference)
    concluding.conclude(house, reference)
    return reference


def reopened(house: House, story: str) -> str:
    """Let the machine decide a story and a person re-open it; prepare what was opened, and return its reference."""
    from cli.running.demo import PEOPLE

    for person in PEOPLE:
        if person.username not in {one.username for one in house.casebook.people.all()}:
            house.casebook.people.add(person, "a long password")
    looker = next(person for person in PEOPLE if person.department == "credit" and person.username != "analyst")
    look = house.casebook.samples.look(decided(house, story), looker.username, "reopened", "I know them better")
    assert look.opened is not None
    stepping.ask_all(house, look.opened)
    stepping.validate(house, look.opened)
    stepping.assess(house, look.opened)
    return look.opened


@pytest.mark.parametrize(("story", "by"), [(STORY, "fast_track"), (INSOLVENT, "knock_out")])
def test_what_the_machine_decides_is_drawn_and_shown_on_the_case(house: House, story: str, by: str) -> None:
    file = case_file(house, decided(house, story))
    assert file.sampled is not None
    assert (file.sampled.draw.drawn, file.sampled.draw.decided_by) == (True, by)


def test_a_re_opened_admission_goes_to_people_and_to_no_machine(house: House) -> None:
    review = reopened(house, STORY)
    assessment = house.casebook.work.assessment(review, 1)
    assert assessment is not None
    assert assessment.reopened
    assert assessment.route.kind == "desk"
    assert "re-opened after a person's look" in assessment.route.reasons[-1].en
    assert not renew_if_unchanged(house, house.casebook.cases.get(review))
    assert not stepping.decide_by_machine(house, review)
    poll = stepping.open_voting(house, review)
    assert poll is not None
    ballot = Ballot(choice=Choice.APPROVE, accepted=dict.fromkeys(poll.to_accept, "known"))
    # Twice, because who votes in the second stage may stand before those of the first.
    for person in (*poll.electorate, *poll.electorate):
        if any(case.reference == review for case, _ in house.casebook.voting.inbox(person)):
            password = PASSWORD if person.username == "analyst" else "a long password"
            house.casebook.voting.cast(
                review,
                person,
                poll.assessment,
                ballot,
                channel="desk",
                credential=signed_in(house.casebook, person.username, password),
            )
    concluding.conclude(house, review)
    case = house.casebook.cases.get(review)
    assert case.decision is not None
    assert (case.status, case.decision.outcome, case.decision.decided_by) == (CaseStatus.CONCLUDED, "kept", "people")
    assert house.casebook.samples.of(review, 1) is None


def test_a_re_opened_knock_out_goes_to_the_highest_band_with_no_credit(house: House) -> None:
    case = reopened(house, INSOLVENT)
    assessment = house.casebook.work.assessment(case, 1)
    assert assessment is not None
    highest = house.policy_in_force().approval.bands[-1].name
    assert (assessment.route.kind, assessment.route.band) == ("committee", highest)
    assert assessment.limit.amount == Decimal(0)
    assert not stepping.decide_by_machine(house, case)
    assert stepping.open_voting(house, case) is not None


def test_a_re_opened_case_is_derived_again_to_the_byte(house: House) -> None:
    assert replay_one(house, reopened(house, STORY)).result == "same"
