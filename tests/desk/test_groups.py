"""Groups at the desk and in the API: what is seen by whom, and signing for a limit as the second person."""

from __future__ import annotations

from decimal import Decimal

import pytest
from fastapi.testclient import TestClient

from admission.cases import Customer
from services.group_limits import propose_group_limit
from tests.desk.conftest import PASSWORD, form_key
from tests.desk.test_orders import here as here  # noqa: PLC0414 - a fixture
from tests.desk.test_orders import order, token_of
from tests.services import test_group_limits as limits
from tests.services.test_customer_files import person
from tests.services.test_group_limits import GROUP, limited, new
from tests.services.test_orders import ask
from wiring import House

at, clock, two = limits.at, limits.clock, limits.two


def signed_in(here: TestClient, username: str) -> TestClient:
    here.cookies.clear()
    here.post("/sign-in", data={"username": username, "password": PASSWORD, "form_key": form_key(here, "/sign-in")})
    return here


def test_a_limit_is_confirmed_at_the_desk_by_a_second_person(
    at: House, two: tuple[Customer, Customer], here: TestClient
) -> None:
    propose_group_limit(at, GROUP, new(), person(at, "mira"))
    page = signed_in(here, "mira").get("/groups").text
    assert "G1 limit of group Harbour Group: 200,000.00 GBP" in page
    assert "/groups/G1/confirm" not in page
    refused = here.post("/groups/G1/confirm", data={"form_key": form_key(here, "/groups")})
    assert refused.status_code == 403
    signed_in(here, "feng")
    assert "/groups/G1/confirm" in here.get("/groups").text
    sent = here.post("/groups/G1/confirm", data={"form_key": form_key(here, "/groups")})
    assert sent.status_code in (200, 303)
    assert at.casebook.group_limits.get("G1").confirmed_by == "feng"
    shown = here.get("/groups?said=group").text
    assert "The limit of the group is confirmed." in shown
    assert "/groups/G1/confirm" not in shown


def test_the_page_of_a_customer_tells_what_its_group_uses(
    at: House, two: tuple[Customer, Customer], here: TestClient
) -> None:
    one, other = two
    path = f"/customers/{one.company_key}"
    assert "Group limit" not in signed_in(here, "feng").get(path).text
    limited(at)
    ask(at, other, 150_000)
    assert "group limit 200,000.00 GBP (Harbour Group, G1), used 150,000.00" in here.get(path).text
    assert "集团额度 200,000.00 GBP（Harbour Group，G1），已用 150,000.00" in here.get(f"{path}?lang=zh").text
    here.get(f"{path}?lang=en")
    standing = here.get(f"/api{path}/standing").json()
    assert (standing["group"]["amount"], standing["group"]["used"], standing["in_force"]) == (
        "200000",
        "150000.00",
        "150000",
    )
    assert other.company_key not in str(standing)
    document = here.get(f"/api/groups/{GROUP}").json()
    assert [(use["company_key"], use["used"]) for use in document["customers"]] == [
        (one.company_key, "0.00"),
        (other.company_key, "187500.00"),
    ]


@pytest.mark.parametrize("path", ["/groups", f"/api/groups/{GROUP}"])
def test_people_who_do_not_see_all_customers_see_no_groups(
    at: House, two: tuple[Customer, Customer], here: TestClient, path: str
) -> None:
    assert signed_in(here, "sam").get(path).status_code == 403
    assert "/groups" not in here.get("/customers").text
    assert signed_in(here, "lena").get(path).status_code == 200


def test_a_group_that_nobody_is_in(at: House, two: tuple[Customer, Customer], here: TestClient) -> None:
    assert signed_in(here, "lena").get("/api/groups/none/such").status_code == 404


def test_a_program_names_the_unit_and_is_told_what_binds(
    at: House, two: tuple[Customer, Customer], here: TestClient
) -> None:
    limited(at, units={"UK01": Decimal(10_000), "DE02": Decimal(20_000)})
    headers = token_of(at, "read", "order")
    path = f"/api/customers/{two[0].company_key}/order-check"
    free = here.post(path, json=order(amount="4000", unit="uk01"), headers=headers).json()
    assert (free["result"], free["binds"], free["headroom"]) == ("free", "unit", "7500.00")
    assert free["unit"] == {
        "name": "UK01",
        "limit": "G1",
        "amount": "12500.0000",
        "exposure": "5000.0000",
        "over": None,
        "headroom": "7500.00",
    }
    assert free["group"]["headroom"] == "245000.00"
    blocked = here.post(path, json=order(order="SO-2", amount="6001", unit="UK01"), headers=headers).json()
    assert [reason["code"] for reason in blocked["reasons"]] == ["over_unit_limit"]
    bad = here.post(path, json=order(unit="UK 01"), headers=headers)
    assert (bad.status_code, "unit" in str(bad.json()["problems"])) == (422, True)
