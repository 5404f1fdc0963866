"""The portfolio of all customers."""

from __future__ import annotations

from decimal import Decimal
from typing import cast

import click

from admission.assessment.exposure import KINDS, CapKind
from admission.customers.portfolio import Portfolio
from admission.model import Text
from cli.helping import command, option
from cli.output import json_option, print_json, print_table, say
from cli.session import open_house
from services.portfolio import portfolio as portfolio_of_today

DIMENSIONS: dict[CapKind, Text] = {
    "grade": Text(en="grade", zh="等级"),
    "segment": Text(en="segment", zh="客户类别"),
    "country": Text(en="country", zh="国家"),
    "industry": Text(en="industry", zh="行业"),
    "group": Text(en="group", zh="集团"),
}
_AMOUNTS = {
    "limit": Text(en="limit", zh="额度"),
    "in_force": Text(en="in force", zh="生效额度"),
    "share": Text(en="share", zh="占比"),
}


@command(
    zh="""查看全部客户的授信组合：额度、生效额度、前十大、集中度、复审和条件。

    示例：gatehouse portfolio --by country；gatehouse portfolio --json
    """
)
@option(
    "--by",
    "dimension",
    type=click.Choice([kind for kind in KINDS if kind != "total"]),
    default="grade",
    show_default=True,
    help=Text(en="By what the limits are summed.", zh="汇总口径。"),
)
@json_option
def portfolio(dimension: str, as_json: bool) -> None:
    """Show the limits of all customers: granted, in force, the ten largest, concentration, reviews, conditions.

    Examples: gatehouse portfolio --by country; gatehouse portfolio --json
    """
    found = portfolio_of_today(open_house())
    if as_json:
        print_json([found.model_dump(mode="json")], many=False)
        return
    say_portfolio(found)
    empty = Text(en="no customers yet", zh="暂无客户")
    kind = cast("CapKind", dimension)
    rows = [
        {
            "name": place.name or "-",
            "customers": place.customers,
            "limit": f"{place.limit:,.2f}",
            "in_force": f"{place.in_force:,.2f}",
            "share": _percent(place.share),
        }
        for place in found.places[kind]
    ]
    print_table(
        rows, {"name": DIMENSIONS[kind], "customers": Text(en="customers", zh="客户数"), **_AMOUNTS}, empty=empty
    )
    say(Text(en="The largest:", zh="前十大："))
    largest = [
        {
            "name": debtor.name,
            "limit": f"{debtor.limit:,.2f}",
            "in_force": f"{debtor.in_force:,.2f}",
            "share": _percent(debtor.share),
        }
        for debtor in found.top
    ]
    print_table(largest, {"name": Text(en="group or customer", zh="集团或客户"), **_AMOUNTS}, empty=empty)


def say_portfolio(found: Portfolio) -> None:
    """Print the sums and counts."""
    limit, in_force = f"{found.limit:,.2f} {found.currency}", f"{found.in_force:,.2f} {found.currency}"
    say(
        Text(
            en=f"{found.customers} customers, {limit} granted, {in_force} in force",
            zh=f"客户 {found.customers} 家，核定额度 {limit}，生效额度 {in_force}",
        )
    )
    if found.without_rate:
        say(
            Text(
                en=f"{found.without_rate} of them are in no sum: there is no exchange rate",
                zh=f"其中 {found.without_rate} 家因缺少汇率未计入金额",
            )
        )
    say(
        Text(
            en=f"on hold {found.on_hold}, not or not all in force {found.not_in_force}; reviews overdue "
            f"{found.reviews_overdue}, due soon {found.reviews_soon}",
            zh=f"暂停发货 {found.on_hold} 家，额度未全部生效 {found.not_in_force} 家；复审逾期 "
            f"{found.reviews_overdue} 家，即将到期 {found.reviews_soon} 家",
        )
    )
    say(
        Text(
            en=f"conditions open {found.open_conditions}, expired {found.expired_conditions}; securities that end soon "
            f"{found.ending_securities}",
            zh=f"未落实条件 {found.open_conditions} 项，已失效 {found.expired_conditions} 项；即将到期担保 "
            f"{found.ending_securities} 项",
        )
    )
    hhi = "-" if found.hhi is None else str(found.hhi)
    say(Text(en=f"concentration (HHI, 10,000 is one debtor): {hhi}", zh=f"集中度（HHI，10000 为单一债务人）：{hhi}"))


def _percent(share: Decimal) -> str:
    return f"{share * 100:.2f} %"
