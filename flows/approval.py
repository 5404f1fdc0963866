"""The human step: the run suspends, so that no process waits, and the casebook alone says when it is over."""

from __future__ import annotations

from typing import Literal

from prefect import suspend_flow_run
from prefect.input import RunInput
from prefect.runtime import deployment
from pydantic import Field, ValidationError

from admission.errors import GatehouseError
from admission.transitions import DECISION_MADE
from services.casefile import case_file
from services.deciding import decide_by_machine
from tasks.casework import open_voting, round_of, run_id
from tasks.memo import memo_text
from wiring import house

WAITING = "run.waiting"
WOKEN = "run.woken"
# Prefect fills in values that carry this key (JSON, templates, variables): no vote is said by them.
MARKER = "__prefect_kind"


class VoteForm(RunInput):
    """The Resume form: a second door for votes. Left empty, it only wakes the run.

    The answer lies in Prefect's store until the run reads it, in clear and replaceable. So it holds a code and nothing
    else: the code casts the one vote that its owner chose when it was issued.
    """

    code: str = Field(
        default="",
        title="Single-use code / 一次性代码",
        description="from the desk's case page or `gatehouse code`; it carries your vote",
        max_length=40,
    )


def await_decision(reference: str, number: int) -> Literal["decided", "waiting", "next round"]:
    """Wait for the decision of a round.

    Returns:
        `decided`; `waiting` where this run ends and the decision will start another; `next round` where something
        changed and the case has to be prepared anew.
    """
    while not _decided(reference):
        # A form that was sent before a round was opened is still read: what it brings is refused and noted.
        asked = _pending(reference) is not None
        if round_of(reference) != number and not asked:
            return "next round"
        if house().casebook.voting.poll(reference, number) is None:
            if decide_by_machine(house(), reference, number):
                return "decided"
            open_voting(reference, number)
            if not asked and round_of(reference) != number:
                return "next round"
        if not asked and not _may_suspend():
            return "waiting"
        form = VoteForm.with_initial_data(description=_introduction(reference))
        _take_vote(reference, _suspend(form, _key(reference, number)))
        if round_of(reference) != number:
            return "next round"
    return "decided"


def _suspend(form: type[VoteForm], key: str) -> VoteForm | None:
    """Suspend, and return the form that the run was resumed with; None where it was not filled in as it asks."""
    try:
        return suspend_flow_run(wait_for_input=form, key=key, timeout=None)
    except ValidationError:
        # Prefect's API lets values past the form's schema; a run that fails on them would be a way to stop a case.
        return None


def _key(reference: str, number: int) -> str:
    """Return the key to suspend under: the one this run is suspended under already, or the next one."""
    pending = _pending(reference)
    if pending is not None:
        return pending
    wakes = sum(event.act == WOKEN for event in house().casebook.history.of(reference))
    key = f"approval-{number}-{wakes}"
    house().casebook.history.add("system", WAITING, reference, {"key": key, "run": run_id()})
    return key


def _pending(reference: str) -> str | None:
    """Return the key under which this run has suspended and not been woken yet."""
    last = [event for event in house().casebook.history.of(reference) if event.act in (WAITING, WOKEN)][-1:]
    here = [event.detail["key"] for event in last if event.act == WAITING and event.detail["run"] == run_id()]
    return here[0] if here else None


def _decided(reference: str) -> bool:
    return house().casebook.cases.get(reference).status in DECISION_MADE


def _may_suspend() -> bool:
    """A run without a deployment cannot suspend; and too many suspended runs burden the Prefect server."""
    return deployment.id is not None and house().casebook.cases.waiting() <= house().settings.waiting_limit


def _introduction(reference: str) -> str:
    file = case_file(house(), reference)
    return memo_text(file, house().settings.language)


def _take_vote(reference: str, form: VoteForm | None) -> None:
    """Record what the Resume form brought; a vote goes through the same rules as one from the desk."""
    book = house().casebook
    said = "woken"
    if form is None or any(MARKER in str(value) for value in form.model_dump().values()):
        said = "refused: The form holds what it does not ask for."
    elif form.code.strip():
        try:
            book.codes.cast(form.code, reference)
            said = "vote recorded"
        except GatehouseError as error:
            said = f"refused: {error.message.en}"
    book.history.add("system", WOKEN, reference, {"form": said})
