"""The approval matrix: who decides, by amount, grade, segment and override."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal

from pydantic import Field, model_validator

from admission.approval.rounds import ROUNDS_A_DAY
from admission.approval.seats import MOST_WAYS, Requirement
from admission.approval.stages import Stage
from admission.errors import Invalid
from admission.model import Record, Text, left_out


class Band(Record):
    """Who approves amounts up to `up_to` in the house currency; the last band, unbounded, takes unknown amounts."""

    name: str
    up_to: Decimal | None = Field(default=None, gt=0)
    committee: bool = False
    stages: tuple[Stage, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _few_ways(self) -> Band:
        if math.prod(stage.require.count_ways() for stage in self.stages) > MOST_WAYS:
            raise Invalid(
                Text(
                    en=f"stages with at most {MOST_WAYS} alternatives, all any_of multiplied",
                    zh=f"各环节的 any_of 组合相乘后不超过 {MOST_WAYS} 种",
                )
            )
        return self


class FastTrack(Record):
    """When the machine may admit alone: these grades, up to this amount, with nothing failed and nothing unknown."""

    grades: tuple[str, ...]
    up_to: Decimal = Field(ge=0)


class Sample(Record):
    """Which share of the machine's own decisions is drawn for a person's look afterwards."""

    share: Decimal = Field(ge=0, le=1)


class Approval(Record):
    """The approval matrix.

    Attributes:
        groups: named sets of seats, of which a stage may ask for votes.
        holders: how many people hold an office, where the house has only so many; a stage never asks for more.
        override_level_up: by how many bands an override raises the approval.
        longest_override_days: how far ahead the last day of an override may be.
        rounds_a_day: how many rounds of a case one person may open in a day; each lets the votes of the one before
            lapse.
    """

    groups: dict[str, tuple[Requirement, ...]] = left_out({})
    holders: dict[str, int] = left_out({})
    bands: tuple[Band, ...] = Field(min_length=1)
    fast_track: FastTrack
    override_level_up: int = Field(default=1, ge=1, exclude_if=lambda bands: bands == 1)
    longest_override_days: int = Field(default=365, ge=1, le=3660, exclude_if=lambda days: days == 365)
    rounds_a_day: int = Field(default=ROUNDS_A_DAY, ge=1, le=100, exclude_if=lambda rounds: rounds == ROUNDS_A_DAY)
    sample: Sample = left_out(Sample(share=Decimal(0)))
    source: str

    @model_validator(mode="after")
    def _holders_hold(self) -> Approval:
        if any(count < 1 for count in self.holders.values()):
            raise Invalid(Text(en="holders: at least 1 for each office", zh="holders：每个职务至少 1 人"))
        return self

    def requirements(self) -> Iterator[Requirement]:
        """Yield what each stage of each band asks for."""
        for band in self.bands:
            for stage in band.stages:
                yield stage.require


def with_members(document: object, groups: object) -> object:
    """Return a policy's document in which each requirement of a group carries the group's members.

    A poll is judged by what it holds, also when the policy that opened it has gone on.
    """
    if isinstance(document, list):
        return [with_members(item, groups) for item in document]
    if not isinstance(document, dict):
        return document
    walked = {name: with_members(value, groups) for name, value in document.items()}
    name = document.get("group")
    if isinstance(name, str) and isinstance(groups, dict) and "members" not in walked and name in groups:
        walked["members"] = groups[name]
    return walked
