"""What sources answered, the bytes they sent, and the calls that cost money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

import sqlalchemy as sa

from admission.approval.rounds import ROUNDS_A_DAY, RoundOpening
from admission.cases import CaseStatus
from admission.errors import BadInput, Conflict, Erased, NotFound, Problem
from admission.evidence.answers import Answer, Evidence, Query
from admission.model import Text
from casebook.database import documents, tables
from casebook.database.blobs import Blobs, erased_bytes
from casebook.database.case_rows import check_unheld, is_settled, locked_case
from casebook.database.documents import fingerprint
from casebook.database.erasure_tables import ANSWERS, erasures
from casebook.database.store import SYSTEM, Store, Transaction
from casebook.people import acting_person_named
from casebook.rounds import open_round_in, refusals_noted

ENDINGS = ("answered", "failed", "released")
_evidence, _calls = tables.evidence, tables.calls
# Made once: making a statement takes as long as asking it.
_FRESH = (
    sa.select(_evidence)
    .where(
        _evidence.c.query_sha256 == sa.bindparam("question"),
        _evidence.c.answer.in_([answer.value for answer in Answer if answer.answered]),
        _evidence.c.fetched_at >= sa.bindparam("since"),
        ~sa.exists().where(erasures.c.case_ref == _evidence.c.case_ref),
    )
    .order_by(_evidence.c.fetched_at.desc(), _evidence.c.id)
    .limit(1)
)
_OF_CASE = (
    sa.select(_evidence)
    .where(_evidence.c.case_ref == sa.bindparam("case"))
    .order_by(_evidence.c.fetched_at, _evidence.c.id, _evidence.c.round)
)
_OF_ROUND = _OF_CASE.where(_evidence.c.round == sa.bindparam("round"))


class EvidenceStore:
    """The evidence of all cases."""

    def __init__(self, store: Store, blobs: Blobs) -> None:
        self._store = store
        self._blobs = blobs

    def keep(self, body: bytes, *, public: bool = False) -> str:
        """Store the bytes of an answer before they are read, and return their sha256.

        Args:
            body: the bytes.
            public: whether they are a public list, which is never erased and so not sealed.

        Raises:
            GatehouseError: other bytes are stored under this sha256.
        """
        return self._blobs.keep(body, public=public)

    def body(self, sha256: str) -> bytes:
        """Return stored bytes.

        Raises:
            NotFound: there are none of this sha256.
            Erased: they were erased.
            GatehouseError: the stored bytes are not those that were kept.
        """
        try:
            return self._blobs.recall(sha256)
        except Erased:
            raise
        except NotFound:
            if self._were_erased(sha256):
                raise erased_bytes(sha256) from None
            raise

    def _were_erased(self, sha256: str) -> bool:
        named = sa.select(_evidence.c.id).join(erasures, erasures.c.case_ref == _evidence.c.case_ref)
        chosen = named.where(_evidence.c.body_sha256 == sha256, erasures.c.kind == ANSWERS).limit(1)
        with self._store.read() as connection:
            return connection.execute(chosen).first() is not None

    def add(
        self,
        reference: str,
        round_number: int,
        *evidence: Evidence,
        actor: str = SYSTEM,
    ) -> None:
        """Put evidence on a case, in one transaction; the same id in the same round is put there once.

        Args:
            reference: of the case.
            round_number: its round.
            evidence: what was answered, in that order.
            actor: username of who handed it in, where a person did.

        Raises:
            NotFound: no such case.
        """
        with self._store.write() as transaction:
            locked_case(transaction, reference)
            for item in evidence:
                _put(transaction, reference, round_number, item, actor)

    def hand_in(
        self, reference: str, papers: Sequence[Evidence], actor: str, reason: str, *, most: int = ROUNDS_A_DAY
    ) -> RoundOpening | None:
        """Put what a person hands in on a case, in one transaction.

        While the facts of the case's round are open, it goes into that round. Once they are settled, or the vote is
        open, it opens the next round and goes into that one.

        Args:
            reference: of the case.
            papers: what was handed in.
            actor: username of who hands it in.
            reason: what the voters of the round before are told.
            most: how many rounds of a case one person may open in a day.

        Returns:
            The opening of the next round, where there was one.

        Raises:
            NotFound: no such case.
            Conflict: the case is decided, or a run is gathering for it right now.
        """
        with (
            refusals_noted(self._store, "evidence.refused", reference, actor),
            self._store.write() as transaction,
        ):
            row = locked_case(transaction, reference)
            acting_person_named(transaction.connection, actor)
            opening = None
            if row.status == CaseStatus.GATHERING and not is_settled(transaction, reference, row.round):
                check_unheld(transaction, row)
            else:
                opening = open_round_in(transaction, row, "evidence", reason, actor, most=most)
            for item in papers:
                _put(transaction, reference, opening.round if opening else row.round, item, actor)
            return opening

    def of(self, reference: str, round_number: int) -> list[Evidence]:
        """Return the evidence of a round, in the order it was fetched."""
        return self._in_order(_OF_ROUND, {"case": reference, "round": round_number})

    def of_all_rounds(self, reference: str) -> list[Evidence]:
        """Return the evidence of a case, in the order it was fetched."""
        return self._in_order(_OF_CASE, {"case": reference})

    def fresh(self, query_key: str, since: datetime) -> Evidence | None:
        """Return the newest answer to the same question, of any case, fetched at or after `since`; None without one.

        What was erased is asked for anew.
        """
        with self._store.read() as connection:
            row = connection.execute(_FRESH, {"question": fingerprint(query_key), "since": since}).one_or_none()
            return None if row is None else _read(row)

    def book_call(self, reference: str, query: Query, cost: Decimal, currency: str) -> str:
        """Book a paid call before it is made, and return its id.

        Args:
            reference: of the case that needs it.
            query: what will be asked.
            cost: its price, in `currency`.
            currency: ISO 4217 code.

        Raises:
            Conflict: a call for the same question was booked and its end is not known.
            NotFound: no such case.
        """
        with self._store.write() as transaction:
            locked_case(transaction, reference)
            row = {
                "case_ref": reference,
                "query_sha256": fingerprint(query.key),
                "query_key": query.key,
                "cost": cost,
                "currency": currency,
                "booked_at": transaction.now,
            }
            if not transaction.insert_new(_calls, row):
                raise Conflict(
                    Text(
                        en="The same paid question is in doubt: it was asked, and its end is not known.",
                        zh="同一付费查询已发出，结果不明。",
                    ),
                    context={"source": query.source},
                    remedy=Text(
                        en="ask the source whether it was answered, then release the call (gatehouse calls)",
                        zh="请向来源核实是否已答复，再解除该次查询（gatehouse calls）",
                    ),
                )
            open_call = sa.select(_calls.c.id).where(
                _calls.c.query_sha256 == row["query_sha256"], _calls.c.ended.is_(None)
            )
            number = str(transaction.connection.execute(open_call).scalar_one())
            detail = {"call": number, "source": query.source, "cost": f"{cost} {currency}"}
            transaction.event(SYSTEM, "call.booked", reference, detail)
            return number

    def close_call(
        self, call_id: str, ended: Literal["answered", "failed", "released"], *, actor: str = SYSTEM
    ) -> None:
        """Note how a booked call ended; the same end twice is one.

        Args:
            call_id: what `book_call` gave.
            ended: `answered`, `failed` (it was not charged), or `released` by a person who looked into it.
            actor: who says so.

        Raises:
            BadInput: another word for the end.
            NotFound: no such call.
            Conflict: the call ended otherwise.
        """
        if ended not in ENDINGS:
            expected = Text(en=f"one of {', '.join(ENDINGS)}", zh=f"以下之一：{'、'.join(ENDINGS)}")
            raise BadInput(
                Text(en="A call cannot end so.", zh="付费查询不能以此状态结束。"),
                problems=(Problem("ended", ended, expected),),
            )
        with self._store.write() as transaction:
            chosen = sa.select(_calls).where(_calls.c.id == (int(call_id) if call_id.isdecimal() else -1))
            row = transaction.connection.execute(chosen.with_for_update()).one_or_none()
            if row is None:
                raise NotFound(
                    Text(en="There is no such call.", zh="没有该次付费查询。"), context={"call": call_id[:40]}
                )
            if row.ended == ended:
                return
            if row.ended is not None:
                raise Conflict(
                    Text(en=f"This call has ended: {row.ended}.", zh=f"该次付费查询已结束：{row.ended}。"),
                    context={"call": call_id},
                )
            transaction.change(_calls, {"id": row.id}, ended=ended, ended_at=transaction.now)
            transaction.event(actor, f"call.{ended}", row.case_ref, {"call": call_id})

    def calls_in_doubt(self) -> list[tuple[str, str, datetime]]:
        """Return the calls whose end is not known: id, question, when booked; oldest first."""
        chosen = sa.select(_calls).where(_calls.c.ended.is_(None)).order_by(_calls.c.id)
        with self._store.read() as connection:
            return [(str(row.id), row.query_key, row.booked_at) for row in connection.execute(chosen)]

    def bodies_named(self) -> set[str]:
        """Return the sha256 of all stored answers that evidence names."""
        chosen = sa.select(_evidence.c.body_sha256).where(_evidence.c.body_sha256.is_not(None)).distinct()
        with self._store.read() as connection:
            return {str(sha256) for sha256 in connection.execute(chosen).scalars()}

    def shares_bodies(self, newest: int) -> bool:
        """True where this machine's folder has the bytes of stored answers: of one at least among the newest.

        Args:
            newest: how many answers to look for.
        """
        chosen = (
            sa.select(_evidence.c.body_sha256)
            .where(_evidence.c.body_sha256.is_not(None))
            .order_by(_evidence.c.case_ref.desc(), _evidence.c.round.desc())
            .limit(newest)
        )
        with self._store.read() as connection:
            named = connection.execute(chosen).scalars().all()
        return not named or any(self._blobs.holds(str(sha256)) for sha256 in named)

    def spent(self, since: datetime, *, currency: str = "EUR") -> Decimal:
        """Return what calls booked since then cost in one currency.

        Calls in doubt and released ones count, because they may have been charged; failed ones do not.
        """
        chosen = sa.select(_calls.c.cost).where(
            _calls.c.booked_at >= since,
            _calls.c.currency == currency,
            sa.or_(_calls.c.ended.is_(None), _calls.c.ended != "failed"),
        )
        with self._store.read() as connection:
            return sum(connection.execute(chosen).scalars(), Decimal(0))

    def _in_order(self, chosen: sa.Select[Any], given: Mapping[str, object]) -> list[Evidence]:
        with self._store.read() as connection:
            return [_read(row) for row in connection.execute(chosen, given)]


def _put(transaction: Transaction, reference: str, round_number: int, evidence: Evidence, actor: str) -> None:
    """Put evidence on a locked case; the same id in the same round is put there once."""
    text, sha256 = documents.written(evidence)
    row = {
        "case_ref": reference,
        "round": round_number,
        "id": evidence.id,
        "source": evidence.source,
        "query_sha256": fingerprint(evidence.query.key),
        "query_key": evidence.query.key,
        "answer": evidence.answer,
        "fetched_at": evidence.fetched_at,
        "body_sha256": evidence.sha256,
        "document": text,
        "sha256": sha256,
        "brought_by": evidence.brought_by,
    }
    if transaction.insert_new(_evidence, row):
        detail = {"id": evidence.id, "source": evidence.source, "answer": evidence.answer.value}
        transaction.event(actor, "evidence.added", reference, {"round": str(round_number), "sha256": sha256, **detail})


def _read(row: sa.Row[Any]) -> Evidence:
    return documents.read(Evidence, row.document, row.sha256, row.case_ref)
