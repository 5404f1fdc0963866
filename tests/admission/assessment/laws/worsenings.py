"""Every way in which one fact of a company can be worse, with what goes with it in a sound set of books."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any, NamedTuple

from admission.assessment.engine.case import CaseFigures
from admission.evidence.facts import CompanyStatus, FinancialStatement, LegalKind, LegalStatus
from admission.metrics.catalogue import CATALOGUE, LESS, MORE
from admission.money import Money
from tests.admission.assessment.laws.companies import COURTS, Company, legal_record
from tests.admission.build import AS_OF, hit

Worsen = Callable[[Company], Company]
Figures = dict[str, Decimal]


class Worsening(NamedTuple):
    """One fact that becomes worse."""

    name: str
    worsen: Worsen


def worsenings_of(company: Company, chance: Random) -> Iterator[Worsening]:
    """Yield what of a company can be worse."""
    if company.facts.statements:
        yield from _of_accounts(company, chance)
    yield Worsening("founded last month", lambda given: _profile(given, incorporated_on=AS_OF - timedelta(days=30)))
    yield Worsening("strike-off announced", lambda given: _profile(given, status=CompanyStatus.STRIKE_OFF_PROPOSED))
    yield Worsening("struck off", lambda given: _profile(given, status=CompanyStatus.DISSOLVED))
    changed = (AS_OF - timedelta(days=20), AS_OF - timedelta(days=40), AS_OF - timedelta(days=60))
    yield Worsening("new owners", lambda given: _profile(given, owners_changed_on=changed))
    yield Worsening("new representatives", lambda given: _profile(given, legal_representative_changed_on=changed))
    yield Worsening("nobody insured", lambda given: _profile(given, insured_staff=0))
    yield Worsening("accounts overdue", lambda given: _profile(given, accounts_overdue=True))
    if company.facts.reports:
        yield from _of_report(company)
    kinds = [(LegalKind.INSOLVENCY, LegalStatus.OPEN), (LegalKind.INSOLVENCY, LegalStatus.CLOSED)]
    kinds += [(LegalKind.JUDGMENT, LegalStatus.OPEN), (LegalKind.COMMERCIAL_PAPER_OVERDUE, LegalStatus.OPEN)]
    if any(topic in COURTS for item in company.evidence for topic in item.query.topics):
        kinds += [
            (kind, LegalStatus.OPEN)
            for kind in (
                LegalKind.DISHONEST_DEBTOR,
                LegalKind.ENFORCEMENT,
                LegalKind.CONSUMPTION_LIMIT,
                LegalKind.PENALTY,
                LegalKind.LAWSUIT,
            )
        ]
    for kind, status in kinds:
        yield Worsening(f"{status} {kind}", partial(_legal, record=legal_record(kind, status)))
    yield Worsening("on a watch list", lambda given: _facts(given, hits=(*given.facts.hits, hit("E-1"))))
    if company.application.requested.cover is not None:
        yield Worsening("half the cover", _half_cover)
    if company.application.group is not None:
        yield Worsening("a fuller group", lambda given: given._replace(group_exposure=given.group_exposure + 700_000))


def _of_accounts(company: Company, chance: Random) -> Iterator[Worsening]:
    newest = company.facts.statements[0]
    size = max(newest.total_assets or Decimal(0), newest.revenue or Decimal(0), Decimal(1000))
    for part in (chance.randint(1, 9), chance.randint(10, 99), chance.randint(100, 300)):
        amount = Decimal(round(size * part / 100))
        for name, change in CHANGES.items():
            yield Worsening(f"{name} by {part} %", partial(_newest, change=change, amount=Decimal(amount)))


def _more_debt(was: Figures, amount: Decimal) -> Figures:
    return {
        "total_liabilities": was["total_liabilities"] + amount,
        "equity": was["equity"] - amount,
        "retained_earnings": was["retained_earnings"] - amount,
    }


def _more_current(was: Figures, amount: Decimal) -> Figures:
    return {"current_liabilities": min(was["current_liabilities"] + amount, max(was["total_liabilities"], Decimal(0)))}


def _less_current(was: Figures, amount: Decimal) -> Figures:
    return {"current_assets": max(was["current_assets"] - amount, Decimal(0))}


CHANGES: dict[str, Callable[[Figures, Decimal], Figures]] = {
    "more debt": _more_debt,
    "more of the debt due": _more_current,
    "less current assets": _less_current,
    "less operating profit": lambda was, amount: {
        "operating_profit": was["operating_profit"] - amount,
        "net_income": was["net_income"] - amount,
    },
    "more interest": lambda was, amount: {
        "interest_expense": was["interest_expense"] + amount,
        "net_income": was["net_income"] - amount,
    },
    "less net income": lambda was, amount: {"net_income": was["net_income"] - amount},
    "less revenue": lambda was, amount: {"revenue": max(was["revenue"] - amount, Decimal(0))},
    "more stock": lambda was, amount: {"inventory": min(was["inventory"] + amount, was["current_assets"])},
    "more receivables": lambda was, amount: {"receivables": was["receivables"] + amount},
    "more payables": lambda was, amount: {"payables": was["payables"] + amount},
    "less cash from operations": lambda was, amount: {"operating_cash_flow": was["operating_cash_flow"] - amount},
    "dearer sales": lambda was, amount: {
        "cost_of_sales": was["cost_of_sales"] + amount,
        "operating_profit": was["operating_profit"] - amount,
        "net_income": was["net_income"] - amount,
    },
    "more goodwill": lambda was, amount: {"goodwill": was["goodwill"] + amount},
    "a loss that eats equity": lambda was, amount: {
        "operating_profit": was["operating_profit"] - amount,
        "net_income": was["net_income"] - amount,
        "equity": was["equity"] - amount,
        "retained_earnings": was["retained_earnings"] - amount,
        "total_liabilities": was["total_liabilities"] + amount,
    },
}


def _newest(company: Company, change: Callable[[Figures, Decimal], Figures], amount: Decimal) -> Company:
    first, *others = company.facts.statements
    was = {
        name: value if isinstance(value := getattr(first, name), Decimal) else Decimal(0)
        for name in FinancialStatement.model_fields
    }
    changed = {name: value for name, value in change(was, amount).items() if getattr(first, name) is not None}
    return _facts(company, statements=(first.model_copy(update=changed), *others))


def _of_report(company: Company) -> Iterator[Worsening]:
    report = company.facts.reports[0]
    worse: dict[str, Any] = {}
    if report.days_beyond_terms is not None:
        worse["days_beyond_terms"] = report.days_beyond_terms + 14
    if report.late_invoice_share is not None:
        worse["late_invoice_share"] = min(report.late_invoice_share + Decimal("0.3"), Decimal(1))
    if report.score is not None:
        worse["score"] = Decimal(1)
    if report.limit is not None:
        worse["limit"] = Money(amount=Decimal(0), currency=report.limit.currency)
    for name, value in worse.items():
        yield Worsening(f"bureau: {name} {value}", partial(_report, **{name: value}))


def _facts(company: Company, **changes: Any) -> Company:
    return company._replace(facts=company.facts.model_copy(update=changes))


def _report(company: Company, **changes: Any) -> Company:
    return _facts(company, reports=(company.facts.reports[0].model_copy(update=changes),))


def _profile(company: Company, **changes: Any) -> Company:
    first, *others = company.facts.profiles
    incorporated = changes.get("incorporated_on")
    if incorporated is not None and first.incorporated_on is not None:
        changes["incorporated_on"] = max(incorporated, first.incorporated_on)
    worse = {CompanyStatus.DISSOLVED, CompanyStatus.IN_INSOLVENCY}
    if changes.get("status") is CompanyStatus.STRIKE_OFF_PROPOSED and first.status in worse:
        return company
    if changes.get("status") is CompanyStatus.DISSOLVED and first.status is CompanyStatus.IN_INSOLVENCY:
        return company
    return _facts(company, profiles=(first.model_copy(update=changes), *others))


def _legal(company: Company, record: Any) -> Company:
    return _facts(company, legal=(*company.facts.legal, record.model_copy(update={"reference": "L-worse"})))


def _half_cover(company: Company) -> Company:
    requested = company.application.requested
    cover = (requested.cover or Decimal(0)) / 2
    application = company.application.model_copy(update={"requested": requested.model_copy(update={"cover": cover})})
    return company._replace(application=application)


def worse_metric(case: CaseFigures, name: str, chance: Random) -> CaseFigures | None:
    """Return a case with one known metric worse; None where it has no worse."""
    value, spec = case.figures.metrics.get(name), CATALOGUE[name]
    if value is None or spec.better not in (MORE, LESS) or isinstance(value, str):
        return None
    if isinstance(value, bool):
        if value is (spec.better == LESS):
            return None
        worse: Decimal | bool = not value
    else:
        step = max(abs(value), Decimal(1)) * Decimal(chance.choice([1, 10, 60, 300])) / 100
        worse = value - step if spec.better == MORE else value + step
        if spec.least is not None:
            worse = max(worse, spec.least)
        if spec.most is not None:
            worse = min(worse, spec.most)
    figures = case.figures
    return case._replace(figures=figures._replace(metrics={**figures.metrics, name: worse}))
