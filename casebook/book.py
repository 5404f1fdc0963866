"""The casebook as the rest of the house sees it: one object with a repository for each kind of thing."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from casebook.audit import Audit
from casebook.batches import Batches
from casebook.cases import Cases
from casebook.codes import Codes
from casebook.confirmations import Confirmations
from casebook.customers import Customers
from casebook.database import schema, tables
from casebook.database.blobs import Blobs
from casebook.database.signing import KeyRing
from casebook.database.store import Clock, Store
from casebook.evidence import EvidenceStore
from casebook.experience import Experience
from casebook.heads import Heads
from casebook.history import History
from casebook.keys import Keys
from casebook.outbox import Outbox
from casebook.overrides import Overrides
from casebook.people import People
from casebook.pins import Pins
from casebook.policies import PolicyVersions
from casebook.rounds import Rounds
from casebook.samples import Samples
from casebook.sessions import Sessions
from casebook.shadows import Shadows
from casebook.stuck import Stuck
from casebook.throttle import Devices
from casebook.tokens import Tokens
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
        outbox: what the world outside must be told.
        history: what happened, in order.
        pins: the policies and rates that assessments were made with.
        policies: versions of the policy, proposed, published, withdrawn.
        shadows: policies that run beside the one in force, and what they would have decided.
        experience: what was known at decision time, and how the debts went.
        keys: what the history is signed with.
        heads: where the heads of the audit chain go.
        audit: proof that nothing was changed behind the casebook's back.
        stuck: what should move and does not.
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
        self.outbox = Outbox(store)
        self.history = History(store)
        self.pins = Pins(store)
        self.policies = PolicyVersions(store)
        self.shadows = Shadows(store)
        self.experience = Experience(store)
        self.keys = Keys(store, ring)
        self.heads = Heads(store)
        self.audit = Audit(store, blobs)
        self.stuck = Stuck(store)

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
        return cls(Store(url, clock, ring), Blobs(blobs), ring)

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

    def check(self) -> str:
        """Tell database and schema, such as `SQLite 3.40.1, schema 0001`.

        Raises:
            GatehouseError: the database cannot be reached, or its schema is not this version's.
        """
        return schema.check(self._store)

    def close(self) -> None:
        """Close the connections of this process; they are opened again when needed."""
        self._store.close()
