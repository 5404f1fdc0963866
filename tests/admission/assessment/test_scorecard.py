from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.assessment.engine.case import Figures
from admission.assessment.engine.points import Scorer
from admission.assessment.record import CriterionResult, ScorePart
from admission.assessment.scorecard import Score, choose_reasons, say_score, score
from admission.evidence.findings import Verdict
from admission.metrics.catalogue import JUDGED, Value
from admission.metrics.told_by import teller_of
from admission.policy import Policy
from tests.admission.build import SOUND, default_policy, metrics, say

POLICY = default_policy()
# Each row: attribute, then (value, points) on either side of each bound, and the neutral points.
BINS: list[tuple[str, list[tuple[str, int]], int]] = [
    ("altman_z2", [("-9", 0), ("1.099999", 0), ("1.1", 6), ("2.599999", 6), ("2.6", 8), ("4.1", 10)], 3),
    ("interest_cover", [("0.999999", 0), ("1", 5), ("1.499999", 5), ("1.5", 10), ("1000000", 10)], 3),
    ("cash_flow_to_debt", [("-0.000001", 0), ("0", 4), ("0.119999", 4), ("0.12", 8), ("0.35", 10)], 3),
    ("current_ratio", [("0.849999", 0), ("0.85", 2), ("1.1", 4), ("2.199999", 4), ("2.2", 5)], 2),
    ("equity_ratio", [("-1", 0), ("0.039999", 0), ("0.04", 2), ("0.3", 4), ("0.53", 5)], 2),
    (
        "days_beyond_terms",
        [("-5", 20), ("0", 20), ("1", 14), ("15", 14), ("16", 8), ("30", 8), ("31", 2), ("60", 2), ("61", 0)],
        12,
    ),
    ("late_invoice_share", [("0", 15), ("0.0999", 15), ("0.1", 10), ("0.25", 4), ("0.4999", 4), ("0.5", 0)], 8),
    ("years_trading", [("1.9", 0), ("2", 3), ("4.9", 3), ("5", 7), ("9.9", 7), ("10", 10)], 3),
    ("market_position", [("0", 0), ("1", 1), ("2", 2)], 1),
    ("cooperation_so_far", [("0", 0), ("1", 1), ("2", 2)], 1),
]


def part_of(made: Score, attribute: str) -> ScorePart:
    return next(part for part in made.parts if part.attribute == attribute)


@pytest.mark.parametrize(
    ("attribute", "value", "points"),
    [(name, value, points) for name, rows, _ in BINS for value, points in rows],
    ids=[f"{name}-{value}" for name, rows, _ in BINS for value, _ in rows],
)
def test_points_at_the_bounds_of_the_default_policy(attribute: str, value: str, points: int) -> None:
    part = part_of(score(POLICY, metrics({attribute: Decimal(value)})), attribute)
    assert (part.points, part.missing) == (Decimal(points), False)


@pytest.mark.parametrize(("attribute", "neutral"), [(name, neutral) for name, _, neutral in BINS])
def test_a_missing_value_takes_neutral_points_and_says_so(attribute: str, neutral: int) -> None:
    part = part_of(score(POLICY, metrics({})), attribute)
    assert (part.points, part.missing) == (Decimal(neutral), True)
    # Accounts are the applicant's to hand in, whatever is set up; all else nobody was asked about.
    accounts = teller_of(attribute) == "applicant"
    said = "no data" if accounts else "not asked"
    assert (part.reason.en.split(": ")[1], part.not_asked) == (f"{said}, no source for this is set up", not accounts)


@pytest.mark.parametrize(("attribute", "neutral"), [(name, neutral) for name, _, neutral in BINS])
def test_what_was_asked_for_and_is_not_told_has_no_data(attribute: str, neutral: int) -> None:
    part = part_of(score(POLICY, metrics({}, set_up=True)), attribute)
    assert (part.points, part.missing, part.not_asked) == (Decimal(neutral), True, False)
    assert part.reason.en.endswith(": no data, it was asked for, and is not told")
    # What people of the house judge is never the company's to withhold.
    assert part.withheld is (attribute not in JUDGED)


