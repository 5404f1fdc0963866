"""What changed since the last decision, as whoever decides a review reads it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from admission.cases import CaseKind
from admission.customers.since.records import Incomparable, Why
from admission.evidence.facts import Facts, LegalKind, LegalRecord, LegalStatus
from admission.memo.documents import case_document
from admission.memo.memo import credit_memo
from intake.applications import read_applications
from services.casefile import case_file
from services.concluding import conclude
from services.opening import open_review
from tests import stepping
from tests.casebook.build import HandClock
from tests.conftest import ROOT
from tests.services.conftest import STORY
from tests.services.test_books import reviewed_first
from tests.services.test_renewing import SOUND_AND_LARGE, admitted, half_a_year_later, house, reviewed
from wiring import House

__all__ = ["house"]


def with_a_judgment(house: House, reference: str) -> None:
    """Let the credit bureau tell of a judgment, in what was validated of a review."""
    work = house.casebook.work
    validation = work.validation(reference, 1)
    assert validation is not None
    told = next(fact for fact in validation.usable.rows() if fact.source == "creditsafe")
    judgment = LegalRecord(
        source="creditsafe",
        evidence=told.evidence,
        kind=LegalKind.JUDGMENT,
        status=LegalStatus.OPEN,
        reference="J-77",
        on=date(2027, 3, 1),
    )
    usable = Facts.of([*validation.usable.rows(), judgment])
    work.save_validation(reference, 1, validation.model_copy(update={"usable": usable}))


def test_a_first_application_has_nothing_to_be_compared_with(house: House) -> None:
    customer = admitted(house, STORY)
    file = case_file(house, customer.last_case)
    assert file.since is None
    assert "since" not in case_document(file)
    assert "Since the last decision" not in credit_memo(file, "en")


def test_a_review_of_who_is_unchanged_says_so_with_days(house: House) -> None:
    customer = admitted(house, SOUND_AND_LARGE)
    half_a_year_later(house)
    file = case_file(house, reviewed(house, customer))
    assert file.since is not None
    assert (file.since.case, file.since.decided_on) == (customer.last_case, date(2026, 11, 23))
    assert (file.since.criteria, file.since.figures, file.since.records) == ((), (), ())
    asked_today = {item.told for item in file.since.unchanged}
    assert asked_today == {house.today()}
    # Its list of filings is not all there is, so nobody says of it that it is as it was.
    assert Incomparable(kind="source", what="sec_edgar", why=Why.LEFT_OPEN) in file.since.incomparable
    memo = credit_memo(file, "en")
    assert "## Since the last decision" in memo
    assert "accounts of 2026-06-30 (3), creditsafe (told 2027-05-24)" in memo


def test_a_new_judgment_is_read_by_who_decides_and_by_programs(house: House) -> None:
    customer = admitted(house, SOUND_AND_LARGE)
    half_a_year_later(house)
    review = open_review(house, customer.company_key).reference
    stepping.ask_all(house, review)
    stepping.validate(house, review)
    with_a_judgment(house, review)
    stepping.assess(house, review)

    file = case_file(house, review)
    document = case_document(file, "zh")["since"]
    assert [(row["change"], row["kind"], row["reference"]) for row in document["records"]] == [
        ("new", "judgment", "J-77")
    ]
    assert "新增：判决：进行中（creditsafe J-77 2027-03-01）" in document["said"]
    assert "new: judgment: running (creditsafe J-77 2027-03-01)" in credit_memo(file, "en")
    assert "与上次决定相比" in credit_memo(file, "zh")


def test_what_was_compared_stays_after_the_review_is_decided(house: House) -> None:
    customer = admitted(house, STORY)
    half_a_year_later(house)
    review = reviewed(house, customer)
    before = case_file(house, review).since
    assert stepping.decide_by_machine(house, review)
    conclude(house, review)
    after = case_file(house, review).since
    assert before is not None
    assert after is not None
    assert (after.case, after.records, after.unchanged) == (before.case, before.records, before.unchanged)
    granted = next(point for point in after.points if point.what == "granted")
    assert (granted.was, granted.now) == (customer.limit, customer.limit)
    half_a_year_later(house)
    again = case_file(house, reviewed(house, customer)).since
    assert again is not None
    assert (again.case, again.decided_by) == (review, "renewal")


def test_a_customer_of_the_book_is_compared_by_what_it_has_alone(house: House, tmp_path: Path) -> None:
    customer, review = reviewed_first(house, tmp_path)
    since = case_file(house, review).since
    assert since is not None
    assert since.incomparable == (Incomparable(kind="case", what=customer.last_case, why=Why.NO_ASSESSMENT),)
    points = {point.what: point.was for point in since.points}
    assert (points["grade"], points["granted"]) == (customer.grade, customer.limit)
    assert since.unchanged == ()


@pytest.mark.parametrize("source", ["sec_edgar", "creditsafe"])
def test_a_source_that_is_not_asked_is_neither_unchanged_nor_gone(house: House, source: str) -> None:
    customer = admitted(house, SOUND_AND_LARGE)
    assert isinstance(house.clock, HandClock)
    house.clock.forward(timedelta(days=182))
    review = open_review(house, customer.company_key).reference
    for other in house.connectors:
        if other != source:
            stepping.ask_source(house, review, other)
    stepping.validate(house, review)
    stepping.assess(house, review)
    since = case_file(house, review).since
    assert since is not None
    assert source not in {item.source for item in since.unchanged}
    assert source not in {item.source for item in since.records}
    assert Incomparable(kind="source", what=source, why=Why.NOT_ANSWERED_NOW) in since.incomparable
    lost = [item for item in since.figures if item.now.value is None]
    assert lost
    assert all(item.worse for item in lost)


def test_of_documents_that_were_erased_the_decision_alone_is_compared(at: House) -> None:
    first, again = refused(at, "first"), refused(at, "again")
    assert case_file(at, again).since is not None
    at.casebook.erasures.erase_personal(first, "a rule")
    file = case_file(at, again)
    assert file.since is not None
    assert file.since.incomparable == (Incomparable(kind="case", what=first, why=Why.ERASED),)
    assert (file.since.outcome, file.since.records, file.since.unchanged) == ("declined", (), ())
    assert "was erased, but for the decision" in credit_memo(file, "en")


def refused(at: House, key: str) -> str:
    """Open another case of the insolvent company, and let the system decline it."""
    (asked,) = read_applications(ROOT / "sandbox" / "applicants" / "4_insolvent.yaml").applications
    case, _ = at.casebook.cases.open(
        asked, kind=CaseKind.ONBOARDING, requester="analyst", channel="desk", idempotency_key=key
    )
    stepping.ask_all(at, case.reference)
    stepping.validate(at, case.reference)
    stepping.assess(at, case.reference)
    assert stepping.decide_by_machine(at, case.reference)
    conclude(at, case.reference)
    return case.reference
