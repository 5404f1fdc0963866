"""Tables that are read a row at a time."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from admission.errors import BadInput
from intake import streaming
from intake.reading import MAX_ROWS, read_table
from intake.streaming import TableFile
from tests.languages import untranslated


def written(folder: Path, content: str | bytes, name: str = "a.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refusal(path: Path, delimiter: str = ",") -> str:
    with pytest.raises(BadInput) as refused:
        list(TableFile(path, delimiter).rows())
    assert untranslated(refused.value) == []
    return str(refused.value)


@pytest.mark.parametrize(
    "content", ["\ufeffa,b\r\n1,2\r\n\r\n,\r\n3,\r\n", 'a , b,,\n"1\n1",2\n 3,4,5\n', "客户编号,金额\n甲,1\n"]
)
def test_rows_are_those_of_a_table_that_is_read_whole(tmp_path: Path, content: str) -> None:
    path = written(tmp_path, content)
    file, table = TableFile(path), read_table(path)
    assert (file.header, list(file.rows()), list(file.rows())) == (table.header, table.rows, table.rows)


def test_a_workbook_is_read_as_before(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for line in (["a", "b"], [1, 2.5], [None, None], ["x", None]):
        book.worksheets[0].append(line)
    book.save(tmp_path / "a.xlsx")
    file = TableFile(tmp_path / "a.xlsx")
    assert (file.header, list(file.rows())) == (["a", "b"], [(1, ["1", "2.5"]), (3, ["x", ""])])


def test_other_delimiters(tmp_path: Path) -> None:
    file = TableFile(written(tmp_path, "a;b\n1,5;2\n"), ";")
    assert (file.header, list(file.rows())) == (["a", "b"], [(1, ["1,5", "2"])])


def test_rows_come_before_the_file_is_read_to_its_end(tmp_path: Path) -> None:
    path = written(tmp_path, b"a,b\n" + b"1,2\n" * 100_000 + "3,\u4e2d\n".encode("gbk"))
    rows = TableFile(path).rows()
    assert next(rows) == (1, ["1", "2"])
    with pytest.raises(BadInput, match=r"a\.csv is not UTF-8 text"):
        list(rows)


def test_a_table_has_more_rows_than_are_read_whole(tmp_path: Path) -> None:
    path = written(tmp_path, "a\n" + "1\n" * (MAX_ROWS + 1))
    assert sum(1 for _ in TableFile(path).rows()) == MAX_ROWS + 1


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "a.csv has no rows."),
        ("a,b\n\n,\n", "a.csv has no rows."),
        ("a,a\n1,2\n", "a: 'a': each column once, with a name"),
        ("a,,b\n1,2,3\n", "a name for each column"),
        ('a,b\n"1,2\n', "a.csv cannot be read as CSV (unexpected end of data)"),
        ("a\n" + "x" * 200_000 + "\n", "a.csv cannot be read as CSV (field larger than field limit"),
        ("a\n" + "," * 200 + "1\n", "a.csv has more than 5,000,000 rows or 200 columns."),
        ("甲\n1\n".encode("gbk"), "a.csv is not UTF-8 text."),
    ],
)
def test_what_is_doubtful_is_refused(tmp_path: Path, content: str | bytes, told: str) -> None:
    assert told in refusal(written(tmp_path, content))


def test_a_file_of_too_many_rows_or_bytes_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, "a\n1\n2\n3\n")
    monkeypatch.setattr(streaming, "MAX_STREAMED_ROWS", 2)
    assert "a.csv has more than 2 rows" in refusal(path)
    monkeypatch.setattr(streaming, "MAX_STREAMED_BYTES", 3)
    assert "a.csv has 8 bytes; at most 3 are read." in refusal(path)
    assert "There is no file b.csv." in refusal(tmp_path / "b.csv")
    assert "is a folder" in refusal(tmp_path)
