from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from admission.application import Subject
from admission.evidence.answers import Answer, Coverage, Gap, coverage
from admission.evidence.facts import (
    AnyFact,
    CompanyStatus,
    EventKind,
    Facts,
    Filing,
    FilingEvent,
    LegalKind,
    LegalStatus,
)
from admission.evidence.topics import Topic
from admission.metrics.catalogue import Metric, Value
from admission.metrics.registers import DISTRESS, register_metrics
from admission.money import Money
from tests.admission.build import AS_OF, answered, evidence, hit, legal, profile, report

SUBJECT = Subject(legal_name="Alder Mills Limited", country="GB")
OPEN_PETITION = legal(LegalKind.WINDING_UP_PETITION, LegalStatus.OPEN, reference="P-1")


def derived(*facts: AnyFact, seen: Coverage | None = None, subject: Subject = SUBJECT) -> dict[str, Metric]:
    found = register_metrics(Facts.of(facts), seen or answered(), subject, as_of=AS_OF)
    return {metric.name: metric for metric in found}


def filing(*kinds: EventKind, on: date = date(2026, 1, 15), **changes: Any) -> Filing:
    events = tuple(FilingEvent(kind=kind, on=on) for kind in kinds)
    fact = Filing(source="register", evidence="ev-filing", reference="F-1", form="8-K", filed_on=on, events=events)
    return fact.model_copy(update=changes)


def gap(topic: Topic, answer: Answer = Answer.UNAVAILABLE) -> Coverage:
    return answered().model_copy(update={"gaps": (Gap(topic=topic, source="gazette", answer=answer),)})


ABSENCES: list[tuple[str, Topic, Value]] = [
    ("open_insolvency", Topic.INSOLVENCY, False),
    ("insolvency_history", Topic.INSOLVENCY, False),
    ("open_charges", Topic.CHARGES, Decimal(0)),
    ("distress_filings_24m", Topic.FILINGS, Decimal(0)),
    ("watchlist_hits", Topic.WATCHLIST, Decimal(0)),
    ("watchlist_confirmed", Topic.WATCHLIST, Decimal(0)),
]


@pytest.mark.parametrize(("name", "topic", "absent"), ABSENCES, ids=[row[0] for row in ABSENCES])
def test_absence_is_known_only_where_every_source_answered(name: str, topic: Topic, absent: Value) -> None:
    assert (derived()[name].value, derived()[name].sources) == (absent, ("register",))
    unasked = derived(seen=Coverage())[name]
    assert (unasked.value, unasked.unknown is not None) == (None, True)
    for answer in Answer:
        if not answer.answered:
            missed = derived(seen=gap(topic, answer))[name]
            assert missed.value is None
            assert missed.unknown is not None
            assert missed.unknown.en == f"could not be checked: gazette ({answer})"


@pytest.mark.parametrize("name", ["watchlist_hits", "watchlist_confirmed"])
def test_no_hit_is_known_only_where_no_register_kept_its_names_back(name: str) -> None:
    silent = (Answer.UNAVAILABLE, Answer.REFUSED, Answer.CHALLENGED, Answer.CHANGED, Answer.IN_DOUBT)
    for answer in silent:
        missed = derived(seen=gap(Topic.IDENTITY, answer))[name]
        assert missed.value is None
        assert missed.unknown is not None
        assert missed.unknown.en == f"names that registers have of it could not be screened: gazette ({answer})"
        assert "未能取得登记名称" in missed.unknown.zh
    for answer in (Answer.NOT_CONFIGURED, Answer.SKIPPED):
        assert derived(seen=gap(Topic.IDENTITY, answer))[name].value == Decimal(0)
    assert derived(hit("9"), seen=gap(Topic.IDENTITY))["watchlist_hits"].value == Decimal(1)


def test_a_hit_tells_the_registers_name_that_it_was_found_under() -> None:
    metric = derived(hit("9", our_name="OLD MILLS LTD"))["watchlist_hits"]
    assert metric.note is not None
    assert metric.note.en == "under a name that a register gives: OLD MILLS LTD"
    assert derived(hit("9"))["watchlist_hits"].note is None


def test_a_number_that_may_be_ours_misprinted_leaves_open_whether_the_company_is_listed() -> None:
    found = derived(hit("9", basis="near_identifier"))
    assert found["watchlist_hits"].value == Decimal(1)
    assert found["watchlist_confirmed"].value is None
    assert found["watchlist_confirmed"].unknown is not None
    assert found["watchlist_confirmed"].unknown.en.startswith("entries with a number like ours: 9")


