"""The body of a Creditsafe report, in the provider's global layout, built from a story."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sandbox.accounts import Accounts
from sandbox.stories import Story

_NO_JUDGMENTS = {
    "numberOfExact": 0,
    "numberOfPossible": 0,
    "numberOfSatisfied": 0,
    "numberOfWrits": 0,
    "valueOfExact": 0,
}
_NO_LEGAL_FILINGS = {
    "bankruptcy": False,
    "taxLienFilings": 0,
    "judgmentFilings": 0,
    "suits": 0,
    "uccFilings": 0,
    "sum": 0,
}


def report(story: Story, section: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Return the whole answer to an order.

    Args:
        story: the company; its accounts become the financial statements.
        section: what the bureau knows: connect_id, safe_no, number, score, limit, dbt and so on.
        today: the day of the order.
    """
    ordered = _stamp(today.isoformat())
    return {
        "correlationId": "00000000-0000-4000-8000-000000000000",
        "failedSections": [],
        "report": _report(story, section),
        "companyId": section["connect_id"],
        "dateOfOrder": ordered,
        "language": "en",
        "userId": "100000000",
    }


def _stamp(day: str) -> str:
    return f"{day}T00:00:00Z"


def _report(story: Story, section: Mapping[str, Any]) -> dict[str, Any]:
    rating, employees = _rating(story, section), section["employees"]
    status = {"status": section.get("status", "Active"), "description": section.get("status_text", "Active")}
    share_capital = {"currency": story.accounts[0].currency, "value": story.accounts[0].share_capital}
    return {
        "companyId": section["connect_id"],
        "language": "en",
        "companySummary": _summary(story, section, rating, status),
        "companyIdentification": {"basicInformation": _basic_information(story, section, status)},
        "creditScore": {
            "currentCreditRating": rating,
            "currentContractLimit": {"currency": story.accounts[0].currency, "value": section.get("limit", 0) * 2},
            "previousCreditRating": {"commonValue": rating["commonValue"], "providerValue": {}},
            "latestRatingChangeDate": _stamp(section["rated_on"]),
        },
        "contactInformation": {"mainAddress": _address(section, story.country)},
        "directors": {"currentDirectors": [_director(director) for director in section.get("directors", ())]},
        "shareCapitalStructure": {"issuedShareCapital": share_capital},
        "otherInformation": {
            "employeesInformation": [
                {"year": year.period_end.year, "numberOfEmployees": str(employees)} for year in story.accounts
            ]
        },
        "groupStructure": {},
        "financialStatements": [_statement(year) for year in story.accounts],
        "negativeInformation": _negative(story.country),
        "paymentData": {"dbt": section["dbt"]} if "dbt" in section else {},
        "additionalInformation": {},
    }


def _summary(
    story: Story, section: Mapping[str, Any], rating: Mapping[str, Any], status: Mapping[str, str]
) -> dict[str, Any]:
    latest = story.accounts[0]
    return {
        "businessName": story.legal_name.upper(),
        "country": story.country,
        "companyNumber": section["safe_no"],
        "companyRegistrationNumber": section["number"],
        "mainActivity": _activity(section),
        "companyStatus": dict(status),
        "latestTurnoverFigure": {"currency": latest.currency, "value": latest.revenue},
        "latestShareholdersEquityFigure": {"currency": latest.currency, "value": latest.equity},
        "creditRating": dict(rating),
    }


def _activity(section: Mapping[str, Any]) -> dict[str, str]:
    return {"code": section["activity"], "description": section["activity_text"], "classification": "SIC"}


def _basic_information(story: Story, section: Mapping[str, Any], status: Mapping[str, str]) -> dict[str, Any]:
    return {
        "businessName": story.legal_name.upper(),
        "registeredCompanyName": story.legal_name.upper(),
        "companyRegistrationNumber": section["number"],
        "country": story.country,
        "companyRegistrationDate": _stamp(section["registered"]),
        "operationsStartDate": _stamp(section["registered"]),
        "legalForm": {"description": section["legal_form"]},
        "companyStatus": dict(status),
        "principalActivity": _activity(section),
        "contactAddress": _address(section, story.country),
    }


