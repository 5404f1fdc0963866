"""What the house bears already: the limits granted to its active customers, summed by what the policy's caps are about.

Limits granted are summed, never those in force: an open condition may be met tomorrow, and the whole limit then counts
without anybody looking at the caps again. The same sums bound a group's limit, are judged against the caps, and stand
in the report on the policy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Literal, NamedTuple, Protocol

from admission.cases import Customer
from admission.metrics.industry import covers
from admission.model import Record, left_out
from admission.money import Exchange, Money

CapKind = Literal["total", "grade", "segment", "country", "industry", "group"]
KINDS: tuple[CapKind, ...] = ("total", "group", "grade", "segment", "country", "industry")
TOTAL = ""
NO_INDUSTRY = ""


class Held(Record):
    """The limits granted to all other customers within one cap.

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


class GrantedLimits(Record):
    """Limits granted to the active customers, in the house currency.

    Attributes:
        by_group: by the name of the group in small letters; customers that name none are in no group.
        unknown: customers whose limit could not be converted; the sums are without them.
    """

    currency: str
    total: Decimal
    by_grade: dict[str, Decimal]
    by_segment: dict[str, Decimal]
    by_country: dict[str, Decimal]
    by_industry: dict[str, Decimal]
    by_group: dict[str, Decimal]
    customers: int
    unknown: int


class ConvertedSum(NamedTuple):
    """A sum in the house currency, and the currencies that it lacks for want of a rate."""

    amount: Decimal
    lacking: tuple[str, ...]

    @property
    def whole(self) -> Decimal | None:
        """Return the sum; None where it lacks something."""
        return None if self.lacking else self.amount


class GrantedLimit(NamedTuple):
    """One active customer's limit, and under which names it counts for caps.

    Attributes:
        group: the name of its group as groups are told apart; None where it names none.
    """

    company_key: str
    amount: Decimal
    currency: str
    grade: str
    segment: str
    country: str
    industry: str
    group: str | None

    def places(self) -> Iterator[tuple[CapKind, str]]:
        """Yield the name under which the limit counts, for each kind of cap."""
        yield "total", TOTAL
        yield "grade", self.grade
        yield "segment", self.segment
        yield "country", self.country
        yield "industry", self.industry
        if self.group is not None:
            yield "group", self.group


def granted_limit(customer: Customer) -> GrantedLimit | None:
    """Return what is granted to a customer; None to one that is no customer any more."""
    if not customer.active:
        return None
    group = customer.application.group
    return GrantedLimit(
        company_key=customer.company_key,
        amount=customer.limit,
        currency=customer.currency,
        grade=customer.grade,
        segment=customer.application.segment,
        country=customer.country,
        industry=customer.industry_code,
        group=None if group is None else group_key(group),
    )


class PlaceSums:
    """What is granted by place and currency: the one way to sum it within caps.

    Args:
        kind: of the caps that it is summed for.
    """

    def __init__(self, kind: CapKind) -> None:
        self._kind = kind
        self._sums: dict[str, dict[str, Decimal]] = {}

    def add(self, place: str, currency: str, amount: Decimal) -> None:
        """Add an amount to a place."""
        amounts = self._sums.setdefault(place, {})
        amounts[currency] = amounts.get(currency, Decimal(0)) + amount

    def places(self) -> tuple[str, ...]:
        """Return the places that have had amounts."""
        return tuple(self._sums)

    def hold(self, name: str, without: GrantedLimit | None = None) -> Held:
        """Return what is granted within one cap, without one of the customers."""
        industry = self._kind == "industry"
        within = [place for place in self._sums if covers(name, place)] if industry else [name]
        perhaps = [NO_INDUSTRY] if industry else []
        return Held(kind=self._kind, name=name, amounts=self._sum(within, without), perhaps=self._sum(perhaps, without))

    def _sum(self, places: Iterable[str], without: GrantedLimit | None) -> dict[str, Decimal]:
        sums: dict[str, Decimal] = {}
        own = dict(without.places()) if without is not None else {}
        for place in places:
            for currency, amount in self._sums.get(place, {}).items():
                sums[currency] = sums.get(currency, Decimal(0)) + amount
            if without is not None and own.get(self._kind) == place:
                sums[without.currency] -= without.amount
        return {currency: sums[currency] for currency in sorted(sums) if sums[currency] != 0}


