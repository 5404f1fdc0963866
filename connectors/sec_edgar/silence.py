"""What lists of filings leave open: that they tell of no bankruptcy or distress then says nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from admission.evidence.facts import Untold
from admission.evidence.topics import Topic
from admission.model import Text
from connectors.sec_edgar.filings import Block
from connectors.sec_edgar.forms import silent_since

FILING_TOPICS = (Topic.FILINGS, Topic.INSOLVENCY)
_DAY = timedelta(days=1)


def without_reports(source: str, periodic_on: date | None) -> Untold:
    """Leave open what a company would have reported, from the day on which it counts as silent.

    Args:
        source: name of the source.
        periodic_on: day of its newest annual or quarterly report on forms 10-K or 10-Q; None where it files none.
    """
    if periodic_on is None:
        why = Text(
            en="the company files no annual or quarterly reports (10-K, 10-Q) with the SEC, so it need not report a"
            " bankruptcy there (8-K)",
            zh="该公司不向 SEC 提交年报和季报（10-K、10-Q），因此无须在 SEC 披露破产等事项（8-K）",
        )
        return Untold(source=source, topics=FILING_TOPICS, why=why)
    why = Text(
        en=f"the company's newest annual or quarterly report (10-K, 10-Q) at the SEC is of {periodic_on}; whoever"
        " files none need not report a bankruptcy there (8-K)",
        zh=f"该公司在 SEC 的最近一份年报或季报（10-K、10-Q）提交于 {periodic_on}；"
        "停止提交后无须在 SEC 披露破产等事项（8-K）",
    )
    return Untold(source=source, topics=FILING_TOPICS, why=why, since=silent_since(periodic_on))


def unread_before(source: str, day: date) -> Untold:
    """Leave open what was filed before a day, in lists that were not read."""
    why = Text(
        en=f"filings at the SEC before {day} stand in lists that were not read",
        zh=f"SEC {day} 之前的申报清单未读取",
    )
    return Untold(source=source, topics=FILING_TOPICS, why=why, before=day)


def missing_rows(source: str, expected: int, found: int, until: date) -> Untold:
    """Leave open what is lost of a list of older filings that has fewer rows than the newest list says."""
    why = Text(
        en=f"a list of older filings at the SEC has {found} rows instead of {expected}",
        zh=f"SEC 早期申报清单应有 {expected} 条，实有 {found} 条",
    )
    return Untold(source=source, topics=FILING_TOPICS, why=why, before=until + _DAY)


def in_block(source: str, block: Block, asked_on: date) -> Iterator[Untold]:
    """Yield what the rows of a list leave open: reports without their items, and days that are yet to come."""
    silent = [row.filed_on for row in block.rows if row.says_nothing]
    if silent:
        why = Text(
            en=f"a report on form 8-K of {max(silent)} is listed at the SEC without what it reports",
            zh=f"SEC 清单中 {max(silent)} 的 8-K 报告未列明事项",
        )
        yield Untold(source=source, topics=FILING_TOPICS, why=why, before=max(silent) + _DAY)
    if block.rows and block.rows[0].filed_on > asked_on + _DAY:
        day = block.rows[0].filed_on
        why = Text(
            en=f"the SEC's list has a filing of {day}, which is yet to come", zh=f"SEC 清单中有尚未到来的日期：{day}"
        )
        yield Untold(source=source, topics=FILING_TOPICS, why=why)


def remarks_on(block: Block) -> Iterator[Text]:
    """Yield what people should know of how a list was read."""
    odd = [row.reference for row in block.rows if row.odd_day]
    if odd:
        yield Text(
            en=f"The listed day of the event of {len(odd)} filing(s) cannot be right; the day of filing was taken:"
            f" {', '.join(odd[:5])}.",
            zh=f"有 {len(odd)} 份申报所列事项日期有误，已改用提交日期：{'、'.join(odd[:5])}。",
        )
