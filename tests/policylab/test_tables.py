from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from admission.errors import BadInput
from policylab.tables import numbers, read_table

ARFF = """@relation invented

@attribute 'net profit / total assets' numeric
@attribute bankruptcy {0,1}

@data
0.5,0
?,1
-1.25e1,0
"""


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_an_arff_file_is_read_with_its_names_and_gaps(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "five.arff", ARFF))
    values, problems = numbers(table.frame, "net profit / total assets")
    outcome, _ = numbers(table.frame, "bankruptcy")
    np.testing.assert_array_equal(values, [0.5, np.nan, -12.5])
    np.testing.assert_array_equal(outcome, [0, 1, 0])
    assert problems == []
    assert (table.source, table.sha256) == ("five.arff", hashlib.sha256(ARFF.encode()).hexdigest())


def test_a_csv_file_is_read_with_empty_cells_as_gaps(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "book.csv", "\ufeffa,比率\n1,\n2, 0.5 \n?,-3\n"))
    np.testing.assert_array_equal(numbers(table.frame, "a")[0], [1, 2, np.nan])
    np.testing.assert_array_equal(numbers(table.frame, "比率")[0], [np.nan, 0.5, -3])


@pytest.mark.parametrize("cell", ["NaN", "inf", "-Infinity", "1e999", "n/a", "1,5", "12 %"])
def test_what_is_no_finite_number_is_named_with_its_row(tmp_path: Path, cell: str) -> None:
    table = read_table(written(tmp_path, "book.csv", f'a\n1\n"{cell}"\n2\n'))
    _, problems = numbers(table.frame, "a")
    assert [(problem.row, problem.value) for problem in problems] == [(2, cell)]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("book.xls", "a\n1\n", "of no kind that is read"),
        ("book.csv", "", "cannot be read"),
        ("book.csv", "a,b\n", "no rows"),
        ("book.csv", "a,a\n1,2\n", "'a' stands there twice"),
        ("book.csv", "a,\n1,2\n", "a column has no name"),
        ("book.csv", "a\n1,2\n", "cannot be read"),
        ("book.csv", b"a\n\xff\xfe\n", "not UTF-8"),
        ("book.arff", "@relation x\n@attribute a numeric\n@data\nword\n", "cannot be read"),
        ("book.arff", "@relation x\n@attribute a string\n@data\nword\n", "cannot be read"),
        ("book.arff", "nothing of the kind", "cannot be read"),
        ("book.arff", "@relation x\n@attribute a {0,1}\n@data\n7\n", "cannot be read"),
    ],
    ids=["kind", "empty", "no-rows", "twice", "unnamed", "ragged", "bytes", "word", "string", "no-arff", "nominal"],
)
def test_a_file_that_is_no_table_is_refused_in_one_line(
    tmp_path: Path, name: str, content: str | bytes, said: str
) -> None:
    with pytest.raises(BadInput, match=said) as caught:
        read_table(written(tmp_path, name, content))
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"There is no file gone\.csv"):
        read_table(tmp_path / "gone.csv")
