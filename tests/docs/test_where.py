"""The page that tells where each rule is: every row names a file, and a name that the file defines."""

from __future__ import annotations

import ast
import re

import pytest

from tests.conftest import ROOT

ROW = re.compile(r"\| (?P<rule>[^|]+) \| \[(?P<file>[\w/]+\.py)\]\(\.\./(?P=file)\) \| `(?P<name>[\w.]+)` \|")
HEAD = ("| rule | file | name |", "| --- | --- | --- |")
LINES = [
    line
    for line in (ROOT / "docs" / "where.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("|") and line not in HEAD
]


def defined(tree: ast.Module) -> set[str]:
    """The functions, classes and constants of a module, and the methods of its classes with their class's name."""
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        if isinstance(node, ast.ClassDef):
            names |= {f"{node.name}.{part.name}" for part in node.body if isinstance(part, ast.FunctionDef)}
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
        if isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return names


def test_the_page_has_the_rules_that_are_looked_for() -> None:
    assert len(LINES) >= 20
    assert len(set(LINES)) == len(LINES)


@pytest.mark.parametrize("line", LINES)
def test_each_rule_is_where_the_page_says(line: str) -> None:
    row = ROW.fullmatch(line)
    assert row is not None, "a row is: rule, link to a file, name"
    path = ROOT / row["file"]
    assert path.is_file()
    assert row["name"] in defined(ast.parse(path.read_text(encoding="utf-8")))
