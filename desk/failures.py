"""Errors as people and programs meet them: a page with message and remedy, or application/problem+json."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from admission.errors import BadInput, Conflict, CouldNotAsk, GatehouseError, NotAllowed, NotFound, Problem
from admission.model import Text
from admission.problems import expected_of
from desk.guard import TooLarge
from desk.refusals import Refusal, refusal_of
from desk.rendering import render
from desk.session import SignInNeeded
from desk.words import WORDS

PROBLEM = "application/problem+json"
# The first that fits counts.
STATUSES: tuple[tuple[type[GatehouseError], int], ...] = (
    (TooLarge, 413),
    (NotAllowed, 403),
    (NotFound, 404),
    (Conflict, 409),
    (BadInput, 422),
    (CouldNotAsk, 503),
    (GatehouseError, 500),
)
NAMES = {
    400: "bad-request",
    401: "sign-in-needed",
    403: "not-allowed",
    404: "not-found",
    405: "method-not-allowed",
    409: "conflict",
    413: "too-large",
    422: "bad-input",
    500: "internal",
    503: "unavailable",
}


def status_of(error: GatehouseError) -> int:
    """Return the HTTP status of one of our errors."""
    return next(status for kind, status in STATUSES if isinstance(error, kind))


def install(app: FastAPI) -> None:
    """Make the desk answer every error in this way."""
    app.add_exception_handler(GatehouseError, _gatehouse_error)
    app.add_exception_handler(SignInNeeded, _sign_in_needed)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http_error)


def refused_page(request: Request, error: GatehouseError) -> Response:
    """Return the page that tells one of our errors."""
    status = status_of(error)
    # Only a case that is there is worth a way back to it.
    parts = request.url.path.split("/")
    case = parts[2] if parts[1] == "cases" and len(parts) > 2 and not isinstance(error, NotFound) else ""
    return _page(request, status, refusal_of(error), case)


def _gatehouse_error(request: Request, error: Exception) -> Response:
    ours = cast(GatehouseError, error)
    if not _for_programs(request):
        return refused_page(request, ours)
    problems = ours.problems if isinstance(ours, BadInput) else ()
    return _problem(request, status_of(ours), ours.message.en, ours.remedy.en, problems)


def _sign_in_needed(request: Request, _: Exception) -> Response:
    if _for_programs(request):
        response = _problem(request, 401, "Nobody is signed in.", "send the session cookie or a bearer token")
        response.headers["www-authenticate"] = "Bearer"
        return response
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.method == "GET" and request.headers.get("sec-fetch-site") == "cross-site":
        # A strict cookie does not come along with a link from a mail or another site; our own page asks once more.
        return render(request, "opening.html", target=here)
    after = here if request.method == "GET" else "/"
    return RedirectResponse("/sign-in" if after == "/" else f"/sign-in?next={quote(after, safe='')}", status_code=303)


def _invalid_request(request: Request, error: Exception) -> Response:
    # What was sent is not sent back: it may be long, or a secret in the wrong field.
    wrong = cast(RequestValidationError, error).errors()
    problems = [Problem(".".join(map(str, item["loc"][1:])), "", expected_of(item)) for item in wrong[:50]]
    if _for_programs(request):
        return _problem(request, 422, "The request does not fit.", "see problems, and /openapi.json", problems)
    return refused_page(request, BadInput("The list of cases cannot be filtered so.", problems=problems))


def _http_error(request: Request, error: Exception) -> Response:
    status = cast(HTTPException, error).status_code
    if _for_programs(request):
        detail = "There is no such address." if status == 404 else str(cast(HTTPException, error).detail)
        return _problem(request, status, detail, "see /openapi.json")
    message = WORDS["page_missing"] if status == 404 else _title(status)
    return _page(request, status, Refusal(message=message, remedy=None))


def _for_programs(request: Request) -> bool:
    return request.url.path.startswith("/api/")


def _title(status: int) -> Text:
    return WORDS.get(f"title_{status}", WORDS["title_500" if status >= 500 else "title_400"])


def _page(request: Request, status: int, refusal: Refusal, case: str = "") -> Response:
    return render(request, "refused.html", status=status, heading=_title(status), refusal=refusal, case=case)


def _problem(
    request: Request, status: int, detail: str, remedy: str, problems: tuple[Problem, ...] | list[Problem] = ()
) -> JSONResponse:
    document: dict[str, Any] = {
        "type": f"urn:gatehouse:problem:{NAMES.get(status, 'other')}",
        "title": _title(status).en,
        "status": status,
        "detail": detail,
        "remedy": remedy,
        "instance": request.url.path,
    }
    if problems:
        document["problems"] = [
            {"field": item.field, "value": item.value, "expected": item.expected.en} for item in problems
        ]
    return JSONResponse(document, status_code=status, media_type=PROBLEM)
