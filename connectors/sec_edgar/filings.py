"""Filings that matter for credit, and what they tell of distress.

Kept are annual reports, and filings with an event; all others (trades of insiders, prospectuses, proxy papers) are
not facts of ours. Forms 25 and 25-NSE are left out too: they are filed for every bond that leaves the exchange, by
Apple as by a company in trouble; a delisting shows in 8-K item 3.01 and, at its end, in form 15.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from admission.errors import SourceChanged
from admission.evidence.facts import AnyFact, EventKind, Filing, FilingEvent
from admission.model import Text
from connectors.kit import Fields
from connectors.kit.words import CHECK_FORMAT
from connectors.sec_edgar.bankruptcy import BANKRUPTCY_ITEM, Report, Step, legal_records, steps

ANNUAL_FORMS = frozenset(
    form + ending for form in ("10-K", "10-K405", "10-KSB", "10-KT", "20-F", "40-F") for ending in ("", "/A")
)
_DEREGISTRATION_FORMS = frozenset({"15-12B", "15-12G"})
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


@dataclass(frozen=True)
class Row:
    """One filing as listed."""

    reference: str
    form: str
    filed_on: date
    period_on: date | None
    items: tuple[str, ...]
    document: str
    title: str

    @property
    def event_on(self) -> date:
        """The day of the event that is reported, or else of the report."""
        return self.period_on or self.filed_on


@dataclass(frozen=True)
class Block:
    """A list of filings of one company, newest first."""

    cik: str
    rows: tuple[Row, ...]

    @property
    def reaches_back_to(self) -> date | None:
        """Day of the oldest filing in the list."""
        return self.rows[-1].filed_on if self.rows else None


def read_block(columns: Fields, cik: str) -> Block:
    """Read a list of filings, which comes as columns of equal length.

    Raises:
        SourceChanged: a column is missing or shorter than the others, or an 8-K has an item that does not exist.
    """
    lists = {name: columns.need_list(name) for name in _TEXT_COLUMNS}
    if len({len(values) for values in lists.values()}) > 1:
        uneven = Text(
            en="The columns of the SEC's list of filings differ in length.",
            zh="SEC 申报清单（filings.recent）各列长度不一致。",
        )
        raise SourceChanged(uneven, context={"field": "filings.recent"}, remedy=CHECK_FORMAT)
    rows = [_read_row(dict(zip(lists, values, strict=True))) for values in zip(*lists.values(), strict=True)]
    return Block(cik, tuple(sorted(rows, key=lambda row: (row.filed_on, row.reference), reverse=True)))


def _read_row(cells: dict[str, object]) -> Row:
    fields = Fields(cells, "filings.recent")
    form, filed_on = fields.need_text("form"), fields.need_date("filingDate")
    items = tuple(item.strip() for item in (fields.pop_text("items") or "").split(",") if item.strip())
    if form.startswith("8-K") and filed_on >= _NUMBERED_SINCE and not _ITEMS.issuperset(items):
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
    return Row(
        reference=reference,
        form=form,
        filed_on=filed_on,
        period_on=fields.pop_date("reportDate"),
        items=items,
        document=fields.pop_text("primaryDocument") or "",
        title=fields.pop_text("primaryDocDescription") or "",
    )


def filings_and_insolvency(block: Block, source: str, *, newest: bool = True, cut: bool = False) -> tuple[AnyFact, ...]:
    """Return the filings that matter, and one insolvency record for each series of bankruptcy reports.

    Args:
        block: the list of filings.
        source: name of the source.
        newest: False where later filings are in another list, so that nothing can be said of how things stand.
        cut: True where earlier filings are in another list.
    """
    series = steps(_bankruptcy_reports(block), earliest_known=block.reaches_back_to if cut or not newest else None)
    by_reference = {step.reference: step for one in series for step in one}
    filings = [
        _filing(row, events, block.cik, source)
        for row in block.rows
        if (events := _events(row, block, by_reference.get(row.reference))) or row.form in ANNUAL_FORMS
    ]
    last_filed_on = block.rows[0].filed_on if newest and block.rows else None
    return (
        *filings,
        *legal_records(series, source, last_filed_on, {filing.reference: filing.url for filing in filings}),
    )


def _bankruptcy_reports(block: Block) -> list[Report]:
    return [
        Report(row.reference, row.event_on, frozenset(row.items))
        for row in block.rows
        if BANKRUPTCY_ITEM in _reported_items(row, block)
    ]


def _reported_items(row: Row, block: Block) -> tuple[str, ...]:
    """Items that this 8-K is the first to report; an amendment repeats those of the report it amends."""
    if row.form == "8-K":
        return row.items
    if row.form != "8-K/A":
        return ()
    amended = {
        item for other in block.rows if other.event_on == row.event_on and other.form == "8-K" for item in other.items
    }
    return tuple(item for item in row.items if item not in amended)


def _events(row: Row, block: Block, step: Step | None) -> tuple[FilingEvent, ...]:
    if row.form in _DEREGISTRATION_FORMS:
        return (FilingEvent(kind=EventKind.DEREGISTRATION, on=row.filed_on),)
    if row.form.startswith("NT ") and not row.form.endswith("/A"):
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
