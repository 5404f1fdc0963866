"""Which band decides: by segment, grade, override and what is unknown; an unknown never makes it easier."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.assessment.assessing import Dossier, assess
from admission.assessment.record import Assessment, CriterionResult, Override, Route
from admission.assessment.routing import choose_band, choose_route
from admission.cases import CaseKind
from admission.evidence.facts import Facts
from admission.evidence.findings import Validation, Verdict
from admission.money import RateTable
from admission.policy import Policy, load_policy
from tests.admission.assessment.test_routing import RULES
from tests.admission.build import (
    AS_OF,
    NOW,
    application,
    default_policy,
    evidence,
    policy_document,
    report,
    requested,
    route_inputs,
    say,
    statement,
)

TITLE = {"en": "Approval", "zh": "审批"}
SIGNED = Override(company_key="k", criterion="c", reason="r", until=AS_OF, by="a", at=NOW, case="GH-2026-000001")


def stage(name: str, **require: Any) -> dict[str, Any]:
    return {"name": name, "title": TITLE, "require": require}


def with_segments(**segments: Any) -> Policy:
    document = policy_document()
    document["segments"] = {name: {} for name in document["segments"]} | segments
    return load_policy(document)


OWN = [
    {"name": "small", "up_to": "5000", "stages": [stage("sales", department="sales")]},
    {"name": "large", "committee": True, "stages": [stage("president", role="president")]},
]
SEGMENTED = with_segments(
    distributor={"bands": OWN}, micro={"inherits": "distributor"}, key_account={"inherits": "standard"}
)


def band_of(
    amount: str | None, grade: str = "A", segment: str = "standard", *, policy: Policy, overridden: bool = False
) -> str:
    covered = CriterionResult(
        id="c", verdict=Verdict.FAIL, effect="refer", message=say("c"), overridden=SIGNED if overridden else None
    )
    results = [covered] if overridden else []
    money = None if amount is None else Decimal(amount)
    return choose_band(policy, policy.standards(segment), policy.grade(grade), money, results).band.name


BY_SEGMENT: list[tuple[str, str, str | None, str]] = [
    ("distributor", "A", "5000", "small"),
    ("distributor", "A", "5000.01", "large"),
    ("distributor", "C", "5000", "large"),
    ("distributor", "D", "1", "large"),
    ("distributor", "E", "1", "large"),
    ("distributor", "A", None, "large"),
    ("micro", "A", "5000.01", "large"),
    ("key_account", "A", "5000.01", "≤ 25k USD"),
    ("standard", "C", "5000", "≤ 250k USD"),
]


@pytest.mark.parametrize(("segment", "grade", "amount", "band"), BY_SEGMENT)
def test_a_segment_has_its_own_matrix_or_that_of_the_one_it_inherits(
    segment: str, grade: str, amount: str | None, band: str
) -> None:
    assert band_of(amount, grade, segment, policy=SEGMENTED) == band


def leveled(bands_up: int) -> Policy:
    document = policy_document()
    document["approval"]["override_level_up"] = bands_up
    return load_policy(document)


@pytest.mark.parametrize(
    ("bands_up", "grade", "band"),
    [
        (1, "A", "≤ 250k USD"),
        (2, "A", "≤ 500k USD"),
        (9, "A", "> 1m USD"),
        (2, "C", "≤ 1m USD"),
        (1, "E", "≤ 1m USD"),
        (2, "E", "> 1m USD"),
    ],
)
def test_an_override_raises_the_band_by_as_many_as_the_policy_says(bands_up: int, grade: str, band: str) -> None:
    assert band_of("100", grade, policy=leveled(bands_up), overridden=True) == band


def test_why_a_band_was_chosen_is_told_in_order() -> None:
    policy = leveled(2)
    covered = CriterionResult(id="c", verdict=Verdict.FAIL, effect="refer", message=say("c"), overridden=SIGNED)
    chosen = choose_band(policy, policy.standards("standard"), policy.grade("C"), Decimal(100), [covered])
    assert [text.en for text in chosen.why] == [
        "by the amount: ≤ 25k USD",
        "grade C: 1 band up",
        "an override: 2 bands up",
    ]
    assert [text.zh for text in chosen.why] == ["按金额：≤ 25k USD", "等级 C：上调1档", "例外批准：上调2档"]


LADDER: dict[str, Policy] = {
    "shipped": default_policy(),
    "own matrix": SEGMENTED,
    "three up": leveled(3),
}
SENIORITY = {"fast_track": -1}


def seniority(policy: Policy, segment: str, route: Route) -> tuple[int, int]:
    """How senior a route is: the place of its band, then the number of its stages."""
    names = [band.name for band in policy.standards(segment).bands]
    return (SENIORITY[route.kind] if route.kind == "fast_track" else names.index(route.band), len(route.stages))


def routed(
    policy: Policy, segment: str, grade: str, amount: Decimal, results: Sequence[CriterionResult], currency: str
) -> Route:
    asked = requested(str(amount), currency)
    return choose_route(route_inputs(policy, grade, asked, standards=policy.standards(segment), results=results))


VERDICTS = st.sampled_from([Verdict.PASS, Verdict.UNKNOWN, Verdict.FAIL])
ALL = st.lists(VERDICTS, min_size=len(RULES), max_size=len(RULES))
COVERED = st.lists(st.booleans(), min_size=len(RULES), max_size=len(RULES))


def results_of(verdicts: Sequence[Verdict], covered: Sequence[bool]) -> list[CriterionResult]:
    return [
        CriterionResult(
            id=rule.id,
            verdict=verdict if rule.effect != "reject" or verdict is not Verdict.FAIL else Verdict.UNKNOWN,
            effect=rule.effect,
            message=say(rule.id),
            overridden=SIGNED if is_covered and verdict is not Verdict.PASS and rule.effect != "reject" else None,
        )
        for rule, verdict, is_covered in zip(RULES, verdicts, covered, strict=True)
    ]


@given(
    name=st.sampled_from(sorted(LADDER)),
    segment=st.sampled_from(["standard", "distributor", "micro"]),
    grade=st.sampled_from("ABCDE"),
    amount=st.decimals("0.01", 2_000_000, places=2),
    currency=st.sampled_from(["USD", "GBP", "CNY"]),
    verdicts=ALL,
    covered=COVERED,
    place=st.integers(0, len(RULES) - 1),
)
def test_an_unknown_never_gives_a_less_senior_route_than_a_pass(
    name: str,
    segment: str,
    grade: str,
    amount: Decimal,
    currency: str,
    verdicts: list[Verdict],
    covered: list[bool],
    place: int,
) -> None:
    policy = LADDER[name].model_copy(update={"criteria": RULES})
    unknown = [*verdicts[:place], Verdict.UNKNOWN, *verdicts[place + 1 :]]
    passed = [*verdicts[:place], Verdict.PASS, *verdicts[place + 1 :]]
    one = routed(policy, segment, grade, amount, results_of(unknown, covered), currency)
    other = routed(policy, segment, grade, amount, results_of(passed, covered), currency)
    assert one.kind != "fast_track"
    assert one.stages
    if covered[place]:
        # Two people have signed for what is unknown: a band more, and no clearing of what they cleared.
        assert seniority(policy, segment, one)[0] >= seniority(policy, segment, other)[0]
    else:
        assert seniority(policy, segment, one) >= seniority(policy, segment, other)


@given(
    segment=st.sampled_from(["standard", "distributor"]),
    grade=st.sampled_from("ABCDE"),
    amount=st.decimals("0.01", 2_000_000, places=2),
    more=st.decimals("0", 2_000_000, places=2),
)
def test_a_larger_amount_or_an_unknown_one_is_never_decided_by_fewer(
    segment: str, grade: str, amount: Decimal, more: Decimal
) -> None:
    bands = [band.name for band in SEGMENTED.standards(segment).bands]
    small = bands.index(band_of(str(amount), grade, segment, policy=SEGMENTED))
    assert bands.index(band_of(str(amount + more), grade, segment, policy=SEGMENTED)) >= small
    assert band_of(None, grade, segment, policy=SEGMENTED) == bands[-1]


def assessed(changes: dict[str, Any], *, late: str | None, policy: Policy) -> Assessment:
    """Assess a company with accounts and a credit report; `changes` are made in the accounts."""
    bureau = report(days_beyond_terms=None if late is None else Decimal(late))
    validation = Validation(findings=(), usable=Facts(statements=(statement(**changes),), reports=(bureau,)))
    asked = application(requested={"limit": "20000", "currency": "USD", "terms_days": 30})
    dossier = Dossier(asked, CaseKind.ONBOARDING, [evidence()], validation)
    return assess(dossier, policy, RateTable(), as_of=AS_OF)


@pytest.mark.parametrize("late", ["0", "10", "20", "30"])
def test_hiding_how_late_it_pays_never_leads_to_fewer_people(late: str) -> None:
    policy = default_policy()
    hidden = assessed({}, late=None, policy=policy)
    shown = assessed({}, late=late, policy=policy)
    assert hidden.route.kind != "fast_track"
    assert seniority(policy, "standard", hidden.route) >= seniority(policy, "standard", shown.route)


@pytest.mark.parametrize("equity", ["1", "100", "600"])
def test_hiding_equity_never_leads_to_fewer_people(equity: str) -> None:
    policy = default_policy()
    hidden = assessed({"equity": None}, late="0", policy=policy)
    shown = assessed({"equity": Decimal(equity)}, late="0", policy=policy)
    assert hidden.route.kind != "fast_track"
    assert seniority(policy, "standard", hidden.route) >= seniority(policy, "standard", shown.route)
