"""What dies while `gatehouse up` starts is started again, as what dies later; what cannot live ends the start."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from admission.errors import GatehouseError
from admission.model import Text
from cli.running.addresses import STATE
from cli.running.supervisor import MAX_RESTARTS, Supervisor, free_port
from cli.running.up import at_server, wait_for_server
from wiring import Settings

SERVER = "prefect-server"
# Stands in for Prefect's server: ends at its first start, and answers from then on.
DIES_ONCE = """
import sys
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

folder, port = Path(sys.argv[1]), int(sys.argv[2])
if not (folder / "api").exists():
    (folder / "api").mkdir()
    (folder / "api" / "health").touch()
    sys.exit(3)
answer = lambda *given: SimpleHTTPRequestHandler(*given, directory=str(folder))
ThreadingHTTPServer(("127.0.0.1", port), answer).serve_forever()
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "data").mkdir()
    return Settings(data=tmp_path / "data", prefect_port=free_port(0), desk_port=free_port(0))


@pytest.fixture
def supervisor(settings: Settings) -> Iterator[Supervisor]:
    made = Supervisor(settings.folder / "logs", os.environ)
    yield made
    made.stop()


def start_one_that_dies_once(supervisor: Supervisor, settings: Settings) -> int:
    """Start the server that dies once; return its process id."""
    supervisor.start(SERVER, [sys.executable, "-c", DIES_ONCE, str(settings.folder), str(settings.prefect_port)])
    return supervisor.pids[SERVER]


@pytest.fixture
def started(supervisor: Supervisor, settings: Settings) -> None:
    """Start the server and wait until it answers."""
    start_one_that_dies_once(supervisor, settings)
    wait_for_server(supervisor, settings)


def test_a_server_that_dies_while_it_starts_is_started_again(
    supervisor: Supervisor, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    first = start_one_that_dies_once(supervisor, settings)
    wait_for_server(supervisor, settings)
    assert supervisor.pids[SERVER] != first
    assert capsys.readouterr().err.splitlines() == ["prefect-server had died and is started again"]
    # What a second `gatehouse up` would find and end.
    noted = json.loads((settings.folder / STATE).read_text(encoding="utf-8"))
    assert noted["children"] == supervisor.pids


def test_one_that_dies_again_and_again_ends_the_start(supervisor: Supervisor, settings: Settings) -> None:
    supervisor.start(SERVER, [sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(GatehouseError, match=f"prefect-server ended with status 3, {MAX_RESTARTS} times in 60 s"):
        wait_for_server(supervisor, settings)


@pytest.mark.usefixtures("started")
def test_a_step_over_which_the_server_died_is_done_once_more(supervisor: Supervisor, settings: Settings) -> None:
    servers: list[int] = []

    def step() -> None:
        servers.append(supervisor.pids[SERVER])
        if len(servers) == 1:
            supervisor.kill(SERVER)
            raise GatehouseError(Text(en="nobody answers", zh="没有应答"))

    at_server(supervisor, settings, step)
    assert len(set(servers)) == 2
    assert os.waitid(os.P_PID, servers[1], os.WEXITED | os.WNOHANG | os.WNOWAIT) is None  # it lives


@pytest.mark.usefixtures("started")
def test_a_step_that_fails_while_the_server_answers_ends_the_start(supervisor: Supervisor, settings: Settings) -> None:
    tries: list[str] = []

    def step() -> None:
        tries.append("tried")
        raise GatehouseError(Text(en="deploy ended with status 1", zh="部署失败"))

    with pytest.raises(GatehouseError, match="deploy ended with status 1"):
        at_server(supervisor, settings, step)
    assert tries == ["tried"]
