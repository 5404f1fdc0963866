"""What all facts have."""

from __future__ import annotations

from admission.model import Record


class Fact(Record):
    """Base of all facts. `evidence` is the id of the evidence; the gatherer fills it in."""

    source: str
    evidence: str = ""
