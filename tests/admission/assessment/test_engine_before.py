"""Assessments as the release before this engine stored them are read, verified and shown as they are."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from admission.assessment.record import ENGINE, Assessment
from admission.memo.documents import CaseFile, case_document
from admission.memo.memo import credit_memo
from tests.admission.memo.test_memo import case

STORED: dict[str, dict[str, Any]] = json.loads(
    Path(__file__).with_name("stored_engine_4.json").read_text(encoding="utf-8")
)


def stored(name: str) -> Assessment:
    return Assessment.model_validate(STORED[name]["assessment"])


@pytest.mark.parametrize("name", STORED)
def test_it_is_read_with_the_fingerprint_that_votes_name(name: str) -> None:
    assessment = stored(name)
    assert (assessment.engine, ENGINE) == ("4", "5")
    assert assessment.sha256 == STORED[name]["sha256"]
    assert assessment.model_dump(mode="json") == STORED[name]["assessment"]


def test_its_unknowns_stay_unknown_and_need_acceptance() -> None:
    """Late payers without accounts and a court that gave no answer: engine 4 listed nothing as not asked."""
    silent = stored("silent")
    assert silent.not_asked == ()
    assert silent.unknowns == tuple(item.id for item in silent.criteria if item.verdict == "unknown")
    assert "open_insolvency" in silent.unknowns
    assert silent.terms.open_limit is None


@pytest.mark.parametrize("name", STORED)
def test_it_is_shown_as_it_was(name: str) -> None:
    assessment = stored(name)
    file = CaseFile(case=case(), assessment=assessment)
    memo = credit_memo(file, "en")
    assert f"- Grade: **{assessment.grade}**" in memo
    assert "## Not asked" not in memo
    document = case_document(file)["assessment"]
    assert (document["sha256"], document["grade"]) == (STORED[name]["sha256"], assessment.grade)
    assert (Decimal(document["limit"]["amount"]), document["terms"]["open_limit"]) == (assessment.limit.amount, None)
    assert {part["withheld"] or part["not_asked"] for part in document["parts"]} == {False}
