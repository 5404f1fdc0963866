"""The daily look at all limits: a condition that nobody met stops the limit, which is told and published."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import ArtifactCollectionFilter, ArtifactCollectionFilterKey

from flows.limits import expire_limits
from services.customer_standing import customer_of, standing_of
from tests.casebook.build import HandClock
from tests.flows.acting import SOUND_AND_SMALL, opened, vote_all, walked
from wiring import House

pytestmark = pytest.mark.prefect


def test_a_limit_that_a_date_stopped_is_told_and_published(
    at: House, clock: HandClock, client: SyncPrefectClient
) -> None:
    reference = opened(at, SOUND_AND_SMALL)
    walked(reference)
    vote_all(at, reference)
    walked(reference)
    customer = customer_of(at, at.casebook.cases.get(reference).company_key)
    assert at.casebook.cases.conditions(reference), "the story's grade asks for nothing"
    assert standing_of(at, customer).in_force == customer.limit
    clock.forward(timedelta(days=31))
    state = expire_limits(return_state=True)
    assert state.name == "Swept"
    assert state.message == "1 customers, 0 changed, 0 end soon, 1 not in force"
    named = ArtifactCollectionFilter(key=ArtifactCollectionFilterKey(any_=["limits-not-in-force"]))
    (published,) = client.read_latest_artifacts(artifact_filter=named)
    swept = at.casebook.history.last("limits.swept")
    assert swept is not None
    assert (swept.at, swept.detail) == (clock.now, {"customers": "1", "changed": "0", "ending": "0", "dormant": "0"})
    (row,) = json.loads(str(published.data))
    assert row == {
        "case": reference,
        "limit": f"{customer.limit} {customer.currency}",
        "in_force": f"0 {customer.currency}",
        "until": "",
        "why": "condition",
    }
