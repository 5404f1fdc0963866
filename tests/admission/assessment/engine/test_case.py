"""What the engine takes from metrics and from what is asked for."""

from __future__ import annotations

from decimal import Decimal

import pytest

from admission.assessment.engine.case import Circumstances, Figures, units_of
from admission.money import Exchange
from tests.admission.build import AS_OF, EXCHANGE, RATES, application, case_figures, metrics

WORTH = "tangible_net_worth"


def test_what_facts_said_that_are_too_old_stands_beside_what_is_not_known() -> None:
    found = metrics({"current_ratio": Decimal(2)})
    found[WORTH] = found[WORTH].model_copy(update={"stale": Decimal(7), "unit": "GBP"})
    found["current_ratio"] = found["current_ratio"].model_copy(update={"stale": Decimal(1)})
    figures = Figures.of(found.values())
    assert figures.old == {WORTH: Decimal(7)}
    assert (figures.metrics[WORTH], figures.metrics["current_ratio"]) == (None, Decimal(2))
    assert figures.units == {WORTH: "GBP"}


def test_amounts_that_say_something_have_a_currency_and_nothing_else_has() -> None:
    found = metrics({WORTH: Decimal(7), "current_ratio": Decimal(2)}, unit="GBP")
    foreign = found["current_ratio"].model_copy(update={"name": "of no catalogue", "unit": "GBP"})
    assert units_of([*found.values(), foreign]) == {WORTH: "GBP"}


@pytest.mark.parametrize(("code", "industry"), [("uk-sic:47110", "uk-sic:47110"), (None, None)])
def test_the_industry_is_a_code_or_not_known(code: str | None, industry: str | None) -> None:
    found = metrics({} if code is None else {"industry_code": code})
    assert Figures.of(found.values()).industry == industry


def test_what_is_asked_for_is_taken_as_it_was_converted_in_the_same_house_currency_and_anew_in_another() -> None:
    asked = application(requested={"limit": "80", "currency": "GBP", "terms_days": 30})
    case = case_figures(asked, metrics({}))._replace(house_amount=Decimal("99.99"))
    assert case.amount_in(EXCHANGE) == Decimal("99.99")
    assert case._replace(house_amount=None).amount_in(EXCHANGE) is None
    assert case.amount_in(Exchange(RATES, "GBP", AS_OF)) == Decimal(80)


def test_of_a_case_of_which_nothing_more_is_known_nothing_is_held_to_be_so() -> None:
    assert Circumstances() == (None, None, (), None, {}, None, frozenset(), False)
