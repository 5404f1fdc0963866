"""True answers altered, as by a source that changed its layout overnight: a field gone, or an unheard-of value."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sandbox.wire import CSV, JSON, PLAIN, Reply, json_reply

UNHEARD_OF = "unheard-of"
# Where nobody names a field: the first of these that the answer has.
_MAIN_FIELDS = ("filings", "facts", "company_name", "cases", "items", "entry", "token", "companies", "report")
_ENUMERATIONS = (
    "company_status",
    "cases.0.type",
    "items.0.status",
    "items.0.officer_role",
    "items.0.category",
    "items.0.company_status",
    "entry.0.f:notice-code",
    "entry.f:notice-code",
    "companies.0.status",
    "report.companySummary.companyStatus.status",
    "entityType",
)


def without_field(reply: Reply, field: str = "") -> Reply:
    """Return a reply without a field: the dotted path where given, else its main field.

    A CSV loses its first column, a page the `property` attributes that tell what is what.
    """
    if reply.content_type == CSV:
        return _change_line(reply, lambda line: line.partition(",")[2] or line)
    if reply.content_type != JSON:
        return replace(reply, body=reply.body.replace(b"property=", b"data-was="))
    return _change(reply, (field,) if field else _MAIN_FIELDS, drop=True)


def with_unknown_value(reply: Reply, field: str = "") -> Reply:
    """Return a reply with an unheard-of value in a field that takes one of a few: a dotted path, else the first known.

    A CSV changes its type column, a page each of its data cells.
    """
    if reply.content_type == CSV:
        return _change_line(reply, lambda line: re.sub(r'(-0- |"[a-z]+"),', f'"{UNHEARD_OF}",', line, count=1))
    if reply.content_type != JSON:
        return replace(reply, body=reply.body.replace(b"</dd>", f"-{UNHEARD_OF}</dd>".encode()))
    return _change(reply, (field,) if field else _ENUMERATIONS, drop=False)


def _change_line(reply: Reply, change: Callable[[str], str]) -> Reply:
    lines = reply.body.decode("latin-1").split("\r\n")
    return replace(reply, body="\r\n".join(change(line) for line in lines).encode("latin-1"))


def _change(reply: Reply, fields: tuple[str, ...], *, drop: bool) -> Reply:
    document = json.loads(reply.body)
    for field in fields:
        *parents, last = field.split(".")
        holder = document
        for step in parents:
            holder = holder[_key(holder, step)] if _has(holder, step) else None
        if not _has(holder, last):
            continue
        if drop:
            del holder[_key(holder, last)]
        else:
            holder[_key(holder, last)] = UNHEARD_OF
        return json_reply(document, reply.status, reply.headers)
    # Never answer rightly where something wrong was ordered: a test would pass for nothing.
    text = f"The answer has no such field: {', '.join(fields)}\n"
    return Reply(500, text.encode(), PLAIN, {"X-Sandbox": "misbehaviour-not-applicable"})


def _key(holder: Any, step: str) -> Any:
    return int(step) if isinstance(holder, list) else step


def _has(holder: Any, step: str) -> bool:
    if isinstance(holder, list):
        return step.isdigit() and int(step) < len(holder)
    return isinstance(holder, dict) and step in holder
