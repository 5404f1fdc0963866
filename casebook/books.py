"""Imports of a book: proposed by one person, confirmed by another; until then nobody of it is a customer."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from admission.customers.book.records import OPEN_STATES, STATE_WORDS, BookImport, BookRow
from admission.errors import Conflict, GatehouseError
from admission.model import Text, canonical_json
from admission.separation import Duty, check_independent
from casebook.admitting import InForce, Known, Waiting, admit_in, known_in
from casebook.database import documents
from casebook.database.book_tables import book_imports, book_rows
from casebook.database.customer_rows import newest_number, row_of_name
from casebook.database.documents import CHANGED_FROM_OUTSIDE
from casebook.database.erasure_tables import case_keys
from casebook.database.store import SYSTEM, Store, Transaction, batches
from casebook.people import acting_person_named

_NAME = Text(en="import of a book", zh="存量客户导入")


class Books:
    """The books that were brought in, or are to be."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def propose(self, about: BookImport, rows: Sequence[tuple[int, BookRow]]) -> BookImport:
        """Keep a book until a second person settles it. Nobody of it is a customer by that.

        Args:
            about: the import, but for its number, fingerprint and moment.
            rows: of the file, each with its number there.

        Raises:
            NotAllowed: the person was shut out.
        """
        texts = [(number, canonical_json(row.model_dump(mode="json"))) for number, row in rows]
        about = about.model_copy(update={"fingerprint": _fingerprint(texts)})
        text, sha256 = documents.written(about)
        with self._store.write() as transaction:
            acting_person_named(transaction.connection, about.proposed_by)
            values = {"proposed_by": about.proposed_by, "document": text, "sha256": sha256}
            begun = {"proposed_at": transaction.now, "state": "proposed", "admitted": 0}
            transaction.add(book_imports, {**values, **begun})
            number = newest_number(transaction, book_imports)
            seal = _seal_of(number)
            transaction.keys.make_new([seal])
            kept = [
                {"book": number, "place": place, "number": row, "seal": seal, "document": said}
                for place, (row, said) in enumerate(texts, 1)
            ]
            for some in batches(kept):
                transaction.add(book_rows, *some)
            detail = {"book": f"B{number}", "file": about.file_sha256, "customers": str(len(texts))}
            transaction.event(about.proposed_by, "book.proposed", None, detail)
            return _import_of(_row(transaction.connection, f"B{number}"))

    def all(self) -> list[BookImport]:
        """Return all imports, newest first."""
        with self._store.read() as connection:
            rows = connection.execute(sa.select(book_imports).order_by(book_imports.c.id.desc())).all()
        return [_import_of(row) for row in rows]

    def get(self, name: str) -> BookImport:
        """Return an import.

        Raises:
            NotFound: there is none of this name.
        """
        with self._store.read() as connection:
            return _import_of(_row(connection, name))

    def waiting(self, name: str) -> list[Waiting]:
        """Return the rows of an import that are no customers yet; none once it is settled.

        Raises:
            NotFound: there is no such import.
            GatehouseError: the rows are not those that were proposed.
        """
        with self._store.read() as connection:
            row = _row(connection, name)
            if row.state not in OPEN_STATES:
                return []
            _check_unchanged(connection, row)
            return _waiting(connection, row, row.admitted, None)

    def known(self, rows: Sequence[BookRow]) -> Known:
        """Return what the casebook has already of what a book tells."""
        with self._store.read() as connection:
            return known_in(connection, rows)

    def admit(self, name: str, username: str, most: int, in_force: InForce) -> BookImport:
        """Confirm an import, or carry a confirmation on: make customers of its next rows, in one transaction.

        The first call confirms; whoever confirmed stays the one who did. The last one settles the import, and its rows
        go with their key.

        Args:
            name: such as `B1`.
            username: who confirms, or carries it on.
            most: so many rows at most.
            in_force: says what of a customer's limit is in force, with its security.

        Raises:
            NotFound: there is no such import.
            NotAllowed: the person proposed it, or was shut out.
            Conflict: it is settled already; or a company has become known here otherwise meanwhile.
            GatehouseError: the rows are not those that were proposed.
        """
        with self._store.write() as transaction:
            row = _open_row(transaction, name)
            acting_person_named(transaction.connection, username)
            check_independent(Duty.CONFIRM_BOOK, username, row.proposed_by, case=name)
            if row.state == "proposed":
                _check_unchanged(transaction.connection, row)
                signed = {"confirmed_by": username, "confirmed_at": transaction.now}
                _change(transaction, row.id, state="confirming", **signed)
                transaction.event(username, "book.confirmed", None, {"book": name, "proposed_by": row.proposed_by})
            book = _import_of(_row(transaction.connection, name))
            some = _waiting(transaction.connection, row, row.admitted, most)
            if some:
                admit_in(transaction, book, some, in_force)
            done = row.admitted + len(some)
            _change(transaction, row.id, admitted=done)
            detail = {"book": name, "admitted": str(len(some)), "altogether": str(done)}
            transaction.event(username, "book.admitted", None, detail)
            if done >= book.sums.customers:
                _settle(transaction, row.id, "confirmed", username)
            return _import_of(_row(transaction.connection, name))

    def refuse(self, name: str, username: str, because: str) -> BookImport:
        """Refuse an import, or what is left of one that was confirmed in part; its rows go with their key.

        Args:
            name: such as `B1`.
            username: who refuses it.
            because: why; without names.

        Raises:
            NotFound: there is no such import.
            NotAllowed: the person was shut out.
            Conflict: it is settled already.
        """
        with self._store.write() as transaction:
            row = _open_row(transaction, name)
            acting_person_named(transaction.connection, username)
            detail = {"book": name, "admitted": str(row.admitted), "because": because}
            transaction.event(username, "book.refused", None, detail)
            _settle(transaction, row.id, "refused", username, because)
            return _import_of(_row(transaction.connection, name))

    def expire(self, before: datetime) -> int:
        """Drop the imports that were proposed before a time and that nobody settled; return how many."""
        with self._store.write() as transaction:
            chosen = sa.select(book_imports.c.id).where(
                book_imports.c.state == "proposed", book_imports.c.proposed_at < before
            )
            numbers = transaction.connection.execute(chosen.order_by(book_imports.c.id).with_for_update()).scalars()
            expired = numbers.all()
            for number in expired:
                transaction.event(SYSTEM, "book.expired", None, {"book": f"B{number}"})
                _settle(transaction, number, "expired", None)
            return len(expired)


