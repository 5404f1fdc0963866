"""The checker knows what a policy can mean: a hundred planted mistakes, each named with its place and its remedy."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from admission.errors import BadInput, Problem
from admission.metrics.catalogue import CATALOGUE
from admission.policy import Surroundings, load_policy, policy_cautions
from admission.policy.loading import read_policy_document
from admission.policy.sense_checks import TOLD
from intake.reading import Written, read_written
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
    with_plain_segments,
)
from tests.languages import is_chinese

TODAY = date(2026, 11, 28)
PLAIN = with_plain_segments(DEFAULT_POLICY.read_text(encoding="utf-8"))
SHIPPED = sorted(DEFAULT_POLICY.parent.glob("*.yaml"))
# Words of the program and its libraries, which nobody who writes a policy knows.
PYTHON = re.compile(
    r"\b(tuple|dict|None|NoneType|str|int|float|bool|[Dd]ecimal|pydantic|instance|Input should|function|Literal|union"
    r"|True|False|unhashable|object|validator|Quartile)\b|\[str|\{'|\['"
)


def read(text: str, folder: Path) -> Written:
    file = folder / "policy.yaml"
    file.write_text(text, encoding="utf-8")
    return read_written(file, anchors=True)


# What a text was told, for several tests ask it of the same.
problems_told: dict[str, list[Problem]] = {}
warnings_told: dict[str, list[Problem]] = {}


def problems_in(text: str, folder: Path) -> list[Problem]:
    if text not in problems_told:
        written = read(text, folder)
        problems_told[text] = read_policy_document(written.document, written.lines, Surroundings(today=TODAY))[1]
    return problems_told[text]


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
    text = PLAIN if path == DEFAULT_POLICY else path.read_text(encoding="utf-8")
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
            '  net_worth_share: "0.10"\n  turnover_share: "0.05"\n  need_not_told: asked\n  trade_references: 3\n',
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
    text = PLAIN
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


# What may be meant is told as a warning: what is changed, where it is told, and its words.
WARNED: dict[str, tuple[str, str, str, str]] = {
    "a band by another name": (
        'name: "≤ 25k USD"\n      up_to: "25000"',
        'name: "≤ 20k USD"\n      up_to: "25000"',
        "approval.bands.≤ 20k USD.name",
        "a name that says 25000",
    ),
    "other terms in words": ("up to 60 days", "up to 90 days", "grades.A.terms_text.en", "60 days, as terms_days says"),
    "other terms in Chinese": ("不超过60天", "不超过90天", "grades.A.terms_text.zh", "60 days, as terms_days says"),
    "another figure in Chinese": ("近24个月", "近12个月", "criteria.distress_filings.reason.zh", "the same figures"),
    "insolvency refers": (
        "metric: open_insolvency\n    comparison: is_false\n    effect: reject\n    prescreen: true",
        "metric: open_insolvency\n    comparison: is_false\n    effect: refer",
        "criteria.open_insolvency.effect",
        "reject: who is on a sanctions list",
    ),
    "sanctions off": (
        SEGMENTS,
        segments("micro: {criteria: {sanctions: {off: true}}}"),
        "segments.micro.criteria.sanctions",
        "reject: who is on a sanctions list",
    ),
    "accounts withheld for gain": (
        'on_missing: lowest\n      source: "[M] cuts',
        'source: "[M] cuts',
        "scorecard.attributes.altman_z2.on_missing",
        "whoever withholds bad accounts",
    ),
    "a fast track to nowhere": ('[A, B], up_to: "25000"', '[A, B], up_to: "0"', "approval.fast_track", "or neither"),
    "reviews every three years": (
        "default_review_months: 6",
        "default_review_months: 36",
        "default_review_months",
        "at least every 24 months",
    ),
    "a grade that nobody reaches": (
        'at_least: "80"',
        'at_least: "95"',
        "grades.A.at_least",
        "at most 90: 10 points rest on what no source tells",
    ),
}


def warnings_in(text: str, folder: Path) -> list[Problem]:
    if text not in warnings_told:
        written = read(text, folder)
        warnings_told[text] = policy_cautions(written.document, written.lines, Surroundings(today=TODAY))
    return warnings_told[text]


@pytest.mark.parametrize("name", WARNED)
def test_what_may_be_meant_is_a_warning(name: str, tmp_path: Path) -> None:
    written, change, field, words = WARNED[name]
    text = PLAIN
    assert written in text
    changed = text.replace(written, change, 1)
    told = [caution for caution in warnings_in(changed, tmp_path) if caution.field == field]
    assert any(words in caution.expected.en for caution in told), warnings_in(changed, tmp_path)
    assert all(is_chinese(caution.expected) for caution in told)
    assert [caution for caution in warnings_in(text, tmp_path) if caution.field == field] == []
    assert problems_in(changed, tmp_path) == []


def test_what_no_source_tells_is_a_warning() -> None:
    document = policy_document()
    told = policy_cautions(document, {}, Surroundings(told=TOLD - {"altman_z2", "accounts_overdue"}))
    fields = {caution.field for caution in told}
    assert fields >= {"scorecard.attributes.altman_z2.metric", "criteria.accounts_overdue.metric"}
    everything = policy_cautions(document, {}, Surroundings(told=frozenset(CATALOGUE)))
    assert everything == []


OF_WRONG_KIND: tuple[Any, ...] = ([1, "a", None], {"x": 1}, "zz zz", -3, 1.5, None, True, "", [], "nan", [["1"]])


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in entries:
        yield from places(inner, (*path, key))


def whole() -> dict[str, Any]:
    """A policy with every part that there can be, to be changed at will."""
    return copy.deepcopy(_whole())


@cache
def _whole() -> dict[str, Any]:
    document = policy_document()
    document["scorecard"]["calibration"] = yaml.safe_load(calibrated())["scorecard"]["calibration"]
    document["appetite"] = {"caps": {"group": "100000", "grade": {"A": "10000"}}, "excluded_countries": ["RU"]}
    document["mandates"] = {"edit": {"roles": ["controller"]}}
    document["segments"] = {"standard": {}, "micro": {"criteria": {"accounts_age": {"value": "12"}}, "best_grade": "B"}}
    return document


def kinds_of_place() -> list[tuple[str | int, ...]]:
    """One place of each kind: of a list, the first entry that has it."""
    seen = {tuple("" if isinstance(part, int) else part for part in path): path for path in places(whole()) if path}
    return list(seen.values())


@pytest.mark.parametrize("path", kinds_of_place(), ids=lambda path: ".".join(map(str, path)))
def test_what_is_of_another_kind_is_told_in_words_of_what_people_write(path: tuple[str | int, ...]) -> None:
    for wrong in OF_WRONG_KIND:
        document: Any = whole()
        at = document
        for part in path[:-1]:
            at = at[part]
        at[path[-1]] = wrong
        problems = read_policy_document(document, {}, Surroundings(today=TODAY))[1]
        for problem in problems + policy_cautions(document, {}, Surroundings(today=TODAY)):
            # The names of metrics are words of the catalogue, and a place is called what people called it.
            told = problem.expected.en.partition("one of total_assets")[0]
            assert PYTHON.search(f"{problem.field} {problem.value} {told}") is None, problem
            assert is_chinese(problem.expected), problem
