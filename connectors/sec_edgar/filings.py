"""Lists of filings, and the filings that matter for credit with what they tell of distress.

Kept are annual reports, and filings with an event; all others (trades of insiders, prospectuses, proxy papers) are
not facts of ours. Forms 25 and 25-NSE are left out too: they are filed for every bond that leaves the exchange, by
Apple as by a company in trouble; a delisting shows in 8-K item 3.01 and, at its end, in form 15.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from admission.errors import SourceChanged
from admission.evidence.facts import AnyFact, EventKind, Filing, FilingEvent
from admission.model import Text
from connectors.kit import Fields
from connectors.kit.words import CHECK_FORMAT
from connectors.sec_edgar.bankruptcy import BANKRUPTCY_ITEM, Life, Report, Step, legal_records, steps
from connectors.sec_edgar.forms import (
    ANNUAL_FORMS,
    is_amendment,
    is_current_report,
    is_deregistration,
    is_own,
    is_periodic,
    is_regular,
    went_on,
)

_ITEM_EVENTS = {
    "2.04": EventKind.DEBT_ACCELERATION,
    "2.06": EventKind.IMPAIRMENT,
    "3.01": EventKind.DELISTING_NOTICE,
    "4.01": EventKind.AUDITOR_CHANGE,
    "4.02": EventKind.NON_RELIANCE,
}
# Form 8-K, general instructions, as of 2023 (1.05 was the last to come); numbered so since 2004-08-23.
_ITEMS = frozenset(
    """1.01 1.02 1.03 1.04 1.05 2.01 2.02 2.03 2.04 2.05 2.06 3.01 3.02 3.03 4.01 4.02 5.01 5.02 5.03 5.04 5.05 5.06
    5.07 5.08 6.01 6.02 6.03 6.04 6.05 6.06 7.01 8.01 9.01""".split()
)
_NUMBERED_SINCE = date(2004, 8, 23)
_ARCHIVE = "https://www.sec.gov/Archives/edgar/data"
_TEXT_COLUMNS = (
    "accessionNumber",
    "filingDate",
    "reportDate",
    "form",
    "items",
    "primaryDocument",
    "primaryDocDescription",
)
# EDGAR took its first filings in 1993; a day before, or well after the day of asking, is a mistake of the list.
EDGAR_BEGAN = date(1990, 1, 1)
_AHEAD = timedelta(days=366)
# An amendment keeps the day of the event that it amends.
_EVENT_BEFORE = timedelta(days=3 * 366)
# How long an amendment of a bankruptcy report may follow on it.
_AMENDED_WITHIN = timedelta(days=3 * 365)


@dataclass(frozen=True)
class Row:
    """One filing as listed.

    Attributes:
        odd_day: True where the listed day of the event cannot be right, and the day of filing stands in for it.
    """

    reference: str
    form: str
    filed_on: date
    period_on: date | None
    items: tuple[str, ...]
    document: str
    title: str
    odd_day: bool = False

    @property
    def event_on(self) -> date:
        """The day of the event that is reported, or else of the report."""
        return self.period_on or self.filed_on

    @property
    def says_nothing(self) -> bool:
        """True for a report on form 8-K of which the list does not say what it reports."""
        return is_current_report(self.form) and self.filed_on >= _NUMBERED_SINCE and not self.items


@dataclass(frozen=True)
class Block:
    """A list of filings of one company, newest first.

    Attributes:
        listed: how many rows there were; one that is there twice, word for word, is one filing.
    """

    cik: str
    rows: tuple[Row, ...]
    listed: int

    @property
    def reaches_back_to(self) -> date | None:
        """Day of the oldest filing in the list."""
        return self.rows[-1].filed_on if self.rows else None

    @property
    def periodic_on(self) -> date | None:
        """Day of the newest periodic report in the list."""
        return next((row.filed_on for row in self.rows if is_periodic(row.form)), None)

    @property
    def regular_on(self) -> date | None:
        """Day of the newest annual or quarterly report in the list, of a foreign issuer too."""
        return next((row.filed_on for row in self.rows if is_regular(row.form)), None)

    @property
    def own_on(self) -> date | None:
        """Day of the newest report of the company itself."""
        return next((row.filed_on for row in self.rows if is_own(row.form)), None)


def read_day(fields: Fields, name: str, asked_on: date) -> date:
    """Take a day on which the SEC was there.

    Raises:
        SourceChanged: it is missing, is no day, or is one before EDGAR or in years to come.
    """
    day = fields.need_date(name)
    if not EDGAR_BEGAN <= day <= asked_on + _AHEAD:
        message = Text(
            en=f"A day in the SEC's list of filings cannot be right: {day}.", zh=f"SEC 申报清单中的日期有误：{day}。"
        )
        raise SourceChanged(message, context={"field": name, "given": str(day)}, remedy=CHECK_FORMAT)
    return day


def read_block(columns: Fields, cik: str, asked_on: date) -> Block:
    """Read a list of filings, which comes as columns of equal length.

    Raises:
        SourceChanged: a column is missing or shorter than the others, an 8-K has an item that does not exist, or a day
            cannot be right.
    """
    lists = {name: columns.need_list(name) for name in _TEXT_COLUMNS}
    if len({len(values) for values in lists.values()}) > 1:
        uneven = Text(
            en="The columns of the SEC's list of filings differ in length.",
            zh="SEC 申报清单（filings.recent）各列长度不一致。",
        )
        raise SourceChanged(uneven, context={"field": "filings.recent"}, remedy=CHECK_FORMAT)
    cells = [dict(zip(lists, values, strict=True)) for values in zip(*lists.values(), strict=True)]
    rows = dict.fromkeys(_read_row(row, asked_on) for row in cells)
    newest_first = tuple(sorted(rows, key=lambda row: (row.filed_on, row.reference), reverse=True))
    return Block(cik, newest_first, listed=len(cells))


def _read_row(cells: dict[str, object], asked_on: date) -> Row:
    fields = Fields(cells, "filings.recent")
    form, filed_on = fields.need_text("form"), read_day(fields, "filingDate", asked_on)
    items = tuple(item.strip() for item in (fields.pop_text("items") or "").split(",") if item.strip())
    if is_current_report(form) and filed_on >= _NUMBERED_SINCE and not _ITEMS.issuperset(items):
        unknown = ", ".join(sorted(set(items) - _ITEMS))
        raise SourceChanged(
            Text(
                en=f"A report on form 8-K has an item that is not known: {unknown[:60]}.",
                zh=f"SEC 的 8-K 报告含有未知事项编号：{unknown[:60]}。",
            ),
            context={"field": "filings.recent.items", "given": unknown[:60]},
            remedy=CHECK_FORMAT,
        )
    reference = fields.need_text("accessionNumber")
    if not re.fullmatch(r"\d{10}-\d{2}-\d{6}", reference):
        raise SourceChanged(
            Text(
                en="An accession number of the SEC has another form.",
                zh="SEC 申报编号（accessionNumber）的格式与预期不符。",
            ),
            context={"field": "filings.recent.accessionNumber"},
            remedy=CHECK_FORMAT,
        )
    period_on = fields.pop_date("reportDate")
    odd_day = period_on is not None and is_own(form) and not _may_be_period(form, period_on, filed_on)
    return Row(
        reference=reference,
        form=form,
        filed_on=filed_on,
        period_on=None if odd_day else period_on,
        items=items,
        document=fields.pop_text("primaryDocument") or "",
        title=fields.pop_text("primaryDocDescription") or "",
        odd_day=odd_day,
    )


def _may_be_period(form: str, period_on: date, filed_on: date) -> bool:
    earliest = filed_on - _EVENT_BEFORE if is_current_report(form) else EDGAR_BEGAN - _EVENT_BEFORE
    return earliest <= period_on <= filed_on


@dataclass(frozen=True)
class Reading:
    """How one list is read among the others of its company.

    Attributes:
        source: name of the source.
        asked_on: day of asking.
        newest: False where later filings are in another list, so that nothing can be said of how things stand.
        cut: True where earlier filings are in another list.
        reported_on: day of the newest annual or quarterly report in any later list, where one is known.
    """

    source: str
    asked_on: date
    newest: bool = True
    cut: bool = False
    reported_on: date | None = None


def filings_and_insolvency(block: Block, reading: Reading) -> tuple[AnyFact, ...]:
    """Return the filings that matter, and one insolvency record for each series of bankruptcy reports."""
    apart = reading.cut or not reading.newest
    series = steps(_bankruptcy_reports(block), earliest_known=block.reaches_back_to if apart else None)
    by_reference = {step.reference: step for one in series for step in one}
    reported = [row.filed_on for row in block.rows if is_regular(row.form)]
    if reading.reported_on is not None:
        reported.append(reading.reported_on)
    filings = [
        _filing(row, events, block.cik, reading.source)
        for row in block.rows
        if (events := _events(row, block, by_reference.get(row.reference), reported)) or row.form in ANNUAL_FORMS
    ]
    last = block.rows[0].filed_on if reading.newest and block.rows else None
    urls = {filing.reference: filing.url for filing in filings}
    own = block.own_on if reading.newest else None
    return (*filings, *legal_records(series, reading.source, Life(last, own, reading.asked_on), urls))


def _bankruptcy_reports(block: Block) -> list[Report]:
    return [
        Report(row.reference, row.event_on, frozenset(row.items))
        for row in block.rows
        if BANKRUPTCY_ITEM in _reported_items(row, block)
    ]


def _reported_items(row: Row, block: Block) -> tuple[str, ...]:
    """Items that this 8-K is the first to report; an amendment repeats those of the report it amends.

    An amendment has the event day of what it amends, or, where it tells of a bankruptcy, may have one of its own: no
    court is gone to a second time by an amendment.
    """
    if not is_current_report(row.form):
        return ()
    if not is_amendment(row.form):
        return row.items
    originals = [other for other in block.rows if is_current_report(other.form) and not is_amendment(other.form)]
    amended = {item for other in originals if other.event_on == row.event_on for item in other.items}
    if any(
        BANKRUPTCY_ITEM in other.items and row.filed_on - _AMENDED_WITHIN <= other.filed_on <= row.filed_on
        for other in originals
    ):
        amended.add(BANKRUPTCY_ITEM)
    return tuple(item for item in row.items if item not in amended)


def _events(row: Row, block: Block, step: Step | None, reported: Sequence[date]) -> tuple[FilingEvent, ...]:
    if is_deregistration(row.form):
        if went_on(row.filed_on, reported):
            return ()
        return (FilingEvent(kind=EventKind.DEREGISTRATION, on=row.filed_on),)
    if row.form.startswith("NT ") and not is_amendment(row.form):
        return (FilingEvent(kind=EventKind.LATE_FILING, on=row.filed_on),)
    events = [step.event] if step else []
    events += [
        FilingEvent(kind=_ITEM_EVENTS[item], on=row.event_on)
        for item in _reported_items(row, block)
        if item in _ITEM_EVENTS
    ]
    return tuple(events)


def _filing(row: Row, events: tuple[FilingEvent, ...], cik: str, source: str) -> Filing:
    folder = f"{_ARCHIVE}/{int(cik)}/{row.reference.replace('-', '')}"
    return Filing(
        source=source,
        reference=row.reference,
        form=row.form,
        filed_on=row.filed_on,
        period_on=row.period_on,
        items=row.items,
        title=row.title,
        url=f"{folder}/{row.document or row.reference + '-index.htm'}",
        events=events,
    )
