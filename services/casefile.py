"""The file of a case: all that the casebook has on it in its current round, as desk, memos and exports show it."""

from __future__ import annotations

from admission.application import Requested
from admission.approval.votes import Poll, standing
from admission.assessment.record import Assessment
from admission.cases import Case
from admission.errors import NOTHING, Erased, NotAllowed
from admission.evidence.answers import latest
from admission.evidence.facts import Facts
from admission.memo.documents import CaseFile
from admission.memo.labels import OUTCOMES, said
from admission.model import Text
from admission.money import Converted, Exchange, Money
from admission.people import Person
from casebook.database.erasure_tables import PERSONAL
from services.renewing import obstacles_of
from services.since import since_last_decision
from wiring.house import House


def case_in_round(house: House, reference: str, round_number: int) -> Case:
    """Return a case as in one of its rounds, so that a step that began in a round ends in it.

    A round may be opened while a run is in the middle of the one before; what that run still writes belongs there.
    """
    return house.casebook.cases.get(reference).model_copy(update={"round": round_number})


def check_may_see(house: House, person: Person, reference: str) -> None:
    """Refuse a case to who has no part in it and does not see all.

    Raises:
        NotFound: there is no such case; not told to who sees all, for whoever reads the case will tell.
        NotAllowed: the person may not see it.
    """
    cases = house.casebook.cases
    if person.sees_all or cases.has_part(cases.get(reference).reference, person.username):
        return
    raise NotAllowed(
        Text(en="You have no part in this case.", zh="您与本申请单无关，不能查看。"),
        context={"case": reference},
        remedy=Text(
            en="people of sales see what they asked for, and what they vote on",
            zh="销售部人员只能查看本人发起或参与审批的申请单",
        ),
    )


def check_sees_all(person: Person) -> None:
    """Refuse sums over all customers to who does not see all of them.

    Raises:
        NotAllowed: the person sees their own cases alone.
    """
    if not person.sees_all:
        raise NotAllowed(
            Text(en="You do not see all customers.", zh="您无权查看全部客户。"),
            context={"username": person.username},
            remedy=Text(en="people of sales see their own customers", zh="销售部人员只能查看本人的客户"),
        )


def seen_by(person: Person) -> str | None:
    """Return whose cases alone a list shows to a person; None where the person sees all."""
    return None if person.sees_all else person.username


def case_file(house: House, reference: str) -> CaseFile:
    """Collect everything the casebook has on a case in its current round.

    Raises:
        NotFound: there is no such case.
        Erased: its documents were erased; what was decided is told.
    """
    book, policy = house.casebook, house.policy_in_force()
    case = book.cases.get(reference)
    _check_not_erased(house, case)
    evidence = latest(book.evidence.of(reference, case.round))
    validation = book.work.validation(reference, case.round)
    assessment = book.work.assessment(reference, case.round)
    poll = book.voting.poll(reference, case.round)
    votes = book.voting.votes_of_all_rounds(reference)
    asked = case.application.requested
    return CaseFile(
        case=case,
        evidence=tuple(evidence),
        facts=book.work.facts(reference, case.round) or Facts(),
        findings=(*(validation.findings if validation else ()), *(assessment.findings if assessment else ())),
        assessment=assessment,
        house_amount=_convert(asked, Exchange(house.rates, policy.house_currency, assessment.as_of))
        if assessment
        else None,
        poll=poll,
        votes=tuple(votes),
        standing=standing(poll, votes) if poll else None,
        conditions=tuple(book.cases.conditions(reference)),
        history=tuple(book.history.of(reference)),
        outside=tuple(check.text for check in policy.outside),
        rounds=tuple(book.rounds.of(reference)),
        rulings=tuple(book.watchlists.rulings(case.company_key)),
        overrides=tuple(book.overrides.of(case.company_key)),
        performance=tuple(book.experience.of(reference)),
        confirmed=book.confirmations.of(reference, case.round),
        demo=book.demo,
        sampled=book.samples.of(reference, case.round),
        obstacles=_obstacles(house, case, assessment, poll),
        since=since_last_decision(house, case, assessment),
    )


def _check_not_erased(house: House, case: Case) -> None:
    for item in house.casebook.erasures.of(case.reference):
        if item.kind == PERSONAL:
            day, outcome = item.at.date(), said(OUTCOMES, case.decision.outcome) if case.decision else NOTHING
            raise Erased(
                Text(
                    en=f"The documents of {case.reference} were erased on {day}. The decision is kept: {outcome.en}.",
                    zh=f"{case.reference} 的资料已于 {day} 删除。审批结果仍保留：{outcome.zh}。",
                ),
                context={"case": case.reference, "rule": item.rule},
            )


def _obstacles(house: House, case: Case, assessment: Assessment | None, poll: Poll | None) -> tuple[Text, ...]:
    """Return why people are asked about a review: as their vote says, or before it opens as things stand."""
    if poll is not None:
        return poll.reasons
    return obstacles_of(house, case, assessment) if assessment is not None and case.decision is None else ()


def _convert(asked: Requested, exchange: Exchange) -> Converted | None:
    """Return what is asked for in the house currency, with the rate; None without one."""
    quote, amount = exchange.quote(asked.currency), exchange.convert(asked.limit, asked.currency)
    if quote is None or amount is None:
        return None
    money = Money(amount=amount, currency=exchange.house_currency)
    return Converted(money=money, rate=quote.rate, rate_on=quote.on)
