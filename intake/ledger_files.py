"""The customer ledger as systems export it: CSV of any length or XLSX, a row at a time, with every bad row told."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from admission.customers.ledger.records import Coverage, Entry, LedgerItem, Optional, Promise
from admission.errors import Problem
from admission.model import Text
from intake.ledger_mapping import Column, LedgerMapping, take_columns
from intake.ledger_rows import RowReader
from intake.mapped_columns import Taken
from intake.reading import TableRow
from intake.refused_rows import RefusedRow, bad_rows
from intake.streaming import TableFile

FIRST_ROWS = 10
# Of a file that is refused, so that no file fills the memory with what is wrong in it.
MAX_PROBLEMS = 10_000

DOCUMENT_TWICE = Text(
    en="each document once; an earlier row has this customer, kind, number and line",
    zh="每张单据只出现一次；此前的行已有相同的客户、类型、单据号和行号",
)


class ReadRow(NamedTuple):
    """A row that was read, with its number."""

    number: int
    entry: Entry


class Tally:
    """What was counted of the rows that were read.

    Attributes:
        good, refused: rows.
        kinds: good rows by kind, with `promise` and `order`.
        customers: how many different ones there are.
        balances: by currency, what is open of all documents: what the ledger itself says customers owe.
        first_day, last_day: of the documents.
    """

    def __init__(self) -> None:
        self.good = 0
        self.refused = 0
        self.kinds: Counter[str] = Counter()
        self.balances: dict[str, Decimal] = {}
        self.first_day: date | None = None
        self.last_day: date | None = None
        self._customers: set[str] = set()

    @property
    def customers(self) -> int:
        """Return how many customers the good rows have."""
        return len(self._customers)

    def add(self, entry: Entry) -> None:
        """Count a good row."""
        self.good += 1
        self._customers.add(entry.customer)
        day = _day_of(entry)
        self.first_day = min(self.first_day or day, day)
        self.last_day = max(self.last_day or day, day)
        if isinstance(entry, LedgerItem):
            self.kinds[entry.kind] += 1
            held = self.balances.get(entry.currency, Decimal(0))
            self.balances[entry.currency] = held + entry.sign * entry.open_on(date.max)
        else:
            self.kinds["promise" if isinstance(entry, Promise) else "order"] += 1

    def tells(self) -> frozenset[Optional]:
        """Return what the ledger holds at all: a kind that some customer has would be there for the others too."""
        kinds: tuple[Optional, ...] = ("returned_payment", "promise", "order")
        return frozenset(kind for kind in kinds if self.kinds[kind])


class Preview(NamedTuple):
    """What a file would give.

    Attributes:
        columns: our name of a column -> theirs.
        unused: their columns that are not read.
        first: the first rows, as they would be read or refused.
        refused: the first rows that would be refused, wherever they stand.
        tally: counts of all rows.
    """

    columns: dict[Column, str]
    unused: tuple[str, ...]
    first: tuple[ReadRow | RefusedRow, ...]
    refused: tuple[RefusedRow, ...]
    tally: Tally


class LedgerFile:
    """The file of a ledger, of which the rows are read when they are asked for.

    What grows with the rows is one fingerprint of sixteen bytes each, by which a document that is there twice is found.

    Args:
        path: of the file, CSV or XLSX.
        mapping: which of its columns and words are what; without one, the usual names count.

    Attributes:
        taken: which columns were taken for what.
        tally: counts of the rows that were read last.

    Raises:
        BadInput: the file cannot be read, or a column is missing or there twice.
    """

    def __init__(self, path: Path, mapping: LedgerMapping | None = None) -> None:
        self.path = path
        self.mapping = mapping or LedgerMapping()
        self._table = TableFile(path, self.mapping.delimiter)
        self.taken: Taken[Column] = take_columns(path, self._table.header, self.mapping)
        self.tally = Tally()

    @property
    def header(self) -> tuple[str, ...]:
        """Return the names of its columns."""
        return tuple(self._table.header)

    def rows(self) -> Iterator[ReadRow | RefusedRow]:
        """Yield each row as it was read or refused, in order.

        Raises:
            BadInput: the file cannot be read on.
        """
        self.tally = tally = Tally()
        reader = RowReader(self.mapping, self.taken, len(self._table.header))
        seen: set[bytes] = set()
        for row in self._table.rows():
            read = self._read(reader, row, seen)
            if isinstance(read, RefusedRow):
                tally.refused += 1
            else:
                tally.add(read.entry)
            yield read

    def entries(self, leave_out: Callable[[RefusedRow], None] | None = None) -> Iterator[Entry]:
        """Yield the entries of the good rows.

        Whoever uses them before the end, such as a transaction, keeps them only once the end was reached.

        Args:
            leave_out: takes each bad row; to give it is to accept that the good ones are used without them. Without it,
                a bad row anywhere makes the whole file a bad one, and no entry follows it.

        Raises:
            BadInput: at the end of a file with bad rows, with every problem; or sooner, where there are very many of
                them, or where it cannot be read on.
        """
        problems: list[Problem] = []
        for read in self.rows():
            if isinstance(read, ReadRow):
                if not problems:
                    yield read.entry
            elif leave_out is not None:
                leave_out(read)
            else:
                problems += read.problems
                if len(problems) > MAX_PROBLEMS:
                    raise bad_rows(self.path, problems, whole=False)
        if problems:
            raise bad_rows(self.path, problems, whole=True)

    def preview(self, rows: int = FIRST_ROWS) -> Preview:
        """Read the whole file and say what it would give, without giving it.

        Args:
            rows: how many rows are shown, and how many bad ones.

        Raises:
            BadInput: the file cannot be read to its end.
        """
        first: list[ReadRow | RefusedRow] = []
        refused: list[RefusedRow] = []
        for read in self.rows():
            if len(first) < rows:
                first.append(read)
            if isinstance(read, RefusedRow) and len(refused) < rows:
                refused.append(read)
        header = self._table.header
        columns = {ours: header[place] for ours, place in self.taken.places.items()}
        return Preview(columns, self.taken.unused, tuple(first), tuple(refused), self.tally)

    def coverage(self, complete_since: date | None) -> Coverage:
        """Return what the ledger can tell at all, after its rows were read.

        It tells a kind of which it has one, a dispute or a dunning level where it has the column, and what the mapping
        says.

        Args:
            complete_since: from when on every document is in the file, settled ones too; the file itself cannot say it.
        """
        columns: dict[Column, Optional] = {"disputed": "dispute", "dunning": "dunning"}
        by_column = {kind for column, kind in columns.items() if column in self.taken.places}
        tells = self.tally.tells() | by_column | set(self.mapping.tells)
        return Coverage(complete_since=complete_since, tells=tells)

    def _read(self, reader: RowReader, row: TableRow, seen: set[bytes]) -> ReadRow | RefusedRow:
        found = reader.read(row)
        if not isinstance(found, list):
            mark = hashlib.blake2b("\0".join(found.key).encode(), digest_size=16).digest()
            if mark not in seen:
                seen.add(mark)
                return ReadRow(row.number, found)
            found = [Problem(self.taken.names["number"], found.number, DOCUMENT_TWICE, row.number)]
        return RefusedRow(row.number, reader.customer_of(row), tuple(row.cells), tuple(found))


def _day_of(entry: Entry) -> date:
    if isinstance(entry, LedgerItem):
        return entry.issued
    return entry.made_on if isinstance(entry, Promise) else entry.entered_on
