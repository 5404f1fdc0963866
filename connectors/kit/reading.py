"""Telling an answer from what comes in its place: log-in pages, captchas, maintenance pages, cut-off bodies."""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from admission.errors import Challenged, SourceChanged, SourceUnavailable
from admission.evidence.answers import RawAnswer
from admission.model import Text
from connectors.kit.pages import is_page
from connectors.kit.words import CHECK_FORMAT, CUT_OFF, EMPTY, unexpected_status

MAX_DIGITS = 40
_LOOKED_AT = 40_000
_CHALLENGE = re.compile(
    r"""captcha|type=["']?password|are you a robot|not a robot|verify (that )?you are (a )?human|cf-challenge"""
    r"""|challenge-platform|unusual traffic|automated (tool|access|queries)|enable javascript and cookies""",
    re.IGNORECASE,
)
# Bounded: a page of tags without end would be looked through from each of them.
_LOG_IN_TITLE = re.compile(
    r"<(title|h1)\b[^<>]{0,200}>[^<]{0,200}(log[ -]?in|sign[ -]?in|access denied|authenticat)", re.IGNORECASE
)
_MAINTENANCE = re.compile(
    r"maintenance|temporarily (un|out|off|down)"
    r"|(service|site|file|system|currently) (is )?(currently )?(un|not )available"
    r"|back (soon|shortly)|try again (later|shortly|in a)",
    re.IGNORECASE,
)
_PAGE = Text(en="A web page came in place of an answer.", zh="该来源返回了网页，而非答复。")


def _where(raw: RawAnswer) -> dict[str, str]:
    return {"url": raw.url, "status": str(raw.status), "content type": raw.content_type or "none"}


def refuse_page(raw: RawAnswer) -> None:
    """Stop at a page that comes in place of an answer. For sources whose good answers are pages too.

    Raises:
        Challenged: a captcha, log-in or bot page.
        SourceUnavailable: a maintenance page.
    """
    text = raw.body[:_LOOKED_AT].decode("utf-8", "replace")
    if _CHALLENGE.search(text) or _LOG_IN_TITLE.search(text):
        raise Challenged(
            Text(
                en="A log-in, captcha or bot page came in place of an answer.",
                zh="该来源返回了登录、验证码或反爬虫页面，而非答复。",
            ),
            context=_where(raw),
            remedy=Text(
                en="open the address in a browser and see what it wants; the source is not asked again by itself",
                zh="请用浏览器打开该网址查看其要求；系统不会自动重新查询",
            ),
        )
    if _MAINTENANCE.search(text):
        maintenance = Text(en="A maintenance page came in place of an answer.", zh="该来源正在维护，未返回答复。")
        raise SourceUnavailable(maintenance, context=_where(raw))


def _refuse(raw: RawAnswer, message: Text) -> NoReturn:
    if is_page(raw):
        refuse_page(raw)
        message = _PAGE
    raise SourceChanged(message, context=_where(raw), remedy=CHECK_FORMAT)


def require_ok(raw: RawAnswer) -> None:
    """Stop at any status but 200. A connector judges its source's own "no such company" before it calls this.

    Raises:
        Challenged, SourceUnavailable: the body is such a page.
        SourceChanged: any other status.
    """
    if raw.status != 200:
        _refuse(raw, unexpected_status(raw.status))


def read_text(raw: RawAnswer) -> str:
    """Read the body as UTF-8 text.

    Raises:
        SourceUnavailable: the body is empty or ends within a character.
        SourceChanged: it is not UTF-8.
    """
    if not raw.body.strip():
        raise SourceUnavailable(EMPTY, context=_where(raw))
    try:
        return raw.body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":
            raise SourceUnavailable(CUT_OFF, context=_where(raw)) from None
        message = Text(en="The answer is not UTF-8 text.", zh="答复不是 UTF-8 编码的文本。")
        raise SourceChanged(message, context=_where(raw), remedy=CHECK_FORMAT) from None


def read_json(raw: RawAnswer) -> Any:
    """Read the body as JSON; fractions come as `Decimal`, so that amounts stay exact.

    A field that stands twice in one object with two values is not read: nobody can say which of them counts.

    Raises:
        SourceUnavailable: the body is empty, cut off, or a maintenance page.
        Challenged: the body is a log-in, captcha or bot page.
        SourceChanged: it is anything else but JSON.
    """
    if is_page(raw):
        _refuse(raw, _PAGE)
    text = read_text(raw).strip()
    try:
        return json.loads(
            text, parse_float=_parse_fraction, parse_constant=_refuse_constant, object_pairs_hook=_one_value_each
        )
    except _ToldTwice as error:
        twice = Text(
            en="A field of the answer is told twice, with two values.", zh="答复中同一字段出现两次，取值不同。"
        )
        context = {**_where(raw), "field": str(error)[:80]}
        raise SourceChanged(twice, context=context, remedy=CHECK_FORMAT) from None
    except json.JSONDecodeError as error:
        if _is_cut_off(text, error):
            raise SourceUnavailable(CUT_OFF, context=_where(raw)) from None
        message = Text(en="The answer is not JSON.", zh="答复不是 JSON 格式。")
        raise SourceChanged(message, context=_where(raw), remedy=CHECK_FORMAT) from None
    except (ValueError, RecursionError):
        message = Text(
            en="The answer is not JSON that can be read exactly.", zh="答复中有数值或结构无法准确读取（JSON）。"
        )
        raise SourceChanged(message, context=_where(raw), remedy=CHECK_FORMAT) from None


def _is_cut_off(text: str, error: json.JSONDecodeError) -> bool:
    """True for what starts as an object or list and ends before its closing bracket."""
    closing = {"{": "}", "[": "]"}.get(text[0])
    return closing is not None and (error.pos >= len(text) or not text.endswith(closing))


class _ToldTwice(ValueError):
    """A field stands twice in one object, with two values; it is named."""


def _one_value_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) < len(pairs):
        for name, value in pairs:
            if document[name] != value:
                raise _ToldTwice(name)
    return document


def _parse_fraction(text: str) -> Decimal:
    """A number of some tens of digits; 1e999999 has a million, and whoever writes it out is busy for long."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError("a number of a sensible length") from None
    if number and abs(number.adjusted()) > MAX_DIGITS:
        raise ValueError("a number of a sensible length")
    return number


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no amount")
