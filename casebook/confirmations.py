"""Second signatures: under what a person put on a case, and under rulings that clear a list entry."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from admission.approval.rounds import ROUNDS_A_DAY, RoundOpening
from admission.cases import Case, CaseStatus
from admission.errors import Conflict, NotFound
from admission.evidence.answers import Evidence
from admission.evidence.watchlists import Ruling
from admission.model import Text, canonical_json
from admission.separation import Duty, check_independent, check_second
from admission.transitions import DECISION_OPEN
from casebook.database import documents, tables
from casebook.database.case_rows import case_of, cases_with_decision, check_unheld, is_settled, locked_case
from casebook.database.store import Store, Transaction
from casebook.outbox import put_wake
from casebook.people import acting_person_named
from casebook.rounds import open_round_in, refusals_noted
from casebook.watchlists import rulings_in, second_signature

_cases, _confirmations, _evidence, _rulings = tables.cases, tables.confirmations, tables.evidence, tables.rulings
REFUSED = "confirmation.refused"


class Confirmations:
    """The second signatures of all cases."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, reference: str, round_number: int) -> dict[str, str]:
        """Return who confirmed what of a case's evidence, by its id, as it counts in a round."""
        c = _confirmations.c
        chosen = sa.select(c.subject, c.confirmed_by).where(
            c.case_ref == reference, c.kind == "evidence", c.round <= round_number
        )
        with self._store.read() as connection:
            return {row.subject: row.confirmed_by for row in connection.execute(chosen)}

    def waiting(self, username: str) -> list[Case]:
        """Return the open cases on which something of others waits for a confirmation, oldest first.

        Args:
            username: who could confirm; what this person put there, and their own requests, are left out.
        """
        signed = sa.exists().where(
            _confirmations.c.case_ref == _evidence.c.case_ref,
            _confirmations.c.kind == "evidence",
            _confirmations.c.subject == _evidence.c.id,
        )
        brought = sa.or_(_evidence.c.brought_by.is_not(None), _says(_evidence.c.document, '"brought_by":"'))
        mine = sa.or_(
            sa.func.coalesce(_evidence.c.brought_by, "") == username,
            _says(_evidence.c.document, canonical_json({"brought_by": username})[1:-1]),
        )
        of_others = sa.exists().where(
            _evidence.c.case_ref == _cases.c.reference,
            _evidence.c.round == _cases.c.round,
            brought,
            sa.not_(mine),
            sa.not_(signed),
        )
        return self._open_cases(username, of_others)

    def rulings_waiting(self, username: str) -> list[Case]:
        """Return the open cases with a ruling of others that waits for its second signature, oldest first."""
        signed = sa.exists().where(second_signature())
        two_sign = sa.or_(
            sa.func.coalesce(_rulings.c.two_sign, sa.false()), _says(_rulings.c.document, '"two_sign":true')
        )
        of_others = sa.exists().where(
            _rulings.c.case_ref == _cases.c.reference, two_sign, _rulings.c.ruled_by != username, sa.not_(signed)
        )
        return self._open_cases(username, of_others)

    def _open_cases(self, username: str, waits: sa.ColumnElement[bool]) -> list[Case]:
        others = sa.or_(_cases.c.requester.is_(None), _cases.c.requester != username)
        chosen = cases_with_decision().where(_cases.c.status.in_(DECISION_OPEN), others, waits)
        with self._store.read() as connection:
            rows = connection.execute(chosen.order_by(_cases.c.opened_at, _cases.c.reference))
            return [case_of(row) for row in rows]

    def confirm(
        self, reference: str, ids: Sequence[str], username: str, *, most: int = ROUNDS_A_DAY
    ) -> RoundOpening | None:
        """Confirm what others put on a case, so that it counts for the company as what a source tells.

        While the facts of the case's round are open it counts in that round; later it opens the next one.

        Args:
            reference: of the case.
            ids: of the evidence.
            username: who confirms.
            most: how many rounds of a case one person may open in a day.

        Returns:
            The opening of the next round, where there was one.

        Raises:
            NotFound: no such case, or nothing of this id waits for a confirmation.
            NotAllowed: the person put it there, asked for the customer, or may change nothing.
            Conflict: the case is decided, or a run is gathering for it right now.
        """
        with refusals_noted(self._store, REFUSED, reference, username), self._store.write() as transaction:
            row = locked_case(transaction, reference)
            acting_person_named(transaction.connection, username)
            check_independent(Duty.CONFIRM_EVIDENCE, username, row.requester, case=reference)
            found = [_brought(transaction.connection, reference, identity) for identity in dict.fromkeys(ids)]
            for item in found:
                check_second(username, str(item.brought_by), case=reference)
            opening = None
            if row.status == CaseStatus.GATHERING and not is_settled(transaction, reference, row.round):
                check_unheld(transaction, row)
                put_wake(transaction, reference)
            else:
                reason = "; ".join(dict.fromkeys(item.source for item in found))
                opening = open_round_in(transaction, row, "confirmation", reason, username, most=most)
            for item in found:
                counts_from = opening.round if opening else row.round
                _sign(transaction, reference, "evidence", item.id, counts_from, username)
                detail = {"id": item.id, "source": item.source, "brought_by": str(item.brought_by)}
                transaction.event(username, "evidence.confirmed", reference, detail)
            return opening

    def confirm_ruling(self, reference: str, entry: str, username: str, *, most: int = ROUNDS_A_DAY) -> RoundOpening:
        """Put the second signature under the last ruling on an entry; it counts from now on and opens the next round.

        Args:
            reference: of the case in which it was ruled.
            entry: the list's number of the entry.
            username: who signs.
            most: how many rounds of a case one person may open in a day.

        Raises:
            NotFound: no such case, or no ruling on this entry waits for a second signature.
            NotAllowed: the person ruled, asked for the customer, or may change nothing.
            Conflict: the case is decided.
        """
        with refusals_noted(self._store, REFUSED, reference, username), self._store.write() as transaction:
            row = locked_case(transaction, reference)
            ruling = _unsigned(transaction.connection, row.company_key, reference, entry)
            acting_person_named(transaction.connection, username)
            check_independent(Duty.CONFIRM_RULING, username, row.requester, case=reference)
            check_second(username, ruling.by, case=reference)
            reason = f"{ruling.list_name} {entry}: {ruling.reason}"
            opening = open_round_in(transaction, row, "ruling", reason, username, most=most)
            _sign(transaction, reference, "ruling", str(ruling.number), opening.round, username)
            detail = {"list": ruling.list_name, "entry": entry, "ruled_by": ruling.by}
            transaction.event(username, "watchlist.ruling_confirmed", reference, detail)
            return opening


