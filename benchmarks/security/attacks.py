"""The attacks, as `ranked.yml` and `others.yml` list them: what is tried, and the tests that try it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

HERE = Path(__file__).resolve().parent
TESTS = "tests"
# What broke once, by rank; then what held, or was found on the way.
FILES = ("ranked.yml", "others.yml")
ALL_OF_IT = "all"


class Attack(NamedTuple):
    """One line of the table.

    Attributes:
        row: its number in the ranking, or a name.
        severity: of what broke; empty where nothing did.
        tried: what is tried, in a line.
        by: the tests that try it, as `tests/desk/test_hosts.py::test_name`, without parameters; a file alone is all
            of its tests.
    """

    row: str
    severity: str
    tried: str
    by: tuple[str, ...]


def attacks() -> list[Attack]:
    """Return the whole table, in its order.

    Raises:
        ValueError: a row is there twice, or nothing tries it.
    """
    entries = [entry for name in FILES for entry in yaml.safe_load((HERE / name).read_text(encoding="utf-8"))]
    found = [_attack(entry) for entry in entries]
    rows = [attack.row for attack in found]
    wrong = {row for row in rows if rows.count(row) > 1} | {attack.row for attack in found if not attack.by}
    if wrong:
        raise ValueError(f"twice, or tried by nothing: {', '.join(sorted(wrong))}")
    return found


def chosen(rows: Sequence[str]) -> list[Attack]:
    """Return the attacks of these rows, or all where none is named.

    Raises:
        ValueError: there is no such row.
    """
    table = attacks()
    unknown = set(rows) - {attack.row for attack in table}
    if unknown:
        raise ValueError(f"no such row: {', '.join(sorted(unknown))}")
    return [attack for attack in table if not rows or attack.row in rows]


def _attack(entry: dict[str, Any]) -> Attack:
    tests: dict[str, str | list[str]] = entry["tests"]
    by = tuple(test for file, names in tests.items() for test in _tests_of(f"{TESTS}/{file}", names))
    return Attack(str(entry["row"]), entry.get("severity", ""), entry["attack"], by)


def _tests_of(file: str, names: str | list[str]) -> Iterator[str]:
    if names == ALL_OF_IT:
        yield file
        return
    for name in [names] if isinstance(names, str) else names:
        yield f"{file}::{name}"
