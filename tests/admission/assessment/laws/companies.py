"""Random companies with their applications, facts, and the sources that the house has set up."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import NamedTuple

from admission.application import Application, parse_application
from admission.cases import CaseKind
from admission.evidence.answers import Answer, Evidence
from admission.evidence.facts import (
    CompanyProfile,
    CompanyStatus,
    CreditReport,
    Facts,
    FinancialStatement,
    Judgement,
    LegalKind,
    LegalRecord,
    LegalStatus,
)
from admission.evidence.topics import Topic
from admission.money import Money, Rate, RateTable
from admission.policy import Policy
from tests.admission.build import AS_OF, evidence

RATES = RateTable(
    [
        Rate(currency="CNY", to="USD", on=date(2026, 6, 1), per_unit=Decimal("0.14")),
        Rate(currency="USD", to="CNY", on=date(2026, 6, 1), per_unit=Decimal(7)),
        Rate(currency="GBP", to="USD", on=date(2026, 6, 1), per_unit=Decimal("1.25")),
        Rate(currency="GBP", to="CNY", on=date(2026, 6, 1), per_unit=Decimal("8.75")),
    ]
)
CURRENCIES = {"CN": "CNY", "GB": "GBP", "US": "USD"}
REGISTER = (
    *(Topic.IDENTITY, Topic.INSOLVENCY, Topic.CHARGES, Topic.FILINGS, Topic.OFFICERS),
    *(Topic.REGISTRATION, Topic.JUDGMENTS, Topic.COMMERCIAL_PAPER),
)
BUREAU = (Topic.CREDIT, Topic.PAYMENT)
COURTS = (
    Topic.DISHONEST_DEBTORS,
    Topic.ENFORCEMENT,
    Topic.CONSUMPTION_LIMITS,
    Topic.ABNORMAL_OPERATIONS,
    Topic.PENALTIES,
    Topic.LAWSUITS,
)


class Company(NamedTuple):
    """One random company.

    Attributes:
        evidence: what was asked and answered: the house's installation.
        group_exposure: granted to the others of its group, in the house currency.
    """

    application: Application
    kind: CaseKind
    facts: Facts
    evidence: tuple[Evidence, ...]
    group_exposure: Decimal


def make_company(chance: Random, policy: Policy) -> Company:
    """Return a random company that asks the house of a policy for credit."""
    country = chance.choice(["CN", "GB", "US"])
    currency, size = CURRENCIES[country], Decimal(10) ** chance.randint(4, 8)
    bureau, courts = chance.random() < 0.5, chance.random() < 0.7
    return Company(
        _application(chance, policy, country, size),
        chance.choice([CaseKind.ONBOARDING, CaseKind.ONBOARDING, CaseKind.REVIEW]),
        Facts(
            profiles=(_profile(chance, country),),
            statements=_statements(chance, currency, size),
            reports=(_report(chance, currency, size),) if bureau else (),
            legal=tuple(_legal(chance, courts=courts)),
            judgements=tuple(_judged(chance)),
        ),
        tuple(_answers(bureau=bureau, courts=courts)),
        Decimal(chance.choice([0, 0, 5_000, 800_000])),
    )


def _application(chance: Random, policy: Policy, country: str, size: Decimal) -> Application:
    amount = round(Decimal(chance.choice([2_000, 8_000, 20_000, 90_000, 400_000, 1_500_000])) * size / 10**6 + 1000)
    requested: dict[str, object] = {
        "limit": str(amount),
        "currency": CURRENCIES[country],
        "terms_days": chance.choice([0, 14, 30, 60, 120]),
    }
    if chance.random() < 0.6:
        requested["annual_sales"] = str(amount * chance.randint(1, 15))
    if chance.random() < 0.4:
        requested["cover"] = str(max(1, round(amount * chance.choice([1, 5, 10, 20]) / 10)))
    references = [
        {"supplier": f"Supplier {number}", "limit": {"amount": str(chance.randint(0, 40_000)), "currency": "USD"}}
        for number in range(chance.choice([0, 0, 3, 4]))
    ]
    document: dict[str, object] = {
        "legal_name": "Alder Mills Limited",
        "country": country,
        "segment": chance.choice(["standard", "standard", *policy.segments]),
        "requested": requested,
        "declared": {"trade_references": references},
    }
    grouped = chance.random()
    if grouped < 0.4:
        document["group"] = "Alder Group"
    elif grouped < 0.8:
        document["independent"] = True
    return parse_application(document)


def _profile(chance: Random, country: str) -> CompanyProfile:
    odd = chance.random()
    status = CompanyStatus.ACTIVE
    if odd < 0.08:
        status = CompanyStatus.STRIKE_OFF_PROPOSED
    elif odd < 0.12:
        status = chance.choice([CompanyStatus.DISSOLVED, CompanyStatus.IN_INSOLVENCY])
    return CompanyProfile(
        source="register",
        evidence="ev-profile",
        legal_name="ALDER MILLS LIMITED",
        country=country,
        status=status,
        incorporated_on=AS_OF - timedelta(days=chance.choice([200, 700, 1500, 3000, 9000])),
        industry_code={"GB": "uk-sic:47110", "US": "us-sic:3571", "CN": "cn-gbt4754:C3311"}[country],
        headcount=chance.choice([1, 12, 300]),
        paid_in_capital=Money(amount=Decimal(chance.choice([1, 400_000, 9_000_000])), currency=CURRENCIES[country]),
        accounts_overdue=chance.random() < 0.1,
        registered_capital=Money(amount=Decimal(chance.choice([500_000, 10_000_000])), currency=CURRENCIES[country]),
        insured_staff=chance.choice([0, 0, 8, 200]),
        legal_representative_changed_on=(AS_OF - timedelta(days=90),) if chance.random() < 0.2 else (),
        owners_changed_on=(AS_OF - timedelta(days=50),) if chance.random() < 0.2 else (),
    )


def _statements(chance: Random, currency: str, size: Decimal) -> tuple[FinancialStatement, ...]:
    if chance.random() < 0.05:
        return ()
    year = date(2025, chance.choice([3, 6, 9, 12]), 30)
    newest = _statement(chance, currency, size, year)
    before = _statement(chance, currency, size, year.replace(year=2024))
    return (newest, before) if chance.random() < 0.8 else (newest,)


def _statement(chance: Random, currency: str, size: Decimal, end: date) -> FinancialStatement:
    def share(of: Decimal, least: int, most: int) -> Decimal:
        return Decimal(round(of * chance.randint(least, most) / 100))

    assets = size * chance.choice([0, 1, 1, 1, 1, 1, 1, 1, 1, 1])
    liabilities = share(assets, 0, chance.choice([40, 90, 160])) if assets else share(size, 0, 2)
    current = share(assets, 10, 90)
    revenue = share(size, 0, 250) * chance.choice([0, 1, 1, 1, 1, 1])
    operating = share(revenue, -20, 25)
    interest = share(liabilities, 0, 8) * chance.choice([0, 1, 1])
    equity = assets - liabilities
    return FinancialStatement(
        source="register",
        evidence="ev-accounts",
        period_start=end.replace(year=end.year - 1) + timedelta(days=1),
        period_end=end,
        currency=currency,
        standard="local-gaap",
        total_assets=assets,
        current_assets=current,
        inventory=share(current, 0, 60),
        receivables=share(current, 0, 40),
        payables=share(liabilities, 0, 50),
        cost_of_sales=share(revenue, 20, 110),
        total_liabilities=liabilities,
        current_liabilities=share(liabilities, 0, 100),
        equity=equity,
        retained_earnings=share(equity, 0, 100) if equity > 0 else equity,
        revenue=revenue,
        operating_profit=operating,
        interest_expense=interest,
        net_income=operating - interest,
        depreciation=share(assets, 0, 8),
        goodwill=share(assets, 0, 10),
        intangible_assets=share(assets, 0, 5),
        operating_cash_flow=share(revenue, -10, 20),
    )


def _report(chance: Random, currency: str, size: Decimal) -> CreditReport:
    return CreditReport(
        source="bureau",
        evidence="ev-report",
        reference="R-1",
        reported_on=AS_OF - timedelta(days=20),
        rated=True,
        score=Decimal(chance.randint(1, 100)),
        score_min=Decimal(1),
        score_max=Decimal(100),
        limit=Money(amount=round(size * chance.randint(0, 30) / 100), currency=currency),
        days_beyond_terms=Decimal(chance.choice([-3, 0, 2, 10, 16, 25, 40, 90])),
    )


def _legal(chance: Random, *, courts: bool) -> list[LegalRecord]:
    kinds = [(LegalKind.INSOLVENCY, LegalStatus.CLOSED, 0.08), (LegalKind.CHARGE, LegalStatus.OPEN, 0.3)]
    kinds += [
        (LegalKind.JUDGMENT, LegalStatus.OPEN, 0.15),
        (LegalKind.COMMERCIAL_PAPER_OVERDUE, LegalStatus.OPEN, 0.03),
    ]
    if courts:
        kinds += [
            (LegalKind.ENFORCEMENT, LegalStatus.OPEN, 0.1),
            (LegalKind.CONSUMPTION_LIMIT, LegalStatus.OPEN, 0.05),
            (LegalKind.ABNORMAL_OPERATIONS, LegalStatus.OPEN, 0.05),
            (LegalKind.LAWSUIT, LegalStatus.OPEN, 0.15),
            (LegalKind.PENALTY, LegalStatus.CLOSED, 0.1),
            (LegalKind.DISHONEST_DEBTOR, LegalStatus.OPEN, 0.02),
        ]
    return [legal_record(kind, status) for kind, status, often in kinds if chance.random() < often]


def legal_record(kind: LegalKind, status: LegalStatus) -> LegalRecord:
    """Return a record of a court or register about the company."""
    return LegalRecord(
        source="court",
        evidence="ev-legal",
        kind=kind,
        status=status,
        reference=f"L-{kind}",
        on=AS_OF - timedelta(days=300),
        amount=Money(amount=Decimal(90_000), currency="USD"),
    )


def _judged(chance: Random) -> list[Judgement]:
    aspects = ("market_position", "competitive_edge", "management_quality", "growth_potential", "cooperation_so_far")
    return [
        Judgement(
            source="judged",
            aspect=aspect,
            points=chance.randint(0, 2),
            note="seen",
            by="nina",
            department="credit",
            on=AS_OF - timedelta(days=9),
        )
        for aspect in aspects
        if chance.random() < 0.3
    ]


def _answers(*, bureau: bool, courts: bool) -> list[Evidence]:
    asked = [
        evidence("register", kind="profile", topics=REGISTER),
        evidence("register", kind="accounts", topics=(Topic.ACCOUNTS,)),
        evidence("lists", kind="names", topics=(Topic.WATCHLIST,)),
    ]
    if courts:
        asked.append(evidence("court", kind="records", topics=COURTS))
    answer = Answer.FOUND if bureau else Answer.NOT_CONFIGURED
    return [*asked, evidence("bureau", answer, kind="report", topics=BUREAU)]
