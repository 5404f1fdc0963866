"""Which language an answer is in: asked for, remembered, the person's own, or the browser's or program's."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from fastapi import Request

from admission.model import Language
from admission.people import Person

COOKIE = "gatehouse_language"
A_YEAR = 365 * 24 * 3600
TAGS: dict[Language, str] = {"en": "en", "zh": "zh-Hans"}


def asked_for(request: Request) -> Language | None:
    """Return the language named in the address, if it is one we have."""
    return _known(request.query_params.get("lang"))


def language_of(request: Request, person: Person | None) -> Language:
    """Return the page's language."""
    chosen = asked_for(request) or _known(request.cookies.get(COOKIE))
    if chosen is not None:
        return chosen
    return person.language if person is not None else _accepted(request) or "en"


def language_for_program(request: Request, person: Person | None) -> Language:
    """Return the language of an answer of the API; a program that accepts a language means it."""
    own: Language = person.language if person is not None else "en"
    return asked_for(request) or _accepted(request) or own


def switched(request: Request, language: Language) -> str:
    """Return the address of the same page in another language; what was posted leads back to its case or the start."""
    # Browsers read `//host` and `/\host` as another site, and drop control characters before they look.
    path = "/" + "".join(sign for sign in request.url.path if sign > " " and sign != "\x7f").lstrip("/\\")
    if request.method != "GET":
        parts = path.split("/")
        path = f"/cases/{parts[2]}" if parts[1] == "cases" and len(parts) > 2 else "/"
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in ("lang", "said")]
    return f"{quote(path)}?{urlencode([*kept, ('lang', language)])}"


def _known(name: str | None) -> Language | None:
    if name == "en":
        return "en"
    return "zh" if name == "zh" else None


def _accepted(request: Request) -> Language | None:
    weighed: list[tuple[float, Language]] = []
    for part in request.headers.get("accept-language", "")[:500].split(","):
        tag, _, weight = part.partition(";q=")
        known = _known(tag.strip().lower().split("-")[0])
        if known is not None:
            weighed.append((_weight(weight), known))
    return max(weighed, key=lambda pair: pair[0])[1] if weighed else None


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0
