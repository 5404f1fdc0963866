"""Two policies on the same cases: flips, swap set, exposure, and what each criterion has to do with it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.evidence.findings import Verdict
from admission.governance.reckoning import Reckoned
from policylab.comparison import Comparison, Judged, compare_cases, count_outcomes

CRITERIA = ("pays_late", "years_trading")


def reckoned(grade: str = "B", limit: str = "100", *failed: str, route: str = "desk") -> Reckoned:
    against = tuple((name, Verdict.FAIL) for name in failed)
    return Reckoned(route, "", grade, Decimal(50), Decimal(limit), Decimal(limit), against)  # type: ignore[arg-type]


IN = reckoned()
OUT = reckoned("E", "0", "pays_late")


def judged(reference: str, old: Reckoned, new: Reckoned, bad: bool | None = None) -> Judged:
    return Judged(reference, "standard", Decimal(100), old, new, bad)


def of(*cases: Judged) -> Comparison:
    return compare_cases(cases, CRITERIA, CRITERIA)


def test_who_would_flip_is_named_and_counted_by_side() -> None:
    found = of(
        judged("1", IN, IN, bad=False),
        judged("2", IN, OUT, bad=True),
        judged("3", OUT, IN),
        judged("4", OUT, OUT),
        judged("5", IN, OUT, bad=False),
    )
    assert [case.reference for case in found.flips] == ["2", "3", "5"]
    assert {name: (group.cases, group.bad, group.good, group.unknown) for name, group in found.groups.items()} == {
        "in-in": (1, 0, 1, 0),
        "out-in": (1, 0, 0, 1),
        "in-out": (2, 1, 1, 0),
        "out-out": (1, 0, 0, 1),
    }
    assert (found.approval_old, found.approval_new) == (0.6, 0.4)


def test_those_who_were_refused_have_no_bad_rate() -> None:
    found = of(judged("3", OUT, IN))
    assert (found.groups["out-in"].rate, found.groups["out-in"].low, found.groups["out-in"].unknown) == (None, None, 1)


def test_exposure_counts_every_move_up_and_down() -> None:
    found = of(judged("1", reckoned(limit="100"), reckoned(limit="70")), judged("2", reckoned(limit="5"), reckoned()))
    moves = (found.exposure_old, found.exposure_new, found.exposure_moved)
    assert moves == (Decimal(105), Decimal(170), Decimal(125))


def test_a_case_without_a_rate_is_left_out_of_exposure_and_counted() -> None:
    found = of(judged("1", IN._replace(exposure=None), IN), judged("2", IN, IN))
    assert found.not_converted == 1
    assert found.exposure_old == Decimal(100)


def test_cases_of_which_no_more_is_known_are_counted() -> None:
    found = of(judged("1", IN, IN), replace(judged("2", IN, IN), circumstances_known=False))
    assert found.circumstances_unknown == 1


def test_what_a_criterion_contributes() -> None:
    found = of(
        judged("1", IN, reckoned("B", "0", "pays_late")),
        judged("2", IN, reckoned("E", "0", "pays_late")),
        judged("3", IN, reckoned("B", "0", "pays_late", "years_trading")),
        judged("4", IN, reckoned("B", "100", "years_trading")),
    )
    rows = {row.criterion: row for row in found.criteria}
    assert (rows["pays_late"].fails_old, rows["pays_late"].fails_new) == (0, 3)
    assert (rows["pays_late"].in_flips, rows["pays_late"].alone) == (3, 1)
    assert (rows["years_trading"].in_flips, rows["years_trading"].alone, rows["years_trading"].fails_new) == (1, 0, 2)


def test_a_criterion_that_one_policy_does_not_have_says_so() -> None:
    found = compare_cases([judged("1", IN, IN)], ("pays_late",), ("years_trading",))
    assert [(row.criterion, row.fails_old, row.fails_new) for row in found.criteria] == [
        ("pays_late", 0, None),
        ("years_trading", None, 0),
    ]


# Wilson's interval worked out by hand: centre (p + z2/2n) / (1 + z2/n), z = 1.959964.
@pytest.mark.parametrize(
    ("bad", "good", "low", "high"),
    [(0, 10, 0.0, 0.2775), (1, 9, 0.0179, 0.4042), (5, 5, 0.2366, 0.7634), (10, 0, 0.7225, 1.0)],
)
def test_the_interval_of_a_bad_rate_is_wilsons(bad: int, good: int, low: float, high: float) -> None:
    found = count_outcomes([True] * bad + [False] * good)
    assert found.low == pytest.approx(low, abs=5e-4)
    assert found.high == pytest.approx(high, abs=5e-4)


SIDES = st.sampled_from([IN, OUT, reckoned("C", "40"), reckoned("B", "100", "pays_late", route="knock_out")])
OUTCOMES = st.sampled_from([True, False, None])


@given(st.lists(st.tuples(SIDES, SIDES, OUTCOMES), max_size=30))
def test_every_case_is_in_one_group_and_nothing_is_lost(rows: list[tuple[Reckoned, Reckoned, bool | None]]) -> None:
    found = of(*(judged(str(number), old, new, bad) for number, (old, new, bad) in enumerate(rows)))
    assert sum(group.cases for group in found.groups.values()) == len(rows) == found.cases
    assert found.groups["out-in"].cases + found.groups["in-out"].cases == len(found.flips)
    assert all(group.bad + group.good + group.unknown == group.cases for group in found.groups.values())
    assert sum(found.grades.values()) == len(rows)


@given(st.lists(st.tuples(SIDES, OUTCOMES), max_size=20))
def test_a_policy_compared_with_itself_flips_nobody(rows: list[tuple[Reckoned, bool | None]]) -> None:
    found = of(*(judged(str(number), side, side, bad) for number, (side, bad) in enumerate(rows)))
    assert (len(found.flips), found.rerouted, found.regraded) == (0, 0, 0)
    assert found.exposure_moved == Decimal(0)
    assert all(row.in_flips == 0 for row in found.criteria)
