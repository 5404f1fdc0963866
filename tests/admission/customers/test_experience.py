"""What is kept of a case at decision time, and how debts are recorded."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from admission.assessment.assessing import Dossier, assess
from admission.cases import CaseKind
from admission.customers.experience import (
    DecisionSnapshot,
    Performance,
    drop_corrected,
    snapshot_of,
)
from admission.evidence.answers import Answer
from admission.evidence.facts import Facts
from admission.evidence.findings import Finding, Validation, Verdict, Weight
from admission.money import Exchange, Rate, RateTable
from tests.admission.build import AS_OF, NOW, application, default_policy, evidence, say, statement

POUNDS = RateTable([Rate(currency="GBP", to="USD", on=date(2026, 6, 1), per_unit=Decimal("1.25"))])


def known(
    findings: tuple[Finding, ...] = (), *, answer: Answer = Answer.FOUND, rates: RateTable = POUNDS
) -> DecisionSnapshot:
    facts = Facts(statements=(statement(),))
    dossier = Dossier(
        application(), CaseKind.ONBOARDING, (evidence(answer=answer),), Validation(findings=findings, usable=facts)
    )
    made = assess(dossier, default_policy(), rates, as_of=AS_OF)
    return snapshot_of("GH-2026-000001", 2, dossier, made, Exchange(rates, "USD", AS_OF))


def finding(verdict: Verdict, weight: Weight) -> Finding:
    return Finding(code="statement.suite", verdict=verdict, weight=weight, message=say("checked"))


def test_a_snapshot_holds_what_was_asked_for_and_every_metric_of_the_day() -> None:
    snapshot = known()
    assert (snapshot.requested, snapshot.currency) == (Decimal(20000), "GBP")
    assert snapshot.house_amount == Decimal(25000)
    assert snapshot.metrics["current_ratio"] == 2
    assert snapshot.metrics["credit_score"] is None
    assert snapshot.units["total_assets"] == "USD"
    assert "current_ratio" not in snapshot.units
    assert (snapshot.policy, snapshot.policy_version) == (default_policy().sha256, "2026.1")
    assert (snapshot.outcome, snapshot.approved, snapshot.bad) == (None, False, None)


def test_without_a_rate_the_amount_in_house_currency_is_unknown() -> None:
    assert known(rates=RateTable()).house_amount is None


@pytest.mark.parametrize(
    ("verdict", "weight", "stands"),
    [
        (Verdict.FAIL, Weight.BLOCKING, True),
        (Verdict.UNKNOWN, Weight.WARNING, True),
        (Verdict.PASS, Weight.BLOCKING, False),
        (Verdict.FAIL, Weight.INFO, False),
    ],
)
def test_a_check_that_bars_the_fast_track_is_flagged(verdict: Verdict, weight: Weight, stands: bool) -> None:
    assert known((finding(verdict, weight),)).failed_finding is stands


def test_a_source_that_gave_no_answer_is_flagged() -> None:
    silent = {
        answer: known(answer=answer).silent_source for answer in (Answer.FOUND, Answer.UNAVAILABLE, Answer.SKIPPED)
    }
    assert silent == {Answer.FOUND: False, Answer.UNAVAILABLE: True, Answer.SKIPPED: False}


def debt(**given: Any) -> Performance:
    base = {"case": "GH-2026-000001", "company_key": "k", "outcome": "paid", "on": "2026-06-01", "by": "ana", "at": NOW}
    return Performance.model_validate({**base, **given})


@pytest.mark.parametrize(
    "given_",
    [
        {"outcome": "late"},
        {"outcome": "late", "days_late": 0},
        {"outcome": "paid", "days_late": 3},
        {"amount": "5"},
        {"currency": "USD"},
        {"amount": "0", "currency": "USD"},
        {"amount": "NaN", "currency": "USD"},
        {"outcome": "lost"},
    ],
)
def test_a_record_that_contradicts_itself_is_refused(given_: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        debt(**given_)


def test_only_what_nothing_corrects_stands() -> None:
    first, second = debt(id=1), debt(id=2, outcome="late", days_late=5, corrects=1)
    third = debt(id=3, outcome="defaulted", corrects=2)
    assert drop_corrected([first, second]) == (second,)
    assert drop_corrected([first, second, third]) == (third,)
    assert drop_corrected([]) == ()
