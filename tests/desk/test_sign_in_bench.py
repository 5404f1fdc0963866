"""What `make bench-signin` counts as falling short."""

from __future__ import annotations

from benchmarks.sign_in import HEALTH_BAR_MS, shortfalls

GOOD = {"loaded_health_p95_ms": HEALTH_BAR_MS, "honest_signed_in": 1.0, "answers_5xx": 0.0, "answers_none": 0.0}


def test_what_was_promised_falls_not_short() -> None:
    assert shortfalls(GOOD) == []


def test_each_promise_that_is_broken_is_named() -> None:
    assert shortfalls({**GOOD, "loaded_health_p95_ms": 100.1}) == ["loaded_health_p95_ms 100.1, at most 100 wanted"]
    assert shortfalls({**GOOD, "honest_signed_in": 0.0}) == ["honest_signed_in 0, 1 wanted within 30 s"]
    assert shortfalls({**GOOD, "answers_none": 3.0}) == ["answers_5xx 0, answers_none 3, 0 wanted"]


def test_on_a_busy_machine_all_but_the_times_is_held() -> None:
    slow = {**GOOD, "loaded_health_p95_ms": 900.0}
    assert shortfalls(slow, busy=True) == []
    assert shortfalls({**slow, "honest_signed_in": 0.0}, busy=True) == ["honest_signed_in 0, 1 wanted within 30 s"]
    assert shortfalls({**slow, "answers_5xx": 1.0}, busy=True) == ["answers_5xx 1, answers_none 0, 0 wanted"]
