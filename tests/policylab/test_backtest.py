"""Past cases under two policies, and how a debt went within its window."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from admission.assessment.engine.caps import Sums
from admission.assessment.engine.case import Circumstances
from admission.cases import CaseKind
from admission.customers.experience import DecisionSnapshot, Performance, PerformanceWord
from admission.evidence.findings import Verdict
from admission.metrics.catalogue import Value
from admission.money import Rate, RateTable
from admission.policy import Appetite, Caps, Policy
from policylab import backtest
from policylab.comparison import PastCase
from tests.admission.build import SOUND, default_policy

DECIDED = date(2025, 3, 31)


def snapshot(reference: str = "1", **metrics: Value | None) -> DecisionSnapshot:
    return DecisionSnapshot(
        reference=reference,
        round=1,
        assessment="",
        kind=CaseKind.ONBOARDING,
        segment="standard",
        country="GB",
        as_of=DECIDED,
        requested=Decimal(20000),
        currency="USD",
        house_amount=Decimal(20000),
        house_currency="USD",
        terms_days=30,
        metrics={**SOUND, **metrics},
        units={},
        failed_finding=False,
        silent_source=False,
        overridden=False,
        policy="",
        policy_version="",
        route="fast_track",
        grade="A",
        score=Decimal(90),
        limit=Decimal(20000),
    )


def decided(*records: tuple[PerformanceWord, date]) -> DecisionSnapshot:
    performance = tuple(
        Performance(
            case="GH-2025-000001",
            company_key="cik:1",
            outcome=word,
            on=on,
            days_late=5 if word == "late" else None,
            by="feng",
            at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        for word, on in records
    )
    return snapshot()._replace(outcome="admitted", decided_on=DECIDED, granted=Decimal(20000), performance=performance)


WINDOWS: tuple[tuple[tuple[tuple[PerformanceWord, date], ...], date, bool | None], ...] = (
    ((("defaulted", date(2026, 3, 31)),), date(2026, 4, 1), True),
    ((("defaulted", date(2025, 5, 1)),), date(2025, 6, 1), True),
    ((("defaulted", date(2026, 4, 1)),), date(2026, 5, 1), False),
    ((("paid", date(2025, 5, 1)),), date(2026, 3, 31), False),
    ((("paid", date(2025, 5, 1)),), date(2026, 3, 30), None),
    ((("late", date(2025, 5, 1)),), date(2026, 4, 1), False),
    ((), date(2027, 1, 1), None),
)


@pytest.mark.parametrize(("records", "today", "bad"), WINDOWS)
def test_performance_counts_within_twelve_months_of_the_decision(
    records: tuple[tuple[PerformanceWord, date], ...], today: date, bad: bool | None
) -> None:
    assert backtest.within_window(decided(*records), 12, today) is bad


def test_who_was_refused_has_no_performance() -> None:
    refused = decided(("paid", date(2025, 5, 1)))._replace(outcome="declined", granted=None)
    assert backtest.within_window(refused, 12, date(2027, 1, 1)) is None


def stricter() -> Policy:
    policy = default_policy()
    criteria = tuple(
        item.model_copy(update={"effect": "reject"}) if item.id == "years_trading" else item for item in policy.criteria
    )
    return policy.model_copy(update={"criteria": criteria})


def test_both_policies_judge_what_was_known_that_day() -> None:
    young, old = snapshot("young", years_trading=Decimal(1)), snapshot("old")
    found = backtest.reckon_both_ways(
        [PastCase(young, True), PastCase(old, False)], default_policy(), stricter(), RateTable()
    )
    assert [(case.reference, case.old.route, case.new.route, case.bad) for case in found] == [
        ("young", "desk", "knock_out", True),
        ("old", "fast_track", "fast_track", False),
    ]
    assert found[0].new.against == (("years_trading", found[0].new.against[0][1]),)


def test_many_cases_spread_over_processes_give_the_same_in_the_same_order(monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [PastCase(snapshot(str(number), years_trading=Decimal(number % 5)), None) for number in range(60)]
    alone = backtest.reckon_both_ways(cases, default_policy(), stricter(), RateTable())
    monkeypatch.setattr(backtest, "WORTH_SPREADING", 10)
    assert backtest.reckon_both_ways(cases, default_policy(), stricter(), RateTable()) == alone


def test_caps_and_what_the_application_told_count_under_both_policies() -> None:
    sales = Circumstances(annual_sales=Decimal(36_500), counted={("total", ""): Sums({"USD": Decimal(900)}, {})})
    case = snapshot()._replace(circumstances=sales)
    appetite = Appetite(caps=Caps(total=Decimal(10_000)))
    capped = default_policy().model_copy(update={"appetite": appetite})
    (found,) = backtest.reckon_both_ways([PastCase(case, None)], default_policy(), capped, RateTable())
    assert (found.old.limit, found.old.route) == (Decimal(3_000), "fast_track")
    assert (found.new.limit, found.new.route, found.new.against) == (
        Decimal(3_000),
        "committee",
        (("cap_total", Verdict.FAIL),),
    )
    assert found.circumstances_known


def test_limits_of_policies_in_two_currencies_are_told_in_that_of_the_old_one() -> None:
    rates = RateTable([Rate(currency="CNY", to="USD", on=date(2025, 1, 1), per_unit=Decimal("0.125"))])
    yuan = default_policy().model_copy(update={"house_currency": "CNY"})
    (found,) = backtest.reckon_both_ways([PastCase(snapshot(), None)], default_policy(), yuan, rates)
    assert (found.old.exposure, found.new.exposure) == (found.old.limit, found.new.limit)
    assert not found.circumstances_known
