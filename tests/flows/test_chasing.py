"""Chasing as Prefect runs it: late votes are told of by mail, and at last the suspended run ends without admission."""

from __future__ import annotations

from datetime import timedelta

import pytest
from prefect.client.orchestration import SyncPrefectClient

from admission.cases import CaseStatus
from flows.chasing import chase_approvals
from tests.casebook.build import HandClock
from tests.flows.acting import SOUND_AND_LARGE, new_process, started, taken_up
from tests.services.listening import mail_server
from wiring import House

pytestmark = pytest.mark.prefect


def test_a_late_vote_is_told_of_escalated_and_expires_without_admission(
    at: House, client: SyncPrefectClient, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mail_server() as (smtp, taken):
        for name, value in {
            "SMTP": smtp,
            "MAIL_FROM": "gatehouse@example.org",
            "NOTICE_MAIL": "credit@example.org",
        }.items():
            monkeypatch.setenv(f"GATEHOUSE_{name}", value)
        at = new_process(clock)
        reference, run = started(at, client, SOUND_AND_LARGE)
        assert taken_up(client, run).name == "Suspended"

        clock.forward(timedelta(days=3))
        assert chase_approvals() == {"woken": 0, "reminded": 1, "escalated": 0, "expired": 0}
        assert chase_approvals()["reminded"] == 0
        clock.forward(timedelta(days=4))
        assert chase_approvals()["escalated"] == 1
        assert [mail.count("To: credit@example.org") for mail in taken] == [1, 1]
        assert all(f"Subject: {reference}" in mail.replace("=?utf-8?q?", "") for mail in taken)
        assert at.casebook.cases.get(reference).status is CaseStatus.VOTING

        clock.forward(timedelta(days=53))
        assert chase_approvals()["expired"] == 1
        assert taken_up(client, run).name == "Declined"
        assert chase_approvals() == {"woken": 0, "reminded": 0, "escalated": 0, "expired": 0}
    assert len(taken) == 3
    case = at.casebook.cases.get(reference)
    assert case.decision is not None
    assert (case.decision.decided_by, case.decision.limit) == ("expiry", None)
    assert at.casebook.customers.get(case.company_key) is None
    assert at.casebook.outbox.pending() == 0
