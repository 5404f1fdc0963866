"""Telling an answer from what comes in its place: log-in pages, captchas, maintenance pages, cut-off bodies."""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from admission.errors import Challenged, SourceChanged, SourceUnavailable
from admission.evidence.answers import RawAnswer

MAX_DIGITS = 40
_LOOKED_AT = 40_000
_CHALLENGE = re.compile(
    r"""captcha|type=["']?password|are you a robot|not a robot|verify (that )?you are (a )?human|cf-challenge"""
    r"""|challenge-platform|unusual traffic|automated (tool|access|queries)|enable javascript and cookies""",
    re.IGNORECASE,
)
_LOG_IN_TITLE = re.compile(r"<(title|h1)[^>]*>[^<]*(log[ -]?in|sign[ -]?in|access denied|authenticat)", re.IGNORECASE)
_MAINTENANCE = re.compile(
    r"maintenance|temporarily (un|out|off|down)"
    r"|(service|site|file|system|currently) (is )?(currently )?(un|not )available"
    r"|back (soon|shortly)|try again (later|shortly|in a)",
    re.IGNORECASE,
)
_PAGE_START = re.compile(
    r"\s*(<!--.*?-->\s*)*<(!doctype html|html|head|body|script|meta|title)\b", re.IGNORECASE | re.DOTALL
)


def _where(raw: RawAnswer) -> dict[str, str]:
    return {"url": raw.url, "status": str(raw.status), "content type": raw.content_type or "none"}


def is_page(raw: RawAnswer) -> bool:
    """True where the body is a web page, whatever its content type says."""
    return bool(_PAGE_START.match(raw.body[:_LOOKED_AT].decode("utf-8", "replace").lstrip("\ufeff")))


def refuse_page(raw: RawAnswer) -> None:
    """Stop at a page that comes in place of an answer. For sources whose good answers are pages too.

    Raises:
        Challenged: a captcha, log-in or bot page.
        SourceUnavailable: a maintenance page.
    """
    text = raw.body[:_LOOKED_AT].decode("utf-8", "replace")
    if _CHALLENGE.search(text) or _LOG_IN_TITLE.search(text):
        raise Challenged(
            "A log-in, captcha or bot page came in place of an answer.",
            context=_where(raw),
            remedy="open the address in a browser and see what it wants; the source is not asked again by itself",
        )
    if _MAINTENANCE.search(text):
        raise SourceUnavailable("A maintenance page came in place of an answer.", context=_where(raw))


def _refuse(raw: RawAnswer, message: str) -> NoReturn:
    if is_page(raw):
        refuse_page(raw)
        message = "A web page came in place of an answer."
    raise SourceChanged(message, context=_where(raw))


def require_ok(raw: RawAnswer) -> None:
    """Stop at any status but 200. A connector judges its source's own "no such company" before it calls this.

    Raises:
        Challenged, SourceUnavailable: the body is such a page.
        SourceChanged: any other status.
    """
    if raw.status != 200:
        _refuse(raw, f"The source answered with status {raw.status}, which we do not expect here.")


def read_text(raw: RawAnswer) -> str:
    """Read the body as UTF-8 text.

    Raises:
        SourceUnavailable: the body is empty or ends within a character.
        SourceChanged: it is not UTF-8.
    """
    if not raw.body.strip():
        raise SourceUnavailable("The source sent an empty answer.", context=_where(raw))
    try:
        return raw.body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":
            raise SourceUnavailable("The answer was cut off.", context=_where(raw)) from None
        raise SourceChanged("The answer is not UTF-8 text.", context=_where(raw)) from None


def read_json(raw: RawAnswer) -> Any:
    """Read the body as JSON; fractions come as `Decimal`, so that amounts stay exact.

    Raises:
        SourceUnavailable: the body is empty, cut off, or a maintenance page.
        Challenged: the body is a log-in, captcha or bot page.
        SourceChanged: it is anything else but JSON.
    """
    if is_page(raw):
        _refuse(raw, "")
    text = read_text(raw).strip()
    try:
        return json.loads(text, parse_float=_fraction, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        if _cut_off(text, error):
            raise SourceUnavailable("The answer was cut off.", context=_where(raw)) from None
        raise SourceChanged("The answer is not JSON.", context=_where(raw)) from None
    except (ValueError, RecursionError):
        raise SourceChanged("The answer is not JSON that can be read exactly.", context=_where(raw)) from None


def _cut_off(text: str, error: json.JSONDecodeError) -> bool:
    """True for what starts as an object or list and ends before its closing bracket."""
    closing = {"{": "}", "[": "]"}.get(text[0])
    return closing is not None and (error.pos >= len(text) or not text.endswith(closing))


def _fraction(text: str) -> Decimal:
    """A number of some tens of digits; 1e999999 has a million, and whoever writes it out is busy for long."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError("a number of a sensible length") from None
    if number and abs(number.adjusted()) > MAX_DIGITS:
        raise ValueError("a number of a sensible length")
    return number


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no amount")
