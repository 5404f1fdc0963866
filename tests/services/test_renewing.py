"""Reviews: renewed by the system where that is true, put to people with the reasons where it is not."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from admission.approval.votes import Ballot, Choice
from admission.cases import CaseStatus, Customer
from admission.customers.renewal import NOT_ALONE
from admission.memo.documents import case_document
from admission.memo.memo import credit_memo
from casebook.customers import store_customer
from cli.running.demo import PEOPLE
from services.casefile import case_file
from services.concluding import conclude
from services.deciding import renew_if_unchanged
from services.opening import open_review
from services.reviews import review_chunk
from tests import stepping
from tests.casebook.build import PASSWORD, HandClock, signed_in
from tests.policies import OWN_LEDGER, shipped_policy, with_own_ledger_outside, written
from tests.services.conftest import STORY, assessed
from wiring import House, Settings

SOUND_AND_LARGE = "2_sound_and_large"


@pytest.fixture
def house(at: House, tmp_path: Path) -> House:
    """A house with the demo's people, whose own ledger is looked at elsewhere."""
    for person in PEOPLE:
        if person.username != "analyst":
            at.casebook.people.add(person, PASSWORD)
    return under(at, tmp_path, with_own_ledger_outside(shipped_policy()))


def under(house: House, folder: Path, policy: dict[str, Any]) -> House:
    return House(Settings(policy=written(folder, policy)), clock=house.clock)


def vote_all(house: House, reference: str) -> None:
    """Let everybody whose turn it is approve, and accept what must be, until the case is decided."""
    while (case := house.casebook.cases.get(reference)).status is CaseStatus.VOTING:
        poll = house.casebook.voting.poll(reference, case.round)
        assert poll is not None
        voter = next(
            person
            for person in PEOPLE
            if any(one.reference == reference for one, _ in house.casebook.voting.inbox(person))
        )
        ballot = Ballot(choice=Choice.APPROVE, accepted=dict.fromkeys(poll.to_accept, "accepted in a test"))
        credential = signed_in(house.casebook, voter.username, PASSWORD)
        house.casebook.voting.cast(reference, voter, poll.assessment, ballot, channel="desk", credential=credential)


def admitted(house: House, story: str) -> Customer:
    reference = assessed(house, story)
    if not stepping.decide_by_machine(house, reference):
        assert stepping.open_voting(house, reference) is not None
        vote_all(house, reference)
    conclude(house, reference)
    customer = house.casebook.customers.get(house.casebook.cases.get(reference).company_key)
    assert customer is not None
    return customer


def half_a_year_later(house: House) -> None:
    assert isinstance(house.clock, HandClock)
    house.clock.forward(timedelta(days=182))


def reviewed(house: House, customer: Customer) -> str:
    """Take a customer's review up to its assessment, as people find it; return its reference."""
    review = open_review(house, customer.company_key).reference
    stepping.ask_all(house, review)
    stepping.validate(house, review)
    stepping.assess(house, review)
    return review


def test_a_customer_with_nothing_unknown_and_a_fast_track_route_is_renewed(house: House) -> None:
    before = admitted(house, STORY)
    half_a_year_later(house)
    review = reviewed(house, before)

    assert stepping.decide_by_machine(house, review)

    decision = conclude(house, review).decision
    assert decision is not None
    assert (decision.outcome, decision.decided_by, decision.limit) == ("kept", "renewal", before.limit)
    assert decision.reason.en.startswith("nothing failed, nothing unknown")
    assert case_file(house, review).obstacles == ()


def asking_for_its_ledger() -> dict[str, Any]:
    """The shipped policy, where it does not only list what the house's own ledger does not tell."""
    policy = shipped_policy()
    for criterion in policy["criteria"]:
        if criterion["id"] in OWN_LEDGER:
            del criterion["on_not_asked"], criterion["best_grade"]
    return policy


