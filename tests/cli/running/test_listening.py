"""Everything listens on this machine alone: another address is refused before anything is started."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.mark.parametrize("command", ["up", "desk"])
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.20", "desk.example.org"])
def test_an_address_that_others_reach_is_refused_and_nothing_starts(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, host: str
) -> None:
    monkeypatch.setenv("GATEHOUSE_HOST", host)
    said = run(command)
    assert said.status == 1
    assert "listens on this machine only" in said.error
    assert "leave GATEHOUSE_HOST at 127.0.0.1" in said.error
    assert not [path for path in tmp_path.rglob("*") if path.suffix in (".sqlite", ".log")]


def test_no_variable_of_prefect_makes_its_server_listen_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    from cli.running.up import server_command
    from wiring import Settings

    monkeypatch.setenv("PREFECT_SERVER_API_HOST", "0.0.0.0")
    command = server_command(Settings())
    assert command[command.index("--host") + 1] == "127.0.0.1"
