"""Signing in under load: few at a time, the rest are told when to come again."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import anyio
import pytest
from fastapi.testclient import TestClient

from casebook.sessions import Sessions
from desk import create_app
from desk.doorkeeper import RETRY_SECONDS, Doorkeeper
from tests.desk.conftest import PASSWORD, Bench, form_key
from wiring import House


def full_desk(house: House) -> TestClient:
    """A desk at which all places are taken."""
    app = create_app(house, deliver=lambda: None)
    app.state.doorkeeper._most = 0
    return TestClient(app, base_url="http://desk.test", follow_redirects=False)


def test_who_comes_when_all_places_are_taken_is_told_in_both_languages_when_to_come_again(house: House) -> None:
    browser = full_desk(house)
    key = form_key(browser, "/sign-in")
    answer = browser.post("/sign-in", data={"username": "ada", "password": PASSWORD, "form_key": key})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, str(RETRY_SECONDS))
    assert "Too many people sign in at this moment" in answer.text
    assert "当前登录人数过多" in answer.text
    assert answer.headers["x-frame-options"] == "DENY"
    assert browser.get("/sign-in").status_code == 200


def test_a_program_is_told_as_a_problem_document(house: House) -> None:
    for language, title in (("en", "Too many at once"), ("zh", "请求过多")):
        headers = {"accept": "application/json", "accept-language": language}
        answer = full_desk(house).post("/sign-in", headers=headers)
        assert (answer.status_code, answer.headers["retry-after"]) == (429, str(RETRY_SECONDS))
        assert answer.headers["content-type"] == "application/problem+json"
        assert (answer.json()["title"], answer.json()["status"]) == (title, 429)


def test_a_place_is_free_again_after_each_sign_in(bench: Bench) -> None:
    bench.client.app.state.doorkeeper._most = 1  # type: ignore[attr-defined]
    for username in ("ada", "mira", "ada"):
        assert bench.sign_in(username).get("/").status_code == 200


def test_no_more_passwords_are_hashed_at_a_time_than_there_are_places(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside, most, together = [0], [0], threading.Lock()
    sign_in = Sessions.sign_in
    both_in = threading.Barrier(2, timeout=10)

    def counted(self: Sessions, *args: object, **named: object) -> str:
        with together:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
        both_in.wait()
        try:
            return sign_in(self, *args, **named)  # type: ignore[arg-type]
        finally:
            with together:
                inside[0] -= 1

    monkeypatch.setattr(Sessions, "sign_in", counted)
    with ThreadPoolExecutor(8) as threads:
        assert len(list(threads.map(bench.sign_in, ["ada", "feng", "lena", "mira"] * 2))) == 8
    assert most == [2]


def test_the_threads_are_the_doorkeepers_own() -> None:
    doorkeeper = Doorkeeper(at_once=1)
    name = anyio.run(doorkeeper.run, lambda: threading.current_thread().name)
    doorkeeper.close()
    assert name.startswith("desk-sign-in")


def test_a_form_that_is_too_long_is_refused_before_it_takes_a_place(bench: Bench) -> None:
    answer = bench.visitor().post("/sign-in", data={"username": "x" * 300_000})
    assert answer.status_code == 413
    assert "Too much was sent." in answer.text


def test_after_three_failures_the_page_says_how_long_to_wait_and_another_person_gets_in(bench: Bench) -> None:
    browser = bench.visitor()
    for _ in range(3):
        key = form_key(browser, "/sign-in")
        browser.post("/sign-in", data={"username": "ada", "password": "a wrong password", "form_key": key})
    answer = browser.post("/sign-in", data={"username": "ada", "password": PASSWORD, "form_key": key})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    assert "Too many sign-ins failed here." in answer.text
    assert "wait 1 s, then try again" in answer.text
    assert (
        "此处登录失败次数过多。"
        in browser.post("/sign-in?lang=zh", data={"username": "ada", "password": PASSWORD, "form_key": key}).text
    )
    assert bench.sign_in("mira").get("/").status_code == 200


def test_a_device_that_somebody_signed_in_from_is_let_in_while_others_guess(bench: Bench) -> None:
    known = bench.sign_in("ada")
    known.post("/sign-out", data={"form_key": form_key(known, "/")})
    assert known.cookies["gatehouse_device"]
    stranger = bench.visitor()
    for _ in range(3):
        key = form_key(stranger, "/sign-in")
        stranger.post("/sign-in", data={"username": "ada", "password": "a wrong password", "form_key": key})
    assert stranger.post("/sign-in", data={"username": "ada", "password": PASSWORD, "form_key": key}).status_code == 429
    key = form_key(known, "/sign-in")
    assert known.post("/sign-in", data={"username": "ada", "password": PASSWORD, "form_key": key}).status_code == 303
