"""Requests that no browser sends: the desk answers with a refusal, and nothing else comes of it."""

from __future__ import annotations

import pytest
import uvicorn

from tests.desk.conftest import PASSWORD, Bench, form_key
from tests.desk.test_api import body, caller
from tests.desk.test_serve import ask, server

__all__ = ["server"]
FORM = "application/x-www-form-urlencoded"


def status_of(told: bytes) -> int:
    return int(told.split(b" ", 2)[1])


def test_signing_in_makes_a_session_that_nobody_knew_before(bench: Bench) -> None:
    browser = bench.visitor()
    browser.cookies.set("gatehouse_session", "fixed-by-somebody")
    key = form_key(browser, "/sign-in")
    browser.post("/sign-in", data={"username": "ada", "password": PASSWORD, "form_key": key})
    tokens = {cookie.value for cookie in browser.cookies.jar if cookie.name == "gatehouse_session"}
    tokens.discard("fixed-by-somebody")
    (token,) = tokens
    person = bench.house.casebook.sessions.person_of(token or "")
    assert person is not None
    assert person.username == "ada"
    assert bench.house.casebook.sessions.person_of("fixed-by-somebody") is None


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/..%2fapp.py",
        "/static/%2e%2e/app.py",
        "/static/%2e%2e%2fapp.py",
        "/static/....//app.py",
        "/static/..\\app.py",
        "/static//etc/passwd",
        "/static/%00desk.css",
    ],
)
def test_no_path_leads_out_of_the_static_files(server: uvicorn.Server, path: str) -> None:
    told = ask(server, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
    assert status_of(told) in (400, 404)
    assert b"create_app" not in told
    assert b"root:" not in told


@pytest.mark.parametrize(
    "reference",
    ["..%2f..%2fetc%2fpasswd", "%2e%2e", "GH-2026-000001%2f..", "%00", "GH-2026-000001%00", "'--", "%25s"],
)
def test_a_reference_is_no_path(bench: Bench, reference: str) -> None:
    own = bench.open_case()
    browser, client = bench.sign_in("lena"), caller(bench, "lena")
    assert browser.get(f"/cases/{reference}").status_code == 404
    assert client.get(f"/api/cases/{reference}").status_code == 404
    vote = client.post(f"/api/cases/{reference}/votes", json=body(bench, own))
    assert vote.status_code == 404
    assert bench.house.casebook.voting.votes_of_all_rounds(own) == []


HEAD = "POST /sign-in HTTP/1.1\r\n"
HOST = "Host: 127.0.0.1\r\n"
TYPE = f"Content-Type: {FORM}\r\nConnection: close\r\n"


@pytest.mark.parametrize(
    "request_text",
    [
        f"{HEAD}{HOST}{TYPE}Content-Length: 4\r\nContent-Length: 5\r\n\r\na=bcd",
        f"{HEAD}{HOST}{TYPE}Content-Length: 4\r\nTransfer-Encoding: xchunked\r\n\r\na=bc",
        f"{HEAD}{HOST}{TYPE}Content-Length: x\r\n\r\na=bc",
        f"{HEAD}{HOST}{TYPE}Content-Length: -4\r\n\r\na=bc",
        f"{HEAD}{HOST}{HOST}{TYPE}Content-Length: 4\r\n\r\na=bc",
        f"{HEAD}{TYPE}Content-Length: 4\r\n\r\na=bc",
        f"{HEAD}{HOST}Host: evil.example\r\n{TYPE}Content-Length: 4\r\n\r\na=bc",
        f"POST  /sign-in HTTP/1.1\r\n{HOST}{TYPE}\r\n",
        f"{HEAD}{HOST} folded\r\n{TYPE}Content-Length: 4\r\n\r\na=bc",
    ],
    ids=[
        "two lengths",
        "odd encoding",
        "no length",
        "negative length",
        "host twice",
        "no host",
        "two hosts",
        "two blanks",
        "folded",
    ],
)
def test_a_request_that_could_be_read_in_two_ways_is_refused(server: uvicorn.Server, request_text: str) -> None:
    assert status_of(ask(server, request_text.encode())) in (400, 501)


def test_a_length_beside_chunks_smuggles_no_second_request(server: uvicorn.Server) -> None:
    smuggled = "GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    chunked = f"Transfer-Encoding: chunked\r\nContent-Length: {len(smuggled) + 5}\r\n\r\n0\r\n\r\n{smuggled}"
    head = f"{HEAD}{HOST}Content-Type: {FORM}\r\n"
    told = ask(server, f"{head}Connection: close\r\n{chunked}".encode())
    assert told.count(b"HTTP/1.1 ") == 1
    assert status_of(told) in (400, 403)


JSON = {
    "deep": b"[" * 90_000,
    "deep tables": b'{"a":' * 60_000,
    "not a number": b'{"assessment": "x", "choice": "approve", "limit": NaN}',
    "without end": b'{"assessment": "x", "choice": "approve", "limit": 1e999999999}',
    "many digits": b'{"assessment": "x", "choice": "approve", "limit": ' + b"9" * 100_000 + b"}",
    "half a sign": b'{"assessment": "x", "choice": "decline", "comment": "\\ud800"}',
    "a zero sign": b'{"assessment": "x", "choice": "decline", "comment": "\\u0000"}',
    "no UTF-8": b'{"assessment": "\xff"}',
    "nothing": b"",
    "no table": b"[]",
}


@pytest.mark.parametrize("name", JSON)
def test_no_json_breaks_the_api(bench: Bench, name: str) -> None:
    reference = bench.open_case()
    json = {"content-type": "application/json"}
    answer = caller(bench, "lena").post(f"/api/cases/{reference}/votes", content=JSON[name], headers=json)
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"
    assert bench.house.casebook.voting.votes_of_all_rounds(reference) == []


FORMS = {
    "a file": (
        "multipart/form-data; boundary=b",
        b'--b\r\nContent-Disposition: form-data; name="u"; filename="x"\r\n\r\nx\r\n--b--',
    ),
    "cut off": ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="u"\r\n\r\nx'),
    "no boundary": ("multipart/form-data", b"--b\r\n"),
    "many fields": (FORM, b"&".join(b"f%d=1" % number for number in range(5_000))),
    "odd letters": (f"{FORM}; charset=utf-7", b"username=%ff%fe&password=%00"),
    "a long password": (FORM, b"username=ada&password=" + b"x" * 190_000),
    "a long name": (FORM, b"username=" + b"x" * 100_000 + b"&password=x"),
}


@pytest.mark.parametrize("name", FORMS)
def test_no_form_breaks_the_desk(bench: Bench, name: str) -> None:
    kind, sent = FORMS[name]
    answer = bench.visitor().post("/sign-in", content=sent, headers={"content-type": kind})
    assert answer.status_code in (400, 403)
    assert "gatehouse_session" not in answer.headers.get("set-cookie", "")
