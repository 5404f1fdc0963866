from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.assessment.assessing import Dossier, assess, knocked_out
from admission.assessment.criteria import judge
from admission.assessment.engine.verdicts import applicable
from admission.assessment.record import Assessment
from admission.assessment.routing import choose_route
from admission.assessment.scorecard import score
from admission.cases import CaseKind
from admission.evidence.answers import Answer, Evidence
from admission.evidence.facts import CompanyStatus, Facts, LegalKind, LegalStatus
from admission.evidence.findings import Finding, Validation, Verdict, Weight
from admission.evidence.topics import Topic
from admission.metrics.catalogue import CATALOGUE, Value
from admission.money import Money
from admission.policy import Policy
from tests.admission.build import (
    AS_OF,
    RATES,
    REFERENCE,
    SOUND,
    application,
    default_policy,
    evidence,
    legal,
    metrics,
    profile,
    report,
    requested,
    route_inputs,
    say,
    statement,
)

POLICY = default_policy()
STANDARDS = POLICY.standards("standard")
ALL_TOPICS = (Topic.IDENTITY, Topic.ACCOUNTS, Topic.FILINGS, Topic.CHARGES)
EVIDENCE = (
    evidence("register", topics=ALL_TOPICS),
    evidence("gazette", Answer.NO_RECORD, topics=(Topic.INSOLVENCY,)),
    evidence("court", topics=(Topic.INSOLVENCY,)),
    evidence("lists", Answer.NO_RECORD, topics=(Topic.WATCHLIST,)),
    evidence("bureau", topics=(Topic.CREDIT, Topic.PAYMENT, Topic.WATCHLIST)),
)
THOUSANDS = {
    name: value * 1000
    for name, value in statement(currency="GBP", period_end=date(2025, 12, 31)).model_dump().items()
    if isinstance(value, Decimal)
}
SOUND_FACTS = Facts.of(
    [
        profile(status=CompanyStatus.ACTIVE, incorporated_on=date(1999, 4, 1), accounts_overdue=False),
        statement(currency="GBP", **THOUSANDS),
        statement(currency="GBP", period_start=date(2024, 1, 1), period_end=date(2024, 12, 31), **THOUSANDS),
        report(days_beyond_terms=Decimal(0), late_invoice_share=Decimal("0.02")),
    ]
)


def assessed(
    facts: Facts = SOUND_FACTS,
    items: tuple[Evidence, ...] = EVIDENCE,
    *,
    findings: tuple[Finding, ...] = (),
    spoiled: tuple[str, ...] = (),
    kind: CaseKind = CaseKind.ONBOARDING,
    as_of: date = AS_OF,
    **changes: Any,
) -> Assessment:
    validation = Validation(findings=findings, usable=facts, spoiled=spoiled)
    return assess(Dossier(application(**changes), kind, items, validation), POLICY, RATES, as_of=as_of)


def assess_under(policy: Policy, facts: Facts = SOUND_FACTS, **changes: Any) -> Assessment:
    """Assess a sound company under another policy."""
    dossier = Dossier(application(**changes), CaseKind.ONBOARDING, EVIDENCE, Validation(findings=(), usable=facts))
    return assess(dossier, policy, RATES, as_of=AS_OF)


def without(table: str) -> Facts:
    return SOUND_FACTS.model_copy(update={table: ()})


def test_a_sound_and_small_applicant_is_admitted_by_the_machine() -> None:
    made = assessed()
    assert made.unknowns == ()
    assert {result.verdict for result in made.criteria if not result.not_asked} == {Verdict.PASS}
    assert (made.route.kind, made.grade, made.grade_capped) == ("fast_track", "A", False)
    assert (made.limit.amount, made.limit.binding) == (Decimal(20_000), "need")
    assert (made.terms.days, made.terms.secured, made.review_months) == (30, False, 6)
    assert made.policy == POLICY.pin
    assert made.parsers == dict.fromkeys(("bureau", "court", "gazette", "lists", "register"), "1")
    assert [metric.name for metric in made.metrics] == list(CATALOGUE)


def test_the_same_inputs_give_the_same_assessment_to_the_byte() -> None:
    assert assessed().model_dump_json() == assessed().model_dump_json()
    assert assessed().sha256 == assessed().sha256
    assert Assessment.model_validate_json(assessed().model_dump_json()).sha256 == assessed().sha256


