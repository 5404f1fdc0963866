"""Examples as people write them: a company in a few words, and what the policy must make of it.

What is not written is as with a sound company, so an example says only what is special about it.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from admission.application import Application, Country, Day, Line
from admission.cases import CaseKind
from admission.errors import Invalid
from admission.evidence.facts import (
    AMOUNTS,
    Aspect,
    CompanyStatus,
    EventKind,
    LegalKind,
    LegalStatus,
)
from admission.evidence.topics import Topic
from admission.model import Record, Text
from admission.money import Currency
from admission.problems import no_such

# How a source answered: `not_set_up` where the house has no access to it, `not_asked` where nobody looked.
SourceAnswer = Literal["found", "no_record", "silent", "refused", "not_set_up", "not_asked"]
Figure = Annotated[Decimal, Field(allow_inf_nan=False)]
Days = Annotated[int, Field(ge=0, le=36500)]
FIGURE = Text(en="figure of accounts", zh="报表项目")
WITHHELD = Text(en="figure or statement", zh="报表项目或报表")
BOTH_LANGUAGES = Text(en="words in both languages, en and zh", zh="中英文文字（en 与 zh）")
TWICE = Text(en="an id that no other example has", zh="与其他示例不同的 id")
SOMETHING_EXPECTED = Text(
    en="what is expected: at least a grade, a limit or a route", zh="预期结果：至少写明等级、额度或审批路径"
)
LEAST_OVER_MOST = Text(en="at_least no more than at_most", zh="at_least 不大于 at_most")
ONLY_SILENCE = Text(
    en="facts, or how the source answered instead (answer: silent), not both",
    zh="填写事实，或填写来源未答复的情形（answer: silent），不能同时填写",
)

PROFIT_AND_LOSS = ("revenue", "cost_of_sales", "operating_profit", "interest_expense", "net_income", "depreciation")
# Whole statements that may be withheld at once.
STATEMENTS = {
    "profit_and_loss": PROFIT_AND_LOSS,
    "balance_sheet": tuple(name for name in AMOUNTS if name not in (*PROFIT_AND_LOSS, "operating_cash_flow")),
    "cash_flow_statement": ("operating_cash_flow",),
}


class _Source(Record):
    """What one source tells; written as one word where it told nothing."""

    answer: SourceAnswer = "found"

    @model_validator(mode="before")
    @classmethod
    def _one_word(cls, value: Any) -> Any:
        return {"answer": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _facts_or_silence(self) -> _Source:
        if self.answer != "found" and self.model_fields_set - {"answer"}:
            raise Invalid(ONLY_SILENCE)
        return self


class Register(_Source):
    """The company as its register has it.

    Attributes:
        years: since it was incorporated.
        name: as registered, where that is not the applicant's.
        registered_capital, insured_staff: of the Chinese register; as paid in, and as employed, where not given.
        legal_representative_changed_days_ago, owners_changed_days_ago: changes in the Chinese register.
        topics_silent: subjects of which the register alone gave no answer.
    """

    status: CompanyStatus = CompanyStatus.ACTIVE
    years: Annotated[Decimal, Field(ge=0, le=300)] = Decimal(12)
    name: Line | None = None
    country: Country | None = None
    industry: str | None = None
    headcount: Annotated[int, Field(ge=0)] = 60
    paid_in_capital: Figure | None = None
    registered_capital: Figure | None = None
    insured_staff: Annotated[int, Field(ge=0)] | None = None
    legal_representative_changed_days_ago: tuple[Days, ...] = ()
    owners_changed_days_ago: tuple[Days, ...] = ()
    accounts_overdue: bool = False
    topics_silent: tuple[Topic, ...] = ()


class Accounts(_Source):
    """The annual accounts, with those of the year before; all figures in whole units of `currency`.

    Attributes:
        months_old: age of the newest balance sheet.
        figures: of the newest year; what is not given follows from `total_assets` as with a sound company.
        before, two_before: of the years before; those of a year that is not given are the newest ones' defaults.
        years: how many years were handed in.
        withheld: figures, or whole statements, that the company does not give.
        confirmed: whether a second person confirmed accounts that were handed in.
        from_bureau: whether the bureau tells them, and not the company.
    """

    currency: Currency | None = None
    months_old: Annotated[int, Field(ge=0, le=120)] = 6
    figures: dict[str, Figure | None] = Field(default_factory=dict)
    before: dict[str, Figure | None] = Field(default_factory=dict)
    two_before: dict[str, Figure | None] = Field(default_factory=dict)
    years: Annotated[int, Field(ge=1, le=3)] = 2
    withheld: tuple[str, ...] = ()
    confirmed: bool = True
    from_bureau: bool = False

    @field_validator("figures", "before", "two_before")
    @classmethod
    def _known_figures(cls, value: dict[str, Decimal | None]) -> dict[str, Decimal | None]:
        for name in value:
            if name not in AMOUNTS:
                raise Invalid(no_such(FIGURE, name, AMOUNTS))
        return value

    @field_validator("withheld")
    @classmethod
    def _known_parts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if name not in AMOUNTS and name not in STATEMENTS:
                raise Invalid(no_such(WITHHELD, name, (*STATEMENTS, *AMOUNTS)))
        return value


class Bureau(_Source):
    """A credit report; the limit is in the currency that the applicant asks for.

    Attributes:
        score: of 100, where more is better; null where the bureau does not rate the company.
        payment: whether the contract tells how the company pays.
    """

    score: Annotated[Decimal, Field(ge=0, le=100)] | None = Decimal(78)
    band: str = ""
    limit: Annotated[Decimal, Field(ge=0)] | None = None
    days_beyond_terms: Figure | None = Decimal(3)
    late_invoice_share: Figure | None = Decimal("0.06")
    payment: bool = True
    days_old: Days = 20


class Hit(Record):
    """A list entry that the company may be; `identifier` alone is a confirmed match."""

    basis: Literal["identifier", "near_identifier", "name", "near_name"]
    listed_name: str = ""


class Lists(_Source):
    """The sanctions lists."""

    hits: tuple[Hit, ...] = ()


class Notices(_Source):
    """The gazette (GB) or the official sites that a person looked at (CN).

    Attributes:
        without: subjects that nobody looked for.
    """

    without: tuple[Topic, ...] = ()


class PaperList(_Source):
    """The list of acceptors overdue on commercial paper (CN), as the house loaded it."""


class RecordOf(Record):
    """A court, insolvency, charge or administrative record; `count` of the same kind at once."""

    kind: LegalKind
    status: LegalStatus = LegalStatus.OPEN
    days_ago: Days = 60
    amount: Annotated[Decimal, Field(ge=0)] | None = None
    currency: Currency | None = None
    count: Annotated[int, Field(ge=1, le=200)] = 1
    code: str = ""
    role: str = ""


class FilingOf(Record):
    """A filing that tells of an event."""

    event: EventKind
    days_ago: Days = 60


class OfficerOf(Record):
    """A director or secretary; no name is wanted."""

    role: str = "director"
    appointed_days_ago: Days = 2000
    resigned_days_ago: Days | None = None


class EvidenceOf(Record):
    """What the sources tell of the company; each is as with a sound company where nothing is written.

    Attributes:
        officers: None for two directors of many years.
    """

    register_: Register = Field(default=Register(), alias="register")
    accounts: Accounts = Accounts()
    bureau: Bureau = Bureau()
    lists: Lists = Lists()
    notices: Notices = Notices()
    commercial_paper: PaperList = PaperList()
    records: tuple[RecordOf, ...] = ()
    filings: tuple[FilingOf, ...] = ()
    officers: tuple[OfficerOf, ...] | None = None
    judged: dict[Aspect, Annotated[int, Field(ge=0, le=2)]] = Field(default_factory=dict)


class LimitRange(Record):
    """The limits that a credit manager would sign, in `currency`; that of the request if none is given."""

    at_least: Figure | None = None
    at_most: Figure | None = None
    currency: Currency | None = None

    @model_validator(mode="before")
    @classmethod
    def _one_amount(cls, value: Any) -> Any:
        return value if isinstance(value, dict | LimitRange) else {"at_least": value, "at_most": value}

    @model_validator(mode="after")
    def _in_order(self) -> LimitRange:
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise Invalid(LEAST_OVER_MOST)
        return self


def _listed(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class Expected(Record):
    """What the policy must make of the company; what is not given may be anything.

    Attributes:
        grade: the grades that are right, one or several.
        limit: an amount, or a range.
        route: `knock_out`, `fast_track`, `desk`, `committee`, `people` (desk or committee), or names of bands; one of
            them must be the route.
        without: offices (roles) that must not be needed, such as `president`.
        secured: whether credit is given against security only.
        terms_days: the longest terms that are right.
        reason: what must be named: ids of criteria, attributes, findings, or parts of texts. All of them.
    """

    grade: Names = ()
    limit: LimitRange | None = None
    route: Names = ()
    without: Names = ()
    secured: bool | None = None
    terms_days: Annotated[int, Field(ge=0, le=365)] | None = None
    reason: Names = ()

    @model_validator(mode="after")
    def _something(self) -> Expected:
        if not self.grade and self.limit is None and not self.route:
            raise Invalid(SOMETHING_EXPECTED)
        return self


class Example(Record):
    """One situation.

    Attributes:
        application: what differs from a plain application for 20,000 (200,000 in CNY) at 30 days.
        granted_to_group: limits granted to the rest of the applicant's group, in the house currency.
        why: the reasoning of a credit manager, in one sentence.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9_]+$", max_length=60)]
    title: Text
    kind: CaseKind = CaseKind.ONBOARDING
    application: dict[str, Any] = Field(default_factory=dict)
    evidence: EvidenceOf = EvidenceOf()
    granted_to_group: Annotated[Decimal, Field(ge=0)] | None = None
    expected: Expected
    why: Text

    @field_validator("title", "why")
    @classmethod
    def _both_languages(cls, value: Text) -> Text:
        if not value.en.strip() or not value.zh.strip():
            raise Invalid(BOTH_LANGUAGES)
        return value

    @field_validator("application")
    @classmethod
    def _known_fields(cls, value: dict[str, Any]) -> dict[str, Any]:
        for name in value:
            if name not in Application.model_fields:
                raise Invalid(no_such(Text(en="field", zh="字段"), name, Application.model_fields))
        return value


class ExampleFile(Record):
    """A file of examples.

    Attributes:
        as_of: the day on which all are assessed.
        country: of the applicants that state none.
        rates: what one unit of a currency is worth in the house currency.
    """

    as_of: Day = date(2026, 6, 30)
    country: Country = "GB"
    rates: dict[Currency, Annotated[Decimal, Field(gt=0)]] = Field(default_factory=dict)
    examples: Annotated[tuple[Example, ...], Field(min_length=1, max_length=500)]

    @model_validator(mode="after")
    def _ids_once(self) -> ExampleFile:
        ids = [example.id for example in self.examples]
        if len(set(ids)) < len(ids):
            raise Invalid(TWICE)
        return self
