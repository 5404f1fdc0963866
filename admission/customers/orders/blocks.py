"""A blocked order: a small case of its own, which a person releases or refuses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from admission.customers.orders.asked import BlockState, Release
from admission.customers.orders.check import OrderCheck
from admission.errors import NotAllowed
from admission.model import Record, Text
from admission.money import Exchange, no_rate
from admission.people import Person, Role


class Block(Record):
    """An order that was blocked.

    Attributes:
        id: its name, such as `O12`.
        case: on which the customer's limit rested then.
        check: what came of the newest check.
        blocked_at: when it was blocked first.
        settled_by, settled_on, because: who released or refused it, when, and why; None and "" while it is open.
        release: how it was released; None otherwise.
    """

    id: str
    company_key: str
    case: str
    check: OrderCheck
    asked_by: str
    blocked_at: datetime
    state: BlockState
    settled_by: str | None = None
    settled_on: date | None = None
    because: str = ""
    release: Release | None = None


class Settled(Record):
    """How a blocked order is let through.

    Attributes:
        ceiling: the most that the order may bring.
        until: the last day on which its documents go through.
    """

    because: str
    ceiling: Decimal
    currency: str
    until: date


def check_power(
    settled: Settled, person: Person, powers: Mapping[Role, Decimal], exchange: Exchange, block: str
) -> None:
    """Refuse a release beyond what somebody may release.

    Args:
        settled: how the order is to be let through.
        person: who lets it through.
        powers: by role, up to what ceiling in the house currency; whoever has none of the roles may release any.
        exchange: of today.
        block: name of the blocked order, for the message.

    Raises:
        NotAllowed: the ceiling is above the highest of the person's powers, or has no rate to be compared at.
    """
    named = [powers[role] for role in person.roles if role in powers]
    if not named:
        return
    most = max(named)
    ceiling = exchange.convert(settled.ceiling, settled.currency)
    if ceiling is not None and ceiling <= most:
        return
    power = f"{most:,.2f} {exchange.house_currency}"
    missing = no_rate(settled.currency, exchange.house_currency)
    raise NotAllowed(
        Text(en=f"You may release orders up to {power}.", zh=f"您可放行的订单上限为 {power}。"),
        context={"block": block} | ({"rate": missing.en} if ceiling is None else {}),
        remedy=Text(en="let somebody with more power release it", zh="请由权限更高的人员放行"),
    )
