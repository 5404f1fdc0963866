"""Reviews as Prefect tasks, a chunk of customers each."""

from __future__ import annotations

from prefect import get_run_logger, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE

from services import coverage, reviews
from services.opening import open_review as open_review_of
from tasks.casework import run_id
from wiring import house


@task(name="open-due-reviews", cache_policy=NO_CACHE)
def open_due_reviews() -> list[str]:
    """Open the reviews that are due; return their references."""
    references = reviews.open_due_reviews(house())
    get_run_logger().info("%d review(s) due", len(references))
    return references


@task(name="review-chunk", cache_policy=NO_CACHE)
def review_chunk(references: list[str], later: list[str]) -> list[str]:
    """Review a chunk of customers; renew the unchanged; return the references of those that people must look at.

    Args:
        references: the reviews of this chunk.
        later: those whose turn comes after them.
    """
    reviewed = reviews.review_chunk(house(), references, run_id(), later)
    for reference, problem in reviewed.problems.items():
        get_run_logger().warning("%s could not be carried on: %s", reference, problem)
    get_run_logger().info("%d renewed, %d for people", len(reviewed.renewed), len(reviewed.exceptions))
    return list(reviewed.exceptions)


@task(name="note-sweep", cache_policy=NO_CACHE)
def note_sweep(due: int, exceptions: int) -> None:
    """Note that all due reviews were gone through."""
    coverage.note_sweep(house(), "review-due-customers", {"due": due, "exceptions": exceptions})


@task(name="hand-to-people", cache_policy=NO_CACHE)
def hand_to_people(references: list[str]) -> None:
    """Ask for a run of its own for each of these cases."""
    for reference in references:
        house().casebook.cases.request_wake(reference)


@task(name="open-review", cache_policy=NO_CACHE)
def open_review(company_key: str) -> str:
    """Open the review of one customer; return its reference."""
    reference = open_review_of(house(), company_key).reference
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
