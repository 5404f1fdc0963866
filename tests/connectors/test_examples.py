"""Every connector's invented examples parse into their reviewed expected output."""

from __future__ import annotations

import importlib
import inspect
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import connectors
from admission.errors import GatehouseError
from admission.evidence.answers import Query, RawAnswer
from admission.evidence.sources import Connector
from admission.model import Record
from connectors.kit import Kit
from screening import CompanyMatcher

ROOM = Path(connectors.__file__).parent
CONNECTORS = sorted(path.parent.name for path in ROOM.glob("*/source.yml"))
CASES = sorted(ROOM.glob("*/examples/*.query.json"))
FETCHED = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
CONTENT_TYPES = {
    ".json": "application/json",
    ".html": "text/html; charset=utf-8",
    ".xml": "application/xml",
    ".csv": "text/csv",
    ".txt": "text/plain",
}


def connect(name: str) -> Connector:
    factory = importlib.import_module(f"connectors.{name}").connector
    # A watch list is handed the matcher too, as wiring does.
    more = {"matcher": CompanyMatcher()} if "matcher" in inspect.signature(factory).parameters else {}
    connector: Connector = factory(Kit(clock=lambda: FETCHED, contact="credit@example.org"), **more)
    return connector


def load(path: Path) -> tuple[Query, RawAnswer]:
    """Read one example: its question and the answer to it."""
    document = json.loads(path.read_text(encoding="utf-8"))
    stem = path.name.removesuffix(".query.json")
    (body,) = path.parent.glob(f"{stem}.raw.*")
    raw = RawAnswer(
        status=document.pop("status", 200),
        content_type=document.pop("content_type", CONTENT_TYPES[body.suffix]),
        body=body.read_bytes(),
        url=f"https://example.org/{stem}",
        fetched_at=FETCHED,
    )
    query = Query.model_validate(document.pop("query"))
    assert document == {}, f"{path.name}: unknown fields"
    return query, raw


def described(record: Record) -> dict[str, Any]:
    """A record as a reader wants to see it: what is set, and which table it is of."""
    table = {"table": record.table} if hasattr(record, "table") else {}
    return {**table, **record.model_dump(mode="json", exclude_defaults=True)}


def outcome(connector: Connector, query: Query, raw: RawAnswer) -> dict[str, Any]:
    """What a connector makes of an answer."""
    try:
        parsed = connector.parse(query, raw)
    except GatehouseError as error:
        told = {"message": described(error.message), "context": error.context, "remedy": described(error.remedy)}
        return {"error": type(error).__name__, **told}
    return {
        "answer": parsed.answer.value,
        "message": described(parsed.message) if parsed.message else None,
        "facts": [described(fact) for fact in parsed.facts],
        "leftover": list(parsed.leftover),
        "follow_up": [described(item) for item in connector.follow_up(query, parsed)],
    }


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parts[-3]}: {path.name.removesuffix('.query.json')}")
def test_an_example_parses_into_its_reviewed_output(path: Path) -> None:
    query, raw = load(path)
    found = outcome(connect(path.parts[-3]), query, raw)
    expected = path.with_name(path.name.replace(".query.json", ".expected.json"))
    if not expected.exists():
        expected.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        pytest.fail(f"{expected.name} was not there; it has been written: read it, and keep it if it is right")
    assert found == json.loads(expected.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", CONNECTORS)
def test_a_connector_has_an_example(name: str) -> None:
    assert [path for path in CASES if path.parts[-3] == name] != []


@pytest.mark.parametrize("name", CONNECTORS)
def test_an_example_leaves_nothing_unread(name: str) -> None:
    leftovers = {
        path.name: found["leftover"]
        for path in CASES
        if path.parts[-3] == name and (found := outcome(connect(name), *load(path))).get("leftover")
    }
    assert leftovers == {}


def test_every_body_and_every_expected_output_belongs_to_an_example() -> None:
    stems = {(path.parent, path.name.split(".")[0]) for path in CASES}
    stray = [path.name for path in ROOM.glob("*/examples/*") if (path.parent, path.name.split(".")[0]) not in stems]
    assert stray == []
