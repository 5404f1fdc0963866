"""Every policy that comes with the house: it loads, its figures have sources, and it judges best and unknown."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from admission.assessment.assessing import Dossier, assess
from admission.assessment.record import Assessment
from admission.assessment.scorecard import score
from admission.cases import CaseKind
from admission.evidence.facts import Facts, Judgement, LegalKind, LegalStatus
from admission.evidence.findings import Validation
from admission.metrics.catalogue import JUDGED
from admission.money import Money, RateTable
from admission.policy import Policy, load_policy
from tests.admission.assessment.test_assessing import SOUND_FACTS, assess_under
from tests.admission.build import AS_OF, SOUND, application, legal, metrics, shipped_policies, statement

POLICIES = {policy.name: policy for policy in shipped_policies()}
CHINESE = POLICIES["cn-manufacturing"]
HEALTHY = {
    **SOUND,
    "return_on_assets": Decimal("0.2"),
    "revenue_growth": Decimal("0.3"),
    "debt_ratio": Decimal("0.25"),
    "quick_ratio": Decimal("1.5"),
    **dict.fromkeys(JUDGED, Decimal(2)),
}


NOTHING_SET_UP = {"default": "E", "cn-manufacturing": "C"}


def test_there_are_two() -> None:
    assert list(POLICIES) == ["cn-manufacturing", "default"]


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_it_survives_its_own_writing(policy: Policy) -> None:
    assert load_policy(policy.model_dump(mode="json")).sha256 == policy.sha256


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_the_best_company_has_the_best_grade_and_an_unknown_one_none(policy: Policy) -> None:
    best, unknown = score(policy, metrics(HEALTHY)), score(policy, metrics({}, set_up=True))
    assert best.total >= 95
    assert (best.grade, unknown.grade) == (policy.grades[0], policy.grades[-1])
    assert all(part.missing for part in unknown.parts)


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_nothing_known_is_left_to_people_without_credit(policy: Policy) -> None:
    dossier = Dossier(application(), CaseKind.ONBOARDING, (), Validation(findings=(), usable=Facts()))
    made = assess(dossier, policy, RateTable(), as_of=AS_OF)
    assert made.route.kind in ("desk", "committee")
    # Nobody was asked about the record of payment and the years: those points stay neutral, 27 of 100 in the default.
    assert (made.limit.amount, made.grade) == (Decimal(0), NOTHING_SET_UP[policy.name])
    assert made.reasons


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_every_figure_names_its_source_and_every_text_has_chinese(policy: Policy) -> None:
    sources = [item.source for item in policy.all_criteria] + [item.source for item in policy.scorecard.attributes]
    sources += [policy.limit.source, policy.approval.source]
    assert all(source[:3] in ("[P]", "[S]", "[M]", "[U]") for source in sources)
    texts = [item.reason for item in policy.all_criteria] + [item.terms_text for item in policy.grades]
    texts += [item.title for item in policy.scorecard.attributes] + [item.text for item in policy.outside]
    texts += [text for item in policy.treatments for text in (item.text, item.clause)]
    assert all(text.en and any("\u4e00" <= character <= "\u9fff" for character in text.zh) for text in texts)


ASKED = {"limit": "500000", "currency": "CNY", "terms_days": 60, "annual_sales": "3600000"}
GOOD = SOUND_FACTS.model_copy(
    update={
        "reports": tuple(
            item.model_copy(update={"limit": Money(amount=Decimal(900_000), currency="CNY")})
            for item in SOUND_FACTS.reports
        ),
        "statements": (
            statement(currency="CNY", net_income=Decimal(160), total_liabilities=Decimal(250), equity=Decimal(750)),
            statement(
                period_start=date(2024, 1, 1), period_end=date(2024, 12, 31), currency="CNY", revenue=Decimal(1500)
            ),
        ),
        "judgements": tuple(
            Judgement(source="people", aspect=aspect, points=2, note="x", by="seller", department="sales", on=AS_OF)
            for aspect in JUDGED
        ),
    }
)


def chinese(segment: str = "standard", facts: Facts = GOOD) -> Assessment:
    return assess_under(CHINESE, facts, country="CN", identifiers={}, segment=segment, requested=ASKED)


def test_a_chinese_limit_is_monthly_sales_times_period_times_coefficient() -> None:
    made = chinese()
    assert made.grade in ("AAA", "AA")
    factor = {"AAA": Decimal("1.5"), "AA": Decimal(1)}[made.grade]
    bounds = {bound.name: bound.amount for bound in made.limit.bounds}
    assert bounds["sales"] == 300_000 * 2 * factor
    assert (made.limit.amount, made.limit.binding) == (Decimal(500_000), "need")


def test_a_newcomer_is_at_best_an_a_and_a_first_order_is_not_on_credit() -> None:
    newcomer, first = chinese("new_customer"), chinese("first_order")
    assert (newcomer.grade, newcomer.grade_capped, newcomer.terms.days) == ("A", True, 30)
    assert newcomer.limit.amount == Decimal(240_000)
    assert (first.grade, first.limit.amount, first.limit.binding, first.terms.days) == ("A", Decimal(0), "need", 0)
    assert CHINESE.standards("first_order").best_grade == "A"


def test_a_dishonest_debtor_is_vetoed_and_one_that_was_removed_is_not() -> None:
    for status, kind in ((LegalStatus.OPEN, "knock_out"), (LegalStatus.CLOSED, "committee")):
        # To the committee, since nobody looked for consumption limits.
        record = legal(LegalKind.DISHONEST_DEBTOR, status)
        assert chinese(facts=GOOD.model_copy(update={"legal": (record,)})).route.kind == kind


def test_the_salesperson_proposes_and_sales_manager_and_general_manager_decide() -> None:
    last = CHINESE.approval.bands[-1]
    assert [stage.title.zh for stage in last.stages][0::2] == ["业务经理审核", "总经理审批"]
    assert CHINESE.approval.fast_track.grades == ()
