"""The house: everything a step needs, built from settings when it is first asked for."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import cached_property
from uuid import uuid4

from admission.gathering import Desk
from admission.industry import IndustryTables
from admission.money import RateTable
from admission.policy import Policy
from admission.sources import Connector
from casebook import Casebook
from wiring.files import read_policy, read_rates
from wiring.industry_tables import read_industry_tables
from wiring.settings import Settings
from wiring.sources import build_connectors


def system_clock() -> datetime:
    """The time now, aware, in UTC."""
    return datetime.now(UTC)


class House:
    """Settings with all that follows from them; each part is built once, when it is first used.

    Args:
        settings: the settings.
        clock: gives the time; tests pass their own.
        new_id: gives ids of evidence; tests pass their own.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Callable[[], datetime] = system_clock,
        new_id: Callable[[], str] = lambda: uuid4().hex,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.new_id = new_id

    @cached_property
    def casebook(self) -> Casebook:
        """The casebook; it must have been created (`gatehouse up`, `gatehouse init`)."""
        settings = self.settings
        return Casebook.open(settings.casebook_url, settings.folder / "answers", clock=self.clock)

    @cached_property
    def connectors(self) -> Mapping[str, Connector]:
        """All sources by name."""
        return build_connectors(self.settings, self.clock)

    @cached_property
    def policy(self) -> Policy:
        """The policy in force."""
        return read_policy(self.settings.policy)

    @cached_property
    def rates(self) -> RateTable:
        """The house's exchange rates."""
        return read_rates(self.settings.rates)

    @cached_property
    def industry(self) -> IndustryTables:
        """The house's tables of industries."""
        return read_industry_tables(self.settings.industry_benchmarks, self.settings.industry_risk)

    @property
    def gathering(self) -> Desk:
        """What gatherers work with."""
        return Desk(store=self.casebook.evidence, now=self.clock, new_id=self.new_id)

    def today(self) -> date:
        """The day that assessments made now are pinned to."""
        return self.clock().date()


def build_house() -> House:
    """Build a house from the environment's settings."""
    return House(Settings())


@functools.lru_cache(maxsize=1)
def house() -> House:
    """The process's own house, built at the first call."""
    return build_house()
