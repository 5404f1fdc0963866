"""The limit in force: what decision, conditions, securities, cover, holds and dates allow on a day, and why.

Each rule bounds the limit by itself, and the lowest bound is in force. So what is added to the file of a customer acts
in one direction only: a hold never raises a limit, and a security never lowers one. What is bounded is the limit that
was granted, or what two people raised it to for a time (`limit_changes`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum
from typing import NamedTuple

from admission.cases import Condition, Customer
from admission.customers.standing import holds, insurance, limit_changes, securities
from admission.customers.standing.holds import Hold
from admission.customers.standing.insurance import Cover, InsurancePolicy, insured
from admission.customers.standing.limit_changes import LimitChange, raised_limit
from admission.customers.standing.securities import Security, mutual
from admission.model import Record, Text, left_out
from admission.money import Exchange, no_rate
from admission.policy.customer_rules import SECURITY_WORDS, CustomerRules

NOTHING = Decimal(0)
_CENT = Decimal("0.01")
_DAY = timedelta(days=1)


class StandingCode(StrEnum):
    """Why a limit is not in force, or not all of it; for programs."""

    ENDED = "ended"
    HELD = "held"
    CONDITION = "condition"
    REVIEW_EXPIRED = "review_expired"
    SECURITY_SHORT = "security_short"
    CUT = "cut"
    DORMANT = "dormant"


class Contract(NamedTuple):
    """An insurance policy, with what the insurer said under it about one customer, oldest first."""

    policy: InsurancePolicy
    words: tuple[Cover, ...] = ()


class OnFile(NamedTuple):
    """What the limit in force of one customer follows from.

    Attributes:
        open_limit: what of the limit needs no security.
        securities: those that stand for this customer; with them, all guarantees between customers, so that those that
            rely on each other are seen.
    """

    customer: Customer
    open_limit: Decimal
    conditions: tuple[Condition, ...] = ()
    securities: tuple[Security, ...] = ()
    contracts: tuple[Contract, ...] = ()
    holds: tuple[Hold, ...] = ()
    limit_changes: tuple[LimitChange, ...] = ()

    @property
    def own_securities(self) -> tuple[Security, ...]:
        """Return the securities that stand for this customer, without those that stand for its guarantors alone."""
        return tuple(item for item in self.securities if item.stands_for(self.customer.company_key))


class Reason(Record):
    """One thing that keeps a limit from being in force.

    Attributes:
        amount: what it leaves of the limit, in the customer's currency.
    """

    code: StandingCode
    amount: Decimal
    text: Text


class Standing(Record):
    """What a customer may have on a day.

    Attributes:
        limit: that was granted, or what it is raised to on this day.
        in_force: of the limit, in `currency`; never more than the limit.
        until: the last day on which this stays so by itself; None where no date changes it.
        then: what is in force on the day after that.
        reasons: all that keeps the limit from being in force; empty where all of it is.
        warnings: what ends soon, or is to be met soon.
        raised: by what the limit is more than what was granted; None where it is not.
    """

    company_key: str
    as_of: date
    limit: Decimal
    in_force: Decimal
    currency: str
    hold: bool
    until: date | None
    then: Decimal | None
    reasons: tuple[Reason, ...]
    warnings: tuple[Text, ...]
    raised: Text | None = left_out(None)

    @property
    def why(self) -> Text:
        """Return the sentence that says what is in force, and why not all of the limit."""
        said = f"{self.in_force:,.2f} {self.currency}", f"{self.limit:,.2f} {self.currency}"
        by = [] if self.raised is None else [self.raised]
        if not self.reasons:
            en, zh = ("", "") if self.raised is None else (f": {self.raised.en}", f"：{self.raised.zh}")
            return Text(en=f"All of the limit of {said[1]} is in force{en}.", zh=f"额度 {said[1]} 全部生效{zh}。")
        because = [*by, *(reason.text for reason in self.reasons)]
        return Text(
            en=f"{said[0]} of the limit of {said[1]} are in force: {'; '.join(text.en for text in because)}.",
            zh=f"额度 {said[1]} 中生效 {said[0]}：{'；'.join(text.zh for text in because)}。",
        )


def standing(on_file: OnFile, rules: CustomerRules, exchange: Exchange) -> Standing:
    """Return what a customer may have today, and when that changes by itself.

    Args:
        on_file: what is on file for the customer.
        rules: of the policy in force.
        exchange: of today; later days are reckoned at its rates too.
    """
    today, customer = exchange.on, on_file.customer
    limit, raised = _limit_on(on_file, today)
    reasons = tuple(_reasons(on_file, rules, exchange, today))
    in_force = _lowest(limit, reasons)
    later = sorted({day for day in _days(on_file, rules, today) if day > today})
    next_change = next((day for day in later if standing_on(on_file, rules, exchange, day) != in_force), None)
    return Standing(
        company_key=customer.company_key,
        as_of=today,
        limit=limit,
        in_force=in_force,
        currency=customer.currency,
        hold=any(hold.holds_on(today) for hold in on_file.holds),
        until=None if next_change is None else next_change - _DAY,
        then=None if next_change is None else standing_on(on_file, rules, exchange, next_change),
        reasons=reasons,
        warnings=tuple(_warnings(on_file, rules, today)) if customer.active else (),
        raised=None if raised is None else raised.words(today),
    )


def standing_on(on_file: OnFile, rules: CustomerRules, exchange: Exchange, day: date) -> Decimal:
    """Return what of the limit is in force on a day to come, as far as it follows from what is on file today."""
    return _lowest(_limit_on(on_file, day)[0], _reasons(on_file, rules, exchange, day))


def is_untouched(on_file: OnFile, rules: CustomerRules, exchange: Exchange, day: date) -> bool:
    """True where nothing bounds the limit on a day, and nobody has cut it, whatever it is."""
    cut = any(change.kind == "cut" and change.counts_on(day) for change in on_file.limit_changes)
    return not cut and not any(_reasons(on_file, rules, exchange, day))


def changed_on(on_file: OnFile, rules: CustomerRules, exchange: Exchange, since: date) -> date | None:
    """Return the last day, up to today, on which a date on file changed what is in force; None where none did.

    Args:
        on_file: what is on file for the customer.
        rules: of the policy in force.
        exchange: of today.
        since: days before this one are not looked at.
    """
    days = sorted({day for day in _days(on_file, rules, exchange.on) if since <= day <= exchange.on}, reverse=True)
    amounts = {day: standing_on(on_file, rules, exchange, day) for day in {*days, *(day - _DAY for day in days)}}
    return next((day for day in days if amounts[day] != amounts[day - _DAY]), None)


def uncovered(amount: Decimal, on_file: OnFile, rules: CustomerRules, exchange: Exchange) -> Decimal:
    """Return what neither securities nor credit insurance cover of an amount that a customer owes.

    An insurer pays its share of what securities leave, never all of it: the rest of that is the house's own. What has
    no rate covers nothing.

    Args:
        amount: owed, in the house currency.
        on_file: what is on file for the customer.
        rules: of the policy in force.
        exchange: of today.
    """
    secured = sum((_in_house(value, exchange) for value in _securities(on_file, rules, exchange.on)), NOTHING)
    left = max(NOTHING, amount - secured)
    shares = [contract.policy.insured_share for contract in on_file.contracts]
    covers = zip(_covers(on_file, exchange.on), shares, strict=True)
    paid = sum((min(_in_house(value, exchange), left * share) for value, share in covers), NOTHING)
    return max(NOTHING, left - paid)


def _in_house(value: _Value, exchange: Exchange) -> Decimal:
    amount = exchange.convert(value.amount, value.currency)
    return NOTHING if amount is None else amount.quantize(_CENT, ROUND_FLOOR)


def _lowest(limit: Decimal, reasons: Iterable[Reason]) -> Decimal:
    return min((limit, *(reason.amount for reason in reasons)))


def _limit_on(on_file: OnFile, day: date) -> tuple[Decimal, LimitChange | None]:
    """Return the limit that is bounded, and the raise that it follows from."""
    return raised_limit(on_file.customer, on_file.limit_changes, day)


def _reasons(on_file: OnFile, rules: CustomerRules, exchange: Exchange, day: date) -> Iterator[Reason]:
    """Yield each rule that leaves less than the limit on a day."""
    customer = on_file.customer
    if not customer.active:
        words = Text(en="the company is no customer any more", zh="该企业已不再是客户")
        yield Reason(code=StandingCode.ENDED, amount=NOTHING, text=words)
    for hold in on_file.holds:
        if hold.holds_on(day):
            yield _held(hold)
    for condition in on_file.conditions:
        if condition.stops_on(day):
            yield Reason(code=StandingCode.CONDITION, amount=NOTHING, text=_not_met(condition, day))
    last = _last_day_of_review(customer, rules)
    if last is not None and last < day:
        words = Text(
            en=f"the review was due on {customer.next_review_on} and is not done",
            zh=f"复审应于 {customer.next_review_on} 完成，至今未完成",
        )
        yield Reason(code=StandingCode.REVIEW_EXPIRED, amount=NOTHING, text=words)
    limit = _limit_on(on_file, day)[0]
    # What two people add for a time needs no security, unless the policy says so.
    open_limit = on_file.open_limit + (limit - customer.limit if rules.temporary_raise_unsecured else NOTHING)
    if open_limit < limit:
        yield from _secured(on_file._replace(open_limit=open_limit), limit, rules, exchange, day)
    for change in on_file.limit_changes:
        if change.kind == "cut" and change.counts_on(day):
            yield from _cut(change, limit, customer, exchange)


def _held(hold: Hold) -> Reason:
    end = Text(en="", zh="") if hold.until is None else Text(en=f" until {hold.until}", zh=f"至 {hold.until}")
    many = Text(en="", zh="")
    if hold.bulk_act is not None:
        many = Text(en=f", bulk act {hold.bulk_act}", zh=f"（批量操作 {hold.bulk_act}）")
    words = Text(
        en=f"deliveries are on hold since {hold.placed_on}{end.en} by {hold.placed_by}{many.en}: {hold.reason}",
        zh=f"{hold.placed_by} 自 {hold.placed_on} 起暂停发货{end.zh}{many.zh}：{hold.reason}",
    )
    return Reason(code=StandingCode.HELD, amount=NOTHING, text=words)


def _cut(change: LimitChange, limit: Decimal, customer: Customer, exchange: Exchange) -> Iterator[Reason]:
    """Yield what a cut leaves of the limit; nothing, where the customer's currency is another now and has no rate."""
    amount = exchange.convert(change.amount, change.currency, customer.currency)
    left = NOTHING if amount is None else amount.quantize(_CENT, ROUND_FLOOR)
    if left < limit:
        code = StandingCode.CUT if change.dormant_since is None else StandingCode.DORMANT
        yield Reason(code=code, amount=left, text=change.words(exchange.on))


