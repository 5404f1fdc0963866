"""The report on the policy."""

from __future__ import annotations

from collections.abc import Sequence

import click

from admission.governance.report import BadRate, PolicyReport, Rates, Target
from admission.model import Text
from admission.proportions import Proportion
from cli.helping import command, option
from cli.language import to_reader
from cli.output import json_option, print_json, print_table, say
from cli.session import open_house
from services import reports
from services.watchlists import day_of

RATE_COLUMNS = {
    "name": None,
    "cases": Text(en="cases", zh="申请单"),
    "approved": Text(en="approved", zh="通过"),
    "referred": Text(en="to approvers", zh="转人工审批"),
    "declined": Text(en="declined", zh="拒绝"),
    "overridden": Text(en="overridden", zh="例外"),
    "cut": Text(en="limit cut", zh="额度下调"),
}
BAD_COLUMNS = {
    "grade": Text(en="grade", zh="等级"),
    "bad": Text(en="bad", zh="违约"),
    "interval": Text(en="95 % interval", zh="95%区间"),
    "unknown": Text(en="performance unknown", zh="表现未知"),
}
TARGET_COLUMNS = {
    "title": Text(en="appetite", zh="风险偏好"),
    "target": Text(en="aim", zh="目标"),
    "actual": Text(en="actual", zh="实际"),
    "interval": Text(en="95 % interval", zh="95%区间"),
    "met": Text(en="kept", zh="达成"),
}
NONE = Text(en="none", zh="无")
UNKNOWN = Text(en="unknown", zh="未知")
HEADINGS = {
    "segments": Text(en="Onboarding by segment", zh="准入：按客户类别"),
    "grades": Text(en="Onboarding by grade", zh="准入：按等级"),
    "kinds": Text(en="By kind of case", zh="按申请单类型"),
    "bad": Text(en="Bad rate by grade", zh="坏账率：按等级"),
    "targets": Text(en="Appetite against actual", zh="风险偏好与实际"),
}
MET = {True: Text(en="yes", zh="是"), False: Text(en="no", zh="否"), None: UNKNOWN}


@command(
    zh="""报告准入政策的执行结果：通过率、转人工率、拒绝率、例外率、坏账率、稳定性和风险偏好。

    评分与此前同样长度的区间比较。

    示例：gatehouse policy report；gatehouse policy report --from 2026-01-01 --to 2026-06-30 --json
    """
)
@option(
    "--from",
    "since",
    metavar="DAY",
    help=Text(en="First day of assessment that counts; a year ago if not given.", zh="评估日的起始日；默认为一年前。"),
)
@option(
    "--to",
    "until",
    metavar="DAY",
    help=Text(en="Last day of assessment that counts; today if not given.", zh="评估日的截止日；默认为今天。"),
)
@json_option
def report(since: str | None, until: str | None, as_json: bool) -> None:
    """Tell what the policy did: approval, refer, decline and override rates, bad rates, stability, appetite.

    Scores are compared with those of a window of the same length before.

    Examples: gatehouse policy report; gatehouse policy report --from 2026-01-01 --to 2026-06-30 --json
    """
    house = open_house()
    made = reports.report(house, day_of(since), day_of(until))
    if as_json:
        print_json([made.model_dump(mode="json")], many=False)
    else:
        _print(made)


def _print(report: PolicyReport) -> None:
    versions = ", ".join(report.policies) or to_reader(NONE)
    period = Text(
        en=f"Assessed from {report.since} to {report.until}; policies: {versions}",
        zh=f"评估日 {report.since} 至 {report.until}；准入政策版本：{versions}",
    )
    say(period)
    for name, rates in (("kinds", report.kinds), ("segments", report.segments), ("grades", report.grades)):
        _tell_table(name, [_rates(item) for item in rates], RATE_COLUMNS)
    bad = [_bad_rate(item) for item in report.bad_rates]
    _tell_table("bad", bad, BAD_COLUMNS)
    _tell_table("targets", [_target(item) for item in report.targets], TARGET_COLUMNS)
    click.echo("")
    say(_stability(report))
    exposure = report.exposure
    total = Text(
        en=f"Exposure: {exposure.total:,.0f} {exposure.currency} in limits of {exposure.customers} customers"
        + (f", {exposure.unknown} of them without an exchange rate and not in the sum" if exposure.unknown else ""),
        zh=f"敞口：{exposure.customers} 家客户额度合计 {exposure.total:,.0f} {exposure.currency}"
        + (f"，其中 {exposure.unknown} 家无汇率、未计入" if exposure.unknown else ""),
    )
    say(total)


def _tell_table(
    name: str, rows: Sequence[dict[str, object]], columns: dict[str, Text | None] | dict[str, Text]
) -> None:
    click.echo("")
    say(HEADINGS[name])
    print_table(rows, columns, empty=NONE)


def _rates(rates: Rates) -> dict[str, object]:
    shares = {name: _share(getattr(rates, name)) for name in ("approved", "referred", "declined", "overridden", "cut")}
    return {"name": rates.name, "cases": rates.cases, **shares}


def _share(part: Proportion) -> str:
    return "-" if part.share is None else f"{part.count}/{part.of} {part.share:.1%}"


def _bad_rate(rate: BadRate) -> dict[str, object]:
    interval = None if rate.bad.low is None else f"{rate.bad.low:.1%} - {rate.bad.high:.1%}"
    return {"grade": rate.grade, "bad": _share(rate.bad), "interval": interval, "unknown": rate.unknown}


def _target(target: Target) -> dict[str, object]:
    is_rate = target.name.startswith("target_")
    actual = to_reader(UNKNOWN)
    if target.actual is not None:
        actual = f"{target.actual:.2%}" if is_rate else f"{target.actual:,.0f}"
    return {
        "title": to_reader(target.title),
        "target": f"{target.target:.2%}" if is_rate else f"{target.target:,.0f}",
        "actual": actual,
        "interval": f"{target.interval[0]:.1%} - {target.interval[1]:.1%}" if target.interval else None,
        "met": to_reader(MET[target.met]),
    }


def _stability(report: PolicyReport) -> Text:
    found = report.stability
    window = report.baseline_since
    counts = f"{sum(found.before)} -> {sum(found.now)}"
    if found.index is None:
        return Text(
            en=f"Stability of the score: unknown, a window has no scores ({counts}, the earlier from {window} on)",
            zh=f"评分稳定性：未知，一个区间无评分（{counts}，前一区间自 {window} 起）",
        )
    read = (
        Text(en="little has changed", zh="变化不大")
        if found.index < 0.10
        else Text(en="to be looked at", zh="需关注")
        if found.index < 0.25
        else Text(en="the applicants have changed", zh="申请人群已改变")
    )
    return Text(
        en=f"Stability of the score: {found.index:.3f}, {read.en} ({counts} scores, the earlier ones from {window} on)",
        zh=f"评分稳定性：{found.index:.3f}，{read.zh}（评分数 {counts}，前一区间自 {window} 起）",
    )
