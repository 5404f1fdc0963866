"""Finding every mistake in a policy file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from admission.errors import NOTHING, BadInput, Problem
from admission.model import Text
from admission.people import Person
from cli.helping import command, option
from cli.language import language, to_reader
from cli.output import json_option, print_json, say, told
from cli.policy import examples as policy_examples
from cli.session import people_here
from intake.policies import PolicyFile, check_policy

# Stands for the examples beside the policy file.
BESIDE = "beside"

NOT_CHECKED = Text(
    en="; no casebook here, so whether people can fill its stages was not checked",
    zh="；本机没有台账，未检查人员能否满足各审批环节",
)

WARNING = Text(en="warning:", zh="提示：")


@command(
    zh="""找出准入政策文件中的全部错误：在哪里、哪一行、写了什么、应为何值。

    本机有台账的，还检查其中的人员能否满足每个审批环节。有错误时退出状态为 1。提示不妨碍使用。

    加 --examples 时，还用示例检验：每个示例写明一家企业和应有的结论；有一个不符时退出状态也为 1。
    不写路径时，取准入政策文件旁的 examples/<政策名称>。

    示例：gatehouse policy check mine.yaml；gatehouse policy check policies/*.yaml --json；
    gatehouse policy check mine.yaml --examples
    """
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@option(
    "--examples",
    is_flag=False,
    flag_value=BESIDE,
    metavar="[PATH]",
    help=Text(
        en="Try the examples in this file or folder too; behind the policy files.",
        zh="同时检验此文件或文件夹中的示例；写在准入政策文件之后。",
    ),
)
@json_option
def check(files: tuple[Path, ...], examples: str | None, as_json: bool) -> int:
    """Find every mistake in policy files: where, on which line, what is written, and what would be right.

    Where this machine has a casebook, it is also checked that the people in it can fill every stage of approval.
    Exit status 1 where there is a mistake. A warning may be meant, and keeps no policy from use.

    With --examples, examples are tried too: each tells of a company and of what must be decided. One that comes out
    otherwise makes the exit status 1 as well. Without a path they lie in examples/<name of the policy> beside the file.

    Examples: gatehouse policy check mine.yaml; gatehouse policy check policies/*.yaml --json;
    gatehouse policy check mine.yaml --examples
    """
    people = people_here()
    checked = [_check_file(path, people) for path in files]
    tried = [_try_file(path, found, examples) for path, found in zip(files, checked, strict=True)]
    if as_json:
        documents = [_document(*item) for item in zip(files, checked, tried, strict=True)]
        print_json(documents, many=len(files) > 1)
    else:
        for path, found, examined in zip(files, checked, tried, strict=True):
            _tell(path, found, people)
            if examined is not None:
                policy_examples.tell(examined)
    wrong = any(found.problems for found in checked) or any(item is not None and item.differing for item in tried)
    return 1 if wrong else 0


def _try_file(path: Path, found: PolicyFile, examples: str | None) -> policy_examples.Tried | None:
    """Try the examples of one file, where they are asked for and the policy can be used."""
    if examples is None or found.policy is None or found.problems:
        return None
    return policy_examples.try_here(found.policy, path, None if examples == BESIDE else Path(examples))


def _check_file(path: Path, people: Sequence[Person] | None) -> PolicyFile:
    """Check one file; one that cannot be read at all has the problems of its reading."""
    try:
        return check_policy(path, people)
    except BadInput as error:
        return PolicyFile(None, list(error.problems) or [Problem("", "", told(error))])


def _document(path: Path, found: PolicyFile, tried: policy_examples.Tried | None) -> dict[str, Any]:
    policy = found.policy
    examples = {} if tried is None else {"examples": policy_examples.document(tried)}
    return {
        "file": str(path),
        "usable": not found.problems,
        "policy": policy.pin.model_dump(mode="json") if policy is not None and not found.problems else None,
        "problems": [_told(item) for item in found.problems],
        "warnings": [_told(item) for item in found.warnings],
        **examples,
    }


def _told(item: Problem) -> dict[str, Any]:
    return {"line": item.line, "field": item.field, "value": item.value, "expected": item.expected.to(language())}


def _row(path: Path, problem: Problem, mark: str = "") -> str:
    given = f' "{problem.value}":' if problem.value else ""
    return f"{path}:{problem.line or 1}: {mark}{problem.field or 'policy'}:{given} {to_reader(problem.expected)}"


def _tell(path: Path, found: PolicyFile, people: Sequence[Person] | None) -> None:
    for problem in found.problems:
        click.echo(_row(path, problem))
    # Who has mistakes mends those first.
    for caution in () if found.problems else found.warnings:
        click.echo(_row(path, caution, f"{to_reader(WARNING)} "))
    if found.problems:
        count = len(found.problems)
        say(
            Text(
                en=f"{path}: {count} mistake(s); it cannot be used",
                zh=f"{path}：有 {count} 处错误，不能使用",
            )
        )
    elif found.policy is not None:
        pin = found.policy.pin
        seats = NOTHING if people else NOT_CHECKED
        say(
            Text(
                en=f"{path}: {pin.name} {pin.version} can be used, sha256 {pin.sha256}{seats.en}",
                zh=f"{path}：{pin.name} {pin.version} 可以使用，sha256 {pin.sha256}{seats.zh}",
            )
        )
