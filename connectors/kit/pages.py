"""Reading web pages: whether something is one, and into a tree at a cost that grows with its length alone.

`html.parser`, on which Beautiful Soup rests, looks to the end of a page again and again for the end of each tag or
comment that has none; 100,000 characters can keep it busy for hours. So a page is walked once before, and refused
where a tag or comment does not end.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from admission.errors import SourceChanged
from admission.evidence.answers import RawAnswer
from admission.model import Text
from connectors.kit.words import CHECK_FORMAT

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

# A notice has some ten thousand characters, its frame around it a hundred thousand.
MAX_PAGE = 500_000
_MAX_TAGS = 20_000
_MAX_DEPTH = 2_000
_BOM = b"\xef\xbb\xbf"
_BLANKS = re.compile(rb"\s*+")
_TAG_START = re.compile(r"</?[a-zA-Z]")
_PAGE_TAG = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|script|style|meta|link|title|div|p|h[1-6]|center|table|main|section|form"
    rb"|iframe|noscript)\b",
    re.IGNORECASE,
)
# All repeats are possessive: nothing is tried twice.
_TAG = re.compile(r"""<(/?)([a-zA-Z][^\s/>]*+)((?:[^>"'=]++|=\s*+(?:"[^"]*+"|'[^']*+')?+|["'])*+)>""")
_WORDS_TO_ITS_END = ("script", "style", "textarea", "title")
_WITHOUT_END = frozenset("area base br col embed hr img input link meta param source track wbr".split())


def is_page(raw: RawAnswer) -> bool:
    """True where the body is a web page, whatever its content type says and however many comments go before it."""
    body = raw.body.removeprefix(_BOM)
    return _PAGE_TAG.match(body, _skip_comments(body)) is not None


def _skip_comments(body: bytes) -> int:
    """Return where blanks, comments and processing instructions end."""
    place = 0
    while True:
        found = _BLANKS.match(body, place)
        place = found.end() if found else place
        if body.startswith(b"<!--", place):
            end, length = body.find(b"-->", place + 4), 3
        elif body.startswith(b"<?", place):
            end, length = body.find(b"?>", place + 2), 2
        else:
            return place
        if end < 0:
            return place
        place = end + length


def text_of(excerpt: str) -> str:
    """Return the words of a piece of a page, without its tags; tags may be cut off."""
    return html.unescape(re.sub(r"<[^<>]*>|<[^<>]*$", " ", excerpt))


def read_html(text: str, where: dict[str, str]) -> BeautifulSoup:
    """Read a page into a tree.

    Args:
        text: the page.
        where: what the error says of the place, such as source and notice.

    Raises:
        SourceChanged: it is far too long, a tag or comment has no end, or it cannot be read as a page at all.
    """
    # Loaded with the first page: few companies have one.
    from bs4 import BeautifulSoup

    trouble = _trouble_in(text)
    if trouble is None:
        try:
            return BeautifulSoup(text, "html.parser")
        except (AssertionError, ValueError, RecursionError):
            # Such as `<![x`: html.parser asserts, and Beautiful Soup says that it was rejected.
            trouble = Text(en="its mark-up cannot be read", zh="其标记无法解析")
    raise SourceChanged(
        Text(en=f"The page cannot be read: {trouble.en}.", zh=f"该网页无法读取：{trouble.zh}。"),
        context=where,
        remedy=CHECK_FORMAT,
    )


def _trouble_in(text: str) -> Text | None:
    """Walk a page once from tag to tag, and say what of it would make its reading long or impossible."""
    if len(text) > MAX_PAGE:
        return Text(en="it is too long", zh="内容过长")
    unended = Text(en="a tag or comment has no end", zh="有标签或注释没有结尾")
    lowered = text.lower()
    # A capital of some scripts has two small letters, and places would no longer fit.
    folded = lowered if len(lowered) == len(text) else text
    place = tags = depth = 0
    while (place := text.find("<", place)) >= 0:
        tags += 1
        if tags > _MAX_TAGS or depth > _MAX_DEPTH:
            return Text(en="it has too many tags", zh="标签过多")
        if text.startswith("<!--", place):
            end = text.find("-->", place + 4)
            place = end + 3
        elif text.startswith(("<!", "<?"), place):
            if text.startswith("<!", place) and folded[place : place + 9] != "<!doctype":
                return unended
            end = text.find(">", place)
            place = end + 1
        elif (tag := _TAG.match(text, place)) is not None:
            name, end = tag[2].lower(), tag.end()
            if not tag[1] and name in _WORDS_TO_ITS_END:
                end = folded.find(f"</{name}", end)
            if name not in _WITHOUT_END and not tag[3].endswith("/"):
                depth += -1 if tag[1] else 1
            place = end
        elif _TAG_START.match(text, place):
            return unended
        else:
            end = place = place + 1
        if end < 0:
            return unended
    return None
