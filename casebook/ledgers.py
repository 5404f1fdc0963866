"""The house's own customer ledger: the newest import with its entries, and whose customer numbers are whose."""

from __future__ import annotations

import hashlib
import json
import tempfile
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
        with self._store.read() as connection:
            newest = _newest(connection)
            if newest is None:
                return None
            said, numbers = _numbers_of(connection, company_key)
            of_company = {"ledger": int(newest.id[1:]), "numbers": numbers}
            # Sorted here: a database that sorts by place reads the whole ledger in its order.
            rows = sorted(connection.execute(_ENTRIES, of_company).all(), key=lambda row: row.place)
        return _accounts_of(newest, company_key, said, {row.customer for row in rows}, rows)

    def open_of(self, company_keys: Sequence[str]) -> dict[str, CompanyAccounts]:
        """Return what is open of some companies in the ledger that counts, by company key; nothing without a ledger.

        As `of`, without documents that were settled by the day of the ledger: enough for what is owed, not for how it
        was paid.

        Args:
            company_keys: as many as fit one statement.
        """
        with self._store.read() as connection:
            newest = _newest(connection)
            if newest is None:
                return {}
            keys_of = {key: _NumbersOf([], [key]) for key in company_keys}
            for row in connection.execute(_ACCOUNTS_OF, {"keys": company_keys, "numbers": company_keys}):
                if row.company_key in keys_of:
                    keys_of[row.company_key].said.append(row.customer)
                if row.customer in keys_of:
                    # A number that reads as a key may be another company's.
                    keys_of[row.customer].own.clear()
            owners = {number: key for key, numbers in keys_of.items() for number in (*numbers.said, *numbers.own)}
            rows: dict[str, list[sa.Row[Any]]] = {key: [] for key in company_keys}
            found: dict[str, set[str]] = {key: set() for key in company_keys}
            for row in connection.execute(_ENTRIES, {"ledger": int(newest.id[1:]), "numbers": list(owners)}):
                key = owners[row.customer]
                found[key].add(row.customer)
                if row.form != "item" or json.loads(row.document).get("settled", "9999") > newest.as_of.isoformat():
                    rows[key].append(row)
        return {
            key: _accounts_of(
                newest, key, tuple(keys_of[key].said), found[key], sorted(rows[key], key=lambda row: row.place)
            )
            for key in company_keys
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


class _NumbersOf(NamedTuple):
    """The customer numbers that were said to be a company's, and its key as one where it is nobody else's."""

    said: list[str]
    own: list[str]


def _accounts_of(
    newest: LedgerImport,
    company_key: str,
    said: tuple[str, ...],
    found: Collection[str],
    rows: Sequence[sa.Row[Any]],
) -> CompanyAccounts:
    """Put the rows of a company's numbers together, which are in the order of the file.

    Args:
        newest: the ledger.
        company_key: of the company.
        said: the numbers that somebody said it has.
        found: those that the ledger has.
        rows: of these numbers, all or some.
    """
    entries = [_entry_of(row) for row in rows if row.form != REFUSED]
    if len(found) > 1:
        entries = [one.model_copy(update={"number": f"{one.customer} {one.number}"}) for one in entries]
    owned = [one.model_copy(update={"customer": company_key[:80]}) for one in entries]
    ledger = CustomerLedger.of(company_key[:80], newest.as_of, newest.coverage, owned)
    return CompanyAccounts(newest, said, tuple(sorted(found)), ledger, all(row.form != REFUSED for row in rows))


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
    sa.or_(ledger_accounts.c.company_key == sa.bindparam("key"), ledger_accounts.c.customer == sa.bindparam("number"))
)


_ACCOUNTS_OF = sa.select(ledger_accounts.c.customer, ledger_accounts.c.company_key).where(
    sa.or_(
        ledger_accounts.c.company_key.in_(sa.bindparam("keys", expanding=True)),
        ledger_accounts.c.customer.in_(sa.bindparam("numbers", expanding=True)),
    )
)


def _numbers_of(connection: Connection, company_key: str) -> tuple[tuple[str, ...], list[str]]:
    """Return which customer numbers were said to be a company's; and those with its key where nobody said otherwise."""
    rows = connection.execute(_ACCOUNTS, {"key": company_key, "number": company_key[:80]}).all()
    said = tuple(row.customer for row in rows if row.company_key == company_key)
    # A number that reads as this key may be another company's.
    taken = any(row.customer == company_key for row in rows)
    return said, [*said] if taken else [*said, company_key]


def _older(newest: LedgerImport) -> Conflict:
    return Conflict(
        Text(en="A ledger as of a later day is loaded already.", zh="已载入截止日期更晚的台账。"),
        context={"ledger": newest.id, "as_of": newest.as_of.isoformat()},
        remedy=Text(en="load one as of that day or later", zh="请载入该日或之后的台账"),
    )
