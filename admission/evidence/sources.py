"""What a connector is to the rest of the house: its card, and the four things it can do."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal, Protocol, runtime_checkable

from pydantic import Field

from admission.application import Subject
from admission.evidence.answers import Parsed, Query, RawAnswer
from admission.evidence.topics import Topic
from admission.model import Record, Text

SourceStage = Literal["prescreen", "investigate"]


class RateLimit(Record):
    """At most `requests` in `seconds`, over all processes that share the bucket."""

    requests: int = Field(gt=0)
    seconds: float = Field(gt=0)


class SourceCard(Record):
    """The card of a source, kept as `source.yml` beside its connector.

    Attributes:
        name: the connector's name, equal to its folder.
        stage: `prescreen` for free sources that are asked first, `investigate` for paid and slow ones.
        access: what one needs to ask: nothing, a key, a contract, or a person who uploads.
        freshness_days: for how long an answer may be used again.
        price: what one paid call costs, in `price_currency`.
        ignored: fields left out on purpose, each with the reason.
        least_rows: how many rows a whole list has at least, by the kind of the question; fewer are not the list.
        most_gone: which share of the rows of the version before a list may have lost; more, and it is not taken.
        parser: version of `parse`; raised when the same bytes would give other facts.
    """

    name: str
    title: Text
    publisher: str
    country: str
    kinds: tuple[str, ...]
    stage: SourceStage
    access: Literal["open", "key", "contract", "upload"]
    licence: str
    base_url: str
    rate_limit: RateLimit
    timeout_seconds: float = Field(gt=0)
    max_bytes: int = Field(gt=0)
    freshness_days: int = Field(ge=0)
    price: Decimal = Decimal(0)
    price_currency: str = "EUR"
    ignored: dict[str, str] = Field(default_factory=dict)
    least_rows: dict[str, int] = Field(default_factory=dict)
    most_gone: Decimal = Field(default=Decimal(1), ge=0, le=1)
    parser: str


class Plan(Record):
    """What a connector would ask about a subject.

    Attributes:
        queries: the first questions; empty where there is nothing to ask.
        missing: why nothing can be asked although the source is for such companies (an identifier is missing);
            None where the source simply is not for this company.
        topics: the subjects that stay uncovered when `missing` is set.
    """

    queries: tuple[Query, ...] = ()
    missing: Text | None = None
    topics: tuple[Topic, ...] = ()


class Connector(Protocol):
    """One source. `plan`, `follow_up` and `parse` are pure; only `fetch` touches the network."""

    @property
    def card(self) -> SourceCard:
        """The source's card."""

    @property
    def configured(self) -> bool:
        """False where a key or contract is needed and none is set."""

    @property
    def setup_hint(self) -> Text:
        """One sentence: what to set so that the source can be asked."""

    def plan(self, subject: Subject) -> Plan:
        """Return the first questions about a company."""

    def fetch(self, query: Query) -> RawAnswer:
        """Ask the source.

        Raises:
            CouldNotAsk: no answer was had; its subclass says why.
        """

    def parse(self, query: Query, raw: RawAnswer) -> Parsed:
        """Read facts from the bytes: no clock, no network, no environment.

        Raises:
            SourceChanged: the shape is not one we know.
            CouldNotAsk: the bytes are a log-in page, a captcha or a cut-off body.
        """

    def follow_up(self, query: Query, parsed: Parsed) -> tuple[Query, ...]:
        """Return the questions that this answer makes possible."""


@runtime_checkable
class WholeList(Protocol):
    """What a connector can do whose answer is a whole list, the same for every company.

    Of an excerpt nobody can tell by its shape that most of the list is missing. So it is asked where a list is taken
    into use: when it was fetched for a case, loaded by hand, or read out of a file by `gatehouse sources parse`.
    """

    def require_whole(self, query: Query, raw: RawAnswer, before: RawAnswer | None = None) -> None:
        """Stop at a list that is too short to be whole, or that is another than the one before.

        What is no such list at all passes: `parse` says what it is.

        Args:
            query: which list was asked for.
            raw: what came.
            before: the last list that was taken into use, where there is one.

        Raises:
            SourceUnavailable: fewer rows than the card says, or many fewer than the list before.
            SourceChanged: most rows are not those of the list before.
        """


def of_stage(connectors: Mapping[str, Connector], stage: SourceStage) -> list[str]:
    """Return the names of the sources asked at a stage."""
    return [name for name, connector in connectors.items() if connector.card.stage == stage]
