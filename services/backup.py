"""Backup of a house while it runs, and restoring it where there is none: casebook, answers, keys, heads, policy.

The database is copied first, as it stands at one moment, and the answers after it. An answer is kept before the row
that names it, and never changed or removed; so the copy has every answer that its database names.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Literal, NamedTuple

from admission.errors import BadInput, Conflict, GatehouseError
from admission.files import read_file, settle
from admission.model import Record, Text, canonical_json
from casebook.database.blobs import is_whole
from casebook.key_copies import read_keys
from casebook.proof.verification import Head
from services.heads import FILE as HEADS
from services.heads import head_file, signed_head
from wiring.data_folder import OTHERS, close_to_others
from wiring.house import House

FORMAT: Literal["gatehouse-backup-1"] = "gatehouse-backup-1"
MANIFEST = "manifest.json"
ANSWERS, KEYS, SETTINGS = "answers", "keys", "settings"
PARTIAL = ".partial"
# The keys of cases and answers, beside the keys that sign.
SEALED_KEYS = "sealed_keys.jsonl"
# What Blobs writes before it renames it: an answer that is not kept yet.
UNFINISHED = ".new-"
LARGEST_MANIFEST = 10_000_000
_PIECE = 1024 * 1024
_DATABASE = {"sqlite": "casebook.sqlite", "postgresql": "casebook.pgdump"}
# Files that the settings name, by the field that names them.
_NAMED = ("policy", "rates", "industry_benchmarks", "industry_risk")


class Answers(Record):
    """The raw answers of a backup.

    Attributes:
        count: how many there are.
        size: how many bytes they have together.
        sha256: of their sorted names, each on a line, so that a missing one is noticed.
        damaged: those whose bytes are not what was kept; they were damaged before they were copied.
        missing: those that the casebook names and this machine's folder does not have.
    """

    count: int
    size: int
    sha256: str
    damaged: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class Manifest(Record):
    """What a backup holds.

    Attributes:
        made_at: when it was begun, aware UTC.
        release: the version of Gatehouse that made it.
        database: the kind of database it comes from; it goes back to the same kind.
        head: the signed end of the audit chain when it was begun; the copy reaches at least that far.
        files: sha256 of every file but the answers, by its path in the backup.
        keys_apart: whether the private keys were put elsewhere.
        sealed_keys: whether the keys of cases and answers are with the private keys; not in earlier backups. The
            file is not listed in `files`, for that of a younger backup may take its place.
    """

    format: Literal["gatehouse-backup-1"] = FORMAT
    made_at: datetime
    release: str
    database: Literal["sqlite", "postgresql"]
    head: Head
    files: Mapping[str, str]
    keys_apart: bool
    sealed_keys: bool = False
    answers: Answers


class Restored(NamedTuple):
    """What was put back, the files that the settings should name from now on, by variable, and what was erased again.

    Attributes:
        erased_again: how much had been erased since the backup was made: answers and documents of a case are two.
    """

    manifest: Manifest
    settings: Mapping[str, Path]
    erased_again: int


def back_up(house: House, target: Path, keys_to: Path | None = None) -> Manifest:
    """Copy everything that may not be lost to a new folder, while the house runs.

    Args:
        house: the house; this machine must have its signing key, for a backup without it cannot be written to.
        target: the folder to make. Until it is complete it is called `NAME.partial`.
        keys_to: the folder to make for the private keys; in the backup if not given.

    Raises:
        Conflict: a folder is there already.
        GatehouseError: something cannot be read or written, or the key is not on this machine.
    """
    os.umask(OTHERS)
    partial = target.with_name(target.name + PARTIAL)
    keys = partial / KEYS if keys_to is None else keys_to
    for folder in (target, partial, keys):
        if folder.exists():
            raise _is_there(folder)
    with _files_readable():
        partial.mkdir(parents=True)
        made_at, head = house.clock(), signed_head(house)
        files = _copy_files(house, partial, keys)
        house.casebook.copy_keys(keys / SEALED_KEYS)
        # Before the answers are copied: what is named now is there now.
        named = house.casebook.evidence.bodies_named()
        answers = _copy_answers(house.settings.folder / ANSWERS, partial / ANSWERS, named)
        manifest = Manifest(
            made_at=made_at,
            release=version("gatehouse"),
            database=house.casebook.database,
            head=head,
            files=files,
            keys_apart=keys_to is not None,
            sealed_keys=True,
            answers=answers,
        )
        _write(partial / MANIFEST, canonical_json(manifest.model_dump(mode="json")).encode())
        settle(partial)
        partial.rename(target)
        settle(target.parent)
    return manifest


def restore(house: House, source: Path, keys_from: Path | None = None) -> Restored:
    """Put a backup in the place of a house that is not there yet, and bring it to this version's schema.

    Where something is wrong with the backup, nothing is left behind.

    Args:
        house: settings that name an empty data folder and, on Postgres, an empty database.
        source: folder of the backup.
        keys_from: folder of the private keys, where they were put elsewhere.

    Raises:
        BadInput: it is no whole backup: something is missing, or not what the manifest says.
        Conflict: there is something where it should go.
        GatehouseError: something cannot be read or written.
    """
    folder, manifest = house.settings.folder, read_manifest(source)
    _check_fits(house, manifest, keys_from)
    keys = keys_from or source / KEYS
    if manifest.sealed_keys and not (keys / SEALED_KEYS).is_file():
        raise _not_whole(SEALED_KEYS)
    copied_keys = read_keys(keys / SEALED_KEYS) if manifest.sealed_keys else None
    house.casebook.check_empty()
    places = [folder / name for name in (ANSWERS, KEYS, SETTINGS, HEADS)]
    for place in places:
        if place.exists() and not (place.is_dir() and not any(place.iterdir())):
            raise _is_there(place)
    close_to_others(folder)
    try:
        with _files_readable():
            for name, sha256 in manifest.files.items():
                if name != _DATABASE[manifest.database]:
                    place = keys / Path(name).name if name.startswith(f"{KEYS}/") else source / name
                    _check(name, _copy(place, folder / name), sha256)
            database = source / _DATABASE[manifest.database]
            _check(database.name, _sha256_of(database), manifest.files[database.name])
            copied = _copy_answers(source / ANSWERS, folder / ANSWERS)
            if copied != manifest.answers.model_copy(update={"missing": ()}):
                raise _not_whole(ANSWERS)
        house.casebook.restore_database(database)
    except BaseException:
        _take_away(places)
        raise
    house.casebook.create()
    erased_again = house.casebook.put_keys_back(copied_keys) if copied_keys is not None else 0
    settings = {name: folder / SETTINGS / Path(file).name for name, file in _settings_in(manifest).items()}
    return Restored(manifest, settings, erased_again)


def read_manifest(source: Path) -> Manifest:
    """Read what a backup holds.

    Raises:
        BadInput: the folder is no backup, or was not finished.
    """
    try:
        document = json.loads(read_file(source / MANIFEST, LARGEST_MANIFEST))
        manifest = Manifest.model_validate(document)
        paths = [Path(name) for name in manifest.files]
        if any(path.is_absolute() or ".." in path.parts for path in paths):
            raise ValueError
    except (BadInput, ValueError):
        raise BadInput(
            Text(
                en=f"{source.name} is no backup that this version can read.",
                zh=f"{source.name} 不是本版本可读取的备份。",
            ),
            remedy=Text(
                en="give a folder that gatehouse backup made; one called .partial was not finished",
                zh="请给出 gatehouse backup 生成的文件夹；名称以 .partial 结尾的尚未完成",
            ),
        ) from None
    if _DATABASE[manifest.database] not in manifest.files:
        raise _not_whole(_DATABASE[manifest.database])
    return manifest


def _check_fits(house: House, manifest: Manifest, keys_from: Path | None) -> None:
    if manifest.database != house.casebook.database:
        raise BadInput(
            Text(
                en=f"The backup was made of {manifest.database}; the settings name {house.casebook.database}.",
                zh=f"备份来自 {manifest.database}，而设置中为 {house.casebook.database}。",
            ),
            remedy=Text(
                en="set GATEHOUSE_DATABASE_URL for Postgres, unset it for SQLite",
                zh="使用 Postgres 时请设置 GATEHOUSE_DATABASE_URL，使用 SQLite 时请取消设置",
            ),
        )
    if manifest.keys_apart and keys_from is None:
        raise BadInput(
            Text(en="The private keys of this backup were put elsewhere.", zh="该备份的私钥存放在他处。"),
            remedy=Text(en="give their folder with --keys-from", zh="请用 --keys-from 给出其文件夹"),
        )


def _copy_files(house: House, partial: Path, keys: Path) -> dict[str, str]:
    """Copy the database, then keys, heads and what the settings name; return sha256 by path in the backup."""
    settings, name = house.settings, _DATABASE[house.casebook.database]
    house.casebook.copy_database(partial / name)
    files = {name: _sha256_of(partial / name)}
    for path in sorted((settings.folder / KEYS).iterdir()):
        # A file of public keys that is being written at this moment; the finished one is beside it.
        if not path.name.startswith("."):
            files[f"{KEYS}/{path.name}"] = _copy(path, keys / path.name)
    heads = head_file(house)
    if heads.is_file():
        files[HEADS] = _copy(heads, partial / HEADS)
    for field in _NAMED:
        path = getattr(settings, field)
        if path is not None:
            place = f"{SETTINGS}/{field}{path.suffix}"
            files[place] = _copy(path.expanduser(), partial / place)
    return files


def _settings_in(manifest: Manifest) -> dict[str, str]:
    """Return the files that settings name, by the name of the variable."""
    found = [name for name in manifest.files if name.startswith(f"{SETTINGS}/")]
    return {f"GATEHOUSE_{Path(name).stem.upper()}": name for name in sorted(found)}


def _copy_answers(source: Path, target: Path, named: Set[str] = frozenset()) -> Answers:
    """Copy the raw answers; tell which are damaged, and which of those that are named are not there."""
    names: list[str] = []
    damaged: list[str] = []
    size = 0
    target.mkdir(parents=True, exist_ok=True)
    for path in _files_below(source):
        copy = target / path.relative_to(source)
        sha256 = _copy(path, copy)
        names.append(path.name)
        size += copy.stat().st_size
        if sha256 != path.name and not is_whole(path.name, copy.read_bytes()):
            damaged.append(path.name)
    listed = "".join(f"{name}\n" for name in sorted(names))
    return Answers(
        count=len(names),
        size=size,
        sha256=hashlib.sha256(listed.encode()).hexdigest(),
        damaged=tuple(sorted(damaged)),
        missing=tuple(sorted(named - set(names))),
    )


def _files_below(folder: Path) -> Iterator[Path]:
    for place, _, names in os.walk(folder):
        yield from (Path(place) / name for name in names if not name.startswith(UNFINISHED))


def _copy(source: Path, target: Path) -> str:
    """Copy a file, durably and for its owner alone; return the sha256 of its bytes. Links are not followed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    reading = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    with os.fdopen(reading, "rb") as file:
        writing = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        sha256 = hashlib.sha256()
        with os.fdopen(writing, "wb") as copy:
            while piece := file.read(_PIECE):
                sha256.update(piece)
                copy.write(piece)
            copy.flush()
            os.fsync(copy.fileno())
    return sha256.hexdigest()


