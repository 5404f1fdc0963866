"""What every connector must do when its source misbehaves, run against a real HTTP server on this machine.

A connector's test module says:

    test_contract = contract_tests(ContractCase(...), ContractCase(...))

with one case for each kind of query.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from admission.application import Subject
from admission.errors import (
    AccessRefused,
    Challenged,
    GatehouseError,
    RateLimited,
    SourceChanged,
    SourceUnavailable,
)
from admission.evidence.answers import Answer, Parsed, Query
from admission.evidence.sources import Connector
from connectors.financials_upload.characters import has_chinese
from connectors.kit import Kit

NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Reply:
    """What the local server answers.

    Attributes:
        promised: Content-Length that is sent, where it is not the true one.
        hangs: True where the server sends nothing until the test is over.
    """

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    promised: int | None = None
    hangs: bool = False


@dataclass
class LocalServer:
    """A server that gives one reply, or the prelude's reply where the path holds its text."""

    reply: Reply
    prelude: Mapping[str, Reply] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    url: str = ""

    def reply_to(self, path: str) -> Reply:
        return next((reply for part, reply in self.prelude.items() if part in path), self.reply)


@contextmanager
def serving(reply: Reply, prelude: Mapping[str, Reply] | None = None) -> Iterator[LocalServer]:
    """Serve replies on a free port of 127.0.0.1 until the block ends."""
    script = LocalServer(reply, prelude or {})
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", "0")))
            script.asked.append((self.command, self.path, {name.lower(): text for name, text in self.headers.items()}))
            reply = script.reply_to(self.path)
            if reply.hangs:
                over.wait(30)
                self.close_connection = True
                return
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.content_type)
            self.send_header("Content-Length", str(len(reply.body) if reply.promised is None else reply.promised))
            for name, text in reply.headers.items():
                self.send_header(name, text)
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(reply.body)

        do_GET = do_POST = _answer  # noqa: N815 - names that http.server calls

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in http.server
            """Keep the test output quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    script.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield script
    finally:
        over.set()
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass(frozen=True)
class ContractCase:
    """One kind of query of one connector.

    Attributes:
        name: shown in the test's id.
        connect: the connector's factory.
        subject: a company that `plan` has questions for.
        query: the question to try; the first of the plan where None.
        good: a good answer.
        no_record: the source's own "no such company", in whatever form.
        no_record_ends: what that must end as: an answer, or the error that must be raised.
        drop_mandatory: takes a good body and leaves out a field that every answer has.
        unknown_value: takes a good body and puts an unknown value in place of a known one; None with `no_values`.
        no_values: why there is no closed list of values.
        prelude: good replies to what is asked before (a log-in), by a part of the path.
        env: settings the connector needs, as environment variables.
        secrets: texts that no message may hold.
    """

    name: str
    connect: Callable[[Kit], Connector]
    subject: Subject
    good: Reply
    no_record: Reply
    drop_mandatory: Callable[[bytes], bytes]
    no_record_ends: Answer | type[GatehouseError] = Answer.NO_RECORD
    query: Query | None = None
    unknown_value: Callable[[bytes], bytes] | None = None
    no_values: str = ""
    prelude: Mapping[str, Reply] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Misbehaviour:
    """A way for a source to answer, and how asking must end."""

    name: str
    reply: Callable[[ContractCase], Reply]
    ends: Callable[[ContractCase], Answer | type[GatehouseError]]
    retry_after: float | None = None


def _page(title: str, body: str) -> bytes:
    return f"<!DOCTYPE html>\n<html><head><title>{title}</title></head><body>{body}</body></html>".encode()


_LOG_IN = _page("Sign in", '<form action="/login"><input name="user"><input type="password" name="word"></form>')
_OTHER_PAGE = _page("Welcome", "<h1>Our new portal</h1><p>Company data has moved.</p>")
_CLOSED = _page("Down", "<h1>Scheduled maintenance</h1><p>We are back on Monday.</p>")
_GATEWAY_404 = b"default backend - 404"
_HTML = "text/html; charset=utf-8"


def _changed_good(change: str) -> Callable[[ContractCase], Reply]:
    def reply(case: ContractCase) -> Reply:
        mutate = getattr(case, change)
        body = mutate(case.good.body)
        assert body != case.good.body, f"{case.name}: {change} changes nothing"
        return Reply(case.good.status, body, case.good.content_type, case.good.headers)

    return reply


def _always(reply: Reply) -> Callable[[ContractCase], Reply]:
    return lambda case: reply


def _ends(end: Answer | type[GatehouseError]) -> Callable[[ContractCase], Answer | type[GatehouseError]]:
    return lambda case: end


def _cut(case: ContractCase) -> Reply:
    half = case.good.body[: len(case.good.body) // 2]
    return Reply(200, half, case.good.content_type, promised=len(case.good.body))


MISBEHAVIOURS = (
    Misbehaviour("good answer", lambda case: case.good, _ends(Answer.FOUND)),
    Misbehaviour("own no record", lambda case: case.no_record, lambda case: case.no_record_ends),
    Misbehaviour("empty body", lambda case: Reply(200, b"", case.good.content_type), _ends(SourceUnavailable)),
    Misbehaviour("web page in place of data", _always(Reply(200, _OTHER_PAGE, _HTML)), _ends(SourceChanged)),
    Misbehaviour("web page that says it is data", lambda case: Reply(200, _OTHER_PAGE), _ends(SourceChanged)),
    Misbehaviour("log-in page with 200", _always(Reply(200, _LOG_IN, _HTML)), _ends(Challenged)),
    Misbehaviour("maintenance page with 200", _always(Reply(200, _CLOSED, _HTML)), _ends(SourceUnavailable)),
    Misbehaviour("401", _always(Reply(401, b'{"error": "no"}')), _ends(AccessRefused)),
    Misbehaviour("403", _always(Reply(403, _OTHER_PAGE, _HTML)), _ends(AccessRefused)),
    Misbehaviour("404 page", _always(Reply(404, _OTHER_PAGE, _HTML)), _ends(SourceChanged)),
    Misbehaviour("404 of a gateway", _always(Reply(404, _GATEWAY_404, "text/plain")), _ends(SourceChanged)),
    Misbehaviour("404 empty", _always(Reply(404, b"", "application/json")), _ends(SourceChanged)),
    Misbehaviour("400", _always(Reply(400, b'{"error": "bad request"}')), _ends(SourceChanged)),
    Misbehaviour("429", _always(Reply(429, b"slow down", "text/plain")), _ends(RateLimited)),
    Misbehaviour("429 with seconds", _always(Reply(429, headers={"Retry-After": "17"})), _ends(RateLimited), 17.0),
    Misbehaviour(
        "429 with a date",
        _always(Reply(429, headers={"Retry-After": "Mon, 23 Nov 2026 12:01:30 GMT"})),
        _ends(RateLimited),
        90.0,
    ),
    Misbehaviour("500", _always(Reply(500, b'{"error": "oops"}')), _ends(SourceUnavailable)),
    Misbehaviour("503", _always(Reply(503, _CLOSED, _HTML)), _ends(SourceUnavailable)),
    Misbehaviour("time-out", _always(Reply(hangs=True)), _ends(SourceUnavailable)),
    Misbehaviour("cut-off body", _cut, _ends(SourceUnavailable)),
    Misbehaviour("missing mandatory field", _changed_good("drop_mandatory"), _ends(SourceChanged)),
    Misbehaviour("unknown value of a closed list", _changed_good("unknown_value"), _ends(SourceChanged)),
)


def contract_tests(*cases: ContractCase) -> Callable[..., None]:
    """Return the contract suite over some cases, to be named `test_contract` in a test module."""
    parameters = []
    for case in cases:
        assert (case.unknown_value is None) == bool(case.no_values), (
            f"{case.name}: unknown_value or the reason why none"
        )
        parameters += [
            pytest.param(case, behaviour, id=f"{case.name}: {behaviour.name}")
            for behaviour in MISBEHAVIOURS
            if case.unknown_value is not None or behaviour.name != "unknown value of a closed list"
        ]

    @pytest.mark.parametrize(("case", "behaviour"), parameters)
    def test_contract(case: ContractCase, behaviour: Misbehaviour, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in case.env.items():
            monkeypatch.setenv(name, value)
        with serving(behaviour.reply(case), case.prelude) as server:
            ended, error = _ask(case, server)
        expected = behaviour.ends(case)
        if isinstance(expected, Answer):
            assert error is None
            assert ended is not None
            assert ended.answer is expected
            assert bool(ended.facts or ended.leads) is (expected is Answer.FOUND)
        else:
            assert ended is None
            assert type(error) is expected
            assert has_chinese(error.message.zh)
            assert not error.remedy.en or has_chinese(error.remedy.zh)
        if isinstance(error, RateLimited):
            assert error.retry_after == behaviour.retry_after
        told = repr((str(error), error and error.context, ended))
        assert not [secret for secret in case.secrets if secret in told]
        main = [path for _, path, _ in server.asked if not any(part in path for part in case.prelude)]
        assert len(main) == 1, "a connector asks once; the task repeats"

    return test_contract


def kit_for(server: LocalServer, name: str) -> Kit:
    """A kit that sends one source's requests to the local server."""
    return Kit(
        clock=lambda: NOW,
        contact="credit@example.org",
        base_urls={name: server.url},
        # Short only where the time-out is the point: a busy machine may take a while to answer.
        timeout_seconds=0.3 if server.reply.hangs else 20,
        max_wait_seconds=5,
    )


def _ask(case: ContractCase, server: LocalServer) -> tuple[Parsed | None, GatehouseError | None]:
    """Ask as the house does: fetch, then parse. The name comes from a connector that asks nobody."""
    name = case.connect(Kit(clock=lambda: NOW, contact="credit@example.org")).card.name
    connector: Any = case.connect(kit_for(server, name))
    query = case.query or connector.plan(case.subject).queries[0]
    try:
        return connector.parse(query, connector.fetch(query)), None
    except GatehouseError as error:
        return None, error
