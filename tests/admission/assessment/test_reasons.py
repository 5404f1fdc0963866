"""Reasons name what mattered most for this outcome, and nothing that nobody was asked about before what is known."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.assessment.assessing import Dossier, assess
from admission.assessment.engine.verdicts import Against, Why
from admission.assessment.reasons import MAX_REASONS, gravity_of
from admission.assessment.record import REASONS_BY_POINTS, Assessment
from admission.assessment.scorecard import choose_reasons
from admission.cases import CaseKind
from admission.evidence.answers import Answer, Evidence
from admission.evidence.facts import AnyFact, CompanyStatus, Facts, FinancialStatement
from admission.evidence.findings import Validation, Verdict
from admission.evidence.topics import Topic
from admission.metrics.catalogue import CATALOGUE
from admission.policy import Policy, Segment
from admission.policy.criteria import Effect
from admission.policy.scorecard import NotAskedCap
from tests.admission.assessment.test_stored_assessments import stored_policy
from tests.admission.build import AS_OF, RATES, application, evidence, profile, report, say, shipped_policies, statement
from tests.admission.metrics.test_ages import SOUND, THOUSANDS, asked

REGISTER, ACCOUNTS, _, BUREAU = SOUND
YOUNG = profile(
    evidence="e-register",
    status=CompanyStatus.ACTIVE,
    incorporated_on=date(2025, 9, 1),
    accounts_overdue=False,
    industry_code="uk-sic:47110",
)
LATE = report(evidence="e-bureau", days_beyond_terms=Decimal(45))
NO_BUREAU = (
    *(item for item in asked() if item.query.source != "bureau"),
    evidence("bureau", Answer.NOT_CONFIGURED, topics=(Topic.CREDIT, Topic.PAYMENT)),
)


def accounts(**changes: int) -> FinancialStatement:
    figures = THOUSANDS | {name: Decimal(value) for name, value in changes.items()}
    return statement(evidence="e-register", currency="GBP", **figures)


def dossier(*facts: AnyFact, asked_limit: str = "20000", answers: tuple[Evidence, ...] | None = None) -> Dossier:
    return Dossier(
        application(requested={"limit": asked_limit, "currency": "GBP", "terms_days": 30}),
        CaseKind.ONBOARDING,
        answers or asked(),
        Validation(findings=(), usable=Facts.of(facts)),
    )


def assessed(case: Dossier) -> Assessment:
    return assess(case, stored_policy(), RATES, as_of=AS_OF)


def test_a_company_of_little_worth_is_told_so_and_nothing_of_what_nobody_was_asked() -> None:
    poor = accounts(equity=30_000, total_liabilities=970_000, retained_earnings=10_000)
    told = [reason.en for reason in assessed(dossier(REGISTER, poor, BUREAU)).reasons]
    assert told[0] == "Limit 4,000 GBP: starter cap, at 0.8 of 2026-06-01"
    assert not [reason for reason in told if "Ownership" in reason]


@pytest.mark.parametrize(
    ("facts", "first"),
    [
        ((REGISTER, ACCOUNTS, LATE), "Days paid beyond terms: 45 (bureau); asked at most 30"),
        ((YOUNG, ACCOUNTS, BUREAU), "Years in business: 0.8 (register); asked at least 2"),
        (
            (profile(status=CompanyStatus.DISSOLVED), ACCOUNTS, BUREAU),
            "Company exists in its register: no (register); asked yes",
        ),
        ((REGISTER, accounts(operating_profit=-150_000, net_income=-200_000), BUREAU), "Interest cover: -3.75"),
    ],
)
def test_what_decided_comes_first(facts: tuple[AnyFact, ...], first: str) -> None:
    assert assessed(dossier(*facts)).reasons[0].en == first


def test_a_knock_out_is_told_by_the_rules_that_knock_out() -> None:
    made = assessed(dossier(profile(status=CompanyStatus.DISSOLVED), ACCOUNTS, BUREAU))
    assert made.route.kind == "knock_out"
    assert made.reasons == tuple(item.message for item in made.criteria if item.verdict is Verdict.FAIL)


def test_the_bound_that_cut_a_limit_is_named_and_one_that_did_not_is_not() -> None:
    cut, whole = assessed(dossier(*SOUND, asked_limit="50001")), assessed(dossier(*SOUND, asked_limit="50000"))
    assert "Limit 50,000 GBP: limit the bureau recommends" in [reason.en for reason in cut.reasons]
    assert whole.limit.amount == 50_000
    assert not [reason for reason in whole.reasons if reason.en.startswith("Limit")]


def test_the_best_grade_is_told_by_what_carries_it() -> None:
    made = assessed(dossier(*SOUND))
    assert made.grade == stored_policy().grades[0].name
    assert [reason.en for reason in made.reasons] == ["Days beyond terms: 0"]


def with_card(**changes: object) -> Policy:
    policy = stored_policy()
    return policy.model_copy(update={"scorecard": policy.scorecard.model_copy(update=changes)})


@pytest.mark.parametrize(
    ("policy", "facts", "en", "zh"),
    [
        (
            with_card(max_missing_share=Decimal("0.1"), missing_cap="E"),
            (REGISTER, BUREAU),
            "40% of the points rest on what is missing: grade E at best",
            "40% 的分值缺少数据：等级最高为 E",
        ),
        (
            with_card(not_asked_caps=(NotAskedCap(metrics=("ownership_stable",), best_grade="C", source="[P]"),)),
            SOUND,
            f"Not asked: {CATALOGUE['ownership_stable'].meaning.en}; grade C at best",
            f"未查询：{CATALOGUE['ownership_stable'].meaning.zh}；等级最高为 C",
        ),
        (
            stored_policy().model_copy(update={"segments": {"standard": Segment(best_grade="C")}}),
            SOUND,
            "Segment standard: grade C at best",
            "客户类别 standard：等级最高为 C",
        ),
    ],
    ids=["missing", "not asked", "segment"],
)
def test_what_holds_the_grade_down_is_named(policy: Policy, facts: tuple[AnyFact, ...], en: str, zh: str) -> None:
    made = assess(dossier(*facts), policy, RATES, as_of=AS_OF)
    assert made.grade_capped
    assert [reason.zh for reason in made.reasons if reason.en == en] == [zh]
    sound = assess(dossier(*SOUND), stored_policy(), RATES, as_of=AS_OF)
    assert not [reason for reason in sound.reasons if "at best" in reason.en]


def test_what_is_only_listed_is_no_reason() -> None:
    policy = stored_policy()
    listed = policy.criteria[0].model_copy(
        update={"id": "owners", "metric": "ownership_stable", "comparison": "is_true", "value": None}
        | {"effect": "secured_only", "on_not_asked": "note", "reason": say("Ownership")}
    )
    for change, told in (({}, False), ({"on_not_asked": "refer"}, True)):
        criteria = (*policy.criteria, listed.model_copy(update=change))
        made = assess(dossier(*SOUND), policy.model_copy(update={"criteria": criteria}), RATES, as_of=AS_OF)
        assert any("Ownership" in reason.en for reason in made.reasons) is told
        assert made.terms.secured is told


@pytest.mark.parametrize(
    ("effect", "gravity"), [("reject", 0), ("committee", 1), ("hold", 2), ("secured_only", 3), ("refer", 4)]
)
def test_the_gravest_effect_comes_first(effect: Effect, gravity: int) -> None:
    assert gravity_of(Against.of("rule", Verdict.FAIL, effect, Why.FAILED)) == gravity


@pytest.mark.parametrize("engine", REASONS_BY_POINTS)
def test_earlier_engines_keep_the_reasons_by_points(engine: str) -> None:
    made = assess(dossier(REGISTER, ACCOUNTS, LATE)._replace(engine=engine), stored_policy(), RATES, as_of=AS_OF)
    assert made.engine == engine
    assert made.reasons == choose_reasons(made.criteria, made.parts)
    assert made.reasons != assessed(dossier(REGISTER, ACCOUNTS, LATE)).reasons


@given(
    facts=st.sets(st.sampled_from(range(6))),
    equity=st.integers(-200_000, 900_000),
    profit=st.integers(-300_000, 300_000),
    limit=st.integers(1_000, 900_000),
    silent=st.booleans(),
    which=st.integers(0, 1),
)
def test_known_reasons_come_before_what_nobody_was_asked(
    facts: set[int], equity: int, profit: int, limit: int, silent: bool, which: int
) -> None:
    every = (REGISTER, YOUNG, accounts(equity=equity, operating_profit=profit), BUREAU, LATE, ACCOUNTS)
    case = dossier(
        *(every[place] for place in sorted(facts)), asked_limit=str(limit), answers=NO_BUREAU if silent else None
    )
    policy = shipped_policies()[which]
    made = assess(case, policy, RATES, as_of=AS_OF)
    assert len(made.reasons) <= MAX_REASONS
    assert len(set(made.reasons)) == len(made.reasons)
    silences = {metric.name: metric.value is None and metric.not_asked for metric in made.metrics}
    names = {criterion.id: criterion.metric for criterion in policy.all_criteria}
    about = {part.reason: silences[part.attribute] for part in made.parts}
    about |= {item.message: silences.get(names.get(item.id, ""), False) for item in made.criteria}
    # Sentences on the limit and on the share of what is missing are about no single figure.
    nobody_asked = [about[reason] for reason in made.reasons if reason in about]
    assert nobody_asked == sorted(nobody_asked)
