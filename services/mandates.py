"""Who may do what, under the policy in force; what is refused stays in the history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from admission.approval.mandates import Act
from admission.errors import NotAllowed
from admission.people import Person
from admission.policy import Policy
from wiring.house import House


def check_mandate(house: House, act: Act, person: Person) -> None:
    """Refuse an act on the house itself (calls, messages, keys) to who may not; the refusal is kept.

    Raises:
        NotAllowed: the person has no mandate for it.
    """
    with refusal_kept(house, "mandate.refused", person, {"act": act.value}):
        house.policy_in_force().mandates.check(act, person)


@contextmanager
def refusal_kept(house: House, act: str, person: Person, detail: Mapping[str, str]) -> Iterator[None]:
    """Write a refusal within the block into the history, where it is about no case."""
    try:
        yield
    except NotAllowed:
        house.casebook.history.add(person.username, act, None, detail)
        raise


def under_mandate(house: House, act: Act, person: Person, reference: str, refused: str) -> Policy:
    """Return the policy in force, under which a person may do this to a case; a refusal is kept with the case.

    Args:
        house: the house.
        act: what the person is about to do.
        person: who.
        reference: of the case.
        refused: how the history calls a refusal.

    Raises:
        NotAllowed: the person has no mandate for it.
        NotFound: there is no such case.
    """
    policy = house.policy_in_force()
    with refusal_noted(house, refused, reference, person):
        policy.mandates.check(act, person, case=reference)
    return policy


@contextmanager
def refusal_noted(house: House, act: str, reference: str, person: Person) -> Iterator[None]:
    """Write a refusal within the block into the history of the case.

    Raises:
        NotFound: there is no such case.
    """
    house.casebook.cases.get(reference)
    try:
        yield
    except NotAllowed as refusal:
        house.casebook.history.add(person.username, act, reference, {"reason": refusal.message.en})
        raise
