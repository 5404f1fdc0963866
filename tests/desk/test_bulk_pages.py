"""Acts on many customers at the desk: what waits is read and confirmed there, by who may."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from admission.cases import Customer
from desk import create_app
from services.bulk_acts import propose_bulk
from tests.desk.conftest import PASSWORD, browser_of, form_key
from tests.services import test_bulk_acts as bulk
from tests.services.test_bulk_acts import HOLD, in_force, load_ledger
from tests.services.test_customer_files import admitted, person
from wiring import House, Settings

at, clock, book = bulk.at, bulk.clock, bulk.book


@pytest.fixture
def here(at: House) -> Iterator[TestClient]:
    """Somebody at the desk of the house, where nobody has signed in."""
    house = House(Settings(data=at.settings.data, public_url="http://desk.test", sandbox_url=None), clock=at.clock)
    house.rates = at.rates
    yield browser_of(create_app(house, deliver=lambda: None))
    house.casebook.close()


def signed_in(here: TestClient, username: str) -> TestClient:
    here.get("/sign-in")
    given = {"username": username, "password": PASSWORD, "form_key": form_key(here, "/sign-in")}
    here.post("/sign-in", data=given)
    return here


def token_of(at: House, username: str) -> dict[str, str]:
    return {"authorization": f"Bearer {at.casebook.tokens.issue(username, 'x', timedelta(days=1))[1]}"}


@pytest.fixture
def proposed(at: House, book: list[Customer]) -> str:
    load_ledger(at, c1=1000)
    return propose_bulk(at, HOLD, person(at, "otto")).id


def test_an_act_is_read_and_confirmed_by_a_second_person(
    here: TestClient, at: House, book: list[Customer], proposed: str
) -> None:
    page = signed_in(here, "mira").get("/bulk-acts").text
    assert "deliveries on hold of customers by country GB" in page
    assert "waits for a second person" in page
    assert "and 2 not known" in page
    assert '<a href="/bulk-acts"' in here.get("/").text
    page = here.get("/bulk-acts/M1").text
    assert "limits granted: 21,700 USD; in force: 21,700 USD; in force after it: 0 USD" in page
    assert "exposure not known, and not in that sum: 2 customers" in page
    assert "You sign as the second person for 3 customers." in page
    places = [page.index(f"Old Friend {number} Ltd") for number in (1, 2, 3)]
    # By exposure; where it is not known, by limit.
    assert places == sorted(places)
    done = here.post("/bulk-acts/M1/confirm", data={"form_key": form_key(here, "/bulk-acts/M1")}, follow_redirects=True)
    assert "The act is carried out." in done.text
    assert "confirmed by mira" in done.text
    assert "Confirm and carry out" not in done.text
    assert "done: 3" in done.text
    assert in_force(at, book) == [0, 0, 0]
    customer = here.get(f"/customers/{book[0].company_key}").text
    assert '<a href="/bulk-acts/M1">bulk act M1</a>' in customer
    assert "bulk act M1: sanctions of today" in customer


def test_who_proposed_it_takes_it_back_and_does_not_confirm_it(
    here: TestClient, at: House, book: list[Customer], proposed: str
) -> None:
    page = signed_in(here, "otto").get("/bulk-acts/M1").text
    assert "Confirm and carry out" not in page
    refused = here.post("/bulk-acts/M1/confirm", data={"form_key": form_key(here, "/bulk-acts/M1")})
    assert refused.status_code == 403
    back = here.post(
        "/bulk-acts/M1/refuse",
        data={"form_key": form_key(here, "/bulk-acts/M1"), "because": "too wide"},
        follow_redirects=True,
    )
    assert "Refused by otto: too wide" in back.text
    assert in_force(at, book) == [5000, 9000, 700]


def test_without_its_key_a_form_confirms_nothing(
    here: TestClient, at: House, book: list[Customer], proposed: str
) -> None:
    signed_in(here, "mira")
    assert here.post("/bulk-acts/M1/confirm", data={}).status_code == 403
    assert at.casebook.bulk_acts.get("M1").state == "proposed"


def test_who_sees_only_some_customers_sees_no_act(here: TestClient, at: House, proposed: str) -> None:
    signed_in(here, "sam")
    assert '<a href="/bulk-acts"' not in here.get("/").text
    for path in ("/bulk-acts", "/bulk-acts/M1"):
        page = here.get(path)
        assert (page.status_code, "Old Friend" in page.text) == (403, False)
    for path in ("/api/bulk-acts", "/api/bulk-acts/M1"):
        assert here.get(path, headers=token_of(at, "sam")).status_code == 403


def test_what_is_new_since_is_told_and_the_list_stays(
    here: TestClient, at: House, book: list[Customer], proposed: str
) -> None:
    later = admitted(at, "Newcomer Ltd", "00000009")
    page = signed_in(here, "mira").get("/bulk-acts/M1").text
    assert "What has changed since it was proposed" in page
    assert "fit now and are not on the list (1)" in page
    assert later.legal_name in page


def test_the_page_in_chinese(here: TestClient, proposed: str) -> None:
    page = signed_in(here, "mira").get("/bulk-acts/M1?lang=zh").text
    for said in ("批量操作", "待第二人复核", "复核并执行", "敞口未知、未计入的客户：2", "获批额度"):
        assert said in page


def test_the_list_is_read_page_by_page(here: TestClient, proposed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desk.bulk_pages.PAGE", 2)
    signed_in(here, "mira")
    first = here.get("/bulk-acts/M1").text
    assert ("Old Friend 3 Ltd" in first, "/bulk-acts/M1?after=2" in first) == (False, True)
    second = here.get("/bulk-acts/M1?after=2").text
    assert ("Old Friend 3 Ltd" in second, "Old Friend 1 Ltd" in second) == (True, False)
    assert here.get("/bulk-acts/M9").status_code == 404


def test_the_api_tells_acts_and_their_customers(here: TestClient, at: House, proposed: str) -> None:
    headers = token_of(at, "lena")
    (act,) = here.get("/api/bulk-acts", headers=headers).json()
    assert (act["id"], act["state"], act["stands"], act["lapsed"]) == (
        "M1",
        "proposed",
        "waits for a second person",
        False,
    )
    assert act["selection"] == {"countries": ["GB"]}
    assert (act["sums"]["customers"], act["sums"]["exposure_unknown"]) == (3, 2)
    shown = here.get("/api/bulk-acts/M1?after=1&most=1", headers=headers).json()
    assert [(one["place"], one["exposure"], one["what"]) for one in shown["members"]] == [(2, None, "waits")]
    assert here.get("/api/bulk-acts/M9", headers=headers).status_code == 404
