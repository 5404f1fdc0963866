"""The connector to a list of companies that the house loads by file: nothing leaves the house.

A company is on the list where its social credit code is, or where its name is and the list gives no code for it; full
names of Chinese companies are given to one alone. What only resembles (the name with another code, a code one slip
away) is for a person: such an entry is unclear. A list of which a newer one should long be out leaves open that a
company is not on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from pydantic import ValidationError

from admission.application import Subject
from admission.company_names import same_name
from admission.errors import AccessRefused, SourceChanged
from admission.evidence.answers import Answer, Parsed, Query, RawAnswer
from admission.evidence.company_lists import CompanyList, ListedCompany, LoadedList
from admission.evidence.facts import LegalKind, LegalRecord, LegalStatus, Untold
from admission.evidence.sources import Plan, SourceCard
from admission.evidence.topics import Topic
from admission.misprints import one_slip_apart
from admission.model import Text
from connectors.kit.card import Kit
from connectors.kit.days import means_none
from connectors.kit.reading import read_json, require_ok
from connectors.kit.words import CHECK_FORMAT

NewestList = Callable[[], LoadedList | None]
"""Gives the version in use; None where none is loaded."""
_NOT_KNOWN = Text(en="The kept list is not of a known form.", zh="留存的名单格式无法识别。")


def none_loaded() -> LoadedList | None:
    """Nothing is loaded."""
    return None


class ListByFile:
    """A list of companies of one country.

    Args:
        card: of the list.
        kit: what the house gives every connector.
        newest: gives the version in use.
        kind: of the record that an entry gives.
        topic: that the list covers.
        days: how old a list may be, counted from its day, to say that a company is not on it.
    """

    def __init__(
        self, card: SourceCard, kit: Kit, newest: NewestList, *, kind: LegalKind, topic: Topic, days: int
    ) -> None:
        self.card = card
        self._kit = kit
        self._newest = newest
        self._kind, self._topic, self._days = kind, topic, days

    @property
    def configured(self) -> bool:
        """True where a version is loaded."""
        return self._newest() is not None

    @property
    def setup_hint(self) -> Text:
        """How a version is loaded."""
        command = f"gatehouse watchlist load-file {self.card.name} FILE --on DAY"
        return Text(en=f"Load the list with `{command}`.", zh=f"用 {command} 载入名单。")

    def plan(self, subject: Subject) -> Plan:
        """Search the version in use for a company of the list's country; nothing where none is loaded."""
        loaded = self._newest()
        if loaded is None or subject.country != self.card.country:
            return Plan()
        numbers = {"uscc": subject.identifiers["uscc"]} if "uscc" in subject.identifiers else {}
        # A newer version is a new question, so that no answer of the older one is used again.
        params = {"name": subject.legal_name, "list": loaded.version[:16], **numbers}
        return Plan(queries=(Query(source=self.card.name, kind="list", params=params, topics=(self._topic,)),))

    def fetch(self, query: Query) -> RawAnswer:  # noqa: ARG002 - the protocol's
        """Return the version in use, whole.

        Raises:
            AccessRefused: none is loaded.
        """
        loaded = self._newest()
        if loaded is None:
            raise AccessRefused(Text(en="The list is not loaded.", zh="尚未载入该名单。"), remedy=self.setup_hint)
        return RawAnswer(
            status=200,
            content_type="application/json",
            body=loaded.body,
            url=f"list:{self.card.name}/{loaded.version[:16]}",
            fetched_at=self._kit.clock(),
        )

    def parse(self, query: Query, raw: RawAnswer) -> Parsed:
        """Look for the query's company in the list.

        Raises:
            SourceChanged: the bytes are no list, another list, or of a day that is none or still to come.
        """
        require_ok(raw)
        try:
            kept = CompanyList.model_validate(read_json(raw))
        except ValidationError:
            raise SourceChanged(_NOT_KNOWN, context={"source": self.card.name}, remedy=CHECK_FORMAT) from None
        today = raw.fetched_at.date()
        if kept.source != self.card.name or means_none(kept.listed_on) or kept.listed_on > today:
            raise SourceChanged(_NOT_KNOWN, context={"source": kept.source[:40]}, remedy=CHECK_FORMAT)
        records = tuple(self._records(kept, query))
        old = tuple(self._old(kept.listed_on, today))
        return Parsed(
            answer=Answer.FOUND if records or old else Answer.NO_RECORD,
            facts=(*records, *old),
            message=_message(kept, len(records)),
        )

    def follow_up(self, query: Query, parsed: Parsed) -> tuple[Query, ...]:  # noqa: ARG002 - the protocol's
        """Nothing more is asked."""
        return ()

    def _records(self, kept: CompanyList, query: Query) -> Iterator[LegalRecord]:
        name, code = query.params["name"], query.params.get("uscc")
        for entry in kept.entries:
            status = _standing(entry, name, code)
            if status is not None:
                yield LegalRecord(
                    source=self.card.name,
                    kind=self._kind,
                    status=status,
                    on=kept.listed_on,
                    reference=f"{self.card.name} {kept.listed_on} {entry.row}",
                    title=entry.name,
                    code=entry.uscc or "",
                )

    def _old(self, listed_on: date, today: date) -> Iterator[Untold]:
        days = (today - listed_on).days
        if days > self._days:
            why = Text(
                en=f"the list of {listed_on} is {days} days old, and a newer one should be loaded",
                zh=f"{listed_on} 的名单已 {days} 天，应载入新版名单",
            )
            yield Untold(source=self.card.name, topics=(self._topic,), why=why)


def _standing(entry: ListedCompany, name: str, code: str | None) -> LegalStatus | None:
    """Open for an entry of the company, unclear for one that may be; None for another's."""
    if code is not None and entry.uscc == code:
        return LegalStatus.OPEN
    if same_name(entry.name, name):
        return LegalStatus.OPEN if code is None or entry.uscc is None else LegalStatus.UNCLEAR
    near = code is not None and entry.uscc is not None and one_slip_apart(entry.uscc, code)
    return LegalStatus.UNCLEAR if near else None


def _message(kept: CompanyList, found: int) -> Text:
    size = len(kept.entries)
    return Text(
        en=f"Searched the list of {kept.listed_on} with {size:,} companies: {found} may be this one.",
        zh=f"已检索 {kept.listed_on} 的名单（{size:,} 家企业）：{found} 条疑似为本公司。",
    )
