"""Cases: opened once, moved by one run at a time, decided once, concluded once."""

from __future__ import annotations

import builtins
import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

import sqlalchemy as sa

from admission.application import Application
from admission.approval.rounds import RoundKind, RoundOpening
from admission.cases import Case, CaseKind, CaseStatus, Condition, Customer, Decision, Step
from admission.errors import BadInput, Conflict, Problem
from admission.lengths import characters_at_most
from admission.model import Text
from admission.transitions import READ_AGAIN, WAITING_FOR_PEOPLE, CaseAct
from casebook.case_conditions import condition_of, row_of
from casebook.customers import store_customer
from casebook.database import tables
from casebook.database.case_rows import (
    CaseRequest,
    case_in,
    case_of,
    cases_with_decision,
    change_case,
    locked_case,
    note_step,
    set_lease,
    status_after,
    write_decision,
)
from casebook.database.store import SYSTEM, Store
from casebook.finding import named, newest_first, newest_parts, part_of, parts_of
from casebook.opening import open_case_in
from casebook.outbox import put_head_due, put_message, put_wake
from casebook.ownership import own_request
from casebook.rounds import Rounds
from casebook.samples import draw_in

LONGEST_KEY = 200
NONE = Decimal(0)
# The acts by which a decision, and its end, stand in the history.
DECIDED, CONCLUDED = "case.decided", "case.concluded"
_cases = tables.cases


