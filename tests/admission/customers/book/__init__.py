"""Customers that came with the house's own book."""
