"""Reading OFAC's CSV files, which have no header row. Pure.

Nulls are the text `-0- ` with a blank after it; organisations have that for a type; the files may end with a lone 0x1A.
"""

from __future__ import annotations

import csv
import functools
import io
import re
from collections.abc import Iterable, Mapping
from datetime import date
from email.utils import parsedate_to_datetime
from typing import Literal

from admission.errors import SourceChanged, SourceUnavailable
from admission.evidence.answers import RawAnswer
from admission.evidence.screening import ListEntry
from admission.identifiers import checked
from admission.model import Text, digest
from connectors.kit import refuse_page, require_ok
from connectors.kit.pages import is_page
from connectors.kit.words import CHECK_FORMAT

LIST_NAME = "OFAC SDN"
FILES = {"sdn": "SDN.CSV", "alt": "ALT.CSV"}
SDN_COLUMNS = 12
ALT_COLUMNS = 5
COLUMNS = {"SDN.CSV": SDN_COLUMNS, "ALT.CSV": ALT_COLUMNS, "ADD.CSV": 6, "SDN_COMMENTS.CSV": 2}

_FILES_IN_MEMORY = 4  # today's two files, and yesterday's for cases that carry on; a process reads each once
_END_OF_FILE = "\x1a"
_NULL = "-0-"
_WHOLE_ENDS = (b"\n", b"\x1a", b'"', b"-0-", b"-0- ")  # what a file that was not cut off ends with
_ALT_KINDS = frozenset({"aka", "fka", "nka"})
_Kind = Literal["entity", "individual", "vessel", "aircraft", "unknown"]
_KINDS: Mapping[str, _Kind] = {"": "entity", "individual": "individual", "vessel": "vessel", "aircraft": "aircraft"}

_ALIAS = re.compile(r"[afn]\.k\.a\. '(?P<name>.+?)'(?=[;.]|$)")
# SURNAME, Given: so all names of people are written, and none of organisations was (July 2021: 6,215 and 0).
_PERSONS_NAME = re.compile(r"[^,a-z]+, .*[a-z]")

# How a remark names a number, the country it must be of, and the kind of number it then is. What fails the check of
# that kind is no such number.
_NUMBERS = tuple(
    (re.compile(rf"(?:alt\. )?(?:{label}) (?P<number>[^()]+?)(?: \((?P<country>[^()]+)\))?\.?"), country, kind)
    for label, country, kind in (
        (r"(?:United|Unified) Social Credit Code(?: Certificate)?(?: \(USCCC?\))?", None, "uscc"),
        (r"(?:Business )?Registration Number|Registration ID|Company Number|Tax ID No\.", "China", "uscc"),
        (r"UK Company Number", None, "uk_company_number"),
        (r"Company Number|(?:Business )?Registration Number", "United Kingdom", "uk_company_number"),
        (r"Legal Entity (?:Number|Identifier)(?: \(LEI\))?|LEI", None, "lei"),
        (r"D-U-N-S Number", None, "duns"),
        (r"US FEIN|Tax ID No\.", "United States", "ein"),
        (r"V\.A\.T\. Number", None, "vat"),
    )
)
_VAT_PREFIXES = {
    "Austria": "AT",
    "Belgium": "BE",
    "Bulgaria": "BG",
    "Cyprus": "CY",
    "Czech Republic": "CZ",
    "Germany": "DE",
    "France": "FR",
    "Greece": "EL",
    "Italy": "IT",
    "Latvia": "LV",
    "Luxembourg": "LU",
    "Malta": "MT",
    "Netherlands": "NL",
    "Slovenia": "SI",
    "Spain": "ES",
    "United Kingdom": "GB",
}


def require_list(raw: RawAnswer) -> None:
    """Stop at what comes in place of a list.

    Raises:
        SourceChanged: another status than 200, or a web page.
        CouldNotAsk: a log-in, captcha or maintenance page.
    """
    require_ok(raw)
    if is_page(raw):
        refuse_page(raw)
        page = Text(en="A web page came in place of the OFAC list.", zh="返回的是网页，而非 OFAC 名单文件。")
        raise SourceChanged(page, context={"url": raw.url}, remedy=CHECK_FORMAT)


