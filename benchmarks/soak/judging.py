"""What must be true of a house after a soak, and how long its cases stood still."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from admission.cases import Case, Event
from benchmarks.recovery.judge import questions, sells
from benchmarks.recovery.voters import Voters
from benchmarks.soak.running import RunningHouse
from cli.running.worker import runs_at_once
from services import audit

# What ends the moving of a case, and what begins it again.
WAITS, MOVES = {"voting.opened", "case.concluded"}, {"case.decided", "round.opened"}
ONCE = ("case.opened", "case.decided", "case.concluded")


class StandStill(NamedTuple):
    """For how long nothing happened to a case on which a run had something to do."""

    seconds: float
    case: str
    after: str


def stand_stills(events: Sequence[Event], now: datetime) -> Iterable[StandStill]:
    """Yield for how long a case stood still after each of its events, until now after its last one.

    Args:
        events: of one case, in their order.
        now: the end of the watch.
    """
    moving = True
    for event, following in zip(events, [*(event.at for event in events[1:]), now], strict=True):
        moving = event.act in MOVES or (moving and event.act not in WAITS)
        if moving:
            yield StandStill((following - event.at).total_seconds(), event.case or "", event.act)


def find_wrong(live: RunningHouse, voters: Voters, cases: Sequence[Case], outcomes: dict[str, str]) -> list[str]:
    """Return what went wrong.

    Args:
        live: the house, whose processes may have ended.
        voters: who voted.
        cases: as they stand now.
        outcomes: by reference, how each ought to end where no paid call was cut off.
    """
    wrong = []
    doubts = [question for _, question, _ in live.house.casebook.evidence.calls_in_doubt()]
    for case in cases:
        acts = Counter(event.act for event in live.house.casebook.history.of(case.reference))
        wrong += [f"{case.reference}: {act} {acts[act]} times" for act in ONCE if acts[act] != 1]
        if case.decision is not None and not any(number_of(case) in question for question in doubts):
            expected = outcomes[case.reference]
            if case.decision.outcome != expected:
                wrong.append(f"{case.reference}: {case.decision.outcome}, not {expected}")
        votes = Counter(vote.voter for vote in live.house.casebook.voting.votes(case.reference, case.round))
        wrong += [f"{case.reference}: {voter} counted {count} times" for voter, count in votes.items() if count > 1]
        taken = voters.taken.get((case.reference, case.round), Counter())
        wrong += [f"{case.reference}: the vote of {voter} was taken and lost" for voter in taken if not votes[voter]]
    sold = live.sandbox.log()["creditsafe"]["bought"]
    wrong += [f"{item} bought {count} times" for item, count in sold.items() if count > 1]
    proof = audit.verify(live.house, audit.trust(live.house, None), (), lambda _: None)
    wrong += [f"the chain: {flaw}" for flaw in proof.flaws]
    wrong += [f"message {item.id} was given up: {item.last_error}" for item in live.house.casebook.outbox.dead()]
    return wrong


def unanswered(live: RunningHouse, cases: Sequence[Case]) -> list[str]:
    """Return the free questions that were sent and whose answers the casebook does not have."""
    kept = {item.url for case in cases for item in live.house.casebook.evidence.of_all_rounds(case.reference)}
    return [url for url in questions(live.sandbox) if not any(address.endswith(url) for address in kept)]


def asked_twice(live: RunningHouse, cases: Sequence[Case], lost: Counter[str]) -> list[str]:
    """Return the free questions that were asked again although their answers were there.

    A list that is about nobody in particular is fetched by whoever needs it first; runs that begin at the same moment
    may all be first.

    Args:
        live: the house.
        cases: all that there are.
        lost: how often each question was under way when a process was killed.
    """
    numbers = [number_of(case) for case in cases]
    wrong = []
    for url, count in questions(live.sandbox).items():
        at_once = 1 if any(number in url for number in numbers) else runs_at_once()
        if count > at_once + lost[url] and not sells(url):
            wrong.append(f"{url} asked {count} times")
    return wrong


def number_of(case: Case) -> str:
    """Return the number that is in every address of a case's company."""
    return next(iter(case.application.identifiers.values())).lstrip("0")
