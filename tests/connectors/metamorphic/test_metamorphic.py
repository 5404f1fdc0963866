"""The law of evidence over all connectors, with a fixed seed; `make fuzz-sources` goes on with others."""

from __future__ import annotations

import pytest

from tests.connectors.metamorphic.suite import run, samples

SEED = 20261127
CHANGES = 2_000
CPU_SECONDS = 40


@pytest.fixture(scope="module")
def outcome() -> object:
    return run(samples(), SEED, count=CHANGES)
