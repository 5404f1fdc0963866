"""Policy files for tests: the shipped one, with changes, and an approval matrix that a few people can fill."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path
from typing import Any

import yaml

from admission.people import Person
from tests.admission.build import policy_document
from tests.casebook.build import PASSWORD
from wiring import House

PEOPLE = (
    Person(username="rita", name="Rita Invented", department="credit", roles=("risk_manager",)),
    Person(username="max", name="Max Invented", department="management", roles=("president",)),
)


def document(version: str = "2026.2", since: str = "2026-11-01", **changes: Any) -> dict[str, Any]:
    written = policy_document()
    stage = {"name": "review", "title": {"en": "Credit", "zh": "信用"}, "require": {"department": "credit"}}
    for segment in written["segments"].values():
        segment.pop("bands", None)
    written["approval"]["bands"] = [{"name": "all", "committee": True, "stages": [stage]}]
    for segment in written["segments"].values():
        segment.pop("bands", None)
    return {**written, "version": version, "effective_from": since, **changes}


def policy_file(folder: Path, version: str = "2026.2", since: str = "2026-11-01", **changes: Any) -> Path:
    """Write a policy, with a comment that only its text has."""
    path = folder / f"policy-{version}.yaml"
    text = yaml.safe_dump(document(version, since, **changes), allow_unicode=True, sort_keys=False)
    path.write_text(f"# {version}, as the risk manager wrote it\n{text}", encoding="utf-8")
    return path


def with_people(house: House) -> House:
    """Add who may propose and who may publish."""
    for person in PEOPLE:
        house.casebook.people.add(person, PASSWORD)
    return house


def only_grade_a(**grade: Any) -> dict[str, Any]:
    """Changes by which hardly anybody gets a good grade."""
    grades = document()["grades"]
    for place, bound in enumerate(("99", "98", "97", "96")):
        grades[place] = {**grades[place], "at_least": bound, **grade}
    return {"grades": grades}


def in_a_format_of_old(house: House, version: str = "2020.1") -> int:
    """Put a published version into the casebook whose format nothing can read any more."""
    text = '{"rules":[]}'
    with sqlite3.connect(house.settings.folder / "casebook.sqlite") as connection:
        at = house.clock().isoformat(timespec="microseconds")
        values = ("default", version, "2020-01-01", text, hashlib.sha256(text.encode()).hexdigest(), "rules: []\n")
        cursor = connection.execute(
            "INSERT INTO policy_versions (name, version, effective_from, document, sha256, text, proposed_by, "
            "proposed_at, published_by, published_at) VALUES (?, ?, ?, ?, ?, ?, 'rita', ?, 'max', ?)",
            (*values, at, at),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid
