"""Uploaded statements: what is read, what is refused, and how each line is explained."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from admission.application import Subject
from admission.errors import AccessRefused, BadInput, SourceChanged
from admission.evidence.answers import Answer, RawAnswer
from admission.evidence.topics import Topic
from admission.evidence.uploads import MAX_UPLOAD, Preview, StatedWithFile
from connectors.financials_upload import connector, preview, sheets, statements_query
from connectors.financials_upload.characters import has_chinese
from connectors.kit import Kit

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SUBJECT = Subject(legal_name="云杉岭示例机械有限公司", country="CN", identifiers={"uscc": "91990000MA9X000702"})
Rows = list[list[Any]]
BALANCE: Rows = [
    ["资产负债表"],
    ["编制单位：示例", "2025年12月31日", None, "单位：万元"],
    ["资产", "行次", "期末余额", "年初余额", "负债和所有者权益", "行次", "期末余额", "年初余额"],
    ["货币资金", 1, 120.5, 98, "流动负债合计", 31, 300, 310],
    ["流动资产合计", 9, 700, 650, "负债合计", 40, 400, 420],
    ["资产总计", 20, 1000, 900, "所有者权益（或股东权益）合计", 50, 600, 480],
]


def xlsx(rows: Rows, change: Callable[[Any], None] | None = None) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "资产负债表"
    for row in rows:
        sheet.append(row)
    if change is not None:
        change(sheet)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def read(rows: Rows, change: Callable[[Any], None] | None = None, **stated: Any) -> Preview:
    return preview(xlsx(rows, change), "报表.xlsx", StatedWithFile.model_validate(stated))


def figures(found: Preview, day: date) -> dict[str, Decimal]:
    (statement,) = [item for item in found.statements if item.period_end == day]
    return {name: value for name, value in statement if isinstance(value, Decimal)}


def replaced(row: int, column: int, value: object) -> Rows:
    rows: Rows = [list(line) for line in BALANCE]
    rows[row][column] = value
    return rows


def test_a_two_sided_sheet_in_ten_thousand_yuan_gives_both_years() -> None:
    found = read(BALANCE)
    assert found.problems == ()
    assert [statement.period_end for statement in found.statements] == [date(2024, 12, 31), date(2025, 12, 31)]
    assert {statement.currency for statement in found.statements} == {"CNY"}
    assert figures(found, date(2025, 12, 31)) == {
        "cash": 1_205_000,
        "current_assets": 7_000_000,
        "total_assets": 10_000_000,
        "current_liabilities": 3_000_000,
        "total_liabilities": 4_000_000,
        "equity": 6_000_000,
    }
    assert figures(found, date(2024, 12, 31))["equity"] == 4_800_000


def test_the_preview_explains_each_line() -> None:
    rows: Rows = [
        *BALANCE,
        ["固定资产", 12, 200, 190],
        ["合计", 13, 5, 5],
        ["神秘科目", 14, 7, 7],
        ["商誉", 15, "-", None],
    ]
    lines = {line.label: line for line in read(rows).lines}
    cash = lines["货币资金"]
    assert (cash.understood, cash.field, cash.alias, cash.factor) == ("used", "cash", "货币资金", Decimal(10_000))
    assert cash.values == {date(2025, 12, 31): Decimal(1_205_000), date(2024, 12, 31): Decimal(980_000)}
    equity = lines["所有者权益（或股东权益）合计"]
    assert (equity.field, equity.alias, equity.row) == ("equity", "所有者权益合计", 6)
    told = {label: lines[label].understood for label in ("固定资产", "合计", "神秘科目", "商誉")}
    assert told == {"固定资产": "not_used", "合计": "ambiguous", "神秘科目": "not_understood", "商誉": "not_used"}


def test_a_missing_unit_is_refused_with_its_remedy_unless_the_person_states_it() -> None:
    rows = replaced(1, 3, None)
    found = read(rows)
    assert found.statements == ()
    assert [item.problem.to("en") for item in found.problems] == [
        "row 3, 资产负债表: the unit of the amounts, such as a line 单位：万元 above the table, or --unit 万元"
    ]
    assert [item.problem.to("zh") for item in found.problems] == [
        "行 3，资产负债表: 金额单位，例如在表上方注明“单位：万元”，或使用 --unit 万元"
    ]
    with pytest.raises(BadInput, match="--unit 万元"):
        found.require_good()
    assert figures(read(rows, unit="千元"), date(2025, 12, 31))["total_assets"] == 1_000_000


def test_a_unit_that_contradicts_the_files_own_is_refused() -> None:
    (found,) = read(BALANCE, unit="元").problems
    assert (found.place, found.row) == ("资产负债表", 2)
    assert found.expected.en == "the same unit as was stated with the file, 元"
    assert read(BALANCE, unit="lots").problems[0].place == "--unit"


def test_a_missing_day_is_refused_unless_the_person_states_it() -> None:
    rows = replaced(1, 1, None)
    assert "--period-end 2025-12-31" in read(rows).problems[0].expected.en
    stated = read(rows, period_end="2023-12-31")
    assert [statement.period_end for statement in stated.statements] == [date(2022, 12, 31), date(2023, 12, 31)]


def test_days_as_serials_as_days_and_as_years_name_the_same_columns() -> None:
    years = []
    for heading in (46022, datetime(2025, 12, 31), 2025, "2025年12月31日", "2025年度"):  # noqa: DTZ001 - a cell
        rows: Rows = [["资产负债表", "单位：元"], ["项目", heading], ["资产总计", 100_000]]
        years += [statement.period_end for statement in read(rows).statements]
    assert years == [date(2025, 12, 31)] * 5


def test_columns_that_are_not_of_a_whole_year_are_left_out_and_told() -> None:
    rows: Rows = [["利润表", "2026年9月30日", "单位：元"], ["项目", "本期金额", "2025年度"], ["营业收入", 7, 9_000]]
    found = read(rows)
    assert [(item.period_end, item.revenue) for item in found.statements] == [(date(2025, 12, 31), Decimal(9_000))]
    assert [remark.zh for remark in found.remarks] == [
        "工作表 资产负债表 第 2 行：“本期金额”列未采用：2026-09-30 不是年末"
    ]


INCOME: Rows = [["利润表", "2025年度", "单位：元"], ["项目", "本期金额"]]


@pytest.mark.parametrize(
    ("lines", "operating_profit", "interest", "basis"),
    [
        (
            [["财务费用", 400], ["其中：利息费用", 350], ["营业利润", 9000]],
            9350,
            350,
            "operating_profit = 营业利润 + 利息费用; interest_expense = 利息费用",
        ),
        (
            [["财务费用", 400], ["营业利润", 9000]],
            9400,
            400,
            "operating_profit = 营业利润 + 财务费用; interest_expense = 财务费用",
        ),
        (
            [["财务费用", -50], ["营业利润", 9000]],
            8950,
            None,
            "operating_profit = 营业利润 + 财务费用; no interest_expense: 财务费用 is net income",
        ),
        ([["营业利润", 9000]], None, None, ""),
        ([["息税前利润", 9100], ["营业利润", 9000]], 9100, None, ""),
    ],
)
def test_the_chinese_operating_profit_gets_its_finance_cost_back(
    lines: Rows, operating_profit: int | None, interest: int | None, basis: str
) -> None:
    found = read([*INCOME, ["营业收入", 90_000], *lines])
    (statement,) = found.statements
    assert (statement.operating_profit, statement.interest_expense, statement.basis) == (
        operating_profit,
        interest,
        basis,
    )
    assert (statement.period_start, statement.period_end) == (date(2025, 1, 1), date(2025, 12, 31))


def test_the_best_label_counts_and_equals_that_differ_count_not() -> None:
    found = read([*INCOME, ["营业总收入", 120], ["营业收入", 100], ["净利润", 5], ["净利润", 6]])
    (statement,) = found.statements
    assert (statement.revenue, statement.net_income) == (Decimal(100), None)
    told = [(line.label, line.understood, line.note.en if line.note else "") for line in found.lines]
    assert told == [
        ("营业总收入", "not_used", "营业收入 counts instead"),
        ("营业收入", "used", ""),
        ("净利润", "ambiguous", "several lines differ for 2025-12-31"),
        ("净利润", "ambiguous", "several lines differ for 2025-12-31"),
    ]


def test_an_english_sheet_must_state_its_currency() -> None:
    rows: Rows = [
        ["Balance sheet as at 31 March 2025, amounts in thousands"],
        ["Item", 2025, 2024],
        ["Total assets", 5, 4],
    ]
    assert "--currency USD" in read(rows).problems[0].expected.en
    found = read(rows, currency="USD")
    assert [(item.period_end, item.total_assets, item.currency) for item in found.statements] == [
        (date(2024, 3, 31), Decimal(4_000), "USD"),
        (date(2025, 3, 31), Decimal(5_000), "USD"),
    ]


def test_group_and_parent_are_kept_apart_and_never_mixed() -> None:
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, assets in (("合并资产负债表", 500), ("母公司资产负债表", 300)):
        sheet = book.create_sheet(title)
        for row in (["2025年12月31日", "单位：元"], ["项目", "期末余额"], ["资产总计", assets]):
            sheet.append(row)
    written = io.BytesIO()
    book.save(written)
    found = preview(written.getvalue(), "报表.xlsx")
    assert {(item.consolidated, item.total_assets) for item in found.statements} == {
        (True, Decimal(500)),
        (False, Decimal(300)),
    }
    both = read([["合并及母公司资产负债表", "2025年12月31日", "单位：元"], *BALANCE[2:]])
    assert "not both in one table" in both.problems[0].expected.en


def _formula(sheet: Any) -> None:
    sheet["C4"] = "=1+1"


def _error(sheet: Any) -> None:
    sheet["C4"] = "#DIV/0!"
    sheet["C4"].data_type = "e"


def _percent(sheet: Any) -> None:
    sheet["C4"].number_format = "0.00%"


def _merged(sheet: Any) -> None:
    sheet.merge_cells("C4:D4")


def _hidden_row(sheet: Any) -> None:
    sheet.row_dimensions[4].hidden = True


def _hidden_column(sheet: Any) -> None:
    sheet.column_dimensions["C"].hidden = True


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_formula, "never computed"),
        (_error, "formula error #DIV/0!"),
        (_percent, "not a percentage"),
        (_merged, "merged over several columns"),
        (_hidden_row, "no hidden row or column"),
        (_hidden_column, "no hidden row or column"),
    ],
)
def test_a_cell_that_cannot_be_trusted_stops_the_upload(change: Callable[[Any], None], told: str) -> None:
    found = read(BALANCE, change)
    assert found.statements == ()
    assert told in found.problems[0].expected.en
    assert (found.problems[0].place, found.problems[0].row) == ("资产负债表", 4)


def holding(figure: bytes) -> bytes:
    """A good workbook in which the total of assets is written so."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx(BALANCE))) as good, zipfile.ZipFile(written, "w") as package:
        for part in good.infolist():
            package.writestr(part.filename, good.read(part).replace(b"<v>1000</v>", b"<v>" + figure + b"</v>"))
    return written.getvalue()


