"""Where a company stands on a bureau's scale, told from 0 to 1: bureaus differ in range and direction."""

from __future__ import annotations

from admission.evidence.answers import Coverage
from admission.evidence.facts import CreditReport, Facts
from admission.evidence.topics import Topic
from admission.metrics.catalogue import Metric, known, unknown
from admission.metrics.registers import newest_report, why_untold
from admission.model import Text

_NOT_RATED = Text(en="the bureau does not rate it", zh="征信机构未评级")
_NO_SCALE = Text(en="the bureau does not tell the scale of its score", zh="征信机构未说明评分量程")
_OFF_SCALE = Text(en="the score is outside the bureau's own scale", zh="评分超出征信机构自有量程")


def bureau_metrics(facts: Facts, coverage: Coverage) -> list[Metric]:
    """Derive the place on the scale and the band from the newest report.

    Args:
        facts: the usable facts.
        coverage: which topics were asked about.
    """
    newest = newest_report(facts)
    if newest is None:
        why = why_untold(coverage, Topic.CREDIT)
        return [unknown("bureau_score_position", why), unknown("bureau_band", why)]
    return [_position(newest), _band(newest)]


def _position(report: CreditReport) -> Metric:
    name, source = "bureau_score_position", (report.source,)
    if report.score is None:
        return unknown(name, _NOT_RATED, sources=source)
    low, high = report.score_min, report.score_max
    if low is None or high is None or low >= high:
        return unknown(name, _NO_SCALE, sources=source)
    if not low <= report.score <= high:
        return unknown(name, _OFF_SCALE, sources=source)
    above = (report.score - low) / (high - low)
    note = Text(en=f"score {report.score}, scale {low}-{high}", zh=f"评分 {report.score}，量程 {low}-{high}")
    place = above if report.higher_is_better else 1 - above
    return known(name, place, source, report.reported_on, note=note)


def _band(report: CreditReport) -> Metric:
    if not report.rated or not report.band:
        return unknown("bureau_band", _NOT_RATED, sources=(report.source,))
    return known("bureau_band", report.band, (report.source,), report.reported_on)
