"""The house: everything a step needs, built from settings when it is first asked for."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Mapping
from copy import copy
from datetime import UTC, date, datetime
from functools import cached_property
from uuid import uuid4

from admission.customers.ledger.accounts import KeptAccount, OwnLedger
from admission.evidence.company_lists import KEPT, LoadedList
from admission.evidence.gathering import Gathering
from admission.evidence.sources import Connector
from admission.metrics.industry import IndustryTables
from admission.money import Exchange, RateTable
from admission.policy import Policy
from casebook import Casebook
from intake.industry_tables import read_industry_tables
from intake.policies import read_policy
from intake.rates import read_rates
from wiring.data_folder import write_closed
from wiring.own_ledger import account_of
from wiring.settings import Settings

# The longest that waiting for a source may take together, whether for its turn under our own rate limit, for it to come
# back, or because it asked for patience: for the run of one case, and for a book of many.
CASE_SECONDS = 120.0
BOOK_SECONDS = 1800.0


def system_clock() -> datetime:
    """The time now, aware, in UTC."""
    return datetime.now(UTC)


class House:
    """Settings with all that follows from them; each part is built once, when it is first used.

    Args:
        settings: the settings.
        clock: gives the time; tests pass their own.
        new_id: gives ids of evidence; tests pass their own.
        pause: lets so many seconds pass; tests pass their own.

    Attributes:
        longest_wait: seconds that all waiting for one source may take together.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Callable[[], datetime] = system_clock,
        new_id: Callable[[], str] = lambda: uuid4().hex,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.new_id = new_id
        self.pause = pause
        self.longest_wait = CASE_SECONDS
        self._casebook_seen = False

    @cached_property
    def casebook(self) -> Casebook:
        """The casebook; it must have been created (`gatehouse up`, `gatehouse init`)."""
        settings = self.settings
        return Casebook.open(settings.casebook_url, settings.folder / "answers", clock=self.clock)

    @cached_property
    def connectors(self) -> Mapping[str, Connector]:
        """All sources by name."""
        # What asks and reads nothing, such as a run that is woken to conclude, loads no connector.
        from wiring.sources import build_connectors

        ledger = OwnLedger(self.newest_ledger, self.own_account)
        return build_connectors(self.settings, self.clock, self.longest_wait, self.newest_list, ledger)

    def newest_ledger(self) -> str | None:
        """Return which import of the house's own ledger counts, such as `L7`; None where none was ever loaded."""
        newest = self.casebook.ledgers.newest() if self._has_casebook else None
        return None if newest is None else newest.id

    def own_account(self, company_key: str) -> KeptAccount | None:
        """Return what the house's own ledger tells of a company; None where none was ever loaded."""
        if not self._has_casebook:
            return None
        return account_of(self.casebook, lambda: self.rates, lambda: self.policy_in_force().house_currency, company_key)

    def newest_list(self, source: str) -> LoadedList | None:
        """Return the version in use of a list that is loaded by file; None where none is loaded.

        Which one it is, is looked up at each call: a run of weeks sees a new version. Its bytes are read once.
        """
        loaded = self.casebook.watchlists.versions(source) if self._has_casebook else []
        if not loaded:
            return None
        version, sha256 = loaded[0].version, loaded[0].files[KEPT]
        if sha256 not in self._lists:
            self._lists[sha256] = self.casebook.evidence.body(sha256)
        return LoadedList(version, self._lists[sha256])

    @cached_property
    def _lists(self) -> dict[str, bytes]:
        return {}

    def policy_in_force(self) -> Policy:
        """Return the policy in force: the published version whose date came last, else the file the settings name.

        It is looked up at each call, so that a process that runs for weeks sees a new version. A step takes it once
        and hands it down: nothing is judged by two policies because one was published in between.

        Raises:
            BadInput: the file, or the version in force, has a mistake.
            GatehouseError: the version in force is in a format that this Gatehouse cannot read.
        """
        published = self.casebook.policies.in_force(self.today()) if self._has_casebook else None
        if published is None:
            return self._policy_of_file
        return self.policy_version(published)

    def exchange_by(self, policy: Policy) -> Exchange:
        """Return by what rates amounts are brought into a policy's currency today."""
        return Exchange(self.rates, policy.house_currency, self.today())

    def policy_version(self, number: int) -> Policy:
        """Return the policy of a version by its id; read once, for versions never change.

        Raises:
            GatehouseError: it is in a format that this Gatehouse cannot read, or has a mistake by today's checks.
        """
        if number not in self._versions:
            self._versions[number] = self.casebook.policies.get(number).policy()
        return self._versions[number]

    @cached_property
    def _versions(self) -> dict[int, Policy]:
        return {}

    @cached_property
    def _policy_of_file(self) -> Policy:
        return read_policy(self.settings.policy)

    @property
    def _has_casebook(self) -> bool:
        """True from the moment there is one: assessing without a case needs none."""
        self._casebook_seen = self._casebook_seen or self.casebook.created
        return self._casebook_seen

    @cached_property
    def rates(self) -> RateTable:
        """The house's exchange rates."""
        return read_rates(self.settings.rates)

    @cached_property
    def industry(self) -> IndustryTables:
        """The house's tables of industries."""
        return read_industry_tables(self.settings.industry_benchmarks, self.settings.industry_risk)

    @cached_property
    def patient(self) -> House:
        """This house for batches: a request waits long for its turn under a source's rate limit.

        A thousand applicants ask more than a source allows in a minute; that is no reason to call it unavailable.
        """
        # What is open or read already is shared; only the connectors differ.
        assert self.casebook  # noqa: S101 - opened before it is shared
        patient = copy(self)
        patient.__dict__.pop("connectors", None)
        patient.longest_wait = BOOK_SECONDS
        return patient

    @property
    def gathering(self) -> Gathering:
        """What asking a source works with."""
        return Gathering(store=self.casebook.evidence, now=self.clock, new_id=self.new_id, stand_in=self.stand_in)

    @property
    def stand_in(self) -> str | None:
        """The sandbox that a demonstration is meant to ask; None in a casebook of real companies, whatever is set."""
        return self.settings.sandbox_url if self._is_demo else None

    @cached_property
    def _is_demo(self) -> bool:
        return self._has_casebook and self.casebook.demo

    def today(self) -> date:
        """The day that assessments made now are pinned to."""
        return self.clock().date()


def build_house() -> House:
    """Build a house from the environment's settings, whose process writes files for nobody but their owner."""
    settings = Settings()
    write_closed(settings.folder)
    return House(settings)


@functools.lru_cache(maxsize=1)
def house() -> House:
    """The process's own house, built at the first call."""
    return build_house()
