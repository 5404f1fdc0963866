"""Who may do what, under the policy in force; what is refused stays in the history."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from admission.approval.mandates import Act
from admission.errors import NotAllowed
from admission.people import Person
from wiring.house import House


def check_mandate(house: House, act: Act, person: Person) -> None:
    """Refuse an act on the house itself (calls, messages, keys) to who may not; the refusal is kept.

    Raises:
        NotAllowed: the person has no mandate for it.
    """
    try:
        house.policy_in_force().mandates.check(act, person)
    except NotAllowed:
        house.casebook.history.add(person.username, "mandate.refused", None, {"act": act.value})
        raise


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
