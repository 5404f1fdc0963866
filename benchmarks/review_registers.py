"""Registers of one page a company, which `make bench-review` asks besides the shipped sources of British companies.

They are connectors as the others are, over the same client: each asks one page and reads that the company is active.
"""

from __future__ import annotations

import json

from admission.application import Subject
from admission.errors import SourceChanged
from admission.evidence.answers import Answer, Parsed, Query, RawAnswer
from admission.evidence.sources import Plan, RateLimit, SourceCard
from admission.model import Text
from connectors.kit import HttpClient, Kit

REGISTERS = ("first_register", "second_register", "third_register")


class Register:
    """The connector to one of them.

    Args:
        name: which one.
        kit: what the house gives every connector.
    """

    configured = True
    setup_hint = Text(en="Nothing needs to be set.", zh="无需设置。")

    def __init__(self, name: str, kit: Kit) -> None:
        self.card = SourceCard(
            name=name,
            title=Text(en=name, zh=name),
            publisher="nobody",
            country="GB",
            kinds=("company",),
            stage="prescreen",
            access="open",
            licence="invented",
            base_url=kit.base_urls[name],
            rate_limit=RateLimit(requests=1000, seconds=1),
            timeout_seconds=30,
            max_bytes=10_000,
            freshness_days=1,
            parser=f"{name}/1",
        )
        self._client = HttpClient(self.card, kit)

    def plan(self, subject: Subject) -> Plan:
        """Ask about companies that have a British number."""
        number = subject.identifiers.get("uk_company_number")
        if number is None:
            return Plan()
        return Plan(queries=(Query(source=self.card.name, kind="company", params={"number": number}),))

    def fetch(self, query: Query) -> RawAnswer:
        """Ask for the company's page."""
        return self._client.get(f"companies/{query.params['number']}")

    def parse(self, query: Query, raw: RawAnswer) -> Parsed:
        """Read whether the page is the company's, and that it is active."""
        page = json.loads(raw.body)
        if (page["number"], page["standing"]) != (query.params["number"], "active"):
            raise SourceChanged(Text(en="Another page was expected.", zh="页面与预期不符。"))
        return Parsed(answer=Answer.FOUND)

    def follow_up(self, query: Query, parsed: Parsed) -> tuple[Query, ...]:  # noqa: ARG002
        """Ask for nothing more."""
        return ()
