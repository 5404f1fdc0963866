from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from sandbox.server import Sandbox
from tests.conftest import ROOT
from tests.sandbox.asking import KEY, get
from tests.sandbox.conftest import TODAY


@contextmanager
def process(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "sandbox", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        try:
            yield running
        finally:
            running.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_process_serves_until_it_is_told_to_end(number: signal.Signals) -> None:
    with process("--port", "0") as running:
        assert running.stdout is not None
        url = running.stdout.readline().removeprefix("Sandbox at ").strip()
        assert get(f"{url}/_control/health").json() == {"status": "ok"}
        running.send_signal(number)
        assert running.wait(10) == 0


def test_a_taken_port_or_a_missing_folder_ends_with_a_message(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with process("--port", str(taken.getsockname()[1])) as running:
            message = running.communicate(timeout=10)[1]
            assert (running.returncode, "in use" in message) == (2, True)
    with process("--port", "0", "--recorded", str(tmp_path / "gone")) as running:
        message = running.communicate(timeout=10)[1]
        assert (running.returncode, "no such folder" in message) == (2, True)


def test_many_ask_at_once(sandbox: Sandbox, url: str) -> None:
    with ThreadPoolExecutor(16) as pool:
        names = list(pool.map(lambda _: get(f"{url}/uk_companies_house/company/99000001", auth=KEY).json(), range(200)))
    assert {name["company_number"] for name in names} == {"99000001"}
    assert sandbox.log()["counts"] == {"uk_companies_house": 200}


def test_one_connection_serves_many_requests(url: str) -> None:
    with requests.Session() as session:
        session.auth = KEY
        statuses = [
            session.get(f"{url}/uk_companies_house/company/{number}", timeout=5).status_code
            for number in ("99000001", "99000099", "99000004")
        ]
    assert statuses == [200, 404, 200]


def test_starting_and_stopping_twice_is_harmless() -> None:
    sandbox = Sandbox(today=TODAY)
    url = sandbox.start()
    assert sandbox.start() == url
    sandbox.stop()
    sandbox.stop()
    with pytest.raises(RuntimeError, match="not running"):
        _ = sandbox.base_url
    with pytest.raises(requests.exceptions.ConnectionError):
        get(f"{url}/_control/health")


def test_unknown_prefixes_and_orders_are_told(url: str) -> None:
    elsewhere = get(f"{url}/bloomberg/x")
    assert elsewhere.status_code == 404
    assert elsewhere.text.startswith("Sources: /sec_edgar, /uk_companies_house")
    assert get(f"{url}/_control/dance").json()["error"].startswith("GET /dance: known are GET /log")
    garbage = requests.post(f"{url}/_control/misbehave", data=b"{", timeout=5)
    assert (garbage.status_code, garbage.json()["error"][:24]) == (400, "the body is not JSON: Ex")


def test_a_body_without_end_is_refused(url: str) -> None:
    reply = requests.post(f"{url}/creditsafe/authenticate", headers={"Content-Length": "99999999"}, timeout=5)
    assert reply.status_code == 413
