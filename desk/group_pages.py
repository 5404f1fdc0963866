"""The page of groups of customers: their limits, and signing for one as the second person."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from admission.approval.mandates import Act
from admission.customers.standing.group_limits import bound_on
from admission.memo.group_documents import limit_line
from desk.language import language_of
from desk.rendering import render
from desk.session import CheckedForm, SignedIn, TheHouse
from desk.words import word as text_of
from services.casefile import check_sees_all
from services.group_limits import confirm_group_limit
from services.groups import groups as all_groups

router = APIRouter(prefix="/groups", include_in_schema=False)


@router.get("")
def groups(
    request: Request, house: TheHouse, person: SignedIn, said: Annotated[str, Query(max_length=40)] = ""
) -> Response:
    """List all groups with their limits; for people who see all customers."""
    check_sees_all(person)
    today = house.today()
    return render(
        request,
        "groups.html",
        groups=[(one, bound_on(one.limits, today)) for one in all_groups(house)],
        line=limit_line,
        may_confirm=house.policy_in_force().mandates.of(Act.CONFIRM_GROUP).held_by(person),
        said=text_of("said_group", language_of(request, person)) if said == "group" else "",
    )


@router.post("/{limit}/confirm")
def confirm(house: TheHouse, person: SignedIn, _: CheckedForm, limit: str) -> Response:
    """Sign for the limit of a group as the second person."""
    check_sees_all(person)
    confirm_group_limit(house, limit, person)
    return RedirectResponse("/groups?said=group", status_code=303)
