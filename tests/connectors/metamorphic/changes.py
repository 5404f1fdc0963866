"""Changes that only take something away from an answer, or blur it."""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from tests.connectors.metamorphic.samples import Sample

COMMENTS = 40
LEAST, GREATEST = "0001-01-01", "9999-12-31"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_TOTALS = ("totalSize", "total_count", "total_results", "active_count", "f:total", "total")
_TWICE = "\ue000"


class Change(NamedTuple):
    """One changed body.

    Attributes:
        kind: which sort of change.
        where: what it was done to, as a path or a place.
        noticeable: False where whole rows went and no total is stated, so that nobody can notice.
    """

    kind: str
    where: str
    body: bytes
    noticeable: bool = True


Maker = Callable[[Sample, random.Random], Change | None]


def draw(sample: Sample, chance: random.Random) -> Change | None:
    """Return one change of an answer, of a kind that its form allows; None where the draw changes nothing."""
    maker = chance.choice(_MAKERS[sample.form])
    change = maker(sample, chance)
    return None if change is None or change.body == sample.raw.body else change


def _cut(sample: Sample, chance: random.Random) -> Change | None:
    body = sample.raw.body.rstrip()
    if len(body) < 2:
        return None
    end = chance.choice((chance.randrange(1, len(body)), len(body) - chance.randrange(1, min(len(body), 40))))
    return Change("cut", f"byte {end} of {len(body)}", body[:end])


def _break_encoding(sample: Sample, chance: random.Random) -> Change | None:
    body = sample.raw.body
    if not body:
        return None
    how = chance.choice(("byte", "utf-16", "latin-1"))
    if how == "byte":
        place = chance.randrange(len(body))
        return Change("encoding", f"0xff at {place}", body[:place] + b"\xff" + body[place:])
    text = sample.text
    return Change("encoding", how, text.encode(how, "replace"))


def _prefix_comments(sample: Sample, chance: random.Random) -> Change | None:
    count = chance.choice((1, COMMENTS, 50 * COMMENTS))
    return Change("comments", f"{count} comments", b"<!-- a comment --> " * count + sample.raw.body)


def _misprint(sample: Sample, chance: random.Random) -> Change | None:
    """Another digit in one of the numbers that the question was asked by."""
    numbers = {number for value in sample.query.params.values() for number in re.findall(r"\d{5,}", value)}
    text = sample.text
    places = [
        found.start() + offset
        for number in sorted(numbers)
        for found in re.finditer(re.escape(number.lstrip("0") or number), text)
        for offset in range(len(number.lstrip("0") or number))
    ]
    if not places:
        return None
    place = chance.choice(places)
    digit = chance.choice([other for other in "0123456789" if other != text[place]])
    return Change("misprint", f"character {place}", (text[:place] + digit + text[place + 1 :]).encode())


def _change_day_anywhere(sample: Sample, chance: random.Random) -> Change | None:
    text = sample.text
    days = [found.start() for found in _DAY.finditer(text)]
    if not days:
        return None
    place = chance.choice(days)
    day = chance.choice((LEAST, GREATEST))
    return Change("day", f"{text[place : place + 10]} -> {day}", (text[:place] + day + text[place + 10 :]).encode())


# JSON.

Path = tuple[str | int, ...]


def _paths(value: object, path: Path = ()) -> Iterator[Path]:
    if path:
        yield path
    children = enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else ()
    for key, child in children:
        yield from _paths(child, (*path, key))


def _document(sample: Sample) -> Any:
    return json.loads(sample.raw.body)


def _replaced(document: Any, path: Path, value: object) -> Any:
    """The document with another value at a path; what lies beside the path is shared."""
    if not path:
        return value
    changed = copy.copy(document)
    changed[path[0]] = _replaced(document[path[0]], path[1:], value)
    return changed


def _at(document: Any, path: Path) -> Any:
    for key in path:
        document = document[key]
    return document


def _written(path: Path) -> str:
    return ".".join("[]" if isinstance(key, int) else key for key in path)


def _body(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False).replace(_TWICE, "").encode()


def _pick(sample: Sample, chance: random.Random, wanted: Callable[[Any, Path], bool]) -> tuple[Any, Path] | None:
    document = _document(sample)
    paths = [path for path in _paths(document) if wanted(document, path)]
    return (document, chance.choice(paths)) if paths else None


