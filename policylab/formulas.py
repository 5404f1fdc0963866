"""Formulas of a map: names of columns, numbers, + - * / and brackets, and nothing else; nothing is executed.

A name that holds spaces or signs stands in quotes: `'net profit' / 'total assets'`. A quotient is unknown where what it
is divided by is zero or less, as the metrics of a case are (`admission.metrics.ratios`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from admission.errors import Invalid
from admission.model import Text
from policylab.tables import Floats

LONGEST = 500
DEEPEST = 40

Operator = Literal["+", "-", "*", "/"]

# Signs that people type in place of those of a formula.
_SAME = str.maketrans({"（": "(", "）": ")", "×": "*", "÷": "/", "＋": "+", "－": "-", "−": "-", "＊": "*", "／": "/"})
_TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?(?![\w.])|\.\d+)
    |(?P<name>[^\W\d][\w.]*)
    |(?P<quoted>'[^']*'|"[^"]*"|`[^`]*`)
    |(?P<sign>[-+*/()（）×÷＋－−＊／]))""",
    re.VERBOSE,
)
_TOO_LONG = Text(en=f"a formula of at most {LONGEST} characters", zh=f"公式不超过 {LONGEST} 个字符")
_TOO_DEEP = Text(en=f"at most {DEEPEST} brackets inside each other", zh=f"括号嵌套不超过 {DEEPEST} 层")
_NOT_CLOSED = Text(en="a closing bracket for each opening one", zh="括号须成对")
_BY_ZERO = Text(en="a divisor other than 0", zh="除数不能为 0")
_GRAMMAR = Text(
    en="a column or a formula of columns, numbers, + - * / and brackets; names with spaces or signs stand in quotes",
    zh="列名，或由列名、数字、+ - * / 和括号组成的公式；含空格或符号的列名须加引号",
)


@dataclass(frozen=True)
class Number:
    """A number that stands in the formula."""

    value: float


@dataclass(frozen=True)
class Column:
    """What stands in a column."""

    name: str


@dataclass(frozen=True)
class Operation:
    """Two parts added, subtracted, multiplied or divided."""

    operator: Operator
    left: Formula
    right: Formula


Formula = Number | Column | Operation


def parse_formula(text: str) -> Formula:
    """Return a formula as its parts.

    Raises:
        Invalid: it is none, with what one is made of.
    """
    if len(text) > LONGEST:
        raise Invalid(_TOO_LONG)
    tokens = _Tokens(text)
    formula = _sum(tokens, 0)
    if tokens.next is not None:
        raise Invalid(_GRAMMAR)
    return formula


def columns_of(formula: Formula) -> Iterator[str]:
    """Return the columns that a formula names, in the order of their naming."""
    if isinstance(formula, Column):
        yield formula.name
    elif isinstance(formula, Operation):
        yield from columns_of(formula.left)
        yield from columns_of(formula.right)


def evaluate(formula: Formula, column: Callable[[str], Floats]) -> Floats:
    """Return what a formula comes to, row by row.

    Args:
        formula: the formula.
        column: gives the figures of a column, NaN where not known.

    Returns:
        NaN where a part is not known, where a divisor is zero or less, or where the result is beyond all bounds.
    """
    with np.errstate(all="ignore"):
        found = np.asarray(_evaluate(formula, column), np.float64)
    return np.where(np.isfinite(found), found, np.nan)


def _evaluate(formula: Formula, column: Callable[[str], Floats]) -> Floats | float:
    if isinstance(formula, Number):
        return formula.value
    if isinstance(formula, Column):
        return column(formula.name)
    left, right = _evaluate(formula.left, column), _evaluate(formula.right, column)
    if formula.operator == "+":
        return left + right
    if formula.operator == "-":
        return left - right
    if formula.operator == "*":
        return left * right
    return left / _divisor(right)


def _divisor(value: Floats | float) -> Floats | float:
    """A figure of the table means nothing as a divisor where it is not above 0; a number of the formula does."""
    return value if isinstance(value, float) else np.where(value > 0, value, np.nan)


class _Tokens:
    """The parts of a text, one after the other."""

    def __init__(self, text: str) -> None:
        self._text = text.rstrip()
        self._place = 0
        self.kind = ""
        self.next: str | None = None
        self.step()

    def step(self) -> None:
        if self._place >= len(self._text):
            self.next = None
            return
        found = _TOKEN.match(self._text, self._place)
        if found is None:
            raise Invalid(_GRAMMAR)
        self._place = found.end()
        self.kind = str(found.lastgroup)
        self.next = found[self.kind].translate(_SAME) if self.kind == "sign" else found[self.kind]

    def take(self, signs: str) -> str | None:
        """Return the next sign where it is one of these, and go on."""
        if self.next is None or self.kind != "sign" or self.next not in signs:
            return None
        taken = self.next
        self.step()
        return taken


def _sum(tokens: _Tokens, depth: int) -> Formula:
    found = _product(tokens, depth)
    while (sign := tokens.take("+-")) is not None:
        found = Operation("+" if sign == "+" else "-", found, _product(tokens, depth))
    return found


def _product(tokens: _Tokens, depth: int) -> Formula:
    found = _part(tokens, depth)
    while (sign := tokens.take("*/")) is not None:
        part = _part(tokens, depth)
        if sign == "/" and _is_zero(part):
            raise Invalid(_BY_ZERO)
        found = Operation("*" if sign == "*" else "/", found, part)
    return found


def _part(tokens: _Tokens, depth: int) -> Formula:
    if depth > DEEPEST:
        raise Invalid(_TOO_DEEP)
    if tokens.take("-") is not None:
        part = _part(tokens, depth + 1)
        return Number(-part.value) if isinstance(part, Number) else Operation("*", Number(-1.0), part)
    if tokens.take("(") is not None:
        inside = _sum(tokens, depth + 1)
        if tokens.take(")") is None:
            raise Invalid(_NOT_CLOSED)
        return inside
    if tokens.next is None or tokens.kind == "sign":
        raise Invalid(_GRAMMAR)
    text, kind = tokens.next, tokens.kind
    tokens.step()
    if kind == "number":
        return Number(float(text))
    return Column(text if kind == "name" else text[1:-1])


def _is_zero(formula: Formula) -> bool:
    """True where a divisor holds no column and comes to 0."""
    if any(True for _ in columns_of(formula)):
        return False
    found = evaluate(formula, lambda _: np.zeros(0))
    return not bool(np.isfinite(found)) or float(found) == 0
