"""Lists of cases: newest first, by text, by requester, by who has a part, by when they were decided."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from admission.application import parse_application
from admission.cases import CaseKind, CaseStatus
from casebook import Casebook
from tests.casebook.build import START, HandClock, desk_stage, opened, voting_on
from tests.casebook.test_cases import ADMITTED
from tests.casebook.test_voting import APPROVE, cast, inbox

if TYPE_CHECKING:
    from tests.casebook.test_voting import RunSql

NAMES = ("Amber Works Ltd", "Birch 100% Works Ltd", "华东电子有限公司")


@pytest.fixture
def references(casebook: Casebook, clock: HandClock) -> list[str]:
    """Three cases, oldest first."""
    found = []
    for name in NAMES:
        found.append(opened(casebook, name, requester="ana").reference)
        clock.forward(timedelta(minutes=1))
    return found


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("amber", [0]),
        ("WORKS  ltd", [1, 0]),
        ("Ｗｏｒｋｓ", [1, 0]),
        ("100%", [1]),
        ("%", [1]),
        ("_", []),
        ("电子", [2]),
        ("gh-2026-000002", [1]),
        ("nobody", []),
        (" ", [2, 1, 0]),
    ],
)
def test_cases_are_found_by_reference_and_company(
    casebook: Casebook, references: list[str], text: str, places: list[int]
) -> None:
    expected = [references[place] for place in places]
    assert [case.reference for case in casebook.cases.list(text=text)] == expected
    assert [case.reference for case in casebook.cases.list(text=text, seen_by="ana")] == expected
    assert [case.reference for case in casebook.cases.list(text=text, requester="ana")] == expected
    assert casebook.cases.list(text=text, status=CaseStatus.CONCLUDED) == []


CEDAR = {
    "legal_name": "Cedar Ltd",
    "country": "GB",
    "identifiers": {"uk_company_number": "09990017"},
    "requested": {"limit": "5000", "currency": "GBP", "terms_days": 30},
}


def test_cases_are_found_by_official_number(casebook: Casebook) -> None:
    case, _ = casebook.cases.open(parse_application(CEDAR), kind=CaseKind.ONBOARDING, requester="ana", channel="desk")
    assert casebook.cases.list(text="09990017") == [case]


def test_an_edited_application_is_found_by_its_new_words(casebook: Casebook) -> None:
    case, _ = casebook.cases.open(parse_application(CEDAR), kind=CaseKind.ONBOARDING, requester="ana", channel="desk")
    edited = parse_application({**CEDAR, "legal_name": "Cedar and Daughters Ltd"})
    casebook.rounds.edit(case.reference, "ana", edited, "a new name")
    assert [found.reference for found in casebook.cases.list(text="daughters")] == [case.reference]


def test_my_requests_are_mine_however_many_others_came_since(
    casebook: Casebook, clock: HandClock, references: list[str]
) -> None:
    opened(casebook, "Somebody else's Ltd", requester="bo")
    assert [case.reference for case in casebook.cases.list(requester="ana", newest=2)] == references[:0:-1]


def test_who_has_a_part_finds_seats_requests_and_what_is_nobodys(casebook: Casebook, clock: HandClock) -> None:
    seated = opened(casebook, "Amber Ltd", requester="bo")
    voting_on(casebook, seated)
    clock.forward(timedelta(minutes=1))
    asked = opened(casebook, "Birch Ltd", requester="cy")
    clock.forward(timedelta(minutes=1))
    nobodys = opened(casebook, "Cedar Ltd", requester=None)
    casebook.cases.wait_for_owner(nobodys.reference)
    clock.forward(timedelta(minutes=1))
    opened(casebook, "Delta Ltd", requester="ana")
    found = [case.reference for case in casebook.cases.list(seen_by="cy")]
    assert found == [nobodys.reference, asked.reference, seated.reference]
    assert [case.reference for case in casebook.cases.list(seen_by="cy", newest=1)] == found[:1]
    voting = casebook.cases.list(seen_by="cy", status=CaseStatus.VOTING)
    assert [case.reference for case in voting] == [seated.reference]


def test_a_seat_put_into_the_lookup_shows_nobody_a_case(casebook: Casebook, run_sql: RunSql) -> None:
    case = opened(casebook, requester="bo")
    voting_on(casebook, case)
    run_sql(f"INSERT INTO seats (case_ref, round, username, stage) VALUES ('{case.reference}', 1, 'ana', 'desk')")
    assert casebook.cases.list(seen_by="ana") == []
    assert casebook.cases.decided(seen_by="ana") == []
    assert inbox(casebook, "ana") == []


def test_decisions_come_newest_first_whenever_their_cases_were_opened(
    casebook: Casebook, clock: HandClock, references: list[str]
) -> None:
    for place in (2, 0):
        casebook.cases.decide(references[place], ADMITTED, actor="system", round_number=1)
        clock.forward(timedelta(minutes=1))
    expected = [references[0], references[2]]
    assert [case.reference for case in casebook.cases.decided()] == expected
    assert [case.reference for case in casebook.cases.decided(newest=1)] == expected[:1]
    assert [case.reference for case in casebook.cases.decided(seen_by="ana")] == expected
    assert casebook.cases.decided(seen_by="max") == []


def test_the_inbox_gives_the_oldest_and_counts_all(casebook: Casebook, clock: HandClock) -> None:
    waiting = []
    for name in NAMES:
        case = opened(casebook, name)
        voting_on(casebook, case)
        waiting.append(case.reference)
        clock.forward(timedelta(minutes=1))
    person = casebook.people.get("bo")
    assert [case.reference for case, _ in casebook.voting.inbox(person, oldest=2)] == waiting[:2]
    assert casebook.voting.turns(person) == 3
    assert casebook.voting.turns(casebook.people.get("ana")) == 0
    assert casebook.voting.turns(person.model_copy(update={"active": False})) == 0
    assert casebook.voting.inbox(person.model_copy(update={"roles": ("auditor",)})) == []


def test_a_turn_ends_with_the_vote_the_round_and_the_decision(casebook: Casebook) -> None:
    case = opened(casebook)
    voting_on(casebook, case)
    bo, cy = casebook.people.get("bo"), casebook.people.get("cy")
    cast(casebook, case.reference, "bo")
    assert (casebook.voting.turns(bo), casebook.voting.turns(cy)) == (0, 1)
    casebook.cases.open_round(case.reference, "new accounts", "system")
    assert (casebook.voting.turns(bo), casebook.voting.turns(cy)) == (0, 0)
    voting_on(casebook, casebook.cases.get(case.reference), stage=desk_stage(), number=2)
    assert (casebook.voting.turns(bo), casebook.voting.turns(cy)) == (1, 1)
    for name in ("bo", "cy"):
        cast(casebook, case.reference, name, APPROVE)
    assert (casebook.voting.turns(bo), casebook.voting.turns(cy)) == (0, 0)


def test_late_votes_are_those_of_a_time_of_which_nobody_was_told(casebook: Casebook) -> None:
    case = opened(casebook)
    poll = voting_on(casebook, case)
    late = casebook.stuck.late_polls
    assert late(START) == [poll]
    assert late(START - timedelta(seconds=1)) == []
    assert late(START, opened_after=START) == []
    assert late(START, opened_after=START - timedelta(seconds=1), untold="vote.reminded") == [poll]
    casebook.stuck.tell_once(poll, "vote.reminded", {}, [])
    assert late(START, untold="vote.reminded") == []
    assert late(START, untold="vote.escalated") == [poll]
    casebook.cases.open_round(case.reference, "new accounts", "system")
    again = voting_on(casebook, casebook.cases.get(case.reference), number=2)
    assert late(START, untold="vote.reminded") == [again]
