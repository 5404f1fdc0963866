"""Does the power to decide grow with the amount: higher bands ask for higher offices, and committees are there."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from admission.approval.seats import Requirement
from admission.model import Text
from admission.people import NO_VOICE
from admission.policy.draft import Draft
from admission.policy.mistakes import Mistake, Path
from admission.policy.quorums import bands_of

# Offices by their power over amounts; M. Dennis, encyclopediaofcredit.com, 2016. A committee is above a single manager.
_POWER = {"credit_manager": 1, "controller": 2, "committee": 2, "cfo": 3, "president": 4}
# No house has more people in one office of approval. [P]
MOST_HOLDERS = 50
FEW_HOLDERS = Text(en=f"at most {MOST_HOLDERS} people in one office", zh=f"同一职务不超过 {MOST_HOLDERS} 人")
HIGHEST = max(_POWER.values())
COMMITTEE_ABOVE = Text(
    en="true: the band before is the committee's, and larger amounts are not for fewer",
    zh="true：前一档须上评审会，更大金额不能更低",
)
A_COMMITTEE = Text(
    en="a band with committee: true; criteria or caps ask for the committee",
    zh="须有 committee: true 的一档；准入标准或敞口上限要求上评审会",
)


def power_mistakes(draft: Draft) -> Iterator[Mistake]:
    """Yield bands that ask for less than the band before, and committees that there are not."""
    bands = bands_of(draft)
    for lower, higher in pairwise(bands):
        if lower.path[:-2] != higher.path[:-2]:
            continue
        before = max((_power(require, unknown=0) for require in lower.asked()), default=0)
        after = max((_power(require, unknown=HIGHEST) for require in higher.asked()), default=0)
        if after < before:
            words = lower.words()
            expected = Text(
                en=f"at least as high an office as the band before asks for: {words.en}",
                zh=f"审批职务不低于前一档：{words.zh}",
            )
            yield Mistake(higher.path, higher.words().en, expected)
    for path, matrix in draft.matrices:
        marked = [band.get("committee") is True for band in matrix if isinstance(band, dict)]
        if len(marked) == len(matrix):
            for place, (before_is, after_is) in enumerate(pairwise(marked), 1):
                if before_is and not after_is:
                    yield Mistake((*path, place, "committee"), "", COMMITTEE_ABOVE)
    yield from _committee_mistakes(draft)
    for office, count in draft.holders.items():
        if count > MOST_HOLDERS:
            yield Mistake(("approval", "holders", office), str(count), FEW_HOLDERS)


def _committee_mistakes(draft: Draft) -> Iterator[Mistake]:
    """An effect `committee` needs a band that is the committee's."""
    asking = next((placed for placed in draft.criteria if placed.item.effect == "committee"), None)
    house = next((bands for path, bands in draft.matrices if path[0] == "approval"), None)
    if asking is None or not house:
        return
    if not any(isinstance(band, dict) and band.get("committee") is True for band in house):
        path: Path = (*asking.path, "effect")
        yield Mistake(path, "committee", A_COMMITTEE)


def _power(require: Requirement, *, unknown: int) -> int:
    """Return the highest office that somebody of has to agree, whichever way is taken.

    Args:
        require: what a stage asks for.
        unknown: what counts for seats that no order of offices places: groups, the management, risk managers.
    """
    powers = [max((_of_seat(seat, unknown) for seat in way), default=0) for way in require.ways()]
    return min(powers, default=0)


def _of_seat(seat: Requirement, unknown: int) -> int:
    if seat.role is None:
        return unknown if seat.group is not None or seat.department == "management" else 0
    return _POWER.get(seat.role, 0 if seat.role in NO_VOICE or seat.role == "approver" else unknown)
