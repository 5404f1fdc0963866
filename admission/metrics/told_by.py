"""Who can tell a metric: the applicant, a source that has to be asked, or the house itself.

What the applicant could hand in counts at its worst where it is not told, whatever sources are set up: whoever hides a
bad figure must not gain by it. What only a source could tell that nobody has set up is nobody's silence.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from admission.evidence.answers import Answer, Coverage
from admission.evidence.topics import Topic

Teller = Literal["applicant", "source", "house"]

# Metrics that registers, courts, bureaus and lists alone can tell, each with the subjects that they are asked about.
ASKED_ABOUT: Mapping[str, tuple[Topic, ...]] = {
    "years_trading": (Topic.IDENTITY,),
    "accounts_overdue": (Topic.IDENTITY,),
    "headcount": (Topic.IDENTITY,),
    "paid_in_capital": (Topic.IDENTITY,),
    "industry_code": (Topic.IDENTITY,),
    "industry_excluded": (Topic.IDENTITY,),
    "industry_risk": (Topic.IDENTITY,),
    "registry_verified": (Topic.IDENTITY,),
    "registered_active": (Topic.IDENTITY,),
    "strike_off_proposed": (Topic.IDENTITY,),
    "ownership_stable": (Topic.OFFICERS,),
    "credit_score": (Topic.CREDIT,),
    "bureau_limit": (Topic.CREDIT,),
    "days_beyond_terms": (Topic.PAYMENT,),
    "late_invoice_share": (Topic.PAYMENT,),
    "open_insolvency": (Topic.INSOLVENCY,),
    "insolvency_history": (Topic.INSOLVENCY,),
    "open_charges": (Topic.CHARGES,),
    "distress_filings_24m": (Topic.FILINGS,),
    "watchlist_hits": (Topic.WATCHLIST,),
    "watchlist_confirmed": (Topic.WATCHLIST,),
    "dishonest_debtor": (Topic.DISHONEST_DEBTORS,),
    "consumption_limit": (Topic.CONSUMPTION_LIMITS,),
    "abnormal_operations": (Topic.ABNORMAL_OPERATIONS,),
    "abnormal_operations_history": (Topic.ABNORMAL_OPERATIONS,),
    "open_enforcement": (Topic.ENFORCEMENT,),
    "penalties_36m": (Topic.PENALTIES,),
    "open_judgments": (Topic.JUDGMENTS,),
    "judgments_36m": (Topic.JUDGMENTS,),
    "open_judgments_amount": (Topic.JUDGMENTS,),
    "judgments_to_equity": (Topic.JUDGMENTS,),
    "months_since_judgment": (Topic.JUDGMENTS,),
    "open_lawsuits": (Topic.LAWSUITS,),
    "lawsuit_amount": (Topic.LAWSUITS,),
    "lawsuits_to_equity": (Topic.LAWSUITS,),
    "bureau_score_position": (Topic.CREDIT,),
    "bureau_band": (Topic.CREDIT,),
    "auditor_changes_24m": (Topic.FILINGS,),
    "impairments_24m": (Topic.FILINGS,),
    "new_directors_12m": (Topic.OFFICERS,),
    "legal_representative_changes_12m": (Topic.REGISTRATION,),
    "owner_changes_12m": (Topic.REGISTRATION,),
    "paid_in_share": (Topic.REGISTRATION,),
    "insured_staff": (Topic.REGISTRATION,),
    "uninsured_after_3y": (Topic.REGISTRATION,),
    "commercial_paper_overdue": (Topic.COMMERCIAL_PAPER,),
}
# What the house knows by itself: its ledger, and what its people judge.
HOUSE = frozenset(
    {
        "own_overdue_days",
        "bounced_payment_12m",
        "annual_overdue_count",
        "market_position",
        "competitive_edge",
        "management_quality",
        "growth_potential",
        "cooperation_so_far",
    }
)
# What the house's own ledger tells, once one is loaded.
OWN_LEDGER = frozenset({"own_overdue_days", "bounced_payment_12m", "annual_overdue_count"})
# Nobody can be asked for these yet: no source tells them.
NOT_TOLD = frozenset({"altman_z", "late_invoice_share", "ownership_stable"})


def teller_of(name: str) -> Teller:
    """Return who can tell a metric; figures of accounts and what is declared are the applicant's to tell."""
    if name in HOUSE:
        return "house"
    return "source" if name in ASKED_ABOUT else "applicant"


def is_nobody_asked(name: str, coverage: Coverage) -> bool:
    """True where nobody who could tell a metric was asked, because nothing that could tell it is set up.

    A source that was not asked for want of a number that the applicant did not give does not count as such, nor does
    one that was asked and could not answer.
    """
    if name in OWN_LEDGER:
        return not coverage.gaps_in(Topic.OWN_LEDGER)
    if name in NOT_TOLD or name in HOUSE:
        return True
    topics = ASKED_ABOUT.get(name)
    return topics is not None and not any(_is_asked(topic, coverage) for topic in topics)


def is_without_answer(name: str, coverage: Coverage) -> bool:
    """True where a source that could tell a metric could not be asked: nobody's doing, and not a clean record.

    So it is where a ledger is loaded that is too old, or not whole for the company.

    For figures of accounts that holds only where nobody else told any: who hands in some keeps back the rest.
    """
    if name in OWN_LEDGER:
        return bool(coverage.gaps_in(Topic.OWN_LEDGER))
    topics = ASKED_ABOUT.get(name)
    if topics is None:
        topics = () if coverage.answered.get(Topic.ACCOUNTS) else (Topic.ACCOUNTS,)
    return any(gap.answer in _NO_ANSWER for topic in topics for gap in coverage.gaps_in(topic))


_NO_ANSWER = frozenset({Answer.UNAVAILABLE, Answer.REFUSED, Answer.CHALLENGED, Answer.CHANGED, Answer.IN_DOUBT})


def _is_asked(topic: Topic, coverage: Coverage) -> bool:
    gaps = coverage.gaps_in(topic)
    return bool(coverage.answered.get(topic)) or any(gap.answer is not Answer.NOT_CONFIGURED for gap in gaps)
