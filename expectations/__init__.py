"""Is the evidence fit to judge? One Great Expectations suite per fact table, run once over a whole batch of cases.

Importing this package loads neither Great Expectations (4 s of CPU) nor pandas; the first validation does.
"""

from __future__ import annotations

from expectations.errors import SuiteError
from expectations.validation import validate

__all__ = ["SuiteError", "validate"]
