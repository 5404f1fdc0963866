"""Steps of a limit that a customer earns by paying on time, and loses by paying late.

The policy says it (`customers.earned_steps`), and two people have signed the policy: so no second person confirms a
step. A step is a raise without end on the limit that the last decision granted. Each takes the place of the one before.
More lateness, or less that is known, never leaves a higher limit: what cannot be told is not on time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from typing import Literal, NamedTuple

from admission.assessment.engine.bounds import BUREAU, COVER, METHODS, NEED, REFERENCES, STARTER
from admission.assessment.engine.caps import Asker, capped_names, counted_in, judge_caps
from admission.assessment.exposure import ExposureLedger
from admission.assessment.record import Assessment, Limit
from admission.cases import Customer, Decision
from admission.customers.ledger.counted import NOT_REACHING, Counted
from admission.customers.ledger.imports import CompanyAccounts
from admission.customers.ledger.punctual import Punctual, find_last_late, find_punctual
from admission.customers.reviews import months_later
from admission.customers.standing.in_force import OnFile, Standing
from admission.customers.standing.limit_changes import Earned, LimitChange
from admission.evidence.findings import Verdict
from admission.model import Text
from admission.money import Exchange
from admission.policy import Caps
from admission.policy.earned_steps import EarnedSteps

Why = Literal["late", "unknown", "policy"]
_CENT = Decimal("0.01")
NO_LEDGER = Text(en="no ledger tells of the customer", zh="没有该客户的台账")
NOT_WHOLE = Text(en="rows of the customer were left out of the ledger", zh="台账中该客户的部分行未载入")
TOO_OLD = Text(en="the ledger is too old", zh="台账日期过旧")
NOT_ASSESSED = Text(en="the customer was never assessed here", zh="该客户未经本系统评估")
NO_SUPPORT = Text(
    en="the last assessment does not tell what it supports beyond what was asked",
    zh="上次评估无法说明申请额度之外的支持",
)
SECURED = Text(en="the limit needs security", zh="该额度须有担保")
NO_GRADE = Text(en="the grade is worse than the policy asks for", zh="等级低于政策要求")
AT_MOST = Text(en="no higher step is supported", zh="已达可支持的最高额度")
NOT_IN_FORCE = Text(en="not all of the limit is in force", zh="额度未全部生效")
REVIEW_DUE = Text(en="the review is due", zh="复审已到期")
IS_CUT = Text(en="a cut of the limit is on file", zh="有未结束的额度调减")
ON_HOLD = Text(en="a hold is on file", zh="有未解除的暂停发货")


class Seen(NamedTuple):
    """What a customer's steps follow from.

    Attributes:
        file: what is on file, with the changes of the limit.
        stands: what is in force by that.
        decision: on which the limit rests; None where it cannot be read.
        assessment: that was decided on; None where nobody has assessed the customer here.
        accounts: what the ledger that counts holds of the customer; None where none was loaded.
        grades: of the policy, best first.
        ledger_days: a ledger that is older tells nothing.
    """

    file: OnFile
    stands: Standing
    decision: Decision | None
    assessment: Assessment | None
    accounts: CompanyAccounts | None
    grades: tuple[str, ...]
    ledger_days: int


class Steps(NamedTuple):
    """Where a customer stands on the ladder.

    Attributes:
        amount: the limit that is earned; None where none is.
        earned: by what, where it is a new step; of the step that stays otherwise.
        why: why none is earned, or none counts any more; None where a step is earned.
        told: that in words, or what earns the next step.
        rest_until: the last day without a step, after lateness.
    """

    amount: Decimal | None
    earned: Earned | None
    why: Why | None
    told: Text
    rest_until: date | None = None


def earned_steps(seen: Seen, rules: EarnedSteps, exchange: Exchange) -> Steps:
    """Return what limit a customer has earned today.

    Args:
        seen: what it follows from.
        rules: of the policy in force.
        exchange: of today.
    """
    customer = seen.file.customer
    standing_in_the_way = _lasting(seen, rules)
    if standing_in_the_way is not None:
        return Steps(None, None, "policy", standing_in_the_way)
    counted = _counted(seen, exchange)
    rest_from = months_later(exchange.on, -rules.rest_months)
    if isinstance(counted, Text):
        return Steps(None, None, "unknown", counted)
    if not counted.reaches(rest_from):
        return Steps(None, None, "unknown", NOT_REACHING)
    late = find_last_late(counted, rules.late_days)
    if late is not None and late >= rest_from:
        until = months_later(late, rules.rest_months)
        told = Text(
            en=f"an invoice was more than {rules.late_days} days late on {late}: no step until {until}",
            zh=f"{late} 有发票逾期超过 {rules.late_days} 天：{until} 前不调增",
        )
        return Steps(None, None, "late", told, until)
    last = _last_step(seen)
    if last is not None and last.ended_on is not None and not _may_return(last, counted, rules, late):
        last = None
    found = find_punctual(counted, _count_from(seen, last, late, counted), rules.late_days)
    most = _most(seen, rules)
    return _climb(customer, last, found, rules, most, _passing(seen, exchange.on))


def _climb(
    customer: Customer,
    last: LimitChange | None,
    found: Punctual,
    rules: EarnedSteps,
    most: Decimal,
    passing: Text | None,
) -> Steps:
    level = 0 if last is None or last.earned is None else last.earned.level
    has = customer.limit if last is None else min(last.amount, most)
    next_amount = min(_step_to(customer, rules, level + 1), most)
    kept = None if last is None or has <= customer.limit else last.earned
    stays = Steps(has if kept is not None else None, kept, None if kept is not None else "policy", AT_MOST)
    if next_amount <= has:
        return stays
    if passing is not None:
        return stays._replace(told=passing)
    missing = rules.invoices - found.invoices
    if missing > 0:
        invoices = "invoice" if missing == 1 else "invoices"
        told = Text(
            en=f"next step, to {next_amount:,.2f} {customer.currency}, after {missing} more {invoices} paid on time",
            zh=f"再按时付清 {missing} 张发票，调增至 {next_amount:,.2f} {customer.currency}",
        )
        return stays._replace(told=told)
    earned = Earned(
        level=level + 1,
        invoices=found.invoices,
        late_days=rules.late_days,
        first=found.paid[0],
        last=found.paid[-1],
    )
    facts, amount = earned.words(), f"{next_amount:,.2f} {customer.currency}"
    told = Text(
        en=f"a step to {amount} is earned, and counts from the next daily run if no cap is passed: {facts.en}",
        zh=f"已达到调增至 {amount} 的条件，未超上限时自下次每日检查起生效：{facts.zh}",
    )
    return Steps(next_amount, earned, None, told)


def _step_to(customer: Customer, rules: EarnedSteps, level: int) -> Decimal:
    return (customer.limit * (1 + min(rules.step * level, rules.most))).quantize(_CENT, ROUND_FLOOR)


def _most(seen: Seen, rules: EarnedSteps) -> Decimal:
    """Return the most that any step leads to."""
    customer = seen.file.customer
    borne = supported(seen.assessment.limit, seen.file.customer) if seen.assessment is not None else None
    highest = (customer.limit * (1 + rules.most)).quantize(_CENT, ROUND_FLOOR)
    return customer.limit if borne is None else max(customer.limit, min(highest, borne))


def supported(limit: Limit, customer: Customer) -> Decimal | None:
    """Return what an assessment supports where the amount asked for does not bind; None where it does not tell.

    It does not tell where a figure that the limit rests on is not known, where cover lifted it, or where what the
    customer is expected to buy bounds it too.
    """
    if limit.currency != customer.currency:
        return None
    if limit.binding != NEED:
        return limit.amount
    bounds = {bound.name: bound.amount for bound in limit.bounds}
    need, requested = bounds.get(NEED), customer.application.requested
    if COVER in bounds or need is None or need < requested.limit or requested.annual_sales is not None:
        return None
    measured = [amount for name, amount in bounds.items() if name in (*METHODS, BUREAU)]
    if not any(name in bounds for name in METHODS) or None in measured:
        return None
    floors = [bounds[name] or Decimal(0) for name in (STARTER, REFERENCES) if name in bounds]
    caps = [amount for name, amount in bounds.items() if name not in (NEED, *METHODS, BUREAU, STARTER, REFERENCES)]
    if None in caps:
        return None
    borne = max([min(amount for amount in measured if amount is not None), *floors])
    return min([borne, *(amount for amount in caps if amount is not None)])


def _lasting(seen: Seen, rules: EarnedSteps) -> Text | None:
    """Return why the customer earns no step, and keeps none, until a decision changes it."""
    customer, grades = seen.file.customer, seen.grades
    if seen.assessment is None or seen.decision is None or not customer.assessed:
        return NOT_ASSESSED
    if seen.file.open_limit < customer.limit:
        return SECURED
    worst = rules.worst_grade
    if worst is not None and (
        worst not in grades or customer.grade not in grades or grades.index(customer.grade) > grades.index(worst)
    ):
        return NO_GRADE
    return NO_SUPPORT if supported(seen.assessment.limit, customer) is None else None


def _passing(seen: Seen, today: date) -> Text | None:
    """Return why there is no new step for now; one that was earned stays, as far as it is in force."""
    file = seen.file
    if any(hold.released_on is None and (hold.until is None or hold.until >= today) for hold in file.holds):
        return ON_HOLD
    if any(one.kind == "cut" and one.ended_on is None and not _over(one, today) for one in file.limit_changes):
        return IS_CUT
    if file.customer.next_review_on <= today:
        return REVIEW_DUE
    return NOT_IN_FORCE if seen.stands.reasons or not file.customer.active else None


def _over(change: LimitChange, today: date) -> bool:
    return change.valid_until is not None and change.valid_until < today


def _counted(seen: Seen, exchange: Exchange) -> Counted | Text:
    accounts = seen.accounts
    if accounts is None or not accounts.numbers:
        return NO_LEDGER
    if not accounts.whole:
        return NOT_WHOLE
    counted = Counted(accounts.ledger, exchange)
    return TOO_OLD if (exchange.on - counted.day).days > seen.ledger_days else counted


def fits_caps(customer: Customer, amount: Decimal, others: ExposureLedger, caps: Caps, exchange: Exchange) -> bool:
    """True where a limit is within all caps of the policy for certain, with the limits of all others.

    Args:
        customer: whose limit.
        amount: that it would be, in the customer's currency.
        others: the limits of all customers, raised ones as raised.
        caps: of the policy in force.
        exchange: of today.
    """
    counted = counted_in(others.sum_others(customer.company_key, capped_names(caps)))
    segment = customer.application.segment
    asker = Asker(customer.grade, segment, customer.country, customer.industry_code or None, amount, customer.currency)
    if any(use.verdict is not Verdict.PASS for use in judge_caps(caps, counted, asker, exchange)):
        return False
    if caps.group is None or customer.application.independent:
        return True
    group, own = customer.application.group, exchange.convert(amount, customer.currency)
    beside = None if group is None else others.sum_group(group, customer.company_key, exchange)
    return own is not None and beside is not None and beside + own <= caps.group


def steps_on(customer: Customer, changes: Sequence[LimitChange], decision: Decision | None) -> list[LimitChange]:
    """Return the earned raises of the limit that the last decision granted, oldest first, ended ones too.

    What was earned before people decided anew counts no more, though they granted the same; a renewal leaves it.
    """
    if decision is None:
        return []
    day, renewed = decision.decided_at.date(), decision.decided_by == "renewal"
    own = [
        one
        for one in changes
        if one.earned is not None
        and (one.granted, one.currency) == (customer.limit, customer.currency)
        and (renewed or one.valid_from > day)
    ]
    return sorted(own, key=lambda one: (one.valid_from, int(one.id[1:] or 0)))


def _last_step(seen: Seen) -> LimitChange | None:
    steps = steps_on(seen.file.customer, seen.file.limit_changes, seen.decision)
    return steps[-1] if steps else None


def _may_return(last: LimitChange, counted: Counted, rules: EarnedSteps, late: date | None) -> bool:
    """True where a step fell back for want of knowledge alone: neither a person ended it, nor lateness."""
    before = months_later(last.valid_from, -rules.rest_months)
    return last.ended_by is None and counted.reaches(before) and (late is None or late < before)


def _count_from(seen: Seen, last: LimitChange | None, late: date | None, counted: Counted) -> date:
    """Return the day after which invoices count: of the last decision, step, end of a step, and lateness."""
    days = [counted.day if seen.decision is None else seen.decision.decided_at.date()]
    for one in steps_on(seen.file.customer, seen.file.limit_changes, seen.decision):
        days += [one.valid_from, *([one.ended_on] if one.ended_on is not None and last is None else [])]
    return max([*days, *([late] if late is not None else [])])
