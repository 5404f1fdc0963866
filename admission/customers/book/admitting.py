"""What a confirmed row of a book becomes: a customer, the decision on which its limit rests, its security."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from admission.cases import Customer, Decision
from admission.customers.book.records import BookImport, BookRow
from admission.customers.standing.securities import Allotment, Security
from admission.model import Text


def imported_customer(row: BookRow, reference: str, on: date) -> Customer:
    """Return the customer that a row becomes.

    Args:
        row: whose next review is known.
        reference: of the case on which its limit rests.
        on: the day on which it came in.
    """
    due = row.next_review_on
    assert due is not None  # noqa: S101 - it was reckoned when the book was proposed
    application = row.application
    return Customer(
        company_key=row.company_key,
        legal_name=application.legal_name,
        country=application.country,
        application=application,
        grade=row.grade,
        limit=row.limit,
        limit_in_force=Decimal(0),
        currency=row.currency,
        terms_days=application.requested.terms_days,
        admitted_by=reference,
        last_case=reference,
        admitted_on=on,
        next_review_on=due,
        industry_code=row.industry_code,
        open_limit=row.open_part,
        assessed=False,
    )


def imported_decision(row: BookRow, book: BookImport, at: datetime) -> Decision:
    """Return the decision that stands for a row: it rests on the book, and on no assessment.

    Args:
        row: the customer.
        book: as it was confirmed.
        at: when.
    """
    by, second = book.proposed_by, book.confirmed_by
    return Decision(
        outcome="admitted",
        decided_by="import",
        assessment="",
        limit=row.limit,
        currency=row.currency,
        terms_days=row.application.requested.terms_days,
        reason=Text(
            en=f"came with the book {book.id}, proposed by {by} and confirmed by {second}; "
            "limit and terms are those the customer had, and nobody has assessed it here",
            zh=f"随存量客户导入 {book.id} 转入，{by} 提出、{second} 复核；额度和账期沿用原有安排，本系统尚未评估",
        ),
        decided_at=at,
    )


def imported_security(row: BookRow, book: BookImport) -> Security | None:
    """Return the security of a row, recorded by who proposed the book and confirmed by who confirmed it."""
    held = row.security
    if held is None:
        return None
    return Security(
        id="",
        kind=held.kind,
        giver=held.giver,
        document=held.document,
        amount=held.amount,
        currency=row.currency,
        allotted=(Allotment(company_key=row.company_key, amount=held.amount),),
        # The book says when it was last looked at, and not since when it is valid.
        valid_from=row.last_review_on,
        valid_until=held.valid_until,
        recorded_by=book.proposed_by,
        confirmed_by=book.confirmed_by,
    )
