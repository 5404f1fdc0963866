"""Creating the casebook, its users, and signing in."""

from __future__ import annotations

import secrets
import sys
from datetime import timedelta
from typing import get_args

import click

from admission.model import Text
from admission.people import Department, Person, Role
from cli.output import json_option, print_json, print_table
from cli.session import keep_token, open_house, token_file
from wiring import build_house

SESSION = timedelta(days=30)
COLUMNS = {
    "username": Text(en="user", zh="用户名"),
    "name": Text(en="name", zh="姓名"),
    "department": Text(en="department", zh="部门"),
    "roles": Text(en="roles", zh="角色"),
    "email": Text(en="e-mail", zh="电子邮箱"),
    "active": Text(en="active", zh="启用"),
}


@click.command()
def init() -> None:
    """Create the casebook, or bring its tables up to date. Safe to call again.

    Example: gatehouse init
    """
    house = build_house()
    house.settings.folder.mkdir(parents=True, exist_ok=True)
    house.casebook.create()
    click.echo(house.casebook.check())


@click.group()
def user() -> None:
    """Add and change users.

    Example: gatehouse user add li.wei --name "Li Wei" --department finance --role controller
    """


@user.command("add")
@click.argument("username")
@click.option("--name", required=True, help="Full name.")
@click.option("--department", required=True, type=click.Choice(get_args(Department)))
@click.option("--role", "roles", multiple=True, type=click.Choice(get_args(Role)), help="May be given several times.")
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", show_default=True)
@click.option("--email", help="Where reminders of late votes are sent.")
@click.option("--generate", is_flag=True, help="Make a password and print it once, in place of asking for one.")
def add(
    username: str,
    name: str,
    department: Department,
    roles: tuple[Role, ...],
    language: str,
    email: str | None,
    generate: bool,
) -> None:
    """Add a user. The password is asked for, or read from standard input where that is no terminal.

    Examples: gatehouse user add ada --name "Ada Brandt" --department sales;
    gatehouse user add li.wei --name "Li Wei" --department finance --role controller --language zh --generate
    """
    house = open_house()
    person = Person.model_validate(
        {"username": username, "name": name, "department": department, "roles": roles, "language": language}
    )
    password = secrets.token_urlsafe(12) if generate else _new_password()
    house.casebook.people.add(person, password, email=email)
    click.echo(f"{username} added" + (f", password {password}" if generate else ""))


@user.command("list")
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
    print_table(rows, COLUMNS, house.settings.language, empty=empty)


@user.command("password")
@click.argument("username")
def password(username: str) -> None:
    """Set a new password; it ends the user's sessions and revokes their API tokens.

    Example: gatehouse user password li.wei
    """
    open_house().casebook.people.set_password(username, _new_password())
    click.echo(f"password of {username} set")


@user.command("email")
@click.argument("username")
@click.argument("address", required=False)
def email(username: str, address: str | None) -> None:
    """Set where a user's reminders are sent; without an address, nowhere.

    Example: gatehouse user email li.wei li.wei@example.org
    """
    open_house().casebook.people.set_email(username, address)
    click.echo(f"address of {username} set" if address else f"address of {username} removed")


@user.command("deactivate")
@click.argument("username")
def deactivate(username: str) -> None:
    """Take a user's right to sign in and vote away; nothing the user did is lost.

    Example: gatehouse user deactivate li.wei
    """
    open_house().casebook.people.set_active(username, False)
    click.echo(f"{username} deactivated")


@user.command("activate")
@click.argument("username")
def activate(username: str) -> None:
    """Let a deactivated user sign in and vote again.

    Example: gatehouse user activate li.wei
    """
    open_house().casebook.people.set_active(username, True)
    click.echo(f"{username} activated")


def _new_password() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("Password (10 characters at least)", hide_input=True, confirmation_prompt=True))
    return _first_line()


def _first_line() -> str:
    return sys.stdin.readline().rstrip("\r\n")


@click.command()
@click.argument("username")
def login(username: str) -> None:
    """Sign in; votes and applications from this command line are yours until you sign out.

    The password is asked for, or read from standard input where that is no terminal.

    Example: gatehouse login li.wei
    """
    house = open_house()
    secret = click.prompt("Password", hide_input=True) if sys.stdin.isatty() else _first_line()
    keep_token(house, house.casebook.people.sign_in(username, secret, lifetime=SESSION))
    click.echo(f"signed in as {username}")


@click.command()
def logout() -> None:
    """Sign out and forget the sign-in on this machine.

    Example: gatehouse logout
    """
    house = build_house()
    path = token_file(house)
    if path.is_file():
        token = path.read_text(encoding="utf-8").strip()
        path.unlink()
        house.casebook.people.sign_out(token)
    click.echo("signed out")
