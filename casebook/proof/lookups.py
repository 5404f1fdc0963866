"""Holding the lookup tables against the documents that their rows follow from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from admission.errors import GatehouseError
from casebook.database.binding import RowKey
from casebook.database.lookups import Source, every_source
from casebook.proof.flaws import Flaw, named, rows_named

_SOME = 200


def lookup_flaws(connection: Connection) -> Iterator[Flaw]:
    """Name every document whose rows in a lookup table do not follow from it, and rows that follow from none."""
    for table, pages in every_source(connection):
        seen = 0
        for page in pages:
            for start in range(0, len(page), _SOME):
                some = page[start : start + _SOME]
                found = _rows_of(connection, table, some)
                seen += sum(len(rows) for rows in found.values())
                yield from (_flaw(source) for source in some if not _follows(source, found.get(source.key, [])))
        strays = connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() - seen
        if strays:
            yield Flaw(kind="lookup.wrong", where=rows_named(table.name, strays))


def _flaw(source: Source) -> Flaw:
    return Flaw(kind="lookup.wrong", where=named(str(RowKey(source.table.name, source.key))))


def _follows(source: Source, found: Sequence[dict[str, Any]]) -> bool:
    try:
        rows = source.rows()
    except (GatehouseError, ValueError, KeyError, TypeError):
        return True  # the document itself was changed, and is named for it
    return _in_order(rows) == _in_order(found)


def _in_order(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    return sorted(str(sorted(row.items())) for row in rows)


def _rows_of(
    connection: Connection, table: sa.Table, sources: Sequence[Source]
) -> dict[tuple[str | int, ...], list[dict[str, Any]]]:
    """Return the rows of a lookup table that belong to some documents."""
    if not sources:
        return {}
    key = list(table.primary_key)[: len(sources[0].key)]
    wanted = [source.key for source in sources]
    belongs = key[0].in_([one[0] for one in wanted]) if len(key) == 1 else sa.tuple_(*key).in_(wanted)
    found: dict[tuple[str | int, ...], list[dict[str, Any]]] = {}
    for row in connection.execute(sa.select(table).where(belongs)).mappings():
        values = {column.name: row[column.name] for column in table.c}
        found.setdefault(tuple(values[column.name] for column in key), []).append(values)
    return found
