"""Mistakes in the shape of a policy's parts, in words of what people write and not of the program."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from admission.model import Text
from admission.policy.document import Policy
from admission.policy.mistakes import Mistake, Path
from admission.problems import problems_of, shortened

A_BOUND = Text(
    en='one figure in quotes, two for between, names for one_of, or {quartile: q1}; such as "18" or ["1", "3"]',
    zh='加引号的一个数字；between 写两个数字，one_of 写名称，或 {quartile: q1}；如 "18" 或 ["1", "3"]',
)
# Patterns of names and fingerprints, in words.
_PATTERNS = {
    "^[a-z][a-z0-9_]*$": Text(en="small letters, digits and _, a letter first", zh="小写字母、数字和 _，以字母开头"),
    "^[0-9a-f]{64}$": Text(
        en="64 digits and letters from a to f, as calibrate writes it", zh="calibrate 写出的 64 位指纹"
    ),
}
# Complaints of a field that is not there, whose name the document therefore cannot have.
_ABSENT = ("missing", "extra_forbidden")


def shape_mistakes(error: ValidationError, raw: Mapping[str, Any], most: int) -> Iterator[Mistake]:
    """Yield what is wrong with the kinds of things, each with the place that people wrote.

    Args:
        error: what the library found.
        raw: the policy as it was written.
        most: how many are looked at.
    """
    complaints = error.errors(include_url=False)[:most]
    for problem, complaint in zip(problems_of(error, model=Policy, most=most), complaints, strict=True):
        place = tuple(complaint["loc"])
        # A list is also called too short where its entries were read and found wrong: that is no second mistake.
        inside = any(other["loc"][: len(place)] == place for other in complaints if other is not complaint)
        if complaint["type"] == "too_short" and inside:
            continue
        path = _written_path(raw, place, absent=complaint["type"] in _ABSENT)
        expected = A_BOUND if len(path) < len(place) and path[-1:] == ("value",) else problem.expected
        pattern = _PATTERNS.get(str((complaint.get("ctx") or {}).get("pattern", "")))
        if pattern is not None:
            expected = Text(en=f"{expected.en}: {pattern.en}", zh=f"{expected.zh}：{pattern.zh}")
        given = _at(raw, path)
        # Of a whole table only its fields' names would be shown: what is expected of it says enough.
        unsaid = (complaint["type"] == "missing" and len(path) == len(place)) or (
            complaint["type"] == "value_error" and isinstance(given, Mapping)
        )
        yield Mistake(path, "" if unsaid else shortened(plain(given)), expected)


def _written_path(document: Any, place: Path, *, absent: bool) -> Path:
    """Return a place without what the library adds to it: which of several kinds of thing it tried."""
    path: list[str | int] = []
    for number, part in enumerate(place):
        named_last = absent and number == len(place) - 1 and isinstance(document, Mapping)
        inside = isinstance(document, Mapping) and part in document
        listed = isinstance(document, list) and isinstance(part, int) and part < len(document)
        if not (inside or listed or named_last):
            break
        path.append(part)
        document = document.get(part) if isinstance(document, Mapping) else document[int(part)]
    return tuple(path)


def _at(document: Any, path: Path) -> Any:
    for part in path:
        if isinstance(document, Mapping):
            document = document.get(part)
        elif isinstance(document, list) and isinstance(part, int) and part < len(document):
            document = document[part]
        else:
            return None
    return document


def plain(value: Any) -> str:
    """Return a value as it would be written in YAML."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {plain(inner)}" for name, inner in list(value.items())[:10]) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(plain(inner) for inner in value[:10]) + "]"
    return shortened(value)
