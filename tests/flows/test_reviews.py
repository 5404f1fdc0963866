"""Customers are looked at again: the machine renews who is unchanged, and people get the exceptions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import ArtifactCollectionFilter, ArtifactCollectionFilterKey

from admission.approval.votes import Choice
from admission.cases import Case, CaseKind, CaseStatus, Customer
from admission.evidence.answers import Answer
from casebook.customer_files import Settling
from flows.reviews import rescore, review_customer, review_due_customers
from sandbox.server import Sandbox
from sandbox.stories import STORIES
from services import assessing
from tests.casebook.build import HandClock
from tests.flows.acting import (
    SOUND_AND_LARGE,
    SOUND_AND_SMALL,
    answers,
    application,
    new_process,
    opened,
    taken_up,
    vote_all,
    walked,
)
from tests.flows.conftest import TODAY
from tests.policies import shipped_policy, with_own_ledger_outside, written
from wiring import House

pytestmark = pytest.mark.prefect


@pytest.fixture
def policy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A policy that asks nothing which no source can tell."""
    path = written(tmp_path, with_own_ledger_outside(shipped_policy()))
    monkeypatch.setenv("GATEHOUSE_POLICY", str(path))


@pytest.fixture
def at(at: House, clock: HandClock, policy: None) -> House:
    """The house under that policy."""
    at.casebook.close()
    return new_process(clock)


def admitted(at: House, story: str, conditions: tuple[str, ...] = ()) -> Customer:
    """Take a story to its admission."""
    reference = opened(at, story)
    walked(reference)
    vote_all(at, reference, conditions=conditions)
    assert walked(reference).name == "Admitted"
    return customer(at, at.casebook.cases.get(reference).company_key)


def customer(at: House, company_key: str) -> Customer:
    found = at.casebook.customers.get(company_key)
    assert found is not None
    return found


def changes(before: Customer, after: Customer) -> dict[str, object]:
    """Return what is different now."""
    return {name: value for name, value in after if value != getattr(before, name)}


def half_a_year_later(clock: HandClock) -> None:
    clock.now = datetime(2027, 5, 24, 6, 0, tzinfo=clock.now.tzinfo)


def reviewed() -> str:
    """Run the daily review; return what its state says."""
    state: Any = review_due_customers(return_state=True)
    assert state.name == "Reviewed"
    return str(state.message)


def reviews(at: House) -> list[Case]:
    return at.casebook.cases.list(kind=CaseKind.REVIEW)


@contextmanager
def world_in_which(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, story: str, **register: object
) -> Iterator[Sandbox]:
    """Give one story's company another entry in its register, and let sources be asked there from now on."""
    told = yaml.safe_load((STORIES / f"{story}.yml").read_text(encoding="utf-8"))
    told["sources"]["uk_companies_house"].update(register)
    folder = tmp_path / "stories"
    folder.mkdir()
    (folder / f"{story}.yml").write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")
    with Sandbox(today=TODAY, stories=folder) as sandbox:
        monkeypatch.setenv("GATEHOUSE_SANDBOX_URL", sandbox.base_url)
        yield sandbox


def test_nobody_is_reviewed_before_the_day(at: House, clock: HandClock) -> None:
    before = admitted(at, SOUND_AND_SMALL)
    clock.now = datetime(2027, 5, 22, 6, 0, tzinfo=clock.now.tzinfo)

    assert before.next_review_on == date(2027, 5, 23)
    assert reviewed() == "0 due, 0 for people"
    assert reviews(at) == []
    swept = at.casebook.history.last("reviews.swept")
    assert swept is not None
    assert (swept.at, swept.detail) == (clock.now, {"due": "0", "exceptions": "0"})


