"""What is granted to all customers but one, summed by the database: for one case, without reading every customer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from admission.assessment.exposure import (
    TOTAL,
    CapKind,
    Exposure,
    GrantedLimit,
    Held,
    PlaceSums,
    convert_sum,
    group_key,
)
from admission.money import Exchange, Money
from casebook.database.lookup_tables import UNIT_DIGITS, granted
from casebook.database.store import Store

_PLACES: Mapping[CapKind, sa.Column[str]] = {
    "grade": granted.c.grade,
    "segment": granted.c.segment,
    "country": granted.c.country,
    "industry": granted.c.industry,
    "group": granted.c.group_name,
}
_LIMIT = [
    granted.c[name]
    for name in ("company_key", "amount", "currency", "grade", "segment", "country", "industry", "group_name")
]


class Granted:
    """The limits granted to the active customers."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> list[GrantedLimit]:
        """Return the limits of all active customers."""
        with self._store.read() as connection:
            return [GrantedLimit(*row) for row in connection.execute(sa.select(*_LIMIT))]

    def sum_others(self, company_key: str, caps: Mapping[CapKind, Iterable[str]]) -> Exposure:
        """Return what is granted to all others, within each cap.

        Args:
            company_key: of the company that is judged.
            caps: the names that the policy caps, by kind; `total` has the name "".
        """
        with self._store.read() as connection:
            own = _limit_of(connection, company_key)
            held = tuple(item for kind in sorted(caps) for item in _held(connection, kind, caps[kind], own))
        return Exposure(held=held, own=None if own is None else Money(amount=own.amount, currency=own.currency))

    def sum_group(self, group: str, company_key: str, exchange: Exchange) -> Decimal | None:
        """Return what is granted to the others of a group, in the house currency; None for want of a rate."""
        with self._store.read() as connection:
            (held,) = _held(connection, "group", [group_key(group)], _limit_of(connection, company_key))
        return convert_sum(held.amounts, exchange).whole


def _limit_of(connection: Connection, company_key: str) -> GrantedLimit | None:
    row = connection.execute(sa.select(*_LIMIT).where(granted.c.company_key == company_key)).one_or_none()
    return None if row is None else GrantedLimit(*row)


def _held(connection: Connection, kind: CapKind, names: Iterable[str], own: GrantedLimit | None) -> Iterator[Held]:
    """Yield what is granted to all but one within the caps of a kind."""
    wanted = sorted(names)
    place = _PLACES.get(kind)
    # Codes of industries are capped by how they begin, so all of them are read.
    narrowed = sa.true() if place is None or kind == "industry" else place.in_(wanted)
    sums = PlaceSums(kind)
    for found, currency, amount in _summed(connection, place, narrowed):
        sums.add(found, currency, amount)
    for name in wanted:
        yield sums.hold(name, own)


def _summed(
    connection: Connection, place: sa.ColumnElement[str] | None, narrowed: sa.ColumnElement[bool]
) -> Iterator[tuple[str, str, Decimal]]:
    """Yield what is granted by place and currency, in one or more amounts each.

    The database adds whole numbers, which it does exactly; all other amounts are left to be added.
    """
    by: list[sa.ColumnElement[Any]] = [granted.c.currency] if place is None else [place, granted.c.currency]
    summed = sa.select(*by, sa.func.sum(granted.c.units)).where(narrowed).group_by(*by)
    rest = sa.select(*by, granted.c.amount).where(narrowed, granted.c.units.is_(None))
    for *named, currency, units in connection.execute(summed):
        if units is not None:
            yield (named[0] if named else TOTAL), currency, amount_of(int(units))
    for *named, currency, amount in connection.execute(rest):
        yield (named[0] if named else TOTAL), currency, amount


def amount_of(units: int) -> Decimal:
    """Return the amount of so many ten-thousandths, without zeros at its end."""
    whole, rest = divmod(units, 10**UNIT_DIGITS)
    return Decimal(whole) if rest == 0 else Decimal(units).scaleb(-UNIT_DIGITS).normalize()
