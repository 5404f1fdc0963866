"""Which column of a ledger's file is what: by the names that ledgers usually have, or by a file that says so."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar, get_args

from pydantic import Field, ValidationError, model_validator

from admission.customers.ledger.records import ItemKind, Means, Optional
from admission.errors import BadInput, Invalid, Problem
from admission.model import Record, Text
from admission.money import Currency
from admission.policy.order_rules import OrderStage
from admission.problems import no_such, problems_of
from intake.plain_cells import DayOrder, DecimalMark
from intake.reading import read_written

Column = Literal[
    "customer",
    "number",
    "line",
    "kind",
    "amount",
    "open_amount",
    "currency",
    "issued",
    "due",
    "settled",
    "means",
    "disputed",
    "dunning",
    "kept",
    "stage",
    "ship_on",
]
EntryKind = Literal[ItemKind, "promise", "order"]
W = TypeVar("W", bound=str)

COLUMNS: tuple[Column, ...] = get_args(Column)
REQUIRED: tuple[Column, ...] = ("customer", "number", "kind", "amount", "currency", "issued")
NAMES: dict[Column, str] = {
    "customer": "customer|customer number|customer no|customer id|customer key|客户编号|客户编码|客户代码|客户号",
    "number": "number|document|document number|document no|单据号|单据编号|单据号码|凭证号|凭证编号",
    "line": "line|line number|line no|instalment|行号|分期号",
    "kind": "kind|type|document type|单据类型|类型",
    "amount": "amount|document amount|金额|单据金额|原币金额",
    "open_amount": "open amount|amount open|outstanding|未清金额|未核销金额|未收金额",
    "currency": "currency|币种|币别",
    "issued": "issued|issue date|issued on|document date|invoice date|单据日期|开票日期|业务日期",
    "due": "due|due date|due on|net due date|到期日|到期日期",
    "settled": "settled|settled on|settlement date|clearing date|结清日期|结清日|核销日期|清账日期",
    "means": "means|means of payment|payment method|结算方式|付款方式|收款方式",
    "disputed": "disputed|disputed amount|争议金额",
    "dunning": "dunning|dunning level|催款级别|催收级别",
    "kept": "kept|promise kept|是否兑现",
    "stage": "stage|order stage|order status|订单状态|订单阶段",
    "ship_on": "ship on|ship date|ship day|shipped|发货日期|发货日",
}
"""How ledgers call their columns; signs, blanks and capitals do not matter."""

_KINDS: dict[EntryKind, str] = {
    "invoice": "invoice|发票|销售发票|应收单",
    "credit_note": "credit note|credit memo|红字发票|红字应收单|贷项凭证",
    "payment": "payment|收款|收款单|回款",
    "returned_payment": "returned payment|bounced payment|退票",
    "promise": "promise|promise to pay|付款承诺",
    "order": "order|sales order|订单|销售订单",
}
_STAGES: dict[OrderStage, str] = {
    "entered": "entered|已录入",
    "confirmed": "confirmed|已确认",
    "picking": "picking|备货中|拣货中",
    "ready": "ready|ready to ship|待发货",
    "shipped_not_invoiced": "shipped not invoiced|已发货未开票",
}
_MEANS: dict[Means, str] = {
    "bank_transfer": "bank transfer|wire transfer|银行转账|转账|电汇",
    "direct_debit": "direct debit|银行代扣|代扣",
    "cheque": "cheque|check|支票",
    "card": "card|credit card|银行卡",
    "cash": "cash|现金",
    "bank_acceptance": "bank acceptance|bank acceptance bill|银行承兑汇票|银承",
    "commercial_acceptance": "commercial acceptance|commercial acceptance bill|商业承兑汇票|商承",
    "letter_of_credit": "letter of credit|信用证",
    "other": "other|其他",
}
_NO_TABLE = Text(en="a table with columns, kinds or other settings", zh="含有 columns、kinds 等设置的表")
_TWO_FIELDS = Text(en="each column for one thing only", zh="每列只对应一项内容")
_COLUMN_OR_CONSTANT = Text(en="a column or a constant, not both", zh="只能指定列或固定值之一")
_TWO_COLUMNS = Text(
    en="one column for this; say in the mapping which (columns)", zh="此项只能对应一列，请在列对照文件中指定（columns）"
)
_MISSING = Text(
    en="a column for this, or one named in the mapping (columns)",
    zh="需要此列，或在列对照文件中指定对应的列（columns）",
)
COLUMN = Text(en="column", zh="列")


class Constants(Record):
    """What is the same in every row, and has no column."""

    kind: EntryKind | None = None
    currency: Currency | None = None


class LedgerMapping(Record):
    """How the file of a ledger says what we need.

    Attributes:
        columns: our name of a column -> theirs; columns that are not named here are found by their usual names.
        kinds, stages, means: their word -> ours, besides the usual ones.
        constants: what is the same in every row.
        dates: in what order days are written. The year comes first unless this says otherwise.
        decimal: what stands before the decimals in amounts; None where it is not known, so that 850.000 is asked about.
            Amounts that a workbook holds as numbers have a point.
        signed: amounts carry the sign of the account: credit notes and payments are negative.
        delimiter: what parts the cells of a CSV file.
        tells: what the ledger would hold if there were any, though perhaps no row of this file does.
    """

    columns: dict[Column, str] = Field(default_factory=dict)
    kinds: dict[str, EntryKind] = Field(default_factory=dict)
    stages: dict[str, OrderStage] = Field(default_factory=dict)
    means: dict[str, Means] = Field(default_factory=dict)
    constants: Constants = Constants()
    dates: DayOrder = "ymd"
    decimal: DecimalMark | None = None
    signed: bool = False
    delimiter: Literal[",", ";", "\t", "|"] = ","
    tells: tuple[Optional, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> LedgerMapping:
        theirs = list(self.columns.values())
        if len(set(theirs)) < len(theirs):
            raise Invalid(_TWO_FIELDS)
        if set(self.columns) & self.constants.model_dump(exclude_none=True).keys():
            raise Invalid(_COLUMN_OR_CONSTANT)
        return self


class Taken(NamedTuple):
    """Which columns of a file were taken for what.

    Attributes:
        places: our name -> place of their column.
        names: our name -> their name; also that of a column that is not there.
        unused: their columns that are not read.
    """

    places: dict[Column, int]
    names: dict[str, str]
    unused: tuple[str, ...]


class Words(NamedTuple):
    """What the words of a file mean, folded as `fold` does."""

    kinds: Mapping[str, EntryKind]
    stages: Mapping[str, OrderStage]
    means: Mapping[str, Means]

    @classmethod
    def of(cls, mapping: LedgerMapping) -> Words:
        """Return the usual words, and those of a mapping before them."""
        return cls(
            {**_folded(_KINDS), **{fold(word): kind for word, kind in mapping.kinds.items()}},
            {**_folded(_STAGES), **{fold(word): stage for word, stage in mapping.stages.items()}},
            {**_folded(_MEANS), **{fold(word): means for word, means in mapping.means.items()}},
        )


@functools.lru_cache(maxsize=4096)
def fold(word: str) -> str:
    """Return a word without what does not matter in it: capitals, blanks, signs, and the width of its letters."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", word)).casefold()


