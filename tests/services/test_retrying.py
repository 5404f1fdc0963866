"""The retry policy: tries, delays, `Retry-After`, and the greatest wait."""

from __future__ import annotations

import pytest

from admission.errors import CouldNotAsk, RateLimited, SourceUnavailable
from services.retrying import RetryPolicy, Tries
from tests.languages import plain

POLICY = RetryPolicy(delays=(2.0, 8.0), longest_wait=120.0)
DOWN = SourceUnavailable(plain("The source is in trouble."))


def busy(seconds: float | None) -> RateLimited:
    return RateLimited(plain("The source asks us to slow down."), retry_after=seconds)


@pytest.mark.parametrize(
    ("failures", "error", "waited", "pause"),
    [
        (1, DOWN, 0, 2.0),
        (2, DOWN, 2, 8.0),
        (3, DOWN, 10, None),
        (1, busy(None), 0, 2.0),
        (1, busy(30), 0, 30.0),
        (1, busy(1), 0, 2.0),
        (2, busy(90), 30, 90.0),
        (2, busy(91), 30, None),
        (1, busy(3600), 0, None),
        (3, busy(1), 0, None),
    ],
)
def test_how_long_to_wait_before_the_next_try(
    failures: int, error: CouldNotAsk, waited: float, pause: float | None
) -> None:
    assert POLICY.pause(failures, error, waited) == pause


def test_without_delays_nothing_is_tried_again() -> None:
    assert not Tries(RetryPolicy((), 120.0)).again(DOWN)


def test_tries_add_up_what_was_waited() -> None:
    tries = Tries(POLICY)
    assert (tries.again(busy(100)), tries.pause) == (True, 100)
    assert not tries.again(busy(30))


def test_a_book_waits_longer_than_a_case() -> None:
    assert RetryPolicy((2.0,), 1800.0).pause(1, busy(900), 0) == 900
