"""What a house expects to lose of what a customer owes: the reserve by ageing, and the expected loss."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

from admission.customers.ledger.owed import Owed
from admission.customers.ledger.receivables import Ageing
from admission.customers.standing.in_force import OnFile, uncovered
from admission.money import Exchange
from admission.policy.customer_rules import CustomerRules
from admission.policy.loss_rules import ReserveShares

NOTHING = Decimal(0)
_CENT = Decimal("0.01")


class Debts(NamedTuple):
    """What the ledger that counts tells of all customers.

    Attributes:
        as_of: the day of the ledger.
        owed: by company key, what each owes; of a customer who is not in it, it is not known.
        default_rates: by grade, as the policy has them; grades without one are left out.
    """

    as_of: date
    owed: Mapping[str, Owed]
    default_rates: Mapping[str, Decimal]


class Loss(NamedTuple):
    """What one customer owes and what of it may be lost, in the house currency.

    Attributes:
        exposure: the balance; 0 where credits exceed invoices, for they pay nobody else's debts.
        reserve: for bad debts, by age; credits do not lower it.
        expected: probability of default x loss given default x what nothing covers; None where the grade has no
            default rate.
    """

    exposure: Decimal
    reserve: Decimal
    expected: Decimal | None


def loss_of(file: OnFile, debts: Debts, rules: CustomerRules, exchange: Exchange) -> Loss | None:
    """Return what may be lost of what a customer owes; None where it is not known what that is.

    Args:
        file: what is on file for the customer.
        debts: of the ledger that counts.
        rules: of the policy in force.
        exchange: of today, for securities and cover; what is owed counts at the rates of the ledger's day.
    """
    owed = debts.owed.get(file.customer.company_key)
    if owed is None:
        return None
    exposure = rounded(max(NOTHING, owed.balance))
    rate = debts.default_rates.get(file.customer.grade)
    at_risk = uncovered(exposure, file, rules, exchange)
    expected = None if rate is None else rounded(rate * rules.loss_given_default * at_risk)
    return Loss(exposure, reserve_of(owed.ageing, rules.reserve), expected)


def reserve_of(ageing: Ageing, shares: ReserveShares) -> Decimal:
    """Return what is reserved of a customer's open invoices and returned payments, contested ones too."""
    columns = ((getattr(ageing, name), getattr(shares, name)) for name in Ageing.model_fields)
    return rounded(sum((amount * share for amount, share in columns), NOTHING))


def rounded(amount: Decimal) -> Decimal:
    """Round to the cent, half to even, so that sums of customers are exact."""
    return amount.quantize(_CENT, ROUND_HALF_EVEN)
