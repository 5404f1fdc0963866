"""Where a company stood and stands, which rules turned and which figures moved."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.assessment.record import Assessment, Override
from admission.cases import Case, CaseKind, CaseStatus, Clause, Condition, DecidedBy, Decision, Outcome
from admission.customers.since.comparing import Now, Since, Then, compare, last_decided
from admission.customers.since.records import Incomparable, Why
from admission.evidence.findings import Verdict
from admission.metrics.catalogue import Metric, Value
from admission.policy.treatments import Treatment
from tests.admission.assessment.test_assessing import assessed
from tests.admission.build import AS_OF, NOW, application, metrics, say
from tests.admission.customers.since.build import answered

SOUND = assessed()
DEPOSIT = Treatment(id="deposit", text=say("a deposit"), clause=say("pay first"), share=Decimal("0.2"))
OVERRIDE = Override(
    company_key="k", criterion="c", reason="r", until=AS_OF, by="bo", at=NOW, case="GH", confirmed_by="cy"
)


def decision(limit: str | None = "20000", outcome: Outcome = "admitted", by: DecidedBy = "people") -> Decision:
    return Decision(
        outcome=outcome,
        decided_by=by,
        assessment="00" * 32,
        limit=None if limit is None else Decimal(limit),
        currency="GBP",
        terms_days=30,
        reason=say("sound"),
        decided_at=NOW,
    )


def since(was: Assessment = SOUND, now: Assessment = SOUND, **changes: Any) -> Since:
    then = Then("GH-2026-000001", decision(), was, answered())._replace(**changes)
    return compare(then, Now(now, answered(), None))


def changed(**changes: Any) -> Assessment:
    return SOUND.model_copy(update=changes)


def part(name: str, **changes: Any) -> Assessment:
    return changed(**{name: getattr(SOUND, name).model_copy(update=changes)})


def first_rule(**changes: Any) -> Assessment:
    rule, *others = SOUND.criteria
    return changed(criteria=(rule.model_copy(update=changes), *others))


def figures(**values: Value | None) -> Assessment:
    """The sound company with some figures; None is one that is not known."""
    told = {name: value for name, value in values.items() if value is not None}
    made = metrics(told)
    return changed(metrics=tuple(made[name] for name in values))


POINTS = {
    "grade": (changed(grade="C"), ("A", "C")),
    "score": (changed(score=Decimal("41.5")), (SOUND.score, Decimal("41.5"))),
    "limit": (part("limit", amount=Decimal(5_000)), (Decimal(20_000), Decimal(5_000))),
    "terms": (part("terms", days=14), (Decimal(30), Decimal(14))),
    "security": (part("terms", secured=True), ("open", "secured")),
    "review_months": (changed(review_months=3), (Decimal(6), Decimal(3))),
    "engine": (changed(engine="6"), (SOUND.engine, "6")),
}


@pytest.mark.parametrize("what", POINTS)
def test_where_a_company_stood_and_stands(what: str) -> None:
    now, expected = POINTS[what]
    (point,) = [point for point in since(now=now).points if point.moved]
    assert (point.what, (point.was, point.now)) == (what, expected)


def test_the_same_amount_in_another_currency_has_moved() -> None:
    (point,) = [point for point in since(now=part("limit", currency="USD")).points if point.moved]
    assert (point.what, point.unit_was, point.unit_now) == ("limit", "GBP", "USD")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"secured": True, "until_known": True}, "until_known"),
        ({"secured": True, "open_limit": Decimal(5)}, "partly"),
        ({"secured": True, "open_limit": Decimal(0)}, "secured"),
        ({"secured": False}, "open"),
    ],
)
def test_how_it_is_secured(changes: dict[str, Any], code: str) -> None:
    told = {point.what: point.now for point in since(now=part("terms", **changes)).points}
    assert told["security"] == code


@pytest.mark.parametrize(
    ("made", "now"),
    [
        (None, None),
        (decision("15000", "kept"), Decimal(15_000)),
        (decision(None, "ended"), Decimal(0)),
    ],
    ids=["open", "kept", "ended"],
)
def test_what_was_granted_and_is(made: Decision | None, now: Decimal | None) -> None:
    then = Then("GH-2026-000001", decision(), SOUND, answered())
    points = {point.what: point for point in compare(then, Now(SOUND, answered(), made)).points}
    assert (points["granted"].was, points["granted"].now) == (Decimal(20_000), now)
    assert points["granted"].moved is (now is not None)


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        (SOUND, first_rule(verdict=Verdict.FAIL), ("pass", "fail")),
        (first_rule(verdict=Verdict.FAIL), SOUND, ("fail", "pass")),
        (SOUND, first_rule(verdict=Verdict.UNKNOWN), ("pass", "unknown")),
        (SOUND, first_rule(verdict=Verdict.UNKNOWN, not_asked=True), ("pass", "not_asked")),
        (
            first_rule(verdict=Verdict.FAIL, overridden=OVERRIDE),
            first_rule(verdict=Verdict.FAIL),
            ("overridden", "fail"),
        ),
        (changed(criteria=SOUND.criteria[1:]), SOUND, ("absent", "pass")),
        (SOUND, changed(criteria=SOUND.criteria[1:]), ("pass", "absent")),
    ],
)
def test_a_rule_that_turned(was: Assessment, now: Assessment, expected: tuple[str, str]) -> None:
    (turned,) = since(was, now).criteria
    assert (turned.id, (turned.was, turned.now)) == (SOUND.criteria[0].id, expected)


@pytest.mark.parametrize(
    ("was", "now", "worse"),
    [
        # More than a tenth, in the direction of the catalogue.
        ({"revenue": Decimal(100)}, {"revenue": Decimal(89)}, True),
        ({"revenue": Decimal(100)}, {"revenue": Decimal(111)}, False),
        ({"debt_ratio": Decimal("0.5")}, {"debt_ratio": Decimal("0.56")}, True),
        ({"net_income": Decimal(0)}, {"net_income": Decimal(-1)}, True),
        ({"net_income": Decimal(-100)}, {"net_income": Decimal(-111)}, True),
        ({"open_insolvency": False}, {"open_insolvency": True}, True),
        ({"industry_code": "uk-sic:1"}, {"industry_code": "uk-sic:2"}, None),
        ({"revenue": Decimal(100)}, {"revenue": None}, True),
        ({"revenue": None}, {"revenue": Decimal(100)}, None),
        # A tenth and less, or nothing.
        ({"revenue": Decimal(100)}, {"revenue": Decimal(90)}, "still"),
        ({"revenue": Decimal(100)}, {"revenue": Decimal(110)}, "still"),
        ({"revenue": Decimal(100)}, {"revenue": Decimal("100.00")}, "still"),
        ({"revenue": Decimal(0)}, {"revenue": Decimal(0)}, "still"),
        ({"revenue": None}, {"revenue": None}, "still"),
        # By the calendar alone.
        ({"years_trading": Decimal(2)}, {"years_trading": Decimal(3)}, "still"),
        ({"accounts_age_months": Decimal(2)}, {"accounts_age_months": Decimal(8)}, "still"),
    ],
)
def test_a_figure_that_moved(was: dict[str, Any], now: dict[str, Any], worse: bool | str | None) -> None:
    moved = since(figures(**was), figures(**now)).figures
    assert [item.worse for item in moved] == ([] if worse == "still" else [worse])


def test_a_figure_that_was_not_reckoned_is_not_comparable_and_not_unchanged() -> None:
    told = since(figures(), figures(revenue=Decimal(5)))
    assert told.figures == ()
    assert Incomparable(kind="figure", what="revenue", why=Why.NOT_REPORTED_THEN) in told.incomparable
    gone = since(figures(revenue=Decimal(5)), figures())
    assert Incomparable(kind="figure", what="revenue", why=Why.NOT_REPORTED_NOW) in gone.incomparable


def test_amounts_of_two_currencies_are_not_comparable() -> None:
    euro = tuple(metric.model_copy(update={"unit": "EUR"}) for metric in figures(revenue=Decimal(5)).metrics)
    told = since(figures(revenue=Decimal(500)), changed(metrics=euro))
    assert told.figures == ()
    assert Incomparable(kind="figure", what="revenue", why=Why.OTHER_UNIT) in told.incomparable


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        ((), (DEPOSIT,), ["new"]),
        ((DEPOSIT,), (), ["gone"]),
        ((DEPOSIT,), (DEPOSIT,), []),
        ((DEPOSIT,), (DEPOSIT.model_copy(update={"share": Decimal("0.3")}),), ["changed"]),
    ],
)
def test_what_is_asked_for(was: tuple[Treatment, ...], now: tuple[Treatment, ...], expected: list[str]) -> None:
    told = since(changed(treatments=was), changed(treatments=now))
    assert [item.change for item in told.asked] == expected


def test_conditions_stand_as_of_the_day_and_words_of_people_are_left_out() -> None:
    clause = Clause(id="deposit", version="default 1", language="en", text="pay first")
    ended = AS_OF - timedelta(days=1)
    conditions = (
        Condition(id="GH-1", text="a deposit", proposed_by="policy", clause=clause, state="met", valid_until=ended),
        Condition(id="GH-2", text="Mr Invented signs", proposed_by="mira"),
    )
    told = since(conditions=conditions)
    assert [(item.text, item.state) for item in told.conditions] == [("a deposit", "expired"), (None, "open")]


@pytest.mark.parametrize(("erased", "why"), [(False, Why.NO_ASSESSMENT), (True, Why.ERASED)])
def test_what_rests_on_no_assessment_is_not_comparable(erased: bool, why: Why) -> None:
    told = since(assessment=None, told=None, grade=None if erased else "B", erased=erased)
    assert told.incomparable == (Incomparable(kind="case", what="GH-2026-000001", why=why),)
    assert (told.criteria, told.figures, told.records, told.unchanged) == ((), (), (), ())
    points = {point.what: (point.was, point.now) for point in told.points}
    assert points["grade"] == (None if erased else "B", "A")
    assert (points["granted"][0], points["terms"][0]) == (Decimal(20_000), Decimal(30))


@given(st.permutations(SOUND.metrics), st.permutations(SOUND.criteria))
def test_the_order_of_figures_and_rules_changes_nothing(told: list[Metric], rules: list[Any]) -> None:
    shuffled = changed(metrics=tuple(told), criteria=tuple(rules))
    assert since(now=shuffled) == since()
    assert since(was=shuffled) == since()


def earlier(number: int, made: Decision | None) -> Case:
    return Case(
        reference=f"GH-2026-{number:06}",
        kind=CaseKind.REVIEW,
        status=CaseStatus.CONCLUDED,
        round=1,
        application=application(),
        company_key="k",
        requester=None,
        channel="calendar",
        opened_at=NOW,
        decision=made,
    )


ADMITTED, KEPT, ENDED = decision(), decision(outcome="kept", by="renewal"), decision(None, "ended")
REFUSED, EXPIRED = decision(None, "declined"), decision(None, "declined", "expiry")


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ((), None),
        ((None,), None),
        ((EXPIRED,), None),
        ((ADMITTED,), 0),
        ((KEPT, ADMITTED), 0),
        # A refused request leaves a customer as it was.
        ((REFUSED, KEPT, ADMITTED), 1),
        ((EXPIRED, REFUSED, ADMITTED), 2),
        ((REFUSED, ENDED, ADMITTED), 1),
        # Who never was a customer is compared with the last refusal.
        ((REFUSED, REFUSED), 0),
        ((None, EXPIRED, REFUSED), 2),
    ],
)
def test_by_which_decision_a_company_stands(made: tuple[Decision | None, ...], expected: int | None) -> None:
    cases = [earlier(number, one) for number, one in enumerate(made)]
    assert last_decided(iter(cases)) == (None if expected is None else cases[expected])
