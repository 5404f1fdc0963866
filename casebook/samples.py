"""The machine's decisions that people look at afterwards: drawn as they are made, looked at once, re-openable."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from admission.application import Application
from admission.approval.rounds import ROUNDS_A_DAY
from admission.approval.sampling import (
    BY_MACHINE,
    Draw,
    Look,
    LookVerdict,
    Sampled,
    Seed,
    is_drawn,
    number_of,
    quarter_of,
)
from admission.cases import CaseKind, Decision
from admission.errors import BadInput, Conflict, NotFound, Problem
from admission.free_text import check_plain
from admission.lengths import characters_between
from admission.model import Text
from admission.separation import Duty, check_independent
from admission.transitions import CaseAct
from casebook.customers import customer_in
from casebook.database import documents, tables
from casebook.database.case_rows import CaseRequest, check_act, lock_opening, locked_case
from casebook.database.store import SYSTEM, Store, Transaction
from casebook.opening import open_case_in, open_case_of
from casebook.outbox import put_wake
from casebook.people import acting_person_named
from casebook.rounds import LONGEST_REASON, open_round_in, refusals_noted

CHANNEL = "look"
_samples, _looks, _seeds, _cases = tables.samples, tables.looks, tables.sample_seeds, tables.cases


def draw_in(transaction: Transaction, row: sa.Row[Any], decision: Decision, share: Decimal) -> None:
    """Draw whether a person is to look at a decision that is being written; nothing where the share is 0.

    Args:
        transaction: in which the decision is written, so that there is none without its draw.
        row: of the case, locked.
        decision: the machine's.
        share: of the decisions that are drawn.
    """
    if share == 0 or decision.decided_by not in BY_MACHINE:
        return
    quarter = quarter_of(transaction.now)
    seed = _seed_of(transaction, quarter)
    number = number_of(seed, row.reference, row.round)
    draw = Draw(
        case=row.reference,
        round=row.round,
        decided_by=decision.decided_by,
        quarter=quarter,
        seed_sha256=_fingerprint(seed),
        share=share,
        number=number,
        drawn=is_drawn(number, share),
        at=transaction.now,
    )
    text, sha256 = documents.written(draw)
    kept = {"case_ref": draw.case, "round": draw.round, "drawn": draw.drawn, "document": text, "sha256": sha256}
    transaction.add(_samples, kept)
    detail = {"round": str(draw.round), "quarter": quarter, "share": str(share), "number": number}
    transaction.event(SYSTEM, "sample.drawn" if draw.drawn else "sample.not_drawn", draw.case, detail)


def _seed_of(transaction: Transaction, quarter: str) -> str:
    """Return the seed of a quarter, made at its first draw; two first draws at once agree on one."""
    fresh = {"quarter": quarter, "seed": secrets.token_hex(32), "made_at": transaction.now}
    chosen = sa.select(_seeds.c.seed).where(_seeds.c.quarter == quarter)
    known = transaction.connection.execute(chosen).scalar_one_or_none()
    if known is None and transaction.insert_new(_seeds, fresh):
        detail = {"quarter": quarter, "sha256": _fingerprint(fresh["seed"])}
        transaction.event(SYSTEM, "sample.seed_made", detail=detail)
    return str(transaction.connection.execute(chosen).scalar_one())


def _fingerprint(seed: object) -> str:
    return hashlib.sha256(str(seed).encode()).hexdigest()


class Samples:
    """Draws and looks."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, reference: str, round_number: int) -> Sampled | None:
        """Return what was drawn for the decision of a round and what was said of it; None where nothing was drawn."""
        with self._store.read() as connection:
            found = _read(connection, sa.and_(_samples.c.case_ref == reference, _samples.c.round == round_number))
        return found[0] if found else None

    def all(self, *, drawn_only: bool = True, newest: int = 200) -> list[Sampled]:
        """Return decisions of the machine with draw and look, newest first; those that were not drawn too if asked."""
        chosen = _samples.c.drawn if drawn_only else sa.true()
        with self._store.read() as connection:
            found = _read(connection, chosen)
        return sorted(found, key=lambda item: (item.draw.at, item.draw.case), reverse=True)[:newest]

    def waiting(self, username: str) -> list[Sampled]:
        """Return what was drawn and nobody has looked at, longest first, without requests of this person's own."""
        own = sa.select(_cases.c.reference).where(_cases.c.requester == username)
        chosen = sa.and_(_samples.c.drawn, _looks.c.case_ref.is_(None), _samples.c.case_ref.not_in(own))
        with self._store.read() as connection:
            return sorted(_read(connection, chosen), key=lambda item: (item.draw.at, item.draw.case))

    def look(self, reference: str, username: str, verdict: LookVerdict, note: str, *, most: int = ROUNDS_A_DAY) -> Look:
        """Write down what a person says of the machine's decision on a case.

        Any decision that a draw was made for can be looked at, also one that was not drawn. Who re-opens it sends the
        company to people: with the next round of its open case, else with a review of the customer, else with its
        application anew.

        Args:
            reference: of the case.
            username: who looks, signed in.
            verdict: `agreed` or `reopened`.
            note: why, in the person's words.
            most: how many rounds of a case one person may open in a day.

        Raises:
            NotFound: no such case or person, or there is no draw for it.
            NotAllowed: the person asked for this customer, or was shut out.
            Conflict: somebody has looked already, or the case is not concluded yet.
            BadInput: no note, or one that is too long.
        """
        if not note.strip() or len(note) > LONGEST_REASON:
            problem = Problem("note", note[:40], characters_between(1, LONGEST_REASON))
            raise BadInput(Text(en="A spot check needs a note.", zh="抽检须填写意见。"), problems=(problem,))
        check_plain(Text(en="The spot check cannot be taken.", zh="抽检意见无法受理。"), {"note": note})
        with refusals_noted(self._store, "look.refused", reference, username), self._store.write() as transaction:
            # Before the case: whoever opens cases takes this lock first.
            lock_opening(transaction.connection)
            row = locked_case(transaction, reference)
            _check_look(transaction, row, username)
            opened, opened_round = None, None
            if verdict == "reopened":
                opened, opened_round = _reopen(transaction, row, username, note, most)
            look = Look(
                case=reference,
                round=row.round,
                verdict=verdict,
                note=note,
                by=username,
                at=transaction.now,
                opened=opened,
                opened_round=opened_round,
            )
            text, sha256 = documents.written(look)
            kept = {
                "case_ref": reference,
                "round": row.round,
                "looked_by": username,
                "verdict": verdict,
                "opened": opened,
                "opened_round": opened_round,
                "document": text,
                "sha256": sha256,
            }
            transaction.add(_looks, kept)
            detail = {"round": str(row.round), "sha256": sha256}
            transaction.event(username, f"sample.{verdict}", reference, detail | ({"opened": opened} if opened else {}))
            return look

    def reopened(self, reference: str, round_number: int) -> bool:
        """True where people decide this round because somebody's look re-opened what the machine had decided."""
        chosen = sa.select(_looks.c.case_ref).where(_looks.c.opened == reference, _looks.c.opened_round <= round_number)
        with self._store.read() as connection:
            return connection.execute(chosen.limit(1)).first() is not None

    def seeds(self, now: datetime) -> list[Seed]:
        """Return the seeds of all quarters; that of the quarter that is on by its fingerprint alone."""
        with self._store.read() as connection:
            rows = connection.execute(sa.select(_seeds).order_by(_seeds.c.quarter)).all()
        return [
            Seed(
                quarter=row.quarter,
                sha256=_fingerprint(row.seed),
                made_at=row.made_at,
                seed=row.seed if row.quarter < quarter_of(now) else None,
            )
            for row in rows
        ]


