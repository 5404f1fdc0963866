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
from connectors.sec_edgar.filings import ANNUAL_FORMS, Block, filings_and_insolvency, read_block

SUBMISSIONS = "submissions"
COMPANY_FACTS = "companyfacts"
OLDER_FILINGS = "older_filings"

HISTORY_YEARS = 5
MAX_OLDER_FILES = 2
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
    cik = query.params["cik"]
    if query.kind == OLDER_FILINGS:
        return _older_filings(raw, cik, card)
    answer = Fields(read_json(raw))
    _require_same_company(answer, cik)
    if query.kind == COMPANY_FACTS:
        return _company_facts(answer, card)
    return _submissions(answer, cik, raw.fetched_at.date(), card)


def _no_such_key(raw: RawAnswer) -> bool:
    """The SEC's own "we have no such file", which is XML; any other 404 comes from something in between."""
    return raw.status == 404 and "xml" in raw.content_type and b"<Code>NoSuchKey</Code>" in raw.body


def _require_same_company(answer: Fields, cik: str) -> None:
    given = answer.need_int("cik")
    if given != int(cik):
        raise SourceChanged(ANOTHER_COMPANY, context={"asked": cik, "answered": str(given)}, remedy=CHECK_FORMAT)


def _company_facts(answer: Fields, card: SourceCard) -> Parsed:
    read = statements(answer.need_fields("facts"), card.name)
    leftover = tuple(sorted({*answer.leftover(card.ignored), *read.unknown_columns}))
    if not read.statements:
        return Parsed(answer=Answer.NO_RECORD, leftover=leftover, message=_NO_ACCOUNTS)
    return Parsed(answer=Answer.FOUND, facts=read.statements, leftover=leftover)


def _older_filings(raw: RawAnswer, cik: str, card: SourceCard) -> Parsed:
    columns = Fields(read_json(raw), "filings.recent")
    facts = filings_and_insolvency(read_block(columns, cik), card.name, newest=False)
    return Parsed(answer=Answer.FOUND, facts=facts, leftover=columns.leftover(card.ignored))


def _submissions(answer: Fields, cik: str, asked_on: date, card: SourceCard) -> Parsed:
    lists = answer.need_fields("filings")
    block = read_block(lists.need_fields("recent"), cik)
    older = _read_older_files(lists)
    filed = filings_and_insolvency(block, card.name, cut=bool(older))
    facts: tuple[AnyFact, ...] = (_profile(answer, cik, filed, card.name), *filed)
    wanted = _choose_older_files(block, older, asked_on)
    return Parsed(
        answer=Answer.FOUND,
        facts=facts,
        leftover=answer.leftover(card.ignored),
        leads=wanted,
        message=_reach(block.reaches_back_to) if wanted else None,
    )


def _profile(answer: Fields, cik: str, filed: Collection[AnyFact], source: str) -> CompanyProfile:
    name = answer.need_text("name")
    address = answer.need_fields("addresses").pop_fields("business")
    sic = answer.pop_text("sic")
    state = answer.pop_text("stateOfIncorporation")
    lines = _address_lines(address) if address else {}
    former = [row.need_text("name") for row in answer.pop_rows("formerNames")]
    periods = [
        fact.period_on for fact in filed if isinstance(fact, Filing) and fact.form in ANNUAL_FORMS and fact.period_on
    ]
    return CompanyProfile(
        source=source,
        legal_name=name,
        country="US" if (state or lines.get("stateOrCountry")) in _US_STATES else None,
        identifiers=_identifiers(answer, cik),
        industry_code=f"us-sic:{sic}" if sic else None,
        industry_text=answer.pop_text("sicDescription") or "",
        address=", ".join(lines.values()),
        former_names=tuple(other for other in dict.fromkeys(former) if other != name),
        last_accounts_on=max(periods, default=None),
    )


def _address_lines(address: Fields) -> dict[str, str]:
    parts = ("street1", "street2", "city", "stateOrCountry", "zipCode", "country")
    return {part: line for part in parts if (line := address.pop_text(part))}


def _identifiers(answer: Fields, cik: str) -> dict[str, str]:
    numbers = {"cik": cik}
    for kind in ("ein", "lei"):
        number = answer.pop_text(kind)
        if number is None or number == _NO_EIN:
            continue
        try:
            numbers[kind] = checked(kind, number)
        except ValueError as error:
            wrong = Text(
                en=f"The identifier {kind} that the SEC gives is wrong.", zh=f"SEC 提供的企业识别号（{kind}）有误。"
            )
            context = {"field": kind, "expected": str(error)}
            raise SourceChanged(wrong, context=context, remedy=CHECK_FORMAT) from None
    return numbers


def _read_older_files(lists: Fields) -> list[tuple[date, str]]:
    """The files of older filings: the day of the newest filing in each, and its name, newest first."""
    files = []
    for row in lists.pop_rows("files"):
        name = row.need_text("name")
        if not re.fullmatch(r"CIK\d{10}-submissions-\d{3}\.json", name):
            renamed = Text(
                en="A file of older filings at the SEC has another name.",
                zh="SEC 早期申报文件（filings.files[].name）的命名与预期不符。",
            )
            raise SourceChanged(renamed, context={"field": "filings.files[].name"}, remedy=CHECK_FORMAT)
        row.pop("filingFrom")
        files.append((row.need_date("filingTo"), name))
    return sorted(files, reverse=True)


def _choose_older_files(block: Block, older: list[tuple[date, str]], asked_on: date) -> tuple[str, ...]:
    """The files that hold filings of the last five years, two at most."""
    horizon = asked_on.replace(year=asked_on.year - HISTORY_YEARS, day=min(asked_on.day, 28))
    if block.reaches_back_to is not None and block.reaches_back_to <= horizon:
        return ()
    return tuple(name for newest, name in older if newest >= horizon)[:MAX_OLDER_FILES]


def _reach(day: date | None) -> Text | None:
    """Tell how far back the list goes; for companies with more filings than one list holds."""
    if day is None:
        return None
    return Text(
        en=f"The newest list of filings reaches back to {day} only; older lists are asked for.",
        zh=f"最新申报清单仅可追溯至 {day}，将另行查询更早的清单。",
    )
