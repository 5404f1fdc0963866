"""How a case moves: which act may follow which status, and where it leads.

    act             gathering     unattributed  voting     decided    concluded
    --------------  ------------  ------------  ---------  ---------  ---------
    take            gathering     gathering     voting     decided    concluded
    wait_for_owner  unattributed  unattributed  -          -          -
    open_voting     voting        -             voting     -          -
    vote            -             -             voting     -          -
    decide          decided       decided       decided    -          -
    open_round      gathering     gathering     gathering  -          -
    conclude        -             -             -          concluded  concluded
    spot_check      -             -             -          -          concluded

A case begins in `BEGINNING`; that of a customer who came with the house's own book in `BEGINNING_FROM_BOOK`, for
nothing is left to be decided on it. Where an act leads to the status that a case has, nothing moves. A dash is a
refusal, with a sentence of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from admission.cases import CaseStatus
from admission.errors import NOTHING, Conflict, NotAllowed
from admission.model import Text

BEGINNING = CaseStatus.GATHERING
# Where the case of a customer stands who came with the house's own book: two people have signed for it already.
BEGINNING_FROM_BOOK = CaseStatus.CONCLUDED
# A run has something to do; in all other cases people do, or nobody.
MOVABLE = frozenset({CaseStatus.GATHERING, CaseStatus.DECIDED})
WAITING_FOR_PEOPLE = frozenset({CaseStatus.UNATTRIBUTED, CaseStatus.VOTING})
DECISION_MADE = frozenset({CaseStatus.DECIDED, CaseStatus.CONCLUDED})
DECISION_OPEN = frozenset(CaseStatus) - DECISION_MADE


class CaseAct(StrEnum):
    """What is done to a case and depends on where it stands.

    `take` makes a request a person's own; `wait_for_owner` lets the case wait until somebody does. `spot_check` is a
    person's second look at what the system decided alone.
    """

    TAKE = "take"
    WAIT_FOR_OWNER = "wait_for_owner"
    OPEN_VOTING = "open_voting"
    VOTE = "vote"
    DECIDE = "decide"
    OPEN_ROUND = "open_round"
    CONCLUDE = "conclude"
    SPOT_CHECK = "spot_check"


class Refusal(NamedTuple):
    """Why an act cannot follow, and what a person can do."""

    message: Text
    remedy: Text = NOTHING


DECIDED_ALREADY = Text(en="This case is decided already.", zh="该申请单已完成审批。")
VOTING_NOT_OPEN = Text(en="Voting on this case is not open.", zh="该申请单尚未进入审批环节。")
READ_AGAIN = Text(en="read the case again", zh="请重新查看该申请单")
UNOWNED = Refusal(
    Text(
        en="Nobody has taken this request as theirs, so no vote can open.",
        zh="该申请尚无人认领，不能进入审批环节。",
    ),
    Text(
        en="a signed-in person takes the request at the desk or with gatehouse take",
        zh="请由已登录的人员在审批台认领，或运行 gatehouse take",
    ),
)
_DECIDED_ALREADY = Refusal(DECIDED_ALREADY, READ_AGAIN)
_NEXT_CASE = Refusal(
    DECIDED_ALREADY,
    Text(en="what is new counts in the company's next case or review", zh="新情况将在该企业下一次申请或复审时考虑"),
)
_VOTING_OPEN = Refusal(Text(en="Voting on this case has opened already.", zh="该申请单已进入审批环节。"), READ_AGAIN)
_VOTING_NOT_OPEN = Refusal(VOTING_NOT_OPEN)
_NOT_DECIDED = Refusal(Text(en="This case is not decided yet.", zh="该申请单尚未完成审批。"), READ_AGAIN)
_BEING_CONCLUDED = Refusal(
    Text(en="This decision is still being carried out.", zh="该审批结论正在执行中。"),
    Text(en="try again in a moment", zh="请稍后再试"),
)

TRANSITIONS: Mapping[CaseAct, Mapping[CaseStatus, CaseStatus | Refusal]] = {
    CaseAct.TAKE: {
        CaseStatus.GATHERING: CaseStatus.GATHERING,
        CaseStatus.UNATTRIBUTED: CaseStatus.GATHERING,
        CaseStatus.VOTING: CaseStatus.VOTING,
        CaseStatus.DECIDED: CaseStatus.DECIDED,
        CaseStatus.CONCLUDED: CaseStatus.CONCLUDED,
    },
    CaseAct.WAIT_FOR_OWNER: {
        CaseStatus.GATHERING: CaseStatus.UNATTRIBUTED,
        CaseStatus.UNATTRIBUTED: CaseStatus.UNATTRIBUTED,
        CaseStatus.VOTING: _VOTING_OPEN,
        CaseStatus.DECIDED: _DECIDED_ALREADY,
        CaseStatus.CONCLUDED: _DECIDED_ALREADY,
    },
    CaseAct.OPEN_VOTING: {
        CaseStatus.GATHERING: CaseStatus.VOTING,
        CaseStatus.UNATTRIBUTED: UNOWNED,
        CaseStatus.VOTING: CaseStatus.VOTING,
        CaseStatus.DECIDED: _DECIDED_ALREADY,
        CaseStatus.CONCLUDED: _DECIDED_ALREADY,
    },
    CaseAct.VOTE: {
        CaseStatus.GATHERING: _VOTING_NOT_OPEN,
        CaseStatus.UNATTRIBUTED: _VOTING_NOT_OPEN,
        CaseStatus.VOTING: CaseStatus.VOTING,
        CaseStatus.DECIDED: _DECIDED_ALREADY,
        CaseStatus.CONCLUDED: _DECIDED_ALREADY,
    },
    CaseAct.DECIDE: {
        CaseStatus.GATHERING: CaseStatus.DECIDED,
        CaseStatus.UNATTRIBUTED: CaseStatus.DECIDED,
        CaseStatus.VOTING: CaseStatus.DECIDED,
        CaseStatus.DECIDED: _DECIDED_ALREADY,
        CaseStatus.CONCLUDED: _DECIDED_ALREADY,
    },
    CaseAct.OPEN_ROUND: {
        CaseStatus.GATHERING: CaseStatus.GATHERING,
        CaseStatus.UNATTRIBUTED: CaseStatus.GATHERING,
        CaseStatus.VOTING: CaseStatus.GATHERING,
        CaseStatus.DECIDED: _NEXT_CASE,
        CaseStatus.CONCLUDED: _NEXT_CASE,
    },
    CaseAct.CONCLUDE: {
        CaseStatus.GATHERING: _NOT_DECIDED,
        CaseStatus.UNATTRIBUTED: _NOT_DECIDED,
        CaseStatus.VOTING: _NOT_DECIDED,
        CaseStatus.DECIDED: CaseStatus.CONCLUDED,
        CaseStatus.CONCLUDED: CaseStatus.CONCLUDED,
    },
    CaseAct.SPOT_CHECK: {
        CaseStatus.GATHERING: _NOT_DECIDED,
        CaseStatus.UNATTRIBUTED: _NOT_DECIDED,
        CaseStatus.VOTING: _NOT_DECIDED,
        CaseStatus.DECIDED: _BEING_CONCLUDED,
        CaseStatus.CONCLUDED: CaseStatus.CONCLUDED,
    },
}


def next_status(act: CaseAct, status: CaseStatus, *, case: str) -> CaseStatus:
    """Return where an act leads a case.

    Args:
        act: what is to be done.
        status: where the case stands.
        case: its reference, for the message.

    Raises:
        NotAllowed: the vote on the case is not open.
        Conflict: another act that cannot follow.
    """
    leads = TRANSITIONS[act][status]
    if isinstance(leads, CaseStatus):
        return leads
    error = NotAllowed if act is CaseAct.VOTE else Conflict
    raise error(leads.message, context={"case": case}, remedy=leads.remedy)
