"""Stand-in for The Gazette: the search for insolvency notices, and the notices as HTML with RDFa.

As the real one: figures are texts; no hit is `entry: null`; a single hit is an object in place of a list.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.stories import Story
from sandbox.wire import HTML, Reply, Request, json_reply, page

_SITE = "https://www.thegazette.co.uk"
_NOTICE_PAGE = """<!DOCTYPE html>
<html lang="en"><head><title>{kind} | The Gazette</title></head><body>
<div id="main_content">
  <dl class="metadata">
    <dt>Notice category:</dt><dd class="category">Corporate Insolvency</dd>
    <dt>Notice type:</dt><dd class="notice-type">{kind}</dd>
    <dt>Publication date:</dt>
    <dd about="{id}" content="{date}" property="gaz:hasPublicationDate dc:issued"><time>{date}</time></dd>
    <dt>Edition:</dt><dd>The London Gazette</dd>
    <dt>Notice ID:</dt><dd about="{id}" property="gaz:hasNoticeID">{number}</dd>
    <dt>Notice code:</dt><dd about="{id}" datatype="integer" property="gaz:hasNoticeCode">{code}</dd>
  </dl>
  <article class="notice"><div class="content">
    <h3 data-gazettes="h3">{company}</h3>
    <p data-gazettes="text">(Company Number {company_number})</p>
    <p data-gazettes="text">{text}</p>
  </div></article>
</div></body></html>
"""


class UkGazette:
    """Answers with the notices of the stories that have a `uk_gazette` section."""

    name = "uk_gazette"

    def __init__(self, stories: Iterable[Story]) -> None:
        notices = [
            {**notice, "company": story.legal_name.upper(), "company_number": section["number"]}
            for story in stories
            if (section := story.sources.get(self.name))
            for notice in section["notices"]
        ]
        self._notices = sorted(notices, key=lambda notice: str(notice["date"]), reverse=True)

    def answer(self, request: Request) -> Reply:
        """Answer the search and single notices."""
        if re.fullmatch(r"/(all-notices|insolvency)(/(london|edinburgh|belfast))?/notice/data\.json", request.path):
            return json_reply(self._feed(request))
        match = re.fullmatch(r"/notice/([A-Z]-\d+-\d+)(/data\.htm)?", request.path)
        for notice in self._notices:
            if match and notice["number"] == match[1]:
                return Reply(200, _notice_page(notice).encode(), HTML)
        return self.refusal(404)

    def refusal(self, status: int) -> Reply:
        """Return the site's page for a refusal."""
        titles = {401: "Sign in", 403: "Access denied", 404: "Page not found", 429: "Too many requests"}
        return page(f"{titles.get(status, 'Error')} | The Gazette", "<p>The Gazette</p>", status)

    def reset(self) -> None:
        """Keep nothing."""

    def _feed(self, request: Request) -> dict[str, Any]:
        found = [notice for notice in self._notices if _matches(notice, request)]
        if request.value("sort-by") == "oldest-date":
            found.reverse()
        size = max(1, min(request.whole_number("results-page-size", 10), 100))
        number = max(1, request.whole_number("results-page", 1))
        start = (number - 1) * size
        entries = [_entry(notice) for notice in found[start : start + size]]
        url = f"{_SITE}{request.target}"
        return {
            "id": url.replace("data.json", "data.feed"),
            "link": [{"@href": url, "@rel": "self", "@type": "application/json"}],
            "title": "Search Result",
            "updated": "2026-01-01T00:00:00.000Z",
            "openSearch:Query": {"@role": "request"},
            "f:page-number": str(number),
            "f:page-size": str(size),
            "f:page-start": str(start + 1),
            "f:page-stop": str(start + len(entries)),
            "f:total": str(len(found)),
            "f:facets": None,
            "entry": (entries[0] if len(entries) == 1 else entries) or None,
        }


def _matches(notice: Mapping[str, Any], request: Request) -> bool:
    haystack = f"{notice['company']} {notice['company_number']} {notice['kind']} {notice['text']}".casefold()
    words = re.findall(r"[\w.&'-]+", request.value("text").casefold())
    codes = {code for name in ("noticetype", "noticetypes") for code in re.findall(r"\d+", request.value(name))}
    return (
        all(word in haystack for word in words)
        and (not codes or str(notice["code"]) in codes)
        and str(notice["code"]).startswith(request.value("categorycode"))
        and request.value("start-publish-date") <= notice["date"] <= request.value("end-publish-date", "9999")
    )


def _entry(notice: Mapping[str, Any]) -> dict[str, Any]:
    number = notice["number"]
    url = f"{_SITE}/notice/{number}"
    category: object = {"@term": notice["kind"]}
    return {
        "id": f"{_SITE}/id/notice/{number}",
        "f:status": "published",
        "f:notice-code": str(notice["code"]),
        "title": notice["company"],
        "link": [
            {"@href": f"{_SITE}/id/notice/{number}", "@rel": "self"},
            {"@href": url},
            {"@href": f"{url}/data.ttl", "@rel": "alternate", "@title": "TURTLE", "@type": "text/turtle"},
            {"@href": f"{url}/data.jsonld", "@rel": "alternate", "@title": "JSON-LD", "@type": "application/json"},
        ],
        "author": {"name": "sandbox"},
        "updated": f"{notice['date']}T09:00:00Z",
        "published": f"{notice['date']}T00:00:00",
        # The real feed gives one category as an object and several as a list; both occur here.
        "category": [category] if notice.get("category_as_list") else category,
        "content": f"<div><p>{html.escape(notice['text'])}</p></div>",
    }


def _notice_page(notice: Mapping[str, Any]) -> str:
    fields = {key: html.escape(str(value)) for key, value in notice.items()}
    return _NOTICE_PAGE.format(id=f"{_SITE}/id/notice/{notice['number']}", **fields)
