"""The house's own customer ledger: the newest import with its entries, and whose customer numbers are whose."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from typing import Any, NamedTuple, TextIO

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from admission.customers.ledger.imports import CompanyAccounts, LedgerImport
from admission.customers.ledger.owed import OpenAccount
from admission.customers.ledger.records import CustomerLedger, Entry, LedgerItem, Order, Promise
from admission.errors import Conflict
from admission.model import Text
from casebook.database import documents
from casebook.database.ledger_tables import ledger_accounts, ledger_entries, ledgers
from casebook.database.store import Store, Transaction
from casebook.people import acting_person_named

REFUSED = "refused"
_FORMS: dict[str, type[Entry]] = {"item": LedgerItem, "promise": Promise, "order": Order}
# Rows of one insertion; more make nothing faster.
_AT_ONCE = 5_000
# Any fixed number will do, as long as nothing else in the database locks by it.
_LOADING_LOCK = 4_728_417_014


class Loaded(NamedTuple):
    """What is known of a ledger once its last entry was read.

    Attributes:
        about: the import, but for its number, fingerprint and moment.
        refused: the customers of whom a row was left out.
    """

    about: LedgerImport
    refused: Collection[str]


class Ledgers:
    """What was loaded of the house's own ledger."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def load(self, entries: Iterable[Entry], told: Callable[[], Loaded]) -> LedgerImport:
        """Keep a ledger; it is the one that counts from then on, and the entries of the one before go.

        The entries are read to their end before the database is locked, so that a file of a million rows keeps nobody
        waiting while it is read, and a bad file leaves nothing.

        Args:
            entries: of all customers, in the order of the file.
            told: called once after the last entry.

        Raises:
            BadInput: as the entries raise it.
            NotAllowed: the person was shut out.
            Conflict: a ledger as of a later day is loaded.
        """
        # An unnamed file, readable by its owner alone, gone when it is closed.
        with tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n") as kept:
            print_of = hashlib.sha256()
            for line in _lines(entries):
                print_of.update(line.encode())
                kept.write(line)
            about, refused = told()
            for line in (_line(customer, REFUSED, "") for customer in sorted(refused)):
                print_of.update(line.encode())
                kept.write(line)
            kept.seek(0)
            return self._keep(about.model_copy(update={"fingerprint": print_of.hexdigest()}), kept)

    def _keep(self, about: LedgerImport, kept: TextIO) -> LedgerImport:
        text, sha256 = documents.written(about)
        with self._store.write() as transaction:
            connection = transaction.connection
            if connection.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOADING_LOCK)))
            acting_person_named(connection, about.loaded_by)
            newest = _newest(connection)
            if newest is not None and newest.as_of > about.as_of:
                raise _older(newest)
            values = {"as_of": about.as_of, "loaded_by": about.loaded_by, "document": text, "sha256": sha256}
            transaction.add(ledgers, {**values, "loaded_at": transaction.now})
            number = int(connection.execute(sa.select(sa.func.max(ledgers.c.id))).scalar_one())
            connection.execute(sa.delete(ledger_entries))
            rows = _rows(kept, number)
            while some := list(islice(rows, _AT_ONCE)):
                connection.execute(sa.insert(ledger_entries), some)
            detail = {"ledger": f"L{number}", "as_of": about.as_of.isoformat(), "file": about.file_sha256}
            transaction.event(about.loaded_by, "ledger.loaded", None, {**detail, "entries": str(about.entries)})
            return about.model_copy(update={"id": f"L{number}", "loaded_at": transaction.now})

    def newest(self) -> LedgerImport | None:
        """Return the import that counts: the newest of the latest day; None where no ledger was ever loaded."""
        with self._store.read() as connection:
            return _newest(connection)

    def all(self) -> list[LedgerImport]:
        """Return all imports, the one that counts first."""
        with self._store.read() as connection:
            return [_import_of(row) for row in connection.execute(_newest_first())]

    def accounts(self) -> dict[str, str]:
        """Return which company each customer number is, as far as somebody said so."""
        chosen = sa.select(ledger_accounts.c.customer, ledger_accounts.c.company_key)
        with self._store.read() as connection:
            return {row.customer: row.company_key for row in connection.execute(chosen.order_by("customer"))}

    def set_accounts(self, companies: Mapping[str, str], username: str) -> None:
        """Say which company a customer number of the ledger is; an empty company takes it back.

        Args:
            companies: by customer number, the company key.
            username: who says so.

        Raises:
            NotAllowed: the person was shut out.
        """
        table = ledger_accounts
        with self._store.write() as transaction:
            acting_person_named(transaction.connection, username)
            common = {"set_by": username, "set_at": transaction.now}
            rows = [{"customer": number, "company_key": key, **common} for number, key in companies.items() if key]
            transaction.upsert(table, rows)
            gone = [number for number, key in companies.items() if not key]
            if gone:
                transaction.remove(table, table.c.customer.in_(gone))
            transaction.event(username, "ledger.accounts", None, {"set": str(len(rows)), "removed": str(len(gone))})

    def of(self, company_key: str) -> CompanyAccounts | None:
        """Return what the ledger that counts holds of a company; None where no ledger was ever loaded.

        Entries of several customer numbers become one ledger, in which each document keeps its number before its own.
        """
        return self.of_all([company_key])[company_key]

    def of_all(self, company_keys: Sequence[str], *, open_only: bool = False) -> dict[str, CompanyAccounts | None]:
        """Return what the ledger that counts holds of some companies, by company key; see `of`.

        Args:
            company_keys: of the companies; as many as fit one statement.
            open_only: without documents that were settled by the day of the ledger: enough for what is owed, not for
                how it was paid.
        """
        with self._store.read() as connection:
            newest = _newest(connection)
            if newest is None:
                return dict.fromkeys(company_keys)
            numbers = _numbers_of(connection, company_keys)
            wanted = list(dict.fromkeys(number for _, some in numbers.values() for number in some))
            rows = connection.execute(_ENTRIES, {"ledger": int(newest.id[1:]), "numbers": wanted}).all()
        by_number: defaultdict[str, list[sa.Row[Any]]] = defaultdict(list)
        for row in rows:
            by_number[row.customer].append(row)
        settled_by = newest.as_of.isoformat() if open_only else ""
        return {
            key: _accounts_of(key, newest, said, [row for number in some for row in by_number[number]], settled_by)
            for key, (said, some) in numbers.items()
        }

    def open_accounts(self) -> Iterator[OpenAccount]:
        """Yield what is open under each customer number of the ledger that counts, in one reading; none without one."""
        with self._store.read() as connection:
            newest = _newest(connection)
            if newest is None:
                return
            said = connection.execute(sa.select(ledger_accounts.c.customer, ledger_accounts.c.company_key))
            companies = {row.customer: row.company_key for row in said}
            chosen = sa.select(ledger_entries).where(ledger_entries.c.ledger == int(newest.id[1:]))
            ordered = chosen.order_by(ledger_entries.c.customer, ledger_entries.c.place)
            streamed = connection.execute(ordered.execution_options(yield_per=_AT_ONCE))
            for number, rows in groupby(streamed, key=lambda row: str(row.customer)):
                entries, whole = _open_entries(rows, newest.as_of.isoformat())
                ledger = CustomerLedger.of(number, newest.as_of, newest.coverage, entries)
                yield OpenAccount(companies.get(number, number), ledger, whole)


