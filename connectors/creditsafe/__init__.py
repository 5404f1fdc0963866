"""Creditsafe Connect, credit reports of companies in many countries, under contract.

What it tells: the bureau's score with its scale, its band and recommended limit; who the company is and how it stands;
its accounts in the bureau's standard layout; court judgments of British, Irish and US companies, and suits of the last;
days beyond terms, where a setting says where they are.

What it cannot tell:

- Risk of a company that is not rated. Band E stands for "very high risk" and for "not rated" alike; only the words
  beside it tell them apart. Such a report has `rated` False and no score.
- Payment behaviour by itself: `paymentData` is of free form and differs by country, and no place in it is verified.
  Unless GATEHOUSE_CREDITSAFE_PAYMENT_FIELDS names one, the subject of payment is neither asked about nor covered.
- Judgments in other countries, writs, liens and insolvency notices, which are of free form too (`negativeInformation`)
  and are not read. Where something stands there, a remark names its places, for a person to look at.
- Days and amounts of judgments that are counted and not listed; whether those in the United States have ended; that
  the count of possible or satisfied judgments is gone from the summary, for most reports have none.
- Sections that failed. Such a report is billed and comes with status 200; it has `complete` False.
- A standing in words that are not known to be harmless: "active" stands beside a voluntary arrangement or a petition
  too. It is unknown then, with the bureau's words, and insolvency is left open.
- Amounts without a currency, which are left out; whether issued capital has been paid in, which it is taken for.
- What nobody could notice: that a year of accounts is missing from the report, which does not say how many it has; a
  figure that is another figure; that its section of accounts is missing as a whole, for small companies have none.
- A company among several of one name. Then nothing is bought, and the registration number is asked for.

How it is asked: log in (the token lives an hour), search by British company number, VAT number or exact name (free),
then order the report (each is billed). A refused log-in is never repeated, by no process of this machine: five equal
ones lock the account. To lift that, correct the settings, or delete the marker file that the message names.

Accounts without a usable day or, where they may be the newest, without a currency leave all accounts open. A line of
the standard layout that is left out is not zero: without goodwill or other intangibles, and without their total, the
net worth is unknown. Two sets of accounts for one day, and one set under two days, leave accounts open.

Amounts are read as whole units of their currency, as in the reports seen; the provider's schema names no unit. That
VAT numbers are searched with their country prefix is not verified.

History of the layout:

- 2026-11: built on the provider's OpenAPI 1.10.4 and on shapes seen in real reports, none of which may be kept here:
  figures as numbers and as texts, days with a time, `{}` for an earlier rating that there was not.
- 2026-11, parser 2: `0001-01-01` and the like are no days; the standing is read in both of its places, and the
  worse counts.
- 2026-11, parser 3: judgments (`ccjSummary`, `countyCourtJudgements.registered`, `legalFilingSummary`) and trade
  payables are read.
"""

from __future__ import annotations

from pathlib import Path

from admission.application import Subject
from admission.evidence.answers import Answer, Parsed, Query, RawAnswer
from admission.evidence.sources import Plan, SourceCard
from admission.evidence.topics import Topic
from admission.model import Text
from connectors.creditsafe.client import Client, Settings
from connectors.creditsafe.judgments import TOPICS
from connectors.creditsafe.parse import parse_report
from connectors.creditsafe.search import parse_search
from connectors.kit import Kit, load_card


class Creditsafe:
    """The connector to Creditsafe.

    Args:
        kit: what the house gives every connector.
    """

    def __init__(self, kit: Kit) -> None:
        settings = Settings()
        places = (settings.payment_fields or "").split(",")
        self._payment_fields = tuple(place.strip() for place in places if place.strip())
        self.card: SourceCard = _card(settings, self._payment_fields)
        self._client = Client(self.card, kit, settings)
        payment = (Topic.PAYMENT,) if self._payment_fields else ()
        self._topics = (Topic.CREDIT, *payment, Topic.ACCOUNTS)

    @property
    def configured(self) -> bool:
        """True where a user name and a password are set."""
        return self._client.configured

    @property
    def setup_hint(self) -> Text:
        """What to set so that the source can be asked."""
        return Text(
            en="Set GATEHOUSE_CREDITSAFE_USERNAME and GATEHOUSE_CREDITSAFE_PASSWORD to those of your contract.",
            zh="请按合同设置 GATEHOUSE_CREDITSAFE_USERNAME 和 GATEHOUSE_CREDITSAFE_PASSWORD。",
        )

    def plan(self, subject: Subject) -> Plan:
        """Search by the best number there is, or else by the exact name."""
        numbers = subject.identifiers
        if subject.country == "GB" and "uk_company_number" in numbers:
            params = {"regNo": numbers["uk_company_number"]}
        elif "vat" in numbers:
            params = {"vatNo": numbers["vat"]}
        else:
            params = {"name": subject.legal_name, "exact": "true"}
        query = Query(
            source=self.card.name,
            kind="search",
            params={"countries": subject.country, **params},
            unlocks=self._topics_of(subject.country),
        )
        return Plan(queries=(query,))

    def fetch(self, query: Query) -> RawAnswer:
        """Ask the source.

        Raises:
            CouldNotAsk: no answer was had; its subclass says why.
        """
        return self._client.fetch(query)

    def parse(self, query: Query, raw: RawAnswer) -> Parsed:
        """Read facts from the bytes.

        Raises:
            SourceChanged: the shape is not one we know.
            CouldNotAsk: a page came in place of an answer, or it cannot be told which hit is the company.
        """
        if query.kind == "search":
            return parse_search(query, raw, self.card.ignored)
        return parse_report(query, raw, self.card.ignored, self._payment_fields)

    def follow_up(self, query: Query, parsed: Parsed) -> tuple[Query, ...]:
        """After a good search order the report."""
        if query.kind != "search" or parsed.answer is not Answer.FOUND:
            return ()
        topics = self._topics_of(query.params["countries"])
        return tuple(
            Query(source=self.card.name, kind="report", params={"connect_id": lead}, topics=topics, paid=True)
            for lead in parsed.leads
        )

    def _topics_of(self, country: str) -> tuple[Topic, ...]:
        return (*self._topics, *TOPICS.get(country, ()))


def _card(settings: Settings, payment_fields: tuple[str, ...]) -> SourceCard:
    """The card, with the contract's price; where payment is read from is part of the parser's version."""
    card = load_card(Path(__file__).parent)
    changes: dict[str, object] = {}
    if settings.price is not None:
        changes.update(price=settings.price, price_currency=settings.price_currency)
    if payment_fields:
        changes["parser"] = f"{card.parser}+payment:{','.join(payment_fields)}"
    return card.model_copy(update=changes)


def connector(kit: Kit) -> Creditsafe:
    """Return the connector to Creditsafe."""
    return Creditsafe(kit)