def _write(path: Path, body: bytes) -> None:
    with path.open("xb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())


def _sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check(name: str, found: str, wanted: str) -> None:
    if found != wanted:
        raise _not_whole(name)


def _take_away(places: list[Path]) -> None:
    """Remove what was put where nothing was before."""
    for place in places:
        if place.is_dir():
            shutil.rmtree(place)
        else:
            place.unlink(missing_ok=True)


@contextmanager
def _files_readable() -> Iterator[None]:
    """Turn what a file system says into an error with a remedy."""
    try:
        yield
    except OSError as error:
        name = Path(error.filename).name if isinstance(error.filename, str) else "-"
        raise GatehouseError(
            Text(en="A file cannot be read or written.", zh="有文件无法读取或写入。"),
            context={"file": name, "why": type(error).__name__},
            remedy=Text(
                en="see that it is there, is no link, and that the disk has room; then begin anew",
                zh="请确认文件存在、不是链接且磁盘空间充足，然后重新开始",
            ),
        ) from None


def _is_there(path: Path) -> Conflict:
    return Conflict(
        Text(en=f"There is a {path.name} already.", zh=f"{path.name} 已存在。"),
        remedy=Text(en="choose another folder, or move it away", zh="请另选文件夹，或将其移走"),
    )


def _not_whole(name: str) -> BadInput:
    return BadInput(
        Text(
            en=f"The backup is not whole: {name} is missing or was changed.", zh=f"备份不完整：{name} 缺失或已被改动。"
        ),
        remedy=Text(en="take another backup; nothing was restored", zh="请使用另一份备份；未恢复任何内容"),
    )
