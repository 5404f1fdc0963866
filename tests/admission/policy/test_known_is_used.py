"""What is known is used: judgments, a bottom score or a collapse of revenue stop a company of the best figures."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from admission.assessment.engine.case import ReferenceData
from admission.assessment.engine.rulebook import Reckoning, rulebook_of
from admission.evidence.findings import Verdict
from admission.metrics.catalogue import CATALOGUE, Metric, Value
from admission.policy import Policy
from intake.policies import read_policy
from tests.admission.build import DEFAULT_POLICY, EXCHANGE, SOUND, application, case_figures, metrics

D = Decimal
POLICIES = {policy.name: policy for policy in map(read_policy, sorted(DEFAULT_POLICY.parent.glob("*.yaml")))}
# A company of grade A or AAA of whom everything is known, and clean.
CLEAN: dict[str, Value] = {
    **SOUND,
    "debt_ratio": D("0.2"),
    "quick_ratio": D("1.5"),
    "return_on_assets": D("0.2"),
    "net_income": D(180_000),
    "ownership_stable": True,
    "receivable_days": D(45),
    "negative_cash_flow_years": D(0),
    "debt_ratio_change_2y": D(0),
    "gross_margin_change_2y": D(0),
    "lawsuits_to_equity": D(0),
    "uninsured_after_3y": False,
    "commercial_paper_overdue": False,
    "paid_in_capital": D(5_000_000),
    "paid_in_share": D(1),
    "legal_representative_changes_12m": D(0),
    "owner_changes_12m": D(0),
    "annual_overdue_count": D(0),
    "penalties_36m": D(0),
    "dishonest_debtor": False,
    "consumption_limit": False,
    "abnormal_operations": False,
    "open_enforcement": D(0),
    **dict.fromkeys(
        ("market_position", "competitive_edge", "management_quality", "growth_potential", "cooperation_so_far"), D(2)
    ),
}


def reckoned(
    policy: Policy, changes: Mapping[str, Value] | None = None, without: tuple[str, ...] = (), country: str = "GB"
) -> Reckoning:
    values = {name: value for name, value in {**CLEAN, **(changes or {})}.items() if name not in without}
    found: dict[str, Metric] = metrics(values, unit=policy.house_currency)
    asked: dict[str, Any] = {"limit": "20000", "currency": policy.house_currency, "terms_days": 30}
    case = case_figures(application(country=country, identifiers={}, requested=asked), found, EXCHANGE)
    return rulebook_of(policy).reckon(case, ReferenceData(EXCHANGE))


def failed(outcome: Reckoning) -> set[str]:
    return {item.id for item in outcome.against if item.verdict is Verdict.FAIL}


def test_the_clean_company_passes_alone_at_the_best_grade() -> None:
    clean = reckoned(POLICIES["default"])
    assert (clean.points.grade.name, clean.route.kind, failed(clean)) == ("A", "fast_track", set())


STOPPED: list[tuple[str, dict[str, Value], set[str]]] = [
    ("twelve-judgments", {"open_judgments": D(12)}, {"open_judgments", "many_judgments"}),
    ("one-judgment", {"open_judgments": D(1)}, {"open_judgments"}),
    ("judgments-of-a-fifth-of-equity", {"judgments_to_equity": D("0.2")}, {"judgments_to_equity"}),
    ("score-5-of-100", {"bureau_score_position": D("0.040404")}, {"bureau_score_low", "bureau_score_lowest"}),
    ("revenue-down-60-percent", {"revenue_growth": D("-0.6")}, {"revenue_collapse"}),
    ("new-auditor", {"auditor_changes_24m": D(1)}, {"auditor_change"}),
    ("asks-for-a-third-of-turnover", {"requested_to_revenue": D("0.33")}, {"request_to_turnover"}),
    ("asks-for-more-than-half-its-worth", {"requested_to_net_worth": D("0.6")}, {"request_to_net_worth"}),
    ("new-board", {"new_directors_12m": D(3)}, {"new_directors"}),
]


@pytest.mark.parametrize("name", POLICIES)
@pytest.mark.parametrize(("changes", "ids"), [row[1:] for row in STOPPED], ids=[row[0] for row in STOPPED])
def test_none_passes_without_a_person(name: str, changes: dict[str, Value], ids: set[str]) -> None:
    stopped = reckoned(POLICIES[name], changes)
    assert failed(stopped) == ids
    assert stopped.route.kind != "fast_track"


@pytest.mark.parametrize(
    ("changes", "grade"),
    [
        ({"open_judgments": D(12)}, "C"),
        ({"open_judgments": D(1)}, "B"),
        ({"bureau_score_position": D("0.04")}, "C"),
        ({"revenue_growth": D("-0.6")}, "B"),
    ],
)
def test_the_grade_is_bounded(changes: dict[str, Value], grade: str) -> None:
    assert reckoned(POLICIES["default"], changes).points.grade.name == grade


def test_an_impairment_stops_a_company_of_the_united_states() -> None:
    assert failed(reckoned(POLICIES["default"], {"impairments_24m": D(1)}, country="US")) == {"impairment"}
    assert failed(reckoned(POLICIES["default"], {"impairments_24m": D(1)})) == set()


@pytest.mark.parametrize("metric", ["revenue_growth", "requested_to_revenue", "requested_to_net_worth"])
def test_hiding_what_the_applicant_could_tell_is_no_way_round(metric: str) -> None:
    hidden = reckoned(POLICIES["default"], without=(metric,))
    assert hidden.route.kind != "fast_track"


CHINESE: list[tuple[str, dict[str, Value], set[str]]] = [
    ("slow-customers", {"receivable_days": D(200)}, {"receivable_days"}),
    ("cash-flows-out-three-years", {"negative_cash_flow_years": D(3)}, {"cash_flow_years"}),
    ("two-years-pass", {"negative_cash_flow_years": D(2)}, set()),
    ("debt-rises", {"debt_ratio_change_2y": D("0.2")}, {"debt_ratio_trend"}),
    ("margin-falls", {"gross_margin_change_2y": D("-0.11")}, {"gross_margin_trend"}),
    ("sued", {"lawsuits_to_equity": D("0.3")}, {"lawsuits_to_equity"}),
    ("nobody-insured", {"uninsured_after_3y": True}, {"insured_staff"}),
    ("overdue-paper", {"commercial_paper_overdue": True}, {"commercial_paper"}),
    ("capital-not-paid-in", {"paid_in_share": D("0.1")}, {"paid_in_share"}),
    ("representative-changed-twice", {"legal_representative_changes_12m": D(2)}, {"legal_representative_changes"}),
    ("owners-changed-twice", {"owner_changes_12m": D(2)}, {"owner_changes"}),
]


@pytest.mark.parametrize(("changes", "ids"), [row[1:] for row in CHINESE], ids=[row[0] for row in CHINESE])
def test_the_chinese_criteria(changes: dict[str, Value], ids: set[str]) -> None:
    assert failed(reckoned(POLICIES["cn-manufacturing"], changes, country="CN")) == ids


def test_overdue_paper_goes_to_the_committee_and_is_no_veto() -> None:
    outcome = reckoned(POLICIES["cn-manufacturing"], {"commercial_paper_overdue": True}, country="CN")
    (row,) = [item for item in outcome.against if item.id == "commercial_paper"]
    assert (row.effect, row.wants_committee, outcome.route.kind == "knock_out") == ("committee", True, False)


def test_every_metric_of_the_criteria_is_in_the_catalogue_with_a_source() -> None:
    for policy in POLICIES.values():
        for criterion in policy.criteria:
            assert criterion.metric in CATALOGUE
            assert criterion.source.startswith(("[P]", "[S]", "[U]", "[M]"))
