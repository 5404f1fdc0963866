"""Who asked for a customer does not judge the request, and alone may change it; said in one place."""

from __future__ import annotations

from pathlib import Path

import pytest

from admission.errors import Conflict, NotAllowed
from admission.separation import Duty, check_independent, check_requester, check_unowned, is_independent

HOUSE = Path(__file__).parents[2]
CASE = "GH-2026-000001"
REFUSED = {
    Duty.VOTE: ("vote on it", "对其发表审批意见"),
    Duty.RULE: ("rule on its list entries", "裁定其名单命中"),
    Duty.PROPOSE_OVERRIDE: ("propose an override on it", "为其提出例外批准"),
    Duty.CONFIRM_OVERRIDE: ("confirm an override on it", "为其确认例外批准"),
    Duty.CONFIRM_RULING: ("confirm a ruling on it", "复核其名单裁定"),
    Duty.CONFIRM_EVIDENCE: ("confirm what was put on it", "复核其资料"),
    Duty.JUDGE: ("judge it", "对该企业作出评价"),
    Duty.RECORD_PERFORMANCE: ("record how its debt went", "登记其履约情况"),
    Duty.SETTLE_CONDITION: ("settle its conditions", "核实其条件"),
    Duty.CONFIRM_SECURITY: ("confirm its securities", "复核其担保"),
    Duty.RECORD_COVER: ("record its credit insurance", "登记其信用保险"),
    Duty.CONFIRM_BOOK: ("confirm the book it is in", "复核其所在的存量客户导入"),
    Duty.RELEASE_HOLD: ("release its holds", "解除其暂停发货"),
    Duty.CONFIRM_LIMIT: ("confirm a raise of its limit", "复核其临时调额"),
    Duty.LIFT_CUT: ("lift cuts of its limit", "撤销其额度调减"),
    Duty.RELEASE_ORDER: ("release or refuse its orders", "放行或拒绝其订单"),
    Duty.DECIDE_GROUP_LIMIT: ("decide on the limit of its group", "复核或撤销其集团额度"),
    Duty.SPOT_CHECK: ("spot-check the decision on it", "抽检其审批结论"),
}


@pytest.mark.parametrize("duty", Duty)
def test_the_requester_is_refused_and_everybody_else_is_not(duty: Duty) -> None:
    with pytest.raises(NotAllowed) as refused:
        check_independent(duty, "ana", "ana", case=CASE)
    english, chinese = REFUSED[duty]
    assert refused.value.message.en == f"You asked for this customer, so you cannot {english}."
    assert refused.value.message.zh == f"本申请由您发起，您不能{chinese}。"
    assert refused.value.context == {"case": CASE}
    check_independent(duty, "bo", "ana", case=CASE)
    check_independent(duty, "bo", None, case=CASE)


def test_nobody_asked_for_a_request_without_an_owner() -> None:
    assert is_independent("ana", None)
    assert is_independent("ana", "bo")
    assert not is_independent("ana", "ana")


def test_only_the_requester_changes_a_request_unless_it_is_nobodys() -> None:
    check_requester("ana", "ana", case=CASE)
    check_requester("ana", None, case=CASE)
    with pytest.raises(NotAllowed) as refused:
        check_requester("bo", "ana", case=CASE)
    assert refused.value.message.zh == "只有本申请的发起人可以进行此操作。"


def test_a_request_is_taken_once() -> None:
    check_unowned(None, case=CASE)
    for requester in ("ana", "bo"):
        with pytest.raises(Conflict, match="somebody's already"):
            check_unowned(requester, case=CASE)


@pytest.mark.parametrize("sentence", ["You asked for this customer", "Only the person who asked"])
def test_each_sentence_is_written_once(sentence: str) -> None:
    rooms = ("admission", "casebook", "cli", "flows", "services", "tasks")
    told = [
        str(path.relative_to(HOUSE))
        for room in rooms
        for path in (HOUSE / room).rglob("*.py")
        if sentence in path.read_text(encoding="utf-8")
    ]
    assert told == ["admission/separation.py"]
