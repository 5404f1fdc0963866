"""Policies written to harm whoever reads them: each is refused, and soon."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from admission.errors import BadInput
from intake.policies import read_policy
from intake.reading import MAX_REPEATED_BYTES
from tests.languages import untranslated


def grown(first: str, each: str, levels: int = 11) -> str:
    """Levels of which each repeats the one before nine times."""
    lines = [f"a0: &a0 {first}"]
    for level in range(1, levels + 1):
        before = [f"*a{level - 1}"] * 9
        keyed = ", ".join(f"k{place}: {alias}" for place, alias in enumerate(before))
        lines.append(f"a{level}: &a{level} {each.format(listed=', '.join(before), keyed=keyed)}")
    return "\n".join(lines)


def many(one: str, times: int, opened: str = "[", closed: str = "]") -> str:
    return opened + ", ".join(one.replace("#", str(number)) for number in range(times)) + closed


RULE = "{id: a#, metric: x, comparison: is_true, effect: refer, reason: {en: a, zh: b}, source: s, when: {segments: S}}"
HOSTILE = {
    "lists of lists": (grown("[x, x]", "[{listed}]"), "at most 20,000 values"),
    "tables of tables": (grown("{b: x}", "{{{keyed}}}"), "at most 20,000 values"),
    "merged keys": (grown("{b: x}", "{{<<: [{listed}]}}", 20), "at most 20,000 values"),
    "one table merged often": (
        f"a: &a {many('k#: 1', 2000, '{', '}')}\nb: {{<<: {many('*a', 5000)}}}",
        "at most 20,000 values",
    ),
    "a list in itself": ("name: &a [*a]", "well-formed YAML"),
    "a table in itself": ("name: &a {b: *a}", "well-formed YAML"),
    "a table merged into itself": ("name: &a {<<: *a}", "well-formed YAML"),
    "two in each other": ("a: &a {b: &b {c: *a, d: *b}}", "well-formed YAML"),
    "a list as key": ("? [1, 2]\n: 1", "unhashable key"),
    "itself as key": ("? &a [*a]\n: 1", "unhashable key"),
    "deep lists": ("[" * 100_000, "no deeper than 20"),
    "deep tables": ("a: " + "{a: " * 50_000, "no deeper than 20"),
    "a tag that runs": ("name: !!python/object/apply:os.system [true]", "without a tag"),
    "a tag of one's own": ("name: !include /etc/passwd", "without a tag"),
    "a long figure": (f"version: {'1' * 200_000}", "well-formed YAML"),
    "a long text": (f"name: {'x' * 200_000}\nsegments: []", "criteria"),
    "many anchors": ("\n".join(f"k{number}: &a{number} x" for number in range(14_000)), "at most 250"),
    "more values than a policy has": (f"a: {many('1', 60_000)}", "at most 20,000 values"),
    "many documents": ("---\na: 1\n" * 20_000, "at most 20,000 values"),
    "segments in a ring": (many("s#: {inherits: s#1}", 240, "segments: {", "}"), "no such name"),
    "many unknown keys": (
        f"criteria: {many(many('metrik#: x', 40, '{', '}').replace('metrik', 'm#etrik'), 240)}",
        "no such field",
    ),
    "many unknown names": (
        f"segments: {many('seg#', 240)}\ncriteria: {many(RULE.replace('S', '*s'), 60)}".replace(
            "criteria", f"name: &s {many('sex#', 240)}\ncriteria"
        ),
        "no such name",
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_policy_is_refused_within_a_second(tmp_path: Path, kind: str) -> None:
    text, told = HOSTILE[kind]
    path = tmp_path / "policy.yaml"
    path.write_text(text, encoding="utf-8")
    began = time.process_time()
    with pytest.raises(BadInput) as refused:
        read_policy(path)
    assert time.process_time() - began < 1
    assert untranslated(refused.value) == []
    assert told in "\n".join(str(problem) for problem in refused.value.problems)


def test_a_hundred_megabytes_are_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    began = time.process_time()
    with pytest.raises(BadInput, match=f"100,000,000 bytes; at most {MAX_REPEATED_BYTES:,}"):
        read_policy(path)
    assert time.process_time() - began < 1


def test_a_hostile_policy_in_json_is_refused_too(tmp_path: Path) -> None:
    path = tmp_path / "policy.json"
    for text in ('{"a": ' * 30_000, "[" * 100_000, '{"name": NaN}', f'{{"criteria": [{",".join(["{}"] * 60_000)}]}}'):
        path.write_text(text, encoding="utf-8")
        began = time.process_time()
        with pytest.raises(BadInput):
            read_policy(path)
        assert time.process_time() - began < 1
