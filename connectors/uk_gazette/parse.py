"""Reading what the Gazette sent: the feed as JSON, the notice as HTML. Pure functions of query and bytes."""

from __future__ import annotations

import re
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from admission.errors import CouldNotAsk, SourceChanged
from admission.evidence.answers import Answer, Parsed, Query, RawAnswer
from admission.evidence.facts import LegalKind, LegalRecord, LegalStatus, Untold
from admission.evidence.topics import Topic
from admission.model import Text
from connectors.kit import Fields, read_day, read_html, read_json, read_text, refuse_page, require_ok, text_of
from connectors.kit.words import CHECK_FORMAT
from connectors.uk_gazette.names import (
    has_blanks_in,
    holds_name,
    mentions,
    names_a_company,
    nearly_prints,
    printed_numbers,
    stands_first,
)
from connectors.uk_gazette.notices import is_corporate, meaning

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

SOURCE = "uk_gazette"
_NO_NUMBER = Text(en="The notice prints no company number.", zh="该公告未载明公司编号。")
# Elements of a notice that have words.
_PARTS = ("p", "h1", "h2", "h3", "h4", "h5", "h6")
PAGE_SIZE = 100
MAX_PAGES = 3
# Fair use is five requests in ten seconds, and the newest notices tell how a matter stands.
MAX_NOTICES = 10
PAGE_LEAD = "page:"
# A longer one is no excerpt, and costs more to look through than the notice to read.
_EXCERPT = 20_000


def parse(query: Query, raw: RawAnswer, ignored: Collection[str] = ()) -> Parsed:
    """Read one answer.

    Args:
        query: what was asked; its parameters `name` and, where known, `company_number` say for which company.
        raw: what came.
        ignored: dotted names of fields left out on purpose.

    Raises:
        SourceChanged: the shape is not one we know.
        CouldNotAsk: a page came in place of an answer, or a search by name gives more than can be read.
    """
    require_ok(raw)
    if query.kind == "notice":
        return _read_notice(query, raw)
    document = read_json(raw)
    if isinstance(document, dict) and isinstance(document.get("entry"), dict):
        # One hit alone comes as an object.
        document = {**document, "entry": [document["entry"]]}
    fields = Fields(document)
    parsed = _read_search(query, fields)
    return parsed.model_copy(update={"leftover": fields.leftover(ignored)})


@dataclass(frozen=True)
class _Hit:
    """A notice that a search found; `likely` where nothing tells yet that it is about somebody else."""

    notice: str
    code: str
    published: date
    likely: bool


def _read_search(query: Query, document: Fields) -> Parsed:
    page, number = int(query.params.get("page", "1")), query.params.get("company_number")
    total, size = document.need_int("f:total"), max(document.pop_int("f:page-size") or PAGE_SIZE, 1)
    # With a number, another search finds by it, and a notice under another name is not worth reading for its words.
    second_net = number is not None and query.params["text"] != number
    entries = document.pop_rows("entry")
    expected = max(min(size, total - (page - 1) * size), 0)
    if not entries and expected:
        empty = Text(
            en="The Gazette's feed has no entries, but its total says otherwise.",
            zh="英国宪报返回的公告列表为空，而其总数不为零。",
        )
        raise SourceChanged(empty, context={"source": SOURCE}, remedy=CHECK_FORMAT)
    if total > MAX_PAGES * size and not second_net:
        raise CouldNotAsk(
            Text(
                en=f"The Gazette has {total} notices with these words, too many to read.",
                zh=f"英国宪报有 {total} 则公告含有该名称，数量过多，无法逐一读取。",
            ),
            context={"source": SOURCE},
            remedy=Text(
                en="add the company number to the application, so that its notices can be told apart",
                zh="请在申请单中补充公司编号，以便识别该公司的公告",
            ),
        )
    hits = [hit for hit in (_read_hit(entry, query) for entry in entries) if hit.code == "" or is_corporate(hit.code)]
    hits.sort(key=lambda hit: (hit.likely, hit.published, hit.notice), reverse=True)
    read = [hit for hit in hits if hit.likely or not second_net][:MAX_NOTICES]
    unread = [hit for hit in hits if hit not in read]
    more = [f"{PAGE_LEAD}{page + 1}"] if total > page * size and page < MAX_PAGES else []
    older = 0 if more else max(total - page * size, 0)
    open_ends = () if len(entries) == expected else (_miscounted(len(entries), expected, total),)
    return Parsed(
        answer=Answer.FOUND if hits or more or page > 1 or open_ends else Answer.NO_RECORD,
        facts=(*(_unread_record(hit) for hit in unread if hit.likely), *open_ends),
        leads=(*(hit.notice for hit in read), *more),
        message=_tell_unread(total, len(read), unread, older),
    )


