"""The JSON of a case or an assessment: one shape for the command line, the API and exports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from pydantic import Field

from admission.application import Application
from admission.approval.rounds import RoundOpening
from admission.approval.sampling import Sampled
from admission.approval.votes import Poll, Standing, Vote
from admission.assessment.record import Assessment, Override
from admission.cases import Case, Condition, Event
from admission.customers.asked_change import asked_words, result_words
from admission.customers.experience import Performance
from admission.customers.since.comparing import Since
from admission.evidence.answers import Evidence
from admission.evidence.facts import Facts
from admission.evidence.findings import Finding
from admission.evidence.watchlists import Ruling
from admission.memo.since_words import since_document
from admission.metrics.catalogue import Metric, Value
from admission.model import Language, Record, Text
from admission.money import Converted


class CaseFile(Record):
    """Everything the casebook has on one case in its current round.

    Attributes:
        rounds: why each round after the first was opened.
        rulings: everything ruled about the company and entries of lists, lapsed rulings too.
        overrides: all overrides of the company, those that wait for a second signature too.
        performance: how the debt of this case went, with the records that were corrected.
        confirmed: who confirmed what people put on the case, by the id of the evidence.
        sampled: what was drawn for a decision of the system, and what the person said who checked it.
        demo: whether the casebook was made for a demonstration: its companies are invented.
        house_amount: what is asked for in the house currency, at the rate of the assessment's day; None without one.
        obstacles: why people are asked about a review that the system could not renew.
        what_if: what would change the outcome, in sentences; none where nobody asked for it.
        since: what changed since the last decision on the company; None where there was none.
    """

    case: Case
    evidence: tuple[Evidence, ...] = ()
    facts: Facts = Facts()
    findings: tuple[Finding, ...] = ()
    assessment: Assessment | None = None
    poll: Poll | None = None
    votes: tuple[Vote, ...] = ()
    standing: Standing | None = None
    conditions: tuple[Condition, ...] = ()
    history: tuple[Event, ...] = ()
    outside: tuple[Text, ...] = ()
    rounds: tuple[RoundOpening, ...] = ()
    rulings: tuple[Ruling, ...] = ()
    overrides: tuple[Override, ...] = ()
    performance: tuple[Performance, ...] = ()
    confirmed: dict[str, str] = Field(default_factory=dict)
    sampled: Sampled | None = None
    house_amount: Converted | None = None
    obstacles: tuple[Text, ...] = ()
    what_if: tuple[Text, ...] = ()
    since: Since | None = None
    demo: bool = False


def number(value: Value | None) -> int | float | bool | str | None:
    """Return a metric's value as JSON has it: whole numbers exact, fractions as floats."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def case_document(file: CaseFile, language: Language = "en") -> dict[str, Any]:
    """Return the whole case as plain data, messages in one language; amounts of money are text, metrics are numbers."""
    case = file.case
    return {
        "reference": case.reference,
        "kind": str(case.kind),
        "status": str(case.status),
        "round": case.round,
        "opened_at": case.opened_at.isoformat(),
        "requester": case.requester,
        "previous": case.previous,
        "applicant": applicant_document(case.application),
        **_change(file, language),
        **judgement_document(file.evidence, file.facts, file.findings, file.assessment, language),
        "obstacles": [text.to(language) for text in file.obstacles],
        **({"what_if": [text.to(language) for text in file.what_if]} if file.what_if else {}),
        **({"since": since_document(file.since, language)} if file.since else {}),
        "rounds": [opening.model_dump(mode="json") for opening in file.rounds],
        "rulings": [ruling.model_dump(mode="json") for ruling in file.rulings],
        "overrides": [override.model_dump(mode="json") for override in file.overrides],
        "votes": [_vote(vote) for vote in file.votes],
        "standing": _standing(file.standing, language),
        "decision": _decision(case, language),
        "sample": _sample(file.sampled),
        "conditions": [condition.model_dump(mode="json") for condition in file.conditions],
        "performance": [record.model_dump(mode="json") for record in file.performance],
        "history": [_event(event) for event in file.history],
    }


