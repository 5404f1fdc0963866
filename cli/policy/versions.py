"""Versions of the policy at the command line: propose, publish, withdraw, list, show, compare."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import click

from admission.errors import GatehouseError
from admission.governance.differences import Difference, differences
from admission.governance.examples.outcomes import Change
from admission.governance.versions import STATES, PolicyVersion, check_mandate, version_named
from admission.model import Text
from admission.policy import Policy
from cli.helping import command, option
from cli.language import to_reader
from cli.output import as_option, json_option, print_json, print_table, progress, say
from cli.policy.examples import changes_against, changes_document, tell_changes
from cli.session import open_house, person_at_hand
from intake.policies import read_policy
from services import policies
from wiring import House

COLUMNS = {
    "policy": Text(en="policy", zh="准入政策"),
    "state": Text(en="stands", zh="状态"),
    "effective_from": Text(en="in force from", zh="生效日期"),
    "proposed_by": Text(en="proposed by", zh="提出人"),
    "published_by": Text(en="published by", zh="发布人"),
    "sha256": Text(en="sha256", zh="sha256"),
}
examples_option = option(
    "--examples",
    type=click.Path(path_type=Path),
    help=Text(
        en="Examples (file or folder) that show what changes; those beside the file, or the shipped ones, without it.",
        zh="用于显示变化的示例（文件或文件夹）；默认为文件旁的示例，或随附示例。",
    ),
)
IN_FORCE = Text(en="in force", zh="现行")
SHORT = 12


@command(
    zh="""提出文件中的准入政策；由他人发布。

    风险经理或管理层人员可提出。有错误的文件不能提出。

    有示例时，列出哪些示例的结论与现行政策不同。

    示例：gatehouse policy propose mine.yaml；gatehouse policy propose mine.yaml --examples our_examples
    """
)
@click.argument("file", type=click.Path(path_type=Path))
@examples_option
@as_option
@json_option
def propose(file: Path, examples: Path | None, as_user: str | None, as_json: bool) -> None:
    """Propose the policy of a file; another person publishes it.

    A risk manager or somebody of management may. A file with a mistake cannot be proposed.

    Where there are examples, it tells which of them come out otherwise than under the policy in force.

    Examples: gatehouse policy propose mine.yaml; gatehouse policy propose mine.yaml --examples our_examples
    """
    house = open_house()
    person = person_at_hand(house, as_user)
    check_mandate(person, "propose")
    before = house.policy_in_force()
    changes = changes_against(before, read_policy(file), file, examples)
    version = policies.propose(house, file, person)
    publish_command = f"gatehouse policy publish {version.sha256[:SHORT]}"
    done = Text(en=f"proposed; another person adds: {publish_command}", zh=f"已提出；请他人发布：{publish_command}")
    _tell(house, version, done, as_json, Examined(before, changes))


@command(
    zh="""发布一个待发布版本，以版本号或 sha256 指明；自其生效日起生效。

    风险经理、财务总监、总裁或管理层人员可发布，但提出人不得发布。

    有示例时，列出哪些示例的结论与现行政策不同。

    示例：gatehouse policy publish 2026.2；gatehouse policy publish 3f1c09aa --examples our_examples
    """
)
@click.argument("version")
@examples_option
@as_option
@json_option
def publish(version: str, examples: Path | None, as_user: str | None, as_json: bool) -> None:
    """Publish a proposal, named by its version or sha256; it is in force from its date on.

    A risk manager, the CFO, the president or somebody of management may, but not who proposed it.

    Where there are examples, it tells which of them come out otherwise than under the policy in force until now.

    Examples: gatehouse policy publish 2026.2; gatehouse policy publish 3f1c09aa --examples our_examples
    """
    house = open_house()
    person = person_at_hand(house, as_user)
    check_mandate(person, "publish")
    before = house.policy_in_force()
    changes = changes_against(before, policies.any_policy(house, version), None, examples)
    made = policies.publish(house, version, person)
    day = made.effective_from
    done = Text(en=f"published; in force from {day}", zh=f"已发布；自 {day} 起生效")
    _tell(house, made, done, as_json, Examined(before, changes))


@command(
    zh="""撤回一个待发布版本；内容仍可查阅。

    示例：gatehouse policy withdraw 2026.2
    """
)
@click.argument("version")
@as_option
@json_option
def withdraw(version: str, as_user: str | None, as_json: bool) -> None:
    """Withdraw a proposal; it stays readable.

    Example: gatehouse policy withdraw 2026.2
    """
    house = open_house()
    made = policies.withdraw(house, version, person_at_hand(house, as_user))
    _tell(house, made, Text(en="withdrawn", zh="已撤回"), as_json)


@command(
    "list",
    zh="""列出全部版本，最新的在前，并注明现行版本。

    示例：gatehouse policy list
    """,
)
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
    rows = [
        {
            **document,
            "policy": f"{document['name']} {document['version']}",
            "state": to_reader(IN_FORCE if document["in_force"] else STATES[document["state"]]),
            "sha256": document["sha256"][:SHORT],
        }
        for document in documents
    ]
    empty = Text(en="no version was proposed yet", zh="尚无准入政策版本")
    print_table(rows, COLUMNS, empty=empty)
    if current is None:
        file = house.settings.policy
        progress(
            Text(
                en=f"no published version is in force; the file is: {file or 'the one shipped with Gatehouse'}",
                zh=f"没有已发布的现行版本；所用文件：{file or 'Gatehouse 自带的文件'}",
            )
        )


@command(
    zh="""查看一个版本：由谁提出和发布，与前一版本有何不同。

    其格式已无法读取的，显示提出时的原文。

    示例：gatehouse policy show 2026.2；gatehouse policy show 2026.2 --text > mine.yaml
    """
)
@click.argument("version")
@option(
    "--text",
    "as_text",
    is_flag=True,
    help=Text(en="Print the file as it was proposed, and nothing else.", zh="只输出提出时的文件原文。"),
)
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
        say(unreadable)
        click.echo(found.text, nl=False)
    elif before:
        say(Text(en=f"against {before.title}:", zh=f"与 {before.title} 相比："))
        _print_differences(changes)


@command(
    zh="""用文字说明两份准入政策的差异；可用版本号、sha256 或文件指明。

    示例：gatehouse policy diff 2026.1 2026.2；gatehouse policy diff 2026.1 mine.yaml --json
    """
)
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
        _print_differences(found)


def _document(version: PolicyVersion, current: PolicyVersion | None) -> dict[str, Any]:
    document = version.model_dump(mode="json", exclude={"document", "text"})
    return {**document, "state": version.state, "in_force": current is not None and current.id == version.id}


def _documents(found: tuple[Difference, ...]) -> list[dict[str, str]]:
    return [{"place": item.place, "en": item.text.en, "zh": item.text.zh} for item in found]


class Examined(NamedTuple):
    """The examples that a version changes against the policy in force before; None where it has none."""

    before: Policy
    changes: list[Change] | None


def _tell(house: House, version: PolicyVersion, done: Text, as_json: bool, examined: Examined | None = None) -> None:
    if as_json:
        document = _document(version, policies.in_force(house))
        if examined is not None:
            document["changed_examples"] = changes_document(examined.changes)
        print_json([document], many=False)
        return
    what = f"{version.title} (sha256 {version.sha256[:SHORT]})"
    say(Text(en=f"{what} {done.en}", zh=f"{what} {done.zh}"))
    if examined is not None:
        tell_changes(examined.changes, examined.before)


def _print_version(house: House, version: PolicyVersion) -> None:
    state = STATES[version.state]
    current = policies.in_force(house)
    if current is not None and current.id == version.id:
        state = Text(en=f"{state.en}, {IN_FORCE.en}", zh=f"{state.zh}，{IN_FORCE.zh}")
    title, day = version.title, version.effective_from
    say(Text(en=f"{title}: {state.en}; effective from {day}", zh=f"{title}：{state.zh}；生效日期 {day}"))
    click.echo(f"sha256 {version.sha256}")
    for act, by, at in (
        (Text(en="proposed", zh="提出"), version.proposed_by, version.proposed_at),
        (Text(en="published", zh="发布"), version.published_by, version.published_at),
        (Text(en="withdrawn", zh="撤回"), version.withdrawn_by, version.withdrawn_at),
    ):
        if by is not None and at is not None:
            when = f"{at:%Y-%m-%d %H:%M}"
            say(Text(en=f"{act.en} by {by}, {when}", zh=f"{by} {act.zh}，{when}"))


def _print_differences(found: tuple[Difference, ...]) -> None:
    for item in found:
        click.echo(f"  {to_reader(item.text)}")
    if not found:
        say(Text(en="  nothing differs", zh="  没有差异"))


def _unreadable(version: PolicyVersion) -> Text | None:
    """Return why a version cannot be read any more; None where it can."""
    try:
        version.read()
    except GatehouseError as error:
        why = error.message
        return Text(en=f"{why.en} This is its text:", zh=f"{why.zh}原文如下：")
    return None


def _before(version: PolicyVersion, versions: list[PolicyVersion]) -> PolicyVersion | None:
    """Return the published version that was there before this one and can be read."""
    earlier = [item for item in versions if item.id < version.id and item.state == "published"]
    return next((item for item in reversed(earlier) if not _unreadable(item)), None)
