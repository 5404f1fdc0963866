"""Pages: told from answers and read into a tree, at a cost that grows with their length alone."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from admission.errors import GatehouseError, SourceChanged
from admission.evidence.answers import RawAnswer
from connectors.kit import is_page, read_html, read_json, refuse_page, text_of
from connectors.kit.pages import MAX_PAGE
from tests.connectors.contract import NOW

CPU_SECONDS = 2.0
COMMENT = "<!-- x -->"
# What keeps html.parser, or an expression that goes back over its steps, busy for long.
PIECES = (
    "<!-- x -->|<!--|-->|<a |<a x='|<a x=\"y' |<![CDATA[|<![x|&amp|&x|&#1|<div>|</div>|<?x|?>|<script>|</script"
    "|</|</a |<!x |<!doctype [|<title>|<h1|<|<1 |<!|<textarea>|<p>x</p>|<a/|<a = = =|<br>|'|\"|=|>| |\n|login"
).split("|")


def raw(body: bytes | str) -> RawAnswer:
    whole = body.encode() if isinstance(body, str) else body
    return RawAnswer(status=200, content_type="text/html", body=whole, url="https://example.org/1", fetched_at=NOW)


def read_every_way(text: str) -> float:
    """CPU that it takes to look at a body in each of the ways that connectors do."""
    began = time.process_time()
    answer = raw(text)
    is_page(answer)
    text_of(text)
    for read in (lambda: refuse_page(answer), lambda: read_json(answer), lambda: read_html(text, {}).get_text(" ")):
        try:
            read()
        except GatehouseError:
            continue
    return time.process_time() - began


@pytest.mark.parametrize(
    ("body", "page"),
    [
        (COMMENT * 40 + "<div>down for a while</div>", True),
        (COMMENT * 100_000 + "<html>", True),
        (COMMENT * 100_000, False),
        ("\ufeff <!-- a --> \n<!DOCTYPE  html>", True),
        ('<?xml version="1.0"?><!DOCTYPE html>', True),
        ('<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>', False),
        ("<HEAD>", True),
        ("<header1>", False),
        ("<!-- never ends <html>", False),
        ('{"a": "<html>"}', False),
        ("", False),
    ],
)
def test_a_page_is_told_however_much_goes_before_it(body: str, page: bool) -> None:
    assert is_page(raw(body)) is page


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("length", [60_000, MAX_PAGE, 3 * MAX_PAGE])
def test_the_same_piece_over_and_over_costs_little(piece: str, length: int) -> None:
    assert read_every_way(piece * (length // len(piece))) < CPU_SECONDS


@settings(max_examples=40)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=6), st.integers(min_value=1, max_value=20_000))
def test_pieces_in_any_order_cost_little_and_raise_nothing_else(pieces: list[str], times: int) -> None:
    assert read_every_way("".join(pieces) * times) < CPU_SECONDS


@pytest.mark.parametrize(
    "body", ["<![x", "<![CDATA[ x ]]>", "<!x>", "<a", "<a href='", "<!-- ", "<script>x", "x" * 600_000]
)
def test_a_page_that_cannot_be_read_through_is_refused(body: str) -> None:
    with pytest.raises(SourceChanged, match="cannot be read") as caught:
        read_html(body, {"source": "x"})
    assert caught.value.context == {"source": "x"}
    assert caught.value.message.zh.startswith("该网页无法读取")


def test_a_page_as_people_write_them_is_read() -> None:
    page = read_html(
        "<!doctype html><html><head><title>A < B</title><script>if (a<b) { x = '<a '; }</script></head>"
        "<body><p data-x=it's>1 < 2 & 3<br/><img src=x><p>next</body></html>",
        {},
    )
    assert page.body is not None
    assert page.body.get_text(" ", strip=True) == "1 < 2 & 3 next"


def test_the_words_of_an_excerpt_are_without_its_tags() -> None:
    assert text_of('<p>and <em class="x">Larkfield</em> &amp; Co <a hre').split() == ["and", "Larkfield", "&", "Co"]


@pytest.mark.recorded
def test_the_page_of_many_comments_is_a_change_at_once(recorded: Path) -> None:
    answer = raw((recorded / "cases/page_of_many_comments.html").read_bytes())
    began = time.process_time()
    with pytest.raises(SourceChanged):
        read_json(answer)
    assert time.process_time() - began < CPU_SECONDS
