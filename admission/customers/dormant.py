"""Dormant customers: they have neither bought nor ordered for months, as far as the ledger can tell."""

from __future__ import annotations

from datetime import date

from admission.customers.ledger.counted import Counted
from admission.customers.ledger.imports import CompanyAccounts
from admission.customers.ledger.trading import find_last_trade
from admission.customers.reviews import months_later
from admission.model import Text
from admission.money import Exchange
from admission.policy.customer_rules import CustomerRules


def dormant_since(
    accounts: CompanyAccounts | None, admitted_on: date, rules: CustomerRules, exchange: Exchange
) -> date | None:
    """Return the day of the last invoice or order of a dormant customer; None where it is not, or cannot be told.

    The months are counted back from the day of the ledger. It cannot be told where the ledger is too old, has no
    account of the customer or not all of its rows, has no invoice or order of it, or does not hold every document of
    these months: an invoice that was settled since may be missing.

    Args:
        accounts: what the ledger that counts holds of the customer; None where no ledger was loaded.
        admitted_on: a customer is not dormant before it could have bought for so many months.
        rules: of the policy in force.
        exchange: of today.
    """
    if rules.dormant_months is None or accounts is None or not accounts.whole:
        return None
    counted = Counted(accounts.ledger, exchange)
    before = months_later(counted.day, -rules.dormant_months)
    if (exchange.on - counted.day).days > rules.orders.ledger_days or not counted.reaches(before):
        return None
    last = find_last_trade(counted)
    return None if isinstance(last, Text) or max(last, admitted_on) > before else last
