"""Companies House, the register of companies of the United Kingdom (Public Data API).

What it tells: standing of the company (also that its striking-off is proposed), days of incorporation and dissolution,
names, address, first industry code, whether accounts are late, officers, charges, insolvency cases, and the filings
that bear on its standing.

What it cannot tell:

- Figures. Accounts are documents behind another host; only their dates are in here.
- Solvency. A 404 on `insolvency` is the same for a healthy company and for a number that was never issued, so it is
  only asked after a good profile. A company in liquidation may have an empty list of cases: its standing counts too.
- Charges and insolvency by its flags: `has_charges` has been seen false for a company with outstanding charges, and
  `has_been_liquidated` false for one in liquidation. The lists are read. The flags only say whether an empty list can
  be believed: where `has_charges` or `has_insolvency_history` is not false, an empty list leaves its subject open.
- The end of a receivership, which has no date. It is inferred where all receivers have ceased to act.
- Anything about companies kept elsewhere (charities with numbers CE, societies with RS). Their profile is a stub
  without a standing, and their lists would be empty without meaning "none", so they are not asked for. To a question
  for their filings the register says that it cannot serve them, which is "could not ask".

- What nobody could notice: that an insolvency case is missing from the list, which has no total; that the detail
  "proposal to strike off" is missing as a whole, for most companies have none; that a status was another one of its
  list.

Long lists are read up to 500 officers, 500 charges and the 300 newest filings; where there is more, the message says
so, and what was not read is left open: of filings, what was before the oldest one read. So it is where a page has fewer
rows than its total says, or no total. An end of a case that lies ahead has not come.

Order of asking: the profile first; one with a standing leads to officers, charges, insolvency and filing history.

History of the layout:

- 2026-09: recorded answers that this parser is built on. Profile 404 reads `{timestamp, message, request_id}`; before
  that it was `{"errors": [{"error": "company-profile-not-found", "type": "ch:service"}]}`, which is still understood.
- 2026-09: insolvency `status` is a list, though the published schema says text; dates of type `dissolved-on` occur,
  though that schema does not name them.
- 2026-11, parser 2: totals and page sizes are read, and what is missing of them is left open.
- 2026-11, parser 3: the day before which very old officers were appointed is read.
"""

from __future__ import annotations

from pathlib import Path

from admission.application import Subject
from admission.evidence.answers import Parsed, Query, RawAnswer
from admission.evidence.facts import CompanyProfile
from admission.evidence.sources import Plan, SourceCard
from admission.evidence.topics import Topic
from admission.model import Text
from connectors.kit import Kit, load_card
from connectors.uk_companies_house.client import Client, Settings
from connectors.uk_companies_house.lists import SAID, TOPICS
from connectors.uk_companies_house.parse import parse


class CompaniesHouse:
    """The connector to Companies House.

    Args:
        kit: what the house gives every connector.
    """

    def __init__(self, kit: Kit) -> None:
        self.card: SourceCard = load_card(Path(__file__).parent)
        self._client = Client(self.card, kit, Settings())

    @property
    def configured(self) -> bool:
        """True where a key is set."""
        return self._client.configured

    @property
    def setup_hint(self) -> Text:
        """What to set so that the source can be asked."""
        return Text(
            en="Set GATEHOUSE_UK_COMPANIES_HOUSE_KEY to a free key from developer.company-information.service.gov.uk.",
            zh="请将 GATEHOUSE_UK_COMPANIES_HOUSE_KEY 设为免费密钥（developer.company-information.service.gov.uk）。",
        )

    def plan(self, subject: Subject) -> Plan:
        """Ask for the profile of a company with a company number; British ones without are said to miss it."""
        number = subject.identifiers.get("uk_company_number")
        if number:
            query = Query(
                source=self.card.name,
                kind="profile",
                params={"company_number": number},
                topics=(Topic.IDENTITY,),
                unlocks=tuple(TOPICS.values()),
            )
            return Plan(queries=(query,))
        if subject.country == "GB":
            return Plan(
                missing=Text(
                    en="Companies House is asked by company number, and none was given.",
                    zh="英国公司注册处须按公司编号查询，而申请中没有提供编号。",
                ),
                topics=(Topic.IDENTITY, *TOPICS.values()),
            )
        return Plan()

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
            CouldNotAsk: a page came in place of an answer, or the register does not keep this for such companies.
        """
        return parse(query, raw, self.card.ignored)

    def follow_up(self, query: Query, parsed: Parsed) -> tuple[Query, ...]:
        """After a profile with a standing ask for the lists; after a page that is not the last, for the next."""
        if query.kind == "profile":
            if not any(isinstance(fact, CompanyProfile) and fact.status_text for fact in parsed.facts):
                return ()
            said = {kind: {SAID: "yes"} if kind in parsed.leads else {} for kind in TOPICS}
            return tuple(
                Query(source=self.card.name, kind=kind, params={**query.params, **said[kind]}, topics=(topic,))
                for kind, topic in TOPICS.items()
            )
        return tuple(
            query.model_copy(update={"params": {**query.params, "start_index": start}}) for start in parsed.leads
        )


def connector(kit: Kit) -> CompaniesHouse:
    """Return the connector to Companies House."""
    return CompaniesHouse(kit)
