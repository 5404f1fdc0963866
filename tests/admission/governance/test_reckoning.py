"""What a stored case is reckoned to be is what assessing it made of it, under any policy."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from admission.application import Application
from admission.assessment.assessing import Dossier, assess
from admission.assessment.engine.caps import capped_names
from admission.assessment.exposure import ExposureLedger
from admission.assessment.record import Assessment, Override
from admission.cases import CaseKind
from admission.customers.experience import DecisionSnapshot, snapshot_of
from admission.customers.snapshot_text import circumstances_text, metrics_text, read_circumstances, read_metrics
from admission.evidence.answers import Answer, Evidence
from admission.evidence.facts import AnyFact, CompanyStatus, Facts
from admission.evidence.findings import Finding, Validation, Verdict, Weight
from admission.governance.reckoning import Reckoned, Reckoner, figures_of, rule_names
from admission.metrics.industry import Benchmark, IndustryTables
from admission.money import Exchange, Rate, RateTable
from admission.policy import AmountRange, Appetite, Caps, Criterion, LimitRule, MaxAge, Policy, Quartile, When
from tests.admission.build import (
    AS_OF,
    NOW,
    application,
    customer,
    default_policy,
    profile,
    report,
    say,
    shipped_policies,
    statement,
)
from tests.admission.metrics.test_ages import SOUND, THOUSANDS, asked
from tests.conftest import TIMES

RATES = RateTable(
    [
        Rate(currency="GBP", to="USD", on=date(2026, 6, 1), per_unit=Decimal("1.25")),
        Rate(currency="CNY", to="GBP", on=date(2026, 6, 1), per_unit=Decimal("0.11")),
        Rate(currency="CNY", to="USD", on=date(2026, 6, 1), per_unit=Decimal("0.14")),
    ]
)
TABLES = IndustryTables(
    benchmarks=tuple(
        Benchmark(
            code="uk-sic:47",
            metric=metric,
            q1=Decimal("0.2"),
            median=Decimal("0.6"),
            q3=Decimal(2),
            source="trade body",
            date=date(2026, 1, 1),
        )
        for metric in ("current_ratio", "equity_ratio")
    )
)
CAPS = Caps.model_validate(
    {
        "total": "90000",
        "group": "30000",
        "grade": {"A": "500000", "B": "40000"},
        "segment": {"standard": "90000"},
        "country": {"GB": "50000"},
        "industry": {"uk-sic:4": "45000", "uk-sic:47": "40000"},
    }
)
MAX_AGE = MaxAge(statements=200, reports=40, legal=30)


def changed(policy: Policy, **changes: Any) -> Policy:
    """The policy with ages as all have them, for a snapshot's metrics are those of its own policy's ages."""
    return policy.model_copy(update={"max_age": MAX_AGE, **changes})


def quartile_rule(name: str, metric: str) -> Criterion:
    values: dict[str, Any] = {"metric": metric, "comparison": "at_least", "value": Quartile(quartile="median")}
    changes = {"id": name, "effect": "secured_only", "reason": say(name), "prescreen": False, "unit": "", **values}
    return default_policy().criteria[0].model_copy(update=changes)


def everything() -> Policy:
    """A policy in which each rule there is comes up: effects, quartiles, amounts, methods, caps, security."""
    policy = default_policy()
    effects = {"years_trading": "committee", "strike_off_proposed": "hold", "accounts_age": "secured_only"}
    unknown = {"insolvency_history": "hold", "distress_filings": "committee"}
    own = [
        item.model_copy(
            update={
                "effect": effects.get(item.id, item.effect),
                "on_unknown": unknown.get(item.id, item.on_unknown),
                "when": When(amount=AmountRange(above=Decimal(10_000))) if item.id == "accounts_overdue" else item.when,
            }
        )
        for item in policy.criteria
    ]
    factors = {"A": "1.5", "B": "1", "C": "0.8", "D": "0.6", "E": "0"}
    rule = {"sales_factors": factors, "vat_share": "0.13", "trade_references": 2, "concentration_cap": "70000"}
    track = policy.approval.fast_track.model_copy(update={"grades": ("A", "B", "C"), "up_to": Decimal(10**6)})
    quartiles = (quartile_rule("current_median", "current_ratio"), quartile_rule("equity_median", "equity_ratio"))
    return changed(
        policy,
        criteria=(*own, *quartiles),
        limit=LimitRule.model_validate(policy.limit.model_dump() | rule),
        appetite=Appetite(caps=CAPS),
        approval=policy.approval.model_copy(update={"fast_track": track, "override_level_up": 2}),
    )


POLICIES = {
    "everything": everything(),
    **{policy.name: changed(policy) for policy in shipped_policies()},
    "capped": changed(default_policy(), appetite=Appetite(caps=Caps(total=Decimal(50_000), group=Decimal(20_000)))),
}
CUSTOMERS = [
    customer("a", "20000", application=application(group="Alder")),
    customer("b", "9000", "GBP", grade="A", industry_code="uk-sic:47110"),
    customer("own", "12000", "GBP", application=application(group="alder")),
]
WITHOUT_RATE = [*CUSTOMERS, customer("c", "5000", "JPY", country="FR", industry_code="")]
AMOUNT = st.sampled_from(["900", "20000", "24000", "90000", "700000"])
CURRENCY = st.sampled_from(["GBP", "GBP", "USD", "CNY", "JPY"])
REFERENCE = st.builds(
    lambda amount, currency: {"supplier": "S", "limit": {"amount": amount, "currency": currency}}, AMOUNT, CURRENCY
)
ASKED = st.builds(
    lambda given, requested, references, headcount: application(
        **given,
        requested={"terms_days": 30, **requested},
        declared={"trade_references": references, "headcount": headcount},
    ),
    st.fixed_dictionaries(
        {"segment": st.sampled_from(["standard", "micro", "newly_founded"]), "country": st.sampled_from(["GB", "CN"])},
        optional={"group": st.just("ALDER")},
    ),
    st.fixed_dictionaries(
        {"limit": AMOUNT, "currency": CURRENCY},
        optional={"annual_sales": st.sampled_from(["36500", "900000"]), "cover": st.sampled_from(["400", "12000"])},
    ),
    st.lists(REFERENCE, max_size=3),
    st.sampled_from([None, 120, 900]),
)
FIGURES = st.fixed_dictionaries(
    {},
    optional={name: st.sampled_from([None, Decimal(-5), Decimal(90), value * 3]) for name, value in THOUSANDS.items()},
)
FACTS = st.builds(
    lambda kept, figures, currency, days, late, status: (
        *((profile(evidence="e-register", status=status, industry_code="uk-sic:47110"),) if kept[0] else ()),
        *((statement(evidence="e-register", currency=currency, **{**THOUSANDS, **figures}),) if kept[1] else ()),
        *((report(evidence="e-bureau", reported_on=AS_OF - timedelta(days=days), days_beyond_terms=late),) * kept[2]),
    ),
    st.tuples(*[st.sampled_from([True, True, True, False])] * 3),
    st.one_of(st.just({}), FIGURES),
    CURRENCY,
    st.sampled_from([10, 60]),
    st.sampled_from([None, Decimal(-2), Decimal(0), Decimal(12), Decimal(45)]),
    st.sampled_from([CompanyStatus.ACTIVE] * 3 + [CompanyStatus.DISSOLVED]),
)
ANSWER = st.sampled_from([None] * 6 + [Answer.UNAVAILABLE, Answer.SKIPPED])
ANSWERS = st.builds(
    lambda answers, ages: tuple(
        item if answer is None else item.model_copy(update={"answer": answer, "sha256": None})
        for item, answer in zip(asked(ages), answers, strict=True)
    ),
    st.tuples(ANSWER, ANSWER, ANSWER, ANSWER),
    st.sampled_from([{}, {}, {"court": 31}]),
)
NAMES = ["pays_late", "years_trading", "registry_verified", "open_insolvency", "current_median"]
FINDING = Finding(code="statement.balance", verdict=Verdict.FAIL, weight=Weight.WARNING, message=say("no balance"))


def override(criterion: str) -> Override:
    return Override(
        company_key="own",
        criterion=criterion,
        reason="known for years",
        until=date(2026, 12, 31),
        by="ana",
        at=NOW,
        case="GH-2026-000001",
        confirmed_by="bo",
        confirmed_at=NOW,
    )


def dossier_of(
    asked_for: Application,
    kind: CaseKind,
    facts: tuple[AnyFact, ...],
    answers: tuple[Evidence, ...],
    findings: tuple[Finding, ...],
    overrides: list[str],
    reopened: bool,
    counted: str,
) -> Dossier:
    """A case as it is assessed, its exposure counted for all caps, for some, or not at all."""
    ledger = ExposureLedger(WITHOUT_RATE if counted == "lacking" else CUSTOMERS)
    caps = {} if counted == "none" else capped_names(Caps(total=Decimal(1)) if counted == "total" else CAPS)
    group = asked_for.group
    return Dossier(
        asked_for,
        kind,
        answers,
        Validation(findings=findings, usable=Facts.of(facts)),
        overrides=tuple(map(override, overrides)),
        reopened=reopened,
        group_exposure=ledger.sum_group(group, "own", Exchange(RATES, "USD", AS_OF)) if group and caps else None,
        industry=TABLES,
        exposure=ledger.sum_others("own", caps) if caps else None,
    )


DOSSIERS = st.builds(
    dossier_of,
    ASKED,
    st.sampled_from(list(CaseKind)),
    st.one_of(st.just(SOUND), FACTS),
    st.one_of(st.just(asked()), ANSWERS),
    st.sampled_from([(), (), (FINDING,)]),
    st.lists(st.sampled_from(NAMES), max_size=2, unique=True),
    st.sampled_from([False] * 5 + [True]),
    st.sampled_from(["all", "all", "lacking", "total", "none"]),
)


def kept(dossier: Dossier, made: Assessment, policy: Policy) -> DecisionSnapshot:
    """What the casebook gives back of a case."""
    exchange = Exchange(RATES, policy.house_currency, AS_OF)
    known = snapshot_of("GH-2026-000001", 1, dossier, made, exchange)
    rest = read_circumstances(circumstances_text(known))
    return known._replace(metrics=read_metrics(metrics_text(known.metrics)), **rest._asdict())


def told(made: Assessment, policy: Policy) -> Reckoned:
    """What assessing made of a case, in the shape of what is reckoned."""
    exchange = Exchange(RATES, policy.house_currency, AS_OF)
    return Reckoned(
        made.route.kind,
        made.route.band,
        made.grade,
        made.score,
        made.limit.amount,
        exchange.convert(made.limit.amount, made.limit.currency),
        tuple((item.id, item.verdict) for item in made.criteria if item.verdict is not Verdict.PASS),
        made.terms.days,
        made.terms.secured,
    )


@pytest.mark.parametrize("under", POLICIES)
@pytest.mark.parametrize("then", ["everything", "default"])
@settings(max_examples=20 * TIMES)
@given(dossier=DOSSIERS)
def test_a_stored_case_is_reckoned_as_it_would_be_assessed(under: str, then: str, dossier: Dossier) -> None:
    policy, other = POLICIES[then], POLICIES[under]
    snapshot = kept(dossier, assess(dossier, policy, RATES, as_of=AS_OF), policy)
    expected = told(assess(dossier, other, RATES, as_of=AS_OF), other)
    assert Reckoner(other, RATES, TABLES).reckon(figures_of(snapshot), AS_OF) == expected
    decided = told(assess(dossier, policy, RATES, as_of=AS_OF), policy)
    assert Reckoner(policy, RATES, TABLES).decided(snapshot, decided) is decided
    otherwise = Reckoner(policy, RATES, TABLES).decided(snapshot, decided._replace(grade="?"))
    assert otherwise == decided


def sound_dossier(facts: tuple[AnyFact, ...] = SOUND, **changes: Any) -> Dossier:
    """A company of which all is well, for which each rule of the shipped policies is passed."""
    usable = Validation(findings=(), usable=Facts.of(facts))
    return Dossier(application(**changes), CaseKind.ONBOARDING, asked(), usable)


def known(facts: tuple[AnyFact, ...] = SOUND, **changes: Any) -> DecisionSnapshot:
    policy, dossier = default_policy(), sound_dossier(facts, **changes)
    return kept(dossier, assess(dossier, policy, RATES, as_of=AS_OF), policy)


def with_first(policy: Policy, **changes: Any) -> Policy:
    """The policy with one criterion changed, which companies fail, pass and leave open."""
    first = next(item for item in policy.criteria if item.id == "years_trading")
    others = tuple(item for item in policy.criteria if item is not first)
    return policy.model_copy(update={"criteria": (first.model_copy(update=changes), *others)})


def with_segment(policy: Policy, **changes: Any) -> Policy:
    """The policy with one segment changed."""
    micro = policy.segments["micro"].model_copy(update=changes)
    return policy.model_copy(update={"segments": {**policy.segments, "micro": micro}})


def beside(policy: Policy) -> dict[str, Policy]:
    """A policy, and others that differ from it in one respect each."""
    approval = policy.approval
    no_track = approval.fast_track.model_copy(update={"grades": ()})
    return {
        "itself": policy,
        "stricter": with_first(policy, effect="reject"),
        "another bound": with_first(policy, value=Decimal(0)),
        "by amount": with_first(policy, when=When(amount=AmountRange(above=Decimal(10_000)))),
        "one less": policy.model_copy(update={"criteria": policy.criteria[1:]}),
        "one more": policy.model_copy(
            update={"criteria": (*policy.criteria, quartile_rule("cash_median", "cash_ratio"))}
        ),
        "another order": policy.model_copy(update={"criteria": policy.criteria[::-1]}),
        "a segment's floor": with_segment(policy, best_grade="C"),
        "a segment's terms": with_segment(policy, max_terms_days=7),
        "a segment scores less": with_segment(policy, not_scored=("current_ratio",)),
        "no fast track": policy.model_copy(
            update={"approval": approval.model_copy(update={"fast_track": no_track})},
        ),
        "other caps": policy.model_copy(update={"appetite": Appetite(caps=Caps(total=Decimal(1)))}),
    }


BASES = {name: with_first(POLICIES[name]) for name in ("everything", "default")}


@pytest.mark.parametrize("name", BASES)
@pytest.mark.parametrize("other", beside(BASES["default"]))
@settings(max_examples=20 * TIMES)
@given(dossier=DOSSIERS)
@example(dossier=sound_dossier())
def test_what_is_told_to_be_the_same_is_the_same(name: str, other: str, dossier: Dossier) -> None:
    """A comparison reckons a case once where it can tell that both policies make the same of it."""
    before, after = BASES[name], beside(BASES[name])[other]
    snapshot = kept(dossier, assess(dossier, before, RATES, as_of=AS_OF), before)
    figures = figures_of(snapshot)
    one = Reckoner(before, RATES, TABLES)
    made = one.reckon(figures, AS_OF)
    if Reckoner(after, RATES, TABLES, beside=one).makes_the_same(figures, AS_OF, made):
        assert Reckoner(after, RATES, TABLES).reckon(figures, AS_OF) == made


def test_a_case_is_told_to_be_the_same_unless_what_was_changed_stands_against_it() -> None:
    policy = BASES["default"]
    stricter, older = with_first(policy, effect="reject"), with_first(policy, value=Decimal(200))
    figures = figures_of(known())
    before = Reckoner(policy, RATES, TABLES)
    made = before.reckon(figures, AS_OF)
    assert "years_trading" not in dict(made.against)
    others = [Reckoner(one, RATES, TABLES, beside=before) for one in (policy, stricter, older)]
    assert [one.makes_the_same(figures, AS_OF, made) for one in others] == [True, True, False]
    assert not Reckoner(policy, RATES, TABLES).makes_the_same(figures, AS_OF, made)


def route(snapshot: DecisionSnapshot, policy: Policy | None = None) -> str:
    return Reckoner(policy or default_policy(), RATES).reckon(figures_of(snapshot), AS_OF).route


def test_a_silent_source_or_a_failed_check_leaves_the_case_to_people() -> None:
    snapshot = known()
    assert route(snapshot) == "fast_track"
    assert route(snapshot._replace(silent_source=True)) == "desk"
    assert route(snapshot._replace(failed_finding=True)) == "desk"


def test_a_case_of_which_no_more_is_known_has_unknown_caps_and_withheld_nothing() -> None:
    snapshot = known(SOUND[:1])._replace(circumstances=None, not_asked=frozenset())
    capped = POLICIES["capped"]
    assert route(snapshot, capped) == "committee"
    grades = [
        Reckoner(default_policy(), RATES).reckon(figures_of(case), AS_OF).grade
        for case in (snapshot, snapshot._replace(silent_source=True))
    ]
    assert grades[0] > grades[1]


def test_exposure_is_told_in_the_currency_of_the_comparison() -> None:
    snapshot = known()
    pounds = Reckoner(default_policy(), RATES, currency="GBP").reckon(figures_of(snapshot), AS_OF)
    dollars = Reckoner(default_policy(), RATES).reckon(figures_of(snapshot), AS_OF)
    assert (pounds.exposure, dollars.exposure) == (pounds.limit, pounds.limit * Decimal("1.25"))


def test_the_rules_of_a_policy_are_its_criteria_and_its_kinds_of_cap() -> None:
    names = rule_names(POLICIES["capped"])
    assert names[-1] == "cap_total"
    assert names[:-1] == tuple(item.id for item in default_policy().all_criteria)
