"""Put a mutant in the place of its module, in this process, before any test imports it."""

from __future__ import annotations

import ast
import importlib
import importlib.machinery
import importlib.util
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import CodeType, ModuleType

from benchmarks.mutants.mutant import Mutant

ROOT = Path(__file__).resolve().parents[2]
# Between them they import all rooms of the domain, and what those need of others.
LOADED_ONCE = (
    "tests.admission.build",
    "admission.governance.report",
    "admission.memo.memo",
    "admission.customers.renewal",
)


def load_once() -> None:
    """Load the domain in this process; each mutant's own has then only to load again what the change can touch."""
    for name in LOADED_ONCE:
        importlib.import_module(name)


def swap_in(mutant: Mutant) -> None:
    """Have the mutant imported instead of its module from now on.

    The module and all that import it, be it by others, are forgotten, so that nothing keeps what it had from the
    module as it is. All else that is loaded stays, which spares every mutant the loading of the whole domain.
    """
    for name in _users(mutant.module):
        del sys.modules[name]
        package, _, last = name.rpartition(".")
        # A package keeps its modules as attributes, and `from package import module` looks there first.
        vars(sys.modules.get(package, ast)).pop(last, None)
    sys.meta_path.insert(0, _Finder(mutant))


class _Loader(importlib.machinery.SourceFileLoader):
    """Loads one module from the text of its mutant."""

    def __init__(self, name: str, path: str, source: str) -> None:
        super().__init__(name, path)
        self._source = source

    def get_code(self, fullname: str) -> CodeType | None:  # noqa: ARG002 - the loader's signature
        code: CodeType = compile(self._source, self.path, "exec")
        return code


class _Finder(importlib.machinery.PathFinder):
    """Finds the module that is mutated before others find its file."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(  # type: ignore[override]  # a finder may be an object as well as a class
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002 - the finder's signature
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._mutant.module:
            return None
        file = str(ROOT / self._mutant.change.file)
        loader = _Loader(fullname, file, self._mutant.source)
        return importlib.util.spec_from_file_location(fullname, file, loader=loader)


def _users(module: str) -> set[str]:
    """Return the modules that are loaded and import a module, be it by others; and itself."""
    imports = {name: _imports(name) for name in sys.modules if _file_of(name) is not None}
    users, found = set[str](), {module} & set(imports)
    while found:
        users |= found
        found = {name for name, names in imports.items() if name not in users and not names.isdisjoint(found)}
    return users


@cache
def _imports(name: str) -> frozenset[str]:
    """Return the names of all that a module imports: of modules, of their packages, of what is taken from them."""
    file = _file_of(name)
    assert file is not None  # only ours are asked for
    tree = ast.parse(file.read_text(encoding="utf-8"))
    found = set(_packages(name))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {part for alias in node.names for part in (alias.name, *_packages(alias.name))}
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {node.module, *_packages(node.module)}
    return frozenset(found)


def _packages(name: str) -> Iterator[str]:
    while name := name.rpartition(".")[0]:
        yield name


def _file_of(name: str, loaded: Mapping[str, ModuleType] = sys.modules) -> Path | None:
    """Return the file of a module of the project that is loaded; None where it is somebody else's."""
    file = getattr(loaded[name], "__file__", None)
    if not isinstance(file, str):
        return None
    path = Path(file)
    return path if path.is_relative_to(ROOT) and ".venv" not in path.parts else None
