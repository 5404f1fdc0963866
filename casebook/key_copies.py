"""Copies of the keys of cases and answers, kept apart from the copies of what they open.

One JSON document a line: a key of a case, a key of an answer, an erasure; the last line counts them. A copy of the keys
that is younger than the copy of the database tells what was erased since, so that it stays erased.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa

from admission.application import Application
from admission.errors import BadInput
from admission.model import Text, canonical_json
from casebook.database import tables
from casebook.database.erasure_tables import ANSWERS, PERSONAL, answer_keys, case_keys, erasures
from casebook.database.sealing import key_bytes
from casebook.database.store import Store
from casebook.erasures import Erasure

_AT_ONCE = 5000


def copy_keys(store: Store, target: Path) -> None:
    """Write all keys and erasures to a new file, for its owner alone."""
    count = 0
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        for document in _documents(store):
            file.write(canonical_json(document) + "\n")
            count += 1
        file.write(canonical_json({"lines": count}) + "\n")
        file.flush()
        os.fsync(file.fileno())


class CopiedKeys(NamedTuple):
    """Rows of keys, and the erasures that a copy tells of, each with what it left of the application."""

    cases: list[dict[str, str]]
    answers: list[dict[str, str]]
    erased: list[tuple[Erasure, Application | None]]


def read_keys(source: Path) -> CopiedKeys:
    """Read what `copy_keys` wrote.

    Raises:
        BadInput: the file is cut off, or holds something else.
    """
    try:
        with source.open(encoding="utf-8") as lines:
            documents = [json.loads(line) for line in lines]
        if documents.pop() != {"lines": len(documents)}:
            raise ValueError("another number of lines")
        cases = [_key_row("case_ref", one["case"], one["key"]) for one in documents if "case" in one]
        answers = [_key_row("sha256", one["answer"], one["key"]) for one in documents if "answer" in one]
        erased = [_erasure(one["erased"]) for one in documents if "erased" in one]
        if len(cases) + len(answers) + len(erased) != len(documents):
            raise ValueError("a line of another kind")
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        raise BadInput(
            Text(
                en=f"{source.name} holds no keys that this version can read.",
                zh=f"{source.name} 中没有本版本可读取的密钥。",
            ),
            remedy=Text(
                en="give the folder of keys as gatehouse backup wrote it", zh="请给出 gatehouse backup 写入的密钥文件夹"
            ),
        ) from None
    return CopiedKeys(cases, answers, erased)


def put_keys_back(store: Store, copied: CopiedKeys) -> None:
    """Put copied keys into a restored casebook."""
    with store.write() as transaction:
        for table, rows in ((case_keys, copied.cases), (answer_keys, copied.answers)):
            transaction.add_new(table, rows)


def _documents(store: Store) -> Iterator[dict[str, object]]:
    with store.read() as connection:
        for name, table in (("case", case_keys), ("answer", answer_keys)):
            column = next(iter(table.primary_key))
            chosen = sa.select(column.label("of"), table.c.key).order_by(column)
            for row in connection.execute(chosen.execution_options(yield_per=_AT_ONCE)):
                yield {name: row.of, "key": row.key}
        cases = tables.cases
        joined = sa.select(erasures, cases.c.application).join(cases, cases.c.reference == erasures.c.case_ref)
        for row in connection.execute(joined.order_by(erasures.c.case_ref, erasures.c.kind)):
            told = {"case": row.case_ref, "kind": row.kind, "rule": row.rule, "by": row.erased_by}
            left = row.application if row.kind == PERSONAL else ""
            yield {"erased": {**told, "at": row.erased_at.isoformat(), "left": left}}


def _key_row(column: str, of: object, key: object) -> dict[str, str]:
    key_bytes(str(key))
    return {column: str(of), "key": str(key)}


def _erasure(told: dict[str, str]) -> tuple[Erasure, Application | None]:
    kind = told["kind"]
    at = datetime.fromisoformat(told["at"])
    if kind == ANSWERS:
        return Erasure(told["case"], ANSWERS, told["rule"], told["by"], at), None
    if kind != PERSONAL:
        raise ValueError(kind)
    left = Application.model_validate_json(told["left"])
    return Erasure(told["case"], PERSONAL, told["rule"], told["by"], at), left
