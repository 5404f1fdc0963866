"""A policy in the shadow of the one in force."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from admission.errors import NOTHING
from admission.governance.versions import ShadowResult, version_named
from admission.model import Text
from cli.helping import command, option
from cli.language import to_reader
from cli.misuse import Misuse
from cli.output import as_option, json_option, print_json, print_table, say
from cli.session import open_house, person_at_hand
from services import shadow as shadows
from services.shadow import ShadowReport
from services.watchlists import day_of

COLUMNS = {
    "case": Text(en="case", zh="申请单号"),
    "round": Text(en="round", zh="轮次"),
    "route": Text(en="route", zh="审批层级"),
    "grade": Text(en="grade", zh="等级"),
    "limit": Text(en="limit", zh="建议额度"),
    "failed": Text(en="criteria that fail", zh="不通过的准入标准"),
}


@command(
    zh="""让准入政策的一个版本与现行版本并行：新的评估同时按该版本试算，不产生效力。

    `stop` 结束试算；`report` 按申请单列出结论会有何不同。同一时间只能试算一个版本。

    示例：gatehouse policy shadow 2026.2 --until 2026-12-31；gatehouse policy shadow report；
    gatehouse policy shadow stop
    """
)
@click.argument("version", metavar="VERSION|stop|report")
@option(
    "--until",
    metavar="DAY",
    help=Text(en="The last day on which it runs, such as 2026-12-31.", zh="试算的截止日，如 2026-12-31。"),
)
@as_option
@json_option
def shadow(version: str, until: str | None, as_user: str | None, as_json: bool) -> None:
    """Let a version of the policy run beside the one in force: new assessments are also made under it, without effect.

    `stop` ends it; `report` lists by case what it would have decided otherwise. One runs at a time.

    Examples: gatehouse policy shadow 2026.2 --until 2026-12-31; gatehouse policy shadow report;
    gatehouse policy shadow stop
    """
    house = open_house()
    if version == "report":
        _tell_report(shadows.report(house), as_json)
        return
    person = person_at_hand(house, as_user)
    if version == "stop":
        running = house.casebook.shadows.stop(person.username)
        done = Text(
            en=f"{running.title} runs in the shadow no more; see gatehouse policy shadow report",
            zh=f"{running.title} 已停止试算；见 gatehouse policy shadow report",
        )
    else:
        day = day_of(until)
        if day is None:
            raise Misuse(Text(en="Give its last day with --until.", zh="请用 --until 给出截止日。"))
        found = version_named(house.casebook.policies.all(), version)
        running = shadows.start_shadow(house, found, day, person)
        done = Text(
            en=f"{running.title} runs in the shadow until {running.until}",
            zh=f"{running.title} 开始试算，至 {running.until}",
        )
    if as_json:
        print_json([running.model_dump(mode="json")], many=False)
    else:
        say(done)


def _tell_report(report: ShadowReport, as_json: bool) -> None:
    shadow = report.shadow
    if as_json:
        document = {
            **shadow.model_dump(mode="json"),
            "assessed": len(report.results),
            "otherwise": [_document(result) for result in report.otherwise],
            "failed": [{"case": item.case, "round": item.round, "reason": item.failure} for item in report.failed],
        }
        print_json([document], many=False)
        return
    ended = Text(en=", ended", zh="，已结束") if shadow.ended_at else NOTHING
    say(Text(en=f"{shadow.title}, until {shadow.until}{ended.en}", zh=f"{shadow.title}，至 {shadow.until}{ended.zh}"))
    otherwise, all_of_them, failed = len(report.otherwise), len(report.results), len(report.failed)
    say(
        Text(
            en=f"{otherwise} of {all_of_them} assessments would have come out otherwise; {failed} failed",
            zh=f"{all_of_them} 份评估中 {otherwise} 份结论会不同；{failed} 份试算失败",
        )
    )
    if report.otherwise:
        print_table([_row(result) for result in report.otherwise], COLUMNS, empty=NOTHING)
    for result in report.failed:
        say(
            Text(
                en=f"{result.case} round {result.round}: the shadow failed: {result.failure}",
                zh=f"{result.case} 第 {result.round} 轮：试算失败：{result.failure}",
            )
        )


def _document(result: ShadowResult) -> dict[str, Any]:
    return {**result.model_dump(mode="json", exclude={"failure"}), "otherwise": list(result.otherwise)}


def _row(result: ShadowResult) -> dict[str, object]:
    now, would = result.in_force, result.shadow
    if would is None:
        return {}
    return {
        "case": result.case,
        "round": result.round,
        "route": _change(f"{now.route} {now.band}".strip(), f"{would.route} {would.band}".strip()),
        "grade": _change(now.grade, would.grade),
        "limit": _change(f"{now.limit} {now.currency}", f"{would.limit} {would.currency}"),
        "failed": _change(_names(now.failed), _names(would.failed)),
    }


def _names(criteria: Sequence[str]) -> str:
    return ", ".join(criteria) or to_reader(Text(en="none", zh="无"))


def _change(now: str, would: str) -> str:
    return now if now == would else f"{now} -> {would}"
