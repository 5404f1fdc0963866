"""The source files as syntax trees, with what each name in them stands for."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Scope:
    """Where an expression stands: its file, and the classes and functions around it, the outermost first."""

    file: SourceFile
    around: tuple[ast.ClassDef | Function | ast.Lambda, ...] = ()

    def inside(self, node: ast.ClassDef | Function | ast.Lambda) -> Scope:
        """Return the scope within a class or function of this one."""
        return Scope(self.file, (*self.around, node))

    @property
    def functions(self) -> list[Function | ast.Lambda]:
        """The functions around, the innermost first."""
        return [node for node in reversed(self.around) if not isinstance(node, ast.ClassDef)]

    @property
    def owner(self) -> ast.ClassDef | None:
        """The innermost class around."""
        return next((node for node in reversed(self.around) if isinstance(node, ast.ClassDef)), None)


class Found(NamedTuple):
    """What a name stands for: a class, a function, or the value of a constant, and where it is written."""

    node: ast.AST
    scope: Scope


@dataclass(eq=False)
class SourceFile:
    """One source file.

    Attributes:
        path: from the root, such as `casebook/cases.py`.
        imports: for each imported name its module and its name there; the latter is empty for a module.
    """

    path: str
    tree: ast.Module
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                self.imports.update({(item.asname or item.name): (item.name, "") for item in node.names})
            elif isinstance(node, ast.ImportFrom) and node.module is not None:
                self.imports.update({(item.asname or item.name): (node.module, item.name) for item in node.names})

    @property
    def room(self) -> str:
        """The folder at the root that the file is in."""
        return self.path.partition("/")[0]

    @cached_property
    def names(self) -> dict[str, ast.AST]:
        """What the file itself defines: classes, functions, values of constants."""
        found: dict[str, ast.AST] = {}
        for node in self.tree.body:
            if isinstance(node, ast.ClassDef | Function):
                found[node.name] = node
            elif isinstance(node, ast.Assign):
                found.update({target.id: node.value for target in node.targets if isinstance(target, ast.Name)})
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
                found[node.target.id] = node.value
        return found


class SourceTree:
    """All source files under some folders.

    Args:
        root: the folder that the rooms are in.
        rooms: names of the folders.
    """

    def __init__(self, root: Path, rooms: tuple[str, ...]) -> None:
        paths = (path for room in rooms for path in sorted((root / room).rglob("*.py")))
        self.files = {
            path.relative_to(root).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__"): SourceFile(
                path.relative_to(root).as_posix(), ast.parse(path.read_text(encoding="utf-8"))
            )
            for path in paths
        }

    @cached_property
    def nodes(self) -> list[tuple[ast.AST, Scope]]:
        """Every node of every file with where it stands."""
        return [found for file in self.files.values() for found in walk(file.tree, Scope(file))]

    @cached_property
    def calls(self) -> list[tuple[ast.Call, Scope]]:
        """Every call of every file with where it stands."""
        return [(node, scope) for node, scope in self.nodes if isinstance(node, ast.Call)]

    def named(self, name: str, scope: Scope) -> Found | None:
        """Find what a name stands for at the level of modules; None for what is local, or of a library."""
        return self._in_module(scope.file, name)

    def meant(self, expression: ast.expr, scope: Scope) -> Found | None:
        """Find what a name, `module.name` or `self.method` stands for."""
        if isinstance(expression, ast.Name):
            return self.named(expression.id, scope)
        if not isinstance(expression, ast.Attribute) or not isinstance(expression.value, ast.Name):
            return None
        if expression.value.id in ("self", "cls") and scope.owner is not None:
            return self.member(scope.owner, expression.attr, Scope(scope.file))
        module, name = scope.file.imports.get(expression.value.id, ("", ""))
        file = self.files.get(f"{module}.{name}" if name else module)
        return self._in_module(file, expression.attr) if file is not None else None

    def member(self, owner: ast.ClassDef, name: str, scope: Scope) -> Found | None:
        """Find a method of a class or of the classes that it is made from."""
        for node in owner.body:
            if isinstance(node, Function) and node.name == name:
                return Found(node, scope.inside(owner))
        bases = (self.meant(base, scope) for base in owner.bases)
        known = ((base.node, base.scope) for base in bases if base is not None and isinstance(base.node, ast.ClassDef))
        return next((found for node, where in known if (found := self.member(node, name, where))), None)

    def derived(self, node: ast.ClassDef, scope: Scope, ancestors: frozenset[str]) -> bool:
        """True where a class is one of some names, or is made from one."""
        if node.name in ancestors:
            return True
        bases = (self.meant(base, scope) for base in node.bases)
        return any(
            isinstance(base.node, ast.ClassDef) and self.derived(base.node, base.scope, ancestors)
            for base in bases
            if base is not None
        )

    def _in_module(self, file: SourceFile, name: str) -> Found | None:
        for _ in range(len(self.files)):
            if name in file.names:
                return Found(file.names[name], Scope(file))
            module, imported = file.imports.get(name, ("", ""))
            if not imported or module not in self.files:
                return None
            file, name = self.files[module], imported
        return None


def walk(node: ast.AST, scope: Scope) -> Iterator[tuple[ast.AST, Scope]]:
    """Give a node and all nodes inside it, each with where it stands."""
    waiting = [(node, scope)]
    while waiting:
        node, scope = waiting.pop()
        yield node, scope
        inner = scope.inside(node) if isinstance(node, ast.ClassDef | Function | ast.Lambda) else scope
        waiting += [(child, inner) for child in ast.iter_child_nodes(node) if child._fields]
