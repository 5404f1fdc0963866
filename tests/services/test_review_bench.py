"""What `make bench-review` counts as falling short."""

from __future__ import annotations

import pytest

from benchmarks.review import BARE_BAR, CPU_BAR_S, MEMORY_BAR, SOURCES, shortfalls

ROUND = {"customers": 10.0, "renewed": 10.0, "unchanged": 10.0, "asked_again": 10.0, "sources": float(SOURCES)}
GOOD = {
    **ROUND,
    **{f"small_{name}": value for name, value in ROUND.items()},
    "cpu_s_a_customer": CPU_BAR_S,
    "cpu_over_bare_gets": BARE_BAR,
    "memory_over_small": MEMORY_BAR,
}


def test_what_was_promised_falls_not_short() -> None:
    assert shortfalls(GOOD, busy=False) == shortfalls(GOOD, busy=True) == []


@pytest.mark.parametrize("name", ["renewed", "unchanged", "asked_again", "sources"])
@pytest.mark.parametrize("book", ["", "small_"])
def test_a_customer_or_a_source_that_is_missing_is_named(name: str, book: str) -> None:
    (told,) = shortfalls({**GOOD, f"{book}{name}": 5.0}, busy=True)
    assert told == f"{book}{name} 5, {GOOD[name]:.0f} wanted"


def test_cpu_is_held_against_bare_gets_where_others_work_too() -> None:
    slow = {**GOOD, "cpu_s_a_customer": 0.2, "memory_over_small": 1.3}
    memory = "memory_over_small 1.300, at most 1.2 wanted"
    assert shortfalls(slow, busy=True) == [memory]
    assert shortfalls(slow, busy=False) == [memory, "cpu_s_a_customer 0.200, at most 0.15 wanted"]
    assert shortfalls({**GOOD, "cpu_over_bare_gets": 99.0}, busy=True) == [
        f"cpu_over_bare_gets 99.000, at most {BARE_BAR:g} wanted"
    ]
