"""Stand-in for SEC EDGAR: submissions with older shards, and company facts.

As the real one: an unknown CIK is a 404 in XML; a request without a telling User-Agent is refused with 403.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from sandbox.accounts import Accounts
from sandbox.dates import month_end
from sandbox.stories import Story
from sandbox.wire import XML, Reply, Request, json_reply, page

_COLUMNS = (
    "accessionNumber",
    "filingDate",
    "reportDate",
    "acceptanceDateTime",
    "act",
    "form",
    "fileNumber",
    "filmNumber",
    "items",
    "core_type",
    "size",
    "isXBRL",
    "isInlineXBRL",
    "primaryDocument",
    "primaryDocDescription",
)
_ANONYMOUS_AGENTS = ("", "python-requests", "python-urllib", "curl", "python-httpx")
_DAYS_TO_ANNUAL_REPORT = 60
_DAYS_TO_QUARTERLY_REPORT = 25

# Concept, its label, and where its amount stands in our accounts.
_INSTANTS = (
    ("Assets", "Assets", "total_assets"),
    ("AssetsCurrent", "Assets, Current", "current_assets"),
    ("CashAndCashEquivalentsAtCarryingValue", "Cash and Cash Equivalents, at Carrying Value", "cash"),
    ("AccountsReceivableNetCurrent", "Accounts Receivable, after Allowance for Credit Loss, Current", "receivables"),
    ("InventoryNet", "Inventory, Net", "inventory"),
    ("PropertyPlantAndEquipmentNet", "Property, Plant and Equipment, after Accumulated Depreciation", "tangible"),
    ("Goodwill", "Goodwill", "goodwill"),
    ("IntangibleAssetsNetExcludingGoodwill", "Intangible Assets, Net (Excluding Goodwill)", "intangible"),
    ("Liabilities", "Liabilities", "total_liabilities"),
    ("LiabilitiesCurrent", "Liabilities, Current", "current_liabilities"),
    ("StockholdersEquity", "Stockholders' Equity Attributable to Parent", "equity"),
    ("RetainedEarningsAccumulatedDeficit", "Retained Earnings (Accumulated Deficit)", "retained"),
    ("LiabilitiesAndStockholdersEquity", "Liabilities and Equity", "total_assets"),
)
_DURATIONS = (
    (
        "RevenueFromContractWithCustomerExcludingAssessedTax",
        "Revenue from Contract with Customer, Excluding Assessed Tax",
        "revenue",
    ),
    ("OperatingIncomeLoss", "Operating Income (Loss)", "operating_profit"),
    ("InterestExpense", "Interest Expense", "interest"),
    ("IncomeTaxExpenseBenefit", "Income Tax Expense (Benefit)", "tax"),
    ("NetIncomeLoss", "Net Income (Loss) Attributable to Parent", "net_income"),
    ("DepreciationDepletionAndAmortization", "Depreciation, Depletion and Amortization", "depreciation"),
    (
        "NetCashProvidedByUsedInOperatingActivities",
        "Net Cash Provided by (Used in) Operating Activities",
        "operating_cash_flow",
    ),
)


class SecEdgar:
    """Answers for the stories that have a `sec_edgar` section."""

    name = "sec_edgar"

    def __init__(self, stories: Iterable[Story]) -> None:
        self._bodies: dict[str, object] = {}
        for story in stories:
            if section := story.sources.get(self.name):
                self._bodies.update(_bodies(story, section))

    def answer(self, request: Request) -> Reply:
        """Answer submissions, their shards and company facts."""
        agent = request.headers.get("user-agent", "").split("/")[0].casefold()
        if agent in _ANONYMOUS_AGENTS:
            return self.refusal(403)
        body = self._bodies.get(request.path)
        return _no_such_key(request.path) if body is None else json_reply(body)

    def refusal(self, status: int) -> Reply:
        """Return the body of a refusal: XML for 404, an HTML page for the others."""
        if status == 404:
            return _no_such_key("/submissions/CIK0000000000.json")
        if status == 429:
            return page("Request Rate Threshold Exceeded", "<p>Your request rate has exceeded the threshold.</p>", 429)
        return page(
            "Undeclared Automated Tool", "<p>Please declare your traffic by updating your user agent.</p>", status
        )

    def reset(self) -> None:
        """Keep nothing."""


def _no_such_key(path: str) -> Reply:
    key = re.sub(r"[^\w./-]", "", path.removeprefix("/"))
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code>'
        f"<Message>The specified key does not exist.</Message><Key>{key}</Key>"
        "<RequestId>SANDBOX000000000</RequestId><HostId>sandbox</HostId></Error>"
    )
    return Reply(404, text.encode(), XML)


def _bodies(story: Story, section: Mapping[str, Any]) -> dict[str, object]:
    cik = section["cik"]
    recent, older = _filings(cik, story.accounts, section)
    shard = f"CIK{cik}-submissions-001.json"
    return {
        f"/submissions/CIK{cik}.json": _submissions(story, section, recent, older, shard),
        f"/submissions/{shard}": _columns(older),
        f"/api/xbrl/companyfacts/CIK{cik}.json": _company_facts(story, section, recent),
    }


def _filings(
    cik: str, accounts: tuple[Accounts, ...], section: Mapping[str, Any]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return recent and older filings, latest first, each with an accession number of its own."""
    filings = [dict(filing) for filing in section.get("filings", ())]
    for year in accounts:
        filed = year.period_end + timedelta(days=_DAYS_TO_ANNUAL_REPORT)
        filings.append({"form": "10-K", "filed": filed.isoformat(), "period": year.period_end.isoformat()})
    quarter = _quarter_end(accounts[0])
    filed = quarter + timedelta(days=_DAYS_TO_QUARTERLY_REPORT)
    filings.append({"form": "10-Q", "filed": filed.isoformat(), "period": quarter.isoformat()})
    older = [dict(filing) for filing in section.get("older_filings", ())]
    counts: dict[str, int] = {}
    for filing in sorted([*filings, *older], key=lambda filing: str(filing["filed"])):
        year_filed = str(filing["filed"])[2:4]
        counts[year_filed] = counts.get(year_filed, 0) + 1
        filing["accession"] = f"{cik}-{year_filed}-{counts[year_filed]:06d}"
    return _latest_first(filings), _latest_first(older)


