"""The JSON API: cases, one case, votes, customers. By session cookie, or `Authorization: Bearer` with an API token."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, BackgroundTasks, Query, Request

from admission.cases import Case, CaseKind, CaseStatus
from admission.customers.portfolio import Portfolio
from admission.memo.coverage_words import coverage_document
from admission.memo.customer_documents import customer_document, customer_line, standing_document
from admission.memo.documents import case_document
from admission.memo.group_documents import group_document, group_use
from admission.memo.ledger_words import ledger_document
from desk.api_documents import AfterVote, CaseLine, VoteBody
from desk.api_routes import WAYS, refusals
from desk.case_pages import courier_of
from desk.language import language_for_program
from desk.session import ActsWith, ApiPerson, ApiVoter, TheHouse
from services.casefile import case_file, check_may_see, check_sees_all, seen_by
from services.coverage import coverage
from services.customer_standing import file_and_standing, seen_customer, seen_customers, standing_of
from services.earned_steps import steps_of
from services.groups import group_named, group_of
from services.ledgers import figures_of
from services.portfolio import portfolio

router = APIRouter(prefix="/api", tags=["cases"], dependencies=WAYS, responses=refusals(400, 401))


@router.get("/cases", responses=refusals(403, 422))
def list_cases(
    house: TheHouse,
    person: ApiPerson,
    status: CaseStatus | None = None,
    kind: CaseKind | None = None,
    newest: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> list[CaseLine]:
    """List the cases that the caller may see, newest first."""
    found = house.casebook.cases.list(status=status, kind=kind, newest=newest, seen_by=seen_by(person))
    return [_line(case) for case in found]


@router.get("/cases/{reference}", responses=refusals(403, 404))
def read_case(request: Request, house: TheHouse, person: ApiPerson, reference: str) -> dict[str, Any]:
    """Return everything on a case; messages are in the language of `?lang=`, Accept-Language or the person."""
    check_may_see(house, person, reference)
    return case_document(case_file(house, reference), language_for_program(request, person))


@router.get("/customers", responses=refusals(403, 422), tags=["customers"])
def list_customers(
    request: Request,
    house: TheHouse,
    person: ApiPerson,
    text: Annotated[str, Query(max_length=300)] = "",
    after: Annotated[str, Query(max_length=400)] = "",
    most: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> list[dict[str, Any]]:
    """List the customers that the caller may see, by key, with what of their limit is in force today and why.

    `text` finds names and official numbers; `after` is the key with which the page before ended.
    """
    language = language_for_program(request, person)
    found = seen_customers(house, person, text=text, after=after, most=most)
    return [customer_line(customer, stands, language) for customer, stands in found]


@router.get("/portfolio", responses=refusals(403), tags=["customers"])
def read_portfolio(house: TheHouse, person: ApiPerson) -> Portfolio:
    """Sum up all customers, in the house currency; for people who see all cases."""
    check_sees_all(person)
    return portfolio(house)


@router.get("/coverage", responses=refusals(403, 422), tags=["customers"])
def read_coverage(request: Request, house: TheHouse, person: ApiPerson, since: date | None = None) -> dict[str, Any]:
    """Account for the reviews of all customers since a day, 30 days ago if none is given; for people who see all."""
    check_sees_all(person)
    return coverage_document(coverage(house, since), language_for_program(request, person))


@router.get("/customers/{key:path}/standing", responses=refusals(403, 404), tags=["customers"])
def read_standing(request: Request, house: TheHouse, person: ApiPerson, key: str) -> dict[str, Any]:
    """Return a customer's limit, what of it is in force, on hold or not, until when, and why; and its group's limit."""
    customer = seen_customer(house, person, key)
    language = language_for_program(request, person)
    group = group_use(group_of(house, customer), language)
    return {**standing_document(standing_of(house, customer), language), "group": group}


@router.get("/customers/{key:path}/ledger", responses=refusals(403, 404), tags=["customers"])
def read_ledger(request: Request, house: TheHouse, person: ApiPerson, key: str) -> dict[str, Any]:
    """Return what the house's own ledger tells of a customer; `loaded` is false where no ledger was ever loaded."""
    seen_customer(house, person, key)
    return ledger_document(figures_of(house, key), language_for_program(request, person))


@router.get("/customers/{key:path}", responses=refusals(403, 404), tags=["customers"])
def read_customer(request: Request, house: TheHouse, person: ApiPerson, key: str) -> dict[str, Any]:
    """Return a customer with everything on file: conditions, securities, credit insurance, holds."""
    customer = seen_customer(house, person, key)
    file, stands = file_and_standing(house, customer)
    steps = steps_of(house, file, stands)
    return customer_document(file, stands, group_of(house, customer), language_for_program(request, person), steps)


@router.get("/groups/{name:path}", responses=refusals(403, 404), tags=["customers"])
def read_group(request: Request, house: TheHouse, person: ApiPerson, name: str) -> dict[str, Any]:
    """Return a group of customers: its limit, and what is used by which customer and unit; for people who see all."""
    check_sees_all(person)
    return group_document(group_named(house, name), language_for_program(request, person))


@router.post("/cases/{reference}/votes", status_code=201, responses=refusals(403, 404, 408, 409, 413, 422))
def cast_vote(
    request: Request,
    house: TheHouse,
    person: ApiVoter,
    acts_with: ActsWith,
    reference: str,
    body: VoteBody,
    after: BackgroundTasks,
) -> AfterVote:
    """Cast a vote, by the same rules as at the desk. An API token needs the scope `vote`."""
    check_may_see(house, person, reference)
    voting = house.casebook.voting
    voting.cast(reference, person, body.assessment, body.ballot(), channel="api", credential=acts_with)
    after.add_task(courier_of(request).deliver_now)
    document = case_document(case_file(house, reference), language_for_program(request, person))
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
