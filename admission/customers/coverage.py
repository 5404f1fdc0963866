"""Is every customer looked at again: of the reviews that fell due, which are done, which wait, and which are nowhere.

Due is counted from the customers' days, and the parts from their cases, so that a review that was lost between the two
shows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from admission.cases import CaseKind, CaseStatus
from admission.model import Record, Text
from admission.transitions import WAITING_FOR_PEOPLE

ReviewState = Literal["waiting", "failed", "not_opened"]
WhyOpen = Literal["people", "owner", "running", "no_run", "no_sweep", "passed_over", "other_case"]
SweepName = Literal["review-due-customers", "expire-limits"]

# [P] A sweep runs each day, and a slow one may end two hours later than the one before.
LONGEST_SILENCE = timedelta(hours=26)
# [P] So many questions in a row without an answer are no accident.
AWAY_AFTER = 3
SYSTEM_CARRIES_ON = Text(en="the system", zh="系统")
AN_OWNER = Text(en="somebody who takes the request", zh="认领人")


class OpenCase(NamedTuple):
    """The open case of a customer.

    Attributes:
        moving: True where a run holds it, or is about to be woken for it.
        asks: whom its vote waits for; None where no vote is open.
    """

    reference: str
    kind: CaseKind
    status: CaseStatus
    moving: bool
    asks: Text | None = None


class DueCustomer(NamedTuple):
    """A customer whose review is due, with its open case if there is one."""

    company_key: str
    due_on: date
    case: OpenCase | None


class Counted(NamedTuple):
    """What the casebook tells of reviews at one moment.

    Attributes:
        customers: active ones.
        due_now: how many have a day that has come, counted by their days alone.
        done: reviews that were concluded in the window.
        due: the customers whose day has come.
        open_reviews: all open cases of that kind.
    """

    customers: int
    due_now: int
    done: int
    due: Sequence[DueCustomer]
    open_reviews: int


class DueReview(Record):
    """One review that is due and not done.

    Attributes:
        case: its case; of one that is not opened, the other case of the customer that keeps it from being opened.
        why: `people` and `owner` are waited for; `running`: a run has it; `no_run`: no run has it; `no_sweep`: no sweep
            has run since the day; `passed_over`: one has, and did not open it; `other_case`: another case is open.
        waits_for: in words; empty where it is not waited for anybody.
    """

    company_key: str
    due_on: date
    state: ReviewState
    why: WhyOpen
    case: str | None = None
    waits_for: Text | None = None


class Sweep(Record):
    """When a sweep ran to its end last; None where it never did."""

    name: SweepName
    last: datetime | None
    silent: bool


class SourceAway(Record):
    """A source that has answered none of the last questions.

    Attributes:
        questions: how many in a row.
        since: when the first of them was asked.
    """

    source: str
    questions: int
    since: datetime


class Coverage(Record):
    """All reviews accounted for, over a window up to now.

    Attributes:
        since: first day of the window; reviews that are still due count whenever they fell due.
        without_day: keys of customers who have no day within the interval that the policy asks of their grade.
        due: reviews that were concluded in the window, and those whose day has come.
        ahead: open reviews of customers whose day has not come; they are in no other number.
        waits_for: how many wait for whom.
        reviews: those that failed or are not opened, the longest due first.
    """

    as_of: datetime
    since: date
    customers: int
    without_day: tuple[str, ...]
    due: int
    done: int
    waiting: int
    failed: int
    not_opened: int
    ahead: int
    waits_for: tuple[tuple[Text, int], ...]
    reviews: tuple[DueReview, ...]
    sweeps: tuple[Sweep, ...]
    away: tuple[SourceAway, ...]

    @property
    def accounted(self) -> int:
        """Return the sum of the parts."""
        return self.done + self.waiting + self.failed + self.not_opened

    @property
    def overdue(self) -> tuple[DueReview, ...]:
        """Return the reviews that are not opened although their day is over."""
        today = self.as_of.date()
        return tuple(one for one in self.reviews if one.state == "not_opened" and one.due_on < today)

    @property
    def problems(self) -> tuple[Text, ...]:
        """Return what must not be; nothing where every customer is looked at again."""
        return tuple(_problems(self))


def account(
    counted: Counted,
    since: date,
    now: datetime,
    sweeps: Mapping[SweepName, datetime | None],
    away: Sequence[SourceAway] = (),
    without_day: Sequence[str] = (),
) -> Coverage:
    """Account for all reviews.

    Args:
        counted: what the casebook tells.
        since: first day of the window.
        now: the moment it was told.
        sweeps: when each sweep ran to its end last.
        away: sources that have stopped answering.
        without_day: keys of customers without a day in time.
    """
    last = sweeps["review-due-customers"]
    states = [_state(one, last) for one in counted.due]
    by_state = Counter(one.state for one in states)
    waits_for = Counter((one.waits_for.en, one.waits_for.zh) for one in states if one.waits_for is not None)
    open_ones = sorted((one for one in states if one.state != "waiting"), key=lambda one: (one.due_on, one.company_key))
    return Coverage(
        as_of=now,
        since=since,
        customers=counted.customers,
        without_day=tuple(without_day),
        due=counted.due_now + counted.done,
        done=counted.done,
        waiting=by_state["waiting"],
        failed=by_state["failed"],
        not_opened=by_state["not_opened"],
        ahead=counted.open_reviews - by_state["waiting"] - by_state["failed"],
        waits_for=tuple((Text(en=en, zh=zh), count) for (en, zh), count in waits_for.most_common()),
        reviews=tuple(open_ones),
        sweeps=tuple(Sweep(name=name, last=at, silent=_silent(at, now)) for name, at in sweeps.items()),
        away=tuple(away),
    )


def _state(due: DueCustomer, last_sweep: datetime | None) -> DueReview:
    case, about = due.case, {"company_key": due.company_key, "due_on": due.due_on}
    if case is None:
        swept = last_sweep is not None and last_sweep.date() > due.due_on
        return DueReview(**about, state="not_opened", why="passed_over" if swept else "no_sweep")
    if case.kind is not CaseKind.REVIEW:
        return DueReview(**about, state="not_opened", why="other_case", case=case.reference)
    if case.status in WAITING_FOR_PEOPLE:
        voting = case.status is CaseStatus.VOTING
        whom = case.asks if voting and case.asks is not None else AN_OWNER
        why: WhyOpen = "people" if voting else "owner"
        return DueReview(**about, state="waiting", why=why, case=case.reference, waits_for=whom)
    if case.moving:
        return DueReview(**about, state="waiting", why="running", case=case.reference, waits_for=SYSTEM_CARRIES_ON)
    return DueReview(**about, state="failed", why="no_run", case=case.reference)


def _silent(last: datetime | None, now: datetime) -> bool:
    return last is None or now - last > LONGEST_SILENCE


def _problems(coverage: Coverage) -> Iterator[Text]:
    if coverage.due != coverage.accounted:
        yield Text(
            en=f"{coverage.due} reviews were due, and {coverage.accounted} are accounted for",
            zh=f"到期复审 {coverage.due} 项，可说明去向的 {coverage.accounted} 项",
        )
    for sweep in coverage.sweeps:
        if sweep.silent:
            yield _silence(sweep)
    late = coverage.overdue
    if late:
        first = late[0]
        yield Text(
            en=f"{len(late)} reviews are not opened for more than a day; the first: {first.company_key}, "
            f"due {first.due_on}",
            zh=f"{len(late)} 项复审到期超过一天仍未发起；最早一项：{first.company_key}，{first.due_on} 到期",
        )


def _silence(sweep: Sweep) -> Text:
    hours = int(LONGEST_SILENCE.total_seconds() // 3600)
    if sweep.last is None:
        return Text(en=f"{sweep.name} has never run to its end", zh=f"{sweep.name} 从未运行完成")
    return Text(
        en=f"{sweep.name} has not run for more than {hours} hours, last {sweep.last:%Y-%m-%d %H:%M} UTC",
        zh=f"{sweep.name} 已超过 {hours} 小时未运行，最近一次 {sweep.last:%Y-%m-%d %H:%M} UTC",
    )