@pytest.mark.parametrize(("value", "points"), [(True, 5), (False, 0)])
def test_a_flag_earns_points(value: bool, points: int) -> None:
    assert part_of(score(POLICY, metrics({"ownership_stable": value})), "ownership_stable").points == Decimal(points)


def test_the_best_company_has_a_hundred_points() -> None:
    best: dict[str, Value] = {
        attribute.metric: Decimal(2)
        for attribute in POLICY.scorecard.attributes
        if attribute.metric.endswith(("position", "edge", "quality", "potential", "far"))
    }
    made = score(POLICY, metrics(SOUND | best | {"ownership_stable": True}))
    assert (made.total, made.missing_share, made.grade.name, made.capped) == (Decimal(100), Decimal(0), "A", False)


def neutral() -> Policy:
    """The default policy, with nothing read at its worst."""
    card = POLICY.scorecard
    attributes = tuple(item.model_copy(update={"on_missing": "neutral"}) for item in card.attributes)
    return POLICY.model_copy(update={"scorecard": card.model_copy(update={"attributes": attributes})})


# Capped is what has a worse grade than its score would give.
# Sound figures earn 85; ownership (5) and what the house judges (10) are not told: 2 and 5 neutral points.
MISSING: list[tuple[str, Policy, tuple[str, ...], str, int, int, str, bool]] = [
    ("little", POLICY, (), "0.15", 92, 90, "A", False),
    # 92 - 15 - 10 + 8 + 3 neutral; 90 - 15 - 10 are sure.
    ("at-the-share", POLICY, ("late_invoice_share", "altman_z2"), "0.40", 78, 65, "B", False),
    (
        "beyond-it-too-few-points",
        POLICY,
        ("late_invoice_share", "altman_z2", "equity_ratio"),
        "0.45",
        75,
        60,
        "C",
        True,
    ),
    ("at-the-share-neutral", neutral(), ("late_invoice_share", "altman_z2"), "0.40", 78, 78, "B", False),
    ("beyond-it-neutral", neutral(), ("late_invoice_share", "altman_z2", "equity_ratio"), "0.45", 75, 75, "C", True),
]


@pytest.mark.parametrize(
    ("policy", "missing", "share", "total", "assured", "grade", "capped"),
    [row[1:] for row in MISSING],
    ids=[row[0] for row in MISSING],
)
def test_too_much_that_is_kept_back_caps_the_grade(
    policy: Policy, missing: tuple[str, ...], share: str, total: int, assured: int, grade: str, capped: bool
) -> None:
    told = {name: value for name, value in SOUND.items() if name not in missing}
    made = score(policy, metrics(told, set_up=True))
    assert (made.missing_share, made.total, made.assured) == (Decimal(share), Decimal(total), Decimal(assured))
    assert (made.grade.name, made.capped) == (grade, capped)


NOT_ASKED: list[tuple[str, tuple[str, ...], int, str, bool]] = [
    ("ownership-and-judgements", (), 92, "A", False),
    # 92 - 15 + 8
    ("share-of-late-invoices", ("late_invoice_share",), 85, "A", False),
    # 92 - 20 + 12
    ("days-beyond-terms", ("days_beyond_terms",), 84, "A", False),
    # Both: nobody was asked how it pays, so that it is no A.
    ("no-record-of-payment", ("late_invoice_share", "days_beyond_terms"), 77, "B", False),
]


@pytest.mark.parametrize(
    ("missing", "total", "grade", "capped"), [row[1:] for row in NOT_ASKED], ids=[row[0] for row in NOT_ASKED]
)
def test_what_nobody_was_asked_keeps_its_neutral_points_and_bounds_the_grade_where_the_policy_says_so(
    missing: tuple[str, ...], total: int, grade: str, capped: bool
) -> None:
    made = score(POLICY, metrics({name: value for name, value in SOUND.items() if name not in missing}))
    assert (made.total, made.assured, made.missing_share) == (Decimal(total), Decimal(total), Decimal(0))
    assert (made.grade.name, made.capped) == (grade, capped)


