"""Can what is sealed be opened, and is what was erased erased: each in one plain line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from admission.errors import GatehouseError
from admission.model import Record
from casebook.database.binding import BoundRow
from casebook.database.erasure_tables import PERSONAL, ErasureKind, case_keys, erasures
from casebook.database.sealing import MARK, case_of_sealed, is_lost, opened
from casebook.proof.flaws import Flaw, named


class ErasedBy(Record):
    """How many cases one rule erased, and what of them."""

    kind: ErasureKind
    rule: str
    cases: int


class Seals:
    """Holds the sealed texts of rows, and what was erased, against the rows of `erasures`.

    Args:
        connection: of the transaction that reads the rows.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        rows = connection.execute(sa.select(erasures).order_by(erasures.c.kind, erasures.c.rule)).all()
        self._erased = {(row.case_ref, row.kind) for row in rows}
        self._counts = Counter((row.kind, row.rule) for row in rows)
        self._keyless: set[str] = set()

    def erased(self, case: str | None, kind: ErasureKind) -> bool:
        """True where a rule erased this of a case."""
        return (case, kind) in self._erased

    @property
    def summary(self) -> tuple[ErasedBy, ...]:
        """How many cases each rule erased."""
        return tuple(ErasedBy(kind=kind, rule=rule, cases=count) for (kind, rule), count in self._counts.items())

    def flaws_of(self, bound: BoundRow) -> Iterator[Flaw]:
        """Name a row whose sealed texts cannot be opened, though no rule erased them; a lost key once a case."""
        for value in bound.values.values():
            if not isinstance(value, str) or not value.startswith(MARK):
                continue
            case = case_of_sealed(value)
            try:
                lost = is_lost(value)
                opened(value)
            except GatehouseError:
                yield Flaw(kind="seal.broken", where=named(str(bound.row)))
                return
            if lost and not self.erased(case, PERSONAL) and case not in self._keyless:
                self._keyless.add(case)
                yield Flaw(kind="key.missing", where=named(f"case {case}"))

    def undone(self) -> Iterator[Flaw]:
        """Name the cases that were erased and have a key nevertheless."""
        chosen = (
            sa.select(case_keys.c.case_ref)
            .join(erasures, erasures.c.case_ref == case_keys.c.case_ref)
            .where(erasures.c.kind == PERSONAL)
            .order_by(case_keys.c.case_ref)
        )
        for reference in self._connection.execute(chosen).scalars():
            yield Flaw(kind="erasure.undone", where=named(f"case {reference}"))
