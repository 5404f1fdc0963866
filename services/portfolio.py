"""The portfolio of the house as it stands today."""

from __future__ import annotations

from admission.customers.portfolio import Portfolio, portfolio_of
from admission.customers.standing.in_force import standing
from admission.money import Exchange
from services.customer_standing import files_of
from wiring.house import House


def portfolio(house: House) -> Portfolio:
    """Sum up all active customers, as of today."""
    policy = house.policy_in_force()
    exchange = Exchange(house.rates, policy.house_currency, house.today())
    files = list(files_of(house, house.casebook.customers.all()))
    stands = [standing(file, policy.customers, exchange) for file in files]
    return portfolio_of(files, stands, policy.customers, exchange)
