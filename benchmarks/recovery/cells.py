"""The cells of the table: what is done, and at which boundary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from admission.cases import Step

BOUNDARIES = (
    "case.opened",
    "step.prescreen",
    "step.investigate",
    "step.validate",
    "step.assess",
    "step.publish_memo",
    "voting.opened",
    "case.decided",
)
STEPS = {f"step.{step.value}": step for step in Step}
FLOW_RUN, WORKER, SERVER, DESK = VICTIMS = ("flow run", "worker", "prefect-server", "desk")
SUSPENDED = "suspended"
DATABASE_DELETED = "Prefect database deleted"
CANCELLED = "run cancelled in the UI"
RESUMED_TWICE = "resume sent twice"
WITHOUT_FORM = "suspended without its form"
NEW_RELEASE = "new release of the code"
LEASE_LOST = "lease lost to another run"
SECOND_RUN = "second run started by hand"
DEPLOYMENTS_GONE = "deployments deleted, one paused"
SUSPENDED_FAULTS = (
    DATABASE_DELETED,
    CANCELLED,
    RESUMED_TWICE,
    WITHOUT_FORM,
    NEW_RELEASE,
    LEASE_LOST,
    SECOND_RUN,
    DEPLOYMENTS_GONE,
)
PAID_CALL = "paid call under way"
FREE_QUESTION = "question under way"
FROZEN = "run frozen until another run has the lease"
NOTHING = "nothing"


class Cell(NamedTuple):
    """One cell of the table; its number makes the company of its applicant."""

    number: int
    boundary: str
    fault: str


class Row(NamedTuple):
    """How a cell ended; `wrong` is empty where it ended as it should."""

    boundary: str
    fault: str
    end: str
    wrong: str
    seconds: float


# Where nothing is done, to see what the others are held against; then what stands outside the two tables.
OTHERS = (
    (NOTHING, NOTHING),
    (PAID_CALL, FLOW_RUN),
    (FREE_QUESTION, FROZEN),
    ("step.investigate", DEPLOYMENTS_GONE),
    ("case.decided", DEPLOYMENTS_GONE),
)

# One boundary for each process, everything that can happen to a suspended case, and the paid call.
REDUCED = (
    ("step.prescreen", FLOW_RUN),
    ("step.investigate", WORKER),
    ("step.assess", SERVER),
    ("case.decided", DESK),
    *((SUSPENDED, fault) for fault in SUSPENDED_FAULTS),
    (PAID_CALL, FLOW_RUN),
    ("case.decided", DEPLOYMENTS_GONE),
)
# For `.ci/run`: a process killed, a run gone, a call cut off, and the deployments deleted under a decided case.
FEW = (
    ("step.investigate", WORKER),
    (SUSPENDED, CANCELLED),
    (PAID_CALL, FLOW_RUN),
    ("case.decided", DEPLOYMENTS_GONE),
)
SETS = {"reduced": REDUCED, "few": FEW}

# What is wrong with the house on purpose, to show that the table tells: nobody looks after the deployments.
UNWATCHED = "unwatched"
PLANTS = {UNWATCHED: ((SUSPENDED, DEPLOYMENTS_GONE),)}


def whole_table() -> list[tuple[str, str]]:
    """Return every boundary with every victim, the faults of a suspended case, and the others."""
    kills = [(boundary, victim) for boundary in BOUNDARIES for victim in VICTIMS]
    return [*OTHERS, *kills, *((SUSPENDED, fault) for fault in SUSPENDED_FAULTS)]


def chosen(boundaries: Sequence[str], faults: Sequence[str], of: str | None = None) -> list[Cell]:
    """Return the cells of a set, by default of the whole table, that are at these boundaries and of these faults."""
    pairs = {**SETS, **PLANTS}[of] if of else whole_table()
    wanted = [
        (boundary, fault)
        for boundary, fault in pairs
        if (not boundaries or boundary in boundaries) and (not faults or fault in faults)
    ]
    return [Cell(number, boundary, fault) for number, (boundary, fault) in enumerate(wanted)]
