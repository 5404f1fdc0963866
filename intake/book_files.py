"""The customers that a house has already, as its own lists have them: CSV or XLSX, with every bad row told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from admission.customers.book.records import LARGEST_BOOK, BookRow
from admission.errors import BadInput, Problem
from admission.model import Text
from admission.problems import shortened
from intake.book_mapping import (
    COUNTRIES,
    IDENTIFIERS,
    BookColumn,
    BookMapping,
    BookWords,
    balance_column,
    take_book_columns,
)
from intake.mapped_cells import MappedCells, cells_of
from intake.mapped_columns import Taken, fold
from intake.reading import TableRow
from intake.refused_rows import RefusedRow
from intake.streaming import TableFile

COMPANY_ONCE = Text(en="each company once; it is in another row too", zh="每家企业只出现一次；另有一行为同一企业")
ACCOUNT_ONCE = Text(en="each customer number once; it is in another row too", zh="每个客户编号只出现一次；另有一行相同")
PAPER_ONCE = Text(
    en="each security once; record one that stands for several customers with gatehouse customer secure --also",
    zh="每份担保只出现一次；为多个客户提供的担保请用 gatehouse customer secure --also 登记",
)
_SECURITY: tuple[BookColumn, ...] = (
    "security_kind",
    "security_amount",
    "security_giver",
    "security_document",
    "security_until",
)
# Our columns, by the field of the record that they become; those of the same name are left out.
_FIELDS: Mapping[str, str] = {
    **{f"application.{name}": name for name in ("legal_name", "country", "segment", "group")},
    **{f"application.identifiers.{name}": name for name in IDENTIFIERS},
    **{f"application.requested.{name}": name for name in ("limit", "currency", "terms_days")},
    **{f"security.{name.removeprefix('security_')}": name for name in _SECURITY},
    "security.valid_until": "security_until",
    "last_review_on": "last_review",
    "next_review_on": "next_review",
}


class ReadCustomer(NamedTuple):
    """A row that was read.

    Attributes:
        number: of the row; 1 is the first below the header.
        cells: as the file has them.
        row: what they say.
    """

    number: int
    cells: tuple[str, ...]
    row: BookRow


class BookRead(NamedTuple):
    """What a file holds: the rows that are customers, and those that are refused, both in order."""

    good: tuple[ReadCustomer, ...]
    refused: tuple[RefusedRow, ...]


class BookFile:
    """The file of a book.

    Args:
        path: of the file, CSV or XLSX.
        mapping: which of its columns and words are what; without one, the usual names count.

    Attributes:
        taken: which columns were taken for what.

    Raises:
        BadInput: the file cannot be read, or a column is missing or there twice.
    """

    def __init__(self, path: Path, mapping: BookMapping | None = None) -> None:
        self.path = path
        self._mapping = mapping or BookMapping()
        self._words = BookWords.of(self._mapping)
        self._table = TableFile(path, self._mapping.delimiter)
        self.taken: Taken[BookColumn] = take_book_columns(path, self._table.header, self._mapping)

    @property
    def header(self) -> tuple[str, ...]:
        """Return the names of its columns."""
        return tuple(self._table.header)

    @property
    def columns(self) -> dict[str, str]:
        """Return our name of each column that is read -> theirs."""
        return {ours: self._table.header[place] for ours, place in self.taken.places.items()}

    @property
    def balance(self) -> str | None:
        """Return the column with balances, if there is one; it is not read."""
        return balance_column(self.taken.unused)

    def read(self) -> BookRead:
        """Read all rows. A company, a customer number or a security that is there twice is refused each time.

        Which of two rows is right nobody can tell, and credit is granted by it.

        Raises:
            BadInput: the file cannot be read to its end, or has more customers than one import takes.
        """
        good: list[ReadCustomer] = []
        refused: list[RefusedRow] = []
        for row in self._table.rows():
            made = self._made(row)
            cells = tuple(row.cells)
            if isinstance(made, BookRow):
                good.append(ReadCustomer(row.number, cells, made))
            else:
                refused.append(self._refused(row.number, cells, made))
            if len(good) + len(refused) > LARGEST_BOOK:
                raise self._too_large()
        twice = dict(self._twice(good))
        refused += [self._refused(one.number, one.cells, twice[one.number]) for one in good if one.number in twice]
        kept = tuple(one for one in good if one.number not in twice)
        return BookRead(kept, tuple(sorted(refused, key=lambda one: one.number)))

    def objected(self, one: ReadCustomer, problems: Sequence[tuple[str, str, Text]]) -> RefusedRow:
        """Return a row that was read as a refused one.

        Args:
            one: the row.
            problems: of what is wrong, our column, what it has, and what would be right.
        """
        named = [
            Problem(self.taken.names.get(column, column), shortened(value), expected, one.number)
            for column, value, expected in problems
        ]
        return self._refused(one.number, one.cells, named)

    def _refused(self, number: int, cells: tuple[str, ...], problems: Sequence[Problem]) -> RefusedRow:
        place = self.taken.places["legal_name"]
        return RefusedRow(number, cells[place] if place < len(cells) else "", cells, tuple(problems))

    def _made(self, row: TableRow) -> BookRow | list[Problem]:
        cells = cells_of(row, len(self._table.header), self.taken)
        if isinstance(cells, Problem):
            return [cells]
        constant = self._mapping.constants.model_dump(exclude_none=True)
        given = {**{name: str(value) for name, value in constant.items()}, **cells}
        return _Row(self.taken, row.number, given, self._mapping, self._words).customer()

    def _twice(self, good: Sequence[ReadCustomer]) -> Iterator[tuple[int, list[Problem]]]:
        found: defaultdict[int, list[Problem]] = defaultdict(list)
        for column, expected, told in _ONCE:
            held: defaultdict[Hashable, list[ReadCustomer]] = defaultdict(list)
            for one in good:
                mark = told(one.row)
                if mark:
                    held[mark].append(one)
            for some in held.values():
                for one in some if len(some) > 1 else ():
                    value = one.cells[self.taken.places[column]]
                    found[one.number].append(Problem(self.taken.names[column], shortened(value), expected, one.number))
        yield from found.items()

    def _too_large(self) -> BadInput:
        return BadInput(
            Text(
                en=f"{self.path.name} has more than {LARGEST_BOOK:,} customers.",
                zh=f"{self.path.name} 超过 {LARGEST_BOOK:,} 个客户。",
            ),
            remedy=Text(en="split it", zh="请拆分文件"),
        )


class _Row(MappedCells[BookColumn]):
    def __init__(
        self,
        taken: Taken[BookColumn],
        number: int,
        given: Mapping[str, str],
        mapping: BookMapping,
        words: BookWords,
    ) -> None:
        super().__init__(taken, number, given, mapping)
        self._words = words

    def customer(self) -> BookRow | list[Problem]:
        fields: dict[str, Any] = {"application": self._application(), **self._days()}
        fields |= {name: self.given[name] for name in ("industry_code", "account") if name in self.given}
        if "grade" in self.given:
            fields["grade"] = self._words.grades.get(fold(self.given["grade"]), self.given["grade"])
        open_limit = self.amount("open_limit")
        if open_limit is not None:
            fields["open_limit"] = open_limit
        if any(name in self.given for name in _SECURITY):
            fields["security"] = self._security()
        return self.made(BookRow, fields, _FIELDS)

    def _application(self) -> dict[str, Any]:
        told: dict[str, Any] = {name: self.given[name] for name in ("legal_name", "group") if name in self.given}
        if "country" in self.given:
            told["country"] = COUNTRIES.get(fold(self.given["country"]), self.given["country"])
        if "segment" in self.given:
            told["segment"] = self._words.segments.get(fold(self.given["segment"]), self.given["segment"])
        told["identifiers"] = {name: self.given[name] for name in IDENTIFIERS if name in self.given}
        asked: dict[str, Any] = {"terms_days": self.given["terms_days"]} if "terms_days" in self.given else {}
        limit = self.amount("limit")
        if limit is not None:
            asked["limit"] = limit
        if "currency" in self.given:
            asked["currency"] = self.currency("currency")
        return {**told, "requested": asked}

    def _days(self) -> dict[str, Any]:
        days = self.days("last_review", "next_review")
        return {f"{name}_on": day for name, day in days.items()}

    def _security(self) -> dict[str, Any]:
        told: dict[str, Any] = {
            name.removeprefix("security_"): self.given[name]
            for name in ("security_giver", "security_document")
            if name in self.given
        }
        kind, amount = self.word("security_kind", self._words.securities), self.amount("security_amount")
        until = self.days("security_until").get("security_until")
        read = {"kind": kind, "amount": amount, "valid_until": until}
        return {**told, **{name: value for name, value in read.items() if value is not None}}


_ONCE: tuple[tuple[BookColumn, Text, Callable[[BookRow], Hashable]], ...] = (
    ("legal_name", COMPANY_ONCE, lambda row: row.company_key),
    ("account", ACCOUNT_ONCE, lambda row: row.account),
    ("security_document", PAPER_ONCE, lambda row: row.security and row.security.paper),
)
