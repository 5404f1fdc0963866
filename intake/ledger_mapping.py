"""Which column of a ledger's file is what: by the names that ledgers usually have, or by a file that says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple, get_args

from pydantic import Field, model_validator

from admission.customers.ledger.records import ItemKind, Means, Optional
from admission.model import Record, Text
from admission.money import Currency
from admission.policy.order_rules import OrderStage
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
    "selling_unit",
]
EntryKind = Literal[ItemKind, "promise", "order"]

COLUMNS: tuple[Column, ...] = get_args(Column)
REQUIRED: tuple[Column, ...] = ("customer", "number", "kind", "amount", "currency", "issued")
# Ledgers often have the name of a sales organisation, which is no code: such a column is a mapping's to name.
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
    "selling_unit": "selling unit|selling unit code|销售单位代码",
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
_WANTED = Wanted(NAMES, REQUIRED, Text(en="is not read as a ledger.", zh="无法按台账读取。"))


class Constants(Record):
    """What is the same in every row, and has no column."""

    kind: EntryKind | None = None
    currency: Currency | None = None


class LedgerMapping(TableMapping):
    """How the file of a ledger says what we need.

    Attributes:
        columns: our name of a column -> theirs; columns that are not named here are found by their usual names.
        kinds, stages, means: their word -> ours, besides the usual ones.
        constants: what is the same in every row.
        signed: amounts carry the sign of the account: credit notes and payments are negative.
        tells: what the ledger would hold if there were any, though perhaps no row of this file does.
    """

    columns: dict[Column, str] = Field(default_factory=dict)
    kinds: dict[str, EntryKind] = Field(default_factory=dict)
    stages: dict[str, OrderStage] = Field(default_factory=dict)
    means: dict[str, Means] = Field(default_factory=dict)
    constants: Constants = Constants()
    signed: bool = False
    tells: tuple[Optional, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> LedgerMapping:
        check_columns(self.columns, self.constants)
        return self


class Words(NamedTuple):
    """What the words of a file mean, folded as `fold` does."""

    kinds: Mapping[str, EntryKind]
    stages: Mapping[str, OrderStage]
    means: Mapping[str, Means]

    @classmethod
    def of(cls, mapping: LedgerMapping) -> Words:
        """Return the usual words, and those of a mapping before them."""
        return cls(
            {**folded(_KINDS), **{fold(word): kind for word, kind in mapping.kinds.items()}},
            {**folded(_STAGES), **{fold(word): stage for word, stage in mapping.stages.items()}},
            {**folded(_MEANS), **{fold(word): means for word, means in mapping.means.items()}},
        )


def read_ledger_mapping(path: Path) -> LedgerMapping:
    """Read a mapping, as YAML or JSON.

    Raises:
        BadInput: with every problem of the file, each with its line where that is known.
    """
    return read_mapping(path, LedgerMapping)


def take_columns(path: Path, header: Sequence[str], mapping: LedgerMapping) -> Taken[Column]:
    """Say which column of a file is what.

    Raises:
        BadInput: with every column that is missing, or is there twice.
    """
    return take_wanted(path, header, _WANTED, mapping.columns, mapping.constants)
