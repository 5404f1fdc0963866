"""A source and a store in memory: real parts of the ports, for the tests of gathering."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Literal

from admission.application import Subject
from admission.errors import Conflict, SourceChanged
from admission.evidence.answers import Answer, Evidence, Parsed, Query, RawAnswer
from admission.evidence.facts import CompanyProfile
from admission.evidence.gathering import Gathering
from admission.evidence.sources import Plan, RateLimit, SourceCard
from admission.evidence.topics import Topic
from admission.model import Text
from tests.admission.build import NOW, say
from tests.languages import plain

SUBJECT = Subject(legal_name="Alder Mills Limited", country="GB")
SEARCH = Query(
    source="bureau", kind="search", params={"name": "alder"}, topics=(Topic.IDENTITY,), unlocks=(Topic.CREDIT,)
)
REPORT = Query(source="bureau", kind="report", params={"id": "7"}, topics=(Topic.CREDIT,), paid=True)


class Source:
    """A source that answers each kind of question with the next of its answers, or raises it.

    A body is read as the company's legal name; `none` is no record, `junk` a shape that nobody knows. A body that
    begins with `>` leads on to the question of that kind.
    """

    setup_hint: Text = say("set the key of the bureau")

    def __init__(self, *queries: Query, missing: Text | None = None, configured: bool = True) -> None:
        self.first = queries
        self.missing = missing
        self.configured = configured
        self.follows: dict[str, tuple[Query, ...]] = {}
        self.answers: dict[str, Iterator[bytes | Exception]] = {}
        self.asked: list[str] = []
        self.mended = False
        self.card = SourceCard(
            name="bureau",
            title=say("Bureau"),
            publisher="Bureau",
            country="GB",
            kinds=("company_profile",),
            stage="investigate",
            access="key",
            licence="none",
            base_url="http://127.0.0.1",
            rate_limit=RateLimit(requests=1, seconds=1),
            timeout_seconds=1,
            max_bytes=1000,
            freshness_days=30,
            price=Decimal("2.50"),
            price_currency="GBP",
            parser="3",
        )

    def says(self, kind: str, *answers: bytes | Exception) -> Source:
        self.answers[kind] = iter(answers)
        return self

    def plan(self, subject: Subject) -> Plan:
        assert subject == SUBJECT
        topics = (Topic.CREDIT,) if self.missing else ()
        return Plan(queries=self.first, missing=self.missing, topics=topics)

    def fetch(self, query: Query) -> RawAnswer:
        self.asked.append(query.key)
        answer = next(self.answers[query.kind])
        if isinstance(answer, Exception):
            raise answer
        return RawAnswer(status=200, content_type="text/plain", body=answer, url="http://127.0.0.1/x", fetched_at=NOW)

    def parse(self, query: Query, raw: RawAnswer) -> Parsed:
        text = raw.body.decode()
        if text == "none":
            return Parsed(answer=Answer.NO_RECORD, message=say("nobody of this name"))
        if text == "junk" and not self.mended:
            raise SourceChanged(plain("The bureau answered in an unknown shape."), context={"kind": query.kind})
        return Parsed(answer=Answer.FOUND, facts=(CompanyProfile(source="bureau", legal_name=text),))

    def follow_up(self, query: Query, parsed: Parsed) -> tuple[Query, ...]:
        return self.follows.get(query.kind, ()) if parsed.answer is Answer.FOUND else ()


class Store:
    """Evidence, bytes and booked calls, kept as the casebook keeps them; no evidence is taken while `full`."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}
        self.rows: list[tuple[str, int, Evidence]] = []
        self.calls: dict[str, tuple[str, Decimal, str, str | None]] = {}
        self.full = False
        self.additions: list[int] = []

    def keep(self, body: bytes) -> str:
        sha256 = hashlib.sha256(body).hexdigest()
        self.bodies[sha256] = body
        return sha256

    def body(self, sha256: str) -> bytes:
        return self.bodies[sha256]

    def add(self, reference: str, round_number: int, *evidence: Evidence) -> None:
        if self.full:
            raise OSError("no space left")
        self.additions.append(len(evidence))
        self.rows.extend((reference, round_number, item) for item in evidence)

    def of(self, reference: str, round_number: int) -> list[Evidence]:
        return [item for case, number, item in self.rows if (case, number) == (reference, round_number)]

    def of_all_rounds(self, reference: str) -> list[Evidence]:
        return [item for case, _, item in self.rows if case == reference]

    def fresh(self, query_key: str, since: datetime) -> Evidence | None:
        found = [item for _, _, item in self.rows if item.query.key == query_key and item.answer.answered]
        return next((item for item in reversed(found) if item.fetched_at >= since), None)

    def book_call(self, reference: str, query: Query, cost: Decimal, currency: str) -> str:
        if any(key == query.key and ended is None for key, _, _, ended in self.calls.values()):
            raise Conflict(plain("The same paid question is in doubt."), remedy=plain("release the call"))
        number = str(len(self.calls) + 1)
        self.calls[number] = (query.key, cost, currency, None)
        return number

    def close_call(self, call_id: str, ended: Literal["answered", "failed", "released"]) -> None:
        key, cost, currency, before = self.calls[call_id]
        assert before is None
        self.calls[call_id] = (key, cost, currency, ended)

    @property
    def endings(self) -> list[str | None]:
        return [ended for _, _, _, ended in self.calls.values()]


def desk(store: Store, *, later: timedelta = timedelta(0), buy: bool = True) -> Gathering:
    numbers = count(len(store.rows) + 1)
    new_id: Callable[[], str] = lambda: f"ev-{next(numbers)}"  # noqa: E731
    return Gathering(store=store, now=lambda: NOW + later, new_id=new_id, buy=buy)
