"""Chasing what stands still: cases whose run is gone, votes that are late. It reminds; it never approves."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from admission.approval.votes import Poll
from admission.cases import Case, CaseKind, Decision
from admission.errors import Conflict
from admission.model import Text
from services import batches
from services.deciding import SYSTEM
from services.notices import About, notices_of_late_vote
from wiring.house import House

REMINDED = "vote.reminded"
ESCALATED = "vote.escalated"


class Chased(NamedTuple):
    """How many cases were woken, and how many votes reminded of, escalated and expired."""

    woken: int
    reminded: int
    escalated: int
    expired: int


def chase(house: House) -> Chased:
    """Look once after every case that stands still.

    A case is woken when no run holds it, nothing is about to wake it, and nothing has happened to it for as long as a
    lease lasts; the run that then starts carries on where the casebook stands. Refused sign-ins are summed up too.
    """
    house.casebook.sessions.sum_up_refusals()
    idle_since = house.clock() - timedelta(seconds=house.settings.lease_seconds)
    stuck = house.casebook.stuck.cases(idle_since)
    batches.wake(house, stuck)
    counts = {REMINDED: 0, ESCALATED: 0, "expired": 0}
    limits = house.policy_in_force().time_limits
    for poll in house.casebook.stuck.late_polls(house.clock() - timedelta(days=limits.remind_days)):
        age = (house.clock() - poll.opened_at).days
        if age >= limits.expire_days:
            counts["expired"] += _expire(house, poll, limits.expire_days)
        elif age >= limits.escalate_days:
            counts[ESCALATED] += _tell_once(house, poll, ESCALATED, age)
        else:
            counts[REMINDED] += _tell_once(house, poll, REMINDED, age)
    return Chased(len(stuck), counts[REMINDED], counts[ESCALATED], counts["expired"])


def _tell_once(house: House, poll: Poll, act: str, age: int) -> int:
    """Tell those whose turn it is, once a round, and note it on the case."""
    about: About = "reminder" if act == REMINDED else "escalation"
    notices = notices_of_late_vote(house, about, poll, age)
    return int(house.casebook.stuck.tell_once(poll, act, {"open_days": str(age)}, notices))


def _expire(house: House, poll: Poll, days: int) -> int:
    case = house.casebook.cases.get(poll.case)
    try:
        house.casebook.cases.decide(poll.case, _expiry(house, case, poll, days), actor=SYSTEM, round_number=poll.round)
    except Conflict:
        return 0  # the last vote, or a new round, came first
    house.casebook.cases.request_wake(poll.case)
    return 1


def _expiry(house: House, case: Case, poll: Poll, days: int) -> Decision:
    return Decision(
        outcome="ended" if case.kind is CaseKind.REVIEW else "declined",
        decided_by="expiry",
        assessment=poll.assessment,
        limit=None,
        currency=poll.currency,
        terms_days=None,
        reason=Text(en=f"no decision within {days} days", zh=f"{days}天内未作出决定"),
        decided_at=house.clock(),
    )
