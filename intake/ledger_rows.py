"""One row of a ledger's file: its cells, and the entry that they make."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from admission.customers.ledger.records import DEBITS, Entry, LedgerItem, Order, Promise
from admission.errors import Problem
from admission.model import Text
from admission.spreadsheets import unguarded
from intake.ledger_mapping import Column, EntryKind, LedgerMapping, Words
from intake.mapped_cells import MappedCells, cells_of
from intake.mapped_columns import Taken
from intake.reading import TableRow

NEGATIVE_IN_DOUBT = Text(
    en="a positive amount: a negative one of this kind may be a reversal, or carry the sign of the account; say in the "
    "mapping if amounts are signed (signed)",
    zh="正数金额：此类单据的负数可能是冲销，也可能是账户方向；若金额带方向，请在列对照文件中注明（signed）",
)
SIGN_CONTRADICTS = Text(
    en="a negative amount for a credit note or a payment, a positive one for a returned payment, as amounts are signed",
    zh="金额带方向时，红字发票和收款应为负数，退票应为正数",
)
OPEN_OTHER_SIGN = Text(en="an open amount of the same sign as the amount", zh="未清金额与金额方向一致")

# Our columns, by the field of the record that they become; those of the same name are left out.
_PROMISE = {"made_on": "issued", "day": "due"}
_ITEM = {"unit": "selling_unit"}
_ORDER = {"entered_on": "issued", "unit": "selling_unit"}


class RowReader:
    """Reads the rows of one file.

    Args:
        mapping: which words of the file are what.
        taken: which columns are what.
        width: how many columns the file has.
    """

    def __init__(self, mapping: LedgerMapping, taken: Taken[Column], width: int) -> None:
        self._mapping = mapping
        self._taken = taken
        self._width = width
        self._words = Words.of(mapping)
        constant = mapping.constants.model_dump(exclude_none=True)
        self._constant: dict[str, str] = {name: str(value) for name, value in constant.items()}

    def customer_of(self, row: TableRow) -> str:
        """Return whose row it is, as it is written; "" where it does not say."""
        place = self._taken.places["customer"]
        return unguarded(row.cells[place].strip()) if place < len(row.cells) else ""

    def read(self, row: TableRow) -> Entry | list[Problem]:
        """Read one row, or tell all that is wrong with it."""
        cells = cells_of(row, self._width, self._taken)
        if isinstance(cells, Problem):
            return [cells]
        given = {**self._constant, **cells}
        return _Row(self._mapping, self._words, self._taken, row.number, given).entry()


class _Row(MappedCells[Column]):
    def __init__(
        self, mapping: LedgerMapping, words: Words, taken: Taken[Column], number: int, given: Mapping[str, str]
    ) -> None:
        super().__init__(taken, number, given, mapping)
        self._signed = mapping.signed
        self._words = words

    def entry(self) -> Entry | list[Problem]:
        kind = self.word("kind", self._words.kinds)
        fields: dict[str, Any] = {name: self.given[name] for name in ("customer", "number") if name in self.given}
        if "currency" in self.given:
            fields["currency"] = self.currency("currency")
        amount = self.amount("amount")
        if amount is not None:
            fields["amount"] = amount
        if kind is None:
            # Without a kind nothing tells which columns count; a blank one is told as required.
            if "kind" not in self.given:
                return self.made(LedgerItem, {**fields, **self.days("issued")}, {})
            return self.problems
        if kind == "promise":
            return self._promise(fields)
        return self._order(fields) if kind == "order" else self._item(kind, fields)

    def _item(self, kind: EntryKind, fields: dict[str, Any]) -> Entry | list[Problem]:
        rest = self.amount("open_amount")
        amount = fields.get("amount")
        if amount is not None:
            if rest is not None and rest * amount < 0:
                self.complain("open_amount", OPEN_OTHER_SIGN)
            elif rest is not None:
                rest = abs(rest)
            kind, fields["amount"] = self._sided(kind, amount), abs(amount)
        fields |= {"kind": kind, "line": self.given.get("line", ""), **self.days("issued", "settled")}
        # Credits have no due day, whatever a system computes for them.
        if kind in DEBITS:
            fields |= self.days("due")
        means = self.word("means", self._words.means)
        disputed = self.amount("disputed")
        fields |= {"means": means, **({"disputed": disputed} if disputed is not None else {})}
        if kind in DEBITS and "dunning" in self.given:
            fields["dunning"] = self.given["dunning"]
        # Of what is settled nothing is open; systems write it as 0.
        return self.made(LedgerItem, {**fields, "open_amount": rest, "unit": self.given.get("selling_unit")}, _ITEM)

    def _sided(self, kind: EntryKind, amount: Decimal) -> EntryKind:
        """Return the kind of a document by the sign of its amount: an invoice below zero is a credit note."""
        if kind == "invoice":
            return "credit_note" if amount < 0 else "invoice"
        if not self._signed:
            if amount < 0:
                self.complain("amount", NEGATIVE_IN_DOUBT)
        elif (amount > 0) != (kind in DEBITS):
            self.complain("amount", SIGN_CONTRADICTS)
        return kind

    def _promise(self, fields: dict[str, Any]) -> Entry | list[Problem]:
        days = self.days("issued", "due")
        fields |= {ours: days[theirs] for ours, theirs in _PROMISE.items() if theirs in days}
        return self.made(Promise, {**fields, "kept": self.flag("kept")}, _PROMISE)

    def _order(self, fields: dict[str, Any]) -> Entry | list[Problem]:
        days = self.days("issued", "ship_on")
        fields |= {ours: days[theirs] for ours, theirs in _ORDER.items() if theirs in days}
        stage = self.word("stage", self._words.stages)
        told = {"stage": stage} if stage is not None else {}
        fields |= {"line": self.given.get("line", ""), "ship_on": days.get("ship_on"), **told}
        fields["unit"] = self.given.get("selling_unit")
        return self.made(Order, fields, _ORDER)
