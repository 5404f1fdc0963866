"""How a case walks through the house, whatever brought it here."""

from __future__ import annotations

from prefect import get_client
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed

from admission.cases import Step
from flows.approval import await_decision
from services import rounds, steps
from tasks.casework import (
    LeaseLost,
    ask_source,
    assess,
    complete,
    conclude,
    hold,
    let_go,
    renew,
    round_of,
    run_id,
    step_done,
    validate,
)
from tasks.memo import publish_memo
from wiring import house
from wiring.sources import of_stage

FINAL_NAMES = {"admitted": "Admitted", "declined": "Declined", "kept": "Kept", "ended": "Ended"}


def walk(reference: str) -> State:
    """Carry a case on from where it stands to its decision; the final state's name tells the decision."""
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


def prepare(reference: str, number: int) -> None:
    """Take the steps of one round up to its memo; a round that is opened meanwhile is taken up after it."""
    prescreen(reference, number)
    investigate(reference, number)
    if due(reference, Step.VALIDATE, number):
        validate([reference], number)
    if due(reference, Step.ASSESS, number):
        assess(reference, number)
    if due(reference, Step.PUBLISH_MEMO, number):
        publish_memo(reference)


def due(reference: str, step: Step, number: int) -> bool:
    """True where a step of a round is still to be taken; the lease is renewed for it."""
    if step_done(reference, step, number):
        return False
    renew(reference)
    return True


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


def prescreen(reference: str, number: int) -> None:
    """Ask the free sources and the watch lists."""
    if due(reference, Step.PRESCREEN, number):
        rounds.carry_over(house(), house().casebook.cases.get(reference), number)
        ask_all(reference, of_stage(house().connectors, "prescreen"), number)
        complete(reference, Step.PRESCREEN, number)


def investigate(reference: str, number: int) -> None:
    """Ask the paid and slow sources, unless the free ones knock the company out already."""
    if not due(reference, Step.INVESTIGATE, number):
        return
    case = steps.case_in_round(house(), reference, number)
    sources = of_stage(house().connectors, "investigate")
    if steps.knock_out_of_prescreen(house(), case):
        steps.skip_paid_sources(house(), case, sources)
    else:
        ask_all(reference, sources, number)
    complete(reference, Step.INVESTIGATE, number)


def ask_all(reference: str, sources: list[str], number: int) -> None:
    """Ask sources all at once, one task each; those that have nothing to say about such a company are left out."""
    delays = list(house().settings.retry_delays)
    asking = ask_source.with_options(retries=len(delays), retry_delay_seconds=delays)
    futures = [
        asking.submit(reference, source, len(delays) + 1, number)
        for source in sources
        if steps.applies(house(), reference, source)
    ]
    for future in futures:
        future.result()
