"""Facts that are older than the policy lets them be count against a company, never for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from admission.assessment.assessing import Dossier, assess, case_metrics
from admission.assessment.record import Assessment
from admission.cases import CaseKind
from admission.evidence.answers import Answer, Evidence
from admission.evidence.facts import (
    AnyFact,
    CompanyStatus,
    EventKind,
    Facts,
    Filing,
    FilingEvent,
    LegalKind,
    LegalStatus,
)
from admission.evidence.findings import Validation, Verdict
from admission.evidence.topics import Topic
from admission.metrics.catalogue import Metric
from admission.policy import MaxAge, Policy
from tests.admission.build import (
    AS_OF,
    EXCHANGE,
    NOW,
    RATES,
    application,
    default_policy,
    evidence,
    hit,
    legal,
    profile,
    report,
    statement,
)

KINDS = tuple(MaxAge.model_fields)
THOUSANDS = {name: value * 1000 for name, value in statement().model_dump().items() if isinstance(value, Decimal)}
SOUND: tuple[AnyFact, ...] = (
    profile(
        evidence="e-register",
        status=CompanyStatus.ACTIVE,
        incorporated_on=date(1999, 4, 1),
        accounts_overdue=False,
        industry_code="uk-sic:47110",
    ),
    statement(evidence="e-register", currency="GBP", **THOUSANDS),
    statement(
        evidence="e-register",
        currency="GBP",
        period_start=date(2024, 1, 1),
        period_end=date(2024, 12, 31),
        **THOUSANDS,
    ),
    report(evidence="e-bureau", days_beyond_terms=Decimal(0), late_invoice_share=Decimal("0.02")),
)
TOPICS: Mapping[str, tuple[Topic, ...]] = {
    "register": (Topic.IDENTITY, Topic.ACCOUNTS, Topic.FILINGS, Topic.CHARGES),
    "court": (Topic.INSOLVENCY,),
    "lists": (Topic.WATCHLIST,),
    "bureau": (Topic.CREDIT, Topic.PAYMENT),
}


def asked(ages: Mapping[str, int] | None = None) -> tuple[Evidence, ...]:
    """Four sources, each asked so many days ago."""
    return tuple(
        evidence(
            source,
            Answer.FOUND if source in ("register", "bureau") else Answer.NO_RECORD,
            topics=topics,
            id=f"e-{source}",
            fetched_at=NOW - timedelta(days=(ages or {}).get(source, 0)),
        )
        for source, topics in TOPICS.items()
    )


def limited(**limits: int) -> Policy:
    return default_policy().model_copy(update={"max_age": MaxAge(**limits)})


def dossier(facts: tuple[AnyFact, ...] = SOUND, ages: Mapping[str, int] | None = None, **changes: Any) -> Dossier:
    return Dossier(
        application(**changes), CaseKind.ONBOARDING, asked(ages), Validation(findings=(), usable=Facts.of(facts))
    )


def derived(policy: Policy, of: Dossier) -> dict[str, Metric]:
    return case_metrics(of, policy, EXCHANGE)


def assessed(policy: Policy, of: Dossier) -> Assessment:
    return assess(of, policy, RATES, as_of=AS_OF)


OLD: list[tuple[dict[str, int], dict[str, int], str, str]] = [
    ({"statements": 180}, {}, "current_ratio", "stale: the accounts are of 2025-12-31, older than 180 days"),
    ({"statements": 180}, {}, "requested_to_revenue", "stale: the accounts are of 2025-12-31, older than 180 days"),
    ({"reports": 28}, {}, "days_beyond_terms", "stale: the report is of 2026-06-01, older than 28 days"),
    (
        {"legal": 30},
        {"court": 31},
        "open_insolvency",
        "stale: court was asked on 2026-05-30, longer ago than 30 days",
    ),
    (
        {"legal": 30},
        {"register": 31},
        "open_charges",
        "stale: register was asked on 2026-05-30, longer ago than 30 days",
    ),
    (
        {"profiles": 30},
        {"register": 31},
        "registered_active",
        "stale: register was asked on 2026-05-30, longer ago than 30 days",
    ),
    (
        {"filings": 30},
        {"register": 31},
        "distress_filings_24m",
        "stale: register was asked on 2026-05-30, longer ago than 30 days",
    ),
    ({"hits": 30}, {"lists": 31}, "watchlist_hits", "stale: lists was asked on 2026-05-30, longer ago than 30 days"),
]


@pytest.mark.parametrize(("limits", "ages", "name", "told"), OLD, ids=[f"{row[0]}-{row[2]}" for row in OLD])
def test_what_depends_on_old_facts_is_unknown_and_says_why(
    limits: dict[str, int], ages: dict[str, int], name: str, told: str
) -> None:
    before = derived(limited(), dossier(ages=ages))[name]
    metric = derived(limited(**limits), dossier(ages=ages))[name]
    assert before.value is not None
    assert (metric.value, metric.stale, metric.unit) == (None, before.value, before.unit)
    assert metric.unknown is not None
    assert metric.unknown.en == told
    assert "已过期" in metric.unknown.zh


@pytest.mark.parametrize(("limits", "ages", "name", "told"), OLD, ids=[f"{row[0]}-{row[2]}" for row in OLD])
def test_a_fact_of_just_the_age_that_is_allowed_counts(
    limits: dict[str, int], ages: dict[str, int], name: str, told: str
) -> None:
    one_more = {kind: days + 1 for kind, days in limits.items()}
    assert derived(limited(**one_more), dossier(ages=ages))[name] == derived(limited(), dossier(ages=ages))[name]


def test_other_metrics_stay_as_they_are() -> None:
    before, after = derived(limited(), dossier()), derived(limited(reports=10), dossier())
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {
        *("credit_score", "bureau_score_position", "bureau_limit", "days_beyond_terms", "late_invoice_share")
    }


def test_a_report_without_a_day_is_as_old_as_its_asking() -> None:
    undated = (*SOUND[:2], report(evidence="e-bureau", reported_on=None))
    assert derived(limited(reports=30), dossier(undated, {"bureau": 30}))["credit_score"].value == Decimal(71)
    assert derived(limited(reports=30), dossier(undated, {"bureau": 31}))["credit_score"].value is None


def test_accounts_of_the_year_before_are_there_to_be_compared_with() -> None:
    year = {"period_start": date(2024, 1, 1), "period_end": date(2024, 12, 31)}
    before = statement(evidence="e-register", currency="GBP", revenue=Decimal(1_000_000), **year)
    growth = derived(limited(statements=200), dossier((*SOUND, before)))["revenue_growth"]
    assert growth.value == Decimal(1)


def test_a_sound_applicant_with_old_facts_goes_to_people_who_see_why() -> None:
    of = dossier(ages={"court": 500})
    assert assessed(limited(), of).route.kind == "fast_track"
    made = assessed(default_policy(), of)
    why = "stale: court was asked on 2025-02-15, longer ago than 400 days"
    assert made.unknowns == ("open_insolvency", "insolvency_history")
    assert made.route.kind == "desk"
    assert why in [reason.en for reason in made.route.reasons]
    assert [(item.code, item.verdict, item.message.en) for item in made.findings] == [
        ("facts.stale", Verdict.UNKNOWN, why)
    ]


def test_the_ages_of_the_default_policy_leave_half_yearly_scores_alone() -> None:
    half_a_year = dict.fromkeys(TOPICS, 190)
    assert assessed(default_policy(), dossier(ages=half_a_year)).route.kind == "fast_track"


@pytest.mark.parametrize(
    ("fact", "criterion"),
    [
        (legal(LegalKind.INSOLVENCY, LegalStatus.OPEN, evidence="e-court"), "open_insolvency"),
        (profile(evidence="e-register", source="other", status=CompanyStatus.DISSOLVED), "struck_off"),
        (hit("X-1", evidence="e-lists", basis="identifier"), "sanctions"),
        (report(evidence="e-bureau", days_beyond_terms=Decimal(45)), "pays_late"),
    ],
    ids=["insolvent", "dissolved", "listed", "late"],
)
def test_what_old_facts_say_against_a_company_is_not_forgotten(fact: AnyFact, criterion: str) -> None:
    facts = (*(item for item in SOUND if item.table != fact.table or fact.table != "credit_report"), fact)
    of = dossier(facts, dict.fromkeys(TOPICS, 50))
    made = assessed(limited(**dict.fromkeys(KINDS, 10)), of)
    (result,) = [item for item in made.criteria if item.id == criterion]
    assert result.verdict is Verdict.FAIL
    assert "stale" in result.message.en


def test_an_old_bad_figure_earns_no_neutral_points() -> None:
    bad = (*SOUND[:2], report(evidence="e-bureau", days_beyond_terms=Decimal(90), late_invoice_share=Decimal("0.9")))
    fresh, old = assessed(limited(), dossier(bad)), assessed(limited(reports=10), dossier(bad))
    points = {part.attribute: part for part in old.parts}
    assert (points["days_beyond_terms"].points, points["days_beyond_terms"].missing) == (Decimal(0), True)
    assert old.score == fresh.score
    good = assessed(limited(reports=10), dossier())
    assert {part.attribute: part.points for part in good.parts}["days_beyond_terms"] == Decimal(12)


def test_what_was_declared_stays_contradicted_by_old_accounts() -> None:
    declared = {"annual_revenue": {"amount": "9000000", "currency": "GBP"}}
    made = assessed(limited(statements=100), dossier(declared=declared))
    assert {item.id: item.verdict for item in made.criteria}["declared_contradictions"] is Verdict.FAIL


EVENTS = [
    legal(LegalKind.INSOLVENCY, LegalStatus.OPEN, evidence="e-court"),
    legal(LegalKind.INSOLVENCY, LegalStatus.UNCLEAR, evidence="e-court", reference="L-2"),
    legal(LegalKind.CHARGE, LegalStatus.OPEN, evidence="e-register", source="register", reference="L-3"),
    hit("X-1", evidence="e-lists"),
    hit("X-2", evidence="e-lists", basis="identifier"),
    profile(evidence="e-bureau", source="bureau", status=CompanyStatus.DISSOLVED),
    profile(evidence="e-bureau", source="bureau", industry_code="us-sic:5411", headcount=3, country="FR"),
    Filing(
        source="register",
        evidence="e-register",
        reference="F-1",
        form="X",
        filed_on=date(2025, 9, 1),
        events=(FilingEvent(kind=EventKind.LATE_FILING, on=date(2025, 9, 1)),),
    ),
]
FIGURES = st.one_of(st.none(), st.integers(-3000, 3000).map(Decimal))
ACCOUNTS = st.fixed_dictionaries(dict.fromkeys(sorted(THOUSANDS), FIGURES))
FACTS = st.builds(
    lambda base, events, accounts, late, days: (
        *(item for item in base if item.table == "company_profile"),
        statement(evidence="e-register", currency="GBP", period_end=AS_OF - timedelta(days=days), **accounts),
        report(evidence="e-bureau", days_beyond_terms=late, reported_on=AS_OF - timedelta(days=days)),
        *events,
    ),
    st.sampled_from([SOUND, ()]),
    st.lists(st.sampled_from(EVENTS), unique_by=id),
    st.one_of(st.just(THOUSANDS), ACCOUNTS),
    FIGURES,
    st.integers(0, 60),
)
LIMITS = st.fixed_dictionaries({}, optional={kind: st.integers(1, 60) for kind in KINDS})
AGES = st.fixed_dictionaries({source: st.integers(0, 60) for source in TOPICS})
RANK = {Verdict.PASS: 0, Verdict.UNKNOWN: 1, Verdict.FAIL: 2}


def seniority(made: Assessment) -> tuple[int, int]:
    bands = [band.name for band in default_policy().approval.bands]
    rank = {"fast_track": 0, "desk": 1, "committee": 2, "knock_out": 3}[made.route.kind]
    return rank, bands.index(made.route.band) if made.route.band else -1


def check_not_better(younger: Assessment, older: Assessment) -> None:
    """What ageing may do: no criterion stands better, no point is won, no route is less senior."""
    before = {item.id: item.verdict for item in younger.criteria}
    for item in older.criteria:
        assert RANK[item.verdict] >= RANK[before[item.id]], item.id
        assert (before[item.id] is Verdict.FAIL) == (item.verdict is Verdict.FAIL), item.id
    assert older.score <= younger.score
    assert older.missing_share >= younger.missing_share
    grades = [grade.name for grade in default_policy().grades]
    assert grades.index(older.grade) >= grades.index(younger.grade)
    assert seniority(older) >= seniority(younger)


@settings(deadline=None)
@given(facts=FACTS, limits=LIMITS, ages=AGES, kind=st.sampled_from(KINDS), shorter=st.integers(1, 60))
def test_a_shorter_limit_never_lets_a_company_stand_better(
    facts: tuple[AnyFact, ...], limits: dict[str, int], ages: dict[str, int], kind: str, shorter: int
) -> None:
    tighter = limits | {kind: min(shorter, limits.get(kind, shorter))}
    of = dossier(facts, ages)
    check_not_better(assessed(limited(**limits), of), assessed(limited(**tighter), of))


@settings(deadline=None)
@given(facts=FACTS, limits=LIMITS, ages=AGES, source=st.sampled_from(sorted(TOPICS)), more=st.integers(0, 100))
def test_an_older_answer_never_lets_a_company_stand_better(
    facts: tuple[AnyFact, ...], limits: dict[str, int], ages: dict[str, int], source: str, more: int
) -> None:
    policy = limited(**limits)
    older = ages | {source: ages[source] + more}
    check_not_better(assessed(policy, dossier(facts, ages)), assessed(policy, dossier(facts, older)))


def test_the_day_of_asking_counts_in_utc() -> None:
    late = datetime.fromisoformat("2026-05-31T23:30:00+00:00")
    items = tuple(item.model_copy(update={"fetched_at": late}) for item in asked())
    of = dossier()._replace(evidence=items)
    assert derived(limited(legal=30), of)["open_insolvency"].value is False
    assert derived(limited(legal=29), of)["open_insolvency"].value is None
