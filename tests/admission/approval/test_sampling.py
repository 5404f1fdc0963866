from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.approval.sampling import is_drawn, number_of, quarter_of

SEED = "5e" * 32
SHARES = st.decimals(0, 1, places=4)


def test_a_number_is_drawn_again_with_nothing_but_the_seed() -> None:
    again = hashlib.sha256(f"{SEED}:GH-2026-000123:1".encode()).hexdigest()[:16]
    assert number_of(SEED, "GH-2026-000123", 1) == again == "9d7e8ef470f09228"


@pytest.mark.parametrize(
    ("number", "share", "drawn"),
    [
        ("0000000000000000", "0", False),
        ("0000000000000000", "0.0001", True),
        ("7fffffffffffffff", "0.5", True),
        ("8000000000000000", "0.5", False),
        ("ffffffffffffffff", "1", True),
        ("0ccccccccccccccc", "0.05", True),
        ("0ccccccccccccccd", "0.05", False),
    ],
)
def test_a_number_below_the_share_is_drawn(number: str, share: str, drawn: bool) -> None:
    assert is_drawn(number, Decimal(share)) is drawn


@given(
    seed=st.text("0123456789abcdef", min_size=64, max_size=64), case=st.integers(1, 999_999), low=SHARES, high=SHARES
)
def test_a_larger_share_draws_all_that_a_smaller_one_does(seed: str, case: int, low: Decimal, high: Decimal) -> None:
    number = number_of(seed, f"GH-2026-{case:06d}", 1)
    small, large = sorted((low, high))
    assert is_drawn(number, large) or not is_drawn(number, small)
    assert is_drawn(number, Decimal(1))
    assert not is_drawn(number, Decimal(0))


def test_about_the_share_is_drawn() -> None:
    drawn = sum(is_drawn(number_of(SEED, f"GH-2026-{case:06d}", 1), Decimal("0.05")) for case in range(20_000))
    # Three standard deviations of a binomial of 20,000 at 0.05 are 92.
    assert abs(drawn - 1000) < 92


@pytest.mark.parametrize(
    ("month", "quarter"), [(1, "2026Q1"), (3, "2026Q1"), (4, "2026Q2"), (9, "2026Q3"), (10, "2026Q4"), (12, "2026Q4")]
)
def test_a_quarter_has_three_months(month: int, quarter: str) -> None:
    assert quarter_of(datetime(2026, month, 28, tzinfo=UTC)) == quarter
