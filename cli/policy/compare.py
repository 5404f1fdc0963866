"""Seeing who would flip under another policy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from admission.governance.reckoning import rule_names
from admission.model import Language, Text
from admission.policy import Policy
from cli.output import json_option, print_json, print_table, progress
from cli.session import open_house
from intake.reading import read_document
from services.policies import any_policy
from wiring import House, build_house

if TYPE_CHECKING:
    from policylab.comparison import Comparison, PastCase
    from policylab.comparison_page import Heading

SHOWN = 30
HEAD = Text(
    en="{old} -> {new}: {cases:,} cases of {source}; approval rate {before:.1%} -> {after:.1%}; {flips:,} flip",
    zh="{old} -> {new}：{source} 共 {cases:,} 笔；准入率 {before:.1%} -> {after:.1%}；{flips:,} 笔改变结论",
)
MOVED = Text(
    en="recommended limits {before:,.0f} -> {after:,.0f} {currency}, {moved:,.0f} moved; {regraded:,} with another "
    "grade; {rerouted:,} by another route without flipping",
    zh="建议额度合计 {before:,.0f} -> {after:,.0f} {currency}，变动 {moved:,.0f}；{regraded:,} 笔等级变化；"
    "{rerouted:,} 笔仅审批路径变化",
)
LEFT_OUT = Text(
    en="{} case(s) without an amount in the house currency are left out of the limits (see GATEHOUSE_RATES)",
    zh="{} 笔金额未知（见 GATEHOUSE_RATES），未计入额度",
)
NOT_TOLD = Text(
    en="of {} case(s) it is not known what the application told besides, nor what was granted to others: caps on "
    "exposure are unknown for them",
    zh="其中 {} 笔缺少申请中的其他信息及当时的授信敞口，敞口上限按未知处理",
)
GROUPS = {
    "group": Text(en="group", zh="组别"),
    "cases": Text(en="cases", zh="笔数"),
    "good": Text(en="good", zh="正常"),
    "bad": Text(en="bad", zh="违约"),
    "unknown": Text(en="performance unknown", zh="表现未知"),
    "rate": Text(en="bad rate, 95 %", zh="坏账率及区间"),
}
FLIPS = {
    "case": Text(en="case", zh="案件"),
    "now": Text(en="now", zh="变为"),
    "old": Text(en="old", zh="旧"),
    "new": Text(en="new", zh="新"),
    "why": Text(en="why", zh="原因"),
    "turned_out": Text(en="turned out", zh="表现"),
}
NOW = {True: Text(en="in", zh="准入"), False: Text(en="out", zh="不准入")}
NONE = Text(en="nobody would flip", zh="没有客户会改变结论")
MORE = Text(en="{} more: --csv FILE writes all", zh="另有 {} 笔：用 --csv FILE 输出全部")
WRITTEN = Text(en="written: {}", zh="已写入：{}")


@click.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("--data", type=click.Path(path_type=Path), help="A table of your own (CSV, ARFF) in place of the cases.")
@click.option("--map", "map_file", type=click.Path(path_type=Path), help="YAML: which columns of --data are what.")
@click.option("--window-months", type=click.IntRange(1, 120), default=12, show_default=True, help="Of performance.")
@click.option("--csv", "csv_file", type=click.Path(path_type=Path), help="Write all flips here.")
@click.option("--html", "page", type=click.Path(path_type=Path), help="Write one HTML page with plots here.")
@json_option
def compare(
    old: str,
    new: str,
    data: Path | None,
    map_file: Path | None,
    window_months: int,
    csv_file: Path | None,
    page: Path | None,
    as_json: bool,
) -> None:
    """Run two policies over all stored cases, or over a table of your own, and see who would flip.

    OLD and NEW are policy files or published versions. Each case is judged on what was known when it was decided,
    never on what came later.

    Examples: gatehouse policy compare 2026.1 mine.yaml --html flips.html;
    gatehouse policy compare policies/default.yaml mine.yaml --data book.csv --map map.yaml --json
    """
    from policylab.extra import require_lab

    require_lab()
    if (data is None) != (map_file is None):
        raise click.UsageError("--data and --map go together.")
    house = build_house() if data is not None else open_house()
    before, after = any_policy(house, old), any_policy(house, new)
    if data is not None and map_file is not None:
        cases, source, window = _table(data, map_file, before, house), data.name, None
    else:
        cases, source, window = _stored(house, window_months), "casebook", window_months
    from policylab.backtest import reckon_both_ways
    from policylab.comparison import compare_cases
    from policylab.comparison_page import Heading, csv_table, html_page

    judged = reckon_both_ways(cases, before, after, house.rates, house.industry)
    comparison = compare_cases(judged, rule_names(before), rule_names(after))
    heading = Heading(before, after, source, window)
    language = house.settings.language
    for path, text in ((csv_file, csv_table), (page, lambda found: html_page(found, heading))):
        if path is not None:
            path.write_text(text(comparison), encoding="utf-8")
            progress(WRITTEN.to(language).format(path))
    if as_json:
        print_json([document(comparison, heading)], many=False)
    else:
        _tell(comparison, heading, language)


def _table(data: Path, map_file: Path, policy: Policy, house: House) -> list[PastCase]:
    from policylab.case_table import past_cases, read_map
    from policylab.tables import read_table

    return past_cases(read_table(data), read_map(read_document(map_file)), policy, house.today())


def _stored(house: House, window_months: int) -> list[PastCase]:
    from policylab.backtest import past_cases

    return past_cases(house.casebook.experience.snapshots(), window_months, house.today())


def _tell(comparison: Comparison, heading: Heading, language: Language) -> None:
    from policylab.comparison_page import GROUPS as GROUP_NAMES
    from policylab.comparison_page import TURNED_OUT, changes, rate_words

    said = {
        "old": heading.old.version,
        "new": heading.new.version,
        "cases": comparison.cases,
        "source": heading.source,
        "before": comparison.approval_old,
        "after": comparison.approval_new,
        "flips": len(comparison.flips),
    }
    click.echo(HEAD.to(language).format(**said))
    moved = {
        "before": comparison.exposure_old,
        "after": comparison.exposure_new,
        "currency": heading.old.house_currency,
        "moved": comparison.exposure_moved,
        "regraded": comparison.regraded,
        "rerouted": comparison.rerouted,
    }
    click.echo(MOVED.to(language).format(**moved))
    if comparison.not_converted:
        click.echo(LEFT_OUT.to(language).format(comparison.not_converted))
    if comparison.circumstances_unknown:
        click.echo(NOT_TOLD.to(language).format(comparison.circumstances_unknown))
    groups = [
        {
            "group": GROUP_NAMES[name].to(language),
            "cases": group.cases,
            "good": group.good,
            "bad": group.bad,
            "unknown": group.unknown,
            "rate": rate_words(group),
        }
        for name, group in comparison.groups.items()
    ]
    print_table(groups, GROUPS, language, empty=NONE)
    rows = [
        {
            "case": case.reference,
            "now": NOW[case.new.favourable].to(language),
            "old": f"{case.old.grade} {case.old.limit:,.0f}",
            "new": f"{case.new.grade} {case.new.limit:,.0f}",
            "why": ", ".join(changes(case)),
            "turned_out": TURNED_OUT[case.bad].to(language),
        }
        for case in comparison.flips[:SHOWN]
    ]
    print_table(rows, FLIPS, language, empty=NONE)
    if len(comparison.flips) > SHOWN:
        click.echo(MORE.to(language).format(len(comparison.flips) - SHOWN))


def document(comparison: Comparison, heading: Heading) -> dict[str, Any]:
    """Return a comparison as JSON."""
    from policylab.comparison_page import changes

    return {
        "old": heading.old.pin.model_dump(mode="json"),
        "new": heading.new.pin.model_dump(mode="json"),
        "source": heading.source,
        "window_months": heading.window_months,
        "cases": comparison.cases,
        "approval_rate": {"old": comparison.approval_old, "new": comparison.approval_new},
        "routes": {route: {"old": old, "new": new} for route, (old, new) in comparison.routes.items()},
        "grades": [{"old": old, "new": new, "cases": count} for (old, new), count in sorted(comparison.grades.items())],
        "regraded": comparison.regraded,
        "rerouted": comparison.rerouted,
        "circumstances_unknown": comparison.circumstances_unknown,
        "exposure": {
            "currency": heading.old.house_currency,
            "old": str(comparison.exposure_old),
            "new": str(comparison.exposure_new),
            "moved": str(comparison.exposure_moved),
            "not_converted": comparison.not_converted,
        },
        "groups": {
            name: {
                "cases": group.cases,
                "good": group.good,
                "bad": group.bad,
                "unknown": group.unknown,
                "bad_rate": group.rate,
                "low": group.low,
                "high": group.high,
            }
            for name, group in comparison.groups.items()
        },
        "criteria": [
            {
                "id": row.criterion,
                "fails": {"old": row.fails_old, "new": row.fails_new},
                "unknown": {"old": row.unknown_old, "new": row.unknown_new},
                "in_flips": row.in_flips,
                "alone": row.alone,
            }
            for row in comparison.criteria
        ],
        "flips": [
            {
                "case": case.reference,
                "segment": case.segment,
                "now": "in" if case.new.favourable else "out",
                "old": {"route": case.old.route, "grade": case.old.grade, "limit": str(case.old.limit)},
                "new": {"route": case.new.route, "grade": case.new.grade, "limit": str(case.new.limit)},
                "changed": changes(case),
                "bad": case.bad,
            }
            for case in comparison.flips
        ],
    }
