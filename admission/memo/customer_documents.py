"""A customer as a JSON document: the limit in force with its reasons, and what is on file."""

from __future__ import annotations

from typing import Any

from admission.cases import Customer
from admission.customers.earned_steps import Steps
from admission.customers.orders.group_view import GroupView
from admission.customers.standing.in_force import OnFile, Standing
from admission.memo.group_documents import group_use
from admission.model import Language


def standing_document(stands: Standing, language: Language) -> dict[str, Any]:
    """Return what a customer may have, with every sentence in one language."""
    return {
        **stands.model_dump(mode="json", exclude={"reasons", "warnings", "raised"}),
        "why": stands.why.to(language),
        "reasons": [
            {"code": str(reason.code), "amount": str(reason.amount), "text": reason.text.to(language)}
            for reason in stands.reasons
        ],
        "raised": None if stands.raised is None else stands.raised.to(language),
        "warnings": [text.to(language) for text in stands.warnings],
    }


def customer_line(customer: Customer, stands: Standing, language: Language) -> dict[str, Any]:
    """Return a customer as one line of a list."""
    return {
        **customer.model_dump(mode="json", exclude={"application", "open_limit"}),
        "limit_in_force": str(stands.in_force),
        "until": None if stands.until is None else stands.until.isoformat(),
        "hold": stands.hold,
        "why": stands.why.to(language),
    }


def customer_document(
    file: OnFile, stands: Standing, group: GroupView | None, language: Language, steps: Steps | None = None
) -> dict[str, Any]:
    """Return a customer with everything that is on file.

    Args:
        file: what is on file.
        stands: what is in force by that.
        group: of the customer, where that has a limit.
        language: of every sentence.
        steps: where the customer stands on the ladder of earned steps; None where the policy has none.
    """
    ladder = {} if steps is None else {"earned_steps": _steps_document(steps, language)}
    return {
        **file.customer.model_dump(mode="json", exclude={"application"}),
        "limit_in_force": str(stands.in_force),
        "standing": {**standing_document(stands, language), "group": group_use(group, language)},
        "conditions": [item.model_dump(mode="json") for item in file.conditions],
        "securities": [item.model_dump(mode="json") for item in file.own_securities],
        "covers": [word.model_dump(mode="json") for contract in file.contracts for word in contract.words],
        "holds": [item.model_dump(mode="json") for item in file.holds],
        "limit_changes": [item.model_dump(mode="json") for item in file.limit_changes],
        **ladder,
    }


def _steps_document(steps: Steps, language: Language) -> dict[str, Any]:
    """Return what limit steps have led to or lead to next, and what earns or bars the next one."""
    return {
        "amount": None if steps.amount is None else str(steps.amount),
        "rest_until": None if steps.rest_until is None else steps.rest_until.isoformat(),
        "text": steps.told.to(language),
    }
