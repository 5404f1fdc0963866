"""Annual accounts out of the SEC's XBRL facts.

A value is named by taxonomy, concept, unit and period; `fy` and `fp` describe the filing that repeats it, not the
period, and are not used. A fiscal year is a day with total assets on which a period of 350 to 380 days ends, both
stated in an annual report. Of what later reports restate, the latest filed counts.

Concepts change over the years and differ between filers, so each figure has a list of them. Figures are those of the
whole group, minority interests included, in equity as in net income. Interest is the expense of the period; interest
paid in cash (InterestPaidNet) is another figure and never stands in for it. Nothing is filled in by arithmetic.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from admission.errors import SourceChanged
from admission.evidence.facts import FinancialStatement
from admission.model import Text
from admission.money import CURRENCIES
from connectors.kit import Fields
from connectors.kit.words import CHECK_FORMAT

YEARS = 3
_TOTAL_ASSETS = "Assets"
_ANNUAL_FORMS = frozenset({"10-K", "10-K/A", "20-F", "20-F/A", "40-F", "40-F/A"})
_YEAR_DAYS = range(350, 381)

# The broader figure first where a filer states both: `Revenues` holds rents and interest beside sales to customers.
_BALANCE: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "us-gaap": {
        "total_assets": ("Assets",),
        "current_assets": ("AssetsCurrent",),
        "cash": ("CashAndCashEquivalentsAtCarryingValue", "Cash"),
        "inventory": ("InventoryNet",),
        "receivables": ("ReceivablesNetCurrent", "AccountsReceivableNetCurrent"),
        "goodwill": ("Goodwill",),
        "intangible_assets": ("IntangibleAssetsNetExcludingGoodwill", "FiniteLivedIntangibleAssetsNet"),
        "total_liabilities": ("Liabilities",),
        "current_liabilities": ("LiabilitiesCurrent",),
        "equity": ("StockholdersEquityIncludingPortionAttributableToNoncontrollingInterest", "StockholdersEquity"),
        "retained_earnings": ("RetainedEarningsAccumulatedDeficit",),
    },
    "ifrs-full": {
        "total_assets": ("Assets",),
        "current_assets": ("CurrentAssets",),
        "cash": ("CashAndCashEquivalents",),
        "inventory": ("Inventories",),
        "receivables": ("TradeAndOtherCurrentReceivables", "CurrentTradeReceivables"),
        "goodwill": ("Goodwill",),
        "intangible_assets": ("IntangibleAssetsOtherThanGoodwill",),
        "total_liabilities": ("Liabilities",),
        "current_liabilities": ("CurrentLiabilities",),
        "equity": ("Equity", "EquityAttributableToOwnersOfParent"),
        "retained_earnings": ("RetainedEarnings",),
    },
}
_PERIOD: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "us-gaap": {
        "revenue": (
            "Revenues",
            "RevenueFromContractWithCustomerExcludingAssessedTax",
            "RevenueFromContractWithCustomerIncludingAssessedTax",
            "SalesRevenueNet",
            "SalesRevenueGoodsNet",
            "SalesRevenueServicesNet",
        ),
        "operating_profit": ("OperatingIncomeLoss",),
        # The taxonomy of 2024 split InterestExpense; its non-operating part is what industrial filers went on with.
        "interest_expense": ("InterestExpense", "InterestExpenseNonoperating", "InterestExpenseDebt"),
        "net_income": ("ProfitLoss", "NetIncomeLoss"),
        "depreciation": (
            "DepreciationDepletionAndAmortization",
            "DepreciationAmortizationAndAccretionNet",
            "DepreciationAndAmortization",
        ),
        "operating_cash_flow": ("NetCashProvidedByUsedInOperatingActivities",),
    },
    "ifrs-full": {
        "revenue": ("Revenue", "RevenueFromContractsWithCustomers"),
        "operating_profit": ("ProfitLossFromOperatingActivities",),
        # FinanceCosts is the broader line of the income statement, for filers who do not state interest apart.
        "interest_expense": ("InterestExpense", "FinanceCosts"),
        "net_income": ("ProfitLoss",),
        "depreciation": ("DepreciationAndAmortisationExpense", "AdjustmentsForDepreciationAndAmortisationExpense"),
        # CashFlowsFromUsedInOperations is before interest and tax, and so not this figure.
        "operating_cash_flow": ("CashFlowsFromUsedInOperatingActivities",),
    },
}


Period = tuple[date | None, date]


@dataclass(frozen=True, order=True)
class Value:
    """One stated value. Ordered by what counts: the latest filed, then the rest so that nothing is left to chance."""

    filed_on: date
    filing: str
    amount: Decimal


@dataclass(frozen=True)
class Accounts:
    """All annual values of a filer by one standard: by concept, currency and period, each as often as it was filed."""

    standard: str
    values: Mapping[tuple[str, str], Mapping[Period, list[Value]]]

    def fiscal_years(self, currency: str) -> dict[date, date]:
        """Return the balance sheet days in a currency, each with the first day of the year that ends on it."""
        starts: dict[date, Counter[date]] = {}
        for concept in _concepts(_PERIOD[self.standard]):
            for start, end in self.values.get((concept, currency), ()):
                if start is not None:
                    starts.setdefault(end, Counter())[start] += 1
        days = {end for _, end in self.values.get((_TOTAL_ASSETS, currency), ())}
        # Should two years end on one day, most figures decide, and then the longer year.
        return {
            end: min(counted, key=lambda start: (-counted[start], start))
            for end, counted in starts.items()
            if end in days
        }

    def figure(self, concepts: Sequence[str], currency: str, period: Period) -> Decimal | None:
        """Return the latest filed value among the concepts that may state a figure; of equals, the first concept's."""
        stated = [
            (max(values), -place)
            for place, concept in enumerate(concepts)
            if (values := self.values.get((concept, currency), {}).get(period))
        ]
        if not stated:
            return None
        return max(stated, key=lambda item: (item[0].filed_on, item[1]))[0].amount

    def first_filed_on(self, currency: str, end: date) -> date:
        """Return the day on which the balance sheet of a day was first filed."""
        return min(value.filed_on for value in self.values[_TOTAL_ASSETS, currency][None, end])