def _null(sample: Sample, chance: random.Random) -> Change | None:
    picked = _pick(sample, chance, lambda document, path: _at(document, path) is not None)
    if picked is None:
        return None
    document, path = picked
    return Change("null", _written(path), _body(_replaced(document, path, None)))


def _rename(sample: Sample, chance: random.Random) -> Change | None:
    picked = _pick(sample, chance, lambda document, path: isinstance(path[-1], str))
    if picked is None:
        return None
    document, path = picked
    key = str(path[-1])
    new = chance.choice((f"{key}X", f"x_{key}", key.swapcase()))
    parent = _at(document, path[:-1])
    renamed = {(new if name == key else name): value for name, value in parent.items()}
    return Change("rename", _written(path), _body(_replaced(document, path[:-1], renamed)))


def _change_day(sample: Sample, chance: random.Random) -> Change | None:
    picked = _pick(sample, chance, lambda document, path: _is_day(_at(document, path)))
    if picked is None:
        return None
    document, path = picked
    day = chance.choice((LEAST, GREATEST))
    return Change("day", f"{_written(path)} -> {day}", _body(_replaced(document, path, day + _at(document, path)[10:])))


def _is_day(value: object) -> bool:
    return isinstance(value, str) and bool(_DAY.match(value))


def _second_value(sample: Sample, chance: random.Random) -> Change | None:
    """A key twice in one object, with two values."""
    picked = _pick(sample, chance, lambda document, path: isinstance(path[-1], str))
    if picked is None:
        return None
    document, path = picked
    parent, key = _at(document, path[:-1]), str(path[-1])
    other = _altered(parent[key], chance)
    first = chance.random() < 0.5
    doubled: dict[str, object] = {}
    for name, value in parent.items():
        if name == key and first:
            doubled[f"{key}{_TWICE}"] = other
        doubled[name] = value
        if name == key and not first:
            doubled[f"{key}{_TWICE}"] = other
    return Change("second value", _written(path), _body(_replaced(document, path[:-1], doubled)))


def _second_row(sample: Sample, chance: random.Random) -> Change | None:
    """A row twice, with one figure or word of it changed."""
    picked = _pick(
        sample,
        chance,
        lambda document, path: isinstance(path[-1], int) and isinstance(_at(document, path), dict),
    )
    if picked is None:
        return None
    document, path = picked
    row = _at(document, path)
    leaves = [inner for inner in _paths(row) if not isinstance(_at(row, inner), dict | list)]
    if not leaves:
        return None
    inner = chance.choice(leaves)
    twin = _replaced(row, inner, _altered(_at(row, inner), chance))
    rows = list(_at(document, path[:-1]))
    rows.insert(chance.choice((0, len(rows))), twin)
    return Change("second row", f"{_written(path)}.{_written(inner)}", _body(_replaced(document, path[:-1], rows)))


