"""What a customer owes by age, without the other figures of its ledger: for sums over all customers."""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import NamedTuple

from admission.customers.ledger.counted import Counted
from admission.customers.ledger.receivables import Ageing, find_ageing, find_unallocated
from admission.customers.ledger.records import CustomerLedger
from admission.model import Text
from admission.money import Exchange

# Fifteen digits of an amount, nine of a rate, six of a count of documents and four places.
DIGITS = 60


class OpenAccount(NamedTuple):
    """What is open under one customer number.

    Attributes:
        company_key: whose number it is.
        ledger: the open documents alone.
        whole: False where a row of this number was left out.
    """

    company_key: str
    ledger: CustomerLedger
    whole: bool


class Owed(NamedTuple):
    """What a customer owes, in the currency of the house.

    Attributes:
        ageing: of open invoices and returned payments; contested amounts too.
        unallocated: open payments and credit notes, zero or below.
    """

    ageing: Ageing
    unallocated: Decimal

    @property
    def balance(self) -> Decimal:
        """Return all that is open; below zero where credits exceed invoices."""
        return self.ageing.total + self.unallocated

    def plus(self, other: Owed) -> Owed:
        """Return what is owed under two customer numbers together."""
        ageing = {name: getattr(self.ageing, name) + getattr(other.ageing, name) for name in Ageing.model_fields}
        return Owed(Ageing(**ageing), self.unallocated + other.unallocated)


def find_owed(account: OpenAccount, exchange: Exchange) -> Owed | None:
    """Return what is owed under one customer number, as the figures of its ledger have it.

    None where it is not known: a row was left out, or an open amount has no rate.

    Args:
        account: what is open.
        exchange: the currency of the house, at the rates of the day of the ledger.
    """
    if not account.whole:
        return None
    with localcontext() as context:
        context.prec = DIGITS
        counted = Counted(account.ledger, exchange)
        ageing, unallocated = find_ageing(counted), find_unallocated(counted)
    if isinstance(ageing, Text) or isinstance(unallocated, Text):
        return None
    return Owed(ageing, unallocated)
