"""How a case walks through the house, whatever brought it here."""

from __future__ import annotations

from prefect import get_client
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed

from admission.cases import Step
from flows.approval import await_decision
from services import preparing
from services.casefile import case_in_round
from tasks.casework import LeaseLost, conclude, hold, let_go, renew, round_of, run_id, step_done
from tasks.memo import publish_memo
from tasks.rounds import TaskExecutor
from wiring import house
from wiring.log_lines import AT_WORK_ON

FINAL_NAMES = {"admitted": "Admitted", "declined": "Declined", "kept": "Kept", "ended": "Ended"}


def walk(reference: str) -> State:
    """Carry a case on from where it stands to its decision; the final state's name tells the decision."""
    AT_WORK_ON.set(reference)
    if not hold(reference):
        return held_elsewhere(reference)
    try:
        note_run(reference)
        return take_steps(reference)
    except LeaseLost:
        return held_elsewhere(reference)
    finally:
        # However it ends, also suspended or failed, the next run of this case need not wait for the lease to run out.
        let_go(reference)


def held_elsewhere(reference: str) -> State:
    """Leave the case to the run that has its lease."""
    return Completed(name="HeldElsewhere", message=f"another run is moving {reference}")


def take_steps(reference: str) -> State:
    """Take each step that is not done yet, round after round; the lease is held, and renewed step by step."""
    while True:
        number = round_of(reference)
        prepare(reference, number)
        if round_of(reference) != number:
            continue
        renew(reference)
        ending = await_decision(reference, number)
        if ending == "waiting":
            return Completed(name="AwaitingDecision", message=f"{reference} waits for people at the desk")
        if ending == "decided":
            outcome = conclude(reference)
            return Completed(name=FINAL_NAMES[outcome], message=f"{reference}: {outcome}")


def prepare(reference: str, round_number: int) -> None:
    """Take a round from its opening to its memo; a round that is opened meanwhile is taken up after it."""
    preparing.prepare(TaskExecutor(), [case_in_round(house(), reference, round_number)])
    if not step_done(reference, Step.PUBLISH_MEMO, round_number):
        renew(reference)
        publish_memo(reference)


def note_run(reference: str) -> None:
    """Note in the casebook that this run moves the case, so that it is the one to be woken."""
    if run_id() not in house().casebook.cases.runs(reference):
        house().casebook.cases.note_run(reference, run_id())


def name_run(reference: str) -> None:
    """Give this run the case's reference as its name, so that operators find it."""
    case = house().casebook.cases.get(reference)
    with get_client(sync_client=True) as client:
        tags = {*flow_run.tags, str(case.kind), case.application.country, case.application.segment}
        client.update_flow_run(flow_run.id, name=reference, tags=sorted(tags))
