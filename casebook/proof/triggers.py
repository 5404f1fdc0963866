"""The triggers that keep a casebook from being changed, held against those that the migrations make.

What they are is in `triggers.json`, for both databases, written by `python -m casebook.proof.triggers URL`.
"""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from admission.model import Text, digest
from casebook.database.store import Store
from casebook.proof.flaws import Flaw

FILE = "triggers.json"
# tgenabled is 'O' unless somebody switched the trigger off; the source of the function counts as the trigger does.
_POSTGRESQL = """
SELECT t.tgname AS name, c.relname AS on_table, t.tgtype AS kind, t.tgenabled AS enabled,
       CASE WHEN t.tgqual IS NOT NULL THEN pg_get_triggerdef(t.oid) END AS condition,
       p.proname AS function, p.prosrc AS source
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace
"""
_SQLITE = "SELECT name, tbl_name AS on_table, sql FROM sqlite_master WHERE type = 'trigger'"


def triggers_in(connection: Connection) -> dict[str, str]:
    """Return the triggers that stand in a database: a fingerprint of what each does, by table and name.

    On Postgres a trigger that is switched off is not there.
    """
    postgresql = connection.dialect.name == "postgresql"
    rows = connection.execute(sa.text(_POSTGRESQL if postgresql else _SQLITE)).mappings()
    found = {}
    for row in rows:
        if postgresql and row["enabled"] not in ("O", "A"):
            continue
        does = {name: value for name, value in row.items() if name not in ("name", "enabled")}
        found[f"{row['on_table']}.{row['name']}"] = digest(does)
    return found


def expected_triggers(dialect: str) -> Mapping[str, str]:
    """Return the triggers that the migrations make on this database."""
    return _expected()[dialect]


@functools.cache
def _expected() -> Mapping[str, Mapping[str, str]]:
    made: Mapping[str, Mapping[str, str]] = json.loads(files("casebook.proof").joinpath(FILE).read_text("utf-8"))
    return made


def trigger_flaws(connection: Connection) -> Iterator[Flaw]:
    """Name every trigger that is missing, changed, or none of the house's."""
    found, expected = triggers_in(connection), expected_triggers(connection.dialect.name)
    for name in sorted({*found, *expected}):
        where = Text(en=f"trigger {name}", zh=f"触发器 {name}")
        if name not in found:
            yield Flaw(kind="trigger.missing", where=where)
        elif name not in expected:
            yield Flaw(kind="trigger.added", where=where)
        elif found[name] != expected[name]:
            yield Flaw(kind="trigger.changed", where=where)


def main(url: str) -> None:
    """Write down the triggers of a casebook that was just made, for its kind of database."""
    store = Store(url, lambda: datetime.now(UTC))
    with store.read() as connection:
        made = {**_expected(), connection.dialect.name: triggers_in(connection)}
    store.close()
    text = json.dumps(made, indent=1, sort_keys=True) + "\n"
    Path(__file__).with_name(FILE).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
