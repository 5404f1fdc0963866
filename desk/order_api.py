"""The JSON API of orders: whether one is covered, what is blocked. A program needs a token with the scope `order`."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from admission.customers.ledger.records import Day, Unit
from admission.customers.orders.asked import BlockState, OrderAsked, OrderId
from admission.memo.order_documents import block_document, order_document
from admission.model import Record
from admission.money import Currency
from desk.api_documents import AMOUNT_SCHEMA, as_documented
from desk.api_routes import WAYS, refusals
from desk.language import language_for_program
from desk.session import ApiOrderer, ApiPerson, TheHouse
from services.orders import blocked_orders, check_order, drop_order

router = APIRouter(prefix="/api", tags=["orders"], dependencies=WAYS, responses=refusals(400, 401))


class OrderBody(BaseModel):
    """An order, or the next document of one.

    Attributes:
        order: the order's id in your system; the same in each of its documents.
        amount: what the order may still bring.
        deliver_on: the day of delivery.
        terms_days: days to pay; the granted terms where it is not given.
        reserve_until: keeps the headroom until this day, whatever the ledger tells meanwhile.
        unit: which of your selling units sells it, where the limit of the customer's group is split over them.
    """

    model_config = ConfigDict(extra="forbid")

    order: OrderId
    amount: Annotated[
        Annotated[Decimal, Field(gt=0, max_digits=19, decimal_places=4)],
        BeforeValidator(as_documented),
        WithJsonSchema(AMOUNT_SCHEMA),
    ]
    currency: Currency
    deliver_on: Day
    terms_days: int | None = Field(default=None, ge=0, le=3660)
    reserve_until: Day | None = None
    unit: Unit | None = None

    def asked(self) -> OrderAsked:
        """Return the order in it."""
        return OrderAsked.model_validate(self.model_dump())


class Dropped(Record):
    """Whether a cancelled order had taken any headroom."""

    dropped: bool


@router.post(
    "/customers/{key:path}/order-check", response_model=dict[str, Any], responses=refusals(403, 404, 408, 413, 422)
)
def check(request: Request, house: TheHouse, person: ApiOrderer, key: str, body: OrderBody) -> Response:
    """Check whether an order is covered by the limit in force: free or blocked, all reasons, headroom.

    A free order takes its headroom; asked for anew, it counts once. A blocked order waits for a person at the desk.
    """
    checked = check_order(house, key, body.asked(), person)
    # As it is: it is JSON already, and FastAPI would walk through it once more.
    return JSONResponse(order_document(checked.check, checked.block, language_for_program(request, person)))


@router.delete("/customers/{key:path}/orders", responses=refusals(403, 404, 422))
def drop(house: TheHouse, person: ApiOrderer, key: str, order: Annotated[OrderId, Query()]) -> Dropped:
    """Give back what a cancelled order has taken of the headroom."""
    return Dropped(dropped=drop_order(house, key, order, person))


@router.get("/orders", responses=refusals(403, 422))
def list_blocked(
    request: Request,
    house: TheHouse,
    person: ApiPerson,
    state: BlockState | None = None,
    customer: Annotated[str, Query(max_length=400)] = "",
    most: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> list[dict[str, Any]]:
    """List the blocked orders that the caller may see, newest first, with how each was settled."""
    language = language_for_program(request, person)
    found = blocked_orders(house, person, state=state, company_key=customer, most=most)
    return [block_document(block, language) for block in found]
