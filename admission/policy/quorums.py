"""Can the stages of an approval matrix be filled: by the offices there are, and by the people there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from admission.people import DEPARTMENTS, ROLES, Person
from admission.policy.mistakes import Mistake, Path, unknown_name
from admission.seats import Requirement

if TYPE_CHECKING:
    from admission.policy.checks import Draft


def office_mistakes(draft: Draft) -> Iterator[Mistake]:
    """Yield the stages that ask for more votes of an office than `approval.holders` says it has people."""
    holders = draft.approval.holders if draft.approval is not None else {}
    for name in holders:
        if name not in (*DEPARTMENTS, *ROLES):
            yield unknown_name(("approval", "holders", name), name, (*DEPARTMENTS, *ROLES))
    for path, requirement in _requirements(draft):
        lacking = [_lacking(way, holders) for way in requirement.ways()]
        if lacking and all(lacking):
            name, asked = max(lacking[0].items(), key=lambda pair: pair[1])
            held = holders[name]
            if any(part.votes > held for part in _single(requirement) if name in (part.department, part.role)):
                expected = f"at most {held} of {name}: the house has no more, so this quorum cannot be reached"
            else:
                expected = f"other seats: {asked} of {name} could only be one person filling two seats"
            yield Mistake(path, requirement.words().en, expected)


def quorum_mistakes(draft: Draft, people: Sequence[Person]) -> Iterator[Mistake]:
    """Yield the stages that these people cannot fill, or only with one person in two seats.

    Args:
        draft: the policy.
        people: those who can sign in; who is not active has no seat.
    """
    active = [person for person in people if person.active]
    for path, requirement in _requirements(draft):
        if requirement.met_by(active):
            continue
        if any(all(any(seat.seats(person) for person in active) for seat in way) for way in requirement.ways()):
            expected = "more people: only one person filling two seats could reach this quorum"
        else:
            expected = "people who can fill it: with those there are this quorum cannot be reached"
        yield Mistake(path, requirement.words().en, expected)


def _requirements(draft: Draft) -> Iterator[tuple[Path, Requirement]]:
    for _, bands in draft.matrices:
        for place, band in bands:
            for number, stage in enumerate(band.stages):
                yield (*place, "stages", number, "require"), stage.require


def _lacking(way: Sequence[Requirement], holders: dict[str, int]) -> dict[str, int]:
    """Return how many seats each office would have to fill beyond the people it has."""
    asked = Counter(name for seat in way for name in (seat.department, seat.role) if name is not None)
    return {name: count for name, count in asked.items() if count > holders.get(name, count)}


def _single(requirement: Requirement) -> Iterator[Requirement]:
    for part in (*requirement.all_of, *requirement.any_of):
        yield from _single(part)
    if not requirement.all_of and not requirement.any_of:
        yield requirement
