"""Questions that voters ask instead of voting, and the answers they get. An answer changes no fact, so votes stay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from admission.approval.votes import Choice
from admission.cases import Event
from admission.model import Record

ANSWERED = "question.answered"


class GivenAnswer(Record):
    """What the requester answered.

    Attributes:
        round: that it was asked and answered in.
        asked: usernames of those whose questions it answers.
    """

    round: int
    text: str
    by: str
    at: datetime
    asked: tuple[str, ...]


def open_questions(events: Sequence[Event], round_number: int) -> tuple[str, ...]:
    """Return who waits for an answer: whose last vote in a round is a question, asked after the last answer.

    Args:
        events: the history of the case, oldest first.
        round_number: the round.
    """
    waiting: dict[str, bool] = {}
    for event in events:
        if event.detail.get("round") != str(round_number):
            continue
        if event.act == ANSWERED:
            waiting.clear()
        elif event.act == "vote.cast":
            waiting[event.actor] = event.detail.get("choice") == Choice.ASK
    return tuple(sorted(name for name, asks in waiting.items() if asks))


def answers_in(events: Sequence[Event]) -> tuple[GivenAnswer, ...]:
    """Return the answers that a case's history holds, oldest first."""
    return tuple(
        GivenAnswer(
            round=int(event.detail["round"]),
            text=event.detail["answer"],
            by=event.actor,
            at=event.at,
            asked=tuple(name for name in event.detail["asked"].split(", ") if name),
        )
        for event in events
        if event.act == ANSWERED
    )
