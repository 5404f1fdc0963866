"""Make the mutants of files, and print each as one line of JSON.

Run by the Python of the tool's own environment (`.tools/mutants`), which has Cosmic Ray and nothing of Gatehouse: its
operators are used as a library, see docs/decisions/0017-mutants-by-cosmic-ray.md. Files are taken from the command
line, relative to the working directory.
"""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path

from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator

# Each change by its kind, and Cosmic Ray's operators for it. A comparison is turned round, or moved by its bound; of
# the others that Cosmic Ray knows, most say something that nobody would write by mistake (`<` as `is`).
OPERATORS: Mapping[str, tuple[str, ...]] = {
    "boundary": tuple(f"ReplaceComparisonOperator_{pair}" for pair in ("Lt_LtE", "LtE_Lt", "Gt_GtE", "GtE_Gt")),
    "comparison": tuple(
        f"ReplaceComparisonOperator_{pair}"
        for pair in ("Lt_GtE", "LtE_Gt", "Gt_LtE", "GtE_Lt", "Eq_NotEq", "NotEq_Eq", "Is_IsNot", "IsNot_Is")
    ),
    "and/or": ("ReplaceAndWithOr", "ReplaceOrWithAnd"),
    "not": ("AddNot", "ReplaceUnaryOperator_Delete_Not"),
    "constant": ("NumberReplacer", "ReplaceTrueWithFalse", "ReplaceFalseWithTrue"),
    "arithmetic": tuple(f"ReplaceBinaryOperator_{pair}" for pair in ("Add_Sub", "Sub_Add", "Mul_Div", "Div_Mul")),
}


def main() -> None:
    """Print the mutants of all files."""
    for name in sys.argv[1:]:
        for mutant in mutants_of(name, Path(name).read_text(encoding="utf-8")):
            print(json.dumps(mutant, ensure_ascii=False))


def mutants_of(name: str, source: str) -> Iterator[dict[str, object]]:
    """Yield the mutants of one file that compile and are another program."""
    original = ast.dump(ast.parse(source))
    for kind, operators in OPERATORS.items():
        for operator in operators:
            make = get_operator(f"core/{operator}")
            for occurrence in count():
                mutated = mutate_code(source, make(), occurrence)
                if mutated is None:
                    break
                try:
                    tree = ast.parse(mutated)
                except SyntaxError:
                    continue
                # A star in a signature is no operator, though it looks like one.
                no_operator = kind == "arithmetic" and _operators(tree) == _operators(ast.parse(source))
                if ast.dump(tree) != original and not no_operator:
                    yield {"file": name, "kind": kind, **_place(source, mutated), "source": mutated}


def _operators(tree: ast.Module) -> list[str]:
    return [type(node.op).__name__ for node in ast.walk(tree) if isinstance(node, ast.BinOp | ast.AugAssign)]


def _place(source: str, mutated: str) -> dict[str, object]:
    """Return where a mutant differs: line, the function it is in, and the line as it was and is."""
    pairs = zip(source.splitlines(), mutated.splitlines(), strict=True)
    line, (was, now) = next((line, pair) for line, pair in enumerate(pairs, 1) if pair[0] != pair[1])
    return {"line": line, "within": _within(source, line), "was": _plain(was), "now": _plain(now)}


def _within(source: str, line: int) -> str:
    """Return the name of the function or class that a line is in; empty at the top of a module."""
    found: list[str] = []
    nodes: list[ast.stmt] = ast.parse(source).body
    while nodes:
        inner = next(
            (
                node
                for node in nodes
                if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.lineno <= line <= (node.end_lineno or 0)
            ),
            None,
        )
        if inner is None:
            break
        found.append(inner.name)
        nodes = inner.body
    return ".".join(found)


def _plain(line: str) -> str:
    return " ".join(line.split())


if __name__ == "__main__":
    main()
