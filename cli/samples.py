"""Decisions of the system that people spot-check."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from admission.approval.sampling import Sampled
from admission.model import Text
from cli.helping import command, option
from cli.language import to_reader
from cli.misuse import Misuse
from cli.output import as_option, json_option, print_json, print_table, say
from cli.running.waking import deliver_now
from cli.session import open_house, person_at_hand
from services import rounds
from wiring import House

NEWEST = 200
COLUMNS = {
    "case": Text(en="case", zh="申请单号"),
    "company": Text(en="company", zh="企业"),
    "decided": Text(en="decided", zh="决定"),
    "at": Text(en="on", zh="日期"),
    "drawn": Text(en="drawn", zh="抽中"),
    "look": Text(en="spot check", zh="抽检意见"),
}
SEED_COLUMNS = {
    "quarter": Text(en="quarter", zh="季度"),
    "made_at": Text(en="made", zh="生成时间"),
    "sha256": None,
    "seed": Text(en="seed", zh="种子"),
}


@command(
    zh="""列出抽中待抽检的系统决定及抽检意见，最新的在前。

    示例：gatehouse samples；gatehouse samples --all --json；gatehouse samples --seeds
    """
)
@option(
    "--all",
    "everything",
    is_flag=True,
    help=Text(en="Also decisions of the system that were not drawn.", zh="包括未抽中的系统决定。"),
)
@option(
    "--seeds",
    is_flag=True,
    help=Text(
        en="The seeds that were drawn from; that of this quarter by its sha256 alone.",
        zh="抽样所用的种子；本季度的只显示 sha256。",
    ),
)
@option(
    "--newest",
    type=click.IntRange(min=1),
    default=NEWEST,
    show_default=True,
    help=Text(en="At most so many.", zh="最多列出多少个。"),
)
@json_option
def samples(everything: bool, seeds: bool, newest: int, as_json: bool) -> None:
    """List decisions of the system that were drawn for a spot check, and what was said of them, newest first.

    Examples: gatehouse samples; gatehouse samples --all --json; gatehouse samples --seeds
    """
    house = open_house()
    columns: Mapping[str, Text | None] = COLUMNS
    if seeds:
        columns = SEED_COLUMNS
        rows = [seed.model_dump(mode="json") for seed in house.casebook.samples.seeds(house.clock())]
    else:
        found = house.casebook.samples.all(drawn_only=not everything, newest=newest)
        rows = [_row(house, item) for item in found]
    if as_json:
        print_json(rows, many=True)
    else:
        print_table(rows, columns, empty=Text(en="nothing was drawn yet", zh="尚未抽样"))


def _row(house: House, item: Sampled) -> dict[str, Any]:
    from admission.memo.labels import DECIDED_BY, LOOKS, OUTCOMES, said

    case = house.casebook.cases.get(item.draw.case)
    outcome = to_reader(said(OUTCOMES, case.decision.outcome)) if case.decision else ""
    how = to_reader(said(DECIDED_BY, item.draw.decided_by))
    yes, no = Text(en="yes", zh="是"), Text(en="no", zh="否")
    look = item.look
    return {
        "case": item.draw.case,
        "company": case.application.legal_name,
        "decided": f"{outcome}, {how}",
        "at": item.draw.at.date().isoformat(),
        "drawn": to_reader(yes if item.draw.drawn else no),
        "look": f"{look.by}: {to_reader(said(LOOKS, look.verdict))}, {look.note}" if look else None,
        "opened": look.opened if look else None,
        "draw": item.draw.model_dump(mode="json"),
    }


@command(
    zh="""以登录用户的身份，对系统就申请单作出的决定提交抽检意见；每个决定一次。

    示例：gatehouse look GH-2026-000001 --agree --note "已核对报表和征信"；
    gatehouse look GH-2026-000004 --reopen --note "清盘申请已于五月驳回"
    """
)
@click.argument("reference")
@option("--agree", is_flag=True, help=Text(en="The system decided as you would have.", zh="系统的决定与您的判断一致。"))
@option(
    "--reopen",
    is_flag=True,
    help=Text(
        en="People are to decide: a review of the customer, or the application anew.",
        zh="应由人工决定：开启客户复审，或重新受理申请。",
    ),
)
@option("--note", required=True, help=Text(en="Why.", zh="理由。"))
@as_option
def look(reference: str, agree: bool, reopen: bool, note: str, as_user: str | None) -> None:
    """Record, as the signed-in user, your spot check of what the system decided on a case; once for each decision.

    Examples: gatehouse look GH-2026-000001 --agree --note "accounts and bureau read";
    gatehouse look GH-2026-000004 --reopen --note "the petition was dismissed in May"
    """
    if agree == reopen:
        raise Misuse(Text(en="Give one of --agree and --reopen.", zh="请在 --agree 和 --reopen 中选择一个。"))
    house = open_house()
    person = person_at_hand(house, as_user)
    made = rounds.spot_check(house, reference, "agreed" if agree else "reopened", note, person)
    if made.opened is None:
        say(Text(en=f"{reference}: {person.username} agreed", zh=f"{reference}：{person.username} 抽检同意"))
        return
    deliver_now(house)
    say(
        Text(
            en=f"{reference}: re-opened; people decide in {made.opened}, round {made.opened_round}",
            zh=f"{reference}：已重开；由人工在 {made.opened} 第 {made.opened_round} 轮审批",
        )
    )
