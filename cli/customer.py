"""One customer: what of the limit is in force and why, and what changes that."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import cast, get_args

import click

from admission.customers.renewal import FROM_BOOK
from admission.customers.standing.insurance import Cover, CoverState
from admission.memo.customer_documents import customer_document
from admission.model import Text
from admission.policy.customer_rules import SecurityKind
from casebook.customer_files import Settling
from cli.amounts import amount_of, needed_day
from cli.customer_lines import (
    condition_line,
    cover_line,
    hold_line,
    limit_change_line,
    lines_beside,
    say_recorded,
    say_standing,
    security_line,
)
from cli.helping import group, option
from cli.language import language
from cli.limits import limit, limit_confirm, limit_end
from cli.misuse import Misuse
from cli.output import as_option, json_option, print_json, say
from cli.session import open_house, person_at_hand
from services import customer_files as acts
from services.customer_standing import customer_of, file_and_standing
from services.earned_steps import steps_of
from services.groups import group_of
from services.watchlists import day_of

UNTIL = option("--until", "until", metavar="DAY", help=Text(en="The last day.", zh="截止日期（含）。"))
BECAUSE = option("--because", required=True, help=Text(en="Why.", zh="原因。"))


@group(
    zh="""查看一个客户的生效额度及原因；落实条件、登记担保和信用保险、暂停或恢复发货。

    企业键见 gatehouse customers。

    示例：gatehouse customer show cn:91990000MA9X000702
    """
)
def customer() -> None:
    """Show what of a customer's limit is in force and why; settle conditions, record securities and cover, hold.

    The keys of customers are shown by gatehouse customers.

    Example: gatehouse customer show uk:00000001
    """


for part in (limit, limit_confirm, limit_end):
    customer.add_command(part)


@customer.command(
    "show",
    zh="""查看生效额度及原因，以及条件、担保、信用保险、暂停发货和额度调整记录。

    示例：gatehouse customer show uk:00000001 --json
    """,
)
@click.argument("key")
@json_option
def show(key: str, as_json: bool) -> None:
    """Show the limit in force, why, until when; and all that is on file: conditions, securities, cover, holds, changes.

    Example: gatehouse customer show uk:00000001 --json
    """
    house = open_house()
    found = customer_of(house, key)
    file, stands = file_and_standing(house, found)
    group_view, steps = group_of(house, found), steps_of(house, file, stands)
    if as_json:
        print_json([customer_document(file, stands, group_view, language(), steps)], many=False)
        return
    grade = Text(en=f"grade {found.grade}", zh=f"等级 {found.grade}")
    terms = Text(en=f"{found.terms_days} days", zh=f"账期 {found.terms_days} 天")
    say(Text(en=f"{found.legal_name}: {grade.en}, {terms.en}", zh=f"{found.legal_name}：{grade.zh}，{terms.zh}"))
    if not found.assessed:
        say(FROM_BOOK)
    say_standing(stands)
    for line in lines_beside(group_view, steps):
        say(line)
    for item in file.conditions:
        say(condition_line(item, house.today()))
    for security in file.own_securities:
        say(security_line(security))
    for contract in file.contracts:
        for word in contract.words:
            say(cover_line(word))
    for hold in file.holds:
        say(hold_line(hold))
    for change in file.limit_changes:
        say(limit_change_line(change))


@customer.command(
    "settle",
    zh="""核实一个条件已落实；不能由提出该条件的人核实。

    示例：gatehouse customer settle uk:00000001 GH-2026-000001-1 --proof "合同 17 第 9 条"
    """,
)
@click.argument("key")
@click.argument("condition")
@option("--proof", required=True, help=Text(en="What was seen.", zh="核实依据。"))
@UNTIL
@as_option
@json_option
def settle(key: str, condition: str, proof: str, until: str | None, as_user: str | None, as_json: bool) -> None:
    """Find a condition met; never by who proposed it. `--until` is the last day on which the proof counts.

    Example: gatehouse customer settle uk:00000001 GH-2026-000001-1 --proof "clause 9 of contract 17"
    """
    _settle(key, condition, Settling("met", proof, day_of(until)), as_user, as_json=as_json)


@customer.command(
    "waive",
    zh="""豁免一个条件，须有审批权限；不能由提出该条件的人豁免。

    示例：gatehouse customer waive uk:00000001 GH-2026-000001-1 --because "本次为款到发货"
    """,
)
@click.argument("key")
@click.argument("condition")
@BECAUSE
@as_option
@json_option
def waive(key: str, condition: str, because: str, as_user: str | None, as_json: bool) -> None:
    """Waive a condition; for people who may decide, and never by who proposed it.

    Example: gatehouse customer waive uk:00000001 GH-2026-000001-1 --because "pays before delivery"
    """
    _settle(key, condition, Settling("waived", because), as_user, as_json=as_json)


def _settle(key: str, condition: str, settling: Settling, as_user: str | None, *, as_json: bool) -> None:
    house = open_house()
    made = acts.settle_condition(house, key, condition, settling, person_at_hand(house, as_user))
    say_recorded(house, key, made.model_dump(mode="json"), condition_line(made, house.today()), as_json=as_json)


@customer.command(
    "secure",
    zh="""登记一项担保；经第二人核对原件后生效（customer confirm）。

    --also 用于同一担保同时担保其他客户；各部分之和不超过担保金额。

    示例：gatehouse customer secure uk:00000001 --kind bank_guarantee --giver "Example Bank" --document "LG 17"
    --amount 50000 --currency GBP --from 2026-12-01 --until 2027-11-30
    """,
)
@click.argument("key")
@option(
    "--kind",
    required=True,
    type=click.Choice([kind.value for kind in SecurityKind]),
    help=Text(en="What it is.", zh="担保方式。"),
)
@option("--giver", required=True, help=Text(en="Who gives it.", zh="担保人（出具方）。"))
@option(
    "--giver-key",
    default="",
    metavar="KEY",
    help=Text(en="The giver's company key, if it is a customer.", zh="担保人的企业键（担保人为客户时）。"),
)
@option("--document", required=True, help=Text(en="The number of the paper.", zh="担保文件编号。"))
@option("--amount", required=True, metavar="AMOUNT", help=Text(en="Such as 50000.", zh="金额，如 50000。"))
@option("--currency", required=True, metavar="CODE", help=Text(en="Of the amount.", zh="币种。"))
@option("--from", "since", required=True, metavar="DAY", help=Text(en="The first day.", zh="起始日期。"))
@UNTIL
@option(
    "--ahead",
    default="0",
    metavar="AMOUNT",
    help=Text(en="Claims that rank before ours.", zh="顺位在前的债权金额。"),
)
@option(
    "--usable",
    default="1",
    metavar="SHARE",
    help=Text(en="Share of the amount that counts, such as 0.8.", zh="可计入比例，如 0.8。"),
)
@option(
    "--part",
    metavar="AMOUNT",
    help=Text(en="Of the amount, for this customer; all of it if not given.", zh="为该客户担保的金额；默认为全部。"),
)
@option(
    "--also",
    multiple=True,
    metavar="KEY=AMOUNT",
    help=Text(en="Another customer for whom it stands.", zh="同时担保的其他客户及金额。"),
)
@as_option
@json_option
def secure(
    key: str,
    kind: str,
    giver: str,
    giver_key: str,
    document: str,
    amount: str,
    currency: str,
    since: str,
    until: str | None,
    ahead: str,
    usable: str,
    part: str | None,
    also: Sequence[str],
    as_user: str | None,
    as_json: bool,
) -> None:
    """Record a security; it counts once a second person has seen the paper (customer confirm).

    Where one paper stands for several customers, `--part` and `--also` say how much for each.

    Example: gatehouse customer secure uk:00000001 --kind bank_guarantee --giver "Example Bank" --document "LG 17"
    --amount 50000 --currency GBP --from 2026-12-01 --until 2027-11-30
    """
    house = open_house()
    whole = amount_of(amount)
    paper = acts.Paper(
        kind=SecurityKind(kind),
        giver=giver,
        document=document,
        amount=whole,
        currency=currency,
        valid_from=needed_day(since, "--from"),
        valid_until=day_of(until),
        ahead=amount_of(ahead, "ahead"),
        usable_share=amount_of(usable, "usable"),
        giver_key=giver_key,
    )
    allotted = {key: whole if part is None else amount_of(part, "part")} | _also(also)
    made = acts.record_security(house, paper, allotted, person_at_hand(house, as_user))
    named = acts.known_as_officer(house, made) if made.kind is SecurityKind.PERSONAL_GUARANTEE else None
    line = security_line(made)
    if named is not None:
        line = Text(en=f"{line.en} ({giver}: {named.en})", zh=f"{line.zh}（{giver}：{named.zh}）")
    say_recorded(house, key, made.model_dump(mode="json"), line, as_json=as_json)


def _also(pairs: Sequence[str]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for pair in pairs:
        key, sign, amount = pair.rpartition("=")
        if not sign or not key:
            raise Misuse(Text(en="Give --also as KEY=AMOUNT.", zh="--also 的格式为 企业键=金额。"))
        found[key] = amount_of(amount, "also")
    return found


@customer.command(
    "confirm",
    zh="""作为第二人核对担保文件；由此担保生效。

    示例：gatehouse customer confirm S7
    """,
)
@click.argument("security")
@as_option
@json_option
def confirm(security: str, as_user: str | None, as_json: bool) -> None:
    """Sign for a security as the second person who saw its paper; it counts from then on.

    Example: gatehouse customer confirm S7
    """
    house = open_house()
    made = acts.confirm_security(house, security, person_at_hand(house, as_user))
    say_recorded(
        house, made.allotted[0].company_key, made.model_dump(mode="json"), security_line(made), as_json=as_json
    )


@customer.command(
    "revoke",
    zh="""登记担保自某日起失效。

    示例：gatehouse customer revoke S7 --on 2026-12-31 --because "已退还保函"
    """,
)
@click.argument("security")
@option("--on", "day", required=True, metavar="DAY", help=Text(en="From which day.", zh="自哪一日起。"))
@BECAUSE
@as_option
@json_option
def revoke(security: str, day: str, because: str, as_user: str | None, as_json: bool) -> None:
    """Note that a security counts no more from a day on.

    Example: gatehouse customer revoke S7 --on 2026-12-31 --because "guarantee given back"
    """
    house = open_house()
    on = needed_day(day, "--on")
    made = acts.revoke_security(house, security, on, because, person_at_hand(house, as_user))
    say_recorded(
        house, made.allotted[0].company_key, made.model_dump(mode="json"), security_line(made), as_json=as_json
    )


@customer.command(
    "cover",
    zh="""登记保险人对一个客户的批复。

    示例：gatehouse customer cover uk:00000001 --policy P-17 --state granted --amount 40000 --from 2026-12-01
    """,
)
@click.argument("key")
@option("--policy", required=True, help=Text(en="Number of the insurance policy.", zh="保险合同编号。"))
@option("--state", required=True, type=click.Choice(get_args(CoverState)), help=Text(en="What it said.", zh="批复。"))
@option("--amount", metavar="AMOUNT", help=Text(en="That is covered.", zh="承保金额。"))
@option("--from", "since", required=True, metavar="DAY", help=Text(en="The first day.", zh="起始日期。"))
@UNTIL
@option("--note", default="", help=Text(en="What others should know.", zh="备注。"))
@as_option
@json_option
def cover(
    key: str,
    policy: str,
    state: str,
    amount: str | None,
    since: str,
    until: str | None,
    note: str,
    as_user: str | None,
    as_json: bool,
) -> None:
    """Record what the credit insurer said about a customer.

    Example: gatehouse customer cover uk:00000001 --policy P-17 --state granted --amount 40000 --from 2026-12-01
    """
    house = open_house()
    person = person_at_hand(house, as_user)
    told = Cover(
        id="",
        company_key=key,
        policy=policy,
        state=cast("CoverState", state),
        amount=None if amount is None else amount_of(amount),
        valid_from=needed_day(since, "--from"),
        valid_until=day_of(until),
        note=note,
        recorded_by=person.username,
    )
    made = acts.record_cover(house, told, person)
    say_recorded(house, key, made.model_dump(mode="json"), cover_line(made), as_json=as_json)


@customer.command(
    "hold",
    zh="""自今日起暂停向客户发货。

    示例：gatehouse customer hold uk:00000001 --because "票据退票"
    """,
)
@click.argument("key")
@BECAUSE
@UNTIL
@as_option
@json_option
def hold(key: str, because: str, until: str | None, as_user: str | None, as_json: bool) -> None:
    """Stop deliveries to a customer from today on.

    Example: gatehouse customer hold uk:00000001 --because "returned cheque"
    """
    house = open_house()
    made = acts.hold(house, key, because, day_of(until), person_at_hand(house, as_user))
    say_recorded(house, key, made.model_dump(mode="json"), hold_line(made), as_json=as_json)


@customer.command(
    "release",
    zh="""恢复向客户发货，须有审批权限。

    示例：gatehouse customer release uk:00000001 H3
    """,
)
@click.argument("key")
@click.argument("hold_name", metavar="HOLD")
@as_option
@json_option
def release(key: str, hold_name: str, as_user: str | None, as_json: bool) -> None:
    """Let deliveries to a customer go on; for people who may decide.

    Example: gatehouse customer release uk:00000001 H3
    """
    house = open_house()
    made = acts.release(house, key, hold_name, person_at_hand(house, as_user))
    say_recorded(house, key, made.model_dump(mode="json"), hold_line(made), as_json=as_json)
