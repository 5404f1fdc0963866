"""Changes of a limit between two decisions: cuts, and raises for a time or a season of each year.

A cut bounds the limit in force from its day on. A raise adds to the limit that was granted, between its days and once a
second person has confirmed it; the limit returns by itself. It stands on the limit that it raised: where a decision has
granted another one since, it counts no more.

All that bounds the granted limit bounds the raised one too. What two people add for a time is their own decision on
credit, so that the added part needs no security, unless the policy says otherwise (`temporary_raise_unsecured`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator

from admission.cases import Customer
from admission.customers.standing.decided import BY_POLICY
from admission.errors import Invalid, Problem
from admission.model import Record, Text, left_out
from admission.money import Currency
from admission.policy.customer_rules import CustomerRules

LimitChangeKind = Literal["cut", "raise"]
# Seasons return for ever; the days of the years around today are enough to tell what changes next.
_YEARS_BEFORE, _YEARS_AHEAD = 1, 3
# A year in which every day of a season exists.
_LEAP, _LEAP_DAY = 2024, "02-29"
_DAY = timedelta(days=1)
_NO_DAY = Text(en="two days of the year such as 11-15..01-31", zh="一年中的两个日期，如 11-15..01-31")
_BACKWARDS = Text(en="a last day that is not before the first", zh="截止日不早于起始日")


class Season(Record):
    """A part of each year, from one of its days to another; it may go over the turn of the year.

    Attributes:
        first: month and day, such as `11-15`; last: the last day.
    """

    first: str
    last: str

    @model_validator(mode="after")
    def _days_of_the_year(self) -> Season:
        for day in (self.first, self.last):
            if not _is_day(day):
                raise Invalid(_NO_DAY)
        return self

    def includes(self, day: date) -> bool:
        """True where this day of its year is in the season."""
        this = f"{day:%m-%d}"
        if self.first <= self.last:
            return self.first <= this <= self.last
        return this >= self.first or this <= self.last

    @property
    def most_days(self) -> int:
        """Return of how many days it is at most."""
        first, last = (date.fromisoformat(f"{_LEAP}-{day}") for day in (self.first, self.last))
        days = (last - first).days + 1
        return days if days > 0 else days + 366

    def last_days(self, around: date) -> Iterator[date]:
        """Yield the last days of the seasons around a day, and the days before they begin, in no order."""
        for year in range(around.year - _YEARS_BEFORE, around.year + _YEARS_AHEAD):
            # In a year without 29 February a season ends on the day before it, or begins on the day after.
            yield date(year, 3, 1) - _DAY if self.last == _LEAP_DAY else date.fromisoformat(f"{year}-{self.last}")
            yield date(year, 2, 28) if self.first == _LEAP_DAY else date.fromisoformat(f"{year}-{self.first}") - _DAY

    def __str__(self) -> str:
        return f"{self.first}..{self.last}"


def _is_day(day: str) -> bool:
    try:
        return f"{date.fromisoformat(f'{_LEAP}-{day}'):%m-%d}" == day
    except ValueError:
        return False


class Earned(Record):
    """By what a customer earned a raise.

    Attributes:
        level: how many steps above the limit granted.
        invoices: how many were paid on time since the last decision or step.
        late_days: none of them later than so many days.
        first, last: the days on which the first and the last of them were paid.
    """

    level: int = Field(ge=1)
    invoices: int = Field(ge=1)
    late_days: int = Field(ge=0)
    first: date
    last: date

    def words(self) -> Text:
        """Return the facts in one sentence."""
        return Text(
            en=f"{self.invoices} invoices paid, none more than {self.late_days} days late, "
            f"from {self.first} to {self.last}",
            zh=f"{self.first} 至 {self.last} 付清 {self.invoices} 张发票，逾期均不超过 {self.late_days} 天",
        )


class LimitChange(Record):
    """A cut or a raise of a customer's limit.

    Attributes:
        id: such as `L7`.
        amount: what the limit is cut or raised to.
        granted: the limit that a decision had granted then.
        asked_by: username; `system` where a rule of the policy did it.
        valid_until: the last day; None until it is ended. A raise has it, or a season, or is earned.
        season: counts in these parts of each year only.
        confirmed_by: the second person; a raise counts from that day on, a cut needs none.
        ended_on: the day from which it counts no more, whatever was agreed.
        dormant_since: the last day on which the customer bought or ordered, where the limit was withdrawn for that.
        bulk_act: the act on many customers that it is part of, such as `M3`; None where a person cut the limit alone.
        ended_by_act: the act on many customers that took it back.
        earned: by what the customer earned it; such a raise is the system's, by the policy, and needs no second person.
    """

    id: str
    company_key: str
    kind: LimitChangeKind
    amount: Decimal = Field(ge=0)
    currency: Currency
    granted: Decimal = Field(ge=0)
    reason: str = Field(min_length=1, max_length=1000)
    asked_by: str
    valid_from: date
    valid_until: date | None = None
    season: Season | None = left_out(None)
    confirmed_by: str | None = None
    confirmed_on: date | None = None
    ended_by: str | None = None
    ended_on: date | None = None
    dormant_since: date | None = left_out(None)
    bulk_act: str | None = left_out(None)
    ended_by_act: str | None = left_out(None)
    earned: Earned | None = left_out(None)

    @model_validator(mode="after")
    def _one_way(self) -> LimitChange:
        if (self.amount > self.granted) is not (self.kind == "raise") or self.amount == self.granted:
            raise Invalid(Text(en="another amount than the limit granted", zh="与获批额度不同的金额"))
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise Invalid(_BACKWARDS)
        by_system = self.kind == "raise" and self.asked_by == BY_POLICY
        if (self.earned is not None) is not by_system:
            raise Invalid(Text(en="what was earned, for a raise by the system and no other", zh="仅系统调增须注明依据"))
        return self

    @property
    def state(self) -> Literal["open", "waits", "ended"]:
        """Return whether it waits for a second person, or was ended by one."""
        if self.ended_on is not None:
            return "ended"
        return "waits" if self.needs_second and self.confirmed_by is None else "open"

    @property
    def needs_second(self) -> bool:
        """True where it counts only once a second person has confirmed it."""
        return self.kind == "raise" and self.earned is None

    def counts_on(self, day: date) -> bool:
        """True where it is in force on a day."""
        if self.needs_second and (self.confirmed_on is None or day < self.confirmed_on):
            return False
        ended = (self.valid_until is not None and self.valid_until < day) or (
            self.ended_on is not None and self.ended_on <= day
        )
        return self.valid_from <= day and not ended and (self.season is None or self.season.includes(day))

    def last_day(self, day: date) -> date | None:
        """Return the last day on which it counts without a break from a day on which it does; None if it has none."""
        ends = [] if self.season is None else [end for end in self.season.last_days(day) if end >= day]
        ends += [] if self.valid_until is None else [self.valid_until]
        return min((end for end in ends if not self.counts_on(end + _DAY)), default=None)

    def words(self, day: date) -> Text:
        """Return to what it changes the limit on a day on which it counts, until when, by whom and why."""
        if self.dormant_since is not None:
            granted = f"{self.granted:,.2f} {self.currency}"
            return Text(
                en=f"dormant: no invoice or order since {self.dormant_since}; last limit {granted} ({self.id})",
                zh=f"休眠客户：自 {self.dormant_since} 起无开票或下单；原额度 {granted}（{self.id}）",
            )
        amount, last = f"{self.amount:,.2f} {self.currency}", self.last_day(day)
        if self.earned is not None:
            facts, granted = self.earned.words(), f"{self.granted:,.2f}"
            return Text(
                en=f"the limit granted, {granted}, is raised to {amount}, as earned ({self.id}: {facts.en})",
                zh=f"获批额度 {granted} 因按时付款调增至 {amount}（{self.id}：{facts.zh}）",
            )
        en, zh = (amount, amount) if last is None else (f"{amount} until {last}", f"{amount}，至 {last}")
        by = self.asked_by if self.confirmed_by is None else f"{self.asked_by}, {self.confirmed_by}"
        many = Text(en="", zh="")
        if self.bulk_act is not None:
            many = Text(en=f", bulk act {self.bulk_act}", zh=f"，批量操作 {self.bulk_act}")
        en = f"{en} ({self.id}, {by}{many.en}: {self.reason})"
        zh = f"{zh}（{self.id}，{by}{many.zh}：{self.reason}）"
        if self.kind == "cut":
            return Text(en=f"the limit is cut to {en}", zh=f"额度调减至 {zh}")
        return Text(
            en=f"the limit granted, {self.granted:,.2f}, is raised to {en}",
            zh=f"获批额度 {self.granted:,.2f} 临时调增至 {zh}",
        )


def raised_limit(customer: Customer, changes: tuple[LimitChange, ...], day: date) -> tuple[Decimal, LimitChange | None]:
    """Return the limit of a day, and by which raise it is more than the limit granted; None where it is not.

    Args:
        customer: with the limit that was granted.
        changes: of the customer's limit.
        day: on which.
    """
    terms = (customer.limit, customer.currency)
    raises = [
        item
        for item in changes
        if item.kind == "raise" and item.counts_on(day) and (item.granted, item.currency) == terms
    ]
    highest = max(raises, key=lambda item: item.amount, default=None)
    return (customer.limit, None) if highest is None else (highest.amount, highest)


def days_of(change: LimitChange, around: date) -> Iterator[date]:
    """Yield the days from which a change counts, and the last on which it does; of seasons those around a day."""
    for day in (change.valid_from, change.valid_until, change.confirmed_on, change.ended_on):
        if day is not None:
            yield day
    if change.season is not None:
        yield from change.season.last_days(around)


def problems_of(change: LimitChange, rules: CustomerRules, today: date) -> list[Problem]:
    """Return what of a change cannot be, or goes beyond what the policy lets two people do without a decision.

    Args:
        change: as somebody asks for it.
        rules: of the policy in force.
        today: the day.
    """
    found = []
    if change.valid_from < today:
        found.append(Problem("from", str(change.valid_from), _from(today)))
    if change.valid_until is not None and change.valid_until < today:
        found.append(Problem("until", str(change.valid_until), _from(today)))
    if change.kind == "cut":
        return found
    most = change.granted * (1 + rules.temporary_raise_most)
    if change.amount > most:
        highest = f"{most:,.2f} {change.currency}"
        expected = Text(
            en=f"at most {highest}; for more, ask for a higher limit (gatehouse limit ask)",
            zh=f"不超过 {highest}；需要更高额度请重新申请（gatehouse limit ask）",
        )
        found.append(Problem("amount", f"{change.amount:,.2f} {change.currency}", expected))
    days = _length(change)
    if days is None or days > rules.temporary_raise_days:
        longest = rules.temporary_raise_days
        expected = Text(
            en=f"an end or a season, of at most {longest} days; to have it longer, see gatehouse limit ask",
            zh=f"截止日或季节，最长 {longest} 天；需要更长时间请用 gatehouse limit ask 申请",
        )
        found.append(
            Problem("until" if change.season is None else "season", "" if days is None else str(days), expected)
        )
    return found


def _from(today: date) -> Text:
    return Text(en=f"a day from {today} on", zh=f"{today} 或之后的日期")


def _length(change: LimitChange) -> int | None:
    """Return for how many days a raise counts at a stretch; None where it has no end."""
    lengths = [] if change.season is None else [change.season.most_days]
    if change.valid_until is not None:
        lengths.append((change.valid_until - change.valid_from).days + 1)
    return min(lengths, default=None)
