"""What stands against a case, and what is left of it under an override or where it is only listed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from admission.assessment.engine.verdicts import Against, Why, make_rule
from admission.evidence.findings import Verdict
from admission.policy.criteria import Effect
from tests.admission.assessment.engine.test_rulebook import figures
from tests.admission.assessment.test_criteria import criterion
from tests.admission.build import REFERENCE

FAIL, UNKNOWN = Verdict.FAIL, Verdict.UNKNOWN
# Effect, what it does where it is unknown, how it stands; security, committee, hold, rejects.
ASKED: list[tuple[Effect, str, Verdict, tuple[bool, bool, bool, bool]]] = [
    ("reject", "refer", FAIL, (False, False, False, True)),
    ("reject", "hold", UNKNOWN, (False, False, True, False)),
    ("refer", "refer", FAIL, (False, False, False, False)),
    ("refer", "committee", UNKNOWN, (False, True, False, False)),
    ("refer", "committee", FAIL, (False, False, False, False)),
    ("committee", "refer", FAIL, (False, True, False, False)),
    ("committee", "refer", UNKNOWN, (False, True, False, False)),
    ("hold", "refer", FAIL, (False, False, True, False)),
    ("hold", "refer", UNKNOWN, (False, False, False, False)),
    ("secured_only", "refer", FAIL, (True, False, False, False)),
    ("secured_only", "refer", UNKNOWN, (True, False, False, False)),
]


def asks(one: Against) -> tuple[bool, bool, bool, bool]:
    return one.wants_security, one.wants_committee, one.holds, one.rejects


def stands(effect: Effect, verdict: Verdict, on_unknown: str = "refer") -> Against:
    return Against.of("rule", verdict, effect, Why.FAILED, on_unknown)._replace(best_grade="C")


@pytest.mark.parametrize(("effect", "on_unknown", "verdict", "asked"), ASKED)
def test_a_rule_asks_for_what_its_effect_says(
    effect: Effect, on_unknown: str, verdict: Verdict, asked: tuple[bool, bool, bool, bool]
) -> None:
    assert asks(stands(effect, verdict, on_unknown)) == asked


@pytest.mark.parametrize("effect", ["refer", "hold", "committee", "secured_only"])
def test_under_an_override_a_rule_asks_for_nothing_and_says_that_it_is_overridden(effect: Effect) -> None:
    covered = stands(effect, FAIL).covered()
    assert (asks(covered), covered.best_grade, covered.overridden) == ((False,) * 4, None, True)
    assert not stands(effect, FAIL).overridden


def test_a_rejection_and_what_is_only_listed_are_not_overridden() -> None:
    rejected, listed = stands("reject", FAIL), stands("refer", UNKNOWN).listed()
    assert rejected.covered() == rejected
    assert listed.covered() == listed


@pytest.mark.parametrize("effect", ["refer", "hold", "committee", "secured_only"])
def test_what_is_only_listed_asks_for_nothing(effect: Effect) -> None:
    listed = stands(effect, FAIL).listed()
    assert (asks(listed), listed.best_grade, listed.noted) == ((False,) * 4, None, True)


def test_a_value_alone_decides_unless_it_is_an_amount_or_the_bound_a_quartile() -> None:
    plain = make_rule(criterion("at_least"))
    amount = make_rule(criterion("at_least", metric="tangible_net_worth", value="1000", unit="USD"))
    quartile = make_rule(criterion("at_least", metric="current_ratio", value={"quartile": "median"}))
    assert plain.passes is not None
    assert (amount.passes, quartile.passes) == (None, None)
    assert plain.passes(Decimal(2), plain.bound)
    assert not plain.passes(Decimal(1), plain.bound)
    assert amount.test({"tangible_net_worth": Decimal(800)}, figures("GBP"), REFERENCE) is None
    assert amount.test({"tangible_net_worth": Decimal(800)}, figures("USD"), REFERENCE) == amount.failed
