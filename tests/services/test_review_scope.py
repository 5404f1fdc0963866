"""Reviews of less than everything: what is taken over, when everything is asked after all, and who votes."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from admission.cases import Case, CaseStatus, Customer
from admission.customers.renewal import NOT_ALONE
from admission.memo.documents import case_document
from admission.memo.memo import credit_memo
from casebook.customers import store_customer
from services import preparing
from services.casefile import case_file
from services.chunks import ChunkExecutor
from services.concluding import conclude
from services.opening import open_review
from services.replay import replay_one
from services.reviews import review_chunk
from tests import stepping
from tests.casebook.build import HandClock
from tests.policies import shipped_policy, with_own_ledger_outside
from tests.services.conftest import STORY
from tests.services.test_renewing import SOUND_AND_LARGE, admitted, half_a_year_later, house, under, vote_all
from wiring import House

__all__ = ["house"]

LIGHT: dict[str, Any] = {"carry_over": ["accounts", "credit", "payment", "judgments", "lawsuits"]}
ADMITTED_ON = date(2026, 11, 23)


def with_scope(house: House, folder: Path, scope: dict[str, Any], grade: str = "B") -> House:
    """The same house under a policy that gives the reviews of a grade a scope."""
    policy = with_own_ledger_outside(shipped_policy())
    customers = {**policy.get("customers", {}), "reviews": {grade: scope}}
    return under(house, folder, {**policy, "customers": customers})


def prepared(house: House, reference: str) -> Case:
    """Take the round that a case is in up to its assessment, as the daily run does."""
    executor = ChunkExecutor(house, [reference], "a run", lambda _: False)
    preparing.prepare(executor, executor.cases)
    assert executor.problems == {}
    return house.casebook.cases.get(reference)


def fetched(house: House, case: Case) -> dict[str, set[date]]:
    found: dict[str, set[date]] = {}
    for item in house.casebook.evidence.of(case.reference, case.round):
        found.setdefault(item.source, set()).add(item.fetched_at.date())
    return found


def lowered(house: House, customer: Customer) -> None:
    """Let the customer have more than it is recommended now."""
    with house.casebook.customers._store.write() as transaction:
        store_customer(transaction, customer.model_copy(update={"limit": customer.limit + Decimal(1)}))
        transaction.event("test", "customer.changed", customer.last_case)


def test_a_light_review_asks_less_and_renews_who_is_unchanged(house: House, tmp_path: Path) -> None:
    at = with_scope(house, tmp_path, LIGHT)
    customer = admitted(at, STORY)
    half_a_year_later(at)
    review = open_review(at, customer.company_key).reference

    assert review_chunk(at, [review], "run").renewed == (review,)

    case = at.casebook.cases.get(review)
    told = fetched(at, case)
    today = at.today()
    assert told["creditsafe"] == {ADMITTED_ON}
    # Registers, notices of insolvency and lists are asked whatever the policy says.
    assert {day for source, days in told.items() if source != "creditsafe" for day in days} == {today}
    taken = [item for item in at.casebook.evidence.of(review, 1) if item.source == "creditsafe"]
    assert {(item.carried_from, item.reused, item.cost) for item in taken} == {(customer.last_case, True, Decimal(0))}
    assert replay_one(at, review).result == "same"
    after = at.casebook.customers.get(customer.company_key)
    assert after is not None
    assert after.last_case == review


def test_who_reads_a_light_review_sees_what_was_not_asked(house: House, tmp_path: Path) -> None:
    at = with_scope(house, tmp_path, LIGHT)
    customer = admitted(at, STORY)
    half_a_year_later(at)
    case = prepared(at, open_review(at, customer.company_key).reference)
    file = case_file(at, case.reference)
    assert file.since is not None
    assert [(item.source, item.told) for item in file.since.taken_over] == [("creditsafe", ADMITTED_ON)]
    assert "creditsafe" not in {item.source for item in file.since.unchanged}
    assert "Not asked anew, taken over from that decision: creditsafe (told 2026-11-23)" in credit_memo(file, "en")
    assert "未重新查询，沿用上次决定的资料：creditsafe（2026-11-23 获知）" in credit_memo(file, "zh")
    evidence = {item["source"]: item.get("carried_from") for item in case_document(file)["evidence"]}
    assert evidence["creditsafe"] == customer.last_case
    assert evidence["ofac_sdn"] is None


def test_what_was_taken_over_once_is_asked_the_next_time(house: House, tmp_path: Path) -> None:
    at = with_scope(house, tmp_path, LIGHT)
    customer = admitted(at, STORY)
    for asked_anew in (False, True):
        half_a_year_later(at)
        review = open_review(at, customer.company_key).reference
        assert review_chunk(at, [review], "run").renewed == (review,)
        days = fetched(at, at.casebook.cases.get(review))["creditsafe"]
        assert (days == {at.today()}) is asked_anew


@pytest.mark.parametrize("scope", [{}, {"departments": ["finance"]}, {"carry_over": ["credit"]}])
def test_without_a_light_scope_all_is_asked(
    house: House,
    tmp_path: Path,
    scope: dict[str, Any],
) -> None:
    # A report tells of more than its subject alone: it is asked for where one of its subjects is.
    at = with_scope(house, tmp_path, scope)
    customer = admitted(at, STORY)
    half_a_year_later(at)
    case = prepared(at, open_review(at, customer.company_key).reference)
    assert fetched(at, case)["creditsafe"] == {at.today()}


def test_a_light_review_that_finds_something_worse_asks_everything_first(
    house: House,
    tmp_path: Path,
) -> None:
    at = with_scope(house, tmp_path, {**LIGHT, "departments": ["finance"]})
    customer = admitted(at, STORY)
    lowered(at, customer)
    half_a_year_later(at)
    review = open_review(at, customer.company_key).reference
    prepared(at, review)

    assert not stepping.decide_by_machine(at, review)

    case = at.casebook.cases.get(review)
    assert (case.round, case.status) == (2, CaseStatus.GATHERING)
    (opening,) = at.casebook.rounds.of(review)
    assert (opening.kind, opening.opened_by) == ("widened", "system")
    prepared(at, review)
    assert fetched(at, at.casebook.cases.get(review))["creditsafe"] == {at.today()}
    assert not stepping.decide_by_machine(at, review)
    poll = stepping.open_voting(at, review)
    assert poll is not None
    assert poll.round == 2
    assert poll.stages == at.policy_in_force().approval.bands[0].stages
    vote_all(at, review)
    assert conclude(at, review).status is CaseStatus.CONCLUDED


def test_nobody_is_asked_to_vote_on_a_light_review_that_finds_something_worse(
    house: House,
    tmp_path: Path,
) -> None:
    at = with_scope(house, tmp_path, LIGHT)
    customer = admitted(at, STORY)
    lowered(at, customer)
    half_a_year_later(at)
    review = open_review(at, customer.company_key).reference
    prepared(at, review)
    assert stepping.open_voting(at, review) is None
    case = at.casebook.cases.get(review)
    assert (case.round, case.status) == (2, CaseStatus.GATHERING)
    assert at.casebook.voting.poll(review, 1) is None


def test_people_of_the_scope_alone_look_where_nothing_is_worse(house: House, tmp_path: Path) -> None:
    at = with_scope(house, tmp_path, {**LIGHT, "departments": ["finance"]})
    customer = admitted(at, SOUND_AND_LARGE)
    half_a_year_later(at)
    review = open_review(at, customer.company_key).reference
    prepared(at, review)
    assert not stepping.decide_by_machine(at, review)
    poll = stepping.open_voting(at, review)
    assert poll is not None
    assert poll.reasons == (NOT_ALONE,)
    full = at.casebook.work.assessment(review, 1)
    assert full is not None
    detailed, *others = poll.stages
    assert [seat.department for seat in detailed.require.all_of] == ["finance"]
    assert tuple(others) == full.route.stages[1:]
    memo = credit_memo(case_file(at, review), "en")
    assert "1 x finance" in memo
    assert "1 x legal" not in memo
    vote_all(at, review)
    assert conclude(at, review).status is CaseStatus.CONCLUDED


def test_documents_that_are_too_old_are_asked_for(house: House, tmp_path: Path) -> None:
    at = with_scope(house, tmp_path, LIGHT)
    customer = admitted(at, STORY)
    assert isinstance(at.clock, HandClock)
    at.clock.forward(timedelta(days=367))
    case = prepared(at, open_review(at, customer.company_key).reference)
    assert fetched(at, case)["creditsafe"] == {at.today()}