def _miscounted(count: int, expected: int, total: int) -> Untold:
    """Leave insolvency open: notices are missing from a page, or it is not the page that its total speaks of."""
    return Untold(
        source=SOURCE,
        topics=(Topic.INSOLVENCY,),
        why=Text(
            en=f"the Gazette says that there are {total} notices, {expected} of them on this page, but lists {count}",
            zh=f"英国宪报称共有 {total} 则公告、本页 {expected} 则，实际列出 {count} 则",
        ),
    )


def _read_hit(entry: Fields, query: Query) -> _Hit:
    address = entry.need_text("id")
    found = re.search(r"/id/notice/([A-Za-z0-9-]+)$", address)
    if found is None:
        raise SourceChanged(
            Text(
                en="The id of a notice of the Gazette has another form.", zh="英国宪报公告编号（id）的格式与预期不符。"
            ),
            context={"source": SOURCE, "given": address[:80]},
            remedy=CHECK_FORMAT,
        )
    title, content = entry.pop_text("title") or "", entry.pop_text("content")
    code = entry.pop_text("f:notice-code") or ""
    # The title is the company on one notice and the type of the notice on the next; where no types are told, it may be
    # one unless it has a legal form.
    types = _terms(entry.pop("category"))
    type_only = title in ("", *types) or not (types or names_a_company(title))
    number, name = query.params.get("company_number"), query.params["name"]
    return _Hit(
        notice=found.group(1),
        # We asked for category 24 alone: a code of another form is a fault, and no reason not to read the notice.
        code=code if re.fullmatch(r"[0-9]{4}", code) else "",
        published=entry.need_date("published"),
        likely=type_only
        or content is None
        or len(content) > _EXCERPT
        or query.params["text"] == number
        or mentions(f"{title} . {text_of(content)}", name),
    )


def _terms(category: object) -> list[str]:
    """The names of the categories, which come as one object or as a list of them."""
    rows = category if isinstance(category, list) else [category]
    return [str(row["@term"]) for row in rows if isinstance(row, dict) and row.get("@term")]


def _unread_record(hit: _Hit) -> LegalRecord:
    notice = meaning(hit.code)
    return LegalRecord(
        source=SOURCE,
        kind=_unclear(notice.kind),
        status=LegalStatus.UNCLEAR,
        on=hit.published,
        reference=hit.notice,
        code=hit.code,
        title=notice.text,
        url=_address(hit.notice),
        inferred=True,
        basis=f"found by search; the notice itself was not read, only the {MAX_NOTICES} newest are",
    )


def _unclear(kind: LegalKind) -> LegalKind:
    """What a notice is while nobody knows whom it is about: one that ends a petition ends none of the company's."""
    return LegalKind.OTHER_NOTICE if kind is LegalKind.PETITION_DISMISSED else kind


def _tell_unread(total: int, read: int, unread: list[_Hit], older: int) -> Text | None:
    """Say how many notices are left unread, and why."""
    likely = sum(hit.likely for hit in unread)
    others = len(unread) - likely
    if not (unread or older):
        return None
    return Text(
        en=f"Of {total} notices found, {read} are read here; unread are {likely} that may be about the company, "
        f"{others} that do not name it, and {older} older ones.",
        zh=f"共找到 {total} 则公告，此处读取 {read} 则；未读取：{likely} 则可能与该公司有关、"
        f"{others} 则未提及该公司、{older} 则更早。",
    )


def _read_notice(query: Query, raw: RawAnswer) -> Parsed:
    where = {"source": SOURCE, "notice": query.params["id"]}
    text = read_text(raw)
    page = read_html(text, where)
    codes, days = _values(page, "gaz:hasNoticeCode"), _values(page, "gaz:hasPublicationDate")
    content = page.select_one("article.notice .content")
    if content is None or len(codes) != 1 or not re.fullmatch(r"[0-9]{4}", codes[0]) or len(days) != 1:
        # Only now: a good notice may be about a company that does maintenance.
        refuse_page(raw)
        raise SourceChanged(
            Text(
                en="The page of a notice no longer has its code, day and text where they were.",
                zh="英国宪报公告页面的代码、日期和正文已不在原来的位置。",
            ),
            context=where,
            remedy=Text(
                en="open the notice in a browser, and have its mark-up compared with the parser's",
                zh="请用浏览器打开该公告人工阅读，并请系统管理员核对页面结构与解析程序",
            ),
        )
    day = _day(days[0], raw.fetched_at.date(), where)
    _require_whole(text, page, query.params["id"], where)
    if not is_corporate(codes[0]):
        return _drop("The notice is not about a company's insolvency.", "该公告与公司破产无关。")
    words = "\n".join(" ".join(part.split()) for part in content.stripped_strings)
    hollow = any(not part.get_text(strip=True) and not part.find(True) for part in content.find_all(_PARTS))
    return _tie(query, codes[0], day, words, hollow=hollow or not words)


def _values(page: BeautifulSoup, name: str) -> list[str]:
    """The different values that the page's RDFa has of one thing: `content`, even empty, goes before the text."""
    elements = page.select(f'[property~="{name}"]')
    return list(dict.fromkeys(str(part.get("content", part.get_text(strip=True))).strip() for part in elements))


