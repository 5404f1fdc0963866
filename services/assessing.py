"""From stored answers to the assessment of a case: facts, their validation, the knock-out check, the assessment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from admission.assessment.assessing import Dossier, assess, case_metrics, knocked_out
from admission.assessment.engine.caps import capped_names
from admission.assessment.engine.case import ReferenceData
from admission.assessment.exposure import GrantedToOthers
from admission.assessment.record import Assessment
from admission.cases import Case, Step
from admission.customers.experience import snapshot_of
from admission.errors import NotFound
from admission.evidence.answers import Evidence, latest
from admission.evidence.facts import Facts
from admission.evidence.findings import Validation
from admission.evidence.gathering import facts_of
from admission.evidence.watchlists import Ruling
from admission.model import Text, canonical_json
from admission.money import Exchange
from admission.policy import Policy
from casebook.batches import StepDone
from casebook.work import Assessed
from services.exposure import granted_to_others, group_exposure
from services.shadow import assess_in_shadow
from wiring.house import House


def knocked_out_early(house: House, case: Case, policy: Policy) -> bool:
    """True where the free sources alone show that a knock-out criterion fails, so that nothing need be paid for."""
    with house.casebook.reading_once():
        evidence = latest(house.casebook.evidence.of(case.reference, case.round))
        facts = facts_of(evidence, house.connectors, house.casebook.evidence)
        rulings = house.casebook.watchlists.rulings(case.company_key)
    return fails_early(house, case, Early(evidence, facts, rulings), policy, house.today())


class Early(NamedTuple):
    """What is known of a case before anything is paid for."""

    evidence: Sequence[Evidence]
    facts: Facts
    rulings: Sequence[Ruling] = ()


def fails_early(house: House, case: Case, known: Early, policy: Policy, day: date) -> bool:
    """True where a knock-out criterion clearly fails on what is known early; unknown ones do not knock out."""
    read = Validation(findings=(), usable=known.facts)
    dossier = Dossier(case.application, case.kind, known.evidence, read, known.rulings, industry=house.industry)
    exchange = Exchange(house.rates, policy.house_currency, day)
    metrics = case_metrics(dossier, policy, exchange)
    reference = ReferenceData(exchange, house.industry)
    return bool(knocked_out(policy, case.application, case.kind, metrics, reference))


def validate_cases(house: House, cases: Sequence[Case]) -> None:
    """Read the facts of some cases, each in its round, and run the expectations over all of them at once."""
    done = house.casebook.batches.steps_done([case.reference for case in cases])
    due = [case for case in cases if (case.reference, case.round, Step.VALIDATE) not in done]
    if not due:
        return
    from expectations import validate

    facts = {case.reference: _facts(house, case) for case in due}
    day = house.today()
    validations = validate(facts, as_of=day)
    rows = [(case.reference, case.round, facts[case.reference], validations[case.reference]) for case in due]
    house.casebook.work.save_validated(rows)
    result = {"as_of": day.isoformat()}
    house.casebook.batches.complete_steps([StepDone(case.reference, case.round, Step.VALIDATE, result) for case in due])


def _facts(house: House, case: Case) -> Facts:
    """Read the facts of a case's round; one transaction a case, so that nobody who writes waits for a chunk of them."""
    store = house.casebook.evidence
    with house.casebook.reading_once():
        return facts_of(store.of(case.reference, case.round), house.connectors, store)


def assess_case(house: House, case: Case) -> Assessment:
    """Assess one case on its validated facts, under the policy in force; the first assessment of a round stays."""
    policy = house.policy_in_force()
    return assess_cases(house, [case], policy, granted_to_others(house, policy))[0]


