"""Rounds: one pass of a case to a decision each. What opens the next one, and whose votes lapse by it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from admission.model import Record, Text

RoundKind = Literal["evidence", "ruling", "override", "edit", "answer", "look", "other"]
ROUND_KINDS = {
    "evidence": Text(en="new evidence", zh="新证据"),
    "ruling": Text(en="a ruling on a list entry", zh="对名单命中的裁定"),
    "override": Text(en="an override", zh="例外批准"),
    "edit": Text(en="an edited application", zh="申请已修改"),
    "answer": Text(en="an answer to a question", zh="对提问的答复"),
    "look": Text(en="a spot check of the system's decision", zh="人工抽检系统决定"),
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
