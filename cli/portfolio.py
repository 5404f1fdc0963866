"""The portfolio of all customers."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import cast

import click

from admission.assessment.exposure import KINDS, CapKind
from admission.customers.portfolio import Debtor, Place, Portfolio
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
    "exposure": Text(en="owed", zh="应收余额"),
    "limit_use": Text(en="use", zh="额度使用率"),
    "reserve": Text(en="reserve", zh="坏账准备"),
    "expected_loss": Text(en="expected loss", zh="预期损失"),
}
_DEBTOR = Text(en="group or customer", zh="集团或客户")


@command(
    zh="""查看全部客户的授信组合：额度、生效额度、应收余额、坏账准备、预期损失、前十大、集中度、复审和条件。

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
    """Show all customers: limits, in force, owed, reserve, expected loss, the ten largest, concentration, reviews.

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
        {"name": place.name or "-", "customers": place.customers, **_amounts(place)} for place in found.places[kind]
    ]
    titles = {"name": DIMENSIONS[kind], "customers": Text(en="customers", zh="客户数"), **_AMOUNTS}
    print_table(rows, titles, empty=empty)
    say(Text(en="The largest:", zh="前十大："))
    _print_debtors(found.top, empty)
    if found.top_exposure:
        say(Text(en="Who owes most:", zh="应收余额前十大："))
        _print_debtors(found.top_exposure, empty)


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
    _say_losses(found)
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


def _say_losses(found: Portfolio) -> None:
    """Print what customers owe and what of it may be lost, and what of that is not known."""
    if found.ledger_as_of is None:
        say(Text(en="no ledger was loaded yet: what they owe is not known", zh="尚未载入台账：应收余额未知"))
        return
    owed, reserve, expected = (
        "-" if amount is None else f"{amount:,.2f} {found.currency}"
        for amount in (found.exposure, found.reserve, found.expected_loss)
    )
    use = _percent(found.limit_use)
    say(
        Text(
            en=f"ledger of {found.ledger_as_of}: owed {owed}, limit use {use}; reserve {reserve}; "
            f"expected loss {expected}",
            zh=f"台账截止 {found.ledger_as_of}：应收余额 {owed}，额度使用率 {use}；"
            f"坏账准备 {reserve}；预期损失 {expected}",
        )
    )
    if found.exposure_unknown:
        say(
            Text(
                en=f"what {found.exposure_unknown} of them owe is not known, and in none of these sums",
                zh=f"其中 {found.exposure_unknown} 家的应收余额未知，未计入上述金额",
            )
        )
    if found.grades_without_rate:
        grades = found.grades_without_rate
        say(
            Text(
                en=f"no expected loss of grade {', '.join(grades)}: the policy has no default rate",
                zh=f"等级 {'、'.join(grades)} 的预期损失未知：制度未设违约率",
            )
        )


def _print_debtors(debtors: Sequence[Debtor], empty: Text) -> None:
    rows = [{"name": debtor.name, **_amounts(debtor)} for debtor in debtors]
    print_table(rows, {"name": _DEBTOR, **_AMOUNTS}, empty=empty)


def _amounts(sums: Place | Debtor) -> dict[str, str]:
    return {
        "limit": _amount(sums.limit),
        "in_force": _amount(sums.in_force),
        "share": _percent(sums.share),
        "exposure": _amount(sums.exposure),
        "limit_use": _percent(sums.limit_use),
        "reserve": _amount(sums.reserve),
        "expected_loss": _amount(sums.expected_loss),
    }


def _amount(amount: Decimal | None) -> str:
    return "-" if amount is None else f"{amount:,.2f}"


def _percent(share: Decimal | None) -> str:
    return "-" if share is None else f"{share * 100:.2f} %"
