"""Sandboxes for the tests of the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from sandbox.server import Sandbox

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    """One sandbox for a module of tests."""
    with Sandbox(today=TODAY) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Iterator[Sandbox]:
    """The running sandbox, as at its start."""
    running.reset()
    yield running
    running.reset()


@pytest.fixture
def url(sandbox: Sandbox) -> str:
    return sandbox.base_url


@pytest.fixture(scope="module")
def real(recorded: Path) -> Iterator[Sandbox]:
    """A sandbox that serves the recorded answers."""
    with Sandbox(recorded=recorded, today=TODAY) as sandbox:
        yield sandbox