@pytest.mark.parametrize(
    ("asked", "registered", "same"),
    [
        ("Zarkovia AG", "Zarkovia Aktiengesellschaft", True),
        ("First Zarkovia Bank", "1st Zarkovia Bank Ltd", True),
        ("ZARKOVIA CORP", "ZARKOVIA CORP /DE/", True),
        ("上海宏图贸易有限公司", "宏圖貿易（上海）有限公司", True),
        ("宏图贸易有限公司", "宏图贸易股份有限公司", False),
        ("上海宏图贸易有限公司", "北京宏图贸易有限公司", False),
    ],
)
def test_a_name_is_verified_however_it_is_written(asked: str, registered: str, *, same: bool) -> None:
    found = derived(profile(legal_name=registered), subject=Subject(legal_name=asked, country="GB"))
    assert found["registry_verified"].value is same


def test_a_register_that_does_not_know_the_company_tells_nothing_of_insolvency() -> None:
    unknown_there = evidence(answer=Answer.NO_RECORD, topics=(Topic.IDENTITY,), unlocks=(Topic.INSOLVENCY,))
    found = derived(seen=coverage([unknown_there]))
    assert found["registry_verified"].value is False
    assert found["registry_verified"].sources == ("register",)
    assert found["open_insolvency"].value is None
    assert found["insolvency_history"].value is None
    assert found["registered_active"].value is None


DISMISSED = legal(LegalKind.PETITION_DISMISSED, LegalStatus.CLOSED, reference="P-2", on=date(2026, 4, 1))
INSOLVENCIES: list[tuple[str, tuple[AnyFact, ...], Value | None, Value | None]] = [
    ("petition", (OPEN_PETITION,), True, True),
    ("petition-later-dismissed", (OPEN_PETITION, DISMISSED), False, False),
    ("dismissed-the-same-day", (OPEN_PETITION, DISMISSED.model_copy(update={"on": OPEN_PETITION.on})), False, False),
    ("dismissed-before", (OPEN_PETITION, DISMISSED.model_copy(update={"on": date(2026, 2, 1)})), True, True),
    ("dismissal-without-a-day", (OPEN_PETITION, DISMISSED.model_copy(update={"on": None})), True, True),
    ("petition-without-a-day", (OPEN_PETITION.model_copy(update={"on": None}), DISMISSED), True, True),
    ("insolvency-is-not-dismissed", (legal(LegalKind.INSOLVENCY, LegalStatus.OPEN), DISMISSED), True, True),
    ("ended", (legal(LegalKind.INSOLVENCY, LegalStatus.CLOSED),), False, True),
    ("unclear", (legal(LegalKind.INSOLVENCY, LegalStatus.UNCLEAR),), None, True),
    (
        "unclear-but-ended-elsewhere",
        (legal(LegalKind.INSOLVENCY, LegalStatus.UNCLEAR), legal(LegalKind.INSOLVENCY, LegalStatus.CLOSED)),
        False,
        True,
    ),
    (
        "unclear-of-another-matter",
        (
            legal(LegalKind.INSOLVENCY, LegalStatus.UNCLEAR, reference="L-2"),
            legal(LegalKind.INSOLVENCY, LegalStatus.CLOSED),
        ),
        None,
        True,
    ),
    (
        "unclear-beside-open",
        (legal(LegalKind.INSOLVENCY, LegalStatus.UNCLEAR, reference="L-2"), OPEN_PETITION),
        True,
        True,
    ),
    ("solvent-liquidation", (legal(LegalKind.SOLVENT_LIQUIDATION, LegalStatus.OPEN),), False, False),
    ("judgment", (legal(LegalKind.JUDGMENT, LegalStatus.OPEN),), False, False),
    ("register-says-so", (profile(status=CompanyStatus.IN_INSOLVENCY),), True, True),
]


@pytest.mark.parametrize(
    ("facts", "running", "ever"), [row[1:] for row in INSOLVENCIES], ids=[row[0] for row in INSOLVENCIES]
)
def test_insolvency_is_running_over_or_not_certain(
    facts: tuple[AnyFact, ...], running: Value | None, ever: Value | None
) -> None:
    found = derived(*facts)
    assert (found["open_insolvency"].value, found["insolvency_history"].value) == (running, ever)


@pytest.mark.parametrize(("years", "inferred", "value"), [(2, True, True), (4, True, None), (4, False, True)], ids=str)
def test_what_is_only_inferred_to_run_is_unclear_after_three_years(
    years: int, value: Value | None, *, inferred: bool
) -> None:
    record = legal(LegalKind.INSOLVENCY, LegalStatus.OPEN, on=date(2026 - years, 6, 1), inferred=inferred)
    found = derived(record)
    assert (found["open_insolvency"].value, found["insolvency_history"].value) == (value, True)


