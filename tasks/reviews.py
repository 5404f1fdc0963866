"""Reviews as Prefect tasks, a chunk of customers each."""

from __future__ import annotations

from typing import Literal

from prefect import get_run_logger, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE

from admission.cases import Step
from admission.errors import SourceUnavailable
from services import reviews, steps
from services.exposure import read_ledger
from tasks.casework import complete, hold, let_go, step_done
from wiring import house
from wiring.sources import of_stage


@task(name="open-due-reviews", cache_policy=NO_CACHE)
def open_due_reviews() -> list[str]:
    """Open the reviews that are due; return their references."""
    references = reviews.open_due_reviews(house())
    get_run_logger().info("%d review(s) due", len(references))
    return references


@task(name="review-chunk", cache_policy=NO_CACHE)
def review_chunk(references: list[str]) -> list[str]:
    """Gather, validate and assess a chunk; renew the unchanged; return the others."""
    at = house()
    held = [reference for reference in references if hold(reference)]
    try:
        _gather(held)
        steps.validate_cases(at, held)
        ledger = read_ledger(at)
        for reference in held:
            steps.assess_case(at, reference, ledger=ledger)
        exceptions = [reference for reference in held if not reviews.renew_if_unchanged(at, reference)]
    finally:
        for reference in held:
            let_go(reference)
    get_run_logger().info("%d renewed, %d for people", len(held) - len(exceptions), len(exceptions))
    return exceptions


def _gather(references: list[str]) -> None:
    """Ask all sources about all cases; the paid ones only about those that the free ones do not knock out."""
    at = house()
    _ask([reference for reference in references if not step_done(reference, Step.PRESCREEN)], "prescreen")
    left = [reference for reference in references if not step_done(reference, Step.INVESTIGATE)]
    knocked_out = [
        reference for reference in left if steps.knock_out_of_prescreen(at, at.casebook.cases.get(reference))
    ]
    for reference in knocked_out:
        steps.skip_paid_sources(at, at.casebook.cases.get(reference), of_stage(at.connectors, "investigate"))
    _ask([reference for reference in left if reference not in knocked_out], "investigate")
    for reference in left:
        complete(reference, Step.PRESCREEN)
        complete(reference, Step.INVESTIGATE)


def _ask(references: list[str], stage: Literal["prescreen", "investigate"]) -> None:
    """Ask the sources of a stage; one that was unavailable is asked once more when all others have been."""
    at = house()
    again = []
    for reference in references:
        for source in of_stage(at.connectors, stage):
            try:
                steps.ask_source(at, reference, source, last_try=False)
            except SourceUnavailable:
                again.append((reference, source))
    for reference, source in again:
        steps.ask_source(at, reference, source, last_try=True)


@task(name="hand-to-people", cache_policy=NO_CACHE)
def hand_to_people(references: list[str]) -> None:
    """Ask for a run of its own for each of these cases."""
    for reference in references:
        house().casebook.cases.request_wake(reference)


@task(name="open-review", cache_policy=NO_CACHE)
def open_review(company_key: str) -> str:
    """Open the review of one customer; return its reference."""
    reference = reviews.open_review(house(), company_key).reference
    get_run_logger().info("review %s", reference)
    return reference


@task(name="rescore-book", cache_policy=NO_CACHE)
def rescore_book() -> int:
    """Score all customers again on stored facts; publish who changed; return how many did."""
    rescored = reviews.rescore(house(), house().casebook.customers.all())
    changed = [
        item._asdict()
        for item in rescored
        if (item.grade_before, item.limit_before) != (item.grade_now, item.limit_now)
    ]
    create_table_artifact(changed, key="rescored-book", description=f"{len(changed)} of {len(rescored)} changed")
    get_run_logger().info("%d of %d customer(s) changed", len(changed), len(rescored))
    return len(changed)
