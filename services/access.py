"""What the house holds about one person, for the answer to a request for access (PIPL article 45, GDPR article 15)."""

from __future__ import annotations

from typing import Any

from admission.approval.mandates import Act
from admission.errors import BadInput, Problem
from admission.lengths import characters_between
from admission.model import Text
from admission.people import Person
from casebook.database.lookups import searched_for
from casebook.person_search import Naming
from services.mandates import check_mandate
from wiring.house import House

SHORTEST_NAME, LONGEST_NAME = 2, 200
LONGEST_EXCERPT = 300


def access_report(house: House, name: str, person: Person) -> dict[str, Any]:
    """Return all that is held about a person: as a user of the house, and wherever documents name them.

    That somebody asked, and for how many finds, is kept in the history; the name is not.

    Args:
        house: the house.
        name: as it is written in documents, or a username.
        person: who asks.

    Raises:
        NotAllowed: the person has no mandate for it.
        BadInput: the name is too short to be one, or too long.
    """
    check_mandate(house, Act.ACCESS_REPORT, person)
    if not SHORTEST_NAME <= len(name.strip()) <= LONGEST_NAME:
        problem = Problem("name", name[:40], characters_between(SHORTEST_NAME, LONGEST_NAME))
        raise BadInput(Text(en="This is no name to look for.", zh="无法按此姓名查询。"), problems=(problem,))
    book = house.casebook
    found = [_told(naming) for naming in book.person_search.of(name)]
    users = [_as_user(house, user) for user in book.people.all() if _is_named(user, name)]
    counts = {"found": str(len(found)), "users": str(len(users))}
    book.history.add(person.username, "person.access_reported", None, counts)
    retention = house.policy_in_force().retention.model_dump(mode="json")
    return {"name": name.strip(), "at": house.clock().isoformat(), "users": users, "found": found, "kept": retention}


def _is_named(user: Person, name: str) -> bool:
    wanted = searched_for(name)
    return wanted == searched_for(user.username) or wanted in searched_for(user.name)


def _as_user(house: House, user: Person) -> dict[str, Any]:
    search = house.casebook.person_search
    return {
        **user.model_dump(mode="json"),
        "asked_for": search.asked(user.username),
        "voted_on": search.voted(user.username),
        "events": search.acted(user.username),
    }


def _told(naming: Naming) -> dict[str, str]:
    return {**naming._asdict(), "says": naming.says[:LONGEST_EXCERPT]}
