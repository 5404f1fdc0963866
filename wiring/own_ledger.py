"""The house's own ledger as a source: what the casebook holds of a company, in the currency of the house."""

from __future__ import annotations

from collections.abc import Callable

from admission.customers.ledger.accounts import KeptAccount
from admission.customers.ledger.figures import reckon_ledger
from admission.money import Exchange, RateTable
from casebook import Casebook


def account_of(
    casebook: Casebook, rates: Callable[[], RateTable], currency: Callable[[], str], company_key: str
) -> KeptAccount | None:
    """Return what the ledger that counts tells of a company; None where no ledger was ever loaded.

    Args:
        casebook: where the ledger is.
        rates: gives the house's rates; those of the day of the ledger count.
        currency: gives the currency of the house.
        company_key: of the company.
    """
    found = casebook.ledgers.of(company_key)
    if found is None:
        return None
    told = bool(found.numbers) and found.whole
    exchange = Exchange(rates(), currency(), found.of.as_of) if told else None
    return KeptAccount(
        ledger=found.of.id,
        company=company_key,
        as_of=found.of.as_of,
        accounts=found.numbers,
        account_count=len(found.numbers),
        whole=found.whole,
        figures=None if exchange is None else reckon_ledger(found.ledger, exchange),
    )