def _not_met(condition: Condition, day: date) -> Text:
    if condition.state_on(day) == "expired":
        en, zh = f" expired on {condition.valid_until}" if condition.valid_until else " expired", "已失效"
    elif condition.due is not None:
        en, zh = f" was due on {condition.due}", f"应于 {condition.due} 前满足"
    else:
        en, zh = " is to be met before delivery", "须在发货前满足"
    return Text(en=f"condition “{condition.text}”{en}", zh=f"条件“{condition.text}”{zh}")


def _last_day_of_review(customer: Customer, rules: CustomerRules) -> date | None:
    if rules.review_grace_days is None:
        return None
    return customer.next_review_on + timedelta(days=rules.review_grace_days)


def _secured(on_file: OnFile, limit: Decimal, rules: CustomerRules, exchange: Exchange, day: date) -> Iterator[Reason]:
    """Yield what securities and cover leave of a limit that needs them."""
    customer, total = on_file.customer, on_file.open_limit
    counted: list[Text] = []
    for value in (*_securities(on_file, rules, day), *_covers(on_file, day)):
        amount = exchange.convert(value.amount, value.currency, customer.currency)
        if amount is None:
            rate = no_rate(value.currency, customer.currency)
            counted.append(Text(en=f"{value.name.en}: {rate.en}", zh=f"{value.name.zh}：{rate.zh}"))
            continue
        total += amount.quantize(_CENT, ROUND_FLOOR)
        if value.note is not None or amount:
            said = value.note or Text(en=f"{amount:,.2f}", zh=f"{amount:,.2f}")
            counted.append(Text(en=f"{value.name.en} {said.en}", zh=f"{value.name.zh} {said.zh}"))
    if total >= limit:
        return
    have = [Text(en=f"open {on_file.open_limit:,.2f}", zh=f"无担保部分 {on_file.open_limit:,.2f}"), *counted]
    words = Text(
        en=f"the limit needs security, and {total:,.2f} are in hand ({', '.join(text.en for text in have)})",
        zh=f"该额度须有担保，现有 {total:,.2f}（{'，'.join(text.zh for text in have)}）",
    )
    yield Reason(code=StandingCode.SECURITY_SHORT, amount=total, text=words)


