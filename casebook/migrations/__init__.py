"""Alembic's migrations of the casebook, run by `Casebook.create`."""
