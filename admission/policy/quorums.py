"""Can the stages of an approval matrix be filled: by the offices there are, and by the people there are."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, product
from typing import NamedTuple

from admission.approval.seats import MOST_WAYS, SEAT_NAMES, Asked, Requirement, matched, met_together
from admission.approval.stages import Stage
from admission.model import Text
from admission.people import DEPARTMENTS, ROLES, Person
from admission.policy.draft import Draft
from admission.policy.mistakes import Mistake, Path, Placed, unknown_name

DIFFERENT_PEOPLE = Text(
    en="stages that different people can fill: only one voting in two of them could reach this quorum",
    zh="可由不同人员审批的环节：按此设置，只有一人在两个环节审批才能凑足审批人",
)
MORE_FOR_STAGES = Text(
    en="more people: only one person voting in two of its stages could reach this quorum",
    zh="更多人员：目前只有一人在两个环节审批才能凑足审批人",
)
MORE_FOR_SEATS = Text(
    en="more people: only one person filling two seats could reach this quorum",
    zh="更多人员：目前只有一人占两个席位才能凑足审批人",
)
OTHER_SEATS = Text(
    en="other seats: only one person filling two seats could reach this quorum",
    zh="其他席位：按此设置，只有一人占两个席位才能凑足审批人",
)
OTHER_PEOPLE = Text(
    en="people who can fill it: with those there are this quorum cannot be reached",
    zh="能够审批的人员：现有人员无法凑足审批人",
)
STAND_INS = Text(
    en="somebody to stand in for each: where one of them asks for the customer, nobody can decide",
    zh="为其中每人安排替补：由其中一人提交申请时，无人可以审批",
)
A_CHAIR = Text(
    en="somebody who can be the chair: without one a tie is declined", zh="能够担任主席的人员：没有主席，票数相等即否决"
)


class BandSeats(NamedTuple):
    """The stages of one band that could be read."""

    path: Path
    stages: tuple[Placed[Stage], ...]

    def asked(self) -> list[Requirement]:
        """Return what each stage asks for."""
        return [placed.item.require for placed in self.stages]

    def words(self) -> Text:
        """Return what the stages ask for, in words."""
        asked = [require.words() for require in self.asked()]
        return Text(en="; ".join(words.en for words in asked), zh="；".join(words.zh for words in asked))

    def filled(self, people: Sequence[Person]) -> bool:
        """True where these people, each in one seat, fill all stages."""
        return met_together([Asked(require, people) for require in self.asked()])


def office_mistakes(draft: Draft) -> Iterator[Mistake]:
    """Yield the stages that ask for more votes of an office than `approval.holders` says it has people."""
    holders = draft.holders
    for name in holders:
        if name not in (*DEPARTMENTS, *ROLES):
            yield unknown_name(("approval", "holders", name), name, (*DEPARTMENTS, *ROLES))
    for band in bands_of(draft):
        alone = list(_beyond_offices(band, holders))
        yield from alone
        if not alone and not fits_offices(holders, band.asked()):
            yield Mistake(band.path, "", _in_place_of(band.words(), DIFFERENT_PEOPLE))


def quorum_mistakes(draft: Draft, people: Sequence[Person]) -> Iterator[Mistake]:
    """Yield the stages that these people cannot fill, or only with one person in two seats or two stages.

    Args:
        draft: the policy.
        people: those who can sign in; who is not active has no seat.
    """
    active = [person for person in people if person.active]
    for band in bands_of(draft):
        alone = list(_beyond_people(band, active))
        yield from alone
        if not alone and not band.filled(active):
            yield Mistake(band.path, "", _in_place_of(band.words(), MORE_FOR_STAGES))


def quorum_cautions(draft: Draft, people: Sequence[Person]) -> Iterator[Mistake]:
    """Yield the bands in which nobody could decide if one certain person asked for the customer or was away.

    Bands that cannot be filled at all are left out; `quorum_mistakes` has them.
    """
    for band in bands_of(draft):
        active = _enough(band, [person for person in people if person.active])
        if not band.filled(active):
            continue
        needed = [one.username for one in active if not band.filled([other for other in active if other is not one])]
        if needed:
            yield Mistake(band.path, ", ".join(sorted(needed)), STAND_INS)
        for path, stage in band.stages:
            if stage.chair is not None and not any(stage.chair.seats(one) for one in people if one.active):
                yield Mistake((*path, "chair"), "", _in_place_of(stage.chair.words(), A_CHAIR))


def bands_of(draft: Draft) -> Iterator[BandSeats]:
    """Yield the bands of a policy with the stages that could be read."""
    for path, stages in groupby(draft.stages, key=lambda placed: placed.path[:-1]):
        band = BandSeats(path, tuple(stages))
        # One with more is a mistake of its own, and would take too long to try.
        if math.prod(require.count_ways() for require in band.asked()) <= MOST_WAYS:
            yield band


def _enough(band: BandSeats, people: Sequence[Person]) -> list[Person]:
    """Return people enough to tell who is needed: of many who could fill the same seats, a few are as good as all."""
    seats = [seat for require in band.asked() for part in require.parts() for seat in (part,) * part.votes]
    kept: dict[str, Person] = {}
    for seat in seats:
        able = [person for person in people if seat.seats(person)]
        kept |= {person.username: person for person in able[: len(seats) + 1]}
    return list(kept.values())


def _beyond_people(band: BandSeats, active: Sequence[Person]) -> Iterator[Mistake]:
    for path, stage in band.stages:
        requirement = stage.require
        if requirement.met_by(active):
            continue
        one_by_one = any(
            all(any(seat.seats(person) for person in active) for seat in way) for way in requirement.ways()
        )
        expected = MORE_FOR_SEATS if one_by_one else OTHER_PEOPLE
        yield Mistake((*path, "require"), "", _in_place_of(requirement.words(), expected))


def _beyond_offices(band: BandSeats, holders: Mapping[str, int]) -> Iterator[Mistake]:
    for path, stage in band.stages:
        requirement = stage.require
        if fits_offices(holders, [requirement]):
            continue
        whole = next((part for part in requirement.parts() if not fits_offices(holders, [part])), None)
        expected = OTHER_SEATS if whole is None else _no_more(whole, holders)
        yield Mistake((*path, "require"), "", _in_place_of(requirement.words(), expected))


def _in_place_of(words: Text, expected: Text) -> Text:
    """Say what would be right instead of what is asked for now."""
    return Text(en=f"{expected.en} ({words.en})", zh=f"{expected.zh}（{words.zh}）")


def _no_more(seat: Requirement, holders: Mapping[str, int]) -> Text:
    most, name = sum(holders[office] for office in _offices(seat, holders)), _name(seat)
    return Text(
        en=f"at most {most} of {name.en}: the house has no more, so this quorum cannot be reached",
        zh=f"{name.zh}最多 {most} 人：没有更多任职人员，无法凑足审批人",
    )


def fits_offices(holders: Mapping[str, int], requirements: Sequence[Requirement]) -> bool:
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


def _name(seat: Requirement) -> Text:
    if seat.group:
        return Text(en=f"group {seat.group}", zh=f"{seat.group}组")
    names = [SEAT_NAMES[name] for name in (seat.department, seat.role) if name]
    return Text(en=" ".join(name.en for name in names), zh="".join(name.zh for name in names))
