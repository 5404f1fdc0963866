"""Acts on many customers: held, cut or released at once by two people, and undone as one act."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar

import click

from admission.customers.bulk.acts import BulkAct
from admission.customers.bulk.selecting import Selection
from admission.model import Text
from cli.amounts import amount_of
from cli.bulk_lines import ACTS, FIRST_ROWS, MEMBERS, NO_ACTS, NO_MEMBERS, act_row, document_of, member_row, say_act
from cli.helping import group, option
from cli.output import as_option, json_option, print_json, print_table, progress, say
from cli.session import open_house, person_at_hand
from services.bulk_acts import Drift, check_asked, confirm_bulk, drift_of, propose_bulk, refuse_bulk
from services.bulk_lists import BulkAsked, preview_bulk
from services.watchlists import day_of

Function = TypeVar("Function", bound=Callable[..., Any])
BECAUSE = option(
    "--because",
    required=True,
    help=Text(en="Why; without names of persons, for it is kept.", zh="原因；会留存，请勿写个人姓名。"),
)
UNTIL = option("--until", metavar="DAY", help=Text(en="The last day.", zh="截止日期（含）。"))
PREVIEW = option(
    "--preview",
    "only_preview",
    is_flag=True,
    help=Text(en="Show whom it would touch; nothing is stored.", zh="显示将涉及的客户；不保存。"),
)
DRIFT = {
    "new": Text(en="fit since it was proposed, and are not on the list", zh="提出后新符合条件、不在清单内"),
    "gone": Text(en="on the list, and would fit no more", zh="在清单内、现已不符合条件"),
    "limits": Text(en="on the list, with another limit since", zh="在清单内、额度已变更"),
}
_SELECTORS = (
    ("--country", "countries", Text(en="Of this country, such as RU.", zh="该国家/地区的客户，如 RU。")),
    (
        "--industry",
        "industries",
        Text(en="Code or its beginning, such as uk-sic:47.", zh="行业代码或前缀，如 uk-sic:47。"),
    ),
    ("--group", "groups", Text(en="Of this group.", zh="该集团的客户。")),
    ("--grade", "grades", Text(en="Of this grade.", zh="该等级的客户。")),
    ("--segment", "segments", Text(en="Of this segment.", zh="该类别的客户。")),
    ("--insurer", "insurers", Text(en="Whom this credit insurer covers or covered.", zh="该信用保险人承保过的客户。")),
)


def selecting(function: Function) -> Function:
    """Add the options by which customers are selected; each may be given several times."""
    for flag, name, told in reversed(_SELECTORS):
        function = option(flag, name, multiple=True, metavar="VALUE", help=told)(function)
    return function


@group(
    zh="""一次操作多个客户：暂停发货、调减额度、恢复发货；一人提出，第二人复核，可整体撤销。

    同类条件任一符合，不同类条件须全部符合。

    示例：gatehouse bulk hold --country RU --because "当日制裁" --preview；gatehouse bulk confirm M3
    """
)
def bulk() -> None:
    """Hold, cut or release many customers at once: one person proposes, a second one confirms; undone as one act.

    Of one kind any value fits; of several kinds all must.

    Examples: gatehouse bulk hold --country RU --because "sanctions" --preview; gatehouse bulk confirm M3
    """


@bulk.command(
    "hold",
    zh="""提出对所选全部客户暂停发货；第二人复核后生效。

    示例：gatehouse bulk hold --country RU --country BY --because "当日制裁"
    """,
)
@selecting
@UNTIL
@BECAUSE
@PREVIEW
@as_option
@json_option
def hold(until: str | None, because: str, only_preview: bool, as_user: str | None, as_json: bool, **by: Any) -> None:
    """Propose to stop deliveries to all customers selected; a second person confirms it.

    Example: gatehouse bulk hold --country RU --country BY --because "sanctions of today"
    """
    asked = BulkAsked("hold", because, Selection(**by), until=day_of(until))
    _propose(asked, only_preview, as_user, as_json=as_json)


@bulk.command(
    "cut",
    zh="""提出将所选全部客户的额度调减至获批额度的一定比例；第二人复核后生效。

    示例：gatehouse bulk cut --insurer "某信用保险公司" --share 0.5 --because "保险人退出"
    """,
)
@selecting
@option(
    "--share",
    required=True,
    metavar="SHARE",
    help=Text(
        en="Of the limit granted, from 0 to below 1, such as 0.5.", zh="占获批额度的比例，0 至 1（不含），如 0.5。"
    ),
)
@UNTIL
@BECAUSE
@PREVIEW
@as_option
@json_option
def cut(
    share: str, until: str | None, because: str, only_preview: bool, as_user: str | None, as_json: bool, **by: Any
) -> None:
    """Propose to cut the limits of all customers selected to a share of what was granted; a second person confirms it.

    Example: gatehouse bulk cut --insurer "Example Insurer" --share 0.5 --because "the insurer withdraws"
    """
    asked = BulkAsked("cut", because, Selection(**by), share=_share_of(share), until=day_of(until))
    _propose(asked, only_preview, as_user, as_json=as_json)


@bulk.command(
    "release",
    zh="""提出解除所选客户的全部暂停发货，或某一批量操作（--of）所作的暂停；第二人复核后生效。

    由两名签署人之一申请准入的客户不予解除，并列明。

    示例：gatehouse bulk release --country RU --because "制裁解除"
    """,
)
@selecting
@option(
    "--of", default="", metavar="ACT", help=Text(en="Only holds that this act placed.", zh="仅该批量操作所作的暂停。")
)
@BECAUSE
@PREVIEW
@as_option
@json_option
def release(of: str, because: str, only_preview: bool, as_user: str | None, as_json: bool, **by: Any) -> None:
    """Propose to release all holds of the customers selected, or those of one act (--of); a second person confirms it.

    Customers whom one of the two people asked for are left out, and named.

    Example: gatehouse bulk release --country RU --because "sanctions lifted"
    """
    _propose(BulkAsked("release", because, Selection(**by), of=of), only_preview, as_user, as_json=as_json)


@bulk.command(
    "undo",
    zh="""提出整体撤销一项批量操作：仍有效的暂停或调减全部结束；第二人复核后生效。

    此后由他人登记或已撤销的记录不受影响。

    示例：gatehouse bulk undo M3 --because "范围有误"
    """,
)
@click.argument("name")
@BECAUSE
@PREVIEW
@as_option
@json_option
def undo(name: str, because: str, only_preview: bool, as_user: str | None, as_json: bool) -> None:
    """Propose to undo an act as one: all its holds or cuts that still stand end; a second person confirms it.

    What somebody else has placed or ended since stays as it is.

    Example: gatehouse bulk undo M3 --because "too wide"
    """
    _propose(BulkAsked("undo", because, of=name), only_preview, as_user, as_json=as_json)


@bulk.command(
    "confirm",
    zh="""作为第二人复核一项批量操作，随即执行。中断后可再次运行以继续。

    示例：gatehouse bulk confirm M3
    """,
)
@click.argument("name")
@as_option
@json_option
def confirm(name: str, as_user: str | None, as_json: bool) -> None:
    """Confirm an act as the second person: it is carried out then. Run again, it goes on where it broke.

    Example: gatehouse bulk confirm M3
    """
    house = open_house()
    act = confirm_bulk(house, name, person_at_hand(house, as_user), progress)
    members = house.casebook.bulk_acts.members(name)
    if as_json:
        print_json([document_of(act, house.today(), members)], many=False)
        return
    say_act(act, house.today(), house.casebook.bulk_acts.results(name))
    left = [member for member in members if member.left_out is None and member.result != "done"]
    if left:
        say(Text(en="left alone, for it stands otherwise now:", zh="因情况已变而未处理："))
        print_table([member_row(member, act.sums.currency) for member in left], MEMBERS, empty=NO_MEMBERS)


@bulk.command(
    "refuse",
    zh="""退回一项批量操作；提出人可自行撤回。已执行的部分不受影响。

    示例：gatehouse bulk refuse M3 --because "范围过大"
    """,
)
@click.argument("name")
@BECAUSE
@as_option
@json_option
def refuse(name: str, because: str, as_user: str | None, as_json: bool) -> None:
    """Refuse an act, or take one of your own back; what was carried out of it already stays.

    Example: gatehouse bulk refuse M3 --because "too wide"
    """
    house = open_house()
    act = refuse_bulk(house, name, because, person_at_hand(house, as_user))
    if as_json:
        print_json([document_of(act, house.today())], many=False)
    else:
        say_act(act, house.today(), house.casebook.bulk_acts.results(name))


@bulk.command(
    "list",
    zh="""列出全部批量操作及其状态。

    示例：gatehouse bulk list
    """,
)
@json_option
def list_acts(as_json: bool) -> None:
    """List all acts on many customers with their state.

    Example: gatehouse bulk list
    """
    house = open_house()
    found, today = house.casebook.bulk_acts.all(), house.today()
    if as_json:
        print_json([document_of(act, today) for act in found], many=True)
    else:
        print_table([act_row(act, today) for act in found], ACTS, empty=NO_ACTS)


@bulk.command(
    "show",
    zh="""查看一项批量操作：合计、全部客户、各自结果；待复核时列明提出后的变化。

    示例：gatehouse bulk show M3 --json
    """,
)
@click.argument("name")
@json_option
def show(name: str, as_json: bool) -> None:
    """Show an act: its sums, all its customers, what came of each; while it waits, what has changed since.

    Example: gatehouse bulk show M3 --json
    """
    house = open_house()
    act, members = house.casebook.bulk_acts.get(name), house.casebook.bulk_acts.members(name)
    drift = drift_of(house, act)
    if as_json:
        changed = {
            kind: [{"company_key": key, "legal_name": told} for key, told in some] for kind, some in _told(drift)
        }
        print_json([{**document_of(act, house.today(), members), "since": changed}], many=False)
        return
    say_act(act, house.today(), house.casebook.bulk_acts.results(name))
    for kind, some in _told(drift):
        if some:
            names = ", ".join(told for _, told in some)
            say(Text(en=f"{DRIFT[kind].en}: {names}", zh=f"{DRIFT[kind].zh}：{names}"))
    print_table([member_row(member, act.sums.currency) for member in members], MEMBERS, empty=NO_MEMBERS)


def _told(drift: Drift) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    return list(drift._asdict().items())


def _share_of(text: str) -> Decimal:
    return amount_of(text, "share")


def _propose(asked: BulkAsked, only_preview: bool, as_user: str | None, *, as_json: bool) -> None:
    house = open_house()
    if only_preview:
        check_asked(house, asked)
        found = preview_bulk(house, asked, as_user or "")
        if as_json:
            print_json([document_of(found.act, house.today(), found.members)], many=False)
            return
        say_act(found.act, house.today(), {}, only_preview=True)
        rows = [member_row(member, found.act.sums.currency) for member in found.members[:FIRST_ROWS]]
        print_table(rows, MEMBERS, empty=NO_MEMBERS)
        return
    made: BulkAct = propose_bulk(house, asked, person_at_hand(house, as_user))
    if as_json:
        print_json([document_of(made, house.today())], many=False)
        return
    say_act(made, house.today(), {})
    progress(
        Text(
            en=f"a second person confirms it: gatehouse bulk confirm {made.id}",
            zh=f"由第二人复核：gatehouse bulk confirm {made.id}",
        )
    )
