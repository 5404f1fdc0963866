"""The Gazette, official journal of the United Kingdom: notices of corporate insolvency.

What it tells: that a step of an insolvency was advertised, often weeks before a register has it: petitions, orders,
resolutions, appointments. One record is made for each notice.

What it cannot tell:

- How a petition ended. A petition (2450) is no outcome; one that was dismissed has a later notice (2461), and one that
  was withdrawn or settled may have none. Whoever reads the records puts notices together by their days.
- That a notice is about this company, by its search: that is by words, and loose. So each notice is read, and tied by
  the company number it prints. Where our number is printed first and without fault it is tied. Where the company's name
  stands in it, it stays `unclear` for a person, whatever number is printed: misprinted, with a blank in it, cut off,
  the petitioner's, or none. So does one that prints our number anywhere, one without any number, and one that names
  nobody and prints nearly our number. Only a notice of another number, without our name, is dropped.
- Anything for sure about a company without a number: notices that name it stay `unclear`.
- Notices beyond the ten newest of a page of hits: those that may be about the company stay `unclear`, unread. More
  than three pages of hits are "could not ask", but for the search by name where one by number is made as well.
- What nobody could notice: that a notice is missing where the total of the search leaves it out too; that a digit of
  the notice's code is another one that the Gazette has; the end of a petition in words that its code does not say.

A page without its end, with a second code or day, of another notice, or of a day that cannot be, is a change. Where a
page of hits has another number of entries than its total says, insolvency is left open, and what was found is kept.

Order of asking: a search by company number where there is one, and one by name; then the notices found. Both searches
may find the same notice: its question is one and the same, and is asked once.

No question sends an Accept header: the Gazette has been seen to answer 500 to any, and its paths say the form already.

History of the layout:

- 2026-11: built on the published documentation (TheGazette/DevDocs) and recorded answers of 2026. Numbers in the feed
  are texts; one hit alone is an object in place of a list; `category` is an object or a list; no hit is `entry: null`.
- 2026-11, parser 2: the name goes before another number; pages without their end, and totals that do not fit, are told.
"""

from __future__ import annotations

from pathlib import Path

from admission.application import Subject
from admission.evidence.answers import Parsed, Query, RawAnswer
from admission.evidence.sources import Plan, SourceCard
from admission.evidence.topics import Topic
from admission.model import Text
from connectors.kit import Kit, load_card
from connectors.uk_gazette.client import Client, Settings
from connectors.uk_gazette.parse import PAGE_LEAD, parse


class Gazette:
    """The connector to the Gazette.

    Args:
        kit: what the house gives every connector.
    """

    def __init__(self, kit: Kit) -> None:
        self.card: SourceCard = load_card(Path(__file__).parent)
        self._client = Client(self.card, kit, Settings())

    @property
    def configured(self) -> bool:
        """Always true: no key is needed."""
        return True

    @property
    def setup_hint(self) -> Text:
        """That nothing needs to be set."""
        return Text(en="The Gazette is open: nothing needs to be set.", zh="英国宪报为公开来源，无需设置。")

    def plan(self, subject: Subject) -> Plan:
        """Search for British companies, and for others with a British company number."""
        number = subject.identifiers.get("uk_company_number")
        if number is None and subject.country != "GB":
            return Plan()
        about = {"name": subject.legal_name}
        texts = ['"{}"'.format(subject.legal_name.replace('"', " "))]
        if number is not None:
            about["company_number"] = number
            texts.insert(0, number)
        return Plan(queries=tuple(self._query("search", {**about, "text": text}) for text in texts))

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
            CouldNotAsk: a page came in place of an answer, or a search by name gives more than can be read.
        """
        return parse(query, raw, self.card.ignored)

    def follow_up(self, query: Query, parsed: Parsed) -> tuple[Query, ...]:
        """Ask for the notices that a search found, and for its next page."""
        about = {key: value for key, value in query.params.items() if key in ("name", "company_number")}
        return tuple(
            self._query("search", {**query.params, "page": lead.removeprefix(PAGE_LEAD)})
            if lead.startswith(PAGE_LEAD)
            else self._query("notice", {**about, "id": lead})
            for lead in parsed.leads
        )

    def _query(self, kind: str, params: dict[str, str]) -> Query:
        return Query(source=self.card.name, kind=kind, params=params, topics=(Topic.INSOLVENCY,))


def connector(kit: Kit) -> Gazette:
    """Return the connector to the Gazette."""
    return Gazette(kit)
