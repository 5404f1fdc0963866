"""A customer's limit between two decisions: cut, raised for a time, taken back."""

from __future__ import annotations

import click

from admission.customers.standing.limit_changes import Season
from admission.model import Text
from cli.amounts import amount_of
from cli.customer_lines import limit_change_line, say_recorded
from cli.helping import command, option
from cli.misuse import Misuse
from cli.output import as_option, json_option
from cli.session import open_house, person_at_hand
from services.limit_changes import NewLimit, change_limit, confirm_raise, end_change
from services.watchlists import day_of


@command(
    "limit",
    zh="""调减客户额度，立即生效；或提出临时调增，经第二人复核后生效（customer limit-confirm）。

    低于获批额度的金额为调减，高于的为临时调增；临时调增须有截止日或季节，到期自动恢复。

    示例：gatehouse customer limit uk:00000001 --amount 60000 --because "旺季备货" --season 11-15..01-31
    """,
)
@click.argument("key")
@option("--amount", required=True, metavar="AMOUNT", help=Text(en="The limit to have.", zh="调整后的额度。"))
@option("--because", required=True, help=Text(en="Why.", zh="原因。"))
@option("--from", "since", metavar="DAY", help=Text(en="The first day; today if not given.", zh="起始日期；默认今日。"))
@option("--until", metavar="DAY", help=Text(en="The last day.", zh="截止日期（含）。"))
@option(
    "--season",
    metavar="MM-DD..MM-DD",
    help=Text(en="Only between these days of each year.", zh="仅在每年这两个日期之间。"),
)
@as_option
@json_option
def limit(
    key: str,
    amount: str,
    because: str,
    since: str | None,
    until: str | None,
    season: str | None,
    as_user: str | None,
    as_json: bool,
) -> None:
    """Cut a limit, at once; or propose to raise it for a time, for a second person to confirm (customer limit-confirm).

    Below the limit granted it is a cut, above it a raise. A raise has an end or a season, and returns by itself.

    Example: gatehouse customer limit uk:00000001 --amount 60000 --because "season's stock" --season 11-15..01-31
    """
    house = open_house()
    new = NewLimit(amount_of(amount), because, day_of(since), day_of(until), _season_of(season))
    made = change_limit(house, key, new, person_at_hand(house, as_user))
    say_recorded(house, key, made.model_dump(mode="json"), limit_change_line(made), as_json=as_json)


def _season_of(text: str | None) -> Season | None:
    if text is None:
        return None
    first, dots, last = text.partition("..")
    if not dots:
        raise Misuse(Text(en="Give --season as MM-DD..MM-DD.", zh="--season 的格式为 MM-DD..MM-DD。"))
    return Season(first=first, last=last)


@command(
    "limit-confirm",
    zh="""作为第二人复核临时调增的额度，由此生效；须有审批权限。

    示例：gatehouse customer limit-confirm L7
    """,
)
@click.argument("change")
@as_option
@json_option
def limit_confirm(change: str, as_user: str | None, as_json: bool) -> None:
    """Confirm as the second person that a limit is raised for a time; for people who may decide.

    Example: gatehouse customer limit-confirm L7
    """
    house = open_house()
    made = confirm_raise(house, change, person_at_hand(house, as_user))
    say_recorded(house, made.company_key, made.model_dump(mode="json"), limit_change_line(made), as_json=as_json)


@command(
    "limit-end",
    zh="""自今日起撤销一项额度调整；撤销调减须有审批权限。

    示例：gatehouse customer limit-end L7
    """,
)
@click.argument("change")
@as_option
@json_option
def limit_end(change: str, as_user: str | None, as_json: bool) -> None:
    """Take a change of a limit back from today on; only people who may decide lift a cut.

    Example: gatehouse customer limit-end L7
    """
    house = open_house()
    made = end_change(house, change, person_at_hand(house, as_user))
    say_recorded(house, made.company_key, made.model_dump(mode="json"), limit_change_line(made), as_json=as_json)
