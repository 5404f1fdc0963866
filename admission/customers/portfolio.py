"""The portfolio: what is granted and in force, by what the policy caps, how concentrated it is, and what is open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

from admission.assessment.exposure import KINDS, CapKind, granted_limit
from admission.customers.standing.in_force import OnFile, Standing
from admission.model import Record
from admission.money import Currency, Exchange
from admission.policy.customer_rules import CustomerRules

TOP = 10
# Shares in percent, squared and summed: 10,000 where all is with one (Herfindahl-Hirschman index, as the US Department
# of Justice and the Federal Trade Commission reckon it in their merger guidelines, 2023).
_WHOLE_HHI = Decimal(10_000)
_CENT, _FOUR = Decimal("0.01"), Decimal("0.0001")


class Place(Record):
    """What customers of one grade, segment, country, industry or group have.

    Attributes:
        name: "" where it is not known, as an industry; of a customer without a group, its company key.
        share: of all limits in the portfolio; 0 to 1.
    """

    name: str
    customers: int
    limit: Decimal
    in_force: Decimal
    share: Decimal


class Debtor(Record):
    """Who could owe most: a group, or a customer that names none.

    Attributes:
        cases: on which the limits rest.
    """

    name: str
    cases: tuple[str, ...]
    limit: Decimal
    in_force: Decimal
    share: Decimal


class Portfolio(Record):
    """All active customers on a day, in the house currency.

    Attributes:
        limit: granted; in_force: of it, today.
        without_rate: customers whose limit cannot be converted; they are counted, and in none of the sums.
        places: by grade, segment, country, industry and group, the largest limit first.
        top: the ten debtors with the largest limits.
        hhi: Herfindahl-Hirschman index of debtors by limit, 0 to 10,000; None where nothing is granted.
        on_hold, not_in_force: how many customers.
        reviews_overdue: whose review was due before today; reviews_soon: due within the days of warning.
        open_conditions, expired_conditions, ending_securities: how many; of securities those that end within the days
            of warning, each once however many customers it stands for.
    """

    as_of: date
    currency: Currency
    customers: int
    limit: Decimal
    in_force: Decimal
    without_rate: int
    places: dict[str, tuple[Place, ...]]
    top: tuple[Debtor, ...]
    hhi: Decimal | None
    on_hold: int
    not_in_force: int
    reviews_overdue: int
    reviews_soon: int
    open_conditions: int
    expired_conditions: int
    ending_securities: int


class _Line(NamedTuple):
    """One customer's limit in the house currency, and under which names it counts."""

    key: str
    case: str
    limit: Decimal
    in_force: Decimal
    places: dict[CapKind, str]

    @property
    def debtor(self) -> str:
        return self.places.get("group", self.key)


def portfolio_of(
    files: Sequence[OnFile], stands: Sequence[Standing], rules: CustomerRules, exchange: Exchange
) -> Portfolio:
    """Sum up the active customers.

    Args:
        files: what is on file for each.
        stands: what each may have today, in the same order.
        rules: of the policy in force.
        exchange: of today.
    """
    lines = list(_lines(files, stands, exchange))
    total = sum((line.limit for line in lines), Decimal(0))
    debtors = _debtors(lines, total)
    soon = exchange.on + timedelta(days=rules.warn_days)
    conditions = [item.state_on(exchange.on) for file in files for item in file.conditions]
    return Portfolio(
        as_of=exchange.on,
        currency=exchange.house_currency,
        customers=len(files),
        limit=total,
        in_force=sum((line.in_force for line in lines), Decimal(0)),
        without_rate=len(files) - len(lines),
        places={kind: _places(lines, kind, total) for kind in KINDS if kind != "total"},
        top=tuple(debtors[:TOP]),
        hhi=_hhi(debtors, total),
        on_hold=sum(item.hold for item in stands),
        not_in_force=sum(item.in_force < item.limit for item in stands),
        reviews_overdue=sum(file.customer.next_review_on < exchange.on for file in files),
        reviews_soon=sum(exchange.on <= file.customer.next_review_on <= soon for file in files),
        open_conditions=conditions.count("open"),
        expired_conditions=conditions.count("expired"),
        ending_securities=len(_ending(files, exchange.on, soon)),
    )


def _lines(files: Sequence[OnFile], stands: Sequence[Standing], exchange: Exchange) -> Iterator[_Line]:
    for file, item in zip(files, stands, strict=True):
        customer = file.customer
        granted = granted_limit(customer)
        limit = exchange.convert(item.limit, item.currency)
        in_force = exchange.convert(item.in_force, item.currency)
        if granted is None or limit is None or in_force is None:
            continue
        places = dict(granted.places())
        yield _Line(customer.company_key, customer.last_case, _rounded(limit), _rounded(in_force), places)


def _places(lines: Iterable[_Line], kind: CapKind, total: Decimal) -> tuple[Place, ...]:
    inside: defaultdict[str, list[_Line]] = defaultdict(list)
    for line in lines:
        if kind in line.places:
            inside[line.places[kind]].append(line)
    found = [
        Place(
            name=name,
            customers=len(some),
            limit=sum((line.limit for line in some), Decimal(0)),
            in_force=sum((line.in_force for line in some), Decimal(0)),
            share=_share(sum((line.limit for line in some), Decimal(0)), total),
        )
        for name, some in inside.items()
    ]
    return tuple(sorted(found, key=lambda place: (-place.limit, place.name)))


def _debtors(lines: Iterable[_Line], total: Decimal) -> list[Debtor]:
    inside: defaultdict[str, list[_Line]] = defaultdict(list)
    for line in lines:
        inside[line.debtor].append(line)
    found = [
        Debtor(
            name=name,
            cases=tuple(sorted(line.case for line in some)),
            limit=sum((line.limit for line in some), Decimal(0)),
            in_force=sum((line.in_force for line in some), Decimal(0)),
            share=_share(sum((line.limit for line in some), Decimal(0)), total),
        )
        for name, some in inside.items()
    ]
    return sorted(found, key=lambda debtor: (-debtor.limit, debtor.name))


def _hhi(debtors: Iterable[Debtor], total: Decimal) -> Decimal | None:
    if not total:
        return None
    squared = sum(((debtor.limit / total) ** 2 for debtor in debtors), Decimal(0))
    return (squared * _WHOLE_HHI).quantize(Decimal(1), ROUND_HALF_EVEN)


def _ending(files: Iterable[OnFile], today: date, soon: date) -> set[str]:
    return {
        item.id
        for file in files
        for item in file.own_securities
        if item.counts_on(today) and item.valid_until is not None and item.valid_until <= soon
    }


def _share(part: Decimal, total: Decimal) -> Decimal:
    return (part / total).quantize(_FOUR, ROUND_HALF_EVEN) if total else Decimal(0)


def _rounded(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, ROUND_HALF_EVEN)
