"""Cost per company of validating and assessing batches of 1, 100 and 10,000, beside doing the same one by one."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

from admission.application import Application, parse_application
from admission.assessment.assessing import Dossier, assess
from admission.cases import CaseKind
from admission.evidence.answers import Answer, Evidence, Query
from admission.evidence.facts import CompanyProfile, CompanyStatus, CreditReport, Facts, Filing, FinancialStatement
from admission.evidence.findings import Validation
from admission.evidence.topics import Topic
from admission.money import Money, RateTable
from intake.policies import read_policy

TODAY = date(2026, 11, 1)
SIZES = (1, 100, 10_000)
SINGLES = 5


def measure() -> dict[str, float]:
    """Return milliseconds per company for each size of batch."""
    from expectations import validate

    validate({"warm-up": facts_of(0)}, as_of=TODAY)
    figures: dict[str, float] = {}
    for size in SIZES:
        batch = {f"case {number}": facts_of(number) for number in range(size)}
        began = time.perf_counter()
        validations = validate(batch, as_of=TODAY)
        validated = time.perf_counter()
        _assess_all(validations)
        ended = time.perf_counter()
        figures[f"validate_ms_per_company_{size}"] = (validated - began) * 1000 / size
        figures[f"assess_ms_per_company_{size}"] = (ended - validated) * 1000 / size
        figures[f"validate_and_assess_ms_per_company_{size}"] = (ended - began) * 1000 / size
    began = time.perf_counter()
    for number in range(SINGLES):
        validate({"alone": facts_of(number)}, as_of=TODAY)
    figures["validate_one_by_one_ms_per_company"] = (time.perf_counter() - began) * 1000 / SINGLES
    figures["one_by_one_over_batch_of_10000"] = (
        figures["validate_one_by_one_ms_per_company"] / figures["validate_ms_per_company_10000"]
    )
    return figures


def _assess_all(validations: Mapping[str, Validation]) -> None:
    policy, rates = read_policy(None), RateTable()
    application, evidence = _application(), _evidence()
    for validation in validations.values():
        assess(Dossier(application, CaseKind.ONBOARDING, evidence, validation), policy, rates, as_of=TODAY)


def facts_of(number: int) -> Facts:
    """Return the facts of an invented company: profile, three years, three filings, a credit report."""
    assets = Decimal(1_000_000 + number)
    return Facts(
        profiles=(
            CompanyProfile(
                source="bench",
                legal_name=f"Bench Company {number} Inc",
                country="US",
                status=CompanyStatus.ACTIVE,
                incorporated_on=date(2001, 5, 17),
            ),
        ),
        statements=tuple(
            FinancialStatement(
                source="bench",
                period_start=date(year, 1, 1),
                period_end=date(year, 12, 31),
                currency="USD",
                standard="us-gaap",
                filed_on=date(year + 1, 3, 1),
                total_assets=assets,
                current_assets=assets / 2,
                current_liabilities=assets / 5,
                total_liabilities=assets / 2,
                equity=assets / 2,
                retained_earnings=assets / 4,
                revenue=assets * 2,
                operating_profit=assets / 10,
                interest_expense=assets / 100,
                net_income=assets / 20,
                depreciation=assets / 50,
            )
            for year in (2023, 2024, 2025)
        ),
        filings=tuple(
            Filing(source="bench", reference=f"{number}-{year}", form="10-K", filed_on=date(year, 3, 1))
            for year in (2024, 2025, 2026)
        ),
        reports=(
            CreditReport(
                source="bench",
                reference=str(number),
                reported_on=TODAY,
                rated=True,
                score=Decimal(71),
                score_min=Decimal(0),
                score_max=Decimal(100),
                limit=Money(amount=Decimal(50_000), currency="USD"),
                days_beyond_terms=Decimal(3),
            ),
        ),
    )


def _application() -> Application:
    return parse_application(
        {
            "legal_name": "Bench Company",
            "country": "US",
            "requested": {"limit": "20000", "currency": "USD", "terms_days": 30},
        }
    )


def _evidence() -> list[Evidence]:
    query = Query(source="bench", kind="all", topics=tuple(Topic))
    now = datetime(2026, 11, 1, tzinfo=UTC)
    return [Evidence(id="bench", query=query, answer=Answer.FOUND, fetched_at=now, parser="bench/1")]