def _says(document: sa.Column[str], words: str) -> sa.ColumnElement[bool]:
    """Select rows by what their document says, where they are from before documents were sealed and had the column."""
    return sa.type_coerce(document, sa.Text).contains(words, autoescape=True)


def _brought(connection: Connection, reference: str, identity: str) -> Evidence:
    """Return evidence that a person put on a case and nobody has confirmed.

    Raises:
        NotFound: there is none of this id.
    """
    chosen = sa.select(_evidence).where(_evidence.c.case_ref == reference, _evidence.c.id == identity)
    row = connection.execute(chosen.order_by(_evidence.c.round).limit(1)).one_or_none()
    signed = sa.select(_confirmations.c.id).where(
        _confirmations.c.case_ref == reference,
        _confirmations.c.kind == "evidence",
        _confirmations.c.subject == identity,
    )
    item = None if row is None else documents.read(Evidence, row.document, row.sha256, row.case_ref)
    if item is None or item.brought_by is None or connection.execute(signed).first() is not None:
        raise NotFound(
            Text(en="Nothing of this number waits for a confirmation.", zh="没有该编号的待复核资料。"),
            context={"case": reference, "evidence": identity[:40]},
            remedy=Text(
                en=f"gatehouse evidence list {reference} shows what waits",
                zh=f"运行 gatehouse evidence list {reference} 查看待复核资料",
            ),
        )
    return item


def _unsigned(connection: Connection, company_key: str, reference: str, entry: str) -> Ruling:
    """Return the last ruling of a case on an entry, where it waits for its second signature.

    Raises:
        NotFound: it does not, or there is none.
    """
    made = [item for item in rulings_in(connection, company_key) if (item.case, item.entry) == (reference, entry)]
    if not made or made[-1].counts:
        raise NotFound(
            Text(en="No ruling on this entry waits for a second signature.", zh="该条目没有待第二人签署的裁定。"),
            context={"case": reference, "entry": entry[:40]},
        )
    return made[-1]


def _sign(transaction: Transaction, reference: str, kind: str, subject: str, round_number: int, username: str) -> None:
    row = {
        "case_ref": reference,
        "kind": kind,
        "subject": subject,
        "round": round_number,
        "confirmed_by": username,
        "confirmed_at": transaction.now,
    }
    if not transaction.insert_new(_confirmations, row):
        raise Conflict(Text(en="Somebody has confirmed this already.", zh="已有人复核。"), context={"case": reference})
