"""What bounds a grade, and when it is told to be bounded."""

from __future__ import annotations

from decimal import Decimal

import pytest

from admission.assessment.engine.case import Figures
from admission.assessment.engine.points import Points, Scorer
from admission.policy import Policy
from admission.policy.scorecard import Attribute, NotAskedCap
from tests.admission.build import SOUND, default_policy, metrics, say

POLICY = default_policy()
PAIR = ("market_position", "cooperation_so_far")


def capped(*names: str) -> Policy:
    cap = NotAskedCap.model_validate({"metrics": names, "best_grade": "C", "source": "[P]"})
    return POLICY.model_copy(
        update={"scorecard": POLICY.scorecard.model_copy(update={"not_asked_caps": (cap,), "max_missing_share": 1})}
    )


def counted(policy: Policy, not_asked: tuple[str, ...], *best: str) -> Points:
    figures = Figures.of(metrics(SOUND).values())._replace(not_asked=frozenset(not_asked))
    return Scorer(policy).count(figures, best)


@pytest.mark.parametrize(
    ("not_asked", "grade"), [((), "A"), (PAIR[:1], "A"), (PAIR, "C"), ((*PAIR, "current_ratio"), "C")]
)
def test_a_grade_is_capped_where_nobody_was_asked_for_all_that_the_cap_names(
    not_asked: tuple[str, ...], grade: str
) -> None:
    made = counted(capped(*PAIR), not_asked)
    assert (made.grade.name, made.bounded) == (grade, grade == "C")


def test_a_grade_is_bounded_only_by_a_worse_one() -> None:
    best = POLICY.grades[0].name
    assert [counted(capped("current_ratio"), (), name).bounded for name in (best, "B")] == [False, True]


@pytest.mark.parametrize(("on_missing", "neutral", "withheld"), [("lowest", 6, 2), ("lowest", 3, 0), ("neutral", 6, 0)])
def test_what_is_kept_back_counts_as_far_as_its_neutral_points_are_above_the_lowest(
    on_missing: str, neutral: int, withheld: int
) -> None:
    bins = ({"below": "1", "points": 4}, {"points": 10})
    line = Attribute.model_validate(
        {
            "metric": "current_ratio",
            "title": say("Current ratio"),
            "bins": bins,
            "missing": neutral,
            "on_missing": on_missing,
            "source": "[P]",
        }
    )
    policy = POLICY.model_copy(update={"scorecard": POLICY.scorecard.model_copy(update={"attributes": (line,)})})
    made = Scorer(policy).count(Figures.of(metrics({}, set_up=True).values()))
    assert (made.total, made.assured) == (Decimal(neutral), Decimal(neutral - withheld))
