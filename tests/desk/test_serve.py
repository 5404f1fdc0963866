"""The desk as a server, spoken to by bare sockets: half a request is not waited for, and who leaves leaves no trace."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import nullcontext
from urllib.parse import urlencode

import pytest
import uvicorn

from desk import guard
from desk.protocol import HastyProtocol
from desk.serve import LARGEST_HEAD, desk_server
from desk.session import Visitor
from tests.desk.conftest import PASSWORD
from wiring import House


@pytest.fixture
def server(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[uvicorn.Server]:
    monkeypatch.setattr(HastyProtocol, "head_seconds", 0.2)
    monkeypatch.setattr(guard, "BODY_SECONDS", 0.3)
    made = desk_server(house, lambda: None, host="127.0.0.1", port=0)
    # Signals are taken in the main thread alone.
    monkeypatch.setattr(made, "capture_signals", nullcontext)
    ready = threading.Event()
    startup = made.startup

    async def started(sockets: list[socket.socket] | None = None) -> None:
        await startup(sockets=sockets)
        ready.set()

    monkeypatch.setattr(made, "startup", started)
    thread = threading.Thread(target=made.run, name="desk-under-test")
    thread.start()
    assert ready.wait(20)
    yield made
    made.should_exit = True
    thread.join(10)


def connect(server: uvicorn.Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.servers[0].sockets[0].getsockname()[1]), timeout=10)


def read_all(connection: socket.socket) -> bytes:
    told = b""
    while part := connection.recv(65536):
        told += part
    return told


def ask(server: uvicorn.Server, request: bytes) -> bytes:
    with connect(server) as connection:
        connection.sendall(request)
        return read_all(connection)


def sign_in(username: str, password: str, *, address: str = "") -> bytes:
    form = urlencode({"username": username, "password": password, "form_key": Visitor(None, "guest").form_key})
    forwarded = f"X-Forwarded-For: {address}\r\n" if address else ""
    size = f"Content-Length: {len(form)}\r\nConnection: close\r\n\r\n"
    return (
        f"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: gatehouse_guest=guest\r\n{forwarded}"
        f"Content-Type: application/x-www-form-urlencoded\r\n{size}{form}"
    ).encode()


@pytest.mark.parametrize(
    "sent", [b"", b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ", b"POST /sign-in HTTP/1.1\r\n"]
)
def test_a_head_that_does_not_come_is_not_waited_for(server: uvicorn.Server, sent: bytes) -> None:
    assert ask(server, sent) == b""


def test_a_head_that_comes_in_parts_is_answered(server: uvicorn.Server) -> None:
    with connect(server) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        connection.sendall(b"Connection: close\r\n\r\n")
        assert read_all(connection).startswith(b"HTTP/1.1 200 ")


def test_a_body_that_does_not_come_is_not_waited_for(server: uvicorn.Server) -> None:
    for path in ("/sign-in", "/sign-out"):
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        told = ask(server, f"{head}Content-Length: 100\r\nConnection: close\r\n\r\nform_key=".encode())
        assert told.startswith(b"HTTP/1.1 408 ")
        assert b"The request did not come to its end in time." in told


def test_a_head_beyond_all_measure_is_refused(server: uvicorn.Server) -> None:
    with connect(server) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: " + b"x" * (LARGEST_HEAD + 1))
        assert connection.recv(65536).startswith(b"HTTP/1.1 400 ")


def test_who_leaves_in_the_middle_of_a_form_leaves_no_traceback(
    server: uvicorn.Server, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, logger="gatehouse.desk"):
        for path in ("/sign-in", "/sign-out"):
            with connect(server) as connection:
                head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                connection.sendall(f"{head}Content-Length: 100\r\n\r\nform_key=".encode())
        # An answer to a later request tells that the earlier ones were dealt with.
        while len(caplog.records) < 2:
            assert ask(server, b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    assert [record.levelno for record in caplog.records] == [logging.DEBUG] * 2
    assert [record.exc_info for record in caplog.records] == [None] * 2


def test_a_sign_in_that_stood_in_line_gets_in(server: uvicorn.Server) -> None:
    told = ask(server, sign_in("ada", PASSWORD))
    assert told.startswith(b"HTTP/1.1 303 ")
    assert b"gatehouse_session=" in told


def test_nobody_says_where_they_come_from_but_a_trusted_proxy(server: uvicorn.Server) -> None:
    for number in range(3):
        assert ask(server, sign_in("ada", "a wrong password", address=f"192.0.2.{number}")).startswith(b"HTTP/1.1 403 ")
    told = ask(server, sign_in("ada", PASSWORD, address="192.0.2.9"))
    assert told.startswith(b"HTTP/1.1 429 ")
    assert b"retry-after: 1\r\n" in told.lower()


def test_a_trusted_proxy_says_where_a_request_comes_from(house: House) -> None:
    house.settings.trusted_proxy = "127.0.0.1"
    config = desk_server(house, lambda: None, host="127.0.0.1", port=0).config
    assert (config.proxy_headers, config.forwarded_allow_ips) == (True, "127.0.0.1")
    house.settings.trusted_proxy = ""
    config = desk_server(house, lambda: None, host="127.0.0.1", port=0).config
    assert config.proxy_headers is False
    assert config.limit_concurrency == 800
