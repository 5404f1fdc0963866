"""Which concepts of the taxonomies state which figure.

Concepts change over the years and differ between filers, so each figure has a list of them, the broader first. Figures
are those of the whole group, minority interests included, in equity as in net income. Interest is the expense of the
period; interest paid in cash (InterestPaidNet) is another figure and never stands in for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

Figures = Mapping[str, tuple[str, ...]]

# Both sides of the balance sheet, of which one stands in for the other.
TOTALS: Figures = {
    "us-gaap": ("Assets", "LiabilitiesAndStockholdersEquity"),
    "ifrs-full": ("Assets", "EquityAndLiabilities"),
}
BALANCE: Mapping[str, Figures] = {
    "us-gaap": {
        "current_assets": ("AssetsCurrent",),
        "cash": ("CashAndCashEquivalentsAtCarryingValue", "Cash"),
        "inventory": ("InventoryNet",),
        "receivables": ("ReceivablesNetCurrent", "AccountsReceivableNetCurrent"),
        "total_liabilities": ("Liabilities",),
        "current_liabilities": ("LiabilitiesCurrent",),
        "payables": ("AccountsPayableCurrent", "AccountsPayableTradeCurrent"),
        "equity": ("StockholdersEquityIncludingPortionAttributableToNoncontrollingInterest", "StockholdersEquity"),
        "retained_earnings": ("RetainedEarningsAccumulatedDeficit",),
    },
    "ifrs-full": {
        "current_assets": ("CurrentAssets",),
        "cash": ("CashAndCashEquivalents",),
        "inventory": ("Inventories",),
        "receivables": ("TradeAndOtherCurrentReceivables", "CurrentTradeReceivables"),
        "total_liabilities": ("Liabilities",),
        "current_liabilities": ("CurrentLiabilities",),
        "payables": ("TradeAndOtherCurrentPayables", "TradeAndOtherCurrentPayablesToTradeSuppliers"),
        "equity": ("Equity", "EquityAttributableToOwnersOfParent"),
        "retained_earnings": ("RetainedEarnings",),
    },
}
FLOWS: Mapping[str, Figures] = {
    "us-gaap": {
        "cost_of_sales": ("CostOfRevenue", "CostOfGoodsAndServicesSold", "CostOfGoodsSold"),
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
        "cost_of_sales": ("CostOfSales",),
        "operating_profit": ("ProfitLossFromOperatingActivities",),
        # FinanceCosts is the broader line of the income statement, for filers who do not state interest apart.
        "interest_expense": ("InterestExpense", "FinanceCosts"),
        "net_income": ("ProfitLoss",),
        "depreciation": ("DepreciationAndAmortisationExpense", "AdjustmentsForDepreciationAndAmortisationExpense"),
        # CashFlowsFromUsedInOperations is before interest and tax, and so not this figure.
        "operating_cash_flow": ("CashFlowsFromUsedInOperatingActivities",),
    },
}

# The first is the whole; each of the others may be one line of several.
REVENUE: Figures = {
    "us-gaap": (
        "Revenues",
        "RevenueFromContractWithCustomerExcludingAssessedTax",
        "RevenueFromContractWithCustomerIncludingAssessedTax",
        "SalesRevenueNet",
        "SalesRevenueGoodsNet",
        "SalesRevenueServicesNet",
    ),
    "ifrs-full": ("Revenue", "RevenueFromContractsWithCustomers"),
}
# What makes a line one of several: rents, premiums, interest of lenders, and totals that hold more than sales.
BESIDE_SALES = re.compile(
    r"(?:Lease|Rental|Rent)(?:Income|Revenue)|LeasesIncomeStatement|^Premiums(?:Earned|Written)|Premium[A-Za-z]*Revenue"
    r"|^InsuranceRevenue|^RevenueFromInsurance|^Interest(?:AndDividend|AndFee)Income|^InterestIncomeOperating"
    r"|^InterestIncomeExpense(?:Net|AfterProvisionForLoanLoss)$|^InterestRevenue|^RevenueFromInterest$|^NoninterestIncome$"
    r"|^Revenues(?:NetOfInterestExpense|ExcludingInterestAndDividends)$|^RevenueNotFromContract|^OtherRevenue$"
    r"|^RealEstateRevenueNet$|^RegulatedAndUnregulatedOperatingRevenue$|UtilityRevenue$|^OilAndGasRevenue$"
    r"|^HealthCareOrganizationRevenue$|^FinancialServicesRevenue$"
)
NOT_BESIDE = re.compile(
    r"Nonoperating|Deferred|Tax|ProForma|Cost|InterestRevenueExpense|Comprehensive|PaymentsToBe|Expected"
)
PARTS_OF_SALES = frozenset({"SalesRevenueGoodsNet", "SalesRevenueServicesNet"})

# Shares of others in the group: where they are stated, a figure of the parent's owners alone is not the group's.
MINORITY: Mapping[str, Figures] = {
    "us-gaap": {
        "equity": ("MinorityInterest",),
        "net_income": ("NetIncomeLossAttributableToNoncontrollingInterest",),
    },
    "ifrs-full": {"equity": ("NoncontrollingInterests",), "net_income": ()},
}

GOODWILL = "Goodwill"
# Intangible assets with goodwill; without it; and the two parts of the latter.
JOINED: Mapping[str, str] = {
    "us-gaap": "IntangibleAssetsNetIncludingGoodwill",
    "ifrs-full": "IntangibleAssetsAndGoodwill",
}
WITHOUT_GOODWILL: Mapping[str, str] = {
    "us-gaap": "IntangibleAssetsNetExcludingGoodwill",
    "ifrs-full": "IntangibleAssetsOtherThanGoodwill",
}
BY_LIFE: Figures = {
    "us-gaap": ("FiniteLivedIntangibleAssetsNet", "IndefiniteLivedIntangibleAssetsExcludingGoodwill"),
    "ifrs-full": ("IntangibleAssetsWithFiniteUsefulLife", "IntangibleAssetsWithIndefiniteUsefulLife"),
}
# Other names for what is carried on the balance sheet; what notes say of it (cost, amortisation, tax) is none of it.
LOOKS_INTANGIBLE = re.compile(r"Goodwill|Intangible")
NOT_CARRIED = re.compile(
    r"Gross|Accumulated|Amorti[sz]|Expense|Impair|Deferred|Tax|Acqui|Purchas|Combination|Period|Life(?!d)|Useful"
    r"|Year|Months|HeldFor|Disposal|DisposedOf|Translation|Adjust|Written|WriteOff|Percent|Additions|Increase|Decrease"
    r"|Payments|Proceeds|Commitment|Pledged|FairValue|Segment|ReportingUnit|Reclass|Transfer|UnderDevelopment|Material"
    r"|Residual|Weighted|Threshold|Excess|Number|Contractual|Restricted"
)


def used(standard: str) -> dict[str, str]:
    """Return each concept that is read by its name, with the figure that rests on it."""
    figures: dict[str, str] = dict.fromkeys(TOTALS[standard], "total_assets")
    for table in (BALANCE[standard], FLOWS[standard], MINORITY[standard]):
        figures |= {concept: figure for figure, concepts in table.items() for concept in concepts}
    figures |= dict.fromkeys(REVENUE[standard], "revenue")
    figures |= dict.fromkeys((GOODWILL, JOINED[standard], WITHOUT_GOODWILL[standard]), "intangible_assets")
    return figures | dict.fromkeys(BY_LIFE[standard], "intangible_assets")


def instants(standard: str) -> frozenset[str]:
    """Return the concepts among those used that state a day's balance, and no period's flow."""
    minority = MINORITY[standard]["equity"]
    of_balance = {concept for concepts in BALANCE[standard].values() for concept in concepts}
    carried = {GOODWILL, JOINED[standard], WITHOUT_GOODWILL[standard], *BY_LIFE[standard]}
    return frozenset({*TOTALS[standard], *of_balance, *minority, *carried})


def stands_beside_sales(concept: str) -> bool:
    """True for a line of revenue, or a total of revenues, other than sales to customers."""
    return bool(BESIDE_SALES.search(concept)) and not NOT_BESIDE.search(concept)


def looks_intangible(concept: str) -> bool:
    """True for a name that may state goodwill or intangible assets as the balance sheet carries them."""
    return bool(LOOKS_INTANGIBLE.search(concept)) and not NOT_CARRIED.search(concept)
