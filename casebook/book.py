"""The casebook as the rest of the house sees it: one object with a repository for each kind of thing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from casebook import key_copies
from casebook.answer_keys import StoredAnswerKeys
from casebook.audit import Audit
from casebook.batches import Batches
from casebook.books import Books
from casebook.bulk_acts import BulkActs
from casebook.cases import Cases
from casebook.codes import Codes
from casebook.confirmations import Confirmations
from casebook.coverage import ReviewCoverage
from casebook.customer_files import CustomerFiles
from casebook.customers import Customers
from casebook.database import copying, schema, tables
from casebook.database.blobs import Blobs
from casebook.database.signing import KeyRing
from casebook.database.store import Clock, Store
from casebook.erasures import Erasures
from casebook.evidence import EvidenceStore
from casebook.experience import Experience
from casebook.granted import Granted
from casebook.group_limits import GroupLimits
from casebook.heads import Heads
from casebook.history import History
from casebook.keys import Keys
from casebook.ledgers import Ledgers
from casebook.limit_changes import LimitChanges
from casebook.orders import Orders
from casebook.outbox import Outbox
from casebook.overrides import Overrides
from casebook.people import People
from casebook.person_search import PersonSearch
from casebook.pins import Pins
from casebook.policies import PolicyVersions
from casebook.rounds import Rounds
from casebook.samples import Samples
from casebook.securities import Securities
from casebook.sessions import Sessions
from casebook.shadows import Shadows
from casebook.stuck import Stuck
from casebook.throttle import Devices
from casebook.tokens import Tokens
from casebook.vitals import Standing
from casebook.voting import Voting
from casebook.watchlists import Watchlists
from casebook.work import Work


class Casebook:
    """The casebook. Cheap to make; the database is opened on first use, by each process for itself.

    Attributes:
        people: who can sign in.
        sessions: signing in, and whose a session is.
        devices: what people signed in from before.
        codes: single-use codes to vote with.
        tokens: what programs act as a person with.
        cases: cases, their steps, leases, decisions and runs.
        batches: many cases opened, held and moved at once.
        evidence: what sources answered, raw bytes, paid calls.
        work: facts, validations, assessments.
        voting: polls and votes.
        rounds: why each round was opened; answers and edited applications.
        watchlists: versions of lists, and rulings on their entries.
        confirmations: second signatures under what people put on a case, and under rulings.
        overrides: departures from a criterion, signed by two people.
        samples: which of the machine's decisions people look at, and what they said.
        customers: the admitted companies.
        customer_files: what is on file for them: conditions met, credit insurance, holds.
        limit_changes: cuts of their limits, and raises for a time.
        group_limits: limits of groups of them.
        bulk_acts: acts on many of them, with the list each is for.
        securities: what secures their debts.
        books: imports of customers that the house had before, proposed and confirmed.
        ledgers: the house's own customer ledger: imports, entries, and whose numbers are whose.
        orders: orders of customers: what was found free, reserved, blocked and let through.
        granted: what is granted to them, summed for one case.
        outbox: what the world outside must be told.
        history: what happened, in order.
        pins: the policies and rates that assessments were made with.
        policies: versions of the policy, proposed, published, withdrawn.
        shadows: policies that run beside the one in force, and what they would have decided.
        experience: what was known at decision time, and how the debts went.
        keys: what the history is signed with.
        heads: where the heads of the audit chain go.
        erasures: what was erased, by which rule.
        person_search: where a person is named.
        audit: proof that nothing was changed behind the casebook's back.
        stuck: what should move and does not.
        standing: counts that tell how the house stands.
        coverage: reviews counted over all customers, and sources that have gone silent.
    """

    def __init__(self, store: Store, blobs: Blobs, ring: KeyRing) -> None:
        self._store = store
        self.people = People(store)
        self.sessions = Sessions(store)
        self.devices = Devices(store)
        self.codes = Codes(store)
        self.tokens = Tokens(store)
        self.cases = Cases(store)
        self.batches = Batches(store)
        self.evidence = EvidenceStore(store, blobs)
        self.work = Work(store)
        self.voting = Voting(store)
        self.rounds = Rounds(store)
        self.watchlists = Watchlists(store)
        self.confirmations = Confirmations(store)
        self.overrides = Overrides(store)
        self.samples = Samples(store)
        self.customers = Customers(store)
        self.customer_files = CustomerFiles(store)
        self.limit_changes = LimitChanges(store)
        self.group_limits = GroupLimits(store)
        self.bulk_acts = BulkActs(store)
        self.securities = Securities(store)
        self.books = Books(store)
        self.ledgers = Ledgers(store)
        self.orders = Orders(store)
        self.granted = Granted(store)
        self.outbox = Outbox(store)
        self.history = History(store)
        self.pins = Pins(store)
        self.policies = PolicyVersions(store)
        self.shadows = Shadows(store)
        self.experience = Experience(store)
        self.keys = Keys(store, ring)
        self.heads = Heads(store)
        self.erasures = Erasures(store, blobs)
        self.person_search = PersonSearch(store, blobs)
        self.audit = Audit(store, blobs)
        self.stuck = Stuck(store)
        self.standing = Standing(store)
        self.coverage = ReviewCoverage(store)

    @classmethod
    def open(cls, url: str, blobs: Path, *, clock: Clock, keys: Path | None = None) -> Casebook:
        """Return the casebook at a database URL; nothing is opened yet.

        Args:
            url: `sqlite:///path` or `postgresql://...`.
            blobs: folder of the raw bytes.
            clock: tells the present time, aware UTC.
            keys: folder of the signing keys; `keys` beside the folder of the raw bytes if not given.

        Raises:
            BadInput: the URL cannot be read or is for another database.
        """
        ring = KeyRing(keys or blobs.parent / "keys")
        store = Store(url, clock, ring)
        return cls(store, Blobs(blobs, StoredAnswerKeys(store)), ring)

    def create(self, demo: bool = False) -> None:
        """Make the casebook, or bring it to this version's schema; safe twice, and by two processes at once.

        Args:
            demo: whether it is a demonstration; remembered when the casebook is new, and ignored afterwards.
        """
        schema.migrate(self._store, demo=demo)
        self.keys.publish()

    @property
    def demo(self) -> bool:
        """True where this casebook was made for a demonstration."""
        chosen = sa.select(tables.meta.c.value).where(tables.meta.c.name == "demo")
        with self._store.read() as connection:
            return connection.execute(chosen).scalar_one_or_none() == "true"

    @property
    def created(self) -> bool:
        """True where the database holds a casebook, of whatever version.

        Raises:
            GatehouseError: the database cannot be reached.
        """
        return schema.created(self._store)

    @contextmanager
    def reading_once(self) -> Iterator[None]:
        """Let all that is read in this block be read in one transaction."""
        with self._store.reading_once():
            yield

    def check(self) -> str:
        """Tell database and schema, such as `SQLite 3.40.1, schema 0001`.

        Raises:
            GatehouseError: the database cannot be reached, or its schema is not this version's.
        """
        return schema.check(self._store)

    @property
    def database(self) -> copying.DatabaseKind:
        """The kind of database that this casebook is kept in."""
        return copying.kind_of(self._store)

    def copy_database(self, target: Path) -> None:
        """Write the database without its keys, as it stands at one moment, to a new file, while others go on writing.

        Raises:
            GatehouseError: the database cannot be read, or a program of Postgres failed or is not installed.
        """
        copying.copy_out(self._store, target)

    def copy_keys(self, target: Path) -> None:
        """Write the keys of cases and answers to a new file, with what was erased; after `copy_database`."""
        key_copies.copy_keys(self._store, target)

    def put_keys_back(self, copied: key_copies.CopiedKeys) -> int:
        """Put copied keys into a restored casebook, and erase again what was erased since it was copied.

        Returns:
            How much was erased again: raw answers and documents of a case are two.
        """
        key_copies.put_keys_back(self._store, copied)
        return self.erasures.repeat(copied.erased)

    def check_empty(self) -> None:
        """Make sure that there is nothing yet where this casebook would be.

        Raises:
            Conflict: there is something.
            GatehouseError: the database cannot be reached.
        """
        copying.check_empty(self._store)

    def restore_database(self, source: Path) -> None:
        """Put what `copy_database` wrote in the place of this casebook, which is not there yet.

        Raises:
            Conflict: there is something.
            GatehouseError: the database cannot be reached, or a program of Postgres failed or is not installed.
        """
        copying.put_back(self._store, source)

    def close(self) -> None:
        """Close the connections of this process; they are opened again when needed."""
        self._store.close()
