from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.application import Requested
from admission.assessment.record import CriterionResult, Route
from admission.assessment.routing import choose_route
from admission.evidence.answers import Answer, Evidence
from admission.evidence.findings import Finding, Verdict, Weight
from admission.policy import Criterion, Policy
from admission.policy.criteria import Effect
from tests.admission.build import default_policy, evidence, requested, route_inputs, say

EFFECTS: tuple[Effect, ...] = ("reject", "refer", "secured_only", "hold", "committee")


def rule(name: str, effect: Effect = "refer", on_unknown: str = "refer") -> Criterion:
    return Criterion.model_validate(
        {
            "id": name,
            "metric": "days_beyond_terms",
            "comparison": "at_most",
            "value": "30",
            "effect": effect,
            "on_unknown": on_unknown,
            "reason": say(name),
            "source": "[P]",
        }
    )


RULES = tuple(
    rule(f"{effect}_{on_unknown}", effect, on_unknown)
    for effect in EFFECTS
    for on_unknown in ("refer", "hold", "committee")
)
POLICY: Policy = default_policy().model_copy(update={"criteria": RULES})
BANDS = [band.name for band in POLICY.approval.bands]


def result(name: str, verdict: Verdict) -> CriterionResult:
    effect = next(item.effect for item in RULES if item.id == name)
    return CriterionResult(id=name, verdict=verdict, effect=effect, message=say(f"{name} {verdict}"))


def finding(verdict: Verdict, weight: Weight) -> Finding:
    return Finding(code="check", verdict=verdict, weight=weight, message=say("a check"))


CLEAN = tuple(result(item.id, Verdict.PASS) for item in RULES)


def routed(
    asked: Requested | None = None,
    grade: str = "A",
    *,
    results: Sequence[CriterionResult] = CLEAN,
    findings: Sequence[Finding] = (),
    answers: Sequence[Evidence] = (),
    limit: Decimal = Decimal(20000),
) -> Route:
    inputs = route_inputs(POLICY, grade, asked or requested("20000"), results=results, findings=findings, limit=limit)
    return choose_route(inputs._replace(evidence=answers or [evidence()]))


def with_one(name: str, verdict: Verdict) -> tuple[CriterionResult, ...]:
    return tuple(result(name, verdict) if item.id == name else item for item in CLEAN)


def test_no_credit_to_recommend_is_not_the_fast_track() -> None:
    route = routed(limit=Decimal(0))
    assert (route.kind, [reason.en for reason in route.reasons]) == ("desk", ["no credit can be recommended"])


def test_nothing_against_it_is_the_fast_track() -> None:
    assert routed() == Route(kind="fast_track")


SKIPPED = evidence("bureau", Answer.SKIPPED)
NOTED = result("refer_refer", Verdict.UNKNOWN).model_copy(update={"not_asked": True})
SILENT = [answer for answer in Answer if not answer.answered and answer not in (Answer.SKIPPED, Answer.NOT_CONFIGURED)]
NOT_AGAINST: dict[str, dict[str, Any]] = {
    "at the bound of the amount": {"asked": requested("25000")},
    "converted": {"asked": requested("20000", "GBP")},
    "grade B": {"grade": "B"},
    "failed for information": {"findings": [finding(Verdict.FAIL, Weight.INFO)]},
    "unknown for information": {"findings": [finding(Verdict.UNKNOWN, Weight.INFO)]},
    "passed": {"findings": [finding(Verdict.PASS, Weight.BLOCKING)]},
    "no record": {"answers": [evidence("lists", Answer.NO_RECORD)]},
    "skipped on purpose": {"answers": [evidence(), SKIPPED]},
    "a source that nobody has set up": {"answers": [evidence(), evidence("bureau", Answer.NOT_CONFIGURED)]},
    "a criterion that nobody was asked about": {"results": (*CLEAN[1:], NOTED)},
}
OBSTACLES: dict[str, tuple[dict[str, Any], str]] = {
    "amount above the bound": ({"asked": requested("25000.01")}, "more than 25,000 USD"),
    "converted amount above": ({"asked": requested("20000.01", "GBP")}, "more than 25,000 USD"),
    "no rate": ({"asked": requested("1", "CNY")}, "no exchange rate for CNY/USD"),
    "grade C": ({"grade": "C"}, "grade C"),
    "grade E": ({"grade": "E"}, "grade E"),
    "failed criterion": ({"results": with_one("refer_refer", Verdict.FAIL)}, "refer_refer fail"),
    "unknown criterion": ({"results": with_one("refer_refer", Verdict.UNKNOWN)}, "refer_refer unknown"),
    "unknown knock-out": ({"results": with_one("reject_refer", Verdict.UNKNOWN)}, "reject_refer unknown"),
    "failed warning": ({"findings": [finding(Verdict.FAIL, Weight.WARNING)]}, "a check"),
    "failed blocking": ({"findings": [finding(Verdict.FAIL, Weight.BLOCKING)]}, "a check"),
    "unknown warning": ({"findings": [finding(Verdict.UNKNOWN, Weight.WARNING)]}, "a check"),
}
OBSTACLES.update(
    {
        f"source {answer}": ({"answers": [evidence("bureau", answer)]}, f"bureau: could not be asked ({answer})")
        for answer in SILENT
    }
)


