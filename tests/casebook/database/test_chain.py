"""The chain under many writers, and casebooks that were made before there was one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alembic import command

from admission.errors import Conflict
from admission.model import canonical_json, digest
from casebook import Casebook
from casebook.database import schema
from casebook.database.chain import GENESIS
from casebook.database.store import Store
from tests.casebook.build import START, HandClock, application, opened
from tests.casebook.test_races import CROWD, at_once
from tests.conftest import ROOT

RunSql = Callable[[str], list[Any]]
WRITE_MANY = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from casebook import Casebook
book = Casebook.open(sys.argv[1], Path(sys.argv[2]), clock=lambda: datetime(2026, 11, 2, tzinfo=UTC))
print("ready", flush=True)
sys.stdin.readline()
for number in range(25):
    book.history.add(sys.argv[3], "memo.read", None, {"number": str(number)})
book.close()
"""


def flaws(book: Casebook) -> list[str]:
    return [flaw.line() for flaw in book.audit.verify(book.keys.all(), (), lambda _: None).flaws]


def links(run_sql: RunSql) -> list[tuple[int, str, str]]:
    rows = run_sql("SELECT seq, prev, sha256 FROM history ORDER BY seq")
    return [(row.seq, row.prev, row.sha256) for row in rows]


def test_twenty_threads_write_one_chain(casebook: Casebook, run_sql: RunSql) -> None:
    def act(number: int) -> None:
        for turn in range(5):
            casebook.history.add("bo", "memo.read", None, {"number": f"{number}.{turn}"})
        opened(casebook, f"Example {number} Ltd")

    before, _ = casebook.audit.end()
    at_once(act)
    chain = links(run_sql)
    assert [seq for seq, _, _ in chain] == list(range(1, before + CROWD * 6 + 1))
    assert [prev for _, prev, _ in chain] == [GENESIS, *(sha256 for _, _, sha256 in chain[:-1])]
    assert flaws(casebook) == []


def test_processes_write_one_chain_while_the_key_is_rotated(casebook: Casebook, url: str, blobs: Path) -> None:
    started = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", WRITE_MANY, url, str(blobs), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for name in ("bo", "cy", "max")
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    rotated = [casebook.keys.rotate("bo").id for _ in range(5)]
    ended = [process.communicate(timeout=60) for process in started]
    assert [(process.returncode, error) for process, (_, error) in zip(started, ended, strict=True)] == [(0, "")] * 3
    assert [event.detail["key"] for event in casebook.history.tail(200) if event.act == "key.rotated"] == rotated
    assert [event.act for event in casebook.history.tail(200)].count("memo.read") == 75
    assert flaws(casebook) == []


def test_of_many_rotations_at_once_each_follows_another_or_is_refused(casebook: Casebook) -> None:
    def act(_: int) -> str:
        try:
            return casebook.keys.rotate("bo").id
        except Conflict:
            return ""

    made = [name for name in at_once(act) if name]
    keys = casebook.keys.all()
    assert len(keys) == 1 + len(made)
    assert [key.id for key in keys if key.valid_until is None] == [casebook.keys.check()]
    assert flaws(casebook) == []


@pytest.fixture
def old_url(empty_url: str) -> str:
    """A casebook as the first version made it, with one case."""
    if empty_url.startswith("sqlite"):
        Path(empty_url.removeprefix("sqlite:///")).parent.mkdir(parents=True)
    store = Store(empty_url, HandClock())
    text = canonical_json(application().model_dump(mode="json"))
    at = START.isoformat(timespec="microseconds")
    with store.engine.begin() as connection:
        command.upgrade(schema.alembic_config(connection), "0001")
        execute = connection.exec_driver_sql
        execute(
            "INSERT INTO people (username, name, department, roles, language, active, password, added_at) "
            f"VALUES ('ana', 'Ana', 'sales', '[]', 'en', (1 = 1), 'none', '{at}')"
        )
        execute("INSERT INTO meta (name, value) VALUES ('demo', 'false')")
        execute(
            "INSERT INTO cases (reference, kind, status, round, company_key, application, application_sha256, "
            "requester, channel, opened_at, version) VALUES ('GH-2026-000001', 'onboarding', 'gathering', 1, "
            f"'{application().subject.company_key}', '{text}', '{digest(application().model_dump(mode='json'))}', "
            f"'ana', 'desk', '{at}', 0)"
        )
        for seq, act, case in ((1, "casebook.created", "NULL"), (2, "case.opened", "'GH-2026-000001'")):
            execute(
                "INSERT INTO history (seq, at, actor, act, case_ref, detail, sha256) "
                f"VALUES ({seq}, '{at}', 'system', '{act}', {case}, '{{}}', '{'0' * 64}')"
            )
        execute("UPDATE counters SET value = 2 WHERE name = 'history'")
    store.close()
    return empty_url


def test_a_casebook_of_the_first_version_is_chained_and_says_so(old_url: str, blobs: Path) -> None:
    book = Casebook.open(old_url, blobs, clock=HandClock())
    book.create()
    book.create()
    assert [event.act for event in book.history.tail(10)] == [
        "casebook.created",
        "case.opened",
        "content.bound",
        "chain.started",
    ]
    started = book.history.tail(1)[0]
    (key,) = book.keys.all()
    assert started.detail == {
        "schema": schema.HEAD,
        "events_before": "2",
        "credentials": "bound",
        "key": key.id,
        "public_key": key.public,
    }
    assert book.cases.get("GH-2026-000001").application == application()
    book.history.add("ana", "memo.read", "GH-2026-000001", {})
    assert flaws(book) == []
    book.close()


def test_what_is_changed_after_the_upgrade_is_found(old_url: str, blobs: Path) -> None:
    book = Casebook.open(old_url, blobs, clock=HandClock())
    book.create()
    store = Store(old_url, HandClock())
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE people SET department = 'finance'")
    with pytest.raises(Conflict, match="refuses this change"), store.write() as transaction:
        transaction.connection.exec_driver_sql("UPDATE history SET actor = 'ana'")
    store.close()
    assert [line.partition(" is ")[0] for line in flaws(book)] == ["people ana"]
    book.close()


def test_pins_and_keys_cannot_be_changed_or_removed(casebook: Casebook) -> None:
    casebook.pins.keep("rates", digest([]), "[]")
    store = casebook._store
    for change in (
        "UPDATE pins SET document = ''",
        "DELETE FROM pins",
        "DELETE FROM keys",
        "UPDATE keys SET public = ''",
    ):
        with pytest.raises(Conflict), store.write() as transaction:
            transaction.connection.exec_driver_sql(change)
    assert casebook.pins.document("rates", digest([])) == "[]"
