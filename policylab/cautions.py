"""What a person must know before a calibrated card is used; the report begins with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scipy import stats

from admission.model import Text
from admission.policy import FEW_OUTCOMES
from policylab.accuracy import GRADE_CONFIDENCE
from policylab.report_record import AttributeRow, DroppedRow, GradeRow, Report

STABLE = 0.10
TRUE_ENOUGH = 0.02
# What is missing is a warning of its own where its bad rate differs by so many times, and not by chance.
MISSING_RATIO = 2.0
CHANCE = 0.01
# An attribute that tells so much by itself was perhaps known only afterwards. Of the 64 ratios of the Polish companies
# (UCI 365, fifth year) the most telling has an information value of 1.50 and an AUC of .80 alone; with a bin of its own
# for missing values sales growth reaches 2.26 there; the share of past invoices paid late has .87 alone on invoices
# (IBM). The customary bound of .5 (Siddiqi 2006) would suspect every good ratio.
SUSPICIOUS_INFORMATION = 2.5
SUSPICIOUS_AUC = 0.90


def cautions_on(report: Report) -> Iterator[Text]:
    """Return the warnings of a report, the gravest first."""
    if report.bads < FEW_OUTCOMES:
        yield Text(
            en=f"only {report.bads} bad outcomes, fewer than {FEW_OUTCOMES}: treat the card as uncalibrated",
            zh=f"坏样本仅 {report.bads} 个，少于 {FEW_OUTCOMES} 个：评分卡应视为未校准",
        )
    yield from _leaks([*report.attributes, *report.dropped])
    if report.wrong_signs:
        names = ", ".join(report.wrong_signs)
        yield Text(
            en=f"on companies that the fit had not seen these point the wrong way: {names}; leave them out of the map",
            zh=f"在未参与拟合的样本上以下指标方向相反：{names}；请从对应表中去掉",
        )
    yield from _broken_promises(report.grades)
    if report.calibration_error > max(TRUE_ENOUGH, report.error_by_chance):
        error = f"{report.calibration_error:.3f}"
        yield Text(
            en=f"probabilities miss what was observed by {error} on average (more than {TRUE_ENOUGH})",
            zh=f"违约概率与实际平均相差 {error}（超过 {TRUE_ENOUGH}）",
        )
    if report.stability_worst > STABLE:
        index = f"{report.stability_worst:.3f}"
        yield Text(
            en=f"scores of unseen companies are spread differently (stability index {index}, over {STABLE})",
            zh=f"未见样本的得分分布不同（稳定性指数 {index}，超过 {STABLE}）",
        )
    yield from _telling_gaps(report.attributes)


def _leaks(rows: Sequence[AttributeRow | DroppedRow]) -> Iterator[Text]:
    for row in rows:
        information, alone = row.information_value, row.auc_alone
        if (information or 0) <= SUSPICIOUS_INFORMATION and (alone or 0) <= SUSPICIOUS_AUC:
            continue
        said = [f"IV {information:.2f}"] if information is not None else []
        shown = ", ".join([*said, f"AUC {alone:.3f}"] if alone is not None else said)
        yield Text(
            en=f"{row.metric} tells the outcome too well by itself ({shown}): was it known on the day of the decision? "
            "If it came with the outcome or after it, leave it out",
            zh=f"{row.metric} 单独即过于准确地区分结果（{shown}）：决定当日是否已知？若与结果同时或之后才产生，请去掉",
        )


def _broken_promises(grades: Sequence[GradeRow]) -> Iterator[Text]:
    for grade in grades:
        if not grade.outside or grade.promised is None or grade.rate is None:
            continue
        share = f"{grade.low:.1%} - {grade.high:.1%}"
        yield Text(
            en=f"grade {grade.name} promised {grade.promised:.1%} on average, and {grade.rate:.1%} of its companies "
            f"turned out bad ({share}, {GRADE_CONFIDENCE:.0%} interval): its probabilities are not true",
            zh=f"{grade.name} 级预测违约率平均为 {grade.promised:.1%}，实际为 {grade.rate:.1%}（{GRADE_CONFIDENCE:.0%} "
            f"区间 {share}）：其违约概率不可信",
        )


def _telling_gaps(attributes: Sequence[AttributeRow]) -> Iterator[Text]:
    for row in attributes:
        goods, bads = sum(part.goods for part in row.bins), sum(part.bads for part in row.bins)
        missing, rate = row.missing_goods + row.missing_bads, bads / (goods + bads)
        if missing and _differs(
            row.missing_bads / missing, rate, [[row.missing_bads, row.missing_goods], [bads, goods]]
        ):
            shown = f"{row.missing_bads / missing:.1%}"
            yield Text(
                en=f"{row.metric} is missing in {missing} rows, {shown} of them bad against {rate:.1%}: "
                "find out why before the card is used; a missing value earns neutral points all the same",
                zh=f"{row.metric} 有 {missing} 行缺失，其中坏样本占 {shown}（有值者 {rate:.1%}）："
                "使用前请查明原因；缺失值仍取中性分",
            )


def _differs(missing: float, known: float, counts: list[list[int]]) -> bool:
    apart = missing > known * MISSING_RATIO or missing * MISSING_RATIO < known
    return apart and bool(stats.fisher_exact(counts).pvalue < CHANCE)
