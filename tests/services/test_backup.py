"""A backup holds all that may not be lost; restored elsewhere it verifies and can be written to."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from admission.cases import CaseStatus
from admission.errors import BadInput, Conflict, GatehouseError
from admission.people import Person
from casebook.database.signing import PUBLIC_FILE
from casebook.proof.verification import Head
from sandbox.server import Sandbox
from services import audit
from services.backup import MANIFEST, SEALED_KEYS, back_up, read_manifest, restore
from tests import stepping
from tests.casebook.build import PASSWORD
from tests.casebook.conftest import SERVER
from tests.casebook.databases import fresh_database
from tests.conftest import skip_or_fail
from tests.services.conftest import assessed, house_in
from wiring import House

Elsewhere = Callable[[str], AbstractContextManager[House]]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def origin(request: pytest.FixtureRequest, running_sandbox: Sandbox, tmp_path: Path) -> Iterator[House]:
    """A house with a case that was assessed, on SQLite and on Postgres."""
    if request.param == "sqlite":
        yield request.getfixturevalue("at")
        return
    running_sandbox.reset()
    with _database() as url, house_in(tmp_path / "origin", running_sandbox, DATABASE_URL=url) as house:
        house.casebook.create(demo=True)
        house.casebook.people.add(Person(username="analyst", name="Ana Lyst", department="credit"), PASSWORD)
        yield house


@contextmanager
def _database() -> Iterator[str]:
    try:
        with fresh_database(SERVER) as url:
            yield url
    except OSError:
        skip_or_fail("no Postgres server answers (GATEHOUSE_TEST_POSTGRES)")


@pytest.fixture
def elsewhere(origin: House, running_sandbox: Sandbox, tmp_path: Path) -> Elsewhere:
    """Another machine, with nothing on it."""

    @contextmanager
    def another(name: str) -> Iterator[House]:
        folder = tmp_path / name
        if origin.casebook.database == "sqlite":
            with house_in(folder, running_sandbox) as house:
                yield house
            return
        with _database() as url, house_in(folder, running_sandbox, DATABASE_URL=url) as house:
            yield house

    return another


@pytest.fixture
def reference(origin: House) -> str:
    return assessed(origin)


def _answers(house: House) -> set[str]:
    return {path.name for path in (house.settings.folder / "answers").rglob("*") if path.is_file()}


def _flaws(house: House, manifest_heads: list[Head]) -> list[str]:
    proof = audit.verify(house, audit.trust(house, None), manifest_heads, lambda _: None)
    assert proof.events > 0
    return [flaw.line("en") for flaw in proof.flaws]


def test_restored_elsewhere_it_verifies_and_people_go_on(
    origin: House, reference: str, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    manifest = back_up(origin, tmp_path / "backup")
    assert manifest.answers.count == len(_answers(origin)) > 0
    assert manifest.answers.missing == ()
    # What is written after the backup is not in it.
    assert stepping.open_voting(origin, reference) is not None
    with elsewhere("restored") as house:
        restored = restore(house, tmp_path / "backup")
        assert restored.manifest == manifest
        assert _answers(house) == _answers(origin)
        assert _flaws(house, [manifest.head]) == []
        assert house.casebook.cases.get(reference).status is CaseStatus.GATHERING
        assert house.casebook.keys.check() == origin.casebook.keys.check()
        assert stepping.open_voting(house, reference) is not None
        assert house.casebook.cases.get(reference).status is CaseStatus.VOTING
        assert _flaws(house, [manifest.head]) == []


def test_a_backup_is_for_its_owner_alone(origin: House, reference: str, tmp_path: Path) -> None:
    back_up(origin, tmp_path / "backup")
    assert origin.casebook.cases.get(reference).reference == reference
    parts = [tmp_path / "backup", *(tmp_path / "backup").rglob("*")]
    assert len(parts) > 5
    assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in parts} == {0}


def test_keys_put_apart_are_needed_to_restore(origin: House, elsewhere: Elsewhere, tmp_path: Path) -> None:
    manifest = back_up(origin, tmp_path / "backup", tmp_path / "vault")
    assert manifest.keys_apart
    assert not (tmp_path / "backup" / "keys").exists()
    assert {path.name for path in (tmp_path / "vault").iterdir()} == {
        f"{origin.casebook.keys.check()}.pem",
        PUBLIC_FILE,
        SEALED_KEYS,
    }
    with elsewhere("restored") as house:
        with pytest.raises(BadInput, match="private keys of this backup were put elsewhere"):
            restore(house, tmp_path / "backup")
        assert not house.settings.folder.exists()
        restore(house, tmp_path / "backup", tmp_path / "vault")
        assert house.casebook.keys.check() == origin.casebook.keys.check()


def _lose_an_answer(backup: Path) -> None:
    next(path for path in (backup / "answers").rglob("*") if path.is_file()).unlink()


def _change_an_answer(backup: Path) -> None:
    path = next(path for path in (backup / "answers").rglob("*") if path.is_file())
    path.write_bytes(path.read_bytes() + b" ")


def _change_the_key(backup: Path) -> None:
    path = next((backup / "keys").glob("*.pem"))
    path.write_bytes(b"another")


def _cut_the_database(backup: Path) -> None:
    path = next(backup.glob("casebook.*"))
    path.write_bytes(path.read_bytes()[:-100])


def _lose_the_manifest(backup: Path) -> None:
    (backup / MANIFEST).unlink()


def _reach_outside(backup: Path) -> None:
    path = backup / MANIFEST
    path.write_text(path.read_text().replace('"keys/', '"../keys/'))


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (_lose_an_answer, "The backup is not whole: answers is missing or was changed"),
        (_change_an_answer, "The backup is not whole: answers is missing or was changed"),
        (_change_the_key, r"The backup is not whole: keys/\w+\.pem is missing or was changed"),
        (_cut_the_database, r"The backup is not whole: casebook\.\w+ is missing or was changed"),
        (_lose_the_manifest, "is no backup that this version can read"),
        (_reach_outside, "is no backup that this version can read"),
    ],
)
def test_a_backup_that_is_not_whole_restores_nothing(
    origin: House, reference: str, elsewhere: Elsewhere, tmp_path: Path, harm: Callable[[Path], None], told: str
) -> None:
    assert back_up(origin, tmp_path / "backup").answers.count > 0
    harm(tmp_path / "backup")
    with elsewhere("restored") as house:
        with pytest.raises(BadInput, match=told):
            restore(house, tmp_path / "backup")
        left = list(house.settings.folder.rglob("*")) if house.settings.folder.exists() else []
        assert left == []
        assert house.casebook.created is False


def test_an_answer_that_was_damaged_before_is_named_and_the_rest_kept(
    origin: House, reference: str, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    path = next(path for path in (origin.settings.folder / "answers").rglob("*") if path.is_file())
    path.chmod(0o600)
    path.write_bytes(b"damaged")
    manifest = back_up(origin, tmp_path / "backup")
    assert manifest.answers.damaged == (path.name,)
    with elsewhere("restored") as house:
        restore(house, tmp_path / "backup")
        assert any(path.name[:8] in line for line in _flaws(house, []))


def test_an_answer_that_is_in_another_folder_is_named(origin: House, reference: str, tmp_path: Path) -> None:
    """As on a machine that does not share the folder: the backup would verify nowhere."""
    named = origin.casebook.evidence.bodies_named()
    shutil.rmtree(origin.settings.folder / "answers")
    manifest = back_up(origin, tmp_path / "backup")
    assert set(manifest.answers.missing) == named
    assert (manifest.answers.count, len(named) > 2) == (0, True)


def test_nothing_is_written_over(origin: House, elsewhere: Elsewhere, tmp_path: Path) -> None:
    back_up(origin, tmp_path / "backup")
    with pytest.raises(Conflict, match="There is a backup already"):
        back_up(origin, tmp_path / "backup")
    with pytest.raises(Conflict, match="There is something in this database already"):
        restore(origin, tmp_path / "backup")
    with elsewhere("restored") as house:
        (house.settings.folder / "keys").mkdir(parents=True)
        (house.settings.folder / "keys" / "mine.pem").write_text("mine")
        with pytest.raises(Conflict, match="There is a keys already"):
            restore(house, tmp_path / "backup")
        assert (house.settings.folder / "keys" / "mine.pem").read_text() == "mine"


def test_without_its_key_a_house_is_not_backed_up(origin: House, tmp_path: Path) -> None:
    shutil.move(origin.settings.folder / "keys", tmp_path / "lost")
    with house_again(origin) as house, pytest.raises(GatehouseError, match="does not have the casebook's signing key"):
        back_up(house, tmp_path / "backup")
    assert not (tmp_path / "backup").exists()


@contextmanager
def house_again(house: House) -> Iterator[House]:
    """The same house as a new process has it: nothing read yet."""
    again = House(house.settings, clock=house.clock)
    yield again
    again.casebook.close()


def test_files_that_settings_name_are_kept_and_named_again(origin: House, elsewhere: Elsewhere, tmp_path: Path) -> None:
    rates = origin.settings.rates
    assert rates is not None
    manifest = back_up(origin, tmp_path / "backup")
    assert "settings/rates.csv" in manifest.files
    with elsewhere("restored") as house:
        restored = restore(house, tmp_path / "backup")
        assert set(restored.settings) == {"GATEHOUSE_RATES"}
        assert restored.settings["GATEHOUSE_RATES"].read_bytes() == rates.read_bytes()


def test_a_backup_cut_off_is_none(origin: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = origin.settings.folder / "answers" / "aa"
    answers.mkdir(parents=True)
    os.symlink("/etc/hostname", answers / "link")
    with pytest.raises(GatehouseError, match="A file cannot be read or written"):
        back_up(origin, tmp_path / "backup")
    assert not (tmp_path / "backup").exists()
    with pytest.raises(BadInput, match="is no backup"):
        read_manifest(tmp_path / "backup.partial")