@dataclass(frozen=True)
class Read:
    """What was read: statements, newest first, and columns of the rows that nobody knows yet."""

    statements: tuple[FinancialStatement, ...]
    unknown_columns: tuple[str, ...]


def statements(facts: Fields, source: str) -> Read:
    """Read the annual accounts of the last three fiscal years.

    Args:
        facts: the table `facts` of the answer, by taxonomy.
        source: name of the source.

    Raises:
        SourceChanged: a row lacks its end, value, form or filing day, or total assets are in no currency.
    """
    unknown: set[str] = set()
    by_standard: list[list[FinancialStatement]] = []
    for standard in _BALANCE:
        concepts = facts.pop(standard)
        if concepts is not None:
            accounts = Accounts(standard, _read_values(Fields(concepts, f"facts.{standard}"), standard, unknown))
            by_standard.append(_newest_statements(accounts, source))
    # A filer that has changed its standard goes on in the one of its newest accounts.
    newest = max(by_standard, key=lambda found: found[0].period_end if found else date.min, default=[])
    return Read(tuple(newest), tuple(sorted(unknown)))


def _concepts(figures: Mapping[str, Sequence[str]]) -> set[str]:
    return {concept for concepts in figures.values() for concept in concepts}


def _read_values(
    taxonomy: Fields, standard: str, unknown: set[str]
) -> dict[tuple[str, str], dict[Period, list[Value]]]:
    """Read the annual values of the concepts we use; columns that nobody knows yet are added to `unknown`."""
    values: dict[tuple[str, str], dict[Period, list[Value]]] = {}
    for concept in _concepts(_BALANCE[standard]) | _concepts(_PERIOD[standard]):
        entry = taxonomy.pop_fields(concept)
        if entry is None:
            continue
        units = entry.need_fields("units")
        currencies = [unit for unit in units.names if unit in CURRENCIES]
        if concept == _TOTAL_ASSETS and not currencies:
            raise SourceChanged(
                Text(
                    en="Total assets at the SEC are in no currency that is known.",
                    zh="SEC 所列总资产的币种均无法识别。",
                ),
                context={"field": f"facts.{standard}.{concept}.units"},
                remedy=CHECK_FORMAT,
            )
        for currency in currencies:
            periods = values.setdefault((concept, currency), {})
            for row in units.need_rows(currency):
                stated = _read_value(row, is_balance=concept in _concepts(_BALANCE[standard]))
                if stated is not None:
                    periods.setdefault(stated[0], []).append(stated[1])
                unknown.update(f"facts[].{name}" for name in row.names)
    return values


def _read_value(row: Fields, *, is_balance: bool) -> tuple[Period, Value] | None:
    """Read one row; None for what is not of a year's accounts."""
    form, start, end = row.need_text("form"), row.pop_date("start"), row.need_date("end")
    value = Value(row.need_date("filed"), row.pop_text("accn") or "", row.need_decimal("val"))
    for repeated in ("fy", "fp", "frame"):
        row.pop(repeated)
    if form not in _ANNUAL_FORMS:
        return None
    if is_balance:
        return ((None, end), value) if start is None else None
    return ((start, end), value) if start is not None and (end - start).days in _YEAR_DAYS else None


def _newest_statements(accounts: Accounts, source: str) -> list[FinancialStatement]:
    years = {
        currency: found
        for concept, currency in accounts.values
        if concept == _TOTAL_ASSETS and (found := accounts.fiscal_years(currency))
    }
    newest = sorted({end for found in years.values() for end in found}, reverse=True)[:YEARS]
    if not newest:
        return []
    # Filers abroad often add their newest year in dollars for convenience; their accounts are in the other currency.
    currency = max(years, key=lambda name: (len(years[name].keys() & set(newest)), name == "USD", name))
    ends = sorted(years[currency], reverse=True)[:YEARS]
    return [_statement(accounts, currency, years[currency][end], end, source) for end in ends]


def _statement(accounts: Accounts, currency: str, start: date, end: date, source: str) -> FinancialStatement:
    standard = accounts.standard
    figures: dict[str, Decimal | None] = {
        name: accounts.figure(concepts, currency, (None, end)) for name, concepts in _BALANCE[standard].items()
    }
    for name, concepts in _PERIOD[standard].items():
        figures[name] = accounts.figure(concepts, currency, (start, end))
    return FinancialStatement.model_validate(
        {
            "source": source,
            "period_start": start,
            "period_end": end,
            "currency": currency,
            "standard": standard,
            "filed_on": accounts.first_filed_on(currency, end),
            **figures,
        }
    )
