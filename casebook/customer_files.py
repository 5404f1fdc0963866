"""What is on file for customers: conditions met, securities, credit insurance, holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa

from admission.cases import Condition, ConditionState
from admission.customers.standing.holds import Hold
from admission.customers.standing.insurance import Cover, InsurancePolicy
from admission.errors import Conflict, NotFound
from admission.model import Text
from admission.separation import Duty, check_independent, check_second
from casebook.case_conditions import condition_of, details_of
from casebook.database import documents, tables
from casebook.database.case_rows import locked_case
from casebook.database.customer_rows import (
    OF_COMPANIES,
    acts_of,
    newest_number,
    no_such,
    over_already,
    record_of,
    row_of_name,
    with_company,
)
from casebook.database.customer_tables import covers, holds, insurance_policies
from casebook.database.store import Store
from casebook.people import acting_person_named

_cases, _conditions = tables.cases, tables.conditions
_HOLD = Text(en="hold", zh="暂停发货记录")


class Settling(NamedTuple):
    """How a condition is settled.

    Attributes:
        proof: what was seen; or why it is waived.
        valid_until: the last day on which the proof counts; None where it does not end.
    """

    state: ConditionState
    proof: str
    valid_until: date | None = None


class Files(NamedTuple):
    """What is on file for customers besides securities, by company key, oldest first."""

    covers: dict[str, list[Cover]]
    holds: dict[str, list[Hold]]
    conditions: dict[str, list[Condition]]


class CustomerFiles:
    """The files of all customers. Each row is written under the case on which the customer's limit rests."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def settle(self, case: str, condition_id: str, settling: Settling, username: str, on: date) -> Condition:
        """Find a condition met, or waive it.

        Raises:
            NotFound: no such condition.
            NotAllowed: the person asked for this customer, proposed the condition, or was shut out.
            Conflict: it is settled already, and its proof has not run out.
        """
        with self._store.write() as transaction:
            row = locked_case(transaction, case)
            acting_person_named(transaction.connection, username)
            key = {"case_ref": case, "id": condition_id}
            chosen = sa.select(_conditions).where(_conditions.c.case_ref == case, _conditions.c.id == condition_id)
            found = transaction.connection.execute(chosen).one_or_none()
            if found is None:
                raise NotFound(
                    Text(en="This case has no such condition.", zh="该申请单没有该条件。"),
                    context={"case": case, "condition": condition_id[:100]},
                )
            before = condition_of(found)
            if before.state_on(on) not in ("open", "expired"):
                raise Conflict(
                    Text(en="This condition is settled already.", zh="该条件已落实或已豁免。"),
                    context={"condition": condition_id, "state": before.state},
                )
            check_second(username, before.proposed_by, case=case)
            check_independent(Duty.SETTLE_CONDITION, username, row.requester, case=case)
            after = before.model_copy(update={**settling._asdict(), "settled_by": username, "settled_on": on})
            transaction.change(
                _conditions, key, state=after.state, settled_by=after.settled_by, details=details_of(after)
            )
            transaction.event(username, f"condition.{after.state}", case, {"condition": condition_id})
            return after

    def put_insurance(self, policy: InsurancePolicy, username: str) -> None:
        """Keep a contract with an insurer; under a number that is there already, what it says from now on.

        Raises:
            NotAllowed: the person was shut out.
        """
        text, sha256 = documents.written(policy)
        with self._store.write() as transaction:
            acting_person_named(transaction.connection, username)
            values = {"number": policy.number, "recorded_by": username, "document": text, "sha256": sha256}
            transaction.add(insurance_policies, {**values, "recorded_at": transaction.now})
            transaction.event(username, "insurance.recorded", None, {"policy": policy.number, "sha256": sha256})

    def insurance(self) -> list[InsurancePolicy]:
        """Return the contracts with insurers as they read now, by number."""
        with self._store.read() as connection:
            rows = connection.execute(_INSURANCE).all()
        newest = {row.number: row for row in rows}
        return [
            documents.read(InsurancePolicy, row.document, row.sha256, number) for number, row in sorted(newest.items())
        ]

    def add_cover(self, cover: Cover, case: str) -> Cover:
        """Keep what an insurer said about a customer; its id is given here.

        Raises:
            NotFound: no such case, or no such contract.
            NotAllowed: the person asked for this customer, or was shut out.
        """
        text, sha256 = documents.written(cover)
        with self._store.write() as transaction:
            row = locked_case(transaction, case)
            acting_person_named(transaction.connection, cover.recorded_by)
            check_independent(Duty.RECORD_COVER, cover.recorded_by, row.requester, case=case)
            known = sa.select(insurance_policies.c.id).where(insurance_policies.c.number == cover.policy).limit(1)
            if transaction.connection.execute(known).first() is None:
                raise NotFound(
                    Text(en="There is no such insurance policy.", zh="没有该信用保险合同。"),
                    context={"policy": cover.policy},
                    remedy=Text(en="record it: gatehouse insurance add", zh="请先录入：gatehouse insurance add"),
                )
            values = {"case_ref": case, "recorded_by": cover.recorded_by, "document": text, "sha256": sha256}
            transaction.add(covers, {**values, "recorded_at": transaction.now})
            number = newest_number(transaction, covers, covers.c.case_ref == case)
            detail = {"cover": f"K{number}", "state": cover.state, "sha256": sha256}
            transaction.event(cover.recorded_by, "cover.recorded", case, detail)
            return cover.model_copy(update={"id": f"K{number}"})

    def place_hold(self, hold: Hold, case: str) -> Hold:
        """Stop deliveries to a customer; the hold's id is given here.

        Raises:
            NotFound: no such case.
            NotAllowed: the person was shut out.
        """
        text, sha256 = documents.written(hold)
        with self._store.write() as transaction:
            locked_case(transaction, case)
            acting_person_named(transaction.connection, hold.placed_by)
            values = {"case_ref": case, "placed_by": hold.placed_by, "document": text, "sha256": sha256}
            transaction.add(holds, {**values, "placed_at": transaction.now})
            number = newest_number(transaction, holds, holds.c.case_ref == case)
            detail = {"hold": f"H{number}", "until": "" if hold.until is None else hold.until.isoformat()}
            transaction.event(hold.placed_by, "hold.placed", case, detail)
            return hold.model_copy(update={"id": f"H{number}"})

    def release_hold(self, name: str, username: str, on: date, *, of: str) -> Hold:
        """End a hold of a customer, given by its company key.

        Raises:
            NotFound: the customer has no such hold.
            NotAllowed: the person asked for this customer, or was shut out.
            Conflict: it was released before.
        """
        with self._store.write() as transaction:
            row = row_of_name(transaction.connection, holds, name, "H", _HOLD, locked=True)
            acting_person_named(transaction.connection, username)
            case = locked_case(transaction, row.case_ref)
            if case.company_key != of:
                raise no_such(name, _HOLD)
            check_independent(Duty.RELEASE_HOLD, username, case.requester, case=row.case_ref)
            if row.released_on is not None:
                raise over_already(name, Text(en="released already", zh="已解除"))
            transaction.change(holds, {"id": row.id}, released_by=username, released_on=on)
            transaction.event(username, "hold.released", row.case_ref, {"hold": name})
            return hold_of(row_of_name(transaction.connection, holds, name, "H", _HOLD))

    def of(self, company_keys: Sequence[str], *, covers: bool = True) -> Files:
        """Return what is on file for some customers besides securities, read at once.

        Args:
            company_keys: of the customers; as many as fit one statement.
            covers: False where the house has no contract with an insurer, so that none has said anything.
        """
        found = Files(defaultdict(list), defaultdict(list), defaultdict(list))
        wanted = {"keys": company_keys}
        with self._store.read() as connection:
            for row in connection.execute(_COVERS, wanted) if covers else ():
                found.covers[row.company_key].append(record_of(Cover, row, "K"))
            for row in connection.execute(_HOLDS, wanted):
                found.holds[row.company_key].append(hold_of(row))
            for row in connection.execute(_CONDITIONS, wanted):
                found.conditions[row.company_key].append(condition_of(row))
        return found


_INSURANCE = sa.select(insurance_policies).order_by(insurance_policies.c.id)
_COVERS = with_company(covers).where(OF_COMPANIES)
_HOLDS = with_company(holds).where(OF_COMPANIES)
_CONDITIONS = (
    sa.select(_conditions, tables.customers.c.company_key)
    .join(tables.customers, tables.customers.c.last_case == _conditions.c.case_ref)
    .where(OF_COMPANIES)
    .order_by(_conditions.c.case_ref, _conditions.c.position)
)


def hold_of(row: sa.Row[Any]) -> Hold:
    """Read a hold."""
    ended = {"released_by": row.released_by, "released_on": row.released_on}
    return record_of(Hold, row, "H").model_copy(update={**ended, **acts_of(row)})
