"""Can the stages of an approval matrix be filled: by the offices there are, and by the people there are."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, product
from typing import NamedTuple

from admission.approval.seats import MOST_WAYS, Asked, Requirement, matched, met_together
from admission.approval.stages import Stage
from admission.people import DEPARTMENTS, ROLES, Person
from admission.policy.draft import Draft
from admission.policy.mistakes import Mistake, Path, Placed, unknown_name


class _Band(NamedTuple):
    """The stages of one band that could be read."""

    path: Path
    stages: tuple[Placed[Stage], ...]

    def asked(self) -> list[Requirement]:
        return [placed.item.require for placed in self.stages]

    def words(self) -> str:
        return "; ".join(require.words().en for require in self.asked())

    def filled(self, people: Sequence[Person]) -> bool:
        return met_together([Asked(require, people) for require in self.asked()])


def office_mistakes(draft: Draft) -> Iterator[Mistake]:
    """Yield the stages that ask for more votes of an office than `approval.holders` says it has people."""
    written = draft.approval.get("holders")
    given = written if isinstance(written, dict) else {}
    holders = {name: count for name, count in given.items() if isinstance(name, str) and isinstance(count, int)}
    for name in holders:
        if name not in (*DEPARTMENTS, *ROLES):
            yield unknown_name(("approval", "holders", name), name, (*DEPARTMENTS, *ROLES))
    for band in _bands(draft):
        alone = list(_beyond_offices(band, holders))
        yield from alone
        if not alone and not _within(holders, band.asked()):
            expected = "stages that different people can fill: only one voting in two of them could reach this quorum"
            yield Mistake(band.path, band.words(), expected)


def quorum_mistakes(draft: Draft, people: Sequence[Person]) -> Iterator[Mistake]:
    """Yield the stages that these people cannot fill, or only with one person in two seats or two stages.

    Args:
        draft: the policy.
        people: those who can sign in; who is not active has no seat.
    """
    active = [person for person in people if person.active]
    for band in _bands(draft):
        alone = list(_beyond_people(band, active))
        yield from alone
        if not alone and not band.filled(active):
            expected = "more people: only one person voting in two of its stages could reach this quorum"
            yield Mistake(band.path, band.words(), expected)


def quorum_cautions(draft: Draft, people: Sequence[Person]) -> Iterator[Mistake]:
    """Yield the bands in which nobody could decide if one certain person asked for the customer or was away.

    Bands that cannot be filled at all are left out; `quorum_mistakes` has them.
    """
    for band in _bands(draft):
        active = _enough(band, [person for person in people if person.active])
        if not band.filled(active):
            continue
        needed = [one.username for one in active if not band.filled([other for other in active if other is not one])]
        if needed:
            expected = "somebody to stand in for each: where one of them asks for the customer, nobody can decide"
            yield Mistake(band.path, ", ".join(sorted(needed)), expected)
        for path, stage in band.stages:
            if stage.chair is not None and not any(stage.chair.seats(one) for one in people if one.active):
                expected = "somebody who can be the chair: without one a tie is declined"
                yield Mistake((*path, "chair"), stage.chair.words().en, expected)


def _bands(draft: Draft) -> Iterator[_Band]:
    for path, stages in groupby(draft.stages, key=lambda placed: placed.path[:-1]):
        band = _Band(path, tuple(stages))
        # One with more is a mistake of its own, and would take too long to try.
        if math.prod(require.count_ways() for require in band.asked()) <= MOST_WAYS:
            yield band


def _enough(band: _Band, people: Sequence[Person]) -> list[Person]:
    """Return people enough to tell who is needed: of many who could fill the same seats, a few are as good as all."""
    seats = [seat for require in band.asked() for part in require.parts() for seat in (part,) * part.votes]
    kept: dict[str, Person] = {}
    for seat in seats:
        able = [person for person in people if seat.seats(person)]
        kept |= {person.username: person for person in able[: len(seats) + 1]}
    return list(kept.values())


def _beyond_people(band: _Band, active: Sequence[Person]) -> Iterator[Mistake]:
    for path, stage in band.stages:
        requirement = stage.require
        if requirement.met_by(active):
            continue
        if any(all(any(seat.seats(person) for person in active) for seat in way) for way in requirement.ways()):
            expected = "more people: only one person filling two seats could reach this quorum"
        else:
            expected = "people who can fill it: with those there are this quorum cannot be reached"
        yield Mistake((*path, "require"), requirement.words().en, expected)


def _beyond_offices(band: _Band, holders: Mapping[str, int]) -> Iterator[Mistake]:
    for path, stage in band.stages:
        requirement = stage.require
        if _within(holders, [requirement]):
            continue
        whole = next((part for part in requirement.parts() if not _within(holders, [part])), None)
        if whole is not None:
            most = sum(holders[name] for name in _offices(whole, holders))
            expected = f"at most {most} of {_name(whole)}: the house has no more, so this quorum cannot be reached"
        else:
            expected = "other seats: only one person filling two seats could reach this quorum"
        yield Mistake((*path, "require"), requirement.words().en, expected)


def _within(holders: Mapping[str, int], requirements: Sequence[Requirement]) -> bool:
    """True where the offices have people enough for all seats of all requirements, each person in one seat.

    An office that `holders` does not name has as many people as it takes. A seat that asks for a department and a role
    is taken to ask for the scarcer of the two, so that nothing is called impossible that is not.
    """
    for ways in product(*(requirement.ways() for requirement in requirements)):
        seats = [_offices(seat, holders) for way in ways for seat in way]
        scarce = [offices for offices in seats if offices]
        able = {
            f"{name} {number}": [place for place, offices in enumerate(scarce) if name in offices]
            for name, count in holders.items()
            for number in range(min(count, len(scarce)))
        }
        if all(matched(able, len(scarce))):
            return True
    return False


def _offices(seat: Requirement, holders: Mapping[str, int]) -> frozenset[str]:
    """Return the offices whose people alone can fill a seat; none where there are people without number."""
    names = set()
    for part in [part for member in seat.members for part in member.parts()] if seat.group is not None else [seat]:
        counted = [name for name in (part.department, part.role) if name in holders]
        if not counted:
            return frozenset()
        names.add(min(counted, key=lambda name: holders[str(name)]))
    return frozenset(str(name) for name in names)


def _name(seat: Requirement) -> str:
    return f"group {seat.group}" if seat.group else " ".join(name for name in (seat.department, seat.role) if name)