@pytest.mark.parametrize("figure", [b"1E+400", b"-1E+400", b"1E+300", b"-1E+16", b"1e999999999999999999999"])
def test_a_figure_that_no_company_has_stops_the_upload(figure: bytes) -> None:
    found = preview(holding(figure), "x.xlsx", StatedWithFile())
    assert found.statements == ()
    assert [(item.place, item.row) for item in found.problems] == [("资产负债表", 6)]
    assert "an amount" in found.problems[0].expected.en


@pytest.mark.parametrize("figure", [b"NaN", b"INF", b"1" * 5000])
def test_a_figure_that_is_no_number_is_no_workbook(figure: bytes) -> None:
    with pytest.raises(BadInput, match="cannot be read as XLSX"):
        preview(holding(figure), "x.xlsx", StatedWithFile())


@pytest.mark.parametrize("figure", ["1e5", "Infinity", "NaN", "9" * 16, "9" * 45])
def test_a_figure_written_as_text_is_plain_and_of_a_sensible_size(figure: str) -> None:
    found = read(replaced(5, 2, figure))
    assert found.statements == ()
    assert "an amount" in found.problems[0].expected.en


def test_the_same_cells_in_lines_that_are_not_used_do_no_harm() -> None:
    rows: Rows = [*BALANCE[:3], ["同比增长率", 1, "12%", "#REF!"], *BALANCE[3:]]
    assert read(rows).problems == ()


