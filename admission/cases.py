"""A case: one judgement of one company, from application to decision."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from admission.application import Application
from admission.model import Record, Text, left_out


class CaseKind(StrEnum):
    """Why the company is judged."""

    ONBOARDING = "onboarding"
    REVIEW = "review"
    LIMIT_CHANGE = "limit_change"


class CaseStatus(StrEnum):
    """Where a case stands. `unattributed` waits for a signed-in person to take the request as theirs."""

    GATHERING = "gathering"
    UNATTRIBUTED = "unattributed"
    VOTING = "voting"
    DECIDED = "decided"
    CONCLUDED = "concluded"


class Step(StrEnum):
    """The steps of a round, in order."""

    PRESCREEN = "prescreen"
    INVESTIGATE = "investigate"
    VALIDATE = "validate"
    ASSESS = "assess"
    PUBLISH_MEMO = "publish_memo"
    OPEN_VOTING = "open_voting"
    CONCLUDE = "conclude"


Outcome = Literal["admitted", "declined", "kept", "ended"]
DecidedBy = Literal["people", "fast_track", "knock_out", "renewal", "expiry"]


class Condition(Record):
    """What a decision asks for, and whether it is met."""

    id: str
    text: str
    proposed_by: str
    state: Literal["open", "met", "waived", "expired"] = "open"


class Decision(Record):
    """The one result of a case.

    Attributes:
        decided_by: people, or the machine by one of the ways the policy grants it.
        limit: the limit granted, in the currency asked for; None where declined.
    """

    outcome: Outcome
    decided_by: DecidedBy
    assessment: str
    limit: Decimal | None
    currency: str
    terms_days: int | None
    reason: Text
    decided_at: datetime


class Case(Record):
    """One judgement of one company.

    Attributes:
        reference: such as `GH-2026-000123`.
        round: the pass that is on, from 1.
        requester: username of the person who asked; None while nobody has taken the request as theirs.
        previous: reference of the company's case before this one.
        version: raised by each change; a writer that read an older one is refused.
    """

    reference: str
    kind: CaseKind
    status: CaseStatus
    round: int
    application: Application
    company_key: str
    requester: str | None
    channel: str
    opened_at: datetime
    previous: str | None = None
    decision: Decision | None = None
    version: int = 0


class Event(Record):
    """One line of a case's history."""

    seq: int
    at: datetime
    actor: str
    act: str
    case: str | None
    detail: dict[str, str]


class Customer(Record):
    """An admitted company.

    Attributes:
        limit: the limit granted; limit_in_force follows from it and the conditions still open.
        next_review_on: the day its next review is due.
        industry_code: with its scheme, as the last decision knew it; "" where it did not.
    """

    company_key: str
    legal_name: str
    country: str
    application: Application
    grade: str
    limit: Decimal
    limit_in_force: Decimal
    currency: str
    terms_days: int
    admitted_by: str
    last_case: str
    admitted_on: date
    next_review_on: date
    active: bool = True
    industry_code: str = left_out("")


class OutboxMessage(Record):
    """Something the world outside must be told, written in the same transaction as what it tells of."""

    id: int
    kind: str
    case: str | None
    payload: dict[str, str]
    created_at: datetime
    tries: int
    next_try_at: datetime
    last_error: str = ""
