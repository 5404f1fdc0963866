"""The command on a casebook of its own: invented companies and people, no Prefect, no network but the sandbox."""

from __future__ import annotations

import io
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from admission.application import parse_application
from admission.cases import CaseKind
from admission.people import Department, Person, Role
from cli.main import main
from cli.session import keep_token
from cli.users import SESSION
from sandbox.server import Sandbox
from tests import stepping
from wiring import House, Settings

PASSWORD = "correct horse battery"
PEOPLE: tuple[tuple[str, Department, tuple[Role, ...]], ...] = (
    ("ada", "sales", ()),
    ("feng", "finance", ()),
    ("lena", "legal", ()),
    ("sam", "sales", ()),
    ("mira", "credit", ("analyst", "credit_manager")),
    ("cora", "finance", ("controller", "cfo")),
)
# A port of this machine on which nothing may listen.
NO_PREFECT = "http://127.0.0.1:9/api"


class Said(NamedTuple):
    """What a command ended with and said."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)

    @property
    def error(self) -> str:
        """The last line of stderr, which must be one plain line."""
        assert "Traceback" not in self.err
        return self.err.strip().splitlines()[-1]


Run = Callable[..., Said]


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of whoever runs the tests counts; data and sign-ins are kept in the test's folder."""
    for name in list(os.environ):
        if name.startswith(("GATEHOUSE_", "PREFECT_", "LC_", "LANG")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("GATEHOUSE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("PREFECT_API_URL", NO_PREFECT)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `gatehouse ...` in this process."""

    def call(*arguments: object, stdin: str = "") -> Said:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        assert isinstance(ended.value.code, int)
        said = capsys.readouterr()
        return Said(ended.value.code, said.out, said.err)

    return call


def application(name: str = "Graywether Instruments Corp", cik: str = "9900002", **changed: Any) -> dict[str, Any]:
    return {
        "legal_name": name,
        "country": "US",
        "identifiers": {"cik": cik},
        "requested": {"limit": "400000", "currency": "USD", "terms_days": 45},
        **changed,
    }


def written(folder: Path, name: str, document: object) -> Path:
    path = folder / name
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return path


def _furnish(folder: Path, sandbox_url: str | None, *, demo: bool) -> House:
    house = House(Settings(data=folder, sandbox_url=sandbox_url, contact="tests, nobody@localhost"))
    house.casebook.create(demo=demo)
    for username, department, roles in PEOPLE:
        person = Person(username=username, name=username.title(), department=department, roles=roles)
        house.casebook.people.add(person, PASSWORD)
    return house


@pytest.fixture(scope="session")
def _demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo's casebook in which one case waits for votes; made once, because passwords are slow to hash."""
    folder = tmp_path_factory.mktemp("demo")
    with Sandbox() as sandbox:
        house = _furnish(folder, sandbox.base_url, demo=True)
        case, _ = house.casebook.cases.open(
            parse_application(application()), kind=CaseKind.ONBOARDING, requester="ada", channel="cli"
        )
        stepping.ask_all(house, case.reference)
        stepping.validate(house, case.reference)
        stepping.assess(house, case.reference)
        assert stepping.open_voting(house, case.reference) is not None
        house.casebook.close()
    return folder


@pytest.fixture
def demo(_demo: Path, tmp_path: Path) -> House:
    """The house of a demo with four people and one case in voting."""
    shutil.copytree(_demo, tmp_path / "data")
    return House(Settings())


@pytest.fixture
def voting(demo: House) -> str:
    """Reference of the case that waits for votes."""
    (case,) = demo.casebook.cases.list()
    return case.reference


@pytest.fixture(scope="session")
def _real(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A real casebook with the same people and no case, and ada's sign-in to it."""
    folder = tmp_path_factory.mktemp("real")
    house = _furnish(folder, None, demo=False)
    token = house.casebook.sessions.sign_in("ada", PASSWORD, lifetime=SESSION)
    house.casebook.close()
    return folder, token


@pytest.fixture
def real(_real: tuple[Path, str], tmp_path: Path) -> House:
    """The house of a real casebook, with ada signed in at the command line."""
    folder, token = _real
    shutil.copytree(folder, tmp_path / "data")
    house = House(Settings())
    keep_token(house, token)
    return house