def forget_accounts(transaction: Transaction, company_key: str) -> None:
    """Take away which customer numbers a company has: its key may be a person's name."""
    transaction.remove(ledger_accounts, ledger_accounts.c.company_key == company_key)


def fingerprint_of(connection: Connection, number: int) -> str:
    """Return the fingerprint of the entries of an import as they stand."""
    chosen = sa.select(ledger_entries).where(ledger_entries.c.ledger == number).order_by(ledger_entries.c.place)
    print_of = hashlib.sha256()
    for row in connection.execute(chosen.execution_options(yield_per=_AT_ONCE)):
        print_of.update(_line(row.customer, row.form, row.document).encode())
    return print_of.hexdigest()


def _lines(entries: Iterable[Entry]) -> Iterator[str]:
    for entry in entries:
        form = "item" if isinstance(entry, LedgerItem) else "promise" if isinstance(entry, Promise) else "order"
        yield _line(entry.customer, form, entry.model_dump_json(exclude={"customer"}, exclude_defaults=True))


def _line(customer: str, form: str, document: str) -> str:
    """Return a row as one line; neither a customer number nor JSON has a tab or a line's end in it."""
    return f"{customer}\t{form}\t{document}\n"


def _rows(kept: Iterable[str], number: int) -> Iterator[dict[str, Any]]:
    for place, line in enumerate(kept, start=1):
        customer, form, document = line[:-1].split("\t", 2)
        yield {"ledger": number, "place": place, "customer": customer, "form": form, "document": document}


