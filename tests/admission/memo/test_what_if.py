"""What would change an outcome, in sentences of both languages."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from admission.approval.seats import Requirement
from admission.approval.stages import Stage
from admission.assessment.record import Route
from admission.assessment.what_if import DAYS, DAYS_BEYOND_TERMS, REQUESTED, VARIED, Change
from admission.memo.what_if import NOTHING, say_change, say_changes
from admission.policy import HOLD_STAGE
from tests.admission.build import say

HOLD = Stage(name=HOLD_STAGE, title=say("hold"), require=Requirement(department="credit"))


def change(fact: str = "equity", now: str = "80000", then: str = "120000", **others: Any) -> Change:
    made = Change(fact, Decimal(now), Decimal(then), Decimal(now), "GBP", better=True, grade="B", route=None)
    return made._replace(**others)


@pytest.mark.parametrize(
    ("told", "en", "zh"),
    [
        (
            change(),
            "Equity of 120,000 GBP instead of 80,000 GBP would give grade B.",
            "所有者权益合计由 8 万英镑（80,000.00）变为 12 万英镑（120,000.00），则为等级 B。",
        ),
        (
            change(DAYS_BEYOND_TERMS, "45.0", "30", unit=DAYS, grade=None, route=Route(kind="fast_track")),
            "Payment beyond terms of 30 days instead of 45 days would give the fast track.",
            "平均逾期天数由 45 天变为 30 天，则为快速通道。",
        ),
        (
            change(DAYS_BEYOND_TERMS, "0", "1", unit=DAYS, route=Route(kind="desk", band="to 250k")),
            "Payment beyond terms of 1 day instead of 0 days would give grade B and a decision in the band to 250k.",
            "平均逾期天数由 0 天变为 1 天，则为等级 B、to 250k 档审批。",
        ),
        (
            change(REQUESTED, grade=None, route=Route(kind="desk", band="all", stages=(HOLD,))),
            "A request of 120,000 GBP instead of 80,000 GBP would give a decision in the band all, after a hold.",
            "申请额度由 8 万英镑（80,000.00）变为 12 万英镑（120,000.00），则为all 档审批（先暂缓核清）。",
        ),
        (
            change("net_income", "-5", "-6", grade=None, route=Route(kind="knock_out")),
            "Net income of -6 GBP instead of -5 GBP would give a knock-out.",
            "净利润由 -5.00 英镑变为 -6.00 英镑，则为系统拒绝（触发禁入条款）。",
        ),
    ],
)
def test_a_change_is_a_sentence(told: Change, en: str, zh: str) -> None:
    assert (say_change(told).en, say_change(told).zh) == (en, zh)


@pytest.mark.parametrize("fact", [*VARIED, REQUESTED, DAYS_BEYOND_TERMS])
def test_every_fact_that_is_varied_has_a_name(fact: str) -> None:
    said = say_change(change(fact))
    assert " of 120,000 GBP instead of 80,000 GBP" in said.en
    assert said.en.partition(" of ")[0] != fact


def test_where_nothing_would_change_it_that_is_said() -> None:
    assert say_changes(()) == (NOTHING,)
    assert [text.en for text in say_changes((change(),))] == [
        "Equity of 120,000 GBP instead of 80,000 GBP would give grade B."
    ]
