"""What the lines above a table, its headings and the name of its sheet say of it: whose, of when, in which unit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from admission.evidence.uploads import StatedWithFile
from admission.model import Text
from connectors.financials_upload import labels, wanted
from connectors.financials_upload.characters import has_chinese, is_company, is_traditional, plain
from connectors.financials_upload.days import (
    Found,
    Span,
    checked,
    days_in,
    fiscal_years_in,
    names_another_day,
    span_of,
    year_of,
)
from connectors.financials_upload.denominations import Denomination, denomination_of, factor_of
from connectors.financials_upload.headings import group_of
from connectors.financials_upload.sheets import Cell, Grid
from connectors.financials_upload.tables import Place, Row, Table, goes_on

Want = Callable[[Place, Text], None]
_SPANS: tuple[Span, ...] = ("forecast", "long", "part", "year", "month")
NO_YEAR: tuple[Span, ...] = ("forecast", "long", "part")
# A title, its day and its unit take a few rows; what stands further above is something else.
_MOST_ABOVE = 60
_REPORT = re.compile(r"\b(?:reports?|accounts|statements?|figures|results?)\b|报告|报表|决算", re.IGNORECASE)
_PREPARER = re.compile(r"(?:编\s*制|填报|报送|核算)\s*单\s*位\s*:?$|(?:企业|公司|纳税人)名称\s*:?$")


@dataclass
class Context:
    """What holds for one table.

    Attributes:
        unit: its word and how many whole currency units one is.
        base: the day that headings such as 期末余额 follow from.
        own_time: True where the table itself says of when it is.
        span: of what span of time it says that its figures are.
        other: True where the title is that of a table of which nothing is read.
        calendar: True where the fiscal year is the calendar year, as article 11 of China's Accounting Law has it.
    """

    kind: labels.StatementKind | None = None
    unit: tuple[str, Decimal] | None = None
    currency: str | None = None
    base: date | None = None
    own_time: bool = False
    span: Span | None = None
    consolidated: bool | None = None
    other: bool = False
    chinese: bool = False
    calendar: bool = False


@dataclass
class _Said:
    """What rows say."""

    kind: labels.StatementKind | None = None
    titled: bool = False
    other: bool = False
    groups: set[str] = field(default_factory=set)
    denominations: list[tuple[Place, Denomination]] = field(default_factory=list)
    days: list[Found] = field(default_factory=list)
    years: set[int] = field(default_factory=set)
    spans: set[Span] = field(default_factory=set)
    spans_for_all: set[Span] = field(default_factory=set)

    @property
    def span(self) -> Span | None:
        """The span that is told; what is no whole year that has ended goes first."""
        return next((span for span in _SPANS if span in self.spans), None)

    @property
    def has_time(self) -> bool:
        """True where a day, a year or a span is told."""
        return bool(self.days or self.years or self.spans)


class SheetContexts:
    """Settles what holds for the tables of one sheet, one after another.

    Args:
        grid: the sheet.
        stated: what the person states with the file.
        default_day: the one day that the file states, for tables that state none.
        want: told of what must be mended.
    """

    def __init__(self, grid: Grid, stated: StatedWithFile, default_day: date | None, want: Want) -> None:
        self._stated = stated
        self._unit = factor_of(stated.unit) if stated.unit else None
        self._default_day = default_day
        self._want = want
        self._name = _of_name(grid.name)
        self._general: tuple[str, Decimal] | None = None
        self._currency: str | None = None
        self._spans_for_all: set[Span] = set()
        self._before: tuple[Table, Context] | None = None

    def settle(self, table: Table) -> Context:
        """Return what holds for the next table of the sheet."""
        said = said_above(table, self._want)
        before = self._before[1] if self._before and goes_on(table, self._before[0]) else None
        last = self._before[1] if self._before else None
        first = self._before is None
        self._spans_for_all |= said.spans_for_all
        context = Context(kind=self._kind(said, before, first=first))
        context.other = said.other or (not said.titled and (before.other if before else first and self._name.other))
        context.chinese = _is_chinese(table)
        context.calendar = context.chinese and not _is_traditional(table)
        self._settle_time(context, said, before, last, table.place)
        self._settle_group(context, said, before or (None if said.titled else last), table)
        self._settle_unit(context, said, before, table)
        self._settle_currency(context, said, table)
        self._before = table, context
        return context

    def _kind(self, said: _Said, before: Context | None, *, first: bool) -> labels.StatementKind | None:
        if said.titled or said.kind:
            return said.kind
        if before is not None:
            return before.kind
        return self._name.kind if first else None

    def _settle_time(
        self, context: Context, said: _Said, before: Context | None, last: Context | None, where: Place
    ) -> None:
        context.own_time = said.has_time or self._name.has_time or (before is not None and before.own_time)
        own = said if said.days or said.years else self._name
        base = self._base(own, where)
        if base is not None and self._stated.period_end not in (None, base):
            self._want(where, wanted.stated_day(self._stated.period_end or base))
        earlier = before or (None if said.has_time else last)
        spans = said.spans | self._spans_for_all | self._name.spans
        if earlier is not None and earlier.span in NO_YEAR and not said.has_time:
            spans.add(earlier.span)
        context.span = next((span for span in _SPANS if span in spans), earlier.span if before and earlier else None)
        context.base = base or (last.base if last else None) or self._stated.period_end or self._default_day
        if said.has_time and base is None and said.span in NO_YEAR:
            # 2025年上半年 names no day, and the day of another table is not its own.
            context.base = None

    def _base(self, said: _Said, where: Place) -> date | None:
        days = {day.day for day in said.days if day.whole} or {day.day for day in said.days}
        if not days and said.years:
            days = {date(year, 12, 31) for year in said.years}
        if not days:
            return None
        newest = max(days)
        if len({(day.month, day.day) for day in days}) > 1 or (said.years and newest.year not in said.years):
            self._want(where, wanted.ONE_DAY)
        return newest

    def _settle_group(self, context: Context, said: _Said, before: Context | None, table: Table) -> None:
        groups = said.groups or self._name.groups
        if "both" in groups or len(groups) > 1:
            if not all(column.group for column in table.columns):
                self._want(table.place, wanted.ONE_GROUP)
        elif groups:
            context.consolidated = "group" in groups
        elif before is not None:
            context.consolidated = before.consolidated

    def _settle_unit(self, context: Context, said: _Said, before: Context | None, table: Table) -> None:
        told = [*said.denominations]
        told += [(table.place, column.denomination) for column in table.columns]
        units = {factor: (word, where) for where, one in told for word, factor in one.units}
        if len(units) > 1:
            self._want(table.place, wanted.one_unit(word for word, _ in units.values()))
        implied = any(one.implied for _, one in told)
        general = any(one.general for _, one in said.denominations)
        for factor, (word, where) in units.items():
            if self._unit is not None and factor != self._unit[1]:
                self._want(where, wanted.stated_unit(self._unit[0]))
            context.unit = word, factor
        if context.unit is None and implied:
            context.unit = "1", Decimal(1)
        if general and context.unit is not None:
            self._general = context.unit
        context.unit = context.unit or (before.unit if before else None) or self._general or self._unit
        if context.unit is None:
            self._want(table.place, wanted.UNIT)

    def _settle_currency(self, context: Context, said: _Said, table: Table) -> None:
        told = [one for _, one in said.denominations] + [column.denomination for column in table.columns]
        codes = dict.fromkeys(code for one in told for code in one.currencies)
        if len(codes) > 1:
            self._want(table.place, wanted.one_currency(codes))
        stated = self._stated.currency
        own = next(iter(codes), None)
        if own is not None and stated is not None and own != stated:
            self._want(table.place, wanted.stated_currency(stated))
        self._currency = own or self._currency
        context.currency = self._currency or stated or ("CNY" if context.calendar else None)
        if context.currency is None:
            self._want(table.place, wanted.CURRENCY)


def said_above(table: Table, want: Want) -> _Said:
    """Return what the rows above a table and the words over its labels say."""
    said = _said(table.sheet, table.above[-_MOST_ABOVE:], want)
    for head in table.block.heads:
        told = denomination_of(head, beside=True)
        if not told.empty:
            said.denominations.append((table.place, told))
        if labels.title_of(head) is not None or span_of(head) is not None:
            _take_text(said, Place(table.sheet, table.start), head, want, another=False)
    return said


def _said(sheet: str, rows: Iterable[Row], want: Want) -> _Said:
    said = _Said()
    for row in rows:
        another = preparer = False
        for cell in row.filled:
            where = Place(sheet, row.number)
            if cell.kind == "date" and not another:
                _take_day(said, cell, where, want)
            if cell.kind == "date":
                another = False
            if cell.kind != "text":
                continue
            told = plain(cell.text)
            if not preparer:
                _take_text(said, where, cell.text, want, another=another)
            preparer = bool(_PREPARER.search(told))
            another = names_another_day(told) and not re.search(r"\d{4}", told)
    return said


def _take_day(said: _Said, cell: Cell, where: Place, want: Want) -> None:
    try:
        day = checked(cell.day or date.min)
    except ValueError:
        want(where, wanted.REAL_DAY)
        return
    said.days.append(Found(day, True, 0, 0))


def _take_text(said: _Said, where: Place, text: str, want: Want, *, another: bool) -> None:
    """Take what one text says.

    Args:
        said: what is taken is added to it.
        where: its place.
        text: the text.
        want: told of a day that there is not.
        another: True where the cell before it says that what follows is the day of a signature or the like.
    """
    kind = labels.title_of(text)
    said.kind = kind or said.kind
    said.other = labels.is_other_table(text) or (said.other and kind is None)
    said.titled = said.titled or kind is not None or said.other
    try:
        days = [day for day in days_in(text) if day.of_sheet and not another]
        span = span_of(text)
    except ValueError:
        want(where, wanted.REAL_DAY)
        return
    years = fiscal_years_in(text) if not another else ()
    said.days.extend(days)
    said.years.update(years)
    denomination = denomination_of(text, beside=bool(kind or days or years))
    if not denomination.empty:
        said.denominations.append((where, denomination))
    if _is_name(text, titled=kind is not None or bool(days) or bool(years)) or (names_another_day(text) and not kind):
        return
    if span is not None:
        said.spans.add(span)
        if not said.titled:
            said.spans_for_all.update({span} & set(NO_YEAR))
    group = group_of(text)
    if group is not None:
        said.groups.add(group)


def _is_name(text: str, *, titled: bool) -> bool:
    """True for a text that is the name of a company and nothing else: 'Budget Tools Ltd' is no budget."""
    told = plain(text)
    return not titled and is_company(text) and not _REPORT.search(told)


def _tell_nobody(where: Place, expected: Text) -> None:
    """What is wrong is told elsewhere, or not a fault."""


def _of_name(name: str) -> _Said:
    """What the name of a sheet says: 合并资产负债表, 2025, Budget."""
    said = _Said()
    if name:
        _take_text(said, Place(name), name, _tell_nobody, another=False)
        said.denominations.clear()
        year = year_of(name)
        said.years.update({year} if year else set())
    return said


def file_day(tables: Sequence[Table]) -> date | None:
    """The one day that the tables of a file state; an income statement may leave it to the balance sheet."""
    days: set[date] = set()
    for table in tables:
        said = said_above(table, _tell_nobody)
        if said.span in NO_YEAR:
            continue
        whole = {day.day for day in said.days if day.whole}
        days |= whole or {day.day for day in said.days} or {date(year, 12, 31) for year in said.years}
    return next(iter(days)) if len(days) == 1 else None


def _words(table: Table) -> list[str]:
    heads = [*table.block.heads, *(column.words for column in table.columns)]
    return [*heads, *(cell.text for row in table.body for cell in row.cells[:1] if cell.kind == "text")]


def _is_chinese(table: Table) -> bool:
    if any(has_chinese(column.words) for column in table.columns) or any(map(has_chinese, table.block.heads)):
        return True
    words = [word for word in _words(table) if word[:1].isalpha()]
    return sum(map(has_chinese, words)) * 2 > len(words)


def _is_traditional(table: Table) -> bool:
    above = [cell.text for row in table.above for cell in row.filled if cell.kind == "text"]
    return any(is_traditional(word) for word in (*above, *_words(table)))
