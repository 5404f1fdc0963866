"""Granted limits, summed by the database as a ledger sums them that has read every customer."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from admission.assessment.exposure import CapKind, ExposureLedger, Held, granted_limit
from admission.cases import CaseKind, Customer
from admission.money import Money
from casebook import Casebook
from casebook.database.lookup_tables import granted
from casebook.database.lookups import units_of, write_granted
from casebook.database.store import Store
from casebook.granted import Granted, amount_of
from tests.admission.build import EXCHANGE, drawn_customers
from tests.casebook.build import HandClock, opened
from tests.casebook.build import application as asked_for
from tests.casebook.build import customer as admitted_as
from tests.casebook.test_customers import JUNE, admitted, settled

CAPS: dict[CapKind, tuple[str, ...]] = {
    "total": ("",),
    "grade": ("A", "B"),
    "segment": ("standard",),
    "country": ("GB", "FR"),
    "industry": ("uk-sic:4", "uk-sic:41"),
    "group": ("g",),
}
KEYS = st.sampled_from(["a", "b", "c", "d"])
# Some with more digits than units have, and some beyond what is summed as whole numbers.
CUSTOMERS = drawn_customers(KEYS, st.decimals(0, 10**12, places=2) | st.decimals(0, 100, places=6))


def summed(customers: Sequence[Customer], own: str) -> tuple[object, Decimal | None]:
    """Return what the database makes of customers: within each cap, and in the group."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{Path(folder) / 'granted.db'}", HandClock())
        with store.write() as transaction:
            # Only this table is there, so it refers to none.
            transaction.connection.execute(sa.schema.CreateTable(granted, include_foreign_key_constraints=[]))
            for one in customers:
                write_granted(transaction.connection, one)
        found = Granted(store)
        told = found.sum_others(own, CAPS), found.sum_group("G", own, EXCHANGE)
        store.close()
    return told


@given(st.lists(CUSTOMERS), KEYS)
def test_the_database_sums_what_a_ledger_sums(changes: list[Customer], own: str) -> None:
    ledger = ExposureLedger(())
    for one in changes:
        ledger.put(one)
    assert summed(changes, own) == (ledger.sum_others(own, CAPS), ledger.sum_group("G", own, EXCHANGE))


@given(st.lists(CUSTOMERS, unique_by=lambda one: one.company_key), KEYS)
def test_a_ledger_of_limits_is_a_ledger_of_customers(customers: list[Customer], own: str) -> None:
    limits = [limit for one in customers if (limit := granted_limit(one)) is not None]
    kept, anew = ExposureLedger(granted=limits), ExposureLedger(customers)
    assert kept.sum_others(own, CAPS) == anew.sum_others(own, CAPS)
    assert kept.total_up(EXCHANGE) == anew.total_up(EXCHANGE)


@pytest.mark.parametrize(
    ("amount", "units"),
    [
        ("4000.50", 40_005_000),
        ("0", 0),
        ("0.0001", 1),
        ("0.00001", None),
        ("999999999.9999", 9_999_999_999_999),
        ("1000000000", None),
    ],
)
def test_an_amount_is_whole_units_or_added_up_apart(amount: str, units: int | None) -> None:
    assert units_of(Decimal(amount)) == units
    if units is not None:
        assert amount_of(units) == Decimal(amount)


@pytest.mark.parametrize(("units", "said"), [(40_005_000, "4000.5"), (100_000_000, "10000"), (1, "0.0001"), (0, "0")])
def test_an_amount_is_said_without_zeros_at_its_end(units: int, said: str) -> None:
    assert f"{amount_of(units):f}" == said


def test_what_is_granted_follows_the_customers(casebook: Casebook) -> None:
    first, other = admitted(casebook, "A Ltd", JUNE), admitted(casebook, "B Ltd", JUNE)
    former = admitted(casebook, "C Ltd", JUNE, active=False)
    assert {limit.company_key for limit in casebook.granted.all()} == {first.company_key, other.company_key}
    exposure = casebook.granted.sum_others(first.company_key, {"total": ("",), "grade": ("A", "B")})
    assert exposure.held == (
        Held(kind="grade", name="A", amounts={}),
        Held(kind="grade", name="B", amounts={"GBP": Decimal("4000.50")}),
        Held(kind="total", name="", amounts={"GBP": Decimal("4000.50")}),
    )
    assert exposure.own == Money(amount=Decimal("4000.50"), currency="GBP")
    of_former = casebook.granted.sum_others(former.company_key, {"total": ("",)})
    assert of_former.own is None
    assert of_former.held[0].amounts == {"GBP": Decimal(8001)}


def test_a_new_limit_takes_the_place_of_the_old(casebook: Casebook) -> None:
    admitted(casebook, "A Ltd", JUNE)
    case, _ = casebook.cases.open(asked_for("A Ltd"), kind=CaseKind.REVIEW, requester=None, channel="schedule")
    settled(casebook, case, admitted_as(case).model_copy(update={"limit": Decimal("0.123456")}))
    (held,) = casebook.granted.sum_others("nobody", {"total": ("",)}).held
    assert held.amounts == {"GBP": Decimal("0.123456")}


def test_a_group_without_a_rate_is_unknown(casebook: Casebook) -> None:
    case = opened(casebook, "A Ltd")
    made = admitted_as(case)
    grouped = made.application.model_copy(update={"group": "Moor Group"})
    settled(casebook, case, made.model_copy(update={"application": grouped, "currency": "CHF"}))
    assert casebook.granted.sum_group("MOOR group", "nobody", EXCHANGE) is None
    assert casebook.granted.sum_group("Other", "nobody", EXCHANGE) == 0
