"""Each kind of tampering that the closing table names is found, and a copy that nobody touched is sound."""

from __future__ import annotations

from pathlib import Path

from benchmarks.tampering import make, verdicts
from benchmarks.tamperings import KINDS
from casebook.proof.bundles import checked, packed
from services.audit import trust
from wiring.house import House
from wiring.settings import Settings


def test_every_kind_of_tampering_is_found_and_an_untouched_copy_is_sound(tmp_path: Path) -> None:
    told = verdicts(tmp_path)
    assert [verdict.kind for verdict in told if not verdict.found] == []
    assert [verdict.line() for verdict in told if verdict.kind == "untouched"] == ["sound"]
    assert len(KINDS) == len(told) - 1 >= 10


def test_a_bundle_shows_the_signed_sign_in_of_each_vote(tmp_path: Path) -> None:
    original = tmp_path / "original"
    make(original)
    house = House(Settings(data=original, database_url=None))
    trusted = trust(house, None)
    (case,) = (case for case in house.casebook.cases.list() if case.decision is not None)
    links, rows, key = house.casebook.audit.export(case.reference)
    assert [link.event.act for link in links].count("person.signed_in") == 1
    sign = house.casebook.keys.sign_bundle
    whole = packed(case.reference, links, rows, {}, key, sign)
    without = packed(
        case.reference, [link for link in links if link.event.act != "person.signed_in"], rows, {}, key, sign
    )
    kinds = [[flaw.kind for flaw in checked(bundle, trusted.keys)[1]] for bundle in (whole, without)]
    house.casebook.close()
    assert "vote.unproven" not in kinds[0]
    assert "vote.unproven" in kinds[1]
