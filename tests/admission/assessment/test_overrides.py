"""Overrides: on which days they count, and which could not count at all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from admission.assessment.overrides import check_confirmation, check_override, in_force
from admission.assessment.record import CriterionResult, Override
from admission.errors import BadInput, NotAllowed, NotFound
from admission.evidence.findings import Verdict
from tests.admission.build import AS_OF, NOW, default_policy, say

POLICY = default_policy()
LONGEST = timedelta(days=POLICY.approval.longest_override_days)
DAY = timedelta(days=1)
RULE = next(criterion.id for criterion in POLICY.criteria if criterion.effect == "refer")
VETO = next(criterion.id for criterion in POLICY.criteria if criterion.effect == "reject")


def override(**changes: Any) -> Override:
    one = Override(
        company_key="alder",
        criterion=RULE,
        reason="the owners vouch for it",
        until=AS_OF + 30 * DAY,
        by="ana",
        at=NOW,
        case="GH-2026-000001",
        confirmed_by="bo",
        confirmed_at=NOW,
    )
    return one.model_copy(update=changes)


def result(rule: str, verdict: Verdict) -> CriterionResult:
    return CriterionResult(id=rule, verdict=verdict, effect="refer", message=say(rule))


@pytest.mark.parametrize(("days", "counts"), [(-1, False), (0, True), (1, True)])
def test_an_override_counts_through_its_last_day(days: int, counts: bool) -> None:
    given = override(until=AS_OF + days * DAY)
    assert in_force([given], AS_OF) == ((given,) if counts else ())


def test_an_override_that_nobody_has_confirmed_does_not_count() -> None:
    assert in_force([override(confirmed_by=None, confirmed_at=None)], AS_OF) == ()


def test_the_last_override_of_a_criterion_counts_by_when_it_was_confirmed() -> None:
    first = override(at=NOW + DAY, confirmed_at=NOW + 2 * DAY, reason="first")
    last = override(at=NOW, confirmed_at=NOW + 3 * DAY, reason="last")
    old = override(at=NOW + 4 * DAY, confirmed_at=None, reason="from before the time was kept")
    assert in_force([last, first], AS_OF) == (last,)
    assert in_force([old, last], AS_OF) == (old,)


def test_overrides_of_several_criteria_stand_in_the_order_of_their_names() -> None:
    one, two = override(criterion="b"), override(criterion="a")
    assert in_force([one, two], AS_OF) == (two, one)


@pytest.mark.parametrize("days", [0, 1, LONGEST.days])
def test_an_override_may_last_from_today_to_the_longest_day(days: int) -> None:
    given = override(until=AS_OF + days * DAY)
    check_override(POLICY, [result(RULE, Verdict.FAIL)], given, AS_OF)
    assert in_force([given], AS_OF) == (given,)


@pytest.mark.parametrize("days", [-1, LONGEST.days + 1])
def test_an_override_outside_these_days_is_refused(days: int) -> None:
    with pytest.raises(BadInput) as refused:
        check_override(POLICY, [], override(until=AS_OF + days * DAY), AS_OF)
    (problem,) = refused.value.problems
    assert problem.field == "until"
    assert problem.expected.en == f"a day from {AS_OF} to {AS_OF + LONGEST}"


def test_an_override_needs_a_reason_and_all_that_is_wrong_is_told() -> None:
    with pytest.raises(BadInput) as refused:
        check_override(POLICY, [], override(reason=" \n", until=AS_OF - DAY), AS_OF)
    assert [problem.field for problem in refused.value.problems] == ["reason", "until"]


def test_a_criterion_that_the_policy_does_not_have_is_not_overridden() -> None:
    with pytest.raises(NotFound) as refused:
        check_override(POLICY, [], override(criterion="x" * 200), AS_OF)
    assert refused.value.context == {"criterion": "x" * 80}
    assert refused.value.remedy is not None
    assert RULE in refused.value.remedy.en


def test_a_criterion_that_rejects_is_not_overridden() -> None:
    with pytest.raises(NotAllowed, match="rejects is not overridden"):
        check_override(POLICY, [result(VETO, Verdict.FAIL)], override(criterion=VETO), AS_OF)


@pytest.mark.parametrize(
    ("results", "refused"),
    [
        ([], False),
        ([(RULE, Verdict.FAIL)], False),
        ([(RULE, Verdict.UNKNOWN)], False),
        ([(RULE, Verdict.PASS)], True),
        ([("another", Verdict.PASS)], False),
        ([("another", Verdict.FAIL), (RULE, Verdict.PASS)], True),
    ],
)
def test_a_criterion_that_is_met_is_not_overridden(results: list[tuple[str, Verdict]], refused: bool) -> None:
    told = [result(*one) for one in results]
    if not refused:
        check_override(POLICY, told, override(), AS_OF)
        return
    with pytest.raises(NotAllowed, match="nothing to override"):
        check_override(POLICY, told, override(), AS_OF)


@pytest.mark.parametrize(
    ("person", "requester", "refused"),
    [("bo", "req", False), ("bo", None, False), ("ana", "req", True), ("req", "req", True)],
)
def test_a_second_person_confirms_who_did_not_ask_for_the_customer(
    person: str, requester: str | None, refused: bool
) -> None:
    if not refused:
        check_confirmation(override(), person, requester)
        return
    with pytest.raises(NotAllowed) as told:
        check_confirmation(override(), person, requester)
    assert told.value.context == {"case": "GH-2026-000001"}