def test_who_deregistered_is_told_by_its_day() -> None:
    found = derived(profile(), filing(EventKind.DEREGISTRATION, on=date(2026, 1, 15)))
    why = found["registered_active"].unknown
    assert why is not None
    assert "2026-01-15" in why.en
    assert "2026-01-15" in why.zh


def test_an_unclear_record_says_what_is_not_certain() -> None:
    metric = derived(legal(LegalKind.INSOLVENCY, LegalStatus.UNCLEAR, basis="no end is stated"))["open_insolvency"]
    assert metric.unknown is not None
    assert metric.unknown.en == "records whose end is not certain: no end is stated"
    assert metric.sources == ("court",)


def test_a_running_insolvency_counts_though_other_sources_could_not_be_asked() -> None:
    assert derived(OPEN_PETITION, seen=gap(Topic.INSOLVENCY))["open_insolvency"].value is True


@pytest.mark.parametrize(
    ("statuses", "value"),
    [
        ((LegalStatus.OPEN, LegalStatus.OPEN, LegalStatus.CLOSED), Decimal(2)),
        ((LegalStatus.CLOSED,), Decimal(0)),
        ((LegalStatus.OPEN, LegalStatus.UNCLEAR), None),
    ],
    ids=["outstanding", "satisfied", "unclear"],
)
def test_charges_outstanding_are_counted(statuses: tuple[LegalStatus, ...], value: Value | None) -> None:
    charges = [legal(LegalKind.CHARGE, status, reference=f"C-{place}") for place, status in enumerate(statuses)]
    assert derived(*charges)["open_charges"].value == value
    assert derived(*charges, seen=gap(Topic.CHARGES))["open_charges"].value is None


@pytest.mark.parametrize("kind", sorted(EventKind))
def test_filings_that_tell_of_distress_are_counted(kind: EventKind) -> None:
    assert derived(filing(kind))["distress_filings_24m"].value == Decimal(kind in DISTRESS)


@pytest.mark.parametrize(
    ("on", "count"),
    [(AS_OF, 1), (AS_OF - timedelta(days=730), 1), (AS_OF - timedelta(days=731), 0), (AS_OF + timedelta(days=1), 0)],
    ids=["today", "two-years", "older", "tomorrow"],
)
def test_distress_counts_for_two_years(on: date, count: int) -> None:
    assert derived(filing(EventKind.NON_RELIANCE, on=on))["distress_filings_24m"].value == Decimal(count)


def test_a_filing_of_two_events_counts_once() -> None:
    found = derived(
        filing(EventKind.NON_RELIANCE, EventKind.LATE_FILING), filing(EventKind.IMPAIRMENT, reference="F-2")
    )
    assert found["distress_filings_24m"].value == Decimal(1)


@pytest.mark.parametrize(
    ("hits", "resembling", "confirmed"),
    [
        ((hit("1"),), 1, 0),
        ((hit("1"), hit("1", matched_name="ALDER", basis="near_name")), 1, 0),
        ((hit("1"), hit("1", list_name="List two")), 2, 0),
        ((hit("1"), hit("2", basis="identifier")), 2, 1),
        ((hit("1", basis="identifier"), hit("1", basis="name")), 1, 1),
    ],
    ids=["one", "two-names-of-one-entry", "two-lists", "confirmed-beside", "confirmed-and-named"],
)
def test_hits_are_counted_by_list_and_entry(hits: tuple[Any, ...], resembling: int, confirmed: int) -> None:
    found = derived(*hits)
    assert found["watchlist_hits"].value == Decimal(resembling)
    assert found["watchlist_confirmed"].value == Decimal(confirmed)


def test_a_name_alike_confirms_nothing_while_a_list_could_not_be_read() -> None:
    found = derived(hit("1"), seen=gap(Topic.WATCHLIST))
    assert (found["watchlist_hits"].value, found["watchlist_confirmed"].value) == (Decimal(1), None)


@pytest.mark.parametrize(
    ("asked", "listed", "verified"),
    [
        ("Alder Mills Limited", "ALDER MILLS LTD", True),
        ("Alder & Mills, Inc.", "ALDER AND MILLS INC", True),
        ("A.L.M. Co", "ALM", True),
        ("The Alder Mills Company", "ALDER MILLS CO", True),
        ("Alder Mills Limited", "Alder Mills Limited (The)", True),
        ("The Limited, Inc.", "LIMITED INC", True),
        ("Alder Mills Limited", "BIRCH MILLS LTD", False),
    ],
)
def test_a_company_is_verified_under_its_own_name(asked: str, listed: str, verified: bool) -> None:
    subject = Subject(legal_name=asked, country="GB")
    metric = derived(profile(legal_name=listed), subject=subject)["registry_verified"]
    assert (metric.value, metric.note is None) == (verified, verified)