def _entry_of(row: sa.Row[Any]) -> Entry:
    return _FORMS[row.form].model_validate({**json.loads(row.document), "customer": row.customer})


def _open_entries(rows: Iterable[sa.Row[Any]], as_of: str) -> tuple[list[LedgerItem], bool]:
    """Return the documents that are open on the day of the ledger, and whether no row was left out.

    What was settled by then is most of a long ledger; it is told by its text, and not read.
    """
    entries: list[LedgerItem] = []
    whole = True
    for row in rows:
        whole &= row.form != REFUSED
        document = json.loads(row.document) if row.form == "item" else {"settled": as_of}
        if document.get("settled", "9999") > as_of:
            entries.append(LedgerItem.model_validate({**document, "customer": row.customer}))
    return entries, whole


def _newest_first() -> sa.Select[Any]:
    return sa.select(ledgers).order_by(ledgers.c.as_of.desc(), ledgers.c.id.desc())


_NEWEST = _newest_first().limit(1)


def _newest(connection: Connection) -> LedgerImport | None:
    row = connection.execute(_NEWEST).one_or_none()
    return None if row is None else _import_of(row)


def _import_of(row: sa.Row[Any]) -> LedgerImport:
    read = documents.read(LedgerImport, row.document, row.sha256, f"L{row.id}")
    return read.model_copy(update={"id": f"L{row.id}", "loaded_at": row.loaded_at})


_ENTRIES = sa.select(ledger_entries).where(
    ledger_entries.c.ledger == sa.bindparam("ledger"),
    ledger_entries.c.customer.in_(sa.bindparam("numbers", expanding=True)),
)
_ACCOUNTS = sa.select(ledger_accounts.c.customer, ledger_accounts.c.company_key).where(
    sa.or_(
        ledger_accounts.c.company_key.in_(sa.bindparam("keys", expanding=True)),
        ledger_accounts.c.customer.in_(sa.bindparam("numbers", expanding=True)),
    )
)


def _numbers_of(
    connection: Connection, company_keys: Sequence[str]
) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return which customer numbers were said to be each company's; and those with its key unless somebody has that."""
    asked = {"keys": list(company_keys), "numbers": [key[:80] for key in company_keys]}
    rows = connection.execute(_ACCOUNTS, asked).all()
    # A number that reads as a key may be another company's.
    taken = {row.customer for row in rows}
    found = {}
    for key in company_keys:
        said = tuple(row.customer for row in rows if row.company_key == key)
        found[key] = (said, said if key in taken else (*said, key))
    return found


def _accounts_of(
    company_key: str, newest: LedgerImport, said: tuple[str, ...], rows: Iterable[sa.Row[Any]], settled_by: str
) -> CompanyAccounts:
    """Return the accounts of a company, without documents that were settled by a day, where one is given."""
    # Sorted here: a database that sorts by place reads the whole ledger in its order.
    rows = sorted(rows, key=lambda row: row.place)
    found = tuple(sorted({row.customer for row in rows}))
    entries = [_entry_of(row) for row in rows if row.form != REFUSED and not _is_settled(row, settled_by)]
    if len(found) > 1:
        entries = [one.model_copy(update={"number": f"{one.customer} {one.number}"}) for one in entries]
    owned = [one.model_copy(update={"customer": company_key[:80]}) for one in entries]
    ledger = CustomerLedger.of(company_key[:80], newest.as_of, newest.coverage, owned)
    return CompanyAccounts(newest, said, found, ledger, all(row.form != REFUSED for row in rows))


def _is_settled(row: sa.Row[Any], by: str) -> bool:
    return bool(by) and row.form == "item" and json.loads(row.document).get("settled", "9999") <= by


def _older(newest: LedgerImport) -> Conflict:
    return Conflict(
        Text(en="A ledger as of a later day is loaded already.", zh="已载入截止日期更晚的台账。"),
        context={"ledger": newest.id, "as_of": newest.as_of.isoformat()},
        remedy=Text(en="load one as of that day or later", zh="请载入该日或之后的台账"),
    )