def test_a_hidden_sheet_is_not_read_and_that_is_told() -> None:
    def hide_second(sheet: Any) -> None:
        other = sheet.parent.create_sheet("底稿")
        other.append(["资产总计", 1])
        other.sheet_state = "hidden"

    found = read(BALANCE, hide_second)
    assert [remark.zh for remark in found.remarks] == ["工作表 底稿 已隐藏，未读取"]
    assert figures(found, date(2025, 12, 31))["total_assets"] == 10_000_000


CSV = '资产负债表\n2025年12月31日,单位：元\n项目,期末余额\n资产总计,"1,000"\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_csv_is_read_in_the_encodings_and_with_the_marks_that_spreadsheets_write(encoding: str, mark: str) -> None:
    body = CSV.replace(",单", f"{mark}单").replace(",期", f"{mark}期").replace(',"', f'{mark}"').encode(encoding)
    assert figures(preview(body, "报表.csv"), date(2025, 12, 31)) == {"total_assets": Decimal(1000)}


def packed(*parts: tuple[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", compression) as package:
        for name, body in parts:
            package.writestr(name, body)
    return written.getvalue()


def with_xml(addition: bytes) -> bytes:
    """A good workbook with something put after the cells of its sheet."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx(BALANCE))) as good, zipfile.ZipFile(written, "w") as package:
        for part in good.infolist():
            body = good.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                body = body.replace(b"</sheetData>", b"</sheetData>" + addition)
            package.writestr(part.filename, body)
    return written.getvalue()


def renamed(change: Callable[[bytes], bytes], suffix: str = ".png") -> bytes:
    """A good workbook whose sheet is a part of another kind by its name, with its bytes changed."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx(BALANCE))) as good, zipfile.ZipFile(written, "w", 8) as package:
        for part in good.infolist():
            body = good.read(part).replace(b"sheet1.xml", b"sheet1" + suffix.encode())
            name = part.filename.replace("sheet1.xml", f"sheet1{suffix}")
            package.writestr(name, change(body) if name.endswith(suffix) else body)
    return written.getvalue()


def far(rows: int, column: str) -> bytes:
    """A workbook with one cell a row, far to the right."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in range(1, rows + 1):
        sheet[f"{column}{row}"] = 1
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


EVERYWHERE = b'<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
BOMB = packed(("xl/workbook.xml", b"<x/>"), ("xl/worksheets/sheet1.xml", b"<row/>" * 3_000_000))
ENTITIES = packed(("xl/workbook.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'))
HOSTILE = [
    (b"", "empty"),
    (b"  \n ", "empty"),
    (b"x" * (MAX_UPLOAD + 1), "at most 10,000,000"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "locked with a password, or an old .xls"),
    (BOMB, "unpacks to"),
    (ENTITIES, "XML that spreadsheets do not write"),
    (packed(("xl/workbook.xml", '<?xml version="1.0" encoding="utf-16"?><x/>'.encode("utf-16"))), "XML that"),
    (packed(("xl/workbook.xml", b"<x/>"), ("xl/vbaProject.bin", b"x")), "macros"),
    (packed(("xl/workbook.xml", b"<x/>"), ("xl/macrosheets/sheet1.xml", b"<x/>")), "macros"),
    (with_xml(EVERYWHERE), "far more cells"),
    (with_xml(EVERYWHERE.replace(b'"A1:XFD1048576"', b"'A1&#58;XFD1048576'")), "far more cells"),
    (with_xml(b'<hyperlinks><hyperlink ref="A1:XFD1048576" location="x"/></hyperlinks>'), "far more cells"),
    (renamed(lambda body: b'<!DOCTYPE x [<!ENTITY a "b">]>' + body), "XML that"),
    (renamed(lambda body: body.replace(b"</sheetData>", b"</sheetData>" + EVERYWHERE), ".bin"), "far more cells"),
    (renamed(lambda body: body + b" " * 6_000_000), "unpacks to"),
    (renamed(lambda body: body.decode().encode("utf-16-le")), "XML that"),
    (renamed(lambda body: b'<?xml version="1.0" encoding="cp037"?>' + "<!DOCTYPE x>".encode("cp037")), "XML that"),
    (far(600, "GR"), "cells up to its last row and column"),
    (with_xml(b'<row><c r="A1&#48;00"/></row>'), "cells up to its last row and column"),
    (packed(("word/document.xml", b"<x/>")), "no XLSX workbook"),
    (packed(*((f"a{number}.xml", b"") for number in range(2100)), ("xl/workbook.xml", b"<x/>")), "unpacks to"),
    (packed(("xl/workbook.xml", b"<x/>")), "cannot be read as XLSX"),
    (xlsx(BALANCE)[:900], "cannot be read as XLSX"),
    (b"%PDF-1.7\n\x00\x01\x02", "neither XLSX nor CSV"),
    (b"a,b\n\x00\x00", "neither XLSX nor CSV"),
    (b"\xff\xfe\xff", "neither XLSX nor CSV"),
    (b'a,"b\n' * 3 + b'"c"d', "cannot be read as CSV"),
    (b"a\n" * 6_000, "lines; at most"),
    (b"a," * 300, "columns"),
]


@pytest.mark.parametrize(
    ("body", "told"), HOSTILE, ids=[f"{told} {number}" for number, (_, told) in enumerate(HOSTILE)]
)
def test_a_hostile_or_broken_file_is_refused_before_it_is_interpreted(body: bytes, told: str) -> None:
    with pytest.raises(BadInput, match=told) as caught:
        preview(body, "报表.xlsx")
    assert caught.value.context["file"] == "报表.xlsx"
    assert has_chinese(caught.value.message.zh)


def test_a_directory_that_lies_about_sizes_reads_no_more_than_it_states() -> None:
    body = bytearray(packed(("xl/workbook.xml", b"<x/>" + b" " * 1_000_000)))
    size = (1_000_004).to_bytes(4, "little")
    assert body.count(size) == 2
    lying = bytes(body).replace(size, (4).to_bytes(4, "little"))
    with pytest.raises(BadInput, match="cannot be read as XLSX"):
        preview(lying, "报表.xlsx")


def test_a_picture_does_not_count_as_text() -> None:
    with zipfile.ZipFile(io.BytesIO(xlsx(BALANCE))) as good:
        parts = [(part.filename, good.read(part)) for part in good.infolist()]
    picture = ("xl/media/image1.png", b"\x89PNG\r\n" + b"<!DOCTYPE" * 700_000)
    settings = ("xl/printerSettings/printerSettings1.bin", "Printer".encode("utf-16-le") * 20)
    assert preview(packed(*parts, picture, settings), "报表.xlsx", StatedWithFile()).problems == ()


def test_columns_that_a_sheet_claims_to_hide_do_not_fill_the_memory() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx(BALANCE))) as good, zipfile.ZipFile(written, "w") as package:
        for part in good.infolist():
            shape = b'<cols><col min="30" max="2000000000" width="9" hidden="1"/></cols><sheetData>'
            package.writestr(part.filename, good.read(part).replace(b"<sheetData>", shape))
    assert preview(written.getvalue(), "报表.xlsx", StatedWithFile()).problems == ()


def test_a_sheet_that_claims_many_rows_is_refused() -> None:
    def far_cell(sheet: Any) -> None:
        sheet.cell(row=sheets.MAX_ROWS + 1, column=1, value="x")

    with pytest.raises(BadInput, match="at most 5000 and 200"):
        read(BALANCE, far_cell)


def test_a_file_without_a_table_says_what_a_table_looks_like() -> None:
    assert "期末余额" in read([["你好"], ["再见"]]).problems[0].expected.en


def test_nobody_is_asked_and_the_stored_bytes_are_read_with_what_was_stated() -> None:
    source = connector(Kit(clock=lambda: NOW, contact="credit@example.org"))
    query = statements_query(SUBJECT)
    assert (source.plan(SUBJECT).queries, source.configured, query.topics) == ((), True, (Topic.ACCOUNTS,))
    with pytest.raises(AccessRefused, match="gatehouse upload"):
        source.fetch(query)
    body = xlsx(replaced(1, 3, None))
    raw = RawAnswer(status=200, headers={"unit": "万元"}, body=body, url="", fetched_at=NOW)
    parsed = source.parse(query, raw)
    assert (parsed.answer, len(parsed.facts), source.follow_up(query, parsed)) == (Answer.FOUND, 2, ())
    for unreadable in (raw.model_copy(update={"headers": {}}), raw.model_copy(update={"body": b"%PDF\0"})):
        with pytest.raises(SourceChanged, match="cannot be read"):
            source.parse(query, unreadable)


def test_labels_that_were_not_understood_are_reported_as_left_over() -> None:
    source = connector(Kit(clock=lambda: NOW, contact="credit@example.org"))
    rows: Rows = [*BALANCE, ["神秘科目", 14, 7, 7]]
    raw = RawAnswer(status=200, body=xlsx(rows), url="", fetched_at=NOW)
    assert source.parse(statements_query(SUBJECT), raw).leftover == ("神秘科目",)


WORDS = st.sampled_from(
    [
        *(
            "资产负债表",
            "利润表",
            "单位：万元",
            "单位：",
            "2025年12月31日",
            "0001年1月1日",
            "2025年13月40日",
            "项目",
            "资产",
            "行次",
        ),
        *(
            "期末余额",
            "年初余额",
            "本期金额",
            "上期金额",
            "2025",
            "资产总计",
            "营业利润",
            "财务费用",
            "净利润",
            "-",
            "1,2",
            "(5)",
        ),
        *(
            "合并",
            "母公司",
            "Item",
            "Total assets",
            "31 February 2025",
            "USD thousand",
            "9" * 50,
            "合计",
            "#REF!",
            "",
            " ",
        ),
    ]
)


@given(st.lists(st.lists(WORDS, max_size=6), max_size=12))
def test_whatever_the_cells_hold_there_is_a_preview_or_a_plain_refusal(rows: list[list[str]]) -> None:
    body = "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows).encode()
    try:
        found = preview(body, "报表.csv")
    except BadInput as refusal:
        assert refusal.context == {"file": "报表.csv"}  # noqa: PT017 - hypothesis tries both ends
        return
    assert bool(found.statements) is not bool(found.problems)
    assert all(has_chinese(item.expected.zh) for item in found.problems)