def _address(section: Mapping[str, Any], country: str) -> dict[str, str]:
    street, city, code = section["street"], section["city"], section["post_code"]
    return {
        "simpleValue": f"{street}, {city}, {code}",
        "street": street,
        "city": city,
        "postalCode": code,
        "country": country,
    }


def _director(director: Mapping[str, Any]) -> dict[str, Any]:
    appointed = {"dateAppointed": _stamp(director["appointed"]), "positionName": "Director"}
    return {"name": director["name"], "directorType": "Person", "positions": [appointed]}


def _rating(story: Story, section: Mapping[str, Any]) -> dict[str, Any]:
    """Return the rating; an unrated company has band E too, with texts in place of figures."""
    if section.get("score") is None:
        return {
            "commonValue": "E",
            "commonDescription": "Not Rated",
            "creditLimit": {"value": "Credit Limit not applicable"},
            "providerValue": {"maxValue": "100", "minValue": "0", "value": "Not Rated"},
            "providerDescription": section["rating_text"],
        }
    return {
        "commonValue": section["band"],
        "commonDescription": section["rating_text"],
        "creditLimit": {"currency": story.accounts[0].currency, "value": str(section["limit"])},
        "providerValue": {"maxValue": "100", "minValue": "0", "value": str(section["score"])},
        "providerDescription": section["rating_text"],
    }


def _negative(country: str) -> dict[str, Any]:
    if country == "US":
        return {"legalFilingSummary": dict(_NO_LEGAL_FILINGS)}
    return {"ccjSummary": dict(_NO_JUDGMENTS), "countyCourtJudgements": {"registered": []}}


def _statement(year: Accounts) -> dict[str, Any]:
    return {
        "type": "GlobalFinancialsGGS",
        "yearEndDate": _stamp(year.period_end.isoformat()),
        "numberOfWeeks": 52,
        "currency": year.currency,
        "consolidatedAccounts": False,
        "profitAndLoss": {
            "revenue": year.revenue,
            "operatingCosts": year.revenue - year.operating_profit,
            "operatingProfit": year.operating_profit,
            "depreciation": year.depreciation,
            "financialIncome": 0,
            "financialExpenses": year.interest,
            "profitBeforeTax": year.profit_before_tax,
            "tax": year.tax,
            "profitAfterTax": year.net_income,
            "dividends": year.dividends,
            "retainedProfit": year.net_income - year.dividends,
        },
        "balanceSheet": _balance_sheet(year),
        "otherFinancials": {
            "workingCapital": year.current_assets - year.current_liabilities,
            "netWorth": year.equity - year.goodwill - year.intangible,
        },
        "ratios": {
            "currentRatio": round(year.current_assets / year.current_liabilities, 2),
            "liquidityRatioOrAcidTest": round((year.current_assets - year.inventory) / year.current_liabilities, 2),
            "debtorDays": round(365 * year.receivables / year.revenue, 2),
            "equityInPercentage": round(100 * year.equity / year.total_assets, 2),
            "preTaxProfitMargin": round(100 * year.profit_before_tax / year.revenue, 2),
        },
    }


def _balance_sheet(year: Accounts) -> dict[str, int]:
    return {
        "totalTangibleAssets": year.tangible,
        "goodwill": year.goodwill,
        "otherIntangibleAssets": year.intangible,
        "totalIntangibleAssets": year.goodwill + year.intangible,
        "totalFixedAssets": year.tangible + year.goodwill + year.intangible,
        "totalInventories": year.inventory,
        "tradeReceivables": year.receivables,
        "totalReceivables": year.receivables,
        "cash": year.cash,
        "otherCurrentAssets": 0,
        "totalCurrentAssets": year.current_assets,
        "totalAssets": year.total_assets,
        "totalCurrentLiabilities": year.current_liabilities,
        "totalLongTermLiabilities": year.long_term_liabilities,
        "totalLiabilities": year.total_liabilities,
        "calledUpShareCapital": year.share_capital,
        "sharePremium": 0,
        "revenueReserves": year.retained,
        "otherReserves": 0,
        "totalShareholdersEquity": year.equity,
    }