class GrantedToOthers(Protocol):
    """What is granted to all companies but one: summed from a ledger, or by the casebook for one case alone."""

    def sum_others(self, company_key: str, caps: Mapping[CapKind, Iterable[str]]) -> Exposure:
        """Return what is granted to all others, within each cap."""

    def sum_group(self, group: str, company_key: str, exchange: Exchange) -> Decimal | None:
        """Return what is granted to the others of a group, in the house currency; None for want of a rate."""


class ExposureLedger:
    """The limits granted to all active customers, read once and kept up to date while a batch goes through.

    Runs in other processes are not seen before the next reading: a cap sends cases to the committee, it locks nothing.
    """

    def __init__(self, customers: Iterable[Customer] = (), *, granted: Iterable[GrantedLimit] = ()) -> None:
        self._entries: dict[str, GrantedLimit] = {}
        self._sums = {kind: PlaceSums(kind) for kind in KINDS}
        for limit in granted:
            self._enter(limit)
        for customer in customers:
            self.put(customer)

    def put(self, customer: Customer) -> None:
        """Take in a customer as it stands from now on; to one that is no customer any more nothing is granted."""
        before = self._entries.pop(customer.company_key, None)
        if before is not None:
            self._add(before, -1)
        limit = granted_limit(customer)
        if limit is not None:
            self._enter(limit)

    def _enter(self, limit: GrantedLimit) -> None:
        self._entries[limit.company_key] = limit
        self._add(limit, 1)

    def _add(self, entry: GrantedLimit, sign: int) -> None:
        for kind, name in entry.places():
            self._sums[kind].add(name, entry.currency, sign * entry.amount)

    def sum_others(self, company_key: str, caps: Mapping[CapKind, Iterable[str]]) -> Exposure:
        """Return what is granted to all others, within each cap.

        Args:
            company_key: of the company that is judged.
            caps: the names that the policy caps, by kind; `total` has the name "".
        """
        own = self._entries.get(company_key)
        held = tuple(self.sum_within(kind, name, own) for kind in sorted(caps) for name in sorted(caps[kind]))
        return Exposure(held=held, own=Money(amount=own.amount, currency=own.currency) if own else None)

    def sum_within(self, kind: CapKind, name: str, without: GrantedLimit | None = None) -> Held:
        """Return what is granted within one cap, without one of the customers."""
        return self._sums[kind].hold(name, without)

    def sum_group(self, group: str, company_key: str, exchange: Exchange) -> Decimal | None:
        """Return what is granted to the other customers of a group, in the house currency; None for want of a rate.

        Groups are told apart by the name that applications give, whatever its capitals.
        """
        held = self.sum_within("group", group_key(group), self._entries.get(company_key))
        return convert_sum(held.amounts, exchange).whole

    def groups(self) -> tuple[str, ...]:
        """Return the groups that customers belong to, by their names in small letters."""
        return tuple(sorted(self._sums["group"].places()))

    def total_up(self, exchange: Exchange) -> GrantedLimits:
        """Return all sums in the house currency."""
        sums: dict[CapKind, dict[str, Decimal]] = {kind: {} for kind in KINDS}
        unknown = 0
        for entry in self._entries.values():
            converted = exchange.convert(entry.amount, entry.currency)
            if converted is None:
                unknown += 1
                continue
            for kind, name in entry.places():
                sums[kind][name] = sums[kind].get(name, Decimal(0)) + converted
        return GrantedLimits(
            currency=exchange.house_currency,
            total=sums["total"].get(TOTAL, Decimal(0)),
            by_grade=_sorted(sums["grade"]),
            by_segment=_sorted(sums["segment"]),
            by_country=_sorted(sums["country"]),
            by_industry=_sorted(sums["industry"]),
            by_group=_sorted(sums["group"]),
            customers=len(self._entries),
            unknown=unknown,
        )


def convert_sum(amounts: Mapping[str, Decimal], exchange: Exchange) -> ConvertedSum:
    """Bring a sum of several currencies into that of the house."""
    total, lacking = Decimal(0), list[str]()
    for currency, amount in amounts.items():
        converted = exchange.convert(amount, currency)
        if converted is None:
            lacking.append(currency)
        else:
            total += converted
    return ConvertedSum(total, tuple(lacking))


def group_key(name: str) -> str:
    """Return what groups are told apart by: the name that applications give, whatever its capitals."""
    return name.casefold()


def _sorted(sums: Mapping[str, Decimal]) -> dict[str, Decimal]:
    return {name: sums[name] for name in sorted(sums)}
