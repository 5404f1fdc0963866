"""SEC EDGAR on recorded answers: exact values."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from admission.evidence.answers import Answer, Parsed, Query, RawAnswer
from admission.evidence.facts import (
    CompanyProfile,
    EventKind,
    Filing,
    FinancialStatement,
    LegalRecord,
    LegalStatus,
    Untold,
)
from connectors.kit import Kit
from connectors.sec_edgar import connector

pytestmark = pytest.mark.recorded

APPLE, WOLFSPEED, IMUNON = "0000320193", "0000895419", "0000749647"
LOGISTIC_PROPERTIES, SIEMENS, SOLIDION = "0001997711", "0000940418", "0001881551"
FETCHED = datetime(2026, 3, 28, 23, 14, 6, tzinfo=UTC)


def parse(
    recorded: Path, path: str, kind: str, cik: str, *, status: int = 200, content_type: str = "application/json"
) -> Parsed:
    raw = RawAnswer(
        status=status,
        content_type=content_type,
        body=(recorded / "sec_edgar" / path).read_bytes(),
        url=f"https://data.sec.gov/{path}",
        fetched_at=FETCHED,
    )
    source = connector(Kit(clock=lambda: FETCHED, contact="credit@example.org"))
    return source.parse(Query(source="sec_edgar", kind=kind, params={"cik": cik}), raw)


def submissions(recorded: Path, cik: str) -> Parsed:
    return parse(recorded, f"submissions/CIK{cik}.json", "submissions", cik)


def accounts(recorded: Path, path: str, cik: str) -> list[FinancialStatement]:
    facts = parse(recorded, f"companyfacts/{path}", "companyfacts", cik).facts
    return [fact for fact in facts if isinstance(fact, FinancialStatement)]


def profile(parsed: Parsed) -> CompanyProfile:
    (found,) = [fact for fact in parsed.facts if isinstance(fact, CompanyProfile)]
    return found


def events(parsed: Parsed) -> dict[EventKind, list[date]]:
    found: dict[EventKind, list[date]] = {}
    for fact in parsed.facts:
        if isinstance(fact, Filing):
            for event in fact.events:
                found.setdefault(event.kind, []).append(event.on)
    return found


def test_apples_last_three_fiscal_years_to_the_dollar(recorded: Path) -> None:
    newest, second, third = accounts(recorded, "CIK0000320193.json", APPLE)
    assert newest.model_dump(exclude={"source", "evidence", "table"}) == {
        "period_start": date(2024, 9, 29),
        "period_end": date(2025, 9, 27),
        "currency": "USD",
        "standard": "us-gaap",
        "consolidated": None,
        "filed_on": date(2025, 10, 31),
        "total_assets": Decimal(359241000000),
        "current_assets": Decimal(147957000000),
        "cash": Decimal(35934000000),
        "inventory": Decimal(5718000000),
        "receivables": Decimal(39777000000),
        "goodwill": None,
        "intangible_assets": None,
        "total_liabilities": Decimal(285508000000),
        "current_liabilities": Decimal(165631000000),
        "equity": Decimal(73733000000),
        "retained_earnings": Decimal(-14264000000),
        "revenue": Decimal(416161000000),
        "operating_profit": Decimal(133050000000),
        # Apple states no interest expense apart since its fiscal year 2023.
        "interest_expense": None,
        "net_income": Decimal(112010000000),
        "depreciation": Decimal(11698000000),
        "operating_cash_flow": Decimal(111482000000),
        "payables": Decimal(69860000000),
        "cost_of_sales": Decimal(220960000000),
    }
    assert newest.current_assets is not None
    assert newest.current_liabilities is not None
    assert round(newest.current_assets / newest.current_liabilities, 3) == Decimal("0.893")
    assert (second.period_end, second.revenue) == (date(2024, 9, 28), Decimal(391035000000))
    assert (third.period_end, third.revenue) == (date(2023, 9, 30), Decimal(383285000000))
    assert third.interest_expense == Decimal(3933000000)


def test_apples_accounts_balance(recorded: Path) -> None:
    for statement in accounts(recorded, "CIK0000320193.json", APPLE):
        assert statement.total_liabilities is not None
        assert statement.equity is not None
        assert statement.total_assets == statement.total_liabilities + statement.equity


def test_the_largest_recorded_accounts_parse_in_well_under_a_second(recorded: Path) -> None:
    accounts(recorded, "CIK0000320193.json", APPLE)
    began = time.process_time()
    accounts(recorded, "CIK0000320193.json", APPLE)
    assert time.process_time() - began < 0.5


def test_an_ifrs_filer_with_its_cik_as_text(recorded: Path) -> None:
    newest, second, third = accounts(recorded, "lpa_facts.json", LOGISTIC_PROPERTIES)
    assert (newest.standard, newest.currency) == ("ifrs-full", "USD")
    assert (newest.period_start, newest.period_end) == (date(2024, 1, 1), date(2024, 12, 31))
    assert newest.filed_on == date(2025, 4, 2)
    assert newest.total_assets == Decimal(607019578)
    assert newest.current_assets == Decimal(40001754)
    assert newest.cash == Decimal(28827347)
    assert newest.total_liabilities == Decimal(336218160)
    assert newest.current_liabilities == Decimal(26524836)
    assert newest.equity == Decimal(270801418)
    assert newest.retained_earnings == Decimal(38593217)
    assert newest.revenue == Decimal(43862372)
    assert newest.operating_profit == Decimal(36606814)
    assert newest.interest_expense == Decimal(22872591)
    assert newest.net_income == Decimal(-19426051)
    # Only cash from operations before interest and tax is stated.
    assert newest.operating_cash_flow is None
    assert (second.period_end, second.net_income) == (date(2023, 12, 31), Decimal(7156005))
    assert (third.period_end, third.total_assets) == (date(2022, 12, 31), Decimal(497618869))


def test_a_restated_figure_is_taken_from_the_latest_filing(recorded: Path) -> None:
    _, second, third = accounts(recorded, "lpa_facts.json", LOGISTIC_PROPERTIES)
    # Filed as 107,229 and 124,287 in 2024; restated in the report of 2025-04-02.
    assert second.depreciation == Decimal(167895)
    assert third.depreciation == Decimal(228485)
    assert second.filed_on == date(2024, 4, 26)


def test_wolfspeeds_bankruptcy_is_told_step_by_step_and_as_inferred(recorded: Path) -> None:
    parsed = submissions(recorded, WOLFSPEED)
    found = events(parsed)
    assert found[EventKind.BANKRUPTCY_PETITION] == [date(2025, 6, 30)]
    assert found[EventKind.BANKRUPTCY_PLAN] == [date(2025, 9, 8)]
    assert found[EventKind.BANKRUPTCY_EMERGENCE] == [date(2025, 9, 29)]
    assert found[EventKind.DEBT_ACCELERATION] == [date(2025, 6, 30), date(2021, 12, 8)]
    assert found[EventKind.DELISTING_NOTICE] == [date(2021, 9, 16)]
    assert found[EventKind.AUDITOR_CHANGE] == [date(2013, 11, 25)]
    (record,) = [fact for fact in parsed.facts if isinstance(fact, LegalRecord)]
    assert (record.status, record.on, record.ended_on) == (LegalStatus.UNCLEAR, date(2025, 6, 30), None)
    assert record.reference == "0001193125-25-153145"
    assert record.inferred
    assert "2025-09-29: bankruptcy emergence" in record.basis


def test_a_bond_that_leaves_the_exchange_is_no_sign_of_distress(recorded: Path) -> None:
    parsed = submissions(recorded, APPLE)
    assert events(parsed) == {}
    assert {fact.form for fact in parsed.facts if isinstance(fact, Filing)} == {"10-K"}


def test_the_profile_of_a_company(recorded: Path) -> None:
    found = profile(submissions(recorded, APPLE))
    assert found.legal_name == "Apple Inc."
    assert found.country == "US"
    assert found.identifiers == {"cik": APPLE, "ein": "94-2404110"}
    assert (found.industry_code, found.industry_text) == ("us-sic:3571", "Electronic Computers")
    assert found.former_names == ("APPLE INC", "APPLE COMPUTER INC", "APPLE COMPUTER INC/ FA")
    assert found.last_accounts_on == date(2025, 9, 27)
    assert (found.status, found.incorporated_on) == (None, None)


def test_a_foreign_holder_has_no_country_and_no_ein(recorded: Path) -> None:
    parsed = submissions(recorded, SIEMENS)
    assert profile(parsed).country is None
    assert profile(parsed).identifiers == {"cik": SIEMENS}
    (untold,) = [fact for fact in parsed.facts if not isinstance(fact, CompanyProfile)]
    assert isinstance(untold, Untold)
    assert (untold.since, untold.before) == (None, None)


@pytest.mark.parametrize(("cik", "since"), [(APPLE, date(2027, 5, 1)), (WOLFSPEED, date(2027, 5, 7))])
def test_a_company_that_reports_would_have_told_for_fifteen_months_more(recorded: Path, cik: str, since: date) -> None:
    (untold,) = [fact for fact in submissions(recorded, cik).facts if isinstance(fact, Untold)]
    assert (untold.since, untold.before) == (since, None)


def test_an_amended_report_does_not_count_twice(recorded: Path) -> None:
    found = events(submissions(recorded, SOLIDION))
    # The 8-K/A of 2025-11-26 amends the report of 2025-10-21.
    assert found[EventKind.AUDITOR_CHANGE] == [date(2025, 11, 26), date(2025, 10, 21), date(2024, 4, 19)]
    assert found[EventKind.NON_RELIANCE] == [date(2026, 3, 18), date(2025, 11, 14), date(2025, 4, 11)]
    assert len(found[EventKind.LATE_FILING]) == 12


def test_a_file_of_older_filings(recorded: Path) -> None:
    parsed = parse(recorded, "submissions/CIK0000749647-submissions-001.json", "older_filings", IMUNON)
    assert parsed.leftover == ()
    assert events(parsed)[EventKind.LATE_FILING][0] == date(1999, 5, 17)
    assert len([fact for fact in parsed.facts if isinstance(fact, Filing) and fact.form.startswith("10-K")]) == 20


@pytest.mark.parametrize("cik", [APPLE, WOLFSPEED, IMUNON, SIEMENS, SOLIDION, "0000350001"])
def test_every_field_of_the_recorded_lists_is_read_or_ignored_on_purpose(recorded: Path, cik: str) -> None:
    parsed = submissions(recorded, cik)
    assert (parsed.answer, parsed.leftover, parsed.leads) == (Answer.FOUND, (), ())


@pytest.mark.parametrize(("path", "cik"), [("CIK0000320193.json", APPLE), ("lpa_facts.json", LOGISTIC_PROPERTIES)])
def test_every_field_of_the_recorded_accounts_is_read_or_ignored_on_purpose(
    recorded: Path, path: str, cik: str
) -> None:
    assert parse(recorded, f"companyfacts/{path}", "companyfacts", cik).leftover == ()


def test_the_secs_own_404_is_no_record(recorded: Path) -> None:
    parsed = parse(
        recorded, "errors/submissions_404.body", "submissions", "0000000001", status=404, content_type="application/xml"
    )
    assert (parsed.answer, parsed.facts) == (Answer.NO_RECORD, ())
