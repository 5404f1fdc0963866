"""Stand-in for OFAC's list exports, with invented entries in the exact format.

The real list is long, and a short one is not taken for it; so invented people make it as long. Companies are not
matched against people.

No header row, `-0- ` for nothing, CRLF, and a lone byte 0x1A at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from sandbox.dates import resolve
from sandbox.reading import read_yaml
from sandbox.wire import CSV, Reply, Request, page

LIST = Path(__file__).parent / "ofac_sdn.yml"
_FOLDER = "/api/PublicationPreview/exports"
_NOTHING = "-0- "
_END = b"\x1a"
_DAYS_OLD = 3
_PEOPLE = 9_000
_FIRST_PERSON = 900_001
_NO_REMARKS = ",".join([_NOTHING] * 7)


class OfacSdn:
    """Answers with one invented list, as SDN.CSV and ALT.CSV."""

    name = "ofac_sdn"

    def __init__(self, today: date, path: Path = LIST) -> None:
        entries = resolve(read_yaml(path), today)
        self._files = {
            f"{_FOLDER}/SDN.CSV": _csv(_sdn_rows(entries)) + _people(_sdn_person) + _END,
            f"{_FOLDER}/ALT.CSV": _csv(_alt_rows(entries)) + _people(_alt_person) + _END,
        }
        self._changed = _http_date(today - timedelta(days=_DAYS_OLD))

    def answer(self, request: Request) -> Reply:
        """Answer the two exports."""
        body = self._files.get(request.path)
        return self.refusal(404) if body is None else Reply(200, body, CSV, {"Last-Modified": self._changed})

    def refusal(self, status: int) -> Reply:
        """Return a page for a refusal."""
        return page(f"{status}", "<p>Sanctions List Service</p>", status)

    def reset(self) -> None:
        """Keep nothing."""


def _http_date(day: date) -> str:
    return format_datetime(datetime.combine(day, time(), UTC), usegmt=True)


def _quote(value: object) -> str:
    return f'"{value}"' if value else _NOTHING


def _sdn_rows(entries: Iterable[Mapping[str, Any]]) -> Iterable[list[str]]:
    for entry in entries:
        vessel = entry.get("vessel", {})
        yield [
            str(entry["number"]),
            _quote(entry["name"]),
            _quote(entry.get("type")),
            _quote(entry["program"]),
            _quote(entry.get("title")),
            *(_quote(vessel.get(field)) for field in ("call_sign", "type", "tonnage", "grt", "flag", "owner")),
            _quote(entry.get("remarks")),
        ]


def _alt_rows(entries: Iterable[Mapping[str, Any]]) -> Iterable[list[str]]:
    for entry in entries:
        for number, name in enumerate(entry.get("also_known_as", ()), start=int(entry["number"]) * 10):
            yield [str(entry["number"]), str(number), _quote("aka"), _quote(name), _NOTHING]


def _csv(rows: Iterable[list[str]]) -> bytes:
    return b"".join((",".join(row) + "\r\n").encode("latin-1") for row in rows)


def _people(row: Callable[[int], str]) -> bytes:
    return "".join(row(number) for number in range(_PEOPLE)).encode("latin-1")


def _sdn_person(number: int) -> str:
    return f'{_FIRST_PERSON + number},"INVENTED, Person {number}","individual","SDGT",{_NO_REMARKS},-0- \r\n'


def _alt_person(number: int) -> str:
    entry = _FIRST_PERSON + number
    return f'{entry},{entry},"aka","INVENTED, Other Name {number}",-0- \r\n'
