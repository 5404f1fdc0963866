"""Who is asking: the session cookie, the bearer token, and the proof that a form was sent from our own page."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response
from starlette.datastructures import FormData

from admission.errors import NotAllowed
from admission.model import Text
from admission.people import Person, Scope
from casebook.credentials import Credential
from casebook.throttle import DEVICE_LIFETIME
from casebook.tokens import PREFIX
from services.casefile import check_may_see
from wiring import House

SESSION = "gatehouse_session"
GUEST = "gatehouse_guest"
DEVICE = "gatehouse_device"
FORM_KEY = "form_key"
LIFETIME = timedelta(hours=12)
LONGEST_TOKEN = 200
MOST_FIELDS = 200
READING = ("GET", "HEAD", "OPTIONS")


class SignInNeeded(Exception):
    """Nobody is signed in, or the session is over."""


@dataclass(frozen=True)
class Visitor:
    """Who sent a request.

    Attributes:
        token: the session's, or a guest's own where nobody is signed in; form keys are derived from it.
    """

    person: Person | None
    token: str

    @property
    def form_key(self) -> str:
        """What our forms carry and a foreign page cannot know."""
        return hmac.new(self.token.encode(), b"gatehouse form", hashlib.sha256).hexdigest()


def house_of(request: Request) -> House:
    """Return the house that the desk was made for."""
    house: House = request.app.state.house
    return house


async def _house(request: Request) -> House:
    # Without a thread of its own, which would be waited for at each request.
    return house_of(request)


def visitor_of(request: Request) -> Visitor:
    """Return who sent the request by the cookie; looked up once a request."""
    known = getattr(request.state, "visitor", None)
    if isinstance(known, Visitor):
        return known
    token = request.cookies.get(SESSION, "")[:LONGEST_TOKEN]
    person = house_of(request).casebook.sessions.person_of(token) if token else None
    visitor = Visitor(person, token) if person else Visitor(None, _guest_token(request))
    request.state.visitor = visitor
    return visitor


def _guest_token(request: Request) -> str:
    return request.cookies.get(GUEST, "")[:LONGEST_TOKEN] or secrets.token_urlsafe(32)


Visiting = Annotated[Visitor, Depends(visitor_of)]


def require_person(visitor: Visiting) -> Person:
    """Return the person who is signed in by the cookie.

    Raises:
        SignInNeeded: nobody is.
    """
    if visitor.person is None:
        raise SignInNeeded
    return visitor.person


def api_person(request: Request) -> Person:
    """Return who reads by the API: by bearer token (API token or session) or by cookie; a given token must be right.

    Raises:
        SignInNeeded: nobody does.
        NotAllowed: the token is not for reading.
    """
    return _caller(request, "read")


def api_voter(request: Request) -> Person:
    """Return who votes by the API; see `api_person`.

    Raises:
        SignInNeeded: nobody does.
        NotAllowed: the token is not for voting.
    """
    return _caller(request, "vote")


def api_orderer(request: Request) -> Person:
    """Return who checks orders by the API; see `api_person`.

    Raises:
        SignInNeeded: nobody does.
        NotAllowed: the token is not for orders.
    """
    return _caller(request, "order")


def _caller(request: Request, scope: Scope) -> Person:
    given = _bearer(request)
    if given is None:
        return require_person(visitor_of(request))
    book = house_of(request).casebook
    person = (book.tokens.person_of(given, scope) or book.sessions.person_of(given)) if given else None
    if person is None:
        raise SignInNeeded
    request.state.caller = person
    return person


def credential_of(request: Request) -> Credential:
    """Return what whoever sent the request acts with; whether it is good is for the casebook to say."""
    given = _bearer(request)
    if given is None:
        return Credential.session(request.cookies.get(SESSION, "")[:LONGEST_TOKEN])
    return Credential.token(given) if given.startswith(PREFIX) else Credential.session(given)


def _bearer(request: Request) -> str | None:
    """Return the token that a request bears; empty where its header holds none, None where it has no such header."""
    header = request.headers.get("authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" and len(token) <= LONGEST_TOKEN else ""


def known_reader(request: Request) -> Person | None:
    """Return who sent a request, as far as it was found out before it failed."""
    caller = getattr(request.state, "caller", None)
    if isinstance(caller, Person):
        return caller
    visitor = getattr(request.state, "visitor", None)
    return visitor.person if isinstance(visitor, Visitor) else None


SignedIn = Annotated[Person, Depends(require_person)]
ApiPerson = Annotated[Person, Depends(api_person)]
ApiVoter = Annotated[Person, Depends(api_voter)]
ApiOrderer = Annotated[Person, Depends(api_orderer)]
ActsWith = Annotated[Credential, Depends(credential_of)]
TheHouse = Annotated[House, Depends(_house)]


def see_case(house: TheHouse, person: SignedIn, reference: str) -> None:
    """Let a person at a case that they may see.

    Raises:
        NotFound: there is no such case.
        NotAllowed: the person has no part in it.
    """
    check_may_see(house, person, reference)


async def check_origin(request: Request) -> None:
    """Refuse a request that changes something and was sent by a page of another origin.

    Browsers say so in Sec-Fetch-Site and Origin; programs send neither and are known by their token.

    Raises:
        NotAllowed: it was.
    """
    if request.method in READING:
        return
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site not in (None, "same-origin", "none"):
        raise _foreign_form()
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host", ""):
        raise _foreign_form()


async def check_form(request: Request, visitor: Visiting) -> FormData:
    """Return the fields of a form that was sent from our own page.

    Raises:
        NotAllowed: it does not carry the key of this session.
    """
    return await _checked(request, visitor, files=0)


async def check_upload(request: Request, visitor: Visiting) -> AsyncIterator[FormData]:
    """Yield the fields of a form with a file that was sent from our own page; only who is signed in sends files.

    Raises:
        SignInNeeded: nobody is signed in.
        NotAllowed: it does not carry the key of this session.
    """
    require_person(visitor)
    try:
        yield await _checked(request, visitor, files=1)
    finally:
        await request.close()


async def _checked(request: Request, visitor: Visitor, *, files: int) -> FormData:
    form = await request.form(max_files=files, max_fields=MOST_FIELDS)
    given = form.get(FORM_KEY)
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), visitor.form_key.encode()):
        raise _foreign_form()
    return form


CheckedForm = Annotated[FormData, Depends(check_form)]
CheckedUpload = Annotated[FormData, Depends(check_upload)]


def _foreign_form() -> NotAllowed:
    return NotAllowed(
        Text(en="This form was not sent from the desk.", zh="此表单不是从审批台发出的。"),
        remedy=Text(en="open the page again and send the form from there", zh="请重新打开页面，再从页面提交"),
    )


def open_session(request: Request, response: Response, token: str) -> None:
    """Set the session's cookie."""
    _set(request, response, SESSION, token, int(LIFETIME.total_seconds()))
    response.delete_cookie(GUEST)


