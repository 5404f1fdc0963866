"""What holds for every answer, and the courier."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from admission.errors import GatehouseError
from desk import create_app
from desk.courier import Courier
from tests.desk.conftest import Bench, form_key
from tests.languages import plain
from wiring import House, Settings


def test_health_needs_no_sign_in_and_no_casebook(tmp_path: Path) -> None:
    app = create_app(House(Settings(data=tmp_path / "none")), deliver=lambda: None)
    answer = TestClient(app, base_url="http://127.0.0.1:4280").get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_without_a_casebook_the_page_says_what_to_do(tmp_path: Path) -> None:
    app = create_app(House(Settings(data=tmp_path / "none")), deliver=lambda: None)
    browser = TestClient(app, base_url="http://localhost")
    browser.cookies.set("gatehouse_session", "something")
    answer = browser.get("/")
    assert answer.status_code == 500
    assert "gatehouse" in answer.text


def test_every_answer_carries_the_security_headers(bench: Bench) -> None:
    browser = bench.sign_in("ada")
    for path in ("/", "/sign-in", "/nowhere", "/cases/GH-2026-999999", "/static/desk.css", "/api/cases", "/health"):
        headers = browser.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'self'; script-src 'none'")
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert (headers.get("cache-control") == "no-store") is not path.startswith("/static/")


def test_a_page_that_is_not_there_and_a_wrong_method_say_so(bench: Bench) -> None:
    browser = bench.sign_in("ada")
    missing = browser.get("/nowhere")
    assert (missing.status_code, "There is no such page." in missing.text) == (404, True)
    wrong = browser.get("/sign-out")
    assert (wrong.status_code, "Not possible here" in wrong.text) == (405, True)


def test_more_than_a_form_can_hold_is_refused(bench: Bench) -> None:
    browser = bench.sign_in("ada")
    answer = browser.post("/sign-out", data={"form_key": form_key(browser, "/"), "more": "x" * 300_000})
    assert answer.status_code == 413
    assert "Too much was sent." in answer.text


def test_an_unforeseen_error_shows_a_number_and_logs_no_message(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    app = bench.client.app

    typed = bench.house.casebook.people.get("ada").name

    def broken() -> None:
        raise ValueError(typed)

    app.add_api_route("/broken", broken)  # type: ignore[attr-defined]
    app.add_api_route("/api/broken", broken)  # type: ignore[attr-defined]
    with caplog.at_level(logging.DEBUG):
        page, document = bench.visitor().get("/broken"), bench.visitor().get("/api/broken")
    assert (page.status_code, document.status_code) == (500, 500)
    assert document.headers["content-type"] == "application/problem+json"
    assert document.json()["type"] == "urn:gatehouse:problem:internal"
    logged = "\n".join(record.getMessage() for record in caplog.records if record.name == "gatehouse.desk")
    assert "ValueError" in logged
    assert typed not in logged + page.text + document.text


def test_a_vote_counts_although_the_delivery_after_it_fails(house: House, caplog: pytest.LogCaptureFixture) -> None:
    def deliver() -> None:
        raise RuntimeError("a person's name")

    bench = Bench(house, TestClient(create_app(house, deliver=deliver), base_url="http://desk.test"))
    reference = bench.open_case(requester=None, kind="unattributed")
    browser = bench.sign_in("ada")
    for _ in range(2):
        browser.post(f"/cases/{reference}/take", data={"form_key": form_key(browser, "/")})
    assert house.casebook.cases.get(reference).requester == "ada"
    said = [record.getMessage() for record in caplog.records if record.name == "gatehouse.desk"]
    assert said == ["delivering the outbox failed; it will be tried again: RuntimeError: its message is not logged"]


def test_the_courier_delivers_while_something_waits_and_stops() -> None:
    waiting = [3]
    done = threading.Event()

    def deliver() -> None:
        waiting[0] -= 1
        if not waiting[0]:
            done.set()

    courier = Courier(deliver, lambda: waiting[0], every=0.001)
    courier.start()
    assert done.wait(5)
    courier.stop()
    assert waiting[0] == 0
    assert all(thread.name != "desk-courier" for thread in threading.enumerate())


def test_the_courier_logs_a_failure_once_until_it_has_succeeded(caplog: pytest.LogCaptureFixture) -> None:
    failing = [True]

    def deliver() -> None:
        if failing[0]:
            raise GatehouseError(plain("Prefect does not answer."))

    courier = Courier(deliver, lambda: 1)
    courier.deliver_now()
    courier.deliver_now()
    assert len(caplog.records) == 1
    assert "GatehouseError: Prefect does not answer." in caplog.records[0].getMessage()
    failing[0] = False
    courier.deliver_now()
    failing[0] = True
    courier.deliver_now()
    assert len(caplog.records) == 2


def test_the_lifespan_delivers_what_waits_in_the_outbox(house: House) -> None:
    delivered = threading.Event()

    def deliver() -> None:
        for message in house.casebook.outbox.claim():
            house.casebook.outbox.delivered(message.id)
        delivered.set()

    house.casebook.outbox.put("notice", None, {"to": "crm"})
    with TestClient(create_app(house, deliver=deliver, every=0.01)):
        assert delivered.wait(5)
    assert house.casebook.outbox.pending() == 0
