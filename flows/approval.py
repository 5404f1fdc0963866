"""The human step: the run suspends, so that no process waits, and the casebook alone says when it is over."""

from __future__ import annotations

from typing import Literal

from prefect import suspend_flow_run
from prefect.input import RunInput
from prefect.runtime import deployment
from pydantic import Field

from admission.approvals import Ballot, Choice
from admission.cases import CaseStatus
from admission.errors import GatehouseError
from tasks.casework import open_voting
from tasks.memo import memo_text
from wiring import house, steps

WOKEN = "run.woken"


class VoteForm(RunInput):
    """The Resume form: a second door for votes. Left empty, it only wakes the run."""

    code: str = Field(
        default="",
        title="Single-use code / 一次性代码",
        description="from the desk's case page; it says who you are",
        max_length=40,
        json_schema_extra={"position": 1},
    )
    vote: Literal["", "approve", "decline", "ask"] = Field(
        default="", title="Vote / 表决", json_schema_extra={"position": 2}
    )
    comment: str = Field(default="", title="Comment / 意见", max_length=4000, json_schema_extra={"position": 3})


def await_decision(reference: str) -> bool:
    """Wait for the decision. True when decided; False where this run ends and the decision will start another."""
    while not _decided(reference):
        if house().casebook.voting.poll(reference) is None:
            if steps.decide_by_machine(house(), reference):
                return True
            open_voting(reference)
        if not _may_suspend():
            return False
        wakes = _wakes(reference)
        case = house().casebook.cases.get(reference)
        form = VoteForm.with_initial_data(description=_introduction(reference))
        given = suspend_flow_run(wait_for_input=form, key=f"approval-{case.round}-{wakes}", timeout=None)
        _take_vote(reference, given)
    return True


def _decided(reference: str) -> bool:
    return house().casebook.cases.get(reference).status in (CaseStatus.DECIDED, CaseStatus.CONCLUDED)


def _may_suspend() -> bool:
    """A run without a deployment cannot suspend; and too many suspended runs burden the Prefect server."""
    return deployment.id is not None and house().casebook.cases.waiting() <= house().settings.waiting_limit


def _wakes(reference: str) -> int:
    return sum(event.act == WOKEN for event in house().casebook.history.of(reference))


def _introduction(reference: str) -> str:
    file = steps.case_file(house(), reference)
    return memo_text(file, house().settings.language)


def _take_vote(reference: str, form: VoteForm) -> None:
    """Record what the Resume form brought; a vote goes through the same rules as one from the desk."""
    book = house().casebook
    said = "woken"
    if form.code and not form.vote:
        said = "refused: The form has a code but no vote."
    elif form.vote:
        try:
            person, assessment = book.people.redeem_code(form.code, reference)
            ballot = Ballot(choice=Choice(form.vote), comment=form.comment)
            book.voting.cast(reference, person, assessment, ballot, channel="resume_form")
            said = "vote recorded"
        except GatehouseError as error:
            said = f"refused: {error.message}"
    book.history.add("system", WOKEN, reference, {"form": said})
