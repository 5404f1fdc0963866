"""Another limit or other terms of a customer, for good: a case like any other."""

from __future__ import annotations

import click

from admission.customers.asked_change import asked_words
from admission.memo.documents import case_document
from admission.model import Text
from cli.amounts import amount_of
from cli.cases import case_row, print_cases
from cli.following import follow_cases
from cli.helping import group, option
from cli.language import language
from cli.onboard import start_runs
from cli.output import as_option, json_option, print_json, say
from cli.session import open_house, person_at_hand
from services.casefile import case_file
from services.limit_requests import LimitRequest, ask_for_limit


@group(
    zh="""为现有客户申请变更额度或账期：与其他申请单一样评估和审批。

    示例：gatehouse limit ask uk:00000001 --amount 80000 --because "订单增加"
    """
)
def limit() -> None:
    """Ask for another limit or other terms of a customer, for good: a case like any other.

    Example: gatehouse limit ask uk:00000001 --amount 80000 --because "larger orders"
    """


@limit.command(
    "ask",
    zh="""为客户申请长期变更额度或账期：建立申请单、启动运行，按金额审批；批准前和被拒后，客户维持现有额度。

    金额以客户的额度币种计。发起人不参与审批。运行未能启动时退出状态为 1（申请单已保留）。

    示例：gatehouse limit ask uk:00000001 --amount 80000 --terms-days 45 --because "订单增加"
    """,
)
@click.argument("key")
@option(
    "--amount",
    metavar="AMOUNT",
    help=Text(en="The limit to have; as today if not given.", zh="申请的额度；不填则不变。"),
)
@option(
    "--terms-days",
    type=click.IntRange(0, 365),
    metavar="DAYS",
    help=Text(en="Days to pay; as today if not given.", zh="申请的账期天数；不填则不变。"),
)
@option("--because", required=True, help=Text(en="Why.", zh="原因。"))
@option(
    "--follow",
    is_flag=True,
    help=Text(en="Stay until the case waits for people or is concluded.", zh="等到申请单进入审批或办结。"),
)
@option(
    "--timeout",
    type=click.IntRange(min=1),
    default=600,
    show_default=True,
    help=Text(en="Seconds that --follow waits at most.", zh="--follow 最多等待的秒数。"),
)
@as_option
@json_option
def ask(
    key: str,
    amount: str | None,
    terms_days: int | None,
    because: str,
    follow: bool,
    timeout: int,
    as_user: str | None,
    as_json: bool,
) -> int:
    """Ask for another limit or other terms of a customer, for good; it opens a case and starts its run.

    People decide it by the amount, as they do any case. Until then, and where it is declined, the customer keeps what
    it has. The amount is in the currency of the customer's limit. Who asks does not vote. Exit status 1 where the run
    could not be started (the case is kept).

    Example: gatehouse limit ask uk:00000001 --amount 80000 --terms-days 45 --because "larger orders"
    """
    house = open_house()
    request = LimitRequest(because, None if amount is None else amount_of(amount), terms_days)
    person = person_at_hand(house, as_user)
    since, _ = house.casebook.audit.end()
    reference = ask_for_limit(house, key, request, person, "cli").reference
    started = start_runs(house, [reference])
    settled = follow_cases(house, [reference], timeout, since) if follow and started else True
    file = case_file(house, reference)
    if as_json:
        print_json([case_document(file, language())], many=False)
    else:
        words = asked_words(file.case.application)
        if words is not None:
            say(Text(en=f"{reference}: {words.en}", zh=f"{reference}：{words.zh}"))
        print_cases([case_row(house, file.case)])
    return 0 if started and settled else 1
