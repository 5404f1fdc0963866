"""The rows of headings over a table, put together: one column of amounts under each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from connectors.financials_upload import labels
from connectors.financials_upload.characters import is_company
from connectors.financials_upload.days import years_before
from connectors.financials_upload.denominations import Denomination, denomination_of
from connectors.financials_upload.headings import (
    MORE_LABEL_HEADS,
    OTHER_SIDE,
    Group,
    Heading,
    Period,
    heading_of,
    merged,
)
from connectors.financials_upload.sheets import Cell

_MOST_ROWS = 4
_LABEL = Heading("label")


class Column(NamedTuple):
    """One column of amounts.

    Attributes:
        label: the place of the labels that it belongs to.
        place: its own place.
        words: its heading as it is written.
    """

    label: int
    place: int
    period: Period
    group: Group | None
    denomination: Denomination
    words: str


class Block(NamedTuple):
    """The rows of headings over one table.

    Attributes:
        rows: how many they are.
        heads: words over columns that hold no amounts.
        headed: places of all columns that have a heading.
        continues: True where the words over the labels say that it is the other side of a balance sheet.
    """

    rows: int
    columns: tuple[Column, ...]
    heads: tuple[str, ...]
    headed: frozenset[int]
    continues: bool


def block_at(rows: Sequence[tuple[Cell, ...]], start: int) -> Block | None:
    """Read the rows of headings that begin at a row; None where it is none.

    A row of headings holds periods, words over labels and words over columns that are not read, and nothing else; so a
    line of amounts that look like years is none. Above or below it may stand rows that say whose the columns are.
    """
    read: list[dict[int, Heading]] = []
    for row in rows[start : start + _MOST_ROWS]:
        headings = _row(row, first=not read)
        if not headings or not (_goes_with(headings, read) if read else _of_columns(headings)):
            break
        if read and read[-1].get(0, _LABEL).kind == "title" and _has(headings, "period"):
            # The title with its day, and under it the headings.
            return None
        read.append(headings)
    while read and not _of_columns(read[-1]) and not any(heading.kind == "unit" for heading in read[-1].values()):
        read.pop()
    if not read or not any(heading.kind == "period" for headings in read for heading in headings.values()):
        return None
    return _block(read)


def _has(headings: dict[int, Heading], kind: str) -> bool:
    return any(heading.kind == kind for place, heading in headings.items() if place > 0)


def _of_columns(headings: dict[int, Heading]) -> bool:
    return any(heading.kind in ("period", "group") for place, heading in headings.items() if place > 0)


def _goes_with(headings: dict[int, Heading], read: list[dict[int, Heading]]) -> bool:
    """Tell whether a row goes on with the rows of headings above it, and is not that of another table."""
    kinds = {heading.kind for heading in headings.values()}
    above = {heading.kind for row in read for heading in row.values()}
    if "period" in kinds:
        return "group" in above or ("period" in above and _sparse(read[-1], headings))
    return bool(kinds & {"group", "unit"})


def _sparse(upper: dict[int, Heading], lower: dict[int, Heading]) -> bool:
    """True where each heading of the upper row stands over several of the lower."""
    over = [place for place, heading in upper.items() if heading.kind == "period"]
    under = [place for place, heading in lower.items() if heading.kind in ("period", "group")]
    return len(under) >= 2 * len(over)


def _row(row: tuple[Cell, ...], *, first: bool) -> dict[int, Heading]:
    """The headings of a row by place; empty where a cell of it is none."""
    found: dict[int, Heading] = {}
    for place, cell in enumerate(row):
        if cell.kind == "blank":
            continue
        try:
            heading = heading_of(cell)
        except ValueError:
            return {}
        if place == 0 and cell.kind == "text" and _may_stand_first(cell.text, heading, first=first):
            heading = Heading("title", words=cell.text)
        if heading is None:
            return {}
        found[place] = heading
    kinds = {heading.kind for place, heading in found.items() if place > 0}
    # A day beside a unit is a line above a table, not one of headings.
    return found if kinds & {"period", "group", "unit"} and not {"period", "unit"} <= kinds else {}


def _may_stand_first(text: str, heading: Heading | None, *, first: bool) -> bool:
    """A title, a unit or a day may stand where the word over the labels would."""
    if heading is None:
        denomination = denomination_of(text, beside=True)
        return first and (labels.title_of(text) is not None or is_company(text) or not denomination.empty)
    return heading.kind in ("period", "unit", "group")


def _block(read: list[dict[int, Heading]]) -> Block:
    """Put the rows of headings together: a heading stands over all columns to the next one in its row."""
    dense = max(read, key=lambda row: sum(heading.kind in ("period", "group") for heading in row.values()))
    places = sorted(place for place, heading in dense.items() if heading.kind in ("period", "group"))
    heads = {place: heading for row in read for place, heading in row.items() if heading.kind in ("label", "title")}
    columns = []
    for place in places:
        label = max((at for at in heads if at < place), default=0)
        if place <= label:
            continue
        over = [heading for row in read if (heading := _over(row, place, label, dense=row is dense))]
        period = _combined([heading.period for heading in over if heading.period is not None])
        if period is None:
            continue
        group = next((heading.group for heading in over if heading.group is not None), None)
        denominations = [heading.denomination for heading in over if not heading.denomination.empty]
        words = " ".join(dict.fromkeys(heading.words for heading in over if heading.kind != "unit"))
        columns.append(Column(label, place, period, group, merged(denominations), words))
    told = tuple(
        heading.words for row in read for heading in row.values() if heading.kind in ("label", "title", "ignored")
    )
    continues = any(OTHER_SIDE.fullmatch(labels.bare(head)) or labels.bare(head) in MORE_LABEL_HEADS for head in told)
    headed = frozenset(place for row in read for place in row) | {column.place for column in columns}
    return Block(len(read), tuple(columns), told, headed, continues)


def _over(row: dict[int, Heading], place: int, label: int, *, dense: bool) -> Heading | None:
    at = max((at for at in row if label <= at <= place), default=None)
    if at is None or (at == label and at != place and row[at].kind in ("label", "title")):
        return None
    heading = row[at]
    if at == place:
        return heading
    reaches = heading.span == 1 or at + heading.span > place
    return heading if not dense and reaches and heading.kind in ("period", "group") else None


def _combined(periods: list[Period]) -> Period | None:
    """A day over 期末余额 and 年初余额 is the day that they follow from."""
    if len(periods) < 2:
        return periods[0] if periods else None
    named = next((period for period in periods if period.end is not None), None)
    relative = next((period for period in periods if period.end is None), None)
    if named is None or named.end is None or relative is None:
        return periods[-1]
    span = named.span or relative.span
    return relative._replace(end=years_before(named.end, relative.back), span=span, year_only=named.year_only)
