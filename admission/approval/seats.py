"""Seats: what an approval asks for, and whether distinct people fill it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

from pydantic import Field, model_validator

from admission.errors import Invalid
from admission.model import Record, Text, left_out
from admission.people import Department, Person, Role

# Each alternative is tried in turn; a matrix with more of them is a mistake, or an attack.
MOST_WAYS = 256


class Requirement(Record):
    """What a stage asks for: all of some requirements, any of some, or `votes` people of a department, role or group.

    Exactly one of `all_of`, `any_of`, `group` and (`department` or `role`) is set.

    Attributes:
        group: name of a group of the approval matrix; whoever could fill a seat of one of its `members` is in it.
    """

    all_of: tuple[Requirement, ...] = ()
    any_of: tuple[Requirement, ...] = ()
    department: Department | None = None
    role: Role | None = None
    group: str | None = left_out(None)
    members: tuple[Requirement, ...] = left_out(())
    votes: int = Field(default=1, ge=1, le=20)

    @model_validator(mode="after")
    def _one_kind(self) -> Requirement:
        single = self.department is not None or self.role is not None
        if sum([bool(self.all_of), bool(self.any_of), self.group is not None, single]) != 1:
            raise Invalid(
                Text(
                    en="exactly one of all_of, any_of, group, or department and/or role with votes",
                    zh="all_of、any_of、group 三者择一，或填写 department 和（或）role 及 votes",
                )
            )
        if self.count_ways() > MOST_WAYS:
            raise Invalid(
                Text(
                    en=f"at most {MOST_WAYS} alternatives, all any_of multiplied",
                    zh=f"各 any_of 的选项数相乘，最多 {MOST_WAYS} 种组合",
                )
            )
        return self

    def seats(self, person: Person) -> bool:
        """True where the person could fill a seat of this requirement."""
        if self.all_of or self.any_of:
            return any(part.seats(person) for part in (*self.all_of, *self.any_of))
        if self.group is not None:
            return any(member.seats(person) for member in self.members)
        if self.role is None:
            return self.department == person.department and person.approves
        in_office = self.role in person.roles and person.acts and not person.service
        return in_office and self.department in (None, person.department)

    def ways(self) -> tuple[tuple[Requirement, ...], ...]:
        """Return the alternative lists of single seats, each of which would satisfy the requirement."""
        if self.any_of:
            return tuple(way for part in self.any_of for way in part.ways())
        if self.all_of:
            ways: tuple[tuple[Requirement, ...], ...] = ((),)
            for part in self.all_of:
                ways = tuple(way + more for way in ways for more in part.ways())
            return ways
        return ((self,) * self.votes,)

    def count_ways(self) -> int:
        """Return how many alternatives there are, without making them."""
        if self.any_of:
            return sum(part.count_ways() for part in self.any_of)
        return math.prod(part.count_ways() for part in self.all_of)

    def met_by(self, people: Sequence[Person]) -> bool:
        """True where distinct people fill all seats of at least one way."""
        return met_together([Asked(self, people)])

    def words(self) -> Text:
        """Return the requirement in words."""
        if self.all_of:
            parts = [part.words() if not part.any_of else _in_brackets(part.words()) for part in self.all_of]
            return Text(en=" and ".join(part.en for part in parts), zh="、".join(part.zh for part in parts))
        if self.any_of:
            parts = [part.words() for part in self.any_of]
            return Text(en=" or ".join(part.en for part in parts), zh="或".join(part.zh for part in parts))
        if self.group is not None:
            return Text(en=f"{self.votes} x group {self.group}", zh=f"{self.group}组{self.votes}人")
        names = [SEAT_NAMES[name] for name in (self.department, self.role) if name is not None]
        return Text(
            en=f"{self.votes} x {' '.join(name.en for name in names)}",
            zh="".join(name.zh for name in names) + self._counted_zh(),
        )

    def _counted_zh(self) -> str:
        """Return how many are asked for, as Chinese counts them: departments countersign, the committee votes."""
        if self.role == "committee":
            return f"{self.votes}票"
        if self.role is None:
            return f"{self.votes}人会签" if self.votes > 1 else "会签"
        return f"{self.votes}人"

    def parts(self) -> Iterator[Requirement]:
        """Yield the requirements of a department, role or group that this one is made of."""
        for part in (*self.all_of, *self.any_of):
            yield from part.parts()
        if not self.all_of and not self.any_of:
            yield self

    def one(self) -> Requirement:
        """Return a single seat of this kind, for a list of seats in which each is named by itself."""
        return self.model_copy(update={"votes": 1})


def _in_brackets(words: Text) -> Text:
    return Text(en=f"({words.en})", zh=f"（{words.zh}）")


SEAT_NAMES = {
    "credit": Text(en="credit", zh="信用部"),
    "finance": Text(en="finance", zh="财务部"),
    "legal": Text(en="legal", zh="法务部"),
    "sales": Text(en="sales", zh="销售部"),
    "management": Text(en="management", zh="管理层"),
    "requester": Text(en="requester", zh="申请人"),
    "analyst": Text(en="analyst", zh="分析员"),
    "approver": Text(en="approver", zh="部门审批人"),
    "credit_manager": Text(en="credit manager", zh="信用经理"),
    "controller": Text(en="controller", zh="财务主管"),
    "cfo": Text(en="CFO", zh="财务总监"),
    "president": Text(en="president", zh="总裁"),
    "committee": Text(en="committee member", zh="评审委员"),
    "chair": Text(en="chair of the committee", zh="评审委员会主席"),
    "risk_manager": Text(en="risk manager", zh="风险经理"),
    "policy_owner": Text(en="policy owner", zh="准入政策负责人"),
    "policy_publisher": Text(en="policy publisher", zh="准入政策发布人"),
    "auditor": Text(en="auditor", zh="审计员"),
    "operator": Text(en="operator", zh="系统运维人员"),
}


class Asked(NamedTuple):
    """A requirement with the people who may fill its seats."""

    require: Requirement
    people: Sequence[Person]


class _Seat(NamedTuple):
    require: Requirement
    people: Sequence[Person]


def met_together(asked: Sequence[Asked]) -> bool:
    """True where distinct people fill all seats of all requirements, each seat from its requirement's own people."""
    return any(all(_seated(seats)) for seats in _ways(asked))


