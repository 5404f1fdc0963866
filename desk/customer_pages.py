"""The pages of customers: what of their limits is in force and why, and what a person can do about it."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from admission.approval.mandates import Act
from admission.errors import BadInput, Problem
from admission.memo.ledger_words import figure_lines
from admission.model import Text
from casebook.customer_files import Settling
from desk.ballot_form import text_field
from desk.language import language_of
from desk.refusals import one_of
from desk.rendering import render
from desk.session import CheckedForm, SignedIn, TheHouse
from desk.words import word as text_of
from services import customer_files as acts
from services.customer_standing import file_and_standing, seen_customer, seen_customers
from services.earned_steps import steps_of
from services.groups import group_of
from services.ledgers import figures_of
from services.watchlists import day_of

router = APIRouter(prefix="/customers", include_in_schema=False)
# What of the ledger the page shows.
SHOWN = ("balance", "ageing", "overdue", "own_overdue_days", "average_days_late", "dso")
PAGE = 100
# As long as the longest name of a company; its key has the country before it.
LONGEST_SEARCH, LONGEST_KEY = 300, 400
SAID = (
    "condition",
    "hold",
    "release",
    "security",
    "limit_cut",
    "limit_raised",
    "limit_confirmed",
    "limit_ended",
)


@router.get("")
def customers(
    request: Request,
    house: TheHouse,
    person: SignedIn,
    search: Annotated[str, Query(max_length=LONGEST_SEARCH)] = "",
    after: Annotated[str, Query(max_length=LONGEST_KEY)] = "",
) -> Response:
    """List the customers that the person may see, a page of them."""
    found = seen_customers(house, person, text=search, after=after, most=PAGE)
    last = found[-1][0].company_key if len(found) == PAGE else ""
    return render(request, "customers.html", customers=found, search=search, last=last)


# Before the page itself, whose key would take what follows it.
@router.post("/{key:path}/conditions")
def settle(house: TheHouse, person: SignedIn, form: CheckedForm, key: str) -> Response:
    """Find a condition met, or waive it."""
    seen_customer(house, person, key)
    given = text_field(form, "state")
    if given not in ("met", "waived"):
        problem = Problem("state", given[:20], one_of(("met", "waived")))
        raise BadInput(Text(en="This cannot be recorded.", zh="无法登记。"), problems=(problem,))
    until = day_of(text_field(form, "until").strip() or None)
    settling = Settling("met" if given == "met" else "waived", text_field(form, "proof").strip(), until)
    acts.settle_condition(house, key, text_field(form, "condition"), settling, person)
    return back_to(key, "condition")


@router.post("/{key:path}/holds")
def hold(house: TheHouse, person: SignedIn, form: CheckedForm, key: str) -> Response:
    """Stop deliveries to the customer."""
    seen_customer(house, person, key)
    until = day_of(text_field(form, "until").strip() or None)
    acts.hold(house, key, text_field(form, "because").strip(), until, person)
    return back_to(key, "hold")


@router.post("/{key:path}/holds/release")
def release(house: TheHouse, person: SignedIn, form: CheckedForm, key: str) -> Response:
    """Let deliveries to the customer go on."""
    seen_customer(house, person, key)
    acts.release(house, key, text_field(form, "hold"), person)
    return back_to(key, "release")


@router.post("/{key:path}/securities/confirm")
def confirm(house: TheHouse, person: SignedIn, form: CheckedForm, key: str) -> Response:
    """Sign for a security as the second person who saw its paper."""
    seen_customer(house, person, key)
    acts.confirm_security(house, text_field(form, "security"), person)
    return back_to(key, "security")


@router.get("/{key:path}")
def customer(request: Request, house: TheHouse, person: SignedIn, key: str, said: str = "") -> Response:
    """Show a customer."""
    found = seen_customer(house, person, key)
    file, stands = file_and_standing(house, found)
    mandates = house.policy_in_force().mandates
    figures = figures_of(house, key)
    group = group_of(house, found)
    notice = text_of(f"said_{said}", language_of(request, person)) if said in SAID else ""
    return render(
        request,
        "customer.html",
        customer=found,
        file=file,
        stands=stands,
        group=group,
        steps=steps_of(house, file, stands),
        path=_path(key),
        today=house.today(),
        may=lambda act: mandates.of(Act(act)).held_by(person),
        ledger=figures,
        ledger_lines=() if figures is None else figure_lines(figures, SHOWN),
        said=notice,
    )


def _path(key: str) -> str:
    return f"/customers/{quote(key, safe='')}"


def back_to(key: str, said: str) -> RedirectResponse:
    """Send whoever did something back to the customer's page, which says so."""
    return RedirectResponse(f"{_path(key)}?said={said}", status_code=303)
