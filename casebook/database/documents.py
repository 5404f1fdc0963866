"""Records as canonical JSON with a fingerprint, checked whenever they are read."""

from __future__ import annotations

import hashlib
from typing import TypeVar

from admission.errors import Erased, GatehouseError
from admission.model import Record, Text, canonical_json
from casebook.database.sealing import ERASED

R = TypeVar("R", bound=Record)
CHANGED_FROM_OUTSIDE = Text(
    en="the database was changed by other means than Gatehouse: run gatehouse verify, and restore it from a backup",
    zh="数据库被 Gatehouse 以外的方式改动：请运行 gatehouse verify 核验，并从备份恢复",
)


def written(record: Record) -> tuple[str, str]:
    """Return a record's canonical JSON and its sha256."""
    text = canonical_json(record.model_dump(mode="json"))
    return text, fingerprint(text)


def read(model: type[R], text: str, sha256: str, where: str) -> R:
    """Read a record back.

    Args:
        model: what the record is.
        text: its canonical JSON, as stored.
        sha256: the fingerprint stored beside it.
        where: case reference or similar, for the message.

    Raises:
        Erased: its key was destroyed.
        GatehouseError: the text is not what was written.
    """
    if text == ERASED:
        raise erased(where)
    if fingerprint(text) != sha256:
        raise GatehouseError(
            Text(
                en=f"A stored {model.__name__} is not what was written.",
                zh=f"已存储的 {model.__name__} 与写入时的内容不符。",
            ),
            context={"where": where, "sha256": sha256},
            remedy=CHANGED_FROM_OUTSIDE,
        )
    return model.model_validate_json(text)


def erased(where: str) -> Erased:
    """Return the error that the documents of a case were erased."""
    return Erased(
        Text(
            en="The personal data of this case were erased; what was decided is kept.",
            zh="该申请单的个人信息已删除；审批结果仍保留。",
        ),
        context={"case": where},
        remedy=Text(en="gatehouse privacy list tells by which rule", zh="运行 gatehouse privacy list 查看删除依据"),
    )


def fingerprint(text: str) -> str:
    """Return the sha256 of a text, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()
