"""API tokens: made, listed and revoked by the person whom they act for."""

from __future__ import annotations

from datetime import timedelta

import click

from admission.approval.mandates import Act
from admission.errors import NotAllowed
from admission.model import Text
from admission.people import SCOPES, Person, Scope
from cli.helping import group, option
from cli.output import as_option, json_option, print_json, print_table, progress, say
from cli.session import open_house, person_at_hand
from services.mandates import check_mandate
from wiring import House

COLUMNS = {
    "id": Text(en="token", zh="编号"),
    "label": Text(en="for", zh="用途"),
    "scopes": Text(en="scopes", zh="权限"),
    "issued_at": Text(en="issued", zh="签发时间"),
    "expires_at": Text(en="until", zh="有效期至"),
    "revoked_at": Text(en="revoked", zh="撤销时间"),
}


@group(
    zh="""签发、列出和撤销令牌；程序凭令牌以您的身份调用审批台接口。

    示例：gatehouse token new "夜间报表" --days 90
    """
)
def token() -> None:
    """Make, list and revoke tokens with which programs call the desk's API as you.

    Example: gatehouse token new "nightly report" --days 90
    """


@token.command(
    "new",
    zh="""签发令牌并显示一次；仅保存其散列值。持有者的操作视为您本人的操作。

    示例：gatehouse token new "夜间报表" --days 90；gatehouse token new "ERP" --service erp
    """,
)
@click.argument("label")
@option(
    "--days",
    type=click.IntRange(1, 366),
    default=90,
    show_default=True,
    help=Text(en="How long it is good for.", zh="有效天数。"),
)
@option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(SCOPES),
    default=("read",),
    show_default=True,
    help=Text(
        en="What it may be used for; may be given several times. A token votes only with `vote`.",
        zh="允许的用途；可多次给出。只有带 vote 的令牌可提交审批意见。",
    ),
)
@option(
    "--service",
    metavar="USERNAME",
    help=Text(en="Make it for the account of a program.", zh="为程序账户签发。"),
)
@as_option
@json_option
def new(
    label: str, days: int, scopes: tuple[Scope, ...], service: str | None, as_user: str | None, as_json: bool
) -> None:
    """Make a token and print it once; only its hash is kept. What its bearer does is done by you.

    Examples: gatehouse token new "nightly report" --days 90; gatehouse token new "ERP" --service erp
    """
    house = open_house()
    person = person_at_hand(house, as_user)
    owner = person.username if service is None else _service_account(house, person, service)
    by = "" if service is None else person.username
    made, secret = house.casebook.tokens.issue(owner, label, timedelta(days=days), scopes=scopes, by=by)
    if as_json:
        print_json([{**made.model_dump(mode="json"), "secret": secret}], many=False)
    else:
        click.echo(secret)
        until = f"{made.expires_at:%Y-%m-%d}"
        progress(
            Text(
                en=f"token {made.id}, good until {until}; it is shown this once",
                zh=f"令牌 {made.id}，有效期至 {until}；仅显示这一次",
            )
        )


def _service_account(house: House, person: Person, username: str) -> str:
    """Return the account of a program that a person may make a token for.

    Raises:
        NotAllowed: the person has no mandate for it, or the account is a person's.
        NotFound: there is no such account.
    """
    check_mandate(house, Act.ISSUE_FOR_SERVICE, person)
    if not house.casebook.people.get(username).service:
        raise NotAllowed(
            Text(
                en="This is the account of a person, who makes their own tokens.", zh="这是个人账户，令牌由本人签发。"
            ),
            context={"username": username},
        )
    return username


@token.command(
    "list",
    zh="""列出您的令牌，包括已失效的。

    示例：gatehouse token list
    """,
)
@as_option
@json_option
def list_tokens(as_user: str | None, as_json: bool) -> None:
    """List your tokens, also those that are over.

    Example: gatehouse token list
    """
    house = open_house()
    person = person_at_hand(house, as_user)
    made = house.casebook.tokens.of(person.username)
    rows = [{**item.model_dump(mode="json"), "scopes": ", ".join(item.scopes)} for item in made]
    if as_json:
        print_json(rows, many=True)
    else:
        print_table(rows, COLUMNS, empty=Text(en="you have no tokens", zh="您没有令牌"))


@token.command(
    "revoke",
    zh="""立即撤销您的一个令牌。

    示例：gatehouse token revoke 3
    """,
)
@click.argument("number", metavar="ID", type=int)
@as_option
def revoke(number: int, as_user: str | None) -> None:
    """Revoke one of your tokens at once.

    Example: gatehouse token revoke 3
    """
    house = open_house()
    person = person_at_hand(house, as_user)
    house.casebook.tokens.revoke(number, person.username)
    say(Text(en=f"token {number} revoked", zh=f"令牌 {number} 已撤销"))