@pytest.mark.parametrize("name", NOT_AGAINST)
def test_what_does_not_stand_against_the_fast_track(name: str) -> None:
    assert routed(**NOT_AGAINST[name]).kind == "fast_track"


@pytest.mark.parametrize("name", OBSTACLES)
def test_each_obstacle_alone_sends_the_case_to_people(name: str) -> None:
    how, said = OBSTACLES[name]
    route = routed(**how)
    assert route.kind in ("desk", "committee")
    assert [reason.en for reason in route.reasons] == [said]
    assert route.stages


@given(
    name=st.sampled_from([item.id for item in RULES]),
    verdict=st.sampled_from([Verdict.UNKNOWN, Verdict.FAIL]),
    grade=st.sampled_from("ABCDE"),
    amount=st.decimals("0.01", 2_000_000, places=2),
)
def test_an_unknown_or_failed_criterion_never_gives_the_fast_track(
    name: str, verdict: Verdict, grade: str, amount: Decimal
) -> None:
    route = routed(requested(str(amount)), grade, results=with_one(name, verdict))
    assert route.kind != "fast_track"
    assert (route.kind == "knock_out") == (verdict is Verdict.FAIL and name.startswith("reject"))


@given(
    weight=st.sampled_from([Weight.WARNING, Weight.BLOCKING]),
    verdict=st.sampled_from([Verdict.UNKNOWN, Verdict.FAIL]),
    others=st.lists(st.sampled_from([finding(Verdict.PASS, Weight.WARNING), finding(Verdict.FAIL, Weight.INFO)])),
)
def test_a_finding_of_weight_warning_never_gives_the_fast_track(
    weight: Weight, verdict: Verdict, others: list[Finding]
) -> None:
    assert routed(findings=[*others, finding(verdict, weight)]).kind == "desk"


@given(
    silent=st.sampled_from(SILENT),
    others=st.lists(
        st.sampled_from([Answer.FOUND, Answer.NO_RECORD, Answer.SKIPPED, Answer.NOT_CONFIGURED]), max_size=4
    ),
    place=st.integers(0, 4),
)
def test_a_source_that_could_not_be_asked_never_gives_the_fast_track(
    silent: Answer, others: list[Answer], place: int
) -> None:
    answers = list(others)
    answers.insert(place, silent)
    assert routed(answers=[evidence(f"s{n}", answer) for n, answer in enumerate(answers)]).kind == "desk"


BAND_ROWS = [
    ("25000", "C", 1),
    ("25000.01", "C", 2),
    ("250000", "A", 1),
    ("250000.01", "A", 2),
    ("500000", "B", 2),
    ("500000.01", "B", 3),
    ("1000000", "A", 3),
    ("1000000.01", "A", 4),
    ("25000.01", "A", 1),
    ("25000", "D", 1),
    ("250000", "D", 2),
    ("1000000", "D", 4),
    ("5000000", "D", 4),
    ("1", "E", 2),
    ("250000", "E", 3),
    ("250000.01", "E", 4),
    ("5000000", "E", 4),
]


