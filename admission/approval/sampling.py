"""Which of the machine's own decisions are drawn for a person's look, and what the person said.

The draw is made from a seed that nobody chooses: random, made for a quarter at its first draw, kept in the casebook and
bound into its audit chain before anything is drawn from it. Whoever has the seed can draw again without us:

    printf '%s' "SEED:GH-2026-000123:1" | sha256sum | cut -c1-16

gives the number of the decision of round 1 of that case, in hex. It is drawn where that number, over 16^16, is less
than the share.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from decimal import Decimal
from typing import Literal, get_args

from admission.cases import DecidedBy
from admission.model import Record, Text

LookVerdict = Literal["agreed", "reopened"]
LOOK_VERDICTS: tuple[LookVerdict, ...] = get_args(LookVerdict)
LOOKS: dict[LookVerdict, Text] = {
    "agreed": Text(en="agreed", zh="同意"),
    "reopened": Text(en="re-opened", zh="重开"),
}
# What the machine decides alone. An expiry is no judgement of it: time ran out on people.
BY_MACHINE: frozenset[DecidedBy] = frozenset({"fast_track", "knock_out", "renewal"})
HEX_DIGITS = 16


class Draw(Record):
    """What was drawn for one decision of the machine, and from what.

    Attributes:
        round: the round that was decided.
        decided_by: how the machine decided.
        quarter: whose seed was drawn from, such as `2026Q4`.
        seed_sha256: fingerprint of that seed.
        share: the policy's share at the time.
        number: the first 16 hex digits that the seed gives for this decision.
        drawn: whether a person is to look.
    """

    case: str
    round: int
    decided_by: DecidedBy
    quarter: str
    seed_sha256: str
    share: Decimal
    number: str
    drawn: bool
    at: datetime


class Look(Record):
    """What a person said who looked at a decision of the machine.

    Attributes:
        opened: the case that re-opening opened, or whose next round; None where the person agreed.
        opened_round: the round of that case that people decide.
    """

    case: str
    round: int
    verdict: LookVerdict
    note: str
    by: str
    at: datetime
    opened: str | None = None
    opened_round: int | None = None


class Sampled(Record):
    """A decision of the machine with its draw, and the look if there was one."""

    draw: Draw
    look: Look | None = None


class Seed(Record):
    """The seed of a quarter; `seed` is None until the quarter is over, so that nobody can foresee a draw."""

    quarter: str
    sha256: str
    made_at: datetime
    seed: str | None


def quarter_of(moment: datetime) -> str:
    """Return the quarter of a moment, such as `2026Q4`."""
    return f"{moment.year}Q{(moment.month + 2) // 3}"


def number_of(seed: str, reference: str, round_number: int) -> str:
    """Return the number, in hex, that a seed gives for the decision of a round of a case."""
    return hashlib.sha256(f"{seed}:{reference}:{round_number}".encode()).hexdigest()[:HEX_DIGITS]


def is_drawn(number: str, share: Decimal) -> bool:
    """True where a decision of this number is drawn: the number over 16^16 is less than the share."""
    bound: Decimal = share * Decimal(16**HEX_DIGITS)
    return int(number, 16) < bound
