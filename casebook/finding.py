"""Selections of cases: newest first, by what they are searched for, by who has a part in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from admission.cases import CaseStatus
from admission.model import canonical_json
from casebook.database import tables
from casebook.database.lookup_tables import case_names, seats
from casebook.database.lookups import searched_for

_cases = tables.cases


def newest_first(chosen: sa.Select[Any], most: int) -> sa.Select[Any]:
    """Order a selection of cases by when they were opened, newest first, and end it after so many."""
    return chosen.order_by(_cases.c.opened_at.desc(), _cases.c.reference.desc()).limit(most)


def named(connection: Connection, text: str, most: int | None, *, each: bool) -> sa.ColumnElement[bool]:
    """Select the cases in whose reference, company or official numbers a text stands.

    Args:
        connection: that it is asked of.
        text: what is searched for, as people write it.
        most: the newest, at most so many; all if None.
        each: whether the text is looked for in each case that else is found, because those are few.
    """
    place = sa.func.strpos if connection.dialect.name == "postgresql" else sa.func.instr
    stands = place(case_names.c.text, searched_for(text)) > 0
    if each:
        return sa.exists().where(case_names.c.case_ref == _cases.c.reference, stands)
    # Cases are numbered as they are opened, so the last of them are the newest.
    found = sa.select(case_names.c.case_ref).where(stands).order_by(case_names.c.case_ref.desc()).limit(most)
    return _cases.c.reference.in_(found)


def newest_parts(
    connection: Connection, username: str, wanted: Sequence[sa.ColumnElement[bool]], most: int
) -> list[str]:
    """Return the references of the newest cases in which a person may have a part; see `part_of`.

    Args:
        connection: to read from.
        username: whose part.
        wanted: what else must hold of the cases.
        most: at most so many.
    """
    opened: dict[str, datetime] = {}
    for part in parts_of(username):
        chosen = sa.select(_cases.c.reference, _cases.c.opened_at).where(_cases.c.reference.in_(part), *wanted)
        opened.update((row.reference, row.opened_at) for row in connection.execute(newest_first(chosen, most)))
    return sorted(opened, key=lambda reference: (opened[reference], reference), reverse=True)[:most]


def parts_of(username: str) -> list[sa.Select[tuple[str]]]:
    """Return selections of the references of all cases in which a person may have a part.

    They are quick to read; `part_of` says of each case whether it is so.
    """
    asked = sa.select(_cases.c.reference).where(_cases.c.requester == username)
    nobodys = sa.select(_cases.c.reference).where(_cases.c.status == CaseStatus.UNATTRIBUTED)
    return [asked, nobodys, sa.select(seats.c.case_ref).where(seats.c.username == username)]


def part_of(username: str) -> sa.ColumnElement[bool]:
    """Select the cases in which a person has a part, by the documents: asked for, with a seat; or nobody's."""
    polls = tables.polls
    seat = polls.c.document.contains(canonical_json({"username": username})[1:-1], autoescape=True)
    seated = sa.exists().where(polls.c.case_ref == _cases.c.reference, seat)
    return sa.or_(_cases.c.requester == username, _cases.c.status == CaseStatus.UNATTRIBUTED, seated)
