"""What the JSON API takes and gives."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from admission.approval.votes import Ballot, Choice
from admission.cases import CaseKind, CaseStatus, Outcome
from admission.errors import Invalid
from admission.model import Record
from admission.problems import AN_AMOUNT
from desk.ballot_form import LONGEST_CONDITION, LONGEST_REASON

AMOUNT = "^[0-9]{1,15}([.][0-9]{1,4})?$"
# An amount, as text so that no digit is lost, or as a whole number.
_AMOUNTS: list[dict[str, Any]] = [
    {"type": "string", "pattern": AMOUNT},
    {"type": "number", "minimum": 0, "maximum": 10**15 - 1, "multipleOf": 0.0001},
]
AMOUNT_SCHEMA: dict[str, Any] = {"anyOf": _AMOUNTS, "title": "Amount"}
LIMIT: dict[str, Any] = {"anyOf": [*_AMOUNTS, {"type": "null"}], "title": "Limit"}


def as_documented(value: object) -> object:
    """Refuse what Decimal would take and the document does not name, such as 1e9 or an empty text."""
    if isinstance(value, bool) or (isinstance(value, str) and re.fullmatch(AMOUNT, value, re.ASCII) is None):
        raise Invalid(AN_AMOUNT)
    return value


class ProblemDocument(BaseModel):
    """An error (RFC 9457): what happened, and what can be done about it."""

    type: str
    title: str
    status: int
    detail: str
    remedy: str
    instance: str
    problems: list[dict[str, str]] = Field(default_factory=list)


class CaseLine(Record):
    """A case in a list."""

    reference: str
    kind: CaseKind
    status: CaseStatus
    round: int
    legal_name: str
    country: str
    requested_limit: str
    currency: str
    requester: str | None
    opened_at: datetime
    outcome: Outcome | None


class VoteBody(BaseModel):
    """A vote on one assessment.

    Attributes:
        assessment: sha256 of the assessment that was read; an outdated one is refused.
        accepted: unknown and failed criteria that are accepted by name: criterion id -> reason.
    """

    model_config = ConfigDict(extra="forbid")

    assessment: str = Field(pattern="^[0-9a-f]{64}$")
    choice: Choice
    comment: str = Field(default="", max_length=4000)
    conditions: tuple[Annotated[str, Field(min_length=1, max_length=LONGEST_CONDITION)], ...] = Field(
        default=(), max_length=20
    )
    limit: Annotated[
        Annotated[Decimal, Field(ge=0, max_digits=19, decimal_places=4)] | None,
        BeforeValidator(as_documented),
        WithJsonSchema(LIMIT),
    ] = None
    accepted: dict[Annotated[str, Field(max_length=80)], Annotated[str, Field(max_length=LONGEST_REASON)]] = Field(
        default_factory=dict, max_length=100
    )

    def ballot(self) -> Ballot:
        """Return the ballot in it."""
        return Ballot.model_validate(self.model_dump(exclude={"assessment"}))


class AfterVote(Record):
    """Where a case stands after a vote."""

    reference: str
    status: CaseStatus
    round: int
    standing: dict[str, Any] | None
    decision: dict[str, Any] | None
