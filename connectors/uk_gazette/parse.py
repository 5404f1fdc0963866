"""Reading what the Gazette sent: the feed as JSON, the notice as HTML. Pure functions of query and bytes."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from bs4 import BeautifulSoup

from admission.errors import CouldNotAsk, SourceChanged
from admission.evidence.answers import Answer, Parsed, Query, RawAnswer
from admission.evidence.facts import LegalRecord, LegalStatus
from admission.model import Text
from connectors.kit import Fields, read_json, read_text, refuse_page, require_ok
from connectors.kit.words import CHECK_FORMAT
from connectors.uk_gazette.names import mentions, printed_numbers
from connectors.uk_gazette.notices import is_corporate, meaning

SOURCE = "uk_gazette"
PAGE_SIZE = 100
MAX_PAGES = 3
# Fair use is five requests in ten seconds, and the newest notices tell how a matter stands.
MAX_NOTICES = 10
PAGE_LEAD = "page:"


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
    total, size = document.need_int("f:total"), document.pop_int("f:page-size") or PAGE_SIZE
    # With a number, another search finds by it, and a notice under another name is not worth reading for its words.
    second_net = number is not None and query.params["text"] != number
    entries = document.pop_rows("entry")
    if not entries and total > (page - 1) * size:
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
    return Parsed(
        answer=Answer.FOUND if hits or more or page > 1 else Answer.NO_RECORD,
        facts=tuple(_unread_record(hit) for hit in unread if hit.likely),
        leads=(*(hit.notice for hit in read), *more),
        message=_tell_unread(total, len(read), unread, older),
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
    title = entry.pop_text("title") or ""
    excerpt = BeautifulSoup(f"<div>{entry.pop_text('content') or ''}</div>", "html.parser").get_text(" ")
    # The title is the company on one notice and the type of the notice on the next.
    type_only = title in ("", *_terms(entry.pop("category")))
    number, name = query.params.get("company_number"), query.params["name"]
    return _Hit(
        notice=found.group(1),
        code=entry.pop_text("f:notice-code") or "",
        published=entry.need_date("published"),
        likely=type_only or query.params["text"] == number or mentions(f"{title} . {excerpt}", name),
    )


def _terms(category: object) -> list[str]:
    """The names of the categories, which come as one object or as a list of them."""
    rows = category if isinstance(category, list) else [category]
    return [str(row.get("@term")) for row in rows if isinstance(row, dict)]


def _unread_record(hit: _Hit) -> LegalRecord:
    notice = meaning(hit.code)
    return LegalRecord(
        source=SOURCE,
        kind=notice.kind,
        status=LegalStatus.UNCLEAR,
        on=hit.published,
        reference=hit.notice,
        code=hit.code,
        title=notice.text,
        url=_address(hit.notice),
        inferred=True,
        basis=f"found by search; the notice itself was not read, only the {MAX_NOTICES} newest are",
    )


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
    page = BeautifulSoup(read_text(raw), "html.parser")
    code, day = _value(page, "gaz:hasNoticeCode"), _value(page, "gaz:hasPublicationDate")
    content = page.select_one("article.notice .content")
    if content is None or not re.fullmatch(r"\d{4}", code) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}.*", day):
        # Only now: a good notice may be about a company that does maintenance.
        refuse_page(raw)
        raise SourceChanged(
            Text(
                en="The page of a notice no longer has its code, day and text where they were.",
                zh="英国宪报公告页面的代码、日期和正文已不在原来的位置。",
            ),
            context={"source": SOURCE, "notice": query.params["id"]},
            remedy=Text(
                en="open the notice in a browser, and have its mark-up compared with the parser's",
                zh="请用浏览器打开该公告人工阅读，并请系统管理员核对页面结构与解析程序",
            ),
        )
    if not is_corporate(code):
        return _drop("The notice is not about a company's insolvency.", "该公告与公司破产无关。")
    return _tie(query, code, date.fromisoformat(day[:10]), content.get_text(" ", strip=True))


def _value(page: BeautifulSoup, name: str) -> str:
    """A value of the page's RDFa: the attribute `content` goes before the text."""
    element = page.select_one(f'[property~="{name}"]')
    if element is None:
        return ""
    return str(element.get("content") or element.get_text(strip=True)).strip()


def _tie(query: Query, code: str, day: date, content: str) -> Parsed:
    number, numbers = query.params.get("company_number"), printed_numbers(content)
    if number is not None and numbers and number not in numbers:
        return _drop(
            "The notice is about another company: it prints another company number.",
            "该公告涉及另一家公司：其所载公司编号不同。",
        )
    if number is None and not mentions(content, query.params["name"]):
        return _drop("The notice does not name the company.", "该公告未提及该公司。")
    if number is not None and numbers and numbers[0] == number:
        return Parsed(answer=Answer.FOUND, facts=(_record(query, code, day, f"prints company number {number}"),))
    if not numbers:
        doubt = Text(en="The notice prints no company number.", zh="该公告未载明公司编号。")
    elif number is None:
        doubt = Text(
            en="The notice has a company of this name, but no company number was given to compare.",
            zh="该公告提及同名公司，但申请未提供公司编号，无法核对。",
        )
    else:
        doubt = Text(
            en="The notice prints the company number, but not first: it may be one of several, or the creditor.",
            zh="该公告载有该公司编号，但非首个编号：该公司可能是多家公司之一，或为债权人。",
        )
    record = _record(query, code, day, doubt.en).model_copy(update={"status": LegalStatus.UNCLEAR, "inferred": True})
    message = Text(en=f"{doubt.en} A person has to read it.", zh=f"{doubt.zh}须由人工阅读。")
    return Parsed(answer=Answer.FOUND, facts=(record,), message=message)


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
