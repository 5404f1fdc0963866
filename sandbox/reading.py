"""Reads the sandbox's own YAML files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

# The C parser where there is one: all stories take a tenth of the time.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path: Path) -> Any:
    """Return what a YAML file holds.

    Raises:
        OSError: it cannot be opened.
        UnicodeDecodeError: it is not text.
        yaml.YAMLError: it is no YAML.
    """
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - either is the safe one
