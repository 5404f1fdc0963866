"""Whether a file is the whole list: by the number of its rows, and by the rows of the version before. Pure.

A file that stops at the end of a row reads like a shorter list, and OFAC's other lists have the same columns. Both are
told by what a whole list has at least, and by how few of its rows go from one version to the next.
"""

from __future__ import annotations

from decimal import Decimal

from admission.errors import SourceChanged, SourceUnavailable
from admission.evidence.sources import SourceCard
from admission.model import Text
from connectors.kit.words import CHECK_FORMAT
from connectors.ofac_sdn.parse import ALT_COLUMNS, FILES, SDN_COLUMNS, cells

Rows = frozenset[tuple[str, ...]]
_COLUMNS = {"sdn": SDN_COLUMNS, "alt": ALT_COLUMNS}
_ASK_LATER = Text(
    en="ask again later, or compare the file with the one on the Treasury's site",
    zh="请稍后重试，或与美国财政部网站上的文件核对",
)


def rows_of(kind: str, body: bytes) -> Rows:
    """Return what tells the rows of a file apart: the entry's number, and the number of the other name.

    Raises:
        SourceChanged, SourceUnavailable: the file cannot be read.
    """
    told = 1 if kind == "sdn" else 2
    return frozenset(tuple(row[:told]) for row in cells(kind, body, _COLUMNS[kind]))


def require_rows(card: SourceCard, kind: str, rows: Rows, then: Rows = frozenset()) -> None:
    """Stop at a file that is not the whole list.

    Args:
        card: says how many rows there are at least, and how many may go.
        kind: `sdn` or `alt`.
        rows: what tells the rows of the file apart.
        then: the same of the version before, where there is one.

    Raises:
        SourceUnavailable: too few rows, or many fewer than before.
        SourceChanged: most rows are not those of the version before.
    """
    name, least = FILES[kind], card.least_rows[kind]
    if len(rows) < least:
        raise SourceUnavailable(
            Text(
                en=f"{name} has too few entries: {len(rows):,}, and the whole list has at least {least:,}. "
                "It was not taken.",
                zh=f"{name} 条目过少：仅 {len(rows):,} 条，完整名单至少有 {least:,} 条，未予采用。",
            ),
            context={"list": kind, "entries": str(len(rows))},
            remedy=_ASK_LATER,
        )
    gone = len(then - rows)
    if not then or Decimal(gone) <= card.most_gone * len(then):
        return
    share = f"{card.most_gone:.0%}"
    if len(rows) < len(then):
        raise SourceUnavailable(
            Text(
                en=f"{name} has too few entries: {len(rows):,}, and the version before had {len(then):,}: {gone:,} are "
                f"gone, more than {share}. It was not taken.",
                zh=f"{name} 有 {len(rows):,} 条，上一版本有 {len(then):,} 条，"
                f"减少 {gone:,} 条，超过 {share}，未予采用。",
            ),
            context={"list": kind, "entries": str(len(rows)), "before": str(len(then))},
            remedy=_ASK_LATER,
        )
    raise SourceChanged(
        Text(
            en=f"{name} is another list than before: {gone:,} of its {len(then):,} entries are not in it. "
            "It was not taken.",
            zh=f"{name} 与上一版本不是同一名单：原有 {len(then):,} 条中有 {gone:,} 条不在其中，未予采用。",
        ),
        context={"list": kind, "gone": str(gone), "before": str(len(then))},
        remedy=CHECK_FORMAT,
    )
