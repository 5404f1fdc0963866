"""Which limit bounds a group on a day: the newest confirmed one, and what is over leaves nothing."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from admission.customers.standing.group_limits import Bound, GroupLimit, bound_on, problems_of
from tests.admission.customers.orders.test_sharing import limit
from tests.admission.customers.standing.build import DAY, TODAY

WAITS: dict[str, Any] = {"confirmed_by": None, "confirmed_on": None}


@pytest.mark.parametrize(
    ("limits", "amount"),
    [
        ([], None),
        ([limit(**WAITS)], None),
        ([limit()], 100_000),
        ([limit(valid_from=TODAY + DAY)], None),
        ([limit(), limit(9, 2)], 9),
        ([limit(), limit(9, 2, **WAITS)], 100_000),
        ([limit(), limit(9, 2, valid_from=TODAY + DAY)], 100_000),
        ([limit(), limit(9, 2, valid_from=TODAY)], 9),
        # What is over leaves nothing, and what it took the place of does not return.
        ([limit(valid_until=TODAY)], 100_000),
        ([limit(valid_until=TODAY - DAY)], 0),
        ([limit(), limit(9, 2, valid_until=TODAY - DAY)], 0),
        # Taken away: the group is free, unless the limit never began.
        ([limit(ended_by="cy", ended_on=TODAY)], None),
        ([limit(ended_by="cy", ended_on=TODAY + DAY)], 100_000),
        ([limit(), limit(9, 2, ended_by="cy", ended_on=TODAY)], None),
        ([limit(), limit(9, 2, valid_from=TODAY, ended_by="cy", ended_on=TODAY - DAY)], 100_000),
        ([limit(), limit(9, 2, ended_by="bo", ended_on=TODAY, **WAITS)], 100_000),
    ],
)
def test_what_bounds_a_group(limits: list[GroupLimit], amount: int | None) -> None:
    bound = bound_on(limits, TODAY)
    assert (None if bound is None else bound.amount) == amount


def test_a_tenth_limit_is_newer_than_a_ninth() -> None:
    bound = bound_on([limit(1, 10), limit(2, 9)], TODAY)
    assert bound is not None
    assert bound.limit.id == "G10"


def test_parts_are_of_the_limit_and_over_with_it() -> None:
    split = limit(units={"UK01": 60, "de02": 40})
    assert [Bound(split, over=False).part(unit) for unit in ("UK01", "DE02", "FR03")] == [60, 40, 0]
    assert Bound(split, over=True).part("UK01") == 0


@given(parts=st.lists(st.decimals(0, 100, places=2), max_size=5), amount=st.decimals(0, 300, places=2))
def test_parts_are_never_more_than_the_limit(parts: list[Decimal], amount: Decimal) -> None:
    units = {f"U{number}": part for number, part in enumerate(parts)}
    if sum(parts) > amount:
        with pytest.raises(ValidationError):
            limit(str(amount), units=units)
    else:
        assert sum(limit(str(amount), units=units).units.values()) <= amount


@pytest.mark.parametrize("unit", ["", " ", "UK 01", "x" * 13, "-1", "英国"])
def test_a_unit_is_a_short_code(unit: str) -> None:
    with pytest.raises(ValidationError):
        limit(units={unit: 1})


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({}, []),
        ({"reason": " "}, ["because"]),
        ({"valid_until": TODAY}, []),
        ({"valid_until": TODAY - DAY}, ["until"]),
        ({"valid_from": TODAY + 3 * DAY, "valid_until": TODAY + 2 * DAY}, ["until"]),
    ],
)
def test_what_is_proposed_has_a_reason_and_days_to_come(changes: dict[str, Any], fields: list[str]) -> None:
    assert [problem.field for problem in problems_of(limit(**changes), TODAY)] == fields


def test_a_day_is_one_of_its_own() -> None:
    made = limit(valid_until=TODAY)
    assert (made.is_over(TODAY), made.is_over(TODAY + timedelta(days=1))) == (False, True)
