"""Here every table is checked by Great Expectations itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from expectations import run
from tests.conftest import checks


@pytest.fixture(scope="module", autouse=True)
def nothing_remembered() -> Iterator[None]:
    """Run each suite each time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "failures_of", checks)
        yield
