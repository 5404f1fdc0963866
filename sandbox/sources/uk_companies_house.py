"""Stand-in for the Companies House public data API.

As the real one: HTTP Basic with the key as user; an unknown company's profile is a 404 with a message; /insolvency and
/charges are a 404 for a company that has none and for one that never was, alike.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sandbox.dates import month_end
from sandbox.stories import Story
from sandbox.wire import Reply, Request, json_reply

_MOST_PER_PAGE = 100
_DAYS_TO_ACCOUNTS = 100
_MONTHS_TO_FILE = 9


@dataclass(frozen=True)
class _Company:
    """What the register holds on one company, each part as its endpoint gives it."""

    profile: Mapping[str, Any]
    officers: list[dict[str, Any]]
    charges: list[dict[str, Any]]
    insolvency: Mapping[str, Any] | None
    filings: list[dict[str, Any]]


class UkCompaniesHouse:
    """Answers for the stories that have a `uk_companies_house` section."""

    name = "uk_companies_house"

    def __init__(self, stories: Iterable[Story], today: date) -> None:
        self._companies: dict[str, _Company] = {}
        for story in stories:
            if section := story.sources.get(self.name):
                self._companies[section["number"]] = _company(story, section, today)

    def answer(self, request: Request) -> Reply:
        """Answer the profile, officers, charges, insolvency, filing history and the search."""
        if "authorization" not in request.headers:
            return json_reply({"error": "Empty Authorization header", "type": "ch:service"}, 401)
        if request.basic_user in (None, "", "wrong"):
            return self.refusal(401)
        if request.path == "/search/companies":
            return self._search(request)
        match = re.fullmatch(r"/company/([A-Z0-9]+)(/[a-z-]+)?", request.path)
        if match is None:
            return _nothing_here(request.path)
        company, part = self._companies.get(match[1]), match[2]
        if part is None:
            return json_reply(company.profile) if company else _no_such_company(match[1])
        return _part(company, part, request) if company else _nothing_here(request.path)

    def refusal(self, status: int) -> Reply:
        """Return the service's own body of a refusal."""
        if status == 401:
            return json_reply({"error": "Invalid Authorization", "type": "ch:service"}, 401)
        if status == 404:
            return _no_such_company("00000000")
        headers = {"x-ratelimit-limit": "600", "x-ratelimit-remain": "0", "x-ratelimit-window": "5m"}
        return Reply(status, b"", headers=headers) if status == 429 else json_reply({"error": "Forbidden"}, status)

    def reset(self) -> None:
        """Keep nothing."""

    def _search(self, request: Request) -> Reply:
        words = request.value("q").casefold().split()
        found = [
            _search_item(company.profile)
            for company in self._companies.values()
            if words and all(word in company.profile["company_name"].casefold() for word in words)
        ]
        page = _page(request, found)
        return json_reply({**page, "kind": "search#companies", "page_number": 1, "total_results": len(found)})


def _nothing_here(path: str) -> Reply:
    return json_reply({"timestamp": "2026-01-01", "status": 404, "error": "Not Found", "path": path}, 404)


def _no_such_company(number: str) -> Reply:
    message = f'404 NOT_FOUND "Resource not found for company profile {number}"'
    return json_reply({"timestamp": "2026-01-01T00:00:00.000000000", "message": message, "request_id": "sandbox"}, 404)


def _page(request: Request, items: list[dict[str, Any]], default: int = 35) -> dict[str, Any]:
    size = min(request.whole_number("items_per_page", default), _MOST_PER_PAGE)
    start = request.whole_number("start_index", 0)
    return {"items": items[start : start + size], "items_per_page": size, "start_index": start}


def _part(company: _Company, part: str, request: Request) -> Reply:
    if part == "/officers":
        return json_reply(_officer_list(company, request))
    if part == "/filing-history":
        return json_reply(_filing_list(company, request))
    if part == "/charges" and company.charges:
        return json_reply(_charge_list(company, request))
    if part == "/insolvency" and company.insolvency:
        return json_reply(company.insolvency)
    return _nothing_here(request.path)


