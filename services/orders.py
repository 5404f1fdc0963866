"""Orders of customers: checked against the limit in force, and let through by people."""

from __future__ import annotations

from datetime import date, timedelta

from admission.approval.mandates import Act
from admission.cases import Customer
from admission.customers.orders.asked import BlockState, OnRecord, OrderAsked
from admission.customers.orders.blocks import Block, Settled, check_power
from admission.customers.orders.check import CustomerNow, OrderCheck
from admission.customers.orders.check import check as check_by
from admission.customers.standing.in_force import standing
from admission.errors import BadInput, Problem
from admission.free_text import check_plain
from admission.model import Text
from admission.people import Person
from admission.policy import Policy
from casebook.orders import Checked
from services.casefile import check_may_see, seen_by
from services.customer_standing import files_of, rules_of_today, seen_customer
from services.groups import told_of
from services.mandates import refusal_noted, under_mandate
from wiring.house import House

# An order is checked for a delivery up to three years ahead, its later documents for a year; it keeps headroom as long.
FARTHEST, LONGEST_HOLD = timedelta(days=3 * 366), timedelta(days=366)
_REFUSED = "order.denied"
_CANNOT = Text(en="The order cannot be checked.", zh="无法查询该订单。")
_CANNOT_SETTLE = Text(en="The order cannot be settled.", zh="无法处理该订单。")


def check_order(house: House, company_key: str, asked: OrderAsked, person: Person) -> Checked:
    """Check whether an order is covered; one that is takes its headroom, one that is not becomes a blocked order.

    Args:
        house: the house.
        company_key: of the customer.
        asked: the order; asked for anew, it counts once.
        person: who asks, often the account of a program.

    Raises:
        NotFound: the company is no customer.
        NotAllowed: the person may not see the customer, or has no mandate for it.
        BadInput: days that cannot be.
    """
    check_plain(_CANNOT, {"order": asked.order})
    _check_days(asked, house.today())
    with house.casebook.reading_once():
        policy = house.policy_in_force()
        customer = _checkable(house, company_key, person, policy)
        rules, exchange = policy.customers, house.exchange_by(policy)
        (file,) = files_of(house, [customer])
        told = told_of(house, customer, asked, rules, exchange)
    now = CustomerNow(file, standing(file, rules, exchange), told.owed, told.group)

    def judge(record: OnRecord) -> OrderCheck:
        return check_by(asked, now, record, rules, exchange)

    return house.casebook.orders.check(company_key, asked, person.username, judge, told.name)


def drop_order(house: House, company_key: str, order: str, person: Person) -> bool:
    """Give back what an order has taken of the headroom, for it was cancelled; tell whether it had taken any.

    Raises:
        NotFound: the company is no customer.
        NotAllowed: the person may not see the customer, or has no mandate for it.
    """
    _checkable(house, company_key, person, house.policy_in_force())
    return house.casebook.orders.drop(company_key, order, person.username)


def blocked_orders(
    house: House, person: Person, *, state: BlockState | None = None, company_key: str = "", most: int = 200
) -> list[Block]:
    """Return the blocked orders that somebody may see, newest first.

    Args:
        house: the house.
        person: who looks.
        state: only those in it.
        company_key: only those of this customer.
        most: at most so many.
    """
    return house.casebook.orders.blocks(state=state, company_key=company_key, most=most, seen_by=seen_by(person))


def release_order(house: House, name: str, settled: Settled, person: Person) -> Block:
    """Let a blocked order through, up to a ceiling and a day.

    Raises:
        NotFound: there is no such blocked order.
        NotAllowed: the person may not see it, has no mandate or not enough power for it, or asked for it.
        BadInput: no reason, a ceiling below what was asked, or a day that is over.
        Conflict: it was settled before.
    """
    block = _seen_block(house, name, person)
    check_plain(_CANNOT_SETTLE, {"because": settled.because})
    rules, exchange = rules_of_today(house)
    problems = _no_reason(settled.because)
    if settled.until < exchange.on or settled.until > exchange.on + LONGEST_HOLD:
        problems.append(Problem("until", str(settled.until), _within(exchange.on, exchange.on + LONGEST_HOLD)))
    asked = exchange.convert(block.check.asked.amount, block.check.asked.currency, settled.currency)
    if asked is None or settled.ceiling < asked:
        least = f"{block.check.asked.amount:,.2f} {block.check.asked.currency}"
        expected = Text(en=f"at least the order's {least}", zh=f"不低于订单金额 {least}")
        problems.append(Problem("ceiling", f"{settled.ceiling} {settled.currency}", expected))
    if problems:
        raise BadInput(_CANNOT_SETTLE, problems=problems)
    under_mandate(house, Act.RELEASE_ORDER, person, block.case, _REFUSED)
    with refusal_noted(house, _REFUSED, block.case, person):
        check_power(settled, person, rules.orders.release_powers, exchange, name)
        return house.casebook.orders.release(name, settled, person.username, exchange.on)


def refuse_order(house: House, name: str, because: str, person: Person) -> Block:
    """Say that a blocked order does not go through.

    Raises:
        NotFound: there is no such blocked order.
        NotAllowed: the person may not see it, has no mandate for it, or asked for it.
        BadInput: no reason.
        Conflict: it was settled before.
    """
    block = _seen_block(house, name, person)
    check_plain(_CANNOT_SETTLE, {"because": because})
    if problems := _no_reason(because):
        raise BadInput(_CANNOT_SETTLE, problems=problems)
    under_mandate(house, Act.RELEASE_ORDER, person, block.case, _REFUSED)
    with refusal_noted(house, _REFUSED, block.case, person):
        return house.casebook.orders.refuse(name, because, person.username, house.today())


def _checkable(house: House, company_key: str, person: Person, policy: Policy) -> Customer:
    """Return a customer to somebody who may check its orders."""
    customer = seen_customer(house, person, company_key)
    if not policy.mandates.check_order.held_by(person):
        under_mandate(house, Act.CHECK_ORDER, person, customer.last_case, _REFUSED)
    return customer


def _seen_block(house: House, name: str, person: Person) -> Block:
    block = house.casebook.orders.block(name)
    check_may_see(house, person, block.case)
    return block


def _check_days(asked: OrderAsked, today: date) -> None:
    problems = []
    if not today - LONGEST_HOLD <= asked.deliver_on <= today + FARTHEST:
        problems.append(Problem("deliver_on", str(asked.deliver_on), _within(today - LONGEST_HOLD, today + FARTHEST)))
    until = asked.reserve_until
    if until is not None and not today <= until <= today + LONGEST_HOLD:
        problems.append(Problem("reserve_until", str(until), _within(today, today + LONGEST_HOLD)))
    if problems:
        raise BadInput(_CANNOT, problems=problems)


def _within(first: date, last: date) -> Text:
    return Text(en=f"a day from {first} to {last}", zh=f"{first} 至 {last} 之间的日期")


def _no_reason(because: str) -> list[Problem]:
    if because.strip():
        return []
    return [Problem("because", because, Text(en="why", zh="原因"))]
