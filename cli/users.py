"""Creating the casebook, its users, and signing in."""

from __future__ import annotations

import secrets
import sys
from datetime import timedelta
from typing import get_args

import click

from admission.people import Department, Person, Role
from cli.output import json_option, print_json, print_table
from cli.session import keep_token, token_file
from wiring import build_house

SESSION = timedelta(days=30)


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
@click.option("--generate", is_flag=True, help="Make a password and print it once, in place of asking for one.")
def add(
    username: str, name: str, department: Department, roles: tuple[Role, ...], language: str, generate: bool
) -> None:
    """Add a user. The password is asked for, or read from standard input where that is no terminal."""
    house = build_house()
    person = Person.model_validate(
        {"username": username, "name": name, "department": department, "roles": roles, "language": language}
    )
    password = secrets.token_urlsafe(12) if generate else _new_password()
    house.casebook.people.add(person, password)
    click.echo(f"{username} added" + (f", password {password}" if generate else ""))


@user.command("list")
@json_option
def list_users(as_json: bool) -> None:
    """List all users."""
    people = [person.model_dump(mode="json") for person in build_house().casebook.people.all()]
    if as_json:
        print_json(people, many=True)
        return
    rows = [{**person, "roles": ", ".join(person["roles"])} for person in people]
    columns = {"username": "user", "name": "name", "department": "department", "roles": "roles", "active": "active"}
    print_table(rows, columns, empty="no users yet; add one with `gatehouse user add`")


@user.command("password")
@click.argument("username")
def password(username: str) -> None:
    """Set a new password; it ends the user's sessions."""
    build_house().casebook.people.set_password(username, _new_password())
    click.echo(f"password of {username} set")


@user.command("deactivate")
@click.argument("username")
def deactivate(username: str) -> None:
    """Take a user's right to sign in and vote away; nothing the user did is lost."""
    build_house().casebook.people.set_active(username, False)
    click.echo(f"{username} deactivated")


def _new_password() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("Password (10 characters at least)", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\n")


@click.command()
@click.argument("username")
def login(username: str) -> None:
    """Sign in; votes and applications from this command line are yours until you sign out.

    Example: gatehouse login li.wei
    """
    house = build_house()
    secret = click.prompt("Password", hide_input=True) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    keep_token(house, house.casebook.people.sign_in(username, secret, lifetime=SESSION))
    click.echo(f"signed in as {username}")


@click.command()
def logout() -> None:
    """Sign out and forget the sign-in on this machine."""
    house = build_house()
    path = token_file(house)
    if path.is_file():
        house.casebook.people.sign_out(path.read_text(encoding="utf-8").strip())
        path.unlink()
    click.echo("signed out")
