"""Annual accounts out of the SEC's XBRL facts.

The accounts of a day are those of a balance sheet that an annual or transition report is about, or that a full year
ends on. The newest counts, also where no full year ends on it (a first year, a change of the year's end, a fresh start
after a bankruptcy): its flows then keep the period that they are of. Nothing is filled in by arithmetic, but for what
is intangible.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from admission.errors import SourceChanged
from admission.evidence.facts import YEAR_DAYS, Doubt, FinancialStatement, Untold
from admission.evidence.topics import Topic
from admission.model import Text
from connectors.kit.words import CHECK_FORMAT
from connectors.sec_edgar.concepts import BALANCE, FLOWS, MINORITY, REVENUE, TOTALS, used
from connectors.sec_edgar.figures import Figure, latest, narrower, pooled
from connectors.sec_edgar.intangibles import intangibles
from connectors.sec_edgar.revenue import revenues
from connectors.sec_edgar.values import Period, Report, Values, read_values

YEARS = 3
# Taxonomies of other things than accounts; one that is not known and has concepts of accounts is one renamed.
_KNOWN_TAXONOMIES = frozenset({"dei", "srt", "invest", "ecd", "ffd"})


@dataclass(frozen=True)
class Read:
    """What was read: statements, newest first; what is left open; fields that nobody read; remarks."""

    statements: tuple[FinancialStatement, ...]
    untold: tuple[Untold, ...] = ()
    leftover: frozenset[str] = frozenset()
    remarks: tuple[Text, ...] = ()


def statements(facts: object, source: str, asked_on: date) -> Read:
    """Read the newest three annual accounts.

    Args:
        facts: the table `facts` of the answer, by taxonomy.
        source: name of the source.
        asked_on: day of asking.

    Raises:
        SourceChanged: a row lacks its end, value, form, filing or filing day; total assets are in no currency; a
            taxonomy is not known and has accounts.
    """
    taxonomies = _table(facts, "facts")
    _refuse_renamed(taxonomies)
    read = [
        read_values(_table(taxonomies[standard], f"facts.{standard}"), standard, asked_on)
        for standard in BALANCE
        if standard in taxonomies
    ]
    leftover = {f"facts.{name}" for name in taxonomies if name not in BALANCE}
    leftover |= {column for values in read for column in values.unknown_columns}
    by_standard = [(values, [*_statements(values, source)]) for values in read]
    # A filer that has changed its standard goes on in the one of its newest accounts.
    values, newest = max(by_standard, key=_newest_day, default=(None, []))
    if values is None:
        return Read((), leftover=frozenset(leftover))
    untold, remarks = tuple(_unread_report(read, source)), tuple(_remarks(values, newest))
    return Read(tuple(newest), untold, frozenset(leftover), remarks)


def _table(entry: object, where: str) -> Mapping[str, object]:
    if isinstance(entry, Mapping):
        return entry
    message = Text(en="The SEC's table of accounts is not one.", zh="SEC 报表数据（facts）的格式与预期不符。")
    raise SourceChanged(message, context={"field": where}, remedy=CHECK_FORMAT)


def _newest_day(found: tuple[Values, list[FinancialStatement]]) -> tuple[date, date]:
    values, newest = found
    return newest[0].period_end if newest else date.min, values.newest_report_on or date.min


def _refuse_renamed(taxonomies: Mapping[str, object]) -> None:
    """Stop at accounts under a name that is not known: without them, older ones would seem to be the newest."""
    ours = {concept for standard in BALANCE for concept in used(standard)}
    for name, concepts in taxonomies.items():
        if name in _KNOWN_TAXONOMIES or name in BALANCE or not {*_table(concepts, f"facts.{name[:40]}")} & ours:
            continue
        message = Text(
            en=f"The SEC has accounts under a taxonomy that is not known: {name[:40]}.",
            zh=f"SEC 报表数据使用了未知的分类标准：{name[:40]}。",
        )
        raise SourceChanged(message, context={"field": f"facts.{name[:40]}"}, remedy=CHECK_FORMAT)


def _unread_report(read: Iterable[Values], source: str) -> Iterator[Untold]:
    """Leave the accounts open where the newest annual report states nothing that is read: older ones are not newest."""
    filed = [values.newest_report_on for values in read if values.newest_report_on]
    known = [report.filed_on for values in read for report in values.reports]
    if filed and max(filed) > max(known, default=date.min):
        why = Text(
            en=f"the annual report of {max(filed)} at the SEC states no figure that is read",
            zh=f"SEC {max(filed)} 的年度报告中没有可读取的报表数据",
        )
        yield Untold(source=source, topics=(Topic.ACCOUNTS,), why=why)


def _statements(values: Values, source: str) -> Iterator[FinancialStatement]:
    """Yield the accounts of the newest days, all in the currency of the newest report."""
    currency = _currency(values)
    if currency is None:
        return
    days = _days(values, currency)[:YEARS]
    periods = [(_start(values, currency, day), day) for day in days]
    net_incomes = {day: _figure(values, "net_income", currency, (start, day)) for start, day in periods}
    incomes = {day: figure.amount for day, figure in net_incomes.items()}
    revenue = revenues(values, currency, periods, incomes)
    for period in periods:
        yield _statement(values, currency, period, source, {"revenue": revenue[period]})


def _currency(values: Values) -> str | None:
    """The currency that the newest report has its comparatives in; what it adds in another is a translation.

    Filers abroad translate their newest year into dollars for convenience, and that year only.
    """
    if not values.reports:
        return None
    newest = max(values.reports, key=lambda report: (_day_of(values, report) or date.min, report))

    def rank(currency: str) -> tuple[int, int, bool, str]:
        rows = [period for period, value in values.rows(used(values.standard), currency) if value.report == newest]
        days = {end for start, end in rows if start is None or (end - start).days in YEAR_DAYS}
        return len(days), len(rows), currency != "USD", currency

    return max(values.currencies, key=rank, default=None)


def _day_of(values: Values, report: Report, currency: str | None = None) -> date | None:
    """The day that a report is about: the newest that many of its balances or flows are of.

    A single balance of a later day is an event after the year's end; a single one that lacks does not make the report
    one about the year before.
    """
    standard = values.standard
    balance = {concept for concepts in BALANCE[standard].values() for concept in concepts} | {*TOTALS[standard]}
    about: list[date] = []
    for concepts in (balance, _flow_concepts(standard)):
        days = Counter(
            end
            for name in (values.currencies if currency is None else (currency,))
            for (_, end), value in values.rows(concepts, name)
            if value.report == report
        )
        many = max(days.values(), default=0)
        about += [day for day, count in days.items() if count * 2 >= many]
    return max(about, default=None)


def _days(values: Values, currency: str) -> list[date]:
    """Days of accounts, newest first: what each report is about, and balance sheets that a full year ends on."""
    about = {day for report in values.reports if (day := _day_of(values, report, currency))}
    years = {
        end
        for (start, end), _ in values.rows(_flow_concepts(values.standard), currency)
        if start is not None and (end - start).days in YEAR_DAYS
    }
    totals = {end for (_, end), _ in values.rows(TOTALS[values.standard], currency)}
    return sorted(about | (years & totals), reverse=True)


def _flow_concepts(standard: str) -> set[str]:
    return {concept for concepts in (*FLOWS[standard].values(), REVENUE[standard]) for concept in concepts}


def _start(values: Values, currency: str, day: date) -> date | None:
    """First day of the period that most flows to a day are of; of equals a year, then the longest."""
    counted = Counter(
        start
        for concept in _flow_concepts(values.standard)
        for start, end in values.of(concept, currency)
        if end == day and start is not None
    )
    return max(
        counted, key=lambda start: (counted[start], (day - start).days in YEAR_DAYS, (day - start).days), default=None
    )


def _figure(values: Values, name: str, currency: str, period: Period) -> Figure:
    standard = values.standard
    concepts = BALANCE[standard].get(name) or FLOWS[standard][name]
    figure = latest(values, concepts, currency, period)
    if figure.amount is None or figure.concept == concepts[0]:
        return figure
    if (why := narrower(values, figure, concepts, currency, period[1])) is not None:
        return Figure(concept=figure.concept, why=why)
    for concept in MINORITY[standard].get(name, ()):
        others = latest(values, (concept,), currency, period)
        if others.open or others.amount:
            why = Text(
                en=f"the SEC has {figure.concept} of the parent's owners alone, and {concept} beside it",
                zh=f"SEC 仅列示归属于母公司的 {figure.concept}，另有 {concept}",
            )
            return Figure(concept=figure.concept, why=why)
    return figure


def _statement(
    values: Values, currency: str, period: tuple[date | None, date], source: str, read: dict[str, Figure]
) -> FinancialStatement:
    standard, (start, end) = values.standard, period
    figures = {**read, "total_assets": pooled(values, TOTALS[standard], currency, (None, end))}
    figures |= {name: _figure(values, name, currency, (None, end)) for name in BALANCE[standard]}
    figures |= {name: _figure(values, name, currency, period) for name in FLOWS[standard]}
    whys = {name: figure.why for name, figure in figures.items() if figure.why} | values.doubts
    carried = intangibles(values, currency, end)
    if carried.why is not None:
        whys.setdefault("intangible_assets", carried.why)
    amounts: dict[str, Decimal | None] = {name: figure.amount for name, figure in figures.items()}
    amounts |= {"goodwill": carried.goodwill, "intangible_assets": carried.intangible_assets}
    return FinancialStatement.model_validate(
        {
            "source": source,
            "period_start": start,
            "period_end": end,
            "currency": currency,
            "standard": standard,
            "filed_on": _first_filed_on(values, currency, end),
            **amounts,
            **dict.fromkeys(whys),
            "basis": carried.basis,
            "doubts": tuple(Doubt(figure=name, why=why) for name, why in sorted(whys.items())),
        }
    )


def _first_filed_on(values: Values, currency: str, day: date) -> date | None:
    """The day on which the accounts of a day were first filed."""
    for concepts in (TOTALS[values.standard], used(values.standard)):
        filed = [value.report.filed_on for (_, end), value in values.rows(concepts, currency) if end == day]
        if filed:
            return min(filed)
    return None


def _remarks(values: Values, read: list[FinancialStatement]) -> Iterator[Text]:
    if values.left_out:
        told = ", ".join(f"{report.form} {report.filed_on}" for report in values.left_out[-3:])
        yield Text(
            en=f"Amendments without a balance sheet restate nothing, and were left out: {told}.",
            zh=f"以下修订申报不含资产负债表，未予采用：{told}。",
        )
    if not read:
        return
    newest = read[0]
    others = [name for name in values.currencies if name != newest.currency]
    if others:
        listed = ", ".join(others)
        yield Text(
            en=f"The accounts are in {newest.currency}. Amounts in {listed} at the SEC are a translation, and were left"
            " out.",
            zh=f"报表币种为 {newest.currency}；SEC 所列 {listed} 金额为折算数，未予采用。",
        )
    start, end = newest.period_start, newest.period_end
    if start is not None and (end - start).days not in YEAR_DAYS:
        days = (end - start).days + 1
        yield Text(
            en=f"The newest accounts are of {days} days ({start} to {end}); their flows are not those of a year.",
            zh=f"最近一期报表所属期间为 {days} 天（{start} 至 {end}），损益并非全年数。",
        )
