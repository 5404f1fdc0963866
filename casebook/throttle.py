"""Slowing down whoever guesses passwords, without keeping their owner out.

Failures are counted by account and address together, and by address alone; each one beyond the first few doubles the
time until the next try. An account is never closed by its name: its owner gets in from another address, or from a
device they signed in from before, which is counted by itself. All processes share the counts: they are in the database.
"""

from __future__ import annotations

import ipaddress
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa

from admission.errors import TryLater
from admission.model import Text
from casebook import passwords
from casebook.database import credential_tables
from casebook.database.store import SYSTEM, Store, Transaction

COMMAND_LINE = "command line"
REFUSED = "person.sign_in_refused"
FORGOTTEN_AFTER = timedelta(hours=24)
DEVICE_LIFETIME = timedelta(days=180)
HOUR = timedelta(hours=1)
# A /64 is what one customer of a provider has; in it, addresses are free.
_IPV6_PREFIX = 64
# So much of a hash tells keys of one address apart, and does not prove what was typed: people type passwords into the
# field of the name.
_KEY_LENGTH = 5


class Pace(NamedTuple):
    """How failures slow down: so many cost nothing; then a second, two, four, up to the longest."""

    free: int
    longest: timedelta

    def pause(self, failures: int) -> timedelta:
        """Return the time until the next try after so many failures."""
        if failures < self.free:
            return timedelta(0)
        return min(timedelta(seconds=2.0 ** min(failures - self.free, 20)), self.longest)


# By account and address, also for a device: 99 guesses in the first day, 96 in each further one.
ACCOUNT = Pace(free=3, longest=timedelta(minutes=15))
# By address: a whole office may stand behind one, so it takes more, and never waits for long.
ADDRESS = Pace(free=30, longest=timedelta(seconds=30))


class Admitted(NamedTuple):
    """A try that may look at the password: what it was counted under, and when."""

    keys: tuple[tuple[str, Pace], ...]
    at: datetime


def admit(transaction: Transaction, username: str, address: str, device: str) -> Admitted:
    """Count a sign-in as failed before the password is looked at, so that many at once cannot slip through.

    Args:
        transaction: an open one.
        username: as it was given.
        address: where the try comes from.
        device: the token of a device that somebody signed in from, or "".

    Raises:
        TryLater: too many failed; it says how long to wait.
    """
    connection = transaction.connection
    keys = _keys(transaction, username, address, device)
    if connection.dialect.name == "postgresql":
        for key, _ in sorted(keys):
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(key))))
    now, delays = transaction.now, credential_tables.sign_in_delays
    connection.execute(sa.delete(delays).where(delays.c.last_at <= now - FORGOTTEN_AFTER))
    chosen = sa.select(delays).where(delays.c.key.in_([key for key, _ in keys]))
    known = {row.key: row for row in connection.execute(chosen)}
    waits = [row.until - now for row in known.values() if row.until > now]
    if waits:
        raise too_many_failures(max(waits))
    for key, pace in keys:
        failures = known[key].failures + 1 if key in known else 1
        _put(transaction, key, failures, now, now + pace.pause(failures))
    return Admitted(keys, now)


def forgive(transaction: Transaction, admitted: Admitted) -> None:
    """Take a try back that was right: what is counted by the account ends, and the address has one failure less.

    An address does not begin anew, or whoever has an account of their own could wipe its count between guesses.
    """
    delays = credential_tables.sign_in_delays
    for key, pace in admitted.keys:
        chosen = sa.select(delays).where(delays.c.key == key)
        row = transaction.connection.execute(chosen).one_or_none()
        if row is None:
            continue
        if pace is ACCOUNT or row.failures <= 1:
            transaction.connection.execute(sa.delete(delays).where(delays.c.key == key))
        else:
            until = admitted.at if row.last_at == admitted.at else row.until
            _put(transaction, key, row.failures - 1, row.last_at, until)


def too_many_failures(wait: timedelta) -> TryLater:
    """Return the error of somebody who has to wait."""
    seconds = max(1, -int(-wait.total_seconds() // 1))
    return TryLater(
        Text(en="Too many sign-ins failed here.", zh="此处登录失败次数过多。"),
        retry_after=seconds,
        remedy=Text(en=f"wait {seconds} s, then try again", zh=f"请在 {seconds} 秒后重试"),
    )


def note_refusal(transaction: Transaction, username: str) -> None:
    """Count a refused sign-in under its hour; a name that nobody has is counted as "", for it may be a password."""
    hour = transaction.now.replace(minute=0, second=0, microsecond=0)
    refusals = credential_tables.sign_in_refusals
    if not transaction.insert_new(refusals, {"hour": hour, "username": username, "count": 1}):
        mine = (refusals.c.hour == hour) & (refusals.c.username == username)
        transaction.connection.execute(sa.update(refusals).where(mine).values(count=refusals.c.count + 1))


def sum_up(transaction: Transaction) -> None:
    """Write one event for each name and hour that is over; what a stranger fails at fills no history."""
    refusals = credential_tables.sign_in_refusals
    over = sa.delete(refusals).where(refusals.c.hour <= transaction.now - HOUR)
    rows = transaction.connection.execute(over.returning(refusals.c.hour, refusals.c.username, refusals.c.count))
    for row in sorted(rows, key=lambda row: (row.hour, row.username)):
        who = {"username": row.username} if row.username else {}
        detail = {**who, "hour": row.hour.isoformat(timespec="minutes"), "count": str(row.count)}
        transaction.event(SYSTEM, REFUSED, detail=detail)


class Devices:
    """The devices that people signed in from; to have one opens nothing, and spares its owner the wait of others."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def remember(self, username: str, known: str = "") -> str:
        """Return a token for the device that a person has just signed in from; the known one where it is theirs still.

        Args:
            username: who signed in.
            known: the token that the device has, or "".
        """
        devices = credential_tables.devices
        with self._store.write() as transaction:
            now = transaction.now
            transaction.connection.execute(sa.delete(devices).where(devices.c.expires_at <= now))
            token = known if known and _is_device_of(transaction, username, known) else passwords.new_token()
            row = {
                "token_sha256": passwords.token_hash(token),
                "username": username,
                "expires_at": now + DEVICE_LIFETIME,
            }
            transaction.upsert(devices, [row])
        return token


def _is_device_of(transaction: Transaction, username: str, device: str) -> bool:
    devices = credential_tables.devices
    mine = sa.select(devices.c.username).where(
        devices.c.token_sha256 == passwords.token_hash(device), devices.c.expires_at > transaction.now
    )
    return transaction.connection.execute(mine).scalar_one_or_none() == username


def _keys(transaction: Transaction, username: str, address: str, device: str) -> tuple[tuple[str, Pace], ...]:
    if device and _is_device_of(transaction, username, device):
        return ((_key("device", passwords.token_hash(device)), ACCOUNT),)
    place = _place(address)
    return (
        (f"{_key('place', place)}:{_key('name', username)[:_KEY_LENGTH]}", ACCOUNT),
        (_key("place", place), ADDRESS),
    )


def _key(kind: str, what: str) -> str:
    return passwords.token_hash(f"{kind}:{what}")[:40]


def _place(address: str) -> str:
    """Return what counts as one address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, _IPV6_PREFIX), strict=False))
    return str(parsed)


def _put(transaction: Transaction, key: str, failures: int, last_at: datetime, until: datetime) -> None:
    row = {"key": key, "failures": failures, "last_at": last_at, "until": until}
    transaction.upsert(credential_tables.sign_in_delays, [row])
