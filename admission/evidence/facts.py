"""Typed statements read from evidence: one class per fact table, each row with the source and evidence it came from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field

from admission.evidence.fact_base import Fact
from admission.evidence.ledger_facts import LedgerRecord
from admission.evidence.topics import Topic
from admission.model import Record, Text, left_out
from admission.money import Currency, Money

# Days from the first to the last of a year of accounts: 52 and 53 weeks have 363 and 370; a week of room around them.
YEAR_DAYS = range(350, 381)
# What accounts have of a period, and not of a day.
FLOWS = (
    *("revenue", "cost_of_sales", "operating_profit", "interest_expense", "net_income", "depreciation"),
    "operating_cash_flow",
)

Aspect = Literal["market_position", "competitive_edge", "management_quality", "growth_potential", "cooperation_so_far"]


class CompanyStatus(StrEnum):
    """Standing of a company in its register. `revoked`: its licence was taken and it may no longer trade (吊销)."""

    ACTIVE = "active"
    STRIKE_OFF_PROPOSED = "strike_off_proposed"
    IN_INSOLVENCY = "in_insolvency"
    DISSOLVED = "dissolved"
    REVOKED = "revoked"


class CompanyProfile(Fact):
    """Who the company is, as a register or bureau has it.

    Attributes:
        status: None where the source does not tell a standing (the SEC does not).
        industry_code: code with its scheme, such as `us-sic:3571` or `uk-sic:47110`.
        trading_since: first day of business where the source knows an earlier or other day than incorporation.
        last_accounts_on: end of the last accounting period the register has.
        insured_staff: employees with social insurance (参保人数), as the yearly report to the register says.
        legal_representative_changed_on, owners_changed_on: days of changes in the register (变更信息); None: not told.
    """

    table: Literal["company_profile"] = "company_profile"
    legal_name: str
    country: str | None = None
    identifiers: dict[str, str] = Field(default_factory=dict)
    status: CompanyStatus | None = None
    status_text: str = ""
    legal_form: str = ""
    incorporated_on: date | None = None
    trading_since: date | None = None
    dissolved_on: date | None = None
    industry_code: str | None = None
    industry_text: str = ""
    address: str = ""
    former_names: tuple[str, ...] = ()
    headcount: int | None = None
    paid_in_capital: Money | None = None
    accounts_overdue: bool | None = None
    last_accounts_on: date | None = None
    registered_capital: Money | None = left_out(None)
    insured_staff: int | None = left_out(None)
    legal_representative_changed_on: tuple[date, ...] | None = left_out(None)
    owners_changed_on: tuple[date, ...] | None = left_out(None)


class Doubt(Record):
    """A figure that the accounts leave open, such as by two values of it: it is unknown, and a finding says why."""

    figure: str
    why: Text


class FinancialStatement(Fact):
    """One set of accounts, all amounts in whole units of `currency`; None where not stated.

    Attributes:
        period_start: first day of the income statement's period, where stated. Where it is not a year, the flows are
            not those of a year, and nothing is derived from them.
        period_end: day of the balance sheet.
        standard: `us-gaap`, `ifrs-full`, or the bureau's own layout.
        operating_profit: earnings before interest and tax.
        total_liabilities: None where the source does not state it (never filled in by arithmetic).
        payables: owed to suppliers (trade payables, 应付账款).
        market_value_equity: worth of all shares on the exchange at the end of the period; only of listed companies.
        basis: which lines were taken where more than one could be meant, such as finance cost for interest.
        doubts: figures that are left open, each with the reason; the figure itself is None.
    """

    table: Literal["financial_statement"] = "financial_statement"
    period_start: date | None = None
    period_end: date
    currency: Currency
    standard: str
    consolidated: bool | None = None
    filed_on: date | None = None
    total_assets: Decimal | None = None
    current_assets: Decimal | None = None
    cash: Decimal | None = None
    inventory: Decimal | None = None
    receivables: Decimal | None = None
    goodwill: Decimal | None = None
    intangible_assets: Decimal | None = None
    total_liabilities: Decimal | None = None
    current_liabilities: Decimal | None = None
    equity: Decimal | None = None
    retained_earnings: Decimal | None = None
    revenue: Decimal | None = None
    operating_profit: Decimal | None = None
    interest_expense: Decimal | None = None
    net_income: Decimal | None = None
    depreciation: Decimal | None = None
    operating_cash_flow: Decimal | None = None
    market_value_equity: Decimal | None = Field(default=None, exclude_if=lambda value: value is None)
    payables: Decimal | None = left_out(None)
    cost_of_sales: Decimal | None = left_out(None)
    basis: str = Field(default="", exclude_if=lambda basis: not basis)
    doubts: tuple[Doubt, ...] = left_out(())

    def leaving_open(self, figures: Iterable[str], why: Text) -> Self:
        """Return these accounts with some figures in doubt, for a reason; what they state of them is let go."""
        doubts = tuple(Doubt(figure=name, why=why) for name in figures)
        update = {**dict.fromkeys(doubt.figure for doubt in doubts), "doubts": (*self.doubts, *doubts)}
        return self.model_copy(update=update)


# The figures of accounts, in the order of their fields.
AMOUNTS = tuple(name for name, field in FinancialStatement.model_fields.items() if field.annotation == (Decimal | None))


class EventKind(StrEnum):
    """What a filing or notice tells about distress."""

    BANKRUPTCY_PETITION = "bankruptcy_petition"
    BANKRUPTCY_PLAN = "bankruptcy_plan"
    BANKRUPTCY_EMERGENCE = "bankruptcy_emergence"
    BANKRUPTCY_UNSPECIFIED = "bankruptcy_unspecified"
    DEBT_ACCELERATION = "debt_acceleration"
    IMPAIRMENT = "impairment"
    DELISTING_NOTICE = "delisting_notice"
    AUDITOR_CHANGE = "auditor_change"
    NON_RELIANCE = "non_reliance"
    LATE_FILING = "late_filing"
    DEREGISTRATION = "deregistration"
    STRIKE_OFF_NOTICE = "strike_off_notice"
    STRIKE_OFF_STOPPED = "strike_off_stopped"
    INSOLVENCY_FILING = "insolvency_filing"


class FilingEvent(Record):
    """An event read from a filing; `inferred` where the record does not say it outright, `basis` tells from what."""

    kind: EventKind
    on: date
    inferred: bool = False
    basis: str = ""


class Filing(Fact):
    """One document filed with a register."""

    table: Literal["filing"] = "filing"
    reference: str
    form: str
    filed_on: date
    period_on: date | None = None
    items: tuple[str, ...] = ()
    title: str = ""
    url: str = ""
    events: tuple[FilingEvent, ...] = ()


class CreditReport(Fact):
    """A bureau's view.

    Attributes:
        score: the bureau's own figure; None where not rated.
        higher_is_better: direction of `score`; scales of different bureaus run in opposite directions.
        band: the bureau's letter; with `rated` False it says nothing about risk.
        limit: recommended limit; None where the bureau gives none.
        days_beyond_terms: average days paid after the due day; negative is early.
        complete: False where sections of the report failed.
    """

    table: Literal["credit_report"] = "credit_report"
    reference: str
    reported_on: date | None = None
    rated: bool
    score: Decimal | None = None
    score_min: Decimal | None = None
    score_max: Decimal | None = None
    higher_is_better: bool = True
    band: str = ""
    band_text: str = ""
    limit: Money | None = None
    days_beyond_terms: Decimal | None = None
    late_invoice_share: Decimal | None = None
    complete: bool = True
    failed_sections: tuple[str, ...] = ()


class LegalKind(StrEnum):
    """What a legal record is."""

    INSOLVENCY = "insolvency"
    WINDING_UP_PETITION = "winding_up_petition"
    PETITION_DISMISSED = "petition_dismissed"
    SOLVENT_LIQUIDATION = "solvent_liquidation"
    CHARGE = "charge"
    JUDGMENT = "judgment"
    DISHONEST_DEBTOR = "dishonest_debtor"
    ENFORCEMENT = "enforcement"
    CONSUMPTION_LIMIT = "consumption_limit"
    ABNORMAL_OPERATIONS = "abnormal_operations"
    PENALTY = "penalty"
    LAWSUIT = "lawsuit"
    COMMERCIAL_PAPER_OVERDUE = "commercial_paper_overdue"
    OTHER_NOTICE = "other_notice"


class LegalStatus(StrEnum):
    """Whether the matter is still running. `unclear` where the source does not say."""

    OPEN = "open"
    CLOSED = "closed"
    UNCLEAR = "unclear"


class LegalRecord(Fact):
    """A court, insolvency, charge or administrative record of the company.

    Attributes:
        role: whom of the company it concerns, where that is not the company itself; a role, never a name.
        amount: sum in dispute, to be enforced, or fined.
    """

    table: Literal["legal_record"] = "legal_record"
    kind: LegalKind
    status: LegalStatus
    on: date | None = None
    ended_on: date | None = None
    reference: str
    code: str = ""
    title: str = ""
    url: str = ""
    inferred: bool = False
    basis: str = ""
    role: str = Field(default="", exclude_if=lambda role: not role)
    amount: Money | None = Field(default=None, exclude_if=lambda amount: amount is None)


class Officer(Fact):
    """A director or secretary. Personal data: kept in the casebook, never in Prefect, memos' artifacts or logs.

    Attributes:
        appointed_before: where the register knows no more of the day of appointment than that.
    """

    table: Literal["officer"] = "officer"
    name: str
    role: str
    appointed_on: date | None = None
    resigned_on: date | None = None
    appointed_before: date | None = left_out(None)


class WatchlistHit(Fact):
    """A list entry that the company may be.

    Attributes:
        basis: `identifier` for an equal official number, `near_identifier` for one that is a slip away or fails its
            check, `name` for an equal normalised name, `near_name` for a resembling one. Only the first is a confirmed
            match; the others are for a person to rule on.
        score: likeness from 0 to 1.
        content: digest of what the list says of the entry; a ruling on it lapses when this changes.
        our_name: under which of the company's names it was found, where that is not the one the applicant gave.
    """

    table: Literal["watchlist_hit"] = "watchlist_hit"
    list_name: str
    list_date: date | None = None
    entry: str
    listed_name: str
    matched_name: str
    basis: Literal["identifier", "near_identifier", "name", "near_name"]
    score: Decimal
    content: str = Field(default="", exclude_if=lambda content: not content)
    our_name: str = left_out("")


class Judgement(Fact):
    """What a named person thinks of the company in one respect. Personal data: see `Officer`.

    Attributes:
        aspect: the metric that it gives.
        points: 0 weak, 1 fair, 2 strong.
        by, department: who judged, and for which department.
    """

    table: Literal["judgement"] = "judgement"
    aspect: Aspect
    points: int = Field(ge=0, le=2)
    note: str
    by: str
    department: str
    on: date


class Untold(Fact):
    """Subjects that an answer leaves open: that it tells nothing of them does not mean that there is nothing.

    Such as a list of filings of a company that need not file what would tell of a bankruptcy, or accounts of which the
    day cannot be read.

    Attributes:
        topics: the subjects.
        why: the reason, for people.
        before: only what happened before this day is left open; None: all of it.
        since: the day of assessment from which on it is; None: at once.
    """

    table: Literal["untold"] = "untold"
    topics: tuple[Topic, ...]
    why: Text
    before: date | None = None
    since: date | None = None

    def holds_on(self, day: date) -> bool:
        """True where it is left open in an assessment of this day."""
        return self.since is None or self.since <= day


AnyFact = Annotated[
    CompanyProfile
    | FinancialStatement
    | Filing
    | CreditReport
    | LegalRecord
    | Officer
    | WatchlistHit
    | Judgement
    | LedgerRecord
    | Untold,
    Field(discriminator="table"),
]


class Facts(Record):
    """All facts of one case, by table, in a canonical order (so that the order of asking never matters)."""

    profiles: tuple[CompanyProfile, ...] = ()
    statements: tuple[FinancialStatement, ...] = ()
    filings: tuple[Filing, ...] = ()
    reports: tuple[CreditReport, ...] = ()
    legal: tuple[LegalRecord, ...] = ()
    officers: tuple[Officer, ...] = ()
    hits: tuple[WatchlistHit, ...] = ()
    judgements: tuple[Judgement, ...] = left_out(())
    ledgers: tuple[LedgerRecord, ...] = left_out(())
    untold: tuple[Untold, ...] = left_out(())

    @classmethod
    def of(cls, facts: Iterable[AnyFact]) -> Facts:
        """Sort facts into their tables."""
        tables: dict[str, list[AnyFact]] = {}
        for fact in facts:
            tables.setdefault(fact.table, []).append(fact)
        fields = {
            "profiles": "company_profile",
            "statements": "financial_statement",
            "filings": "filing",
            "reports": "credit_report",
            "legal": "legal_record",
            "officers": "officer",
            "hits": "watchlist_hit",
            "judgements": "judgement",
            "ledgers": "own_ledger",
            "untold": "untold",
        }
        ordered = {
            field: tuple(sorted(tables.get(table, []), key=lambda fact: fact.model_dump_json()))
            for field, table in fields.items()
        }
        return cls.model_validate(ordered)

    def rows(self) -> tuple[AnyFact, ...]:
        """Return all facts, table by table."""
        return tuple(fact for table in type(self).model_fields for fact in getattr(self, table))
