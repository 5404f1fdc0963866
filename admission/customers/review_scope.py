"""A review of less than everything: what it takes over from the last decision, and when it must be one of everything.

What is taken over keeps the day on which it was asked, and is taken over once: the review after asks for it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from admission.approval.seats import Requirement
from admission.approval.stages import Stage
from admission.customers.renewal import NOT_ALONE
from admission.customers.since.comparing import Since
from admission.evidence.answers import Evidence
from admission.evidence.facts import Facts
from admission.evidence.topics import Topic
from admission.metrics.ages import MaxAge
from admission.model import Text
from admission.people import Department
from admission.policy.review_rules import ReviewScope

# However old a policy lets facts be, nothing older than a year stands for a question.
OLDEST_DAYS = 366


def to_carry(
    evidence: Sequence[Evidence], facts: Facts, scope: ReviewScope, max_age: MaxAge, on: date
) -> list[Evidence]:
    """Return the answers of the last decision that a review takes over; all else it asks.

    A source is taken over whole or not at all: where one question to it was not answered, is about what is asked
    always, or was taken over before, it is asked. One that alone tells the standing in the register is asked too.

    Args:
        evidence: of the last decision, the last of each question.
        facts: that were read from it.
        scope: of the grade that the customer has.
        max_age: the policy's limits.
        on: the day of the review.
    """
    oldest = on - timedelta(days=min([OLDEST_DAYS, *_days(max_age)]))
    sources = sorted({item.source for item in evidence})
    light = [name for name in sources if _all_may(_of(evidence, name), scope.carry_over, oldest)]
    tell_standing = {fact.source for fact in facts.profiles if fact.status is not None}
    if not tell_standing.difference(light):
        light = [name for name in light if name not in tell_standing]
    return [item for item in evidence if item.source in light]


def _of(evidence: Iterable[Evidence], source: str) -> list[Evidence]:
    return [item for item in evidence if item.source == source]


def _days(max_age: MaxAge) -> list[int]:
    asked = (max_age.profiles, max_age.filings, max_age.legal, max_age.hits)
    return [days for days in asked if days is not None]


def _all_may(evidence: Sequence[Evidence], topics: Iterable[Topic], oldest: date) -> bool:
    allowed = frozenset(topics)
    asked = {topic for item in evidence for topic in (*item.query.topics, *item.query.unlocks)}
    return bool(asked) and asked <= allowed and all(_is_told(item, oldest) for item in evidence)


def _is_told(item: Evidence, oldest: date) -> bool:
    by_a_source = item.brought_by is None and item.carried_from is None
    return item.answer.answered and by_a_source and item.sha256 is not None and item.fetched_at.date() >= oldest


def is_light(evidence: Iterable[Evidence]) -> bool:
    """True for a round that took something over from the last decision and did not ask for it."""
    return any(item.carried_from is not None for item in evidence)


def stands_worse(obstacles: Iterable[Text], since: Since | None) -> bool:
    """True where a review finds anything worse or new, so that all is to be asked and all seats are to look.

    That the policy does not let the system decide such an amount alone is nothing worse.

    Args:
        obstacles: what stands against the renewal.
        since: what changed since the last decision; None where there is nothing to compare with.
    """
    if since is None or any(item.kind == "case" for item in since.incomparable):
        return True
    return any(text != NOT_ALONE for text in obstacles) or any(item.change != "gone" for item in since.records)


def narrowed(stages: Sequence[Stage], departments: Sequence[Department]) -> tuple[Stage, ...]:
    """Return stages in which, of the detailed ones, the seats of some departments alone vote.

    A detailed stage asks for the votes of several departments, and another stage decides after it. Stages of offices
    and of the committee stay, and so does a detailed stage in which nobody would be left, or that decides by itself.
    """
    if not departments or len(stages) < 2:
        return tuple(stages)
    *detailed, last = stages
    return (*(_narrowed(stage, departments) for stage in detailed), last)


def _narrowed(stage: Stage, departments: Sequence[Department]) -> Stage:
    seats = stage.require.all_of
    if not seats or not all(_is_of_department(seat) for seat in seats) or stage.chair is not None:
        return stage
    kept = tuple(seat for seat in seats if seat.department in departments)
    return stage.model_copy(update={"require": Requirement(all_of=kept)}) if kept else stage


def _is_of_department(seat: Requirement) -> bool:
    return seat.department is not None and seat.role is None
