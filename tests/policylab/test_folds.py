"""The division of a cross-validation: no company in two parts, both outcomes in each."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.errors import BadInput
from policylab.folds import split_folds
from policylab.samples import Sample
from tests.languages import untranslated


def sample(company: list[int], bad: list[int]) -> Sample:
    values = pd.DataFrame({"x": np.arange(len(bad), dtype=np.float64)})
    return Sample(values, np.array(bad, np.int64), "x", "0" * 64, of_row=np.array(company, np.int64))


@given(st.lists(st.tuples(st.integers(0, 15), st.integers(0, 1)), min_size=30, max_size=120), st.integers(2, 10))
def test_no_company_is_in_two_parts_and_each_has_both_outcomes(rows: list[tuple[int, int]], folds: int) -> None:
    given_ = sample([company for company, _ in rows], [bad for _, bad in rows])
    try:
        splits = split_folds(given_, folds, 3)
    except BadInput:
        # Hardly any company is good throughout, so that some part has none.
        return
    left_out = np.concatenate([split.left_out for split in splits])
    assert sorted(left_out.tolist()) == list(range(len(rows)))
    for split in splits:
        assert not set(given_.company[split.training]) & set(given_.company[split.left_out])
        assert sorted([*split.training, *split.left_out]) == list(range(len(rows)))
        for part in split:
            assert set(given_.bad[part]) == {0, 1}


def test_companies_that_all_went_bad_in_the_end_are_divided_too() -> None:
    company = [number // 4 for number in range(80)]
    bad = [int(number % 4 == 3) for number in range(80)]
    assert len(split_folds(sample(company, bad), 5, 1)) == 5


def test_what_cannot_be_divided_is_refused() -> None:
    with pytest.raises(BadInput, match="cannot be divided") as caught:
        split_folds(sample([0, 0, 0, 1, 1, 1], [1, 1, 1, 0, 0, 0]), 5, 1)
    assert untranslated(caught.value) == []


def test_the_same_seed_divides_alike_and_another_does_not() -> None:
    given_ = sample(list(range(60)), [int(number % 3 == 0) for number in range(60)])
    first, again, other = (split_folds(given_, 5, seed) for seed in (1, 1, 2))
    assert all((one.left_out == two.left_out).all() for one, two in zip(first, again, strict=True))
    assert any(not np.array_equal(one.left_out, two.left_out) for one, two in zip(first, other, strict=True))
