"""Policy files that people write, and the shipped one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from importlib.resources import as_file, files
from pathlib import Path
from typing import NamedTuple

from admission.errors import BadInput, Problem
from admission.model import Text
from admission.people import Person
from admission.policy import Policy, Surroundings, load_policy, policy_cautions, quorum_problems, read_policy_document
from intake.reading import Written, read_written

SHIPPED = "default.yaml"


def read_policy(path: Path | None) -> Policy:
    """Read a policy file, or the shipped default; its sense is checked as of today.

    Raises:
        BadInput: with every problem in it, each with its line.
    """
    written = written_policy(path)
    try:
        return load_policy(written.document, written.lines, _here())
    except BadInput as error:
        name = path.name if path else SHIPPED
        remedy = Text(
            en=f"gatehouse policy check {name} tells all of it", zh=f"用 gatehouse policy check {name} 查看全部问题"
        )
        raise BadInput(error.message, problems=error.problems, context={"file": name}, remedy=remedy) from None


def shipped_policies() -> list[Policy]:
    """Return the policies that come with Gatehouse, by the names of their files."""
    folder = files("policies")
    found = sorted((item for item in folder.iterdir() if item.name.endswith(".yaml")), key=lambda item: item.name)
    policies = []
    for item in found:
        with as_file(item) as path:
            policies.append(read_policy(path))
    return policies


def written_policy(path: Path | None) -> Written:
    """Read a policy file, or the shipped default, as it is written and unchecked, with the lines of its parts.

    Raises:
        BadInput: it is no YAML, or not safe to read.
    """
    if path is not None:
        return read_written(path, anchors=True)
    with as_file(files("policies").joinpath(SHIPPED)) as shipped:
        return read_written(shipped, anchors=True)


def _here() -> Surroundings:
    return Surroundings(today=date.today())  # noqa: DTZ011 - the machine's own day is meant


class PolicyFile(NamedTuple):
    """What a policy file holds.

    Attributes:
        policy: None where its shape is wrong.
        problems: everything that is wrong in it.
        warnings: what is worth knowing although it may be meant; it keeps no policy from use.
    """

    policy: Policy | None
    problems: list[Problem]
    warnings: Sequence[Problem] = ()


def check_policy(path: Path, people: Sequence[Person] | None = None) -> PolicyFile:
    """Read a policy file and tell of all its problems.

    Args:
        path: the file.
        people: those who could approve; None where they are not known, and then quorums are checked by offices alone.

    Raises:
        BadInput: the file cannot be read, or is no policy at all.
    """
    written = written_policy(path)
    policy, problems = read_policy_document(written.document, written.lines, _here())
    if people is not None:
        problems += quorum_problems(written.document, written.lines, people)
    return PolicyFile(policy, problems, policy_cautions(written.document, written.lines, _here()))
