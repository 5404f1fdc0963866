"""What is asked about an order, and what is on record of this and other orders."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from admission.customers.ledger.records import Amount, Day, Key, Unit
from admission.free_text import plain_line
from admission.model import Record, Text, left_out
from admission.money import Currency

BlockState = Literal["open", "released", "refused"]
BLOCK_STATES: dict[BlockState, Text] = {
    "open": Text(en="blocked", zh="已冻结"),
    "released": Text(en="released", zh="已放行"),
    "refused": Text(en="refused", zh="未予放行"),
}
LONGEST_REASON = 1000
OrderId = Annotated[Key, Field(pattern=r"\S")]


class OrderAsked(Record):
    """An order, or the next document of one, of which the seller's system asks whether it may go on.

    Attributes:
        order: the id of the order in the seller's system; the same in each of its documents.
        amount: of all that the order may still bring, more than zero.
        deliver_on: the day of delivery.
        terms_days: days to pay; None where the order names none.
        reserve_until: takes the headroom until this day, whatever the ledger tells meanwhile; None for as long as an
            order counts by the policy.
        unit: which of the seller's own units sells it; None where that is not said.
    """

    order: OrderId
    amount: Amount
    currency: Currency
    deliver_on: Day
    terms_days: int | None = Field(default=None, ge=0, le=3660)
    reserve_until: Day | None = None
    unit: Unit | None = left_out(None)


class Taken(Record):
    """What an earlier order has taken of the headroom.

    Attributes:
        checked_on: the day on which it was found free, or released.
        until: takes it up to this day, whatever the ledger tells; None for as long as an order counts by the policy.
        unit: which of the seller's own units sells it; None where that was not said.
    """

    order: str
    amount: Decimal
    currency: str
    deliver_on: date
    checked_on: date
    until: date | None = None
    unit: str | None = None


class Release(Record):
    """Somebody has let a blocked order through.

    Attributes:
        ceiling: the most that the order may bring.
        until: the last day on which its documents go through.
        holds: ids of the holds that were known when it was released; any other stops the order in spite of it.
    """

    block: str
    by: str
    ceiling: Decimal
    currency: str
    until: date
    released_on: date
    holds: tuple[str, ...] = left_out(())
    because: Annotated[str, Field(min_length=1, max_length=LONGEST_REASON), AfterValidator(plain_line)]


class OnRecord(Record):
    """What is on record of a customer's orders when one is checked.

    Attributes:
        taken: by other orders.
        others: by company key, what orders of the other customers of its group have taken; empty where the group has
            no limit.
        release: of this order; None where nobody let it through.
    """

    taken: tuple[Taken, ...] = ()
    others: dict[str, tuple[Taken, ...]] = left_out({})
    release: Release | None = left_out(None)
