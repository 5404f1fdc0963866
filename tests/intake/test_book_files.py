"""The book of customers as lists have it: what is read, what is refused, and in which words."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from admission.customers.book.records import BookRow, BookSecurity
from admission.errors import BadInput
from admission.policy.customer_rules import SecurityKind
from intake import book_files
from intake.book_files import BookFile, BookRead
from intake.book_mapping import BOOK_COLUMNS, BOOK_NAMES, BookMapping, read_book_mapping
from intake.mapped_columns import fold
from tests.conftest import ROOT
from tests.languages import is_chinese, untranslated

HEADER = (
    "legal_name,country,uk_company_number,segment,grade,limit,currency,terms_days,last_review,next_review,"
    "industry_code,account,security_kind,security_amount,security_giver,security_document,security_until,open_limit"
)
PLAIN = "Old Friend Ltd,GB,09876543,,B,50000,GBP,30,2026-05-01,,,,,,,,,"
FULL = (
    'Other Friend Ltd,GB,9876544,micro,A,"1,250.50",英镑,45,2026/3/1,2027-01-31,uk-sic:47110,10023,'
    "Bank Guarantee,1000,Example Bank,LG 17,2027-06-30,0"
)


def written(folder: Path, *rows: str, header: str = HEADER) -> Path:
    path = folder / "book.csv"
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    return path


def read(folder: Path, *rows: str, header: str = HEADER, mapping: BookMapping | None = None) -> BookRead:
    return BookFile(written(folder, *rows, header=header), mapping).read()


def reasons(found: BookRead) -> list[tuple[int, str]]:
    return [(row.number, row.reason.en) for row in found.refused]


def test_rows_become_customers(tmp_path: Path) -> None:
    found = read(tmp_path, PLAIN, FULL)
    assert reasons(found) == []
    plain, full = (one.row for one in found.good)
    assert plain.company_key == "uk_company_number:09876543"
    assert (plain.application.segment, plain.grade, plain.limit, plain.currency) == (
        "standard",
        "B",
        Decimal(50_000),
        "GBP",
    )
    assert (plain.last_review_on, plain.next_review_on, plain.security) == (date(2026, 5, 1), None, None)
    assert (plain.account, plain.industry_code, plain.open_part) == ("", "", Decimal(50_000))
    assert (full.application.segment, full.application.requested.terms_days) == ("micro", 45)
    assert (full.limit, full.currency, full.open_part) == (Decimal("1250.50"), "GBP", Decimal(0))
    assert (full.next_review_on, full.industry_code, full.account) == (date(2027, 1, 31), "uk-sic:47110", "10023")
    assert full.security == BookSecurity(
        kind=SecurityKind.BANK_GUARANTEE,
        giver="Example Bank",
        document="LG 17",
        amount=Decimal(1000),
        valid_until=date(2027, 6, 30),
    )


def test_what_a_security_leaves_of_the_limit_is_open_where_the_book_does_not_tell(tmp_path: Path) -> None:
    some = read(tmp_path, PLAIN, FULL.removesuffix("0")).good[1].row
    assert some.open_part == Decimal("250.50")
    large = some.model_copy(update={"security": some.security and some.security.model_copy(update={"amount": 9999})})
    assert large.open_part == 0


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (PLAIN.replace(",50000,", ",50.000,"), "an amount that can be read in one way only"),
        (PLAIN.replace(",50000,", ",0,"), "limit: more than 0"),
        (PLAIN.replace(",50000,", ",-5,"), "limit: more than 0"),
        (PLAIN.replace(",50000,", ",,"), "limit: this field is required"),
        (PLAIN.replace("2026-05-01", "01/05/2026"), "a day that can be read in one way only"),
        (PLAIN.replace("2026-05-01", ""), "last_review: this field is required"),
        (PLAIN.replace(",B,", ",,"), "grade: this field is required"),
        (PLAIN.replace(",GB,", ",Atlantis,"), "country: a two-letter ISO 3166"),
        (PLAIN.replace("09876543", "X"), "uk_company_number: eight digits"),
        (PLAIN.replace(",30,", ",400,"), "terms_days: at most 365"),
        (PLAIN.replace(",30,", ",soon,"), "terms_days: a whole number"),
        (PLAIN.replace(",GBP,", ",GBX,"), "currency: a three-letter ISO 4217"),
        (PLAIN.replace("2026-05-01,,,", "2026-05-01,,47110,"), "industry_code: a code with its scheme"),
        (FULL.replace("10023", "9" * 81), "account: at most 80 characters"),
        (FULL.replace("uk-sic:47110", "x:" + "9" * 40), "industry_code: at most 40 characters"),
        (FULL.replace("1000,Ex", "-1,Ex"), "security_amount: more than 0"),
        (FULL.removesuffix("0") + "-1", "open_limit: at least 0"),
        (FULL.replace("Example Bank", ""), "security_giver: this field is required"),
        (FULL.replace("Bank Guarantee", "Handshake"), "security_kind: one of cash_deposit"),
        (FULL.replace("2027-06-30", "2027"), "security_until: a day such as"),
        (PLAIN + ",one more", "18 cells"),
        ("Old Friend Ltd,GB", "18 cells"),
    ],
)
def test_a_bad_row_is_refused_by_the_name_of_its_column(tmp_path: Path, row: str, why: str) -> None:
    found = read(tmp_path, row)
    assert [one.row for one in found.good] == []
    ((number, told),) = reasons(found)
    assert number == 1
    # The column, what it has where that is told, and what would be right: nothing else.
    column, _, expected = why.rpartition(": ")
    assert re.match(rf"row 1(, {column or '[a-z_]+'})?: ('[^']*': )?{re.escape(expected)}", told), told
    assert "row 1" not in told[1:]


def test_all_that_is_wrong_with_a_row_is_told_at_once(tmp_path: Path) -> None:
    ((_, told),) = reasons(read(tmp_path, PLAIN.replace(",50000,GBP,", ",much,GBX,")))
    assert "an amount such as" in told
    assert "ISO 4217" in told


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        (PLAIN, PLAIN.replace("Old", "Older").replace("50000", "70000"), "each company once"),
        (FULL, FULL.replace("9876544", "9876545").replace("LG 17", "LG 18"), "each customer number once"),
        (FULL, FULL.replace("9876544", "9876545").replace("10023", "10024").replace("LG 17", "lg17"), "each security"),
    ],
)
def test_what_is_there_twice_is_refused_each_time(tmp_path: Path, first: str, second: str, why: str) -> None:
    other = PLAIN.replace("09876543", "09876999")
    found = read(tmp_path, first, other, second)
    assert [one.number for one in found.good] == [2]
    assert [(number, why in told) for number, told in reasons(found)] == [(1, True), (3, True)]


def test_headings_are_known_in_both_languages_whatever_their_capitals(tmp_path: Path) -> None:
    header = "企业名称,国家,统一社会信用代码,信用等级,授信额度,币种,账期天数,上次复审日期,应收余额"
    path = written(
        tmp_path, "云杉示例有限公司,中国,91990000MA9X000702,B,800000,人民币,30,2026年5月1日,12", header=header
    )
    file = BookFile(path)
    ((row,), refused) = file.read()
    assert refused == ()
    assert (row.row.company_key, row.row.currency) == ("uscc:91990000MA9X000702", "CNY")
    assert row.row.application.country == "CN"
    assert (file.balance, file.taken.unused) == ("应收余额", ("应收余额",))
    english = HEADER.replace("legal_name", "Legal Name").replace("terms_days", "PAYMENT TERMS")
    assert len(read(tmp_path, PLAIN, header=english).good) == 1


def test_the_names_of_columns_do_not_overlap() -> None:
    names = [fold(name) for column in BOOK_COLUMNS for name in {*BOOK_NAMES[column].split("|")}]
    assert len(names) == len(set(names))
    assert set(BOOK_NAMES) == set(BOOK_COLUMNS)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refused:
        BookFile(written(tmp_path, "x", header="legal_name,country,limit"))
    assert {problem.field for problem in refused.value.problems} == {"grade", "currency", "terms_days", "last_review"}
    assert "is not read as a book of customers" in refused.value.message.en


def test_a_mapping_says_what_is_called_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "map.yaml"
    path.write_text(
        "columns: {legal_name: NAME1, limit: KLIMK, grade: CTLPC, last_review: DTREV}\n"
        "grades: {'001': A}\nsegments: {kmu: micro}\nsecurities: {Bürgschaft: personal_guarantee}\n"
        "constants: {country: DE, currency: EUR, terms_days: 30}\ndates: dmy\ndecimal: ','\ndelimiter: ';'\n",
        encoding="utf-8",
    )
    book = tmp_path / "sap.csv"
    book.write_text(
        "NAME1;KLIMK;CTLPC;DTREV;Segment;Security;Security Amount;Guarantor;Security Number\n"
        "Beispiel GmbH;50.000,00;001;01.05.2026;KMU;Bürgschaft;1.000;Erika Muster;7\n",
        encoding="utf-8",
    )
    ((one,), refused) = BookFile(book, read_book_mapping(path)).read()
    assert refused == ()
    row = one.row
    assert (row.grade, row.application.segment, row.limit, row.currency) == ("A", "micro", Decimal(50_000), "EUR")
    assert (row.last_review_on, row.application.requested.terms_days) == (date(2026, 5, 1), 30)
    assert row.security is not None
    assert (row.security.kind, row.security.amount) == (SecurityKind.PERSONAL_GUARANTEE, Decimal(1000))


def test_the_mapping_of_the_docs_is_one(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "customers.md").read_text(encoding="utf-8").partition("## The book")[2]
    path = tmp_path / "map.yaml"
    path.write_text(page.partition("```yaml")[2].partition("```")[0], encoding="utf-8")
    found = read_book_mapping(path)
    assert (found.grades, found.constants.terms_days, found.decimal) == ({"001": "A", "002": "B"}, 30, ",")
    told = {name for line in page.splitlines() for name in re.findall(r"`(\w+)`", line.partition(" | ")[0])}
    assert set(BOOK_COLUMNS) <= told


def test_a_workbook_is_read_too(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["legal_name", "country", "grade", "limit", "currency", "terms_days", "last_review"])
    sheet.append(["Old Friend Ltd", "GB", "B", 50000.5, "GBP", 30, date(2026, 5, 1)])
    path = tmp_path / "book.xlsx"
    book.save(path)
    ((one,), refused) = BookFile(path).read()
    assert refused == ()
    assert (one.row.limit, one.row.last_review_on) == (Decimal("50000.5"), date(2026, 5, 1))
    assert one.row.company_key == "name:GB:old friend ltd"


def test_a_larger_book_comes_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book_files, "LARGEST_BOOK", 2)
    rows = [PLAIN.replace("09876543", f"0987654{number}") for number in range(3)]
    assert len(read(tmp_path, *rows[:2]).good) == 2
    with pytest.raises(BadInput, match="more than 2 customers"):
        read(tmp_path, *rows)


def test_a_row_is_objected_to_by_the_name_of_its_column(tmp_path: Path) -> None:
    file = BookFile(written(tmp_path, PLAIN, header=HEADER.replace("grade", "Rating")))
    (one,) = file.read().good
    refused = file.objected(one, [("grade", "B", book_files.COMPANY_ONCE)])
    assert (refused.number, refused.customer, refused.cells) == (1, "Old Friend Ltd", one.cells)
    assert [(problem.field, problem.value, problem.row) for problem in refused.problems] == [("Rating", "B", 1)]


def test_a_row_outlives_its_document() -> None:
    row = BookRow.model_validate(
        {
            "application": {
                "legal_name": "Old Friend Ltd",
                "country": "GB",
                "requested": {"limit": "5", "currency": "GBP", "terms_days": 0},
            },
            "grade": "B",
            "last_review_on": "2026-05-01",
        }
    )
    assert BookRow.model_validate_json(row.model_dump_json()) == row


def test_what_is_refused_is_told_in_both_languages(tmp_path: Path) -> None:
    found = read(tmp_path, PLAIN, PLAIN, FULL.replace("Example Bank", ""), PLAIN.replace(",50000,", ",-5,"))
    assert len(found.refused) == 4
    assert all(is_chinese(row.reason) for row in found.refused)
    with pytest.raises(BadInput) as refused:
        BookFile(written(tmp_path, "x", header="name,security"))
    assert untranslated(refused.value) == []
