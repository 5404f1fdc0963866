"""Casebooks with one decided case in them, copied from one that was made once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from admission.approval.votes import Ballot, Choice
from admission.cases import Condition
from admission.model import canonical_json, digest
from casebook import Casebook
from tests.casebook.build import START, HandClock, customer, evidence, facts, opened, signed_in, validation, voting_on
from tests.casebook.conftest import furnish
from tests.casebook.databases import fresh_database

POLICY = canonical_json({"name": "standard"})
VOTERS = ("bo", "cy")


def _decide(url: str, blobs: Path) -> None:
    furnish(url, blobs)
    clock = HandClock()
    casebook = Casebook.open(url, blobs, clock=clock)
    case = opened(casebook)
    body = casebook.evidence.keep(b'{"company": "Northern Example Works Ltd"}')
    casebook.evidence.add(case.reference, 1, evidence().model_copy(update={"sha256": body}))
    casebook.pins.keep("policy", digest({"name": "standard"}), POLICY)
    casebook.work.save_facts(case.reference, 1, facts())
    casebook.work.save_validation(case.reference, 1, validation())
    poll = voting_on(casebook, case)
    for name in VOTERS:
        clock.forward(timedelta(minutes=1))
        ballot = Ballot(choice=Choice.APPROVE, comment="sound", conditions=("a deposit",))
        casebook.voting.cast(
            case.reference,
            casebook.people.get(name),
            poll.assessment,
            ballot,
            channel="desk",
            credential=signed_in(casebook, name),
        )
    condition = Condition(id="c1", text="a deposit", proposed_by="bo")
    casebook.cases.conclude(case.reference, customer=customer(case), conditions=[condition], notices=[])
    casebook.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a casebook with a decided case, its keys and raw bytes beside it."""
    folder = tmp_path_factory.mktemp("decided")
    _decide(f"sqlite:///{folder}/casebook.db", folder / "blobs")
    return folder / "casebook.db"


@pytest.fixture(scope="session")
def postgres_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the keys that the database with a decided case is signed with; its raw bytes are beside it."""
    return tmp_path_factory.mktemp("postgres_decided") / "keys"


@pytest.fixture(scope="session")
def postgres_template(postgres: str, postgres_keys: Path) -> Iterator[str]:
    """Name of a database with a decided case."""
    with fresh_database(postgres) as url:
        _decide(url, postgres_keys.parent / "blobs")
        yield str(sa.make_url(url).database)


@pytest.fixture
def blobs(url: str, request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Folder of the raw bytes of that casebook."""
    beside = request.getfixturevalue("sqlite_template" if url.startswith("sqlite") else "postgres_keys")
    shutil.copytree(beside.parent / "blobs", tmp_path / "blobs")
    return tmp_path / "blobs"


@pytest.fixture
def clock() -> HandClock:
    """The clock as the last vote left it."""
    return HandClock(START + len(VOTERS) * timedelta(minutes=1))


@pytest.fixture
def book(casebook: Casebook) -> Casebook:
    """A casebook with one case that was decided by two votes."""
    return casebook
