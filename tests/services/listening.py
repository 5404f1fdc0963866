"""Servers on this machine that take what the house sends out: documents and letters."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any


@contextmanager
def web_server(status: int = 200) -> Iterator[tuple[str, list[Any]]]:
    """A web server on this machine that takes documents, or refuses them."""
    taken: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/secret-path", taken
    server.shutdown()
    server.server_close()
    thread.join()


@contextmanager
def mail_server(refusal: str = "") -> Iterator[tuple[str, list[str]]]:
    """A mail server on this machine that takes one message a connection."""
    taken: list[str] = []

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 here\r\n")
            while line := self.rfile.readline().decode().strip().upper():
                if line == "DATA":
                    self.wfile.write(b"354 go on\r\n")
                    lines = []
                    while (part := self.rfile.readline().decode()) != ".\r\n":
                        lines.append(part)
                    taken.append("".join(lines))
                answer = refusal if line.startswith("RCPT") and refusal else "250 fine"
                self.wfile.write(f"{'221 bye' if line == 'QUIT' else answer}\r\n".encode())
                if line == "QUIT":
                    return

    with ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"smtp://127.0.0.1:{server.server_address[1]}", taken
        server.shutdown()
        thread.join()
