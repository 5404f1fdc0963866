"""What would change an outcome: the change that is named moves it, and one step less does not."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from admission.assessment.assessing import Dossier, assess
from admission.assessment.record import Assessment
from admission.assessment.what_if import (
    DAYS_BEYOND_TERMS,
    MOST_CHANGES,
    REQUESTED,
    Change,
    _round_step,
    find_changes,
)
from admission.evidence.facts import AnyFact, CompanyStatus
from admission.metrics.financials import latest_accounts
from admission.policy import HOLD_STAGE, Policy
from tests.admission.assessment.test_reasons import ACCOUNTS, BUREAU, LATE, REGISTER, YOUNG, accounts, dossier
from tests.admission.assessment.test_stored_assessments import stored_policy
from tests.admission.build import AS_OF, RATES, profile, shipped_policies
from tests.admission.metrics.test_ages import SOUND

POOR = accounts(equity=30_000, total_liabilities=970_000, retained_earnings=10_000)


def changes(case: Dossier, policy: Policy | None = None) -> tuple[Change, ...]:
    return find_changes(case, policy or stored_policy(), RATES, as_of=AS_OF)


def applied(case: Dossier, change: Change, value: Decimal) -> Dossier:
    """The same case with another value of the fact, put together anew."""
    usable = case.validation.usable
    if change.fact == REQUESTED:
        asked = case.application.requested.model_copy(update={"limit": value})
        return case._replace(application=case.application.model_copy(update={"requested": asked}))
    if change.fact == DAYS_BEYOND_TERMS:
        usable = usable.model_copy(update={"reports": (usable.reports[0].model_copy(update={change.fact: value}),)})
    else:
        newest = latest_accounts(usable.statements)
        assert newest is not None
        usable = usable.model_copy(update={"statements": (newest.model_copy(update={change.fact: value}),)})
    return case._replace(validation=case.validation.model_copy(update={"usable": usable}))


def outcome(case: Dossier, policy: Policy) -> Assessment:
    return assess(case, policy, RATES, as_of=AS_OF)


@pytest.mark.parametrize(
    ("facts", "asked", "fact", "now", "then", "grade", "route"),
    [
        ((REGISTER, ACCOUNTS, LATE), "20000", DAYS_BEYOND_TERMS, "45", "30", None, "fast_track"),
        (SOUND, "900000", REQUESTED, "900000", "800000", None, "desk"),
        ((REGISTER, POOR, BUREAU), "20000", "equity", "30000", "40000", "A", None),
        ((YOUNG, ACCOUNTS, BUREAU), "20000", "current_assets", "600000", "660000", "A", None),
    ],
)
def test_the_smallest_change_of_a_fact_is_found(
    facts: tuple[AnyFact, ...], asked: str, fact: str, now: str, then: str, grade: str | None, route: str | None
) -> None:
    found = {change.fact: change for change in changes(dossier(*facts, asked_limit=asked))}
    change = found[fact]
    assert (change.now, change.then, change.better) == (Decimal(now), Decimal(then), True)
    assert change.grade == grade
    assert (change.route.kind if change.route else None) == route


def test_the_best_outcome_can_only_become_worse_and_the_smallest_change_comes_first() -> None:
    found = changes(dossier(*SOUND))
    assert [(change.fact, change.then, change.better) for change in found] == [
        (REQUESTED, Decimal(25_000), False),
        (DAYS_BEYOND_TERMS, Decimal(16), False),
        ("operating_profit", Decimal(30_000), False),
    ]


def test_no_figure_lifts_a_knock_out_by_a_rule_that_is_about_none() -> None:
    assert changes(dossier(profile(status=CompanyStatus.DISSOLVED), ACCOUNTS, BUREAU)) == ()


def test_a_company_of_which_nothing_is_known_can_only_ask_for_less() -> None:
    assert {change.fact for change in changes(dossier(asked_limit="900000"))} <= {REQUESTED}


@pytest.mark.parametrize(
    ("size", "step"), [("80000", "1000"), ("99999", "1000"), ("100000", "10000"), ("45", "1"), ("3", "1"), ("0.4", "1")]
)
def test_steps_are_as_a_person_speaks(size: str, step: str) -> None:
    assert _round_step(Decimal(size)) == Decimal(step)


def rank(made: Assessment, policy: Policy) -> tuple[int, int, int]:
    """How bad an outcome is: by grade, and by who decides and whether something is to be cleared first."""
    bands = ["fast_track", *(band.name for band in policy.standards("standard").bands), "knock_out"]
    stands = bands.index(made.route.band or made.route.kind)
    held = any(stage.name == HOLD_STAGE for stage in made.route.stages)
    return [grade.name for grade in policy.grades].index(made.grade), stands, held


def moved(present: Assessment, then: Assessment, policy: Policy, *, better: bool) -> bool:
    """Whether an outcome moved one way in grade or route, and in neither the other way."""
    if present.route.kind == then.route.kind == "knock_out":
        return False
    (grade, *route), (other_grade, *other_route) = rank(present, policy), rank(then, policy)
    if not better:
        grade, route, other_grade, other_route = other_grade, other_route, grade, route
    return (grade, route) != (other_grade, other_route) and other_grade <= grade and other_route <= route


@settings(max_examples=5)
@given(
    equity=st.integers(-300_000, 950_000),
    profit=st.integers(-400_000, 400_000),
    current=st.integers(0, 1_000_000),
    late=st.integers(-10, 90),
    asked=st.integers(500, 2_000_000),
    which=st.integers(0, 2),
)
def test_the_change_named_moves_the_outcome_and_one_step_less_does_not(
    equity: int, profit: int, current: int, late: int, asked: int, which: int
) -> None:
    policy = (stored_policy(), *shipped_policies())[which]
    paying = BUREAU.model_copy(update={"days_beyond_terms": Decimal(late)})
    case = dossier(
        REGISTER,
        accounts(equity=equity, operating_profit=profit, net_income=profit // 2, current_assets=current),
        paying,
        asked_limit=str(asked),
    )
    present = outcome(case, policy)
    found = changes(case, policy)
    assert len(found) <= MOST_CHANGES
    assert len({change.fact for change in found}) == len(found)
    for change in found:
        then, before = (outcome(applied(case, change, value), policy) for value in (change.then, change.before))
        assert (then.grade, then.route.kind, then.route.band) != (present.grade, present.route.kind, present.route.band)
        assert change.grade == (then.grade if then.grade != present.grade else None)
        assert change.route is None or change.route == then.route
        assert moved(present, then, policy, better=change.better)
        assert not moved(present, before, policy, better=change.better)
        assert min(change.now, change.then) <= change.before <= max(change.now, change.then)
        assert change.before != change.then