def published_on(raw: RawAnswer) -> date | None:
    """Return the day in Last-Modified; the files themselves name none."""
    try:
        return parsedate_to_datetime(raw.headers.get("last-modified", "")).date()
    except ValueError:
        return None


@functools.lru_cache(maxsize=_FILES_IN_MEMORY)
def read_list(kind: str, body: bytes, on: date | None = None) -> tuple[ListEntry, ...]:
    """Read all entries of a list file.

    Args:
        kind: `sdn` for the entries with their main names, `alt` for their other names.
        body: the file as it came.
        on: the day it was published, where known.

    Raises:
        SourceChanged: a row has another shape, or a type that we do not know.
        SourceUnavailable: the file is cut off.
    """
    if kind == "sdn":
        return tuple(_sdn_entries(_rows(kind, body, SDN_COLUMNS), on))
    return tuple(_alt_entries(_rows(kind, body, ALT_COLUMNS), on))


def _rows(kind: str, body: bytes, columns: int) -> list[list[str]]:
    return [[value(cell) for cell in row] for row in cells(kind, body, columns)]


def cells(kind: str, body: bytes, columns: int) -> list[list[str]]:
    """Return the rows of a list file with their cells as they came.

    Args:
        kind: what the file is called in messages.
        body: the file.
        columns: how many columns it has.

    Raises:
        SourceChanged: a row has another shape.
        SourceUnavailable: the file is cut off.
    """
    cut = SourceUnavailable(Text(en="The OFAC list is cut off.", zh="OFAC 名单文件不完整。"), context={"list": kind})
    try:
        text = body.decode("utf-8-sig").removesuffix(_END_OF_FILE)
    except UnicodeDecodeError:
        if not body.endswith(_WHOLE_ENDS):
            raise cut from None
        encoding = Text(en="The OFAC list is not UTF-8 text.", zh="OFAC 名单文件不是 UTF-8 编码的文本。")
        raise SourceChanged(encoding, context={"list": kind}, remedy=CHECK_FORMAT) from None
    _refuse_another_file(kind, text, columns)
    if not body.endswith(_WHOLE_ENDS):
        raise cut
    rows: list[list[str]] = []
    try:
        rows.extend(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        if "unexpected end" in str(error):
            raise cut from None
        raise SourceChanged(
            Text(
                en=f"Row {len(rows) + 1} of the OFAC list has a quotation mark within a text in quotation marks.",
                zh=f"OFAC 名单第 {len(rows) + 1} 行引号内的文本中又有引号。",
            ),
            context={"list": kind, "row": str(len(rows) + 1)},
            remedy=CHECK_FORMAT,
        ) from None
    if not rows or len(rows[-1]) < columns:
        raise cut
    for number, row in enumerate(rows, start=1):
        if len(row) != columns or not row[0].isdigit():
            raise SourceChanged(
                Text(
                    en=f"Row {number} of the OFAC list does not have the {columns} columns that are expected.",
                    zh=f"OFAC 名单第 {number} 行不是预期的 {columns} 列。",
                ),
                context={"list": kind, "row": str(number), "columns": str(len(row))},
                remedy=CHECK_FORMAT,
            )
    return rows


def _refuse_another_file(kind: str, text: str, columns: int) -> None:
    """Stop at another of OFAC's files under this one's name, told by the columns of its first row.

    The row is read leniently, for what has two columns and quotation marks in its text is a file of comments.

    Raises:
        SourceChanged: it says which file it is.
    """
    first = text.partition("\n")[0].rstrip("\r")
    row = next(csv.reader([first]), [])
    # A row of comments ends with its text; without an end, another row may be one of ours that is cut off.
    ended = "\n" in text or len(row) > columns or (len(row) == COLUMNS["SDN_COMMENTS.CSV"] and first.endswith('"'))
    if not row or len(row) == columns or not row[0].isdigit() or not ended:
        return
    other = next((name for name, count in COLUMNS.items() if count == len(row)), None)
    if other is None:
        return
    raise SourceChanged(
        Text(
            en=f"This is not {FILES.get(kind, kind)}: its rows have {len(row)} columns, as those of {other} have.",
            zh=f"这不是 {FILES.get(kind, kind)}：每行 {len(row)} 列，是 {other} 的格式。",
        ),
        context={"list": kind, "columns": str(len(row))},
        remedy=Text(en=f"give {FILES.get(kind, kind)} instead", zh=f"请改用 {FILES.get(kind, kind)}"),
    )


def value(cell: str) -> str:
    """Return a cell without blanks around it; empty where the list writes its null."""
    stripped = cell.strip()
    return "" if stripped == _NULL else stripped


def _sdn_entries(rows: Iterable[list[str]], on: date | None) -> Iterable[ListEntry]:
    for row in rows:
        entry, name, kind, programme, *_, remarks = row
        if kind not in _KINDS or not name:
            raise SourceChanged(
                Text(
                    en=f"Entry {entry} of the OFAC list has a type that is not known, or no name.",
                    zh=f"OFAC 名单条目 {entry} 的类型未知，或没有名称。",
                ),
                context={"entry": entry, "type": kind},
                remedy=CHECK_FORMAT,
            )
        company = _KINDS[kind] == "entity"
        yield ListEntry(
            entry=entry,
            names=(name, *(match["name"] for match in _ALIAS.finditer(remarks))),
            kind=_KINDS[kind],
            identifiers=tuple(dict.fromkeys(_numbers(remarks, fits=True))) if company else (),
            misprints=tuple(dict.fromkeys(_numbers(remarks, fits=False))) if company else (),
            programme="; ".join(programme.split("] [")),
            list_name=LIST_NAME,
            list_date=on,
            content=digest(row),
        )


def _alt_entries(rows: Iterable[list[str]], on: date | None) -> Iterable[ListEntry]:
    names: dict[tuple[str, _Kind], list[tuple[str, str]]] = {}
    for entry, _, alias_kind, name, _ in rows:
        if alias_kind not in _ALT_KINDS or not name:
            raise SourceChanged(
                Text(
                    en=f"Another name of entry {entry} of the OFAC list is of a kind that is not known, or empty.",
                    zh=f"OFAC 名单条目 {entry} 的别名类型未知，或为空。",
                ),
                context={"entry": entry, "kind": alias_kind},
                remedy=CHECK_FORMAT,
            )
        # The file does not tell what is listed; only the way people's names are written does.
        kind: _Kind = "individual" if _PERSONS_NAME.match(name) else "unknown"
        names.setdefault((entry, kind), []).append((alias_kind, name))
    for (entry, kind), aliases in names.items():
        yield ListEntry(
            entry=entry,
            names=tuple(name for _, name in aliases),
            kind=kind,
            list_name=LIST_NAME,
            list_date=on,
            content=digest([entry, *map(list, sorted(aliases))]),
        )


def _numbers(remarks: str, *, fits: bool) -> Iterable[tuple[str, str]]:
    """Yield the official numbers of a kind that we know, those that pass its check or those that do not."""
    for remark in remarks.split(";"):
        for pattern, country, kind in _NUMBERS:
            match = pattern.fullmatch(remark.strip())
            if match is None or country not in (None, match["country"]):
                continue
            number = _with_prefix(kind, match["number"].replace(",", ""), match["country"])
            try:
                written = checked(kind, number)
            except ValueError:
                if not fits:
                    yield kind, re.sub(r"[\s.\-/]", "", number).upper()
            else:
                if fits:
                    yield kind, written


def _with_prefix(kind: str, number: str, country: str | None) -> str:
    """Return a VAT number with the prefix of its country, where the remark leaves that out; others as they are."""
    if kind == "vat" and not number[:2].isalpha():
        return _VAT_PREFIXES.get(country or "", "") + number
    return number
