"""Creating the casebook, its users, and signing in."""

from __future__ import annotations

import secrets
import sys
from datetime import timedelta
from typing import get_args

import click

from admission.model import Language, Text
from admission.people import Department, Person, Role, alike
from cli.heads import settle_heads
from cli.helping import command, group, option
from cli.language import speak_to, to_reader
from cli.misuse import Misuse
from cli.output import json_option, print_json, print_table, progress, say
from cli.session import keep_token, open_house, token_file
from wiring import House, build_house
from wiring.data_folder import close_to_others

SESSION = timedelta(days=30)
PASSWORD = Text(en="Password", zh="密码")
NEW_PASSWORD = Text(en="Password (10 characters at least)", zh="密码（至少 10 个字符）")
COLUMNS = {
    "username": Text(en="user", zh="用户名"),
    "name": Text(en="name", zh="姓名"),
    "department": Text(en="department", zh="部门"),
    "roles": Text(en="roles", zh="角色"),
    "email": Text(en="e-mail", zh="电子邮箱"),
    "active": Text(en="active", zh="启用"),
}


@command(
    zh="""创建台账，或将其数据表升级到当前版本；可重复执行。

    首次运行时询问审计链头发送到哪里：他处的文件夹、邮箱、网址或不发送。非终端环境请用 --heads 给出。

    示例：gatehouse init；gatehouse init --heads file:/mnt/audit
    """
)
@option(
    "--heads",
    metavar="PLACE",
    help=Text(
        en="Where heads of the audit chain go: file:FOLDER, mail:ADDRESS, webhook:URL or none.",
        zh="审计链头的发送位置：file:文件夹、mail:邮箱、webhook:网址 或 none。",
    ),
)
@option(
    "--mend-lookups",
    is_flag=True,
    help=Text(
        en="Write the tables that help to find things anew, where `gatehouse verify` names them.",
        zh="重建 `gatehouse verify` 列为有误的检索表。",
    ),
)
def init(heads: str | None, mend_lookups: bool) -> None:
    """Create the casebook, or bring its tables up to date. Safe to call again.

    The first time it asks where the heads of the audit chain go: a folder elsewhere, mail, a webhook, or none. Where
    that is no terminal, --heads says so.

    Examples: gatehouse init; gatehouse init --heads file:/mnt/audit
    """
    house = build_house()
    close_to_others(house.settings.folder)
    house.casebook.create()
    click.echo(house.casebook.check())
    if mend_lookups:
        wrong = house.casebook.audit.mend_lookups()
        told = Text(
            en=f"{len(wrong)} lookup(s) were wrong and follow from the documents again",
            zh=f"已重建 {len(wrong)} 项检索数据",
        )
        click.echo(to_reader(told))
    settle_heads(house, heads)


@group(
    zh="""添加和管理用户。

    示例：gatehouse user add li.wei --name "李伟" --department finance --role controller
    """
)
def user() -> None:
    """Add and change users.

    Example: gatehouse user add li.wei --name "Li Wei" --department finance --role controller
    """


@user.command(
    "add",
    zh="""添加用户。提示输入密码；非终端环境从标准输入读取。

    示例：gatehouse user add ada --name "Ada Brandt" --department sales；
    gatehouse user add li.wei --name "李伟" --department finance --role controller --language zh --generate
    """,
)
@click.argument("username")
@option("--name", required=True, help=Text(en="Full name.", zh="姓名。"))
@option(
    "--department",
    required=True,
    type=click.Choice(get_args(Department)),
    help=Text(en="Where the person works.", zh="所在部门。"),
)
@option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice(get_args(Role)),
    help=Text(en="What the person may act as; may be given several times.", zh="角色；可多次给出。"),
)
@option(
    "--language",
    type=click.Choice(get_args(Language)),
    default="en",
    show_default=True,
    help=Text(en="The person's language.", zh="用户的语言。"),
)
@option("--email", help=Text(en="Where reminders of late votes are sent.", zh="逾期审批提醒的收件邮箱。"))
@option(
    "--generate",
    is_flag=True,
    help=Text(
        en="Make a password and print it once, in place of asking for one.",
        zh="自动生成密码并显示一次，不再提示输入。",
    ),
)
@option(
    "--service",
    is_flag=True,
    help=Text(
        en="The account of a program: no password, no seat; it signs in by API token.",
        zh="程序账户：无密码、无审批席位，仅凭接口令牌登录。",
    ),
)
def add(
    username: str,
    name: str,
    department: Department,
    roles: tuple[Role, ...],
    language: str,
    email: str | None,
    generate: bool,
    service: bool,
) -> None:
    """Add a user. The password is asked for, or read from standard input where that is no terminal.

    Examples: gatehouse user add ada --name "Ada Brandt" --department sales;
    gatehouse user add li.wei --name "Li Wei" --department finance --role controller --language zh --generate
    """
    house = open_house()
    person = Person.model_validate(
        {
            "username": username,
            "name": name,
            "department": department,
            "roles": roles,
            "language": language,
            "service": service,
        }
    )
    password = secrets.token_urlsafe(32 if service else 12) if generate or service else _ask_password()
    house.casebook.people.add(person, password, email=email)
    _warn_of_alike(house, person)
    if generate and not service:
        say(Text(en=f"{username} added, password {password}", zh=f"已添加 {username}，密码 {password}"))
    else:
        say(Text(en=f"{username} added", zh=f"已添加 {username}"))


def _warn_of_alike(house: House, person: Person) -> None:
    """Tell where somebody of the same name has an account: one asks and the other votes, and both are one."""
    for found in alike(house.casebook.people.all(), house.casebook.people.emails()):
        others = [one.username for one in found if one.username != person.username]
        if len(others) < len(found):
            progress(
                Text(
                    en=f"note: {', '.join(others)}: the same name or address; "
                    "one person with two accounts could approve alone",
                    zh=f"注意：{'、'.join(others)} 姓名或邮箱相同；一人持有两个账户即可独自完成审批",
                )
            )


