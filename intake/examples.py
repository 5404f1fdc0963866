"""Files of examples that people write for a policy: each mistake with its file and line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from admission.errors import BadInput, Problem
from admission.governance.examples.invented import application_of
from admission.governance.examples.outcomes import unknown_names
from admission.governance.examples.situations import Example, ExampleFile
from admission.model import Text
from admission.policy import Policy
from admission.problems import problems_of
from intake.reading import read_written

FOLDER = "examples"
SUFFIXES = (".yaml", ".yml")
EXAMPLES = Text(en="a table with a list of examples", zh="含有 examples 列表的表")
REMEDY = Text(
    en="mend what is named; docs/policy_examples.md shows the form", zh="请更正所列各处；格式见 docs/policy_examples.md"
)
ONCE = Text(en="an id that no other file has", zh="与其他文件不同的 id")

Lines = Mapping[tuple[str | int, ...], int]


class ExamplesRead(NamedTuple):
    """A file of examples as read, with the lines of its parts."""

    path: Path
    file: ExampleFile
    lines: Lines

    def line_of(self, example: Example) -> int | None:
        """Return the line on which an example begins."""
        return self.lines.get(("examples", self.file.examples.index(example)))


def examples_beside(policy_file: Path, policy: Policy) -> Path:
    """Return where the examples of a policy file are looked for: `examples/<name of the policy>` beside it."""
    return policy_file.parent / FOLDER / policy.name


def shipped_examples(policy: Policy) -> Path | None:
    """Return the examples that come with Gatehouse for a policy of this name; None where there are none."""
    folder = Path(str(files("policies").joinpath(FOLDER, policy.name)))
    return folder if folder.is_dir() else None


def read_examples(path: Path, policy: Policy | None = None) -> list[ExamplesRead]:
    """Read a file of examples, or all files of a folder.

    Args:
        path: the file or folder.
        policy: whose grades, bands and segments the examples name; None where what is expected does not matter,
            because two policies are compared.

    Raises:
        BadInput: there is none, or one has a mistake; each problem has the file and the line.
    """
    found = sorted(item for item in path.iterdir() if item.suffix in SUFFIXES) if path.is_dir() else [path]
    if not found:
        raise BadInput(
            Text(en=f"There are no examples in {path.name}.", zh=f"{path.name} 中没有示例。"),
            remedy=Text(en="write some into a .yaml file", zh="请在 .yaml 文件中写入示例"),
        )
    read = [_read_file(item, policy) for item in found]
    seen: dict[str, Path] = {}
    for item in read:
        for example in item.file.examples:
            if example.id in seen:
                problem = Problem("id", example.id, ONCE, line=item.line_of(example))
                raise _not_usable(item.path, [problem])
            seen[example.id] = item.path
    return read


def _read_file(path: Path, policy: Policy | None) -> ExamplesRead:
    written = read_written(path, anchors=True)
    if not isinstance(written.document, Mapping):
        raise _not_usable(path, [Problem("", "", EXAMPLES)])
    try:
        file = ExampleFile.model_validate(dict(written.document))
    except ValidationError as error:
        places = [complaint["loc"] for complaint in error.errors(include_url=False)]
        complaints = zip(problems_of(error, model=ExampleFile), places, strict=True)
        located = [_at(problem, place, written.lines) for problem, place in complaints]
        raise _not_usable(path, located) from None
    problems = [
        problem
        for number, example in enumerate(file.examples)
        for problem in _sense(example, file, policy, ("examples", number), written.lines)
    ]
    if problems:
        raise _not_usable(path, problems)
    return ExamplesRead(path, file, written.lines)


def _sense(
    example: Example, file: ExampleFile, policy: Policy | None, place: tuple[str | int, ...], lines: Lines
) -> Iterable[Problem]:
    """Yield what an example names that is not there, and what is wrong with its application."""
    for path, name, right in unknown_names(example, policy) if policy is not None else ():
        yield _at(Problem(".".join((example.id, *path)), name, right), (*place, *path), lines)
    try:
        application_of(example, file)
    except BadInput as error:
        for problem in error.problems:
            path = ("application", *problem.field.split("."))
            yield _at(Problem(".".join((example.id, *path)), problem.value, problem.expected), (*place, *path), lines)


def _at(problem: Problem, place: tuple[str | int, ...], lines: Lines) -> Problem:
    """Return a problem with the line of its place, or of the nearest part around it that is written."""
    while place and place not in lines:
        place = place[:-1]
    return Problem(problem.field, problem.value, problem.expected, line=lines.get(place))


def _not_usable(path: Path, problems: list[Problem]) -> BadInput:
    return BadInput(
        Text(en="These examples cannot be used.", zh="这些示例无法使用。"),
        problems=problems,
        context={"file": path.name},
        remedy=REMEDY,
    )
