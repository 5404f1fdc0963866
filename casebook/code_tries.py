"""Wrong codes: counted, slowed down, and summed up in the history."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

import sqlalchemy as sa

from admission.errors import NotAllowed
from admission.model import Text
from casebook.database.credential_tables import code_tries as _tries
from casebook.database.store import Transaction

FREE_TRIES = 3
REMEMBERED = timedelta(hours=1)
LONGEST_PAUSE = timedelta(minutes=1)
# Every wrong code counts against this too, so that many cases at once are no way around the pause of each.
EVERYWHERE = "everywhere"
FREE_EVERYWHERE = 20


def refuse_while_paused(transaction: Transaction, target: str, case_ref: str) -> None:
    """Refuse a code that is given too soon after wrong ones, without looking at it.

    Args:
        transaction: the open one.
        target: what is tried: one code by its first letters, or a case.
        case_ref: the case, for the message.

    Raises:
        NotAllowed: the pause is not over; a minute is the longest.
    """
    waits = [_left(transaction, target, FREE_TRIES)]
    if not target.startswith("code "):
        waits.append(_left(transaction, EVERYWHERE, FREE_EVERYWHERE))
    left = max(waits)
    if left > timedelta():
        seconds = math.ceil(left.total_seconds())
        raise NotAllowed(
            Text(en="Too many wrong codes were given.", zh="错误的一次性代码过多。"),
            context={"case": case_ref[:40]},
            remedy=Text(en=f"try again in {seconds} seconds", zh=f"请在 {seconds} 秒后重试"),
        )


def count_wrong(transaction: Transaction, target: str) -> dict[str, str] | None:
    """Count a wrong code; return what the history is told of it, None where it was told enough.

    The history gets the first, second, fourth, eighth ... wrong try of each hour, with their number.
    """
    now, connection = transaction.now, transaction.connection
    connection.execute(sa.delete(_tries).where(_tries.c.at <= now - REMEMBERED - LONGEST_PAUSE))
    connection.execute(sa.insert(_tries), [{"target": name, "at": now} for name in (target, EVERYWHERE)])
    hour = now.replace(minute=0, second=0, microsecond=0)
    count = _count(transaction, target, hour)
    return {"tries": str(count), "since": hour.isoformat()} if count & (count - 1) == 0 else None


def _left(transaction: Transaction, target: str, free: int) -> timedelta:
    """Return how much of the pause is left: it doubles with each wrong try beyond the free ones."""
    now = transaction.now
    beyond = _count(transaction, target, now - REMEMBERED) - free
    if beyond < 0:
        return timedelta()
    last = sa.select(sa.func.max(_tries.c.at)).where(_tries.c.target == target)
    at: datetime = transaction.connection.execute(last).scalar_one()
    pause = min(LONGEST_PAUSE, timedelta(seconds=2 ** min(beyond + 1, 10)))
    return at + pause - now


def _count(transaction: Transaction, target: str, since: datetime) -> int:
    counted = sa.select(sa.func.count()).where(_tries.c.target == target, _tries.c.at >= since)
    return int(transaction.connection.execute(counted).scalar_one())
