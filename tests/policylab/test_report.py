from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
import pytest
import yaml

from admission.policy import Scorecard, load_policy
from policylab import plots
from policylab.calibration import calibrate
from policylab.holdout import Holdout, cross_validate
from policylab.page import html_page
from policylab.report import report_on
from policylab.report_record import Report
from policylab.samples import Sample
from policylab.scorecard_file import calibration_of, scorecard_yaml
from tests.admission.build import policy_document
from tests.languages import is_chinese
from tests.policylab.build import card, companies

DAY = date(2026, 11, 26)


@cache
def reported(sample: Sample) -> tuple[Report, Holdout]:
    made = calibrate(sample, source="x")
    holdout = cross_validate(sample, source="x", folds=3, seed=5)
    return report_on(sample, made, holdout, fitted_on=DAY, seed=5), holdout


def few() -> Sample:
    return companies(rows=500, base=-4.0)


def test_a_report_is_plain_json() -> None:
    report, _ = reported(companies())
    document = json.loads(json.dumps(report.model_dump(mode="json"), allow_nan=False))
    assert document["observations"] == 1500
    assert document["bads"] == companies().bads
    assert document["auc"]["low"] < document["auc"]["value"] < document["auc"]["high"]
    assert document["gini"]["value"] == pytest.approx(2 * document["auc"]["value"] - 1)
    assert document["wrong_signs"] == []
    assert document["attributes"][0]["bins"][0]["goods"] > 0


def test_many_companies_and_a_rule_that_holds_give_no_warning() -> None:
    report, _ = reported(companies(rows=6000))
    assert report.warnings == ()


def test_fewer_than_forty_bad_outcomes_are_warned_of() -> None:
    assert 10 < few().bads < 40
    report, _ = reported(few())
    assert f"only {few().bads} bad outcomes, fewer than 40: treat the card as uncalibrated" in [
        warning.en for warning in report.warnings
    ]


def test_a_missing_value_that_tells_the_outcome_is_warned_of() -> None:
    sample = companies()
    gone = sample.values["cash_flow_to_debt"].isna().to_numpy()
    telling = Sample(sample.values, np.where(gone, 1, sample.bad).astype(np.int64), "x", sample.sha256)
    report, _ = reported(telling)
    said = [warning.en for warning in report.warnings]
    assert any(
        text.startswith(f"cash_flow_to_debt is missing in {gone.sum()} rows, 100.0% of them bad") for text in said
    )


def test_the_score_of_each_grade_stands_for_its_probability() -> None:
    report, holdout = reported(companies())
    assert [grade.name for grade in report.grades] == ["A", "B", "C", "D", "E"]
    assert sum(grade.companies for grade in report.grades) == 1500
    assert sum(grade.bads for grade in report.grades) == companies().bads
    for grade in report.grades:
        if 0 < grade.at_least < 100:
            assert card().probability(np.array([grade.at_least]))[0] == pytest.approx(grade.probability_below, rel=0.01)
    assert sum(holdout.probability <= 0.01) == report.grades[0].companies


def test_the_yaml_is_a_scorecard_that_a_policy_takes() -> None:
    calibration = calibration_of(card(), companies(), DAY)
    written = yaml.safe_load(scorecard_yaml(card(), calibration))["scorecard"]
    assert Scorecard.model_validate(written) == card().scorecard.model_copy(update={"calibration": calibration})
    policy = load_policy(policy_document() | {"scorecard": written})
    assert policy.scorecard.calibration == calibration
    assert [attribute.metric for attribute in policy.scorecard.attributes] == list(card().lines)


def test_the_yaml_keeps_from_what_it_was_fitted() -> None:
    calibration = calibration_of(card(), companies(), DAY)
    assert (calibration.outcomes, calibration.observations) == (companies().bads, 1500)
    assert (calibration.fitted_on, calibration.data_sha256) == (DAY, companies().sha256)
    assert float(calibration.intercept) == pytest.approx(card().intercept, abs=1e-6)
    assert float(calibration.slope) == pytest.approx(card().slope, abs=1e-6)


