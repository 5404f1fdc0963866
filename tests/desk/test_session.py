"""Signing in and out, and forms that were not sent from the desk."""

from __future__ import annotations

from datetime import timedelta

import pytest

from desk.session import local_path
from tests.desk.conftest import PASSWORD, Bench, form_key


def test_who_is_not_signed_in_is_sent_to_the_sign_in_page_and_back(bench: Bench) -> None:
    answer = bench.visitor().get("/cases?status=voting")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Fcases%3Fstatus%3Dvoting")


def test_signing_in_sets_a_strict_http_only_cookie_and_goes_on(bench: Bench) -> None:
    browser = bench.visitor()
    key = form_key(browser, "/sign-in")
    answer = browser.post(
        "/sign-in", data={"username": " Ada ", "password": PASSWORD, "form_key": key, "next": "/cases"}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/cases")
    cookie = next(value for value in answer.headers.get_list("set-cookie") if value.startswith("gatehouse_session="))
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Secure" not in cookie
    assert "Ada Brandt" in browser.get("/").text


def test_over_https_the_cookie_is_secure(bench: Bench) -> None:
    browser = bench.visitor()
    browser.base_url = "https://desk.test"
    key = form_key(browser, "/sign-in")
    answer = browser.post("/sign-in", data={"username": "ada", "password": PASSWORD, "form_key": key})
    cookie = next(value for value in answer.headers.get_list("set-cookie") if value.startswith("gatehouse_session="))
    assert "Secure" in cookie


def test_unknown_user_and_wrong_password_look_the_same(bench: Bench) -> None:
    answers = []
    for username in ("ada", "nobody"):
        browser = bench.visitor()
        key = form_key(browser, "/sign-in")
        answer = browser.post("/sign-in", data={"username": username, "password": "wrong password", "form_key": key})
        answers.append((answer.status_code, answer.text.replace(key, "KEY").replace(f'value="{username}"', "NAME")))
        assert browser.cookies.get("gatehouse_session") is None
    assert answers[0] == answers[1]
    assert answers[0][0] == 403
    assert "Username or password is wrong." in answers[0][1]


def test_signing_out_ends_the_session_everywhere(bench: Bench) -> None:
    browser = bench.sign_in("ada")
    token = browser.cookies["gatehouse_session"]
    answer = browser.post("/sign-out", data={"form_key": form_key(browser, "/")})
    assert answer.headers["location"] == "/sign-in?out=1"
    assert "You are signed out." in browser.get("/sign-in?out=1").text
    assert bench.house.casebook.sessions.person_of(token) is None


def test_a_form_without_the_sessions_key_is_refused(bench: Bench) -> None:
    reference = bench.open_case(requester=None, kind="unattributed")
    browser = bench.sign_in("ada")
    strangers_key = form_key(bench.sign_in("mira"), "/")
    for data in ({}, {"form_key": "é"}, {"form_key": strangers_key}):
        answer = browser.post(f"/cases/{reference}/take", data=data)
        assert answer.status_code == 403
        assert "This form was not sent from the desk." in answer.text
    assert bench.house.casebook.cases.get(reference).requester is None


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://desk.test:4200"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_form_sent_by_a_page_of_another_origin_is_refused(bench: Bench, headers: dict[str, str]) -> None:
    browser = bench.sign_in("ada")
    answer = browser.post("/sign-out", data={"form_key": form_key(browser, "/")}, headers=headers)
    assert answer.status_code == 403
    assert browser.get("/").status_code == 200


def test_a_form_sent_by_our_own_page_is_taken(bench: Bench) -> None:
    browser = bench.sign_in("ada")
    headers = {"origin": "http://desk.test", "sec-fetch-site": "same-origin"}
    assert browser.post("/sign-out", data={"form_key": form_key(browser, "/")}, headers=headers).status_code == 303


def test_a_link_from_another_site_asks_once_more_so_that_the_strict_cookie_comes_along(bench: Bench) -> None:
    browser = bench.visitor()
    answer = browser.get("/cases?status=voting", headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 200
    assert '<meta http-equiv="refresh" content="0;url=/cases?status=voting">' in answer.text
    assert browser.get("/cases", headers={"sec-fetch-site": "same-origin"}).status_code == 303


def test_a_session_that_is_over_is_nobodys(bench: Bench) -> None:
    browser = bench.visitor()
    token = bench.house.casebook.sessions.sign_in("ada", PASSWORD, lifetime=timedelta(seconds=-1))
    browser.cookies.set("gatehouse_session", token)
    assert browser.get("/").headers["location"] == "/sign-in"


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ("/cases/GH-2026-000001", "/cases/GH-2026-000001"),
        ("/cases?status=voting", "/cases?status=voting"),
        ("//evil.example", "/"),
        ("https://evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("/\tevil", "/"),
        ("/sign-out", "/"),
        ("", "/"),
        (None, "/"),
    ],
)
def test_only_paths_of_this_desk_are_gone_to_after_signing_in(given: str | None, path: str) -> None:
    assert local_path(given) == path
