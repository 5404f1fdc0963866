"""Measure the structure of the code: rooms, their size, imports that go upward, and circles.

Reads every import of every module by itself, wherever it stands in its file; rooms and their order are those of the
import contracts in `pyproject.toml`. Exit status 1 where an import goes upward or imports form a circle.

    python .ci/structure.py [FOLDER]
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

Graph = Mapping[str, set[str]]


class Import(NamedTuple):
    """One import of one module by another, and the line it stands on."""

    importer: str
    imported: str
    line: int


def main() -> int:
    """Print the structure of a tree; return the exit status."""
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent
    contracts = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    rooms = contracts["root_packages"]
    modules = dict(modules_of(root, rooms))
    imports = [found for name, path in modules.items() for found in imports_of(name, path, modules)]
    upward = [found for order in orders_of(contracts) for found in upward_imports(imports, order)]
    between = circles(siblings(imports, ""))
    packages = sorted({name.rpartition(".")[0] for name in modules} - {""})
    inside = [circle for package in packages for circle in circles(siblings(imports, package))]

    print_rooms(rooms, modules, imports)
    print_faults("imports upward", (f"{name} imports {other} (line {line})" for name, other, line in upward))
    print_faults("circles between rooms", (" <-> ".join(circle) for circle in between))
    print_faults("circles inside rooms", (" <-> ".join(circle) for circle in inside))
    return 1 if upward or between or inside else 0


def modules_of(root: Path, rooms: Iterable[str]) -> Iterator[tuple[str, Path]]:
    """Yield the modules of the rooms by name, each with its file."""
    for room in rooms:
        for path in sorted((root / room).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imports_of(name: str, path: Path, modules: Mapping[str, Path]) -> Iterator[Import]:
    """Yield what a module imports of the rooms."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_bytes(), str(path))):
        if isinstance(node, ast.Import):
            wanted = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            source = ".".join([*above, *([node.module] if node.module else [])])
            wanted = [f"{source}.{alias.name}" for alias in node.names]
        else:
            continue
        for full in wanted:
            # `from a.b import c` imports the module a.b.c, or else the name c of the module a.b.
            module = full if full in modules else full.rpartition(".")[0]
            if module in modules and module != name:
                yield Import(name, module, node.lineno)


def orders_of(contracts: Mapping[str, Any]) -> Iterator[list[list[str]]]:
    """Yield the orders that the contracts ask for: layers from the top, each with what stands side by side in it."""
    for contract in contracts["contracts"]:
        if contract["type"] == "layers":
            yield [[part.strip() for part in layer.split("|")] for layer in contract["layers"]]


def upward_imports(imports: Iterable[Import], order: list[list[str]]) -> Iterator[Import]:
    """Yield the imports that go upward in an order of layers, or sideways within a layer."""
    places = {part: place for place, layer in enumerate(order) for part in layer}
    for found in imports:
        importer, imported = (within(name, places) for name in (found.importer, found.imported))
        if importer and imported and importer != imported and places[imported] <= places[importer]:
            yield found


def within(name: str, parts: Mapping[str, int]) -> str | None:
    """Return the part of an order that a module belongs to; None where it belongs to none."""
    return next((part for part in parts if name == part or name.startswith(f"{part}.")), None)


def siblings(imports: Iterable[Import], package: str) -> Graph:
    """Return which direct parts of a package import which others; of no package: which rooms."""
    depth = package.count(".") + 1 if package else 0
    graph: dict[str, set[str]] = defaultdict(set)
    for importer, imported, _ in imports:
        ends = [name.split(".") for name in (importer, imported)]
        if all(len(end) > depth and ".".join(end[:depth]) == package for end in ends):
            start, goal = (".".join(end[: depth + 1]) for end in ends)
            if start != goal:
                graph[start].add(goal)
    return graph


def circles(graph: Graph) -> list[list[str]]:
    """Return the groups of nodes that reach one another."""
    reached = {start: reachable(graph, start) for start in graph}
    groups = {
        tuple(sorted(goal for goal in reached[start] if start in reached.get(goal, ())))
        for start in graph
        if start in reached[start]
    }
    return [list(group) for group in sorted(groups)]


def reachable(graph: Graph, start: str) -> set[str]:
    """Return the nodes that a way leads to; the start too where a way leads back to it."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        new = graph.get(waiting.pop(), set()) - seen
        seen |= new
        waiting.extend(new)
    return seen


def print_rooms(rooms: Iterable[str], modules: Mapping[str, Path], imports: Iterable[Import]) -> None:
    """Print one line a room: files, lines, and which rooms it imports."""
    known = siblings(imports, "")
    print(f"{'room':<14}{'files':>6}{'lines':>8}  imports")
    for room in rooms:
        paths = [path for name, path in modules.items() if name.split(".")[0] == room]
        lines = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in paths)
        print(f"{room:<14}{len(paths):>6}{lines:>8}  {' '.join(sorted(known.get(room, ())))}".rstrip())


def print_faults(title: str, faults: Iterable[str]) -> None:
    """Print how many faults of a kind there are, and each."""
    found = list(faults)
    print(f"{title}: {len(found)}")
    for fault in found:
        print(f"  {fault}")


if __name__ == "__main__":
    sys.exit(main())
