from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from admission.approval.votes import Ballot, Choice, Poll, Vote, electorate, standing
from admission.assessment.assessing import Dossier, assess
from admission.assessment.record import Assessment
from admission.cases import Case, CaseKind, CaseStatus, Condition, Decision, Event
from admission.evidence.answers import Answer
from admission.evidence.facts import Facts
from admission.evidence.findings import Validation
from admission.evidence.topics import Topic
from admission.memo.documents import CaseFile, applicant_document, assessment_document, case_document, number
from admission.metrics.catalogue import Value
from admission.model import canonical_json
from admission.money import RateTable
from tests.admission.build import (
    AS_OF,
    NOW,
    application,
    default_policy,
    evidence,
    person,
    profile,
    say,
    statement,
)

ASKED = application(declared={"founded": "2009-05-01", "annual_revenue": {"amount": "1250000.50", "currency": "GBP"}})
FACTS = Facts.of([profile(), statement(currency="GBP")])
EVIDENCE = (
    evidence("register", topics=(Topic.IDENTITY, Topic.ACCOUNTS), cost=Decimal("2.50"), cost_currency="GBP"),
    evidence("bureau", Answer.REFUSED, message=say("refused")),
)
ANA = person("ana")


def assessment() -> Assessment:
    dossier = Dossier(ASKED, CaseKind.ONBOARDING, EVIDENCE, Validation(findings=(), usable=FACTS))
    return assess(dossier, default_policy(), RateTable(), as_of=AS_OF)


def case(**changes: Any) -> Case:
    made = Case(
        reference="GH-2026-000123",
        kind=CaseKind.ONBOARDING,
        status=CaseStatus.VOTING,
        round=1,
        application=ASKED,
        company_key=ASKED.subject.company_key,
        requester="req",
        channel="desk",
        opened_at=NOW,
    )
    return made.model_copy(update=changes)


def file(**changes: Any) -> CaseFile:
    made = assessment()
    stages = made.route.stages
    poll = Poll(
        case="GH-2026-000123",
        round=1,
        assessment=made.sha256,
        stages=stages,
        electorate=electorate(stages, [ANA], "req"),
        unknowns=made.unknowns,
        requester="req",
        recommended_limit=made.limit.amount,
        currency="GBP",
        opened_at=NOW,
    )
    ballot = Ballot(choice=Choice.APPROVE, conditions=("deposit 20 %",), limit=Decimal("500.50"))
    vote = Vote(
        voter="ana",
        department="credit",
        stage=stages[0].name,
        round=1,
        assessment=made.sha256,
        ballot=ballot,
        cast_at=NOW,
    )
    whole = CaseFile(
        case=case(),
        evidence=EVIDENCE,
        facts=FACTS,
        findings=made.findings,
        assessment=made,
        poll=poll,
        votes=(vote,),
        standing=standing(poll, ()),
        conditions=(Condition(id="c-1", text="deposit 20 %", proposed_by="ana"),),
        history=(Event(seq=1, at=NOW, actor="ana", act="case.opened", case="GH-2026-000123", detail={"round": "1"}),),
    )
    return whole.model_copy(update=changes)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Decimal(20000), 20000),
        (Decimal("20000.00"), 20000),
        (Decimal("0.4"), 0.4),
        (Decimal(10) ** 15, 10**15),
        (True, True),
        ("uk-sic:47110", "uk-sic:47110"),
        (None, None),
    ],
)
def test_a_metric_is_a_number_where_it_is_one(value: Value | None, written: object) -> None:
    made = number(value)
    assert (made, type(made)) == (written, type(written))


def test_an_application_is_written_as_it_would_stand_in_a_file() -> None:
    document = applicant_document(ASKED)
    assert document["requested"] == {"limit": "20000", "currency": "GBP", "terms_days": 30}
    assert document["declared"] == {
        "founded": "2009-05-01",
        "annual_revenue": {"amount": "1250000.50", "currency": "GBP"},
    }


def test_a_case_is_written_whole_and_as_plain_json() -> None:
    document = case_document(file())
    assert json.loads(canonical_json(document)) == document
    assert (document["reference"], document["status"], document["round"]) == ("GH-2026-000123", "voting", 1)
    assert document["evidence"][0]["cost"] == {"amount": "2.50", "currency": "GBP"}
    assert document["evidence"][1] | {"answer": "refused", "message": "refused"} == document["evidence"][1]
    assert document["metrics"]["debt_ratio"]["value"] == 0.4
    assert document["metrics"]["debt_ratio"]["as_of"] == "2025-12-31"
    assert document["metrics"]["days_beyond_terms"]["value"] is None
    assert document["metrics"]["days_beyond_terms"]["unknown"]
    assert [finding["code"] for finding in document["findings"]] == [
        "declared.annual_revenue",
        "declared.founded",
    ]
    assert document["assessment"]["sha256"] == assessment().sha256
    assert document["assessment"]["limit"]["amount"] == str(assessment().limit.amount)
    assert document["votes"][0]["limit"] == "500.50"
    assert document["standing"]["stages"][0]["name"] == assessment().route.stages[0].name
    assert document["conditions"][0]["state"] == "open"
    assert document["history"][0]["act"] == "case.opened"
    assert document["decision"] is None


def test_a_decision_is_written_with_its_limit_and_reason() -> None:
    decision = Decision(
        outcome="admitted",
        decided_by="people",
        assessment="a" * 64,
        limit=Decimal("500.50"),
        currency="GBP",
        terms_days=14,
        reason=say("approved by ana"),
        decided_at=NOW,
    )
    document = case_document(file(case=case(decision=decision)), "zh")
    assert document["decision"] == {
        "outcome": "admitted",
        "decided_by": "people",
        "assessment": "a" * 64,
        "limit": {"amount": "500.50", "currency": "GBP"},
        "terms_days": 14,
        "reason": "approved by ana（中）",
        "decided_at": "2026-06-30T09:00:00+00:00",
    }
    refused = decision.model_copy(update={"outcome": "declined", "limit": None})
    assert case_document(file(case=case(decision=refused)))["decision"]["limit"] is None


def test_the_language_changes_the_words_and_nothing_else() -> None:
    english, chinese = case_document(file()), case_document(file(), "zh")
    assert english["assessment"]["terms"]["text"] != chinese["assessment"]["terms"]["text"]
    assert [item["verdict"] for item in english["assessment"]["criteria"]] == [
        item["verdict"] for item in chinese["assessment"]["criteria"]
    ]
    assert english["assessment"]["sha256"] == chinese["assessment"]["sha256"]
    assert chinese["evidence"][1]["message"] == "refused（中）"


def test_a_case_that_has_just_been_opened_is_written_too() -> None:
    document = case_document(CaseFile(case=case()))
    assert (document["assessment"], document["metrics"], document["standing"]) == (None, {}, None)
    assert (document["evidence"], document["votes"]) == ([], [])


def test_an_assessment_without_a_case_has_the_shape_of_one() -> None:
    made = assessment_document(ASKED, EVIDENCE, FACTS, (), assessment())
    assert (made["reference"], made["kind"], made["status"]) == (None, "assessment", "assessed")
    assert set(made) < set(case_document(file()))
    assert made["metrics"] == case_document(file())["metrics"]
