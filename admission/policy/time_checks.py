"""Can the days and counts of a policy be: years of this time, votes that end, facts as old as facts are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from admission.metrics.ages import MaxAge
from admission.metrics.financials import DAYS_PER_MONTH
from admission.model import Text
from admission.policy.document import Retention
from admission.policy.draft import Draft
from admission.policy.mistakes import Mistake
from admission.policy.scorecard import Calibration

# Policies as data are younger than this, and nobody plans one further ahead. [P]
FIRST_DAY = date(2000, 1, 1)
DAYS_AHEAD = 3 * 366
# Where nobody says what day it is.
LAST_DAY = date(2099, 12, 31)
# How long a vote may wait: a person is reminded within a month, and all ends within a year. [P]
LONGEST = {"remind_days": 30, "escalate_days": 90, "expire_days": 365}
# How old facts may be. Annual accounts are a year apart and come months after their day, so that less than 270 days
# would hold against nearly every company; more than three years says nothing of today. [P]
AGES = {
    "statements": (270, 1100),
    "reports": (7, 1100),
    "profiles": (7, 1100),
    "filings": (7, 1100),
    "legal": (1, 800),
    "hits": (1, 800),
}
LONGEST_OVERRIDE = 1100
# What a decision was made on is asked for at the next review, in a dispute, and by the auditor of the year after. Laws
# against money laundering and on accounts ask for five to thirty years; a hundred years is for ever. [P]
KEPT = {"answers_days": (365, 36500), "personal_days": (365, 36500), "messages_days": (30, 36500)}
MORE_THAN_BAD = Text(
    en="fewer than the observations: not all of them were bad", zh="少于 observations：不会全部是坏样本"
)


def time_mistakes(draft: Draft, today: date | None) -> Iterator[Mistake]:
    """Yield days, ages and intervals that cannot be meant.

    Args:
        draft: the policy.
        today: the day of the check; None where that is not known.
    """
    effective = _day(draft.raw.get("effective_from"))
    last = LAST_DAY if today is None else today + timedelta(days=DAYS_AHEAD)
    if effective is not None and not FIRST_DAY <= effective <= last:
        expected = Text(en=f"a day from {FIRST_DAY} to {last}", zh=f"{FIRST_DAY} 至 {last} 之间的日期")
        yield Mistake(("effective_from",), str(effective), expected)
    if draft.time_limits is not None:
        for key, most in LONGEST.items():
            days = getattr(draft.time_limits, key)
            if days > most:
                yield Mistake(("time_limits", key), str(days), _at_most(most))
    if draft.retention is not None:
        yield from _retention_mistakes(draft.retention)
    if draft.max_age is not None:
        for kind, (least, most) in AGES.items():
            days = getattr(draft.max_age, kind)
            if days is not None and not least <= days <= most:
                expected = Text(en=f"days, from {least} to {most}", zh=f"天数，{least} 至 {most}")
                yield Mistake(("max_age", kind), str(days), expected)
        yield from _age_mistakes(draft, draft.max_age)
    longest = draft.approval.get("longest_override_days")
    if isinstance(longest, int) and longest > LONGEST_OVERRIDE:
        yield Mistake(("approval", "longest_override_days"), str(longest), _at_most(LONGEST_OVERRIDE))
    if draft.calibration is not None:
        yield from _calibration_mistakes(draft.calibration, max(filter(None, (today, effective)), default=LAST_DAY))


def _retention_mistakes(retention: Retention) -> Iterator[Mistake]:
    """Days that erase what is still needed, and answers that outlive the documents they are named in."""
    for key, (least, most) in KEPT.items():
        days = getattr(retention, key)
        if days is not None and not least <= days <= most:
            expected = Text(en=f"days, from {least} to {most}", zh=f"天数，{least} 至 {most}")
            yield Mistake(("retention", key), str(days), expected)
    answers, personal = retention.answers_days, retention.personal_days
    if personal is not None and (answers is None or answers > personal):
        expected = Text(
            en=f"at most {personal}, as personal_days: nobody finds an answer whose case tells nothing any more",
            zh=f"不超过 {personal}（personal_days）：申请单内容删除后，原始文件已无从查找",
        )
        yield Mistake(("retention", "answers_days"), "" if answers is None else str(answers), expected)


def _age_mistakes(draft: Draft, ages: MaxAge) -> Iterator[Mistake]:
    """Accounts that count as unknown before they can fail the criterion on their age."""
    for _, criterion in draft.criteria:
        bound = criterion.value
        if criterion.metric != "accounts_age_months" or criterion.comparison != "at_most":
            continue
        if isinstance(bound, Decimal) and ages.statements is not None:
            days = int(bound * DAYS_PER_MONTH)
            if ages.statements < days:
                expected = Text(
                    en=f"at least {days}: criterion {criterion.id} lets accounts be {bound} months old",
                    zh=f"不小于 {days}：准入标准 {criterion.id} 允许报表为 {bound} 个月内",
                )
                yield Mistake(("max_age", "statements"), str(ages.statements), expected)
                return


def _at_most(days: int) -> Text:
    return Text(en=f"at most {days} days", zh=f"不超过 {days} 天")


def _day(written: object) -> date | None:
    if isinstance(written, str):
        try:
            return date.fromisoformat(written)
        except ValueError:
            return None
    return written if isinstance(written, date) else None


def _calibration_mistakes(calibration: Calibration, last: date) -> Iterator[Mistake]:
    """Yield what no fit gives: a day after the check and the policy's own, all bad, a line beside the share of the bad.

    Source of the last: the mean of fitted probabilities is the observed share (logistic regression with an intercept).
    """
    path = ("scorecard", "calibration")
    if not FIRST_DAY <= calibration.fitted_on <= last:
        expected = Text(en=f"a day from {FIRST_DAY} to {last}", zh=f"{FIRST_DAY} 至 {last} 之间的日期")
        yield Mistake((*path, "fitted_on"), str(calibration.fitted_on), expected)
    if calibration.outcomes >= calibration.observations:
        yield Mistake((*path, "outcomes"), str(calibration.outcomes), MORE_THAN_BAD)
        return
    rate = Decimal(calibration.outcomes) / Decimal(calibration.observations)
    low, high = calibration.probability(Decimal(100)), calibration.probability(Decimal(0))
    if not low <= rate <= high:
        expected = Text(
            en=f"a line through the share that was bad, {rate:.4f}: scores from 100 to 0 give {low:f} to {high:f}",
            zh=f"经过坏样本占比 {rate:.4f} 的直线：100 至 0 分对应的违约概率为 {low:f} 至 {high:f}",
        )
        yield Mistake((*path, "intercept"), str(calibration.intercept), expected)
