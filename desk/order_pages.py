"""The page of blocked orders: what stands against each, and letting it through."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from admission.approval.mandates import Act
from admission.customers.orders.blocks import Settled
from admission.errors import BadInput, Problem
from admission.model import Text
from desk.ballot_form import amount_of, text_field
from desk.language import language_of
from desk.rendering import render
from desk.session import CheckedForm, SignedIn, TheHouse
from desk.words import word as text_of
from services.customer_standing import customer_of
from services.orders import blocked_orders, refuse_order, release_order
from services.watchlists import day_of

router = APIRouter(prefix="/orders", include_in_schema=False)
_CANNOT = Text(en="The order cannot be settled.", zh="无法处理该订单。")
SAID = ("order_released", "order_refused")


@router.get("")
def orders(
    request: Request,
    house: TheHouse,
    person: SignedIn,
    every: Annotated[bool, Query()] = False,
    said: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """List the blocked orders that the person may see: those that wait, or all."""
    found = blocked_orders(house, person, state=None if every else "open")
    mandate = house.policy_in_force().mandates.of(Act.RELEASE_ORDER)
    names = {key: customer_of(house, key).legal_name for key in {block.company_key for block in found}}
    return render(
        request,
        "orders.html",
        blocks=found,
        names=names,
        every=every,
        may_release=mandate.held_by(person),
        said=text_of(f"said_{said}", language_of(request, person)) if said in SAID else "",
    )


@router.post("/{name}/release")
def release(house: TheHouse, person: SignedIn, form: CheckedForm, name: str) -> Response:
    """Let a blocked order through."""
    ceiling, problems = amount_of("ceiling", text_field(form, "ceiling"))
    until = day_of(text_field(form, "until").strip() or None)
    if until is None:
        problems.append(Problem("until", "", Text(en="the last day", zh="截止日期")))
    if problems or ceiling is None or until is None:
        raise BadInput(_CANNOT, problems=problems)
    because, currency = text_field(form, "because").strip(), text_field(form, "currency")
    release_order(house, name, Settled(because=because, ceiling=ceiling, currency=currency, until=until), person)
    return RedirectResponse("/orders?said=order_released", status_code=303)


@router.post("/{name}/refuse")
def refuse(house: TheHouse, person: SignedIn, form: CheckedForm, name: str) -> Response:
    """Say that a blocked order does not go through."""
    refuse_order(house, name, text_field(form, "because").strip(), person)
    return RedirectResponse("/orders?said=order_refused", status_code=303)
