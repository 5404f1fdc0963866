"""The list of an act on many customers, with what each would have after it, and its sums."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

from admission.customers.bulk.acts import BulkMember, BulkSums
from admission.customers.bulk.effects import Effect, after
from admission.customers.bulk.selecting import Selected
from admission.customers.standing.in_force import OnFile, standing_on
from admission.money import Exchange
from admission.policy.customer_rules import CustomerRules

_CENT = Decimal("0.01")


class Judged(NamedTuple):
    """A customer with what an act does to it.

    Attributes:
        exposure: in the house currency; None where it is not known.
    """

    file: OnFile
    effect: Effect
    exposure: Decimal | None


def member_of(judged: Judged, rules: CustomerRules, exchange: Exchange) -> BulkMember:
    """Return a customer as the list has it.

    Args:
        judged: the customer.
        rules: of the policy in force.
        exchange: of today.
    """
    file, customer, today = judged.file, judged.file.customer, exchange.on
    now = standing_on(file, rules, exchange, today)
    then = now if judged.effect.left_out else standing_on(after(judged.effect, file, today), rules, exchange, today)
    limit, in_force, left = (_in_house(amount, customer.currency, exchange) for amount in (customer.limit, now, then))
    return BulkMember(
        company_key=customer.company_key,
        legal_name=customer.legal_name,
        case=customer.last_case,
        left_out=judged.effect.left_out,
        ends=judged.effect.ends,
        limit=limit,
        in_force=in_force,
        after=left,
        exposure=judged.exposure,
    )


def in_order(members: Iterable[BulkMember]) -> list[BulkMember]:
    """Return the members with their places: by exposure, the largest first; where it is not known, by limit."""

    def rank(member: BulkMember) -> tuple[bool, bool, Decimal, Decimal, str]:
        largest = -(member.exposure or Decimal(0)), -(member.limit or Decimal(0))
        return (member.left_out is not None, member.exposure is None, *largest, member.company_key)

    ordered = sorted(members, key=rank)
    return [member.model_copy(update={"place": place}) for place, member in enumerate(ordered, 1)]


def sums_of(members: Sequence[BulkMember], selected: Selected, currency: str) -> BulkSums:
    """Sum up a list; what is not known is counted, and never taken for nothing.

    Args:
        members: of the list.
        selected: how they were found.
        currency: of the house.
    """
    touched = [member for member in members if member.left_out is None]
    rated = [member for member in touched if None not in (member.limit, member.in_force, member.after)]
    return BulkSums(
        currency=currency,
        customers=len(touched),
        left_out=dict(Counter(member.left_out for member in members if member.left_out is not None)),
        limits=_sum(member.limit for member in rated),
        in_force=_sum(member.in_force for member in rated),
        after=_sum(member.after for member in rated),
        without_rate=len(touched) - len(rated),
        exposure=_sum(member.exposure for member in touched),
        exposure_unknown=sum(member.exposure is None for member in touched),
        unknown=selected.unknown,
        without=selected.without,
    )


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), Decimal(0))


def _in_house(amount: Decimal, currency: str, exchange: Exchange) -> Decimal | None:
    worth = exchange.convert(amount, currency)
    return None if worth is None else worth.quantize(_CENT, ROUND_HALF_EVEN)
