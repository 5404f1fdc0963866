"""The shipped policies decide their examples as a credit manager would, and a user's own policy its own."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from admission.errors import BadInput
from admission.governance.examples import sources
from admission.policy import load_policy
from connectors import manual_evidence as sites
from connectors.creditsafe import judgments
from connectors.uk_companies_house import lists as register
from intake.examples import read_examples
from intake.policies import read_policy
from services.examples import changed_examples, try_examples
from tests.conftest import ROOT
from tests.policies import shipped_policy, written

SHIPPED = ("default", "cn-manufacturing")
EXCLUDED = """
country: DE
rates: {EUR: "1.1"}
examples:
  - id: excluded_country
    title: {en: "From a country that we exclude", zh: "来自禁入国家"}
    expected: {limit: 0, route: knock_out, reason: country_excluded}
    why: {en: "Our insurer covers nothing there.", zh: "承保人不承保该地区。"}
"""


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_policy_decides_as_a_credit_manager_would(name: str) -> None:
    policy = read_policy(ROOT / "policies" / f"{name}.yaml")
    read = read_examples(ROOT / "policies" / "examples" / name, policy)
    results = try_examples(policy, [item.file for item in read])
    assert len(results) >= 60
    differing = [
        f"{result.example.id}: {miss.what.en} {miss.expected.en}, got {miss.got.en[:80]}"
        for result in results
        for miss in result.misses
    ]
    assert differing == []


def test_an_own_policy_is_proven_by_own_examples(tmp_path: Path) -> None:
    document = shipped_policy()
    document["appetite"] = {**document.get("appetite", {}), "excluded_countries": ["DE"]}
    examples = tmp_path / "own.yaml"
    examples.write_text(EXCLUDED, encoding="utf-8")
    policy = load_policy(document)
    (read,) = read_examples(examples, policy)
    (result,) = try_examples(policy, [read.file])
    assert (result.misses, result.outcome.route) == ((), "knock_out")
    (change,) = changed_examples(load_policy(shipped_policy()), policy, [read.file])
    assert (change.old.route if change.old else None, change.new.route if change.new else None) == ("desk", "knock_out")


def test_an_example_of_a_segment_that_a_policy_has_not_is_a_change(tmp_path: Path) -> None:
    document = shipped_policy()
    document["segments"]["school"] = {"inherits": "standard", "title": {"en": "School", "zh": "学校"}}
    examples = tmp_path / "own.yaml"
    examples.write_text(
        EXCLUDED.replace("    expected", "    application: {segment: school}\n    expected"), encoding="utf-8"
    )
    (read,) = read_examples(examples)
    before, after = load_policy(shipped_policy()), load_policy(document)
    (change,) = changed_examples(before, after, [read.file])
    assert (change.old, change.new is None) == (None, False)
    (gone,) = changed_examples(after, before, [read.file])
    assert (gone.old is None, gone.new) == (False, None)
    with pytest.raises(BadInput) as caught:
        read_examples(examples, before)
    assert [(problem.line, problem.value) for problem in caught.value.problems] == [(7, "school")]


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("examples: []\n", 1, "not empty"),
        ("exampels: []\n", 1, "did you mean examples?"),
        (EXCLUDED.replace("limit: 0", "limit: none"), 7, "an amount"),
        (EXCLUDED.replace("route: knock_out", "route: knockout"), 7, "did you mean knock_out?"),
        (EXCLUDED.replace("reason:", "reasons:"), 7, "did you mean reason?"),
        (EXCLUDED.replace("expected:", "kind: rescue\n    expected:"), 7, "onboarding"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_what_would_be_right(
    tmp_path: Path, text: str, line: int, told: str
) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        read_examples(file, load_policy(shipped_policy()))
    assert {problem.line for problem in caught.value.problems if told in problem.expected.en} == {line}
    assert caught.value.context == {"file": "own.yaml"}


def test_one_id_in_two_files_is_refused(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(EXCLUDED, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        read_examples(tmp_path, read_policy(written(tmp_path / "..", shipped_policy(), "own-policy")))
    assert caught.value.problems[0].value == "excluded_country"


def test_the_sources_of_examples_are_asked_what_the_connectors_ask() -> None:
    assert sources.FOLLOWING["GB"] == dict(register.TOPICS)
    assert {kind: topic for kind, topic in sites.TOPICS.items() if kind != "registration"} == sources.SITE_TOPICS
    assert dict(judgments.TOPICS) == sources.COURTS


def test_every_example_is_told_in_both_languages_without_repeating_one() -> None:
    for name in SHIPPED:
        for path in (ROOT / "policies" / "examples" / name).iterdir():
            document = yaml.safe_load(path.read_text(encoding="utf-8"))
            texts = [text for example in document["examples"] for text in (example["title"], example["why"])]
            assert [text for text in texts if text["en"] == text["zh"]] == []
