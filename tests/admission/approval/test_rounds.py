"""How many rounds one person may open within a day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from admission.approval.rounds import A_DAY, ROUNDS_A_DAY, RoundOpening, check_rounds_left
from admission.errors import NotAllowed
from tests.admission.build import NOW

CASE = "GH-2026-000001"


def opening(by: str, ago: timedelta, number: int = 2) -> RoundOpening:
    return RoundOpening(
        case=CASE, round=number, kind="evidence", reason="a new statement", opened_by=by, opened_at=NOW - ago
    )


def test_a_policy_that_says_nothing_allows_five_rounds_within_a_day() -> None:
    assert ROUNDS_A_DAY == 5
    assert timedelta(hours=24) == A_DAY


@pytest.mark.parametrize(
    ("ages", "most", "allowed"),
    [
        ([], 1, True),
        ([], 0, False),
        ([1, 2], 3, True),
        ([1, 2, 3], 3, False),
        ([1, 2, 3, 4], 3, False),
        ([1, 24 * 60 - 1], 2, False),
        ([1, 24 * 60], 2, True),
        ([1, 24 * 60 + 1], 2, True),
    ],
)
def test_each_person_may_open_so_many_rounds_within_a_day(ages: list[int], most: int, allowed: bool) -> None:
    openings = [opening("ana", timedelta(minutes=age)) for age in ages]
    if allowed:
        check_rounds_left(openings, "ana", NOW, most, case=CASE)
        return
    with pytest.raises(NotAllowed) as refused:
        check_rounds_left(openings, "ana", NOW, most, case=CASE)
    within = sum(age < 24 * 60 for age in ages)
    assert refused.value.message.en == (
        f"You have opened {within} rounds of this case within a day; more are not allowed."
    )
    assert refused.value.context == {"case": CASE}


def test_rounds_that_others_opened_do_not_count() -> None:
    openings = [opening("bo", timedelta(minutes=1)), opening("bo", timedelta(minutes=2))]
    check_rounds_left(openings, "ana", NOW, 1, case=CASE)
    with pytest.raises(NotAllowed, match="opened 2 rounds"):
        check_rounds_left(openings, "bo", NOW, 2, case=CASE)
