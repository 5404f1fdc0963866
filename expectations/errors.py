"""What can go wrong in this room."""

from __future__ import annotations

from admission.errors import GatehouseError


class SuiteError(GatehouseError):
    """Great Expectations itself broke down, so nothing is known of the rows; never the same as a passed check."""