def _officer_list(company: _Company, request: Request) -> dict[str, Any]:
    resigned = sum("resigned_on" in officer for officer in company.officers)
    return {
        "active_count": len(company.officers) - resigned,
        "etag": _hash(company.profile["company_number"], "officers"),
        "inactive_count": 0,
        "kind": "officer-list",
        "links": {"self": request.path},
        "resigned_count": resigned,
        "total_results": len(company.officers),
        **_page(request, company.officers),
    }


def _filing_list(company: _Company, request: Request) -> dict[str, Any]:
    categories = [part for part in request.value("category").split(",") if part]
    filings = [filing for filing in company.filings if not categories or filing["category"] in categories]
    return {
        "filing_history_status": "filing-history-available",
        "total_count": len(filings),
        **_page(request, filings, 25),
    }


def _charge_list(company: _Company, request: Request) -> dict[str, Any]:
    statuses = [charge["status"] for charge in company.charges]
    return {
        "etag": _hash(company.profile["company_number"], "charges"),
        "items": _page(request, company.charges)["items"],
        "part_satisfied_count": statuses.count("part-satisfied"),
        "satisfied_count": statuses.count("fully-satisfied") + statuses.count("satisfied"),
        "total_count": len(statuses),
        "unfiltered_count": len(statuses),
    }


def _hash(*parts: str) -> str:
    return hashlib.sha256("/".join(parts).encode()).hexdigest()[:40]


def _company(story: Story, section: Mapping[str, Any], today: date) -> _Company:
    number = section["number"]
    insolvency = section.get("insolvency")
    return _Company(
        profile=_profile(story, section, today),
        officers=[_officer(number, officer) for officer in section.get("officers", ())],
        charges=[_charge(number, charge) for charge in section.get("charges", ())],
        insolvency={"etag": _hash(number, "insolvency"), **insolvency} if insolvency else None,
        filings=_filings(story, section, today),
    )


def _profile(story: Story, section: Mapping[str, Any], today: date) -> dict[str, Any]:
    number = section["number"]
    insolvent = "insolvency" in section
    confirmed = _confirmation_date(section, today)
    path = f"/company/{number}"
    links = {"self": path, "filing_history": f"{path}/filing-history", "officers": f"{path}/officers"}
    links |= {"charges": f"{path}/charges"} if section.get("charges") else {}
    links |= {"insolvency": f"{path}/insolvency"} if insolvent else {}
    return {
        "accounts": _accounts(story, today),
        "can_file": True,
        "company_name": story.legal_name.upper(),
        "company_number": number,
        "company_status": section.get("status", "active"),
        "confirmation_statement": {
            "last_made_up_to": confirmed.isoformat(),
            "next_due": (_year_later(confirmed) + timedelta(days=14)).isoformat(),
            "next_made_up_to": _year_later(confirmed).isoformat(),
            "overdue": False,
        },
        "date_of_creation": section["created"],
        "etag": _hash(number, "profile"),
        # The real register says false even while a liquidation runs.
        "has_been_liquidated": False,
        "has_charges": bool(section.get("charges")),
        "has_insolvency_history": insolvent,
        "jurisdiction": "england-wales",
        "links": links,
        "previous_company_names": section.get("previous_names", []),
        "registered_office_address": section["address"],
        "registered_office_is_in_dispute": False,
        "sic_codes": [section["sic"]],
        "type": "ltd",
        "undeliverable_registered_office_address": False,
        "has_super_secure_pscs": False,
    }


def _year_later(day: date) -> date:
    return month_end(day.year + 1, day.month) if day.day > 28 else day.replace(year=day.year + 1)


def _confirmation_date(section: Mapping[str, Any], today: date) -> date:
    """Return the last anniversary of the incorporation that was a month ago or more."""
    created = date.fromisoformat(section["created"])
    this_year = date(today.year, created.month, min(created.day, 28))
    return this_year if this_year <= today - timedelta(days=30) else this_year.replace(year=today.year - 1)