@pytest.mark.parametrize(
    "changes",
    [
        {"as_of": AS_OF + timedelta(days=40)},
        {"requested": {"limit": "20001", "currency": "GBP", "terms_days": 30}},
        {"facts": without("reports")},
        {"items": EVIDENCE[:-1]},
        {"kind": CaseKind.REVIEW},
        {"declared": {"headcount": 120}},
    ],
    ids=["day", "amount", "facts", "evidence", "kind", "declared"],
)
def test_other_inputs_give_another_assessment(changes: dict[str, Any]) -> None:
    assert assessed(**changes).sha256 != assessed().sha256


SILENT = (
    evidence("gazette", Answer.UNAVAILABLE, topics=(Topic.INSOLVENCY,), parser="2", id="ev-later-1"),
    evidence("gazette", Answer.CHANGED, kind="notice", topics=(Topic.INSOLVENCY,), parser="3"),
    evidence("bureau", Answer.REFUSED, topics=(Topic.CREDIT, Topic.PAYMENT), id="ev-later-2"),
)


@given(st.permutations(EVIDENCE + SILENT))
def test_the_order_of_evidence_makes_no_difference(shuffled: list[Evidence]) -> None:
    ordered, turned = assessed(items=EVIDENCE + SILENT), assessed(items=tuple(shuffled))
    assert turned.model_dump_json() == ordered.model_dump_json()


@given(st.permutations(list(SOUND_FACTS.rows())))
def test_the_order_of_facts_makes_no_difference(shuffled: list[Any]) -> None:
    assert assessed(Facts.of(shuffled)).sha256 == assessed().sha256


@pytest.mark.parametrize("place", range(len(EVIDENCE)))
@pytest.mark.parametrize("answer", [Answer.UNAVAILABLE, Answer.CHALLENGED, Answer.SKIPPED, Answer.IN_DOUBT])
def test_one_source_less_leaves_the_case_to_people(place: int, answer: Answer) -> None:
    missing = EVIDENCE[place]
    kept = [item for item in SOUND_FACTS.rows() if item.source != missing.source]
    silent = missing.model_copy(update={"answer": answer, "sha256": None})
    made = assessed(Facts.of(kept), (*EVIDENCE[:place], silent, *EVIDENCE[place + 1 :]))
    assert made.unknowns
    assert made.route.kind in ("desk", "committee")


@pytest.mark.parametrize(
    ("fact", "criterion"),
    [
        (legal(LegalKind.INSOLVENCY, LegalStatus.OPEN), "open_insolvency"),
        (profile(source="other", status=CompanyStatus.DISSOLVED), "struck_off"),
    ],
    ids=["insolvent", "struck-off"],
)
def test_a_knock_out_gives_no_limit_and_no_days(fact: Any, criterion: str) -> None:
    made = assessed(Facts.of([*SOUND_FACTS.rows(), fact]))
    assert made.route.kind == "knock_out"
    assert [result.id for result in made.criteria if result.verdict is Verdict.FAIL and result.effect == "reject"] == [
        criterion
    ]
    assert (made.grade, made.grade_capped) == ("E", True)
    assert (made.limit.amount, made.limit.binding, made.terms.days) == (Decimal(0), "knock_out", 0)


def test_a_company_that_pays_late_gets_secured_terms_only() -> None:
    late = [report(days_beyond_terms=Decimal(45), late_invoice_share=Decimal("0.02"))]
    made = assessed(SOUND_FACTS.model_copy(update={"reports": tuple(late)}))
    assert (made.grade, made.terms.secured, made.terms.until_known) == ("D", True, False)
    assert made.terms.text.en == "fully secured, up to 7 days"
    assert [item.id for item in made.treatments] == ["security", "closer_review"]
    assert made.reasons[0].en == "Days paid beyond terms: 45 (bureau); asked at most 30"


def test_what_keeps_from_being_known_bounds_the_grade_as_what_fails() -> None:
    made = assessed(without("reports"))
    assert "pays_late" in made.unknowns
    assert (made.grade, made.grade_capped, made.terms.secured, made.terms.until_known) == ("D", True, True, False)


