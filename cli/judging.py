"""What a person judges of a company: the qualitative side of the scorecard."""

from __future__ import annotations

import click

from admission.metrics.catalogue import JUDGED
from admission.model import Text
from cli.helping import command, option
from cli.misuse import Misuse
from cli.output import as_option, json_option, print_json
from cli.running.waking import deliver_now
from cli.session import open_house, person_at_hand
from cli.uploads import tell_added
from services.papers import add_manual_evidence


@command(
    zh="""评价申请单中的企业：0 弱，1 一般，2 强；每项均记录您的姓名和理由。

    发起人不得评价该客户。评价方面：market_position（市场地位）、competitive_edge（竞争优势）、
    management_quality（管理水平）、growth_potential（成长潜力）、cooperation_so_far（既往合作）。

    示例：gatehouse judge GH-2026-000002 market_position=2 management_quality=1 --note "行业第二；已实地走访"
    """
)
@click.argument("reference")
@click.argument("judgements", nargs=-1, required=True, metavar="ASPECT=POINTS...")
@option("--note", required=True, help=Text(en="Why; for those who vote.", zh="理由；供审批人阅读。"))
@as_option
@json_option
def judge(reference: str, judgements: tuple[str, ...], note: str, as_user: str | None, as_json: bool) -> None:
    """Judge the company of a case: 0 weak, 1 fair, 2 strong, each with your name and the note.

    Whoever asked for the customer does not judge it. Aspects: market_position, competitive_edge, management_quality,
    growth_potential, cooperation_so_far.

    Example: gatehouse judge GH-2026-000002 market_position=2 management_quality=1 --note "second of its trade; visited"
    """
    form = {"judgements": [{**_entry(written), "note": note} for written in judgements]}
    house = open_house()
    person = person_at_hand(house, as_user)
    added = add_manual_evidence(house, reference, person, form)
    deliver_now(house)
    if as_json:
        print_json([item.model_dump(mode="json") for item in added], many=True)
        return
    for item in added:
        tell_added(reference, item)


def _entry(written: str) -> dict[str, str | int]:
    aspect, equals, points = written.partition("=")
    if not equals or points not in ("0", "1", "2"):
        aspects = ", ".join(JUDGED)
        raise Misuse(
            Text(
                en=f"{written}: write ASPECT=POINTS with 0, 1 or 2; aspects are {aspects}",
                zh=f"{written}：请写成 方面=分值，分值为 0、1 或 2；可评价的方面：{aspects}",
            )
        )
    return {"aspect": aspect, "points": int(points)}
