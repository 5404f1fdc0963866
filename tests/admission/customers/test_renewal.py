"""When the system renews a customer without people: one line for each thing that can stand in the way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.assessment.record import Assessment, CriterionResult, Override
from admission.customers.renewal import (
    FROM_BOOK,
    NOT_ALONE,
    NOTHING_BEFORE,
    SECURED,
    BookTerms,
    LastDecision,
    find_first_obstacles,
    find_obstacles,
)
from admission.evidence.findings import Finding, Verdict, Weight
from admission.policy.treatments import Treatment
from tests.admission.assessment.test_assessing import assessed
from tests.admission.build import AS_OF, NOW, say

# A review asks after the house's own ledger too, which is not loaded here, so that of a first application is taken.
SOUND = assessed()
THEN = SOUND
LAST = LastDecision(THEN, THEN.limit.amount, "GBP", 30)
DEPOSIT = Treatment(id="deposit", text=say("a deposit"), clause=say("pay first"), share=Decimal("0.2"))
WORKED = Finding(
    code="declared.founded", verdict=Verdict.FAIL, weight=Weight.WARNING, message=say("not founded then"), source="-"
)

Change = Callable[[Assessment], Assessment]


def changed(**changes: Any) -> Change:
    """Return a function that gives an assessment other fields."""
    return lambda made: made.model_copy(update=changes)


def part(name: str, **changes: Any) -> Change:
    """Return a function that gives a part of an assessment other fields."""
    return lambda made: made.model_copy(update={name: getattr(made, name).model_copy(update=changes)})


def criterion(**changes: Any) -> Change:
    """Return a function that changes what came of the first criterion."""

    def change(made: Assessment) -> Assessment:
        first, *others = made.criteria
        return made.model_copy(update={"criteria": (first.model_copy(update=changes), *others)})

    return change


def added(verdict: Verdict, **changes: Any) -> Change:
    result = CriterionResult(
        id="cap_total", verdict=verdict, effect="committee", message=say("all customers"), **changes
    )
    return lambda made: made.model_copy(update={"criteria": (*made.criteria, result)})


OVERRIDE = Override(
    company_key="k", criterion="c", reason="r", until=AS_OF, by="bo", at=NOW, case="GH", confirmed_by="cy"
)
WORSE: dict[str, tuple[Change, str]] = {
    "a criterion failed": (criterion(verdict=Verdict.FAIL), "(last time: met)"),
    "what was told last time is not asked any more": (
        criterion(verdict=Verdict.UNKNOWN, not_asked=True),
        "(last time: met)",
    ),
    "a criterion is unknown": (criterion(verdict=Verdict.UNKNOWN), "(last time: met)"),
    "an override covers what failed": (criterion(verdict=Verdict.FAIL, overridden=OVERRIDE), "(last time: met)"),
    "an override covers what is unknown": (criterion(verdict=Verdict.UNKNOWN, overridden=OVERRIDE), "(last time: met)"),
    "a cap is passed": (added(Verdict.FAIL), "cap_total: all customers (last time: not asked)"),
    "a cap is not known": (added(Verdict.UNKNOWN), "cap_total: all customers (last time: not asked)"),
    "a check did not pass": (changed(findings=(WORKED,)), "not founded then"),
    "the grade": (changed(grade="B"), "grade B, last time A"),
    "the grade is capped": (changed(grade_capped=True), "the grade is capped now"),
    "figures are missing": (changed(missing_share=Decimal("0.5")), "more figures are missing"),
    "reviewed sooner": (changed(review_months=3), "months until the next review 3, last time 6"),
    "the limit": (part("limit", amount=Decimal(19_999)), "recommended limit 19,999 GBP, granted 20,000 GBP"),
    "the currency": (part("limit", currency="USD"), "recommended limit 20,000 USD, granted 20,000 GBP"),
    "the days": (part("terms", days=29), "terms in days 29, last time 30"),
    "the security": (part("terms", secured=True), "against security only"),
    "what the terms say": (part("terms", text=say("prepayment")), "terms: prepayment, last time:"),
    "a treatment": (changed(treatments=(DEPOSIT,)), "asked for now: a deposit"),
    "to desk": (part("route", kind="desk"), NOT_ALONE.en),
    "to the committee": (part("route", kind="committee"), NOT_ALONE.en),
    "to an end": (part("route", kind="knock_out"), NOT_ALONE.en),
    "re-opened": (changed(reopened=True), "spot check"),
}
NO_WORSE: dict[str, Change] = {
    "a criterion that was not there is only listed": added(Verdict.UNKNOWN, not_asked=True),
    "nothing": changed(),
    "another day": changed(as_of=AS_OF + timedelta(days=400)),
    "other points in the grade": changed(score=Decimal(1)),
    "a higher limit": part("limit", amount=Decimal(90_000)),
    "longer terms": part("terms", days=90),
    "reviewed later": changed(review_months=12),
    "other facts": changed(facts="00" * 32),
    "what nobody was asked, as before": added(Verdict.UNKNOWN, not_asked=True),
    "a remark": changed(findings=(WORKED.model_copy(update={"weight": Weight.INFO}),)),
}


@pytest.mark.parametrize("name", WORSE)
def test_whatever_stands_worse_is_told_and_not_renewed(name: str) -> None:
    change, said = WORSE[name]
    obstacles = find_obstacles(LAST, change(SOUND))
    assert said in "; ".join(text.en for text in obstacles)
    assert all(text.zh for text in obstacles)
    assert not any(word in text.zh for text in obstacles for word in ("last time", "grade ", "granted"))


@pytest.mark.parametrize("name", NO_WORSE)
def test_what_stands_no_worse_is_renewed(name: str) -> None:
    assert find_obstacles(LAST, NO_WORSE[name](SOUND)) == ()


@given(
    worse=st.sampled_from(sorted(WORSE)),
    besides=st.lists(st.sampled_from(sorted(NO_WORSE)), max_size=5),
    first=st.booleans(),
)
def test_nothing_that_is_better_makes_up_for_one_thing_that_is_worse(
    worse: str, besides: list[str], first: bool
) -> None:
    # What is better may be undone by what is worse, never the other way round: both orders of the same field count.
    change = WORSE[worse][0]
    touched = {"the limit": "a higher limit", "the days": "longer terms", "reviewed sooner": "reviewed later"}
    others = [NO_WORSE[name] for name in besides if name != touched.get(worse)]
    if worse == "a check did not pass":
        others = [NO_WORSE[name] for name in besides if name != "a remark"]
    made = SOUND
    for step in [change, *others] if first else [*others, change]:
        made = step(made)
    assert find_obstacles(LAST, made) != ()


@pytest.mark.parametrize("verdict", [Verdict.UNKNOWN, Verdict.FAIL])
def test_what_was_unknown_or_failed_last_time_is_no_less_so_now(verdict: Verdict) -> None:
    then = criterion(verdict=verdict)(THEN)
    (said, *_) = find_obstacles(LAST._replace(assessment=then), criterion(verdict=verdict)(SOUND))
    was = {Verdict.UNKNOWN: "unknown", Verdict.FAIL: "not met"}[verdict]
    assert f"(last time: {was})" in said.en


def test_security_that_people_lifted_by_accepting_unknowns_is_not_brought_back_silently() -> None:
    secured = part("terms", secured=True)
    lifted, kept = part("terms", secured=True, until_known=True)(THEN), secured(THEN)
    assert find_obstacles(LAST._replace(assessment=lifted), secured(SOUND)) != ()
    assert find_obstacles(LAST._replace(assessment=kept), secured(SOUND)) == ()


@pytest.mark.parametrize(
    ("last", "said"),
    [
        (LAST._replace(limit=Decimal(20_001)), "recommended limit 20,000 GBP, granted 20,001 GBP"),
        (LAST._replace(currency="USD"), "granted 20,000 USD"),
        (LAST._replace(terms_days=31), "terms in days 30, last time 31"),
    ],
)
def test_what_the_customer_has_is_compared_too(last: LastDecision, said: str) -> None:
    assert said in "; ".join(text.en for text in find_obstacles(last, SOUND))


def test_less_granted_than_recommended_is_renewed_as_it_is() -> None:
    assert find_obstacles(LAST._replace(limit=Decimal(5_000), terms_days=10), SOUND) == ()


def test_without_an_earlier_decision_people_decide() -> None:
    assert find_obstacles(None, SOUND) == (NOTHING_BEFORE,)


def test_a_treatment_with_other_figures_is_another_treatment() -> None:
    then = changed(treatments=(DEPOSIT,))(THEN)
    more = changed(treatments=(DEPOSIT.model_copy(update={"share": Decimal("0.3")}),))
    assert find_obstacles(LAST._replace(assessment=then), changed(treatments=(DEPOSIT,))(SOUND)) == ()
    assert find_obstacles(LAST._replace(assessment=then), more(SOUND)) != ()


# What is compared, and what cannot stand worse by itself: pins and inputs, words and points that a grade is read from.
COMPARED = {"findings", "criteria", "missing_share", "grade", "grade_capped", "limit", "terms", "treatments", "route"}
COMPARED |= {"review_months", "reopened"}
LEFT = {
    "as_of",
    "engine",
    "parsers",
    "policy",
    "facts",
    "metrics",
    "score",
    "parts",
    "uncalibrated",
    "pd",
    "pd_outcomes",
}
LEFT |= {"case", "company", "reasons", "group_exposure", "rulings", "overrides", "industry", "exposure"}


def test_of_every_field_of_an_assessment_it_is_said_whether_it_can_stand_worse() -> None:
    assert set(Assessment.model_fields) == COMPARED | LEFT


BOOK = BookTerms("A", THEN.limit.amount, "GBP", 30, THEN.limit.amount, ("A", "B", "C"), by_system=True)
WORSE_THAN_THE_BOOK: dict[str, tuple[Change, str]] = {
    "a criterion failed": (criterion(verdict=Verdict.FAIL), SOUND.criteria[0].id),
    "a criterion is unknown": (criterion(verdict=Verdict.UNKNOWN), SOUND.criteria[0].id),
    "an override covers what failed": (criterion(verdict=Verdict.FAIL, overridden=OVERRIDE), SOUND.criteria[0].id),
    "a cap is passed": (added(Verdict.FAIL), "cap_total: all customers"),
    "a check did not pass": (changed(findings=(WORKED,)), "not founded then"),
    "the grade": (changed(grade="B"), "grade B, in the book A"),
    "the grade is capped": (changed(grade_capped=True), "the grade is capped now"),
    "the limit": (part("limit", amount=Decimal(19_999)), "recommended limit 19,999 GBP, granted 20,000 GBP"),
    "the currency": (part("limit", currency="USD"), "recommended limit 20,000 USD, granted 20,000 GBP"),
    "the days": (part("terms", days=29), "terms in days 29, in the book 30"),
    "the security": (part("terms", secured=True), SECURED.en),
    "a treatment before delivery": (
        changed(treatments=(DEPOSIT.model_copy(update={"before_delivery": True}),)),
        "asked for now: a deposit",
    ),
    "to desk": (part("route", kind="desk"), NOT_ALONE.en),
    "to the committee": (part("route", kind="committee"), NOT_ALONE.en),
    "re-opened": (changed(reopened=True), "spot check"),
}
NO_WORSE_THAN_THE_BOOK: dict[str, Change] = {
    "nothing": changed(),
    "a higher limit": part("limit", amount=Decimal(90_000)),
    "longer terms": part("terms", days=90),
    "figures are missing": changed(missing_share=Decimal("0.5")),
    "reviewed soon": changed(review_months=3),
    "what the terms say": part("terms", text=say("prepayment")),
    "what nobody was asked": added(Verdict.UNKNOWN, not_asked=True),
    "a treatment that becomes a condition": changed(
        treatments=(DEPOSIT.model_copy(update={"before_delivery": False}),)
    ),
}


@pytest.mark.parametrize("name", WORSE_THAN_THE_BOOK)
def test_what_is_worse_than_the_book_goes_to_people(name: str) -> None:
    change, expected = WORSE_THAN_THE_BOOK[name]
    (obstacle,) = find_first_obstacles(BOOK, change(SOUND))
    assert expected in obstacle.en
    assert "last time" not in obstacle.en


@pytest.mark.parametrize("name", NO_WORSE_THAN_THE_BOOK)
def test_what_is_no_worse_than_the_book_the_system_keeps_where_the_policy_lets_it(name: str) -> None:
    assert find_first_obstacles(BOOK, NO_WORSE_THAN_THE_BOOK[name](SOUND)) == ()


@pytest.mark.parametrize("name", NO_WORSE_THAN_THE_BOOK)
def test_people_decide_the_first_review_unless_the_policy_says_otherwise(name: str) -> None:
    by_people = BOOK._replace(by_system=False)
    assert find_first_obstacles(by_people, NO_WORSE_THAN_THE_BOOK[name](SOUND)) == (FROM_BOOK,)


def test_a_better_grade_than_that_of_the_book_is_no_obstacle() -> None:
    assert find_first_obstacles(BOOK._replace(grade="B"), SOUND) == ()
    (gone,) = find_first_obstacles(BOOK._replace(grade="Z"), SOUND)
    assert gone.en == "grade A, in the book Z"


def test_a_customer_that_was_secured_altogether_stays_so() -> None:
    secured = part("terms", secured=True)(SOUND)
    assert find_first_obstacles(BOOK._replace(open_limit=Decimal(0)), secured) == ()
