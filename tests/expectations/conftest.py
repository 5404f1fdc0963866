"""Here every table is checked by Great Expectations itself."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module", autouse=True)
def remembered_checks() -> None:
    """Nothing is remembered."""
