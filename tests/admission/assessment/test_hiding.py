"""Hiding a figure of the accounts never pays: not in the grade, not in the limit, not in who decides."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.assessment.engine.case import ReferenceData
from admission.assessment.engine.rulebook import Rulebook
from admission.assessment.scorecard import score
from admission.metrics.catalogue import CATALOGUE, Metric, Value
from admission.metrics.financials import AMOUNTS, RATIOS
from admission.money import Exchange, Rate, RateTable
from admission.policy import Policy
from tests.admission.build import AS_OF, SOUND, application, case_figures, metrics, shipped_policies

RATES = RateTable(
    [
        Rate(currency="CNY", to="USD", on=date(2026, 6, 1), per_unit=Decimal("0.14")),
        Rate(currency="GBP", to="USD", on=date(2026, 6, 1), per_unit=Decimal("1.25")),
    ]
)
ACCOUNTS = (*AMOUNTS, "tangible_net_worth", *RATIOS, "accounts_age_months")
RANKS = ("fast_track", "desk", "committee", "knock_out")
JUDGED_UNDER = {
    policy.name: sorted(
        {
            *(criterion.metric for criterion in policy.standards("standard").criteria),
            *(attribute.metric for attribute in policy.scorecard.attributes),
            "tangible_net_worth",
            "revenue",
        }
    )
    for policy in shipped_policies()
}
POLICIES = {policy.name: policy for policy in shipped_policies()}


class Outcome(NamedTuple):
    """What came of some metrics."""

    grade: int
    limit: Decimal
    seniority: tuple[int, int]


def outcome(policy: Policy, found: dict[str, Metric], amount: str, country: str = "CN") -> Outcome:
    asked = application(
        country=country,
        identifiers={},
        requested={"limit": amount, "currency": "USD", "terms_days": 30, "annual_sales": "900000"},
    )
    exchange = Exchange(RATES, policy.house_currency, AS_OF)
    made = Rulebook(policy).reckon(case_figures(asked, found, exchange), ReferenceData(exchange))
    bands = [band.name for band in made.standards.bands]
    rank = (RANKS.index(made.route.kind), bands.index(made.route.band.band.name) if made.route.band else -1)
    return Outcome(policy.grades.index(made.points.grade), made.limit.amount, rank)


def value_of(name: str) -> st.SearchStrategy[Value]:
    kind = CATALOGUE[name].kind
    if kind == "flag":
        return st.booleans()
    if kind == "amount":
        return st.sampled_from([Decimal(-5000), Decimal(0), Decimal(20_000), Decimal(10**7)])
    bad = st.sampled_from([Decimal(-9), Decimal(0), Decimal(40), Decimal(90)])
    return st.one_of(bad, st.decimals(-2, 6, places=2))


def some(names: list[str], least: int, most: int) -> st.SearchStrategy[dict[str, Value]]:
    chosen = st.lists(st.sampled_from(names), min_size=least, max_size=most, unique=True)
    return chosen.flatmap(lambda keys: st.fixed_dictionaries({key: value_of(key) for key in keys}))


@pytest.mark.parametrize("name", POLICIES)
@given(data=st.data())
def test_whoever_hides_figures_of_the_accounts_gains_nothing(name: str, data: st.DataObject) -> None:
    policy = POLICIES[name]
    hidden = data.draw(st.one_of(some(list(ACCOUNTS), 1, 4), some(list(ACCOUNTS), len(ACCOUNTS), len(ACCOUNTS))))
    paid_late = {"days_beyond_terms": Decimal(data.draw(st.sampled_from([0, 10, 25, 45, 90])))}
    others = {**SOUND, **paid_late, **data.draw(some(JUDGED_UNDER[name], 0, 3))}
    amount = data.draw(st.sampled_from(["1000", "25000", "100000", "900000", "2000000"]))
    before = outcome(policy, metrics({**others, **hidden}), amount)
    after = outcome(policy, metrics({key: value for key, value in others.items() if key not in hidden}), amount)
    assert after.grade >= before.grade
    assert after.seniority >= before.seniority
    assert after.limit <= max(before.limit, policy.limit.starter_cap or Decimal(0))


@pytest.mark.parametrize("figure", ["tangible_net_worth", "revenue"])
def test_a_limit_that_cannot_rest_on_its_figures_is_left_to_people(figure: str) -> None:
    policy, others = POLICIES["default"], {key: value for key, value in SOUND.items() if key != figure}
    whole = outcome(policy, metrics(SOUND), "20000", "GB")
    withheld = outcome(policy, metrics(others), "20000", "GB")
    assert (whole.seniority, whole.limit > 5000) == ((0, -1), True)
    assert (withheld.seniority > (0, -1), withheld.limit) == (True, Decimal(5000))


@pytest.mark.parametrize("name", POLICIES)
def test_a_company_that_hands_in_nothing_is_no_better_off_than_the_worst(name: str) -> None:
    policy = POLICIES[name]
    others = {key: value for key, value in SOUND.items() if key not in ACCOUNTS}
    worst: dict[str, Value] = dict.fromkeys(
        (item.metric for item in policy.scorecard.attributes if item.on_missing == "lowest"), Decimal(-99)
    )
    if "debt_ratio" in worst:
        worst["debt_ratio"] = Decimal(9)
    shown, hidden = outcome(policy, metrics({**others, **worst}), "20000"), outcome(policy, metrics(others), "20000")
    assert hidden.grade >= shown.grade
    assert hidden.seniority > (0, -1)


def test_a_source_that_could_not_be_asked_is_not_held_against_the_company() -> None:
    policy = POLICIES["default"]
    withheld = metrics({key: value for key, value in SOUND.items() if key not in ACCOUNTS})
    silent = {
        key: metric.model_copy(update={"not_asked": True}) if key in ACCOUNTS else metric
        for key, metric in withheld.items()
    }
    kept, lost = score(policy, silent), score(policy, withheld)
    assert kept.total == lost.total == kept.assured
    assert lost.assured == kept.assured - Decimal(13)
    assert lost.capped
