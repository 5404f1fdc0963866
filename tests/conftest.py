"""What all tests share: recorded data, and the skips that become failures under GATEHOUSE_REQUIRE_ALL=1."""

from __future__ import annotations

import atexit
import functools
import gc
import importlib
import os
import shutil
import ssl
import tempfile
from collections.abc import Hashable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings

from admission.policy import Policy
from casebook import passwords
from expectations import run
from intake.policies import read_policy

if TYPE_CHECKING:
    import pandas as pd

# A property is about truth, not speed: on a machine that is busy, an example may take its time.
settings.register_profile("gatehouse", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("gatehouse")

# How many times as many examples the longest properties try; .ci/run tries three times as many as `make test`.
TIMES = int(os.environ.get("GATEHOUSE_TEST_TIMES", "1"))

# Tests leave little behind in circles, and a look for it every 700 objects costs a seventh of their time.
gc.set_threshold(20_000, 20, 20)

# Prefect reads these when it is first imported: tests leave the developer's own Prefect alone, and a test that forgot
# to ask for the test server fails instead of starting one.
PREFECT_HOME = tempfile.mkdtemp(prefix="gatehouse-prefect-")
atexit.register(shutil.rmtree, PREFECT_HOME, ignore_errors=True)
os.environ.update(
    PREFECT_HOME=PREFECT_HOME,
    PREFECT_API_URL="",
    PREFECT_SERVER_EPHEMERAL_ENABLED="false",
    PREFECT_SERVER_ANALYTICS_ENABLED="false",
    PREFECT_LOGGING_TO_API_ENABLED="false",
    DO_NOT_TRACK="1",
    # The command line speaks the machine's language where nothing else says one.
    LC_ALL="C.UTF-8",
)


# Files that stay on the process of another: both call each command that has the checks of the data run.
TOGETHER = {"tests/authorisation/test_laws.py": "tests/authorisation/test_matrix.py"}


# What takes so long that `make test` leaves it to `make test-slow`: everybody tries everything, Prefect is asked as a
# stranger asks it, changes are planted, the release before is taken out of the history.
SLOW = (
    "tests/authorisation/",
    "tests/cli/running/test_prefect_live.py",
    "tests/test_mutants_proof.py",
    "tests/test_release_before.py",
)


# First, for xdist's own hook reads the groups, and pytest's own the marks.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep each file's tests on one process, and all that need Prefect on one: its server starts once a run."""
    for item in items:
        file = item.nodeid.partition("::")[0]
        group = "prefect" if item.get_closest_marker("prefect") else TOGETHER.get(file, file)
        item.add_marker(pytest.mark.xdist_group(group))
        if file.startswith(SLOW):
            item.add_marker(pytest.mark.slow)


def pytest_collection_finish() -> None:
    """Leave all that was imported out of garbage collection, which would walk through it again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Hash passwords at a thousandth of the cost; tests/casebook/test_passwords.py hashes at the real one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "COST", passwords.Cost(memory=8, passes=1))
        yield


@pytest.fixture(scope="session", autouse=True)
def one_tls_context() -> Iterator[None]:
    """Make TLS contexts once: each connection to Postgres makes one, and reads the machine's certificates for it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", functools.cache(ssl.create_default_context))
        yield


class _Statements(dict[Hashable, object]):
    """Compiled SQL, found again by every engine of a kind of database."""

    def get(self, key: Any, default: object = None) -> object:
        return super().get((type(key[0]), *key[1:]), default)

    def __setitem__(self, key: Any, compiled: object) -> None:
        super().__setitem__((type(key[0]), *key[1:]), compiled)


@pytest.fixture(scope="session", autouse=True)
def statements_compiled_once() -> Iterator[None]:
    """Compile a statement once: each test's casebook has an engine of its own, and each engine compiles all anew."""
    statements = _Statements()
    make = sa.create_engine

    def create_engine(url: str | sa.URL, **options: Any) -> sa.Engine:
        engine = make(url, **options)
        engine.update_execution_options(compiled_cache=statements)
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sa, "create_engine", create_engine)
        yield


@pytest.fixture(scope="session", autouse=True)
def policies_read_once() -> Iterator[None]:
    """Read equal policy files once: each house reads its own, and to parse and check one takes long."""
    remembered: dict[Hashable, Policy] = {}

    def read(path: Path | None) -> Policy:
        written = None if path is None else path.read_bytes() if path.is_file() else path
        given = (path and path.name, written, date.today())  # noqa: DTZ011 - what is read depends on the machine's day
        if given not in remembered:
            remembered[given] = read_policy(path)
        return remembered[given]

    with pytest.MonkeyPatch.context() as patch:
        # By name: `wiring.house` is also what the room calls its function.
        for module in ("wiring.house", "services.policies"):
            patch.setattr(importlib.import_module(module), "read_policy", read)
        yield


# The suite itself, as tests/expectations runs it.
checks = run.failures_of


@pytest.fixture(scope="session", autouse=True)
def remembered_checks() -> Iterator[None]:
    """Run a suite once over equal tables, for a run takes long; tests/expectations runs it each time."""
    remembered: dict[str, tuple[tuple[str, int], ...]] = {}

    def failures_of(field: str, frame: pd.DataFrame, *, as_of: date) -> tuple[tuple[str, int], ...]:
        given = repr((field, as_of, frame.dtypes.to_dict(), frame.to_dict("list")))
        if given not in remembered:
            remembered[given] = checks(field, frame, as_of=as_of)
        return remembered[given]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "failures_of", failures_of)
        yield


ROOT = Path(__file__).resolve().parent.parent
RECORDED = ROOT.parent / "shared" / "data"


def skip_or_fail(reason: str, *, module: bool = False) -> None:
    """Skip with the reason on a bare machine (a whole module while it is imported); fail where all is required."""
    if os.environ.get("GATEHOUSE_REQUIRE_ALL") == "1":
        pytest.fail(f"GATEHOUSE_REQUIRE_ALL=1, but {reason}")
    pytest.skip(reason, allow_module_level=module)


@pytest.fixture(scope="session")
def recorded() -> Path:
    """The tree of recorded real answers beside the project."""
    if not RECORDED.is_dir():
        skip_or_fail("the recorded answers (../shared/data) are not here")
    return RECORDED


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a chromium to drive."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        skip_or_fail("chromium is not installed (apt-get install chromium)")
    assert found is not None
    return found
