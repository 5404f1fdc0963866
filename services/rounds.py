"""What people change on a case: rulings, overrides, edited applications open the next round; answers do not."""

from __future__ import annotations

from datetime import date

from admission.application import Application
from admission.approval.questions import GivenAnswer
from admission.approval.rounds import RoundOpening
from admission.assessment.overrides import check_override
from admission.assessment.record import Override
from admission.cases import Case
from admission.errors import NotAllowed
from admission.evidence.facts import WatchlistHit
from admission.evidence.gathering import latest
from admission.evidence.watchlists import Ruling, RulingWord, hits_to_rule
from admission.people import Person
from services.notices import notices_of_answer
from wiring.house import House


def carry_over(house: House, case: Case) -> None:
    """Take into a round what people uploaded or recorded in earlier rounds; nobody can be asked for it again.

    All other evidence is asked for as in any round, and reused where it is fresh.
    """
    if case.round == 1:
        return
    asked = {name for name, connector in house.connectors.items() if connector.card.access != "upload"}
    # All rounds, not only the one before: two that open in quick succession leave one that was never prepared.
    before = [item for past in range(1, case.round) for item in house.casebook.evidence.of(case.reference, past)]
    for item in latest(sorted(before, key=lambda item: item.fetched_at)):
        if item.source not in asked:
            house.casebook.evidence.add(case.reference, case.round, item.model_copy(update={"reused": True}))


def hits_of(house: House, case: Case) -> tuple[WatchlistHit, ...]:
    """Return the list entries that the company may be, of the newest round that has been screened."""
    for number in range(case.round, 0, -1):
        facts = house.casebook.work.facts(case.reference, number)
        if facts is not None:
            return facts.hits
    return ()


def rule(house: House, reference: str, entry: str, word: RulingWord, reason: str, person: Person) -> RoundOpening:
    """Rule on an entry that the screening of a case brought up.

    Raises:
        NotAllowed: no such entry, an equal official number, or the person asked for this customer.
        Conflict: the case is decided.
        BadInput: no reason.
    """
    case = house.casebook.cases.get(reference)
    try:
        hits = hits_to_rule(hits_of(house, case), entry)
    except NotAllowed as refusal:
        house.casebook.history.add(person.username, "ruling.refused", reference, {"reason": refusal.message.en})
        raise
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
    )
    return house.casebook.watchlists.rule(ruling)


def propose_override(
    house: House, reference: str, criterion: str, reason: str, until: date, person: Person
) -> Override:
    """Propose a departure from a criterion for the company of a case; it counts once another person confirms it.

    Raises:
        NotFound: no such case or criterion.
        NotAllowed: the criterion rejects or is met, or the person asked for this customer.
        BadInput: no reason, or a day that is past.
    """
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
    try:
        check_override(house.policy_in_force(), assessment.criteria if assessment else (), override, house.today())
    except NotAllowed as refusal:
        house.casebook.history.add(person.username, "override.refused", reference, {"reason": refusal.message.en})
        raise
    house.casebook.overrides.propose(override)
    return override


def confirm_override(house: House, reference: str, criterion: str, person: Person) -> RoundOpening:
    """Put the second signature under an override; see `Overrides.confirm`."""
    return house.casebook.overrides.confirm(reference, criterion, person.username, house.today())


def answer(house: House, reference: str, text: str, person: Person) -> GivenAnswer:
    """Answer what voters asked; those who voted are told, and their votes stay. See `Rounds.answer`."""
    notices = notices_of_answer(house, house.casebook.cases.get(reference))
    return house.casebook.rounds.answer(reference, person.username, text, notices)


def edit(house: House, reference: str, application: Application, reason: str, person: Person) -> RoundOpening:
    """Put an edited application in place; see `Rounds.edit`."""
    return house.casebook.rounds.edit(reference, person.username, application, reason)
