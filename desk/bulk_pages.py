"""The pages of acts on many customers: what waits, what each comes to, and its second signature."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from admission.memo.bulk_documents import member_words, result_lines, sums_lines
from desk.ballot_form import text_field
from desk.language import language_of
from desk.rendering import render
from desk.session import CheckedForm, SignedIn, TheHouse
from desk.words import word as text_of
from services.bulk_acts import check_sees_acts, confirm_bulk, drift_of, may_confirm, may_refuse, refuse_bulk

router = APIRouter(prefix="/bulk-acts", include_in_schema=False)
PAGE = 100
SAID = ("bulk_confirmed", "bulk_refused")


@router.get("")
def acts(request: Request, house: TheHouse, person: SignedIn) -> Response:
    """List all acts on many customers, newest first."""
    check_sees_acts(person)
    found = house.casebook.bulk_acts.all()
    return render(request, "bulk_acts.html", acts=found, today=house.today())


@router.get("/{name}")
def act(
    request: Request,
    house: TheHouse,
    person: SignedIn,
    name: str,
    after: Annotated[int, Query(ge=0)] = 0,
    said: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """Show an act with its sums, and a page of its customers."""
    check_sees_acts(person)
    book = house.casebook.bulk_acts
    found, members = book.get(name), book.members(name, after=after, most=PAGE)
    return render(
        request,
        "bulk_act.html",
        act=found,
        members=members,
        words=member_words,
        sums=list(sums_lines(found.sums)),
        drift=drift_of(house, found),
        results=list(result_lines(book.results(name))) if found.carried else [],
        last=members[-1].place if len(members) == PAGE else 0,
        today=house.today(),
        may_confirm=may_confirm(house, found, person),
        may_refuse=may_refuse(house, found, person),
        said=text_of(f"said_{said}", language_of(request, person)) if said in SAID else "",
    )


@router.post("/{name}/confirm")
def confirm(house: TheHouse, person: SignedIn, form: CheckedForm, name: str) -> Response:  # noqa: ARG001 - its key is checked
    """Confirm an act as the second person; it is carried out before the page comes back."""
    check_sees_acts(person)
    confirm_bulk(house, name, person, lambda _: None)
    return RedirectResponse(f"/bulk-acts/{name}?said=bulk_confirmed", status_code=303)


@router.post("/{name}/refuse")
def refuse(house: TheHouse, person: SignedIn, form: CheckedForm, name: str) -> Response:
    """Refuse an act, or take one of one's own back."""
    check_sees_acts(person)
    refuse_bulk(house, name, text_field(form, "because").strip(), person)
    return RedirectResponse(f"/bulk-acts/{name}?said=bulk_refused", status_code=303)
