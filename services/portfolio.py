"""The portfolio of the house as it stands today."""

from __future__ import annotations

from admission.customers.portfolio import Portfolio, portfolio_of
from admission.customers.standing.in_force import standing
from services.customer_standing import files_of, rules_of_today
from wiring.house import House


def portfolio(house: House) -> Portfolio:
    """Sum up all active customers, as of today."""
    rules = rules_of_today(house)
    files = list(files_of(house, house.casebook.customers.all()))
    return portfolio_of(files, [standing(file, *rules) for file in files], *rules)
