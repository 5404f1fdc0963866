"""Facts as pandas frames: one frame per fact table, one row per fact, with the columns that the suites look at.

Amounts become float64, which holds whole units exactly up to 9 * 10**15 and every other amount to 15 digits; the
narrowest cut of any suite is one percent, so nothing is decided by rounding. The facts themselves keep their Decimals.
A missing value is NaN, NaT or None, which Great Expectations skips; an amount that is stated but not finite turns its
row's `finite` False and is then left out of all comparisons.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from admission.application import COUNTRIES
from admission.evidence.fact_base import Fact
from admission.evidence.facts import AMOUNTS, CompanyProfile, CreditReport, Filing, FinancialStatement, LegalRecord
from admission.evidence.ledger_facts import LedgerRecord
from admission.money import CURRENCIES
from expectations.comparisons import with_comparisons
from expectations.rules import names_a_meeting, number, wrong_identifiers

PARTS_OF_ASSETS = (
    "current_assets",
    "cash",
    "inventory",
    "receivables",
    "goodwill",
    "intangible_assets",
)

# Currencies whose unit is worth less than about a hundredth of a US dollar: their largest companies state amounts a
# thousand times larger (total assets of 10**14 to 10**15 are ordinary for the largest in KRW, IDR and VND).
SMALL_UNIT_CURRENCIES = frozenset(("CLP", "COP", "GNF", "IDR", "IRR", "JPY", "KRW", "LAK", "LBP", "PYG", "UZS", "VND"))


@dataclass(frozen=True)
class Row:
    """Where a row of a frame comes from.

    Attributes:
        case: key of the case in the batch.
        position: place of the fact in its field of the case's `Facts`.
    """

    case: str
    position: int
    fact: Fact


def _days(values: Sequence[date | None]) -> npt.NDArray[np.datetime64]:
    return np.array(values, dtype="datetime64[D]").astype("datetime64[s]")


def _known(values: Sequence[str | None], known: Collection[str]) -> pd.Series[Any]:
    # Looked up here, for a suite with 250 countries in it runs four times as long.
    return pd.Series([None if value is None else value in known for value in values], dtype=object)


def _numbers(columns: dict[str, list[Decimal | None]]) -> pd.DataFrame:
    frame = pd.DataFrame({name: np.array([number(value) for value in values]) for name, values in columns.items()})
    infinite = np.isinf(frame.to_numpy())
    frame = frame.mask(infinite)
    frame["finite"] = ~infinite.any(axis=1)
    return frame


def _profiles(facts: Sequence[CompanyProfile]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "legal_name": [(fact.legal_name or "").strip() for fact in facts],
            "country_known": _known([fact.country for fact in facts], COUNTRIES),
            "identifiers_check": [not wrong_identifiers(fact.identifiers) for fact in facts],
            "headcount": np.array([fact.headcount for fact in facts], dtype=float),
            "incorporated_on": _days([fact.incorporated_on for fact in facts]),
            "trading_since": _days([fact.trading_since for fact in facts]),
            "dissolved_on": _days([fact.dissolved_on for fact in facts]),
            "last_accounts_on": _days([fact.last_accounts_on for fact in facts]),
        }
    )


def _statements(facts: Sequence[FinancialStatement]) -> pd.DataFrame:
    frame = _numbers({name: [getattr(fact, name) for fact in facts] for name in AMOUNTS})
    frame["source"] = [fact.source for fact in facts]
    frame["currency"] = [fact.currency or "" for fact in facts]
    frame["currency_known"] = frame["currency"].isin(CURRENCIES)
    frame["standard"] = [fact.standard for fact in facts]
    frame["consolidated"] = [-1 if fact.consolidated is None else int(fact.consolidated) for fact in facts]
    frame["period_start"] = _days([fact.period_start for fact in facts])
    frame["period_end"] = _days([fact.period_end for fact in facts])
    frame["filed_on"] = _days([fact.filed_on for fact in facts])
    frame["period_days"] = (frame["period_end"] - frame["period_start"]).dt.days + 1

    assets = frame["total_assets"]
    difference = (assets - frame["total_liabilities"] - frame["equity"]).abs()
    # Where assets are nothing, a difference of any size is all of them.
    frame["balance_gap"] = (difference / assets.abs()).replace(np.inf, 1.0)
    shares = frame[[*PARTS_OF_ASSETS]].div(assets, axis=0)
    shares["current_liabilities"] = frame["current_liabilities"] / frame["total_liabilities"]
    frame["largest_part"] = shares.max(axis=1)

    unit = np.where(frame["currency"].isin(SMALL_UNIT_CURRENCIES), 1000.0, 1.0)
    sizes = frame[["total_assets", "revenue"]].abs()
    # A stated nought has no unit to be wrong about.
    sizes = sizes.mask(sizes == 0)
    frame["smallest_size"] = sizes.min(axis=1)
    frame["largest_size"] = sizes.max(axis=1) / unit
    return frame


def _filings(facts: Sequence[Filing]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "filed_on": _days([fact.filed_on for fact in facts]),
            "reported_period_on": _days([None if names_a_meeting(fact.form) else fact.period_on for fact in facts]),
            "latest_event_on": _days([max((event.on for event in fact.events), default=None) for fact in facts]),
        }
    )


def _reports(facts: Sequence[CreditReport]) -> pd.DataFrame:
    names = ("score", "score_min", "score_max", "days_beyond_terms", "late_invoice_share")
    figures = {name: [getattr(fact, name) for fact in facts] for name in names}
    frame = _numbers({**figures, "limit": [fact.limit.amount if fact.limit else None for fact in facts]})
    currencies = [(fact.limit.currency or "") if fact.limit else None for fact in facts]
    frame["limit_currency_known"] = _known(currencies, CURRENCIES)
    frame["reported_on"] = _days([fact.reported_on for fact in facts])
    frame["complete"] = [fact.complete for fact in facts]
    return frame


def _legal(facts: Sequence[LegalRecord]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "source": [fact.source for fact in facts],
            "kind": [fact.kind.value for fact in facts],
            "reference": pd.Series([fact.reference.strip() or None for fact in facts], dtype=object),
            "on": _days([fact.on for fact in facts]),
            "ended_on": _days([fact.ended_on for fact in facts]),
        }
    )


def _ledgers(facts: Sequence[LedgerRecord]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "as_of": _days([fact.as_of for fact in facts]),
            "own_overdue_days": np.array([fact.own_overdue_days for fact in facts], dtype=float),
            "overdue_documents": np.array([fact.overdue_documents for fact in facts], dtype=float),
            "late_payments_12m": np.array([fact.late_payments_12m for fact in facts], dtype=float),
            "overdue_agrees": pd.Series([_overdue_agrees(fact) for fact in facts], dtype=object),
        }
    )


def _overdue_agrees(fact: LedgerRecord) -> bool | None:
    if fact.own_overdue_days is None or fact.overdue_documents is None:
        return None
    return (fact.own_overdue_days > 0) == (fact.overdue_documents > 0)


_BUILDERS: dict[str, Callable[[Any], pd.DataFrame]] = {
    "profiles": _profiles,
    "statements": _statements,
    "filings": _filings,
    "reports": _reports,
    "legal": _legal,
    "ledgers": _ledgers,
}


def frame_of(field: str, rows: Sequence[Row]) -> pd.DataFrame:
    """Build the frame of one fact table over all cases of a batch.

    Args:
        field: name of the table in `Facts`, such as `statements`.
        rows: the facts with their cases; must not be empty.

    Returns:
        One row per fact in the order given; `row` is its place and `case` a number that stands for its case.
    """
    frame = _BUILDERS[field]([row.fact for row in rows])
    frame["row"] = np.arange(len(rows))
    frame["case"] = pd.factorize(np.array([row.case for row in rows], dtype=object))[0]
    if field == "statements":
        frame = with_comparisons(frame, [row.fact for row in rows], AMOUNTS)
    return frame