def assess_cases(
    house: House, cases: Sequence[Case], policy: Policy, granted: GrantedToOthers | None
) -> list[Assessment]:
    """Assess cases, each in its round, and keep what they were assessed with; the first assessment of a round stays.

    Args:
        house: the house.
        cases: the cases.
        policy: in force; one for the whole step, whatever is published meanwhile.
        granted: the customers' granted limits; None where the policy caps nothing (see `services.exposure`).

    Raises:
        NotFound: the facts of a case have not been validated.
    """
    before = {case.reference: house.casebook.work.assessment(case.reference, case.round) for case in cases}
    due = [case for case in cases if before[case.reference] is None]
    if due:
        made = [_assess(house, case, policy, granted) for case in due]
        house.casebook.work.save_assessed(made)
        pinned = pin_inputs(house, policy)
        house.casebook.batches.complete_steps(
            [
                StepDone(row.case, row.round, Step.ASSESS, {"assessment": row.assessment.sha256, **pinned})
                for row in made
            ]
        )
        before |= {row.case: row.assessment for row in made}
    return [assessment for case in cases if (assessment := before[case.reference]) is not None]


def assessment_of(house: House, case: Case) -> Assessment:
    """Return the assessment of a case's round.

    Raises:
        NotFound: it has not been assessed.
    """
    assessment = house.casebook.work.assessment(case.reference, case.round)
    if assessment is None:
        raise NotFound(
            Text(en="This case has not been assessed.", zh="本申请单尚未评估。"), context={"case": case.reference}
        )
    return assessment


def _assess(house: House, case: Case, policy: Policy, granted: GrantedToOthers | None) -> Assessed:
    with house.casebook.reading_once():
        validation = house.casebook.work.validation(case.reference, case.round)
        if validation is None:
            raise NotFound(
                Text(en="The facts of this case have not been validated.", zh="本申请单的事实尚未校验。"),
                context={"case": case.reference},
            )
        dossier = dossier_of(house, case, validation, policy, granted)
    day = house.today()
    assessment = assess(dossier, policy, house.rates, as_of=day)
    assess_in_shadow(house, case, dossier, assessment, day)
    exchange = Exchange(house.rates, policy.house_currency, day)
    known = snapshot_of(case.reference, case.round, dossier, assessment, exchange)
    return Assessed(case.reference, case.round, assessment, known)


def dossier_of(
    house: House, case: Case, validation: Validation, policy: Policy, granted: GrantedToOthers | None
) -> Dossier:
    """Collect what a case is assessed on in its round, with the rulings and overrides of its company.

    Args:
        house: the house.
        case: the case, in the round that is assessed.
        validation: of the facts of that round.
        policy: that it is assessed under.
        granted: the customers' granted limits; None where the policy caps nothing.
    """
    caps = capped_names(policy.appetite.caps)
    evidence = latest(house.casebook.evidence.of(case.reference, case.round))
    return Dossier(
        case.application,
        case.kind,
        evidence,
        validation,
        house.casebook.watchlists.rulings(case.company_key),
        house.casebook.overrides.of(case.company_key),
        house.casebook.samples.reopened(case.reference, case.round),
        group_exposure(house, granted, case, policy),
        house.industry,
        granted.sum_others(case.company_key, caps) if granted is not None and caps else None,
        unconfirmed_of(house, case, evidence),
        case.reference,
    )


def unconfirmed_of(house: House, case: Case, evidence: Sequence[Evidence]) -> frozenset[str]:
    """Return the ids of the evidence that people put on a case and nobody had confirmed by its round."""
    brought = frozenset(item.id for item in evidence if item.brought_by is not None)
    return brought.difference(house.casebook.confirmations.of(case.reference, case.round)) if brought else brought


def pin_inputs(house: House, policy: Policy) -> dict[str, str]:
    """Keep the policy and the rates that an assessment is made with; return what its step notes of them."""
    pins = house.casebook.pins
    pins.keep("policy", policy.sha256, canonical_json(policy.model_dump(mode="json")))
    rates = house.rates
    pins.keep("rates", rates.sha256, rates.document)
    return {"rates": rates.sha256}
