"""What a person does at a customer's page about its limit between two decisions: cut, raise for a time, take back."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from admission.errors import BadInput, NotFound
from admission.model import Text
from desk.ballot_form import amount_of, text_field
from desk.customer_pages import back_to
from desk.session import CheckedForm, SignedIn, TheHouse
from services.customer_standing import seen_customer
from services.limit_changes import NewLimit, change_limit, confirm_raise, end_change
from services.watchlists import day_of
from wiring.house import House

router = APIRouter(prefix="/customers", include_in_schema=False)
_CANNOT = Text(en="The limit cannot be changed so.", zh="无法这样调整额度。")


@router.post("/{key:path}/limits")
def change(house: TheHouse, person: SignedIn, form: CheckedForm, key: str) -> Response:
    """Cut the limit, or propose to raise it for a time."""
    seen_customer(house, person, key)
    amount, problems = amount_of("amount", text_field(form, "amount"))
    if problems or amount is None:
        raise BadInput(_CANNOT, problems=problems)
    first, last = (day_of(text_field(form, name).strip() or None) for name in ("from", "until"))
    because = text_field(form, "because").strip()
    made = change_limit(house, key, NewLimit(amount, because, valid_from=first, valid_until=last), person)
    return back_to(key, "limit_cut" if made.kind == "cut" else "limit_raised")


@router.post("/{key:path}/limits/confirm")
def confirm(house: TheHouse, person: SignedIn, form: CheckedForm, key: str) -> Response:
    """Confirm, as the second person, that the limit is raised for a time."""
    seen_customer(house, person, key)
    confirm_raise(house, _named(house, key, text_field(form, "change")), person)
    return back_to(key, "limit_confirmed")


@router.post("/{key:path}/limits/end")
def end(house: TheHouse, person: SignedIn, form: CheckedForm, key: str) -> Response:
    """Lift a cut, or end a raise before its day."""
    seen_customer(house, person, key)
    end_change(house, _named(house, key, text_field(form, "change")), person)
    return back_to(key, "limit_ended")


def _named(house: House, key: str, name: str) -> str:
    """Return the name of a change of this customer's limit.

    Raises:
        NotFound: it has none of this name.
    """
    if house.casebook.limit_changes.get(name).company_key != key:
        raise NotFound(
            Text(en="There is no such change of a limit.", zh="没有该额度调整。"), context={"name": name[:20]}
        )
    return name
