"""Reading what the Companies House Public Data API sent: pure functions of query and bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import date
from typing import Any

from admission.errors import CouldNotAsk, SourceChanged
from admission.evidence.answers import Answer, Parsed, Query, RawAnswer
from admission.evidence.facts import (
    CompanyProfile,
    CompanyStatus,
    EventKind,
    Filing,
    FilingEvent,
    LegalKind,
    LegalRecord,
    LegalStatus,
    Officer,
)
from admission.model import Text
from connectors.kit import Fields, read_json, require_ok
from connectors.kit.words import ANOTHER_COMPANY, CHECK_FORMAT
from connectors.uk_companies_house import words

SOURCE = "uk_companies_house"
PAGE_SIZE = 100
# Tesco has more than eight thousand filings. They come newest first, and the oldest say least.
MAX_ROWS = {"officers": 500, "charges": 500, "filing_history": 300}

_PEOPLES_PAGE = "https://find-and-update.company-information.service.gov.uk/company"
_ADDRESS_PARTS = (
    "care_of",
    "po_box",
    "premises",
    "address_line_1",
    "address_line_2",
    "locality",
    "region",
    "postal_code",
    "country",
)
_STUB = Text(
    en="Companies House has only a stub of this company; officers, charges, insolvency and filings are kept elsewhere.",
    zh="英国公司注册处仅保存该公司的简要条目，其高管、抵押、破产及备案信息由其他登记机构保存。",
)
# Asked only after a good profile, so that "not found" is about the resource and not about the company.
_MAY_BE_MISSING = ("insolvency", "charges", "officers")
# Each value beside what it means, because the record keeps both.
_CASE_TYPES = {name: (name, case) for name, case in words.CASE_TYPES.items()}
_CASE_DATES = {name: (name, step) for name, step in words.CASE_DATES.items()}


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
    number = query.params["company_number"]
    if raw.status == 404 and (nothing := _recognise_not_found(query.kind, number, raw)) is not None:
        return nothing
    require_ok(raw)
    document = Fields(read_json(raw))
    parsed = _READERS[query.kind](query, number, document)
    return parsed.model_copy(update={"leftover": document.leftover(ignored)})


def _recognise_not_found(kind: str, number: str, raw: RawAnswer) -> Parsed | None:
    """Tell the register's own "not found" about this very company; None for anybody else's 404."""
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
        return Parsed(answer=Answer.NO_RECORD)
    return None


def _is_unknown_company(document: dict[str, Any], number: str) -> bool:
    if document.get("errors") == [{"type": "ch:service", "error": "company-profile-not-found"}]:
        return True
    words_used = rf'404 NOT_FOUND "Resource not found for company profile "?{re.escape(number)}"*'
    return re.fullmatch(words_used, str(document.get("message", ""))) is not None


def _is_not_found(document: dict[str, Any], path: str) -> bool:
    return (document.get("status"), document.get("error"), document.get("path")) == (404, "Not Found", path)


def _read_profile(_: Query, number: str, document: Fields) -> Parsed:
    found = document.need_text("company_number")
    if found != number:
        raise SourceChanged(ANOTHER_COMPANY, context={"source": SOURCE, "given": found}, remedy=CHECK_FORMAT)
    form = document.pop_text("type") or ""
    standing = _read_standing(document)
    accounts = document.pop_fields("accounts")
    sic_codes = document.pop_texts("sic_codes")
    profile = CompanyProfile(
        source=SOURCE,
        legal_name=document.need_text("company_name"),
        country=None if form in words.FOREIGN_FORMS else "GB",
        identifiers={"uk_company_number": number},
        status=standing.status if standing else None,
        status_text=standing.text if standing else "",
        legal_form=words.LEGAL_FORMS.get(form, form),
        incorporated_on=document.pop_date("date_of_creation"),
        dissolved_on=document.pop_date("date_of_cessation"),
        industry_code=f"uk-sic:{sic_codes[0]}" if sic_codes else None,
        address=_address(document.pop_fields("registered_office_address")),
        former_names=tuple(row.need_text("name") for row in document.pop_rows("previous_company_names")),
        accounts_overdue=_read_overdue(accounts),
        last_accounts_on=_read_last_accounts(accounts),
    )
    return Parsed(answer=Answer.FOUND, facts=(profile,), message=None if standing else _STUB)


def _read_standing(document: Fields) -> words.Standing | None:
    standing = document.pop_enum("company_status", words.STANDINGS)
    detail = document.pop_enum("company_status_detail", words.STANDING_DETAILS)
    if detail is not None and standing is not None and standing.status is CompanyStatus.ACTIVE:
        return detail
    return standing


def _address(address: Fields | None) -> str:
    parts = [address.pop_text(part) for part in _ADDRESS_PARTS] if address else []
    return ", ".join(part for part in parts if part)


def _read_overdue(accounts: Fields | None) -> bool | None:
    if accounts is None:
        return None
    following = accounts.pop_fields("next_accounts")
    late = [accounts.pop_bool("overdue"), following.pop_bool("overdue") if following else None]
    known = [value for value in late if value is not None]
    return any(known) if known else None


def _read_last_accounts(accounts: Fields | None) -> date | None:
    last = accounts.pop_fields("last_accounts") if accounts else None
    return last.pop_date("made_up_to") if last else None


def _read_officers(query: Query, _: str, document: Fields) -> Parsed:
    officers = tuple(
        Officer(
            source=SOURCE,
            name=row.need_text("name"),
            role=row.need_text("officer_role"),
            appointed_on=row.pop_date("appointed_on"),
            resigned_on=row.pop_date("resigned_on"),
        )
        for row in document.need_rows("items")
    )
    return _page(query, officers, len(officers), document.pop_int("total_results"))


def _read_charges(query: Query, number: str, document: Fields) -> Parsed:
    charges = tuple(_charge(row, number) for row in document.need_rows("items"))
    return _page(query, charges, len(charges), document.pop_int("total_count"))


def _charge(row: Fields, number: str) -> LegalRecord:
    code, serial = row.pop_text("charge_code"), row.pop_int("charge_number")
    if code is None and serial is None:
        nameless = Text(
            en="A charge at Companies House has neither code nor number.",
            zh="英国公司注册处返回的一项抵押既无代码也无编号。",
        )
        raise SourceChanged(nameless, context={"source": SOURCE, "field": "items[]"}, remedy=CHECK_FORMAT)
    created, delivered = row.pop_date("created_on"), row.pop_date("delivered_on")
    classification = row.pop_fields("classification")
    return LegalRecord(
        source=SOURCE,
        kind=LegalKind.CHARGE,
        status=row.need_enum("status", words.CHARGE_STATUS),
        on=created or delivered,
        ended_on=row.pop_date("satisfied_on"),
        reference=f"{number}/charge/{code or serial}",
        code=code or "",
        title=(classification.pop_text("description") if classification else None) or "",
        url=f"{_PEOPLES_PAGE}/{number}/charges",
    )


def _read_insolvency(_: Query, number: str, document: Fields) -> Parsed:
    cases = tuple(_case(row, number) for row in document.need_rows("cases"))
    return Parsed(answer=Answer.FOUND if cases else Answer.NO_RECORD, facts=cases)


def _case(row: Fields, number: str) -> LegalRecord:
    code, case = row.need_enum("type", _CASE_TYPES)
    steps = [(*step.need_enum("type", _CASE_DATES), step.need_date("date")) for step in row.pop_rows("dates")]
    starts = [on for _, about, on in steps if about is words.Step.START]
    ends = [on for _, about, on in steps if about is words.Step.END]
    basis = [f"{name} {on}" for name, _, on in steps]
    left_on = _all_left_on(row)
    inferred = case.receivership and not ends and left_on is not None
    if inferred:
        basis.append(f"all receivers ceased to act by {left_on}")
    ended_on = left_on if inferred else max(ends, default=None)
    return LegalRecord(
        source=SOURCE,
        kind=case.kind,
        status=LegalStatus.CLOSED if ended_on else case.status,
        on=min(starts, default=None),
        ended_on=ended_on,
        reference=f"{number}/insolvency/{row.need_text('number')}",
        code=code,
        title=case.text,
        url=f"{_PEOPLES_PAGE}/{number}/insolvency",
        inferred=inferred,
        basis=", ".join(basis),
    )


def _all_left_on(row: Fields) -> date | None:
    """The day on which the last practitioner ceased to act; None while one still acts, or none is named."""
    days = [practitioner.pop_date("ceased_to_act_on") for practitioner in row.pop_rows("practitioners")]
    gone = [day for day in days if day is not None]
    return max(gone) if gone and len(gone) == len(days) else None


def _read_filing_history(query: Query, number: str, document: Fields) -> Parsed:
    served = document.need_text("filing_history_status")
    if not served.startswith("filing-history-available"):
        raise CouldNotAsk(
            Text(
                en="Companies House does not serve the filing history of such companies.",
                zh="英国公司注册处不提供此类公司的备案历史。",
            ),
            context={"source": SOURCE, "filing_history_status": served},
            remedy=Text(
                en="look in the register that keeps the company's filings, such as a charity regulator",
                zh="请到保存该公司备案文件的登记机构（如慈善监管机构）查询",
            ),
        )
    rows = document.need_rows("items")
    filings = tuple(filing for row in rows if (filing := _filing(row, number)) is not None)
    return _page(query, filings, len(rows), document.pop_int("total_count"))


def _filing(row: Fields, number: str) -> Filing | None:
    form, category = row.need_text("type"), row.need_text("category")
    reference, filed_on = row.need_text("transaction_id"), row.need_date("date")
    description = row.pop_text("description") or ""
    # Text on one filing, a list on the next. The other values of the description hold names of people and stay unread.
    given = row.pop("subcategory")
    items = tuple(str(value) for value in (given if isinstance(given, list) else [given]) if value)
    values = row.pop("description_values")
    if category not in words.KEPT_CATEGORIES:
        return None
    event = _event(form, category, description, filed_on)
    return Filing(
        source=SOURCE,
        reference=reference,
        form=form,
        filed_on=filed_on,
        period_on=Fields(values or {}, "items[].description_values").pop_date("made_up_date"),
        items=items,
        title=description,
        url=f"{_PEOPLES_PAGE}/{number}/filing-history",
        events=(event,) if event else (),
    )


def _event(form: str, category: str, description: str, on: date) -> FilingEvent | None:
    kind = words.FILING_EVENTS.get(description) or words.FILING_EVENTS_BY_FORM.get(form)
    if kind is not None:
        return FilingEvent(kind=kind, on=on, basis=f"{form} {description}".strip())
    if category in words.INSOLVENCY_CATEGORIES:
        # Papers of a voluntary winding-up do not say by their key whether it is a solvent one; the case list does.
        return FilingEvent(
            kind=EventKind.INSOLVENCY_FILING,
            on=on,
            inferred=description.startswith("liquidation-voluntary"),
            basis=f"{form} {description}".strip(),
        )
    return None


def _page(query: Query, facts: tuple[Any, ...], count: int, total: int | None) -> Parsed:
    """Wrap one page of a list, with the start of the next where there is more and it is worth asking for."""
    start = int(query.params.get("start_index", "0"))
    seen = start + count
    if not (seen < total if total is not None else count >= PAGE_SIZE):
        return Parsed(answer=Answer.FOUND if seen else Answer.NO_RECORD, facts=facts)
    if count == 0:
        raise SourceChanged(
            Text(
                en=f"Companies House sent an empty list ({query.kind}), but its total says otherwise.",
                zh=f"英国公司注册处返回的清单（{query.kind}）为空，而其总数不为零。",
            ),
            context={"source": SOURCE, "kind": query.kind},
            remedy=CHECK_FORMAT,
        )
    if seen < MAX_ROWS[query.kind]:
        return Parsed(answer=Answer.FOUND, facts=facts, leads=(str(seen),))
    whole = total or f"{seen}+"
    return Parsed(
        answer=Answer.FOUND,
        facts=facts,
        message=Text(
            en=f"Only the first {seen} of {whole} entries were read.", zh=f"仅读取了 {whole} 条记录中的前 {seen} 条。"
        ),
    )


_READERS: dict[str, Callable[[Query, str, Fields], Parsed]] = {
    "profile": _read_profile,
    "officers": _read_officers,
    "charges": _read_charges,
    "insolvency": _read_insolvency,
    "filing_history": _read_filing_history,
}
