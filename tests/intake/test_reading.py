from __future__ import annotations

import time
import zipfile
from pathlib import Path

import openpyxl
import pytest

from admission.errors import BadInput
from intake import reading
from intake.reading import read_document, read_table
from tests.languages import untranslated


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refusal(path: Path) -> str:
    read = read_table if path.suffix in (".csv", ".xlsx") else read_document
    with pytest.raises(BadInput) as refused:
        read(path)
    assert untranslated(refused.value) == []
    return str(refused.value)


def test_yaml_is_data_as_it_was_written(tmp_path: Path) -> None:
    text = "country: NO\nnumber: 00445790\nlimit: 0500\nclock: 1:30\nday: 2009-03-17\nwhole: 12\nyes: true\nnone: ~\n"
    assert read_document(written(tmp_path, "a.yaml", text)) == {
        "country": "NO",
        "number": "00445790",
        "limit": "0500",
        "clock": "1:30",
        "day": "2009-03-17",
        "whole": 12,
        "yes": True,
        "none": None,
    }


def test_json_keeps_every_digit_of_an_amount(tmp_path: Path) -> None:
    assert read_document(written(tmp_path, "a.json", '{"a": 500000.50, "b": 12}')) == {"a": "500000.50", "b": 12}


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    assert read_document(written(tmp_path, "a.json", b"\xef\xbb\xbf{}")) == {}
    table = read_table(written(tmp_path, "a.csv", "\ufefflegal_name\r\n冯记\r\n".encode()))
    assert (table.header, table.rows) == (["legal_name"], [(1, ["冯记"])])


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.json", "", "a.json is empty."),
        ("a.yaml", " \n", "a.yaml is empty."),
        ("a.json", "{", "line 1: well-formed JSON (Expecting property name"),
        ("a.json", '{"limit": 1, "limit": 2}', "limit: this key is there twice; keep one"),
        ("a.json", '{"limit": NaN}', "NaN is no amount; write a number or leave the field out"),
        ("a.json", '{"limit": -Infinity}', "-Infinity is no amount"),
        ("a.json", "9" * 5000, "numbers of a sensible length"),
        ("a.json", "[" * 100_000, "tables and lists no deeper than 20"),
        ("a.yaml", "a: 1\nb: 2\na: 3\n", "line 3, a: this key is there twice; keep one"),
        ("a.yaml", "a:\n  - b: 1\n    b: 2\n", "line 3, b: this key is there twice"),
        ("a.yaml", "a: !!python/object/apply:os.getcwd []\n", "line 1: plain values without a tag such as !!"),
        ("a.yaml", "!!binary aGk=\n", "plain values without a tag"),
        ("a.yaml", "a: &x 1\nb: *x\n", "line 2: values written out, not referred to with *"),
        ("a.yaml", "a: [1\n", "well-formed YAML"),
        ("a.yaml", "a: 1\n---\nb: 2\n", "line 2: well-formed YAML (but found another document)"),
        ("a.yaml", "a: \x01\n", "well-formed YAML (ReaderError)"),
        ("a.yaml", f"a: {'9' * 5000}\n", "well-formed YAML (ValueError)"),
        ("a.yaml", "? [a]\n: 1\n", "well-formed YAML (found unhashable key)"),
        ("a.yaml", "[" * 1_000_000, "line 1: tables and lists no deeper than 20"),
        ("a.yaml", "".join(" " * depth + "a:\n" for depth in range(1000)), "line 21: tables and lists no deeper"),
        ("a.yaml", "名称: 冯记\n".encode("gb18030"), "a.yaml is not UTF-8 text. - save it as UTF-8"),
        ("a.json", "{}".encode("utf-16"), "a.json is not UTF-8 text."),
        (
            "a.csv",
            "legal_name\n冯记\n".encode("gbk"),
            "a.csv is not UTF-8 text. - save it as UTF-8 (in Excel: CSV UTF-8)",
        ),
        ("a.csv", "", "a.csv has no rows. - give a line of column names"),
        ("a.csv", "legal_name,country\n\n , \n", "a.csv has no rows."),
        ("a.csv", "a,a\n1,2\n", "a: 'a': each column once, with a name"),
        ("a.csv", "a,,b\n1,2,3\n", "a name for each column"),
        ("a.csv", 'a,b\n"1,2\n', "a.csv cannot be read as CSV (unexpected end of data). - check its quotation marks"),
        ("a.csv", "a\n" + "x" * 200_000 + "\n", "a.csv cannot be read as CSV (field larger than field limit"),
        ("a.xlsx", "no zip", "cannot be read as XLSX (BadZipFile). (file a.xlsx) - save it again"),
    ],
)
def test_what_is_doubtful_is_refused_with_its_place(tmp_path: Path, name: str, content: str | bytes, told: str) -> None:
    assert told in refusal(written(tmp_path, name, content))


