"""Erasing what is personal, listing what was erased, and reporting what is held about a person."""

from __future__ import annotations

from collections.abc import Sequence

import click

from admission.errors import BadInput
from admission.model import Text
from casebook.database.erasure_tables import KINDS, ErasureKind
from cli.helping import group, option
from cli.output import as_option, json_option, print_json, print_table, say
from cli.session import open_house, person_at_hand
from services import retention
from services.access import access_report

COLUMNS = {
    "case": Text(en="case", zh="申请单"),
    "kind": Text(en="what", zh="内容"),
    "rule": Text(en="by which rule", zh="依据"),
    "by": Text(en="by", zh="操作人"),
    "at": Text(en="when", zh="时间"),
}
DUE_COLUMNS = {name: COLUMNS[name] for name in ("case", "kind", "rule")}
FOUND_COLUMNS = {
    "case": COLUMNS["case"],
    "where": Text(en="where", zh="位置"),
    "field": Text(en="field", zh="字段"),
    "says": Text(en="what stands there", zh="内容"),
}
NOTHING_DUE = Text(en="nothing is due to be erased", zh="没有到期应删除的内容")


@group(
    zh="""删除到期的个人信息，列出已删除的内容，查询本机构保存的某人信息。

    示例：gatehouse privacy due；gatehouse privacy report "张伟"
    """
)
def privacy() -> None:
    """Erase what is personal, list what was erased, report what is held about a person.

    Examples: gatehouse privacy due; gatehouse privacy report "Jane Doe"
    """


@privacy.command(
    "list",
    zh="""列出已删除的内容、依据和操作人。

    示例：gatehouse privacy list --json
    """,
)
@json_option
def list_erased(as_json: bool) -> None:
    """List what was erased, by which rule, and by whom.

    Example: gatehouse privacy list --json
    """
    house = open_house()
    rows = [{**item._asdict(), "at": item.at.isoformat()} for item in house.casebook.erasures.all()]
    if as_json:
        print_json(rows, many=True)
    else:
        print_table(rows, COLUMNS, empty=Text(en="nothing was erased", zh="没有已删除的内容"))


@privacy.command(
    "due",
    zh="""列出按现行政策（retention）已到期应删除的内容。

    `keep-house` 每小时自动删除；`--erase` 立即删除。

    示例：gatehouse privacy due
    """,
)
@option("--erase", is_flag=True, help=Text(en="Erase it now, for good.", zh="立即删除，不可恢复。"))
@json_option
def list_due(erase: bool, as_json: bool) -> None:
    """List what the policy in force (`retention`) says is to be erased.

    `keep-house` erases it by itself, once an hour; `--erase` does so at once.

    Example: gatehouse privacy due
    """
    house = open_house()
    if erase:
        done = retention.erase_due(house)
        if as_json:
            print_json([done._asdict()], many=False)
            return
        say(
            Text(
                en=f"erased: answers of {done.answers} case(s), documents of {done.personal} case(s), "
                f"{done.messages} message(s), {done.books} book(s) that nobody settled",
                zh=f"已删除：{done.answers} 个申请单的原始答复，{done.personal} 个申请单的资料，"
                f"{done.messages} 条消息，{done.books} 份逾期未复核的存量客户",
            )
        )
        return
    rows = [{"case": case, "kind": due.kind, "rule": due.rule} for due in retention.due(house) for case in due.cases]
    if as_json:
        print_json(rows, many=True)
    else:
        print_table(rows, DUE_COLUMNS, empty=NOTHING_DUE)


@privacy.command(
    "erase",
    zh="""应本人要求删除已办结申请单中的个人信息，不可恢复。

    answers 为来源返回的原始文件；personal 为全部资料，仅保留审批结果和数据。现有客户及有未办结申请单的企业不能删除。
    理由会记入历史记录，请勿写入当事人姓名。

    示例：gatehouse privacy erase GH-2026-000001 --kind personal --reason "个人信息保护法第四十七条" --yes
    """,
)
@click.argument("references", nargs=-1, required=True)
@option(
    "--kind",
    "kinds",
    multiple=True,
    required=True,
    type=click.Choice(KINDS),
    help=Text(en="What to erase; may be given twice.", zh="删除内容，可给出两次。"),
)
@option(
    "--reason",
    required=True,
    help=Text(en="On whose request, by what law; no names.", zh="应何种要求、依据何法；请勿写姓名。"),
)
@option("--yes", is_flag=True, help=Text(en="Really erase: nobody can undo it.", zh="确认删除，不可恢复。"))
@as_option
@json_option
def erase(
    references: Sequence[str],
    kinds: Sequence[ErasureKind],
    reason: str,
    yes: bool,
    as_user: str | None,
    as_json: bool,
) -> None:
    """Erase what is personal in concluded cases, on request of the person it is about; for good.

    `answers` are the raw files that sources sent. `personal` are all documents; the decision and its figures stay.
    Nothing is erased of a customer, or of a company with an open case. The reason is kept in the history: write no
    name of the person into it.

    Example: gatehouse privacy erase GH-2026-000001 --kind answers --kind personal --reason "GDPR article 17" --yes
    """
    house = open_house()
    person = person_at_hand(house, as_user)
    if not yes:
        raise BadInput(
            Text(en="What is erased cannot be brought back.", zh="删除后不可恢复。"),
            remedy=Text(en="add --yes to erase it", zh="确认删除请加 --yes"),
        )
    retention.erase(house, references, kinds, reason, person)
    if as_json:
        print_json([{"case": reference, "kinds": list(kinds)} for reference in references], many=True)
    else:
        names = ", ".join(references)
        say(Text(en=f"erased of {names}: {', '.join(kinds)}", zh=f"已删除 {names}：{'、'.join(kinds)}"))


@privacy.command(
    "report",
    zh="""查询本机构保存的某人信息：作为用户，以及在各申请单资料和原始答复中出现之处。

    查询行为会记入历史记录，但不记录姓名。公开名单不在查询范围内。

    示例：gatehouse privacy report "张伟" --json > 答复.json
    """,
)
@click.argument("name")
@as_option
@json_option
def report(name: str, as_user: str | None, as_json: bool) -> None:
    """Report what is held about a person: as a user, and wherever documents and raw answers name them.

    That somebody asked is kept in the history; the name is not. Public lists are not looked through.

    Example: gatehouse privacy report "Jane Doe" --json > answer.json
    """
    house = open_house()
    told = access_report(house, name, person_at_hand(house, as_user))
    if as_json:
        print_json([told], many=False)
        return
    for user in told["users"]:
        asked, voted = len(user["asked_for"]), len(user["voted_on"])
        say(
            Text(
                en=f"user {user['username']}: {user['name']}, {user['department']}; asked for {asked} case(s), voted "
                f"on {voted}, {user['events']} event(s) in the history",
                zh=f"用户 {user['username']}：{user['name']}，{user['department']}；提交申请 {asked} 个，"
                f"审批 {voted} 个，历史记录 {user['events']} 条",
            )
        )
    print_table(told["found"], FOUND_COLUMNS, empty=Text(en="no document names them", zh="没有资料提及此人"))
