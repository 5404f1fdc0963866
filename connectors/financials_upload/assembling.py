"""From single readings to one statement a year: the best label counts; equally good ones that differ do not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from admission.evidence.facts import Doubt, FinancialStatement
from admission.evidence.uploads import STATEMENTS_SOURCE, PreviewProblem, UploadedLine
from admission.model import Text
from connectors.financials_upload import doubts, wanted
from connectors.financials_upload.days import years_before
from connectors.financials_upload.labels import AFTER_FINANCE_COST, SYNONYMS
from connectors.financials_upload.lines import Reading

FINANCE_COST = "财务费用"
# Written as a cost, in brackets or not, by those who strike operating profit before it.
_COSTS = ("融资成本", "财务成本")
STANDARDS = {True: "uploaded-zh", False: "uploaded-en"}


class Result(NamedTuple):
    """The statements, and the lines with what became of them."""

    statements: list[FinancialStatement]
    lines: list[UploadedLine]
    remarks: list[Text]
    problems: list[PreviewProblem]


class _Choice(NamedTuple):
    value: Decimal
    alias: str
    rank: int = 0


class _Year(NamedTuple):
    """One set of accounts in the making."""

    day: date
    readings: list[Reading]
    chosen: dict[str, _Choice]
    left_open: dict[str, Text]

    @property
    def chinese(self) -> bool:
        return any(reading.chinese for reading in self.readings)


def assemble(lines: Sequence[UploadedLine], readings: Sequence[Reading]) -> Result:
    """Make statements of readings.

    Where several lines state one field, the best label counts; equally good ones that differ make the field ambiguous,
    and it is left out.
    """
    result = Result([], list(lines), [], [])
    used = [reading for reading in readings if reading.field is not None]
    currencies = sorted({reading.currency for reading in used if reading.currency})
    if len(currencies) > 1:
        result.problems.append(PreviewProblem(expected=wanted.one_currency(currencies)))
        return result
    if not all(reading.currency for reading in used):
        # Said where the table begins; without a currency there is nothing to state.
        return result
    years = sorted({(day, item.consolidated) for item in used for day in (*item.values, *item.doubts)}, key=str)
    for day, consolidated in years:
        statement = _statement(
            day, consolidated, [item for item in readings if item.consolidated is consolidated], result
        )
        if statement is not None:
            result.statements.append(statement)
    return result


def _statement(
    day: date, consolidated: bool | None, readings: list[Reading], result: Result
) -> FinancialStatement | None:
    year = _Year(day, readings, {}, {})
    used = [reading for reading in readings if reading.field is not None and _speaks_of(reading, day)]
    for name in dict.fromkeys(reading.field for reading in used if reading.field is not None):
        _choose(name, [reading for reading in used if reading.field == name], year, result)
    if not year.chosen:
        return None
    flows = any(reading.kind != "balance" and reading.field in year.chosen for reading in used)
    basis = _settle_profit(year, result)
    _settle_intangibles(year)
    for name in year.chosen:
        year.left_open.pop(name, None)
    currency = next(reading.currency for reading in used)
    return FinancialStatement.model_validate(
        {
            "source": STATEMENTS_SOURCE,
            "period_start": years_before(day, 1) + timedelta(days=1) if flows else None,
            "period_end": day,
            "currency": currency,
            "standard": STANDARDS[any(reading.chinese for reading in used)],
            "consolidated": consolidated,
            "basis": "; ".join(basis),
            "doubts": tuple(Doubt(figure=name, why=why) for name, why in sorted(year.left_open.items())),
            **{name: choice.value for name, choice in year.chosen.items()},
        }
    )


def _speaks_of(reading: Reading, day: date) -> bool:
    return day in reading.values or day in reading.doubts or day in reading.blanks


def _choose(name: str, readings: list[Reading], year: _Year, result: Result) -> None:
    day = year.day
    stated = [reading for reading in readings if day in reading.values]
    doubted = next((reading.doubts[day] for reading in readings if day in reading.doubts), None)
    if doubted is not None:
        year.left_open[doubts.figure_of(name)] = doubted
        return
    if not stated:
        return
    best = min(reading.rank for reading in stated)
    first = [reading for reading in stated if reading.rank == best]
    rivals = stated if name in SYNONYMS else first
    if len({reading.values[day] for reading in rivals}) > 1:
        why = Text(en=f"several lines differ for {day}", zh=f"{day} 有多行金额不一致")
        for reading in rivals:
            _mark(result, reading.line, "ambiguous", why)
        year.left_open[doubts.figure_of(name)] = why
        return
    for reading in stated:
        if reading.rank != best:
            why = Text(en=f"{first[0].label} counts instead", zh=f"以“{first[0].label}”为准")
            _mark(result, reading.line, "not_used", why)
    doubt = doubts.doubt_of_fallback(readings, first[0], day)
    if doubt is not None:
        year.left_open[doubts.figure_of(name)] = doubt
        return
    year.chosen[name] = _Choice(first[0].values[day], first[0].label, best)


def _settle_profit(year: _Year, result: Result) -> list[str]:
    """Settle interest, and earnings before it; return what they were taken from."""
    cost = year.chosen.get("interest_expense")
    stated = cost is not None and cost.alias not in (FINANCE_COST, *_COSTS)
    why = doubts.doubt_of_interest(year.readings, year.day, stated=stated)
    if why is not None:
        year.left_open["interest_expense"] = why
        year.chosen.pop("interest_expense", None)
    basis = _add_back_finance_cost(year, result)
    return basis + _settle_interest(year)


def _add_back_finance_cost(year: _Year, result: Result) -> list[str]:
    """Add finance cost back to the Chinese operating profit, which is struck after it."""
    after = year.chosen.pop(AFTER_FINANCE_COST, None)
    if after is None or "operating_profit" in year.chosen:
        return []
    lines = [reading.line for reading in year.readings if reading.field == AFTER_FINANCE_COST]
    cost = year.chosen.get("interest_expense")
    if cost is None:
        why = year.left_open.get("interest_expense") or Text(
            en="it is struck after finance cost, and none is stated, so earnings before interest are not known",
            zh="营业利润已扣除财务费用，而报表未列示，无法得出息税前利润",
        )
        year.left_open.setdefault("operating_profit", why)
        for line in lines:
            _mark(result, line, "not_used", why)
        return []
    year.chosen["operating_profit"] = _Choice(after.value + cost.value, after.alias)
    why = Text(en=f"{cost.alias} is added back to it", zh=f"已加回{cost.alias}")
    for line in lines:
        kept = result.lines[line]
        result.lines[line] = kept.model_copy(update={"field": "operating_profit", "note": why})
    return [f"operating_profit = {after.alias} + {cost.alias}"]


def _settle_interest(year: _Year) -> list[str]:
    """Tell which line stands for interest; finance income is no interest, and a cost in brackets is still a cost."""
    cost = year.chosen.get("interest_expense")
    if cost is None:
        return []
    if cost.value < 0 and year.chinese and cost.alias not in _COSTS:
        del year.chosen["interest_expense"]
        return [f"no interest_expense: {cost.alias} is net income"]
    if cost.value < 0:
        year.chosen["interest_expense"] = _Choice(-cost.value, cost.alias)
    return [f"interest_expense = {cost.alias}"]


def _settle_intangibles(year: _Year) -> None:
    """Leave open what intangibles there are where a line of them, or what may be one, could not be read."""
    if any(name in year.left_open for name in doubts.INTANGIBLES):
        return
    why = doubts.doubt_of_intangibles(year.readings, year.day)
    if why is not None:
        name = "intangible_assets" if "intangible_assets" not in year.chosen else "goodwill"
        year.left_open[name] = why
        year.chosen.pop(name, None)


def _mark(result: Result, line: int, understood: str, note: Text) -> None:
    result.lines[line] = result.lines[line].model_copy(update={"understood": understood, "note": note})
