"""The dossier of an example: its application, and the evidence and facts that its sources would have given.

The figures of a sound company are ours: an equity ratio of 55 %, a current ratio of 2.2, interest covered eight times,
growth of 5 %, payment three days late. They lie in the better bins of the shipped scorecards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, NamedTuple

from admission.application import Application, parse_application
from admission.evidence.answers import Answer, Evidence, Query
from admission.evidence.facts import AnyFact, Facts
from admission.evidence.topics import Topic
from admission.governance.examples.figures import statements_of
from admission.governance.examples.situations import Example, ExampleFile, SourceAnswer
from admission.governance.examples.sources import (
    BUREAU,
    COURTS,
    CURRENCIES,
    FIRST_QUESTION,
    FIRST_TOPICS,
    FOLLOWING,
    GAZETTE,
    IDENTIFIERS,
    LISTS,
    NAMES,
    PAPER,
    REGISTERS,
    SITE_TOPICS,
    SITES,
    UPLOAD,
)
from admission.governance.examples.told import ToldFacts
from admission.money import Rate, RateTable

ANSWERS: Mapping[SourceAnswer, Answer] = {
    "found": Answer.FOUND,
    "no_record": Answer.NO_RECORD,
    "silent": Answer.UNAVAILABLE,
    "refused": Answer.REFUSED,
    "not_set_up": Answer.NOT_CONFIGURED,
}
ASKED = {"CN": Decimal(200_000)}


class Invented(NamedTuple):
    """What an example's company is assessed on.

    Attributes:
        unconfirmed: ids of the evidence that no second person has confirmed.
    """

    application: Application
    evidence: tuple[Evidence, ...]
    facts: Facts
    unconfirmed: frozenset[str]


def rates_of(file: ExampleFile, house_currency: str) -> RateTable:
    """Return the exchange rates of a file of examples, as of its day."""
    return RateTable(
        Rate(currency=currency, to=house_currency, on=file.as_of, per_unit=worth)
        for currency, worth in file.rates.items()
        if currency != house_currency
    )


def invent(example: Example, file: ExampleFile) -> Invented:
    """Make up what an example's sources would have told.

    Raises:
        BadInput: the application cannot be taken.
    """
    application = application_of(example, file)
    company = _Company(example, application, file.as_of)
    evidence, facts = [], list[AnyFact]()
    for item, told in company.answers():
        evidence.append(item)
        facts += [fact.model_copy(update={"evidence": item.id}) for fact in told]
    unconfirmed = frozenset(
        item.id for item in evidence if item.source == UPLOAD and not example.evidence.accounts.confirmed
    )
    return Invented(application, tuple(evidence), Facts.of(facts), unconfirmed)


def application_of(example: Example, file: ExampleFile) -> Application:
    """Return the application of an example, checked as every application is.

    Raises:
        BadInput: with every problem in it.
    """
    written = example.application
    country = str(written.get("country", file.country))
    requested: dict[str, Any] = {
        "limit": str(ASKED.get(country, Decimal(20_000))),
        "currency": CURRENCIES.get(country, "EUR"),
        "terms_days": 30,
    }
    document = {
        "legal_name": NAMES.get(country, "Example Works"),
        "country": country,
        "identifiers": IDENTIFIERS.get(country, {}),
        **written,
    }
    own = written.get("requested", {})
    return parse_application({**document, "requested": {**requested, **own} if isinstance(own, dict) else own})


class _Company:
    """One example's company, asked about source by source."""

    def __init__(self, example: Example, application: Application, as_of: date) -> None:
        self._told = example.evidence
        self._application = application
        self._as_of = as_of
        self._country = application.country
        self._register = REGISTERS.get(self._country, BUREAU)
        self._facts = ToldFacts(example, application, as_of)

    def answers(self) -> Iterator[tuple[Evidence, list[AnyFact]]]:
        """Yield what each source answered, with the facts in it."""
        if self._country in REGISTERS:
            yield from self._ask_register()
        yield from self._ask_sites() if self._country == "CN" else self._ask_gazette()
        yield from self._ask_accounts()
        yield from self._ask_bureau()
        hits = [self._facts.hit(number) for number in range(len(self._told.lists.hits))]
        yield from self._asked(LISTS, "sdn", (Topic.WATCHLIST,), self._told.lists.answer, list[AnyFact](hits))
        if self._country == "CN":
            rows = self._facts.records("commercial_paper")
            yield from self._asked(PAPER, "list", (Topic.COMMERCIAL_PAPER,), self._told.commercial_paper.answer, rows)
        if self._told.judged:
            yield from self._asked(SITES, "judgement", (), "found", [*self._facts.judgements()])

    def _asked(
        self,
        source: str,
        kind: str,
        topics: tuple[Topic, ...],
        answer: SourceAnswer,
        facts: list[AnyFact],
        unlocks: tuple[Topic, ...] = (),
    ) -> Iterator[tuple[Evidence, list[AnyFact]]]:
        """Yield one answer; nothing where nobody asked. A source that found nothing answers `no_record`."""
        if answer == "not_asked":
            return
        if answer == "found" and not facts:
            answer = "no_record"
        told = ANSWERS[answer]
        evidence = Evidence(
            id=f"{source}-{kind}",
            query=Query(
                source=source,
                kind=kind,
                params={"company": self._application.subject.company_key},
                topics=topics,
                unlocks=unlocks,
            ),
            answer=told,
            fetched_at=datetime.combine(self._as_of, time(9), UTC),
            sha256="0" * 64 if told.answered else None,
            parser="1",
            brought_by="analyst" if source in (UPLOAD, SITES) else None,
        )
        yield evidence, facts if told is Answer.FOUND else []

    def _ask_register(self) -> Iterator[tuple[Evidence, list[AnyFact]]]:
        register = self._told.register_
        following = FOLLOWING.get(self._country, {})
        topics = FIRST_TOPICS.get(self._country, (Topic.IDENTITY,))
        first: list[AnyFact] = [self._facts.profile()]
        if not following:
            first += [*self._facts.filings(), *self._facts.officers()]
        if self._country == "US":
            first += self._facts.records("insolvency")
        yield from self._asked(
            self._register, FIRST_QUESTION[self._country], topics, register.answer, first, tuple(following.values())
        )
        if register.answer != "found":
            return
        rows = {
            "officers": self._facts.officers(),
            "charges": self._facts.records("charges"),
            "insolvency": self._facts.records("insolvency"),
            "filing_history": self._facts.filings(),
        }
        for kind, topic in following.items():
            answer: SourceAnswer = "silent" if topic in register.topics_silent else "found"
            yield from self._asked(self._register, kind, (topic,), answer, rows[kind])

    def _ask_gazette(self) -> Iterator[tuple[Evidence, list[AnyFact]]]:
        if self._country == "GB":
            rows = self._facts.records("gazette")
            yield from self._asked(GAZETTE, "search", (Topic.INSOLVENCY,), self._told.notices.answer, rows)

    def _ask_sites(self) -> Iterator[tuple[Evidence, list[AnyFact]]]:
        notices = self._told.notices
        for kind, topic in SITE_TOPICS.items():
            if topic not in notices.without:
                yield from self._asked(SITES, kind, (topic,), notices.answer, self._facts.records(kind))

    def _ask_accounts(self) -> Iterator[tuple[Evidence, list[AnyFact]]]:
        accounts = self._told.accounts
        if accounts.from_bureau:
            return
        if self._country == "US":
            yield from self._asked(
                self._register, "companyfacts", (Topic.ACCOUNTS,), accounts.answer, self._statements(self._register)
            )
        elif accounts.answer == "found":
            # What nobody handed in leaves no answer behind: there is nobody to ask.
            yield from self._asked(UPLOAD, "statements", (Topic.ACCOUNTS,), "found", self._statements(UPLOAD))

    def _ask_bureau(self) -> Iterator[tuple[Evidence, list[AnyFact]]]:
        bureau = self._told.bureau
        payment = (Topic.PAYMENT,) if bureau.payment else ()
        topics = (Topic.CREDIT, *payment, Topic.ACCOUNTS, *COURTS.get(self._country, ()))
        if bureau.answer not in ("found", "no_record"):
            yield from self._asked(BUREAU, "search", (), bureau.answer, [], topics)
            return
        facts: list[AnyFact] = [self._facts.report(), *self._facts.records("bureau")]
        if self._told.accounts.from_bureau:
            facts += self._statements(BUREAU)
        if self._country not in REGISTERS:
            facts += [self._facts.profile(), *self._facts.officers()]
        if bureau.answer == "no_record":
            yield from self._asked(BUREAU, "search", (), "no_record", [], topics)
        else:
            yield from self._asked(BUREAU, "report", topics, "found", facts)

    def _statements(self, source: str) -> list[AnyFact]:
        currency = CURRENCIES.get(self._country, "EUR")
        return [*statements_of(self._told.accounts, source, self._country, currency, self._as_of)]
