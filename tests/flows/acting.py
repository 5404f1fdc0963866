"""What people and workers do in these tests: ask for a customer, take up a run, vote, deliver."""

from __future__ import annotations

import contextlib
import threading
from typing import Any
from uuid import UUID

from prefect import Flow
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import State
from prefect.exceptions import Pause
from prefect.flow_engine import run_flow_sync

from admission.application import Application
from admission.approval.votes import Ballot, Choice
from admission.assessment.record import Assessment
from admission.cases import CaseKind, CaseStatus
from admission.evidence.answers import Answer
from admission.people import Person
from cli.running.demo import PEOPLE, expectations, papers_of
from flows.onboarding import onboard_applicant
from intake.applications import read_applications
from sandbox.server import Sandbox
from services.papers import add_papers, confirm
from tasks.delivery import deliver
from tests.casebook.build import HandClock, signed_in
from tests.conftest import ROOT
from wiring import House, house

SOUND_AND_SMALL = "1_sound_and_small"
SOUND_AND_LARGE = "2_sound_and_large"
INSOLVENT = "4_insolvent"
SOURCE_DOWN = "5_source_down"
SOUND_CHINESE = "7_chinese_sound"
STORIES = expectations()


def new_process(clock: HandClock) -> House:
    """Read the settings anew, as a process that starts now; return the house that flows and tasks find."""
    house.cache_clear()
    at = house()
    at.clock = clock
    return at


def application(story: str) -> Application:
    """Return the application of a sample story."""
    (found,) = read_applications(ROOT / "sandbox" / "applicants" / f"{story}.yaml").applications
    return found


def opened(at: House, story: str) -> str:
    """Open the case of a story as its analyst, with the papers that go with it; return the reference."""
    case, _ = at.casebook.cases.open(application(story), kind=CaseKind.ONBOARDING, requester="analyst", channel="desk")
    papers = papers_of(at, story)
    if papers is not None:
        added = add_papers(at, case.reference, at.casebook.people.get("analyst"), papers)
        confirm(at, case.reference, [item.id for item in added], at.casebook.people.get("credit"))
    return case.reference


def walked(reference: str) -> State[Any]:
    """Carry a case on in a run without a deployment; return how the run ended."""
    return onboard_applicant(case_ref=reference, return_state=True)


def started(at: House, client: SyncPrefectClient, story: str) -> tuple[str, UUID]:
    """Open a case and have it delivered; return its reference and the id of the run that waits for a worker."""
    reference = opened(at, story)
    at.casebook.cases.request_wake(reference)
    deliver(at)
    return reference, UUID(at.casebook.cases.runs(reference)[-1])


def taken_up(client: SyncPrefectClient, run_id: UUID, flow: Flow[Any, Any] = onboard_applicant) -> State[Any]:
    """Do what a worker does: run the flow until it ends or suspends; return the run's state."""
    run = client.read_flow_run(run_id)
    with contextlib.suppress(Pause):
        run_flow_sync(flow, flow_run=run, parameters=run.parameters, return_type="state")
    _end_watching()
    state = client.read_flow_run(run_id).state
    assert state is not None
    return state


def _end_watching() -> None:
    """Wait for the threads that watch for suspensions, as the end of a worker's process would end them.

    Prefect gives them two seconds. One that outlives them finds the next taking up of the same run by its id, and
    suspends that for the suspension which it saw before.
    """
    for thread in threading.enumerate():
        if thread.name.endswith("(observer_thread)"):
            thread.join()


def next_voter(at: House, reference: str) -> Person:
    """Return somebody whose turn it is."""
    return next(
        person for person in PEOPLE if any(case.reference == reference for case, _ in at.casebook.voting.inbox(person))
    )


def code_of(at: House, reference: str, username: str, ballot: Ballot) -> str:
    """Return a single-use code of a person that carries this ballot."""
    credential = signed_in(at.casebook, username)
    return at.casebook.codes.issue(username, reference, assessment_of(at, reference).sha256, ballot, credential)


def vote_all(at: House, reference: str, choice: Choice = Choice.APPROVE, conditions: tuple[str, ...] = ()) -> None:
    """Let everybody whose turn it is vote alike, until the case is decided."""
    while (case := at.casebook.cases.get(reference)).status is CaseStatus.VOTING:
        poll = at.casebook.voting.poll(reference, case.round)
        assert poll is not None
        ballot = Ballot(
            choice=choice,
            comment="voted in a test",
            conditions=conditions,
            accepted=dict.fromkeys(poll.to_accept, "accepted in a test") if choice is Choice.APPROVE else {},
        )
        at.casebook.voting.cast(
            reference,
            next_voter(at, reference),
            poll.assessment,
            ballot,
            channel="desk",
            credential=signed_in(at.casebook, next_voter(at, reference).username),
        )


def assessment_of(at: House, reference: str) -> Assessment:
    """Return the assessment of a case's round."""
    found = at.casebook.work.assessment(reference, at.casebook.cases.get(reference).round)
    assert found is not None
    return found


def answers(at: House, reference: str, source: str) -> list[Answer]:
    """Return how a source answered in a case."""
    return [item.answer for item in at.casebook.evidence.of_all_rounds(reference) if item.source == source]


def asked(sandbox: Sandbox, source: str) -> dict[str, int]:
    """Return how often each URL of a source was asked."""
    return {line["url"]: line["count"] for line in sandbox.log()["requests"] if line["source"] == source}
