"""How a case walks through the house, whatever brought it here."""

from __future__ import annotations

from prefect import get_client
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed

from admission.cases import Step
from flows.approval import await_decision
from tasks.casework import ask_source, assess, complete, conclude, hold, let_go, run_id, step_done, validate
from tasks.memo import publish_memo
from wiring import house, steps
from wiring.sources import of_stage

FINAL_NAMES = {"admitted": "Admitted", "declined": "Declined", "kept": "Kept", "ended": "Ended"}


def walk(reference: str) -> State:
    """Carry a case on from where it stands to its decision; the final state's name tells the decision."""
    if not hold(reference):
        return Completed(name="HeldElsewhere", message=f"another run is moving {reference}")
    try:
        note_run(reference)
        return take_steps(reference)
    finally:
        # However it ends, also suspended or failed, the next run of this case need not wait for the lease to run out.
        let_go(reference)


def take_steps(reference: str) -> State:
    """Take each step that is not done yet; the lease is held."""
    prescreen(reference)
    investigate(reference)
    if not step_done(reference, Step.VALIDATE):
        validate([reference])
    if not step_done(reference, Step.ASSESS):
        assess(reference)
    if not step_done(reference, Step.PUBLISH_MEMO):
        publish_memo(reference)
    if not await_decision(reference):
        return Completed(name="AwaitingDecision", message=f"{reference} waits for people at the desk")
    outcome = conclude(reference)
    return Completed(name=FINAL_NAMES[outcome], message=f"{reference}: {outcome}")


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


def prescreen(reference: str) -> None:
    """Ask the free sources and the watch lists."""
    if not step_done(reference, Step.PRESCREEN):
        ask_all(reference, of_stage(house().connectors, "prescreen"))
        complete(reference, Step.PRESCREEN)


def investigate(reference: str) -> None:
    """Ask the paid and slow sources, unless the free ones knock the company out already."""
    if step_done(reference, Step.INVESTIGATE):
        return
    case = house().casebook.cases.get(reference)
    sources = of_stage(house().connectors, "investigate")
    if steps.knock_out_of_prescreen(house(), case):
        steps.skip_paid_sources(house(), case, sources)
    else:
        ask_all(reference, sources)
    complete(reference, Step.INVESTIGATE)


def ask_all(reference: str, sources: list[str]) -> None:
    """Ask sources all at once, one task each; those that have nothing to say about such a company are left out."""
    hold(reference)
    delays = list(house().settings.retry_delays)
    asking = ask_source.with_options(retries=len(delays), retry_delay_seconds=delays)
    futures = [
        asking.submit(reference, source, len(delays) + 1)
        for source in sources
        if steps.applies(house(), reference, source)
    ]
    for future in futures:
        future.result()
