"""docs/criteria.md says what the shipped policies hold."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from admission.policy import Criterion
from intake.policies import read_policy
from tests.conftest import ROOT

POLICIES = {name: read_policy(ROOT / "policies" / f"{name}.yaml") for name in ("default", "cn-manufacturing")}
PAGE = (ROOT / "docs" / "criteria.md").read_text(encoding="utf-8")
BOTH, CHINESE = (part.split("\n## ")[0] for part in PAGE.split("\n## ")[1:3])


def rows(part: str) -> list[list[str]]:
    lines = [line for line in part.splitlines() if line.startswith("| `")]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


def criterion(policy: str, name: str) -> Criterion:
    return next(item for item in POLICIES[policy].criteria if item.id == name)


def passes(item: Criterion) -> str:
    value: Any = item.value
    if not isinstance(value, Decimal):
        return "no" if item.comparison == "is_false" else "yes"
    return f"{item.comparison.replace('_', ' ')} {value:f}"


def not_asked(item: Criterion) -> str:
    return "listed" if item.on_not_asked == "note" else "-"


@pytest.mark.parametrize("row", rows(BOTH), ids=lambda row: row[0])
def test_what_both_policies_ask(row: list[str]) -> None:
    name, metric, bound, failure, best, silence = row
    found = [criterion(policy, name) for policy in POLICIES]
    assert {(item.metric, passes(item), item.effect, not_asked(item)) for item in found} == {
        (metric, bound, failure, silence)
    }
    assert [item.best_grade for item in found] == ([None, None] if best == "-" else best.split(", "))


@pytest.mark.parametrize("row", rows(CHINESE), ids=lambda row: row[0])
def test_what_the_chinese_policy_asks(row: list[str]) -> None:
    name, metric, _, bound, failure, best, silence = row
    item = criterion("cn-manufacturing", name)
    assert (item.metric, passes(item), item.effect, not_asked(item)) == (metric, bound, failure, silence)
    assert (item.best_grade or "-") == best


def test_both_tables_are_read() -> None:
    assert (len(rows(BOTH)), len(rows(CHINESE))) == (11, 12)
