"""Each kind of tampering that the closing table names is found, and a copy that nobody touched is sound."""

from __future__ import annotations

from pathlib import Path

from benchmarks.tampering import KINDS, verdicts


def test_every_kind_of_tampering_is_found_and_an_untouched_copy_is_sound(tmp_path: Path) -> None:
    told = verdicts(tmp_path)
    assert [verdict.kind for verdict in told if not verdict.found] == []
    assert [verdict.line() for verdict in told if verdict.kind == "untouched"] == ["sound"]
    assert len(KINDS) == len(told) - 1 >= 10
