"""Limits that rise by steps for who pays on time, and fall back: done by the system where the policy says so."""

from __future__ import annotations

from collections.abc import Sequence

from admission.assessment.exposure import ExposureLedger
from admission.cases import Customer
from admission.customers.earned_steps import Seen, Steps, earned_steps, fits_caps
from admission.customers.standing.decided import BY_POLICY
from admission.customers.standing.in_force import OnFile, Standing, standing
from admission.customers.standing.limit_changes import Earned, LimitChange, raised_limit
from admission.money import Exchange
from admission.policy import Policy
from admission.policy.earned_steps import EarnedSteps
from services.customer_standing import changes_of, files_of
from services.exposure import read_ledger
from wiring.house import House


def steps_of(house: House, file: OnFile, stands: Standing) -> Steps | None:
    """Return where a customer stands on the ladder today; None where the policy has none, or it is no customer.

    Args:
        house: the house.
        file: what is on file for the customer.
        stands: what is in force by that.
    """
    policy = house.policy_in_force()
    rules = policy.customers.earned_steps
    if rules is None or not file.customer.active:
        return None
    return earned_steps(_seen(house, policy, file, stands), rules, house.exchange_by(policy))


def climb(house: House, customers: Sequence[Customer]) -> tuple[int, int]:
    """Raise the limits of who has earned a step, and end the steps of who has lost them.

    Args:
        house: the house.
        customers: all active ones, whose limits are looked at.

    Returns:
        How many limits rose, and how many fell back.
    """
    policy = house.policy_in_force()
    exchange, rules = house.exchange_by(policy), policy.customers.earned_steps
    others = read_ledger(house, policy) if rules is not None else None
    if others is not None:
        _count_raised(house, others, customers, exchange)
    rose = fell = 0
    # Without the rule there is nothing to look at, but for what an earlier policy let customers earn.
    for file in files_of(house, customers if rules is not None else _on_a_step(house, customers)):
        up, down = _step(house, policy, rules, file, others)
        rose, fell = rose + up, fell + down
    return rose, fell


def _count_raised(house: House, others: ExposureLedger, customers: Sequence[Customer], exchange: Exchange) -> None:
    """Count limits as they are today: the caps bound what was granted, and here what was earned as well."""
    for customer, changes in changes_of(house, customers):
        limit, change = raised_limit(customer, tuple(changes), exchange.on)
        if change is not None:
            others.put(customer.model_copy(update={"limit": limit}))


def _step(
    house: House, policy: Policy, rules: EarnedSteps | None, file: OnFile, others: ExposureLedger | None
) -> tuple[bool, bool]:
    exchange, customer, before = house.exchange_by(policy), file.customer, _open_steps(file.limit_changes)
    if rules is None:
        _fall_back(house, before, "policy", exchange)
        return False, True
    stands = standing(file, policy.customers, exchange)
    steps = earned_steps(_seen(house, policy, file, stands), rules, exchange)
    if steps.amount is None or steps.earned is None:
        _fall_back(house, before, steps.why or "policy", exchange)
        return False, bool(before)
    kept = [one for one in before if (one.amount, one.earned) == (steps.amount, steps.earned)][-1:]
    rises = steps.amount > max((one.amount for one in before), default=customer.limit)
    if kept:
        _fall_back(house, [one for one in before if one not in kept], "replaced", exchange)
        return False, False
    if rises and others is not None:
        if not fits_caps(customer, steps.amount, others, policy.appetite.caps, exchange):
            return False, False
        others.put(customer.model_copy(update={"limit": steps.amount}))
    house.casebook.limit_changes.add(_raise(customer, steps.earned, steps, exchange), customer.last_case)
    _fall_back(house, before, "replaced", exchange)
    return rises, not rises


def _fall_back(house: House, steps: Sequence[LimitChange], why: str, exchange: Exchange) -> None:
    for one in steps:
        house.casebook.limit_changes.fall_back(one.id, exchange.on, why)


def _on_a_step(house: House, customers: Sequence[Customer]) -> list[Customer]:
    return [customer for customer, changes in changes_of(house, customers) if _open_steps(changes)]


def _open_steps(changes: Sequence[LimitChange]) -> list[LimitChange]:
    return [one for one in changes if one.earned is not None and one.state == "open"]


def _raise(customer: Customer, earned: Earned, steps: Steps, exchange: Exchange) -> LimitChange:
    facts = earned.words()
    return LimitChange(
        id="",
        company_key=customer.company_key,
        kind="raise",
        amount=steps.amount or customer.limit,
        currency=customer.currency,
        granted=customer.limit,
        reason=f"{facts.en} · {facts.zh}",
        asked_by=BY_POLICY,
        valid_from=exchange.on,
        earned=earned,
    )


def _seen(house: House, policy: Policy, file: OnFile, stands: Standing) -> Seen:
    customer = file.customer
    decision = house.casebook.cases.get(customer.last_case).decision
    assessed = decision is not None and decision.assessment != "" and customer.assessed
    return Seen(
        file=file,
        stands=stands,
        decision=decision,
        assessment=house.casebook.work.assessment_by_sha(decision.assessment) if decision and assessed else None,
        accounts=house.casebook.ledgers.of(customer.company_key),
        grades=tuple(grade.name for grade in policy.grades),
        ledger_days=policy.customers.orders.ledger_days,
    )