def test_an_unknown_that_asks_for_security_secures_too() -> None:
    unbounded = tuple(item.model_copy(update={"best_grade": None}) for item in POLICY.criteria)
    made = assess_under(POLICY.model_copy(update={"criteria": unbounded}), without("reports"))
    assert "pays_late" in made.unknowns
    assert (made.terms.secured, made.terms.until_known) == (True, True)
    assert made.terms.text.en.endswith("; secured only")


NO_BUREAU = (*EVIDENCE[:-1], evidence("bureau", Answer.NOT_CONFIGURED, topics=(Topic.CREDIT, Topic.PAYMENT)))


def test_what_no_source_is_set_up_for_is_listed_apart_and_bars_nothing() -> None:
    """47 points of the accounts and years, neutral ones of ownership (2), judgements (5), lateness (12 and 8)."""
    made = assessed(without("reports"), NO_BUREAU)
    noted = [item for item in made.criteria if item.not_asked]
    assert [item.id for item in noted][:3] == ["pays_late", "bureau_lends", "pays_slowly"]
    assert noted[0].message.en == "Days paid beyond terms: not asked, no source for it is set up"
    assert made.unknowns == ()
    assert (made.score, made.grade, made.grade_capped) == (Decimal(74), "B", False)
    assert (made.route.kind, made.terms.secured) == ("fast_track", False)


def test_cover_lifts_a_limit_and_the_terms_say_the_part_that_needs_none() -> None:
    """A tenth of a worth of 57 500 is 5 750; a twentieth of 200 000 is more. Without the year before nobody is A."""
    small = {name: value / 10 for name, value in THOUSANDS.items()}
    accounts = statement(currency="GBP", period_end=date(2025, 12, 31), **small)
    asked = {"limit": "20000", "currency": "GBP", "terms_days": 30, "cover": "15000"}
    made = assessed(SOUND_FACTS.model_copy(update={"statements": (accounts,)}), requested=asked)
    assert (made.grade, made.limit.amount, made.limit.binding) == ("B", Decimal(15_000), "cover")
    assert (made.terms.secured, made.terms.open_limit) == (False, Decimal(5_750))
    assert made.terms.text.en.endswith("; beyond 5,750 GBP against cover only")
    assert made.terms.text.zh.endswith("；超过 5,750 GBP 的部分须有担保")


def test_terms_are_the_shorter_of_what_is_asked_and_what_the_grade_gives() -> None:
    asked = {"limit": "20000", "currency": "GBP"}
    assert assessed(requested=asked | {"terms_days": 90}).terms.days == 60
    assert assessed(requested=asked | {"terms_days": 7}).terms.days == 7


NOTHING_LENT = SOUND_FACTS.model_copy(
    update={"reports": (report(limit=Money(amount=Decimal(0), currency="GBP"), days_beyond_terms=Decimal(0)),)}
)


def test_a_bureau_that_lends_nothing_leaves_the_starter_cap() -> None:
    """5 000 USD at 1.25, against security alone, and at grade C: whoever recommends nothing has a reason."""
    made = assessed(NOTHING_LENT)
    assert (made.limit.amount, made.limit.binding, made.terms.days) == (Decimal(4_000), "starter_cap", 14)
    assert (made.grade, made.terms.secured, made.route.kind) == ("C", True, "desk")


def test_no_credit_leaves_no_days() -> None:
    no_starter = POLICY.limit.model_copy(update={"starter_cap": None})
    made = assess_under(POLICY.model_copy(update={"limit": no_starter}), NOTHING_LENT)
    assert (made.limit.amount, made.limit.binding, made.terms.days) == (Decimal(0), "bureau_limit", 0)


def test_a_failed_check_of_the_data_leaves_the_case_to_people() -> None:
    wrong = Finding(code="statement.balance", verdict=Verdict.FAIL, weight=Weight.WARNING, message=say("no balance"))
    made = assessed(findings=(wrong,))
    assert (made.route.kind, [reason.en for reason in made.route.reasons]) == ("desk", ["no balance"])


def test_a_declared_contradiction_is_a_finding_of_the_assessment() -> None:
    made = assessed(declared={"headcount": 900})
    assert [(finding.code, finding.verdict) for finding in made.findings] == [("declared.headcount", Verdict.FAIL)]
    assert made.route.kind == "desk"