def test_what_no_source_is_set_up_for_is_listed_and_bars_no_renewal(at: House, house: House) -> None:
    """The own ledger is not set up in any house yet: a sound customer is not secured for that at every review."""
    shipped = House(Settings(), clock=at.clock)
    before = admitted(shipped, STORY)
    half_a_year_later(shipped)
    review = reviewed(shipped, before)
    assessment = shipped.casebook.work.assessment(review, 1)
    assert assessment is not None
    assert {item.id for item in assessment.not_asked} == set(OWN_LEDGER)
    assert (assessment.unknowns, assessment.terms.secured) == ((), False)
    assert renew_if_unchanged(shipped, shipped.casebook.cases.get(review))


def test_what_nobody_can_know_is_never_renewed_though_it_was_unknown_before(
    at: House, house: House, tmp_path: Path
) -> None:
    """The case of the issue: kept with two unknowns nobody accepted, secured only, on a route to people."""
    shipped = under(at, tmp_path, asking_for_its_ledger())
    before = admitted(shipped, STORY)
    for _ in range(2):
        half_a_year_later(shipped)
        review = reviewed(shipped, before)
        assessment = shipped.casebook.work.assessment(review, 1)
        assert assessment is not None
        assert set(assessment.unknowns) == set(OWN_LEDGER)
        assert (assessment.terms.secured, assessment.route.kind) == (True, "desk")

        assert not renew_if_unchanged(shipped, shipped.casebook.cases.get(review))
        assert not stepping.decide_by_machine(shipped, review)

        poll = stepping.open_voting(shipped, review)
        assert poll is not None
        assert set(poll.to_accept) == set(OWN_LEDGER)
        told = "; ".join(text.en for text in poll.reasons)
        assert all(f"{name}: " in told for name in OWN_LEDGER)
        assert "against security only" in told
        # People keep the customer once, and accept both: the next review finds them unknown again, and asks again.
        vote_all(shipped, review)
        conclude(shipped, review)


def test_who_is_above_the_fast_track_is_kept_by_people_who_read_why(house: House) -> None:
    before = admitted(house, SOUND_AND_LARGE)
    half_a_year_later(house)
    review = reviewed(house, before)
    assert not stepping.decide_by_machine(house, review)

    early = case_file(house, review)
    assert stepping.open_voting(house, review) is not None

    file = case_file(house, review)
    assert file.poll is not None
    assert file.obstacles == early.obstacles == file.poll.reasons
    assert NOT_ALONE in file.obstacles
    assert case_document(file, "zh")["obstacles"] == [text.zh for text in file.obstacles]
    assert NOT_ALONE.en in credit_memo(file, "en")
    assert NOT_ALONE.zh in credit_memo(file, "zh")


def test_a_fast_track_that_offers_less_than_the_customer_has_is_for_people_of_its_band(house: House) -> None:
    before = admitted(house, STORY)
    store = house.casebook.customers
    with store._store.write() as transaction:
        store_customer(transaction, before.model_copy(update={"limit": Decimal(18_001)}))
        transaction.event("test", "customer.changed", before.last_case)
    half_a_year_later(house)
    review = reviewed(house, before)
    assessment = house.casebook.work.assessment(review, 1)
    assert assessment is not None
    assert (assessment.route.kind, assessment.route.stages) == ("fast_track", ())

    assert not stepping.decide_by_machine(house, review)
    poll = stepping.open_voting(house, review)

    assert poll is not None
    policy = house.policy_in_force()
    assert poll.stages == policy.approval.bands[0].stages
    assert [text.en for text in poll.reasons] == ["recommended limit 18,000 GBP, granted 18,001 GBP"]
    file = case_file(house, review)
    assert "people decide" in credit_memo(file, "en")
    assert "转人工" in credit_memo(file, "zh")
    vote_all(house, review)
    decision = conclude(house, review).decision
    assert decision is not None
    assert (decision.decided_by, decision.limit) == ("people", Decimal(18_000))


def test_a_book_of_reviews_is_judged_by_the_same_rule(house: House) -> None:
    small, large = admitted(house, STORY), admitted(house, SOUND_AND_LARGE)
    half_a_year_later(house)
    reviews = [open_review(house, customer.company_key).reference for customer in (small, large)]

    came = review_chunk(house, reviews, "a run of today")

    assert (came.renewed, came.exceptions, came.problems) == ((reviews[0],), (reviews[1],), {})
