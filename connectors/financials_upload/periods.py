"""Of which day each column of a table is, and which columns are left out or asked about."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from admission.model import Text
from connectors.financials_upload import wanted
from connectors.financials_upload.blocks import Column
from connectors.financials_upload.context import NO_YEAR, Context
from connectors.financials_upload.days import years_before
from connectors.financials_upload.headings import Period
from connectors.financials_upload.tables import Table

_FORECAST = Text(en="it is a forecast or a budget", zh="属于预测或预算")
_PART = Text(en="it is not of a whole year", zh="不是全年数")
_LONG = Text(
    en="its period is longer than a year, or its length is not stated", zh="所属期间超过一年，或未注明期间长度"
)
_BESIDE = Text(en="the year to date stands beside it", zh="旁边另有本年累计数")
_INTERIM_DAY = Text(
    en="other tables of the file say that a part of a year ends on that day", zh="该日为文件中期间报表的截止日"
)


class LeftOut(NamedTuple):
    """A column that is not read, and why.

    Attributes:
        end: the last day of its period, where that is longer than a year: it is of the newest accounts all the same.
    """

    why: Text
    end: date | None = None


class Asked(NamedTuple):
    """A column that nobody can understand as it is, and what would be right."""

    expected: Text


def settle(
    table: Table, context: Context, part_days: Collection[date], *, day_stated: bool
) -> Iterator[tuple[Column, date | LeftOut | Asked]]:
    """Yield each column of a table with the last day of its year.

    Args:
        table: the table.
        context: what holds for it.
        part_days: days on which, by other tables of the file, parts of a year end.
        day_stated: True where a person stated the day with the file.
    """
    cumulative = any(column.period.cumulative for column in table.columns)
    doubtful = _is_doubtful(table, context)
    for column in table.columns:
        found = _unusable(column.period, context, cumulative=cumulative, day_stated=day_stated)
        follows = column.period.end is None or (column.period.year_only and not context.calendar)
        if found is None and doubtful and follows:
            found = Asked(wanted.DAY)
        yield column, found or _dated(column.period, context, part_days)


def _is_doubtful(table: Table, context: Context) -> bool:
    """True where the day above a table is hardly the end of its year, but that of a signature, say.

    Chinese statements are of the last day of a month. Where the headings are years, the newest is that of the day.
    """
    base = context.base
    if base is None or context.span in NO_YEAR:
        return False
    if context.calendar:
        return (base + timedelta(days=1)).day != 1
    years = [
        column.period.end.year
        for column in table.columns
        if column.period.end is not None and column.period.year_only and column.period.span not in NO_YEAR
    ]
    return bool(years) and max(years) != base.year


def part_days(tables: Iterable[tuple[Table, Context]]) -> set[date]:
    """Return the days on which parts of a year end, by titles and headings."""
    days: set[date] = set()
    for table, context in tables:
        if context.calendar:
            continue
        if context.span == "part" and context.base is not None:
            days.add(context.base)
        days.update(
            column.period.end
            for column in table.columns
            if column.period.end is not None
            and not column.period.year_only
            and (column.period.span == "part" or (context.span == "part" and context.kind != "balance"))
        )
    return days


def _unusable(period: Period, context: Context, *, cumulative: bool, day_stated: bool) -> LeftOut | Asked | None:
    if "forecast" in (period.span, context.span):
        return LeftOut(_FORECAST)
    if period.span == "part":
        return LeftOut(_PART)
    if "long" in (period.span, context.span) and context.kind != "balance" and period.span != "year":
        # Whose balance sheet is read: the day ends a year of accounts, though not one of twelve months.
        return None if period.opening else LeftOut(_LONG, end_of(period, context))
    return (
        None
        if context.kind == "balance"
        else _unusable_flow(period, context, cumulative=cumulative, day_stated=day_stated)
    )


def _unusable_flow(period: Period, context: Context, *, cumulative: bool, day_stated: bool) -> LeftOut | Asked | None:
    if cumulative and period.flow:
        return LeftOut(_BESIDE)
    if context.span == "part" and not (period.span == "year" or period.opening):
        return LeftOut(_PART)
    if period.span != "year" and "month" in (period.span, context.span):
        return _of_a_month(period, context)
    if period.flow and not (context.own_time or day_stated or period.end):
        return Asked(wanted.PERIOD)
    return None


def _of_a_month(period: Period, context: Context) -> LeftOut | Asked | None:
    """Judge a column of a table that names a month alone: are its figures of the month, or of the year to it?"""
    named = period.end is not None and not period.year_only
    if not (period.flow or named or period.cumulative):
        return None
    end = period.end or context.base
    last = end is not None and end.month == 12
    if period.cumulative and context.calendar:
        return None
    return LeftOut(_PART) if context.calendar and not last else Asked(wanted.MONTH_OR_YEAR)


def _dated(period: Period, context: Context, part_days: Collection[date]) -> date | LeftOut | Asked:
    end = end_of(period, context)
    if end is None:
        return LeftOut(_PART) if context.span == "part" else Asked(wanted.DAY)
    if context.calendar:
        no_end = (end.month, end.day) != (12, 31)
        return LeftOut(Text(en=f"{end} is not the end of a year", zh=f"{end} 不是年末")) if no_end else end
    base = context.base
    if context.span == "part" and base is not None and (end.month, end.day) == (base.month, base.day):
        return LeftOut(_PART)
    return LeftOut(_INTERIM_DAY) if end in part_days else end


def end_of(period: Period, context: Context) -> date | None:
    """The last day that a column is of; None where neither its heading nor the sheet tells."""
    base, end = context.base, period.end
    if end is not None and period.opening and (end.month, end.day) == (1, 1):
        return end - timedelta(days=1)
    if end is not None and (context.calendar or not period.year_only):
        return end
    if base is None:
        return None
    if end is not None:
        return years_before(base, base.year - end.year)
    if period.opening and context.calendar:
        # The balance at the start of the year is that at the end of the year before, whatever day the sheet is of.
        return date(base.year - 1, 12, 31)
    return years_before(base, period.back)
