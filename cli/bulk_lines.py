"""An act on many customers, as lines and as rows of tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from admission.customers.bulk.acts import KIND_NAMES, BulkAct, BulkMember
from admission.memo.bulk_documents import bulk_document, member_document, member_words, result_lines, sums_lines
from admission.model import Text
from cli.language import language, to_reader
from cli.output import say

FIRST_ROWS = 10
NO_ACTS = Text(en="there is no act on many customers", zh="尚无批量操作")
NO_MEMBERS = Text(en="no customer is selected", zh="没有符合条件的客户")
ACTS = {
    "id": None,
    "kind": Text(en="act", zh="操作"),
    "state": Text(en="state", zh="状态"),
    "customers": Text(en="customers", zh="客户数"),
    "proposed_by": Text(en="proposed by", zh="提出人"),
    "proposed_on": Text(en="on", zh="提出日期"),
    "confirmed_by": Text(en="confirmed by", zh="复核人"),
    "what": Text(en="what", zh="内容"),
}
MEMBERS = {
    "place": None,
    "legal_name": Text(en="company", zh="企业名称"),
    "limit": Text(en="limit", zh="获批额度"),
    "in_force": Text(en="in force", zh="现生效"),
    "after": Text(en="after it", zh="执行后"),
    "exposure": Text(en="exposure", zh="敞口"),
    "ends": Text(en="ends", zh="结束的记录"),
    "result": Text(en="result", zh="结果"),
}
_UNKNOWN = Text(en="not known", zh="未知")


def act_row(act: BulkAct, today: date) -> dict[str, Any]:
    """Return an act as one row of a table."""
    return {
        "id": act.id,
        "kind": to_reader(KIND_NAMES[act.kind]),
        "state": to_reader(act.state_words(today)),
        "customers": f"{act.sums.customers:,}",
        "proposed_by": act.proposed_by,
        "proposed_on": act.proposed_on,
        "confirmed_by": act.confirmed_by,
        "what": to_reader(act.words),
    }


def member_row(member: BulkMember, currency: str) -> dict[str, Any]:
    """Return one customer of a list as one row of a table; its amounts are in the house currency."""
    amounts = {name: getattr(member, name) for name in ("limit", "in_force", "after", "exposure")}
    unknown = to_reader(_UNKNOWN)
    return {
        "place": member.place,
        "legal_name": member.legal_name or member.case,
        **{name: unknown if amount is None else f"{amount:,.2f} {currency}" for name, amount in amounts.items()},
        "ends": ", ".join(member.ends),
        "result": to_reader(member_words(member)),
    }


def document_of(act: BulkAct, today: date, members: Sequence[BulkMember] | None = None) -> dict[str, Any]:
    """Return an act as JSON, with its list where that is given."""
    made = bulk_document(act, language(), today)
    if members is None:
        return made
    return {**made, "members": [member_document(member, language()) for member in members]}


def say_act(act: BulkAct, today: date, results: Mapping[str, int], *, only_preview: bool = False) -> None:
    """Print what an act does, how it stands, and what it comes to.

    Args:
        act: the act.
        today: the day.
        results: how many came to what; none where nothing was carried out.
        only_preview: True where it was not proposed.
    """
    what = act.words
    if only_preview:
        say(Text(en=f"preview, nothing is stored: {what.en}", zh=f"预览，不保存：{what.zh}"))
    else:
        state = act.state_words(today)
        say(Text(en=f"{act.id} {what.en}: {state.en}", zh=f"{act.id} {what.zh}：{state.zh}"))
        by = act.proposed_by, act.proposed_on, act.reason
        say(Text(en=f"proposed by {by[0]} on {by[1]}: {by[2]}", zh=f"{by[0]} 于 {by[1]} 提出：{by[2]}"))
    if act.confirmed_by is not None:
        say(Text(en=f"confirmed by {act.confirmed_by}", zh=f"{act.confirmed_by} 已复核"))
    if act.because:
        say(Text(en=f"refused by {act.settled_by}: {act.because}", zh=f"{act.settled_by} 退回：{act.because}"))
    for line in sums_lines(act.sums):
        say(line)
    if act.carried:
        for line in result_lines(results):
            say(line)
