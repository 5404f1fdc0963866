"""The house's contracts with credit insurers."""

from __future__ import annotations

import click

from admission.customers.standing.insurance import InsurancePolicy
from admission.model import Text
from cli.amounts import amount_of, needed_day
from cli.helping import group, option
from cli.output import as_option, json_option, print_json, print_table
from cli.session import open_house, person_at_hand
from services.customer_files import record_insurance

COLUMNS = {
    "number": Text(en="policy", zh="保险合同"),
    "insurer": Text(en="insurer", zh="保险人"),
    "insured_share": Text(en="insured share", zh="赔付比例"),
    "discretionary_limit": Text(en="discretionary limit", zh="自行掌握限额"),
    "currency": None,
    "longest_terms_days": Text(en="longest terms", zh="最长账期"),
    "reporting_days": Text(en="report within", zh="报损期限"),
    "valid_from": Text(en="from", zh="起始日"),
    "valid_until": Text(en="until", zh="截止日"),
}


@group(
    zh="""登记本机构的信用保险合同；对客户的批复用 gatehouse customer cover 登记。

    示例：gatehouse insurance list
    """
)
def insurance() -> None:
    """Record the house's contracts with credit insurers; what they say about a customer: gatehouse customer cover.

    Example: gatehouse insurance list
    """


@insurance.command(
    "list",
    zh="""列出信用保险合同。

    示例：gatehouse insurance list --json
    """,
)
@json_option
def list_policies(as_json: bool) -> None:
    """List the contracts as they read now.

    Example: gatehouse insurance list --json
    """
    rows = [policy.model_dump(mode="json") for policy in open_house().casebook.customer_files.insurance()]
    if as_json:
        print_json(rows, many=True)
    else:
        print_table(rows, COLUMNS, empty=Text(en="no credit insurance", zh="暂无信用保险合同"))


@insurance.command(
    "add",
    zh="""登记一份信用保险合同；同一编号再次登记时以新内容为准。

    示例：gatehouse insurance add P-17 --insurer "Example Insurer" --share 0.9 --currency GBP --terms 90
    --reporting 60 --from 2026-01-01 --until 2026-12-31
    """,
)
@click.argument("number")
@option("--insurer", required=True, help=Text(en="Who insures.", zh="保险人。"))
@option("--share", required=True, metavar="SHARE", help=Text(en="Of a loss that is paid: 0.9.", zh="赔付比例：0.9。"))
@option(
    "--discretionary",
    default="0",
    metavar="AMOUNT",
    help=Text(en="Covered for each customer without a decision of the insurer.", zh="无须保险人逐户批复的限额。"),
)
@option("--currency", required=True, metavar="CODE", help=Text(en="Of all amounts.", zh="币种。"))
@option(
    "--terms", required=True, type=click.IntRange(min=0), help=Text(en="Longest terms, days.", zh="最长账期（天）。")
)
@option(
    "--reporting",
    required=True,
    type=click.IntRange(min=0),
    help=Text(en="Days within which an overdue invoice is to be reported.", zh="逾期后须报损的天数。"),
)
@option("--from", "since", required=True, metavar="DAY", help=Text(en="The first day.", zh="起始日期。"))
@option("--until", "until", required=True, metavar="DAY", help=Text(en="The last day.", zh="截止日期（含）。"))
@as_option
@json_option
def add(
    number: str,
    insurer: str,
    share: str,
    discretionary: str,
    currency: str,
    terms: int,
    reporting: int,
    since: str,
    until: str,
    as_user: str | None,
    as_json: bool,
) -> None:
    """Record a contract; under a number that is there already, what it says from now on.

    Example: gatehouse insurance add P-17 --insurer "Example Insurer" --share 0.9 --currency GBP --terms 90
    --reporting 60 --from 2026-01-01 --until 2026-12-31
    """
    house = open_house()
    policy = InsurancePolicy(
        number=number,
        insurer=insurer,
        insured_share=amount_of(share, "share"),
        discretionary_limit=amount_of(discretionary, "discretionary"),
        currency=currency,
        longest_terms_days=terms,
        reporting_days=reporting,
        valid_from=needed_day(since, "--from"),
        valid_until=needed_day(until, "--until"),
    )
    made = record_insurance(house, policy, person_at_hand(house, as_user))
    row = made.model_dump(mode="json")
    if as_json:
        print_json([row], many=False)
    else:
        print_table([row], COLUMNS, empty=Text(en="", zh=""))
