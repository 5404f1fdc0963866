"""Rates, intervals, stability and the appetite against what is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.assessment.exposure import ExposureLedger
from admission.cases import CaseKind, Customer
from admission.customers.experience import DecisionSnapshot, Performance
from admission.governance.report import PolicyReport, Window, policy_report
from admission.policy import Appetite
from admission.proportions import proportion, stability
from tests.admission.build import EXCHANGE, NOW, application, customer

DAY = date(2026, 6, 1)


def case(number: int = 1, went: str | None = None, **changes: Any) -> DecisionSnapshot:
    reference = f"GH-2026-{number:06}"
    base = DecisionSnapshot(
        reference=reference,
        round=1,
        assessment="ab" * 32,
        kind=CaseKind.ONBOARDING,
        segment="standard",
        country="GB",
        as_of=DAY,
        requested=Decimal(1000),
        currency="USD",
        house_amount=Decimal(1000),
        house_currency="USD",
        terms_days=30,
        metrics={},
        units={},
        failed_finding=False,
        silent_source=False,
        overridden=False,
        policy="cd" * 32,
        policy_version="2026.1",
        route="desk",
        grade="B",
        score=Decimal(70),
        limit=Decimal(1000),
        outcome="admitted",
        decided_by="people",
        decided_on=DAY,
        granted=Decimal(1000),
    )
    if went is not None:
        record = Performance.model_validate(
            {"case": reference, "company_key": "k", "outcome": went, "on": DAY, "by": "ana", "at": NOW}
        )
        changes["performance"] = (record,)
    return base._replace(**changes)


CUSTOMERS = (
    customer("a", "150", grade="C", industry_code="uk-sic:41100", application=application(group="Alder")),
    customer("b", "50", industry_code="uk-sic:41100"),
    customer("c", "50", industry_code="uk-sic:41200"),
    customer("d", "700", industry_code="uk-sic:62", application=application(group="ALDER")),
)


def report(
    now: list[DecisionSnapshot],
    before: list[DecisionSnapshot] | None = None,
    appetite: Appetite | None = None,
    customers: Sequence[Customer] = (),
) -> PolicyReport:
    window = Window(since=DAY, until=DAY, baseline_since=DAY)
    return policy_report(window, now, before or [], appetite or Appetite(), ExposureLedger(customers), EXCHANGE)


def test_rates_by_segment_and_grade_are_of_onboarding() -> None:
    made = report(
        [
            case(1),
            case(2, outcome="declined", granted=None, grade="D", route="knock_out"),
            case(3, segment="distributor", granted=Decimal(600), overridden=True),
            case(4, outcome=None, granted=None, route="committee"),
            case(5, route="fast_track"),
            case(6, kind=CaseKind.REVIEW, outcome="kept"),
        ]
    )
    assert [(item.name, item.cases) for item in made.kinds] == [("onboarding", 5), ("review", 1)]
    whole = made.kinds[0]
    assert [(part.count, part.of) for part in (whole.approved, whole.declined, whole.referred)] == [
        (3, 4),
        (1, 4),
        (3, 5),
    ]
    assert ((whole.overridden.count, whole.overridden.of), (whole.cut.count, whole.cut.of)) == ((1, 5), (1, 3))
    assert [(item.name, item.cases) for item in made.segments] == [("distributor", 1), ("standard", 4)]
    assert [(item.name, item.approved.count, item.declined.count) for item in made.grades] == [("B", 3, 0), ("D", 0, 1)]


def test_bad_rates_count_what_is_known_and_say_what_is_not() -> None:
    made = report(
        [
            case(1, "paid"),
            case(2, "defaulted"),
            case(3),
            case(4, "paid", grade="C"),
            case(5, outcome="declined", granted=None, grade="E"),
        ]
    )
    assert [(item.grade, item.bad.count, item.bad.of, item.unknown) for item in made.bad_rates] == [
        ("B", 1, 2, 1),
        ("C", 0, 1, 0),
        ("E", 0, 0, 0),
    ]
    assert made.bad_rates[2].bad.share is None
    assert (made.bad_rate.bad.count, made.bad_rate.bad.of, made.bad_rate.unknown) == (1, 3, 1)


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [(1, 10, 0.0179, 0.4042), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (50, 100, 0.4038, 0.5962)],
)
def test_wilson_intervals_are_those_of_the_books(count: int, of: int, low: float, high: float) -> None:
    made = proportion(count, of)
    assert made.low == pytest.approx(low, abs=5e-5)
    assert made.high == pytest.approx(high, abs=5e-5)


@given(st.integers(1, 500).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_an_interval_holds_its_share_and_stays_within_nought_and_one(counts: tuple[int, int]) -> None:
    made = proportion(*counts)
    assert made.low is not None
    assert made.share is not None
    assert made.high is not None
    assert 0 <= made.low <= made.share <= made.high <= 1


def test_stability_is_nought_for_the_same_scores_and_large_for_others() -> None:
    scores = [Decimal(score) for score in range(100)]
    same, moved = stability(scores, scores), stability(scores, [score + 50 for score in scores])
    assert same.index == pytest.approx(0)
    assert same.before == same.now == (10,) * 10
    assert moved.index is not None
    assert moved.index > 0.25
    assert stability([], scores).index is None
    assert stability(scores, []).index is None


def test_stability_of_one_score_alone_is_a_single_bin() -> None:
    made = stability([Decimal(5)] * 20, [Decimal(5)] * 3)
    assert (made.cuts, made.before, made.now, made.index) == ((), (20,), (3,), 0)


def test_a_rate_is_missed_only_where_its_whole_interval_is_beyond_the_aim() -> None:
    appetite = Appetite(target_bad_rate=Decimal("0.02"), target_approval_rate=Decimal("0.6"))
    few = report([case(1, "paid"), case(2, "defaulted")], appetite=appetite)
    assert [(item.name, item.actual, item.met) for item in few.targets] == [
        ("target_approval_rate", Decimal(1), True),
        ("target_bad_rate", Decimal("0.5"), False),
    ]
    one_of_many = [case(number, "defaulted" if number == 1 else "paid") for number in range(1, 31)]
    assert report(one_of_many, appetite=appetite).targets[1].met is True
    assert [item.met for item in report([], appetite=appetite).targets] == [None, None]


def test_exposure_stands_against_its_caps_and_unknown_is_not_below() -> None:
    appetite = Appetite.model_validate(
        {
            "caps": {
                "total": "1000",
                "group": "500",
                "grade": {"C": "100"},
                "country": {"GB": "900", "FR": "10"},
                "industry": {"uk-sic:41": "300"},
            }
        }
    )
    told = {item.name: (item.actual, item.met) for item in report([], appetite=appetite, customers=CUSTOMERS).targets}
    assert told == {
        "caps.total": (Decimal(950), True),
        "caps.group": (Decimal(850), False),
        "caps.grade.C": (Decimal(150), False),
        "caps.country.GB": (Decimal(950), False),
        "caps.country.FR": (Decimal(0), True),
        "caps.industry.uk-sic:41": (Decimal(250), True),
    }
    unsure = [*CUSTOMERS, customer("e", "5", "CNY", grade="A", country="FR", industry_code="")]
    later = {item.name: item.met for item in report([], appetite=appetite, customers=unsure).targets}
    assert (later["caps.total"], later["caps.grade.C"], later["caps.country.FR"]) == (None, False, None)
    assert later["caps.industry.uk-sic:41"] is None


def test_without_groups_the_cap_of_a_group_is_kept() -> None:
    appetite = Appetite.model_validate({"caps": {"group": "1"}})
    (target,) = report([], appetite=appetite, customers=[customer("a")]).targets
    assert (target.name, target.actual, target.met) == ("caps.group", Decimal(0), True)


def test_granted_limits_are_summed_in_the_house_currency() -> None:
    pounds = customer("e", "8", "GBP", grade="A", application=application(group="Pounds"))
    exposure = report([], customers=[*CUSTOMERS, pounds, customer("f", "5", "CNY", grade="A")]).exposure
    assert (exposure.currency, exposure.total, exposure.customers, exposure.unknown) == ("USD", Decimal(960), 6, 1)
    assert exposure.by_grade == {"A": 10, "B": 800, "C": 150}
    assert exposure.by_segment == {"standard": 960}
    assert exposure.by_industry == {"uk-sic:41100": 200, "uk-sic:41200": 50, "uk-sic:41201": 10, "uk-sic:62": 700}
    assert exposure.by_group == {"alder": 850, "pounds": 10}
