"""A chunk of cases on a pool of threads: what a source in trouble costs, what one bad case may stop, what leases do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import pytest

from admission.application import Application
from admission.cases import Case, CaseStatus
from admission.evidence.answers import Answer
from benchmarks.clones import write_small_traders
from intake.applications import read_applications
from sandbox.server import Sandbox
from services import assessing
from services.asking import ask_patiently
from services.batches import walk_chunk
from services.opening import Asked, open_book, open_case, open_review
from services.papers import add_manual_evidence
from services.reviews import review_chunk
from tests import stepping
from tests.casebook.build import HandClock
from tests.conftest import ROOT
from tests.policies import shipped_policy, with_own_ledger_outside, written
from tests.services.conftest import STORY, house_in
from tests.services.test_judgements import judged
from tests.services.test_papers import ANALYST as CLERK
from wiring import House
from wiring.house import BOOK_SECONDS, CASE_SECONDS

ANALYST = Asked("analyst", "desk")
TRIES = 3


class Booked(NamedTuple):
    """A house with a book of small traders, and how long it paused; pausing moves its clock."""

    house: House
    sandbox: Sandbox
    references: list[str]
    paused: list[float]
    run: str

    def answers(self, source: str) -> list[set[Answer]]:
        """Return how a source answered in each case."""
        of = self.house.casebook.evidence.of_all_rounds
        return [{item.answer for item in of(name) if item.source == source} for name in self.references]


@pytest.fixture(scope="module")
def traders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sandbox, list[Application]]]:
    """A sandbox with half a dozen sound small traders, and their applications."""
    folder = tmp_path_factory.mktemp("stories")
    applications = write_small_traders(folder, 6)
    with Sandbox(today=date(2026, 11, 23), stories=folder) as sandbox:
        yield sandbox, applications


@pytest.fixture
def book(traders: tuple[Sandbox, list[Application]], tmp_path: Path) -> Iterator[Booked]:
    """The traders' cases, opened."""
    sandbox, applications = traders
    sandbox.reset()
    path = written(tmp_path, with_own_ledger_outside(shipped_policy()))
    with house_in(tmp_path, sandbox, POLICY=str(path)) as house:
        house.casebook.create(demo=True)
        house.casebook.people.add(CLERK, "a long enough password")
        opened = open_book(house, applications, ANALYST)
        references = [case.reference for case in opened if isinstance(case, Case)]
        yield Booked(house, sandbox, references, pausing(house), uuid4().hex)


def pausing(house: House) -> list[float]:
    """Let pauses move the clock instead of taking time; return the list that they are written down in."""
    paused: list[float] = []
    clock = house.clock
    assert isinstance(clock, HandClock)

    def pause(seconds: float) -> None:
        paused.append(seconds)
        clock.forward(timedelta(seconds=seconds))

    house.pause = pause
    return paused


def asked(sandbox: Sandbox, source: str, part: str = "") -> int:
    """Return how often a source was asked."""
    return sum(item["count"] for item in sandbox.log()["requests"] if item["source"] == source and part in item["url"])


def test_a_source_that_is_down_costs_a_book_one_look_and_not_one_a_case(book: Booked) -> None:
    book.sandbox.misbehave("creditsafe", "503", path="/companies")

    rows = walk_chunk(book.house, book.references[:4], book.run, book.references[4:])

    assert asked(book.sandbox, "creditsafe", "/companies") == TRIES
    assert sum(book.paused) == sum(book.house.settings.retry_delays)
    assert {row.stands for row in rows} == {"voting"}
    assert book.answers("creditsafe")[:4] == [{Answer.UNAVAILABLE}] * 4

    walk_chunk(book.house, book.references[4:], book.run)

    assert asked(book.sandbox, "creditsafe", "/companies") == TRIES + 1
    assert book.answers("creditsafe")[4:] == [{Answer.UNAVAILABLE}] * 2


def test_a_source_that_is_back_for_the_next_chunk_is_asked_again(book: Booked) -> None:
    book.sandbox.misbehave("creditsafe", "503", path="/companies", times=TRIES)
    walk_chunk(book.house, book.references[:4], book.run, book.references[4:])
    assert book.answers("creditsafe")[:4] == [{Answer.UNAVAILABLE}] * 4

    rows = walk_chunk(book.house, book.references[4:], book.run)

    assert {row.stands for row in rows} == {"admitted"}


def test_a_source_that_fails_for_one_company_is_asked_about_the_others(book: Booked) -> None:
    number = book.house.casebook.cases.get(book.references[0]).application.identifiers["uk_company_number"]
    book.sandbox.misbehave("uk_companies_house", "500", path=f"/company/{number}")

    rows = walk_chunk(book.house, book.references, book.run)

    assert [row.stands for row in rows] == ["voting", *["admitted"] * 5]
    assert Answer.UNAVAILABLE in book.answers("uk_companies_house")[0]


