"""One case with something in every field, to compare the description of its JSON with."""

from __future__ import annotations

from decimal import Decimal

from admission.approval.sampling import Draw, Look, Sampled
from admission.approval.votes import Ballot, Choice, Poll, Vote, electorate, standing
from admission.assessment.assessing import Dossier, assess
from admission.cases import Case, CaseKind, CaseStatus, Condition, Decision, Event
from admission.evidence.facts import Facts
from admission.evidence.findings import Validation
from admission.evidence.topics import Topic
from admission.memo.documents import CaseFile
from admission.money import RateTable
from tests.admission.build import AS_OF, NOW, application, default_policy, evidence, person, profile, say, statement


def decided_case() -> CaseFile:
    """A case that people have decided."""
    asked = application(declared={"founded": "2009-05-01"})
    facts = Facts.of([profile(), statement()])
    gathered = (evidence("register", topics=(Topic.IDENTITY, Topic.ACCOUNTS), message=say("found")),)
    dossier = Dossier(asked, CaseKind.ONBOARDING, gathered, Validation(findings=(), usable=facts))
    assessment = assess(dossier, default_policy(), RateTable(), as_of=AS_OF)
    voter = person("ana", "finance")
    poll = Poll(
        case="GH-2026-000123",
        round=1,
        assessment=assessment.sha256,
        stages=assessment.route.stages,
        electorate=electorate(assessment.route.stages, [voter], "req"),
        unknowns=assessment.unknowns,
        requester="req",
        recommended_limit=assessment.limit.amount,
        currency=assessment.limit.currency,
        opened_at=NOW,
    )
    vote = Vote(
        voter=voter.username,
        department=voter.department,
        stage=poll.stages[0].name,
        round=1,
        assessment=assessment.sha256,
        ballot=Ballot(choice=Choice.APPROVE, conditions=("deposit 20 %",), limit=Decimal(0)),
        cast_at=NOW,
    )
    decision = Decision(
        outcome="admitted",
        decided_by="people",
        assessment=assessment.sha256,
        limit=Decimal(100),
        currency="GBP",
        terms_days=30,
        reason=say("approved"),
        decided_at=NOW,
    )
    case = Case(
        reference="GH-2026-000123",
        kind=CaseKind.ONBOARDING,
        status=CaseStatus.DECIDED,
        round=1,
        application=asked,
        company_key=asked.subject.company_key,
        requester="req",
        channel="desk",
        opened_at=NOW,
        decision=decision,
    )
    return CaseFile(
        case=case,
        evidence=gathered,
        facts=facts,
        findings=assessment.findings,
        assessment=assessment,
        poll=poll,
        votes=(vote,),
        standing=standing(poll, [vote]),
        sampled=Sampled(
            draw=Draw(
                case="GH-2026-000123",
                round=1,
                decided_by="fast_track",
                quarter="2026Q2",
                seed_sha256="5e" * 32,
                share=Decimal("0.05"),
                number="0123456789abcdef",
                drawn=True,
                at=NOW,
            ),
            look=Look(case="GH-2026-000123", round=1, verdict="agreed", note="read it", by="ana", at=NOW),
        ),
        conditions=(Condition(id="GH-2026-000123-1", text="deposit 20 %", proposed_by="ana"),),
        history=(
            Event(seq=1, at=NOW, actor="ana", act="vote.cast", case="GH-2026-000123", detail={"stage": "review"}),
        ),
    )
