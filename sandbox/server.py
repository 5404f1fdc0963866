"""The HTTP server of the sandbox, on 127.0.0.1 alone."""

from __future__ import annotations

import select
import socket
import sys
import threading
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from sandbox.misbehaviour import rule_from
from sandbox.stories import STORIES
from sandbox.switchboard import Switchboard
from sandbox.wire import Reply, Request

_HOST = "127.0.0.1"
_LARGEST_BODY = 1_000_000
_LOOK_EVERY = 0.05


class Sandbox:
    """All stand-ins on one port of 127.0.0.1, in a thread of this process.

    Args:
        recorded: folder of recorded answers to serve in place of the stories.
        map_file: map of URLs to recorded files, in place of the shipped one.
        today: the day that dates in stories count back from; the day of this machine by default.
        stories: folder of the stories.

    Raises:
        SandboxError: a story or a map is malformed.
    """

    def __init__(
        self,
        *,
        recorded: Path | None = None,
        map_file: Path | None = None,
        today: date | None = None,
        stories: Path = STORIES,
    ) -> None:
        day = today or date.today()  # noqa: DTZ011 - the machine's own day is meant
        self.switchboard = Switchboard(day, recorded=recorded, map_file=map_file, stories=stories)
        self._server: _Server | None = None

    def start(self, port: int = 0) -> str:
        """Start to answer and return the base URL; port 0 takes a free one.

        Raises:
            OSError: the port is taken.
        """
        if self._server is None:
            self._server = _Server((_HOST, port), self.switchboard)
            self._server.thread.start()
        return self.base_url

    def stop(self) -> None:
        """Stop: held requests end, the port is free again. Stopping twice does nothing."""
        server, self._server = self._server, None
        if server is not None:
            server.end()

    @property
    def base_url(self) -> str:
        """Base URL without a slash at its end; a source is at `<base URL>/<source>`."""
        if self._server is None:
            raise RuntimeError("the sandbox is not running")
        return f"http://{_HOST}:{self._server.server_address[1]}"

    def misbehave(
        self,
        source: str,
        behaviour: str,
        *,
        path: str = "",
        times: int | None = None,
        seconds: float | None = None,
        field: str = "",
    ) -> None:
        """Order a source to misbehave; see `sandbox.misbehaviour.Rule`.

        Raises:
            SandboxError: no such source or behaviour, or a value of the wrong kind.
        """
        order = {"source": source, "behaviour": behaviour, "path": path, "times": times, "seconds": seconds}
        self.switchboard.misbehaviour.tell(rule_from({**order, "field": field}))

    def reset(self) -> None:
        """Go back to how everything was at the start: rules, log, log-ins and purchases."""
        self.switchboard.reset()

    def log(self) -> dict[str, Any]:
        """Return the requests seen, their counts by source, and Creditsafe's log-ins and reports bought."""
        return self.switchboard.document()

    def __enter__(self) -> Sandbox:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _Server(ThreadingHTTPServer):
    """A thread for each connection; remembers the open ones, so that stopping leaves none behind."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], switchboard: Switchboard) -> None:
        super().__init__(address, _Handler)
        self.switchboard = switchboard
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.serve_forever, args=(_LOOK_EVERY,), name="sandbox", daemon=True)
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()

    def end(self) -> None:
        """Stop accepting, hang up on everyone, and wait for the thread."""
        self.stopping.set()
        self.shutdown()
        self.thread.join()
        with self._open_lock:
            connections = list(self._open)
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:  # the client was faster
                continue
        self.server_close()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._open_lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._open_lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Let clients hang up without a word; any other error is shown as usual."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """Turns HTTP into a `Request` and a `Reply` into HTTP."""

    protocol_version = "HTTP/1.1"
    server_version = "sandbox"
    # One write a reply: header and body in two small packets would wait for one another.
    wbufsize = -1
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        """Answer a GET."""
        self._answer()

    def do_POST(self) -> None:
        """Answer a POST."""
        self._answer()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Keep quiet: the sandbox has a log of its own."""

    def _answer(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > _LARGEST_BODY:
            self.close_connection = True
            self._send(Reply(413, b"Body too large\n", "text/plain"))
            return
        body = self.rfile.read(int(length))
        parts = urlsplit(self.path)
        prefix, _, rest = parts.path.removeprefix("/").partition("/")
        request = Request(
            method=self.command,
            path="/" + unquote(rest),
            target="/" + rest + (f"?{parts.query}" if parts.query else ""),
            query=parse_qs(parts.query, keep_blank_values=True),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=body,
        )
        self._deliver(self.server.switchboard.answer(prefix, request))

    def _deliver(self, reply: Reply) -> None:
        if reply.hold:
            self._wait_for_client_to_leave()
            self.close_connection = True
            return
        if reply.delay:
            self.server.stopping.wait(reply.delay)
        self._send(reply)

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(reply.body)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body[: len(reply.body) // 2] if reply.cut_off else reply.body)
        if reply.cut_off:
            self.close_connection = True

    def _wait_for_client_to_leave(self) -> None:
        while not self.server.stopping.wait(_LOOK_EVERY):
            readable, _, _ = select.select([self.connection], [], [], 0)
            if readable and not self.connection.recv(1, socket.MSG_PEEK):
                return
