"""For each check of the catalogue, facts that just pass it and facts that fail it; companies are invented."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from admission.evidence.facts import (
    CompanyProfile,
    CreditReport,
    EventKind,
    Facts,
    Filing,
    FilingEvent,
    FinancialStatement,
    LegalKind,
    LegalRecord,
    LegalStatus,
)
from admission.evidence.ledger_facts import LedgerRecord
from admission.money import Money

AS_OF = date(2026, 6, 30)
TOMORROW = date(2026, 7, 1)


def profile(**changes: Any) -> CompanyProfile:
    fact = CompanyProfile(
        source="register",
        evidence="ev-profile",
        legal_name="Alder Mills Ltd",
        country="GB",
        identifiers={"uk_company_number": "00123456"},
        incorporated_on=date(1999, 4, 1),
        headcount=120,
    )
    return fact.model_copy(update=changes)


def statement(**changes: Any) -> FinancialStatement:
    fact = FinancialStatement(
        source="register",
        evidence="ev-accounts",
        period_start=date(2025, 1, 1),
        period_end=date(2025, 12, 31),
        currency="GBP",
        standard="ifrs-full",
        consolidated=True,
        filed_on=date(2026, 3, 15),
        total_assets=Decimal(1_000_000),
        current_assets=Decimal(600_000),
        total_liabilities=Decimal(700_000),
        current_liabilities=Decimal(300_000),
        equity=Decimal(300_000),
        revenue=Decimal(2_000_000),
        net_income=Decimal(-50_000),
    )
    return fact.model_copy(update=changes)


def year_before(**changes: Any) -> FinancialStatement:
    return statement(
        period_start=date(2024, 1, 1), period_end=date(2024, 12, 31), filed_on=date(2025, 3, 15), **changes
    )


def sized(assets: int | str, **changes: Any) -> dict[str, Any]:
    """A balance sheet of another size: half liabilities, half equity."""
    total = Decimal(assets)
    half = total / 2
    parts = {"current_assets": None, "current_liabilities": None, "revenue": None}
    return {"total_assets": total, "total_liabilities": half, "equity": half, **parts, **changes}


def filing(**changes: Any) -> Filing:
    fact = Filing(
        source="register",
        evidence="ev-filing",
        reference="F-1",
        form="10-K",
        filed_on=date(2026, 2, 20),
        period_on=date(2025, 12, 31),
    )
    return fact.model_copy(update=changes)


def petition(on: date) -> FilingEvent:
    return FilingEvent(kind=EventKind.BANKRUPTCY_PETITION, on=on)


def report(**changes: Any) -> CreditReport:
    fact = CreditReport(
        source="bureau",
        evidence="ev-report",
        reference="R-1",
        reported_on=date(2026, 6, 1),
        rated=True,
        score=Decimal(71),
        score_min=Decimal(1),
        score_max=Decimal(100),
        limit=Money(amount=Decimal(25_000), currency="GBP"),
        late_invoice_share=Decimal("0.12"),
    )
    return fact.model_copy(update=changes)


def limit(amount: str, currency: str = "GBP") -> Money:
    return Money.model_construct(amount=Decimal(amount), currency=currency)


def ledger(**changes: Any) -> LedgerRecord:
    fact = LedgerRecord(
        source="own_ledger",
        evidence="ev-ledger",
        ledger="L7",
        as_of=date(2026, 6, 15),
        accounts=1,
        own_overdue_days=9,
        overdue_documents=2,
        late_payments_12m=1,
        bounced_payment_12m=False,
    )
    return fact.model_copy(update=changes)


def legal(**changes: Any) -> LegalRecord:
    fact = LegalRecord(
        source="register",
        evidence="ev-legal",
        kind=LegalKind.CHARGE,
        status=LegalStatus.CLOSED,
        reference="C-1",
        on=date(2020, 5, 1),
        ended_on=date(2024, 5, 1),
    )
    return fact.model_copy(update=changes)


def facts(*rows: Any) -> Facts:
    return Facts.of(rows)


ONE_SOURCE = statement(**sized(2_000_000_000))

# code -> (facts that pass, at the very edge where there is one; facts that fail)
GOLDEN: dict[str, tuple[Facts, Facts]] = {
    "profile.name_present": (facts(profile(legal_name="A")), facts(profile(legal_name="  "))),
    "profile.country_known": (facts(profile(country=None)), facts(profile(country="UK"))),
    "profile.identifiers_check": (
        facts(profile(identifiers={"vat": "GB980780684", "bureau_id": "what the bureau likes"})),
        facts(profile(identifiers={"vat": "GB980780685"})),
    ),
    "profile.plausible_headcount": (facts(profile(headcount=0)), facts(profile(headcount=-1))),
    "profile.no_future_dates": (
        facts(profile(incorporated_on=AS_OF, last_accounts_on=AS_OF)),
        facts(profile(last_accounts_on=TOMORROW)),
    ),
    "profile.period_order": (
        facts(profile(dissolved_on=date(1999, 4, 1))),
        facts(profile(dissolved_on=date(1999, 3, 31))),
    ),
    "statement.finite": (
        facts(statement(goodwill=Decimal(0))),
        Facts(statements=(statement(goodwill=Decimal("NaN"), cash=Decimal("Infinity")),)),
    ),
    "statement.currency_present": (facts(statement(currency="CNY")), facts(statement(currency=""))),
    "statement.no_future_dates": (facts(statement(filed_on=AS_OF)), facts(statement(filed_on=TOMORROW))),
    "statement.period_order": (
        facts(statement(filed_on=date(2025, 12, 31))),
        facts(statement(filed_on=date(2025, 12, 30))),
    ),
    "statement.annual_period": (
        facts(statement(period_start=date(2024, 12, 30))),
        facts(statement(period_start=date(2025, 10, 1))),
    ),
    "statement.balance_identity": (
        facts(statement(equity=Decimal(200_000))),
        facts(statement(equity=Decimal(199_999))),
    ),
    "statement.balance_gap": (facts(statement(equity=Decimal(290_000))), facts(statement(equity=Decimal(289_999)))),
    "statement.assets_not_negative": (
        facts(statement(**sized(0))),
        facts(statement(**sized(-1_000_000))),
    ),
    "statement.parts_within_total": (
        facts(statement(current_assets=Decimal(1_010_000))),
        facts(statement(current_liabilities=Decimal(300_000_000))),
    ),
    "statement.plausible_magnitude": (
        facts(statement(**sized(10**16, currency="KRW")), year_before(revenue=Decimal(0))),
        facts(statement(**sized(10**13 + 1))),
    ),
    "statement.consistent_units": (
        facts(statement(**sized(500_000_000)), year_before(**sized(1_000_000))),
        facts(statement(**sized(501_000_000)), year_before(**sized(1_000_000, evidence="ev-older"))),
    ),
    "statement.sources_agree": (
        facts(ONE_SOURCE, statement(**sized(1_600_000, source="bureau"))),
        facts(ONE_SOURCE, statement(**sized(208_000, source="bureau", evidence="ev-bureau"))),
    ),
    "statement.duplicate": (
        facts(statement(), statement(evidence="ev-again"), statement(standard="us-gaap", revenue=Decimal(1_900_000))),
        facts(statement(), statement(evidence="ev-again", revenue=Decimal(2_000_001))),
    ),
    "filing.no_future_dates": (
        facts(filing(events=(petition(AS_OF),))),
        facts(filing(events=(petition(AS_OF), petition(TOMORROW)))),
    ),
    "filing.period_order": (
        facts(filing(form="DEF 14A", period_on=date(2026, 8, 1))),
        facts(filing(period_on=date(2026, 2, 21))),
    ),
    "report.finite": (facts(report(score=None)), Facts(reports=(report(score=Decimal("NaN")),))),
    "report.score_in_range": (facts(report(score=Decimal(100))), facts(report(score=Decimal(101)))),
    "report.limit_has_currency": (facts(report(limit=None)), facts(report(limit=limit("25000", "")))),
    "report.limit_not_negative": (facts(report(limit=limit("0"))), facts(report(limit=limit("-1")))),
    "report.share_in_range": (
        facts(report(late_invoice_share=Decimal(1))),
        facts(report(late_invoice_share=Decimal(12))),
    ),
    "report.no_future_dates": (facts(report(reported_on=AS_OF)), facts(report(reported_on=TOMORROW))),
    "report.complete": (
        facts(report(complete=True)),
        facts(report(complete=False, failed_sections=("payment", "directors"))),
    ),
    "legal.no_future_dates": (
        facts(legal(on=AS_OF, ended_on=None)),
        facts(legal(on=TOMORROW, ended_on=None)),
    ),
    "legal.period_order": (
        facts(legal(ended_on=date(2020, 5, 1))),
        facts(legal(ended_on=date(2020, 4, 30))),
    ),
    "legal.duplicate": (
        facts(
            legal(), legal(kind=LegalKind.JUDGMENT), legal(source="bureau"), legal(reference=""), legal(reference="")
        ),
        facts(legal(), legal(evidence="ev-again", title="the same charge")),
    ),
    "ledger.no_future_dates": (facts(ledger(as_of=AS_OF)), facts(ledger(as_of=TOMORROW))),
    "ledger.not_negative": (
        facts(ledger(own_overdue_days=0, overdue_documents=0), ledger(late_payments_12m=None)),
        facts(ledger(late_payments_12m=-1)),
    ),
    "ledger.overdue_agrees": (
        facts(ledger(own_overdue_days=0, overdue_documents=0), ledger(own_overdue_days=None)),
        facts(ledger(own_overdue_days=3, overdue_documents=0)),
    ),
}
