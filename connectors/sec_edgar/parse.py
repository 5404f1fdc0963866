"""From the SEC's bytes to facts: who the company is, what it filed; the accounts are read by `companyfacts`."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

from admission.errors import SourceChanged
from admission.evidence.answers import Answer, Parsed, Query, RawAnswer
from admission.evidence.facts import AnyFact, CompanyProfile, Filing
from admission.evidence.sources import SourceCard
from admission.identifiers import checked
from admission.model import Text
from connectors.kit import Fields, read_json, require_ok
from connectors.kit.words import ANOTHER_COMPANY, CHECK_FORMAT
from connectors.sec_edgar.companyfacts import statements
from connectors.sec_edgar.filings import Reading, filings_and_insolvency, read_block
from connectors.sec_edgar.forms import ANNUAL_FORMS
from connectors.sec_edgar.names import company_name
from connectors.sec_edgar.older import (
    NEXT,
    REPORTED_ON,
    ROWS,
    UNTIL,
    OlderFiles,
    chain,
    leads,
    read_older_files,
    with_report,
)
from connectors.sec_edgar.silence import in_block, missing_rows, remarks_on, unread_before, without_reports

SUBMISSIONS = "submissions"
COMPANY_FACTS = "companyfacts"
OLDER_FILINGS = "older_filings"

_US_STATES = frozenset(
    """AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK
    OR PA RI SC SD TN TX UT VT VA WA WV WI WY X1""".split()
)
_NO_EIN = "000000000"
_NO_COMPANY = Text(
    en="The SEC knows no filer under this CIK.",
    zh="SEC 没有以此 CIK 申报的公司。",
)
_NO_ACCOUNTS = Text(
    en="The SEC has no annual accounts in XBRL of this company.",
    zh="SEC 没有该公司的 XBRL 年度财务报表。",
)


def parse(query: Query, raw: RawAnswer, card: SourceCard) -> Parsed:
    """Read an answer to any of our questions.

    Raises:
        SourceChanged: the shape is not one we know, or the answer is about another company.
        CouldNotAsk: something else came in place of an answer.
    """
    if query.kind != OLDER_FILINGS and _no_such_key(raw):
        return Parsed(answer=Answer.NO_RECORD, message=_NO_ACCOUNTS if query.kind == COMPANY_FACTS else _NO_COMPANY)
    require_ok(raw)
    cik = query.params["cik"].zfill(10)
    if not re.fullmatch(r"[0-9]{10}", cik):
        raise SourceChanged(ANOTHER_COMPANY, context={"asked": cik[:20]}, remedy=CHECK_FORMAT)
    if query.kind == OLDER_FILINGS:
        return _older_filings(query, cik, raw, card)
    answer = Fields(read_json(raw))
    _require_same_company(answer, cik)
    if query.kind == COMPANY_FACTS:
        return _company_facts(answer, raw.fetched_at.date(), card)
    return _submissions(answer, cik, raw.fetched_at.date(), card)


def _no_such_key(raw: RawAnswer) -> bool:
    """The SEC's own "we have no such file", which is XML; any other 404 comes from something in between."""
    return raw.status == 404 and "xml" in raw.content_type and b"<Code>NoSuchKey</Code>" in raw.body


def _require_same_company(answer: Fields, cik: str) -> None:
    given = answer.need_int("cik")
    if given != int(cik):
        raise SourceChanged(ANOTHER_COMPANY, context={"asked": cik, "answered": str(given)}, remedy=CHECK_FORMAT)


def _company_facts(answer: Fields, asked_on: date, card: SourceCard) -> Parsed:
    read = statements(answer.pop("facts"), card.name, asked_on)
    leftover = tuple(sorted({*answer.leftover(card.ignored), *read.leftover} - {*card.ignored}))
    facts = (*read.statements, *read.untold)
    if not facts:
        return Parsed(answer=Answer.NO_RECORD, leftover=leftover, message=_NO_ACCOUNTS, remarks=read.remarks)
    return Parsed(answer=Answer.FOUND, facts=facts, leftover=leftover, remarks=read.remarks)


def _older_filings(query: Query, cik: str, raw: RawAnswer, card: SourceCard) -> Parsed:
    told, asked_on = query.params, raw.fetched_at.date()
    columns = Fields(read_json(raw), "filings.recent")
    block = read_block(columns, cik, asked_on)
    newer = date.fromisoformat(told[REPORTED_ON]) if REPORTED_ON in told else None
    reading = Reading(card.name, asked_on, newest=False, reported_on=newer)
    facts: list[AnyFact] = [*filings_and_insolvency(block, reading), *in_block(card.name, block, asked_on)]
    if ROWS in told and block.listed < int(told[ROWS]):
        until = date.fromisoformat(told[UNTIL])
        facts.append(missing_rows(card.name, int(told[ROWS]), block.listed, until))
    wanted: tuple[str, ...] = ()
    if NEXT in told:
        # No later list has a periodic report: this one or one after it tells whether the company files any.
        waiting = with_report(told[NEXT].split(), newer or block.regular_on)
        if block.periodic_on is not None or not waiting:
            facts.append(without_reports(card.name, block.periodic_on))
            wanted = tuple(waiting)
        else:
            wanted = chain(waiting)
    return Parsed(
        answer=Answer.FOUND,
        facts=tuple(facts),
        leftover=columns.leftover(card.ignored),
        leads=wanted,
        remarks=tuple(remarks_on(block)),
    )


