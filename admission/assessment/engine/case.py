"""One case in figures: all that a policy is applied to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from admission.assessment.engine.caps import Sums
from admission.assessment.exposure import CapKind
from admission.cases import CaseKind
from admission.metrics.catalogue import CATALOGUE, Metric, Value
from admission.metrics.industry import IndustryTables
from admission.money import Exchange


class ReferenceData(NamedTuple):
    """What the house knows besides a company's own figures, as it was on one day.

    Attributes:
        exchange: the rates of the day.
        industry: the house's tables of industries.
    """

    exchange: Exchange
    industry: IndustryTables = IndustryTables()


class Figures(NamedTuple):
    """A company's figures on one day.

    Attributes:
        metrics: every metric, None where it is unknown.
        units: the currencies of those that are amounts.
        old: metric -> what facts said that are too old.
        not_asked: metrics that are unknown and that nobody withholds: no source that could tell them is set up, or one
            that alone could tell them could not be asked.
        not_set_up: those of them that nothing which is set up could tell.
    """

    metrics: Mapping[str, Value | None]
    units: Mapping[str, str]
    old: Mapping[str, Value] = {}
    not_asked: frozenset[str] = frozenset()
    not_set_up: frozenset[str] = frozenset()

    @classmethod
    def of(cls, metrics: Iterable[Metric]) -> Figures:
        """Take the figures from metrics."""
        found = list(metrics)
        return cls(
            metrics={metric.name: metric.value for metric in found},
            units=units_of(found),
            old={metric.name: metric.stale for metric in found if metric.value is None and metric.stale is not None},
            not_asked=frozenset(metric.name for metric in found if metric.not_asked),
            not_set_up=frozenset(metric.name for metric in found if metric.not_set_up),
        )

    @property
    def industry(self) -> str | None:
        """Return the code of the company's industry; None where it is not known."""
        code = self.metrics.get("industry_code")
        return code if isinstance(code, str) else None


def units_of(metrics: Iterable[Metric]) -> dict[str, str]:
    """Return the currencies of those metrics that are amounts and say something, be it too old."""
    return {
        metric.name: metric.unit
        for metric in metrics
        if metric.known_value is not None and metric.name in CATALOGUE and CATALOGUE[metric.name].kind == "amount"
    }


class Circumstances(NamedTuple):
    """What a case rests on besides what is asked for and the company's figures.

    Attributes:
        annual_sales, cover: as the application tells them, in the currency asked for.
        references: limits of trade references, each with its currency.
        group_exposure: limits granted to the others of the company's group, in the house currency; 0 where it belongs
            to none; None where it tells neither, or they are not known.
        counted: limits granted to all others, within each cap that they were counted for.
        own: the limit that the company has as a customer already, with its currency.
        overridden: ids of the criteria that an override covers.
        reopened: whether a person's look re-opened what the machine had decided.
    """

    annual_sales: Decimal | None = None
    cover: Decimal | None = None
    references: tuple[tuple[Decimal, str], ...] = ()
    group_exposure: Decimal | None = None
    counted: Mapping[tuple[CapKind, str], Sums] = {}
    own: tuple[Decimal, str] | None = None
    overridden: frozenset[str] = frozenset()
    reopened: bool = False


class CaseFigures(NamedTuple):
    """One case in figures: a company's, and what is asked for.

    Attributes:
        requested: the limit asked for, in `currency`.
        house_amount: the same in `house_currency`; None without a rate.
        terms_days: asked for.
        failed_finding: a check of weight warning or blocking, besides the criteria, did not pass.
        silent_source: a source that was to be asked gave no answer.
        besides: what else the case rests on.
    """

    kind: CaseKind
    segment: str
    country: str
    requested: Decimal
    currency: str
    house_amount: Decimal | None
    house_currency: str
    terms_days: int
    figures: Figures
    failed_finding: bool
    silent_source: bool
    besides: Circumstances

    def amount_in(self, exchange: Exchange) -> Decimal | None:
        """Return what is asked for in the house currency of an exchange; None without a rate."""
        if self.house_currency == exchange.house_currency:
            return self.house_amount
        return exchange.convert(self.requested, self.currency)
