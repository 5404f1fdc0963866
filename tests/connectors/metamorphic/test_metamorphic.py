"""The law of evidence over all connectors, with a fixed seed; `make fuzz-sources` goes on with others."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT
from tests.connectors.metamorphic.blind_spots import BLIND_SPOTS
from tests.connectors.metamorphic.samples import COVERS, shipped
from tests.connectors.metamorphic.suite import Outcome, run, samples
from tests.connectors.test_examples import CONNECTORS

SEED = 20261127
CHANGES = 2_000


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return run(samples(), SEED, count=CHANGES)


def test_nothing_looks_better_for_being_told_less(outcome: Outcome) -> None:
    assert [str(found) for found in outcome.broken] == []
    assert outcome.changes == CHANGES


def test_every_connector_is_tried(outcome: Outcome) -> None:
    assert set(outcome.by_source) == set(CONNECTORS)
    assert min(outcome.by_source.values()) >= CHANGES // 40


def test_every_example_has_the_topics_that_its_answer_covers() -> None:
    """Without them its metrics would be unknown, and nothing could become better."""
    about_nothing = {("creditsafe", "search"), ("manual_evidence", "judgement")}
    kinds = {(sample.query.source, sample.query.kind) for sample in shipped() if not sample.query.topics}
    assert kinds <= about_nothing
    assert kinds.isdisjoint(COVERS)


def test_what_nobody_can_notice_is_told_to_readers() -> None:
    page = " ".join((ROOT / "docs" / "sources.md").read_text(encoding="utf-8").split())
    assert [spot.reason for spot in BLIND_SPOTS if spot.reason not in page] == []
