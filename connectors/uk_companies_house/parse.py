"""Reading what the Companies House Public Data API sent: pure functions of query and bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Any

from admission.errors import SourceChanged
from admission.evidence.answers import Answer, Parsed, Query, RawAnswer
from admission.model import Text
from connectors.kit import Fields, read_json, require_ok
from connectors.uk_companies_house.filings import read_filing_history
from connectors.uk_companies_house.insolvency import read_insolvency
from connectors.uk_companies_house.lists import Asked, none_listed, read_charges, read_officers
from connectors.uk_companies_house.profile import read_profile

# Asked only after a good profile, so that "not found" is about the resource and not about the company.
_MAY_BE_MISSING = ("insolvency", "charges", "officers")
_READERS: dict[str, Callable[[Asked, Fields], Parsed]] = {
    "profile": read_profile,
    "officers": read_officers,
    "charges": read_charges,
    "insolvency": read_insolvency,
    "filing_history": read_filing_history,
}


def parse(query: Query, raw: RawAnswer, ignored: Collection[str] = ()) -> Parsed:
    """Read one answer.

    Args:
        query: what was asked; its parameter `company_number` must be the one in the answer.
        raw: what came.
        ignored: dotted names of fields left out on purpose.

    Raises:
        SourceChanged: the shape, a status or a closed list is not one we know.
        CouldNotAsk: a page came in place of an answer, or the register does not keep this for such companies.
    """
    asked = Asked(query, raw.fetched_at.date())
    if raw.status == 404 and (nothing := _recognise_not_found(asked, raw)) is not None:
        return nothing
    require_ok(raw)
    document = Fields(read_json(raw))
    parsed = _READERS[query.kind](asked, document)
    return parsed.model_copy(update={"leftover": document.leftover(ignored)})


def _recognise_not_found(asked: Asked, raw: RawAnswer) -> Parsed | None:
    """Tell the register's own "not found" about this very company; None for anybody else's 404."""
    kind, number = asked.query.kind, asked.number
    try:
        document = read_json(raw) if raw.body.strip() else None
    except SourceChanged:
        return None
    if not isinstance(document, dict):
        return None
    if kind == "profile" and _is_unknown_company(document, number):
        return Parsed(
            answer=Answer.NO_RECORD,
            message=Text(
                en=f"Companies House has no company {number}.", zh=f"英国公司注册处没有编号为 {number} 的公司。"
            ),
        )
    if kind in _MAY_BE_MISSING and _is_not_found(document, f"/company/{number}/{kind}"):
        return none_listed(asked)
    return None


def _is_unknown_company(document: dict[str, Any], number: str) -> bool:
    if document.get("errors") == [{"type": "ch:service", "error": "company-profile-not-found"}]:
        return True
    words_used = rf'404 NOT_FOUND "Resource not found for company profile "?{re.escape(number)}"*'
    return re.fullmatch(words_used, str(document.get("message", ""))) is not None


def _is_not_found(document: dict[str, Any], path: str) -> bool:
    return (document.get("status"), document.get("error"), document.get("path")) == (404, "Not Found", path)
