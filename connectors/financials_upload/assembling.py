"""From single readings to one statement a year: the best label counts; equally good ones that differ do not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from admission.evidence.facts import FinancialStatement
from admission.evidence.uploads import STATEMENTS_SOURCE, PreviewProblem, UploadedLine
from admission.model import Text
from connectors.financials_upload import wanted
from connectors.financials_upload.figures import years_before
from connectors.financials_upload.labels import AFTER_FINANCE_COST, StatementKind

FINANCE_COST = "财务费用"
STANDARDS = {True: "uploaded-zh", False: "uploaded-en"}


class Reading(NamedTuple):
    """The amounts of one line, by day.

    Attributes:
        line: its place among the lines of the preview.
        rank: how good its label is for the field; 0 is the best.
    """

    line: int
    field: str
    rank: int
    alias: str
    values: dict[date, Decimal]
    currency: str
    consolidated: bool | None
    kind: StatementKind | None
    chinese: bool


class Result(NamedTuple):
    """The statements, and the lines with what became of them."""

    statements: list[FinancialStatement]
    lines: list[UploadedLine]
    remarks: list[Text]
    problems: list[PreviewProblem]


class _Choice(NamedTuple):
    value: Decimal
    alias: str


def assemble(lines: Sequence[UploadedLine], readings: Sequence[Reading]) -> Result:
    """Make statements of readings.

    Where several lines state one field, the best label counts; equally good ones that differ make the field ambiguous,
    and it is left out.
    """
    result = Result([], list(lines), [], [])
    currencies = sorted({reading.currency for reading in readings if reading.currency})
    if len(currencies) > 1:
        result.problems.append(PreviewProblem(expected=wanted.one_currency(currencies)))
        return result
    if not all(reading.currency for reading in readings):
        # Said where the table begins; without a currency there is nothing to state.
        return result
    years = sorted({(day, reading.consolidated) for reading in readings for day in reading.values}, key=str)
    for day, consolidated in years:
        of_year = [item for item in readings if item.consolidated is consolidated and day in item.values]
        statement = _statement(day, consolidated, of_year, result)
        if statement is not None:
            result.statements.append(statement)
    return result


def _statement(
    day: date, consolidated: bool | None, readings: Sequence[Reading], result: Result
) -> FinancialStatement | None:
    chosen: dict[str, _Choice] = {}
    for name in dict.fromkeys(reading.field for reading in readings):
        choice = _choose(day, [reading for reading in readings if reading.field == name], result)
        if choice is not None:
            chosen[name] = choice
    if not chosen:
        return None
    basis = _add_back_finance_cost(chosen, readings, result)
    basis += _settle_interest(chosen, chinese=any(reading.chinese for reading in readings))
    flows = any(reading.kind != "balance" and reading.field in chosen for reading in readings)
    return FinancialStatement.model_validate(
        {
            "source": STATEMENTS_SOURCE,
            "period_start": years_before(day, 1) + timedelta(days=1) if flows else None,
            "period_end": day,
            "currency": readings[0].currency,
            "standard": STANDARDS[any(reading.chinese for reading in readings)],
            "consolidated": consolidated,
            "basis": "; ".join(basis),
            **{name: choice.value for name, choice in chosen.items()},
        }
    )


def _choose(day: date, readings: Sequence[Reading], result: Result) -> _Choice | None:
    best = min(reading.rank for reading in readings)
    first = [reading for reading in readings if reading.rank == best]
    for reading in readings:
        if reading.rank != best:
            why = Text(en=f"{first[0].alias} counts instead", zh=f"以“{first[0].alias}”为准")
            _mark(result, reading.line, "not_used", why)
    if len({reading.values[day] for reading in first}) > 1:
        for reading in first:
            why = Text(en=f"several lines differ for {day}", zh=f"{day} 有多行金额不一致")
            _mark(result, reading.line, "ambiguous", why)
        return None
    return _Choice(first[0].values[day], first[0].alias)


def _add_back_finance_cost(chosen: dict[str, _Choice], readings: Sequence[Reading], result: Result) -> list[str]:
    """Add finance cost back to the Chinese operating profit, which is struck after it."""
    after = chosen.pop(AFTER_FINANCE_COST, None)
    if after is None or "operating_profit" in chosen:
        return []
    lines = [reading.line for reading in readings if reading.field == AFTER_FINANCE_COST]
    cost = chosen.get("interest_expense")
    if cost is None:
        why = Text(
            en="it is struck after finance cost, and none is stated, so earnings before interest are not known",
            zh="营业利润已扣除财务费用，而报表未列示，无法得出息税前利润",
        )
        for line in lines:
            _mark(result, line, "not_used", why)
        return []
    chosen["operating_profit"] = _Choice(after.value + cost.value, after.alias)
    why = Text(en=f"{cost.alias} is added back to it", zh=f"已加回{cost.alias}")
    for line in lines:
        kept = result.lines[line]
        result.lines[line] = kept.model_copy(update={"field": "operating_profit", "note": why})
    return [f"operating_profit = {after.alias} + {cost.alias}"]


def _settle_interest(chosen: dict[str, _Choice], *, chinese: bool) -> list[str]:
    """Tell which line stands for interest; finance income is no interest, and a cost in brackets is still a cost."""
    cost = chosen.get("interest_expense")
    if cost is None:
        return []
    if cost.value < 0 and chinese:
        del chosen["interest_expense"]
        return [f"no interest_expense: {cost.alias} is net income"]
    if cost.value < 0:
        chosen["interest_expense"] = _Choice(-cost.value, cost.alias)
    return [f"interest_expense = {cost.alias}"]


def _mark(result: Result, line: int, understood: str, note: Text) -> None:
    result.lines[line] = result.lines[line].model_copy(update={"understood": understood, "note": note})
