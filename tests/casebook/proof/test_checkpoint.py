"""Verifying from a checkpoint: signatures of before are not checked again, and nothing that was changed passes."""

from __future__ import annotations

import pytest

from casebook import Casebook
from casebook.database import signing
from casebook.database.chain import GENESIS
from casebook.proof import signatures, verification
from casebook.proof.verification import Checkpoint, Head
from tests.casebook.build import opened
from tests.casebook.proof.test_verification import RunSql, published, seq_of, unlock

AT = "2026-11-02T10:00:00.000000+00:00"


def signed(book: Casebook, seq: int, sha256: str) -> Checkpoint:
    point = Checkpoint(seq=seq, sha256=sha256, at=AT)
    key, signature = book.keys.sign_checkpoint(point.digest)
    return point.model_copy(update={"key": key, "signature": signature})


def found(book: Casebook, point: Checkpoint) -> list[tuple[str, str]]:
    flaws = book.audit.verify(book.keys.all(), (), lambda _: None, point).flaws
    return [(flaw.kind, flaw.where.en) for flaw in flaws if not flaw.kind.startswith("trigger.")]


@pytest.fixture
def point(book: Casebook) -> Checkpoint:
    """Where a sound verification ended, with events after it."""
    proof = book.audit.verify(book.keys.all(), (), lambda _: None)
    assert proof.flaws == ()
    made = signed(book, *proof.end)
    opened(book, "Later Ltd")
    return made


def test_signatures_before_a_checkpoint_are_not_checked_again(
    book: Casebook, point: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    really = signing.signed_by

    def signed_by(key: object, purpose: str, sha256: str, signature: str) -> bool:
        asked.append(purpose)
        return really(key, purpose, sha256, signature)  # type: ignore[arg-type]  # handed on as it came

    for module in (verification, signatures):
        monkeypatch.setattr(module, "signed_by", signed_by)
    assert found(book, point) == []
    assert asked.count("event") == book.audit.end()[0] - point.seq
    assert asked.count("checkpoint") == 1


@pytest.mark.parametrize("column", ["detail", "actor", "prev", "content"])
def test_an_event_changed_before_the_checkpoint_is_found(
    book: Casebook, point: Checkpoint, run_sql: RunSql, column: str
) -> None:
    unlock(run_sql, "history")
    seq = seq_of(book, "vote.cast")
    run_sql(f"UPDATE history SET {column} = '{GENESIS if column == 'prev' else '{}'}' WHERE seq = {seq}")
    assert f"event {seq}" in [where for _, where in found(book, point)]


def test_a_row_changed_before_the_checkpoint_is_found(book: Casebook, point: Checkpoint, run_sql: RunSql) -> None:
    unlock(run_sql, "votes")
    run_sql("UPDATE votes SET choice = 'decline' WHERE voter = 'bo'")
    assert [kind for kind, _ in found(book, point)] == ["row.changed"]


def test_an_event_forged_after_the_checkpoint_is_found(book: Casebook, point: Checkpoint, run_sql: RunSql) -> None:
    unlock(run_sql, "history")
    seq = book.audit.end()[0]
    run_sql(f"UPDATE history SET signature = '' WHERE seq = {seq}")
    assert found(book, point) == [("event.forged", f"event {seq}")]


def test_a_published_head_is_no_checkpoint(book: Casebook, point: Checkpoint) -> None:
    head = published(book)
    passed_off = Checkpoint.model_validate(head.model_dump())
    assert found(book, passed_off) == [("head.forged", f"checkpoint of event {head.seq}")]
    assert not isinstance(head, Checkpoint)
    assert isinstance(point, Head)


def test_a_checkpoint_of_another_chain_is_found(book: Casebook, point: Checkpoint) -> None:
    assert found(book, signed(book, point.seq, "ab" * 32)) == [("chain.rebuilt", f"checkpoint of event {point.seq}")]
    beyond = book.audit.end()[0] + 5
    assert found(book, signed(book, beyond, "ab" * 32)) == [("chain.cut", f"event {beyond}")]


def test_a_key_brought_before_the_checkpoint_must_be_signed_for(book: Casebook, run_sql: RunSql) -> None:
    book.keys.rotate("bo")
    opened(book, "Later Ltd")
    point = signed(book, *book.audit.end())
    first = book.keys.all()[:1]
    assert book.audit.verify(first, (), lambda _: None, point).flaws == ()
    unlock(run_sql, "history")
    seq = seq_of(book, "key.rotated")
    run_sql(f"UPDATE history SET signature = '' WHERE seq = {seq}")
    kinds = {flaw.kind for flaw in book.audit.verify(first, (), lambda _: None, point).flaws}
    assert {"event.forged", "head.forged"} <= kinds
