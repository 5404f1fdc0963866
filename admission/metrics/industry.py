"""The house's own tables of industries: quartiles of figures, and levels of risk, by industry code.

A code has its scheme in front, such as `uk-sic:47110`. A row speaks of all codes of its scheme that begin like its own:
`uk-sic:47` covers `uk-sic:47110`; of several that do, the longest counts. Codes of different schemes are not compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self, TypeVar

from pydantic import AfterValidator, Field, model_validator

from admission.application import Day
from admission.errors import Invalid
from admission.model import Record, Text, left_out

CODE = r"[a-z][a-z0-9-]*:[A-Za-z0-9][A-Za-z0-9.]*"
MAX_FIGURE = Decimal(10) ** 9


def _with_scheme(code: str) -> str:
    if not re.fullmatch(CODE, code):
        raise Invalid(Text(en="a code with its scheme, such as uk-sic:47", zh="带分类体系的行业代码，如 uk-sic:47"))
    return code


IndustryCode = Annotated[str, AfterValidator(_with_scheme)]
Figure = Annotated[Decimal, Field(ge=-MAX_FIGURE, le=MAX_FIGURE, decimal_places=6)]
QuartileName = Literal["q1", "median", "q3"]


class Benchmark(Record):
    """Quartiles of one metric in one industry, as they were published or counted on a day."""

    code: IndustryCode
    metric: str
    q1: Figure
    median: Figure
    q3: Figure
    source: Annotated[str, Field(min_length=1)]
    date: Day

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.q1 <= self.median <= self.q3:
            raise Invalid(
                Text(en="q1 is at most the median, and that at most q3", zh="q1 不大于 median，median 不大于 q3")
            )
        return self

    def quartile(self, name: QuartileName) -> Decimal:
        """Return one of the quartiles."""
        return {"q1": self.q1, "median": self.median, "q3": self.q3}[name]


class IndustryRisk(Record):
    """Level of risk of one industry; the scale is the house's own."""

    code: IndustryCode
    level: Annotated[Decimal, Field(ge=0, le=MAX_FIGURE, decimal_places=6)]
    source: Annotated[str, Field(min_length=1)]
    date: Day


R = TypeVar("R", Benchmark, IndustryRisk)


class IndustryTables(Record):
    """Both tables, or those of their rows that one assessment looked up."""

    benchmarks: tuple[Benchmark, ...] = left_out(())
    risks: tuple[IndustryRisk, ...] = left_out(())

    def benchmark(self, code: str, metric: str, on: date) -> Benchmark | None:
        """Return the row for a metric of an industry on a day; None where the table has none."""
        return _nearest((row for row in self.benchmarks if row.metric == metric), code, on)

    def risk(self, code: str, on: date) -> IndustryRisk | None:
        """Return the row for the risk of an industry on a day; None where the table has none."""
        return _nearest(self.risks, code, on)

    def looked_up(self, code: str, metrics: Iterable[str], on: date) -> IndustryTables:
        """Return the tables with nothing but what they say of one industry on a day.

        Args:
            code: of the industry.
            metrics: whose benchmarks are asked for.
            on: the day; the newest row not after it counts.
        """
        rows = (self.benchmark(code, metric, on) for metric in sorted(set(metrics)))
        risk = self.risk(code, on)
        return IndustryTables(
            benchmarks=tuple(row for row in rows if row is not None), risks=() if risk is None else (risk,)
        )


def covers(beginning: str, code: str) -> bool:
    """True where an industry code is one of those that begin so."""
    return scheme(beginning) == scheme(code) and code.startswith(beginning)


def scheme(code: str) -> str:
    """Return the scheme of an industry code, such as `uk-sic`."""
    return code.partition(":")[0]


def longest(beginnings: Iterable[str], code: str) -> str | None:
    """Return the longest of some beginnings that covers a code; None where none does."""
    return max((one for one in beginnings if covers(one, code)), key=len, default=None)


def _nearest(rows: Iterable[R], code: str, on: date) -> R | None:
    found: Sequence[R] = [row for row in rows if row.date <= on and covers(row.code, code)]
    return max(found, key=lambda row: (len(row.code), row.date), default=None)
