"""The matrix, tried once for all tests of a process."""

from __future__ import annotations

import pytest

from tests.authorisation.matrix import Matrix, try_everything


@pytest.fixture(scope="session")
def matrix(tmp_path_factory: pytest.TempPathFactory) -> Matrix:
    """What came of trying everything by everybody."""
    return try_everything(tmp_path_factory.mktemp("matrix"))
