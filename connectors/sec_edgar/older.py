"""Lists of older filings: which are wanted, and what is asked for with each.

The SEC lists the filings of about a year, or the newest thousand, in one answer, and names the files that hold the
rest. Each is a question of its own; what the reader of one must know of the others goes along in parameters that are
not sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import parse_qsl, urlencode

from admission.errors import SourceChanged
from admission.model import Text
from connectors.kit import Fields
from connectors.kit.words import CHECK_FORMAT
from connectors.sec_edgar.filings import read_day

HISTORY_YEARS = 5
# Forty thousand filings; a bank that files a prospectus for every note it sells comes to some twenty in five years.
MAX_OLDER_FILES = 40
ROWS, UNTIL, REPORTED_ON, NEXT = "match_rows", "match_until", "match_reported_on", "match_next"
_DAY = timedelta(days=1)


@dataclass(frozen=True, order=True)
class OlderFile:
    """One file of older filings, as the newest list names it."""

    until: date
    since: date
    name: str
    rows: int

    def lead(self, more: Mapping[str, str]) -> str:
        """Write as a lead: the name, and what the reader of the file must know."""
        return f"{self.name}?{urlencode({ROWS: str(self.rows), UNTIL: str(self.until), **more})}"


@dataclass(frozen=True)
class OlderFiles:
    """The files of older filings of one company.

    Attributes:
        wanted: those that hold filings of the last five years, newest first.
        unread_before: filings before this day are read nowhere, though the question speaks of them; None where all is.
            So it is where the numbers of the files have holes, or a file bears another company's number.
        any: True where there are any, wanted or not.
    """

    wanted: tuple[OlderFile, ...]
    unread_before: date | None = None
    any: bool = False


def read_older_files(lists: Fields, cik: str, asked_on: date, reaches_back_to: date | None) -> OlderFiles:
    """Read which files of older filings there are, and choose those of the last five years.

    Args:
        lists: the part `filings` of the answer.
        cik: of the company.
        asked_on: day of asking.
        reaches_back_to: day of the oldest filing in the newest list; None where that has none.

    Raises:
        SourceChanged: a file has another name, days that cannot be right, or is named twice.
    """
    files = sorted((_read_file(row, asked_on) for row in lists.need_rows("files")), reverse=True)
    numbers = sorted(int(file.name[-8:-5]) for file in files)
    if len(set(numbers)) < len(numbers):
        twice = Text(
            en="A file of older filings at the SEC is named twice.", zh="SEC 早期申报文件（filings.files）重复列示。"
        )
        raise SourceChanged(twice, context={"field": "filings.files[].name"}, remedy=CHECK_FORMAT)
    strange = [file for file in files if not file.name.startswith(f"CIK{cik}-")]
    missing = bool(strange) or numbers != list(range(1, len(numbers) + 1))
    horizon = asked_on.replace(year=asked_on.year - HISTORY_YEARS, day=min(asked_on.day, 28))
    if reaches_back_to is not None and reaches_back_to <= horizon:
        return OlderFiles((), any=bool(files))
    in_question = [file for file in files if file.until >= horizon and file not in strange]
    wanted = tuple(in_question[:MAX_OLDER_FILES])
    # What the first file that is not read holds lies before the oldest that is; on that day itself too, perhaps.
    unread_before = wanted[-1].since + _DAY if len(in_question) > len(wanted) else None
    if missing:
        unread_before = (reaches_back_to or asked_on) + _DAY
    return OlderFiles(wanted, unread_before, any=bool(files))


def _read_file(row: Fields, asked_on: date) -> OlderFile:
    name = row.need_text("name")
    if not re.fullmatch(r"CIK\d{10}-submissions-\d{3}\.json", name):
        renamed = Text(
            en="A file of older filings at the SEC has another name.",
            zh="SEC 早期申报文件（filings.files[].name）的命名与预期不符。",
        )
        raise SourceChanged(renamed, context={"field": "filings.files[].name"}, remedy=CHECK_FORMAT)
    since, until = read_day(row, "filingFrom", asked_on), read_day(row, "filingTo", asked_on)
    rows = row.need_int("filingCount")
    if since > until or rows < 0:
        wrong = Text(
            en="The days or the count of a file of older filings at the SEC cannot be right.",
            zh="SEC 早期申报文件（filings.files[]）的起止日期或条数有误。",
        )
        raise SourceChanged(wrong, context={"field": "filings.files[]"}, remedy=CHECK_FORMAT)
    return OlderFile(until, since, name, rows)


def leads(files: Sequence[OlderFile], reported_on: date | None, periodic: bool) -> tuple[str, ...]:
    """Return what to ask for next.

    While no list had a periodic report, the lists are asked for one after another, so that the last of them can say
    whether the company files any; all at once otherwise.

    Args:
        files: the files that are wanted, newest first.
        reported_on: day of the newest annual or quarterly report in the lists read.
        periodic: True where the lists read have a periodic report.
    """
    known = {REPORTED_ON: str(reported_on)} if reported_on else {}
    if periodic:
        return tuple(file.lead(known) for file in files)
    return chain([file.lead(known) for file in files])


def chain(waiting: Sequence[str]) -> tuple[str, ...]:
    """Return the first of several leads, with the others in it."""
    if not waiting:
        return ()
    return (f"{waiting[0]}&{urlencode({NEXT: ' '.join(waiting[1:])})}",)


def with_report(waiting: Iterable[str], reported_on: date | None) -> list[str]:
    """Put the day of the newest report into leads that have none yet."""
    if reported_on is None:
        return [*waiting]
    return [lead if REPORTED_ON in lead else f"{lead}&{urlencode({REPORTED_ON: str(reported_on)})}" for lead in waiting]


def params_of(lead: str) -> dict[str, str]:
    """Read a lead back: the name of the file, and what its reader must know."""
    name, _, more = lead.partition("?")
    return {"name": name, **dict(parse_qsl(more, keep_blank_values=True))}
