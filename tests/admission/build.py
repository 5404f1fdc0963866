"""Invented companies, answers and policies for tests of the domain."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st

from admission.application import Application, Requested, parse_application
from admission.assessment.assessing import Dossier, figures_of
from admission.assessment.engine.case import CaseFigures, ReferenceData
from admission.assessment.routing import RouteInputs
from admission.cases import CaseKind, Customer
from admission.evidence.answers import Answer, Coverage, Evidence, Query
from admission.evidence.facts import (
    CompanyProfile,
    CreditReport,
    Facts,
    FinancialStatement,
    LegalKind,
    LegalRecord,
    LegalStatus,
    WatchlistHit,
)
from admission.evidence.findings import Validation
from admission.evidence.topics import Topic
from admission.metrics.catalogue import CATALOGUE, NO_SOURCE, Metric, Value, known, unknown
from admission.metrics.told_by import teller_of
from admission.model import Text
from admission.money import Exchange, Money, Rate, RateTable
from admission.people import Department, Person, Role
from admission.policy import Policy, load_policy

AS_OF = date(2026, 6, 30)
NOW = datetime(2026, 6, 30, 9, 0, tzinfo=UTC)
RATES = RateTable([Rate(currency="GBP", to="USD", on=date(2026, 6, 1), per_unit=Decimal("1.25"))])
EXCHANGE = Exchange(RATES, "USD", AS_OF)
REFERENCE = ReferenceData(EXCHANGE)
DEFAULT_POLICY = Path(__file__).resolve().parents[2] / "policies" / "default.yaml"


def say(text: str) -> Text:
    return Text(en=text, zh=f"{text}（中）")


def application_document(**changes: Any) -> dict[str, Any]:
    document: dict[str, Any] = {
        "legal_name": "Alder Mills Limited",
        "country": "GB",
        "identifiers": {"uk_company_number": "00123456"},
        "requested": {"limit": "20000", "currency": "GBP", "terms_days": 30},
    }
    return document | changes


def application(**changes: Any) -> Application:
    return parse_application(application_document(**changes))


def requested(limit: str = "20000", currency: str = "USD", terms_days: int = 30) -> Requested:
    return Requested(limit=Decimal(limit), currency=currency, terms_days=terms_days)


def case_figures(
    asked: Application, found: Mapping[str, Metric], exchange: Exchange = EXCHANGE, **changes: Any
) -> CaseFigures:
    """A case in figures: a first application with these metrics, and nothing against it."""
    dossier = Dossier(asked, CaseKind.ONBOARDING, (), Validation(findings=(), usable=Facts()))
    return figures_of(dossier._replace(**changes), found, (), exchange)


def route_inputs(policy: Policy, grade: str, asked: Requested, **changes: Any) -> RouteInputs:
    """What the route of a company of the standard segment is chosen by, with nothing against it."""
    inputs = RouteInputs(
        policy=policy,
        standards=policy.standards("standard"),
        grade=policy.grade(grade),
        requested=asked,
        results=(),
        findings=(),
        evidence=(evidence(),),
        limit=Decimal(20000),
        exchange=EXCHANGE,
    )
    return inputs._replace(**changes)


@cache
def _policy_document() -> dict[str, Any]:
    document = yaml.safe_load(DEFAULT_POLICY.read_text(encoding="utf-8"))
    assert isinstance(document, dict)
    return document


def policy_document() -> dict[str, Any]:
    """A fresh copy of the default policy, to be changed at will."""
    return copy.deepcopy(_policy_document())


@cache
def default_policy() -> Policy:
    return load_policy(_policy_document())


@cache
def shipped_policies() -> tuple[Policy, ...]:
    """Every policy that comes with the house."""
    files = sorted(DEFAULT_POLICY.parent.glob("*.yaml"))
    return tuple(load_policy(yaml.safe_load(path.read_text(encoding="utf-8"))) for path in files)


def profile(**changes: Any) -> CompanyProfile:
    fact = CompanyProfile(
        source="register", evidence="ev-profile", legal_name="ALDER MILLS LTD", country="GB", headcount=120
    )
    return fact.model_copy(update=changes)


def statement(**changes: Any) -> FinancialStatement:
    """Accounts whose ratios come out in round figures."""
    fact = FinancialStatement(
        source="register",
        evidence="ev-accounts",
        period_start=date(2025, 1, 1),
        period_end=date(2025, 12, 31),
        currency="USD",
        standard="us-gaap",
        total_assets=Decimal(1000),
        current_assets=Decimal(600),
        inventory=Decimal(150),
        total_liabilities=Decimal(400),
        current_liabilities=Decimal(300),
        equity=Decimal(600),
        retained_earnings=Decimal(250),
        revenue=Decimal(2000),
        operating_profit=Decimal(120),
        interest_expense=Decimal(40),
        net_income=Decimal(50),
        depreciation=Decimal(30),
        goodwill=Decimal(20),
        intangible_assets=Decimal(5),
    )
    return fact.model_copy(update=changes)


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
        limit=Money(amount=Decimal(50000), currency="GBP"),
        days_beyond_terms=Decimal(4),
        late_invoice_share=Decimal("0.12"),
    )
    return fact.model_copy(update=changes)


def legal(kind: LegalKind, status: LegalStatus, **changes: Any) -> LegalRecord:
    fact = LegalRecord(
        source="court", evidence="ev-legal", kind=kind, status=status, reference="L-1", on=date(2026, 3, 1)
    )
    return fact.model_copy(update=changes)


def hit(entry: str, **changes: Any) -> WatchlistHit:
    fact = WatchlistHit(
        source="lists",
        evidence="ev-list",
        list_name="List one",
        list_date=date(2026, 6, 20),
        entry=entry,
        listed_name="ALDER MILLS",
        matched_name="ALDER MILLS",
        basis="name",
        score=Decimal(1),
    )
    return fact.model_copy(update=changes)


def answered(*topics: Topic) -> Coverage:
    """All topics asked about and answered, or only those named."""
    return Coverage(answered=dict.fromkeys(topics or tuple(Topic), ("register",)))


def evidence(
    source: str = "register",
    answer: Answer = Answer.FOUND,
    *,
    topics: tuple[Topic, ...] = (Topic.IDENTITY,),
    unlocks: tuple[Topic, ...] = (),
    kind: str = "profile",
    **changes: Any,
) -> Evidence:
    item = Evidence(
        id=f"ev-{source}-{kind}",
        query=Query(source=source, kind=kind, params={"number": "00123456"}, topics=topics, unlocks=unlocks),
        answer=answer,
        fetched_at=NOW,
        sha256="ab" * 32 if answer.answered else None,
        parser="1",
    )
    return item.model_copy(update=changes)


def metrics(values: Mapping[str, Value], *, unit: str = "USD", set_up: bool = False) -> dict[str, Metric]:
    """All metrics of the catalogue: these values, and all else unknown.

    Args:
        values: what is known.
        unit: currency of the amounts.
        set_up: whether sources for all else are set up and were asked; otherwise none is, for what sources alone tell.
    """
    return {
        name: known(name, values[name], ("register",), AS_OF, unit=unit if spec.kind == "amount" else None)
        if name in values
        else _untold(name, set_up=set_up)
        for name, spec in CATALOGUE.items()
    }


def _untold(name: str, *, set_up: bool) -> Metric:
    if set_up:
        return unknown(name, say("it was asked for, and is not told"))
    nobody = teller_of(name) != "applicant"
    return unknown(name, NO_SOURCE).model_copy(update={"not_asked": nobody, "not_set_up": nobody})


SOUND: dict[str, Value] = {
    "total_assets": Decimal(900_000),
    "revenue": Decimal(2_000_000),
    "equity": Decimal(500_000),
    "tangible_net_worth": Decimal(500_000),
    "altman_z2": Decimal(5),
    "interest_cover": Decimal(6),
    "cash_flow_to_debt": Decimal("0.5"),
    "current_ratio": Decimal(3),
    "equity_ratio": Decimal("0.6"),
    "days_beyond_terms": Decimal(0),
    "late_invoice_share": Decimal("0.02"),
    "years_trading": Decimal(20),
    "accounts_age_months": Decimal(6),
    "accounts_overdue": False,
    "watchlist_confirmed": Decimal(0),
    "watchlist_hits": Decimal(0),
    "open_insolvency": False,
    "insolvency_history": False,
    "registered_active": True,
    "registry_verified": True,
    "strike_off_proposed": False,
    "distress_filings_24m": Decimal(0),
    "declared_contradictions": Decimal(0),
    "bureau_limit": Decimal(400_000),
    "country_excluded": False,
    "industry_excluded": False,
    "revenue_growth": Decimal("0.3"),
    "requested_to_revenue": Decimal("0.01"),
    "requested_to_net_worth": Decimal("0.04"),
    "open_judgments": Decimal(0),
    "judgments_to_equity": Decimal(0),
    "bureau_score_position": Decimal("0.9"),
    "auditor_changes_24m": Decimal(0),
    "impairments_24m": Decimal(0),
    "new_directors_12m": Decimal(0),
}


def customer(key: str, limit: str = "100", currency: str = "USD", **changes: Any) -> Customer:
    one = Customer(
        company_key=key,
        legal_name=f"Company {key} Ltd",
        country="GB",
        application=application(),
        grade="B",
        limit=Decimal(limit),
        limit_in_force=Decimal(0),
        currency=currency,
        terms_days=30,
        admitted_by="GH-2026-000001",
        last_case="GH-2026-000001",
        admitted_on=date(2026, 1, 2),
        next_review_on=date(2026, 7, 2),
        industry_code="uk-sic:41201",
    )
    return one.model_copy(update=changes)


def drawn_customers(keys: st.SearchStrategy[str], limits: st.SearchStrategy[Any]) -> st.SearchStrategy[Customer]:
    """Customers of some keys and limits, with all that caps are about."""
    return st.builds(
        lambda key, limit, currency, grade, industry, group, active: customer(
            key,
            str(limit),
            currency,
            grade=grade,
            industry_code=industry,
            application=application(group=group),
            active=active,
        ),
        keys,
        limits,
        st.sampled_from(["USD", "GBP", "CNY"]),
        st.sampled_from(["A", "B"]),
        st.sampled_from(["uk-sic:41100", "uk-sic:47110", ""]),
        st.sampled_from(["G", "g", "H", None]),
        st.booleans(),
    )


def person(username: str, department: Department = "credit", *roles: Role, active: bool = True) -> Person:
    return Person(username=username, name=f"{username} Invented", department=department, roles=roles, active=active)
