"""The values that annual reports state, as companyfacts lists them.

A value is named by taxonomy, concept, unit and period; `fy` and `fp` describe the filing that repeats it, not the
period, and are not used.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from admission.errors import SourceChanged
from admission.model import Text
from admission.money import CURRENCIES
from connectors.kit import Fields
from connectors.kit.words import CHECK_FORMAT
from connectors.sec_edgar.concepts import TOTALS, instants, looks_intangible, stands_beside_sales, used
from connectors.sec_edgar.filings import EDGAR_BEGAN
from connectors.sec_edgar.forms import ANNUAL_FORMS, is_amendment

_TOTAL_ASSETS = "Assets"
_ACCESSION = re.compile(r"\d{10}-\d{2}-\d{6}")
_DAY = re.compile(r"[12]\d{3}-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])")
_CONCEPT = re.compile(r"[A-Z][A-Za-z0-9]*")
# No filer had a year that began before; what says so is a day that means none.
_EARLIEST = date(1900, 1, 1)
# A mistake in an old report does not touch the accounts that are read.
_RECENT = timedelta(days=5 * 366)

Period = tuple[date | None, date]


class Report(NamedTuple):
    """One annual report. Ordered by what counts: the latest filed, an amendment after what it amends."""

    filed_on: date
    amends: bool
    form: str


class Stated(NamedTuple):
    """One value, and the report that states it."""

    report: Report
    amount: Decimal


@dataclass
class Values:
    """All values of a filer by one standard that annual reports state.

    Attributes:
        stated: by concept, currency and period, each as often as it was filed.
        doubts: why figures cannot be told, by figure: rows that cannot be right, or concepts that may be renamed.
        unknown_columns: columns of the rows that nobody knows yet.
        reports: the annual reports that the values are of.
        left_out: amendments that have no balance sheet.
        newest_report_on: day of the newest annual report that states anything at all; amendments are none.
    """

    standard: str
    stated: dict[tuple[str, str], dict[Period, list[Stated]]] = field(default_factory=dict)
    doubts: dict[str, Text] = field(default_factory=dict)
    unknown_columns: set[str] = field(default_factory=set)
    reports: tuple[Report, ...] = ()
    left_out: tuple[Report, ...] = ()
    newest_report_on: date | None = None

    @property
    def currencies(self) -> tuple[str, ...]:
        """The currencies that values are in."""
        return tuple(sorted({currency for _, currency in self.stated}))

    def of(self, concept: str, currency: str) -> Mapping[Period, list[Stated]]:
        """Return the values of one concept by period."""
        return self.stated.get((concept, currency), {})

    def rows(self, concepts: Iterable[str], currency: str) -> Iterator[tuple[Period, Stated]]:
        """Yield all values of several concepts in one currency."""
        for concept in concepts:
            for period, values in self.of(concept, currency).items():
                for value in values:
                    yield period, value


def read_values(taxonomy: Mapping[str, object], standard: str, asked_on: date) -> Values:
    """Read the values of the concepts we use, and of those that may stand beside them.

    Args:
        taxonomy: the concepts of one standard, by name.
        standard: `us-gaap` or `ifrs-full`.
        asked_on: day of asking.

    Raises:
        SourceChanged: a row lacks its end, value, form, filing or filing day; total assets are in no currency; a filing
            has two forms or days; a name is none of XBRL.
    """
    reader = _Reader(standard, asked_on)
    for concept, entry in taxonomy.items():
        reader.read(concept, entry)
    return reader.finish()


class _Reader:
    """Reads concept by concept, and checks what holds over all of them."""

    def __init__(self, standard: str, asked_on: date) -> None:
        self.values = Values(standard)
        self.figures = used(standard)
        self.instants = instants(standard)
        self.asked_on = asked_on
        self._filings: dict[str, tuple[str, date]] = {}
        self._odd: list[tuple[str, date, Text]] = []
        self._nearly = _nearly(self.figures)
        self._newest = ""

    def read(self, concept: str, entry: object) -> None:
        where = f"facts.{self.values.standard}.{concept}"
        if not _CONCEPT.fullmatch(concept):
            message = Text(
                en="A concept at the SEC has a name that XBRL does not allow.", zh="SEC 报表科目名称不合规。"
            )
            raise SourceChanged(message, context={"field": where[:120]}, remedy=CHECK_FORMAT)
        self._newest = max(self._newest, _newest_annual(entry))
        if concept in self.figures:
            self._read_rows(concept, Fields(entry, where), self.figures[concept])
        elif (meant := self._renamed(concept, entry)) is not None:
            why = Text(
                en=f"the SEC lists {concept}, which may be another name of {meant}",
                zh=f"SEC 所列科目 {concept} 可能是 {meant} 的另一名称",
            )
            self.values.doubts.setdefault(self.figures[meant], why)
        elif stands_beside_sales(concept):
            self._read_rows(concept, Fields(entry, where), "revenue")
        elif looks_intangible(concept):
            self._read_rows(concept, Fields(entry, where), "intangible_assets")

    def _renamed(self, concept: str, entry: object) -> str | None:
        """The concept of ours that this one may be: its name is but a letter off, or its label is the same."""
        if (meant := self._nearly.get(concept.casefold())) is not None:
            return meant
        label = entry.get("label") if isinstance(entry, Mapping) else None
        return self._nearly.get(f"={_letters(label)}") if isinstance(label, str) else None

    def _read_rows(self, concept: str, entry: Fields, figure: str) -> None:
        units = entry.need_fields("units")
        names = units.names
        currencies = [unit for unit in names if unit in CURRENCIES]
        if concept == _TOTAL_ASSETS and not currencies:
            raise SourceChanged(
                Text(
                    en="Total assets at the SEC are in no currency that is known.",
                    zh="SEC 所列总资产的币种均无法识别。",
                ),
                context={"field": f"facts.{self.values.standard}.{concept}.units"},
                remedy=CHECK_FORMAT,
            )
        rows = [(unit, row) for unit in names for row in units.need_rows(unit)]
        if not rows:
            message = Text(en="A concept at the SEC has no values.", zh="SEC 报表科目没有任何数值。")
            raise SourceChanged(message, context={"field": f"facts.{concept}.units"}, remedy=CHECK_FORMAT)
        for unit, row in rows:
            self._read_row(row, concept, unit if unit in CURRENCIES else None, figure)

    def _read_row(self, row: Fields, concept: str, currency: str | None, figure: str) -> None:
        form, start, end = row.need_text("form"), row.pop_date("start"), row.need_date("end")
        filed_on, amount = row.need_date("filed"), row.need_decimal("val")
        self._check_filing(row.need_text("accn"), form, filed_on)
        for repeated in ("fy", "fp", "frame"):
            row.pop(repeated)
        self.values.unknown_columns.update(f"facts[].{name}" for name in row.names)
        if form not in ANNUAL_FORMS:
            return
        instant = start is None
        if concept in self.figures and instant is not (concept in self.instants):
            message = Text(en="A value at the SEC has another kind of period.", zh="SEC 报表数值的期间类型与预期不符。")
            raise SourceChanged(message, context={"field": f"{concept}[].start"}, remedy=CHECK_FORMAT)
        if currency is None or not _EARLIEST <= (start or end) <= end <= filed_on:
            why = Text(
                en=f"the SEC lists a value of {concept} with a unit or a period that cannot be right"
                f" (filed {filed_on})",
                zh=f"SEC 所列 {concept} 的一项数值单位或期间有误（提交于 {filed_on}）",
            )
            self._odd.append((figure, filed_on, why))
            return
        value = Stated(Report(filed_on, is_amendment(form), form), amount)
        self.values.stated.setdefault((concept, currency), {}).setdefault((start, end), []).append(value)

    def _check_filing(self, accession: str, form: str, filed_on: date) -> None:
        """One filing has one form and one day, however many values it states."""
        known = self._filings.setdefault(accession, (form, filed_on))
        right = _ACCESSION.fullmatch(accession) and EDGAR_BEGAN <= filed_on <= self.asked_on + timedelta(days=366)
        if known != (form, filed_on) or not right:
            message = Text(
                en=f"A filing at the SEC has two forms or days, or one that cannot be right: {accession[:24]}.",
                zh=f"SEC 同一申报的表格或日期前后不一致，或有误：{accession[:24]}。",
            )
            raise SourceChanged(message, context={"field": "facts[].accn"}, remedy=CHECK_FORMAT)

    def finish(self) -> Values:
        """Put aside what restates nothing, and tell which figures the rows that cannot be right touch."""
        values = self.values
        reports = {value.report for periods in values.stated.values() for some in periods.values() for value in some}
        totals = TOTALS[values.standard]
        balanced = {value.report for currency in values.currencies for _, value in values.rows(totals, currency)}
        values.left_out = tuple(sorted(report for report in reports if report.amends and report not in balanced))
        values.reports = tuple(sorted(reports - {*values.left_out}))
        if values.left_out:
            values.stated = _without(values.stated, values.left_out)
        values.newest_report_on = date.fromisoformat(self._newest) if self._newest else None
        newest = max((filed_on for _, filed_on in self._filings.values()), default=date.min)
        for figure, filed_on, why in self._odd:
            if newest - filed_on <= _RECENT:
                values.doubts.setdefault(figure, why)
        return values


def _without(
    stated: Mapping[tuple[str, str], Mapping[Period, list[Stated]]], left_out: Collection[Report]
) -> dict[tuple[str, str], dict[Period, list[Stated]]]:
    kept: dict[tuple[str, str], dict[Period, list[Stated]]] = {}
    for key, periods in stated.items():
        rest = {
            period: some
            for period, values in periods.items()
            if (some := [value for value in values if value.report not in left_out])
        }
        if rest:
            kept[key] = rest
    return kept


def _newest_annual(entry: object) -> str:
    """Day of the newest annual report among the rows of any concept, read or not; empty where there is none."""
    units = entry.get("units") if isinstance(entry, Mapping) else None
    rows = [row for some in units.values() if isinstance(some, list) for row in some] if isinstance(units, dict) else []
    filed = (
        str(row.get("filed"))
        for row in rows
        if isinstance(row, Mapping) and (form := str(row.get("form"))) in ANNUAL_FORMS and not is_amendment(form)
    )
    return max((day for day in filed if _DAY.fullmatch(day)), default="")


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", text.casefold())


def _nearly(concepts: Iterable[str]) -> dict[str, str]:
    """Names a letter off from those we use, and labels (behind "="), each with the concept that it may stand for."""
    near: dict[str, str] = {}
    for concept in concepts:
        name = concept.casefold()
        near[f"={_letters(name)}"] = concept
        near[name] = concept
        near |= {f"{name}{letter}": concept for letter in "abcdefghijklmnopqrstuvwxyz0123456789"}
        near |= {f"{letter}{name}": concept for letter in "abcdefghijklmnopqrstuvwxyz"}
        near |= {name[:place] + name[place + 1 :]: concept for place in range(len(name))}
    return near
