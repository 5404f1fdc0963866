"""The facts that the sources of an example tell: those that are written, and else those of a sound company.

Ours: payment three days late, a bureau score of 78, twelve years in business, sixty employees.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from admission.application import Application
from admission.evidence.facts import (
    AnyFact,
    CompanyProfile,
    CreditReport,
    Filing,
    FilingEvent,
    Judgement,
    LegalKind,
    LegalRecord,
    Officer,
    WatchlistHit,
)
from admission.governance.examples.situations import Example, OfficerOf
from admission.governance.examples.sources import (
    BUREAU,
    CURRENCIES,
    GAZETTE,
    INDUSTRIES,
    LISTS,
    REGISTERS,
    SITE_KINDS,
    SITES,
)
from admission.money import Money

LONG_STANDING = (OfficerOf(appointed_days_ago=3000), OfficerOf(appointed_days_ago=2200))
PAID_IN = Decimal(5_000_000)
# A bureau recommends twice what is asked for where the example says nothing, and this much at least.
LEAST_BUREAU_LIMIT = Decimal(50_000)


class ToldFacts:
    """What the sources tell of one example's company.

    Args:
        example: what is written.
        application: of the company.
        as_of: the day of the example.
    """

    def __init__(self, example: Example, application: Application, as_of: date) -> None:
        self._told = example.evidence
        self._application = application
        self._as_of = as_of
        self._country = application.country
        self._register = REGISTERS.get(self._country, BUREAU)

    def profile(self) -> CompanyProfile:
        """Return the company as its register has it."""
        register, capital = self._told.register_, self._told.register_.paid_in_capital
        currency = CURRENCIES.get(self._country, "EUR")
        if capital is None and self._country == "CN":
            capital = PAID_IN
        # The SEC tells no standing.
        status = None if self._country == "US" else register.status
        paid = None if capital is None else Money(amount=capital, currency=currency)
        return CompanyProfile(
            source=self._register,
            legal_name=register.name or self._application.legal_name,
            country=register.country or self._country,
            identifiers=self._application.identifiers,
            status=status,
            incorporated_on=self._days_ago(int(register.years * Decimal("365.25"))),
            industry_code=register.industry or INDUSTRIES.get(self._country),
            headcount=register.headcount,
            paid_in_capital=paid,
            accounts_overdue=register.accounts_overdue if self._country == "GB" else None,
            **(self._registration(paid) if self._country == "CN" else {}),
        )

    def _registration(self, paid: Money | None) -> dict[str, Any]:
        """Return what the Chinese register tells besides."""
        register = self._told.register_
        registered = register.registered_capital
        return {
            "registered_capital": paid if registered is None else Money(amount=registered, currency="CNY"),
            "insured_staff": register.headcount if register.insured_staff is None else register.insured_staff,
            "legal_representative_changed_on": tuple(
                map(self._days_ago, register.legal_representative_changed_days_ago)
            ),
            "owners_changed_on": tuple(map(self._days_ago, register.owners_changed_days_ago)),
        }

    def officers(self) -> list[AnyFact]:
        """Return its directors and secretaries."""
        rows = LONG_STANDING if self._told.officers is None else self._told.officers
        return [
            Officer(
                source=self._register,
                name=f"Officer {number}",
                role=row.role,
                appointed_on=self._days_ago(row.appointed_days_ago),
                resigned_on=None if row.resigned_days_ago is None else self._days_ago(row.resigned_days_ago),
            )
            for number, row in enumerate(rows, 1)
        ]

    def filings(self) -> list[AnyFact]:
        """Return the filings that tell of an event."""
        return [
            Filing(
                source=self._register,
                reference=f"F-{number}",
                form="8-K" if self._country == "US" else "notice",
                filed_on=self._days_ago(row.days_ago),
                events=(FilingEvent(kind=row.event, on=self._days_ago(row.days_ago)),),
            )
            for number, row in enumerate(self._told.filings, 1)
        ]

    def records(self, question: str) -> list[AnyFact]:
        """Return the records that a question brings to light.

        Args:
            question: `charges`, `insolvency`, `gazette`, `bureau`, or the kind of a question to an official site.
        """
        rows = list[AnyFact]()
        for number, row in enumerate(self._told.records, 1):
            where = self._brought_by(row.kind)
            if where != question:
                continue
            source = {"bureau": BUREAU, "gazette": GAZETTE}.get(question, self._register)
            currency = row.currency or self._application.requested.currency
            rows += [
                LegalRecord(
                    source=source,
                    kind=row.kind,
                    status=row.status,
                    on=self._days_ago(row.days_ago),
                    ended_on=self._as_of if row.status == "closed" else None,
                    reference=f"L-{number}-{one}",
                    code=row.code,
                    role=row.role,
                    amount=None if row.amount is None else Money(amount=row.amount, currency=currency),
                )
                for one in range(1, row.count + 1)
            ]
        return rows

    def _brought_by(self, kind: LegalKind) -> str:
        if self._country == "CN":
            return SITE_KINDS.get(kind, "bureau")
        if kind is LegalKind.CHARGE and self._country == "GB":
            return "charges"
        if kind in (LegalKind.WINDING_UP_PETITION, LegalKind.PETITION_DISMISSED) and self._country == "GB":
            return "gazette"
        return "insolvency" if kind is LegalKind.INSOLVENCY and self._country in ("GB", "US") else "bureau"

    def report(self) -> CreditReport:
        """Return the bureau's report."""
        bureau, asked = self._told.bureau, self._application.requested
        limit = bureau.limit if bureau.limit is not None else max(asked.limit * 2, LEAST_BUREAU_LIMIT)
        return CreditReport(
            source=BUREAU,
            reference="R-1",
            reported_on=self._days_ago(bureau.days_old),
            rated=bureau.score is not None,
            score=bureau.score,
            score_min=Decimal(0),
            score_max=Decimal(100),
            band=bureau.band,
            limit=Money(amount=limit, currency=asked.currency),
            days_beyond_terms=bureau.days_beyond_terms if bureau.payment else None,
            late_invoice_share=bureau.late_invoice_share if bureau.payment else None,
        )

    def hit(self, number: int) -> WatchlistHit:
        """Return one list entry that it may be."""
        row = self._told.lists.hits[number]
        name = row.listed_name or self._application.legal_name
        return WatchlistHit(
            source=LISTS,
            list_name="OFAC SDN",
            list_date=self._days_ago(7),
            entry=str(10_001 + number),
            listed_name=name,
            matched_name=name,
            basis=row.basis,
            score=Decimal(1) if row.basis in ("identifier", "name") else Decimal("0.92"),
        )

    def judgements(self) -> Iterator[Judgement]:
        """Yield what a person thinks of it."""
        for aspect, points in self._told.judged.items():
            yield Judgement(
                source=SITES,
                aspect=aspect,
                points=points,
                note="as the example says",
                by="analyst",
                department="credit",
                on=self._as_of,
            )

    def _days_ago(self, days: int) -> date:
        return self._as_of - timedelta(days=days)
