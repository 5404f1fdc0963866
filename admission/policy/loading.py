"""Reading a policy: every mistake in it at once, each with its place, its line, and what would be right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from admission.application import problems_of
from admission.assessment import Treatment
from admission.errors import BadInput, Problem
from admission.people import Person
from admission.policy.approval import Approval, Band, with_members
from admission.policy.checks import Draft, mistakes_in
from admission.policy.criteria import Criterion
from admission.policy.document import Policy
from admission.policy.grades import Grade
from admission.policy.limit_rules import LimitRule
from admission.policy.mistakes import Mistake, Path, Placed, dotted
from admission.policy.quorums import quorum_mistakes
from admission.policy.scorecard import Attribute
from admission.policy.segments import Segment

Lines = Mapping[Path, int]
M = TypeVar("M", bound=BaseModel)


def load_policy(document: object, lines: Lines | None = None) -> Policy:
    """Read and check a policy from a parsed document.

    Args:
        document: what YAML or JSON gave.
        lines: path of keys and places -> line of the file, to be named in problems.

    Raises:
        BadInput: with all problems that were found.
    """
    policy, problems = read_policy_document(document, lines or {})
    if policy is None or problems:
        raise BadInput("The policy cannot be used.", problems=problems)
    return policy


def read_policy_document(document: object, lines: Lines) -> tuple[Policy | None, list[Problem]]:
    """Read a policy as far as it can be read; return it, None where its shape is wrong, and all problems.

    Raises:
        BadInput: this is no table, and so no policy at all.
    """
    if not isinstance(document, Mapping):
        raise BadInput("This is not a policy.", remedy="a policy is a YAML table; see policies/default.yaml")
    raw = dict(document)
    policy, problems = None, list[Problem]()
    try:
        policy = Policy.model_validate(raw)
    except ValidationError as error:
        complaints = error.errors(include_url=False)
        for item, complaint in zip(problems_of(error, model=Policy), complaints, strict=True):
            place = tuple(complaint["loc"])
            # A list is also called too short where its entries were read and found wrong: that is no second mistake.
            inside = any(other["loc"][: len(place)] == place for other in complaints if other is not complaint)
            if not (complaint["type"] == "too_short" and inside):
                problems.append(_placed(raw, lines, place, item.value, item.expected))
    for mistake in mistakes_in(_draft(raw)):
        problems.append(_placed(raw, lines, mistake.path, mistake.value, mistake.expected))
    return policy, sorted(problems, key=lambda problem: problem.line or 0)


def quorum_problems(document: object, lines: Lines, people: Sequence[Person]) -> list[Problem]:
    """Return the problems of stages that these people cannot fill; none for what cannot be read."""
    if not isinstance(document, Mapping):
        return []
    raw = dict(document)
    found = quorum_mistakes(_draft(raw), people)
    return [_placed(raw, lines, mistake.path, mistake.value, mistake.expected) for mistake in found]


def _placed(raw: dict[str, Any], lines: Lines, path: Path, value: str, expected: str) -> Problem:
    """Make a problem of a mistake; a place that is missing has the line of what it is missing in."""
    known = next((path[:end] for end in range(len(path), 0, -1) if path[:end] in lines), None)
    return Problem(dotted(raw, path), value, expected, line=lines[known] if known is not None else None)


def _draft(raw: dict[str, Any]) -> Draft:
    """Read each part of a policy by itself, so that a mistake in one hides none in another."""
    approval = _table(raw.get("approval"))
    groups = approval.get("groups")
    segments = raw.get("segments")
    if isinstance(segments, list):
        segments = {name: {} for name in segments if isinstance(name, str)}
    card = _table(raw.get("scorecard"))
    named = {name: own for name, own in _table(segments).items() if isinstance(name, str)}
    read_segments = {
        name: segment
        for name, own in named.items()
        if (segment := _read(Segment, with_members(own, groups))) is not None
    }
    path: Path = ("approval", "bands")
    matrices = [(path, _items(Band, approval.get("bands"), path, groups))]
    for name, own in named.items():
        path = ("segments", name, "bands")
        bands = _items(Band, _table(own).get("bands"), path, groups)
        if bands:
            matrices.append((path, bands))
    return Draft(
        raw=raw,
        segment_names=tuple(named),
        segments=read_segments,
        criteria=tuple(
            _items(Criterion, raw.get("criteria"), ("criteria",))
            + [
                item
                for name, own in named.items()
                for item in _items(Criterion, _table(own).get("extra_criteria"), ("segments", name, "extra_criteria"))
            ]
        ),
        scorecard=card,
        attributes=tuple(_items(Attribute, card.get("attributes"), ("scorecard", "attributes"))),
        grades=tuple(_items(Grade, raw.get("grades"), ("grades",))),
        limit=_read(LimitRule, raw.get("limit")),
        treatments=tuple(_items(Treatment, raw.get("treatments"), ("treatments",))),
        approval=_read(Approval, with_members(approval, groups)) if approval else None,
        matrices=tuple(matrices),
    )


def _table(value: object) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}


def _items(model: type[M], value: object, path: Path, groups: object = None) -> list[Placed[M]]:
    if not isinstance(value, list | tuple):
        return []
    read = ((place, _read(model, with_members(item, groups))) for place, item in enumerate(value))
    return [Placed((*path, place), item) for place, item in read if item is not None]


def _read(model: type[M], value: object) -> M | None:
    try:
        return model.model_validate(value)
    except ValidationError:
        return None


__all__ = ["Lines", "Mistake", "load_policy", "quorum_problems", "read_policy_document"]
