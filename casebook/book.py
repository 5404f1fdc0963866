"""The casebook as the rest of the house sees it: one object with a repository for each kind of thing."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from casebook import schema, tables
from casebook.blobs import Blobs
from casebook.cases import Cases
from casebook.customers import Customers
from casebook.evidence import EvidenceStore
from casebook.history import History
from casebook.outbox import Outbox
from casebook.people import People
from casebook.store import Clock, Store
from casebook.stuck import Stuck
from casebook.voting import Voting
from casebook.work import Work


class Casebook:
    """The casebook. Cheap to make; the database is opened on first use, by each process for itself.

    Attributes:
        people: who can sign in, sessions, single-use codes.
        cases: cases, their steps, leases, decisions and runs.
        evidence: what sources answered, raw bytes, paid calls.
        work: facts, validations, assessments.
        voting: polls and votes.
        customers: the admitted companies.
        outbox: what the world outside must be told.
        history: what happened, in order.
        stuck: what should move and does not.
    """

    def __init__(self, store: Store, blobs: Blobs) -> None:
        self._store = store
        self.people = People(store)
        self.cases = Cases(store)
        self.evidence = EvidenceStore(store, blobs)
        self.work = Work(store)
        self.voting = Voting(store)
        self.customers = Customers(store)
        self.outbox = Outbox(store)
        self.history = History(store)
        self.stuck = Stuck(store)

    @classmethod
    def open(cls, url: str, blobs: Path, *, clock: Clock) -> Casebook:
        """Return the casebook at a database URL; nothing is opened yet.

        Args:
            url: `sqlite:///path` or `postgresql://...`.
            blobs: folder of the raw bytes.
            clock: tells the present time, aware UTC.

        Raises:
            BadInput: the URL cannot be read or is for another database.
        """
        return cls(Store(url, clock), Blobs(blobs))

    def create(self, demo: bool = False) -> None:
        """Make the casebook, or bring it to this version's schema; safe twice, and by two processes at once.

        Args:
            demo: whether it is a demonstration; remembered when the casebook is new, and ignored afterwards.
        """
        schema.migrate(self._store, demo=demo)

    @property
    def demo(self) -> bool:
        """True where this casebook was made for a demonstration."""
        chosen = sa.select(tables.meta.c.value).where(tables.meta.c.name == "demo")
        with self._store.read() as connection:
            return connection.execute(chosen).scalar_one_or_none() == "true"

    def check(self) -> str:
        """Tell database and schema, such as `SQLite 3.40.1, schema 0001`.

        Raises:
            GatehouseError: the database cannot be reached, or its schema is not this version's.
        """
        return schema.check(self._store)

    def close(self) -> None:
        """Close the connections of this process; they are opened again when needed."""
        self._store.close()
