"""Limits of groups: proposed by one person, confirmed by another who may decide, and ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from pydantic import ValidationError

from admission.approval.mandates import Act
from admission.assessment.exposure import group_key
from admission.customers.standing.group_limits import GroupLimit
from admission.customers.standing.group_limits import problems_of as problems_of_limit
from admission.errors import BadInput, NotAllowed
from admission.free_text import check_plain
from admission.model import Text
from admission.people import Person
from admission.problems import problems_of
from services.groups import check_known
from services.mandates import check_mandate
from wiring.house import House

_CANNOT = Text(en="The group cannot be given this limit.", zh="无法设定该集团额度。")


class NewGroupLimit(NamedTuple):
    """What somebody asks for.

    Attributes:
        amount: what all customers of the group may owe together.
        because: why; without names of persons, for it is kept.
        units: by selling unit, what of it the unit may use; empty where it is not split.
        valid_from: the first day; None for today.
        valid_until: the last day, after which nothing is left of it; None for no such day.
    """

    amount: Decimal
    currency: str
    because: str
    units: Mapping[str, Decimal] = {}
    valid_from: date | None = None
    valid_until: date | None = None


def propose_group_limit(house: House, group: str, new: NewGroupLimit, person: Person) -> GroupLimit:
    """Propose the limit of a group; it counts once a second person confirms it.

    Args:
        house: the house.
        group: its name as customers give it, whatever its capitals.
        new: what is asked for.
        person: who asks.

    Raises:
        NotAllowed: the person has no mandate for it.
        NotFound: no customer is in such a group.
        BadInput: no reason, amounts or days that cannot be, or parts that together are above the limit.
    """
    check_mandate(house, Act.LIMIT_GROUP, person)
    check_plain(_CANNOT, {"group": group, "because": new.because})
    check_known(house, group_key(group.strip()))
    limit = _limit(group.strip(), new, person.username, house.today())
    if problems := list(problems_of_limit(limit, house.today())):
        raise BadInput(_CANNOT, problems=problems)
    return house.casebook.group_limits.propose(limit)


def confirm_group_limit(house: House, name: str, person: Person) -> GroupLimit:
    """Confirm the limit of a group as the second person.

    Raises:
        NotFound: there is no such limit.
        NotAllowed: the person has no mandate for it, proposed it, or asked for a customer of the group.
        Conflict: it is confirmed, ended or over already, or a newer one of the group is confirmed.
    """
    check_mandate(house, Act.CONFIRM_GROUP, person)
    with _refusal_noted(house, name, person):
        return house.casebook.group_limits.confirm(name, person.username, house.today())


def end_group_limit(house: House, name: str, person: Person) -> GroupLimit:
    """Take the limit of a group away, which then has none; whoever proposed one takes it back while it waits.

    Raises:
        NotFound: there is no such limit.
        NotAllowed: the person has no mandate for it, or asked for a customer of the group.
        Conflict: it was ended before.
    """
    limit = house.casebook.group_limits.get(name)
    if limit.state != "waits" or limit.asked_by != person.username:
        check_mandate(house, Act.CONFIRM_GROUP, person)
    with _refusal_noted(house, name, person):
        return house.casebook.group_limits.end(name, person.username, house.today())


def _limit(group: str, new: NewGroupLimit, username: str, today: date) -> GroupLimit:
    given = {
        "id": "",
        "group": group,
        "amount": new.amount,
        "currency": new.currency,
        "units": dict(new.units),
        "reason": new.because.strip(),
        "asked_by": username,
        "valid_from": new.valid_from or today,
        "valid_until": new.valid_until,
    }
    try:
        return GroupLimit.model_validate(given)
    except ValidationError as error:
        raise BadInput(_CANNOT, problems=problems_of(error, model=GroupLimit)) from None


@contextmanager
def _refusal_noted(house: House, name: str, person: Person) -> Iterator[None]:
    """Write a refusal within the block into the history of the house."""
    try:
        yield
    except NotAllowed as refusal:
        detail = {"limit": name[:20], "reason": refusal.message.en}
        house.casebook.history.add(person.username, "group_limit.refused", None, detail)
        raise
