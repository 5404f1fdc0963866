"""Which column of a book's file is what: by the names that such lists usually have, or by a file that says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple, get_args

from pydantic import Field, model_validator

from admission.model import Record, Text
from admission.policy.customer_rules import SecurityKind
from intake.mapped_columns import (
    TableMapping,
    Taken,
    Wanted,
    check_columns,
    fold,
    folded,
    read_mapping,
    take_wanted,
)

Identifier = Literal["cik", "uk_company_number", "lei", "uscc", "vat", "ein", "duns"]
BookColumn = Literal[
    "legal_name",
    "country",
    Identifier,
    "segment",
    "group",
    "grade",
    "limit",
    "open_limit",
    "currency",
    "terms_days",
    "last_review",
    "next_review",
    "industry_code",
    "account",
    "security_kind",
    "security_amount",
    "security_giver",
    "security_document",
    "security_until",
]

IDENTIFIERS: tuple[Identifier, ...] = get_args(Identifier)
BOOK_COLUMNS: tuple[BookColumn, ...] = get_args(BookColumn)
BOOK_REQUIRED: tuple[BookColumn, ...] = (
    "legal_name",
    "country",
    "grade",
    "limit",
    "currency",
    "terms_days",
    "last_review",
)
BOOK_NAMES: dict[BookColumn, str] = {
    "legal_name": "legal name|name|company|company name|customer name|企业名称|公司名称|客户名称",
    "country": "country|country code|国家|国家地区|国别",
    "cik": "cik|central index key",
    "uk_company_number": "uk company number|company number|companies house number|英国公司注册号",
    "lei": "lei|legal entity identifier|法人机构识别编码",
    "uscc": "uscc|cn uscc|unified social credit code|统一社会信用代码|信用代码",
    "vat": "vat|vat number|vat id|增值税号",
    "ein": "ein|employer identification number|美国雇主识别号",
    "duns": "duns|duns number|邓白氏编码|邓白氏",
    "segment": "segment|customer segment|客户类别|客户类型",
    "group": "group|company group|所属集团|集团",
    "grade": "grade|credit grade|rating|等级|信用等级|客户等级",
    "limit": "limit|credit limit|额度|授信额度|信用额度",
    "open_limit": "open limit|unsecured limit|无需担保额度|信用敞口额度",
    "currency": "currency|币种|币别",
    "terms_days": "terms days|terms|payment terms|credit days|账期|账期天数|信用期",
    "last_review": "last review|last reviewed|last review date|reviewed on|上次复审|上次复审日期|最近复审日期",
    "next_review": "next review|next review date|review due|下次复审|下次复审日期",
    "industry_code": "industry code|industry|行业代码",
    "account": "account|account number|customer number|customer no|customer id|客户编号|客户编码|客户代码",
    "security_kind": "security kind|security|security type|担保方式|担保种类",
    "security_amount": "security amount|担保金额",
    "security_giver": "security giver|guarantor|担保人|保证人",
    "security_document": "security document|security number|担保文件|担保合同号",
    "security_until": "security until|security expiry|valid until|担保到期日|担保截止日",
}
"""How lists of customers call their columns; signs, blanks and capitals do not matter."""

BALANCE_NAMES = "balance|open balance|receivables|outstanding|应收余额|余额|应收账款余额"
_SECURITIES: dict[SecurityKind, str] = {
    SecurityKind.CASH_DEPOSIT: "deposit|cash deposit|现金保证金|保证金",
    SecurityKind.BANK_GUARANTEE: "guarantee of a bank|银行保函|保函",
    SecurityKind.LETTER_OF_CREDIT: "lc|standby letter of credit|信用证|备用信用证",
    SecurityKind.BILL: "bank bill|银行承兑汇票",
    SecurityKind.PARENT_GUARANTEE: "parent company guarantee|母公司保证|母公司担保",
    SecurityKind.PERSONAL_GUARANTEE: "guarantee of a person|个人保证|个人担保",
    SecurityKind.MORTGAGE: "land charge|抵押",
    SecurityKind.RETENTION_OF_TITLE: "reservation of title|所有权保留",
}
_COUNTRIES = {
    "CN": "中国|中华人民共和国|china",
    "HK": "中国香港|香港|hong kong",
    "TW": "中国台湾|台湾|taiwan",
    "US": "美国|united states|usa",
    "GB": "英国|united kingdom|uk|great britain",
    "DE": "德国|germany|deutschland",
    "FR": "法国|france",
    "JP": "日本|japan",
}
COUNTRIES: Mapping[str, str] = folded(_COUNTRIES)
"""Names of countries that lists often have, folded; all others are written by their code."""

_WANTED = Wanted(BOOK_NAMES, BOOK_REQUIRED, Text(en="is not read as a book of customers.", zh="无法按存量客户读取。"))


class BookConstants(Record):
    """What is the same in every row, and has no column."""

    country: str | None = None
    segment: str | None = None
    currency: str | None = None
    terms_days: int | None = None


class BookMapping(TableMapping):
    """How the file of a book says what we need.

    Attributes:
        columns: our name of a column -> theirs; columns that are not named here are found by their usual names.
        grades: their grade -> the policy's.
        segments: their segment -> the policy's.
        securities: their word -> ours, besides the usual ones.
        constants: what is the same in every row.
    """

    columns: dict[BookColumn, str] = Field(default_factory=dict)
    grades: dict[str, str] = Field(default_factory=dict)
    segments: dict[str, str] = Field(default_factory=dict)
    securities: dict[str, SecurityKind] = Field(default_factory=dict)
    constants: BookConstants = BookConstants()

    @model_validator(mode="after")
    def _whole(self) -> BookMapping:
        check_columns(self.columns, self.constants)
        return self


class BookWords(NamedTuple):
    """What the words of a file mean, folded as `fold` does."""

    grades: Mapping[str, str]
    segments: Mapping[str, str]
    securities: Mapping[str, SecurityKind]

    @classmethod
    def of(cls, mapping: BookMapping) -> BookWords:
        """Return the usual words, and those of a mapping before them."""
        return cls(
            {fold(word): grade for word, grade in mapping.grades.items()},
            {fold(word): segment for word, segment in mapping.segments.items()},
            {**folded(_SECURITIES), **{fold(word): kind for word, kind in mapping.securities.items()}},
        )


def read_book_mapping(path: Path) -> BookMapping:
    """Read a mapping, as YAML or JSON.

    Raises:
        BadInput: with every problem of the file, each with its line where that is known.
    """
    return read_mapping(path, BookMapping)


def take_book_columns(path: Path, header: Sequence[str], mapping: BookMapping) -> Taken[BookColumn]:
    """Say which column of a file is what.

    Raises:
        BadInput: with every column that is missing, or is there twice.
    """
    return take_wanted(path, header, _WANTED, mapping.columns, mapping.constants)


def balance_column(unused: Sequence[str]) -> str | None:
    """Return the column with what customers owe, if there is one: it is not read, for the ledger tells it."""
    usual = {fold(name) for name in BALANCE_NAMES.split("|")}
    return next((name for name in unused if fold(name) in usual), None)
