"""The portfolio of the house as it stands today."""

from __future__ import annotations

from datetime import date

from admission.customers.ledger.owed import Owed, find_owed
from admission.customers.losses import Debts
from admission.customers.portfolio import Portfolio, portfolio_of
from admission.customers.standing.in_force import standing
from admission.money import Exchange
from admission.policy import Policy
from services.customer_standing import files_of
from wiring.house import House


def portfolio(house: House) -> Portfolio:
    """Sum up all active customers, as of today: what they may have, owe and may cost."""
    policy = house.policy_in_force()
    rules, exchange = policy.customers, house.exchange_by(policy)
    files = list(files_of(house, house.casebook.customers.all()))
    stands = [standing(file, rules, exchange) for file in files]
    return portfolio_of(files, stands, rules, exchange, debts_of(house, policy))


def debts_of(house: House, policy: Policy) -> Debts | None:
    """Return what the ledger that counts tells of all customers, read once; None where none was ever loaded.

    Args:
        house: the house.
        policy: in force; amounts are in its currency, at the rates of the day of the ledger.
    """
    as_of: date | None = None
    exchange: Exchange | None = None
    owed: dict[str, Owed] = {}
    unknown: set[str] = set()
    for account in house.casebook.ledgers.open_accounts():
        if exchange is None:
            as_of = account.ledger.as_of
            exchange = Exchange(house.rates, policy.house_currency, as_of)
        key, found = account.company_key, find_owed(account, exchange)
        if found is None:
            unknown.add(key)
        else:
            owed[key] = owed[key].plus(found) if key in owed else found
    if as_of is None:
        return None
    known = {key: amounts for key, amounts in owed.items() if key not in unknown}
    rates = {grade.name: policy.default_rate(grade.name) for grade in policy.grades}
    return Debts(as_of, known, {name: rate for name, rate in rates.items() if rate is not None})