@pytest.mark.parametrize(
    ("country", "kind", "held", "not_held"),
    [
        ("GB", CaseKind.ONBOARDING, "accounts_overdue", "dishonest_debtor"),
        ("CN", CaseKind.ONBOARDING, "dishonest_debtor", "accounts_overdue"),
        ("GB", CaseKind.REVIEW, "own_overdue", "dishonest_debtor"),
        ("US", CaseKind.ONBOARDING, "sanctions", "own_overdue"),
    ],
)
def test_criteria_hold_for_their_countries_and_kinds(country: str, kind: CaseKind, held: str, not_held: str) -> None:
    names = [item.id for item in applicable(STANDARDS, "standard", country, kind, None)]
    assert held in names
    assert not_held not in names


KNOCKED: list[tuple[str, dict[str, Value], list[str]]] = [
    ("nothing-known", {}, []),
    ("sound", SOUND, []),
    ("insolvent", {"open_insolvency": True}, ["open_insolvency"]),
    ("refer-only", {"strike_off_proposed": True, "watchlist_hits": Decimal(3)}, []),
    ("both", {"registered_active": False, "watchlist_confirmed": Decimal(1)}, ["sanctions", "struck_off"]),
]


@pytest.mark.parametrize(("values", "ids"), [row[1:] for row in KNOCKED], ids=[row[0] for row in KNOCKED])
def test_only_what_clearly_fails_knocks_out_early(values: dict[str, Value], ids: list[str]) -> None:
    results = knocked_out(POLICY, application(), CaseKind.ONBOARDING, metrics(values), REFERENCE)
    assert [result.id for result in results] == ids


def test_the_prescreen_knocks_out_by_its_own_knock_outs_alone() -> None:
    early = [item.model_copy(update={"prescreen": item.effect != "reject"}) for item in POLICY.criteria]
    policy = POLICY.model_copy(update={"criteria": tuple(early)})
    failing: dict[str, Value] = {"open_insolvency": True, "strike_off_proposed": True}
    assert knocked_out(policy, application(), CaseKind.ONBOARDING, metrics(failing), REFERENCE) == ()


def seniority(values: dict[str, Value], amount: str) -> tuple[int, int]:
    """How senior the route of these metrics is: who decides, and in which band."""
    found = metrics(values, set_up=True)
    results = judge(applicable(STANDARDS, "standard", "GB", CaseKind.ONBOARDING, None), found, REFERENCE)
    grade = score(POLICY, found).grade.name
    route = choose_route(route_inputs(POLICY, grade, requested(amount), results=results))
    bands = [band.name for band in POLICY.approval.bands]
    rank = {"fast_track": 0, "desk": 1, "committee": 2, "knock_out": 3}[route.kind]
    return rank, bands.index(route.band) if route.band else -1


JUDGED = {item.metric: item for item in applicable(STANDARDS, "standard", "GB", CaseKind.ONBOARDING, None)}


@pytest.mark.parametrize("name", sorted(JUDGED))
def test_one_unknown_among_sound_figures_ends_the_fast_track(name: str) -> None:
    assert seniority(SOUND, "20000") == (0, -1)
    assert seniority({metric: value for metric, value in SOUND.items() if metric != name}, "20000") >= (1, 0)


NUMBERS = st.decimals(-1000, 1000, places=2)


@given(
    name=st.sampled_from(sorted(JUDGED)),
    others=st.fixed_dictionaries(
        {},
        optional={
            metric: st.booleans() if CATALOGUE[metric].kind == "flag" else NUMBERS
            for metric in sorted({*JUDGED, *(part.metric for part in POLICY.scorecard.attributes)})
        },
    ),
    base=st.sampled_from([SOUND, {}]),
    amount=st.sampled_from(["1000", "25000", "100000", "400000", "900000", "2000000"]),
    value=NUMBERS,
)
def test_an_unknown_never_gives_a_less_senior_route_than_a_passing_value(
    name: str, others: dict[str, Value], base: dict[str, Value], amount: str, value: Decimal
) -> None:
    rest: dict[str, Value] = {metric: other for metric, other in (base | others).items() if metric != name}
    rule = JUDGED[name]
    passing: list[Value] = [True, False] if CATALOGUE[name].kind == "flag" else [value, Decimal(str(rule.value or 0))]
    for given_value in passing:
        with_value = rest | {name: given_value}
        (result,) = judge([rule], metrics(with_value, set_up=True), REFERENCE)
        if result.verdict is Verdict.PASS:
            assert seniority(rest, amount) >= seniority(with_value, amount)
