"""Customers once they are admitted: when they are reviewed, and how their debts went."""
