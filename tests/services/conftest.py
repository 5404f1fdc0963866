"""A house without Prefect: the sandbox in this process, a casebook of its own, and a clock moved by hand."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from admission.cases import CaseKind
from admission.people import Person
from intake.applications import read_applications
from sandbox.server import Sandbox
from tests import stepping
from tests.casebook.build import PASSWORD, HandClock
from tests.conftest import ROOT
from wiring import House, Settings

SETTINGS = {
    "UK_COMPANIES_HOUSE_KEY": "sandbox",
    "CREDITSAFE_USERNAME": "sandbox",
    "CREDITSAFE_PASSWORD": "sandbox",
    "CREDITSAFE_PAYMENT_FIELDS": "paymentData.dbt",
    "RATES": str(ROOT / "sandbox" / "rates.csv"),
    "CONTACT": "Gatehouse tests, tests@localhost",
}
STORY = "1_sound_and_small"


@pytest.fixture(scope="session")
def running_sandbox() -> Iterator[Sandbox]:
    """The sandbox, in a thread of this process."""
    with Sandbox(today=date(2026, 11, 23)) as sandbox:
        yield sandbox


@contextmanager
def house_in(folder: Path, sandbox: Sandbox, **settings: str) -> Iterator[House]:
    """A house whose data is in a folder, and whose sources are the sandbox, with these settings besides."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("GATEHOUSE_")]:
            patch.delenv(name)
        for name, value in {**SETTINGS, **settings, "DATA": str(folder), "SANDBOX_URL": sandbox.base_url}.items():
            patch.setenv(f"GATEHOUSE_{name}", value)
        house = House(Settings(), clock=HandClock(datetime(2026, 11, 23, 9, 0, tzinfo=UTC)))
        yield house
        house.casebook.close()


@pytest.fixture(scope="session")
def created(running_sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demo's casebook with nobody in it; made once, for its schema takes long."""
    folder = tmp_path_factory.mktemp("created")
    with house_in(folder, running_sandbox) as house:
        house.casebook.create(demo=True)
    return folder


@pytest.fixture
def at(created: Path, running_sandbox: Sandbox, tmp_path: Path) -> Iterator[House]:
    """A house with one user and no case."""
    running_sandbox.reset()
    shutil.copytree(created, tmp_path, dirs_exist_ok=True)
    with house_in(tmp_path, running_sandbox) as house:
        house.casebook.people.add(Person(username="analyst", name="Ana Lyst", department="credit"), PASSWORD)
        yield house


def assessed(at: House, story: str = STORY) -> str:
    """Open the case of a sample story and take it up to its assessment; return the reference."""
    (application,) = read_applications(ROOT / "sandbox" / "applicants" / f"{story}.yaml").applications
    case, _ = at.casebook.cases.open(application, kind=CaseKind.ONBOARDING, requester="analyst", channel="desk")
    stepping.ask_all(at, case.reference)
    stepping.validate(at, case.reference)
    stepping.assess(at, case.reference)
    return case.reference