def test_a_source_that_asks_for_patience_gets_it(book: Booked) -> None:
    book.sandbox.misbehave("uk_companies_house", "429_retry_after", times=1, seconds=300)

    rows = walk_chunk(book.house, book.references, book.run)

    assert {row.stands for row in rows} == {"admitted"}
    assert sum(book.paused) == 300
    assert book.house.patient.longest_wait == BOOK_SECONDS


def test_a_single_case_waits_two_minutes_and_no_longer(book: Booked) -> None:
    case = book.house.casebook.cases.get(book.references[0])
    book.sandbox.misbehave("uk_companies_house", "429_retry_after", times=1, seconds=100)
    assert {item.answer for item in ask_patiently(book.house, case, "uk_companies_house")} == {
        Answer.FOUND,
        Answer.NO_RECORD,
    }
    assert (book.paused, book.house.longest_wait) == ([100], CASE_SECONDS)

    other = book.house.casebook.cases.get(book.references[1])
    book.sandbox.misbehave("uk_companies_house", "429_retry_after", seconds=121)
    assert {item.answer for item in ask_patiently(book.house, other, "uk_companies_house")} == {Answer.UNAVAILABLE}
    assert book.paused == [100]


def test_leases_are_kept_however_long_a_chunk_waits(book: Booked) -> None:
    held: list[bool] = []
    pause = book.house.pause

    def pause_and_try_to_take_over(seconds: float) -> None:
        pause(seconds)
        held.append(book.house.casebook.cases.acquire_lease(book.references[0], "another run", 10))

    book.house.pause = pause_and_try_to_take_over
    book.sandbox.misbehave("uk_companies_house", "429_retry_after", times=1, seconds=900)

    rows = walk_chunk(book.house, book.references, book.run)

    assert held
    assert not any(held)
    assert max(book.paused) <= book.house.settings.lease_seconds / 3
    assert {row.stands for row in rows} == {"admitted"}


def customers(book: Booked) -> list[str]:
    """Admit the book and open everybody's review half a year later; return the references of the reviews."""
    walk_chunk(book.house, book.references, book.run)
    clock = book.house.clock
    assert isinstance(clock, HandClock)
    clock.forward(timedelta(days=183))
    return [open_review(book.house, one.company_key).reference for one in book.house.casebook.customers.all()]


def test_unchanged_customers_are_renewed_several_at_a_time(book: Booked) -> None:
    reviews = customers(book)

    reviewed = review_chunk(book.house, reviews, f"{book.run}, daily")

    assert (sorted(reviewed.renewed), reviewed.exceptions, reviewed.problems) == (sorted(reviews), (), {})


def test_reviews_wait_for_a_source_whose_window_is_full(book: Booked) -> None:
    reviews = customers(book)
    book.sandbox.misbehave("uk_companies_house", "429_retry_after", times=1, seconds=300)

    assert review_chunk(book.house, reviews, f"{book.run}, daily").exceptions == ()


def test_one_review_that_cannot_be_read_stops_no_other(book: Booked, monkeypatch: pytest.MonkeyPatch) -> None:
    reviews = customers(book)
    knocked_out_early = assessing.knocked_out_early

    def fail_for_one(house: House, case: Case, *arguments: object) -> bool:
        if case.reference == reviews[3]:
            raise RuntimeError("a row nobody can read")
        return knocked_out_early(house, case, *arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as once:
        once.setattr(assessing, "knocked_out_early", fail_for_one)
        reviewed = review_chunk(book.house, reviews, f"{book.run}, daily")

    assert len(reviewed.renewed) == len(reviews) - 1
    assert list(reviewed.problems) == [reviews[3]]
    assert book.house.casebook.cases.get(reviews[3]).status is CaseStatus.GATHERING
    assert review_chunk(book.house, [reviews[3]], "tomorrow's run").renewed == (reviews[3],)


def test_a_review_in_a_later_round_keeps_the_papers_of_the_earlier_one(book: Booked) -> None:
    (review, *_) = customers(book)
    house = book.house
    add_manual_evidence(house, review, CLERK, judged())
    house.casebook.cases.open_round(review, "another change", "system")

    review_chunk(house, [review], f"{book.run}, daily")

    kept = house.casebook.evidence.of(review, 2)
    assert [item.reused for item in kept if item.source == "manual_evidence"] == [True]


def test_everything_about_a_case_is_judged_by_one_policy(at: House, monkeypatch: pytest.MonkeyPatch) -> None:
    (application,) = read_applications(ROOT / "sandbox" / "applicants" / f"{STORY}.yaml").applications
    case = open_case(at, application, ANALYST)
    read = 0
    policy_in_force = at.policy_in_force

    def policy_that_is_published_meanwhile() -> object:
        nonlocal read
        read += 1
        return policy_in_force().model_copy(update={"version": f"version {read}"})

    stepping.ask_all(at, case.reference)
    stepping.validate(at, case.reference)
    with monkeypatch.context() as once:
        once.setattr(at, "policy_in_force", policy_that_is_published_meanwhile)
        assessment = stepping.assess(at, case.reference)
    assert (read, assessment.policy.version) == (1, "version 1")
