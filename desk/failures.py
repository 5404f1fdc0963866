"""Errors as people and programs meet them: a page with message and remedy, or application/problem+json."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.routing import Match

from admission.errors import (
    BadInput,
    Conflict,
    CouldNotAsk,
    Erased,
    GatehouseError,
    NotAllowed,
    NotFound,
    Problem,
    TryLater,
)
from admission.model import Text
from admission.problems import expected_of
from desk.guard import TooLarge, TooSlow
from desk.language import language_for_program
from desk.refusals import NO_SUCH_LIST, Refusal, refusal_of
from desk.rendering import render
from desk.session import SignInNeeded, known_reader
from desk.words import WORDS

PROBLEM = "application/problem+json"
# The first that fits counts.
STATUSES: tuple[tuple[type[GatehouseError], int], ...] = (
    (TooLarge, 413),
    (TooSlow, 408),
    (TryLater, 429),
    (NotAllowed, 403),
    (Erased, 410),
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
    408: "too-slow",
    409: "conflict",
    410: "erased",
    413: "too-large",
    422: "bad-input",
    429: "too-many-requests",
    500: "internal",
    503: "unavailable",
}
MOST_PROBLEMS = 50
NOT_SIGNED_IN = Text(en="Nobody is signed in.", zh="尚未登录。")
SEND_TOKEN = Text(en="send the session cookie or a bearer token", zh="请随请求发送会话 Cookie 或 Bearer 令牌")
DOES_NOT_FIT = Text(en="The request does not fit.", zh="请求不符合要求。")
SEE_PROBLEMS = Text(en="see problems, and /openapi.json", zh="请查看 problems 和 /openapi.json")
SEE_API = Text(en="see /openapi.json", zh="请查看 /openapi.json")
NO_ADDRESS = Text(en="There is no such address.", zh="没有此地址。")


def status_of(error: GatehouseError) -> int:
    """Return the HTTP status of one of our errors."""
    return next(status for kind, status in STATUSES if isinstance(error, kind))


def headers_of(error: GatehouseError) -> dict[str, str]:
    """Return the headers that go with one of our errors."""
    return {"Retry-After": str(error.retry_after)} if isinstance(error, TryLater) else {}


def install(app: FastAPI) -> None:
    """Make the desk answer every error in this way."""
    app.add_exception_handler(GatehouseError, _answer_error)
    app.add_exception_handler(SignInNeeded, _ask_to_sign_in)
    app.add_exception_handler(RequestValidationError, _answer_invalid_request)
    app.add_exception_handler(HTTPException, _answer_http_error)


def render_refusal(request: Request, error: GatehouseError) -> Response:
    """Return the page that tells one of our errors."""
    status = status_of(error)
    # Only a case that is there is worth a way back to it.
    parts = request.url.path.split("/")
    case = parts[2] if parts[1] == "cases" and len(parts) > 2 and not isinstance(error, NotFound) else ""
    response = _render_page(request, status, refusal_of(error), case)
    response.headers.update(headers_of(error))
    return response


def _answer_error(request: Request, error: Exception) -> Response:
    ours = cast(GatehouseError, error)
    if not _for_programs(request):
        return render_refusal(request, ours)
    problems = ours.problems if isinstance(ours, BadInput) else ()
    response = _send_problem(request, status_of(ours), ours.message, ours.remedy, problems)
    response.headers.update(headers_of(ours))
    return response


def _ask_to_sign_in(request: Request, _: Exception) -> Response:
    if _for_programs(request):
        response = _send_problem(request, 401, NOT_SIGNED_IN, SEND_TOKEN)
        response.headers["www-authenticate"] = "Bearer"
        return response
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.method == "GET" and request.headers.get("sec-fetch-site") == "cross-site":
        # A strict cookie does not come along with a link from a mail or another site; our own page asks once more.
        return render(request, "opening.html", target=here)
    after = here if request.method == "GET" else "/"
    return RedirectResponse("/sign-in" if after == "/" else f"/sign-in?next={quote(after, safe='')}", status_code=303)


def _answer_invalid_request(request: Request, error: Exception) -> Response:
    problems = _problems_of_request(cast(RequestValidationError, error))
    if _for_programs(request):
        return _send_problem(request, 422, DOES_NOT_FIT, SEE_PROBLEMS, problems)
    return render_refusal(request, BadInput(NO_SUCH_LIST, problems=problems))


def _problems_of_request(error: RequestValidationError) -> list[Problem]:
    """Tell what is wrong with a request; what was sent is not sent back: it may be long, or a misplaced secret."""
    return [
        Problem(".".join(map(str, item["loc"][1:])), "", expected_of(item)) for item in error.errors()[:MOST_PROBLEMS]
    ]


def _answer_http_error(request: Request, error: Exception) -> Response:
    failed = cast(HTTPException, error)
    status = failed.status_code
    response: Response
    if _for_programs(request):
        response = _send_problem(request, status, NO_ADDRESS if status == 404 else _title(status), SEE_API)
    else:
        message = WORDS["page_missing"] if status == 404 else _title(status)
        response = _render_page(request, status, Refusal(message=message, remedy=None))
    response.headers.update(failed.headers or {})
    if status == 405:
        response.headers["Allow"] = ", ".join(_methods_of(request))
    return response


def _methods_of(request: Request) -> list[str]:
    """Return the methods that an address takes, over all its routes; a route by itself knows its own alone."""
    routes = (*request.app.routes, *(route for router in request.app.state.routers for route in router.routes))
    matching = (route for route in routes if route.matches(request.scope)[0] is not Match.NONE)
    return sorted({method for route in matching for method in getattr(route, "methods", None) or ()})


def _for_programs(request: Request) -> bool:
    return request.url.path.startswith("/api/")


def _title(status: int) -> Text:
    return WORDS.get(f"title_{status}", WORDS["title_500" if status >= 500 else "title_400"])


def _render_page(request: Request, status: int, refusal: Refusal, case: str = "") -> Response:
    return render(request, "refused.html", status=status, heading=_title(status), refusal=refusal, case=case)


def _send_problem(
    request: Request, status: int, detail: Text, remedy: Text, problems: Sequence[Problem] = ()
) -> JSONResponse:
    language = language_for_program(request, known_reader(request))
    document: dict[str, Any] = {
        "type": f"urn:gatehouse:problem:{NAMES.get(status, 'other')}",
        "title": _title(status).to(language),
        "status": status,
        "detail": detail.to(language),
        "remedy": remedy.to(language),
        "instance": request.url.path,
    }
    if problems:
        document["problems"] = [
            {"field": item.field, "value": item.value, "expected": item.expected.to(language)} for item in problems
        ]
    return JSONResponse(document, status_code=status, media_type=PROBLEM)
