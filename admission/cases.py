"""A case: one judgement of one company, from application to decision."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from admission.application import Application
from admission.model import Language, Record, Text, left_out


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
DecidedBy = Literal["people", "fast_track", "knock_out", "renewal", "expiry", "import"]


ConditionState = Literal["open", "met", "waived", "expired"]


class Clause(Record):
    """The clause of a contract that a condition asks for, as it read when the decision was made.

    Attributes:
        id: of the treatment that asks for it.
        version: of the policy that it stands in, such as `default 2026.2`.
        language: of the contract.
    """

    id: str
    version: str
    language: Language
    text: str


class Condition(Record):
    """What a decision asks for, and whether it is met.

    Attributes:
        due: the day by which it is to be met, with deliveries meanwhile; None where it is to be met before the first.
        clause: None where a person asked for it in words of their own.
        proof: what was seen when it was found met, or why it was waived.
        settled_by: who found it met or waived it; never who proposed it.
        valid_until: the last day on which the proof counts, as that of a certificate; None where it does not end.
    """

    id: str
    text: str
    proposed_by: str
    state: ConditionState = "open"
    due: date | None = left_out(None)
    clause: Clause | None = left_out(None)
    proof: str = left_out("")
    settled_by: str | None = left_out(None)
    settled_on: date | None = left_out(None)
    valid_until: date | None = left_out(None)

    def state_on(self, day: date) -> ConditionState:
        """Return where it stands on a day: what was met expires with its proof."""
        ended = self.state == "met" and self.valid_until is not None and self.valid_until < day
        return "expired" if ended else self.state

    def stops_on(self, day: date) -> bool:
        """True where nothing may be delivered on credit on this day, since it is not met."""
        state = self.state_on(day)
        return state == "expired" or (state == "open" and (self.due is None or self.due < day))


class Decision(Record):
    """The one result of a case.

    Attributes:
        decided_by: people, or the machine by one of the ways the policy grants it; `import` where two people brought in
            what the house had granted before.
        assessment: sha256 of the assessment that was decided on; "" for an import, which rests on none.
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
        limit: the limit granted.
        limit_in_force: what of it was in force on the day of the decision. What is in force today follows from what
            is on file, see `admission/customers/standing`.
        next_review_on: the day its next review is due.
        industry_code: with its scheme, as the last decision knew it; "" where it did not.
        open_limit: what of the limit needs no security; 0 where all of it does. None in records from before 2026-12,
            and of customers to whom it was not applied: then all that was in force with no condition open.
        assessed: False where what it has rests on the book that it came with, and nobody has assessed it here yet.
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
    open_limit: Decimal | None = left_out(None)
    assessed: bool = left_out(True)


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
