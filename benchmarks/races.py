"""`python -m benchmarks.races [--trials N]`: last votes against each other and against a new fact, at the same moment.

Each trial opens a case of its own, lets two threads act at once, and checks that one thing came of it: one decision; or
the decision stands and the new round was refused; or the round was opened and the vote was refused. Never both, never
none. Exit status 1 where any trial ended otherwise.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Barrier

from admission.application import Application, parse_application
from admission.approval.seats import Requirement
from admission.approval.stages import Stage
from admission.approval.votes import Ballot, Choice, Poll, Standing
from admission.assessment.assessing import Dossier, assess
from admission.cases import CaseKind
from admission.customers.experience import snapshot_of
from admission.errors import Conflict, NotAllowed
from admission.evidence.answers import Answer, Evidence, Query
from admission.evidence.facts import Facts
from admission.evidence.findings import Validation
from admission.model import Text
from admission.money import Exchange, RateTable
from admission.people import Person
from admission.transitions import DECISION_MADE
from benchmarks.databases import postgres_database
from casebook import Casebook
from casebook.credentials import Credential
from casebook.voting import Channel
from casebook.work import Assessed
from intake.policies import read_policy

PEOPLE = tuple(Person(username=name, name=name.title(), department="credit") for name in ("ada", "ben"))
REQUESTER = Person(username="rita", name="Rita", department="sales")
STAGE = Stage(name="desk", title=Text(en="Desk", zh="审批"), require=Requirement(department="credit"), decline="veto")


@dataclass
class Tally:
    """What came of the trials of one race on one database."""

    race: str
    database: str
    ends: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    seconds: float = 0.0


class Arena:
    """A casebook in which races are run."""

    def __init__(self, casebook: Casebook) -> None:
        self.casebook = casebook
        self._policy = read_policy(None)
        self._number = 0
        self.credentials = {person.username: self._signed_in(person) for person in (*PEOPLE, REQUESTER)}

    def _signed_in(self, person: Person) -> Credential:
        password = uuid.uuid4().hex
        self.casebook.people.add(person, password)
        return Credential.session(self.casebook.sessions.sign_in(person.username, password, lifetime=timedelta(days=1)))

    def vote(self, person: Person, poll: Poll, ballot: Ballot, channel: Channel = "api") -> Standing:
        """Let a person cast a ballot."""
        by = self.credentials[person.username]
        return self.casebook.voting.cast(poll.case, person, poll.assessment, ballot, channel=channel, credential=by)

    def voting(self) -> tuple[str, Poll]:
        """Open a case with a vote in which one approval or decline decides."""
        self._number += 1
        application = _application(self._number)
        case, _ = self.casebook.cases.open(
            application, kind=CaseKind.ONBOARDING, requester=REQUESTER.username, channel="bench"
        )
        dossier = Dossier(application, CaseKind.ONBOARDING, (), Validation(findings=(), usable=Facts(), spoiled=()))
        assessment = assess(dossier, self._policy, RateTable(), as_of=datetime.now(UTC).date())
        known = snapshot_of(case.reference, 1, dossier, assessment, Exchange(RateTable(), "USD", assessment.as_of))
        self.casebook.work.save_assessment(Assessed(case.reference, 1, assessment, known))
        poll = Poll(
            case=case.reference,
            round=1,
            assessment=assessment.sha256,
            stages=(STAGE,),
            electorate=PEOPLE,
            requester=REQUESTER.username,
            recommended_limit=Decimal(1000),
            currency="USD",
            opened_at=datetime.now(UTC),
        )
        self.casebook.voting.open_poll(poll)
        return case.reference, poll


def _application(number: int) -> Application:
    requested = {"limit": "1000", "currency": "USD", "terms_days": 30}
    return parse_application({"legal_name": f"Race {number} Inc", "country": "US", "requested": requested})


def opposite_votes(arena: Arena) -> tuple[str, str | None]:
    """One approves, one declines, both could be the last vote. Return how it ended, and what is wrong about that."""
    reference, poll = arena.voting()

    def cast(person: Person, choice: Choice) -> str:
        ballot = Ballot(choice=choice, comment="at once")
        try:
            now = arena.vote(person, poll, ballot)
        except NotAllowed:
            return "refused"
        return now.decided.outcome if now.decided else "open"

    ends = at_once(lambda: cast(PEOPLE[0], Choice.APPROVE), lambda: cast(PEOPLE[1], Choice.DECLINE))
    case = arena.casebook.cases.get(reference)
    votes = len(arena.casebook.voting.votes_of_all_rounds(reference))
    acts = Counter(event.act for event in arena.casebook.history.of(reference))
    right = (
        sorted(ends) in (["approved", "refused"], ["declined", "refused"])
        and case.decision is not None
        and (case.decision.outcome == "admitted") == ("approved" in ends)
        and (votes, acts["case.decided"], acts["vote.refused"]) == (1, 1, 1)
    )
    end = case.decision.outcome if case.decision else "undecided"
    return end, None if right else f"{reference}: {ends}, {end}, {votes} vote(s), {dict(acts)}"


def vote_against_new_fact(arena: Arena) -> tuple[str, str | None]:
    """The last vote and a new fact. Return how it ended, and what is wrong about that."""
    reference, poll = arena.voting()

    def vote() -> str:
        try:
            arena.vote(PEOPLE[0], poll, Ballot(choice=Choice.APPROVE))
        except NotAllowed:
            return "vote refused"
        return "vote counted"

    def fact() -> str:
        try:
            arena.casebook.evidence.hand_in(reference, [_new_fact(reference)], REQUESTER.username, "a new judgment")
        except Conflict:
            return "round refused"
        return "round opened"

    ends = at_once(vote, fact)
    case = arena.casebook.cases.get(reference)
    facts = [len(arena.casebook.evidence.of(reference, number)) for number in (1, 2)]
    stands = (ends, case.round, case.decision is not None, case.status, facts)
    kept = (
        ends == ["vote counted", "round refused"]
        and case.round == 1
        and case.status in DECISION_MADE
        and facts == [0, 0]
    )
    lapsed = ends == ["vote refused", "round opened"] and case.round == 2 and not case.decision and facts == [0, 1]
    right = kept or lapsed
    return ", ".join(ends), None if right else f"{reference}: {stands}"


def _new_fact(reference: str) -> Evidence:
    query = Query(source="manual_evidence", kind="insolvency", params={"case": reference})
    return Evidence(id=uuid.uuid4().hex, query=query, answer=Answer.FOUND, fetched_at=datetime.now(UTC))


def at_once(*acts: Callable[[], str]) -> list[str]:
    """Do things in threads that start together; return what each came to."""
    start = Barrier(len(acts))

    def run(act: Callable[[], str]) -> str:
        start.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


RACES = {"two opposite last votes": opposite_votes, "last vote and a new fact": vote_against_new_fact}


def measure(url: str, database: str, trials: int) -> list[Tally]:
    """Run all races on one database."""
    tallies = []
    with tempfile.TemporaryDirectory() as folder:
        casebook = Casebook.open(url.format(folder=folder), Path(folder) / "blobs", clock=lambda: datetime.now(UTC))
        casebook.create()
        arena = Arena(casebook)
        for name, race in RACES.items():
            tally = Tally(name, database)
            began = time.perf_counter()
            for _ in range(trials):
                end, wrong = race(arena)
                tally.ends[end] += 1
                if wrong is not None:
                    tally.violations.append(wrong)
            tally.seconds = time.perf_counter() - began
            tallies.append(tally)
        casebook.close()
    return tallies


def main(arguments: list[str] | None = None) -> int:
    """Run the races and print a table; 1 where any trial went wrong or a database that was asked for is missing."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.races", description=__doc__)
    parser.add_argument("--trials", type=int, default=1000, help="trials of each race on each database")
    parser.add_argument("--only", choices=("sqlite", "postgres"), help="one database alone")
    given = parser.parse_args(arguments)
    tallies: list[Tally] = []
    if given.only != "postgres":
        tallies += measure("sqlite:///{folder}/casebook.db", "SQLite", given.trials)
    if given.only != "sqlite":
        with postgres_database("races") as url:
            if url is None:
                print("no Postgres server answers (GATEHOUSE_TEST_POSTGRES)", file=sys.stderr)
                return 1
            tallies += measure(url, "Postgres", given.trials)
    print(f"{'race':<26} {'database':<9} {'trials':>6} {'wrong':>6} {'ms':>6}  ends")
    for tally in tallies:
        ends = "; ".join(f"{end} {count}" for end, count in sorted(tally.ends.items()))
        trials = sum(tally.ends.values())
        milliseconds = tally.seconds * 1000 / max(1, trials)
        print(
            f"{tally.race:<26} {tally.database:<9} {trials:>6} {len(tally.violations):>6} {milliseconds:>6.1f}  {ends}"
        )
    for violation in [wrong for tally in tallies for wrong in tally.violations][:10]:
        print(f"wrong: {violation}", file=sys.stderr)
    return 1 if any(tally.violations for tally in tallies) else 0


if __name__ == "__main__":
    sys.exit(main())