def _accounts(story: Story, today: date) -> dict[str, Any]:
    latest = story.accounts[0]
    next_end = month_end(latest.period_end.year + 1, latest.period_end.month)
    due = month_end(next_end.year, next_end.month + _MONTHS_TO_FILE)
    overdue = due < today
    return {
        "accounting_reference_date": {"day": f"{latest.period_end:%d}", "month": f"{latest.period_end:%m}"},
        "last_accounts": {
            "made_up_to": latest.period_end.isoformat(),
            "period_end_on": latest.period_end.isoformat(),
            "period_start_on": latest.period_start.isoformat(),
            "type": "total-exemption-full",
        },
        "next_accounts": {
            "due_on": due.isoformat(),
            "overdue": overdue,
            "period_end_on": next_end.isoformat(),
            "period_start_on": (latest.period_end + timedelta(days=1)).isoformat(),
        },
        "next_due": due.isoformat(),
        "next_made_up_to": next_end.isoformat(),
        "overdue": overdue,
    }


def _officer(number: str, officer: Mapping[str, Any]) -> dict[str, Any]:
    reference = _hash(number, officer["name"])[:27]
    return {
        "address": {"address_line_1": "1 Example Wharf", "locality": "Inventedham", "postal_code": "ZZ99 3VZ"},
        "country_of_residence": "England",
        "links": {"officer": {"appointments": f"/officers/{reference}/appointments"}},
        "nationality": "British",
        "officer_role": "director",
        **officer,
    }


def _charge(number: str, charge: Mapping[str, Any]) -> dict[str, Any]:
    reference = _hash(number, "charge", str(charge["charge_number"]))
    return {
        "classification": {"description": "A registered charge", "type": "charge-description"},
        "etag": reference,
        "links": {"self": f"/company/{number}/charges/{reference[:27]}"},
        "particulars": {"contains_fixed_charge": True, "contains_negative_pledge": True},
        "transactions": [
            {
                "delivered_on": charge["delivered_on"],
                "filing_type": "create-charge-with-deed",
                "links": {"filing": f"/company/{number}/filing-history/{reference[:20]}"},
            }
        ],
        **charge,
    }


def _filings(story: Story, section: Mapping[str, Any], today: date) -> list[dict[str, Any]]:
    """Return the filing history, latest first: accounts, last statement, incorporation, and what the story tells."""
    filings: list[dict[str, Any]] = [dict(filing) for filing in section.get("filings", ())]
    for year in story.accounts:
        made_up = year.period_end.isoformat()
        filings.append(
            {
                "type": "AA",
                "date": (year.period_end + timedelta(days=_DAYS_TO_ACCOUNTS)).isoformat(),
                "category": "accounts",
                "description": "accounts-with-accounts-type-total-exemption-full",
                "description_values": {"made_up_date": made_up},
                "action_date": made_up,
            }
        )
    confirmed = _confirmation_date(section, today)
    filings.append(
        {
            "type": "CS01",
            "date": (confirmed + timedelta(days=7)).isoformat(),
            "category": "confirmation-statement",
            "description": "confirmation-statement-with-no-updates",
            "description_values": {"made_up_date": confirmed.isoformat()},
            "action_date": confirmed.isoformat(),
        }
    )
    filings.append(
        {
            "type": "NEWINC",
            "date": section["created"],
            "category": "incorporation",
            "description": "incorporation-company",
        }
    )
    filings.sort(key=lambda filing: str(filing["date"]), reverse=True)
    return [_filing(section["number"], filing) for filing in filings]


def _filing(number: str, filing: Mapping[str, Any]) -> dict[str, Any]:
    reference = _hash(number, filing["type"], filing["date"])[:20]
    links = {
        "self": f"/company/{number}/filing-history/{reference}",
        "document_metadata": f"https://document-api.company-information.service.gov.uk/document/{reference}",
    }
    return {"transaction_id": reference, "barcode": reference[:8].upper(), "pages": 3, **filing, "links": links}


def _search_item(profile: Mapping[str, Any]) -> dict[str, Any]:
    created = date.fromisoformat(profile["date_of_creation"])
    number, address = profile["company_number"], profile["registered_office_address"]
    return {
        "kind": "searchresults#company",
        "description_identifier": ["incorporated-on"],
        "company_status": profile["company_status"],
        "date_of_creation": profile["date_of_creation"],
        "company_type": profile["type"],
        "company_number": number,
        "address": address,
        "title": profile["company_name"],
        "address_snippet": ", ".join(address.values()),
        "description": f"{number} - Incorporated on {created.day} {created:%B %Y}",
        "links": {"self": f"/company/{number}"},
        "snippet": "",
        "matches": {"snippet": []},
    }