@user.command(
    "list",
    zh="""列出全部用户。

    示例：gatehouse user list --json
    """,
)
@json_option
def list_users(as_json: bool) -> None:
    """List all users.

    Example: gatehouse user list --json
    """
    house = open_house()
    emails = house.casebook.people.emails()
    everybody = house.casebook.people.all()
    people = [{**person.model_dump(mode="json"), "email": emails.get(person.username)} for person in everybody]
    if as_json:
        print_json(people, many=True)
        return
    rows = [{**person, "roles": ", ".join(person["roles"])} for person in people]
    empty = Text(en="no users yet; add one with `gatehouse user add`", zh="暂无用户；用 `gatehouse user add` 添加")
    print_table(rows, COLUMNS, empty=empty)


@user.command(
    "password",
    zh="""设置新密码；该用户的登录随之结束，接口令牌随之撤销。

    示例：gatehouse user password li.wei
    """,
)
@click.argument("username")
def password(username: str) -> None:
    """Set a new password; it ends the user's sessions and revokes their API tokens.

    Example: gatehouse user password li.wei
    """
    open_house().casebook.people.set_password(username, _ask_password())
    say(Text(en=f"password of {username} set", zh=f"已设置 {username} 的密码"))


@user.command(
    "email",
    zh="""设置用户接收提醒的邮箱；不给地址则不再发送。

    示例：gatehouse user email li.wei li.wei@example.org
    """,
)
@click.argument("username")
@click.argument("address", required=False)
def email(username: str, address: str | None) -> None:
    """Set where a user's reminders are sent; without an address, nowhere.

    Example: gatehouse user email li.wei li.wei@example.org
    """
    open_house().casebook.people.set_email(username, address)
    if address:
        say(Text(en=f"address of {username} set", zh=f"已设置 {username} 的邮箱"))
    else:
        say(Text(en=f"address of {username} removed", zh=f"已移除 {username} 的邮箱"))


@user.command(
    "change",
    zh="""变更用户的部门或角色；其持有的一次性代码随之失效，已开始的审批保留原席位。

    示例：gatehouse user change li.wei --department finance --role controller
    """,
)
@click.argument("username")
@option(
    "--department", type=click.Choice(get_args(Department)), help=Text(en="Where the person works now.", zh="现部门。")
)
@option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice(get_args(Role)),
    help=Text(en="All roles from now on; may be given several times.", zh="今后的全部角色；可多次给出。"),
)
def change(username: str, department: Department | None, roles: tuple[Role, ...]) -> None:
    """Change a user's department or roles; their codes are used up, votes already open keep their seats.

    Example: gatehouse user change li.wei --department finance --role controller
    """
    if department is None and not roles:
        raise Misuse(Text(en="Give --department, --role, or both.", zh="请给出 --department 或 --role。"))
    person = open_house().casebook.people.change(username, department=department, roles=roles or None)
    held = ", ".join(person.roles) or "-"
    say(Text(en=f"{username}: {person.department}, {held}", zh=f"{username}：{person.department}，{held}"))


@user.command(
    "deactivate",
    zh="""停用用户，使其不能登录和审批；其已有记录全部保留。

    示例：gatehouse user deactivate li.wei
    """,
)
@click.argument("username")
def deactivate(username: str) -> None:
    """Take a user's right to sign in and vote away; nothing the user did is lost.

    Example: gatehouse user deactivate li.wei
    """
    open_house().casebook.people.set_active(username, False)
    say(Text(en=f"{username} deactivated", zh=f"已停用 {username}"))


@user.command(
    "activate",
    zh="""重新启用已停用的用户，使其可登录和审批。

    示例：gatehouse user activate li.wei
    """,
)
@click.argument("username")
def activate(username: str) -> None:
    """Let a deactivated user sign in and vote again.

    Example: gatehouse user activate li.wei
    """
    open_house().casebook.people.set_active(username, True)
    say(Text(en=f"{username} activated", zh=f"已启用 {username}"))


def _ask_password() -> str:
    if sys.stdin.isatty():
        return str(click.prompt(to_reader(NEW_PASSWORD), hide_input=True, confirmation_prompt=True))
    return _read_line()


def _read_line() -> str:
    return sys.stdin.readline().rstrip("\r\n")


@command(
    zh="""登录；在退出之前，从此命令行提交的审批意见和申请均属于您。

    提示输入密码；非终端环境从标准输入读取。

    示例：gatehouse login li.wei
    """
)
@click.argument("username")
def login(username: str) -> None:
    """Sign in; votes and applications from this command line are yours until you sign out.

    The password is asked for, or read from standard input where that is no terminal.

    Example: gatehouse login li.wei
    """
    house = open_house()
    secret = click.prompt(to_reader(PASSWORD), hide_input=True) if sys.stdin.isatty() else _read_line()
    keep_token(house, house.casebook.sessions.sign_in(username, secret, lifetime=SESSION))
    speak_to(house.casebook.people.get(username))
    say(Text(en=f"signed in as {username}", zh=f"已登录：{username}"))


@command(
    zh="""退出登录，并删除本机保存的登录信息。

    示例：gatehouse logout
    """
)
def logout() -> None:
    """Sign out and forget the sign-in on this machine.

    Example: gatehouse logout
    """
    house = build_house()
    path = token_file(house)
    if path.is_file():
        token = path.read_text(encoding="utf-8").strip()
        path.unlink()
        house.casebook.sessions.sign_out(token)
    say(Text(en="signed out", zh="已退出"))