class Cases:
    """The cases of the casebook."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def open(
        self,
        application: Application,
        *,
        kind: CaseKind,
        requester: str | None,
        channel: str,
        idempotency_key: str | None = None,
    ) -> tuple[Case, bool]:
        """Open a case, or return the one that is already there for this application; the flag tells which.

        It is the same case where the idempotency key is the same; where the company's open case is of the same kind and
        content; and, for an onboarding without an idempotency key, where an earlier one had the same content, be it
        concluded or not (so that a run that starts from its top never opens a second case).

        Args:
            application: what is asked for.
            kind: why the company is judged.
            requester: username of who asks; None where nobody signed in did.
            channel: where it came in, such as `desk` or `prefect`.
            idempotency_key: the caller's own name for this request, at most 200 characters.

        Raises:
            Conflict: a different case of this company is open, or the key was used for another application.
            NotFound: no such requester.
            BadInput: the idempotency key is too long.
        """
        if idempotency_key is not None and len(idempotency_key) > LONGEST_KEY:
            problem = Problem("idempotency_key", idempotency_key[:20], characters_at_most(LONGEST_KEY))
            raise BadInput(
                Text(en="The idempotency key cannot be used.", zh="该幂等键（idempotency key）不可用。"),
                problems=(problem,),
            )
        with self._store.write() as transaction:
            return open_case_in(transaction, CaseRequest(application, kind, requester, channel, idempotency_key))

    def get(self, reference: str) -> Case:
        """Return a case.

        Raises:
            NotFound: there is none of this reference; the remedy names those that look like it.
        """
        with self._store.read() as connection:
            return case_in(connection, reference)

    def list(
        self,
        *,
        status: CaseStatus | None = None,
        kind: CaseKind | None = None,
        company_key: str | None = None,
        requester: str | None = None,
        without: str | None = None,
        text: str = "",
        newest: int = 200,
        seen_by: str | None = None,
    ) -> builtins.list[Case]:
        """Return cases, newest first.

        Args:
            status: only those that stand here.
            kind: only those of this kind.
            company_key: only those of this company.
            requester: only those that this person asked for.
            without: not those that came in this way, such as `book`.
            text: only those in whose reference, company or official numbers this stands; see `search_text`.
            newest: at most so many.
            seen_by: only those in which this person has a part: asked for, or with a seat; and those nobody has taken.
        """
        columns = ((_cases.c.status, status), (_cases.c.kind, kind), (_cases.c.company_key, company_key))
        wanted = [column == value for column, value in (*columns, (_cases.c.requester, requester)) if value is not None]
        if without is not None:
            wanted.append(_cases.c.channel != without)
        with self._store.read() as connection:
            if text.strip():
                alone = not wanted and seen_by is None
                wanted.append(named(connection, text, newest if alone else None, each=seen_by is not None))
            if seen_by is not None:
                # The lookup narrows down; what is shown is judged by the documents themselves.
                wanted = [_cases.c.reference.in_(newest_parts(connection, seen_by, wanted, newest)), part_of(seen_by)]
            chosen = newest_first(cases_with_decision().where(*wanted), newest)
            return [case_of(row) for row in connection.execute(chosen)]

    def decided(self, *, newest: int = 10, seen_by: str | None = None) -> builtins.list[Case]:
        """Return the cases that were decided last and stand as decided, newest decision first.

        Args:
            newest: at most so many.
            seen_by: only those in which this person has a part, see `list`.
        """
        history = tables.history
        seq = sa.select(history.c.seq, history.c.case_ref).where(history.c.act == DECIDED)
        if seen_by is not None:
            seq = seq.where(history.c.case_ref.in_(sa.union(*parts_of(seen_by))))
        # A case whose decision a later round undid has none: some more are read, so that enough are left.
        last = seq.order_by(history.c.seq.desc()).limit(2 * newest).subquery()
        chosen = cases_with_decision().join(last, last.c.case_ref == _cases.c.reference).order_by(last.c.seq.desc())
        if seen_by is not None:
            chosen = chosen.where(part_of(seen_by))
        with self._store.read() as connection:
            found = {row.reference: case_of(row) for row in connection.execute(chosen)}
        return [case for case in found.values() if case.decision is not None][:newest]

    def has_part(self, reference: str, username: str) -> bool:
        """True where a person asked for the customer, has or had a seat in a vote, or nobody has taken the request."""
        chosen = sa.select(_cases.c.reference).where(_cases.c.reference == reference, part_of(username))
        with self._store.read() as connection:
            return connection.execute(chosen).first() is not None

    def take(self, reference: str, username: str) -> Case:
        """Make an unattributed request this person's own; a run that waits for it is woken.

        Raises:
            Conflict: the request is somebody's already.
            NotAllowed: the person has voted on it or had another part that a requester may not have.
            NotFound: no such case or person.
        """
        with self._store.write() as transaction:
            row = locked_case(transaction, reference)
            own_request(transaction, row, username)
            status = status_after(CaseAct.TAKE, row)
            if status != row.status:
                put_wake(transaction, reference)
                change_case(transaction, reference, status=status)
            return case_in(transaction.connection, reference)

    def wait_for_owner(self, reference: str) -> None:
        """Let the case wait until a signed-in person takes the request as theirs; nothing where somebody has.

        Read the case again afterwards: somebody may have taken it a moment ago.

        Raises:
            Conflict: the case is past that.
        """
        with self._store.write() as transaction:
            row = locked_case(transaction, reference)
            if row.requester is not None:
                return
            status = status_after(CaseAct.WAIT_FOR_OWNER, row)
            if status == row.status:
                return
            change_case(transaction, reference, status=status)
            transaction.event(SYSTEM, "case.unattributed", reference)

    def acquire_lease(self, reference: str, holder: str, seconds: int) -> bool:
        """Take or renew the right to move a case; False where another holds it.

        Args:
            reference: of the case.
            holder: who takes it: the run's id.
            seconds: for how long.
        """
        with self._store.write() as transaction:
            row = locked_case(transaction, reference)
            now = transaction.now
            other = row.lease_holder is not None and row.lease_holder != holder
            if other and row.lease_until > now:
                return False
            set_lease(transaction, reference, lease_holder=holder, lease_until=now + timedelta(seconds=seconds))
            if other:
                detail = {"from": row.lease_holder, "to": holder}
                transaction.event(SYSTEM, "lease.taken_over", reference, detail)
            return True

    def renew_lease(self, reference: str, holder: str, seconds: int) -> bool:
        """Renew the right to move a case; False where another has taken it since, be it given back by now.

        Args:
            reference: of the case.
            holder: who has it: the run's id.
            seconds: for how long from now.
        """
        with self._store.write() as transaction:
            if locked_case(transaction, reference).lease_holder != holder:
                return False
            until = transaction.now + timedelta(seconds=seconds)
            set_lease(transaction, reference, lease_holder=holder, lease_until=until)
            return True

    def release_lease(self, reference: str, holder: str) -> None:
        """Give the lease back; nothing where somebody else has it by now."""
        with self._store.write() as transaction:
            if locked_case(transaction, reference).lease_holder == holder:
                set_lease(transaction, reference, lease_holder=None, lease_until=None)

    def step_result(self, reference: str, round_number: int, step: Step) -> dict[str, str] | None:
        """Return what a step came to in this round; None while it is still to be done."""
        steps = tables.steps
        chosen = sa.select(steps.c.result).where(
            steps.c.case_ref == reference, steps.c.round == round_number, steps.c.step == step
        )
        with self._store.read() as connection:
            text = connection.execute(chosen).scalar_one_or_none()
        return None if text is None else dict(json.loads(text))

    def complete_step(self, reference: str, round_number: int, step: Step, result: Mapping[str, str]) -> None:
        """Note that a step is done. The first result stays.

        Raises:
            NotFound: no such case.
        """
        with self._store.write() as transaction:
            locked_case(transaction, reference)
            note_step(transaction, reference, round_number, step, result)

    def open_round(self, reference: str, reason: str, actor: str, *, kind: RoundKind = "other") -> RoundOpening:
        """Open the next round: something changed after the case was assessed; see `Rounds.open`."""
        return Rounds(self._store).open(reference, reason, actor, kind=kind)

    def decide(
        self,
        reference: str,
        decision: Decision,
        *,
        actor: str,
        round_number: int,
        sample: Decimal = NONE,
    ) -> None:
        """Write the machine's decision (fast track, knock-out, renewal), and draw whether a person is to look at it.

        Args:
            reference: of the case.
            decision: what follows from the assessment.
            actor: `system`.
            round_number: the round whose assessment was decided on.
            sample: which share of such decisions is drawn.

        Raises:
            Conflict: the case is decided already, or has gone on to another round.
        """
        with self._store.write() as transaction:
            row = locked_case(transaction, reference)
            if row.round != round_number:
                raise Conflict(
                    Text(en=f"This case has gone on to round {row.round}.", zh=f"该申请单已进入第 {row.round} 轮。"),
                    context={"case": reference},
                    remedy=READ_AGAIN,
                )
            write_decision(transaction, row, decision, actor)
            draw_in(transaction, row, decision, sample)
            put_head_due(transaction)

    def conclude(
        self,
        reference: str,
        *,
        customer: Customer | None,
        conditions: Sequence[Condition],
        notices: Sequence[Mapping[str, str]],
    ) -> None:
        """Close a decided case: customer, conditions and notices in one transaction; nothing where it is closed.

        Args:
            reference: of the case.
            customer: the customer as it stands from now on; None where there is none.
            conditions: what the decision asks for.
            notices: what is to be told, one outbox message each.

        Raises:
            Conflict: the case is not decided.
        """
        with self._store.write() as transaction:
            row = locked_case(transaction, reference)
            status = status_after(CaseAct.CONCLUDE, row)
            if status == row.status:
                return
            if customer is not None:
                store_customer(transaction, customer)
            rows = [row_of(reference, place, item) for place, item in enumerate(conditions)]
            transaction.add(tables.conditions, *rows)
            for notice in notices:
                put_message(transaction, "notice", reference, notice)
            change_case(transaction, reference, status=status)
            counts = {"conditions": str(len(conditions)), "notices": str(len(notices))}
            transaction.event(SYSTEM, CONCLUDED, reference, {"customer": str(customer is not None), **counts})

    def conditions(self, reference: str) -> builtins.list[Condition]:
        """Return what the case's decision asks for."""
        table = tables.conditions
        chosen = sa.select(table).where(table.c.case_ref == reference).order_by(table.c.position)
        with self._store.read() as connection:
            return [condition_of(row) for row in connection.execute(chosen)]

    def note_run(self, reference: str, run_id: str) -> None:
        """Note that a run moves this case."""
        with self._store.write() as transaction:
            locked_case(transaction, reference)
            row = {"case_ref": reference, "run_id": run_id, "noted_at": transaction.now}
            if transaction.insert_new(tables.runs, row):
                transaction.event(SYSTEM, "run.noted", reference, {"run": run_id})

    def runs(self, reference: str) -> builtins.list[str]:
        """Return the ids of the runs that moved this case, newest last."""
        chosen = sa.select(tables.runs.c.run_id).where(tables.runs.c.case_ref == reference).order_by(tables.runs.c.id)
        with self._store.read() as connection:
            return list(connection.execute(chosen).scalars())

    def request_wake(self, reference: str) -> None:
        """Ask for the case's run to be woken; one waiting request is enough.

        Raises:
            NotFound: no such case.
        """
        with self._store.write() as transaction:
            locked_case(transaction, reference)
            number = put_wake(transaction, reference)
            transaction.event(SYSTEM, "wake.requested", reference, {"message": str(number)})

    def waiting(self) -> int:
        """Return how many cases wait for people."""
        waits = _cases.c.status.in_(WAITING_FOR_PEOPLE)
        with self._store.read() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(_cases).where(waits)).scalar_one())