def _read(connection: Connection, chosen: sa.ColumnElement[bool]) -> list[Sampled]:
    same = sa.and_(_looks.c.case_ref == _samples.c.case_ref, _looks.c.round == _samples.c.round)
    columns = (_looks.c.document.label("look"), _looks.c.sha256.label("look_sha256"))
    rows = connection.execute(sa.select(_samples, *columns).select_from(_samples.outerjoin(_looks, same)).where(chosen))
    return [
        Sampled(
            draw=documents.read(Draw, row.document, row.sha256, row.case_ref),
            look=None if row.look is None else documents.read(Look, row.look, row.look_sha256, row.case_ref),
        )
        for row in rows
    ]


def _check_look(transaction: Transaction, row: sa.Row[Any], username: str) -> None:
    context = {"case": row.reference}
    acting_person_named(transaction.connection, username)
    check_independent(Duty.SPOT_CHECK, username, row.requester, case=row.reference)
    found = _read(transaction.connection, sa.and_(_samples.c.case_ref == row.reference, _samples.c.round == row.round))
    if not found:
        raise NotFound(
            Text(en="This case has no decision of the system to spot-check.", zh="该申请单没有可抽检的系统决定。"),
            context=context,
            remedy=Text(
                en="gatehouse samples --all lists the decisions that there are",
                zh="运行 gatehouse samples --all 查看全部系统决定",
            ),
        )
    if found[0].look is not None:
        by = found[0].look.by
        raise Conflict(
            Text(en=f"{by} has spot-checked this decision already.", zh=f"{by} 已抽检该决定。"), context=context
        )
    check_act(CaseAct.SPOT_CHECK, row)


def _reopen(transaction: Transaction, row: sa.Row[Any], username: str, note: str, most: int) -> tuple[str, int]:
    """Send the company to people; return the case and the round in which they decide."""
    open_case = open_case_of(transaction.connection, row.company_key)
    if open_case is not None:
        opening = open_round_in(transaction, open_case, "look", note, username, most=most)
        return opening.case, opening.round
    customer = customer_in(transaction.connection, row.company_key)
    key = f"look:{row.reference}:{row.round}"
    if customer is not None and customer.active:
        request = CaseRequest(customer.application, CaseKind.REVIEW, None, CHANNEL, key)
    else:
        application = documents.read(Application, row.application, row.application_sha256, row.reference)
        request = CaseRequest(application, CaseKind.ONBOARDING, row.requester, CHANNEL, key)
    case, _ = open_case_in(transaction, request)
    put_wake(transaction, case.reference)
    return case.reference, case.round
