"""The portfolio: what is granted, owed and may be lost, by what the policy caps; concentration, and what is open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, NamedTuple

from admission.assessment.exposure import KINDS, CapKind, granted_limit
from admission.customers.losses import Debts, Loss, loss_of, rounded
from admission.customers.standing.in_force import OnFile, Standing
from admission.model import Record
from admission.money import Currency, Exchange
from admission.policy.customer_rules import CustomerRules

TOP = 10
# Shares in percent, squared and summed: 10,000 where all is with one (Herfindahl-Hirschman index, as the US Department
# of Justice and the Federal Trade Commission reckon it in their merger guidelines, 2023).
_WHOLE_HHI = Decimal(10_000)
_FOUR = Decimal("0.0001")


class Sums(Record):
    """What some customers have, owe and may cost, in the house currency.

    Attributes:
        limit: granted; in_force: of it, today.
        exposure: what they owe; None where it is known of none of them, as without a ledger.
        limit_use: exposure / limit of the customers whose exposure is known; None where that limit is 0.
        reserve: for bad debts, of the same customers; None where exposure is.
        expected_loss: of those of them whose grade has a default rate; None where none has.
        exposure_unknown: customers who are in none of these sums, for it is not known what they owe.
        loss_unknown: customers who are not in `expected_loss`.
    """

    limit: Decimal
    in_force: Decimal
    exposure: Decimal | None = None
    limit_use: Decimal | None = None
    reserve: Decimal | None = None
    expected_loss: Decimal | None = None
    exposure_unknown: int = 0
    loss_unknown: int = 0


class Place(Sums):
    """What customers of one grade, segment, country, industry or group have.

    Attributes:
        name: "" where it is not known, as an industry; of a customer without a group, its company key.
        share: of all limits in the portfolio; 0 to 1.
    """

    name: str
    customers: int
    share: Decimal


class Debtor(Sums):
    """Who could owe most: a group, or a customer that names none.

    Attributes:
        cases: on which the limits rest.
    """

    name: str
    cases: tuple[str, ...]
    share: Decimal


class Portfolio(Sums):
    """All active customers on a day, in the house currency.

    Attributes:
        ledger_as_of: the day of the ledger that tells what they owe; None where none was loaded.
        without_rate: customers whose limit cannot be converted; they are counted, and in none of the sums.
        places: by grade, segment, country, industry and group, the largest limit first.
        top: the ten debtors with the largest limits.
        top_exposure: the ten that owe most; none where it is not known.
        grades_without_rate: grades of customers for which the policy has no default rate.
        hhi: Herfindahl-Hirschman index of debtors by limit, 0 to 10,000; None where nothing is granted.
        on_hold, not_in_force: how many customers.
        reviews_overdue: whose review was due before today; reviews_soon: due within the days of warning.
        open_conditions, expired_conditions, ending_securities: how many; of securities those that end within the days
            of warning, each once however many customers it stands for.
    """

    as_of: date
    ledger_as_of: date | None
    currency: Currency
    customers: int
    without_rate: int
    places: dict[str, tuple[Place, ...]]
    top: tuple[Debtor, ...]
    top_exposure: tuple[Debtor, ...]
    grades_without_rate: tuple[str, ...]
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
    loss: Loss | None
    grade: str
    places: dict[CapKind, str]

    @property
    def debtor(self) -> str:
        return self.places.get("group", self.key)


def portfolio_of(
    files: Sequence[OnFile],
    stands: Sequence[Standing],
    rules: CustomerRules,
    exchange: Exchange,
    debts: Debts | None = None,
) -> Portfolio:
    """Sum up the active customers.

    Args:
        files: what is on file for each.
        stands: what each may have today, in the same order.
        rules: of the policy in force.
        exchange: of today.
        debts: what customers owe; None where no ledger was ever loaded.
    """
    losses = [None if debts is None else loss_of(file, debts, rules, exchange) for file in files]
    lines = list(_lines(files, stands, losses, exchange))
    total = sum((line.limit for line in lines), Decimal(0))
    debtors = _debtors(lines, total)
    soon = exchange.on + timedelta(days=rules.warn_days)
    conditions = [item.state_on(exchange.on) for file in files for item in file.conditions]
    return Portfolio(
        **_sums(lines),
        as_of=exchange.on,
        ledger_as_of=None if debts is None else debts.as_of,
        currency=exchange.house_currency,
        customers=len(files),
        without_rate=len(files) - len(lines),
        places={kind: _places(lines, kind, total) for kind in KINDS if kind != "total"},
        top=tuple(debtors[:TOP]),
        top_exposure=_by_exposure(debtors)[:TOP],
        grades_without_rate=_without_rate(lines),
        hhi=_hhi(debtors, total),
        on_hold=sum(item.hold for item in stands),
        not_in_force=sum(item.in_force < item.limit for item in stands),
        reviews_overdue=sum(file.customer.next_review_on < exchange.on for file in files),
        reviews_soon=sum(exchange.on <= file.customer.next_review_on <= soon for file in files),
        open_conditions=conditions.count("open"),
        expired_conditions=conditions.count("expired"),
        ending_securities=len(_ending(files, exchange.on, soon)),
    )


def _lines(
    files: Sequence[OnFile], stands: Sequence[Standing], losses: Sequence[Loss | None], exchange: Exchange
) -> Iterator[_Line]:
    for file, item, loss in zip(files, stands, losses, strict=True):
        customer = file.customer
        granted = granted_limit(customer)
        limit = exchange.convert(item.limit, item.currency)
        in_force = exchange.convert(item.in_force, item.currency)
        if granted is None or limit is None or in_force is None:
            continue
        yield _Line(
            key=customer.company_key,
            case=customer.last_case,
            limit=rounded(limit),
            in_force=rounded(in_force),
            loss=loss,
            grade=customer.grade,
            places=dict(granted.places()),
        )


def _sums(lines: Sequence[_Line]) -> dict[str, Any]:
    """Return the fields of `Sums`."""
    known = [(line.limit, line.loss) for line in lines if line.loss is not None]
    expected = [loss.expected for _, loss in known if loss.expected is not None]
    exposure = sum((loss.exposure for _, loss in known), Decimal(0))
    limit = sum((limit for limit, _ in known), Decimal(0))
    return {
        "limit": sum((line.limit for line in lines), Decimal(0)),
        "in_force": sum((line.in_force for line in lines), Decimal(0)),
        "exposure": exposure if known else None,
        "limit_use": _share(exposure, limit) if limit else None,
        "reserve": sum((loss.reserve for _, loss in known), Decimal(0)) if known else None,
        "expected_loss": sum(expected, Decimal(0)) if expected else None,
        "exposure_unknown": len(lines) - len(known),
        "loss_unknown": len(lines) - len(expected),
    }


def _places(lines: Iterable[_Line], kind: CapKind, total: Decimal) -> tuple[Place, ...]:
    inside: defaultdict[str, list[_Line]] = defaultdict(list)
    for line in lines:
        if kind in line.places:
            inside[line.places[kind]].append(line)
    summed = [(name, len(some), _sums(some)) for name, some in inside.items()]
    found = [Place(name=name, customers=n, share=_share(sums["limit"], total), **sums) for name, n, sums in summed]
    return tuple(sorted(found, key=lambda place: (-place.limit, place.name)))


def _debtors(lines: Iterable[_Line], total: Decimal) -> list[Debtor]:
    inside: defaultdict[str, list[_Line]] = defaultdict(list)
    for line in lines:
        inside[line.debtor].append(line)
    summed = [(name, tuple(sorted(line.case for line in some)), _sums(some)) for name, some in inside.items()]
    found = [Debtor(name=name, cases=cases, share=_share(sums["limit"], total), **sums) for name, cases, sums in summed]
    return sorted(found, key=lambda debtor: (-debtor.limit, debtor.name))


def _by_exposure(debtors: Iterable[Debtor]) -> tuple[Debtor, ...]:
    owing = [(debtor.exposure, debtor) for debtor in debtors if debtor.exposure]
    return tuple(debtor for _, debtor in sorted(owing, key=lambda item: (-item[0], item[1].name)))


def _without_rate(lines: Iterable[_Line]) -> tuple[str, ...]:
    return tuple(sorted({line.grade for line in lines if line.loss is not None and line.loss.expected is None}))


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
