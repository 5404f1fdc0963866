"""A customer with a limit of 50,000 GBP, and what may be on file for it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from admission.cases import Condition, Customer
from admission.customers.standing.holds import Hold
from admission.customers.standing.in_force import OnFile, Standing, standing
from admission.customers.standing.insurance import Cover, InsurancePolicy
from admission.customers.standing.limit_changes import LimitChange
from admission.customers.standing.securities import Allotment, Security
from admission.money import Exchange, Rate, RateTable
from admission.policy.customer_rules import CustomerRules, SecurityKind
from tests.admission.build import application

TODAY = date(2026, 12, 1)
DAY = timedelta(days=1)
KEY, OTHER = "uk:00000001", "uk:00000002"
LIMIT = Decimal(50_000)
RULES = CustomerRules()
RATES = RateTable([Rate(currency="EUR", to="GBP", on=date(2026, 1, 1), per_unit=Decimal("0.8"))])
# Of a guarantee half counts, of a bill nineteen twentieths: see USABLE_SHARES.
DEPOSIT, GUARANTEE, BANK = SecurityKind.CASH_DEPOSIT, SecurityKind.PARENT_GUARANTEE, SecurityKind.BANK_GUARANTEE


def customer(**changes: Any) -> Customer:
    asked = application()
    values: dict[str, Any] = {
        "company_key": KEY,
        "legal_name": asked.legal_name,
        "country": asked.country,
        "application": asked,
        "grade": "B",
        "limit": LIMIT,
        "limit_in_force": LIMIT,
        "currency": "GBP",
        "terms_days": 30,
        "admitted_by": "GH-2026-000001",
        "last_case": "GH-2026-000001",
        "admitted_on": TODAY - 30 * DAY,
        "next_review_on": TODAY + 150 * DAY,
    }
    return Customer.model_validate({**values, **changes})


def condition(**changes: Any) -> Condition:
    return Condition(**{"id": "c1", "text": "contract signed", "proposed_by": "bo", **changes})


def security(amount: int, kind: SecurityKind = DEPOSIT, **changes: Any) -> Security:
    values: dict[str, Any] = {
        "id": "S-2026-000001",
        "kind": kind,
        "giver": "Parent Holdings plc",
        "document": "G 1",
        "amount": Decimal(amount),
        "currency": "GBP",
        "allotted": (Allotment(company_key=KEY, amount=Decimal(amount)),),
        "valid_from": TODAY - 10 * DAY,
        "recorded_by": "bo",
        "confirmed_by": "cy",
    }
    return Security.model_validate({**values, **changes})


def contract(**changes: Any) -> InsurancePolicy:
    values: dict[str, Any] = {
        "number": "P 1",
        "insurer": "Example Credit Insurers",
        "insured_share": Decimal("0.9"),
        "currency": "GBP",
        "longest_terms_days": 60,
        "reporting_days": 60,
        "valid_from": TODAY - 100 * DAY,
        "valid_until": TODAY + 200 * DAY,
    }
    return InsurancePolicy.model_validate({**values, **changes})


def cover(state: str = "granted", amount: int | None = 40_000, **changes: Any) -> Cover:
    values: dict[str, Any] = {
        "id": "K-2026-000001",
        "company_key": KEY,
        "policy": "P 1",
        "state": state,
        "amount": amount,
        "valid_from": TODAY - 5 * DAY,
        "recorded_by": "bo",
    }
    return Cover.model_validate({**values, **changes})


def limit_change(amount: int, **changes: Any) -> LimitChange:
    """A cut; or a raise that two people have signed, until somebody ends it, unless it is said otherwise."""
    kind = "raise" if amount > LIMIT else "cut"
    signed = {"confirmed_by": "dee", "confirmed_on": TODAY - 20 * DAY} if kind == "raise" else {}
    values: dict[str, Any] = {
        "id": "L1",
        "company_key": KEY,
        "kind": kind,
        "amount": Decimal(amount),
        "currency": "GBP",
        "granted": LIMIT,
        "reason": "stock for the season",
        "asked_by": "cy",
        "valid_from": TODAY - 20 * DAY,
    }
    return LimitChange.model_validate({**values, **signed, **changes})


def hold(**changes: Any) -> Hold:
    values = {"id": "H-1", "company_key": KEY, "reason": "invoice disputed", "placed_by": "cy", "placed_on": TODAY}
    return Hold.model_validate({**values, **changes})


def stands(on_file: OnFile, day: date = TODAY, rules: CustomerRules = RULES) -> Standing:
    return standing(on_file, rules, Exchange(RATES, "GBP", day))
