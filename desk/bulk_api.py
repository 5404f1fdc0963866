"""The JSON API of acts on many customers, to read; they are proposed and confirmed by people."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from admission.memo.bulk_documents import bulk_document, member_document
from desk.api_routes import WAYS, refusals
from desk.language import language_for_program
from desk.session import ApiPerson, TheHouse
from services.bulk_acts import check_sees_acts

router = APIRouter(prefix="/api/bulk-acts", tags=["customers"], dependencies=WAYS, responses=refusals(400, 401, 403))


@router.get("")
def list_acts(request: Request, house: TheHouse, person: ApiPerson) -> list[dict[str, Any]]:
    """List the acts on many customers, newest first, with what each comes to and how it stands."""
    check_sees_acts(person)
    language, today = language_for_program(request, person), house.today()
    return [bulk_document(act, language, today) for act in house.casebook.bulk_acts.all()]


@router.get("/{name}", responses=refusals(404, 422))
def show(
    request: Request,
    house: TheHouse,
    person: ApiPerson,
    name: str,
    after: Annotated[int, Query(ge=0)] = 0,
    most: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> dict[str, Any]:
    """Show an act with its customers, the largest exposure first, and what came of each; a page after a place."""
    check_sees_acts(person)
    language, book = language_for_program(request, person), house.casebook.bulk_acts
    members = [member_document(one, language) for one in book.members(name, after=after, most=most)]
    return {**bulk_document(book.get(name), language, house.today()), "members": members}