def has_seat_left(require: Requirement, people: Sequence[Person], person: Person) -> bool:
    """True where the person would fill a seat that these people leave empty, in one way at least."""
    more = (*people, person)
    return any(
        sum(_seated([_Seat(seat, more) for seat in way])) > sum(_seated([_Seat(seat, people) for seat in way]))
        for way in require.ways()
    )


def empty_seats(require: Requirement, people: Sequence[Person]) -> tuple[Requirement, ...]:
    """Return the single seats these people leave empty, in the way that leaves the fewest."""
    left = []
    for way in require.ways():
        taken = _seated([_Seat(seat, people) for seat in way])
        left.append(tuple(seat.one() for seat, is_taken in zip(way, taken, strict=True) if not is_taken))
    return min(left, key=len)


def _ways(asked: Sequence[Asked]) -> Iterable[list[_Seat]]:
    for ways in product(*(item.require.ways() for item in asked)):
        yield [_Seat(seat, item.people) for way, item in zip(ways, asked, strict=True) for seat in way]


def _seated(seats: Sequence[_Seat]) -> list[bool]:
    """Tell of each seat whether it gets a person of its own, as many as can be."""
    able: dict[str, list[int]] = {}
    for place, seat in enumerate(seats):
        for username in dict.fromkeys(person.username for person in seat.people if seat.require.seats(person)):
            able.setdefault(username, []).append(place)
    return matched(able, len(seats))


def matched(able: Mapping[str, Sequence[int]], places: int) -> list[bool]:
    """Tell of each place whether it gets somebody of its own, as many as can be.

    Bipartite matching by augmenting paths (H. W. Kuhn 1955).

    Args:
        able: the places that each could take.
        places: how many there are.
    """
    holders: dict[int, str] = {}
    return [_takes(place, able, holders, set()) for place in range(places)]


def _takes(place: int, able: Mapping[str, Sequence[int]], holders: dict[int, str], tried: set[str]) -> bool:
    held = {username: at for at, username in holders.items()}
    for username, places in able.items():
        if place not in places or username in tried:
            continue
        tried.add(username)
        # Whoever sits elsewhere may move here if somebody else can take that seat.
        if username not in held or _takes(held[username], able, holders, tried):
            holders[place] = username
            return True
    return False
