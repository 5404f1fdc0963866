"""All reviews are accounted for: where each due one stands, and what is told when one is nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.cases import CaseKind, CaseStatus
from admission.customers.coverage import (
    Counted,
    Coverage,
    DueCustomer,
    OpenCase,
    SweepName,
    account,
)
from admission.model import Text

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
DAY = timedelta(days=1)
SINCE = TODAY - 30 * DAY
THIS_MORNING = datetime(2026, 12, 1, 6, 5, tzinfo=UTC)
SWEPT: dict[SweepName, datetime | None] = {"review-due-customers": THIS_MORNING, "expire-limits": THIS_MORNING}
CREDIT = Text(en="1 x credit", zh="信用部会签")


def open_case(
    status: str = "gathering", *, moving: bool = True, kind: str = "review", asks: Text | None = None
) -> OpenCase:
    return OpenCase("GH-2026-000007", CaseKind(kind), CaseStatus(status), moving, asks)


def accounted(
    *due: DueCustomer,
    done: int = 0,
    due_now: int | None = None,
    now: datetime = NOW,
    sweeps: dict[SweepName, datetime | None] = SWEPT,
    without_day: Sequence[str] = (),
) -> Coverage:
    reviews = [one.case for one in due if one.case is not None and one.case.kind is CaseKind.REVIEW]
    counted = Counted(100, len(due) if due_now is None else due_now, done, due, len(reviews))
    return account(counted, SINCE, now, sweeps, (), without_day)


@pytest.mark.parametrize(
    ("case", "due_on", "state", "why", "waits_for"),
    [
        (open_case("voting", asks=CREDIT), TODAY, "waiting", "people", "1 x credit"),
        (open_case("unattributed"), TODAY, "waiting", "owner", "somebody who takes the request"),
        (open_case("gathering"), TODAY, "waiting", "running", "the system"),
        (open_case("decided"), TODAY, "waiting", "running", "the system"),
        (open_case("gathering", moving=False), TODAY, "failed", "no_run", None),
        (open_case("decided", moving=False), TODAY, "failed", "no_run", None),
        (open_case("voting", kind="limit_change", asks=CREDIT), TODAY, "not_opened", "other_case", None),
        (None, TODAY, "not_opened", "no_sweep", None),
        (None, TODAY - DAY, "not_opened", "passed_over", None),
    ],
)
def test_each_due_review_stands_somewhere(
    case: OpenCase | None, due_on: date, state: str, why: str, waits_for: str | None
) -> None:
    found = accounted(DueCustomer("uk:1", due_on, case))
    assert (found.due, found.accounted, getattr(found, state)) == (1, 1, 1)
    assert [(whom.en, count) for whom, count in found.waits_for] == ([(waits_for, 1)] if waits_for else [])
    told = [(one.state, one.why, one.case) for one in found.reviews]
    assert told == ([] if state == "waiting" else [(state, why, case.reference if case else None)])


def test_all_is_well() -> None:
    found = accounted(DueCustomer("uk:1", TODAY, open_case()), done=3)
    assert (found.due, found.done, found.waiting, found.ahead, found.problems) == (4, 3, 1, 0, ())


def test_a_review_that_is_lost_between_day_and_case_shows() -> None:
    """The casebook counts two customers by their days, and reads one."""
    found = accounted(DueCustomer("uk:1", TODAY, open_case()), due_now=2)
    assert [text.en for text in found.problems] == ["2 reviews were due, and 1 are accounted for"]


def test_what_is_not_opened_for_more_than_a_day_is_named_last() -> None:
    one, two = DueCustomer("uk:1", TODAY - DAY, None), DueCustomer("uk:2", TODAY - 3 * DAY, None)
    today = DueCustomer("uk:3", TODAY, None)
    assert accounted(today).problems == ()
    found = accounted(one, two, today, sweeps={**SWEPT, "expire-limits": None})
    assert [review.company_key for review in found.reviews] == ["uk:2", "uk:1", "uk:3"]
    assert [review.company_key for review in found.overdue] == ["uk:2", "uk:1"]
    assert found.problems[-1].en == ("2 reviews are not opened for more than a day; the first: uk:2, due 2026-11-28")
    assert found.problems[-1].zh == "2 项复审到期超过一天仍未发起；最早一项：uk:2，2026-11-28 到期"


@pytest.mark.parametrize(
    ("last", "problem"),
    [
        (NOW - timedelta(hours=26), None),
        (
            NOW - timedelta(hours=26, seconds=1),
            "expire-limits has not run for more than 26 hours, last 2026-11-30 06:59 UTC",
        ),
        (None, "expire-limits has never run to its end"),
    ],
)
def test_a_sweep_that_stays_away_is_told(last: datetime | None, problem: str | None) -> None:
    found = accounted(sweeps={**SWEPT, "expire-limits": last})
    assert [text.en for text in found.problems] == ([problem] if problem else [])
    assert {sweep.name: sweep.silent for sweep in found.sweeps} == {
        "review-due-customers": False,
        "expire-limits": problem is not None,
    }


def test_who_has_no_day_in_time_and_what_is_open_ahead_are_told_and_no_problem() -> None:
    counted = Counted(5, 0, 0, (), 2)
    found = account(counted, SINCE, NOW, SWEPT, (), ("uk:1",))
    assert (found.ahead, found.without_day, found.due, found.problems) == (2, ("uk:1",), 0, ())


cases = st.one_of(
    st.none(),
    st.builds(
        open_case,
        st.sampled_from(["gathering", "unattributed", "voting", "decided"]),
        moving=st.booleans(),
        kind=st.sampled_from(["review", "limit_change", "onboarding"]),
    ),
)
dues = st.lists(
    st.builds(DueCustomer, st.text("abc", min_size=1), st.dates(TODAY - 90 * DAY, TODAY), cases), max_size=20
)


@given(dues, st.integers(0, 50), st.one_of(st.none(), st.integers(0, 2000)))
def test_due_is_the_sum_of_its_parts(due: list[DueCustomer], done: int, hours: int | None) -> None:
    at = None if hours is None else NOW - timedelta(hours=hours)
    found = accounted(*due, done=done, sweeps={**SWEPT, "review-due-customers": at})
    assert found.due == found.done + found.waiting + found.failed + found.not_opened == len(due) + done
    assert len(found.reviews) == found.failed + found.not_opened
    assert sum(count for _, count in found.waits_for) == found.waiting
    assert found.ahead == 0
    assert bool(found.overdue) == any(
        one.due_on < TODAY and (one.case is None or one.case.kind is not CaseKind.REVIEW) for one in due
    )
