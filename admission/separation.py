"""Separation of duties: who asked for a customer does not judge the request, and alone may change it."""

from __future__ import annotations

from enum import StrEnum

from admission.errors import Conflict, NotAllowed
from admission.model import Text


class Duty(StrEnum):
    """A duty of somebody else than the requester."""

    VOTE = "vote"
    RULE = "rule"
    PROPOSE_OVERRIDE = "propose_override"
    CONFIRM_RULING = "confirm_ruling"
    CONFIRM_OVERRIDE = "confirm_override"
    CONFIRM_EVIDENCE = "confirm_evidence"
    JUDGE = "judge"
    SPOT_CHECK = "spot_check"
    RECORD_PERFORMANCE = "record_performance"
    SETTLE_CONDITION = "settle_condition"
    CONFIRM_SECURITY = "confirm_security"
    RECORD_COVER = "record_cover"
    RELEASE_HOLD = "release_hold"
    CONFIRM_LIMIT = "confirm_limit"
    LIFT_CUT = "lift_cut"
    RELEASE_ORDER = "release_order"
    CONFIRM_BOOK = "confirm_book"
    DECIDE_GROUP_LIMIT = "decide_group_limit"


_WORDS = {
    Duty.VOTE: Text(en="vote on it", zh="对其发表审批意见"),
    Duty.RULE: Text(en="rule on its list entries", zh="裁定其名单命中"),
    Duty.PROPOSE_OVERRIDE: Text(en="propose an override on it", zh="为其提出例外批准"),
    Duty.CONFIRM_OVERRIDE: Text(en="confirm an override on it", zh="为其确认例外批准"),
    Duty.CONFIRM_RULING: Text(en="confirm a ruling on it", zh="复核其名单裁定"),
    Duty.CONFIRM_EVIDENCE: Text(en="confirm what was put on it", zh="复核其资料"),
    Duty.JUDGE: Text(en="judge it", zh="对该企业作出评价"),
    Duty.RECORD_PERFORMANCE: Text(en="record how its debt went", zh="登记其履约情况"),
    Duty.SETTLE_CONDITION: Text(en="settle its conditions", zh="核实其条件"),
    Duty.CONFIRM_SECURITY: Text(en="confirm its securities", zh="复核其担保"),
    Duty.RECORD_COVER: Text(en="record its credit insurance", zh="登记其信用保险"),
    Duty.CONFIRM_BOOK: Text(en="confirm the book it is in", zh="复核其所在的存量客户导入"),
    Duty.RELEASE_HOLD: Text(en="release its holds", zh="解除其暂停发货"),
    Duty.CONFIRM_LIMIT: Text(en="confirm a raise of its limit", zh="复核其临时调额"),
    Duty.LIFT_CUT: Text(en="lift cuts of its limit", zh="撤销其额度调减"),
    Duty.RELEASE_ORDER: Text(en="release or refuse its orders", zh="放行或拒绝其订单"),
    Duty.DECIDE_GROUP_LIMIT: Text(en="decide on the limit of its group", zh="复核或撤销其集团额度"),
    Duty.SPOT_CHECK: Text(en="spot-check the decision on it", zh="抽检其审批结论"),
}


def is_independent(person: str, requester: str | None) -> bool:
    """True where the person (a username) did not ask for the customer."""
    return person != requester


def check_independent(duty: Duty, person: str, requester: str | None, *, case: str) -> None:
    """Refuse to let a person do this on their own request.

    Args:
        duty: what the person is about to do.
        person: username of who does it.
        requester: username of who asked for the customer; None where nobody has.
        case: reference of the case, for the message.

    Raises:
        NotAllowed: the person asked for this customer.
    """
    if not is_independent(person, requester):
        words = _WORDS[duty]
        raise NotAllowed(
            Text(
                en=f"You asked for this customer, so you cannot {words.en}.",
                zh=f"本申请由您发起，您不能{words.zh}。",
            ),
            context={"case": case},
            remedy=Text(en="somebody else has to do it", zh="须由其他人员办理"),
        )


def check_requester(person: str, requester: str | None, *, case: str) -> None:
    """Refuse a change to another person's request; a request that nobody has taken is everybody's.

    Args:
        person: username of who changes it.
        requester: username of who asked for the customer; None where nobody has.
        case: reference of the case, for the message.

    Raises:
        NotAllowed: another person asked for this customer.
    """
    if requester is not None and person != requester:
        raise NotAllowed(
            Text(
                en="Only the person who asked for this customer may do that.",
                zh="只有本申请的发起人可以进行此操作。",
            ),
            context={"case": case},
            remedy=Text(en="the requester is named on the case's page", zh="发起人见申请单页面"),
        )


def check_unowned(requester: str | None, *, case: str) -> None:
    """Refuse to take a request that somebody has.

    Args:
        requester: username of who asked for the customer; None where nobody has.
        case: reference of the case, for the message.

    Raises:
        Conflict: the request is somebody's.
    """
    if requester is not None:
        raise Conflict(Text(en="This request is somebody's already.", zh="该申请已有人认领。"), context={"case": case})


def check_second(person: str, first: str, *, case: str) -> None:
    """Refuse a second signature that is the first person's again.

    Args:
        person: username of who signs now.
        first: username of whose act it is signed under.
        case: reference of the case, for the message.

    Raises:
        NotAllowed: both are one.
    """
    if person == first:
        raise NotAllowed(
            Text(en="The second signature must be another person's.", zh="须由另一人复核签署。"),
            context={"case": case},
            remedy=Text(en="ask a colleague who may sign", zh="请有权限的同事签署"),
        )
