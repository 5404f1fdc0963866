"""Chasing what stands still: cases whose run is gone, votes that are late. It reminds; it never approves."""

from __future__ import annotations

from datetime import datetime, timedelta
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
    lease lasts; the run that then starts carries on where the casebook stands. Many at once are carried on by one run.
    Refused sign-ins are summed up too.
    """
    gathered = batches.gather_wakes(house)
    house.casebook.sessions.sum_up_refusals()
    idle_since = house.clock() - timedelta(seconds=house.settings.lease_seconds)
    stuck = house.casebook.stuck.cases(idle_since)
    batches.wake(house, stuck)
    limits, late, now = house.policy_in_force().time_limits, house.casebook.stuck.late_polls, house.clock()
    remind, escalate, expire = (
        now - timedelta(days=days) for days in (limits.remind_days, limits.escalate_days, limits.expire_days)
    )
    expired = sum(_expire(house, poll, limits.expire_days) for poll in late(expire))
    # Who was told once is not read again: most votes that are late were told of before.
    escalated = sum(
        _tell_once(house, poll, ESCALATED, now) for poll in late(escalate, opened_after=expire, untold=ESCALATED)
    )
    reminded = sum(
        _tell_once(house, poll, REMINDED, now) for poll in late(remind, opened_after=escalate, untold=REMINDED)
    )
    return Chased(gathered + len(stuck), reminded, escalated, expired)


def _tell_once(house: House, poll: Poll, act: str, now: datetime) -> int:
    """Tell those whose turn it is, once a round, and note it on the case."""
    age = (now - poll.opened_at).days
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
