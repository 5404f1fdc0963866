"""The JSON API: cases, one case, votes. By session cookie, or `Authorization: Bearer` with an API token."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, BackgroundTasks, Query, Request, Security
from fastapi.security import APIKeyCookie, HTTPBearer
from pydantic import BaseModel, ConfigDict, Field

from admission.approval.votes import Ballot, Choice
from admission.cases import Case, CaseKind, CaseStatus, Outcome
from admission.memo.documents import case_document
from admission.model import Record
from desk.ballot_form import LONGEST_CONDITION, LONGEST_REASON
from desk.case_pages import courier_of
from desk.failures import PROBLEM
from desk.language import language_of
from desk.session import SESSION, ApiPerson, TheHouse
from services.casefile import case_file


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
        accepted: open unknowns that are accepted: criterion id -> reason.
    """

    model_config = ConfigDict(extra="forbid")

    assessment: str = Field(pattern="^[0-9a-f]{64}$")
    choice: Choice
    comment: str = Field(default="", max_length=4000)
    conditions: tuple[Annotated[str, Field(min_length=1, max_length=LONGEST_CONDITION)], ...] = Field(
        default=(), max_length=20
    )
    limit: Decimal | None = Field(default=None, ge=0, max_digits=19, decimal_places=4)
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


def _refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    schema = ProblemDocument.model_json_schema()
    words = {401: "nobody is signed in", 403: "not allowed", 404: "no such case", 409: "conflict", 422: "bad input"}
    return {status: {"description": words[status], "content": {PROBLEM: {"schema": schema}}} for status in statuses}


# They tell OpenAPI how to sign in; `api_person` does it.
_WAYS = [
    Security(HTTPBearer(auto_error=False, description="an API token, or a session's")),
    Security(APIKeyCookie(name=SESSION, auto_error=False)),
]
router = APIRouter(prefix="/api", tags=["cases"], dependencies=_WAYS, responses=_refusals(401))


@router.get("/cases", responses=_refusals(422))
def list_cases(
    house: TheHouse,
    _: ApiPerson,
    status: CaseStatus | None = None,
    kind: CaseKind | None = None,
    newest: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> list[CaseLine]:
    """List cases, newest first."""
    return [_line(case) for case in house.casebook.cases.list(status=status, kind=kind, newest=newest)]


@router.get("/cases/{reference}", responses=_refusals(404))
def read_case(request: Request, house: TheHouse, person: ApiPerson, reference: str) -> dict[str, Any]:
    """Return everything on a case; messages are in the language of `?lang=` or Accept-Language."""
    return case_document(case_file(house, reference), language_of(request, person))


@router.post("/cases/{reference}/votes", status_code=201, responses=_refusals(403, 404, 409, 422))
def cast_vote(
    request: Request, house: TheHouse, person: ApiPerson, reference: str, body: VoteBody, after: BackgroundTasks
) -> AfterVote:
    """Cast a vote, by the same rules as at the desk."""
    house.casebook.voting.cast(reference, person, body.assessment, body.ballot(), channel="api")
    after.add_task(courier_of(request).deliver_now)
    document = case_document(case_file(house, reference), language_of(request, person))
    return AfterVote.model_validate({name: document[name] for name in AfterVote.model_fields})


def _line(case: Case) -> CaseLine:
    requested = case.application.requested
    return CaseLine(
        reference=case.reference,
        kind=case.kind,
        status=case.status,
        round=case.round,
        legal_name=case.application.legal_name,
        country=case.application.country,
        requested_limit=str(requested.limit),
        currency=requested.currency,
        requester=case.requester,
        opened_at=case.opened_at,
        outcome=case.decision.outcome if case.decision else None,
    )
