"""Reading a policy: every mistake in it at once, each with its place, its line, and what would be right."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from admission.approval.stages import Stage
from admission.errors import BadInput, Problem
from admission.metrics.ages import MaxAge
from admission.model import Text
from admission.people import Person
from admission.policy.appetite import Caps
from admission.policy.approval import FastTrack, Sample, with_members
from admission.policy.caution_checks import cautions_in
from admission.policy.checks import mistakes_in
from admission.policy.criteria import Criterion
from admission.policy.document import Policy, Retention, TimeLimits
from admission.policy.draft import Draft
from admission.policy.grades import Grade
from admission.policy.limit_rules import LimitRule
from admission.policy.mandate_checks import mandate_cautions
from admission.policy.mistakes import Mistake, Path, Placed, dotted
from admission.policy.quorums import quorum_cautions, quorum_mistakes
from admission.policy.scorecard import Attribute, Calibration
from admission.policy.segments import Segment
from admission.policy.sense_checks import Surroundings, sense_mistakes
from admission.policy.shape import shape_mistakes
from admission.policy.treatments import Treatment

Lines = Mapping[Path, int]
Seating = Callable[[Draft, Sequence[Person]], Iterator[Mistake]]
M = TypeVar("M", bound=BaseModel)
LONGEST = 1000
NOT_USABLE = Text(en="The policy cannot be used.", zh="该准入政策无法使用。")
MOST_ENTRIES = 250
# Of one kind; who has more begins with these.
MOST_PROBLEMS = 100


def load_policy(document: object, lines: Lines | None = None, surroundings: Surroundings | None = None) -> Policy:
    """Read and check a policy from a parsed document.

    Args:
        document: what YAML or JSON gave.
        lines: path of keys and places -> line of the file, to be named in problems.
        surroundings: what the sense of a file is checked against; None for what was published before, which is
            checked for what the engine needs alone.

    Raises:
        BadInput: with all problems that were found.
    """
    policy, problems = read_policy_document(document, lines or {}, surroundings)
    if policy is None or problems:
        raise BadInput(NOT_USABLE, problems=problems)
    return policy


def read_policy_document(
    document: object, lines: Lines, surroundings: Surroundings | None = None
) -> tuple[Policy | None, list[Problem]]:
    """Read a policy as far as it can be read; return it, None where its shape is wrong, and all problems.

    Arguments are those of `load_policy`.

    Raises:
        BadInput: this is no table, and so no policy at all.
    """
    if not isinstance(document, Mapping):
        raise BadInput(
            Text(en="This is not a policy.", zh="这不是准入政策。"),
            remedy=Text(
                en="a policy is a YAML table; see policies/default.yaml",
                zh="准入政策是一份 YAML 表，可参照 policies/default.yaml",
            ),
        )
    raw = dict(document)
    _refuse_crowds(raw, (), lines)
    policy, problems = None, list[Problem]()
    try:
        policy = Policy.model_validate(raw)
    except ValidationError as error:
        shapes = shape_mistakes(error, raw, MOST_PROBLEMS)
        problems = [_problem_at(raw, lines, mistake.path, mistake.value, mistake.expected) for mistake in shapes]
    draft = _read_parts(raw)
    found = (
        mistakes_in(draft) if surroundings is None else chain(mistakes_in(draft), sense_mistakes(draft, surroundings))
    )
    for mistake in islice(found, MOST_PROBLEMS):
        problems.append(_problem_at(raw, lines, mistake.path, mistake.value, mistake.expected))
    return policy, sorted(_once(problems), key=lambda problem: problem.line or 0)


def _refuse_crowds(value: Any, path: Path, lines: Lines) -> None:
    """Refuse what nobody writes by hand, before each of its entries is compared with all others.

    Raises:
        BadInput: a table or list has more entries than a policy ever needs.
    """
    if isinstance(value, Mapping | list):
        if len(value) > MOST_ENTRIES:
            expected = Text(en=f"at most {MOST_ENTRIES} entries", zh=f"不超过 {MOST_ENTRIES} 项")
            problem = _problem_at({}, lines, path, f"{len(value):,}", expected)
            raise BadInput(NOT_USABLE, problems=[problem])
        for name, inner in value.items() if isinstance(value, Mapping) else enumerate(value):
            _refuse_crowds(inner, (*path, name), lines)


def _once(problems: Iterable[Problem]) -> Iterable[Problem]:
    """Leave out what is told already: a part that aliases repeat is written, and mended, in one place."""
    told = set()
    for problem in problems:
        what = (problem.line, problem.field.rpartition(".")[2], problem.value, problem.expected)
        if problem.line is None or what not in told:
            yield problem
        told.add(what)


def quorum_problems(document: object, lines: Lines, people: Sequence[Person]) -> list[Problem]:
    """Return the problems of stages that these people cannot fill; none for what cannot be read."""
    return _of_people(document, lines, people, quorum_mistakes)


def single_points(document: object, lines: Lines, people: Sequence[Person]) -> list[Problem]:
    """Return where all hangs on one person: bands that nobody could decide if they asked for the customer themselves.

    Mandates that nobody holds, or that take a second person whom the house does not have, are told too. This is no
    mistake in a policy, but something to know; bands that cannot be filled at all are `quorum_problems`.
    """
    return _of_people(document, lines, people, _cautions_of_people)


def policy_cautions(document: object, lines: Lines, surroundings: Surroundings) -> list[Problem]:
    """Return what is worth knowing about a policy although it may be meant; none for what cannot be read.

    Arguments are those of `load_policy`.
    """
    if not isinstance(document, Mapping):
        return []
    raw = dict(document)
    found = islice(cautions_in(_read_parts(raw), surroundings), MOST_PROBLEMS)
    told = [_problem_at(raw, lines, caution.path, caution.value, caution.expected) for caution in found]
    return sorted(_once(told), key=lambda problem: problem.line or 0)


def _of_people(document: object, lines: Lines, people: Sequence[Person], find: Seating) -> list[Problem]:
    if not isinstance(document, Mapping):
        return []
    raw = dict(document)
    found = find(_read_parts(raw), people)
    return list(_once(_problem_at(raw, lines, mistake.path, mistake.value, mistake.expected) for mistake in found))


def _problem_at(raw: dict[str, Any], lines: Lines, path: Path, value: str, expected: Text) -> Problem:
    """Make a problem of a mistake; a place that is missing has the line of what it is missing in."""
    known = next((path[:end] for end in range(len(path), 0, -1) if path[:end] in lines), None)
    line = lines[known] if known is not None else None
    told = Text(en=_short(expected.en), zh=_short(expected.zh))
    return Problem(dotted(raw, path), _short(value), told, line=line)


def _cautions_of_people(draft: Draft, people: Sequence[Person]) -> Iterator[Mistake]:
    yield from quorum_cautions(draft, people)
    yield from mandate_cautions(draft, people)


def _short(text: str) -> str:
    """A text that fits into a message, whatever a figure in it was written like."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def _read_parts(raw: dict[str, Any]) -> Draft:
    """Read each part of a policy by itself, so that a mistake in one hides none in another."""
    approval = _table(raw.get("approval"))
    groups = approval.get("groups")
    segments = raw.get("segments")
    if isinstance(segments, list):
        segments = {name: {} for name in segments if isinstance(name, str)}
    card = _table(raw.get("scorecard"))
    named = [(name, _table(own)) for name, own in _table(segments).items() if isinstance(name, str)]
    read_segments = {
        name: segment for name, own in named if (segment := _read(Segment, with_members(own, groups))) is not None
    }
    path: Path = ("approval", "bands")
    written = [(path, approval.get("bands")), *((("segments", name, "bands"), own.get("bands")) for name, own in named)]
    matrices = [(path, bands) for path, bands in written if isinstance(bands, list)]
    stages = [
        stage
        for path, bands in matrices
        for place, band in enumerate(bands)
        for stage in _read_items(Stage, _table(band).get("stages"), (*path, place, "stages"), groups)
    ]
    return Draft(
        raw=raw,
        segment_names=tuple(name for name, _ in named),
        segments=read_segments,
        criteria=tuple(
            _read_items(Criterion, raw.get("criteria"), ("criteria",))
            + [
                item
                for name, own in named
                for item in _read_items(Criterion, own.get("extra_criteria"), ("segments", name, "extra_criteria"))
            ]
        ),
        scorecard=card,
        attributes=tuple(_read_items(Attribute, card.get("attributes"), ("scorecard", "attributes"))),
        grades=tuple(_read_items(Grade, raw.get("grades"), ("grades",))),
        limit=_read(LimitRule, raw.get("limit")),
        treatments=tuple(_read_items(Treatment, raw.get("treatments"), ("treatments",))),
        approval=approval,
        matrices=tuple(matrices),
        stages=tuple(stages),
        calibration=_read_part(Calibration, card.get("calibration")),
        caps=_read_part(Caps, _table(raw.get("appetite")).get("caps")),
        fast_track=_read_part(FastTrack, approval.get("fast_track")),
        sample=_read_part(Sample, approval.get("sample")),
        max_age=_read_part(MaxAge, raw.get("max_age")),
        time_limits=_read_part(TimeLimits, raw.get("time_limits")),
        retention=_read_part(Retention, raw.get("retention")),
    )


def _table(value: object) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}


def _read_items(model: type[M], value: object, path: Path, groups: object = None) -> list[Placed[M]]:
    if not isinstance(value, list | tuple):
        return []
    read = ((place, _read(model, with_members(item, groups))) for place, item in enumerate(value))
    return [Placed((*path, place), item) for place, item in read if item is not None]


def _read_part(model: type[M], value: object) -> M | None:
    """Read a part that need not be there."""
    return None if value is None else _read(model, value)


def _read(model: type[M], value: object) -> M | None:
    try:
        return model.model_validate(value)
    except ValidationError:
        return None


__all__ = [
    "Lines",
    "Mistake",
    "Surroundings",
    "load_policy",
    "policy_cautions",
    "quorum_problems",
    "read_policy_document",
    "single_points",
]
