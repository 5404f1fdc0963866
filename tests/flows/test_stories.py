"""Each sample story walks from application to decision as `sandbox/expected.yml` says."""

from __future__ import annotations

import pytest

from admission.approval.votes import Choice
from admission.cases import CaseStatus
from services.replay import replay_one
from tests.flows.acting import INSOLVENT, SOUND_AND_LARGE, STORIES, assessment_of, opened, vote_all, walked
from wiring import House

WALKS = [
    *(("sqlite", story) for story in STORIES),
    pytest.param("postgres", SOUND_AND_LARGE, marks=pytest.mark.postgres),
    pytest.param("postgres", INSOLVENT, marks=pytest.mark.postgres),
]


@pytest.mark.prefect
@pytest.mark.parametrize(("at", "story"), WALKS, indirect=["at"])
def test_story_ends_as_expected(at: House, story: str) -> None:
    expected = STORIES[story]
    reference = opened(at, story)

    first = walked(reference)

    assert assessment_of(at, reference).route.kind == expected["route"]
    if expected["route"] == "desk":
        assert first.name == "AwaitingDecision"
        assert at.casebook.cases.get(reference).status is CaseStatus.VOTING
        choice = Choice.APPROVE if expected["vote"] == "approve" else Choice.DECLINE
        vote_all(at, reference, choice, tuple(expected.get("conditions", ())))
        last = walked(reference)
    else:
        last = first
    case = at.casebook.cases.get(reference)
    assert (last.type.value, last.name) == ("COMPLETED", expected["outcome"].capitalize())
    assert case.status is CaseStatus.CONCLUDED
    assert case.decision is not None
    assert case.decision.outcome == expected["outcome"]
    assert (at.casebook.customers.get(case.company_key) is not None) == (expected["outcome"] == "admitted")
    conditions = at.casebook.cases.conditions(reference)
    assert [item.text for item in conditions if item.clause is None] == expected.get("conditions", [])
    demanded = [item.id for item in assessment_of(at, reference).treatments] if case.decision.limit else []
    assert [item.clause.id for item in conditions if item.clause is not None] == demanded
    assert at.casebook.audit.verify(at.casebook.keys.all(), (), lambda _: None).flaws == ()
    assert replay_one(at, reference).result == "same"
