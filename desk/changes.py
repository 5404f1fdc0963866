"""What changed on a case, as its page shows it: rounds, rulings on list entries, questions that wait for an answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from admission.approval.mandates import Act
from admission.approval.questions import GivenAnswer, answers_in, open_questions
from admission.approval.rounds import RoundOpening
from admission.approval.votes import Vote, last_ballots
from admission.cases import CaseStatus
from admission.evidence.facts import WatchlistHit
from admission.evidence.watchlists import Ruling, ruling_of
from admission.memo.documents import CaseFile
from admission.people import Person
from admission.separation import is_independent
from admission.transitions import DECISION_MADE
from wiring import House


@dataclass(frozen=True)
class HitRow:
    """One list entry that the company may be, with what was ruled about it.

    Attributes:
        ruling: the ruling that counts.
        lapsed: the last ruling on the entry, where it counts no more.
        waiting: a ruling on the entry that waits for its second signature.
        to_rule: whether the page offers a form to rule on the entry; once an entry.
        to_sign: whether it offers one to sign the waiting ruling; once an entry.
    """

    hit: WatchlistHit
    ruling: Ruling | None
    lapsed: Ruling | None
    waiting: Ruling | None
    to_rule: bool
    to_sign: bool


@dataclass(frozen=True)
class Changes:
    """What changed on a case, seen by one person.

    Attributes:
        opening: why the current round was opened; None in the first.
        your_vote_lapsed: whether a vote of this person lapsed and they have not voted again.
        questions: votes that ask and wait for an answer, where this person is the one to answer.
        answers: what the requester answered in the current round, while it is voted on.
    """

    hits: tuple[HitRow, ...]
    opening: RoundOpening | None
    your_vote_lapsed: bool
    questions: tuple[Vote, ...]
    answers: tuple[GivenAnswer, ...]


def changes_of(house: House, file: CaseFile, person: Person, may: Collection[Act]) -> Changes:
    """Collect what changed on a case for one person, who may do what these mandates say."""
    case = file.case
    lapsed = {opening.case for opening in house.casebook.rounds.lapsed_for(person.username)}
    waiting = open_questions(file.history, case.round)
    asked = [vote for vote in file.votes if vote.round == case.round]
    questions = tuple(vote for vote in last_ballots(asked) if vote.voter in waiting)
    voting = case.status is CaseStatus.VOTING
    answers = voting and person.username == case.requester
    given = tuple(answer for answer in answers_in(file.history) if answer.round == case.round)
    return Changes(
        hits=_rows(file, person, may),
        opening=next((opening for opening in file.rounds if opening.round == case.round), None),
        your_vote_lapsed=case.reference in lapsed,
        questions=questions if answers else (),
        answers=given if voting else (),
    )


def _rows(file: CaseFile, person: Person, may: Collection[Act]) -> tuple[HitRow, ...]:
    open_to = file.case.status not in DECISION_MADE and is_independent(person.username, file.case.requester)
    offered: set[str] = set()
    rows = []
    for hit in file.facts.hits:
        ruling, first = ruling_of(hit, file.rulings), open_to and hit.entry not in offered
        waiting = _waiting(hit, file)
        offered.add(hit.entry)
        others = waiting is not None and waiting.by != person.username
        rows.append(
            HitRow(
                hit,
                ruling,
                None if ruling or waiting else _lapsed(hit, file.rulings),
                waiting,
                to_rule=first and Act.RULE in may,
                to_sign=first and others and Act.SECOND_RULING in may,
            )
        )
    return tuple(rows)


def _waiting(hit: WatchlistHit, file: CaseFile) -> Ruling | None:
    """Return the last ruling of this case on an entry, where it waits for its second signature."""
    made = [ruling for ruling in file.rulings if ruling.covers(hit) and ruling.case == file.case.reference]
    return made[-1] if made and not made[-1].counts else None


def _lapsed(hit: WatchlistHit, rulings: Sequence[Ruling]) -> Ruling | None:
    about = [ruling for ruling in rulings if (ruling.list_name, ruling.entry) == (hit.list_name, hit.entry)]
    return about[-1] if about else None
