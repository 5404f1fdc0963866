"""Making a request that nobody signed in made a person's own, so that it may be decided without that person."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from admission.errors import NotAllowed
from admission.model import Text
from admission.separation import check_unowned
from casebook.database import tables
from casebook.database.case_rows import change_case
from casebook.database.store import Transaction
from casebook.people import acting_person_named

PARTS = {
    "voted": Text(en="voted on it", zh="对其发表过审批意见"),
    "ruled": Text(en="ruled on its list entries", zh="裁定过其名单命中"),
    "overrode": Text(en="signed an override on it", zh="签署过其例外批准"),
    "confirmed": Text(en="confirmed what others put on it", zh="复核过其资料或裁定"),
}


def own_request(transaction: Transaction, row: sa.Row[Any], username: str) -> None:
    """Make a locked case the request of a person.

    Raises:
        Conflict: the request is somebody's already.
        NotFound: no such person.
        NotAllowed: the person changes nothing (shut out, auditor), or has done what a requester may not do to it.
    """
    check_unowned(row.requester, case=row.reference)
    acting_person_named(transaction.connection, username)
    part = _part_of(transaction.connection, row.reference, username)
    if part is not None:
        raise NotAllowed(
            Text(
                en=f"You have {part.en}, so you cannot become its requester.",
                zh=f"您已{part.zh}，不能成为其发起人。",
            ),
            context={"case": row.reference},
            remedy=Text(en="let somebody else take the request", zh="请由其他人员认领"),
        )
    change_case(transaction, row.reference, requester=username)
    transaction.event(username, "case.taken", row.reference)


def _part_of(connection: Connection, reference: str, username: str) -> Text | None:
    """Return what a person has done in a case that is for others than its requester."""
    votes, rulings, overrides = tables.votes.c, tables.rulings.c, tables.overrides.c
    confirmations = tables.confirmations.c
    signed = sa.or_(overrides.proposed_by == username, overrides.confirmed_by == username)
    parts = {
        "voted": sa.exists().where(votes.case_ref == reference, votes.voter == username),
        "ruled": sa.exists().where(rulings.case_ref == reference, rulings.ruled_by == username),
        "overrode": sa.exists().where(overrides.case_ref == reference, signed),
        "confirmed": sa.exists().where(confirmations.case_ref == reference, confirmations.confirmed_by == username),
    }
    for name, found in parts.items():
        if connection.execute(sa.select(found)).scalar_one():
            return PARTS[name]
    return None
