"""What our own books say of a customer: invoices, credit notes, payments, returned payments, promises and open orders.

An open-item ledger: a document counts with what is open of it, from its day to the day on which it was settled. That is
what ledgers of all makes can export, with or without the payments that settled an invoice.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from admission.errors import Invalid
from admission.free_text import plain_line
from admission.model import Record, Text, left_out
from admission.money import Currency
from admission.policy.order_rules import OrderStage

ItemKind = Literal["invoice", "credit_note", "payment", "returned_payment"]
Means = Literal[
    "bank_transfer",
    "direct_debit",
    "cheque",
    "card",
    "cash",
    "bank_acceptance",
    "commercial_acceptance",
    "letter_of_credit",
    "other",
]
Optional = Literal["returned_payment", "dispute", "promise", "order", "dunning"]
"""What some ledgers tell and others do not. Where one does not, that none is there tells nothing."""

ITEM_KINDS: dict[ItemKind, Text] = {
    "invoice": Text(en="invoice", zh="发票"),
    "credit_note": Text(en="credit note", zh="红字发票"),
    "payment": Text(en="payment", zh="收款"),
    "returned_payment": Text(en="returned payment", zh="退票"),
}
MEANS: dict[Means, Text] = {
    "bank_transfer": Text(en="bank transfer", zh="银行转账"),
    "direct_debit": Text(en="direct debit", zh="银行代扣"),
    "cheque": Text(en="cheque", zh="支票"),
    "card": Text(en="card", zh="银行卡"),
    "cash": Text(en="cash", zh="现金"),
    "bank_acceptance": Text(en="bank acceptance bill", zh="银行承兑汇票"),
    "commercial_acceptance": Text(en="commercial acceptance bill", zh="商业承兑汇票"),
    "letter_of_credit": Text(en="letter of credit", zh="信用证"),
    "other": Text(en="other", zh="其他"),
}
ORDER_STAGES: dict[OrderStage, Text] = {
    "entered": Text(en="entered", zh="已录入"),
    "confirmed": Text(en="confirmed", zh="已确认"),
    "picking": Text(en="picking", zh="备货中"),
    "ready": Text(en="ready to ship", zh="待发货"),
    "shipped_not_invoiced": Text(en="shipped, not invoiced", zh="已发货未开票"),
}
OPTIONALS: tuple[Optional, ...] = get_args(Optional)
# What raises the balance; the other kinds lower it.
DEBITS: frozenset[ItemKind] = frozenset({"invoice", "returned_payment"})

Day = Annotated[date, Field(ge=date(1990, 1, 1), le=date(2100, 12, 31))]
# Fifteen digits before the point, so that the sum of a million documents is exact.
Amount = Annotated[Decimal, Field(gt=0, max_digits=19, decimal_places=4, allow_inf_nan=False)]
Rest = Annotated[Decimal, Field(ge=0, max_digits=19, decimal_places=4, allow_inf_nan=False)]
Key = Annotated[str, Field(min_length=1, max_length=80), AfterValidator(plain_line)]
# The code of one of the seller's own selling units, such as UK01; capitals do not matter.
Unit = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,11}$", to_upper=True)]

DUE_DAY = Text(en="a due day", zh="到期日")
DUE_AFTER = Text(en="a due day that is not before the day of the document", zh="不早于单据日期的到期日")
AT_MOST_AMOUNT = Text(en="at most the amount of the document", zh="不超过单据金额")
SETTLED_IS_WHOLE = Text(
    en="nothing open where there is a day of settlement, or no such day",
    zh="有结清日期时未清金额应为零，否则不填结清日期",
)
OPEN_OR_SETTLED = Text(en="a day of settlement, for nothing is open", zh="未清金额为零时须填写结清日期")
DEBIT_DISPUTED = Text(en="a dispute of an invoice or a returned payment", zh="仅发票或退票可有争议金额")
KEPT_LATER = Text(en="a promised day that is not before the day it was made", zh="不早于承诺作出日的承诺付款日")
ONE_CUSTOMER = Text(en="documents of this customer alone", zh="仅含该客户的单据")
DOCUMENT_ONCE = Text(en="each document once", zh="每张单据只出现一次")


class LedgerItem(Record):
    """One document of the ledger, or one instalment of it.

    Attributes:
        customer: the seller's own customer number, or our company key.
        number: of the document, as the ledger has it.
        line: of the instalment, where a document has several due days.
        amount: always positive; the kind says whether it raises or lowers the balance.
        open_amount: what is open of it on the day of the ledger, where it is settled in part; None for all of it, or
            nothing where it is settled.
        due: of an invoice; a returned payment without one is due on its own day. Credits have none.
        settled: the day on which nothing was open any more: paid, allocated or set off. It may be before `issued`, for
            an invoice that was paid in advance.
        means: by what it was paid.
        disputed: how much of it the customer contests. It stays in the balance, and is not late.
        dunning: how often it was dunned, as the seller's own levels count; None where nobody noted a level.
        unit: which of the seller's own units sold it; None where the ledger does not say.
    """

    customer: Key
    number: Key
    line: str = Field(default="", max_length=20)
    kind: ItemKind
    amount: Amount
    currency: Currency
    issued: Day
    due: Day | None = None
    settled: Day | None = None
    open_amount: Rest | None = None
    means: Means | None = None
    disputed: Rest = left_out(Decimal(0))
    dunning: int | None = Field(default=None, ge=0, le=9, exclude_if=lambda level: level is None)
    unit: Unit | None = left_out(None)

    @model_validator(mode="after")
    def _whole(self) -> LedgerItem:
        if self.kind == "invoice" and self.due is None:
            raise Invalid(DUE_DAY)
        if self.kind in DEBITS and self.due is not None and self.due < self.issued:
            raise Invalid(DUE_AFTER)
        if self.disputed and self.kind not in DEBITS:
            raise Invalid(DEBIT_DISPUTED)
        if max(self.open_amount or 0, self.disputed) > self.amount:
            raise Invalid(AT_MOST_AMOUNT)
        if self.settled is not None and self.open_amount:
            raise Invalid(SETTLED_IS_WHOLE)
        if self.settled is None and self.open_amount == 0:
            raise Invalid(OPEN_OR_SETTLED)
        return self

    @property
    def sign(self) -> int:
        """1 where it raises the balance, -1 where it lowers it."""
        return 1 if self.kind in DEBITS else -1

    @property
    def due_on(self) -> date:
        """Return the day on which it is to be paid."""
        return self.due or self.issued

    @property
    def key(self) -> tuple[str, ...]:
        """Return what no other document of the ledger has."""
        return self.customer, self.kind, self.number, self.line

    @property
    def undisputed(self) -> Decimal:
        """Return the part of the amount that nobody contests."""
        return self.amount - self.disputed

    def is_settled(self, day: date) -> bool:
        """True where nothing of it was open any more on a day."""
        return self.settled is not None and self.settled <= day

    def open_on(self, day: date) -> Decimal:
        """Return what is open of it on the day of the ledger; what was settled later was open."""
        if self.is_settled(day):
            return Decimal(0)
        return self.amount if self.settled is not None or self.open_amount is None else self.open_amount

    def disputed_on(self, day: date) -> Decimal:
        """Return the contested part of what is open; what was paid is taken to be what nobody contested."""
        return min(self.disputed, self.open_on(day))


class Promise(Record):
    """A promise to pay.

    Attributes:
        number: by which the ledger knows it.
        made_on: the day on which it was made.
        day: by which the customer promised to pay.
        kept: None where nobody has noted it.
    """

    customer: Key
    number: Key
    made_on: Day
    day: Day
    amount: Amount
    currency: Currency
    kept: bool | None = None

    @model_validator(mode="after")
    def _whole(self) -> Promise:
        if self.day < self.made_on:
            raise Invalid(KEPT_LATER)
        return self

    @property
    def key(self) -> tuple[str, ...]:
        """Return what no other entry of the ledger has."""
        return self.customer, "promise", self.number, ""


class Order(Record):
    """An order that is not invoiced yet, or a line of one.

    Attributes:
        amount: what is still to be invoiced.
        entered_on: the day of the order.
        ship_on: the day on which it was or will be shipped; None where that is open.
        unit: which of the seller's own units sells it; None where the ledger does not say.
    """

    customer: Key
    number: Key
    line: str = Field(default="", max_length=20)
    stage: OrderStage
    amount: Amount
    currency: Currency
    entered_on: Day
    ship_on: Day | None = None
    unit: Unit | None = left_out(None)

    @property
    def key(self) -> tuple[str, ...]:
        """Return what no other entry of the ledger has."""
        return self.customer, "order", self.number, self.line


Entry = LedgerItem | Promise | Order


class Coverage(Record):
    """What a ledger can tell at all, without which a missing entry tells nothing.

    Attributes:
        complete_since: from this day on every document is there, those that are settled too: what was open on that day,
            and what came later. None where it is not known, or where open documents alone are there.
        tells: which of the things that not all ledgers hold this one does.
    """

    complete_since: Day | None = None
    tells: frozenset[Optional] = frozenset()


class CustomerLedger(Record):
    """All that the ledger has on one customer.

    Attributes:
        as_of: the day of which the ledger speaks: that of the export.
    """

    customer: Key
    as_of: Day
    coverage: Coverage = Coverage()
    items: tuple[LedgerItem, ...] = ()
    promises: tuple[Promise, ...] = ()
    orders: tuple[Order, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> CustomerLedger:
        entries: tuple[Entry, ...] = (*self.items, *self.promises, *self.orders)
        if any(entry.customer != self.customer for entry in entries):
            raise Invalid(ONE_CUSTOMER)
        if len({entry.key for entry in entries}) < len(entries):
            raise Invalid(DOCUMENT_ONCE)
        return self

    @classmethod
    def of(cls, customer: str, as_of: date, coverage: Coverage, entries: Iterable[Entry]) -> CustomerLedger:
        """Put the entries of one customer in their places."""
        listed = list(entries)
        return cls(
            customer=customer,
            as_of=as_of,
            coverage=coverage,
            items=tuple(entry for entry in listed if isinstance(entry, LedgerItem)),
            promises=tuple(entry for entry in listed if isinstance(entry, Promise)),
            orders=tuple(entry for entry in listed if isinstance(entry, Order)),
        )
