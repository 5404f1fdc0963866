"""Customers of a confirmed book, written many at once: each with the case and the decision on which its limit rests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from admission.assessment.exposure import granted_limit
from admission.cases import CaseKind, CaseStatus, Customer
from admission.customers.book.admitting import imported_customer, imported_decision, imported_security
from admission.customers.book.records import BookImport, BookRow
from admission.customers.standing.securities import Security, paper_of
from admission.errors import Conflict
from admission.model import Text, digest
from admission.transitions import BEGINNING_FROM_BOOK
from casebook.database import documents, tables
from casebook.database.case_rows import lock_opening, next_references
from casebook.database.customer_tables import securities, security_customers
from casebook.database.ledger_tables import ledger_accounts
from casebook.database.lookup_tables import case_names, granted
from casebook.database.lookups import granted_row, search_text
from casebook.database.store import SYSTEM, Transaction, batches
from casebook.outbox import put_head_due

CHANNEL = "book"
IMPORTED, CONCLUDED = "case.imported", "case.concluded"
InForce = Callable[[Customer, Security | None], Decimal]


class Waiting(NamedTuple):
    """A row that waits: its place in the import, its number in the file, and what it says."""

    place: int
    number: int
    row: BookRow


class Known(NamedTuple):
    """What the casebook has already of what a book tells.

    Attributes:
        cases: company key -> the newest case of the company, and whether that is open.
        papers: fingerprint of a paper -> the security of which it is in hand.
        accounts: customer number -> the company that it was said to be.
    """

    cases: Mapping[str, tuple[str, bool]]
    papers: Mapping[str, str]
    accounts: Mapping[str, str]


class _Admitted(NamedTuple):
    reference: str
    waiting: Waiting
    customer: Customer
    security: Security | None


def known_in(connection: Connection, rows: Sequence[BookRow]) -> Known:
    """Return what the casebook has of these companies, their papers and their customer numbers."""
    cases, papers, accounts = tables.cases, dict[str, str](), dict[str, str]()
    found: dict[str, tuple[str, bool]] = {}
    for some in batches([row.company_key for row in rows]):
        chosen = sa.select(cases.c.company_key, cases.c.reference, cases.c.status).where(cases.c.company_key.in_(some))
        for key, reference, status in connection.execute(chosen.order_by(cases.c.opened_at, cases.c.reference)):
            found[key] = (reference, status != CaseStatus.CONCLUDED)
    for some in batches([digest(row.security.paper) for row in rows if row.security is not None]):
        in_hand = sa.select(securities.c.paper_sha256, securities.c.id).where(
            securities.c.paper_sha256.in_(some), securities.c.revoked_on.is_(None)
        )
        papers.update((paper, f"S{number}") for paper, number in connection.execute(in_hand))
    for some in batches([row.account for row in rows if row.account]):
        said = sa.select(ledger_accounts.c.customer, ledger_accounts.c.company_key)
        pairs = connection.execute(said.where(ledger_accounts.c.customer.in_(some)))
        accounts.update((customer, key) for customer, key in pairs)
    return Known(found, papers, accounts)


def admit_in(transaction: Transaction, book: BookImport, waiting: Sequence[Waiting], in_force: InForce) -> None:
    """Make customers of rows, within an open transaction.

    Args:
        transaction: in which they are written.
        book: with who proposed and who confirmed it.
        waiting: the rows.
        in_force: says what of a customer's limit is in force, with its security.

    Raises:
        Conflict: a company, a paper or a customer number has become known otherwise since the rows were checked.
    """
    lock_opening(transaction.connection)
    _check_still_new(transaction.connection, [one.row for one in waiting])
    references = next_references(transaction, len(waiting))
    transaction.keys.make_new(references)
    admitted = [
        _admitted(transaction, book, one, reference, in_force)
        for one, reference in zip(waiting, references, strict=True)
    ]
    for some in batches(admitted):
        _write_cases(transaction, book, some)
        _write_customers(transaction, some)
    _write_securities(transaction, book, [one for one in admitted if one.security is not None])
    _write_accounts(transaction, book, [one.waiting.row for one in admitted if one.waiting.row.account])
    put_head_due(transaction)


def _admitted(transaction: Transaction, book: BookImport, one: Waiting, reference: str, in_force: InForce) -> _Admitted:
    customer = imported_customer(one.row, reference, transaction.now.date())
    security = imported_security(one.row, book)
    stands = customer.model_copy(update={"limit_in_force": in_force(customer, security)})
    return _Admitted(reference, one, stands, security)


def _check_still_new(connection: Connection, rows: Sequence[BookRow]) -> None:
    known = known_in(connection, rows)
    others = [key for row in rows if (key := known.accounts.get(row.account)) not in (None, row.company_key)]
    if known.cases or known.papers or others:
        reference = next((reference for reference, _ in known.cases.values()), next(iter(known.papers.values()), ""))
        raise Conflict(
            Text(
                en="A company of this book has become known here otherwise meanwhile.",
                zh="该导入中的企业此间已通过其他途径登记。",
            ),
            context={"found": reference or "account"},
            remedy=Text(en="try again: it then says which rows", zh="请重试，届时会列出是哪些行"),
        )


def _write_cases(transaction: Transaction, book: BookImport, some: Sequence[_Admitted]) -> None:
    cases, decisions, names = list[dict[str, Any]](), list[dict[str, Any]](), list[dict[str, Any]]()
    for one in some:
        row, reference = one.waiting.row, one.reference
        text, sha256 = documents.written(row.application)
        cases.append(
            {
                "reference": reference,
                "kind": CaseKind.ONBOARDING,
                "status": BEGINNING_FROM_BOOK,
                "round": 1,
                "company_key": row.company_key,
                "application": text,
                "application_sha256": sha256,
                "requester": book.proposed_by,
                "channel": CHANNEL,
                "opened_at": transaction.now,
                "version": 0,
            }
        )
        decision = imported_decision(row, book, transaction.now)
        told, told_sha256 = documents.written(decision)
        kept = {"case_ref": reference, "round": 1, "outcome": decision.outcome}
        decisions.append({**kept, "document": told, "sha256": told_sha256})
        names.append({"case_ref": reference, "text": search_text(reference, text)})
        _note(transaction, book, one, sha256)
    transaction.add(tables.cases, *cases)
    transaction.add(tables.decisions, *decisions)
    transaction.connection.execute(sa.insert(case_names), names)


def _note(transaction: Transaction, book: BookImport, one: _Admitted, application: str) -> None:
    detail = {
        "book": book.id,
        "row": str(one.waiting.number),
        "proposed_by": book.proposed_by,
        "application": application,
        "limit": f"{one.customer.limit} {one.customer.currency}",
    }
    transaction.event(str(book.confirmed_by), IMPORTED, one.reference, detail)
    transaction.event(SYSTEM, CONCLUDED, one.reference, {"customer": "True", "conditions": "0", "notices": "0"})


def _write_customers(transaction: Transaction, some: Sequence[_Admitted]) -> None:
    rows, limits = list[dict[str, Any]](), list[dict[str, Any]]()
    for one in some:
        customer = one.customer
        text, sha256 = documents.written(customer)
        rows.append(
            {
                "company_key": customer.company_key,
                "last_case": one.reference,
                "next_review_on": customer.next_review_on,
                "active": True,
                "document": text,
                "sha256": sha256,
            }
        )
        limit = granted_limit(customer)
        if limit is not None:
            limits.append(granted_row(limit))
    transaction.add(tables.customers, *rows)
    transaction.connection.execute(sa.insert(granted), limits)


def _write_securities(transaction: Transaction, book: BookImport, some: Sequence[_Admitted]) -> None:
    held = {digest(paper_of(one.security)): (one.reference, one.security) for one in some if one.security is not None}
    for papers in batches(list(held)):
        transaction.add(securities, *(_security_values(transaction, book, paper, *held[paper]) for paper in papers))
        made = sa.select(securities.c.paper_sha256, securities.c.id).where(
            securities.c.paper_sha256.in_(papers), securities.c.revoked_on.is_(None)
        )
        numbers = {row.paper_sha256: row.id for row in transaction.connection.execute(made)}
        links = [{"security": numbers[paper], "case_ref": held[paper][0]} for paper in papers]
        transaction.add(security_customers, *links)
        for paper in papers:
            detail = {"security": f"S{numbers[paper]}", "book": book.id}
            transaction.event(book.proposed_by, "security.recorded", held[paper][0], detail)
            transaction.event(str(book.confirmed_by), "security.confirmed", held[paper][0], detail)


def _security_values(
    transaction: Transaction, book: BookImport, paper: str, reference: str, security: Security
) -> dict[str, Any]:
    # The second signature is a column of its own, as of a security that a person records and another confirms.
    text, sha256 = documents.written(security.model_copy(update={"confirmed_by": None}))
    return {
        "case_ref": reference,
        "paper_sha256": paper,
        "recorded_by": book.proposed_by,
        "document": text,
        "sha256": sha256,
        "recorded_at": transaction.now,
        "confirmed_by": book.confirmed_by,
        "confirmed_at": transaction.now,
    }


def _write_accounts(transaction: Transaction, book: BookImport, rows: Sequence[BookRow]) -> None:
    if not rows:
        return
    common = {"set_by": book.proposed_by, "set_at": transaction.now}
    transaction.upsert(
        ledger_accounts, [{"customer": row.account, "company_key": row.company_key, **common} for row in rows]
    )
    detail = {"set": str(len(rows)), "removed": "0", "book": book.id}
    transaction.event(str(book.confirmed_by), "ledger.accounts", None, detail)