def _submissions(answer: Fields, cik: str, asked_on: date, card: SourceCard) -> Parsed:
    lists = answer.need_fields("filings")
    block = read_block(lists.need_fields("recent"), cik, asked_on)
    older = read_older_files(lists, cik, asked_on, block.reaches_back_to)
    reading = Reading(card.name, asked_on, cut=older.any)
    filed = filings_and_insolvency(block, reading)
    remarks = [*remarks_on(block)]
    profile = _profile(answer, cik, filed, card.name, remarks)
    untold = [*in_block(card.name, block, asked_on)]
    if block.periodic_on is not None or not older.wanted:
        untold.append(without_reports(card.name, block.periodic_on))
    if older.unread_before is not None:
        untold.append(unread_before(card.name, older.unread_before))
    if older.wanted:
        remarks.append(_elsewhere(block.reaches_back_to, older))
    return Parsed(
        answer=Answer.FOUND,
        facts=(profile, *filed, *untold),
        leftover=answer.leftover(card.ignored),
        leads=leads(older.wanted, block.regular_on, periodic=block.periodic_on is not None),
        message=_reach(block.reaches_back_to) if older.wanted else None,
        remarks=tuple(remarks),
    )


def _profile(answer: Fields, cik: str, filed: Collection[AnyFact], source: str, remarks: list[Text]) -> CompanyProfile:
    name = company_name(answer.need_text("name"))
    address = answer.need_fields("addresses").pop_fields("business")
    sic = answer.pop_text("sic")
    state = answer.pop_text("stateOfIncorporation")
    lines = _address_lines(address) if address else {}
    # There is a list in every answer; without it, a name that the company bore would go unscreened.
    former = [company_name(row.need_text("name")) for row in answer.need_rows("formerNames")]
    periods = [
        fact.period_on for fact in filed if isinstance(fact, Filing) and fact.form in ANNUAL_FORMS and fact.period_on
    ]
    return CompanyProfile(
        source=source,
        legal_name=name,
        country="US" if (state or lines.get("stateOrCountry")) in _US_STATES else None,
        identifiers=_identifiers(answer, cik, remarks),
        industry_code=f"us-sic:{sic}" if sic else None,
        industry_text=answer.pop_text("sicDescription") or "",
        address=", ".join(lines.values()),
        former_names=tuple(other for other in dict.fromkeys(former) if other != name),
        last_accounts_on=max(periods, default=None),
    )


def _address_lines(address: Fields) -> dict[str, str]:
    parts = ("street1", "street2", "city", "stateOrCountry", "zipCode", "country")
    return {part: line for part in parts if (line := address.pop_text(part))}


def _identifiers(answer: Fields, cik: str, remarks: list[Text]) -> dict[str, str]:
    """Read the numbers that fit; one that does not is told, and the rest of the answer holds."""
    numbers = {"cik": cik}
    for kind in ("ein", "lei"):
        number = answer.pop(kind)
        if number in (None, "", _NO_EIN):
            continue
        try:
            numbers[kind] = checked(kind, str(number))
        except ValueError as error:
            remarks.append(
                Text(
                    en=f"The identifier {kind.upper()} that the SEC gives is wrong, and was left out ({error}).",
                    zh=f"SEC 提供的企业识别号（{kind.upper()}）有误，未予采用。",
                )
            )
    return numbers


def _elsewhere(day: date | None, older: OlderFiles) -> Text:
    """Tell what this answer does not reach; for those who read it alone."""
    names, day_en, day_zh = ", ".join(file.name for file in older.wanted), f" before {day}", f" {day} 之前的"
    if day is None:
        day_en, day_zh = "", ""
    return Text(
        en=f"Filings{day_en} of the last five years stand in {len(older.wanted)} older lists, which are read apart:"
        f" {names}.",
        zh=f"近五年内{day_zh}申报另列于 {len(older.wanted)} 份早期清单，需另行读取：{names}。",
    )


def _reach(day: date | None) -> Text | None:
    """Tell how far back the list goes; for companies with more filings than one list holds."""
    if day is None:
        return None
    return Text(
        en=f"The newest list of filings reaches back to {day} only; older lists are asked for.",
        zh=f"最新申报清单仅可追溯至 {day}，将另行查询更早的清单。",
    )