def test_the_page_holds_all_in_itself_and_runs_nothing() -> None:
    report, holdout = reported(companies())
    page = html_page(report, companies(), holdout)
    assert page.count('src="data:image/svg+xml;base64,') == 3 + len(report.attributes)
    assert "<script" not in page
    assert re.findall(r'(?:src|href)="(?!data:)', page) == []
    for heading in ("Measures", "指标", "Grades on probability of default", "未入选指标", "Calibration of a scorecard"):
        assert heading in page
    assert f"{report.auc.value:.3f}" in page


def test_a_name_of_the_table_is_text_on_the_page() -> None:
    report, holdout = reported(companies())
    hostile = report.model_copy(update={"left_out": ("<script>alert(1)</script>",), "source": "<b>.csv"})
    page = html_page(hostile, companies(), holdout)
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_picture_is_the_same_each_time() -> None:
    report, _ = reported(companies())
    first = plots.draw_bins(report.attributes[0])
    assert first == plots.draw_bins(report.attributes[0])
    assert first.lstrip().startswith("<?xml")


def said(sample: Sample) -> list[str]:
    report, _ = reported(sample)
    assert all(is_chinese(warning) for warning in report.warnings)
    return [warning.en for warning in report.warnings]


def test_an_attribute_that_came_with_the_outcome_is_suspected() -> None:
    sample = companies()
    noise = np.random.default_rng(3).normal(0, 0.4, 1500)
    known_later = replace(sample, values=sample.values.assign(headcount=noise + sample.bad))
    assert ["headcount tells the outcome too well by itself" in text for text in said(known_later)] == [True]


def test_an_attribute_that_makes_no_mistake_is_suspected_though_it_is_not_on_the_card() -> None:
    sample = companies()
    told = said(replace(sample, values=sample.values.assign(headcount=sample.bad * 1.0)))
    assert sum("headcount tells the outcome too well" in text for text in told) == 1


def test_a_promise_that_is_not_kept_is_told_with_grade_and_interval() -> None:
    sample = companies(rows=6000)
    report, holdout = reported(sample)
    kept = {grade.name: grade for grade in report.grades}
    assert not any(grade.outside for grade in report.grades)
    made = calibrate(sample, source="x")
    flattering = replace(holdout, probability=holdout.probability / 2)
    other = report_on(sample, made, flattering, fitted_on=DAY, seed=5)
    broken = [grade for grade in other.grades if grade.outside]
    assert broken
    for grade in broken:
        assert grade.promised is not None
        assert grade.low is not None
        assert grade.promised < grade.low
        assert f"grade {grade.name} promised" in " ".join(text.en for text in other.warnings)
    assert kept["C"].promised is not None
    assert 0.03 < kept["C"].promised < 0.08


def test_copies_make_no_interval_narrower_and_no_card_sounder() -> None:
    sample = companies(rows=500, base=-4.0)
    places = np.repeat(np.arange(500), 4)
    copied = replace(sample.rows(places), of_row=places.astype(np.int64))
    report, _ = reported(copied)
    once, _ = reported(sample)
    assert (report.observations, report.bads) == (once.observations, once.bads) == (500, sample.bads)
    assert (report.rows, report.bad_rows) == (2000, 4 * sample.bads)
    assert any("fewer than 40" in warning.en for warning in report.warnings)
    assert report.auc.high - report.auc.low > 0.7 * (once.auc.high - once.auc.low)
    assert calibration_of(card(), copied, DAY).outcomes == sample.bads
    for grade in report.grades:
        assert grade.companies <= 500


def test_the_page_says_what_each_grade_promised() -> None:
    report, holdout = reported(companies(rows=6000))
    page = html_page(report, companies(rows=6000), holdout)
    assert "Promised" in page
    for grade in report.grades:
        if grade.promised is not None:
            assert f"{100 * grade.promised:.1f} %" in page
