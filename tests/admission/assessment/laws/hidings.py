"""Every way to keep back what a company or a source that is set up could tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import combinations
from random import Random
from typing import Any, NamedTuple

from admission.assessment.engine.case import CaseFigures
from admission.evidence.facts import CompanyProfile, CreditReport, Facts, FinancialStatement, LegalRecord, Untold
from admission.evidence.topics import Topic
from admission.metrics.told_by import ASKED_ABOUT
from admission.model import Text
from tests.admission.assessment.laws.companies import BUREAU, Company

# What only names or dates a fact, and keeps nothing back that a decision rests on.
_FRAME = {
    "source",
    "evidence",
    "table",
    "period_start",
    "period_end",
    "currency",
    "standard",
    "consolidated",
    "filed_on",
}
_NAMES = {"legal_name", "country", "identifiers", "reference", "reported_on", "rated", "score_min", "score_max"}
# Accounts that show neither have none: the formats of accounts ask for the lines, and the memo says "none stated".
_NONE_IF_NOT_STATED = {"goodwill", "intangible_assets"}
# A register that tells a status tells one of every company: its connector refuses an answer without.
_ALWAYS = {"status"}
# Accounts of the newest year are due nine months after it: until then nobody can tell that they are kept back.
DUE_MONTHS = 9
KEPT_BACK = Text(en="kept back", zh="未提供")
Hide = Callable[[Company], Company]


class Hiding(NamedTuple):
    """One thing that is kept back."""

    name: str
    hide: Hide


def hidings_of(company: Company) -> list[Hiding]:
    """Return each single thing of a company that could be kept back.

    Sales a year are none of them where the policy takes the amount asked for in their place, on purpose.
    """
    facts = company.facts
    found = [
        _in_row("statements", place, name)
        for place, row in enumerate(facts.statements)
        for name in _told(row, FinancialStatement)
    ]
    found += [
        _in_row("reports", place, name) for place, row in enumerate(facts.reports) for name in _told(row, CreditReport)
    ]
    found += [
        _in_row("profiles", place, name)
        for place, row in enumerate(facts.profiles)
        for name in _told(row, CompanyProfile)
    ]
    for name in ("cover", "group", "independent", "references"):
        if _is_told(company, name):
            found.append(Hiding(name, partial(_untold_application, name=name)))
    topics = {topic for item in company.evidence if item.answer.answered for topic in item.query.topics}
    about = sorted(topics - {Topic.IDENTITY, Topic.ACCOUNTS, *BUREAU})
    return found + [Hiding(f"all of {topic}", partial(_untold_topic, topic=topic)) for topic in about]


def whole_statements(company: Company) -> Iterator[Hiding]:
    """Yield each set of accounts, and all of them, kept back whole."""
    statements = company.facts.statements
    if not statements:
        return
    yield Hiding("all accounts", lambda given: _with(given, statements=()))
    if len(statements) > 1:
        yield Hiding("accounts of the year before", lambda given: _with(given, statements=given.facts.statements[:1]))
        age = (company.evidence[0].fetched_at.date() - statements[0].period_end).days / 30.44
        if age > DUE_MONTHS:
            yield Hiding("the newest accounts", lambda given: _with(given, statements=given.facts.statements[1:]))
    flows = ("revenue", "operating_profit", "interest_expense", "net_income", "depreciation", "operating_cash_flow")
    yield Hiding("the profit and loss accounts", lambda given: _without_flows(given, flows))


def some_together(company: Company, chance: Random, pairs: int, subsets: int) -> Iterator[Hiding]:
    """Yield pairs and larger parts of what could be kept back, drawn at random."""
    single = hidings_of(company)
    all_pairs = list(combinations(single, 2))
    for one, other in chance.sample(all_pairs, min(pairs, len(all_pairs))):
        yield _together([one, other])
    for _ in range(subsets):
        yield _together(chance.sample(single, chance.randint(3, len(single))) if len(single) > 3 else single)


def without_metric(case: CaseFigures, name: str) -> CaseFigures:
    """Return a case without one metric, which whoever could tell it keeps back."""
    figures = case.figures
    return case._replace(figures=figures._replace(metrics={**figures.metrics, name: None}))


def withholdable(case: CaseFigures) -> list[str]:
    """Return the metrics of a case that are known and that the applicant or a source could keep back."""
    return [
        name
        for name, value in case.figures.metrics.items()
        if value is not None and (name in ASKED_ABOUT or name in _OF_ACCOUNTS)
    ]


_OF_ACCOUNTS = frozenset(
    {
        *("total_assets", "total_liabilities", "revenue", "net_income", "equity", "tangible_net_worth", "debt_ratio"),
        *("equity_ratio", "current_ratio", "quick_ratio", "interest_cover", "return_on_assets", "revenue_growth"),
        *("altman_z2", "altman_z1", "altman_z", "cash_flow_to_debt", "accounts_age_months"),
        *("requested_to_net_worth", "requested_to_revenue"),
    }
)


def _together(parts: list[Hiding]) -> Hiding:
    def hide(company: Company) -> Company:
        for part in parts:
            company = part.hide(company)
        return company

    return Hiding(" + ".join(part.name for part in parts), hide)


def _told(row: Any, kind: type) -> list[str]:
    fields: dict[str, Any] = kind.model_fields  # type: ignore[attr-defined]
    return [
        name
        for name, field in fields.items()
        if name not in _FRAME | _NAMES | _ALWAYS | _NONE_IF_NOT_STATED
        and field.default is None
        and getattr(row, name) is not None
    ]


def _in_row(table: str, place: int, name: str) -> Hiding:
    def hide(company: Company) -> Company:
        rows = list(getattr(company.facts, table))
        rows[place] = rows[place].model_copy(update={name: None})
        return _with(company, **{table: tuple(rows)})

    return Hiding(f"{table}[{place}].{name}", hide)


def _with(company: Company, **changes: Any) -> Company:
    return company._replace(facts=company.facts.model_copy(update=changes))


def _without_flows(company: Company, flows: tuple[str, ...]) -> Company:
    rows = tuple(row.model_copy(update=dict.fromkeys(flows)) for row in company.facts.statements)
    return _with(company, statements=rows)


def _is_told(company: Company, name: str) -> bool:
    application = company.application
    told = {
        "cover": application.requested.cover,
        "group": application.group,
        "independent": application.independent,
        "references": application.declared.trade_references,
    }
    return bool(told[name])


def _untold_application(company: Company, name: str) -> Company:
    application = company.application
    if name == "cover":
        changed: dict[str, Any] = {"requested": application.requested.model_copy(update={"cover": None})}
    elif name == "references":
        changed = {"declared": application.declared.model_copy(update={"trade_references": ()})}
    else:
        changed = {"group": None, "independent": False}
    return company._replace(application=application.model_copy(update=changed))


def _untold_topic(company: Company, topic: Topic) -> Company:
    facts = company.facts
    row = Untold(source="register", evidence="ev-untold", topics=(topic,), why=KEPT_BACK)
    return company._replace(facts=_without_topic(facts, topic).model_copy(update={"untold": (*facts.untold, row)}))


def _without_topic(facts: Facts, topic: Topic) -> Facts:
    def kept(record: LegalRecord) -> bool:
        about = {
            "insolvency": Topic.INSOLVENCY,
            "charge": Topic.CHARGES,
            "enforcement": Topic.ENFORCEMENT,
            "consumption_limit": Topic.CONSUMPTION_LIMITS,
            "abnormal_operations": Topic.ABNORMAL_OPERATIONS,
            "penalty": Topic.PENALTIES,
            "dishonest_debtor": Topic.DISHONEST_DEBTORS,
            "judgment": Topic.JUDGMENTS,
            "lawsuit": Topic.LAWSUITS,
            "commercial_paper_overdue": Topic.COMMERCIAL_PAPER,
        }
        return about.get(record.kind.value) is not topic

    return facts.model_copy(update={"legal": tuple(filter(kept, facts.legal))})
