"""Keeping the lookup tables in step with the documents they follow from; see `casebook.database.lookup_tables`."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple
from unicodedata import normalize

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from admission.approval.votes import Poll, Vote, turns
from admission.assessment.exposure import GrantedLimit, granted_limit
from admission.cases import CaseStatus, Customer
from casebook.database import documents, tables
from casebook.database.lookup_tables import NO_TURN, UNIT_DIGITS, case_names, granted, seats

BATCH = 1000
MOST_UNITS = 10**13
_cases, _polls, _votes = tables.cases, tables.polls, tables.votes


def write_seats(connection: Connection, poll: Poll, votes: Sequence[Vote]) -> None:
    """Write who has a seat in a vote, and who could vote now; again after each vote."""
    connection.execute(sa.delete(seats).where(seats.c.case_ref == poll.case, seats.c.round == poll.round))
    if poll.electorate:
        connection.execute(sa.insert(seats), seat_rows(poll, votes))


def end_turns(connection: Connection, reference: str) -> None:
    """Note that nobody can vote on a case any more: it is decided, or has gone on to another round."""
    over = sa.update(seats).where(seats.c.case_ref == reference, seats.c.stage != NO_TURN)
    connection.execute(over.values(stage=NO_TURN))


def write_name(connection: Connection, reference: str, application: str) -> None:
    """Write what a case is searched by.

    Args:
        connection: to write with.
        reference: of the case.
        application: its document.
    """
    connection.execute(sa.delete(case_names).where(case_names.c.case_ref == reference))
    connection.execute(sa.insert(case_names).values(case_ref=reference, text=search_text(reference, application)))


def write_granted(connection: Connection, customer: Customer) -> None:
    """Write the limit granted to a customer; to one that is no customer any more nothing is granted."""
    connection.execute(sa.delete(granted).where(granted.c.company_key == customer.company_key))
    limit = granted_limit(customer)
    if limit is not None:
        connection.execute(sa.insert(granted).values(granted_row(limit)))


class Source(NamedTuple):
    """A document, and the rows of a lookup table that follow from it.

    Attributes:
        table: the lookup table.
        key: the first columns of the table's primary key, by which the rows belong to the document.
        rows: makes the rows; raises an error where the document is not what was written.
    """

    table: sa.Table
    key: tuple[str | int, ...]
    rows: Callable[[], list[dict[str, Any]]]


def fill_lookups(connection: Connection) -> None:
    """Write all lookup tables anew from the documents."""
    for table, sources in every_source(connection):
        connection.execute(sa.delete(table))
        for page in sources:
            rows = [row for source in page for row in source.rows()]
            if rows:
                connection.execute(sa.insert(table), rows)


def every_source(connection: Connection) -> Iterator[tuple[sa.Table, Iterator[list[Source]]]]:
    """Yield each lookup table with the documents that its rows follow from, in pages."""
    yield seats, _polls_of(connection)
    yield case_names, _applications_of(connection)
    yield granted, _customers_of(connection)


def _polls_of(connection: Connection) -> Iterator[list[Source]]:
    voting = sa.and_(_cases.c.status == CaseStatus.VOTING, _cases.c.round == _polls.c.round).label("voting")
    columns = (_polls.c.case_ref, _polls.c.round, _polls.c.document, _polls.c.sha256, voting)
    for page in _pages(connection, sa.select(*columns).join(_cases), _polls.c.case_ref, _polls.c.round):
        cast: dict[str, list[sa.Row[Any]]] = {}
        open_votes = [(row.case_ref, row.round) for row in page if row.voting]
        chosen = sa.select(_votes).where(sa.tuple_(_votes.c.case_ref, _votes.c.round).in_(open_votes))
        for vote in connection.execute(chosen.order_by(_votes.c.id)):
            cast.setdefault(vote.case_ref, []).append(vote)
        yield [
            Source(seats, (row.case_ref, row.round), functools.partial(_seats_of, row, cast.get(row.case_ref, [])))
            for row in page
        ]


def _seats_of(row: sa.Row[Any], cast: Sequence[sa.Row[Any]]) -> list[dict[str, Any]]:
    if not row.voting:
        # Over: of the document only the names are read.
        names = dict.fromkeys(seat["username"] for seat in _unchanged(row.document, row.sha256)["electorate"])
        return [{"case_ref": row.case_ref, "round": row.round, "username": name, "stage": NO_TURN} for name in names]
    poll = documents.read(Poll, row.document, row.sha256, row.case_ref)
    return seat_rows(poll, [documents.read(Vote, vote.document, vote.sha256, row.case_ref) for vote in cast])


def _applications_of(connection: Connection) -> Iterator[list[Source]]:
    columns = (_cases.c.reference, _cases.c.application, _cases.c.application_sha256)
    for page in _pages(connection, sa.select(*columns), _cases.c.reference):
        yield [Source(case_names, (row.reference,), functools.partial(_names_of, row)) for row in page]


def _names_of(row: sa.Row[Any]) -> list[dict[str, Any]]:
    _unchanged(row.application, row.application_sha256)
    return [{"case_ref": row.reference, "text": search_text(row.reference, row.application)}]


def _customers_of(connection: Connection) -> Iterator[list[Source]]:
    kept = tables.customers
    columns = (kept.c.company_key, kept.c.last_case, kept.c.document, kept.c.sha256)
    for page in _pages(connection, sa.select(*columns), kept.c.company_key):
        yield [Source(granted, (row.company_key,), functools.partial(_granted_of, row)) for row in page]


def _granted_of(row: sa.Row[Any]) -> list[dict[str, Any]]:
    limit = granted_limit(documents.read(Customer, row.document, row.sha256, row.last_case))
    return [] if limit is None else [granted_row(limit)]


def _unchanged(document: str, sha256: str) -> dict[str, Any]:
    """Return a document as plain data, which is quicker than reading all of it.

    Raises:
        ValueError: it is not what was written.
    """
    if documents.fingerprint(document) != sha256:
        raise ValueError("not what was written")
    return dict(json.loads(document))


def seat_rows(poll: Poll, votes: Iterable[Vote]) -> list[dict[str, Any]]:
    """Return the rows of `seats` for a vote that is open, after these votes."""
    now = turns(poll, votes)
    names = dict.fromkeys(seat.username for seat in poll.electorate)
    return [
        {"case_ref": poll.case, "round": poll.round, "username": name, "stage": now.get(name, NO_TURN)}
        for name in names
    ]


def granted_row(limit: GrantedLimit) -> dict[str, Any]:
    """Return the row of `granted` for a customer's limit."""
    values = limit._asdict()
    group = values.pop("group")
    return {**values, "units": units_of(limit.amount), "group_name": group}


