"""Everything real: Prefect's test server, the sandbox in this process, and a casebook of its own for each test."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import prefect.settings
import pytest
import sqlalchemy as sa
from prefect import get_client
from prefect.client.orchestration import SyncPrefectClient
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

from casebook import Casebook
from cli.running.demo import PEOPLE
from flows.onboarding import onboard_applicant
from sandbox.server import Sandbox
from tests.casebook.build import HandClock
from tests.conftest import ROOT, skip_or_fail
from tests.flows.acting import new_process
from wiring import House, house

TODAY = date(2026, 11, 23)
POSTGRES = os.environ.get("GATEHOUSE_TEST_POSTGRES", "postgresql+pg8000://postgres@127.0.0.1:5432/postgres")
SETTINGS = {
    "UK_COMPANIES_HOUSE_KEY": "sandbox",
    "CREDITSAFE_USERNAME": "sandbox",
    "CREDITSAFE_PASSWORD": "sandbox",
    "CREDITSAFE_PAYMENT_FIELDS": "paymentData.dbt",
    "RATES": str(ROOT / "sandbox" / "rates.csv"),
    "CONTACT": "Gatehouse tests, tests@localhost",
    "RETRY_DELAYS": "[0, 0]",
}
# What the server does by itself now and then, and nothing here waits for.
IDLE_SERVICES = (
    "CANCELLATION_CLEANUP",
    "CLEANUP_RECONCILER",
    "EVENT_PERSISTER",
    "FOREMAN",
    "LATE_RUNS",
    "PAUSE_EXPIRATIONS",
    "REPOSSESSOR",
    "SCHEDULER",
    "TRIGGERS",
)


@pytest.fixture(scope="session")
def prefect_server() -> Iterator[None]:
    """One Prefect server for all tests that need it."""
    # It brings the whole server with it, which only the process needs that runs these tests.
    from prefect.testing.utilities import prefect_test_harness

    without_services = {
        getattr(prefect.settings, f"PREFECT_SERVER_SERVICES_{service}_ENABLED"): False for service in IDLE_SERVICES
    }
    # A run that sends heartbeats waits up to a second for them to stop when it ends.
    changed = {PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None, **without_services}
    with temporary_settings(changed), prefect_test_harness(server_startup_timeout=180):
        yield


@pytest.fixture
def client(prefect_server: None) -> Iterator[SyncPrefectClient]:
    """A client of a server with the deployment that delivery starts runs of, and without runs of earlier tests."""
    with get_client(sync_client=True) as client:
        client.create_deployment(client.create_flow(onboard_applicant), name="onboard-applicant")
        yield client
        for run in client.read_flow_runs():
            client.delete_flow_run(run.id)


@pytest.fixture(scope="session")
def running_sandbox() -> Iterator[Sandbox]:
    """The sandbox, in a thread of this process."""
    with Sandbox(today=TODAY) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running_sandbox: Sandbox) -> Sandbox:
    """The sandbox as at its start."""
    running_sandbox.reset()
    return running_sandbox


@pytest.fixture
def clock() -> HandClock:
    """The house's clock."""
    return HandClock(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A casebook file with the demo's people in it."""
    folder = tmp_path_factory.mktemp("furnished")
    _furnish(f"sqlite:///{folder}/casebook.sqlite", folder)
    return folder / "casebook.sqlite"


@pytest.fixture
def at(
    client: SyncPrefectClient,
    sandbox: Sandbox,
    clock: HandClock,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[House]:
    """The house of this process: the one that flows and tasks find. Parametrised with `postgres`, it is kept there."""
    for name in [name for name in os.environ if name.startswith("GATEHOUSE_")]:
        monkeypatch.delenv(name)
    for name, value in {**SETTINGS, "DATA": str(tmp_path), "SANDBOX_URL": sandbox.base_url}.items():
        monkeypatch.setenv(f"GATEHOUSE_{name}", value)
    if getattr(request, "param", "sqlite") == "postgres":
        with _postgres_database() as url:
            monkeypatch.setenv("GATEHOUSE_DATABASE_URL", url)
            _furnish(url, tmp_path)
            yield from _house(clock)
    else:
        furnished = request.getfixturevalue("furnished")
        shutil.copy(furnished, tmp_path / "casebook.sqlite")
        shutil.copytree(furnished.parent / "keys", tmp_path / "keys")
        yield from _house(clock)


def _house(clock: HandClock) -> Iterator[House]:
    yield new_process(clock)
    house().casebook.close()
    house.cache_clear()


def _furnish(url: str, folder: Path) -> None:
    book = Casebook.open(url, folder / "answers", clock=HandClock())
    # Its sources are the sandbox: without the demo there would be no fast track.
    book.create(demo=True)
    for person in PEOPLE:
        book.people.add(person, "a long enough password")
    book.close()


@contextmanager
def _postgres_database() -> Iterator[str]:
    server = sa.create_engine(POSTGRES, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    name = f"gatehouse_flows_{uuid.uuid4().hex}"
    try:
        with server.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {name}"))
    except sa.exc.DBAPIError:
        skip_or_fail("no Postgres server answers (GATEHOUSE_TEST_POSTGRES)")
    try:
        yield server.url.set(database=name).render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
