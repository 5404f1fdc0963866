from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from admission.errors import Conflict
from admission.model import canonical_json, digest
from casebook import Casebook
from tests.casebook.build import HandClock, opened

RunSql = Callable[[str], list[Any]]


def test_events_are_numbered_without_gaps_and_read_back(casebook: Casebook, clock: HandClock) -> None:
    start = casebook.history.tail(1)[0].seq
    case = opened(casebook)
    clock.forward(timedelta(microseconds=1))
    casebook.history.add("bo", "memo.read", case.reference, {"page": "1", "语言": "zh"})
    casebook.history.add("system", "worker.started", None, {})
    told = casebook.history.tail(3)
    assert [event.seq for event in told] == [start + 1, start + 2, start + 3]
    assert (told[1].actor, told[1].act, told[1].case) == ("bo", "memo.read", case.reference)
    assert (told[1].at, told[1].detail) == (clock.now, {"page": "1", "语言": "zh"})
    assert casebook.history.of(case.reference) == told[:2]
    assert len(casebook.history.tail(1000)) == start + 3


def test_each_event_carries_the_fingerprint_of_its_canonical_form(casebook: Casebook, run_sql: RunSql) -> None:
    casebook.history.add("bo", "memo.read", None, {"b": "2", "a": "1"})
    events = casebook.history.tail(100)
    stored = run_sql("SELECT seq, detail, content, prev, key_id, sha256 FROM history ORDER BY seq")
    assert [row.detail for row in stored] == [canonical_json(event.detail) for event in events]
    assert [row.sha256 for row in stored] == [
        digest(
            {
                **event.model_dump(mode="json", exclude={"at"}),
                "at": event.at.isoformat(timespec="microseconds"),
                "content": json.loads(row.content),
                "prev": row.prev,
                "key": row.key_id,
            }
        )
        for row, event in zip(stored, events, strict=True)
    ]
    assert [row.prev for row in stored] == ["0" * 64, *(row.sha256 for row in stored[:-1])]


def test_an_event_that_cannot_be_written_leaves_no_gap(casebook: Casebook) -> None:
    before = casebook.history.tail(1)[0].seq
    with pytest.raises(Conflict) as caught:
        casebook.history.add("bo", "memo.read", "GH-2026-999999", {"text": "Private Person"})
    assert "Private" not in str(caught.value)
    casebook.history.add("bo", "memo.read", None, {})
    assert casebook.history.tail(1)[0].seq == before + 1
