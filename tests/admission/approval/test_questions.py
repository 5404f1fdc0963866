"""Who waits for an answer, and what was answered."""

from __future__ import annotations

import pytest

from admission.approval.questions import ANSWERED, GivenAnswer, answers_in, open_questions
from admission.cases import Event
from tests.admission.build import NOW


def event(actor: str, act: str, **detail: str) -> Event:
    return Event(seq=1, at=NOW, actor=actor, act=act, case="GH-2026-000001", detail={"round": "1", **detail})


def cast(actor: str, choice: str, **detail: str) -> Event:
    return event(actor, "vote.cast", choice=choice, **detail)


ANSWER = event("req", ANSWERED, answer="two brothers", asked="ana, bo")


@pytest.mark.parametrize(
    ("events", "waiting"),
    [
        ([], ()),
        ([cast("ana", "ask")], ("ana",)),
        ([cast("bo", "ask"), cast("ana", "ask")], ("ana", "bo")),
        ([cast("ana", "approve"), cast("bo", "decline")], ()),
        ([cast("ana", "ask"), cast("ana", "approve")], ()),
        ([cast("ana", "approve"), cast("ana", "ask")], ("ana",)),
        ([cast("ana", "ask"), ANSWER], ()),
        ([cast("ana", "ask"), ANSWER, cast("bo", "ask")], ("bo",)),
        ([cast("ana", "ask", round="2")], ()),
        ([cast("ana", "ask"), event("req", ANSWERED, round="2", answer="no", asked="")], ("ana",)),
        ([event("ana", "vote.opened", choice="ask")], ()),
    ],
)
def test_whoever_asked_after_the_last_answer_waits(events: list[Event], waiting: tuple[str, ...]) -> None:
    assert open_questions(events, 1) == waiting


def test_answers_tell_by_whom_and_to_whom() -> None:
    nobody = event("req", ANSWERED, round="2", answer="nobody asked", asked="")
    assert answers_in([cast("ana", "ask"), ANSWER, nobody]) == (
        GivenAnswer(round=1, text="two brothers", by="req", at=NOW, asked=("ana", "bo")),
        GivenAnswer(round=2, text="nobody asked", by="req", at=NOW, asked=()),
    )
