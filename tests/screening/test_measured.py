"""The measured limits of the matcher, as README.md tells them."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.names import find_pairs, find_slips, find_strangers, listed_in
from screening import CompanyMatcher

pytestmark = pytest.mark.recorded


def test_what_readme_says_of_the_matcher_is_measured(recorded: Path) -> None:
    sdn, entries = listed_in(recorded)
    pairs = find_pairs(sdn, recorded)
    assert (pairs.right, pairs.wrong, pairs.missed) == (130, 4, 41)
    index = CompanyMatcher().index(entries)
    found, _ = find_slips(index, entries)
    assert found == 523
    strangers, hit = find_strangers(index, recorded)
    assert (strangers, len(hit)) == (4_000, 18)