def read_ledger_mapping(path: Path) -> LedgerMapping:
    """Read a mapping, as YAML or JSON.

    Raises:
        BadInput: with every problem of the file, each with its line where that is known.
    """
    read = read_written(path)
    message = Text(en=f"{path.name} cannot be used as a mapping.", zh=f"{path.name} 不能用作列对照文件。")
    if not isinstance(read.document, Mapping):
        raise BadInput(message, problems=[Problem("", "", _NO_TABLE)])
    try:
        return LedgerMapping.model_validate(read.document)
    except ValidationError as error:
        problems = problems_of(error, model=LedgerMapping)
        lines = {".".join(map(str, place)): line for place, line in read.lines.items()}
        named = [replace(one, line=lines.get(one.field.removesuffix(".[key]"))) for one in problems]
        raise BadInput(message, problems=named) from None


def take_columns(path: Path, header: Sequence[str], mapping: LedgerMapping) -> Taken:
    """Say which column of a file is what.

    Raises:
        BadInput: with every column that is missing, or is there twice.
    """
    places: dict[Column, int] = {}
    problems: list[Problem] = []
    for ours, theirs in mapping.columns.items():
        if theirs in header:
            places[ours] = header.index(theirs)
        else:
            problems.append(Problem(ours, theirs, no_such(COLUMN, theirs, header), row=0))
    constant = mapping.constants.model_dump(exclude_none=True)
    claimed = set(mapping.columns.values())
    free = [(fold(name), place) for place, name in enumerate(header) if name not in claimed]
    for ours in COLUMNS:
        if ours in mapping.columns or ours in constant:
            continue
        usual = {fold(name) for name in NAMES[ours].split("|")}
        found = [place for name, place in free if name in usual]
        if len(found) == 1:
            places[ours] = found[0]
        elif found:
            problems.append(Problem(ours, ", ".join(header[place] for place in found), _TWO_COLUMNS, row=0))
        elif ours in REQUIRED:
            problems.append(Problem(ours, "", _MISSING, row=0))
    if problems:
        message = Text(en=f"{path.name} is not read as a ledger.", zh=f"{path.name} 无法按台账读取。")
        raise BadInput(message, problems=problems)
    unused = tuple(name for place, name in enumerate(header) if place not in places.values())
    return Taken(places, {ours: header[places[ours]] if ours in places else ours for ours in COLUMNS}, unused)


def _folded(words: Mapping[W, str]) -> dict[str, W]:
    """Turn our word -> their words around; ours counts as one of theirs."""
    return {fold(word): ours for ours, theirs in words.items() for word in (str(ours), *theirs.split("|"))}
