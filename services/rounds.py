"""What people change on a case: rulings, overrides, edited applications open the next round; answers do not."""

from __future__ import annotations

from datetime import date

from admission.application import Application
from admission.approval.mandates import Act
from admission.approval.questions import GivenAnswer
from admission.approval.rounds import RoundOpening
from admission.approval.sampling import Look, LookVerdict
from admission.assessment.overrides import check_override
from admission.assessment.record import Override
from admission.cases import Case
from admission.customers.asked_change import edited_change
from admission.evidence.answers import latest
from admission.evidence.facts import WatchlistHit
from admission.evidence.watchlists import Ruling, RulingWord, hits_to_rule, needs_two
from admission.free_text import check_plain
from admission.model import Text
from admission.people import Person
from services.asking import asked_sources
from services.mandates import refusal_noted, under_mandate
from services.notices import notices_of_answer
from services.review_scope import carry_over_last
from wiring.house import House


def carry_over(house: House, case: Case) -> None:
    """Take into a round what people uploaded or recorded in earlier rounds; nobody can be asked for it again.

    All other evidence is asked for as in any round, and reused where it is fresh. The first round of a review takes
    over what its scope does not ask for anew.
    """
    if case.round == 1:
        carry_over_last(house, case)
        return
    asked = asked_sources(house)
    # All rounds, not only the one before: two that open in quick succession leave one that was never prepared.
    before = [item for past in range(1, case.round) for item in house.casebook.evidence.of(case.reference, past)]
    papers = [item for item in latest(sorted(before, key=lambda item: item.fetched_at)) if item.source not in asked]
    if papers:
        taken = [item.model_copy(update={"reused": True}) for item in papers]
        house.casebook.evidence.add(case.reference, case.round, *taken)


def hits_of(house: House, case: Case) -> tuple[WatchlistHit, ...]:
    """Return the list entries that the company may be, of the newest round that has been screened."""
    for number in range(case.round, 0, -1):
        facts = house.casebook.work.facts(case.reference, number)
        if facts is not None:
            return facts.hits
    return ()


def rule(
    house: House, reference: str, entry: str, word: RulingWord, reason: str, person: Person
) -> RoundOpening | None:
    """Rule on an entry that the screening of a case brought up.

    Returns:
        The opening of the next round; None where the ruling waits for its second signature first.

    Raises:
        NotAllowed: no such entry, the person asked for this customer, or has no mandate to rule.
        Conflict: the case is decided.
        BadInput: no reason.
    """
    check_plain(Text(en="The ruling cannot be taken.", zh="裁定无法受理。"), {"reason": reason})
    case = house.casebook.cases.get(reference)
    policy = house.policy_in_force()
    with refusal_noted(house, "ruling.refused", reference, person):
        hits = hits_to_rule(hits_of(house, case), entry)
        policy.mandates.check(Act.RULE, person, case=reference)
    ruling = Ruling(
        company_key=case.company_key,
        list_name=hits[0].list_name,
        entry=entry,
        contents=tuple(sorted({hit.content for hit in hits})),
        ruling=word,
        reason=reason,
        by=person.username,
        at=house.clock(),
        case=reference,
        two_sign=needs_two(word, hits),
    )
    return house.casebook.watchlists.rule(ruling, most=policy.approval.rounds_a_day)


def confirm_ruling(house: House, reference: str, entry: str, person: Person) -> RoundOpening:
    """Put the second signature under a ruling; see `Confirmations.confirm_ruling`.

    Raises:
        NotAllowed: besides, the person has no mandate for it.
    """
    policy = under_mandate(house, Act.SECOND_RULING, person, reference, "confirmation.refused")
    most = policy.approval.rounds_a_day
    return house.casebook.confirmations.confirm_ruling(reference, entry, person.username, most=most)


def propose_override(
    house: House, reference: str, criterion: str, reason: str, until: date, person: Person
) -> Override:
    """Propose a departure from a criterion for the company of a case; it counts once another person confirms it.

    Raises:
        NotFound: no such case or criterion.
        NotAllowed: the criterion rejects or is met, or the person asked for this customer or has no mandate for it.
        BadInput: no reason, a day that is past, or one farther ahead than the policy lets an override last.
    """
    check_plain(Text(en="The override cannot be taken.", zh="无法受理该例外申请。"), {"reason": reason})
    case = house.casebook.cases.get(reference)
    override = Override(
        company_key=case.company_key,
        criterion=criterion,
        reason=reason,
        until=until,
        by=person.username,
        at=house.clock(),
        case=reference,
    )
    assessment = house.casebook.work.assessment(reference, case.round)
    policy = house.policy_in_force()
    with refusal_noted(house, "override.refused", reference, person):
        policy.mandates.check(Act.OVERRIDE, person, case=reference)
        check_override(policy, assessment.criteria if assessment else (), override, house.today())
    house.casebook.overrides.propose(override)
    return override


def confirm_override(house: House, reference: str, criterion: str, person: Person) -> RoundOpening:
    """Put the second signature under an override; see `Overrides.confirm`.

    Raises:
        NotAllowed: besides, the person has no mandate for it.
    """
    policy = under_mandate(house, Act.SECOND_OVERRIDE, person, reference, "override.refused")
    most = policy.approval.rounds_a_day
    return house.casebook.overrides.confirm(reference, criterion, person.username, house.today(), most=most)


def answer(house: House, reference: str, text: str, person: Person) -> GivenAnswer:
    """Answer what voters asked; those who voted are told, and their votes stay. See `Rounds.answer`."""
    notices = notices_of_answer(house, house.casebook.cases.get(reference))
    return house.casebook.rounds.answer(reference, person.username, text, notices)


def edit(house: House, reference: str, application: Application, reason: str, person: Person) -> RoundOpening:
    """Put an edited application in place; see `Rounds.edit`.

    Raises:
        NotAllowed: besides, nobody has taken the request, and the person has no mandate to edit such.
        BadInput: a request for another limit of a customer, which has its limit in another currency.
    """
    case = house.casebook.cases.get(reference)
    application = edited_change(case.application, application)
    if case.requester is None:
        policy = under_mandate(house, Act.EDIT, person, reference, "edit.refused")
    else:
        policy = house.policy_in_force()
    most = policy.approval.rounds_a_day
    return house.casebook.rounds.edit(reference, person.username, application, reason, most=most)


def spot_check(house: House, reference: str, verdict: LookVerdict, note: str, person: Person) -> Look:
    """Write down what a person says of a decision of the system; see `Samples.look`.

    Raises:
        NotAllowed: besides, the person has no mandate for it.
    """
    policy = under_mandate(house, Act.REOPEN, person, reference, "look.refused")
    return house.casebook.samples.look(reference, person.username, verdict, note, most=policy.approval.rounds_a_day)
