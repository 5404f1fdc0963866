"""What would change an outcome, in sentences; found by `admission.assessment.what_if`."""

from __future__ import annotations

from decimal import Decimal

from admission.assessment.record import Route
from admission.assessment.what_if import DAYS, DAYS_BEYOND_TERMS, REQUESTED, Change
from admission.memo.labels import FIGURES
from admission.memo.phrases import amount_words
from admission.model import Text
from admission.policy import HOLD_STAGE

TITLE = Text(en="What would change it", zh="何种变化会改变结论")
NOTHING = Text(
    en="No change of one figure alone would move grade or route.", zh="仅改变其中一项数据，等级与审批路径均不会变。"
)
COMES_OUT_OTHERWISE = Text(
    en="What would change it is not known: assessed again today, with what is kept of it, it comes out otherwise.",
    zh="无法说明何种变化会改变结论：按现存资料重新评估，结果与当时不同。",
)
_FACTS = FIGURES | {
    REQUESTED: Text(en="a request", zh="申请额度"),
    DAYS_BEYOND_TERMS: Text(en="payment beyond terms", zh="平均逾期天数"),
}


def say_changes(changes: tuple[Change, ...]) -> tuple[Text, ...]:
    """Return one sentence for each change, or that there is none."""
    return tuple(say_change(change) for change in changes) or (NOTHING,)


def say_change(change: Change) -> Text:
    """Return a change in words, such as "Equity of 120,000 GBP instead of 80,000 GBP would give grade B."."""
    fact, now, then = _FACTS[change.fact], _value(change.now, change.unit), _value(change.then, change.unit)
    grade = [] if change.grade is None else [Text(en=f"grade {change.grade}", zh=f"等级 {change.grade}")]
    gives = grade if change.route is None else [*grade, _way(change.route)]
    title = fact.en[:1].upper() + fact.en[1:]
    return Text(
        en=f"{title} of {then.en} instead of {now.en} would give {' and '.join(item.en for item in gives)}.",
        zh=f"{fact.zh}由 {now.zh}变为 {then.zh}，则为{'、'.join(item.zh for item in gives)}。",
    )


def _value(value: Decimal, unit: str) -> Text:
    if unit != DAYS:
        return amount_words(value, unit)
    said = f"{value.normalize():f}"
    return Text(en=f"{said} day{'' if value == 1 else 's'}", zh=f"{said} 天")


def _way(route: Route) -> Text:
    if route.kind == "fast_track":
        return Text(en="the fast track", zh="快速通道")
    if route.kind == "knock_out":
        return Text(en="a knock-out", zh="系统拒绝（触发禁入条款）")
    held = bool(route.stages) and route.stages[0].name == HOLD_STAGE
    en, zh = f"a decision in the band {route.band}", f"{route.band} 档审批"
    return Text(en=f"{en}, after a hold" if held else en, zh=f"{zh}（先暂缓核清）" if held else zh)
