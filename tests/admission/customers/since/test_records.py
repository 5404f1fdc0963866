"""Which records came, changed and went: by what they say, and only where both times somebody told all."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.customers.since.records import Incomparable, Records, Why, compare_records
from admission.customers.since.told import Subject
from admission.evidence.answers import Answer
from admission.evidence.facts import (
    AnyFact,
    CompanyStatus,
    EventKind,
    Filing,
    FilingEvent,
    LegalKind,
    LegalStatus,
    Untold,
)
from admission.evidence.topics import Topic
from admission.money import Money
from tests.admission.build import hit, legal, profile, report, say, statement
from tests.admission.customers.since.build import FACTS, OFFICER, SOURCES, answered, asked, without


def filing(reference: str, on: date, *events: EventKind) -> Filing:
    told = tuple(FilingEvent(kind=kind, on=on) for kind in events)
    return Filing(
        source="register",
        evidence="ev-register-profile",
        reference=reference,
        form="8-K",
        filed_on=on,
        events=told,
    )


def replaced(fact: AnyFact, **changes: Any) -> tuple[AnyFact, ...]:
    """Return the facts with one of them changed."""
    return tuple(other.model_copy(update=changes) if other == fact else other for other in FACTS)


def told(records: Records) -> list[tuple[str, str, str, str, str]]:
    return [(item.change, str(item.subject), item.kind, item.was, item.now) for item in records.changes]


CHARGE = next(fact for fact in FACTS if fact.table == "legal_record")
PROFILE = next(fact for fact in FACTS if fact.table == "company_profile")
ACCOUNTS = next(fact for fact in FACTS if fact.table == "financial_statement")
REPORT = next(fact for fact in FACTS if fact.table == "credit_report")
HIT = next(fact for fact in FACTS if fact.table == "watchlist_hit")
JUDGMENT = legal(LegalKind.JUDGMENT, LegalStatus.OPEN, reference="J-1", evidence="ev-court-profile")

CHANGED: dict[str, tuple[tuple[AnyFact, ...], list[tuple[str, str, str, str, str]]]] = {
    "a judgment": ((*FACTS, JUDGMENT), [("new", "legal", "judgment", "", "open")]),
    "a charge is paid": (
        replaced(CHARGE, status=LegalStatus.CLOSED),
        [("changed", "legal", "charge", "open", "closed")],
    ),
    "a charge is gone": (without("legal_record"), [("gone", "legal", "charge", "open", "")]),
    "an entry of a list": (
        (*FACTS, hit("E-2", evidence="ev-lists-profile")),
        [("new", "listed", "List one", "", "name")],
    ),
    "an entry says something else": (
        replaced(HIT, content="ff"),
        [("changed", "listed", "List one", "name", "name")],
    ),
    "an entry is gone": (without("watchlist_hit"), [("gone", "listed", "List one", "name", "")]),
    "the standing in the register": (
        replaced(PROFILE, status=CompanyStatus.STRIKE_OFF_PROPOSED),
        [("changed", "register", "status", "", "strike_off_proposed")],
    ),
    "the address": (
        replaced(PROFILE, address="2 Low Street"),
        [("changed", "register", "address", "1 High Street, Leeds", "2 Low Street")],
    ),
    "accounts of the next year": (
        (*FACTS, statement(evidence="ev-register-profile", period_end=date(2026, 12, 31))),
        [("new", "accounts", "accounts", "", "")],
    ),
    "accounts are restated": (
        replaced(ACCOUNTS, equity=Decimal(1)),
        [("changed", "accounts", "accounts", "", "")],
    ),
    "a figure is not stated any more": (
        replaced(ACCOUNTS, equity=None),
        [("changed", "accounts", "accounts", "", "")],
    ),
    "the bureau lends less": (
        replaced(REPORT, limit=Money(amount=Decimal(1), currency="GBP")),
        [("changed", "report", "limit", "50000 GBP", "1 GBP")],
    ),
    "a filing that tells of distress": (
        (*FACTS, filing("F-1", date(2026, 5, 1), EventKind.NON_RELIANCE)),
        [("new", "filing", "8-K", "", "non_reliance")],
    ),
    "a director resigns": (
        replaced(OFFICER, resigned_on=date(2026, 4, 1)),
        [("changed", "officers", "officer", "in_office", "resigned")],
    ),
    "a director is not told any more": (without("officer"), [("gone", "officers", "officer", "in_office", "")]),
}


@pytest.mark.parametrize("name", CHANGED)
def test_what_changed_is_told(name: str) -> None:
    facts, expected = CHANGED[name]
    records = compare_records(answered(), answered(facts))
    assert told(records) == expected
    (change,) = records.changes
    assert not change.maybe_older
    assert (change.subject, change.source) not in {(item.subject, item.source) for item in records.same}


def test_restated_lines_are_named_and_officers_are_not() -> None:
    (restated,) = compare_records(answered(), answered(replaced(ACCOUNTS, equity=Decimal(1)))).changes
    assert (restated.fields, restated.on) == (("equity",), date(2025, 12, 31))
    (left,) = compare_records(answered(), answered(replaced(OFFICER, resigned_on=date(2026, 4, 1)))).changes
    assert "Invented" not in left.model_dump_json()


def test_what_did_not_change_is_told_with_its_days() -> None:
    records = compare_records(answered(), answered())
    assert (records.changes, records.incomparable) == ((), ())
    same = {(item.subject, item.source): (item.of, item.told) for item in records.same}
    assert same == {
        (Subject.ACCOUNTS, "register"): (date(2025, 12, 31), date(2026, 5, 1)),
        (Subject.REGISTER, "register"): (None, date(2026, 5, 1)),
        (Subject.OFFICERS, "register"): (None, date(2026, 5, 1)),
        (Subject.REPORT, "bureau"): (date(2026, 6, 1), date(2026, 5, 1)),
        (Subject.LEGAL, "court"): (date(2026, 3, 1), date(2026, 5, 1)),
        (Subject.LISTED, "lists"): (None, date(2026, 5, 1)),
    }


def test_that_a_source_has_nothing_both_times_is_told_too() -> None:
    items = asked({"court": Answer.NO_RECORD})
    facts = without("legal_record")
    records = compare_records(answered(facts, items), answered(facts, items))
    assert [(item.source, item.rows) for item in records.same if item.subject is None] == [("court", 0)]


SILENT = [answer for answer in Answer if not answer.answered]


@pytest.mark.parametrize("answer", SILENT)
def test_who_could_not_be_asked_now_has_neither_lost_a_record_nor_kept_it(answer: Answer) -> None:
    records = compare_records(answered(), answered(without("legal_record"), asked({"court": answer})))
    assert records.changes == ()
    assert "court" not in {item.source for item in records.same}
    assert records.incomparable == (Incomparable(kind="source", what="court", why=Why.NOT_ANSWERED_NOW),)


@pytest.mark.parametrize("answer", SILENT)
def test_a_record_of_who_could_not_be_asked_last_time_may_be_older(answer: Answer) -> None:
    records = compare_records(answered(without("legal_record"), asked({"court": answer})), answered())
    assert [(item.change, item.maybe_older) for item in records.changes] == [("new", True)]
    assert records.incomparable == (Incomparable(kind="source", what="court", why=Why.NOT_ASKED_THEN),)


def test_who_was_silent_both_times_is_a_gap_and_no_comparison() -> None:
    items = asked({"court": Answer.UNAVAILABLE})
    records = compare_records(answered(without("legal_record"), items), answered(without("legal_record"), items))
    assert records.incomparable == ()
    assert "court" not in {item.source for item in records.same}


def test_another_reader_makes_no_record_new_for_sure_and_none_gone() -> None:
    came = compare_records(answered(), answered((*FACTS, JUDGMENT), court="2"))
    assert [(item.change, item.maybe_older) for item in came.changes] == [("new", True)]
    went = compare_records(answered(), answered(without("legal_record"), court="2"))
    assert went.changes == ()
    for records in (came, went, compare_records(answered(), answered(court="2"))):
        assert Incomparable(kind="source", what="court", why=Why.OTHER_READER) in records.incomparable
        assert "court" not in {item.source for item in records.same}


def test_lines_that_only_a_newer_reader_reads_are_no_change_and_not_unchanged() -> None:
    more = replaced(ACCOUNTS, cost_of_sales=Decimal(5))
    records = compare_records(answered(), answered(more, register="2"))
    assert records.changes == ()
    assert (Subject.ACCOUNTS, "register") not in {(item.subject, item.source) for item in records.same}
    assert Incomparable(kind="source", what="register", why=Why.OTHER_READER) in records.incomparable
    # By the same reader it is the source that tells more.
    (change,) = compare_records(answered(), answered(more)).changes
    assert change.fields == ("cost_of_sales",)


def test_a_table_that_lost_rows_to_a_check_has_lost_no_record() -> None:
    records = compare_records(answered(), answered(without("legal_record"), spoiled=("legal_record",)))
    assert records.changes == ()
    assert Incomparable(kind="source", what="court", why=Why.FAILED_CHECK) in records.incomparable


def test_an_answer_that_leaves_something_open_has_lost_no_record() -> None:
    gap = Untold(source="court", evidence="ev-court-profile", topics=(Topic.CHARGES,), why=say("not all is shown"))
    records = compare_records(answered(), answered((*without("legal_record"), gap)))
    assert records.changes == ()
    assert Incomparable(kind="source", what="court", why=Why.LEFT_OPEN) in records.incomparable
    kept = compare_records(answered(), answered((*FACTS, gap)))
    assert "court" not in {item.source for item in kept.same}


def test_filings_that_drop_out_at_the_old_end_are_not_gone() -> None:
    old, middle, new = (filing(f"F-{year}", date(year, 1, 1)) for year in (2023, 2024, 2025))
    records = compare_records(answered((*FACTS, old, middle)), answered((*FACTS, middle, new)))
    assert [(item.change, item.reference) for item in records.changes] == [("new", "F-2025")]
    withdrawn = compare_records(answered((*FACTS, old, middle, new)), answered((*FACTS, old, new)))
    assert [(item.change, item.reference) for item in withdrawn.changes] == [("gone", "F-2024")]


def rewritten(fact: AnyFact) -> AnyFact:
    """Return a fact as another answer would write it: other blanks, zeros, addresses and days of lists."""
    changes: dict[str, Any] = {}
    for name, value in dict(fact).items():
        if isinstance(value, Decimal):
            changes[name] = value.quantize(Decimal("0.0001"))
        elif name in ("title", "url", "basis_text"):
            changes[name] = f"other {value}"
        elif name in ("address", "legal_name", "legal_form"):
            changes[name] = f"  {str(value).upper()}  "
        elif name == "list_date":
            changes[name] = date(2026, 9, 9)
    return fact.model_copy(update=changes)


@given(st.permutations([*FACTS, *FACTS[:3], JUDGMENT]), st.permutations(asked()), st.booleans())
def test_the_order_and_the_writing_of_answers_change_nothing(
    facts: list[AnyFact], items: list[Any], rewrite: bool
) -> None:
    before = answered((*FACTS, JUDGMENT))
    written = [rewritten(fact) for fact in facts] if rewrite else facts
    after = answered(written, items)
    assert compare_records(before, after) == compare_records(before, answered((*FACTS, JUDGMENT)))
    assert compare_records(before, after).changes == ()
    assert compare_records(after, before).changes == ()


@given(
    st.lists(st.sampled_from([*FACTS, JUDGMENT, profile(), report(score=Decimal(3))]), unique_by=id),
    st.sampled_from(SOURCES),
    st.sampled_from(SILENT),
)
def test_a_source_that_is_silent_now_is_never_told_as_unchanged_or_better(
    facts: list[AnyFact], source: str, answer: Answer
) -> None:
    left = [fact for fact in facts if fact.source != source]
    records = compare_records(answered(facts), answered(left, asked({source: answer})))
    assert source not in {item.source for item in records.same}
    assert source not in {item.source for item in records.changes}
