"""A policy in the shadow of the one in force."""

from __future__ import annotations

from typing import Any

import click

from admission.governance.versions import ShadowResult, version_named
from admission.model import Text
from cli.output import as_option, json_option, print_json, print_table
from cli.session import open_house, person_at_hand
from services import shadow as shadows
from services.shadow import ShadowReport
from services.watchlists import day_of
from wiring import House

COLUMNS = {
    "case": Text(en="case", zh="案号"),
    "round": Text(en="round", zh="轮次"),
    "route": Text(en="route", zh="审批路径"),
    "grade": Text(en="grade", zh="等级"),
    "limit": Text(en="limit", zh="建议额度"),
    "failed": Text(en="criteria that fail", zh="不通过的标准"),
}


@click.command()
@click.argument("version", metavar="VERSION|stop|report")
@click.option("--until", metavar="DAY", help="The last day on which it runs, such as 2026-12-31.")
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
        _tell_report(house, shadows.report(house), as_json)
        return
    person = person_at_hand(house, as_user)
    if version == "stop":
        running = house.casebook.shadows.stop(person.username)
        said = f"{running.title} runs in the shadow no more; see gatehouse policy shadow report"
    else:
        day = day_of(until)
        if day is None:
            raise click.UsageError("Give its last day with --until.")
        found = version_named(house.casebook.policies.all(), version)
        running = shadows.start_shadow(house, found, day, person)
        said = f"{running.title} runs in the shadow until {running.until}"
    if as_json:
        print_json([running.model_dump(mode="json")], many=False)
    else:
        click.echo(said)


def _tell_report(house: House, report: ShadowReport, as_json: bool) -> None:
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
    language = house.settings.language
    click.echo(f"{shadow.title}, until {shadow.until}{', ended' if shadow.ended_at else ''}")
    counts = f"{len(report.otherwise)} of {len(report.results)} assessments would have come out otherwise"
    click.echo(f"{counts}; {len(report.failed)} failed")
    if report.otherwise:
        print_table([_row(result) for result in report.otherwise], COLUMNS, language, empty=Text(en="", zh=""))
    for result in report.failed:
        click.echo(f"{result.case} round {result.round}: the shadow failed: {result.failure}")


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
        "failed": _change(", ".join(now.failed) or "none", ", ".join(would.failed) or "none"),
    }


def _change(now: str, would: str) -> str:
    return now if now == would else f"{now} -> {would}"
