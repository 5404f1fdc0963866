"""Many cases in one transaction: opened with the message that starts their run, held, moved on, given back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from admission.application import Application
from admission.cases import Case, CaseKind, CaseStatus, Step
from admission.errors import Conflict
from admission.transitions import MOVABLE
from casebook.database import tables
from casebook.database.case_rows import CaseRequest, case_of, cases_with_decision, note_step
from casebook.database.store import SYSTEM, Store, Transaction, batches
from casebook.opening import open_case_in
from casebook.outbox import WAKE, put_batch, put_wake, settle_message

FAILED = "batch.failed"
LONGEST_ERROR = 500
_cases, _box = tables.cases, tables.outbox


class StepDone(NamedTuple):
    """A step of a case's round, and what it came to."""

    case: str
    round: int
    step: Step
    result: Mapping[str, str]


class Progress(NamedTuple):
    """Where a case stands, and whether a run has it."""

    status: CaseStatus
    moving: bool


class Batches:
    """What is done to many cases at once. References that name no case are left out everywhere."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def open(
        self, applications: Sequence[Application], *, requester: str | None, channel: str
    ) -> list[Case | Conflict]:
        """Open a case for each application, or find the one that is there, and ask for one run for all of them.

        All in one transaction: either every case is there with the message that starts its run, or none is.

        Args:
            applications: what is asked for, each judged as `Cases.open` does.
            requester: username of who asks; None where nobody signed in does.
            channel: where they came in.

        Returns:
            In the order given, the case, or why the application is refused.

        Raises:
            NotFound: no such requester.
        """
        outcomes: list[Case | Conflict] = []
        with self._store.write() as transaction:
            for application in applications:
                try:
                    request = CaseRequest(application, CaseKind.ONBOARDING, requester, channel)
                    case, _ = open_case_in(transaction, request)
                except Conflict as refusal:
                    outcomes.append(refusal)
                else:
                    outcomes.append(case)
            found = [item for item in outcomes if isinstance(item, Case)]
            _ask_for_run(transaction, [case.reference for case in found if case.status is CaseStatus.GATHERING])
        return outcomes

    def request_run(self, references: Sequence[str]) -> None:
        """Ask for one run to carry on all these cases."""
        with self._store.write() as transaction:
            _ask_for_run(transaction, references)

    def gather_wakes(self, put_before: datetime, *, fewest: int, most: int) -> int:
        """Let one run carry on what many messages were to wake one by one, and could not for a while.

        Args:
            put_before: only messages that were put before this time.
            fewest: as long as there are no more than so many, they stay as they are.
            most: cases in one run.

        Returns:
            How many messages gave way to those of the runs.
        """
        with self._store.write() as transaction:
            waiting = (
                sa.select(_box.c.id, _box.c.case_ref)
                .join(_cases, _cases.c.reference == _box.c.case_ref)
                .where(
                    _box.c.kind == WAKE,
                    _box.c.state == "pending",
                    _box.c.created_at < put_before,
                    sa.or_(_box.c.claimed_until.is_(None), _box.c.claimed_until <= transaction.now),
                    _cases.c.status.in_(MOVABLE),
                )
                .order_by(_box.c.id)
                .with_for_update(skip_locked=True, of=_box)
            )
            rows = transaction.connection.execute(waiting).all()
            if len(rows) <= fewest:
                return 0
            for row in rows:
                settle_message(transaction, row.id, WAKE, row.case_ref)
            references = list(dict.fromkeys(row.case_ref for row in rows))
            for start in range(0, len(references), most):
                _ask_for_run(transaction, references[start : start + most])
            return len(rows)

    def hold(self, references: Sequence[str], holder: str, seconds: int) -> list[str]:
        """Take or renew the right to move cases; return those that this holder has now, in the order given.

        Args:
            references: the cases; those on which no run has anything to do are left out.
            holder: who takes them: the run's id.
            seconds: for how long.
        """
        held: set[str] = set()
        with self._store.write() as transaction:
            now = transaction.now
            # In one order, so that two who hold some of the same cases never wait for each other.
            for some in batches(sorted(set(references))):
                chosen = sa.select(_cases.c.reference, _cases.c.lease_holder, _cases.c.lease_until)
                free = chosen.where(_cases.c.reference.in_(some), _cases.c.status.in_(MOVABLE))
                rows = transaction.connection.execute(
                    free.order_by(_cases.c.reference).with_for_update(key_share=True)
                ).all()
                mine = [row for row in rows if row.lease_holder in (None, holder) or row.lease_until <= now]
                held.update(row.reference for row in mine)
                _set_leases(transaction, [row.reference for row in mine], holder, now + timedelta(seconds=seconds))
                for row in mine:
                    if row.lease_holder not in (None, holder):
                        detail = {"from": row.lease_holder, "to": holder}
                        transaction.event(SYSTEM, "lease.taken_over", row.reference, detail)
        return [reference for reference in dict.fromkeys(references) if reference in held]

    def give_back(self, references: Sequence[str], holder: str) -> None:
        """Give leases back; nothing where somebody else has them by now."""
        with self._store.write() as transaction:
            for some in batches(sorted(set(references))):
                chosen = sa.select(_cases.c.reference).where(
                    _cases.c.reference.in_(some), _cases.c.lease_holder == holder
                )
                locked = chosen.order_by(_cases.c.reference).with_for_update(key_share=True)
                mine = transaction.connection.execute(locked).scalars().all()
                _set_leases(transaction, mine, None, None)

    def cases(self, references: Sequence[str]) -> dict[str, Case]:
        """Return cases by reference."""
        found: dict[str, Case] = {}
        with self._store.read() as connection:
            for some in batches(references):
                rows = connection.execute(cases_with_decision().where(_cases.c.reference.in_(some)))
                found.update((row.reference, case_of(row)) for row in rows)
        return found

    def take_back(self, holders: Sequence[str]) -> list[str]:
        """End the leases of runs that are gone; return the cases, in order, on which a run still has something to do.

        Args:
            holders: ids of the runs.
        """
        with self._store.write() as transaction:
            chosen = sa.select(_cases.c.reference, _cases.c.status, _cases.c.lease_holder)
            held = chosen.where(_cases.c.lease_holder.in_(holders)).order_by(_cases.c.reference)
            rows = transaction.connection.execute(held.with_for_update(key_share=True)).all()
            _set_leases(transaction, [row.reference for row in rows], None, None)
            for row in rows:
                transaction.event(SYSTEM, "lease.taken_back", row.reference, {"from": row.lease_holder})
            return [row.reference for row in rows if row.status in MOVABLE]

    def steps_done(self, references: Sequence[str]) -> set[tuple[str, int, Step]]:
        """Return which steps of which rounds of these cases are done."""
        steps = tables.steps.c
        done: set[tuple[str, int, Step]] = set()
        with self._store.read() as connection:
            for some in batches(references):
                chosen = sa.select(steps.case_ref, steps.round, steps.step).where(steps.case_ref.in_(some))
                done.update((row.case_ref, row.round, Step(row.step)) for row in connection.execute(chosen))
        return done

    def awaiting_validation(self) -> list[str]:
        """Return the cases that a run of their own holds, with all answers there and their facts not validated yet.

        Those that a book holds are left out: its run validates them together by itself.
        """
        with self._store.read() as connection:
            return list(connection.execute(_AWAITING_VALIDATION, {"now": self._store.clock()}).scalars())

    def complete_steps(self, done: Sequence[StepDone]) -> None:
        """Note steps that are done. The first result of each stays."""
        if not done:
            return
        with self._store.write() as transaction:
            for case, round_number, step, result in sorted(done, key=lambda item: item.case):
                note_step(transaction, case, round_number, step, result)

    def progress(self, references: Sequence[str]) -> dict[str, Progress]:
        """Return where each case stands, and whether a run has it or had it before."""
        runs = tables.runs.c
        ran = sa.exists().where(runs.case_ref == _cases.c.reference)
        moving = sa.or_(_cases.c.lease_holder.is_not(None), ran).label("moving")
        found: dict[str, Progress] = {}
        with self._store.read() as connection:
            for some in batches(references):
                chosen = sa.select(_cases.c.reference, _cases.c.status, moving).where(_cases.c.reference.in_(some))
                found.update(
                    (row.reference, Progress(CaseStatus(row.status), bool(row.moving)))
                    for row in connection.execute(chosen)
                )
        return found

    def failures_since(self, references: Sequence[str], seq: int) -> dict[str, str]:
        """Return what stopped a batch on each of these cases, of failures later than an event's number."""
        history = tables.history.c
        failed: dict[str, str] = {}
        with self._store.read() as connection:
            for some in batches(references):
                chosen = sa.select(history.case_ref, history.detail).where(
                    history.case_ref.in_(some), history.act == FAILED, history.seq > seq
                )
                rows = connection.execute(chosen.order_by(history.seq))
                failed.update((row.case_ref, json.loads(row.detail)["error"]) for row in rows)
        return failed

    def note_failures(self, errors: Mapping[str, str]) -> None:
        """Note in the history of each case why a batch could not carry it on; no personal data, no secrets."""
        if not errors:
            return
        with self._store.write() as transaction:
            for reference, error in errors.items():
                transaction.event(SYSTEM, FAILED, reference, {"error": error[:LONGEST_ERROR]})


