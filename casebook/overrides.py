"""Overrides: proposed by one person, confirmed by another, kept for the company until their day."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa

from admission.approval.rounds import ROUNDS_A_DAY, RoundOpening
from admission.assessment.overrides import check_confirmation
from admission.assessment.record import Override
from admission.errors import NotFound
from admission.model import Text
from admission.separation import Duty, check_independent
from casebook.database import documents, tables
from casebook.database.case_rows import locked_case
from casebook.database.store import Store
from casebook.people import acting_person_named
from casebook.rounds import open_round_in, refusals_noted

_table = tables.overrides


class Overrides:
    """The overrides of all companies."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def propose(self, override: Override) -> None:
        """Keep a proposal; it counts once another person confirms it.

        Raises:
            NotAllowed: the person asked for this customer, or was shut out.
            NotFound: no such case.
        """
        text, sha256 = documents.written(override)
        act = "override.refused"
        with refusals_noted(self._store, act, override.case, override.by), self._store.write() as transaction:
            case = locked_case(transaction, override.case)
            acting_person_named(transaction.connection, override.by)
            check_independent(Duty.PROPOSE_OVERRIDE, override.by, case.requester, case=override.case)
            row = {
                "case_ref": override.case,
                "company_key": override.company_key,
                "criterion": override.criterion,
                "proposed_by": override.by,
                "document": text,
                "sha256": sha256,
            }
            transaction.add(_table, row)
            detail = {"criterion": override.criterion, "until": str(override.until), "sha256": sha256}
            transaction.event(override.by, "override.proposed", override.case, detail)

    def confirm(
        self, reference: str, criterion: str, username: str, on: date, *, most: int = ROUNDS_A_DAY
    ) -> RoundOpening:
        """Confirm the newest proposal on a criterion of a case; it counts from now on and opens the next round.

        Args:
            reference: of the case in which it was proposed.
            criterion: id of the criterion.
            username: who confirms.
            on: today.
            most: how many rounds of a case one person may open in a day.

        Raises:
            NotFound: nothing was proposed, or it is over.
            NotAllowed: the person proposed it, asked for the customer, or was shut out.
            Conflict: the case is decided.
        """
        act = "override.refused"
        with refusals_noted(self._store, act, reference, username), self._store.write() as transaction:
            case = locked_case(transaction, reference)
            proposed = _table.c.case_ref == reference, _table.c.criterion == criterion, _table.c.confirmed_by.is_(None)
            newest = sa.select(_table).where(*proposed).order_by(_table.c.id.desc()).limit(1)
            row = transaction.connection.execute(newest).one_or_none()
            override = None if row is None else _override_of(row)
            if row is None or override is None or override.until < on:
                raise NotFound(
                    Text(
                        en="No override of this criterion waits for a second signature.",
                        zh="该准入标准没有待第二人签署的例外批准。",
                    ),
                    context={"case": reference, "criterion": criterion[:80]},
                )
            acting_person_named(transaction.connection, username)
            check_confirmation(override, username, case.requester)
            transaction.change(_table, {"id": row.id}, confirmed_by=username, confirmed_at=transaction.now)
            detail = {"criterion": criterion, "until": str(override.until), "proposed_by": override.by}
            transaction.event(username, "override.confirmed", reference, detail)
            reason = f"{criterion}, {override.until}: {override.reason}"
            return open_round_in(transaction, case, "override", reason, username, most=most)

    def of(self, company_key: str) -> list[Override]:
        """Return all overrides of a company, oldest first, whether confirmed or not."""
        chosen = sa.select(_table).where(_table.c.company_key == company_key).order_by(_table.c.id)
        with self._store.read() as connection:
            return [_override_of(row) for row in connection.execute(chosen)]


def _override_of(row: sa.Row[Any]) -> Override:
    override = documents.read(Override, row.document, row.sha256, row.case_ref)
    return override.model_copy(update={"confirmed_by": row.confirmed_by, "confirmed_at": row.confirmed_at})
