"""Calibrating a scorecard on a table of attributes and outcomes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from admission.errors import BadInput
from admission.model import Text
from cli.helping import command, option
from cli.language import to_reader
from cli.misuse import Misuse
from cli.output import json_option, print_json, print_table, progress, say
from cli.policy.table_options import Mark, decimal_option, delimiter_option
from intake.reading import read_document
from wiring import House, Settings

if TYPE_CHECKING:
    from policylab.report_record import Figure, Report
    from policylab.samples import Sample
    from policylab.tables import DataTable

SEED = 20261126
MEASURES = {
    "measure": Text(en="measure", zh="指标"),
    "value": Text(en="value", zh="数值"),
    "interval": Text(en="95 %", zh="区间"),
}
ATTRIBUTES = {
    "metric": Text(en="attribute", zh="评分指标"),
    "safer": Text(en="safer when", zh="更安全的方向"),
    "iv": Text(en="IV", zh="IV"),
    "coefficient": Text(en="coefficient", zh="系数"),
    "maximum": Text(en="points", zh="满分"),
    "missing": Text(en="missing", zh="缺失分"),
    "share": Text(en="missing in", zh="缺失率"),
    "folds": Text(en="folds", zh="折数"),
}
BINS = {
    "metric": Text(en="attribute", zh="评分指标"),
    "below": Text(en="below", zh="低于"),
    "goods": Text(en="good", zh="好"),
    "bads": Text(en="bad", zh="坏"),
    "rate": Text(en="bad rate", zh="坏账率"),
    "points": Text(en="points", zh="分值"),
}
DROPPED = {
    "metric": Text(en="not on the card", zh="未入选"),
    "iv": Text(en="IV", zh="IV"),
    "share": Text(en="missing in", zh="缺失率"),
    "reason": Text(en="reason", zh="原因"),
}
GRADES = {
    "name": Text(en="grade", zh="等级"),
    "probability": Text(en="probability up to", zh="概率上限"),
    "at_least": Text(en="score from", zh="最低分"),
    "companies": Text(en="companies", zh="企业数"),
    "promised": Text(en="promised", zh="预测违约率"),
    "rate": Text(en="bad rate, 99 %", zh="实际坏账率及区间"),
    "outside": Text(en="", zh=""),
}
OUTSIDE = Text(en="promise outside", zh="预测超出区间")
SAFER = {"rising": Text(en="rising", zh="越高"), "falling": Text(en="falling", zh="越低")}
NONE = Text(en="every attribute is on the card", zh="所有指标均已入选")


@command(
    zh="""用指标与结果的表格（CSV 或 ARFF）拟合评分卡；需要安装附加组件 `lab`。

    不改动任何准入政策：评分卡写入文件，由您采用到草稿中。

    示例：gatehouse policy calibrate book.csv --outcome bad --out scorecard.yaml --report report.html
    """
)
@click.argument("table", type=click.Path(path_type=Path))
@option(
    "--outcome",
    metavar="COLUMN",
    help=Text(
        en="The column that tells how it ended: 1 bad, 0 good, or words with --bad.",
        zh="结果所在的列：1 为坏，0 为好；若为文字则配合 --bad。",
    ),
)
@option(
    "--bad",
    "bad_words",
    multiple=True,
    metavar="WORD",
    help=Text(en="A word of the outcome that means bad; may be repeated.", zh="结果列中表示违约的文字；可重复。"),
)
@option(
    "--reference",
    metavar="COLUMN",
    help=Text(
        en="The column that names the company; its rows stay together and count once.",
        zh="企业标识所在的列；同一企业的各行放在一起，只计一次。",
    ),
)
@option(
    "--map",
    "map_file",
    type=click.Path(path_type=Path),
    help=Text(
        en="YAML table of `metric: column` or `metric: formula of columns`.",
        zh="YAML 对照表，格式为“指标: 列”或“指标: 由列组成的公式”。",
    ),
)
@delimiter_option
@decimal_option
@option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help=Text(en="Write the scorecard here, as YAML.", zh="评分卡写入此文件（YAML）。"),
)
@option(
    "--report",
    "page",
    type=click.Path(path_type=Path),
    help=Text(en="Write the report here, as one HTML page.", zh="报告写入此文件（单页 HTML）。"),
)
@option(
    "--fitted-on",
    type=click.DateTime(["%Y-%m-%d"]),
    help=Text(en="Day of the fit; today if not given.", zh="拟合日期；默认为今天。"),
)
@option(
    "--folds",
    type=click.IntRange(2, 20),
    default=10,
    show_default=True,
    help=Text(en="Folds of the cross-validation.", zh="交叉验证的折数。"),
)
@option(
    "--seed",
    type=click.IntRange(0),
    default=SEED,
    show_default=True,
    help=Text(en="Seed of folds and bootstrap.", zh="分折和自助抽样的种子。"),
)
@json_option
def calibrate(
    table: Path,
    outcome: str | None,
    bad_words: tuple[str, ...],
    reference: str | None,
    map_file: Path | None,
    delimiter: str | None,
    decimal: Mark | None,
    out: Path,
    page: Path | None,
    fitted_on: datetime | None,
    folds: int,
    seed: int,
    as_json: bool,
) -> int:
    """Fit a scorecard on a table (CSV or ARFF) of attributes and outcomes; needs the extra `lab`.

    No policy is changed: the scorecard is written to a file, for you to take into a draft.

    Example: gatehouse policy calibrate book.csv --outcome bad --out scorecard.yaml --report report.html
    """
    from policylab.extra import require_lab

    require_lab()
    from policylab.calibration import calibrate as fit
    from policylab.holdout import cross_validate
    from policylab.page import html_page
    from policylab.report import report_on
    from policylab.scorecard_file import calibration_of, scorecard_yaml
    from policylab.tables import read_table

    day = fitted_on.date() if fitted_on else House(Settings()).today()
    data = read_table(table, delimiter=delimiter, decimal=decimal)
    sample = _sample(data, outcome, bad_words, reference, map_file)
    source = f"[M] {data.source}, {sample.bad_companies} bad of {sample.companies}, fitted on {day}"
    progress(Text(en=f"fitting on {data.source} ...", zh=f"正在用 {data.source} 拟合 ..."))
    card = fit(sample, source=source)
    holdout = cross_validate(sample, source=source, folds=folds, seed=seed)
    report = report_on(sample, card, holdout, fitted_on=day, seed=seed)
    _write(out, scorecard_yaml(card, calibration_of(card, sample, day)))
    if page:
        _write(page, html_page(report, sample, holdout))
    if as_json:
        print_json([report.model_dump(mode="json")], many=False)
    else:
        _print(report)
    for path in (out, page):
        if path:
            progress(Text(en=f"written: {path}", zh=f"已写入：{path}"))
    return 0


def _sample(
    table: DataTable, outcome: str | None, bad_words: tuple[str, ...], reference: str | None, map_file: Path | None
) -> Sample:
    """Take the sample from the table; what the options leave open the map may tell."""
    from policylab.samples import metric_sources, sample_from
    from policylab.table_map import read_map

    mapped, cautions = read_map(read_document(map_file), table.columns) if map_file else (None, ())
    if mapped is not None:
        outcome, bad_words = outcome or mapped.outcome, bad_words or mapped.bad
        reference = reference or mapped.reference
    if outcome is None:
        raise Misuse(
            Text(
                en="Name the column of the outcome: --outcome COLUMN, or `outcome: COLUMN` in the map.",
                zh="请指明结果所在的列：--outcome 列名，或在对应表中写“outcome: 列名”。",
            )
        )
    sources = mapped.metrics if mapped is not None else metric_sources(table, outcome)
    sample = sample_from(table, outcome, sources, bad_words=bad_words, reference=reference)
    return replace(sample, cautions=(*cautions, *sample.cautions))


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInput(
            Text(
                en=f"{path.name} cannot be written ({error.strerror}).",
                zh=f"无法写入 {path.name}（{error.strerror}）。",
            ),
            remedy=Text(en="give another path", zh="请给出另一路径"),
        ) from None


def _print(report: Report) -> None:
    several = report.rows != report.observations
    rows = Text(en=f" ({report.rows} rows)", zh=f"（{report.rows} 行）") if several else Text(en="", zh="")
    say(
        Text(
            en=f"{report.source}: {report.observations} companies, {report.bads} bad{rows.en}; {report.folds} folds, "
            f"seed {report.seed}, measures and grades of unseen companies",
            zh=f"{report.source}：企业 {report.observations} 家，坏样本 {report.bads} 个{rows.zh}；{report.folds} 折，"
            f"种子 {report.seed}，指标与等级均来自未参与拟合的样本",
        )
    )
    for warning in report.warnings:
        say(Text(en=f"warning: {warning.en}", zh=f"警告：{warning.zh}"))
    for lines, columns in (
        (_measures(report), MEASURES),
        (_attributes(report), ATTRIBUTES),
        (_bins(report), BINS),
        (_dropped(report), DROPPED),
        (_grades(report), GRADES),
    ):
        click.echo()
        print_table(lines, columns, empty=NONE)
    if report.left_out:
        names = "; ".join(report.left_out)
        click.echo()
        say(Text(en=f"columns not used: {names}", zh=f"未使用的列：{names}"))


def _measures(report: Report) -> list[dict[str, object]]:
    folds = report.fold_aucs
    names = {
        "folds": Text(en="AUC of each fold, mean", zh="各折AUC均值"),
        "error": Text(en="expected calibration error", zh="期望校准误差"),
        "chance": Text(en="by chance up to", zh="偶然可达"),
        "stability": Text(en="stability index, mean and worst", zh="稳定性指数（平均、最差）"),
        "signs": Text(en="wrong signs", zh="方向错误"),
    }
    said = {key: to_reader(name) for key, name in names.items()}
    return [
        *(_figure(name, figure) for name, figure in (("AUC", report.auc), ("Gini", report.gini), ("KS", report.ks))),
        {
            "measure": said["folds"],
            "value": f"{sum(folds) / len(folds):.3f}",
            "interval": f"{min(folds):.3f} - {max(folds):.3f}",
        },
        {
            "measure": said["error"],
            "value": f"{report.calibration_error:.4f}",
            "interval": f"{said['chance']} {report.error_by_chance:.4f}",
        },
        {"measure": "Brier", "value": f"{report.brier:.4f}"},
        {
            "measure": said["stability"],
            "value": f"{report.stability_mean:.3f}",
            "interval": f"{report.stability_worst:.3f}",
        },
        {"measure": said["signs"], "value": ", ".join(report.wrong_signs) or "0"},
    ]


def _figure(name: str, figure: Figure) -> dict[str, object]:
    return {"measure": name, "value": f"{figure.value:.3f}", "interval": f"{figure.low:.3f} - {figure.high:.3f}"}


def _attributes(report: Report) -> list[dict[str, object]]:
    return [
        {
            "metric": row.metric,
            "safer": to_reader(SAFER[row.safer]),
            "iv": f"{row.information_value:.2f}",
            "coefficient": f"{row.coefficient:.2f}",
            "maximum": row.maximum,
            "missing": row.missing_points,
            "share": f"{row.missing_share:.1%}",
            "folds": f"{row.in_folds}/{report.folds}",
        }
        for row in report.attributes
    ]


def _bins(report: Report) -> list[dict[str, object]]:
    return [
        {
            "metric": row.metric,
            "below": f"{part.below:f}" if part.below is not None else None,
            "goods": part.goods,
            "bads": part.bads,
            "rate": f"{part.bad_rate:.1%}",
            "points": part.points,
        }
        for row in report.attributes
        for part in row.bins
    ]


def _dropped(report: Report) -> list[dict[str, object]]:
    return [
        {
            "metric": row.metric,
            "iv": None if row.information_value is None else f"{row.information_value:.2f}",
            "share": f"{row.missing_share:.1%}",
            "reason": to_reader(row.reason),
        }
        for row in report.dropped
    ]


def _grades(report: Report) -> list[dict[str, Any]]:
    return [
        {
            "name": row.name,
            "probability": f"{row.probability_below:.0%}",
            "at_least": row.at_least,
            "companies": row.companies,
            "promised": None if row.promised is None else f"{row.promised:.1%}",
            "rate": None if row.rate is None else f"{row.rate:.1%} ({row.low:.1%} - {row.high:.1%})",
            "outside": to_reader(OUTSIDE) if row.outside else None,
        }
        for row in report.grades
    ]
