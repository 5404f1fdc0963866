"""Shadow policies as the casebook keeps them: one at a time, results beside the cases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from admission.errors import Conflict, NotAllowed, NotFound
from admission.governance.versions import Judgement, ShadowResult
from casebook import Casebook
from casebook.work import Assessed
from tests.casebook.build import assessment, opened, snapshot
from tests.casebook.proof.test_verification import verified
from tests.casebook.test_policies import TODAY, book, policy

__all__ = ["book"]
RunSql = Callable[[str], list[Any]]


def proposed(book: Casebook, version: str = "2026.2") -> int:
    return book.policies.propose(policy(version), "text", "rita").id


def result(reference: str, *, failed: bool = False, number: int = 1) -> ShadowResult:
    made = assessment()
    now = Judgement.of(made)
    other = now.model_copy(update={"grade": "C", "limit": Decimal(1000)})
    return ShadowResult(
        case=reference,
        round=number,
        assessment=made.sha256,
        in_force=now,
        shadow=None if failed else other,
        failure="ZeroDivisionError" if failed else "",
    )


def test_one_shadow_runs_at_a_time_until_its_day(book: Casebook, run_sql: RunSql) -> None:
    first = book.shadows.start(proposed(book), date(2026, 11, 30), "rita", TODAY)
    assert (first.title, first.started_by) == ("default 2026.2", "rita")
    assert book.shadows.running(date(2026, 11, 30)) == first
    assert book.shadows.running(date(2026, 12, 1)) is None
    other = proposed(book, "2026.3")
    with pytest.raises(Conflict, match="runs in the shadow already"):
        book.shadows.start(other, date(2026, 12, 31), "max", TODAY)
    with pytest.raises(Exception, match=r"(?i)unique"):
        run_sql(
            "INSERT INTO shadows (id, policy_version, until, started_by, started_at, running) "
            f"SELECT 99, {other}, until, started_by, started_at, 1 FROM shadows"
        )
    second = book.shadows.start(other, date(2026, 12, 31), "max", date(2026, 12, 1))
    assert [(shadow.id, shadow.ended_by) for shadow in book.shadows.all()] == [(first.id, "system"), (second.id, None)]
    assert verified(book).flaws == ()


def test_a_shadow_is_stopped_by_a_person_who_may(book: Casebook) -> None:
    with pytest.raises(NotFound, match="No policy runs"):
        book.shadows.stop("rita")
    book.shadows.start(proposed(book), date(2026, 11, 30), "rita", TODAY)
    with pytest.raises(NotAllowed):
        book.shadows.stop("bo")
    assert book.shadows.stop("max").ended_by == "max"
    assert book.shadows.running(TODAY) is None


def test_results_are_kept_once_and_of_the_assessment_that_counts(book: Casebook, run_sql: RunSql) -> None:
    shadow = book.shadows.start(proposed(book), date(2026, 11, 30), "rita", TODAY).id
    judged, failed = opened(book).reference, opened(book, "Southern Example Works Ltd").reference
    for one in (result(judged), result(judged), result(failed, failed=True)):
        book.shadows.keep(shadow, one)
    assert book.shadows.results(shadow) == []
    for reference in (judged, failed):
        book.work.save_assessment(Assessed(reference, 1, assessment(), snapshot(reference, assessment())))
    kept = book.shadows.results(shadow)
    assert [(one.case, one.otherwise, one.failure) for one in kept] == [
        (judged, ("grade", "limit"), ""),
        (failed, (), "ZeroDivisionError"),
    ]
    acts = [event.act for event in book.history.of(judged)]
    assert acts == ["case.opened", "shadow.assessed", "assessment.saved"]
    assert "shadow.failed" in [event.act for event in book.history.of(failed)]
    with pytest.raises(Exception, match="never changed or removed"):
        run_sql("UPDATE shadow_results SET document = ''")
    assert verified(book).flaws == ()
