"""The company of the case that was decided wrong: without its profit and loss account it came out better."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from admission.application import parse_application
from admission.assessment.assessing import Dossier, assess
from admission.assessment.record import Assessment
from admission.cases import CaseKind
from admission.evidence.answers import Answer
from admission.evidence.topics import Topic
from admission.money import Rate, RateTable
from admission.policy import Policy
from expectations.validation import validate
from services.saved_questions import SavedAnswer, question_for
from tests.admission.build import evidence, shipped_policies
from tests.connectors.cases_read_wrong import reading_of

AS_OF = date(2026, 11, 27)
FOLDER = Path(__file__).resolve().parents[4].parent / "shared" / "data" / "cases" / "statements"
RATES = RateTable([Rate(currency="CNY", to="USD", on=date(2026, 11, 2), per_unit=Decimal("0.14"))])


def _assess(name: str, policy: Policy) -> Assessment:
    application = parse_application(yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8")))
    saved = SavedAnswer(f"{name}.xlsx", (FOLDER / f"{name}.xlsx").read_bytes(), AS_OF)
    query, _ = question_for("financials_upload", None, {}, saved)
    validation = validate({name: reading_of(saved, query).facts}, as_of=AS_OF)[name]
    asked = (
        evidence("financials_upload", topics=(Topic.ACCOUNTS,)),
        evidence("creditsafe", Answer.NOT_CONFIGURED, topics=(Topic.CREDIT, Topic.PAYMENT, Topic.ACCOUNTS)),
    )
    return assess(Dossier(application, CaseKind.ONBOARDING, asked, validation), policy, RATES, as_of=AS_OF)


@pytest.mark.parametrize("policy", shipped_policies(), ids=lambda policy: policy.name)
def test_the_one_that_hides_its_profit_and_loss_account_is_no_better_off(policy: Policy) -> None:
    full, hidden = _assess("weak_full", policy), _assess("weak_hidden", policy)
    ranks = [grade.name for grade in policy.grades]
    assert ranks.index(hidden.grade) >= ranks.index(full.grade)
    assert hidden.limit.amount <= full.limit.amount
    assert hidden.terms.secured >= full.terms.secured