class _Value(NamedTuple):
    name: Text
    amount: Decimal
    currency: str
    note: Text | None = None


def _securities(on_file: OnFile, rules: CustomerRules, day: date) -> Iterator[_Value]:
    worthless = mutual(on_file.securities, day)
    for item in on_file.own_securities:
        kind = SECURITY_WORDS[item.kind]
        name = Text(en=f"{kind.en} {item.id}", zh=f"{kind.zh} {item.id}")
        if item.id in worthless:
            note = Text(en="counts nothing: the guarantors rely on each other", zh="不计：相互担保")
            yield _Value(name, NOTHING, item.currency, note)
        elif item.counts_on(day):
            yield _Value(
                name, item.value_for(on_file.customer.company_key, rules.usable_share(item.kind)), item.currency
            )
        elif item.confirmed_by is None:
            note = Text(en="counts nothing until a second person has seen the paper", zh="未经第二人核对原件，不计")
            yield _Value(name, NOTHING, item.currency, note)


def _covers(on_file: OnFile, day: date) -> Iterator[_Value]:
    for contract in on_file.contracts:
        amount = insured(contract.policy, contract.words, on_file.customer.terms_days, day)
        name = Text(en=f"credit insurance {contract.policy.number}", zh=f"信用保险 {contract.policy.number}")
        yield _Value(name, amount, contract.policy.currency)


