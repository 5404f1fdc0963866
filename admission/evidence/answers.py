"""What a source was asked, what it answered, and which subjects that answer covers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from pydantic import Field

from admission.evidence.facts import AnyFact, Untold
from admission.evidence.topics import Topic
from admission.model import Record, Text, left_out


class Answer(StrEnum):
    """How asking ended. Only `found` and `no_record` are answers; all others leave what depends on them unknown."""

    FOUND = "found"
    NO_RECORD = "no_record"
    UNAVAILABLE = "unavailable"
    REFUSED = "refused"
    CHALLENGED = "challenged"
    CHANGED = "changed"
    NOT_CONFIGURED = "not_configured"
    SKIPPED = "skipped"
    IN_DOUBT = "in_doubt"

    @property
    def answered(self) -> bool:
        """True where the source told us something about the company, were it that it knows nothing."""
        return self in (Answer.FOUND, Answer.NO_RECORD)


class Query(Record):
    """One question to one source.

    Attributes:
        source: name of the connector, such as `sec_edgar`.
        kind: which of the source's questions this is, such as `submissions`.
        params: its arguments, as text. No secrets. Those whose names start with `match_` are not sent: they tell the
            parser whom to look for in an answer that is the same for everybody (a whole list).
        topics: the subjects a good answer to it covers.
        unlocks: the subjects that can only be asked about after a good answer to it.
        paid: True where asking costs money.
    """

    source: str
    kind: str
    params: dict[str, str] = Field(default_factory=dict)
    topics: tuple[Topic, ...] = ()
    unlocks: tuple[Topic, ...] = ()
    paid: bool = False

    @property
    def key(self) -> str:
        """A stable text for the question: two queries with the same key send the same request."""
        sent = sorted((name, value) for name, value in self.params.items() if not name.startswith("match_"))
        arguments = "&".join(f"{_escape(name)}={_escape(value)}" for name, value in sent)
        return f"{self.source}/{self.kind}?{arguments}"


def _escape(text: str) -> str:
    # Otherwise the key of a company named "A&country=GB" could be that of another question.
    return text.replace("%", "%25").replace("&", "%26").replace("=", "%3D")


class RawAnswer(Record):
    """The bytes a source sent, as they came, with what is needed to read them."""

    status: int
    content_type: str = ""
    headers: dict[str, str] = Field(default_factory=dict)
    body: bytes
    url: str
    fetched_at: datetime


class Parsed(Record):
    """What a connector read from a raw answer.

    Attributes:
        answer: `found` or `no_record`; everything else is an error.
        facts: the typed statements read.
        leftover: dotted names of fields that were neither read nor ignored on purpose.
        leads: what `follow_up` may ask about next (ids of hits, starts of pages). No statements: a search hit is not
            yet known to be about the company.
        message: one sentence for people, where there is something to say.
        remarks: what was left out, or read with doubt, a sentence each.
    """

    answer: Answer
    facts: tuple[AnyFact, ...] = ()
    leftover: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()
    message: Text | None = None
    remarks: tuple[Text, ...] = ()


class Evidence(Record):
    """What one source answered to one query at one time.

    Attributes:
        brought_by: username of who put it on the case, where it was no source that told us: it is declared, until a
            second person confirms it.
        other_address: where the source was asked, if that is not its own address; its answer may be anybody's.
        carried_from: reference of the case for which it was asked, where a review took it over and did not ask anew.
    """

    id: str
    query: Query
    answer: Answer
    fetched_at: datetime
    sha256: str | None = None
    status: int | None = None
    content_type: str = ""
    headers: dict[str, str] = Field(default_factory=dict)
    url: str = ""
    cost: Decimal = Decimal(0)
    cost_currency: str = "EUR"
    message: Text | None = None
    parser: str = ""
    reused: bool = False
    brought_by: str | None = left_out(None)
    other_address: str | None = left_out(None)
    carried_from: str | None = left_out(None)

    @property
    def source(self) -> str:
        """Name of the source that was asked."""
        return self.query.source


class Gap(Record):
    """A subject that a source could not be asked about, or left open, and why.

    Attributes:
        before: only what happened before this day is left open; None: all of it.
    """

    topic: Topic
    source: str
    answer: Answer
    message: Text | None = None
    before: date | None = None


class Coverage(Record):
    """Which subjects were asked about, by whom, and where the gaps are."""

    answered: dict[Topic, tuple[str, ...]] = Field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()

    def complete(self, topic: Topic, since: date | None = None) -> bool:
        """True where at least one source answered on the topic and none that should have failed to.

        Args:
            topic: the subject.
            since: a gap in what happened before this day does not matter; None: every gap does.
        """
        return bool(self.answered.get(topic)) and not self.gaps_in(topic, since)

    def gaps_in(self, topic: Topic, since: date | None = None) -> tuple[Gap, ...]:
        """Return the gaps in a topic that reach beyond a day, or all of them."""
        return tuple(
            gap
            for gap in self.gaps
            if gap.topic == topic and (gap.before is None or since is None or gap.before > since)
        )

    def without_untold(self, untold: Iterable[Untold], on: date) -> Coverage:
        """Return the coverage with gaps where answers say themselves that they leave something open on a day."""
        gaps = tuple(
            Gap(topic=topic, source=row.source, answer=Answer.FOUND, message=row.why, before=row.before)
            for row in untold
            if row.holds_on(on)
            for topic in row.topics
        )
        return Coverage(answered=self.answered, gaps=(*self.gaps, *gaps)) if gaps else self


def coverage(evidence: Iterable[Evidence]) -> Coverage:
    """Tell from a case's evidence which topics are covered and where the gaps are.

    A query that did not answer leaves gaps in its own topics and in those it would have unlocked. A register that does
    not know the company has answered on its identity alone: it cannot say that there is no insolvency.
    """
    answered: dict[Topic, list[str]] = {}
    gaps: list[Gap] = []
    for item in evidence:
        query = item.query
        told, missed = query.topics, tuple[Topic, ...]()
        if not item.answer.answered:
            told, missed = (), query.topics + query.unlocks
        elif item.answer is Answer.NO_RECORD:
            told = tuple(topic for topic in query.topics if _says_without_record(query, topic))
            missed = tuple(topic for topic in query.topics if topic not in told) + query.unlocks
        gaps.extend(Gap(topic=topic, source=query.source, answer=item.answer, message=item.message) for topic in missed)
        for topic in told:
            answered.setdefault(topic, []).append(query.source)
    return Coverage(
        answered={topic: tuple(dict.fromkeys(names)) for topic, names in answered.items()}, gaps=tuple(gaps)
    )


def _says_without_record(query: Query, topic: Topic) -> bool:
    return topic is Topic.IDENTITY or Topic.IDENTITY not in query.topics


def is_screening(item: Evidence) -> bool:
    """True for an answer that is a list, in which other names can be looked for as well."""
    return Topic.WATCHLIST in item.query.topics and item.answer.answered and item.sha256 is not None


def latest(evidence: Iterable[Evidence]) -> list[Evidence]:
    """Return the last evidence of each question, in the order of sources and questions, not of asking.

    A later try takes the place of one that found no answer.
    """
    last: dict[str, Evidence] = {}
    for item in evidence:
        kept = last.get(item.query.key)
        if kept is None or item.answer.answered or not kept.answer.answered:
            last[item.query.key] = item
    return sorted(last.values(), key=lambda item: (item.source, item.query.key))
