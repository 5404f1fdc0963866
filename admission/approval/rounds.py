"""Rounds: one pass of a case to a decision each. What opens the next one, and whose votes lapse by it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

from admission.errors import NotAllowed
from admission.model import Record, Text

# What a policy that says nothing else allows.
ROUNDS_A_DAY = 5
A_DAY = timedelta(days=1)

RoundKind = Literal["evidence", "confirmation", "ruling", "override", "edit", "answer", "look", "widened", "other"]
ROUND_KINDS = {
    "evidence": Text(en="new evidence", zh="新证据"),
    "confirmation": Text(en="a confirmation of what was put on the case", zh="资料复核"),
    "ruling": Text(en="a ruling on a list entry", zh="对名单命中的裁定"),
    "override": Text(en="an override", zh="例外批准"),
    "edit": Text(en="an edited application", zh="申请已修改"),
    "answer": Text(en="an answer to a question", zh="对提问的答复"),
    "look": Text(en="a spot check of the system's decision", zh="人工抽检系统决定"),
    "widened": Text(en="a review that asks for everything after all", zh="复审扩大为全面复审"),
    "other": Text(en="another reason", zh="其他原因"),
}


class RoundOpening(Record):
    """Why a round was opened.

    Attributes:
        round: the new round, from 2.
        reason: in the words of who opened it.
        lapsed: usernames of those whose votes in the round before lapsed by it.
    """

    case: str
    round: int
    kind: RoundKind
    reason: str
    opened_by: str
    opened_at: datetime
    lapsed: tuple[str, ...] = ()


def check_rounds_left(openings: Iterable[RoundOpening], person: str, now: datetime, most: int, *, case: str) -> None:
    """Refuse one more round to a person who has opened enough of them: each lets the votes of the one before lapse.

    Args:
        openings: the rounds of the case that were opened so far.
        person: username of who is about to open one more.
        now: the present moment.
        most: how many one person may open within 24 hours.
        case: reference of the case, for the message.

    Raises:
        NotAllowed: the person has opened that many.
    """
    lately = [item for item in openings if item.opened_by == person and item.opened_at > now - A_DAY]
    if len(lately) >= most:
        raise NotAllowed(
            Text(
                en=f"You have opened {len(lately)} rounds of this case within a day; more are not allowed.",
                zh=f"您在一天内已为本申请单开启 {len(lately)} 轮，不能再开启。",
            ),
            context={"case": case},
            remedy=Text(
                en="let a colleague bring it, or bring everything together tomorrow",
                zh="请由同事提交，或明日一并提交",
            ),
        )
