"""The patterns of deploy/ against the code: variables and commands that are there, and nothing for a run to choose."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from prefect.settings import Settings as PrefectSettings

from cli.main import gatehouse
from tests.conftest import ROOT
from wiring.settings import PREFIX, Settings

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
OURS = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
OTHERS = {"DO_NOT_TRACK", "POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD"}


def _compose() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return document


def _known(names: Mapping[str, object]) -> set[str]:
    """The names that neither Gatehouse nor Prefect reads."""
    prefects = {name.upper() for name in PrefectSettings().to_environment_variables(include_aliases=True)}
    prefects |= set(_prefect_names())
    return set(names) - OURS - OTHERS - prefects


def _prefect_names() -> Iterator[str]:
    from prefect.settings.legacy import _get_settings_fields

    yield from _get_settings_fields(PrefectSettings)


def _in_file(path: Path) -> dict[str, str]:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def test_every_variable_is_one_that_something_reads() -> None:
    assert _known(_in_file(DEPLOY / "systemd" / "gatehouse.env")) == set()
    environments = [service["environment"] for service in _compose()["services"].values() if "environment" in service]
    assert len(environments) >= 5
    for environment in environments:
        assert _known(environment) == set()
    assert _known({"GATEHOUSE_DATABASE": "", "PREFECT_API_URLS": ""}) == {"GATEHOUSE_DATABASE", "PREFECT_API_URLS"}


def test_no_secret_is_filled_in() -> None:
    for path in (DEPLOY / "systemd" / "gatehouse.env", DEPLOY / "compose.env.example"):
        for name, value in _in_file(path).items():
            if re.search("TOKEN|PASSWORD|AUTH", name):
                assert value in ("", "gatehouse:"), name


def _calls() -> Iterator[list[str]]:
    for unit in UNITS:
        for line in re.findall(r"^ExecStart=(.+)$", unit.read_text(encoding="utf-8"), re.MULTILINE):
            plain = re.sub(r"\$\$\(.+?\)", "now", line.replace("/bin/sh -c 'exec ", "").rstrip("'"))
            yield shlex.split(plain)
    for service in _compose()["services"].values():
        command = service.get("command", [])
        if command[:2] == ["sh", "-ec"]:
            yield from (shlex.split(line) for line in command[2].splitlines())
        elif command:
            yield command


def test_every_command_of_gatehouse_takes_its_options() -> None:
    calls = [call[1:] for call in _calls() if Path(call[0]).name == "gatehouse"]
    assert {call[0] for call in calls} == {"init", "worker", "desk", "backup"}
    for call in calls:
        command = gatehouse.get_command(click.Context(gatehouse), call[0])
        assert command is not None
        # Parsed, not run.
        command.make_context(call[0], call[1:])


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_unit_writes_to_its_data_alone(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    assert "ProtectSystem=strict" in text
    assert "NoNewPrivileges=true" in text
    assert "UMask=0077" in text
    assert set(re.findall(r"^ReadWritePaths=(.+)$", text, re.MULTILINE)) <= {
        "/var/lib/gatehouse",
        "/var/backups/gatehouse",
    }


def test_nothing_is_published_to_other_machines() -> None:
    ports = [port for service in _compose()["services"].values() for port in service.get("ports", ())]
    assert ports == ["127.0.0.1:4200:4200"]


def test_a_run_chooses_nothing_of_its_pod() -> None:
    template = json.loads((DEPLOY / "kubernetes" / "work_pool.json").read_text(encoding="utf-8"))
    assert template["variables"]["properties"] == {}
    assert template["variables"]["additionalProperties"] is False
    assert "{{" not in json.dumps(template["job_configuration"])
    assert template["job_configuration"]["job_manifest"]["kind"] == "Job"