# What is not scored leaves the points of the others as the whole.
NOT_SCORED: list[tuple[str, tuple[str, ...], str, str]] = [
    ("none", (), "92", "A"),
    # (92 - 35) of 65
    ("no-record-of-payment", ("days_beyond_terms", "late_invoice_share"), "87.69", "A"),
    # (92 - 2 - 5) of 85
    ("only-what-is-known", ("ownership_stable", *JUDGED), "100", "A"),
    # Ownership, judgements and years: 2 + 5 + 10 of 25
    (
        "only-what-newcomers-have",
        (
            "altman_z2",
            "interest_cover",
            "cash_flow_to_debt",
            "current_ratio",
            "equity_ratio",
            "days_beyond_terms",
            "late_invoice_share",
        ),
        "68",
        "B",
    ),
]


@pytest.mark.parametrize(
    ("names", "total", "grade"), [row[1:] for row in NOT_SCORED], ids=[row[0] for row in NOT_SCORED]
)
def test_what_is_not_scored_counts_neither_for_nor_against(names: tuple[str, ...], total: str, grade: str) -> None:
    found = metrics(SOUND)
    points = Scorer(POLICY).count(Figures.of(found.values()), not_scored=frozenset(names))
    assert (points.total, points.grade.name) == (Decimal(total), grade)
    shown = {part.attribute for part in say_score(POLICY, points, found).parts}
    assert shown == {attribute.metric for attribute in POLICY.scorecard.attributes} - set(names)


def test_the_worst_of_several_best_grades_counts() -> None:
    points = Scorer(POLICY).count(Figures.of(metrics(SOUND).values()), ("B", "D", "C"))
    assert (points.total, points.grade.name, points.bounded) == (Decimal(92), "D", True)


def test_a_cap_never_lifts_a_grade() -> None:
    made = score(POLICY, metrics({"days_beyond_terms": Decimal(90), "years_trading": Decimal(1)}, set_up=True))
    assert made.missing_share > POLICY.scorecard.max_missing_share
    assert (made.grade.name, made.capped) == ("E", False)


@pytest.mark.parametrize(
    ("points", "grade"),
    [
        ("100", "A"),
        ("80", "A"),
        ("79.99", "B"),
        ("65", "B"),
        ("64.99", "C"),
        ("50", "C"),
        ("35", "D"),
        ("34.9", "E"),
        ("0", "E"),
    ],
)
def test_grades_begin_at_their_bounds(points: str, grade: str) -> None:
    assert POLICY.grade_of(Decimal(points)).name == grade


def part(attribute: str, points: int, maximum: int) -> ScorePart:
    return ScorePart(
        attribute=attribute,
        points=Decimal(points),
        maximum=Decimal(maximum),
        missing=False,
        reason=say(attribute),
    )


def result(name: str, verdict: Verdict) -> CriterionResult:
    return CriterionResult(id=name, verdict=verdict, effect="refer", message=say(name))


PARTS = (part("small", 4, 5), part("large", 0, 20), part("full", 10, 10), part("middle", 5, 10), part("other", 3, 5))


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ((), ["large", "middle", "other", "small"]),
        ((result("late", Verdict.FAIL),), ["late", "large", "middle", "other"]),
        ((result("fine", Verdict.PASS), result("unread", Verdict.UNKNOWN)), ["large", "middle", "other", "small"]),
        (tuple(result(f"rule {n}", Verdict.FAIL) for n in range(6)), ["rule 0", "rule 1", "rule 2", "rule 3"]),
    ],
    ids=["by-points-lost", "failed-first", "only-failed", "at-most-four"],
)
def test_reasons_are_at_most_four_and_ordered(results: tuple[CriterionResult, ...], expected: list[str]) -> None:
    assert [reason.en for reason in choose_reasons(results, PARTS)] == expected


def test_nothing_lost_gives_no_reason() -> None:
    assert choose_reasons((), [part("full", 10, 10)]) == ()


@given(st.dictionaries(st.sampled_from([row[0] for row in BINS]), st.decimals(-100, 100, places=3)), st.booleans())
def test_a_score_is_between_nothing_and_a_hundred(values: dict[str, Decimal], set_up: bool) -> None:
    made = score(POLICY, metrics(values, set_up=set_up))
    assert 0 <= made.total <= 100
    assert made.total == sum(part.points for part in made.parts)
    assert made.missing_share == sum(part.maximum for part in made.parts if part.missing and not part.not_asked) / 100
    assert made.assured <= made.total
