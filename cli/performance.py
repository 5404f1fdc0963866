"""Recording how a customer's debt went."""

from __future__ import annotations

from typing import cast

import click

from admission.customers.experience import PERFORMANCES, Performance, PerformanceWord
from admission.model import Text
from cli.amounts import amount_of, needed_day
from cli.helping import command, option
from cli.output import as_option, json_option, print_json, say
from cli.session import open_house, person_at_hand
from services import performance as recording
from services.performance import DebtReport


@command(
    zh="""登记申请单（或按企业代码登记客户）的还款表现：paid 按期付清、late 逾期付清、defaulted 违约。

    记录不可修改；更正以新记录替代旧记录，旧记录仍可查阅。

    示例：gatehouse performance GH-2026-000002 paid --on 2026-11-20；
    gatehouse performance GH-2026-000002 late --on 2026-11-20 --days-late 40 --amount 12000.50 --currency USD；
    gatehouse performance GH-2026-000002 defaulted --on 2026-11-25 --corrects 7
    """
)
@click.argument("reference")
@click.argument("outcome", type=click.Choice(list(PERFORMANCES)))
@option(
    "--on",
    "day",
    required=True,
    metavar="DAY",
    help=Text(en="The day of the payment or default: 2026-11-20.", zh="付款或违约的日期：2026-11-20。"),
)
@option("--days-late", type=click.IntRange(min=0), help=Text(en="Days after the due day.", zh="逾期天数。"))
@option(
    "--amount",
    metavar="AMOUNT",
    help=Text(en="What was paid or is lost, such as 12000.50.", zh="已付或损失的金额，如 12000.50。"),
)
@option("--currency", metavar="CODE", help=Text(en="Currency of the amount.", zh="金额的币种。"))
@option("--note", default="", help=Text(en="What others should know.", zh="备注。"))
@option(
    "--corrects",
    type=click.IntRange(min=1),
    metavar="ID",
    help=Text(en="The record that this one takes the place of.", zh="被本记录替代的记录编号。"),
)
@as_option
@json_option
def performance(
    reference: str,
    outcome: str,
    day: str,
    days_late: int | None,
    amount: str | None,
    currency: str | None,
    note: str,
    corrects: int | None,
    as_user: str | None,
    as_json: bool,
) -> None:
    """Record how the debt of a case (or of a customer, by company key) went: paid, late or defaulted.

    Records are never changed; a correction takes the place of an earlier one, which stays readable.

    Examples: gatehouse performance GH-2026-000002 paid --on 2026-11-20;
    gatehouse performance GH-2026-000002 late --on 2026-11-20 --days-late 40 --amount 12000.50 --currency USD;
    gatehouse performance GH-2026-000002 defaulted --on 2026-11-25 --corrects 7
    """
    house = open_house()
    person = person_at_hand(house, as_user)
    on = needed_day(day, "--on")
    told = DebtReport(
        cast("PerformanceWord", outcome),
        on,
        days_late=days_late,
        amount=None if amount is None else amount_of(amount),
        currency=currency,
        note=note,
        corrects=corrects,
    )
    made = recording.record(house, reference, told, person)
    if as_json:
        print_json([made.model_dump(mode="json")], many=False)
    else:
        say(line_of(made))


def line_of(record: Performance) -> Text:
    """Return a record as one line."""
    outcome = PERFORMANCES[record.outcome]
    en, zh = outcome.en, outcome.zh
    if record.days_late:
        en, zh = f"{en}, {record.days_late} days late", f"{zh}，逾期 {record.days_late} 天"
    if record.amount is not None:
        en, zh = f"{en}, {record.amount} {record.currency}", f"{zh}，{record.amount} {record.currency}"
    en, zh = f"{en}, {record.by}", f"{zh}，{record.by}"
    if record.corrects:
        en, zh = f"{en} (corrects {record.corrects})", f"{zh}（更正 {record.corrects}）"
    if record.note:
        en, zh = f"{en}: {record.note}", f"{zh}：{record.note}"
    what = f"{record.id}. {record.on} {record.case}"
    return Text(en=f"{what} {en}", zh=f"{what} {zh}")
