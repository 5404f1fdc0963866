"""Rounds in a run: what changes after voting has opened prepares the case anew, and votes begin again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from prefect.client.orchestration import SyncPrefectClient

from admission.approval.votes import Ballot, Choice
from admission.cases import CaseStatus, Step
from services import rounds
from services.papers import add_manual_evidence
from tasks.delivery import deliver
from tests.casebook.build import signed_in
from tests.flows.acting import (
    SOUND_AND_LARGE,
    SOUND_CHINESE,
    SOURCE_DOWN,
    application,
    assessment_of,
    code_of,
    next_voter,
    opened,
    started,
    taken_up,
    vote_all,
    walked,
)
from tests.flows.test_waiting import keys, noted, resume
from wiring import House

pytestmark = pytest.mark.prefect
# What Prefect takes for JSON and reads before the flow sees it.
MARKED = '{"__prefect_kind": "json"}'


def vote(at: House, reference: str, choice: Choice = Choice.APPROVE) -> str:
    """Let whoever is next vote; return who it was."""
    person = next_voter(at, reference)
    ballot = Ballot(choice=choice, comment="why?")
    at.casebook.voting.cast(
        reference,
        person,
        assessment_of(at, reference).sha256,
        ballot,
        channel="desk",
        credential=signed_in(at.casebook, person.username),
    )
    return person.username


def test_an_edited_application_is_prepared_and_voted_on_anew_in_the_same_run(
    at: House, client: SyncPrefectClient
) -> None:
    reference, run = started(at, client, SOUND_AND_LARGE)
    taken_up(client, run)
    first = assessment_of(at, reference)
    voter = vote(at, reference)
    asked = application(SOUND_AND_LARGE)
    lower = asked.model_copy(update={"requested": asked.requested.model_copy(update={"terms_days": 15})})

    rounds.edit(at, reference, lower, "shorter terms", at.casebook.people.get("analyst"))
    assert deliver(at) == 1

    assert taken_up(client, run).name == "Suspended"
    case = at.casebook.cases.get(reference)
    assert (case.round, case.status) == (2, CaseStatus.VOTING)
    second = assessment_of(at, reference)
    assert second.sha256 != first.sha256
    assert second.terms.days == 15
    assert all(at.casebook.cases.step_result(reference, 2, step) is not None for step in list(Step)[:5])
    evidence = at.casebook.evidence.of(reference, 2)
    assert evidence
    assert all(item.reused for item in evidence if item.answer.answered)
    assert keys(client, run) == {"approval-1-0", "approval-2-1"}
    assert [opening.lapsed for opening in at.casebook.rounds.lapsed_for(voter)] == [(voter,)]
    assert at.casebook.voting.votes(reference, 2) == []

    vote_all(at, reference)
    deliver(at)
    assert taken_up(client, run).name == "Admitted"
    assert at.casebook.cases.get(reference).decision is not None


def test_a_form_sent_for_the_round_before_is_refused_and_noted(at: House, client: SyncPrefectClient) -> None:
    reference, run = started(at, client, SOUND_AND_LARGE)
    taken_up(client, run)
    voter = next_voter(at, reference)
    code = code_of(at, reference, voter.username, Ballot(choice=Choice.APPROVE))
    at.casebook.cases.open_round(reference, "a new judgment was found", "system", kind="evidence")

    resume(client, run, code=code)

    assert taken_up(client, run).name == "Suspended"
    assert noted(at, reference) == ["refused: This code is for an earlier round of this case."]
    assert at.casebook.voting.votes_of_all_rounds(reference) == []
    assert keys(client, run) == {"approval-1-0", "approval-2-1"}


def test_what_prefect_would_fill_in_is_no_vote(at: House, client: SyncPrefectClient) -> None:
    reference, run = started(at, client, SOUND_AND_LARGE)
    taken_up(client, run)

    resume(client, run, code=MARKED)

    assert taken_up(client, run).name == "Suspended"
    assert noted(at, reference) == ["refused: The form holds what it does not ask for."]
    assert at.casebook.voting.votes_of_all_rounds(reference) == []


def test_a_form_with_more_than_a_code_is_refused_by_prefect_itself(at: House, client: SyncPrefectClient) -> None:
    reference, run = started(at, client, SOUND_AND_LARGE)
    taken_up(client, run)
    code = code_of(at, reference, next_voter(at, reference).username, Ballot(choice=Choice.APPROVE))

    said = client.resume_flow_run(run, run_input={"code": code, "vote": "decline", "comment": "flipped"})

    assert said.status.value == "REJECT"
    assert at.casebook.voting.votes_of_all_rounds(reference) == []


def test_evidence_by_hand_while_the_run_is_suspended_is_assessed_in_the_next_round(
    at: House, client: SyncPrefectClient
) -> None:
    reference, run = started(at, client, SOUND_CHINESE)
    assert taken_up(client, run).name == "Suspended"
    first, voter = assessment_of(at, reference), vote(at, reference)
    company = at.casebook.cases.get(reference).application.legal_name
    look = {
        "topic": "enforcement",
        "site": "中国执行信息公开网",
        "searched_by": "name",
        "query": company,
        "looked_at": at.clock().isoformat(),
        "link": "https://zxgk.court.gov.cn/zhixing/",
        "records": [{"listed_on": "2026-11-20", "amount": {"amount": "900000", "currency": "CNY"}}],
        "file": "site.png",
    }

    analyst = at.casebook.people.get("analyst")
    add_manual_evidence(at, reference, analyst, {"looks": [look]}, {"site.png": b"\x89PNG invented"})
    assert deliver(at) == 1

    assert taken_up(client, run).name == "Suspended"
    case = at.casebook.cases.get(reference)
    assert (case.round, case.status) == (2, CaseStatus.VOTING)
    assert assessment_of(at, reference).sha256 != first.sha256
    sources = {(item.source, item.query.kind): item.reused for item in at.casebook.evidence.of(reference, 2)}
    assert sources["manual_evidence", "enforcement"] is False
    assert sources["financials_upload", "statements"] is True
    (opening,) = at.casebook.rounds.lapsed_for(voter)
    assert (opening.kind, opening.opened_by) == ("evidence", "analyst")
    assert at.casebook.voting.votes(reference, 2) == []


def test_a_question_is_answered_and_the_votes_stay(at: House, client: SyncPrefectClient) -> None:
    reference, run = started(at, client, SOUND_AND_LARGE)
    taken_up(client, run)
    first, assessment = vote(at, reference), assessment_of(at, reference)
    asker = vote(at, reference, Choice.ASK)
    assert asker != first

    rounds.answer(at, reference, "the loan was repaid in May", at.casebook.people.get("analyst"))

    assert deliver(at) == 0
    case = at.casebook.cases.get(reference)
    assert (case.round, case.status, assessment_of(at, reference)) == (1, CaseStatus.VOTING, assessment)
    assert at.casebook.rounds.lapsed_for(first) == []
    assert [given.text for _, given in at.casebook.rounds.answered_for(asker)] == ["the loan was repaid in May"]
    vote_all(at, reference)
    approved = [item.voter for item in at.casebook.voting.votes(reference, 1) if item.ballot.choice is Choice.APPROVE]
    assert approved.count(first) == approved.count(asker) == 1
    deliver(at)
    assert taken_up(client, run).name == "Admitted"


def test_an_override_of_an_unknown_needs_no_acceptance_and_asks_for_more_people(at: House) -> None:
    reference = opened(at, SOURCE_DOWN)
    walked(reference)
    before = assessment_of(at, reference)
    effects = {criterion.id: criterion.effect for criterion in at.policy_in_force().criteria}
    criterion = next(name for name in before.unknowns if effects[name] == "refer")
    until = at.today() + timedelta(days=60)

    rounds.propose_override(at, reference, criterion, "asked by phone", until, at.casebook.people.get("legal"))
    rounds.confirm_override(at, reference, criterion, at.casebook.people.get("manager"))
    assert walked(reference).name == "AwaitingDecision"

    after = assessment_of(at, reference)
    assert set(after.unknowns) == set(before.unknowns) - {criterion}
    assert [override.criterion for override in after.overrides] == [criterion]
    bands = [band.name for band in at.policy_in_force().approval.bands]
    assert bands.index(after.route.band) == bands.index(before.route.band) + 1
