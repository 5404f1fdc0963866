"""Formulas of a map: a golden table, what is refused, and the laws of arithmetic on random ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.errors import Invalid
from policylab.formulas import DEEPEST, LONGEST, Column, Formula, Number, Operation, columns_of, evaluate, parse_formula
from policylab.tables import Floats
from tests.languages import is_chinese

COLUMNS = {
    "ca": np.array([6.0, 4.0, np.nan]),
    "cl": np.array([3.0, 0.0, 2.0]),
    "net profit": np.array([-1.0, 2.0, 3.0]),
    "销售收入": np.array([10.0, 20.0, 30.0]),
    "ebit.2019": np.array([1.0, 1.0, 1.0]),
}
NAN = np.nan

GOLDEN: dict[str, list[float]] = {
    "ca": [6, 4, NAN],
    "ca + cl": [9, 4, NAN],
    "ca - cl - 1": [2, 3, NAN],
    "ca / cl": [2, NAN, NAN],
    "cl / ca": [0.5, 0, NAN],
    "cl / 'net profit'": [NAN, 0, 2 / 3],
    "2 * cl + 3 * cl": [15, 0, 10],
    "2 * (cl + 1)": [8, 2, 6],
    "1 - cl / 2": [-0.5, 1, 0],
    "cl / 100": [0.03, 0, 0.02],
    "cl / -2": [-1.5, 0, -1],
    "-cl": [-3, 0, -2],
    "-(cl - 1)": [-2, 1, -1],
    "`net profit` / 销售收入": [-0.1, 0.1, 0.1],
    '"net profit" * 1e3': [-1000, 2000, 3000],
    "（cl ＋ 1）× 2 ÷ 4": [2, 0.5, 1.5],
    "ebit.2019 + .5": [1.5, 1.5, 1.5],
    "cl / 2 / 2": [0.75, 0, 0.5],
    "cl - (1 - cl)": [5, -1, 3],
    "销售收入 * 1e308 * 10": [NAN, NAN, NAN],
}

WRONG = [
    "", " ", "ca +", "+ ca", "ca cl", "ca / / cl", "(ca", "ca)", "ca ** 2", "ca ^ 2", "ca // cl", "ca, cl", "f(ca)",
    "ca[0]", "ca; cl", "2ca", "1.2.3", "'ca", "ca / 0", "ca / (1 - 1)", "ca / -0", "__import__('os')", "lambda: 0",
    "ca if cl else 1", "ca == cl", "ca\n= 3", "(" * (DEEPEST + 2) + "ca" + ")" * (DEEPEST + 2),
    "-" * (DEEPEST + 2) + "ca",
    "ca + " * LONGEST + "ca",
]  # fmt: skip


def worth(text: str) -> Floats:
    return np.broadcast_to(evaluate(parse_formula(text), COLUMNS.__getitem__), (3,))


@pytest.mark.parametrize("text", GOLDEN)
def test_a_formula_comes_to_what_it_says(text: str) -> None:
    np.testing.assert_allclose(worth(text), GOLDEN[text])


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_formula_is_refused_in_both_languages(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_formula(text)
    assert is_chinese(caught.value.expected)


def test_the_columns_are_named_in_their_order() -> None:
    assert list(columns_of(parse_formula("(b + 'a c') / b - 2"))) == ["b", "a c", "b"]


formulas: st.SearchStrategy[Formula] = st.recursive(
    st.sampled_from([Column("x"), Column("y z"), Number(2.0), Number(0.5)]),
    lambda parts: st.builds(Operation, st.sampled_from(["+", "-", "*"]), parts, parts),
    max_leaves=12,
)


def written(formula: Formula) -> str:
    if isinstance(formula, Number):
        return f"{formula.value:g}"
    if isinstance(formula, Column):
        return f"'{formula.name}'"
    return f"({written(formula.left)} {formula.operator} {written(formula.right)})"


@given(formulas)
def test_what_is_written_with_all_its_brackets_is_read_as_it_was(formula: Formula) -> None:
    assert parse_formula(written(formula)) == formula


@given(st.text(alphabet="ab1. +-*/()'", max_size=30))
def test_any_text_is_a_formula_or_refused(text: str) -> None:
    try:
        formula = parse_formula(text)
    except Invalid:
        return
    found = evaluate(formula, lambda _: np.array([1.0, -1.0, 0.0, np.nan]))
    assert not np.isinf(found).any()