def test_a_former_name_verifies_too() -> None:
    renamed = profile(legal_name="BIRCH MILLS LTD", former_names=("ALDER MILLS LIMITED",))
    assert derived(renamed)["registry_verified"].value is True


def test_nobody_answered_on_identity() -> None:
    found = derived(seen=gap(Topic.IDENTITY))
    assert found["registry_verified"].value is None
    assert found["years_trading"].value is None


STANDINGS: list[tuple[str, tuple[AnyFact, ...], Coverage, Value | None, Value | None]] = [
    ("active", (profile(status=CompanyStatus.ACTIVE),), answered(), True, False),
    ("proposed", (profile(status=CompanyStatus.STRIKE_OFF_PROPOSED),), answered(), True, True),
    ("dissolved", (profile(status=CompanyStatus.DISSOLVED),), answered(), False, False),
    (
        "dissolved-at-one",
        (profile(status=CompanyStatus.DISSOLVED), profile(source="bureau", status=CompanyStatus.ACTIVE)),
        answered(),
        False,
        False,
    ),
    ("files-on", (profile(), filing(EventKind.IMPAIRMENT)), answered(), True, False),
    ("deregistered", (profile(), filing(EventKind.DEREGISTRATION)), answered(), None, None),
    ("no-status-and-filings-unread", (profile(),), gap(Topic.FILINGS), None, None),
    ("nobody-knows-it", (), answered(), None, None),
]


@pytest.mark.parametrize(
    ("facts", "seen", "active", "proposed"), [row[1:] for row in STANDINGS], ids=[row[0] for row in STANDINGS]
)
def test_standing_at_the_register(
    facts: tuple[AnyFact, ...], seen: Coverage, active: Value | None, proposed: Value | None
) -> None:
    found = derived(*facts, seen=seen)
    assert (found["registered_active"].value, found["strike_off_proposed"].value) == (active, proposed)


@pytest.mark.parametrize(
    ("facts", "years", "noted"),
    [
        ((profile(incorporated_on=date(2016, 6, 30)),), Decimal("10.0"), False),
        ((profile(incorporated_on=date(2016, 6, 30), trading_since=date(2006, 6, 30)),), Decimal("20.0"), False),
        ((filing(on=date(2021, 6, 30)),), Decimal("5.0"), True),
        ((profile(),), None, False),
    ],
    ids=["incorporated", "traded-before", "from-filings", "not-stated"],
)
def test_years_in_business(facts: tuple[AnyFact, ...], years: Value | None, noted: bool) -> None:
    metric = derived(*facts)["years_trading"]
    assert (metric.value, metric.note is not None) == (years, noted)


def test_what_a_bureau_reports() -> None:
    found = derived(report(reported_on=date(2026, 1, 1), score=Decimal(5)), report(reference="R-2"))
    assert (found["credit_score"].value, found["credit_score"].as_of) == (Decimal(71), date(2026, 6, 1))
    assert found["credit_score"].note is not None
    assert found["credit_score"].note.en == "scale 1-100, higher is better"
    assert (found["bureau_limit"].value, found["bureau_limit"].unit) == (Decimal(50000), "GBP")
    assert found["days_beyond_terms"].value == Decimal(4)
    assert found["late_invoice_share"].value == Decimal("0.12")


def test_a_company_the_bureau_does_not_rate() -> None:
    found = derived(report(rated=False, score=None, limit=None, days_beyond_terms=None, higher_is_better=False))
    assert (found["credit_score"].value, found["credit_score"].sources) == (None, ("bureau",))
    assert found["credit_score"].unknown is not None
    assert found["credit_score"].unknown.en == "the bureau does not rate it"
    assert (found["bureau_limit"].value, found["days_beyond_terms"].value) == (None, None)


def test_a_missing_report_says_whether_it_could_be_asked_for() -> None:
    assert derived()["credit_score"].unknown == derived()["headcount"].unknown
    down = derived(seen=gap(Topic.CREDIT, Answer.CHALLENGED))["credit_score"]
    assert down.unknown is not None
    assert down.unknown.en == "could not be checked: gazette (challenged)"


def test_what_a_register_states_of_the_company() -> None:
    capital = Money(amount=Decimal(10000), currency="CNY")
    found = derived(profile(accounts_overdue=True, paid_in_capital=capital, industry_code="uk-sic:47110"))
    assert found["accounts_overdue"].value is True
    assert found["headcount"].value == Decimal(120)
    assert (found["paid_in_capital"].value, found["paid_in_capital"].unit) == (Decimal(10000), "CNY")
    assert found["industry_code"].value == "uk-sic:47110"
