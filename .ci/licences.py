"""Check the licences of everything a default installation brings: no GPL, nothing non-commercial, nothing unknown.

Walks the installed metadata from `gatehouse` on, extras left out. Exit status 1 names what is not allowed.
"""

from __future__ import annotations

import re
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution

from packaging.requirements import Requirement

REFUSED = re.compile(
    r"(?<!L)(?<!Lesser )\b(GPL|AGPL|GNU (Affero )?General Public)|non-?commercial|CC-BY-NC|SSPL|BUSL", re.IGNORECASE
)
# Two licences to choose from: the permissive one is taken.
CHOICES = {"text-unidecode": "Artistic-1.0 (or GPL): the Artistic licence is taken"}


def default_dependencies(root: str) -> dict[str, Distribution]:
    """Return all distributions that installing `root` without extras brings."""
    found: dict[str, Distribution] = {}
    waiting = [(root, frozenset[str]())]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        name, extras = waiting.pop()
        key = re.sub(r"[-_.]+", "-", name).lower()
        if (key, extras) in seen:
            continue
        seen.add((key, extras))
        try:
            found[key] = distribution(name)
        except PackageNotFoundError:
            sys.exit(f"{name} is not installed: run `make install` first")
        for text in found[key].requires or ():
            requirement = Requirement(text)
            marker = requirement.marker
            if marker is None or any(marker.evaluate({"extra": extra}) for extra in extras | {""}):
                waiting.append((requirement.name, frozenset(requirement.extras)))
    del found[root]
    return found


def licence(package: Distribution) -> str:
    """Return what a package's metadata says of its licence."""
    meta = package.metadata
    expression = meta.get("License-Expression")
    if expression:
        return expression
    classified = [line.rpartition(" :: ")[2] for line in meta.get_all("Classifier") or () if line.startswith("License")]
    return "; ".join(classified) or (meta.get("License") or "").split("\n", 1)[0]


def main() -> None:
    """Print every package with its licence and fail on those that are not allowed."""
    bad = []
    for name, package in sorted(default_dependencies("gatehouse").items()):
        said = CHOICES.get(name) or licence(package)
        print(f"{name:<32} {said}")
        if name not in CHOICES and (not said or REFUSED.search(said)):
            bad.append(f"{name} ({said or 'unknown'})")
    if bad:
        sys.exit(f"not allowed among the default dependencies: {', '.join(bad)}")


main()
