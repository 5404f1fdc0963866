"""Approving one's own work by a detour, as it was once done: by an edit, by looks, with another case's assessment."""

from __future__ import annotations

import pytest

from admission.application import Application, parse_application
from admission.approval.mandates import Mandates
from admission.approval.votes import Ballot, Choice
from admission.cases import Case, CaseKind
from admission.errors import BadInput, Conflict, NotAllowed
from admission.people import Person
from services import rounds
from services.opening import open_review, take
from services.papers import add_manual_evidence, confirm
from tests import stepping
from tests.casebook.build import customer
from tests.casebook.test_cases import ADMITTED
from tests.services.test_duties import PICTURE, application, at, cast, look, opened, person, prepared, verdicts
from wiring import House

__all__ = ["at"]
APPROVE = Ballot(choice=Choice.APPROVE, comment="sound")
MORE = "5000000"
LOOKS = ("dishonest_debtor", "abnormal_operations")


def review(at: House) -> Case:
    """The review of a customer, as the calendar opens it: nobody asked for it."""
    case = opened(at)
    stepping.validate(at, case.reference)
    decision = ADMITTED.model_copy(update={"assessment": stepping.assess(at, case.reference).sha256})
    at.casebook.cases.decide(case.reference, decision, actor="system", round_number=1)
    at.casebook.cases.conclude(case.reference, customer=customer(case), conditions=[], notices=[])
    opening = open_review(at, case.company_key)
    assert (opening.kind, opening.requester) == (CaseKind.REVIEW, None)
    return opening


def electorate(at: House, case: Case) -> set[str]:
    poll = at.casebook.voting.poll(case.reference, at.casebook.cases.get(case.reference).round)
    assert poll is not None
    return {seat.username for seat in poll.electorate}


def refused_vote(at: House, case: Case, voter: Person, sha256: str) -> None:
    with pytest.raises(NotAllowed, match="You asked for this customer"):
        cast(at, case, voter, sha256, APPROVE)
    assert at.casebook.voting.votes_of_all_rounds(case.reference) == []
    assert at.casebook.history.of(case.reference)[-1].act == "vote.refused"


def test_a_review_is_not_edited_and_then_voted_on_by_one_person(at: House) -> None:
    """20,000 was edited to 90,000 by finance, and approved with finance's vote."""
    case, feng, cleo = review(at), person(at, "feng"), person(at, "cleo")
    with pytest.raises(NotAllowed, match="You may not edit a request that nobody has taken"):
        rounds.edit(at, case.reference, application(MORE), "more", feng)
    assert at.casebook.cases.get(case.reference).application == case.application
    assert at.casebook.history.of(case.reference)[-1].act == "edit.refused"

    rounds.edit(at, case.reference, application(MORE), "more", cleo)
    sha256 = prepared(at, case)
    assert "cleo" not in electorate(at, case)
    refused_vote(at, case, cleo, sha256)


def test_under_a_policy_that_lets_finance_edit_the_editor_still_has_no_vote(
    at: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = at.policy_in_force()
    mandates = Mandates.model_validate({"edit": {"departments": ["finance"]}, "take": {"departments": ["credit"]}})
    monkeypatch.setattr(at, "policy_in_force", lambda: shipped.model_copy(update={"mandates": mandates}))
    case, feng = opened(at, requester=None), person(at, "feng")
    rounds.edit(at, case.reference, application(MORE), "more", feng)
    with pytest.raises(Conflict, match="somebody's already"):
        take(at, case.reference, person(at, "cleo"))
    sha256 = prepared(at, case)
    assert (at.casebook.cases.get(case.reference).requester, "feng" in electorate(at, case)) == ("feng", False)
    refused_vote(at, case, feng, sha256)


def test_a_look_without_its_file_is_refused(at: House) -> None:
    case = opened(at)
    without = look()
    del without["looks"][0]["file"]
    for document, files in ((without, {}), (look(), {}), (without, PICTURE)):
        with pytest.raises(BadInput):
            add_manual_evidence(at, case.reference, person(at, "ada"), document, files)
    assert at.casebook.evidence.of_all_rounds(case.reference) == []


def test_looks_of_the_requester_leave_what_is_unknown_unknown(at: House) -> None:
    case, ada = opened(at), person(at, "ada")
    document = {"looks": [one for topic in LOOKS for one in look(topic, no_record=True)["looks"]]}
    added = add_manual_evidence(at, case.reference, ada, document, PICTURE)
    prepared(at, case)
    before = verdicts(at, case)
    assert {before[topic] for topic in LOOKS} == {"unknown"}
    poll = at.casebook.voting.poll(case.reference, 1)
    assert poll is not None
    assert set(LOOKS) <= set(poll.unknowns)
    with pytest.raises(NotAllowed, match="You may not confirm"):
        confirm(at, case.reference, [item.id for item in added], ada)
    assert at.casebook.cases.get(case.reference).round == 1


def other_company() -> Application:
    same = application().model_dump(mode="json")
    return parse_application(
        {**same, "legal_name": "碧溪口示例贸易有限公司", "identifiers": {"uscc": "91990000MA9X00089Y"}}
    )


def test_the_assessment_of_another_case_is_voted_on_in_its_own_case_alone(at: House) -> None:
    """Nothing is known of either company, so that their assessments say the same: both had one fingerprint."""
    first = opened(at)
    second, _ = at.casebook.cases.open(other_company(), kind=CaseKind.ONBOARDING, requester="ada", channel="cli")
    of_first, of_second = prepared(at, first), prepared(at, second)
    assessments = [at.casebook.work.assessment(case.reference, 1) for case in (first, second)]
    same = [one.model_dump(mode="json", exclude={"case", "company"}) for one in assessments if one is not None]
    assert same[0] == same[1]
    assert of_first != of_second

    voter = next(one for one in at.casebook.people.all() if at.casebook.voting.inbox(one))
    ballot = Ballot(choice=Choice.DECLINE, comment="nothing is known")
    with pytest.raises(NotAllowed, match="assessment"):
        cast(at, second, voter, of_first, ballot)
    assert at.casebook.voting.votes_of_all_rounds(second.reference) == []
    cast(at, second, voter, of_second, ballot)
    assert [vote.assessment for vote in at.casebook.voting.votes_of_all_rounds(second.reference)] == [of_second]