@pytest.mark.parametrize(("amount", "grade", "place"), BAND_ROWS, ids=[f"{row[0]}-{row[1]}" for row in BAND_ROWS])
def test_the_amount_and_the_grade_choose_the_band(amount: str, grade: str, place: int) -> None:
    route = routed(requested(amount), grade)
    assert route.band == BANDS[place]
    assert route.kind == ("committee" if place == 4 else "desk")
    assert route.stages == POLICY.approval.bands[place].stages


def test_the_lowest_band_is_for_small_amounts_with_an_obstacle() -> None:
    assert routed(requested("25000"), results=with_one("refer_refer", Verdict.FAIL)).band == BANDS[0]


def test_an_amount_without_a_rate_goes_to_the_highest_band() -> None:
    route = routed(requested("1", "CNY"))
    assert (route.kind, route.band) == ("committee", BANDS[-1])


COMMITTEE_ROWS: list[tuple[str, Verdict, bool]] = [
    ("committee_refer", Verdict.FAIL, True),
    ("committee_refer", Verdict.UNKNOWN, True),
    ("refer_committee", Verdict.UNKNOWN, True),
    ("refer_committee", Verdict.FAIL, False),
    ("hold_committee", Verdict.UNKNOWN, True),
    ("refer_refer", Verdict.UNKNOWN, False),
]


@pytest.mark.parametrize(
    ("name", "verdict", "committee"), COMMITTEE_ROWS, ids=[f"{row[0]}-{row[1]}" for row in COMMITTEE_ROWS]
)
def test_a_criterion_may_ask_for_the_committee(name: str, verdict: Verdict, committee: bool) -> None:
    route = routed(results=with_one(name, verdict))
    assert route.kind == ("committee" if committee else "desk")


@pytest.mark.parametrize(("amount", "place"), [("1000", 1), ("100000", 1), ("400000", 2)])
def test_the_committee_is_the_first_band_that_is_one_or_a_higher_one(amount: str, place: int) -> None:
    low = POLICY.approval.bands[1].model_copy(update={"committee": True})
    bands = (POLICY.approval.bands[0], low, *POLICY.approval.bands[2:])
    policy = POLICY.model_copy(update={"approval": POLICY.approval.model_copy(update={"bands": bands})})
    results = with_one("committee_refer", Verdict.FAIL)
    route = choose_route(route_inputs(policy, "A", requested(amount), results=results))
    assert route.band == BANDS[place]


HOLD_ROWS: list[tuple[str, Verdict, bool]] = [
    ("hold_refer", Verdict.FAIL, True),
    ("refer_hold", Verdict.UNKNOWN, True),
    ("refer_hold", Verdict.FAIL, False),
    ("hold_refer", Verdict.UNKNOWN, False),
]


@pytest.mark.parametrize(("name", "verdict", "held"), HOLD_ROWS, ids=[f"{row[0]}-{row[1]}" for row in HOLD_ROWS])
def test_a_hold_is_cleared_before_all_other_stages(name: str, verdict: Verdict, held: bool) -> None:
    route = routed(requested("100000"), results=with_one(name, verdict))
    names = [stage.name for stage in route.stages]
    assert names == ["hold", "review", "decision"] if held else names == ["review", "decision"]
    assert not held or route.stages[0].require.department == "credit"


def test_a_knock_out_names_every_criterion_that_failed() -> None:
    failed = tuple(
        result(item.id, Verdict.FAIL) if item.id in ("reject_refer", "reject_hold", "refer_refer") else item
        for item in CLEAN
    )
    route = routed(results=failed)
    assert (route.kind, route.stages) == ("knock_out", ())
    assert [reason.en for reason in route.reasons] == ["reject_refer fail", "reject_hold fail"]
