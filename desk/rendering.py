"""Templates into pages: one environment, autoescaped, with the words of the page's language."""

from __future__ import annotations

import functools
import hashlib
from datetime import UTC, datetime
from decimal import Decimal
from importlib.resources import files

import jinja2
from fastapi import Request
from fastapi.responses import HTMLResponse

from admission.assessment.record import Assessment
from admission.customers.standing.insurance import COVER_WORDS, CoverState
from admission.errors import GatehouseError
from admission.evidence.addresses import said_of
from admission.evidence.gathering import ANSWER_WORDS
from admission.memo import labels as terms
from admission.memo import since_words
from admission.memo.memo import BINDINGS, ROUTES, VERDICTS
from admission.memo.phrases import amount_words, probability_words
from admission.metrics.catalogue import CATALOGUE
from admission.model import Language, Text
from admission.policy.customer_rules import SECURITY_WORDS, SecurityKind
from desk.language import A_YEAR, COOKIE, TAGS, asked_for, language_of, switched
from desk.session import Visitor, is_secure, visitor_of
from desk.views import metric_value
from desk.words import word

# Each tone has a colour and a sign, so that colour alone never tells anything.
SIGNS = {"good": "✓", "bad": "✕", "warn": "?", "busy": "●", "calm": "○"}
TONES = {
    "pass": "good",
    "fail": "bad",
    "unknown": "warn",
    "gathering": "calm",
    "unattributed": "warn",
    "voting": "busy",
    "decided": "calm",
    "concluded": "calm",
    "admitted": "good",
    "kept": "good",
    "declined": "bad",
    "ended": "bad",
    "approve": "good",
    "decline": "bad",
    "ask": "warn",
    "done": "good",
    "now": "busy",
    "later": "calm",
    "closed": "calm",
    "open": "warn",
    "agreed": "good",
    "reopened": "warn",
    "met": "good",
    "waived": "calm",
    "released": "calm",
    "expired": "bad",
    "found": "good",
    "no_record": "good",
}
# Marks with the blank that stands behind them.
MARKS: dict[Language, tuple[str, str, str]] = {"en": (": ", "; ", ", "), "zh": ("：", "；", "，")}


class Say:
    """Says things in one language; templates use it under the name `say`."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.colon, self.semicolon, self.comma = MARKS[language]

    def __call__(self, key: str, **values: object) -> str:
        """Return a text of the catalogue."""
        return word(key, self.language, **values)

    def text(self, text: Text) -> str:
        """Return a sentence of the domain."""
        return text.to(self.language)

    def money(self, amount: Decimal, currency: str) -> str:
        """Return an amount as its readers write it."""
        return amount_words(amount, currency).to(self.language)

    def term(self, table: str, code: str) -> str:
        """Return the words of a code; `table` is one of admission/memo/labels.py."""
        return terms.said(getattr(terms, table), code).to(self.language)

    def codes(self, table: str) -> list[str]:
        """Return the codes of a table, in its order."""
        return list(getattr(terms, table))

    def verdict(self, code: str) -> str:
        """Return the words of a verdict."""
        return {str(verdict): text for verdict, text in VERDICTS.items()}[code].to(self.language)

    def answer(self, code: str) -> str:
        """Return the words of how asking ended."""
        return {str(answer): text for answer, text in ANSWER_WORDS.items()}[code].to(self.language)

    def route(self, code: str) -> str:
        """Return the words of a route."""
        return ROUTES[code].to(self.language)

    def binding(self, code: str) -> str:
        """Return the words of a bound of the limit."""
        return terms.said(BINDINGS, code).to(self.language)

    def security(self, code: SecurityKind) -> str:
        """Return the words of a kind of security."""
        return SECURITY_WORDS[code].to(self.language)

    def cover(self, code: CoverState) -> str:
        """Return the words of what an insurer said."""
        return COVER_WORDS[code].to(self.language)

    def probability(self, assessment: Assessment) -> str:
        """Say what stands behind the points of an assessment."""
        return probability_words(assessment).to(self.language)


def render(request: Request, template: str, *, status: int = 200, **context: object) -> HTMLResponse:
    """Render a page for whoever sent the request."""
    visitor = _visitor(request)
    person = visitor.person if visitor else None
    language = language_of(request, person)
    html = (
        _environment()
        .get_template(template)
        .render(
            say=Say(language),
            language=language,
            language_tag=TAGS[language],
            other_language_tag=TAGS["en" if language == "zh" else "zh"],
            switch_to=switched(request, "en" if language == "zh" else "zh"),
            person=person,
            form_key=visitor.form_key if visitor else "",
            here=request.url.path,
            stylesheet=f"/static/desk.css?v={_stylesheet_version()}",
            **context,
        )
    )
    response = HTMLResponse(html, status_code=status)
    chosen = asked_for(request)
    if chosen is not None:
        secure = is_secure(request)
        response.set_cookie(COOKIE, chosen, max_age=A_YEAR, httponly=True, samesite="lax", secure=secure)
    return response


def _visitor(request: Request) -> Visitor | None:
    try:
        return visitor_of(request)
    except GatehouseError:
        # The page that tells that the casebook cannot be reached must not need the casebook.
        return None


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("desk"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        metric_value=metric_value,
        said_of=said_of,
        meaning=_meaning,
        tone=tone,
        sign=SIGNS.__getitem__,
        since_title=since_words.SINCE,
        since_was=since_words.WAS,
        since_now=since_words.NOW,
    )
    environment.filters.update(utc=_utc, iso=datetime.isoformat, short=_short)
    return environment


@functools.cache
def _stylesheet_version() -> str:
    return hashlib.sha256(files("desk").joinpath("static/desk.css").read_bytes()).hexdigest()[:8]


def tone(code: object) -> str:
    """Return the tone of a code; an answer that is none warns."""
    return TONES.get(str(code), "warn")


def _meaning(metric: str) -> Text:
    return CATALOGUE[metric].meaning


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _short(sha256: str) -> str:
    return sha256[:12]
