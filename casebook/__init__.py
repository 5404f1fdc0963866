"""The casebook: the truth about cases, evidence, votes and customers. Only this room knows SQLAlchemy."""

from __future__ import annotations

from casebook.book import Casebook

__all__ = ["Casebook"]