def _altered(value: object, chance: random.Random) -> object:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return chance.choice((0, value * 3, value // 3 if isinstance(value, int) else value / 3, -value))
    if isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value):
        return str(float(value) * 3) if "." in value else str(int(value) * 3)
    if isinstance(value, str) and _is_day(value):
        return f"{int(value[:4]) - 1:04}{value[4:]}"
    if isinstance(value, str):
        return chance.choice(("", f"{value} B", "Active"))
    return None


def _drop_row(sample: Sample, chance: random.Random) -> Change | None:
    picked = _pick(sample, chance, lambda document, path: isinstance(path[-1], int))
    if picked is None:
        return None
    document, path = picked
    rows = list(_at(document, path[:-1]))
    del rows[int(path[-1])]
    around = _at(document, path[:-2]) if len(path) > 1 else {}
    told = isinstance(around, dict) and any(name in around for name in _TOTALS)
    return Change("row gone", _written(path), _body(_replaced(document, path[:-1], rows)), noticeable=told)


# Pages.


def _parts(sample: Sample, pattern: str) -> tuple[str, list[re.Match[str]]]:
    text = sample.text
    return text, list(re.finditer(pattern, text, re.DOTALL))


def _empty_element(sample: Sample, chance: random.Random) -> Change | None:
    text, found = _parts(sample, r">[^<>]*[^<>\s][^<>]*<|content=\"[^\"]+\"")
    if not found:
        return None
    part = chance.choice(found)
    hollow = 'content=""' if part[0].startswith("content") else "><"
    return Change("null", part[0][:40], (text[: part.start()] + hollow + text[part.end() :]).encode())


def _rename_mark(sample: Sample, chance: random.Random) -> Change | None:
    text, found = _parts(sample, r"(?<=class=\")[^\"]+|(?<=property=\")[^\"]+|(?<=<)\w+")
    if not found:
        return None
    part = chance.choice(found)
    return Change("rename", part[0], (text[: part.start()] + f"{part[0]}x" + text[part.end() :]).encode())


def _second_mark(sample: Sample, chance: random.Random) -> Change | None:
    text, found = _parts(sample, r"<(\w+)[^<>]*property=\"[^\"]+\"[^<>]*>(?:[^<>]*</\1>)?")
    if not found:
        return None
    part = chance.choice(found)
    twin = re.sub(r"\d", lambda digit: str((int(digit[0]) + 1) % 10), part[0])
    place = chance.choice((part.start(), part.end()))
    return Change("second value", part[0][:60], (text[:place] + twin + text[place:]).encode())


# Tables.


def _cells(sample: Sample) -> tuple[list[str], list[tuple[int, int, int]]]:
    """The lines of a table, and where in them each cell is; quoted commas are parts of cells."""
    lines = sample.text.splitlines(keepends=True)
    cells = [
        (number, found.start(), found.end())
        for number, line in enumerate(lines)
        for found in re.finditer(r'"(?:[^"]|"")*"|[^,\r\n"\x1a]+', line)
    ]
    return lines, cells


def _change_cell(
    sample: Sample, chance: random.Random, kind: str, change: Callable[[str], str | None]
) -> Change | None:
    lines, cells = _cells(sample)
    if not cells:
        return None
    number, start, end = chance.choice(cells)
    cell = lines[number][start:end]
    new = change(cell)
    if new is None:
        return None
    lines[number] = lines[number][:start] + new + lines[number][end:]
    return Change(kind, f"line {number + 1}: {cell[:40]}", "".join(lines).encode())


def _null_cell(sample: Sample, chance: random.Random) -> Change | None:
    null = "-0- " if sample.source == "ofac_sdn" else ""
    return _change_cell(sample, chance, "null", lambda cell: null)


def _rename_cell(sample: Sample, chance: random.Random) -> Change | None:
    """A label that is written otherwise."""

    def renamed(cell: str) -> str | None:
        return re.sub(r'("?)$', r"x\1", cell) if re.search(r"[^\W\d]", cell) else None

    return _change_cell(sample, chance, "rename", renamed)


def _second_line(sample: Sample, chance: random.Random) -> Change | None:
    """A line twice, with other figures."""
    lines, _ = _cells(sample)
    number = chance.randrange(len(lines)) if lines else 0
    if not lines or not re.search(r"\d", lines[number]):
        return None
    twin = re.sub(r"[1-9]", lambda digit: str(int(digit[0]) % 9 + 1), lines[number])
    ended = twin if twin.endswith("\n") else twin + "\n"
    lines.insert(number + chance.choice((0, 1)), ended)
    return Change("second row", f"line {number + 1}: {lines[number][:40].strip()}", "".join(lines).encode())


def _drop_line(sample: Sample, chance: random.Random) -> Change | None:
    lines, _ = _cells(sample)
    if len(lines) < 2:
        return None
    number = chance.randrange(len(lines))
    gone = lines.pop(number)
    return Change("row gone", f"line {number + 1}: {gone[:40].strip()}", "".join(lines).encode(), noticeable=False)


_ANY: tuple[Maker, ...] = (_cut, _break_encoding, _prefix_comments, _misprint, _change_day_anywhere)
_MAKERS: dict[str, tuple[Maker, ...]] = {
    # As often as there are things to change: most of what an answer has is its fields.
    "json": (*_ANY, _null, _null, _null, _rename, _rename, _change_day, _second_value, _second_row, _drop_row),
    "page": (*_ANY, _empty_element, _empty_element, _rename_mark, _second_mark),
    "table": (*_ANY, _null_cell, _null_cell, _rename_cell, _second_line, _drop_line),
    "text": _ANY,
}
