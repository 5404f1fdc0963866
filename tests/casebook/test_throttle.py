"""Guessing is slowed down by account and address; nobody is kept out by what others type."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from admission.errors import NotAllowed, TryLater
from casebook import Casebook
from casebook.database import tables
from casebook.throttle import ACCOUNT, ADDRESS
from tests.casebook.build import PASSWORD, PEOPLE, HandClock
from tests.casebook.test_passwords import scrypt_hash

HOUR = timedelta(hours=1)
RunSql = Callable[[str], list[Any]]
HERE, ELSEWHERE = "192.0.2.7", "198.51.100.9"


def fail(casebook: Casebook, username: str, address: str = HERE, device: str = "") -> None:
    with pytest.raises(NotAllowed, match="wrong"):
        casebook.sessions.sign_in(username, "a wrong password", lifetime=HOUR, address=address, device=device)


def let_in(casebook: Casebook, username: str = "bo", address: str = HERE, device: str = "") -> bool:
    token = casebook.sessions.sign_in(username, PASSWORD, lifetime=HOUR, address=address, device=device)
    return casebook.sessions.person_of(token) == PEOPLE[1]


def wait_asked(casebook: Casebook, username: str, address: str = HERE, device: str = "") -> int:
    with pytest.raises(TryLater, match="Too many") as caught:
        casebook.sessions.sign_in(username, PASSWORD, lifetime=HOUR, address=address, device=device)
    assert f"wait {caught.value.retry_after} s" in caught.value.remedy.en
    assert f"{caught.value.retry_after} 秒" in caught.value.remedy.zh
    return caught.value.retry_after


@pytest.mark.parametrize("username", ["bo", "nobody"])
def test_each_failure_beyond_the_third_doubles_the_wait(casebook: Casebook, clock: HandClock, username: str) -> None:
    for _ in range(3):
        fail(casebook, username)
    waits = []
    for _ in range(12):
        waits.append(wait_asked(casebook, username))
        clock.forward(timedelta(seconds=waits[-1]))
        fail(casebook, username)
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


def test_the_right_password_gets_in_after_the_wait_and_wipes_the_count(casebook: Casebook, clock: HandClock) -> None:
    for _ in range(3):
        fail(casebook, "bo")
    assert wait_asked(casebook, "bo") == 1
    clock.forward(timedelta(seconds=1))
    assert let_in(casebook)
    for _ in range(2):
        fail(casebook, "bo")
    assert let_in(casebook)


def test_a_name_is_never_closed_to_its_owner(casebook: Casebook) -> None:
    device = casebook.devices.remember("bo")
    for _ in range(3):
        fail(casebook, "bo")
    assert wait_asked(casebook, "bo") == 1
    assert let_in(casebook, address=ELSEWHERE)
    assert let_in(casebook, device=device)


def test_being_refused_does_not_make_the_wait_longer(casebook: Casebook, clock: HandClock) -> None:
    for _ in range(5):
        clock.forward(timedelta(seconds=10))
        fail(casebook, "bo")
    assert [wait_asked(casebook, "bo") for _ in range(5)] == [4] * 5
    clock.forward(timedelta(seconds=4))
    assert let_in(casebook)


def test_one_address_is_slowed_down_over_all_names(casebook: Casebook, clock: HandClock) -> None:
    for number in range(ADDRESS.free):
        fail(casebook, f"name{number}")
    assert wait_asked(casebook, "bo") == 1
    assert let_in(casebook, address=ELSEWHERE)
    assert let_in(casebook, device=casebook.devices.remember("bo"))
    for number in range(8):
        clock.forward(ADDRESS.longest)
        fail(casebook, f"other{number}")
    assert wait_asked(casebook, "bo") == ADDRESS.longest.total_seconds()


def test_an_account_of_ones_own_does_not_wipe_the_count_of_an_address(casebook: Casebook) -> None:
    for number in range(ADDRESS.free - 1):
        fail(casebook, f"name{number}")
        assert let_in(casebook)
    fail(casebook, "last")
    assert wait_asked(casebook, "bo") == 1


def test_addresses_of_one_ipv6_network_are_one(casebook: Casebook) -> None:
    for last in range(3):
        fail(casebook, "bo", address=f"2001:db8:1:2::{last + 1}")
    assert wait_asked(casebook, "bo", address="2001:db8:1:2:ffff::9") == 1
    assert let_in(casebook, address="2001:db8:1:3::1")


def test_a_device_of_somebody_else_spares_no_wait_and_one_of_ones_own_is_slowed_down_too(
    casebook: Casebook, clock: HandClock
) -> None:
    stolen = casebook.devices.remember("bo")
    for _ in range(3):
        fail(casebook, "cy", device=stolen)
    assert wait_asked(casebook, "cy", device=stolen) == 1
    for _ in range(3):
        fail(casebook, "bo", device=stolen)
    assert wait_asked(casebook, "bo", device=stolen) == 1
    clock.forward(timedelta(days=181))
    fail(casebook, "bo", device=stolen)
    assert casebook.devices.remember("bo", stolen) != stolen


def test_a_device_keeps_its_token_while_it_is_its_owners(casebook: Casebook) -> None:
    device = casebook.devices.remember("bo")
    assert casebook.devices.remember("bo", device) == device
    assert casebook.devices.remember("cy", device) != device


def test_the_waits_are_forgotten_after_a_day(casebook: Casebook, clock: HandClock, run_sql: RunSql) -> None:
    for _ in range(9):
        clock.forward(ACCOUNT.longest)
        fail(casebook, "bo")
    assert len(run_sql("SELECT * FROM sign_in_delays")) == 2
    clock.forward(timedelta(hours=24))
    assert let_in(casebook, address=ELSEWHERE)
    assert run_sql("SELECT * FROM sign_in_delays") == []


def test_failures_are_summed_up_by_name_and_hour_and_no_typed_name_is_kept(
    casebook: Casebook, clock: HandClock, run_sql: RunSql
) -> None:
    before = casebook.history.tail(1)[0].seq
    for number in range(5):
        fail(casebook, "bo", address=f"192.0.2.{number}")
        fail(casebook, "hunter2 my own secret", address=f"192.0.2.{number}")
    assert casebook.history.tail(1)[0].seq == before
    clock.forward(HOUR)
    casebook.sessions.sum_up_refusals()
    casebook.sessions.sum_up_refusals()
    told = [event for event in casebook.history.tail(10) if event.act == "person.sign_in_refused"]
    hour = clock().replace(minute=0, second=0, microsecond=0) - HOUR
    assert [event.detail for event in told] == [
        {"hour": hour.isoformat(timespec="minutes"), "count": "5"},
        {"username": "bo", "hour": hour.isoformat(timespec="minutes"), "count": "5"},
    ]
    kept = "".join(str(run_sql(f"SELECT * FROM {name}")) for name in ("history", "sign_in_delays", "sign_in_refusals"))
    assert "hunter2" not in kept


def test_a_scrypt_hash_is_renewed_when_its_owner_signs_in(casebook: Casebook, run_sql: RunSql) -> None:
    with casebook._store.write() as transaction:
        transaction.change(tables.people, {"username": "bo"}, password=scrypt_hash(PASSWORD))
        transaction.event("system", "person.password_set", detail={"username": "bo"})
    chosen = "SELECT password FROM people WHERE username = 'bo'"
    assert run_sql(chosen)[0][0].startswith("scrypt$")
    assert let_in(casebook)
    assert run_sql(chosen)[0][0].startswith("$argon2id$")
    assert let_in(casebook)
    assert casebook.audit.verify(casebook.keys.all(), [], lambda _: None).flaws == ()
