"""The steps of a case as Prefect tasks. Parameters are references and names of sources; nothing personal."""

from __future__ import annotations

from typing import Any

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run, task_run

from admission.application import Application
from admission.cases import CaseKind, Step
from admission.errors import Conflict, SourceUnavailable
from services import concluding, steps
from wiring import house


class LeaseLost(Conflict):
    """This run no longer has the right to move its case."""


def _worth_a_retry(_task: Any, _run: Any, state: Any) -> bool:
    """Only an unavailable source is asked again; a refusal, a challenge or a bug is not."""
    return isinstance(state.result(raise_on_failure=False), SourceUnavailable)


@task(name="open-case", cache_policy=NO_CACHE)
def open_case(application: Application, idempotency_key: str) -> str:
    """Open the case of an application that came through Prefect, where nobody has a name; return its reference."""
    steps.check_segment(house(), application)
    case, created = house().casebook.cases.open(
        application,
        kind=CaseKind.ONBOARDING,
        requester=None,
        channel="prefect",
        idempotency_key=idempotency_key,
    )
    get_run_logger().info("case %s %s", case.reference, "opened" if created else "carried on")
    return case.reference


@task(
    name="ask-source",
    task_run_name="ask {source}",
    cache_policy=NO_CACHE,
    persist_result=False,
    retry_condition_fn=_worth_a_retry,
)
def ask_source(reference: str, source: str, tries: int, number: int | None = None) -> dict[str, str]:
    """Ask one source about a case; return how each of its questions was answered."""
    evidence = steps.ask_source(house(), reference, source, last_try=task_run.run_count >= tries, number=number)
    answers = {item.query.kind: str(item.answer) for item in evidence}
    get_run_logger().info("%s answered %s", source, answers)
    return answers


@task(name="validate", cache_policy=NO_CACHE)
def validate(references: list[str], number: int | None = None) -> None:
    """Run the expectations over the facts of all these cases at once."""
    steps.validate_cases(house(), references, number)
    get_run_logger().info("validated %d case(s)", len(references))


@task(name="assess", cache_policy=NO_CACHE)
def assess(reference: str, number: int | None = None) -> str:
    """Assess a case; return the kind of its route."""
    assessment = steps.assess_case(house(), reference, number)
    get_run_logger().info("%s: grade %s, %s", reference, assessment.grade, assessment.route.kind)
    return assessment.route.kind


@task(name="open-voting", cache_policy=NO_CACHE)
def open_voting(reference: str, number: int | None = None) -> bool:
    """Open the vote; False while nobody has taken the request as theirs."""
    poll = steps.open_voting(house(), reference, number)
    get_run_logger().info("%s: %s", reference, "voting is open" if poll else "waits for a person to take it as theirs")
    return poll is not None


@task(name="conclude", cache_policy=NO_CACHE)
def conclude(reference: str) -> str:
    """Carry out the decision; return its outcome."""
    case = concluding.conclude(house(), reference)
    outcome = case.decision.outcome if case.decision else "undecided"
    get_run_logger().info("%s: %s", reference, outcome)
    return outcome


def run_id() -> str:
    """Return the id of this run, under which it holds the leases of the cases it moves."""
    return str(flow_run.id)


def hold(reference: str) -> bool:
    """Take or renew the lease on a case; False where another run has it."""
    return house().casebook.cases.acquire_lease(reference, run_id(), house().settings.lease_seconds)


def renew(reference: str) -> None:
    """Renew the lease on a case that this run moves.

    Raises:
        LeaseLost: this run stood still for longer than the lease lasts, and another one has taken the case over.
    """
    if not house().casebook.cases.renew_lease(reference, run_id(), house().settings.lease_seconds):
        raise LeaseLost("Another run has taken this case over.", context={"case": reference})


def let_go(reference: str) -> None:
    """Give the lease on a case back, if this run has it."""
    house().casebook.cases.release_lease(reference, run_id())


def round_of(reference: str) -> int:
    """Return the round that a case is in."""
    return house().casebook.cases.get(reference).round


def step_done(reference: str, step: Step, number: int | None = None) -> bool:
    """True where the casebook has this step of a round, by default the current one."""
    return house().casebook.cases.step_result(reference, number or round_of(reference), step) is not None


def complete(reference: str, step: Step, number: int | None = None) -> None:
    """Tell the casebook that a step of a round is done, by default of the current one."""
    house().casebook.cases.complete_step(reference, number or round_of(reference), step, {})
