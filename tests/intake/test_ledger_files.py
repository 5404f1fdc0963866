"""Files of the customer ledger: what is read of them, what is refused, and what a preview shows."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.customers.ledger.records import Coverage, Entry, LedgerItem, Order, Promise
from admission.errors import BadInput
from admission.spreadsheets import FORMULA_STARTS
from intake import ledger_files
from intake.ledger_files import LedgerFile, ReadRow
from intake.ledger_mapping import LedgerMapping
from intake.refused_rows import RefusedFile, RefusedRow
from tests.languages import is_chinese, untranslated

HEAD = "customer,number,kind,amount,currency,issued,due,settled"
GOOD = "C1,1,invoice,100.50,CNY,2026-03-01,2026-03-31,"


def written(folder: Path, *lines: str, name: str = "ledger.csv") -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def entries(path: Path, mapping: Mapping[str, object] | None = None) -> list[Entry]:
    return list(LedgerFile(path, LedgerMapping.model_validate(mapping or {})).entries())


def refusal(path: Path, mapping: Mapping[str, object] | None = None) -> str:
    with pytest.raises(BadInput) as refused:
        entries(path, mapping)
    assert untranslated(refused.value) == []
    return str(refused.value)


def test_an_english_ledger_with_all_its_kinds(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "Customer No.,Document No.,Document type,Amount,Amount open,Currency,Document date,Net due date,Clearing date,"
        "Payment method,Disputed amount,Promise kept,Order status,Ship date,Line",
        "C1,1,Invoice,100.50,40,EUR,2026-03-01,2026-03-31,,,10,,,,2",
        "C1,2,Credit memo,5,,EUR,2026-03-02,2026-03-02,2026-03-05,,,,,,",
        "C1,3,payment,60,0,EUR,2026-03-03,,2026-03-05,Bank transfer,,,,,",
        "C1,4,Returned payment,60,,EUR,2026-03-09,,,,,,,,",
        "C1,5,Promise to pay,60,,EUR,2026-03-10,2026-03-20,,,,no,,,",
        "C1,6,Sales order,700,,EUR,2026-03-11,,,,,,Ready to ship,2026-04-01,1",
    )
    item = {"customer": "C1", "currency": "EUR"}
    assert entries(path) == [
        LedgerItem.model_validate(
            {
                **item,
                "number": "1",
                "line": "2",
                "kind": "invoice",
                "amount": "100.50",
                "open_amount": "40",
                "issued": "2026-03-01",
                "due": "2026-03-31",
                "disputed": "10",
            }
        ),
        # Systems compute a due day for credits too; it means nothing.
        LedgerItem.model_validate(
            {
                **item,
                "number": "2",
                "kind": "credit_note",
                "amount": "5",
                "issued": "2026-03-02",
                "settled": "2026-03-05",
            }
        ),
        LedgerItem.model_validate(
            {
                **item,
                "number": "3",
                "kind": "payment",
                "amount": "60",
                "open_amount": "0",
                "issued": "2026-03-03",
                "settled": "2026-03-05",
                "means": "bank_transfer",
            }
        ),
        LedgerItem.model_validate(
            {**item, "number": "4", "kind": "returned_payment", "amount": "60", "issued": "2026-03-09"}
        ),
        Promise.model_validate(
            {**item, "number": "5", "amount": "60", "made_on": "2026-03-10", "day": "2026-03-20", "kept": False}
        ),
        Order.model_validate(
            {
                **item,
                "number": "6",
                "line": "1",
                "amount": "700",
                "entered_on": "2026-03-11",
                "stage": "ready",
                "ship_on": "2026-04-01",
            }
        ),
    ]


def test_a_chinese_ledger(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "客户编号,单据号,单据类型,金额,币种,开票日期,到期日,结清日期,结算方式,争议金额,是否兑现,订单状态",
        '甲01,1,发票,"1,250.00",人民币,2026年3月1日,2026/3/31,,,,,',
        "甲01,2,收款单,1250,RMB,2026-04-02 00:00:00,,20260402,银行承兑汇票,,,",
        "甲01,3,付款承诺,60,CNY,2026-03-10,2026-03-20,,,,是,",
        "甲01,4,订单,700,CNY,2026-03-11,,,,,,已发货未开票",
    )
    invoice, payment, promise, order = entries(path)
    assert isinstance(invoice, LedgerItem)
    assert (invoice.customer, invoice.amount, invoice.currency) == ("甲01", Decimal(1250), "CNY")
    assert (invoice.issued, invoice.due, invoice.settled) == (date(2026, 3, 1), date(2026, 3, 31), None)
    assert isinstance(payment, LedgerItem)
    assert (payment.kind, payment.settled, payment.means) == ("payment", date(2026, 4, 2), "bank_acceptance")
    assert isinstance(promise, Promise)
    assert promise.kept is True
    assert isinstance(order, Order)
    assert order.stage == "shipped_not_invoiced"


def test_documents_and_orders_name_the_selling_unit(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "customer,number,kind,amount,currency,issued,due,stage,selling_unit",
        "10023,1,invoice,10,GBP,2026-01-05,2026-02-05,,uk01",
        "10023,2,payment,10,GBP,2026-01-05,,,",
        "10023,3,order,10,GBP,2026-01-05,,confirmed,DE02",
        "10023,4,promise,10,GBP,2026-01-05,2026-02-05,,DE02",
    )
    assert [getattr(entry, "unit", "none of it") for entry in entries(path)] == ["UK01", None, "DE02", "none of it"]


def test_a_unit_is_a_code_and_the_name_of_a_sales_organisation_is_not_read(tmp_path: Path) -> None:
    rows = (
        "customer,number,kind,amount,currency,issued,due,{}",
        "10023,1,invoice,10,GBP,2026-01-05,2026-02-05,North West",
    )
    organisation = written(tmp_path, rows[0].format("Sales organisation"), rows[1])
    assert [getattr(entry, "unit", "") for entry in entries(organisation)] == [None]
    assert "selling_unit" in refusal(written(tmp_path, rows[0].format("selling_unit"), rows[1]))
    mapped = {"columns": {"selling_unit": "Sales organisation"}}
    assert "Sales organisation" in refusal(organisation, mapped)


def test_a_workbook_with_days_and_numbers(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(HEAD.split(","))
    sheet.append(["C1", 4711, "invoice", 100.5, "CNY", datetime(2026, 3, 1), datetime(2026, 3, 31), None])  # noqa: DTZ001
    book.save(tmp_path / "ledger.xlsx")
    (entry,) = entries(tmp_path / "ledger.xlsx")
    assert isinstance(entry, LedgerItem)
    assert (entry.number, entry.amount, entry.due) == ("4711", Decimal("100.5"), date(2026, 3, 31))


def test_a_mapping_names_columns_words_days_decimals_and_signs(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "KUNNR;BELNR;BLART;WRBTR;BLDAT;ZFBDT;AUGDT;Currency",
        "C1;1;RV;1.250;03.04.2026;03.05.2026;;X",
        "C1;2;DG;-20,5;04.04.2026;;;X",
        "C1;3;DZ;100,00-;05.04.2026;;06.04.2026;X",
        "C1;4;RV;-7;05.04.2026;05.04.2026;;X",
    )
    mapping = {
        "columns": {
            "customer": "KUNNR",
            "number": "BELNR",
            "kind": "BLART",
            "amount": "WRBTR",
            "issued": "BLDAT",
            "due": "ZFBDT",
            "settled": "AUGDT",
        },
        "kinds": {"RV": "invoice", "DG": "credit_note", "DZ": "payment"},
        "constants": {"currency": "EUR"},
        "dates": "dmy",
        "decimal": ",",
        "signed": True,
        "delimiter": ";",
    }
    read = [entry for entry in entries(path, mapping) if isinstance(entry, LedgerItem)]
    assert [(one.kind, one.amount, one.currency, one.issued.isoformat()) for one in read] == [
        ("invoice", 1250, "EUR", "2026-04-03"),
        ("credit_note", Decimal("20.5"), "EUR", "2026-04-04"),
        ("payment", 100, "EUR", "2026-04-05"),
        ("credit_note", 7, "EUR", "2026-04-05"),
    ]
    assert LedgerFile(path, LedgerMapping.model_validate(mapping)).taken.unused == ("Currency",)


ROWS = [
    (
        "C1,1,invoice,850.000,CNY,2026-03-01,2026-03-31,",
        "row 1, amount: '850.000': an amount that can be read in one way",
    ),
    (
        'C1,1,invoice,"1,234",CNY,2026-03-01,2026-03-31,',
        "row 1, amount: '1,234': an amount that can be read in one way",
    ),
    ("C1,1,invoice,ten,CNY,2026-03-01,2026-03-31,", "row 1, amount: 'ten': an amount such as 1250.50"),
    ("C1,1,invoice,0,CNY,2026-03-01,2026-03-31,", "row 1, amount: '0': more than 0"),
    ("C1,1,invoice,1.23456,CNY,2026-03-01,2026-03-31,", "row 1, amount: '1.23456': at most 4 places after the point"),
    ("C1,1,payment,-5,CNY,2026-03-01,,", "row 1, amount: '-5': a positive amount: a negative one of this kind may be"),
    ("C1,1,credit note,-5,CNY,2026-03-01,,", "row 1, amount: '-5': a positive amount"),
    ("C1,1,returned payment,-5,CNY,2026-03-01,,", "row 1, amount: '-5': a positive amount"),
    (
        "C1,1,invoice,5,CNY,03/04/2026,2026-05-31,",
        "row 1, issued: '03/04/2026': a day that can be read in one way only",
    ),
    ("C1,1,invoice,5,CNY,2026-02-30,2026-05-31,", "row 1, issued: '2026-02-30': a day such as 2026-05-31"),
    ("C1,1,invoice,5,CNY,2026-03-01,2026-02-28,", "row 1: a due day that is not before the day of the document"),
    ("C1,1,invoice,5,CNY,2026-03-01,,", "row 1: a due day"),
    ("C1,1,invoice,5,cny,2026-03-01,2026-03-31,", "row 1, currency: 'cny': a three-letter ISO 4217 currency code"),
    ("C1,1,bill,5,CNY,2026-03-01,2026-03-31,", "row 1, kind: 'bill': one of invoice, credit_note, payment,"),
    ("C1,1,,5,CNY,2026-03-01,2026-03-31,", "row 1, kind: this field is required"),
    (",1,invoice,5,CNY,2026-03-01,2026-03-31,", "row 1, customer: this field is required"),
    ("C1,,invoice,5,CNY,2026-03-01,2026-03-31,", "row 1, number: this field is required"),
    ("C1,1,invoice,,CNY,2026-03-01,2026-03-31,", "row 1, amount: this field is required"),
    ("C1,1,promise,5,CNY,2026-03-01,,", "row 1, due: this field is required"),
    ("C1,1,promise,5,CNY,2026-03-01,2026-02-01,", "row 1: a promised day that is not before the day it was made"),
    ("C1,1,order,5,CNY,2026-03-01,,", "row 1, stage: this field is required"),
    ("C1,1,order,5,CNY,,,", "row 1, issued: this field is required"),
    ("C1,1,invoice,5,CNY,2026-03-01", "row 1: '6': 8 cells, one for each column"),
    ("C1,1,invoice,5,CNY,2026-03-01,2026-03-31,,x", "row 1: '9': 8 cells, one for each column"),
    ("C\u202e1,1,invoice,5,CNY,2026-03-01,2026-03-31,", "customer: 'C\\u202e1': text without control characters"),
]


@pytest.mark.parametrize(("line", "told"), ROWS)
def test_a_bad_row_is_told_with_its_column_and_reason(tmp_path: Path, line: str, told: str) -> None:
    path = written(tmp_path, HEAD, line)
    said = refusal(path)
    assert told in said
    assert "ledger.csv has 1 bad rows. - mend the rows, or accept explicitly" in said
    (row,) = LedgerFile(path).rows()
    assert isinstance(row, RefusedRow)
    assert (row.number, told in row.reason.en, is_chinese(row.reason)) == (1, True, True)


def test_problems_have_the_names_of_the_columns_in_the_file_and_all_are_told(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "客户编号,单据号,单据类型,金额,币种,开票日期,到期日,结算方式",
        "甲,1,发票,850.000,CNX,3/4/2026,2026-03-31,贝壳",
        "甲,2,发票,5,CNY,2026-03-01,2026-03-31,",
        "甲,,付款承诺,5,CNY,2026-03-01,x,",
    )
    with pytest.raises(BadInput) as caught:
        entries(path)
    assert [(problem.row, problem.field, problem.value) for problem in caught.value.problems] == [
        (1, "金额", "850.000"),
        (1, "开票日期", "3/4/2026"),
        (1, "结算方式", "贝壳"),
        (1, "币种", "CNX"),
        (3, "到期日", "x"),
        (3, "单据号", ""),
    ]
    assert untranslated(caught.value) == []


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("C1,1,credit note,5,", "amount: '5': a negative amount for a credit note or a payment"),
        ("C1,1,payment,5,", "amount: '5': a negative amount for a credit note or a payment"),
        ("C1,1,returned payment,-5,", "amount: '-5': a negative amount for a credit note or a payment, a positive one"),
        ("C1,1,payment,-5,5", "open amount: '5': an open amount of the same sign as the amount"),
        ("C1,1,payment,-5,-6", "row 1: at most the amount of the document"),
        ("C1,1,payment,-5,0", "row 1: a day of settlement, for nothing is open"),
    ],
)
def test_signed_amounts_that_contradict_their_kind_are_refused(tmp_path: Path, line: str, told: str) -> None:
    path = written(
        tmp_path,
        "customer,number,kind,amount,open amount,currency,issued",
        f"{line},CNY,2026-03-01",
    )
    assert told in refusal(path, {"signed": True})


def test_open_amounts_carry_the_sign_of_their_amount(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "customer,number,kind,amount,open amount,currency,issued,due",
        "C1,1,invoice,-5,-2,CNY,2026-03-01,2026-03-31",
        "C1,2,invoice,5,2,CNY,2026-03-01,2026-03-31",
    )
    read = [entry for entry in entries(path) if isinstance(entry, LedgerItem)]
    assert [(one.kind, one.amount, one.open_amount, one.due) for one in read] == [
        ("credit_note", Decimal(5), Decimal(2), None),
        ("invoice", Decimal(5), Decimal(2), date(2026, 3, 31)),
    ]


def test_the_same_document_twice_is_a_bad_row(tmp_path: Path) -> None:
    lines = [GOOD, GOOD.replace("100.50", "200"), GOOD.replace("C1", "C2"), GOOD.replace("invoice", "payment")]
    path = written(tmp_path, HEAD, *lines)
    good, twice, other, payment = LedgerFile(path).rows()
    assert [type(row) for row in (good, twice, other, payment)] == [ReadRow, RefusedRow, ReadRow, ReadRow]
    assert isinstance(twice, RefusedRow)
    assert twice.reason.en == (
        "row 2, number: '1': each document once; an earlier row has this customer, kind, number and line"
    )


def test_good_rows_are_used_without_the_bad_ones_only_where_that_is_accepted(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD, GOOD, "C1,2,invoice,x,CNY,2026-03-01,2026-03-31,", GOOD.replace(",1,", ",3,"))
    file, given_up = LedgerFile(path), list[RefusedRow]()
    assert [entry.number for entry in file.entries(leave_out=given_up.append)] == ["1", "3"]
    assert [(row.number, row.customer) for row in given_up] == [(2, "C1")]
    assert (file.tally.good, file.tally.refused) == (2, 1)
    used: list[str] = []
    with pytest.raises(BadInput, match=r"ledger\.csv has 1 bad rows\."):
        used.extend(entry.number for entry in file.entries())


def test_a_file_of_nothing_but_bad_rows_is_not_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_files, "MAX_PROBLEMS", 3)
    path = written(tmp_path, HEAD, *["C1,1,invoice,x,CNY,2026-03-01,2026-03-31,"] * 10)
    assert "ledger.csv has 4 bad rows; the rest was not read." in refusal(path)


def test_bad_rows_are_written_with_their_reasons_and_nothing_that_a_spreadsheet_runs(tmp_path: Path) -> None:
    path = written(
        tmp_path, f"{HEAD},=note", '=1+1,1,invoice,-,CNY,2026-03-01,2026-03-31,,"@x"', f"{GOOD},", "+C2,1,invoice"
    )
    file, target = LedgerFile(path), tmp_path / "refused.csv"
    with RefusedFile(target, file.header) as refused:
        assert len(list(file.entries(leave_out=refused.add))) == 1
    assert refused.count == 2
    assert [row.customer for row in file.rows() if isinstance(row, RefusedRow)] == ["=1+1", "+C2"]
    with target.open(encoding="utf-8-sig", newline="") as lines:
        head, first, second = csv.reader(lines)
    assert head == ["row", *HEAD.split(","), "'=note", "reason", "原因"]
    assert first[:10] == ["1", "'=1+1", "1", "invoice", "'-", "CNY", "2026-03-01", "2026-03-31", "", "'@x"]
    assert first[10].startswith("row 1, amount: '-': an amount such as")
    assert first[11].startswith("行 1，amount: '-': 金额")
    assert second[:5] == ["3", "'+C2", "1", "invoice", ""]
    assert not any(cell.startswith(FORMULA_STARTS) for row in (head, first, second) for cell in row)


def test_mended_rows_come_back_without_their_guards(tmp_path: Path) -> None:
    path = written(
        tmp_path, f"row,{HEAD},reason,原因", "2,'=C1,1,invoice,'-5,CNY,2026-03-01,2026-03-31,,was wrong,有误"
    )
    (entry,) = entries(path)
    assert isinstance(entry, LedgerItem)
    assert (entry.customer, entry.kind, entry.amount) == ("=C1", "credit_note", Decimal(5))


def test_without_bad_rows_there_is_no_file_of_them(tmp_path: Path) -> None:
    with RefusedFile(tmp_path / "refused.csv", ("a",)) as refused:
        assert refused.count == 0
    assert not (tmp_path / "refused.csv").exists()


def test_a_preview_says_what_a_file_would_give(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        f"{HEAD},Stage,Salesman",
        f"{GOOD},,Li",
        "C2,2,invoice,x,CNY,2026-03-01,2026-03-31,,,Li",
        "C2,3,payment,20.50,CNY,2026-03-02,,,,Li",
        "C2,4,invoice,70,USD,2026-02-27,2026-03-31,2026-04-05,,Li",
        "C2,5,order,9,CNY,2026-03-05,,,ready,Li",
        "C3,6,returned payment,3,USD,2026-03-04,,,,Li",
    )
    found = LedgerFile(path).preview(rows=2)
    assert found.columns == {name: name for name in HEAD.split(",")} | {"stage": "Stage"}
    assert found.unused == ("Salesman",)
    first, second = found.first
    assert isinstance(first, ReadRow)
    assert (first.number, first.entry.number) == (1, "1")
    assert found.refused == (second,)
    tally = found.tally
    assert (tally.good, tally.refused, tally.customers) == (5, 1, 3)
    assert tally.kinds == {"invoice": 2, "payment": 1, "order": 1, "returned_payment": 1}
    assert tally.balances == {"CNY": 80, "USD": 3}  # 100.50 - 20.50; 70 is settled, 3 came back
    assert (tally.first_day, tally.last_day) == (date(2026, 2, 27), date(2026, 3, 5))


def test_what_a_ledger_tells_is_what_it_has_of_anybody_and_what_the_mapping_says(tmp_path: Path) -> None:
    path = written(tmp_path, f"{HEAD},disputed", f"{GOOD},", "C3,6,returned payment,3,USD,2026-03-04,,,")
    file = LedgerFile(path, LedgerMapping(tells=("promise",)))
    file.preview()
    since = date(2025, 1, 1)
    assert file.coverage(since) == Coverage(
        complete_since=since, tells=frozenset({"dispute", "returned_payment", "promise"})
    )
    plain = LedgerFile(written(tmp_path, HEAD, GOOD, name="plain.csv"))
    plain.preview()
    assert plain.coverage(None) == Coverage()


def test_rows_come_one_at_a_time(tmp_path: Path) -> None:
    lines = [GOOD.replace(",1,", f",{number},") for number in range(1, 3001)]
    path = written(tmp_path, HEAD, *lines)
    with path.open("ab") as file:
        file.write("中".encode("gbk"))
    read = LedgerFile(path).entries()
    assert next(read).number == "1"
    with pytest.raises(BadInput, match="is not UTF-8 text"):
        list(read)


def test_a_file_without_the_columns_of_a_ledger_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        LedgerFile(written(tmp_path, "customer,金额,amount,issued", "C1,1,2,x"))
    assert [(problem.field, problem.value) for problem in caught.value.problems] == [
        ("number", ""),
        ("kind", ""),
        ("amount", "金额, amount"),
        ("currency", ""),
    ]
    assert untranslated(caught.value) == []


CELLS = st.one_of(
    st.sampled_from(
        ["", "invoice", "payment", "promise", "order", "CNY", "2026-03-01", "1", "-1", "850.000", "0", "ready"]
    ),
    st.text(st.characters(exclude_characters='\r\n,"', exclude_categories=["Cs"]), max_size=8),
)


@given(st.lists(st.lists(CELLS, min_size=8, max_size=8), min_size=1, max_size=5))
def test_every_row_is_read_or_refused_with_a_reason(
    tmp_path_factory: pytest.TempPathFactory, table: list[list[str]]
) -> None:
    path = tmp_path_factory.mktemp("ledger") / "any.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEAD.split(","), *table])
    filled = sum(any(cell.strip() for cell in row) for row in table)
    if filled == 0:
        assert "has no rows" in refusal(path)
        return
    rows = list(LedgerFile(path).rows())
    assert len(rows) == filled
    for row in rows:
        if isinstance(row, RefusedRow):
            assert all(is_chinese(problem.expected) and problem.row == row.number for problem in row.problems)
            assert row.problems != ()
