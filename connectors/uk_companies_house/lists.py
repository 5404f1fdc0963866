"""The register's lists: what one page of a list is, and whether all of it is there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from admission.errors import SourceChanged
from admission.evidence.answers import Answer, Parsed, Query
from admission.evidence.facts import AnyFact, LegalKind, LegalRecord, Officer, Untold
from admission.evidence.topics import Topic
from admission.model import Text
from connectors.kit import Fields
from connectors.kit.words import CHECK_FORMAT
from connectors.uk_companies_house import words

SOURCE = "uk_companies_house"
PAGE_SIZE = 100
# Tesco has more than eight thousand filings. They come newest first, and the oldest say least.
MAX_ROWS = {"officers": 500, "charges": 500, "filing_history": 300}
TOPICS = {
    "officers": Topic.OFFICERS,
    "charges": Topic.CHARGES,
    "insolvency": Topic.INSOLVENCY,
    "filing_history": Topic.FILINGS,
}
# Of a question for a list: "yes" where the profile does not deny that the company has such entries.
SAID = "match_said"
PEOPLES_PAGE = "https://find-and-update.company-information.service.gov.uk/company"


class Asked(NamedTuple):
    """What was asked, and when.

    Attributes:
        today: day on which the answer came.
    """

    query: Query
    today: date

    @property
    def number(self) -> str:
        """Number of the company that was asked about."""
        return self.query.params["company_number"]

    def has_come(self, day: date) -> bool:
        """True for a day that does not lie ahead; clocks of two countries may differ by a day."""
        return day <= self.today + timedelta(days=1)


class Counts(NamedTuple):
    """What a page of a list says of the list.

    Attributes:
        total: how many rows the whole list has; None where it does not say.
        size: how many rows a page has.
    """

    total: int | None
    size: int


def counts_of(asked: Asked, document: Fields, total: str) -> Counts:
    """Read what a page says of its list.

    Args:
        asked: the question; a page that starts elsewhere is not the one that was asked for.
        document: the page.
        total: name of the field that has the number of all rows.

    Raises:
        SourceChanged: it is another page.
    """
    start = document.pop_int("start_index")
    if start is not None and start != _start(asked):
        another = Text(
            en="Companies House sent another page of the list than was asked for.",
            zh="英国公司注册处返回的并非所查询的页码。",
        )
        raise SourceChanged(another, context={"source": SOURCE, "kind": asked.query.kind}, remedy=CHECK_FORMAT)
    size = min(document.pop_int("items_per_page") or PAGE_SIZE, PAGE_SIZE)
    return Counts(document.pop_int(total), max(size, 1))


def page(asked: Asked, facts: tuple[AnyFact, ...], count: int, counts: Counts, oldest: date | None = None) -> Parsed:
    """Wrap one page of a list, with the start of the next where there is more and it is worth asking for.

    Where rows are missing, or the list is not read to its end, its subject is left open.

    Args:
        asked: the question.
        facts: of the page.
        count: how many rows the page has, among them those that give no fact.
        counts: what the page says of its list.
        oldest: day of the oldest row of a list that comes newest first; rows that are not read are older.

    Raises:
        SourceChanged: the page is empty though there is more, or though nothing says that there is not.
    """
    kind, seen, total = asked.query.kind, _start(asked) + count, counts.total
    expected = counts.size if total is None else max(min(counts.size, total - _start(asked)), 0)
    if count == 0 and (expected or total is None):
        says = Text(en="its total says otherwise", zh="其总数不为零")
        if total is None:
            says = Text(en="it does not say that there is nothing", zh="其总数缺失")
        raise SourceChanged(
            Text(
                en=f"Companies House sent an empty list ({kind}), but {says.en}.",
                zh=f"英国公司注册处返回的清单（{kind}）为空，而{says.zh}。",
            ),
            context={"source": SOURCE, "kind": kind},
            remedy=CHECK_FORMAT,
        )
    more = count >= counts.size if total is None else seen < total
    untold: tuple[Untold, ...] = ()
    if total is None:
        untold = (_not_told(kind, oldest),)
    elif count != expected:
        untold = (_miscounted(kind, expected, count),)
    message = None
    if more and seen >= MAX_ROWS[kind]:
        more, whole = False, total or f"{seen}+"
        message = Text(
            en=f"Only the first {seen} of {whole} entries were read.", zh=f"仅读取了 {whole} 条记录中的前 {seen} 条。"
        )
        untold = (*untold, _unread(kind, seen, whole, oldest))
    return Parsed(
        answer=Answer.FOUND if seen or untold else Answer.NO_RECORD,
        facts=(*facts, *untold),
        leads=(str(seen),) if more else (),
        message=message,
    )


def none_listed(asked: Asked) -> Parsed:
    """Tell that a list has nothing, unless the profile does not deny that the company has such entries."""
    if asked.query.params.get(SAID) != "yes":
        return Parsed(answer=Answer.NO_RECORD)
    kind = asked.query.kind
    why = Text(
        en=f"Companies House lists nothing under {kind}, but the company's profile does not say that there is none",
        zh=f"英国公司注册处 {kind} 清单为空，但公司简况并未说明没有此类记录",
    )
    return Parsed(answer=Answer.FOUND, facts=(Untold(source=SOURCE, topics=(TOPICS[kind],), why=why),))


def refuse_doubles(asked: Asked, references: Sequence[str]) -> None:
    """Stop where a list has one entry twice: nobody can say which of the two counts.

    Raises:
        SourceChanged: naming the list.
    """
    if len(set(references)) < len(references):
        twice = Text(en="Companies House lists one entry twice.", zh="英国公司注册处的清单中同一记录出现两次。")
        raise SourceChanged(twice, context={"source": SOURCE, "kind": asked.query.kind}, remedy=CHECK_FORMAT)


def _start(asked: Asked) -> int:
    return int(asked.query.params.get("start_index", "0"))


def _not_told(kind: str, before: date | None) -> Untold:
    why = Text(
        en=f"the list of Companies House ({kind}) does not say how many entries it has",
        zh=f"英国公司注册处的清单（{kind}）未说明记录总数",
    )
    return Untold(source=SOURCE, topics=(TOPICS[kind],), why=why, before=before)


def _miscounted(kind: str, expected: int, count: int) -> Untold:
    why = Text(
        en=f"a page of Companies House's list ({kind}) should have {expected} entries by its total, and has {count}",
        zh=f"英国公司注册处清单（{kind}）的一页按总数应有 {expected} 条，实际为 {count} 条",
    )
    return Untold(source=SOURCE, topics=(TOPICS[kind],), why=why)


def _unread(kind: str, seen: int, whole: int | str, before: date | None) -> Untold:
    why = Text(
        en=f"only the first {seen} of {whole} entries of Companies House ({kind}) were read",
        zh=f"英国公司注册处清单（{kind}）共 {whole} 条，仅读取前 {seen} 条",
    )
    return Untold(source=SOURCE, topics=(TOPICS[kind],), why=why, before=before)


def read_officers(asked: Asked, document: Fields) -> Parsed:
    """Read one page of the officers."""
    counts = counts_of(asked, document, "total_results")
    officers = tuple(
        Officer(
            source=SOURCE,
            name=row.need_text("name"),
            role=row.need_text("officer_role"),
            appointed_on=row.pop_date("appointed_on"),
            resigned_on=row.pop_date("resigned_on"),
            appointed_before=row.pop_date("appointed_before"),
        )
        for row in document.need_rows("items")
    )
    return page(asked, officers, len(officers), counts)


def read_charges(asked: Asked, document: Fields) -> Parsed:
    """Read one page of the charges."""
    counts = counts_of(asked, document, "total_count")
    charges = tuple(_charge(row, asked.number) for row in document.need_rows("items"))
    refuse_doubles(asked, [charge.reference for charge in charges])
    if not charges and counts.total == 0:
        return none_listed(asked)
    return page(asked, charges, len(charges), counts)


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
        # Never by the day of its satisfaction: that may be filled in, or left out, without meaning anything.
        status=row.need_enum("status", words.CHARGE_STATUS),
        on=created or delivered,
        ended_on=row.pop_date("satisfied_on"),
        reference=f"{number}/charge/{code or serial}",
        code=code or "",
        title=(classification.pop_text("description") if classification else None) or "",
        url=f"{PEOPLES_PAGE}/{number}/charges",
    )
