"""Is every customer looked at again: reviews accounted for, sweeps that ran, sources that have gone silent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta

from admission.customers.coverage import AWAY_AFTER, Coverage, SweepName, account
from admission.customers.reviews import months_later
from admission.errors import BadInput, Problem
from admission.model import Text
from services.deciding import SYSTEM
from wiring.house import House

# How the history calls the end of each sweep.
SWEPT: Mapping[SweepName, str] = {"review-due-customers": "reviews.swept", "expire-limits": "limits.swept"}
# The window where none is given.
WINDOW = timedelta(days=30)


def note_sweep(house: House, name: SweepName, counts: Mapping[str, int]) -> None:
    """Note that a sweep ran to its end; it is by this that one knows that it ran.

    Args:
        house: the house.
        name: of the deployment.
        counts: what it came upon.
    """
    detail = {what: str(count) for what, count in counts.items()}
    house.casebook.history.add(SYSTEM, SWEPT[name], None, detail)


def coverage(house: House, since: date | None = None) -> Coverage:
    """Account for the reviews of all active customers, up to now.

    Args:
        house: the house.
        since: first day of the window; 30 days ago if not given.

    Raises:
        BadInput: the day is still to come.
    """
    now, book = house.clock(), house.casebook
    first = now.date() - WINDOW if since is None else since
    if first > now.date():
        cannot = Text(en="Reviews cannot be counted from that day on.", zh="不能从该日起统计复审。")
        expected = Text(en=f"a day up to {now.date()}", zh=f"不晚于 {now.date()} 的日期")
        raise BadInput(cannot, problems=[Problem("since", str(first), expected)])
    start = datetime.combine(first, time(), UTC)
    enabled = [name for name, connector in house.connectors.items() if connector.configured]
    return account(
        book.coverage.count(now.date(), start),
        first,
        now,
        {name: _last(house, act) for name, act in SWEPT.items()},
        book.coverage.silent_sources(enabled, start, AWAY_AFTER),
        list(_without_day(house, now.date())),
    )


def _last(house: House, act: str) -> datetime | None:
    event = house.casebook.history.last(act)
    return None if event is None else event.at


def _without_day(house: House, today: date) -> Iterator[str]:
    """Yield the customers whose day is too far off, even if they had been decided on today."""
    policy = house.policy_in_force()
    grades = {grade.name: grade for grade in policy.grades}
    for customer in house.casebook.customers.all():
        grade = grades.get(customer.grade)
        asked = policy.review_months(grade, customer.application.segment) if grade else policy.default_review_months
        if customer.next_review_on > months_later(today, asked):
            yield customer.company_key