def test_who_is_unchanged_is_renewed_by_the_machine(at: House, clock: HandClock, sandbox: Sandbox) -> None:
    before = admitted(at, SOUND_AND_SMALL)
    for condition in at.casebook.cases.conditions(before.last_case):
        seen = Settling("met", "clause 4 of the contract")
        at.casebook.customer_files.settle(before.last_case, condition.id, seen, "finance", TODAY)
    half_a_year_later(clock)

    assert reviewed() == "1 due, 0 for people"

    (review,) = reviews(at)
    assert review.decision is not None
    assert (review.status, review.decision.decided_by) == (CaseStatus.CONCLUDED, "renewal")
    after = customer(at, before.company_key)
    assert changes(before, after) == {"last_case": review.reference, "next_review_on": date(2027, 11, 24)}
    assert [item.state for item in at.casebook.cases.conditions(review.reference)] == ["met"]
    assert at.casebook.cases.runs(review.reference) == []
    assert sandbox.log()["creditsafe"]["reports_bought"] == 2
    assert reviewed() == "0 due, 0 for people"


def test_who_is_above_the_fast_track_is_kept_by_people(at: House, clock: HandClock, client: SyncPrefectClient) -> None:
    before = admitted(at, SOUND_AND_LARGE)
    half_a_year_later(clock)

    assert reviewed() == "1 due, 1 for people"

    (review,) = reviews(at)
    assert taken_up(client, UUID(at.casebook.cases.runs(review.reference)[-1])).name == "Suspended"
    vote_all(at, review.reference)
    assert walked(review.reference).name == "Kept"
    assert customer(at, before.company_key).last_case == review.reference


def test_a_source_that_fails_once_is_asked_again_before_people_are(
    at: House, clock: HandClock, sandbox: Sandbox
) -> None:
    admitted(at, SOUND_AND_SMALL)
    half_a_year_later(clock)
    sandbox.misbehave("creditsafe", "503", path="/companies", times=1)

    assert reviewed() == "1 due, 0 for people"


def test_where_a_source_cannot_be_asked_people_look(
    at: House, clock: HandClock, sandbox: Sandbox, client: SyncPrefectClient
) -> None:
    before = admitted(at, SOUND_AND_SMALL)
    half_a_year_later(clock)
    sandbox.misbehave("creditsafe", "503", path="/companies")

    assert reviewed() == "1 due, 1 for people"

    (review,) = reviews(at)
    run = UUID(at.casebook.cases.runs(review.reference)[-1])
    searched = sandbox.log()["counts"]["creditsafe"]
    assert taken_up(client, run).name == "Suspended"
    assert at.casebook.cases.get(review.reference).status is CaseStatus.VOTING
    assert sandbox.log()["counts"]["creditsafe"] == searched
    vote_all(at, review.reference)
    assert walked(review.reference).name == "Kept"
    assert customer(at, before.company_key).active


