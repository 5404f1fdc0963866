"""The keys of cases, read and made within an open transaction, and rows sealed with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from admission.errors import Conflict
from admission.model import Text
from casebook.database.binding import CASE_COLUMNS
from casebook.database.erasure_tables import PERSONAL, case_keys, erasures
from casebook.database.inserting import insert_new_of
from casebook.database.sealing import MARK, Readable, key_bytes, key_text, new_key, sealed, sealed_columns

# From the second on, keys are read together with those of the cases beside: lists read many cases, in the order of
# their references.
_BESIDE = 2
# Made once: making a statement takes as long as asking it.
_KEY = sa.select(case_keys).where(case_keys.c.case_ref == sa.bindparam("case"))
_KEYS_BETWEEN = sa.select(case_keys).where(
    case_keys.c.case_ref >= sa.bindparam("first"), case_keys.c.case_ref < sa.bindparam("last")
)


class CaseKeys:
    """The keys of cases as one connection sees them; each is read once.

    Args:
        connection: of the open transaction.
        engine: asked instead, where rows are still read after that transaction has ended.
    """

    def __init__(self, connection: Connection, engine: Engine) -> None:
        self._connection = connection
        self._engine = engine
        self._known: dict[str, str | None] = {}

    def key_of(self, case: str) -> bytes | None:
        """Return the key of a case; None where it was destroyed, or there never was one.

        Raises:
            ValueError: what is stored is no key.
        """
        if case not in self._known:
            self._read_beside(case)
        text = self._known[case]
        return None if text is None else key_bytes(text)

    def made_for(self, case: str) -> bytes:
        """Return the key of a case that is written to, made where it has none yet.

        Raises:
            Conflict: the case was erased.
        """
        known = self.key_of(case)
        if known is not None:
            return known
        gone = sa.select(erasures.c.rule).where(erasures.c.case_ref == case, erasures.c.kind == PERSONAL)
        if self._connection.execute(gone).first() is not None:
            raise Conflict(
                Text(en="This case was erased; nothing can be added to it.", zh="该申请单已删除个人信息，不能再写入。"),
                context={"case": case},
            )
        made = {"case_ref": case, "key": key_text(new_key())}
        self._connection.execute(insert_new_of(self._connection, case_keys), made)
        del self._known[case]
        key = self.key_of(case)
        assert key is not None  # noqa: S101 - it was written in this transaction, or before
        return key

    def make_new(self, cases: Sequence[str]) -> None:
        """Make the keys of many cases that have just been opened, in one statement."""
        made = {case: key_text(new_key()) for case in cases}
        rows = [{"case_ref": case, "key": key} for case, key in made.items()]
        self._connection.execute(sa.insert(case_keys), rows)
        self._known.update(made)

    def forget(self, case: str) -> None:
        """Take a key out of memory that has been destroyed."""
        self._known.pop(case, None)

    def _read_beside(self, case: str) -> None:
        beside = case[:-_BESIDE]
        chosen = _KEYS_BETWEEN if self._known else _KEY
        given = {"first": beside, "last": f"{beside}:"} if self._known else {"case": case}
        if self._connection.closed:
            with self._engine.connect() as connection:
                rows = connection.execute(chosen, given).all()
        else:
            rows = self._connection.execute(chosen, given).all()
        self._known.setdefault(case, None)
        self._known.update((row.case_ref, row.key) for row in rows)


def under_seal(table: sa.Table, row: Mapping[str, Any], key_for: Callable[[str], bytes]) -> dict[str, Any]:
    """Return a row as it is written: what is personal in it sealed with the key of its case."""
    written = dict(row)
    for name in sealed_columns(table):
        text = written.get(name)
        if isinstance(text, str) and not isinstance(text, Readable) and not text.startswith(MARK):
            case = str(written[CASE_COLUMNS.get(table.name, "case_ref")])
            written[name] = sealed(text, case, key_for(case))
    return written
