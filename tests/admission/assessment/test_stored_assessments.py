"""Assessments as this engine makes them: the same inputs give the same bytes, or the engine gets a new name."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from admission.assessment.assessing import Dossier, assess
from admission.assessment.exposure import Exposure, Held
from admission.assessment.record import ENGINE, UNNAMED, Override
from admission.cases import CaseKind
from admission.evidence.answers import Answer
from admission.evidence.facts import CompanyStatus, Facts
from admission.evidence.findings import Validation
from admission.evidence.topics import Topic
from admission.metrics.industry import Benchmark, IndustryTables
from admission.money import Money, Rate, RateTable
from admission.policy import AmountRange, Appetite, Caps, LimitRule, MaxAge, Policy, Quartile, When
from tests.admission.build import AS_OF, NOW, application, evidence, profile, report
from tests.admission.metrics.test_ages import SOUND, asked

STORED_POLICY = Path(__file__).resolve().parents[2] / "casebook" / "stored_policy_2026_11.json"
RATES = RateTable(
    [
        Rate(currency="GBP", to="USD", on=date(2026, 6, 1), per_unit=Decimal("1.25")),
        Rate(currency="CNY", to="USD", on=date(2026, 6, 2), per_unit=Decimal("0.14")),
    ]
)
CAPS = Caps.model_validate(
    {"total": "60000", "group": "40000", "country": {"GB": "20000"}, "industry": {"uk-sic:4": "9"}}
)
EXPOSURE = Exposure(
    held=(
        Held(kind="total", amounts={"GBP": Decimal(10_000), "JPY": Decimal(5)}),
        Held(kind="country", name="GB", amounts={"USD": Decimal(500)}),
        Held(kind="industry", name="uk-sic:4", amounts={}, perhaps={"USD": Decimal(9)}),
    ),
    own=Money(amount=Decimal(12_000), currency="GBP"),
)
TABLES = IndustryTables(
    benchmarks=(
        Benchmark(
            code="uk-sic:47",
            metric="current_ratio",
            q1=Decimal("0.5"),
            median=Decimal(3),
            q3=Decimal(4),
            source="trade body",
            date=date(2026, 1, 1),
        ),
    )
)
TOLD = {
    "limit": "90000",
    "currency": "CNY",
    "terms_days": 90,
    "annual_sales": "900000",
    "cover": "12000",
}
REFERENCES = [
    {"supplier": f"Supplier {number}", "limit": {"amount": amount, "currency": "USD"}}
    for number, amount in enumerate(("3000", "4000"))
]


@cache
def stored_policy() -> Policy:
    return Policy.model_validate(json.loads(STORED_POLICY.read_text(encoding="utf-8")))


def plain() -> Policy:
    return stored_policy()


def aged() -> Policy:
    return stored_policy().model_copy(update={"max_age": MaxAge(statements=100, reports=10, legal=30)})


def capped() -> Policy:
    return stored_policy().model_copy(update={"appetite": Appetite(caps=CAPS)})


def with_methods() -> Policy:
    """Sales, VAT, references, a quartile, and a rule for some amounts."""
    policy = stored_policy()
    rule = {
        "sales_factors": {grade.name: "0.5" for grade in policy.grades},
        "vat_share": "0.13",
        "trade_references": 2,
        "concentration_cap": "9000",
    }
    quartile = policy.criteria[0].model_copy(
        update={
            "id": "current_median",
            "metric": "current_ratio",
            "comparison": "at_least",
            "value": Quartile(quartile="median"),
            "effect": "secured_only",
            "when": When(amount=AmountRange(above=Decimal(100))),
        }
    )
    limit = LimitRule.model_validate(policy.limit.model_dump() | rule)
    return policy.model_copy(update={"limit": limit, "criteria": (*policy.criteria, quartile)})


def dossier(facts: Facts | None = None, **changes: object) -> Dossier:
    """A sound company of a group, whose sources all answered."""
    validation = Validation(findings=(), usable=Facts.of(SOUND) if facts is None else facts)
    base = Dossier(application(group="Alder"), CaseKind.ONBOARDING, asked(), validation, industry=TABLES)
    return base._replace(**changes)  # type: ignore[arg-type]


def told() -> Dossier:
    return dossier(application=application(requested=TOLD, declared={"trade_references": REFERENCES, "headcount": 900}))


def silent() -> Dossier:
    """Late payers, without accounts, and a court that gave no answer."""
    late = report(evidence="e-bureau", days_beyond_terms=Decimal(45))
    gap = evidence("gazette", Answer.UNAVAILABLE, topics=(Topic.INSOLVENCY,))
    return dossier(Facts.of([SOUND[0], late]), evidence=(*asked(), gap))


def gone(*, reopened: bool) -> Dossier:
    return dossier(Facts.of([profile(status=CompanyStatus.DISSOLVED), *SOUND[1:]]), reopened=reopened)


def overridden() -> Dossier:
    override = Override(
        company_key="k",
        criterion="years_trading",
        reason="known for years",
        until=date(2026, 12, 31),
        by="ana",
        at=NOW,
        case="GH-2026-000001",
        confirmed_by="bo",
        confirmed_at=NOW,
    )
    young = profile(evidence="e-register", status=CompanyStatus.ACTIVE, incorporated_on=date(2025, 9, 1))
    return dossier(Facts.of([young, *SOUND[1:]]), overrides=(override,))


STORED: dict[str, tuple[Callable[[], Policy], Dossier, str]] = {
    "sound": (plain, dossier(), "5d3a85a86197e0ad9f00e5b046081faadbfc948cceffb3cd2ba01bb53933f42c"),
    "too old": (
        aged,
        dossier(evidence=asked({"court": 31})),
        "f6d416fb1f177bb673b93e24e3f0d7235e7e2e45fab79bdd675dc26f79945311",
    ),
    "capped": (
        capped,
        dossier(exposure=EXPOSURE, group_exposure=Decimal(39_000)),
        "fdd4195a298324c560e48dfe94aa0c2ff1a03ce8dbca4709a73aee83a9fea2fb",
    ),
    "capped review": (
        capped,
        dossier(kind=CaseKind.REVIEW, exposure=EXPOSURE),
        "7f16465bc2fd30609b5572c8b76040c390767e093ac96c509489227c92549310",
    ),
    "not counted": (
        capped,
        dossier(application=application()),
        "5d5727c0340e37395697237af383cdf96eb7c45350e470d394c0a171cc5b68c0",
    ),
    "told": (with_methods, told(), "fb0ae1d9e673043a2228a0ef3bec36bf62e6307547be071a9f8cb8e63f6350c0"),
    "silent": (with_methods, silent(), "18db3a76b58907f59badf2b2a8d2324dfa63cdb5067421a64b7b5446485846b5"),
    "knocked out": (plain, gone(reopened=False), "7de10a2d1eabd42edaef63432dd9733051942f9124532af2c0a4f470f5d5e85e"),
    "re-opened": (plain, gone(reopened=True), "1f15abd5d5b87a9349de05b2ef983bad2de752e9ca7af78c3c8efb4f22c937fe"),
    "overridden": (plain, overridden(), "24dc3d274d29ef2940e250b7c6b52e3276243b41287bbff017769ff2221712a1"),
}


@pytest.mark.parametrize("name", STORED)
def test_what_this_engine_assessed_comes_out_to_the_byte(name: str) -> None:
    policy, case, sha256 = STORED[name]
    assert assess(case, policy(), RATES, as_of=AS_OF).sha256 == sha256


def test_an_assessment_names_its_case_and_company_in_its_fingerprint() -> None:
    assert ENGINE == "5", "another engine may assess otherwise: store its fingerprints here"
    first, other = (
        assess(dossier(case=case), plain(), RATES, as_of=AS_OF) for case in ("GH-2026-000001", "GH-2026-000002")
    )
    assert (first.case, first.company) == ("GH-2026-000001", dossier().application.subject.company_key)
    assert first.model_copy(update={"case": other.case}) == other
    assert first.sha256 != other.sha256
    renamed = dossier(application=application(identifiers={"uk_company_number": "00654321"}))
    assert assess(renamed, plain(), RATES, as_of=AS_OF).company != first.company


@pytest.mark.parametrize("engine", UNNAMED)
def test_the_engines_before_named_neither(engine: str) -> None:
    made = assess(dossier(case="GH-2026-000001", engine=engine), plain(), RATES, as_of=AS_OF)
    assert (made.engine, made.case, made.company) == (engine, "", "")
    assert {"case", "company"} & set(made.model_dump(mode="json")) == set()
