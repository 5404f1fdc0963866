"""Versions of the policy at the command line: propose, publish, withdraw, list, show, compare."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from admission.errors import GatehouseError
from admission.governance.differences import Difference, differences
from admission.governance.versions import STATES, PolicyVersion, version_named
from admission.model import Text
from cli.output import as_option, json_option, print_json, print_table, progress
from cli.session import open_house, person_at_hand
from services import policies
from wiring import House

COLUMNS = {
    "policy": Text(en="policy", zh="政策"),
    "state": Text(en="stands", zh="状态"),
    "effective_from": Text(en="in force from", zh="生效日期"),
    "proposed_by": Text(en="proposed by", zh="提出人"),
    "published_by": Text(en="published by", zh="发布人"),
    "sha256": Text(en="sha256", zh="sha256"),
}
IN_FORCE = Text(en="in force", zh="现行")
SHORT = 12


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@as_option
@json_option
def propose(file: Path, as_user: str | None, as_json: bool) -> None:
    """Propose the policy of a file; another person publishes it.

    A risk manager or somebody of management may. A file with a mistake cannot be proposed.

    Example: gatehouse policy propose mine.yaml
    """
    house = open_house()
    version = policies.propose(house, file, person_at_hand(house, as_user))
    _tell(house, version, f"proposed; another person adds: gatehouse policy publish {version.sha256[:SHORT]}", as_json)


@click.command()
@click.argument("version")
@as_option
@json_option
def publish(version: str, as_user: str | None, as_json: bool) -> None:
    """Publish a proposal, named by its version or sha256; it is in force from its date on.

    A risk manager, the CFO, the president or somebody of management may, but not who proposed it.

    Examples: gatehouse policy publish 2026.2; gatehouse policy publish 3f1c09aa
    """
    house = open_house()
    made = policies.publish(house, version, person_at_hand(house, as_user))
    _tell(house, made, f"published; in force from {made.effective_from}", as_json)


@click.command()
@click.argument("version")
@as_option
@json_option
def withdraw(version: str, as_user: str | None, as_json: bool) -> None:
    """Withdraw a proposal; it stays readable.

    Example: gatehouse policy withdraw 2026.2
    """
    house = open_house()
    _tell(house, policies.withdraw(house, version, person_at_hand(house, as_user)), "withdrawn", as_json)


@click.command("list")
@json_option
def list_versions(as_json: bool) -> None:
    """List all versions, newest first, and which one is in force.

    Example: gatehouse policy list
    """
    house = open_house()
    current = policies.in_force(house)
    documents = [_document(item, current) for item in reversed(house.casebook.policies.all())]
    if as_json:
        print_json(documents, many=True)
        return
    language = house.settings.language
    rows = [
        {
            **document,
            "policy": f"{document['name']} {document['version']}",
            "state": (IN_FORCE if document["in_force"] else STATES[document["state"]]).to(language),
            "sha256": document["sha256"][:SHORT],
        }
        for document in documents
    ]
    empty = Text(en="no version was proposed yet", zh="尚无政策版本")
    print_table(rows, COLUMNS, language, empty=empty)
    if current is None:
        file = house.settings.policy or "the one shipped with Gatehouse"
        progress(f"no published version is in force; the file is: {file}")


@click.command()
@click.argument("version")
@click.option("--text", "as_text", is_flag=True, help="Print the file as it was proposed, and nothing else.")
@json_option
def show(version: str, as_text: bool, as_json: bool) -> None:
    """Show one version: who proposed and published it, and what it says otherwise than the one before.

    One whose format this Gatehouse cannot read any more is shown as the text that was proposed.

    Examples: gatehouse policy show 2026.2; gatehouse policy show 2026.2 --text > mine.yaml
    """
    house = open_house()
    versions = house.casebook.policies.all()
    found = version_named(versions, version)
    if as_text:
        click.echo(found.text, nl=False)
        return
    unreadable = _unreadable(found)
    before = None if unreadable else _before(found, versions)
    changes = differences(before.read(), found.read()) if before else ()
    if as_json:
        document = _document(found, policies.in_force(house))
        print_json(
            [
                {
                    **document,
                    "readable": not unreadable,
                    "text": found.text,
                    "before": before.title if before else None,
                    "differences": _documents(changes),
                }
            ],
            many=False,
        )
        return
    _print_version(house, found)
    if unreadable:
        click.echo(unreadable)
        click.echo(found.text, nl=False)
    elif before:
        click.echo(f"against {before.title}:")
        _print_differences(house, changes)


@click.command()
@click.argument("old")
@click.argument("new")
@json_option
def diff(old: str, new: str, as_json: bool) -> None:
    """Tell in words what one policy says otherwise than another; each is a version, a sha256 or a file.

    Examples: gatehouse policy diff 2026.1 2026.2; gatehouse policy diff 2026.1 mine.yaml --json
    """
    house = open_house()
    before, after = policies.any_policy(house, old), policies.any_policy(house, new)
    found = differences(before, after)
    if as_json:
        document = {"old": before.pin.model_dump(), "new": after.pin.model_dump(), "differences": _documents(found)}
        print_json([document], many=False)
    else:
        _print_differences(house, found)


def _document(version: PolicyVersion, current: PolicyVersion | None) -> dict[str, Any]:
    document = version.model_dump(mode="json", exclude={"document", "text"})
    return {**document, "state": version.state, "in_force": current is not None and current.id == version.id}


def _documents(found: tuple[Difference, ...]) -> list[dict[str, str]]:
    return [{"place": item.place, "en": item.text.en, "zh": item.text.zh} for item in found]


def _tell(house: House, version: PolicyVersion, what: str, as_json: bool) -> None:
    if as_json:
        print_json([_document(version, policies.in_force(house))], many=False)
    else:
        click.echo(f"{version.title} (sha256 {version.sha256[:SHORT]}) {what}")


def _print_version(house: House, version: PolicyVersion) -> None:
    stands = STATES[version.state].to(house.settings.language)
    current = policies.in_force(house)
    if current is not None and current.id == version.id:
        stands += f", {IN_FORCE.to(house.settings.language)}"
    click.echo(f"{version.title}: {stands}; effective from {version.effective_from}")
    click.echo(f"sha256 {version.sha256}")
    click.echo(f"proposed by {version.proposed_by}, {version.proposed_at:%Y-%m-%d %H:%M}")
    for act, by, at in (
        ("published", version.published_by, version.published_at),
        ("withdrawn", version.withdrawn_by, version.withdrawn_at),
    ):
        if by is not None and at is not None:
            click.echo(f"{act} by {by}, {at:%Y-%m-%d %H:%M}")


def _print_differences(house: House, found: tuple[Difference, ...]) -> None:
    for item in found:
        click.echo(f"  {item.text.to(house.settings.language)}")
    if not found:
        click.echo("  nothing differs")


def _unreadable(version: PolicyVersion) -> str:
    """Return why a version cannot be read any more; empty where it can."""
    try:
        version.read()
    except GatehouseError as error:
        return f"{error.message.en} This is its text:"
    return ""


def _before(version: PolicyVersion, versions: list[PolicyVersion]) -> PolicyVersion | None:
    """Return the published version that was there before this one and can be read."""
    earlier = [item for item in versions if item.id < version.id and item.state == "published"]
    return next((item for item in reversed(earlier) if not _unreadable(item)), None)
