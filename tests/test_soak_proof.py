"""How `make proof-soak` measures for how long a case stood still."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from admission.cases import Event
from benchmarks.soak.judging import stand_stills

BEGAN = datetime(2026, 11, 28, tzinfo=UTC)


def told(*events: tuple[int, str], until: int) -> list[float]:
    made = [
        Event(seq=seq, at=BEGAN + timedelta(seconds=at), actor="system", act=act, case="GH-2026-000001", detail={})
        for seq, (at, act) in enumerate(events, 1)
    ]
    return [one.seconds for one in stand_stills(made, BEGAN + timedelta(seconds=until))]


@pytest.mark.parametrize(
    ("events", "until", "seconds"),
    [
        ([(0, "case.opened")], 90, [90]),
        ([(0, "case.opened"), (7, "evidence.stored"), (10, "voting.opened")], 500, [7, 3]),
        ([(0, "case.opened"), (5, "voting.opened"), (9, "vote.cast"), (400, "case.decided")], 460, [5, 60]),
        ([(0, "case.opened"), (5, "case.decided"), (8, "case.concluded"), (9, "outbox.delivered")], 500, [5, 3]),
        ([(0, "case.opened"), (5, "voting.opened"), (50, "round.opened")], 80, [5, 30]),
    ],
    ids=["never-moved", "waits-for-people", "decided-and-not-concluded", "over", "next-round"],
)
def test_a_case_stands_still_while_a_run_has_something_to_do(
    events: list[tuple[int, str]], until: int, seconds: list[float]
) -> None:
    assert told(*events, until=until) == seconds
