"""The place on a bureau's own scale, whichever way it runs, and its band."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from admission.evidence.answers import Coverage
from admission.evidence.facts import Facts
from admission.metrics.bureau import bureau_metrics
from admission.metrics.catalogue import Metric
from tests.admission.build import answered, report

D = Decimal


def derived(*reports: Any, seen: Coverage | None = None) -> dict[str, Metric]:
    found = bureau_metrics(Facts.of(reports), seen or answered())
    return {metric.name: metric for metric in found}


GOLDEN: list[tuple[str, dict[str, Any], Decimal | str]] = [
    ("worst", {"score": D(1)}, D(0)),
    ("best", {"score": D(100)}, D(1)),
    ("five-of-a-hundred", {"score": D(5)}, D("0.040404")),
    ("runs-down-best", {"score": D(1), "higher_is_better": False}, D(1)),
    ("runs-down", {"score": D(400), "score_min": D(100), "score_max": D(600), "higher_is_better": False}, D("0.4")),
    ("no-scale", {"score_min": None}, "the bureau does not tell the scale of its score"),
    ("no-width", {"score_min": D(100)}, "the bureau does not tell the scale of its score"),
    ("off-scale", {"score": D(101)}, "the score is outside the bureau's own scale"),
    ("not-rated", {"score": None, "rated": False}, "the bureau does not rate it"),
]


@pytest.mark.parametrize(("changes", "expected"), [row[1:] for row in GOLDEN], ids=[row[0] for row in GOLDEN])
def test_the_place_on_the_scale(changes: dict[str, Any], expected: Decimal | str) -> None:
    metric = derived(report(**changes))["bureau_score_position"]
    assert (metric.unknown.en if metric.unknown else metric.value) == expected
    assert metric.sources == ("bureau",)


def test_the_newest_report_counts() -> None:
    older = report(reported_on=date(2025, 1, 1), score=D(90), band="A")
    found = derived(older, report(score=D(5), band="E"))
    assert (found["bureau_score_position"].value, found["bureau_band"].value) == (D("0.040404"), "E")


def test_the_band_of_the_unrated_says_nothing() -> None:
    assert derived(report(band="B"))["bureau_band"].value == "B"
    assert derived(report(band="E", rated=False, score=None))["bureau_band"].value is None
    assert derived(report())["bureau_band"].value is None


def test_without_a_report_nothing_is_known() -> None:
    assert {metric.value for metric in (*derived().values(), *derived(seen=Coverage()).values())} == {None}
