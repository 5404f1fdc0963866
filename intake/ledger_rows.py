"""One row of a ledger's file: its cells, and the entry that they make."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import ValidationError

from admission.customers.ledger.records import DEBITS, Entry, LedgerItem, Order, Promise
from admission.errors import Invalid, Problem
from admission.model import Text
from admission.problems import one_of, problems_of, shortened
from admission.spreadsheets import unguarded
from intake.ledger_mapping import Column, EntryKind, LedgerMapping, Taken, Words, fold
from intake.plain_cells import read_amount, read_day
from intake.reading import TableRow, one_cell_each

V = TypeVar("V")

CURRENCIES = {
    "人民币": "CNY",
    "人民币元": "CNY",
    "rmb": "CNY",
    "美元": "USD",
    "欧元": "EUR",
    "港币": "HKD",
    "日元": "JPY",
    "英镑": "GBP",
}
FLAGS = {**dict.fromkeys(("yes", "true", "1", "是"), True), **dict.fromkeys(("no", "false", "0", "否"), False)}

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
YES_OR_NO = Text(en="yes, no, or nothing", zh="是、否或留空")

# Our columns, by the field of the record that they become; those of the same name are left out.
_PROMISE = {"made_on": "issued", "day": "due"}
_ORDER = {"entered_on": "issued"}


class RowReader:
    """Reads the rows of one file.

    Args:
        mapping: which words of the file are what.
        taken: which columns are what.
        width: how many columns the file has.
    """

    def __init__(self, mapping: LedgerMapping, taken: Taken, width: int) -> None:
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
        cells = row.cells
        if len(cells) > self._width and not any(cell.strip() for cell in cells[self._width :]):
            cells = cells[: self._width]
        if len(cells) != self._width:
            return [Problem("", str(len(cells)), one_cell_each(self._width), row.number)]
        given = dict(self._constant)
        given.update((ours, unguarded(cells[at].strip())) for ours, at in self._taken.places.items())
        return _Row(self._mapping, self._words, self._taken, row.number, given).entry()


class _Row:
    def __init__(
        self, mapping: LedgerMapping, words: Words, taken: Taken, number: int, given: Mapping[str, str]
    ) -> None:
        self._mapping = mapping
        self._words = words
        self._taken = taken
        self._number = number
        self._given = {ours: cell for ours, cell in given.items() if cell}
        self._problems: list[Problem] = []

    def entry(self) -> Entry | list[Problem]:
        kind = self._word("kind", self._words.kinds)
        fields: dict[str, Any] = {name: self._given[name] for name in ("customer", "number") if name in self._given}
        if "currency" in self._given:
            currency = self._given["currency"]
            fields["currency"] = CURRENCIES.get(currency.casefold(), currency)
        amount = self._read("amount", lambda cell: read_amount(cell, self._mapping.decimal))
        if amount is not None:
            fields["amount"] = amount
        if kind is None:
            # Without a kind nothing tells which columns count; a blank one is told as required.
            if "kind" not in self._given:
                return self._made(LedgerItem, {**fields, **self._days("issued")}, {})
            return self._problems
        if kind == "promise":
            return self._promise(fields)
        return self._order(fields) if kind == "order" else self._item(kind, fields)

    def _item(self, kind: EntryKind, fields: dict[str, Any]) -> Entry | list[Problem]:
        rest = self._read("open_amount", lambda cell: read_amount(cell, self._mapping.decimal))
        amount = fields.get("amount")
        if amount is not None:
            if rest is not None and rest * amount < 0:
                self._complain("open_amount", OPEN_OTHER_SIGN)
            elif rest is not None:
                rest = abs(rest)
            kind, fields["amount"] = self._sided(kind, amount), abs(amount)
        fields |= {"kind": kind, "line": self._given.get("line", ""), **self._days("issued", "settled")}
        # Credits have no due day, whatever a system computes for them.
        if kind in DEBITS:
            fields |= self._days("due")
        means = self._word("means", self._words.means)
        disputed = self._read("disputed", lambda cell: read_amount(cell, self._mapping.decimal))
        fields |= {"means": means, **({"disputed": disputed} if disputed is not None else {})}
        if kind in DEBITS and "dunning" in self._given:
            fields["dunning"] = self._given["dunning"]
        # Of what is settled nothing is open; systems write it as 0.
        return self._made(LedgerItem, {**fields, "open_amount": rest}, {})

    def _sided(self, kind: EntryKind, amount: Decimal) -> EntryKind:
        """Return the kind of a document by the sign of its amount: an invoice below zero is a credit note."""
        if kind == "invoice":
            return "credit_note" if amount < 0 else "invoice"
        if not self._mapping.signed:
            if amount < 0:
                self._complain("amount", NEGATIVE_IN_DOUBT)
        elif (amount > 0) != (kind in DEBITS):
            self._complain("amount", SIGN_CONTRADICTS)
        return kind

    def _promise(self, fields: dict[str, Any]) -> Entry | list[Problem]:
        days = self._days("issued", "due")
        fields |= {ours: days[theirs] for ours, theirs in _PROMISE.items() if theirs in days}
        return self._made(Promise, {**fields, "kept": self._read("kept", _flag)}, _PROMISE)

    def _order(self, fields: dict[str, Any]) -> Entry | list[Problem]:
        days = self._days("issued", "ship_on")
        fields |= {ours: days[theirs] for ours, theirs in _ORDER.items() if theirs in days}
        stage = self._word("stage", self._words.stages)
        told = {"stage": stage} if stage is not None else {}
        fields |= {"line": self._given.get("line", ""), "ship_on": days.get("ship_on"), **told}
        return self._made(Order, fields, _ORDER)

    def _made(self, model: type[Entry], fields: dict[str, Any], columns: Mapping[str, str]) -> Entry | list[Problem]:
        """Make the record, or tell what is wrong, by the names that the columns have in the file."""
        try:
            made = model.model_validate(fields)
        except ValidationError as error:
            # What could not be read was left out: it is not missing, and what it belongs to is not judged.
            known = {problem.field for problem in self._problems} | ({""} if self._problems else set())
            for problem in problems_of(error, row=self._number, model=model):
                ours = columns.get(problem.field, problem.field)
                named = replace(
                    problem, field=self._taken.names.get(ours, ours), value=shortened(self._given.get(ours, ""))
                )
                if named.field not in known:
                    self._problems.append(named)
            return self._problems
        return self._problems or made

    def _days(self, *columns: Column) -> dict[str, Any]:
        read = {name: self._read(name, lambda cell: read_day(cell, self._mapping.dates)) for name in columns}
        return {name: day for name, day in read.items() if day is not None}

    def _word(self, column: Column, words: Mapping[str, V]) -> V | None:
        def meant(cell: str) -> V:
            found = words.get(fold(cell))
            if found is None:
                raise Invalid(one_of(list(dict.fromkeys(map(str, words.values()))), cell))
            return found

        return self._read(column, meant)

    def _read(self, column: Column, how: Callable[[str], V]) -> V | None:
        cell = self._given.get(column)
        if cell is None:
            return None
        try:
            return how(cell)
        except Invalid as error:
            self._complain(column, error.expected)
            return None

    def _complain(self, column: Column, expected: Text) -> None:
        value = shortened(self._given.get(column, ""))
        self._problems.append(Problem(self._taken.names[column], value, expected, self._number))


def _flag(cell: str) -> bool:
    if cell.casefold() not in FLAGS:
        raise Invalid(YES_OR_NO)
    return FLAGS[cell.casefold()]