def test_a_short_file_that_stands_for_an_endless_one_is_refused_at_once(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    began = time.perf_counter()
    assert "line 2: values written out" in refusal(written(tmp_path, "bomb.yaml", "\n".join(lines)))
    assert time.perf_counter() - began < 2


def test_policies_may_repeat_themselves(tmp_path: Path) -> None:
    path = written(tmp_path, "a.yaml", "a: &x {b: 1}\nc: {<<: *x, d: 2}\ne: *x\n")
    assert read_document(path, anchors=True) == {"a": {"b": 1}, "c": {"b": 1, "d": 2}, "e": {"b": 1}}


@pytest.mark.parametrize(("name", "size"), [("a.yaml", 10_000_000), ("a.json", 10_000_000), ("a.csv", 21_000_000)])
def test_a_file_that_is_too_large_is_not_even_read(tmp_path: Path, name: str, size: int) -> None:
    with (tmp_path / name).open("wb") as file:
        file.truncate(size)
    assert f"{name} has {size:,} bytes; at most" in refusal(tmp_path / name)


def test_a_table_of_too_many_rows_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "a\n" + "1\n" * (reading.MAX_ROWS + 1))
    assert refusal(path) == "a.csv has 100,001 rows; at most 100,000 are taken at once."


def test_a_workbook_that_unpacks_to_far_more_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"<x/>")
        for number in range(3):
            packed.writestr(f"sheet{number}.xml", b" " * 70_000_000)
    assert "The file unpacks to 210,000,004 bytes" in refusal(tmp_path / "a.xlsx")


@pytest.mark.parametrize(
    ("places", "most"),
    [
        (["XFD1"], {}),
        ([f"{column}1" for column in ("A", "B", "C", "GS")], {}),
        (["A1", "A12"], {"MAX_ROWS": 10}),
        ([f"J{row}" for row in range(1, 12)], {"MAX_CELLS": 100}),
    ],
)
def test_a_table_that_reaches_far_is_refused_where_it_begins_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, places: list[str], most: dict[str, int]
) -> None:
    for name, number in most.items():
        monkeypatch.setattr(reading, name, number)
    book = openpyxl.Workbook()
    for place in places:
        book.worksheets[0][place] = "x"
    book.save(tmp_path / "a.xlsx")
    assert "delete what stands far from the table" in refusal(tmp_path / "a.xlsx")


def test_entities_in_a_table_are_not_expanded(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["a"])
    book.save(tmp_path / "good.xlsx")
    with zipfile.ZipFile(tmp_path / "good.xlsx") as good, zipfile.ZipFile(tmp_path / "a.xlsx", "w") as packed:
        for part in good.infolist():
            head = b'<!DOCTYPE x [<!ENTITY a "b">]>' if part.filename == "xl/worksheets/sheet1.xml" else b""
            packed.writestr(part.filename, head + good.read(part))
    assert "XML that spreadsheets do not write" in refusal(tmp_path / "a.xlsx")


def test_a_folder_and_a_missing_file_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").mkdir()
    assert refusal(tmp_path / "a.yaml") == "a.yaml is a folder. - give the file in it"
    assert refusal(tmp_path / "b.yaml") == "There is no file b.yaml. - check the path"


def test_rows_keep_the_numbers_a_person_counts(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "a.csv", ' a ,b,\n1,"two\nlines"\n\n,,\n3,4\n'))
    assert table.header == ["a", "b"]
    assert table.rows == [(1, ["1", "two\nlines"]), (4, ["3", "4"])]


def test_cells_of_a_workbook_become_text_without_losing_anything(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (["a", "b", "c", None], [12.0, 1250.5, None, None], [], ["00445790", True, "x", None]):
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    table = read_table(tmp_path / "a.xlsx")
    assert table.header == ["a", "b", "c"]
    assert [(row.number, row.cells[:3]) for row in table.rows] == [
        (1, ["12", "1250.5", ""]),
        (3, ["00445790", "True", "x"]),
    ]
