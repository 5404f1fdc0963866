"""What of a security counts, and that nothing counts twice."""

from __future__ import annotations

from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.customers.standing.securities import Allotment, Security, mutual, paper_of
from admission.policy.customer_rules import SecurityKind
from tests.admission.customers.standing.build import BANK, DAY, DEPOSIT, GUARANTEE, KEY, OTHER, TODAY, security

THIRD = "uk:00000003"


def parts(**amounts: int) -> tuple[Allotment, ...]:
    keys = {"one": KEY, "two": OTHER, "three": THIRD}
    return tuple(Allotment(company_key=keys[name], amount=Decimal(amount)) for name, amount in amounts.items())


def guarantee(giver: str, *for_whom: str, name: str = "") -> Security:
    return security(
        30_000,
        GUARANTEE,
        id=name or f"{giver}>{','.join(for_whom)}",
        giver_key=giver,
        allotted=tuple(Allotment(company_key=key, amount=Decimal(10_000)) for key in for_whom),
    )


@given(
    st.integers(1, 10**7),
    st.lists(st.integers(1, 10**6), min_size=1, max_size=6),
    st.decimals(0, 1, places=4),
    st.integers(0, 10**6),
)
def test_the_parts_of_all_customers_are_never_more_than_the_whole(
    amount: int, shares: list[int], usable: Decimal, ahead: int
) -> None:
    amount = max(amount, sum(shares))
    allotted = tuple(Allotment(company_key=f"k{place}", amount=Decimal(share)) for place, share in enumerate(shares))
    made = security(amount, GUARANTEE, allotted=allotted, ahead=ahead)
    values = [made.value_for(part.company_key, usable) for part in allotted]
    assert sum(values) <= max(Decimal(0), amount * usable - ahead)
    assert all(0 <= value <= part.amount for value, part in zip(values, allotted, strict=True))
    assert made.value_for("somebody", usable) == 0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"allotted": parts(one=20_000, two=20_001)}, "no more than the amount"),
        ({"allotted": (*parts(one=1), *parts(one=2))}, "each customer once"),
        ({"allotted": ()}, "at least 1 item"),
        ({"valid_until": TODAY - 11 * DAY}, "not before the first"),
        ({"usable_share": "1.2"}, "less than or equal to 1"),
        ({"ahead": -1}, "greater than or equal to 0"),
        ({"currency": "XYZ"}, "ISO 4217"),
        ({"giver": ""}, "at least 1 character"),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        security(40_000, **changes)


def test_one_paper_is_known_again_however_it_is_written() -> None:
    paper = security(10_000, BANK, giver="Example Bank", document="LG 2026/17")
    again = security(99_000, BANK, id="S-9", giver="EXAMPLE  BANK", document="lg2026/17")
    assert paper_of(paper) == paper_of(again)
    assert paper_of(paper) != paper_of(security(10_000, BANK, giver="Example Bank", document="LG 2026/18"))
    assert paper_of(paper) != paper_of(security(10_000, DEPOSIT, giver="Example Bank", document="LG 2026/17"))
    assert paper_of(paper) != paper_of(security(10_000, BANK, giver="Other Bank", document="LG 2026/17"))


@pytest.mark.parametrize(
    ("given_for", "worthless"),
    [
        # From outside the circle, or up the group: all count.
        ([("", KEY)], set()),
        ([(OTHER, KEY)], set()),
        ([(OTHER, KEY), (THIRD, OTHER)], set()),
        # For oneself, for each other, and round.
        ([(KEY, KEY)], {0}),
        ([(OTHER, KEY), (KEY, OTHER)], {0, 1}),
        ([(OTHER, KEY), (THIRD, OTHER), (KEY, THIRD)], {0, 1, 2}),
        # Who stands outside the circle goes on counting.
        ([(OTHER, KEY), (KEY, OTHER), (THIRD, KEY)], {0, 1}),
        ([(OTHER, KEY), (KEY, OTHER), (OTHER, THIRD)], {0, 1}),
    ],
)
def test_guarantors_who_rely_on_each_other(given_for: list[tuple[str, str]], worthless: set[int]) -> None:
    made = [guarantee(giver, whom, name=str(place)) for place, (giver, whom) in enumerate(given_for)]
    for order in permutations(made):
        assert mutual(order, TODAY) == {str(place) for place in worthless}


def test_a_guarantee_that_counts_no_more_makes_no_circle() -> None:
    there, back = guarantee(OTHER, KEY), guarantee(KEY, OTHER)
    assert mutual([there, back], TODAY) == {there.id, back.id}
    for changes in ({"revoked_on": TODAY}, {"confirmed_by": None}, {"valid_until": TODAY - DAY}):
        assert mutual([there, back.model_copy(update=changes)], TODAY) == frozenset()


def test_a_deposit_is_worth_what_it_is_whoever_gives_it() -> None:
    made = security(10_000, SecurityKind.CASH_DEPOSIT, giver_key=KEY)
    assert not made.is_guarantee
    assert mutual([made], TODAY) == frozenset()
