"""Orders of customers: checked, cancelled, and blocked ones let through."""

from __future__ import annotations

from typing import cast, get_args

import click

from admission.customers.orders.asked import BlockState, OrderAsked
from admission.customers.orders.blocks import Block, Settled
from admission.memo.order_documents import block_document, block_line, order_document, order_line
from admission.model import Text
from cli.amounts import amount_of, needed_day
from cli.helping import group, option
from cli.language import language
from cli.output import as_option, json_option, print_json, say
from cli.session import open_house, person_at_hand
from services.orders import blocked_orders, check_order, drop_order, refuse_order, release_order
from services.watchlists import day_of

BECAUSE = option("--because", required=True, help=Text(en="Why.", zh="原因。"))
ORDER = option("--order", required=True, metavar="ID", help=Text(en="The order's id in your system.", zh="订单号。"))


@group(
    zh="""查询订单是否在生效额度之内；查看、放行或拒绝冻结订单。

    示例：gatehouse order check uk:00000001 --order SO-17 --amount 12000 --currency GBP --deliver 2026-12-20
    """
)
def order() -> None:
    """Check whether an order is covered by the limit in force; list, release and refuse blocked orders.

    Example: gatehouse order check uk:00000001 --order SO-17 --amount 12000 --currency GBP --deliver 2026-12-20
    """


@order.command(
    "check",
    zh="""查询订单能否放行。可放行的订单占用额度；冻结的订单须由人员放行。

    示例：gatehouse order check uk:00000001 --order SO-17 --amount 12000 --currency GBP --deliver 2026-12-20
    """,
)
@click.argument("key")
@ORDER
@option("--amount", required=True, metavar="AMOUNT", help=Text(en="Such as 12000.", zh="金额，如 12000。"))
@option("--currency", required=True, metavar="CODE", help=Text(en="Of the amount.", zh="币种。"))
@option("--deliver", required=True, metavar="DAY", help=Text(en="The day of delivery.", zh="交货日期。"))
@option("--terms", type=click.IntRange(0, 3660), metavar="DAYS", help=Text(en="Days to pay.", zh="账期天数。"))
@option("--unit", metavar="UNIT", help=Text(en="Which of your units sells it.", zh="销售单位。"))
@option("--reserve", metavar="DAY", help=Text(en="Keep the headroom until this day.", zh="额度预留至该日。"))
@as_option
@json_option
def check(
    key: str,
    order: str,
    amount: str,
    currency: str,
    deliver: str,
    terms: int | None,
    unit: str | None,
    reserve: str | None,
    as_user: str | None,
    as_json: bool,
) -> None:
    """Check an order. A free one takes its headroom; a blocked one waits for a person.

    Example: gatehouse order check uk:00000001 --order SO-17 --amount 12000 --currency GBP --deliver 2026-12-20
    """
    house = open_house()
    asked = OrderAsked(
        order=order,
        amount=amount_of(amount),
        currency=currency,
        deliver_on=needed_day(deliver, "--deliver"),
        terms_days=terms,
        reserve_until=day_of(reserve),
        unit=unit,
    )
    checked = check_order(house, key, asked, person_at_hand(house, as_user))
    if as_json:
        print_json([order_document(checked.check, checked.block, language())], many=False)
    else:
        say(order_line(checked.check, checked.block))
        for reason in (*checked.check.reasons, *checked.check.waived):
            say(Text(en=f"  {reason.code}: {reason.text.en}", zh=f"  {reason.code}：{reason.text.zh}"))


@order.command(
    "cancel",
    zh="""订单取消：退回其占用的额度。

    示例：gatehouse order cancel uk:00000001 --order SO-17
    """,
)
@click.argument("key")
@ORDER
@as_option
def cancel(key: str, order: str, as_user: str | None) -> None:
    """Give back what a cancelled order has taken of the headroom.

    Example: gatehouse order cancel uk:00000001 --order SO-17
    """
    house = open_house()
    if drop_order(house, key, order, person_at_hand(house, as_user)):
        say(Text(en=f"Order {order} takes no headroom any more.", zh=f"订单 {order} 不再占用额度。"))
    else:
        say(Text(en=f"Order {order} had taken no headroom.", zh=f"订单 {order} 未占用额度。"))


@order.command(
    "list",
    zh="""列出冻结订单，最新的在前。

    示例：gatehouse order list --state open
    """,
)
@option("--state", type=click.Choice(get_args(BlockState)), help=Text(en="Only those in it.", zh="仅列出该状态。"))
@option("--customer", default="", metavar="KEY", help=Text(en="Only this customer's.", zh="仅列出该客户。"))
@as_option
@json_option
def list_blocked(state: str | None, customer: str, as_user: str | None, as_json: bool) -> None:
    """List blocked orders, newest first.

    Example: gatehouse order list --state open
    """
    house = open_house()
    wanted = cast("BlockState | None", state)
    found = blocked_orders(house, person_at_hand(house, as_user), state=wanted, company_key=customer)
    if as_json:
        print_json([block_document(block, language()) for block in found], many=True)
        return
    for block in found:
        say(block_line(block))
    if not found:
        say(Text(en="No order is blocked.", zh="没有冻结订单。"))


@order.command(
    "release",
    zh="""放行一个冻结订单：在上限金额和截止日之内，其后续单据不再冻结。

    示例：gatehouse order release O12 --because "款项已到账" --ceiling 60000 --currency GBP --until 2026-12-31
    """,
)
@click.argument("block")
@BECAUSE
@option("--ceiling", required=True, metavar="AMOUNT", help=Text(en="The most it may bring.", zh="上限金额。"))
@option("--currency", required=True, metavar="CODE", help=Text(en="Of the ceiling.", zh="上限的币种。"))
@option("--until", required=True, metavar="DAY", help=Text(en="The last day.", zh="截止日期（含）。"))
@as_option
@json_option
def release(
    block: str, because: str, ceiling: str, currency: str, until: str, as_user: str | None, as_json: bool
) -> None:
    """Let a blocked order through; within ceiling and day its next documents are not blocked again.

    Example: gatehouse order release O12 --because "payment arrived" --ceiling 60000 --currency GBP --until 2026-12-31
    """
    house = open_house()
    settled = Settled(
        because=because, ceiling=amount_of(ceiling, "ceiling"), currency=currency, until=needed_day(until, "--until")
    )
    made = release_order(house, block, settled, person_at_hand(house, as_user))
    _tell(made, as_json=as_json)


@order.command(
    "refuse",
    zh="""不予放行一个冻结订单。

    示例：gatehouse order refuse O12 --because "逾期未付"
    """,
)
@click.argument("block")
@BECAUSE
@as_option
@json_option
def refuse(block: str, because: str, as_user: str | None, as_json: bool) -> None:
    """Say that a blocked order does not go through.

    Example: gatehouse order refuse O12 --because "invoices are overdue"
    """
    house = open_house()
    made = refuse_order(house, block, because, person_at_hand(house, as_user))
    _tell(made, as_json=as_json)


def _tell(block: Block, *, as_json: bool) -> None:
    if as_json:
        print_json([block_document(block, language())], many=False)
    else:
        say(block_line(block))
