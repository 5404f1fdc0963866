"""Policies that tests write to a folder: the shipped one with something changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from tests.conftest import ROOT

# What the shipped policy asks of a review and no source answers yet.
OWN_LEDGER = ("own_overdue", "bounced_payment")


def shipped_policy() -> dict[str, Any]:
    """Return the shipped policy as it is written."""
    document = yaml.safe_load((ROOT / "policies" / "default.yaml").read_text(encoding="utf-8"))
    assert isinstance(document, dict)
    return document


def with_own_ledger_outside(document: dict[str, Any]) -> dict[str, Any]:
    """Return a policy whose house looks at its own ledger elsewhere: the system is not asked, and memos say so."""
    outside = [
        *document["outside"],
        {"id": "own_ledger", "text": {"en": "Our ledger is looked at elsewhere", "zh": "我方账款另行核对"}},
    ]
    criteria = [item for item in document["criteria"] if item["id"] not in OWN_LEDGER]
    return {**document, "criteria": criteria, "outside": outside}


def written(folder: Path, document: dict[str, Any], name: str = "policy") -> Path:
    """Write a policy to a folder; return the file."""
    path = folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    return path
