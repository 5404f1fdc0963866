"""The checker knows what a policy can mean: a hundred planted mistakes, each named with its place and its remedy."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from admission.errors import BadInput, Problem
from admission.policy import Surroundings, load_policy
from admission.policy.loading import read_policy_document
from admission.policy.sense_checks import TOLD
from intake.reading import read_written
from tests.admission.build import DEFAULT_POLICY, policy_document
from tests.admission.policy.planted import PLANTED, TWENTY_ONE
from tests.admission.policy.planted.planting import (
    AGES,
    OUTSIDE,
    SEGMENTS,
    Planted,
    calibrated,
    extra,
    planted,
    segments,
)
from tests.languages import is_chinese

TODAY = date(2026, 11, 28)
SHIPPED = sorted(DEFAULT_POLICY.parent.glob("*.yaml"))
# Words of the program and its libraries, which nobody who writes a policy knows.
PYTHON = re.compile(
    r"\b(tuple|dict|None|NoneType|str|int|float|bool|[Dd]ecimal|pydantic|instance|Input should|function|Literal|union"
    r"|True|False|unhashable|object|validator|Quartile)\b|\[str|\{'|\['"
)


def problems_in(text: str, folder: Path) -> list[Problem]:
    file = folder / "policy.yaml"
    file.write_text(text, encoding="utf-8")
    written = read_written(file, anchors=True)
    return read_policy_document(written.document, written.lines, Surroundings(today=TODAY))[1]


def found(mistake: Planted, folder: Path) -> list[Problem]:
    return problems_in(planted(DEFAULT_POLICY.read_text(encoding="utf-8"), mistake), folder)


def test_there_are_a_hundred_and_those_of_the_issue_are_among_them() -> None:
    assert len(PLANTED) >= 100
    assert len(TWENTY_ONE) >= 21


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_mistake_is_named_with_its_line_and_remedy(name: str, tmp_path: Path) -> None:
    mistake = PLANTED[name]
    told = found(mistake, tmp_path)
    assert any(problem.field == mistake.field and mistake.remedy in problem.expected.en for problem in told), told
    assert all(problem.line for problem in told)


@pytest.mark.parametrize("name", PLANTED)
def test_it_is_told_in_both_languages_and_in_no_programs_words(name: str, tmp_path: Path) -> None:
    for problem in found(PLANTED[name], tmp_path):
        assert is_chinese(problem.expected), problem
        assert PYTHON.search(f"{problem.field} {problem.value} {problem.expected.en} {problem.expected.zh}") is None


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_shipped_policies_have_no_mistake(path: Path, tmp_path: Path) -> None:
    assert problems_in(path.read_text(encoding="utf-8"), tmp_path) == []


BANDS = '{name: small, up_to: "9000", stages: *one}, {name: large, committee: true, stages: *one}'
CUTS = {"A": "0.001", "B": "0.1", "C": "0.3", "D": "0.5", "E": "1"}
CHINESE = DEFAULT_POLICY.parent / "cn-manufacturing.yaml"
# Mistakes that take two changes.
IN_TWO: dict[str, tuple[Path, tuple[tuple[str, str], ...], str, str]] = {
    "no committee": (
        CHINESE,
        (("      committee: true\n", ""),),
        "criteria.consumption_limit.effect",
        "a band with committee: true",
    ),
    "single cap above the group's": (
        DEFAULT_POLICY,
        (
            ('starter_cap: "5000"', 'starter_cap: "5000"\n  concentration_cap: "900000"'),
            ("\noutside:", '\nappetite: {caps: {group: "500000"}}\noutside:'),
        ),
        "limit.concentration_cap",
        "at most 500000, the cap on one group",
    ),
    "fast track above a segment's band": (
        DEFAULT_POLICY,
        (
            (SEGMENTS + "\n", ""),
            ("      stages:\n        - name: review", "      stages: &one\n        - name: review"),
            (OUTSIDE, f"\nsegments:\n  standard: {{}}\n  micro: {{bands: [{BANDS}]}}\n{OUTSIDE}"),
        ),
        "approval.fast_track.up_to",
        "at most 9000, the first band of segment micro",
    ),
    "nobody reaches the best grade": (
        DEFAULT_POLICY,
        (
            ("scorecard:\n", calibrated(intercept="2")),
            *((f"{{name: {name}, ", f'{{name: {name}, pd_at_most: "{cut}", ') for name, cut in CUTS.items()),
        ),
        "grades.A.pd_at_most",
        "or nobody reaches this grade",
    ),
}


@pytest.mark.parametrize("name", IN_TWO)
def test_so_is_one_that_takes_two_changes(name: str, tmp_path: Path) -> None:
    path, changes, field, remedy = IN_TWO[name]
    text = path.read_text(encoding="utf-8")
    for written, mistake in changes:
        assert written in text
        text = text.replace(written, mistake, 1)
    told = problems_in(text, tmp_path)
    assert [problem.field for problem in told] == [field]
    assert remedy in told[0].expected.en


# What goes against the better side of a metric, or repeats another criterion elsewhere, may well be meant.
MEANT: dict[str, tuple[tuple[str, str], ...]] = {
    "data say that growth is no good": (
        (
            "- metric: current_ratio\n",
            '- metric: revenue_growth\n      against_better: "[M] who grows fast runs out of cash"\n',
        ),
        (
            '[{below: "0.85", points: "0"}, {below: "1.1", points: "2"}, {below: "2.2", points: "4"}, {points: "5"}]',
            '[{below: "0", points: "3"}, {below: "0.3", points: "5"}, {points: "2"}]',
        ),
    ),
    "a bound on growth": (
        (
            AGES,
            extra(
                "id: fast",
                "metric: revenue_growth",
                "comparison: at_most",
                'value: "0.8"',
                "effect: refer",
                'against_better: "[P] who nearly doubles needs a look"',
            ),
        ),
    ),
    "rejected at a worse figure than referred": (
        (
            AGES,
            extra("id: far_late", "metric: days_beyond_terms", "comparison: at_most", 'value: "90"', "effect: reject"),
        ),
    ),
    "another bound in another country": (
        (
            AGES,
            extra(
                "id: at_home",
                "metric: accounts_age_months",
                "comparison: at_most",
                'value: "12"',
                "effect: refer",
                "when: {countries: [GB]}",
            ),
        ),
    ),
    "no sample": (('{share: "0.05"}', '{share: "0"}'),),
    "every decision looked at": (('{share: "0.05"}', '{share: "1"}'),),
    "no starter": (('starter_cap: "5000"', 'starter_cap: "0"'),),
    "no fast track": (('fast_track: {grades: [A, B], up_to: "25000"}', 'fast_track: {grades: [], up_to: "0"}'),),
    "no late day": (('value: "30"\n    unit: days', 'value: "0"\n    unit: days'),),
    "references alone by preset": (
        (
            '  net_worth_share: "0.10"\n  turnover_share: "0.05"\n  trade_references: 3\n',
            "  preset: trade_reference_median\n",
        ),
    ),
    "a lower grade for all of a segment": (
        (SEGMENTS, segments("micro: {best_grade: B, max_terms_days: 14, review_months: 3}")),
    ),
    "a name that is the same in both languages": (('zh: "信用部审核"', 'zh: "KYC"'),),
}


@pytest.mark.parametrize("name", MEANT)
def test_what_can_be_meant_is_no_mistake(name: str, tmp_path: Path) -> None:
    text = DEFAULT_POLICY.read_text(encoding="utf-8")
    for written, meant in MEANT[name]:
        assert written in text
        text = text.replace(written, meant, 1)
    assert problems_in(text, tmp_path) == []


def test_a_published_version_is_read_without_checks_of_sense() -> None:
    document = policy_document()
    document["approval"]["fast_track"]["up_to"] = "30000"
    assert load_policy(document).approval.fast_track.up_to == 30000
    with pytest.raises(BadInput) as refused:
        load_policy(document, surroundings=Surroundings())
    assert [problem.field for problem in refused.value.problems] == ["approval.fast_track.up_to"]


def test_what_a_house_has_no_source_for_does_not_reject() -> None:
    document = policy_document()
    told = TOLD - {"open_insolvency"}
    fields = [problem.field for problem in read_policy_document(document, {}, Surroundings(told=told))[1]]
    assert fields == ["criteria.open_insolvency.effect"]
