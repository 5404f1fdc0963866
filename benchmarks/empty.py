"""A flow that does nothing: what Prefect itself costs a run."""

from __future__ import annotations

from prefect import flow


@flow(name="empty")
def empty() -> None:
    """Do nothing."""