def _days(on_file: OnFile, rules: CustomerRules, today: date) -> Iterator[date]:
    """Yield every day on which something on file begins to count, or counts no more."""
    for day in _dates(on_file, rules, today):
        yield day
        yield day + _DAY


def _dates(on_file: OnFile, rules: CustomerRules, today: date) -> Iterator[date]:
    for hold in on_file.holds:
        yield from holds.days_of(hold)
    for condition in on_file.conditions:
        for day in (condition.due, condition.valid_until):
            if day is not None:
                yield day
    for item in on_file.securities:
        yield from securities.days_of(item)
    for contract in on_file.contracts:
        yield from insurance.days_of(*contract)
    for change in on_file.limit_changes:
        yield from limit_changes.days_of(change, today)
    last = _last_day_of_review(on_file.customer, rules)
    if last is not None:
        yield last


def _warnings(on_file: OnFile, rules: CustomerRules, today: date) -> Iterator[Text]:
    """Yield what ends within the days of warning, and what is to be met by then."""

    def soon(day: date | None) -> bool:
        return day is not None and today <= day <= today + timedelta(days=rules.warn_days)

    for condition in on_file.conditions:
        if condition.state == "open" and soon(condition.due):
            yield Text(
                en=f"condition “{condition.text}” is due on {condition.due}",
                zh=f"条件“{condition.text}”应于 {condition.due} 前满足",
            )
        elif condition.state == "met" and soon(condition.valid_until):
            yield Text(
                en=f"condition “{condition.text}” is met until {condition.valid_until} only",
                zh=f"条件“{condition.text}”的证明有效至 {condition.valid_until}",
            )
    for item in on_file.own_securities:
        if item.counts_on(today) and soon(item.valid_until):
            kind = SECURITY_WORDS[item.kind]
            yield Text(
                en=f"{kind.en} {item.id} is valid until {item.valid_until}",
                zh=f"{kind.zh} {item.id} 有效至 {item.valid_until}",
            )
    for policy, words in on_file.contracts:
        ends = [word.valid_until for word in words if word.valid_from <= today and soon(word.valid_until)]
        if soon(policy.valid_until):
            ends.append(policy.valid_until)
        for day in sorted(day for day in ends if day is not None)[:1]:
            yield Text(en=f"credit insurance {policy.number} ends on {day}", zh=f"信用保险 {policy.number} 至 {day} 止")
    raised = _limit_on(on_file, today)[1]
    last = None if raised is None else raised.last_day(today)
    if soon(last):
        yield Text(en=f"the limit is raised until {last} only", zh=f"临时调增的额度至 {last} 止")
    if soon(on_file.customer.next_review_on):
        yield Text(
            en=f"the review is due on {on_file.customer.next_review_on}",
            zh=f"复审应于 {on_file.customer.next_review_on} 完成",
        )
