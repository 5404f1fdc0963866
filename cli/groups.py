"""Groups of customers: what they use together, and their limits, proposed by one person and confirmed by another."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import click

from admission.customers.standing.group_limits import GroupLimit, bound_on
from admission.memo.group_documents import group_document, limit_document, limit_line, use_lines
from admission.model import Text
from cli import helping
from cli.amounts import amount_of
from cli.helping import option
from cli.language import language
from cli.misuse import Misuse
from cli.output import as_option, json_option, print_json, print_table, progress, say
from cli.session import open_house, person_at_hand
from services.group_limits import NewGroupLimit, confirm_group_limit, end_group_limit, propose_group_limit
from services.groups import group_named, groups
from services.watchlists import day_of

GROUPS = {
    "name": Text(en="group", zh="集团"),
    "customers": Text(en="customers", zh="客户数"),
    "limit": Text(en="limit in force", zh="生效额度"),
    "waits": Text(en="waits", zh="待复核"),
}
NO_GROUPS = Text(en="No customer is in a group.", zh="没有客户属于任何集团。")


@helping.group(
    zh="""查看集团及其已用额度；提出、复核、撤销集团额度及其按销售单位的拆分。

    示例：gatehouse group show "Example Group"
    """
)
def group() -> None:
    """Show groups of customers and what they use together; propose, confirm and end their limits, split over units.

    Example: gatehouse group show "Example Group"
    """


@group.command(
    "list",
    zh="""列出全部集团及其生效额度。

    示例：gatehouse group list
    """,
)
@json_option
def list_groups(as_json: bool) -> None:
    """List all groups with the limit in force.

    Example: gatehouse group list
    """
    house = open_house()
    found = groups(house)
    if as_json:
        rows = [
            {"name": one.name, "customers": one.customers, "limits": [limit_document(item) for item in one.limits]}
            for one in found
        ]
        print_json(rows, many=True)
        return
    today = house.today()
    lines = []
    for one in found:
        bound = bound_on(one.limits, today)
        waits = ", ".join(item.id for item in one.limits if item.state == "waits")
        amount = None if bound is None else f"{bound.amount:,.2f} {bound.limit.currency} ({bound.limit.id})"
        lines.append({"name": one.name, "customers": one.customers, "limit": amount, "waits": waits or None})
    print_table(lines, GROUPS, empty=NO_GROUPS)


@group.command(
    "show",
    zh="""查看一个集团：额度、已用额度、各客户和各销售单位的占用。

    示例：gatehouse group show "Example Group" --json
    """,
)
@click.argument("name")
@json_option
def show(name: str, as_json: bool) -> None:
    """Show a group: its limit, and what is used of it by which customer and which selling unit.

    Example: gatehouse group show "Example Group" --json
    """
    view = group_named(open_house(), name)
    if as_json:
        print_json([group_document(view, language())], many=False)
        return
    say(view.line)
    for line in use_lines(view):
        say(Text(en=f"  {line.en}", zh=f"  {line.zh}"))
    for limit in view.limits:
        say(limit_line(limit))


@group.command(
    "limit",
    zh="""提出集团额度，可按销售单位拆分；经第二人复核后生效（group confirm）。截止日之后额度失效，集团不得再占用。

    示例：gatehouse group limit "Example Group" --amount 200000 --currency GBP --because "统一授信" --unit UK01=50000
    """,
)
@click.argument("name", metavar="GROUP")
@option("--amount", required=True, metavar="AMOUNT", help=Text(en="For all its customers.", zh="集团全部客户合计。"))
@option("--currency", required=True, metavar="CODE", help=Text(en="Of all amounts.", zh="币种。"))
@option(
    "--because",
    required=True,
    help=Text(en="Why; without names of persons, for it is kept.", zh="原因；会留存，请勿写个人姓名。"),
)
@option("--from", "since", metavar="DAY", help=Text(en="The first day; today if not given.", zh="起始日期；默认今日。"))
@option(
    "--until", metavar="DAY", help=Text(en="The last day; nothing is left after it.", zh="截止日期；此后额度失效。")
)
@option(
    "--unit",
    "units",
    multiple=True,
    metavar="UNIT=AMOUNT",
    help=Text(en="What of it a selling unit may use; once for each.", zh="销售单位可用的部分；可重复给出。"),
)
@as_option
@json_option
def limit(
    name: str,
    amount: str,
    currency: str,
    because: str,
    since: str | None,
    until: str | None,
    units: tuple[str, ...],
    as_user: str | None,
    as_json: bool,
) -> None:
    """Propose the limit of a group, split over selling units if need be; a second person confirms it (group confirm).

    Example: gatehouse group limit "Example Group" --amount 200000 --currency GBP --because "one risk" --unit UK01=50000
    """
    house = open_house()
    new = NewGroupLimit(amount_of(amount), currency, because, _units_of(units), day_of(since), day_of(until))
    made = propose_group_limit(house, name, new, person_at_hand(house, as_user))
    _tell(made, as_json=as_json)
    if not as_json:
        progress(
            Text(
                en=f"a second person confirms it: gatehouse group confirm {made.id}",
                zh=f"由第二人复核：gatehouse group confirm {made.id}",
            )
        )


@group.command(
    "confirm",
    zh="""作为第二人复核集团额度，由此生效；须有审批权限。

    示例：gatehouse group confirm G3
    """,
)
@click.argument("name", metavar="LIMIT")
@as_option
@json_option
def confirm(name: str, as_user: str | None, as_json: bool) -> None:
    """Confirm the limit of a group as the second person; for people who may decide.

    Example: gatehouse group confirm G3
    """
    house = open_house()
    _tell(confirm_group_limit(house, name, person_at_hand(house, as_user)), as_json=as_json)


@group.command(
    "end",
    zh="""撤销集团额度：集团此后不再受其约束，须有审批权限；提出人可在复核前撤回。

    示例：gatehouse group end G3
    """,
)
@click.argument("name", metavar="LIMIT")
@as_option
@json_option
def end(name: str, as_user: str | None, as_json: bool) -> None:
    """Take the limit of a group away, which then has none; who proposed one takes it back while it waits.

    Example: gatehouse group end G3
    """
    house = open_house()
    _tell(end_group_limit(house, name, person_at_hand(house, as_user)), as_json=as_json)


def _units_of(given: Iterable[str]) -> dict[str, Decimal]:
    """Read what selling units may use, each named once.

    Raises:
        Misuse: one is no such pair, or is there twice.
        BadInput: an amount cannot be read.
    """
    units: dict[str, Decimal] = {}
    for text in given:
        unit, equals, amount = text.partition("=")
        if not equals or unit.upper() in units:
            raise Misuse(
                Text(en="Give --unit as UNIT=AMOUNT, each once.", zh="--unit 的格式为 单位=金额，各单位一次。")
            )
        units[unit.upper()] = amount_of(amount, "unit")
    return units


def _tell(made: GroupLimit, *, as_json: bool) -> None:
    if as_json:
        print_json([limit_document(made)], many=False)
    else:
        say(limit_line(made))
