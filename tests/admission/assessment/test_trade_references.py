"""What other suppliers lend counts beside the starter cap, or is what the limit rests on."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from admission.assessment.engine.bounds import LimitInputs, find_limit
from admission.assessment.limits import find_limit_gap
from admission.metrics.catalogue import Value
from admission.policy import Caps
from tests.admission.assessment.test_limits import RICH, SALES, WORTH, limit, policy
from tests.admission.build import EXCHANGE, application, case_figures, metrics


def referred(*limits: int) -> dict[str, Any]:
    references = [
        {"supplier": f"Supplier {number}", "limit": {"amount": str(amount), "currency": "USD"}}
        for number, amount in enumerate(limits)
    ]
    return {"declared": {"trade_references": references}}


@pytest.mark.parametrize(
    ("limits", "cap", "up_to", "amount", "binding"),
    [
        ((3_000, 4_000, 90_000), "5000", "10000", 5_000, "starter_cap"),
        ((6_000, 7_000, 90_000), "5000", "10000", 7_000, "trade_references"),
        ((3_000, 6_000, 8_000, 90_000), "5000", "10000", 7_000, "trade_references"),
        ((30_000, 40_000, 90_000), "5000", "10000", 10_000, "trade_references"),
        ((30_000, 40_000, 90_000), "5000", None, 5_000, "starter_cap"),
        ((30_000, 40_000, 90_000), None, "10000", 10_000, "trade_references"),
        ((30_000, 40_000, 90_000), None, None, 40_000, "trade_references"),
        ((30_000, 40_000), "5000", "10000", 5_000, "starter_cap"),
        ((30_000, 40_000), None, "10000", 0, "starter_cap"),
    ],
    ids=[
        "less-than-the-starter-cap",
        "median",
        "even-number",
        "up-to-what-they-can-give",
        "else-up-to-the-starter-cap",
        "no-starter-cap",
        "no-cap",
        "too-few",
        "too-few-and-no-starter-cap",
    ],
)
@pytest.mark.parametrize("values", [{}, {WORTH: Decimal(20_000), SALES: Decimal(700_000)}], ids=["unknown", "small"])
def test_trade_references_count_beside_the_starter_cap(
    limits: tuple[int, ...], cap: str | None, up_to: str | None, amount: int, binding: str, values: dict[str, Value]
) -> None:
    made = limit(values, asked=referred(*limits), starter_cap=cap, references_up_to=up_to)
    measured = Decimal(2_000) if values else Decimal(0)
    expected = (Decimal(amount), binding) if amount else (measured, "net_worth" if values else binding)
    assert (made.amount, made.binding) == expected


def test_trade_references_never_lower_what_accounts_bear() -> None:
    assert limit(RICH, asked=referred(1, 1, 1)).amount == Decimal(50_000)


RESTS_ON_REFERENCES: dict[str, Any] = {"net_worth_share": None, "turnover_share": None, "references_up_to": None}


@pytest.mark.parametrize(
    ("limits", "cap", "amount", "gap"),
    [
        ((30_000, 40_000, 90_000), None, 40_000, None),
        ((3_000, 4_000, 4_500), "5000", 5_000, None),
        (
            (30_000, 40_000),
            "5000",
            5_000,
            "the limit cannot rest on median of trade references' limits: too few: 2 < 3",
        ),
        ((30_000, 40_000), None, 0, "the limit cannot rest on median of trade references' limits: too few: 2 < 3"),
    ],
    ids=["median", "starter-cap", "too-few", "too-few-and-no-starter-cap"],
)
def test_a_limit_that_rests_on_references_alone(
    limits: tuple[int, ...], cap: str | None, amount: int, gap: str | None
) -> None:
    made = limit({}, asked=referred(*limits), starter_cap=cap, **RESTS_ON_REFERENCES)
    found = find_limit_gap(made)
    assert (made.amount, found and found.message.en) == (Decimal(amount), gap)


def test_where_neither_figures_nor_references_count_the_limit_rests_on_what_is_not_there() -> None:
    rests_on_nothing: dict[str, Any] = {"net_worth_share": None, "turnover_share": None, "bureau_limit_counts": False}
    made = limit({}, starter_cap=None, **rests_on_nothing)
    assert (made.amount, made.binding) == (Decimal(0), "starter_cap")
    rule = policy(**rests_on_nothing, starter_cap=None)
    inputs = LimitInputs.of(rule.limit, rule.grade("B"), terms_days=30, secured=False, caps=Caps())
    assert find_limit(case_figures(application(), metrics({})), inputs, EXCHANGE).incomplete