def units_of(amount: Decimal) -> int | None:
    """Return an amount as a whole number of ten-thousandths; None where it is none, or more than a column holds."""
    units = amount.scaleb(UNIT_DIGITS)
    # So many limits of that size can be added without leaving what 64 bits hold.
    return int(units) if units == units.to_integral_value() and abs(units) < MOST_UNITS else None


def search_text(reference: str, application: str) -> str:
    """Return what a case is searched by: reference, company and official numbers, in small letters."""
    told = json.loads(application)
    return searched_for(" ".join([reference, told["legal_name"], *told.get("identifiers", {}).values()]))


def searched_for(text: str) -> str:
    """Return a text as it is searched for: letters of one width, small, one blank between words."""
    return " ".join(normalize("NFKC", text).casefold().split())


def _pages(connection: Connection, chosen: sa.Select[Any], *key: sa.Column[Any]) -> Iterator[list[sa.Row[Any]]]:
    """Yield all rows by primary key, in pages: what reads them may write meanwhile."""
    last: tuple[Any, ...] | None = None
    while True:
        page = chosen if last is None else chosen.where(sa.tuple_(*key) > sa.tuple_(*last))
        rows = list(connection.execute(page.order_by(*key).limit(BATCH)).all())
        yield rows
        if len(rows) < BATCH:
            return
        last = tuple(rows[-1]._mapping[column.name] for column in key)
