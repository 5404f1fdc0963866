"""Re-reviews: who is due today, one customer at a time, and the half-yearly re-score of the whole book."""

from __future__ import annotations

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.walk import name_run, walk
from tasks.batch import give_back
from tasks.delivery import deliver_outbox
from tasks.reviews import hand_to_people, note_sweep, open_due_reviews, open_review, rescore_book, review_chunk

CHUNK = 200


@flow(name="review-due-customers", description="Review every customer who is due; people see only the exceptions.")
def review_due_customers() -> State:
    """Open the due reviews, take them in chunks, and start a run of their own for those that need people.

    Wraps `services.reviews.open_due_reviews` and, a task a chunk, `services.reviews.review_chunk`. Runs daily at 06:00
    UTC. Without Prefect: the same two functions, one after the other, and `services.coverage.note_sweep`.
    """
    due = open_due_reviews()
    exceptions: list[str] = []
    try:
        for start in range(0, len(due), CHUNK):
            exceptions += review_chunk(due[start : start + CHUNK], due[start + CHUNK :])
    finally:
        give_back(due)
        if exceptions:
            hand_to_people(exceptions)
            deliver_outbox()
    note_sweep(len(due), len(exceptions))
    return Completed(name="Reviewed", message=f"{len(due)} due, {len(exceptions)} for people")


@flow(name="review-customer", description="Review one customer now.")
def review_customer(company_key: str) -> State:
    """Review one customer, as the daily review would; where people must look, this run waits for them.

    Wraps `services.opening.open_review` and the walk (`flows.walk`). Runs when asked, or on a schedule that an operator
    gives one customer. Without Prefect: `services.opening.open_review`, then `services.reviews.review_chunk`.

    Args:
        company_key: such as uk_company_number:00445790.
    """
    reference = open_review(company_key)
    name_run(reference)
    return walk(reference)


@flow(name="rescore-book", description="Score the whole book on stored facts under today's policy; nobody is asked.")
def rescore() -> State:
    """Score the book again and bring forward the reviews of those who would stand worse.

    Wraps `services.reviews.rescore`. Runs on 1 January and 1 July at 05:00 UTC. Without Prefect:
    `services.reviews.rescore`, which changes nothing but the days of the next reviews.
    """
    changed = rescore_book()
    return Completed(name="Rescored", message=f"{changed} customer(s) changed")
