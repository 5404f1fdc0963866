"""Which way a case goes: knock-out, fast track, or people, and then those of which amount band."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from enum import Enum
from typing import NamedTuple

from admission.assessment.engine.verdicts import Against, holds, is_overridden, rejects, wants_committee
from admission.assessment.record import RouteKind
from admission.policy import Band, Grade, Policy, Standards


class Obstacle(Enum):
    """What stands against the fast track."""

    RULES = "a rule failed or is unknown"
    FINDINGS = "a check did not pass"
    SOURCES = "a source gave no answer"
    GRADE = "the grade"
    NO_RATE = "the amount is not known in the house currency"
    AMOUNT = "the amount"
    REOPENED = "a person's look re-opened it"
    NO_CREDIT = "no credit can be recommended"


class Rise(Enum):
    """Why a band is the one that decides."""

    NO_AMOUNT = "the amount is not known: the highest"
    BY_AMOUNT = "by the amount"
    TOP_GRADE = "the grade asks for the highest"
    REJECTED = "a knock-out that was re-opened: the highest"
    GRADE_UP = "raised by the grade"
    OVERRIDE_UP = "raised by an override"
    COMMITTEE = "a rule asks for the committee"


class RouteFigures(NamedTuple):
    """What a route is chosen by.

    Attributes:
        against: the rules that the case did not pass.
        amount: what is asked for, in the house currency; None without a rate.
        limit: what is recommended.
        failed_finding: whether a check of weight warning or blocking did not pass.
        silent_source: whether a source that was to be asked gave no answer.
        reopened: whether a person's look re-opened what the machine had decided.
    """

    against: Sequence[Against]
    grade: Grade
    amount: Decimal | None
    limit: Decimal
    failed_finding: bool
    silent_source: bool
    reopened: bool


class ChosenBand(NamedTuple):
    """The amount band that decides, and how it was come to.

    Attributes:
        by_amount: the band of the amount itself; None where that is not known.
        rises: each reason for the band, with the number of bands that it adds.
    """

    band: Band
    by_amount: Band | None
    rises: tuple[tuple[Rise, int], ...]


class RouteChoice(NamedTuple):
    """The way of a case.

    Attributes:
        band: that decides; None where the machine does.
        held: whether something has to be cleared before anybody votes.
        obstacles: all that stands against the fast track.
    """

    kind: RouteKind
    band: ChosenBand | None = None
    held: bool = False
    obstacles: tuple[Obstacle, ...] = ()


def find_route(policy: Policy, standards: Standards, figures: RouteFigures) -> RouteChoice:
    """Choose the way of a case.

    Args:
        policy: the policy.
        standards: what it asks of the segment, its matrix among it.
        figures: what the route is chosen by.
    """
    if not figures.reopened and any(map(rejects, figures.against)):
        return RouteChoice("knock_out")
    obstacles = find_obstacles(policy, figures)
    if not obstacles:
        return RouteChoice("fast_track")
    band = find_band(policy, standards, figures.grade, figures.amount, figures.against)
    held = any(map(holds, figures.against))
    return RouteChoice("committee" if band.band.committee else "desk", band, held, tuple(obstacles))


def find_obstacles(policy: Policy, figures: RouteFigures) -> list[Obstacle]:
    """Return all that stands against the fast track; nothing where the machine may admit alone."""
    track, amount = policy.approval.fast_track, figures.amount
    found = []
    if figures.against:
        found.append(Obstacle.RULES)
    if figures.failed_finding:
        found.append(Obstacle.FINDINGS)
    if figures.silent_source:
        found.append(Obstacle.SOURCES)
    if figures.grade.name not in track.grades:
        found.append(Obstacle.GRADE)
    if amount is None:
        found.append(Obstacle.NO_RATE)
    elif amount > track.up_to:
        found.append(Obstacle.AMOUNT)
    if figures.reopened:
        found.append(Obstacle.REOPENED)
    if figures.limit == 0:
        found.append(Obstacle.NO_CREDIT)
    return found


def find_band(
    policy: Policy, standards: Standards, grade: Grade, amount: Decimal | None, against: Sequence[Against]
) -> ChosenBand:
    """Choose the band that decides.

    By amount in the house currency, raised by the grade; an amount that is not known goes to the highest band. A rule
    that asks for a committee gets the first committee band at least. What an override covers is accepted, and raises
    the band instead: whoever departs from a rule is looked at by more people.
    """
    bands = standards.bands
    if amount is None:
        return ChosenBand(bands[-1], None, ((Rise.NO_AMOUNT, 0),))
    place = band_place(bands, amount)
    own, rises = bands[place], [(Rise.BY_AMOUNT, 0)]
    if grade.level_up == "top":
        return ChosenBand(bands[-1], own, (*rises, (Rise.TOP_GRADE, 0)))
    if any(map(rejects, against)):
        return ChosenBand(bands[-1], own, (*rises, (Rise.REJECTED, 0)))
    if grade.level_up:
        place += grade.level_up
        rises.append((Rise.GRADE_UP, grade.level_up))
    if any(map(is_overridden, against)):
        place += policy.approval.override_level_up
        rises.append((Rise.OVERRIDE_UP, policy.approval.override_level_up))
    if any(map(wants_committee, against)):
        place = max(place, committee_place(bands))
        rises.append((Rise.COMMITTEE, 0))
    return ChosenBand(bands[min(place, len(bands) - 1)], own, tuple(rises))


def band_place(bands: Sequence[Band], amount: Decimal) -> int:
    """Return the place of an amount's band; bounds belong to the lower band."""
    for place, band in enumerate(bands):
        if band.up_to is None or amount <= band.up_to:
            return place
    return len(bands) - 1


def committee_place(bands: Sequence[Band]) -> int:
    """Return the place of the first band that is a committee's; the last where none is."""
    return next((place for place, band in enumerate(bands) if band.committee), len(bands) - 1)
