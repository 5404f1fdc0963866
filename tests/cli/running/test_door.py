"""The password of the house's own Prefect: who has it, where it stands, and to whom it is sent."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.running.door import auth_file, guarded_environment, make_auth, read_auth
from cli.running.reaching import PrefectApi, prefect_api
from cli.running.up import addresses, environment, server_command
from tests.conftest import ROOT
from wiring import Settings

OWN = "http://127.0.0.1:4200/api"
OTHER = "https://prefect.example.org/api"


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def running(settings: Settings) -> None:
    """Leave the note of a `gatehouse up` that lives."""
    state = {"pid": os.getpid(), "prefect": "http://127.0.0.1:4200", "desk": "", "children": {}}
    settings.folder.mkdir(parents=True, exist_ok=True)
    (settings.folder / "up.json").write_text(json.dumps(state), encoding="utf-8")


def test_it_is_made_once_and_read_by_its_owner_alone() -> None:
    settings = Settings()
    assert read_auth(settings) is None
    before = os.umask(0)
    try:
        made = make_auth(settings)
    finally:
        os.umask(before)
    name, _, password = made.partition(":")
    assert (name, len(password)) == ("gatehouse", 48)
    assert auth_file(settings) == settings.folder / "prefect" / "auth"
    assert (mode(auth_file(settings)), mode(auth_file(settings).parent)) == (0o600, 0o700)
    assert (make_auth(settings), read_auth(settings)) == (made, made)
    assert [path.name for path in auth_file(settings).parent.iterdir()] == ["auth"]


@pytest.mark.parametrize("spoilt", ["others may read it", "it is a link", "it is empty", "it is short", "no name"])
def test_one_that_others_may_know_is_made_anew(spoilt: str, tmp_path: Path) -> None:
    settings = Settings()
    before = make_auth(settings)
    path = auth_file(settings)
    if spoilt == "others may read it":
        path.chmod(0o640)
    elif spoilt == "it is a link":
        elsewhere = tmp_path / "elsewhere"
        path.rename(elsewhere)
        path.symlink_to(elsewhere)
    else:
        text = {"it is empty": "", "it is short": "gatehouse:secret\n", "no name": before.partition(":")[2]}[spoilt]
        path.write_text(text, encoding="utf-8")

    made = make_auth(settings)

    assert made != before
    assert made.startswith("gatehouse:")
    assert (mode(path), path.is_symlink()) == (0o600, False)


def test_what_the_processes_see_shuts_the_server_whatever_was_set_before(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS", "PREFECT_SERVER_CORS_ALLOWED_ORIGINS"):
        monkeypatch.setenv(name, "*")
    monkeypatch.setenv("PREFECT_SERVER_API_AUTH_STRING", "mine:known")
    settings = Settings(prefect_port=4777)
    seen = environment(settings)
    code = (
        "from prefect.settings import get_current_settings as now; server = now().server.api;"
        "print(server.auth_string.get_secret_value(), now().api.auth_string.get_secret_value(),"
        " server.cors_allowed_origins)"
    )
    said = subprocess.run([sys.executable, "-c", code], env=seen, cwd=ROOT, capture_output=True, text=True, check=True)
    made = read_auth(settings)
    assert said.stdout.split() == [made, made, "http://127.0.0.1:4777,http://localhost:4777"]


def test_no_command_line_holds_it() -> None:
    settings = Settings()
    password = make_auth(settings).partition(":")[2]
    assert [part for part in server_command(settings) if password in part] == []
    assert password in guarded_environment(settings)["PREFECT_API_AUTH_STRING"]


def test_the_addresses_tell_it_whole_beside_the_link() -> None:
    settings = Settings()
    made = make_auth(settings)
    for told in (addresses(settings).en, addresses(settings).zh):
        assert told.index("http://127.0.0.1:4200") < told.index(made)
        assert str(auth_file(settings)) in told


def test_the_running_house_is_given_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings()
    made = make_auth(settings)
    running(settings)
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", "somebody:else-and-long-enough")
    monkeypatch.delenv("PREFECT_API_URL")
    assert prefect_api(settings) == PrefectApi(OWN, auth=made)
    monkeypatch.setenv("PREFECT_API_URL", OWN)
    assert prefect_api(settings) == PrefectApi(OWN, auth=made)


def test_another_server_never_gets_the_password_of_the_house(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings()
    make_auth(settings)
    running(settings)
    monkeypatch.setenv("PREFECT_API_URL", OTHER)
    assert prefect_api(settings) == PrefectApi(OTHER)


def test_what_listens_while_the_house_is_down_never_gets_it_either(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings()
    make_auth(settings)
    monkeypatch.setenv("PREFECT_API_URL", OWN)
    assert prefect_api(settings) == PrefectApi(OWN)


@pytest.mark.parametrize(
    ("variable", "given"),
    [
        ("PREFECT_API_AUTH_STRING", {"auth": "admin:of-my-own-server"}),
        ("PREFECT_API_KEY", {"key": "pnu_of_prefect_cloud"}),
    ],
)
def test_a_server_of_ones_own_is_asked_with_what_its_owner_set(
    variable: str, given: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", f"{OTHER}/")
    monkeypatch.setenv(variable, next(iter(given.values())))
    assert prefect_api(Settings()) == PrefectApi(OTHER, **given)


def test_neither_password_nor_key_is_shown_where_an_api_is_printed() -> None:
    assert repr(PrefectApi(OTHER, auth="a:b", key="c")) == f"PrefectApi(url='{OTHER}')"
