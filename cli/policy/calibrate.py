"""Calibrating a scorecard on a table of attributes and outcomes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from admission.errors import BadInput
from admission.model import Language, Text
from cli.output import json_option, print_json, print_table, progress
from intake.reading import read_document
from wiring import House, Settings

if TYPE_CHECKING:
    from policylab.report import Figure, Report

SEED = 20261126
HEAD = Text(
    en="{source}: {count} companies, {bads} bad; {folds} folds, seed {seed}, measures and grades of unseen companies",
    zh="{source}：企业 {count} 家，坏样本 {bads} 个；{folds} 折，种子 {seed}，指标与等级均来自未参与拟合的样本",
)
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
    "rate": Text(en="bad rate, 95 %", zh="坏账率及区间"),
}
SAFER = {"rising": Text(en="rising", zh="越高"), "falling": Text(en="falling", zh="越低")}
NONE = Text(en="every attribute is on the card", zh="所有指标均已入选")
WARNING = Text(en="warning: {}", zh="警告：{}")
NOT_USED = Text(en="columns not used: {}", zh="未使用的列：{}")
WRITTEN = Text(en="written: {}", zh="已写入：{}")


@click.command()
@click.argument("table", type=click.Path(path_type=Path))
@click.option("--outcome", required=True, metavar="COLUMN", help="The column that tells how it ended: 1 bad, 0 good.")
@click.option("--map", "map_file", type=click.Path(path_type=Path), help="YAML table of `column: metric`.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Write the scorecard here, as YAML.")
@click.option("--report", "page", type=click.Path(path_type=Path), help="Write the report here, as one HTML page.")
@click.option("--fitted-on", type=click.DateTime(["%Y-%m-%d"]), help="Day of the fit; today if not given.")
@click.option("--folds", type=click.IntRange(2, 20), default=10, show_default=True, help="Folds of the validation.")
@click.option("--seed", type=click.IntRange(0), default=SEED, show_default=True, help="Seed of folds and bootstrap.")
@json_option
def calibrate(
    table: Path,
    outcome: str,
    map_file: Path | None,
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
    from policylab.samples import metric_columns, sample_from
    from policylab.scorecard_file import calibration_of, scorecard_yaml
    from policylab.tables import read_table

    settings = Settings()
    day = fitted_on.date() if fitted_on else House(settings).today()
    data = read_table(table)
    mapping = read_document(map_file) if map_file else None
    sample = sample_from(data, outcome, metric_columns(data, outcome, mapping))
    source = f"[M] {data.source}, {sample.bads} bad of {len(sample.bad)}, fitted on {day}"
    progress(f"fitting on {data.source} ...")
    card = fit(sample, source=source)
    holdout = cross_validate(sample, source=source, folds=folds, seed=seed)
    report = report_on(sample, card, holdout, fitted_on=day, seed=seed)
    _write(out, scorecard_yaml(card, calibration_of(card, sample, day)))
    if page:
        _write(page, html_page(report, sample, holdout))
    if as_json:
        print_json([report.model_dump(mode="json")], many=False)
    else:
        _print(report, settings.language)
    for path in (out, page):
        if path:
            progress(WRITTEN.to(settings.language).format(path))
    return 0


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{path.name} cannot be written ({error.strerror}).", remedy="give another path") from None


def _print(report: Report, language: Language) -> None:
    head = {"source": report.source, "count": report.observations, "bads": report.bads}
    click.echo(HEAD.to(language).format(**head, folds=report.folds, seed=report.seed))
    for warning in report.warnings:
        click.echo(WARNING.to(language).format(warning.to(language)))
    for rows, columns in (
        (_measures(report, language), MEASURES),
        (_attributes(report, language), ATTRIBUTES),
        (_bins(report), BINS),
        (_dropped(report, language), DROPPED),
        (_grades(report), GRADES),
    ):
        click.echo()
        print_table(rows, columns, language, empty=NONE)
    if report.left_out:
        click.echo()
        click.echo(NOT_USED.to(language).format("; ".join(report.left_out)))


def _measures(report: Report, language: Language) -> list[dict[str, object]]:
    folds = report.fold_aucs
    names = {
        "folds": Text(en="AUC of each fold, mean", zh="各折AUC均值"),
        "error": Text(en="expected calibration error", zh="期望校准误差"),
        "chance": Text(en="by chance up to", zh="偶然可达"),
        "stability": Text(en="stability index, mean and worst", zh="稳定性指数（平均、最差）"),
        "signs": Text(en="wrong signs", zh="方向错误"),
    }
    said = {key: name.to(language) for key, name in names.items()}
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


def _attributes(report: Report, language: Language) -> list[dict[str, object]]:
    return [
        {
            "metric": row.metric,
            "safer": SAFER[row.safer].to(language),
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


def _dropped(report: Report, language: Language) -> list[dict[str, object]]:
    return [
        {
            "metric": row.metric,
            "iv": None if row.information_value is None else f"{row.information_value:.2f}",
            "share": f"{row.missing_share:.1%}",
            "reason": row.reason.to(language),
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
            "rate": f"{row.bads / row.companies:.1%} ({row.low:.1%} - {row.high:.1%})" if row.companies else None,
        }
        for row in report.grades
    ]
