"""The steps of a case as Prefect tasks. Parameters are references and names of sources; nothing personal."""

from __future__ import annotations

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run

from admission.application import Application
from admission.cases import Step
from admission.errors import Conflict
from admission.model import Text
from services import asking, assessing, concluding, voting
from services.casefile import case_in_round
from services.opening import Asked
from services.opening import open_case as open_asked_case
from tasks.validating import validated_for_all
from wiring import house


class LeaseLost(Conflict):
    """This run no longer has the right to move its case."""


@task(name="open-case", cache_policy=NO_CACHE)
def open_case(application: Application, idempotency_key: str) -> str:
    """Open the case of an application that came through Prefect, where nobody has a name; return its reference."""
    asked = Asked(requester=None, channel="prefect", key=idempotency_key)
    case = open_asked_case(house(), application, asked, wake=False)
    get_run_logger().info("case %s is %s", case.reference, case.status)
    return case.reference


@task(name="ask-source", task_run_name="ask {source}", cache_policy=NO_CACHE, persist_result=False)
def ask_source(reference: str, source: str, round_number: int) -> dict[str, str]:
    """Ask one source about a case, as often as the retry policy says; return how each question was answered."""
    evidence = asking.ask_patiently(house(), case_in_round(house(), reference, round_number), source)
    answers = {item.query.kind: str(item.answer) for item in evidence}
    get_run_logger().info("%s answered %s", source, answers)
    return answers


@task(name="validate", cache_policy=NO_CACHE)
def validate(reference: str, round_number: int) -> None:
    """Have the facts of a case read and the expectations run over them: together with other cases, or here."""
    together = validated_for_all(reference, round_number)
    if not together:
        assessing.validate_cases(house(), [case_in_round(house(), reference, round_number)])
    get_run_logger().info("validated %s %s", reference, "with those that waited" if together else "by itself")


@task(name="assess", cache_policy=NO_CACHE)
def assess(reference: str, round_number: int) -> str:
    """Assess a case; return the kind of its route."""
    assessment = assessing.assess_case(house(), case_in_round(house(), reference, round_number))
    get_run_logger().info("%s: grade %s, %s", reference, assessment.grade, assessment.route.kind)
    return assessment.route.kind


@task(name="open-voting", cache_policy=NO_CACHE)
def open_voting(reference: str, round_number: int) -> bool:
    """Open the vote; False while nobody has taken the request as theirs."""
    poll = voting.open_voting(house(), reference, round_number)
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
    """Renew the lease on a case that this run holds.

    Raises:
        LeaseLost: another run has taken it since, be it that it has given it back by now.
    """
    if not house().casebook.cases.renew_lease(reference, run_id(), house().settings.lease_seconds):
        taken = Text(en="Another run has taken this case over.", zh="本申请单已由另一次运行接管。")
        raise LeaseLost(taken, context={"case": reference})


def let_go(reference: str) -> None:
    """Give the lease on a case back, if this run has it."""
    house().casebook.cases.release_lease(reference, run_id())


def round_of(reference: str) -> int:
    """Return the round that a case is in."""
    return house().casebook.cases.get(reference).round


def step_done(reference: str, step: Step, round_number: int) -> bool:
    """True where the casebook has this step of a round."""
    return house().casebook.cases.step_result(reference, round_number, step) is not None


def complete(reference: str, step: Step, round_number: int) -> None:
    """Tell the casebook that a step of a round is done."""
    house().casebook.cases.complete_step(reference, round_number, step, {})