def assessment_document(
    application: Application,
    evidence: Sequence[Evidence],
    facts: Facts,
    findings: Sequence[Finding],
    assessment: Assessment,
    language: Language = "en",
) -> dict[str, Any]:
    """Return an assessment that belongs to no case, in the same shape as a case."""
    return {
        "reference": None,
        "kind": "assessment",
        "status": "assessed",
        "applicant": applicant_document(application),
        **judgement_document(evidence, facts, findings, assessment, language),
        "votes": [],
        "decision": None,
        "conditions": [],
        "history": [],
    }


def applicant_document(application: Application) -> dict[str, Any]:
    """Return an application as it would be written in a file."""
    return application.model_dump(mode="json", exclude_none=True, exclude={"change"})


def _change(file: CaseFile, language: Language) -> dict[str, Any]:
    """Return what a customer has who asks for another limit, and what came of it; nothing for other cases."""
    change, words = file.case.application.change, asked_words(file.case.application)
    if change is None or words is None:
        return {}
    result = [text.to(language) for text in result_words(file.case, file.assessment)]
    return {"change": {**change.model_dump(mode="json"), "words": words.to(language), "result": result}}


def judgement_document(
    evidence: Sequence[Evidence],
    facts: Facts,
    findings: Sequence[Finding],
    assessment: Assessment | None,
    language: Language,
) -> dict[str, Any]:
    """Return what was gathered and what the system made of it."""
    return {
        "evidence": [_evidence(item, language) for item in evidence],
        "facts": facts.model_dump(mode="json", exclude_none=True),
        "metrics": {metric.name: _metric(metric, language) for metric in assessment.metrics} if assessment else {},
        "findings": [_finding(finding, language) for finding in findings],
        "assessment": _assessment(assessment, language) if assessment else None,
    }


def _said(text: Text | None, language: Language) -> str | None:
    return None if text is None else text.to(language)


def _evidence(item: Evidence, language: Language) -> dict[str, Any]:
    return {
        "id": item.id,
        "source": item.source,
        "answer": str(item.answer),
        "fetched_at": item.fetched_at.isoformat(),
        "query": {"kind": item.query.kind, **item.query.params},
        "sha256": item.sha256,
        "cost": {"amount": str(item.cost), "currency": item.cost_currency},
        "reused": item.reused,
        "other_address": item.other_address,
        **({"carried_from": item.carried_from} if item.carried_from else {}),
        "message": _said(item.message, language),
    }


def _metric(metric: Metric, language: Language) -> dict[str, Any]:
    document: dict[str, Any] = {
        "value": number(metric.value),
        "unit": metric.unit,
        "sources": list(metric.sources),
        "as_of": metric.as_of.isoformat() if metric.as_of else None,
    }
    if metric.unknown is not None:
        document["unknown"] = metric.unknown.to(language)
        document["not_asked"] = metric.not_asked
        document["not_set_up"] = metric.not_set_up
    if metric.note is not None:
        document["note"] = metric.note.to(language)
    return document


def _finding(finding: Finding, language: Language) -> dict[str, Any]:
    return {
        "code": finding.code,
        "verdict": str(finding.verdict),
        "weight": str(finding.weight),
        "message": finding.message.to(language),
        "source": finding.source,
        "evidence": list(finding.evidence),
    }