def fingerprint_of(connection: Connection, number: int) -> str:
    """Return the fingerprint of the rows of an import as they stand."""
    return _fingerprint((row.number, row.document) for row in _rows_of(connection, number, 0, None))


def _fingerprint(texts: Iterable[tuple[int, str]]) -> str:
    print_of = hashlib.sha256()
    for number, text in texts:
        print_of.update(f"{number}\t{text}\n".encode())
    return print_of.hexdigest()


def _seal_of(number: int) -> str:
    """Return by what the key of an import is named."""
    return f"BOOK-{number:06d}"


def _row(connection: Connection, name: str) -> sa.Row[Any]:
    return row_of_name(connection, book_imports, name, "B", _NAME)


def _open_row(transaction: Transaction, name: str) -> sa.Row[Any]:
    """Return the row of an import that nobody has settled, locked."""
    row = row_of_name(transaction.connection, book_imports, name, "B", _NAME, locked=True)
    if row.state not in OPEN_STATES:
        state = STATE_WORDS[_import_of(row).state]
        raise Conflict(
            Text(en=f"{name} is settled already: {state.en}.", zh=f"{name} 已办结：{state.zh}。"),
            context={"book": name},
        )
    return row


def _rows_of(connection: Connection, number: int, after: int, most: int | None) -> Sequence[sa.Row[Any]]:
    chosen = sa.select(book_rows).where(book_rows.c.book == number, book_rows.c.place > after)
    return connection.execute(chosen.order_by(book_rows.c.place).limit(most)).all()


def _waiting(connection: Connection, row: sa.Row[Any], after: int, most: int | None) -> list[Waiting]:
    rows = _rows_of(connection, row.id, after, most)
    return [Waiting(one.place, one.number, BookRow.model_validate_json(one.document)) for one in rows]


def _check_unchanged(connection: Connection, row: sa.Row[Any]) -> None:
    if fingerprint_of(connection, row.id) != _import_of(row).fingerprint:
        raise GatehouseError(
            Text(en="The rows of this import are not those that were proposed.", zh="该导入的行与提出时不符。"),
            context={"book": f"B{row.id}"},
            remedy=CHANGED_FROM_OUTSIDE,
        )


def _change(transaction: Transaction, number: int, **values: object) -> None:
    transaction.change(book_imports, {"id": number}, **values)


def _settle(
    transaction: Transaction, number: int, state: str, username: str | None, because: str | None = None
) -> None:
    ended = {"state": state, "settled_by": username, "settled_at": transaction.now, "because": because}
    _change(transaction, number, **ended)
    transaction.connection.execute(sa.delete(book_rows).where(book_rows.c.book == number))
    seal = _seal_of(number)
    transaction.connection.execute(sa.delete(case_keys).where(case_keys.c.case_ref == seal))
    transaction.keys.forget(seal)


def _import_of(row: sa.Row[Any]) -> BookImport:
    read = documents.read(BookImport, row.document, row.sha256, f"B{row.id}")
    names = ("proposed_at", "state", "admitted", "confirmed_by", "confirmed_at", "settled_by", "settled_at")
    stands = {name: row._mapping[name] for name in names}
    return read.model_copy(update={"id": f"B{row.id}", **stands, "because": row.because or ""})
