"""Whether a customer of the book fits the house's policy, and what a book comes to under it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from admission.customers.book.records import BookRow, BookSums
from admission.customers.reviews import months_later
from admission.model import Text
from admission.money import Exchange, no_rate
from admission.policy import Policy
from admission.problems import one_of


class Objection(NamedTuple):
    """Why a row cannot come in.

    Attributes:
        column: our name of it.
        value: what it has.
        expected: what would be right.
    """

    column: str
    value: str
    expected: Text


def objections(row: BookRow, policy: Policy, exchange: Exchange) -> Iterator[Objection]:
    """Yield what keeps a row from coming in under a policy.

    An import grants what the house grants already. So it asks for what the policy must know to look after a customer:
    grade, segment, a rate for the currency, terms that the policy has, a review that is not put off.

    Args:
        row: the customer.
        policy: in force.
        exchange: of today.
    """
    segment, grades = row.application.segment, [grade.name for grade in policy.grades]
    if segment not in policy.segments:
        yield Objection("segment", segment, one_of(list(policy.segments), segment))
    if row.grade not in grades:
        yield Objection("grade", row.grade, one_of(grades, row.grade))
    if exchange.quote(row.currency) is None:
        lacking = no_rate(row.currency, exchange.house_currency)
        en, zh = f"a currency with a rate: {lacking.en}", f"有汇率的币种：{lacking.zh}"
        yield Objection("currency", row.currency, Text(en=en, zh=zh))
    terms, longest = row.application.requested.terms_days, longest_terms(policy, segment)
    if terms > longest:
        expected = Text(en=f"at most {longest} days, the policy's longest terms", zh=f"不超过制度最长账期 {longest} 天")
        yield Objection("terms_days", str(terms), expected)
    if row.open_limit is not None and row.open_limit > row.limit:
        yield Objection("open_limit", str(row.open_limit), Text(en="at most the limit", zh="不超过额度"))
    yield from _days(row, policy, exchange.on, known=row.grade in grades)


def _days(row: BookRow, policy: Policy, today: date, *, known: bool) -> Iterator[Objection]:
    last, following, security = row.last_review_on, row.next_review_on, row.security
    if last > today:
        yield Objection("last_review", str(last), Text(en=f"a day up to {today}", zh=f"不晚于 {today} 的日期"))
    elif following is not None and following <= last:
        expected = Text(en="a day after the last review", zh="晚于上次复审的日期")
        yield Objection("next_review", str(following), expected)
    elif following is not None and known:
        latest = months_later(today, _months(row, policy))
        if following > latest:
            expected = Text(
                en=f"a day up to {latest}, as the policy asks of this grade",
                zh=f"按制度对该等级的要求，不晚于 {latest}",
            )
            yield Objection("next_review", str(following), expected)
    if security is not None and security.valid_until is not None and security.valid_until < max(today, last):
        expected = Text(en="a security that has not ended", zh="尚未到期的担保")
        yield Objection("security_until", str(security.valid_until), expected)


def longest_terms(policy: Policy, segment: str) -> int:
    """Return the longest terms in days that a policy gives to anybody of a segment."""
    longest = max(grade.terms_days for grade in policy.grades)
    bound = policy.standards(segment).max_terms_days
    return longest if bound is None else min(longest, bound)


def review_day(row: BookRow, policy: Policy) -> date:
    """Return when a customer of the book is due: as the book says, or the policy's months after the last review.

    Args:
        row: the customer, of a grade that the policy knows.
        policy: in force.
    """
    return row.next_review_on or months_later(row.last_review_on, _months(row, policy))


def sums_of(rows: Iterable[BookRow], policy: Policy, today: date) -> BookSums:
    """Return what rows without objection come to.

    Args:
        rows: the customers.
        policy: in force.
        today: by which reviews are overdue or not.
    """
    grades, countries, months = Counter[str](), Counter[str](), Counter[str]()
    limits: dict[str, Decimal] = {}
    overdue = lapsed = securities = accounts = 0
    grace = policy.customers.review_grace_days
    for row in rows:
        due = review_day(row, policy)
        grades[row.grade] += 1
        countries[row.application.country] += 1
        months[f"{due:%Y-%m}"] += 1
        limits[row.currency] = limits.get(row.currency, Decimal(0)) + row.limit
        overdue += due <= today
        lapsed += grace is not None and due + timedelta(days=grace) < today
        securities += row.security is not None
        accounts += bool(row.account)
    order = {grade.name: place for place, grade in enumerate(policy.grades)}
    return BookSums(
        customers=sum(grades.values()),
        grades={name: grades[name] for name in sorted(grades, key=lambda name: order[name])},
        countries=dict(sorted(countries.items())),
        limits=dict(sorted(limits.items())),
        reviews=dict(sorted(months.items())),
        overdue=overdue,
        lapsed=lapsed,
        securities=securities,
        accounts=accounts,
    )


def _months(row: BookRow, policy: Policy) -> int:
    return policy.review_months(policy.grade(row.grade), row.application.segment)
