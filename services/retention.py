"""Erasing what is personal: by the days of the policy, or on request of the person it is about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from admission.approval.mandates import Act
from admission.errors import BadInput, Problem
from admission.lengths import characters_between
from admission.model import Text
from admission.people import Person
from admission.policy import Policy
from casebook.database.erasure_tables import ANSWERS, KINDS, PERSONAL, ErasureKind
from services.books import expire_books
from services.deciding import SYSTEM
from services.mandates import check_mandate
from wiring.house import House

LONGEST_REASON = 150
AT_ONCE = 200


class Erased(NamedTuple):
    """How much was erased: raw answers of cases, documents of cases, messages, books that nobody settled."""

    answers: int
    personal: int
    messages: int
    books: int


class Due(NamedTuple):
    """Cases of which something is to be erased.

    Attributes:
        rule: as the record of erasures names it.
    """

    kind: ErasureKind
    rule: str
    cases: tuple[str, ...]


def due(house: House) -> list[Due]:
    """Return what the policy in force says is to be erased now; a part of it, where it is very much."""
    return _due(house, house.policy_in_force())


def _due(house: House, policy: Policy) -> list[Due]:
    found = []
    for kind in KINDS:
        days = getattr(policy.retention, f"{kind}_days")
        if days is not None:
            cases = house.casebook.erasures.due(kind, _before(house, days), AT_ONCE)
            found.append(Due(kind, _rule(policy, kind, days), tuple(cases)))
    return found


def erase_due(house: House) -> Erased:
    """Erase what the policy in force says, and books that nobody settled in time.

    What is left because it is very much, the next call erases.
    """
    policy, counts = house.policy_in_force(), dict.fromkeys(KINDS, 0)
    for kind, rule, cases in _due(house, policy):
        counts[kind] = len(cases)
        _erase(house, kind, cases, rule, SYSTEM)
    days = policy.retention.messages_days
    messages = 0 if days is None else house.casebook.erasures.drop_messages(_before(house, days))
    return Erased(counts[ANSWERS], counts[PERSONAL], messages, expire_books(house))


def erase(house: House, references: Sequence[str], kinds: Sequence[ErasureKind], reason: str, person: Person) -> None:
    """Erase something of cases on request, for good.

    Args:
        house: the house.
        references: of concluded cases, of companies that are no customers.
        kinds: what of them.
        reason: on whose request, by what law; without the name of the person it is about.
        person: who erases.

    Raises:
        NotAllowed: the person has no mandate for it.
        BadInput: no reason, or one that is too long.
        NotFound: no such case.
        Conflict: a case is not concluded, or its company is a customer or has an open case.
    """
    check_mandate(house, Act.ERASE, person)
    if not reason.strip() or len(reason) > LONGEST_REASON:
        problem = Problem("reason", reason[:40], characters_between(1, LONGEST_REASON))
        raise BadInput(Text(en="Nothing is erased without a reason.", zh="未说明理由，不能删除。"), problems=(problem,))
    for kind in kinds:
        _erase(house, kind, references, f"on request: {reason.strip()}", person.username)


def _erase(house: House, kind: ErasureKind, references: Sequence[str], rule: str, actor: str) -> None:
    if kind == ANSWERS:
        if references:
            house.casebook.erasures.erase_answers(references, rule, actor)
        return
    for reference in references:
        house.casebook.erasures.erase_personal(reference, rule, actor)


def _rule(policy: Policy, kind: ErasureKind, days: int) -> str:
    return f"retention.{kind}_days {days} of policy {policy.name} {policy.version}"


def _before(house: House, days: int) -> datetime:
    return house.clock() - timedelta(days=days)
