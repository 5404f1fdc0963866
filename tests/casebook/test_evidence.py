from __future__ import annotations

import hashlib
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from admission.errors import BadInput, Conflict, GatehouseError, NotFound
from admission.evidence.answers import Answer, Query
from casebook import Casebook
from casebook.database.blobs import Blobs
from casebook.database.sealing import new_key
from tests.casebook.build import START, HandClock, evidence, opened

PAID = Query(source="creditsafe", kind="report", params={"id": "GB-1"}, paid=True)
OTHER = Query(source="creditsafe", kind="report", params={"id": "GB-2"}, paid=True)
DAY = timedelta(days=1)


def stored_file(blobs: Path, sha256: str) -> Path:
    return blobs / sha256[:2] / sha256[2:4] / sha256


@pytest.mark.parametrize("body", [b"", b"\x00\xff{}", b"x" * 300_000])
def test_bytes_are_kept_under_their_sha256(casebook: Casebook, blobs: Path, body: bytes) -> None:
    sha256 = casebook.evidence.keep(body)
    assert sha256 == hashlib.sha256(body).hexdigest()
    assert casebook.evidence.body(sha256) == body
    assert body not in stored_file(blobs, sha256).read_bytes() or body == b""
    assert [path.name for path in blobs.rglob("*") if path.is_file()] == [sha256]


def test_kept_bytes_are_never_written_again(casebook: Casebook, blobs: Path) -> None:
    sha256 = casebook.evidence.keep(b"answer")
    before = stored_file(blobs, sha256).stat()
    assert casebook.evidence.keep(b"answer") == sha256
    after = stored_file(blobs, sha256).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_corrupt_bytes_are_named_and_not_mended_silently(casebook: Casebook, blobs: Path) -> None:
    sha256 = casebook.evidence.keep(b"answer")
    stored_file(blobs, sha256).write_bytes(b"other")
    with pytest.raises(GatehouseError, match=sha256):
        casebook.evidence.body(sha256)
    with pytest.raises(GatehouseError, match=sha256):
        casebook.evidence.keep(b"answer")


def test_missing_bytes_are_named(casebook: Casebook) -> None:
    with pytest.raises(NotFound, match="ab" * 32):
        casebook.evidence.body("ab" * 32)
    with pytest.raises(NotFound, match="not a sha256"):
        casebook.evidence.body("../../etc/hosts")


def test_evidence_comes_back_as_it_was_added_once(casebook: Casebook) -> None:
    reference = opened(casebook).reference
    later, first = evidence("e2", at=START + DAY), evidence("e1")
    for item in (later, first, first):
        casebook.evidence.add(reference, 1, item)
    casebook.evidence.add(reference, 2, first)
    assert casebook.evidence.of(reference, 1) == [first, later]
    assert casebook.evidence.of(reference, 2) == [first]
    assert casebook.evidence.of_all_rounds(reference) == [first, first, later]
    assert [event.act for event in casebook.history.of(reference)].count("evidence.added") == 3


def test_evidence_needs_a_case(casebook: Casebook) -> None:
    with pytest.raises(NotFound):
        casebook.evidence.add("GH-2026-999999", 1, evidence())


def test_only_a_good_and_recent_answer_to_the_same_question_is_fresh(casebook: Casebook) -> None:
    reference = opened(casebook).reference
    old, new = evidence("e1"), evidence("e2", answer=Answer.NO_RECORD, at=START + DAY)
    failed = evidence("e3", answer=Answer.UNAVAILABLE, at=START + 2 * DAY)
    other = evidence("e4", at=START + 2 * DAY, sic="2")
    for item in (new, old, failed, other):
        casebook.evidence.add(reference, 1, item)
    assert casebook.evidence.fresh(old.query.key, START) == new
    assert casebook.evidence.fresh(old.query.key, START + DAY) == new
    assert casebook.evidence.fresh(old.query.key, START + DAY + timedelta(microseconds=1)) is None
    assert casebook.evidence.fresh("another question", START) is None


def test_a_call_without_a_known_end_is_never_bought_again(casebook: Casebook, clock: HandClock) -> None:
    case, other = opened(casebook), opened(casebook, "Southern Example Works Ltd")
    call = casebook.evidence.book_call(case.reference, PAID, Decimal("1.20"), "EUR")
    with pytest.raises(Conflict, match="in doubt"):
        casebook.evidence.book_call(other.reference, PAID, Decimal("1.20"), "EUR")
    assert casebook.evidence.calls_in_doubt() == [(call, PAID.key, clock.now)]
    casebook.evidence.close_call(call, "released", actor="bo")
    assert casebook.evidence.calls_in_doubt() == []
    assert casebook.evidence.book_call(other.reference, PAID, Decimal("1.20"), "EUR") != call
    told = [(event.actor, event.act) for event in casebook.history.of(case.reference)]
    assert told[1:] == [("system", "call.booked"), ("bo", "call.released")]


def test_a_call_ends_once(casebook: Casebook) -> None:
    call = casebook.evidence.book_call(opened(casebook).reference, PAID, Decimal(1), "EUR")
    casebook.evidence.close_call(call, "answered")
    casebook.evidence.close_call(call, "answered")
    with pytest.raises(Conflict, match="answered"):
        casebook.evidence.close_call(call, "failed")
    for unknown in ("999", "no number"):
        with pytest.raises(NotFound):
            casebook.evidence.close_call(unknown, "failed")
    with pytest.raises(BadInput, match="answered, failed, released"):
        casebook.evidence.close_call(call, "lost")  # type: ignore[arg-type]


def test_spending_counts_all_that_may_have_been_charged(casebook: Casebook, clock: HandClock) -> None:
    reference = opened(casebook).reference
    before = casebook.evidence.book_call(reference, PAID, Decimal(100), "EUR")
    casebook.evidence.close_call(before, "answered")
    clock.forward(DAY)
    for ended, cost in (("answered", "1.10"), ("failed", "10"), ("released", "0.20")):
        call = casebook.evidence.book_call(reference, PAID, Decimal(cost), "EUR")
        casebook.evidence.close_call(call, ended)  # type: ignore[arg-type]
    casebook.evidence.book_call(reference, PAID, Decimal("0.03"), "EUR")
    casebook.evidence.book_call(reference, OTHER, Decimal(7), "GBP")
    assert casebook.evidence.spent(clock.now) == Decimal("1.33")
    assert casebook.evidence.spent(clock.now, currency="GBP") == Decimal(7)
    assert casebook.evidence.spent(START) == Decimal("101.33")
    assert casebook.evidence.spent(clock.now + DAY) == 0


class KeysInMemory:
    def __init__(self) -> None:
        self.keys: dict[str, bytes] = {}

    def of(self, sha256: str) -> bytes | None:
        return self.keys.get(sha256)

    def made_for(self, sha256: str) -> bytes:
        return self.keys.setdefault(sha256, new_key())


def test_a_long_answer_comes_from_memory_only_while_its_file_is_untouched(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path, KeysInMemory())
    sha256 = blobs.keep(b"a long list " * 50_000)
    first = blobs.recall(sha256)
    assert blobs.recall(sha256) is first
    (file,) = (path for path in tmp_path.rglob("*") if path.is_file())
    file.write_bytes(b"an other list" + first[13:])
    with pytest.raises(GatehouseError, match="not what was kept"):
        blobs.recall(sha256)
    file.unlink()
    with pytest.raises(NotFound):
        blobs.recall(sha256)
