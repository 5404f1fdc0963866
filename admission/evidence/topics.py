"""The subjects of investigation."""

from __future__ import annotations

from enum import StrEnum


class Topic(StrEnum):
    """A subject of investigation. Absence (no insolvency, no charge, no hit) is only known where it was covered."""

    IDENTITY = "identity"
    ACCOUNTS = "accounts"
    FILINGS = "filings"
    INSOLVENCY = "insolvency"
    CHARGES = "charges"
    OFFICERS = "officers"
    CREDIT = "credit"
    PAYMENT = "payment"
    WATCHLIST = "watchlist"
    DISHONEST_DEBTORS = "dishonest_debtors"
    ENFORCEMENT = "enforcement"
    CONSUMPTION_LIMITS = "consumption_limits"
    ABNORMAL_OPERATIONS = "abnormal_operations"
    PENALTIES = "penalties"
    REGISTRATION = "registration"
    JUDGMENTS = "judgments"
    LAWSUITS = "lawsuits"
    COMMERCIAL_PAPER = "commercial_paper"
    OWN_LEDGER = "own_ledger"