def _latest_first(filings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(filings, key=lambda filing: str(filing["filed"]), reverse=True)


def _quarter_end(latest: Accounts) -> date:
    return month_end(latest.period_end.year, latest.period_end.month + 3)


def _columns(filings: list[dict[str, Any]]) -> dict[str, list[object]]:
    rows = [_row(filing) for filing in filings]
    return {column: [row[column] for row in rows] for column in _COLUMNS}


def _row(filing: Mapping[str, Any]) -> dict[str, object]:
    form, filed = filing["form"], filing["filed"]
    xbrl = int(form in ("10-K", "10-Q", "8-K") and filed >= "2019")
    document = f"d{filing['accession'].replace('-', '')}.htm"
    values = (
        filing["accession"],
        filed,
        filing.get("period", ""),
        f"{filed}T16:30:00.000Z",
        "34",
        form,
        "001-99999",
        filing["accession"].replace("-", "")[-9:],
        filing.get("items", ""),
        "XBRL" if xbrl else form,
        250000,
        xbrl,
        xbrl,
        document,
        filing.get("description", form),
    )
    return dict(zip(_COLUMNS, values, strict=True))


def _submissions(
    story: Story,
    section: Mapping[str, Any],
    recent: list[dict[str, Any]],
    older: list[dict[str, Any]],
    shard: str,
) -> dict[str, object]:
    address = {
        "street1": section["street"],
        "street2": None,
        "city": section["city"],
        "stateOrCountry": section["state"],
        "zipCode": section["zip"],
        "stateOrCountryDescription": section["state"],
        "isForeignLocation": None,
        "foreignStateTerritory": None,
        "country": None,
        "countryCode": None,
    }
    files = [
        {
            "name": shard,
            "filingCount": len(older),
            "filingFrom": older[-1]["filed"],
            "filingTo": older[0]["filed"],
        }
        for _ in older[:1]
    ]
    return {
        "cik": section["cik"],
        "entityType": "operating",
        "sic": section["sic"],
        "sicDescription": section["sic_text"],
        "ownerOrg": section["office"],
        "insiderTransactionForOwnerExists": 0,
        "insiderTransactionForIssuerExists": 1,
        "name": story.legal_name,
        "tickers": [section["ticker"]],
        "exchanges": ["Nasdaq"],
        "ein": section["ein"].replace("-", ""),
        "lei": None,
        "description": "",
        "website": "",
        "investorWebsite": "",
        "category": section["category"],
        "fiscalYearEnd": f"{story.accounts[0].period_end:%m%d}",
        "stateOfIncorporation": section["incorporated_in"],
        "stateOfIncorporationDescription": section["incorporated_in"],
        "addresses": {"mailing": dict(address), "business": dict(address)},
        "phone": "(000) 555-0100",
        "flags": "",
        "formerNames": section.get("former_names", []),
        "filings": {"recent": _columns(recent), "files": files},
    }


def _company_facts(story: Story, section: Mapping[str, Any], filings: list[dict[str, Any]]) -> dict[str, object]:
    concepts: dict[str, object] = {}
    for concepts_of_kind, lasting in ((_INSTANTS, False), (_DURATIONS, True)):
        for concept, label, attribute in concepts_of_kind:
            rows = _rows(story.accounts, attribute, filings, lasting=lasting)
            concepts[concept] = {"label": label, "description": label, "units": {story.accounts[0].currency: rows}}
    latest = story.accounts[0]
    shares = {
        "end": latest.period_end.isoformat(),
        "val": section["shares"],
        **_filed_with(filings, "10-K", latest.period_end),
        "frame": _instant_frame(latest.period_end),
    }
    cover = {"label": "Entity Common Stock, Shares Outstanding", "description": "", "units": {"shares": [shares]}}
    return {
        "cik": int(section["cik"]),
        "entityName": story.legal_name,
        "facts": {"dei": {"EntityCommonStockSharesOutstanding": cover}, "us-gaap": concepts},
    }


def _rows(
    accounts: tuple[Accounts, ...], attribute: str, filings: list[dict[str, Any]], *, lasting: bool
) -> list[dict[str, object]]:
    """Return a concept's rows, oldest first: each year, again in the next year's report, and the quarter since."""
    rows: list[dict[str, object]] = []
    for index, year in reversed(list(enumerate(accounts))):
        period = {"start": year.period_start.isoformat()} if lasting else {}
        row: dict[str, object] = {**period, "end": year.period_end.isoformat(), "val": getattr(year, attribute)}
        reports = [_filed_with(filings, "10-K", report.period_end) for report in (year, *accounts[index - 1 : index])]
        rows += [{**row, **report} for report in reports]
        # Only the row of the last filing carries a frame.
        rows[-1]["frame"] = _year_frame(year) if lasting else _instant_frame(year.period_end)
    rows.append(_quarter_row(accounts[0], attribute, filings, lasting=lasting))
    return rows


def _quarter_row(
    latest: Accounts, attribute: str, filings: list[dict[str, Any]], *, lasting: bool
) -> dict[str, object]:
    end, value = _quarter_end(latest), getattr(latest, attribute)
    # A quarter like the year before it: its profit lies in cash and equity, so that the balance sheet balances.
    grows = attribute in ("total_assets", "current_assets", "cash", "equity", "retained")
    amount = value // 4 if lasting else value + grows * (latest.net_income // 4)
    start = latest.period_end + timedelta(days=1)
    period = {"start": start.isoformat()} if lasting else {}
    middle = start + timedelta(days=45)
    frame = f"CY{middle.year}Q{(middle.month + 2) // 3}" if lasting else _instant_frame(end)
    return {**period, "end": end.isoformat(), "val": amount, **_filed_with(filings, "10-Q", end), "frame": frame}


def _filed_with(filings: list[dict[str, Any]], form: str, period_end: date) -> dict[str, object]:
    for filing in filings:
        if filing["form"] == form and filing.get("period") == period_end.isoformat():
            annual = form == "10-K"
            return {
                "accn": filing["accession"],
                "fy": period_end.year if annual else month_end(period_end.year, period_end.month + 9).year,
                "fp": "FY" if annual else "Q1",
                "form": form,
                "filed": filing["filed"],
            }
    raise LookupError(f"no {form} for {period_end}")


def _year_frame(year: Accounts) -> str:
    return f"CY{(year.period_start + timedelta(days=182)).year}"


def _instant_frame(day: date) -> str:
    """Return the frame of the nearest quarter end, as the SEC counts it."""
    near = day - timedelta(days=45)
    return f"CY{near.year}Q{(near.month + 2) // 3}I"