def _ask_for_run(transaction: Transaction, references: Sequence[str]) -> None:
    """Put one message for all; a single case gets a run of its own, with its memo and its form."""
    wanted = list(dict.fromkeys(references))
    if len(wanted) == 1:
        number = put_wake(transaction, wanted[0])
        transaction.event(SYSTEM, "wake.requested", wanted[0], {"message": str(number)})
    elif wanted:
        put_batch(transaction, wanted)


def _set_leases(transaction: Transaction, references: Sequence[str], holder: str | None, until: object) -> None:
    if references:
        leased = sa.update(_cases).where(_cases.c.reference.in_(references))
        # The lease is no part of the record, so nothing is bound.
        transaction.connection.execute(
            leased.values(lease_holder=holder, lease_until=until).execution_options(bound=True)
        )


def _awaiting_validation() -> sa.Select[Any]:
    steps, runs = tables.steps.c, tables.runs.c
    own_run = (
        sa.select(runs.run_id)
        .where(runs.case_ref == _cases.c.reference)
        .order_by(runs.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    of_this_round = sa.exists().where(steps.case_ref == _cases.c.reference, steps.round == _cases.c.round)
    return (
        sa.select(_cases.c.reference)
        .where(
            _cases.c.status == CaseStatus.GATHERING,
            _cases.c.lease_until > sa.bindparam("now", type_=_cases.c.lease_until.type),
            _cases.c.lease_holder == own_run,
            of_this_round.where(steps.step == Step.INVESTIGATE),
            ~of_this_round.where(steps.step == Step.VALIDATE),
        )
        .order_by(_cases.c.reference)
    )


# Made once: it is asked every second, and making a statement takes as long as asking it.
_AWAITING_VALIDATION = _awaiting_validation()