def close_session(response: Response) -> None:
    """Take the session's cookie back."""
    response.delete_cookie(SESSION)


def keep_device(request: Request, response: Response, token: str) -> None:
    """Set the cookie by which a device that somebody signed in from is known again."""
    _set(request, response, DEVICE, token, int(DEVICE_LIFETIME.total_seconds()))


def address_of(request: Request) -> str:
    """Return where a request comes from; behind a proxy that is trusted, what it says."""
    return request.client.host if request.client is not None else ""


def keep_guest(request: Request, response: Response, visitor: Visitor) -> None:
    """Set the cookie that the sign-in form's key is derived from."""
    if request.cookies.get(GUEST) != visitor.token:
        _set(request, response, GUEST, visitor.token, 3600)


def _set(request: Request, response: Response, name: str, value: str, seconds: int) -> None:
    secure = is_secure(request)
    response.set_cookie(name, value, max_age=seconds, httponly=True, samesite="strict", secure=secure)


def is_secure(request: Request) -> bool:
    """True where the browser speaks TLS, to us or to the proxy that the public address leads to."""
    public = urlsplit(house_of(request).settings.public_url)
    return request.url.scheme == "https" or (public.scheme == "https" and request.url.hostname == public.hostname)


def local_path(given: str | None) -> str:
    """Return a path on this desk to go to next; `/` in place of anything else."""
    if not given or len(given) > 500 or not given.startswith("/") or given.startswith("//"):
        return "/"
    if "\\" in given or any(ord(character) < 32 or ord(character) == 127 for character in given):
        return "/"
    parts = urlsplit(given)
    return "/" if parts.scheme or parts.netloc or parts.path in ("/sign-in", "/sign-out") else given
