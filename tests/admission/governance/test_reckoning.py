"""Reckoning gives what assessing gives, without the words."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.application import Application
from admission.assessment.assessing import applicable, secured_only
from admission.assessment.criteria import judge
from admission.assessment.limits import LimitSetting, incomplete, no_limit, recommend_limit
from admission.assessment.routing import choose_route, rejections
from admission.assessment.scorecard import score
from admission.cases import CaseKind
from admission.customers.experience import DecisionSnapshot
from admission.evidence.findings import Verdict
from admission.governance.reckoning import Reckoned, Rulebook
from admission.metrics.catalogue import CATALOGUE, MetricSpec, Value
from admission.money import Money
from admission.policy import Policy
from tests.admission.build import (
    AS_OF,
    EXCHANGE,
    RATES,
    REFERENCE,
    SOUND,
    application,
    default_policy,
    metrics,
    route_inputs,
)

UNIT = "GBP"


def assessed(policy: Policy, asked: Application, kind: CaseKind, values: Mapping[str, Value]) -> Reckoned:
    """What the rooms of assessing make of a case, in the shape of what is reckoned."""
    found = metrics(values, unit=UNIT)
    standards = policy.standards(asked.segment)
    amount = EXCHANGE.convert(asked.requested.money)
    criteria = applicable(standards, asked, kind, amount.money.amount if amount else None)
    results = judge(criteria, found, REFERENCE)
    scored = score(policy, found, standards.best_grade)
    grade = scored.grade
    setting = LimitSetting(standards.limit, EXCHANGE, 30, secured=grade.secured or secured_only(results))
    limit = recommend_limit(policy, grade, asked, found, setting)
    gap = incomplete(limit)
    inputs = route_inputs(policy, grade.name, asked.requested, standards=standards, results=results, limit=limit.amount)
    route = choose_route(inputs._replace(findings=() if gap is None else (gap,)))
    if rejections(results):
        limit = no_limit(limit)
    exposure = EXCHANGE.convert(Money(amount=limit.amount, currency=limit.currency))
    return Reckoned(
        route.kind,
        route.band,
        grade.name,
        scored.total,
        limit.amount,
        None if exposure is None else exposure.money.amount,
        tuple((item.id, item.verdict) for item in results if item.verdict is not Verdict.PASS),
    )


def snapshot(policy: Policy, asked: Application, kind: CaseKind, values: Mapping[str, Value]) -> DecisionSnapshot:
    amount = EXCHANGE.convert(asked.requested.money)
    return DecisionSnapshot(
        reference="GH-2026-000001",
        round=1,
        assessment="",
        kind=kind,
        segment=asked.segment,
        country=asked.country,
        as_of=AS_OF,
        requested=asked.requested.limit,
        currency=asked.requested.currency,
        house_amount=amount.money.amount if amount else None,
        house_currency=policy.house_currency,
        terms_days=30,
        metrics={name: values.get(name) for name in CATALOGUE},
        units={name: UNIT for name, spec in CATALOGUE.items() if spec.kind == "amount" and name in values},
        failed_finding=False,
        silent_source=False,
        overridden=False,
        policy=policy.sha256,
        policy_version=policy.version,
        route="",
        grade="",
        score=Decimal(0),
        limit=Decimal(0),
    )


def figures(spec: MetricSpec) -> st.SearchStrategy[Value]:
    if spec.kind == "flag":
        return st.booleans()
    if spec.kind == "code":
        return st.sampled_from(["uk-sic:47110", "us-sic:3571"])
    if spec.kind == "amount":
        return st.integers(-10_000, 3_000_000).map(Decimal)
    return st.integers(-5_000, 60_000).map(lambda number: Decimal(number) / 1000)


CASES = st.fixed_dictionaries({}, optional={name: figures(spec) for name, spec in CATALOGUE.items()})
# Mostly sound companies with some figures otherwise, so that every route comes up.
VALUES = st.one_of(CASES, st.builds(lambda odd, sound: {**sound, **odd}, CASES, st.just(SOUND)), st.just(SOUND))
ASKED = st.builds(
    lambda limit, currency, segment, country: application(
        segment=segment, country=country, requested={"limit": str(limit), "currency": currency, "terms_days": 30}
    ),
    st.sampled_from([1_000, 20_000, 90_000, 3_000_000]),
    st.sampled_from(["GBP", "USD", "CNY"]),
    st.sampled_from(["standard", "micro"]),
    st.sampled_from(["GB", "CN", "US"]),
)


def committees() -> Policy:
    """The default policy with rules that ask for a committee, a hold and amounts, so that each is met."""
    policy = default_policy()
    effects = {"years_trading": "committee", "pays_late": "hold"}
    criteria = tuple(item.model_copy(update={"effect": effects.get(item.id, item.effect)}) for item in policy.criteria)
    return policy.model_copy(update={"criteria": criteria})


@pytest.mark.parametrize("policy", [default_policy(), committees()], ids=["default", "committees"])
@given(asked=ASKED, kind=st.sampled_from(list(CaseKind)), values=VALUES)
def test_reckoning_is_assessing_without_the_words(
    policy: Policy, asked: Application, kind: CaseKind, values: Mapping[str, Value]
) -> None:
    known = snapshot(policy, asked, kind, values)
    assert Rulebook(policy, RATES).reckon(known) == assessed(policy, asked, kind, values)


def test_what_is_against_a_case_alone_is_the_same() -> None:
    values = {**SOUND, "years_trading": Decimal(1)}
    known = snapshot(default_policy(), application(), CaseKind.ONBOARDING, values)
    assert Rulebook(default_policy(), RATES).against(known) == list(
        assessed(default_policy(), application(), CaseKind.ONBOARDING, values).against
    )


def test_a_silent_source_or_a_failed_check_leaves_the_case_to_people() -> None:
    known = snapshot(default_policy(), application(), CaseKind.ONBOARDING, SOUND)
    book = Rulebook(default_policy(), RATES)
    assert book.reckon(known).route == "fast_track"
    assert book.reckon(known._replace(silent_source=True)).route == "desk"
    assert book.reckon(known._replace(failed_finding=True)).route == "desk"
