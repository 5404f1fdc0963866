"""Reviews as Prefect tasks, a chunk of customers each."""

from __future__ import annotations

from prefect import get_run_logger, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE

from wiring import house, reviews, steps
from wiring.sources import SOURCES


@task(name="open-due-reviews", cache_policy=NO_CACHE)
def open_due_reviews() -> list[str]:
    """Open the reviews that are due; return their references."""
    references = reviews.open_due_reviews(house())
    get_run_logger().info("%d review(s) due", len(references))
    return references


@task(name="review-chunk", cache_policy=NO_CACHE)
def review_chunk(references: list[str]) -> list[str]:
    """Gather, validate and assess a chunk; renew the unchanged; return those that people must look at."""
    at = house()
    for reference in references:
        for source in SOURCES:
            steps.ask_source(at, reference, source, last_try=True)
    steps.validate_cases(at, references)
    exceptions = []
    for reference in references:
        steps.assess_case(at, reference)
        if not reviews.renew_if_unchanged(at, reference):
            exceptions.append(reference)
            at.casebook.cases.request_wake(reference)
    get_run_logger().info("%d renewed, %d for people", len(references) - len(exceptions), len(exceptions))
    return exceptions


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
