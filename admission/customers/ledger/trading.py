"""How a customer buys: days of sales outstanding, trend of sales, length of the relation, open orders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from admission.customers.ledger.counted import NOT_REACHING, Counted, Window, ratio
from admission.customers.ledger.receivables import Ageing
from admission.customers.ledger.records import LedgerItem
from admission.model import Text
from admission.policy.order_rules import OrderStage

# The most commonly used formula is over three months of sales (academy.highako.com, "Why you should switch to the
# countback method to calculate DSO").
DSO_MONTHS = 3
HALF_YEAR = 6

NO_SALES = Text(en="there were no net sales in that time", zh="该期间没有净销售额")
NO_SALES_BEFORE = Text(en="there were no net sales in the six months before", zh="此前6个月没有净销售额")
SALES_BELOW_BALANCE = Text(
    en="the sales that the ledger holds do not account for the balance", zh="台账所载销售额不足以说明余额"
)
NEVER_TRADED = Text(en="the ledger has no invoice or order of the customer", zh="台账中没有该客户的发票或订单")
NO_ORDERS_TOLD = Text(en="the ledger does not tell open orders", zh="台账未记载未完成订单")


class SalesOutstanding(NamedTuple):
    """Days of sales outstanding, in days.

    Attributes:
        simple: balance / net credit sales of three months x days of these months.
        count_back: days of the latest months whose sales make up the balance; takes the season into account.
        best_possible: current receivables / net credit sales of three months x days: what `simple` would be if nothing
            were overdue.
    """

    simple: Decimal | Text
    count_back: Decimal | Text
    best_possible: Decimal | Text


def find_sales_outstanding(counted: Counted, balance: Decimal | Text, ageing: Ageing | Text) -> SalesOutstanding:
    """Find the days of sales outstanding, by three formulas.

    Net credit sales are invoices less credit notes, by the day of the document. Simple formula and count-back:
    academy.highako.com, "Why you should switch to the countback method to calculate DSO"; count-back is the exhaustion
    method of Oracle's function DSO (docs.oracle.com, Hyperion Financial Management). Best possible DSO: apruve.com,
    "What is best possible days sales outstanding". Unallocated credits pay what is overdue first, so that the best
    possible is at most the simple one. Nothing owed, or less, is 0 days.
    """
    if isinstance(ageing, Text):
        return SalesOutstanding(ageing, ageing, ageing)
    if isinstance(balance, Text):
        return SalesOutstanding(balance, balance, balance)
    owed = max(balance, Decimal(0))
    window = counted.last(DSO_MONTHS)
    sales = net_sales(counted, window)
    if not isinstance(sales, Text) and sales <= 0:
        sales = NO_SALES
    if isinstance(sales, Text):
        return SalesOutstanding(sales, _count_back(counted, owed), sales)
    return SalesOutstanding(
        simple=ratio(owed * window.days, sales),
        count_back=_count_back(counted, owed),
        best_possible=ratio(min(ageing.not_due, owed) * window.days, sales),
    )


def net_sales(counted: Counted, window: Window) -> Decimal | Text:
    """Return invoices less credit notes of a window, by the day of the document."""
    if not counted.reaches(window.first):
        return NOT_REACHING
    return counted.total(_sales(item for item in counted.items if window.holds(item.issued)))


def find_sales_trend(counted: Counted) -> Decimal | Text:
    """Return the net sales of the last six months / those of the six months before - 1.

    Invoices tell how a customer orders, for orders leave the list of open orders when they are invoiced.
    """
    last = counted.last(HALF_YEAR)
    year = counted.last(2 * HALF_YEAR)
    now, before = net_sales(counted, last), net_sales(counted, Window(year.after, last.after))
    if isinstance(before, Text):
        return before
    if isinstance(now, Text):
        return now
    return ratio(now, before) - 1 if before > 0 else NO_SALES_BEFORE


def find_relation_months(counted: Counted) -> int | Text:
    """Return the whole months since the first document or order: at least so long has the customer been one."""
    days = [item.issued for item in counted.items] + [order.entered_on for order in counted.orders]
    if not days:
        return NEVER_TRADED
    first, day = min(days), counted.day
    return (day.year - first.year) * 12 + day.month - first.month - (day.day < first.day)


def find_last_trade(counted: Counted) -> date | Text:
    """Return the day of the last invoice or order, since which the customer is dormant."""
    days = [item.issued for item in counted.items if item.kind == "invoice"]
    days += [order.entered_on for order in counted.orders]
    return max(days) if days else NEVER_TRADED


def find_open_orders(counted: Counted) -> dict[OrderStage, Decimal] | Text:
    """Return what is ordered and not invoiced, by the stages of which there are orders."""
    if not counted.tells("order"):
        return NO_ORDERS_TOLD
    sums: dict[OrderStage, Decimal] = {}
    for stage in sorted({order.stage for order in counted.orders}):
        total = counted.total((order.amount, order.currency) for order in counted.orders if order.stage == stage)
        if isinstance(total, Text):
            return total
        sums[stage] = total
    return sums


def _count_back(counted: Counted, owed: Decimal) -> Decimal | Text:
    """Take the sales of the month, of the month before and so on from what is owed, until nothing is left."""
    months: defaultdict[date, list[LedgerItem]] = defaultdict(list)
    for item in counted.items:
        if item.kind in ("invoice", "credit_note"):
            months[item.issued.replace(day=1)].append(item)
    if not months:
        return NO_SALES
    days, last, left = 0, counted.day, owed
    while left > 0:
        first = last.replace(day=1)
        if first < min(months):
            return SALES_BELOW_BALANCE
        if not counted.reaches(first):
            return NOT_REACHING
        sales = counted.total(_sales(months.get(first, ())))
        if isinstance(sales, Text):
            return sales
        length = (last - first).days + 1
        if sales >= left:
            return days + ratio(left * length, sales)
        # A month of more credit notes than invoices leaves more for the months before, which they lowered.
        days, left, last = days + length, left - sales, first - timedelta(days=1)
    return Decimal(0)


def _sales(items: Iterable[LedgerItem]) -> Iterable[tuple[Decimal, str]]:
    return ((item.sign * item.amount, item.currency) for item in items if item.kind in ("invoice", "credit_note"))
