from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from admission.errors import Conflict, GatehouseError, NotFound
from casebook import Casebook
from casebook.work import Assessed
from tests.casebook.build import assessment, facts, opened, snapshot, validation

RunSql = Callable[[str], list[Any]]


def test_papers_of_a_round_come_back_as_saved(casebook: Casebook) -> None:
    reference = opened(casebook).reference
    assert casebook.work.facts(reference, 1) is None
    assert casebook.work.validation(reference, 1) is None
    assert casebook.work.assessment(reference, 1) is None
    casebook.work.save_facts(reference, 1, facts())
    casebook.work.save_validation(reference, 1, validation())
    casebook.work.save_assessment(Assessed(reference, 1, assessment(), snapshot(reference, assessment())))
    assert casebook.work.facts(reference, 1) == facts()
    assert casebook.work.validation(reference, 1) == validation()
    assert casebook.work.assessment(reference, 1) == assessment()
    assert casebook.work.facts(reference, 2) is None
    acts = [event.act for event in casebook.history.of(reference)]
    assert acts == ["case.opened", "facts.saved", "validation.saved", "assessment.saved"]


def test_facts_that_are_gathered_again_replace_those_before(casebook: Casebook) -> None:
    reference = opened(casebook).reference
    for name in ("First Ltd", "First Ltd", "Second Ltd"):
        casebook.work.save_facts(reference, 1, facts(name))
    assert casebook.work.facts(reference, 1) == facts("Second Ltd")
    assert [event.act for event in casebook.history.of(reference)].count("facts.saved") == 2


def test_assessments_are_added_and_the_last_saved_is_the_rounds(casebook: Casebook) -> None:
    reference = opened(casebook).reference
    first, second = assessment(grade="B"), assessment(grade="C")
    for made in (first, second, first):
        casebook.work.save_assessment(Assessed(reference, 1, made, snapshot(reference, made)))
    assert casebook.work.assessment(reference, 1) == first
    assert casebook.work.assessment_by_sha(second.sha256) == second
    with pytest.raises(NotFound):
        casebook.work.assessment_by_sha("00" * 32)


def test_two_companies_may_have_the_same_assessment(casebook: Casebook) -> None:
    cases = [opened(casebook), opened(casebook, "Southern Example Works Ltd")]
    for case in cases:
        casebook.work.save_assessment(Assessed(case.reference, 1, assessment(), snapshot(case.reference, assessment())))
    assert [casebook.work.assessment(case.reference, 1) for case in cases] == [assessment()] * 2


def test_many_cases_are_saved_at_once_or_not_at_all(casebook: Casebook) -> None:
    references = [opened(casebook, f"Example {number} Ltd").reference for number in range(7)]
    validated = [(reference, 1, facts(reference), validation(reference)) for reference in references]
    made = {reference: assessment(grade=reference) for reference in references}
    assessed = [Assessed(reference, 1, one, snapshot(reference, one)) for reference, one in made.items()]
    stray = Assessed("GH-2026-999999", 1, assessment(), snapshot("GH-2026-999999", assessment()))
    with pytest.raises(NotFound):
        casebook.work.save_validated([*validated, ("GH-2026-999999", 1, facts(), validation())])
    with pytest.raises(NotFound):
        casebook.work.save_assessed([*assessed, stray])
    assert casebook.work.facts(references[0], 1) is None
    assert casebook.work.assessment(references[0], 1) is None
    for _ in range(2):
        casebook.work.save_validated(validated)
        casebook.work.save_assessed(assessed)
    casebook.work.save_validated([])
    casebook.work.save_assessed([])
    known = list(casebook.experience.snapshots())
    for (reference, _, read, checked), row in zip(validated, assessed, strict=True):
        assert casebook.work.facts(reference, 1) == read
        assert casebook.work.validation(reference, 1) == checked
        assert casebook.work.assessment(reference, 1) == row.assessment
        assert row.snapshot in known
    assert len(casebook.history.of(references[0])) == 4


def test_papers_need_a_case(casebook: Casebook) -> None:
    with pytest.raises(NotFound):
        casebook.work.save_facts("GH-2026-999999", 1, facts())


def test_a_document_that_was_changed_is_not_read(casebook: Casebook, run_sql: RunSql) -> None:
    reference = opened(casebook).reference
    casebook.work.save_facts(reference, 1, facts())
    run_sql("UPDATE papers SET document = document || 'A'")
    with pytest.raises(GatehouseError, match="not what was written") as caught:
        casebook.work.facts(reference, 1)
    assert not isinstance(caught.value, Conflict)
