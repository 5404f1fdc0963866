from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any, TypeVar

import pytest

from admission.approval.votes import Ballot, Choice
from admission.cases import CaseKind, CaseStatus
from admission.errors import Conflict, NotAllowed, NotFound
from admission.evidence.answers import Query
from admission.people import Person
from casebook import Casebook
from tests.casebook.build import CREDIT, PASSWORD, application, desk_stage, evidence, opened, signed_in, voting_on
from tests.conftest import ROOT

T = TypeVar("T")
RunSql = Callable[[str], list[Any]]
CROWD = 20

OPEN_MANY = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from admission.cases import CaseKind
from casebook import Casebook
from tests.casebook.build import application
casebook = Casebook.open(sys.argv[1], Path(sys.argv[2]), clock=lambda: datetime(2026, 11, 2, tzinfo=UTC))
print("ready", flush=True)
sys.stdin.readline()
for number in range(15):
    case, _ = casebook.cases.open(
        application(f"Example {number} Ltd"), kind=CaseKind.ONBOARDING, requester=None, channel="api"
    )
    if casebook.cases.acquire_lease(case.reference, sys.argv[3], 60):
        print(case.reference)
casebook.close()
"""


def at_once(act: Callable[[int], T]) -> list[T]:
    """Run `act(0)` ... `act(19)` in threads that start together."""
    start = Barrier(CROWD)

    def run(number: int) -> T:
        start.wait()
        return act(number)

    with ThreadPoolExecutor(CROWD) as threads:
        return list(threads.map(run, range(CROWD)))


def crowd(casebook: Casebook) -> list[Person]:
    """Twenty people of the credit department."""
    people = [Person(username=f"crowd{number}", name=f"Crowd {number}", department="credit") for number in range(CROWD)]
    for person in people:
        casebook.people.add(person, PASSWORD)
    return people


def assert_history_is_gapless(casebook: Casebook) -> None:
    numbers = [event.seq for event in casebook.history.tail(10_000)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_same_application_at_once_is_one_case(casebook: Casebook) -> None:
    def act(_: int) -> tuple[str, bool]:
        case, created = casebook.cases.open(application(), kind=CaseKind.ONBOARDING, requester="ana", channel="api")
        return case.reference, created

    answers = at_once(act)
    assert {reference for reference, _ in answers} == {"GH-2026-000001"}
    assert [created for _, created in answers].count(True) == 1


def test_different_applications_at_once_are_numbered_without_gaps(casebook: Casebook) -> None:
    references = at_once(lambda number: opened(casebook, f"Example {number} Ltd").reference)
    assert sorted(references) == [f"GH-2026-{number:06d}" for number in range(1, CROWD + 1)]
    assert_history_is_gapless(casebook)


def test_different_applications_of_one_company_at_once_open_one_case(casebook: Casebook) -> None:
    def act(number: int) -> bool:
        try:
            _, created = casebook.cases.open(
                application(limit=str(1000 + number)), kind=CaseKind.ONBOARDING, requester="ana", channel="api"
            )
        except Conflict:
            return False
        return created

    assert at_once(act).count(True) == 1
    assert len(casebook.cases.list()) == 1


def test_opposite_last_votes_at_once_make_one_decision(casebook: Casebook) -> None:
    people = crowd(casebook)
    case = opened(casebook)
    poll = voting_on(casebook, case, stage=desk_stage(CREDIT))
    signed = [signed_in(casebook, person.username) for person in people]

    def act(number: int) -> str:
        choice = Choice.APPROVE if number % 2 else Choice.DECLINE
        ballot = Ballot(choice=choice, comment="at once")
        try:
            now = casebook.voting.cast(
                case.reference, people[number], poll.assessment, ballot, channel="api", credential=signed[number]
            )
        except NotAllowed as refusal:
            return refusal.message.en
        assert now.decided is not None
        return now.decided.outcome

    answers = at_once(act)
    assert answers.count("This case is decided already.") == CROWD - 1
    decided = casebook.cases.get(case.reference)
    assert decided.status is CaseStatus.DECIDED
    assert decided.decision is not None
    assert answers.count({"admitted": "approved"}.get(decided.decision.outcome, "declined")) == 1
    assert len(casebook.voting.votes_of_all_rounds(case.reference)) == 1
    assert casebook.outbox.pending() == 1
    acts = [event.act for event in casebook.history.of(case.reference)]
    assert (acts.count("case.decided"), acts.count("vote.refused")) == (1, CROWD - 1)
    assert_history_is_gapless(casebook)


def test_a_last_vote_and_a_new_fact_at_once_never_both_count(casebook: Casebook) -> None:
    people = crowd(casebook)
    case = opened(casebook)
    poll = voting_on(casebook, case, stage=desk_stage(CREDIT))
    signed = [signed_in(casebook, person.username) for person in people]

    def act(number: int) -> str:
        try:
            if number % 2:
                ballot = Ballot(choice=Choice.APPROVE)
                casebook.voting.cast(
                    case.reference, people[number], poll.assessment, ballot, channel="api", credential=signed[number]
                )
                return "vote counted"
            casebook.evidence.hand_in(case.reference, [evidence(f"e{number}")], people[number].username, "a new fact")
        except (NotAllowed, Conflict):
            return "vote refused" if number % 2 else "fact refused"
        return "fact taken"

    ends = at_once(act)
    now = casebook.cases.get(case.reference)
    facts = casebook.evidence.of_all_rounds(case.reference)
    if now.decision is not None:
        assert (ends.count("vote counted"), ends.count("fact taken"), now.round, facts) == (1, 0, 1, [])
    else:
        assert (ends.count("vote counted"), ends.count("fact taken"), now.round) == (0, CROWD // 2, 2)
        assert casebook.evidence.of(case.reference, 2) == facts
        assert len(facts) == CROWD // 2
        assert casebook.voting.votes_of_all_rounds(case.reference) == []
    assert_history_is_gapless(casebook)


def test_one_of_many_runs_gets_the_lease(casebook: Casebook) -> None:
    reference = opened(casebook).reference
    assert at_once(lambda number: casebook.cases.acquire_lease(reference, f"run-{number}", 60)).count(True) == 1


def test_one_of_many_people_takes_the_request(casebook: Casebook, run_sql: RunSql) -> None:
    people = crowd(casebook)
    reference = opened(casebook, requester=None).reference

    def act(number: int) -> bool:
        try:
            casebook.cases.take(reference, people[number].username)
        except Conflict:
            return False
        return True

    assert at_once(act).count(True) == 1


def test_a_paid_question_is_booked_once(casebook: Casebook) -> None:
    references = [opened(casebook, f"Example {number} Ltd").reference for number in range(CROWD)]
    query = Query(source="creditsafe", kind="report", params={"id": "GB-1"}, paid=True)

    def act(number: int) -> bool:
        try:
            casebook.evidence.book_call(references[number], query, application().requested.limit, "EUR")
        except Conflict:
            return False
        return True

    assert at_once(act).count(True) == 1


def test_a_message_is_claimed_once(casebook: Casebook) -> None:
    numbers = [casebook.outbox.put("notice", None, {}) for _ in range(50)]
    claimed = at_once(lambda _: [message.id for message in casebook.outbox.claim(limit=5)])
    taken = [number for some in claimed for number in some]
    while more := casebook.outbox.claim():
        taken.extend(message.id for message in more)
    assert sorted(taken) == numbers


def test_a_wake_up_is_asked_for_once(casebook: Casebook) -> None:
    reference = opened(casebook).reference
    at_once(lambda _: casebook.cases.request_wake(reference))
    assert casebook.outbox.pending() == 1


def test_a_code_is_redeemed_once(casebook: Casebook) -> None:
    poll = voting_on(casebook, opened(casebook))
    code = casebook.codes.issue(
        "bo", poll.case, poll.assessment, Ballot(choice=Choice.APPROVE), signed_in(casebook, "bo")
    )

    def act(_: int) -> bool:
        try:
            casebook.codes.cast(code, poll.case)
        except NotAllowed:
            return False
        return True

    assert at_once(act).count(True) == 1


def test_the_same_bytes_at_once_are_one_file(casebook: Casebook, blobs: Path) -> None:
    (sha256,) = set(at_once(lambda _: casebook.evidence.keep(b"answer" * 10_000)))
    assert [path.name for path in blobs.rglob("*") if path.is_file()] == [sha256]


def test_processes_share_a_casebook(casebook: Casebook, url: str, blobs: Path) -> None:
    started = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", OPEN_MANY, url, str(blobs), f"run-{number}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for number in range(2)
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    ended = [process.communicate(timeout=60) for process in started]
    assert [error for _, error in ended] == ["", ""]
    held = [reference for told, _ in ended for reference in told.split()]
    assert sorted(held) == [f"GH-2026-{number:06d}" for number in range(1, 16)]
    assert_history_is_gapless(casebook)


def test_a_failing_writer_lets_the_next_one_in(casebook: Casebook) -> None:
    for _ in range(30):
        with pytest.raises(NotFound):
            casebook.cases.take("GH-2026-999999", "ana")
    assert opened(casebook).reference == "GH-2026-000001"
