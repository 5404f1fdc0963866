"""Everything a source does wrong, on request: errors, log-in pages, cut-off bodies, changed shapes."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sandbox.alteration import with_unknown_value, without_field
from sandbox.wire import Reply, Request, SandboxError, Source, json_reply, page

SOURCES = ("sec_edgar", "uk_companies_house", "uk_gazette", "creditsafe", "ofac_sdn")
_RETRY_AFTER = 5
_SLOW = 1.0
_LOG_IN_FORM = (
    '<form method="post" action="/login"><input name="user"> <input type="password" name="password">'
    ' <input type="submit" value="Log in"></form>'
)
_IN_PLACE_OF_AN_ANSWER = {
    "html": page("Maintenance", "<p>The service is being maintained. Please come back later.</p>"),
    "login": page("Please log in", _LOG_IN_FORM),
    "404_foreign": page("404 Not Found", "<hr><center>nginx</center>", 404),
    "500": json_reply({"error": "Internal server error"}, 500),
    "503": page("Service Unavailable", "<p>The server is temporarily unable to service your request.</p>", 503),
}
_REFUSALS = {"401": 401, "403": 403, "404_own": 404, "429": 429, "429_retry_after": 429}
_TRUE_ANSWERS_SPOILT = ("empty", "timeout", "cut_off", "slow", "missing_field", "unknown_enum")
BEHAVIOURS = (*_IN_PLACE_OF_AN_ANSWER, *_REFUSALS, *_TRUE_ANSWERS_SPOILT)


@dataclass(frozen=True)
class Rule:
    """One order to misbehave.

    Attributes:
        path: start of the path, or a regular expression to be found in path and query; empty for everything.
        times: how many requests it holds for; None for all.
        seconds: for `slow`, how long; for `429_retry_after`, what to tell.
        field: for `missing_field` and `unknown_enum`, a dotted path such as `report.creditScore`.
    """

    source: str
    behaviour: str
    path: str = ""
    times: int | None = None
    seconds: float | None = None
    field: str = ""

    def matches(self, source: str, request: Request) -> bool:
        """Tell whether the rule is about this request."""
        if source != self.source:
            return False
        return request.target.startswith(self.path) or re.search(self.path, request.target) is not None


def rule_from(document: object) -> Rule:
    """Read an order to misbehave.

    Raises:
        SandboxError: an unknown source, behaviour or field, or a value of the wrong kind.
    """
    if not isinstance(document, Mapping):
        raise SandboxError("an order to misbehave is a table")
    known = set(Rule.__dataclass_fields__)
    if unknown := set(document) - known:
        raise SandboxError(f"{', '.join(map(str, sorted(unknown)))}: known are {', '.join(sorted(known))}")
    if document.get("source") not in SOURCES:
        raise SandboxError(f"source: {document.get('source')!r}: one of {', '.join(SOURCES)}")
    if str(document.get("behaviour")) not in BEHAVIOURS:
        raise SandboxError(f"behaviour: {document.get('behaviour')!r}: one of {', '.join(BEHAVIOURS)}")
    times, seconds = document.get("times"), document.get("seconds")
    if times is not None and (isinstance(times, bool) or not isinstance(times, int) or times < 1):
        raise SandboxError(f"times: {times!r}: a whole number from 1, or null for always")
    if seconds is not None and (isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0):
        raise SandboxError(f"seconds: {seconds!r}: a number from 0")
    path = str(document.get("path") or "")
    try:
        re.compile(path)
    except re.error as error:
        raise SandboxError(f"path: {path!r}: {error}") from error
    return Rule(
        source=str(document["source"]),
        behaviour=str(document["behaviour"]),
        path=path,
        times=times,
        seconds=seconds,
        field=str(document.get("field") or ""),
    )


class Misbehaviour:
    """The rules in force: those of the stories, which stand, and those told later, which come first."""

    def __init__(self, standing: Iterable[Rule] = ()) -> None:
        self._standing = tuple(standing)
        self._lock = threading.Lock()
        self._rules: list[tuple[Rule, int | None]] = []
        self.reset()

    def tell(self, rule: Rule) -> None:
        """Put a rule before all others."""
        with self._lock:
            self._rules.insert(0, (rule, rule.times))

    def recover(self, source: str) -> None:
        """Let a source behave, standing rules included, until the next reset."""
        with self._lock:
            self._rules = [entry for entry in self._rules if entry[0].source != source]

    def reset(self) -> None:
        """Go back to the standing rules."""
        with self._lock:
            self._rules = [(rule, rule.times) for rule in self._standing]

    def rule_for(self, source: str, request: Request) -> Rule | None:
        """Return the rule for a request, and count it."""
        with self._lock:
            for index, (rule, left) in enumerate(self._rules):
                if rule.matches(source, request):
                    if left == 1:
                        del self._rules[index]
                    elif left is not None:
                        self._rules[index] = (rule, left - 1)
                    return rule
        return None


def misbehave(rule: Rule, source: Source, request: Request) -> Reply:
    """Answer a request as the rule says.

    What is held, cut off, slowed or altered was answered first: a report is bought although it never arrives whole.
    """
    if rule.behaviour in _IN_PLACE_OF_AN_ANSWER:
        return _IN_PLACE_OF_AN_ANSWER[rule.behaviour]
    if rule.behaviour in _REFUSALS:
        return _refuse(rule, source.refusal(_REFUSALS[rule.behaviour]))
    return _spoil(rule, source.answer(request))


def _refuse(rule: Rule, reply: Reply) -> Reply:
    if rule.behaviour != "429_retry_after":
        return reply
    seconds = _RETRY_AFTER if rule.seconds is None else rule.seconds
    return replace(reply, headers={**reply.headers, "Retry-After": str(round(seconds))})


def _spoil(rule: Rule, reply: Reply) -> Reply:
    match rule.behaviour:
        case "empty":
            return replace(reply, body=b"")
        case "timeout":
            return replace(reply, hold=True)
        case "cut_off":
            return replace(reply, cut_off=True)
        case "slow":
            return replace(reply, delay=_SLOW if rule.seconds is None else rule.seconds)
        case "missing_field":
            return without_field(reply, rule.field)
        case _:
            return with_unknown_value(reply, rule.field)
