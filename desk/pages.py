"""The pages that list: signing in and out, the inbox, the cases."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from admission.cases import CaseStatus
from admission.errors import BadInput, NotAllowed, Problem
from casebook.passwords import LONGEST
from desk import session
from desk.ballot_form import text_field
from desk.doorkeeper import doorkeeper_of
from desk.failures import headers_of, status_of
from desk.language import language_of
from desk.refusals import NO_SUCH_LIST, one_of, refusal_of
from desk.rendering import render
from desk.session import DEVICE, LIFETIME, LONGEST_TOKEN, CheckedForm, SignedIn, TheHouse, Visiting
from desk.views import MOST_CASES, inbox_of
from desk.words import word
from services.casefile import seen_by

# One more than any password has, so that a longer one is refused and not cut to one that fits.
LONGEST_SENT = LONGEST + 1
# As long as the longest name of a company.
LONGEST_SEARCH = 300
router = APIRouter(include_in_schema=False)


@router.get("/health")
async def health() -> dict[str, str]:
    """Tell that the desk answers; no sign-in, no database, and no thread that others could keep busy."""
    return {"status": "ok"}


@router.get("/")
def inbox(request: Request, house: TheHouse, person: SignedIn) -> Response:
    """Show what waits for the person, their requests, and what was decided."""
    return render(request, "inbox.html", inbox=inbox_of(house, person))


@router.get("/sign-in")
def sign_in_page(
    request: Request, visitor: Visiting, after: Annotated[str, Query(alias="next")] = "/", out: str = ""
) -> Response:
    """Show the sign-in form; whoever is signed in goes on at once."""
    if visitor.person is not None:
        return RedirectResponse(session.local_path(after), status_code=303)
    notice = word("signed_out", language_of(request, None)) if out == "1" else ""
    return _sign_in_form(request, visitor, after=session.local_path(after), notice=notice)


@router.post("/sign-in")
async def sign_in(request: Request, house: TheHouse, visitor: Visiting, form: CheckedForm) -> Response:
    """Open a session, or show the form again without telling whether name or password was wrong."""
    username = text_field(form, "username").strip().lower()[:64]
    password = text_field(form, "password")[:LONGEST_SENT]
    after = session.local_path(text_field(form, "next"))
    address = session.address_of(request)
    known = request.cookies.get(DEVICE, "")[:LONGEST_TOKEN]

    def let_in() -> tuple[str, str]:
        book = house.casebook
        token = book.sessions.sign_in(username, password, lifetime=LIFETIME, address=address, device=known)
        return token, book.devices.remember(username, known)

    try:
        token, device = await doorkeeper_of(request).run(let_in)
    except NotAllowed as error:
        return _sign_in_form(request, visitor, after=after, username=username, error=error)
    response = RedirectResponse(after, status_code=303)
    session.open_session(request, response, token)
    session.keep_device(request, response, device)
    return response


@router.post("/sign-out")
def sign_out(house: TheHouse, visitor: Visiting, _: CheckedForm) -> Response:
    """End the session."""
    if visitor.person is not None:
        house.casebook.sessions.sign_out(visitor.token)
    response = RedirectResponse("/sign-in?out=1", status_code=303)
    session.close_session(response)
    return response


@router.get("/cases")
def cases(request: Request, house: TheHouse, person: SignedIn, status: str = "", search: str = "") -> Response:
    """List the cases that the person may see, newest first: all, of one status, or by what is searched for."""
    chosen, text = _status(status), search[:LONGEST_SEARCH]
    return render(
        request,
        "cases.html",
        cases=house.casebook.cases.list(status=chosen, text=text, newest=MOST_CASES, seen_by=seen_by(person)),
        names={one.username: one.name for one in house.casebook.people.all()},
        statuses=[str(each) for each in CaseStatus],
        chosen=str(chosen) if chosen else "",
        search=text,
        most=MOST_CASES,
    )


def _status(name: str) -> CaseStatus | None:
    if not name:
        return None
    try:
        return CaseStatus(name)
    except ValueError:
        raise BadInput(NO_SUCH_LIST, problems=[Problem("status", name[:40], one_of(CaseStatus))]) from None


def _sign_in_form(
    request: Request,
    visitor: session.Visitor,
    *,
    after: str,
    username: str = "",
    notice: str = "",
    error: NotAllowed | None = None,
) -> Response:
    response = render(
        request,
        "sign_in.html",
        status=status_of(error) if error else 200,
        next=after,
        username=username,
        notice=notice,
        refusal=refusal_of(error) if error else None,
    )
    session.keep_guest(request, response, visitor)
    if error is not None:
        response.headers.update(headers_of(error))
    return response
