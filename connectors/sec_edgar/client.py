"""What the SEC is asked, and asking it."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

from admission.application import Subject
from admission.evidence.answers import Parsed, Query, RawAnswer
from admission.evidence.sources import Plan, SourceCard
from admission.evidence.topics import Topic
from admission.model import Text
from connectors.kit import HttpClient, Kit, load_card
from connectors.sec_edgar.older import params_of
from connectors.sec_edgar.parse import COMPANY_FACTS, OLDER_FILINGS, SUBMISSIONS, parse
from connectors.sec_edgar.silence import FILING_TOPICS


class Settings(BaseSettings):
    """Settings from the environment, such as GATEHOUSE_SEC_EDGAR_BASE_URL."""

    model_config = SettingsConfigDict(env_prefix="GATEHOUSE_SEC_EDGAR_")

    base_url: str | None = None


class SecEdgar:
    """The connector to SEC EDGAR."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._client = HttpClient(self.card, kit, base_url=Settings().base_url)

    @cached_property
    def card(self) -> SourceCard:
        """The source's card."""
        return load_card(Path(__file__).parent)

    @property
    def configured(self) -> bool:
        """The SEC asks for no key, but refuses callers who give no address to write to."""
        return "@" in self._kit.contact

    @property
    def setup_hint(self) -> Text:
        """What to set so that the SEC can be asked."""
        return Text(
            en="Set a mail address as contact: the SEC refuses requests that do not say who is asking.",
            zh="请设置联系邮箱：SEC 拒绝未说明请求者身份的访问。",
        )

    def plan(self, subject: Subject) -> Plan:
        """Ask for the list of filings and for the accounts; both need the company's CIK."""
        cik = subject.identifiers.get("cik")
        if cik is not None:
            return Plan(
                queries=(
                    Query(
                        source=self.card.name,
                        kind=SUBMISSIONS,
                        params={"cik": cik},
                        topics=(Topic.IDENTITY, *FILING_TOPICS),
                    ),
                    Query(source=self.card.name, kind=COMPANY_FACTS, params={"cik": cik}, topics=(Topic.ACCOUNTS,)),
                )
            )
        if subject.country != "US":
            return Plan()
        return Plan(
            missing=Text(
                en="The company's CIK is not given, so the SEC cannot be asked. A company that never filed has none.",
                zh="未提供该公司的 CIK，无法向 SEC 查询。从未向 SEC 申报的公司没有 CIK。",
            ),
            topics=(Topic.IDENTITY, *FILING_TOPICS, Topic.ACCOUNTS),
        )

    def fetch(self, query: Query) -> RawAnswer:
        """Ask the SEC."""
        cik = query.params["cik"]
        paths = {
            SUBMISSIONS: f"submissions/CIK{cik}.json",
            COMPANY_FACTS: f"api/xbrl/companyfacts/CIK{cik}.json",
            OLDER_FILINGS: f"submissions/{query.params.get('name')}",
        }
        return self._client.get(paths[query.kind])

    def parse(self, query: Query, raw: RawAnswer) -> Parsed:
        """Read facts from an answer."""
        return parse(query, raw, self.card)

    def follow_up(self, query: Query, parsed: Parsed) -> tuple[Query, ...]:
        """Ask for older filings where the newest block does not reach back far enough."""
        return tuple(
            Query(
                source=self.card.name,
                kind=OLDER_FILINGS,
                params={"cik": query.params["cik"], **params_of(lead)},
                topics=FILING_TOPICS,
            )
            for lead in parsed.leads
        )
