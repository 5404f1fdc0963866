"""What a book knows of its sources: which of them it compares with their answer before."""

from __future__ import annotations

import pytest

from admission.evidence.sources import WholeList
from services.outages import Outages
from services.retrying import RetryPolicy
from wiring import House

POLICY = RetryPolicy((), 1.0)


@pytest.mark.parametrize(("source", "is_list"), [("ofac_sdn", True), ("uk_gazette", False), ("creditsafe", False)])
def test_only_a_whole_list_is_compared_with_the_one_before(at: House, source: str, is_list: bool) -> None:
    watched = Outages("run", POLICY).watch(at.connectors[source])
    assert isinstance(watched, WholeList) is is_list
    assert watched.card.name == source