def test_who_has_become_insolvent_is_ended_before_money_is_spent(
    at: House, clock: HandClock, client: SyncPrefectClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = admitted(at, SOUND_AND_SMALL)
    at.casebook.close()
    half_a_year_later(clock)
    wound_up = {
        "cases": [{"type": "compulsory-liquidation", "number": "1", "dates": [], "practitioners": []}],
        "status": ["liquidation"],
    }
    with world_in_which(tmp_path, monkeypatch, SOUND_AND_SMALL, status="liquidation", insolvency=wound_up) as changed:
        at = new_process(clock)

        assert reviewed() == "1 due, 1 for people"

        (review,) = reviews(at)
        assert changed.log()["creditsafe"]["reports_bought"] == 0
        assert answers(at, review.reference, "creditsafe") == [Answer.SKIPPED]
        assert taken_up(client, UUID(at.casebook.cases.runs(review.reference)[-1])).name == "Ended"
        assert not customer(at, before.company_key).active


def test_what_is_open_from_the_admission_stays_open_after_a_renewal(
    at: House, clock: HandClock, sandbox: Sandbox
) -> None:
    # A source that is down takes a small case to people, who admit it as it would have been admitted alone.
    sandbox.misbehave("uk_gazette", "503")
    reference = opened(at, SOUND_AND_SMALL)
    walked(reference)
    vote_all(at, reference, conditions=("deposit of 50 %",))
    assert walked(reference).name == "Admitted"
    before = customer(at, at.casebook.cases.get(reference).company_key)
    sandbox.reset()
    half_a_year_later(clock)

    assert reviewed() == "1 due, 0 for people"

    after = customer(at, before.company_key)
    assert after.last_case != before.last_case
    conditions = at.casebook.cases.conditions(after.last_case)
    assert [(item.text, item.state) for item in conditions] == [
        ("deposit of 50 %", "open"),
        ("Retention of title", "open"),
    ]
    assert after.limit_in_force == before.limit_in_force == 0


def test_a_review_that_was_cut_off_is_taken_up_the_next_day(
    at: House, clock: HandClock, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    admitted(at, SOUND_AND_SMALL)
    half_a_year_later(clock)

    def cut(*_: Any) -> None:
        raise RuntimeError("a disk that cannot be read")

    with monkeypatch.context() as once:
        once.setattr(assessing, "validate_cases", cut)
        assert reviewed() == "1 due, 0 for people"
    (review,) = reviews(at)
    assert review.status is CaseStatus.GATHERING
    asked = sandbox.log()["counts"]
    clock.forward(timedelta(days=1))

    assert reviewed() == "1 due, 0 for people"
    assert sandbox.log()["counts"] == asked
    (review,) = reviews(at)
    assert review.status is CaseStatus.CONCLUDED


def test_one_customer_is_reviewed_on_request(at: House, clock: HandClock) -> None:
    before = admitted(at, SOUND_AND_SMALL)
    clock.forward(timedelta(days=40))

    state: Any = review_customer(before.company_key, return_state=True)

    assert state.name == "Kept"
    assert customer(at, before.company_key).next_review_on == date(2027, 7, 2)


def test_a_review_of_somebody_who_is_no_customer_fails(at: House) -> None:
    state: Any = review_customer("uk_company_number:99999999", return_state=True)

    assert state.name == "Failed"
    assert "There is no such customer." in state.message


def test_refusing_a_customer_more_ends_nothing(at: House, clock: HandClock) -> None:
    before = admitted(at, SOUND_AND_SMALL)
    clock.forward(timedelta(days=5))
    asked = application(SOUND_AND_SMALL)
    more = asked.model_copy(update={"requested": asked.requested.model_copy(update={"limit": Decimal(90_000)})})
    case, created = at.casebook.cases.open(more, kind=CaseKind.ONBOARDING, requester="analyst", channel="desk")

    walked(case.reference)
    vote_all(at, case.reference, Choice.DECLINE)

    assert created
    assert walked(case.reference).name == "Declined"
    assert customer(at, before.company_key) == before


def test_scoring_the_book_again_asks_nobody_and_finds_it_unchanged(at: House, sandbox: Sandbox) -> None:
    before = admitted(at, SOUND_AND_SMALL)
    asked = sandbox.log()

    state: Any = rescore(return_state=True)

    assert (state.name, state.message) == ("Rescored", "0 customer(s) changed")
    assert sandbox.log() == asked
    assert customer(at, before.company_key) == before


def test_a_stricter_policy_brings_reviews_forward(
    at: House,
    clock: HandClock,
    sandbox: Sandbox,
    client: SyncPrefectClient,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = admitted(at, SOUND_AND_SMALL)
    asked = sandbox.log()
    at.casebook.close()
    clock.forward(timedelta(days=10))
    policy = shipped_policy()
    next(grade for grade in policy["grades"] if grade["name"] == "A")["at_least"] = "98"
    next(grade for grade in policy["grades"] if grade["name"] == "B")["at_least"] = "97"
    monkeypatch.setenv("GATEHOUSE_POLICY", str(written(tmp_path, policy, "strict")))
    at = new_process(clock)

    state: Any = rescore(return_state=True)

    assert state.message == "1 customer(s) changed"
    assert sandbox.log() == asked
    assert changes(before, customer(at, before.company_key)) == {"next_review_on": date(2026, 12, 3)}
    named = ArtifactCollectionFilter(key=ArtifactCollectionFilterKey(any_=["rescored-book"]))
    (table,) = client.read_latest_artifacts(artifact_filter=named)
    (row,) = json.loads(str(table.data))
    assert (row["company_key"], row["grade_before"], row["grade_now"]) == (before.company_key, before.grade, "C")
