"""The steps of a case, each one done once: asked for again, it finds in the casebook that it is done.

Tasks call these and add retries, limits and logs; nothing here knows Prefect.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from admission.application import Application
from admission.approval.votes import Poll, electorate, standing
from admission.assessment.assessing import Dossier, assess, case_metrics, knocked_out
from admission.assessment.engine.case import ReferenceData
from admission.assessment.exposure import ExposureLedger
from admission.assessment.record import Assessment
from admission.cases import Case, CaseKind, DecidedBy, Decision, Outcome, Step
from admission.customers.experience import snapshot_of
from admission.errors import BadInput, Conflict, NotFound, Problem
from admission.evidence.answers import Answer, Evidence, Query
from admission.evidence.facts import Facts
from admission.evidence.findings import Validation
from admission.evidence.gathering import facts_of, gather, latest
from admission.memo.documents import CaseFile
from admission.memo.memo import credit_memo
from admission.model import Language, Text
from admission.money import Converted, Exchange, Money
from admission.policy import Policy
from casebook.batches import StepDone
from casebook.work import Assessed
from services.exposure import read_ledger
from services.pins import pin_inputs
from services.rounds import dossier_of
from services.shadow import assess_in_shadow
from wiring.house import House

SYSTEM = "system"
NOT_PAID_FOR = Text(en="not asked: the case was knocked out before", zh="未查询：已触发一票否决")


def check_segment(house: House, application: Application) -> None:
    """Make sure that the policy knows the application's segment: criteria are written per segment.

    Raises:
        BadInput: it does not; the nearest that it knows is named.
    """
    known = list(house.policy.segments)
    if application.segment not in known:
        nearest = difflib.get_close_matches(application.segment, known, 1)
        hint = f"; did you mean {nearest[0]}?" if nearest else ""
        problem = Problem("segment", application.segment, f"one of {', '.join(known)}{hint}")
        raise BadInput("The application cannot be taken.", problems=[problem])


def case_in_round(house: House, reference: str, number: int | None) -> Case:
    """Return a case as in one of its rounds, so that a step that began in a round ends in it; None is the current one.

    A round may be opened while a run is in the middle of the one before; what that run still writes belongs there.
    """
    case = house.casebook.cases.get(reference)
    return case if number is None else case.model_copy(update={"round": number})


def ask_source(
    house: House, reference: str, source: str, *, last_try: bool, number: int | None = None
) -> list[Evidence]:
    """Ask one source about a case; raises SourceUnavailable on any but the last try."""
    case = case_in_round(house, reference, number)
    return gather(
        house.connectors[source],
        case.application.subject,
        house.gathering,
        reference=reference,
        round=case.round,
        last_try=last_try,
    )


def applies(house: House, reference: str, source: str) -> bool:
    """True where the source has something to say about such a company, or would if it had an identifier."""
    plan = house.connectors[source].plan(house.casebook.cases.get(reference).application.subject)
    return bool(plan.queries) or plan.missing is not None


def knock_out_of_prescreen(house: House, case: Case) -> bool:
    """True where the free sources alone show that a knock-out criterion fails."""
    evidence = latest(house.casebook.evidence.of(case.reference, case.round))
    facts = facts_of(evidence, house.connectors, house.casebook.evidence)
    rulings = house.casebook.watchlists.rulings(case.company_key)
    read = Validation(findings=(), usable=facts)
    dossier = Dossier(case.application, case.kind, evidence, read, rulings, industry=house.industry)
    policy = house.policy
    exchange = Exchange(house.rates, policy.house_currency, house.today())
    metrics = case_metrics(dossier, policy, exchange)
    reference = ReferenceData(exchange, house.industry)
    return bool(knocked_out(policy, case.application, case.kind, metrics, reference))


def skip_paid_sources(house: House, case: Case, sources: Iterable[str]) -> None:
    """Record that the sources of the investigation were not asked, and why."""
    for name in sources:
        connector = house.connectors[name]
        if connector.plan(case.application.subject).queries:
            evidence = Evidence(
                id=house.new_id(),
                query=Query(source=name, kind="plan"),
                answer=Answer.SKIPPED,
                fetched_at=house.clock(),
                message=NOT_PAID_FOR,
                parser=connector.card.parser,
            )
            house.casebook.evidence.add(case.reference, case.round, evidence)


def validate_cases(house: House, references: Sequence[str], number: int | None = None) -> None:
    """Read the facts of some cases and run the expectations over all of them at once."""
    found = [case_in_round(house, reference, number) for reference in references]
    done = house.casebook.batches.steps_done(references)
    cases = [case for case in found if (case.reference, case.round, Step.VALIDATE) not in done]
    if not cases:
        return
    from expectations import validate

    facts = {case.reference: _facts(house, case) for case in cases}
    day = house.today()
    validations = validate(facts, as_of=day)
    rows = [(case.reference, case.round, facts[case.reference], validations[case.reference]) for case in cases]
    house.casebook.work.save_validated(rows)
    result = {"as_of": day.isoformat()}
    house.casebook.batches.complete_steps(
        [StepDone(case.reference, case.round, Step.VALIDATE, result) for case in cases]
    )


def _facts(house: House, case: Case) -> Facts:
    evidence = house.casebook.evidence.of(case.reference, case.round)
    return facts_of(evidence, house.connectors, house.casebook.evidence)


def assess_case(
    house: House, reference: str, number: int | None = None, *, ledger: ExposureLedger | None = None
) -> Assessment:
    """Assess one case on its validated facts; the first assessment of a round stays.

    Args:
        house: the house.
        reference: of the case.
        number: the round; None is the current one.
        ledger: the customers' granted limits, where a batch has read them; otherwise they are read.
    """
    case = case_in_round(house, reference, number)
    before = house.casebook.work.assessment(reference, case.round)
    return before if before is not None else assess_cases(house, [case], ledger=ledger)[0]


def assess_cases(house: House, cases: Sequence[Case], *, ledger: ExposureLedger | None = None) -> list[Assessment]:
    """Assess cases that have none in their round, and keep what they were assessed with.

    Args:
        house: the house.
        cases: the cases, each in its round.
        ledger: the customers' granted limits; read where it is not given.

    Raises:
        NotFound: the facts of a case have not been validated.
    """
    # One policy for the whole step, whatever is published meanwhile.
    policy, granted = house.policy, ledger or read_ledger(house)
    assessed = [_assessed(house, case, policy, granted) for case in cases]
    house.casebook.work.save_assessed(assessed)
    pinned = pin_inputs(house, policy)
    done = [
        StepDone(row.case, row.round, Step.ASSESS, {"assessment": row.assessment.sha256, **pinned}) for row in assessed
    ]
    house.casebook.batches.complete_steps(done)
    return [row.assessment for row in assessed]


def _assessed(house: House, case: Case, policy: Policy, ledger: ExposureLedger | None) -> Assessed:
    validation = house.casebook.work.validation(case.reference, case.round)
    if validation is None:
        raise NotFound("The facts of this case have not been validated.", context={"case": case.reference})
    dossier = dossier_of(house, case, case.round, validation, ledger)
    day = house.today()
    assessment = assess(dossier, policy, house.rates, as_of=day)
    assess_in_shadow(house, case, dossier, assessment, day)
    exchange = Exchange(house.rates, policy.house_currency, day)
    known = snapshot_of(case.reference, case.round, dossier, assessment, exchange)
    return Assessed(case.reference, case.round, assessment, known)


def open_voting(house: House, reference: str, number: int | None = None) -> Poll | None:
    """Open the vote that the assessment's route asks for.

    Args:
        house: the house.
        reference: of the case.
        number: the round that was assessed; None is the current one.

    Returns:
        None while nobody has taken the request as theirs, and the case waits for an owner; and where the case has
        gone on to another round meanwhile.
    """
    book = house.casebook
    case = book.cases.get(reference)
    if number not in (None, case.round):
        return None
    before = book.voting.poll(reference, case.round)
    if before is not None:
        return before
    if needs_owner(case):
        book.cases.wait_for_owner(reference)
        return None
    assessment = assess_case(house, reference, case.round)
    stages = assessment.route.stages
    poll = Poll(
        case=reference,
        round=case.round,
        assessment=assessment.sha256,
        stages=stages,
        electorate=electorate(stages, book.people.all(), case.requester),
        unknowns=assessment.unknowns,
        requester=case.requester,
        recommended_limit=assessment.limit.amount,
        currency=assessment.limit.currency,
        opened_at=house.clock(),
    )
    try:
        book.voting.open_poll(poll)
    except Conflict:
        if book.cases.get(reference).round == case.round:
            raise
        return None
    return poll


def decide_by_machine(house: House, reference: str, number: int | None = None) -> bool:
    """Decide a case whose route lets the machine decide alone; False where people must, or in another round.

    The fast track needs a person who asked for the customer; a knock-out does not.
    """
    case = house.casebook.cases.get(reference)
    if case.decision is not None:
        return True
    if number not in (None, case.round):
        return False
    assessment = assess_case(house, reference, case.round)
    route = assessment.route.kind
    if route == "knock_out":
        outcome: Outcome = "ended" if case.kind is CaseKind.REVIEW else "declined"
        decision = _machine_decision(house, assessment, outcome, "knock_out", assessment.route.reasons[0])
    elif route == "fast_track" and not needs_owner(case):
        why = Text(en="fast track: nothing failed and nothing unknown", zh="快速通道：无不通过项，无未知项")
        outcome = "kept" if case.kind is CaseKind.REVIEW else "admitted"
        decision = _machine_decision(house, assessment, outcome, "fast_track", why)
    else:
        return False
    try:
        share = house.policy.approval.sample.share
        house.casebook.cases.decide(reference, decision, actor=SYSTEM, round=case.round, sample=share)
    except Conflict:
        if house.casebook.cases.get(reference).round == case.round:
            raise
        return False
    return True


def needs_owner(case: Case) -> bool:
    """True where nobody signed in asked for this: neither fast track nor vote until somebody takes it as theirs.

    Reviews are asked for by the house's own calendar.
    """
    return case.requester is None and case.kind is not CaseKind.REVIEW


def _machine_decision(house: House, assessment: Assessment, outcome: Outcome, way: DecidedBy, reason: Text) -> Decision:
    granted = outcome in ("admitted", "kept")
    return Decision(
        outcome=outcome,
        decided_by=way,
        assessment=assessment.sha256,
        limit=assessment.limit.amount if granted else None,
        currency=assessment.limit.currency,
        terms_days=assessment.terms.days if granted else None,
        reason=reason,
        decided_at=house.clock(),
    )


def case_file(house: House, reference: str) -> CaseFile:
    """Collect everything the casebook has on a case in its current round."""
    book = house.casebook
    case = book.cases.get(reference)
    evidence = latest(book.evidence.of(reference, case.round))
    validation = book.work.validation(reference, case.round)
    assessment = book.work.assessment(reference, case.round)
    poll = book.voting.poll(reference, case.round)
    votes = book.voting.votes(reference)
    findings = (*(validation.findings if validation else ()), *(assessment.findings if assessment else ()))
    return CaseFile(
        case=case,
        evidence=tuple(evidence),
        facts=book.work.facts(reference, case.round) or Facts(),
        findings=findings,
        assessment=assessment,
        poll=poll,
        votes=tuple(votes),
        standing=standing(poll, votes) if poll else None,
        conditions=tuple(book.cases.conditions(reference)),
        history=tuple(book.history.of(reference)),
        outside=tuple(check.text for check in house.policy.outside),
        rounds=tuple(book.rounds.of(reference)),
        rulings=tuple(book.watchlists.rulings(case.company_key)),
        overrides=tuple(book.overrides.of(case.company_key)),
        performance=tuple(book.experience.of(reference)),
        sampled=book.samples.of(reference, case.round),
    )


def memo_of(house: House, file: CaseFile, language: Language, *, desk_url: str = "") -> str:
    """Return the credit memo of a case, with a link to the desk where one is given; "" while it is not assessed."""
    if file.assessment is None:
        return ""
    return credit_memo(
        file.case,
        file.assessment,
        file.evidence,
        file.findings,
        file.outside,
        language,
        facts=file.facts,
        votes=file.votes,
        house_amount=in_house_currency(house, file),
        desk_url=desk_url,
    )


def in_house_currency(house: House, file: CaseFile) -> Converted | None:
    """Return what a case asks for in the house currency, at the rate of its assessment's day; None without one."""
    if file.assessment is None:
        return None
    exchange = Exchange(house.rates, house.policy.house_currency, file.assessment.as_of)
    asked = file.case.application.requested
    quote, amount = exchange.quote(asked.currency), exchange.convert(asked.limit, asked.currency)
    if quote is None or amount is None:
        return None
    money = Money(amount=amount, currency=exchange.house_currency)
    return Converted(money=money, rate=quote.rate, rate_on=quote.on)
