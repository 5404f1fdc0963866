"""One casebook a test, on SQLite and on Postgres, copied from one that was made once and has people in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from casebook import Casebook
from tests.casebook.build import PASSWORD, PEOPLE, HandClock
from tests.casebook.databases import Copies, connected, fresh_database
from tests.casebook.earlier import write_unsealed
from tests.conftest import skip_or_fail

SERVER = os.environ.get("GATEHOUSE_TEST_POSTGRES", "postgresql+pg8000://postgres@127.0.0.1:5432/postgres")


def furnish(url: str, blobs: Path) -> None:
    """Make a casebook with the people of `build.PEOPLE` in it."""
    casebook = Casebook.open(url, blobs, clock=HandClock())
    casebook.create()
    for person in PEOPLE:
        casebook.people.add(person, PASSWORD)
    casebook.close()


@pytest.fixture(scope="session")
def postgres() -> str:
    """URL of a server where databases can be made."""
    try:
        with connected(SERVER) as connection:
            connection.execute(sa.text("SELECT 1"))
    except sa.exc.DBAPIError:
        skip_or_fail("no Postgres server answers (GATEHOUSE_TEST_POSTGRES)")
    return SERVER


@pytest.fixture(scope="session")
def postgres_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the keys that the furnished database is signed with."""
    return tmp_path_factory.mktemp("postgres") / "keys"


@pytest.fixture(scope="session")
def postgres_template(postgres: str, postgres_keys: Path) -> Iterator[str]:
    """Name of a furnished database on the server, dropped at the end."""
    with fresh_database(postgres) as url:
        furnish(url, postgres_keys.parent / "blobs")
        yield str(sa.make_url(url).database)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A furnished casebook file."""
    folder = tmp_path_factory.mktemp("template")
    furnish(f"sqlite:///{folder}/casebook.db", folder / "blobs")
    return folder / "casebook.db"


@pytest.fixture(scope="session")
def copies(postgres: str) -> Iterator[Copies]:
    """Copies of furnished databases."""
    copies = Copies(postgres)
    yield copies
    copies.close()


DATABASES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=DATABASES)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/empty/casebook.db"
    else:
        with fresh_database(request.getfixturevalue("postgres")) as url:
            yield url


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a casebook with the people of `build.PEOPLE` in it."""
    if request.param == "sqlite":
        template = request.getfixturevalue("sqlite_template")
        shutil.copy(template, tmp_path / "casebook.db")
        shutil.copytree(template.parent / "keys", tmp_path / "keys")
        yield f"sqlite:///{tmp_path}/casebook.db"
    else:
        copies: Copies = request.getfixturevalue("copies")
        with copies.of(request.getfixturevalue("postgres_template")) as url:
            shutil.copytree(request.getfixturevalue("postgres_keys"), tmp_path / "keys")
            yield url


@pytest.fixture
def clock() -> HandClock:
    """The casebook's clock."""
    return HandClock()


@pytest.fixture
def blobs(tmp_path: Path) -> Path:
    """Folder of the raw bytes."""
    return tmp_path / "blobs"


@pytest.fixture
def casebook(url: str, blobs: Path, clock: HandClock) -> Iterator[Casebook]:
    """A casebook with people in it."""
    casebook = Casebook.open(url, blobs, clock=clock)
    yield casebook
    casebook.close()


@pytest.fixture
def run_sql(url: str) -> Iterator[Callable[[str], list[sa.Row[tuple[object, ...]]]]]:
    """Change or read the database behind the casebook's back."""
    engine = sa.create_engine(url.replace("postgresql://", "postgresql+pg8000://"), poolclass=sa.NullPool)

    def run(statement: str) -> list[sa.Row[tuple[object, ...]]]:
        with engine.begin() as connection:
            result = connection.execute(sa.text(statement))
            return list(result.all()) if result.returns_rows else []

    yield run
    engine.dispose()


@pytest.fixture
def unsealed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents and answers are written as they were before they were sealed."""
    write_unsealed(monkeypatch)
