"""Which band decides, and each reason that it is that one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from admission.assessment.engine.routes import (
    ChosenBand,
    Rise,
    RouteChoice,
    band_place,
    committee_place,
    find_band,
)
from admission.assessment.engine.verdicts import Against, Why
from admission.evidence.findings import Verdict
from admission.policy import Band
from tests.admission.build import default_policy

POLICY = default_policy()
STANDARDS = POLICY.standards("standard")
BANDS = STANDARDS.bands
REJECTS = Against.of("rule", Verdict.FAIL, "reject", Why.FAILED)
REFERS = Against.of("rule", Verdict.FAIL, "refer", Why.FAILED)
COMMITTEE = Against.of("rule", Verdict.FAIL, "committee", Why.FAILED)
FIRST = next(place for place, band in enumerate(BANDS) if band.committee)


def chosen(amount: Decimal | None, *against: Against, level_up: Any = 0) -> ChosenBand:
    grade = POLICY.grade("B").model_copy(update={"level_up": level_up})
    return find_band(POLICY, STANDARDS, grade, amount, against)


SMALL = Decimal(1)
# Amount, what stands against it, how far the grade raises it; the place of the band, and why it is that one.
CHOICES: list[tuple[Decimal | None, tuple[Against, ...], Any, int, list[tuple[Rise, int]]]] = [
    (None, (), 0, -1, [(Rise.NO_AMOUNT, 0)]),
    (SMALL, (), 0, 0, [(Rise.BY_AMOUNT, 0)]),
    (SMALL, (), "top", -1, [(Rise.BY_AMOUNT, 0), (Rise.TOP_GRADE, 0)]),
    (SMALL, (REJECTS,), 1, -1, [(Rise.BY_AMOUNT, 0), (Rise.REJECTED, 0)]),
    (SMALL, (REFERS,), 1, 1, [(Rise.BY_AMOUNT, 0), (Rise.GRADE_UP, 1)]),
    (SMALL, (), 99, -1, [(Rise.BY_AMOUNT, 0), (Rise.GRADE_UP, 99)]),
    (
        SMALL,
        (REFERS.covered(),),
        0,
        POLICY.approval.override_level_up,
        [(Rise.BY_AMOUNT, 0), (Rise.OVERRIDE_UP, POLICY.approval.override_level_up)],
    ),
    (SMALL, (COMMITTEE,), 0, FIRST, [(Rise.BY_AMOUNT, 0), (Rise.COMMITTEE, 0)]),
    (Decimal(10**9), (COMMITTEE,), 0, -1, [(Rise.BY_AMOUNT, 0), (Rise.COMMITTEE, 0)]),
]


@pytest.mark.parametrize(("amount", "against", "level_up", "place", "rises"), CHOICES)
def test_a_band_is_chosen_by_amount_grade_and_rules_and_each_reason_is_told(
    amount: Decimal | None,
    against: tuple[Against, ...],
    level_up: Any,
    place: int,
    rises: list[tuple[Rise, int]],
) -> None:
    made = chosen(amount, *against, level_up=level_up)
    assert (made.band, list(made.rises)) == (BANDS[place], rises)
    assert made.by_amount == (None if amount is None else BANDS[band_place(BANDS, amount)])


def bounded(*bounds: int, committee: int | None = None) -> list[Band]:
    made = (BANDS[0].model_copy(update={"up_to": Decimal(bound), "committee": False}) for bound in bounds)
    return [band.model_copy(update={"committee": place == committee}) for place, band in enumerate(made)]


@pytest.mark.parametrize(("amount", "place"), [("10", 0), ("10.01", 1), ("20", 1), ("30", 2), ("30.01", 2)])
def test_a_bound_belongs_to_the_lower_band_and_what_is_above_all_to_the_last(amount: str, place: int) -> None:
    assert band_place(bounded(10, 20, 30), Decimal(amount)) == place


@pytest.mark.parametrize(("committee", "place"), [(0, 0), (1, 1), (None, 2)])
def test_the_committee_is_that_of_the_first_band_which_has_one_or_the_last_band(
    committee: int | None, place: int
) -> None:
    assert committee_place(bounded(10, 20, 30, committee=committee)) == place


def test_a_way_holds_nothing_unless_it_says_so() -> None:
    assert RouteChoice("desk") == ("desk", None, False, ())
