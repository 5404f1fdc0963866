"""What would change the outcome of a stored case."""

from __future__ import annotations

import pytest

from admission.errors import NotFound
from admission.memo.what_if import COMES_OUT_OTHERWISE
from services import replay as replaying
from services.what_if import what_would_change
from tests.services.conftest import assessed
from wiring import House


def test_it_is_told_by_policy_and_rates_of_the_day_and_kept_nowhere(at: House) -> None:
    reference = assessed(at)
    before = at.casebook.history.of(reference)
    told = what_would_change(at, reference)
    assert told
    assert all(" would give " in text.en for text in told)
    assert at.casebook.history.of(reference) == before


def test_an_assessment_that_comes_out_otherwise_is_not_explained(at: House, monkeypatch: pytest.MonkeyPatch) -> None:
    reference = assessed(at)
    stored = at.casebook.work.assessment(reference, 1)
    assert stored is not None
    other = next(grade.name for grade in at.policy_in_force().grades if grade.name != stored.grade)
    read = replaying.read_assessed(at, reference)
    changed = read._replace(assessment=stored.model_copy(update={"grade": other}))
    monkeypatch.setattr("services.what_if.read_assessed", lambda *_: changed)
    assert what_would_change(at, reference) == (COMES_OUT_OTHERWISE,)


def test_a_case_without_an_assessment_has_nothing_to_change(at: House) -> None:
    with pytest.raises(NotFound):
        what_would_change(at, "GH-2026-999999")