def _figure(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"


def _assessment(assessment: Assessment, language: Language) -> dict[str, Any]:
    limit = assessment.limit
    return {
        "sha256": assessment.sha256,
        "as_of": assessment.as_of.isoformat(),
        "grade": assessment.grade,
        "grade_capped": assessment.grade_capped,
        "uncalibrated": assessment.uncalibrated,
        "pd": number(assessment.pd),
        "pd_outcomes": assessment.pd_outcomes,
        "score": number(assessment.score),
        "missing_share": number(assessment.missing_share),
        "parts": [
            {
                "attribute": part.attribute,
                "points": number(part.points),
                "maximum": number(part.maximum),
                "missing": part.missing,
                "withheld": part.withheld,
                "not_asked": part.not_asked,
                "reason": part.reason.to(language),
            }
            for part in assessment.parts
        ],
        "reasons": [reason.to(language) for reason in assessment.reasons],
        "criteria": [
            {
                "id": result.id,
                "verdict": str(result.verdict),
                "effect": result.effect,
                "not_asked": result.not_asked,
                "message": result.message.to(language),
                **({"overridden_until": result.overridden.until.isoformat()} if result.overridden else {}),
            }
            for result in assessment.criteria
        ],
        "limit": {
            "amount": str(limit.amount),
            "currency": limit.currency,
            "binding": limit.binding,
            "bounds": [
                {
                    "name": bound.name,
                    "amount": _figure(bound.amount),
                    "reason": bound.reason.to(language),
                }
                for bound in limit.bounds
            ],
        },
        "terms": {
            "days": assessment.terms.days,
            "secured": assessment.terms.secured,
            "open_limit": _figure(assessment.terms.open_limit),
            "text": assessment.terms.text.to(language),
        },
        "treatments": [
            {
                "id": item.id,
                "text": item.text.to(language),
                "clause": item.clause.to(language),
                "share": number(item.share),
                "days": item.days,
                "months": item.months,
            }
            for item in assessment.treatments
        ],
        "route": {
            "kind": assessment.route.kind,
            "band": assessment.route.band,
            "stages": [
                {
                    "name": stage.name,
                    "title": stage.title.to(language),
                    "asks": stage.require.words().to(language),
                    "together": stage.together,
                    "decline": stage.decline,
                }
                for stage in assessment.route.stages
            ],
            "reasons": [reason.to(language) for reason in assessment.route.reasons],
        },
        "group_exposure": None if assessment.group_exposure is None else f"{assessment.group_exposure:f}",
        "review_months": assessment.review_months,
        "policy": assessment.policy.model_dump(mode="json"),
        "engine": assessment.engine,
        "parsers": assessment.parsers,
    }


def _vote(vote: Vote) -> dict[str, Any]:
    return {
        "voter": vote.voter,
        "department": vote.department,
        "stage": vote.stage,
        "round": vote.round,
        "assessment": vote.assessment,
        "choice": str(vote.ballot.choice),
        "comment": vote.ballot.comment,
        "conditions": list(vote.ballot.conditions),
        "limit": None if vote.ballot.limit is None else str(vote.ballot.limit),
        "accepted": dict(vote.ballot.accepted),
        "cast_at": vote.cast_at.isoformat(),
        "channel": vote.channel,
    }


def _standing(standing: Standing | None, language: Language) -> Mapping[str, Any] | None:
    if standing is None:
        return None
    return {
        "stages": [{"name": stage.name, "asks": stage.require.words().to(language)} for stage in standing.stages],
        "missing_acceptances": list(standing.missing_acceptances),
    }


def _decision(case: Case, language: Language) -> dict[str, Any] | None:
    decision = case.decision
    if decision is None:
        return None
    return {
        "outcome": decision.outcome,
        "decided_by": decision.decided_by,
        "assessment": decision.assessment,
        "limit": None if decision.limit is None else {"amount": str(decision.limit), "currency": decision.currency},
        "terms_days": decision.terms_days,
        "reason": decision.reason.to(language),
        "decided_at": decision.decided_at.isoformat(),
    }


def _sample(sampled: Sampled | None) -> dict[str, Any] | None:
    if sampled is None:
        return None
    draw, look = sampled.draw, sampled.look
    return {
        "drawn": draw.drawn,
        "quarter": draw.quarter,
        "share": str(draw.share),
        "number": draw.number,
        "look": None if look is None else look.model_dump(mode="json", exclude={"case", "round"}),
    }


def _event(event: Event) -> dict[str, Any]:
    return {
        "seq": event.seq,
        "at": event.at.isoformat(),
        "actor": event.actor,
        "act": event.act,
        "detail": dict(event.detail),
    }
