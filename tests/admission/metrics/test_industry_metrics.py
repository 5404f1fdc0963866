"""Excluded countries and trades, and the risk of an industry."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from admission.assessment.assessing import assess, knocked_out
from admission.cases import CaseKind
from admission.errors import BadInput
from admission.evidence.answers import Coverage
from admission.evidence.facts import CompanyProfile, Facts
from admission.metrics.catalogue import Metric
from admission.metrics.derive import MetricInputs, derive_metrics
from admission.metrics.industry import IndustryRisk, IndustryTables
from admission.policy import Appetite, load_policy
from tests.admission.build import (
    AS_OF,
    EXCHANGE,
    RATES,
    REFERENCE,
    answered,
    application,
    default_policy,
    policy_document,
    profile,
)
from tests.admission.metrics.test_ages import SOUND, dossier

TABLES = IndustryTables(
    risks=(
        IndustryRisk(code="uk-sic:4", level=Decimal(2), source="own", date=date(2026, 1, 1)),
        IndustryRisk(code="uk-sic:47", level=Decimal(4), source="own", date=date(2026, 1, 1)),
        IndustryRisk(code="uk-sic:47", level=Decimal(5), source="own", date=date(2026, 12, 1)),
    )
)


def derived(*profiles: CompanyProfile, seen: Coverage | None = None, **excluded: Any) -> dict[str, Metric]:
    return derive_metrics(
        Facts(profiles=profiles),
        seen or answered(),
        MetricInputs(application(), EXCHANGE, excluded=Appetite(**excluded).exclusions, industry=TABLES),
    )


COUNTRIES: list[tuple[tuple[str, ...], str | None, bool]] = [
    ((), "GB", False),
    (("GB",), None, True),
    (("FR",), "GB", False),
    (("FR",), "FR", True),
    (("FR",), None, False),
]


@pytest.mark.parametrize(("excluded", "found", "value"), COUNTRIES)
def test_a_country_is_excluded_where_it_is_stated_or_found(
    excluded: tuple[str, ...], found: str | None, value: bool
) -> None:
    profiles = (profile(country=found),) if found else ()
    assert derived(*profiles, excluded_countries=excluded)["country_excluded"].value is value


INDUSTRIES: list[tuple[tuple[str, ...], tuple[str, ...], bool | None]] = [
    ((), (), False),
    ((), ("uk-sic:92000",), False),
    (("uk-sic:92",), ("uk-sic:92000",), True),
    (("uk-sic:92",), ("uk-sic:47110",), False),
    (("uk-sic:92",), ("us-sic:7990", "uk-sic:92000"), True),
    (("uk-sic:92",), ("us-sic:7990", "uk-sic:47110"), False),
    (("uk-sic:92",), ("us-sic:7990",), None),
    (("uk-sic:92",), (), None),
]


@pytest.mark.parametrize(("excluded", "codes", "value"), INDUSTRIES)
def test_a_trade_is_excluded_by_how_its_code_begins(
    excluded: tuple[str, ...], codes: tuple[str, ...], value: bool | None
) -> None:
    profiles = [profile(source=f"s{place}", industry_code=code) for place, code in enumerate(codes)]
    metric = derived(*profiles, excluded_industries=excluded)["industry_excluded"]
    assert metric.value is value
    assert (metric.unknown is None) is (value is not None)


RISKS: list[tuple[str | None, str | None]] = [
    ("uk-sic:47110", "4"),
    ("uk-sic:46000", "2"),
    ("uk-sic:10000", None),
    ("us-sic:4711", None),
    (None, None),
]


@pytest.mark.parametrize(("code", "level"), RISKS)
def test_the_risk_of_an_industry_is_that_of_the_longest_code_on_the_day(code: str | None, level: str | None) -> None:
    metric = derived(profile(industry_code=code))["industry_risk"]
    assert metric.value == (Decimal(level) if level else None)
    assert (metric.unknown is None) is (level is not None)


def test_the_shipped_policy_excludes_nobody_whose_industry_is_not_known() -> None:
    facts = tuple(item.model_copy(update={"industry_code": None}) if item is SOUND[0] else item for item in SOUND)
    made = assess(dossier(facts), default_policy(), RATES, as_of=AS_OF)
    assert (made.route.kind, made.unknowns) == ("fast_track", ())


EXCLUDING: list[tuple[dict[str, tuple[str, ...]], str, list[str]]] = [
    ({"excluded_countries": ("GB",)}, "knock_out", ["country_excluded"]),
    ({"excluded_industries": ("uk-sic:47",)}, "knock_out", ["industry_excluded"]),
    ({"excluded_industries": ("us-sic:58",)}, "desk", []),
]


@pytest.mark.parametrize(("excluded", "route", "knocked"), EXCLUDING)
def test_who_is_excluded_is_not_paid_for_and_who_may_be_goes_to_people(
    excluded: dict[str, tuple[str, ...]], route: str, knocked: list[str]
) -> None:
    policy = default_policy().model_copy(update={"appetite": Appetite(**excluded)})
    made = assess(dossier(), policy, RATES, as_of=AS_OF)
    assert made.route.kind == route
    found = {metric.name: metric for metric in made.metrics}
    results = knocked_out(policy, application(), CaseKind.ONBOARDING, found, REFERENCE)
    assert [result.id for result in results] == knocked


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"appetite": {"excluded_industries": ["47110"]}}, "a code with its scheme"),
    ({"appetite": {"caps": {"industry": {"retail": "5"}}}}, "a code with its scheme"),
    ({"appetite": {"caps": {"total": "NaN"}}}, "a finite amount"),
    ({"appetite": {"caps": {"total": "1E+400"}}}, "a figure of at most 15 digits"),
]


@pytest.mark.parametrize(("change", "told"), WRONG)
def test_an_appetite_that_cannot_be_held_against_anybody_is_refused(change: dict[str, Any], told: str) -> None:
    with pytest.raises(BadInput) as refused:
        load_policy(policy_document() | change)
    assert told in "\n".join(str(problem) for problem in refused.value.problems)


def test_a_criterion_does_not_take_the_name_of_a_cap() -> None:
    document = policy_document()
    document["criteria"][1]["id"] = "cap_total"
    with pytest.raises(BadInput) as refused:
        load_policy(document)
    assert "a name that nothing else here has" in str(refused.value.problems[0])
