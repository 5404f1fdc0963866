"""Stages of approval: when each opens, and what the votes in it come to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from admission.approval.seats import Requirement
from admission.model import Record, Text, left_out
from admission.people import Person

Result = Literal["approved", "declined", "open"]


class Stage(Record):
    """One stage of approval.

    Attributes:
        require: the seats that people who approve must fill.
        together: True where it opens with the stage before it, side by side; else it opens after that.
        decline: `veto`: one decline in the stage ends it; `unreachable`: it ends when too few could still approve;
            `majority`: it ends when approvals can no longer outnumber declines.
        chair: whose vote decides a tie under `majority`; who can be the chair has a voice in the stage.
    """

    name: str
    title: Text
    require: Requirement
    together: bool = left_out(False)
    decline: Literal["veto", "unreachable", "majority"] = "veto"
    chair: Requirement | None = left_out(None)

    def seats(self, person: Person) -> bool:
        """True where the person may vote in this stage."""
        return self.require.seats(person) or (self.chair is not None and self.chair.seats(person))

    def words(self) -> Text:
        """Return in words what the stage asks for, and what is not as usual in it."""
        asked = self.require.words()
        en, zh = asked.en, asked.zh
        if self.decline == "majority":
            en, zh = f"{en}, by majority", f"{zh}，多数通过"
        if self.chair is not None:
            chair = self.chair.words()
            en, zh = f"{en}, a tie decided by {chair.en}", f"{zh}，票数相等时由{chair.zh}决定"
        if self.together:
            en, zh = f"{en}, at the same time as the stage before it", f"{zh}，与上一环节同时进行"
        return Text(en=en, zh=zh)


class Tally(NamedTuple):
    """How the votes of one stage stand.

    Attributes:
        approved: who approved in it.
        declined: who declined in it.
        silent: who may still vote in it: has a voice there, and has not voted here or in another stage.
    """

    approved: Sequence[Person]
    declined: Sequence[Person]
    silent: Sequence[Person]


def side_by_side(stages: Sequence[Stage]) -> list[tuple[Stage, ...]]:
    """Return the stages in order, those that vote at the same time in one tuple."""
    opened: list[tuple[Stage, ...]] = []
    for stage in stages:
        if stage.together and opened:
            opened[-1] += (stage,)
        else:
            opened.append((stage,))
    return opened


def result(stage: Stage, tally: Tally) -> Result:
    """Tell what the votes of a stage come to.

    Under `veto` and `unreachable` it is approved once those who approved fill its seats. Under `majority` approvals
    must outnumber declines besides, and nothing is decided before it is certain: approved when it would be so even if
    everybody who is silent declined, declined when it would be so even if everybody who is silent approved. So the
    order of votes makes no difference. A tie is approved where the chair approved, and declined otherwise.
    """
    if stage.decline == "majority":
        return _by_majority(stage, tally)
    lost = stage.decline == "veto" or not stage.require.met_by([*tally.approved, *tally.silent])
    if tally.declined and lost:
        return "declined"
    return "approved" if stage.require.met_by(tally.approved) else "open"


def _by_majority(stage: Stage, tally: Tally) -> Result:
    approved, declined, silent = tally
    if _carried(stage, approved, [*declined, *silent]):
        return "approved"
    if declined and not _carried(stage, [*approved, *silent], declined):
        return "declined"
    return "open"


def _carried(stage: Stage, approved: Sequence[Person], declined: Sequence[Person]) -> bool:
    """True where these votes, with no more to come, approve."""
    if not stage.require.met_by(approved):
        return False
    if len(approved) == len(declined):
        chair = stage.chair
        return chair is not None and chair.met_by(approved) and not any(chair.seats(person) for person in declined)
    return len(approved) > len(declined)
