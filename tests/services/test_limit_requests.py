"""Another limit of a customer, for good: a case that people open, judged like any other, which ends no customer."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from admission.approval.votes import Ballot, Choice
from admission.cases import Case, CaseKind, CaseStatus, Customer
from admission.errors import BadInput, Conflict, NotAllowed, NotFound
from admission.memo.documents import case_document
from admission.memo.memo import credit_memo
from services import retention, rounds
from services.casefile import case_file
from services.concluding import conclude
from services.customer_standing import customer_of, standing_of
from services.limit_requests import LimitRequest, ask_for_limit
from services.opening import open_review
from services.replay import replay_one
from tests import stepping
from tests.casebook.build import PASSWORD, signed_in
from tests.services.conftest import STORY
from tests.services.test_books import brought, plain
from tests.services.test_renewing import (
    SOUND_AND_LARGE,
    admitted,
    half_a_year_later,
    house,  # noqa: F401 - a fixture
    reviewed,
    vote_all,
)
from wiring import House

MORE = LimitRequest("larger orders", Decimal(18_500))
INSOLVENT = {"legal_name": "Pellbrook Joinery Limited", "uk_company_number": "99000004", "limit": "5000"}


def ask(at: House, customer: Customer, request: LimitRequest = MORE, by: str = "credit") -> Case:
    return ask_for_limit(at, customer.company_key, request, at.casebook.people.get(by), "cli")


def walked(at: House, reference: str) -> None:
    """Take a request as far as no person is needed."""
    stepping.ask_all(at, reference)
    stepping.validate(at, reference)
    stepping.assess(at, reference)
    if not stepping.decide_by_machine(at, reference):
        assert stepping.open_voting(at, reference) is not None


def vote(at: House, reference: str, username: str, choice: Choice) -> None:
    poll = at.casebook.voting.poll(reference, at.casebook.cases.get(reference).round)
    assert poll is not None
    accepted = dict.fromkeys(poll.to_accept, "in a test") if choice is Choice.APPROVE else {}
    ballot = Ballot(choice=choice, comment="so", accepted=accepted)
    credential = signed_in(at.casebook, username, PASSWORD)
    person = at.casebook.people.get(username)
    at.casebook.voting.cast(reference, person, poll.assessment, ballot, channel="desk", credential=credential)


def sound(at: House) -> None:
    """Nothing was changed behind its back."""
    assert at.casebook.audit.verify(at.casebook.keys.all(), (), lambda _: None).flaws == ()


def told_result(at: House, reference: str) -> list[str]:
    result = case_document(case_file(at, reference))["change"]["result"]
    assert isinstance(result, list)
    return result


def test_the_fast_track_grants_what_its_bands_allow_for_any_case(house: House) -> None:  # noqa: F811
    before = admitted(house, STORY)
    half_a_year_later(house)
    case = ask(house, before)
    assert (case.kind, case.status, case.requester) == (CaseKind.LIMIT_CHANGE, CaseStatus.GATHERING, "credit")
    assert case.previous == before.last_case
    assert house.casebook.outbox.pending() > 0
    walked(house, case.reference)
    decision = conclude(house, case.reference).decision
    assert decision is not None
    assert (decision.outcome, decision.decided_by) == ("kept", "fast_track")
    after = customer_of(house, before.company_key)
    assert (after.limit, after.terms_days, after.last_case) == (Decimal(18_500), before.terms_days, case.reference)
    assert after.next_review_on <= before.next_review_on
    assert (after.admitted_by, after.application.change) == (before.admitted_by, None)
    assert after.application.requested.limit == 18_500
    assert told_result(house, case.reference) == ["the customer has a limit of 18,500.00 GBP and terms of 30 days"]
    assert replay_one(house, case.reference).result == "same"
    # The next review starts from what was granted.
    half_a_year_later(house)
    review = reviewed(house, after)
    assert stepping.decide_by_machine(house, review)
    assert customer_of(house, before.company_key).limit == 18_500
    conclude(house, review)
    assert customer_of(house, before.company_key).limit == 18_500
    sound(house)


def test_people_decide_a_larger_one_who_see_what_the_customer_has(house: House) -> None:  # noqa: F811
    before = admitted(house, SOUND_AND_LARGE)
    half_a_year_later(house)
    case = ask(house, before, LimitRequest("a second plant", before.limit * 2), by="analyst")
    walked(house, case.reference)
    file = case_file(house, case.reference)
    said = f"limit today {before.limit:,.2f} USD; asked {before.limit * 2:,.2f} USD"
    assert said in credit_memo(file, "en").replace("\\", "")
    assert f"现有额度 {before.limit:,.2f} USD；申请 {before.limit * 2:,.2f} USD" in credit_memo(file, "zh")
    assert file.poll is not None
    assert "analyst" not in {seat.username for seat in file.poll.electorate}
    assert standing_of(house, before).limit == before.limit
    vote_all(house, case.reference)
    decision = conclude(house, case.reference).decision
    assert decision is not None
    assert decision.limit is not None
    assert (decision.outcome, decision.decided_by) == ("kept", "people")
    after = customer_of(house, before.company_key)
    assert after.limit == decision.limit >= before.limit
    sound(house)


def test_a_declined_request_leaves_the_customer_what_it_has(house: House) -> None:  # noqa: F811
    before = admitted(house, SOUND_AND_LARGE)
    conditions = house.casebook.cases.conditions(before.last_case)
    half_a_year_later(house)
    case = ask(house, before, LimitRequest("a second plant", before.limit * 2), by="sales")
    walked(house, case.reference)
    vote(house, case.reference, "finance", Choice.DECLINE)
    decision = conclude(house, case.reference).decision
    assert decision is not None
    assert (decision.outcome, decision.limit) == ("declined", None)
    assert customer_of(house, before.company_key) == before
    assert house.casebook.cases.conditions(before.last_case) == conditions
    assert told_result(house, case.reference) == ["the customer keeps what it has"]
    # What is personal in it stays as long as the company is a customer. It may be asked for anew.
    with pytest.raises(Conflict, match="This company is a customer"):
        retention.erase(house, [case.reference], ["personal"], "asked", house.casebook.people.get("legal"))
    assert ask(house, before, by="sales").reference != case.reference
    sound(house)


def test_what_knocks_a_customer_of_the_book_out_brings_its_review_forward(house: House, tmp_path: Path) -> None:  # noqa: F811
    (before,) = brought(house, tmp_path, plain(4, **INSOLVENT))
    assert not before.assessed
    assert before.next_review_on > house.today()
    case = ask(house, before, LimitRequest("more", Decimal(6000)))
    walked(house, case.reference)
    decision = conclude(house, case.reference).decision
    assert decision is not None
    assert (decision.outcome, decision.decided_by) == ("declined", "knock_out")
    after = customer_of(house, before.company_key)
    assert after == before.model_copy(update={"next_review_on": house.today()})
    assert told_result(house, case.reference) == [
        "the customer keeps what it has",
        f"its review is due on {house.today()} at the latest",
    ]
    assert [one.company_key for one in house.casebook.customers.due(house.today())] == [before.company_key]
    # Who looks again at what the system decided gets a review of the customer.
    look = rounds.spot_check(house, case.reference, "reopened", "look again", house.casebook.people.get("manager"))
    assert look.opened is not None
    assert house.casebook.cases.get(look.opened).kind is CaseKind.REVIEW
    sound(house)


def test_a_customer_of_the_book_is_assessed_by_it(house: House, tmp_path: Path) -> None:  # noqa: F811
    number = {"legal_name": "Thistlewick Tea Blenders Limited", "uk_company_number": "99000001"}
    (before,) = brought(house, tmp_path, plain(1, **number))
    case = ask(house, before, LimitRequest("more", Decimal(6000)))
    walked(house, case.reference)
    conclude(house, case.reference)
    after = customer_of(house, before.company_key)
    assert (after.limit, after.assessed, after.last_case) == (Decimal(6000), True, case.reference)
    sound(house)


def test_one_case_of_a_customer_is_open_at_a_time(house: House) -> None:  # noqa: F811
    before = admitted(house, STORY)
    first = ask(house, before)
    assert ask(house, before).reference == first.reference
    with pytest.raises(Conflict, match="Another case of this company is open"):
        ask(house, before, MORE._replace(amount=Decimal(21_000)))
    with pytest.raises(Conflict, match="Another case of this company is open"):
        open_review(house, before.company_key)
    with pytest.raises(Conflict, match="rests on this case"):
        retention.erase(house, [before.last_case], ["personal"], "asked", house.casebook.people.get("legal"))


def test_who_asked_edits_the_amount_and_never_what_the_customer_has(house: House) -> None:  # noqa: F811
    before = admitted(house, STORY)
    case = ask(house, before)
    asked = before.application.requested
    less = before.application.model_copy(update={"requested": asked.model_copy(update={"limit": Decimal(18_200)})})
    rounds.edit(house, case.reference, less, "less", house.casebook.people.get("credit"))
    edited = house.casebook.cases.get(case.reference).application
    assert edited.change == case.application.change
    assert edited.requested.limit == 18_200
    other = less.model_copy(update={"requested": asked.model_copy(update={"currency": "EUR"})})
    with pytest.raises(BadInput):
        rounds.edit(house, case.reference, other, "other", house.casebook.people.get("credit"))


@pytest.mark.parametrize(
    ("request_", "fields"),
    [
        (MORE._replace(because="  "), ["because"]),
        (MORE._replace(because="x" * 1001), ["because"]),
        (MORE._replace(because="a\u202eb"), ["because"]),
        (MORE._replace(amount=None), ["amount"]),
        (MORE._replace(amount=Decimal(18_000)), ["amount"]),
        (MORE._replace(amount=Decimal(0)), ["limit"]),
        (MORE._replace(amount=Decimal(-5)), ["limit"]),
        (MORE._replace(amount=Decimal("NaN")), ["limit"]),
        (MORE._replace(terms_days=366), ["terms_days"]),
        (MORE._replace(amount=Decimal(-5), terms_days=-1), ["limit", "terms_days"]),
    ],
)
def test_what_cannot_be_asked_for(house: House, request_: LimitRequest, fields: list[str]) -> None:  # noqa: F811
    before = admitted(house, STORY)
    with pytest.raises(BadInput) as refused:
        ask(house, before, request_)
    assert [problem.field for problem in refused.value.problems] == fields
    assert house.casebook.cases.list(kind=CaseKind.LIMIT_CHANGE) == []


def test_who_may_not_ask(house: House) -> None:  # noqa: F811
    before = admitted(house, STORY)
    with pytest.raises(NotAllowed, match="no part in this case"):
        ask(house, before, by="sales")
    house.casebook.people.change("credit", roles=("auditor",))
    with pytest.raises(NotAllowed, match="You may not ask for a customer"):
        ask(house, before)
    assert house.casebook.history.of(before.last_case)[-1].act == "customer.refused"
    with pytest.raises(NotFound):
        ask(house, before.model_copy(update={"company_key": "uk:1"}), by="analyst")


def test_an_expired_request_ends_nobody(house: House) -> None:  # noqa: F811
    from services.chasing import chase

    before = admitted(house, SOUND_AND_LARGE)
    case = ask(house, before, LimitRequest("a second plant", before.limit * 2), by="analyst")
    walked(house, case.reference)
    house.clock.forward(timedelta(days=61))  # type: ignore[attr-defined]
    chase(house)
    decision = conclude(house, case.reference).decision
    assert decision is not None
    assert (decision.outcome, decision.decided_by) == ("declined", "expiry")
    assert customer_of(house, before.company_key) == before
    assert house.casebook.cases.get(case.reference).status is CaseStatus.CONCLUDED
