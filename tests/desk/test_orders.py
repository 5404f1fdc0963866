"""Orders by the API and at the desk: what is malformed is told by its field, what is blocked is released there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from admission.cases import Customer
from desk import create_app
from tests.desk.conftest import PASSWORD, browser_of, form_key
from tests.services import test_orders as orders
from tests.services.test_orders import TODAY, ask
from wiring import House, Settings

at, clock, one = orders.at, orders.clock, orders.one


@pytest.fixture
def here(at: House) -> Iterator[TestClient]:
    """A program or person at the desk of the house, where nobody has signed in."""
    house = House(Settings(data=at.settings.data, public_url="http://desk.test", sandbox_url=None), clock=at.clock)
    house.rates = at.rates
    yield browser_of(create_app(house, deliver=lambda: None))
    house.casebook.close()


def order(**changes: Any) -> dict[str, Any]:
    return {"order": "SO-1", "amount": "5", "currency": "GBP", "deliver_on": TODAY.isoformat(), **changes}


def token_of(at: House, *scopes: Any) -> dict[str, str]:
    return {"authorization": f"Bearer {at.casebook.tokens.issue('erp', 'x', timedelta(days=1), scopes=scopes)[1]}"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("currency", "ZZZ"),
        ("currency", "gbp"),
        ("order", "a\u202eb"),
        ("order", " "),
        ("order", "x" * 81),
        ("amount", "0"),
        ("amount", "1e3"),
        ("amount", "-1"),
        ("deliver_on", "1899-01-01"),
        ("deliver_on", "2026-11-20T12:30:00"),
        ("reserve_until", "2200-01-01"),
        ("terms_days", -1),
        ("colour", "red"),
    ],
)
def test_what_is_malformed_is_told_by_its_field(
    at: House, one: Customer, here: TestClient, field: str, value: Any
) -> None:
    path, headers = f"/api/customers/{one.company_key}/order-check", token_of(at, "read", "order")
    answer = here.post(path, json=order(**{field: value}), headers=headers)
    assert answer.status_code == 422
    assert field in str(answer.json()["problems"])
    assert at.casebook.orders.taken(one.company_key) == ()


def test_a_program_checks_drops_and_reads_with_the_scopes_for_it(at: House, one: Customer, here: TestClient) -> None:
    path, headers = f"/api/customers/{one.company_key}", token_of(at, "read", "order")
    free = here.post(f"{path}/order-check", json=order(), headers=headers).json()
    assert (free["result"], free["block"], free["reasons"]) == ("free", None, [])
    blocked = here.post(f"{path}/order-check", json=order(order="SO-2", amount="999999"), headers=headers).json()
    assert (blocked["result"], blocked["block"], blocked["reasons"][0]["code"]) == ("blocked", "O1", "over_limit")
    assert [item["id"] for item in here.get("/api/orders?state=open", headers=headers).json()] == ["O1"]
    assert here.delete(f"{path}/orders?order=SO-1", headers=headers).json() == {"dropped": True}
    assert here.delete(f"{path}/orders?order=SO-1", headers=headers).json() == {"dropped": False}
    assert here.post(f"{path}/order-check", json=order(), headers=token_of(at, "read")).status_code == 403


@pytest.mark.parametrize(("act", "state"), [("release", "released"), ("refuse", "refused")])
def test_a_blocked_order_is_settled_at_the_desk(
    at: House, one: Customer, here: TestClient, act: str, state: str
) -> None:
    ask(at, one, one.limit * 2)
    here.post("/sign-in", data={"username": "feng", "password": PASSWORD, "form_key": form_key(here, "/sign-in")})
    fields = {"ceiling": f"{one.limit * 2:f}", "currency": "GBP", "until": TODAY.isoformat(), "because": "paid"}
    sent = here.post(f"/orders/O1/{act}", data={**fields, "form_key": form_key(here, "/orders")})
    assert sent.status_code in (200, 303)
    assert at.casebook.orders.block("O1").state == state
    assert "O1" not in here.get("/orders").text
    assert "O1" in here.get("/orders?every=true").text
