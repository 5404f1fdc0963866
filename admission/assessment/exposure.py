"""What the house bears already: the limits of its active customers, summed by what the policy's caps are about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Literal, NamedTuple

from admission.cases import Customer
from admission.metrics.industry import covers
from admission.model import Record, left_out
from admission.money import Money

CapKind = Literal["total", "grade", "segment", "country", "industry", "group"]
NO_INDUSTRY = ""


class Held(Record):
    """The limits of all other customers within one cap.

    Attributes:
        name: of the grade, segment, country or beginning of industry codes; "" for the total.
        amounts: currency -> sum of limits.
        perhaps: the same for customers whose industry is not known, who may be inside.
    """

    kind: CapKind
    name: str = ""
    amounts: dict[str, Decimal]
    perhaps: dict[str, Decimal] = left_out({})


class Exposure(Record):
    """What one case's exposure is judged with.

    Attributes:
        held: one entry for each of the policy's caps.
        own: the limit that the company has as a customer already; it is in none of the sums.
    """

    held: tuple[Held, ...]
    own: Money | None = left_out(None)


class _Standing(NamedTuple):
    money: Money
    places: tuple[tuple[CapKind, str], ...]


class Book:
    """The limits of all active customers, read once and kept up to date while a batch goes through.

    Runs in other processes are not seen before the next book: a cap sends cases to the committee, it locks nothing.
    """

    def __init__(self, customers: Iterable[Customer]) -> None:
        self._standing: dict[str, _Standing] = {}
        self._sums: dict[tuple[CapKind, str], dict[str, Decimal]] = {}
        for customer in customers:
            self.put(customer)

    def put(self, customer: Customer) -> None:
        """Take in a customer as it stands from now on; one that is no customer any more bears nothing."""
        before = self._standing.pop(customer.company_key, None)
        if before is not None:
            self._add(before, -1)
        if customer.active:
            standing = _Standing(Money(amount=customer.limit, currency=customer.currency), tuple(_places(customer)))
            self._standing[customer.company_key] = standing
            self._add(standing, 1)

    def _add(self, standing: _Standing, sign: int) -> None:
        for place in standing.places:
            amounts = self._sums.setdefault(place, {})
            currency = standing.money.currency
            amounts[currency] = amounts.get(currency, Decimal(0)) + sign * standing.money.amount

    def exposure(self, caps: Mapping[CapKind, Iterable[str]], company_key: str) -> Exposure:
        """Return what is held besides one company.

        Args:
            caps: the names that the policy caps, by kind; `total` has the name "".
            company_key: of the company that is judged.
        """
        own = self._standing.get(company_key)
        held = tuple(self._held(kind, name, own) for kind in sorted(caps) for name in sorted(caps[kind]))
        return Exposure(held=held, own=own.money if own else None)

    def _held(self, kind: CapKind, name: str, own: _Standing | None) -> Held:
        inside = [place for place in self._sums if place[0] == kind and _within(kind, name, place[1])]
        unknown = [("industry", NO_INDUSTRY)] if kind == "industry" else []
        return Held(
            kind=kind,
            name=name,
            amounts=self._summed(inside, own),
            perhaps=self._summed([place for place in self._sums if place in unknown], own),
        )

    def _summed(self, places: Iterable[tuple[CapKind, str]], own: _Standing | None) -> dict[str, Decimal]:
        sums: dict[str, Decimal] = {}
        for place in places:
            for currency, amount in self._sums[place].items():
                sums[currency] = sums.get(currency, Decimal(0)) + amount
            if own is not None and place in own.places:
                sums[own.money.currency] -= own.money.amount
        return {currency: sums[currency] for currency in sorted(sums) if sums[currency] != 0}


def _within(kind: CapKind, name: str, place: str) -> bool:
    return covers(name, place) if kind == "industry" else name == place


def _places(customer: Customer) -> Iterator[tuple[CapKind, str]]:
    yield "total", ""
    yield "grade", customer.grade
    yield "segment", customer.application.segment
    yield "country", customer.country
    yield "industry", customer.industry_code
