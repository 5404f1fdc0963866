"""Seeing who would be decided otherwise under another policy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from admission.errors import NOTHING
from admission.governance.reckoning import Reckoned, rule_names
from admission.model import Text
from admission.policy import Policy
from cli.helping import command, option
from cli.language import to_reader
from cli.misuse import Misuse
from cli.output import json_option, print_json, print_table, progress, say
from cli.policy.table_options import Mark, TableStyle, decimal_option, delimiter_option
from cli.session import open_house
from intake.reading import read_document
from services.past_decisions import decided_cases, deciding_policies, limits_today
from services.policies import any_policy
from wiring import House, build_house

if TYPE_CHECKING:
    from policylab.comparison import Comparison, PastCase, Touched
    from policylab.comparison_page import Heading

SHOWN = 30
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
CHANGED = {
    "case": Text(en="case", zh="申请单"),
    "changed": Text(en="changes", zh="变化"),
    "granted": Text(en="granted today", zh="现有额度"),
    "old": Text(en="old", zh="旧"),
    "new": Text(en="new", zh="新"),
    "why": Text(en="why", zh="原因"),
    "turned_out": Text(en="turned out", zh="表现"),
}
NONE = Text(en="nobody would be decided otherwise", zh="没有客户的结论会改变")


@command(
    zh="""查看另一份准入政策会使哪些客户的审批路径、等级、额度、账期或担保改变。

    OLD 和 NEW 为准入政策文件、已发布版本，或随附政策（如 default@2026.1）。已存申请单的旧结论即当时的决定；
    按当时政策重算与决定不同的，一并说明。每笔均按决定当时已知的情况判断，不使用之后的信息。

    示例：gatehouse policy compare default@2026.1 mine.yaml --html changes.html --csv changes.csv；
    gatehouse policy compare policies/default.yaml mine.yaml --data book.csv --map map.yaml --json
    """
)
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@option(
    "--data",
    type=click.Path(path_type=Path),
    help=Text(
        en="A table of your own (CSV, ARFF) in place of the cases.", zh="用您自己的表格（CSV、ARFF）代替申请单。"
    ),
)
@option(
    "--map",
    "map_file",
    type=click.Path(path_type=Path),
    help=Text(en="YAML: which columns of --data are what.", zh="YAML：--data 各列的含义。"),
)
@delimiter_option
@decimal_option
@option(
    "--window-months",
    type=click.IntRange(1, 120),
    default=12,
    show_default=True,
    help=Text(en="Months of performance that count.", zh="表现期（月）。"),
)
@option(
    "--csv",
    "csv_file",
    type=click.Path(path_type=Path),
    help=Text(en="Write all changed cases here.", zh="全部结论改变的明细写入此文件。"),
)
@option(
    "--html",
    "page",
    type=click.Path(path_type=Path),
    help=Text(en="Write one HTML page with plots here.", zh="带图的单页 HTML 写入此文件。"),
)
@json_option
def compare(
    old: str,
    new: str,
    data: Path | None,
    map_file: Path | None,
    delimiter: str | None,
    decimal: Mark | None,
    window_months: int,
    csv_file: Path | None,
    page: Path | None,
    as_json: bool,
) -> None:
    """See whose route, grade, limit, terms or security another policy would change.

    OLD and NEW are policy files, versions, or shipped policies such as default@2026.1. Of a stored case the old side is
    what was decided; where the policy that decided it makes something else of it today, that is said. Each case is
    judged on what was known when it was decided, never on what came later.

    Examples: gatehouse policy compare default@2026.1 mine.yaml --html changes.html --csv changes.csv;
    gatehouse policy compare policies/default.yaml mine.yaml --data book.csv --map map.yaml --json
    """
    from policylab.extra import require_lab

    require_lab()
    if (data is None) != (map_file is None):
        raise Misuse(Text(en="--data and --map go together.", zh="--data 与 --map 须同时给出。"))
    house = build_house() if data is not None else open_house()
    before, after = any_policy(house, old), any_policy(house, new)
    if data is not None and map_file is not None:
        cases = _read_table(data, map_file, TableStyle(delimiter, decimal), before, house)
        source, window = data.name, None
    else:
        cases = _read_cases(house, window_months, before.house_currency)
        source, window = "casebook", window_months
    from policylab.backtest import reckon_both_ways
    from policylab.comparison import compare_cases
    from policylab.comparison_page import Heading, csv_table, html_page

    others = {case.snapshot.policy for case in cases if case.stored} - {before.sha256}
    own = deciding_policies(house, others) if others else {}
    judged = reckon_both_ways(cases, before, after, house.rates, house.industry, own)
    elsewhere = sum(case.stored and case.snapshot.policy in others for case in cases)
    comparison = compare_cases(judged, rule_names(before), rule_names(after), elsewhere)
    heading = Heading(before, after, source, window)
    for path, text in ((csv_file, csv_table), (page, lambda found: html_page(found, heading))):
        if path is not None:
            path.write_text(text(comparison), encoding="utf-8")
            progress(Text(en=f"written: {path}", zh=f"已写入：{path}"))
    if as_json:
        print_json([document(comparison, heading)], many=False)
    else:
        _tell(comparison, heading)


def _read_table(data: Path, map_file: Path, style: TableStyle, policy: Policy, house: House) -> list[PastCase]:
    from policylab.case_table import past_cases
    from policylab.table_map import read_map
    from policylab.tables import read_table

    table = read_table(data, delimiter=style.delimiter, decimal=style.decimal)
    mapped, cautions = read_map(read_document(map_file), table.columns)
    found = past_cases(table, mapped, policy, house.today())
    for caution in (*cautions, *found.cautions):
        progress(Text(en=f"warning: {caution.en}", zh=f"警告：{caution.zh}"))
    return found.cases


def _read_cases(house: House, window_months: int, currency: str) -> list[PastCase]:
    from policylab.backtest import past_cases

    return past_cases(decided_cases(house), window_months, house.today(), limits_today(house, currency))


def _tell(comparison: Comparison, heading: Heading) -> None:
    from policylab.comparison_page import GROUPS as GROUP_NAMES
    from policylab.comparison_page import TURNED_OUT, aspect_words, changes, decision_words, rate_words, remarks

    for text in (*_head(comparison, heading), *remarks(comparison)):
        say(text)
    if comparison.circumstances_unknown:
        number = comparison.circumstances_unknown
        say(Text(en=NOT_TOLD.en.format(number), zh=NOT_TOLD.zh.format(number)))
    groups = [
        {
            "group": to_reader(GROUP_NAMES[name]),
            "cases": group.cases,
            "good": group.good,
            "bad": group.bad,
            "unknown": group.unknown,
            "rate": rate_words(group),
        }
        for name, group in comparison.groups.items()
    ]
    print_table(groups, GROUPS, empty=NONE)
    rows = [
        {
            "case": case.reference,
            "changed": to_reader(aspect_words(case.changed)),
            "granted": "?" if case.granted is None else f"{case.granted:,.0f}",
            "old": decision_words(case.old),
            "new": decision_words(case.new),
            "why": ", ".join(changes(case)),
            "turned_out": to_reader(TURNED_OUT[case.bad]),
        }
        for case in comparison.changed[:SHOWN]
    ]
    print_table(rows, CHANGED, empty=NONE)
    more = len(comparison.changed) - SHOWN
    if more > 0:
        say(Text(en=f"{more} more: --csv FILE writes all", zh=f"另有 {more} 笔：用 --csv FILE 输出全部"))


def _head(comparison: Comparison, heading: Heading) -> Iterator[Text]:
    """What came of it in all."""
    from policylab.comparison_page import ASPECT_WORDS

    versions = f"{heading.old.version} -> {heading.new.version}"
    rates = f"{comparison.approval_old:.1%} -> {comparison.approval_new:.1%}"
    cases, flips = f"{comparison.cases:,}", f"{len(comparison.flips):,}"
    yield Text(
        en=f"{versions}: {cases} cases of {heading.source}; approval rate {rates}; {flips} flip",
        zh=f"{versions}：{heading.source} 共 {cases} 笔；准入率 {rates}；{flips} 笔改变结论",
    )
    limits = f"{comparison.exposure_old:,.0f} -> {comparison.exposure_new:,.0f} {heading.old.house_currency}"
    moved, regraded = f"{comparison.exposure_moved:,.0f}", f"{comparison.regraded:,}"
    yield Text(
        en=f"recommended limits {limits}, {moved} moved; {regraded} with another grade; "
        f"{comparison.rerouted:,} by another route without flipping",
        zh=f"建议额度合计 {limits}，变动 {moved}；{regraded} 笔等级变化；{comparison.rerouted:,} 笔仅审批层级变化",
    )
    currency = heading.old.house_currency
    yield Text(
        en=f"would be decided otherwise: {_touched(comparison.touched, currency).en}",
        zh=f"结论会改变：{_touched(comparison.touched, currency).zh}",
    )
    for aspect, touched in comparison.by_aspect.items():
        if touched.cases:
            name, told = ASPECT_WORDS[aspect], _touched(touched, currency)
            yield Text(en=f"  {name.en}: {told.en}", zh=f"  {name.zh}：{told.zh}")
    left_out = comparison.not_converted
    if left_out:
        yield Text(
            en=f"{left_out} case(s) without an amount in the house currency are left out of the limits "
            "(see GATEHOUSE_RATES)",
            zh=f"{left_out} 笔没有本位币金额（见 GATEHOUSE_RATES），未计入额度",
        )


def _touched(touched: Touched, currency: str) -> Text:
    cases, granted = f"{touched.cases:,}", f"{touched.granted:,.0f} {currency}"
    lacking = touched.no_rate
    more = Text(en=f", {lacking} more without a rate", zh=f"，另有 {lacking} 笔无汇率") if lacking else NOTHING
    return Text(
        en=f"{cases} case(s), limits granted today {granted}{more.en}",
        zh=f"{cases} 笔，现有授信额度 {granted}{more.zh}",
    )


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
        "changed_cases": {
            "all": _counted(comparison.touched),
            **{aspect: _counted(touched) for aspect, touched in comparison.by_aspect.items()},
        },
        "policies_agree": comparison.policies_agree,
        "other_policy": comparison.other_policy,
        "not_replayed": comparison.not_replayed,
        "terms_unknown": comparison.terms_unknown,
        "replays": [{"case": case.reference, "differs": list(case.replay_differs)} for case in comparison.replays],
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
        "changed": [
            {
                "case": case.reference,
                "segment": case.segment,
                "now": "in" if case.new.favourable else "out",
                "flips": case.old.favourable != case.new.favourable,
                "aspects": list(case.changed),
                "granted": None if case.granted is None else str(case.granted),
                "old": _decision(case.old),
                "new": _decision(case.new),
                "policies_agree": case.policies_agree,
                "why": changes(case),
                "bad": case.bad,
            }
            for case in comparison.changed
        ],
    }


def _counted(touched: Touched) -> dict[str, Any]:
    return {"cases": touched.cases, "granted": str(touched.granted), "no_rate": touched.no_rate}


def _decision(made: Reckoned) -> dict[str, Any]:
    return {
        "route": made.route,
        "band": made.band,
        "grade": made.grade,
        "limit": str(made.limit),
        "terms_days": made.terms_days,
        "secured": made.secured,
    }