def _day(written: str, today: date, where: dict[str, str]) -> date:
    """The day of publication: a day of the calendar, not one that means none, and not one to come."""
    with suppress(ValueError):
        day = read_day(written)
        if day is not None and day <= today + timedelta(days=1):
            return day
    raise SourceChanged(
        Text(en="The notice has no usable day of publication.", zh="该公告的发布日期无效。"),
        context={**where, "given": written[:30]},
        remedy=CHECK_FORMAT,
    )


def _require_whole(text: str, page: BeautifulSoup, notice: str, where: dict[str, str]) -> None:
    """Stop at a page without its end, or of another notice.

    Raises:
        SourceChanged: what is missing may be the number that ties the notice to the company.
    """
    lower = text.lower()
    if lower.rfind("</html>") <= lower.rfind("</article>") or "</article>" not in lower:
        cut = Text(en="The page of the notice was cut off.", zh="公告页面不完整，缺少结尾。")
        raise SourceChanged(cut, context=where, remedy=Text(en="ask again", zh="请重新查询"))
    abouts = {str(part.get("about")) for part in page.select('[about*="/id/notice/"]')}
    if any(about.rpartition("/id/notice/")[2] != notice for about in abouts):
        other = Text(en="The page is of another notice.", zh="该页面是另一则公告。")
        raise SourceChanged(other, context=where, remedy=CHECK_FORMAT)


def _tie(query: Query, code: str, day: date, content: str, *, hollow: bool) -> Parsed:
    """Say whether a notice is about the company; whatever can be about it stays for a person.

    Args:
        query: has the company's name and, where known, its number.
        code: of the notice.
        day: of its publication.
        content: its words, a line for each element.
        hollow: whether an element of it has no words, so that something may have been lost.
    """
    number, name = query.params.get("company_number"), query.params["name"]
    if number is not None and stands_first(content, number):
        return Parsed(answer=Answer.FOUND, facts=(_record(query, code, day, f"prints company number {number}"),))
    doubt = _doubt_without_number(content, name) if number is None else _doubt(content, name, number)
    if doubt is None and hollow:
        doubt = Text(en="A part of the notice has no words.", zh="该公告有部分内容为空。")
    if doubt is None:
        if number is None:
            return _drop("The notice does not name the company.", "该公告未提及该公司。")
        return _drop(
            "The notice is about another company: it prints another company number.",
            "该公告涉及另一家公司：其所载公司编号不同。",
        )
    record = _record(query, code, day, doubt.en)
    record = record.model_copy(update={"kind": _unclear(record.kind), "status": LegalStatus.UNCLEAR, "inferred": True})
    message = Text(en=f"{doubt.en} A person has to read it.", zh=f"{doubt.zh}须由人工阅读。")
    return Parsed(answer=Answer.FOUND, facts=(record,), message=message)


def _doubt_without_number(content: str, name: str) -> Text | None:
    if not mentions(content, name):
        return None
    if not printed_numbers(content):
        return _NO_NUMBER
    return Text(
        en="The notice has a company of this name, but no company number was given to compare.",
        zh="该公告提及同名公司，但申请未提供公司编号，无法核对。",
    )


def _doubt(content: str, name: str, number: str) -> Text | None:
    """Why a notice that does not print our number first may be about the company all the same; None: it is not."""
    numbers = printed_numbers(content)
    if number in numbers:
        return Text(
            en="The notice prints the company number, but not first: it may be one of several, or the creditor.",
            zh="该公告载有该公司编号，但非首个编号：该公司可能是多家公司之一，或为债权人。",
        )
    if has_blanks_in(content, number):
        return Text(
            en="The notice prints the company number with blanks in it.", zh="该公告所载的该公司编号中间有空格。"
        )
    if not numbers:
        return _NO_NUMBER
    if holds_name(content, name):
        return Text(
            en="The notice names the company, but prints another company number: it may be misprinted, or not its own.",
            zh="该公告提及该公司名称，但所载编号不同：可能为误印，或为他人编号。",
        )
    if nearly_prints(content, number) and not names_a_company(content):
        return Text(
            en="The notice names no company, and prints nearly the company number: it may be misprinted.",
            zh="该公告未提及公司名称，所载编号与该公司编号相近：可能为误印。",
        )
    return None


def _record(query: Query, code: str, day: date, basis: str) -> LegalRecord:
    notice = meaning(code)
    return LegalRecord(
        source=SOURCE,
        kind=notice.kind,
        status=notice.status,
        on=day,
        reference=query.params["id"],
        code=code,
        title=notice.text,
        url=_address(query.params["id"]),
        basis=basis,
    )


def _drop(en: str, zh: str) -> Parsed:
    return Parsed(answer=Answer.NO_RECORD, message=Text(en=en, zh=zh))


def _address(notice: str) -> str:
    return f"https://www.thegazette.co.uk/notice/{notice}"
