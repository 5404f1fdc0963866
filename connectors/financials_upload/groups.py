"""Whose the figures are: those of a group, of its parent company, or of the one company there is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from admission.evidence.uploads import PreviewProblem
from admission.model import Text
from connectors.financials_upload import labels, wanted
from connectors.financials_upload.lines import Reading

_NAMES: dict[labels.StatementKind, Text] = {
    "balance": Text(en="the balance sheet", zh="资产负债表"),
    "income": Text(en="the income statement", zh="利润表"),
    "cash_flow": Text(en="the cash flow statement", zh="现金流量表"),
}


class Settled(NamedTuple):
    """The readings, each with whose it is; what was taken for granted; and what must be asked."""

    readings: list[Reading]
    remarks: list[Text]
    problems: list[PreviewProblem]


def settle(readings: Sequence[Reading]) -> Settled:
    """Settle whose the unmarked statements of a file are that has marked ones.

    An unmarked statement beside a marked one of the same kind may be of either, so it is asked about. Where the file
    has a group's balance sheet and one income statement, which is not marked, they are of one set of accounts.
    """
    marks = {reading.consolidated for reading in readings if reading.field is not None and reading.values}
    if None not in marks or len(marks) == 1:
        return Settled(list(readings), [], [])
    marked = {
        _kind(item) for item in readings if item.field is not None and item.consolidated is not None and item.values
    }
    unmarked = [item for item in readings if item.field is not None and item.consolidated is None and item.values]
    unclear = [item for item in unmarked if len(marks) == 3 or _kind(item) in marked]
    if unclear:
        first = {(item.place.sheet, item.kind): item.place for item in reversed(unclear)}
        problems = [
            PreviewProblem(place=place.sheet, row=place.row, expected=wanted.WHOSE)
            for place in sorted(first.values(), key=lambda place: (place.sheet, place.row or 0))
        ]
        return Settled(list(readings), [], problems)
    (mark,) = marks - {None}
    kinds = dict.fromkeys(map(_kind, unmarked))
    return Settled(
        [item._replace(consolidated=mark) if item.consolidated is None else item for item in readings],
        [_taken_for(_NAMES[kind], group=mark is True) for kind in kinds],
        [],
    )


def _kind(reading: Reading) -> labels.StatementKind:
    return reading.kind or labels.kind_of(reading.field or "total_assets")


def _taken_for(what: Text, *, group: bool) -> Text:
    if group:
        return Text(
            en=f"{what.en} does not say whose it is; it is taken for the group's, as the other statements are",
            zh=f"{what.zh}未注明是否合并，与其他报表一致，视为合并报表",
        )
    return Text(
        en=f"{what.en} does not say whose it is; it is taken for the parent company's, as the other statements are",
        zh=f"{what.zh}未注明是否合并，与其他报表一致，视为母公司报表",
    )
