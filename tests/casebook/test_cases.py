from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from admission.cases import CaseKind, CaseStatus, Condition, Decision, Step
from admission.errors import BadInput, Conflict, NotFound
from casebook import Casebook
from tests.casebook.build import HandClock, application, customer, opened, say

KNOCKED_OUT = Decision(
    outcome="declined",
    decided_by="knock_out",
    assessment="ab" * 32,
    limit=None,
    currency="GBP",
    terms_days=None,
    reason=say("dissolved"),
    decided_at=datetime(2026, 11, 2, 9, 5, tzinfo=UTC),
)
ADMITTED = KNOCKED_OUT.model_copy(
    update={"outcome": "admitted", "decided_by": "fast_track", "limit": Decimal("4000.50"), "terms_days": 30}
)


def close(casebook: Casebook, reference: str, decision: Decision = KNOCKED_OUT) -> None:
    casebook.cases.decide(reference, decision, actor="system", round_number=1)
    casebook.cases.conclude(reference, customer=None, conditions=[], notices=[])


def test_an_opened_case_is_kept_whole(casebook: Casebook, clock: HandClock) -> None:
    case, created = casebook.cases.open(application(), kind=CaseKind.ONBOARDING, requester="ana", channel="desk")
    assert created
    assert case.reference == "GH-2026-000001"
    assert (case.kind, case.status, case.round) == (CaseKind.ONBOARDING, CaseStatus.GATHERING, 1)
    assert case.application == application()
    assert case.opened_at == clock.now
    assert case.company_key == application().subject.company_key
    assert casebook.cases.get(case.reference) == case


def test_references_count_up_without_gaps_and_anew_each_year(casebook: Casebook, clock: HandClock) -> None:
    opened(casebook, "First Ltd")
    with pytest.raises(NotFound):
        casebook.cases.open(application("Lost Ltd"), kind=CaseKind.ONBOARDING, requester="nobody", channel="desk")
    with pytest.raises(Conflict):
        casebook.cases.open(application("First Ltd", "1"), kind=CaseKind.ONBOARDING, requester="ana", channel="desk")
    assert opened(casebook, "Second Ltd").reference == "GH-2026-000002"
    clock.now = datetime(2027, 1, 1, tzinfo=UTC)
    assert opened(casebook, "Third Ltd").reference == "GH-2027-000001"


def test_the_same_application_is_the_same_case(casebook: Casebook) -> None:
    case = opened(casebook)
    again, created = casebook.cases.open(application(), kind=CaseKind.ONBOARDING, requester=None, channel="prefect")
    assert (again, created) == (case, False)


def test_the_same_application_stays_the_same_case_after_its_end(casebook: Casebook) -> None:
    case = opened(casebook)
    close(casebook, case.reference)
    again, created = casebook.cases.open(application(), kind=CaseKind.ONBOARDING, requester=None, channel="prefect")
    assert (again.reference, again.status, created) == (case.reference, CaseStatus.CONCLUDED, False)


def test_the_same_idempotency_key_is_the_same_case_for_good(casebook: Casebook) -> None:
    def ask(key: str, limit: str = "5000") -> tuple[str, bool]:
        case, created = casebook.cases.open(
            application(limit=limit), kind=CaseKind.ONBOARDING, requester="ana", channel="api", idempotency_key=key
        )
        return case.reference, created

    assert ask("k1") == ("GH-2026-000001", True)
    close(casebook, "GH-2026-000001")
    assert ask("k1") == ("GH-2026-000001", False)
    with pytest.raises(Conflict, match="idempotency key"):
        ask("k1", limit="6000")
    assert ask("k2") == ("GH-2026-000002", True)
    assert casebook.cases.get("GH-2026-000002").previous == "GH-2026-000001"


def test_an_idempotency_key_has_a_decent_length(casebook: Casebook) -> None:
    with pytest.raises(BadInput, match="at most 200 characters"):
        casebook.cases.open(
            application(), kind=CaseKind.ONBOARDING, requester="ana", channel="api", idempotency_key="k" * 201
        )


def test_names_that_grow_when_folded_are_taken(casebook: Casebook) -> None:
    case = opened(casebook, "ΐ" * 300)
    assert casebook.cases.list(company_key=case.company_key) == [case]


def test_a_different_application_waits_for_the_open_case(casebook: Casebook) -> None:
    case = opened(casebook)
    with pytest.raises(Conflict, match=case.reference):
        casebook.cases.open(application(limit="9000"), kind=CaseKind.ONBOARDING, requester="ana", channel="desk")
    with pytest.raises(Conflict, match=case.reference) as caught:
        casebook.cases.open(application(), kind=CaseKind.REVIEW, requester=None, channel="schedule")
    assert "Northern" not in str(caught.value)
    close(casebook, case.reference)
    new, created = casebook.cases.open(
        application(limit="9000"), kind=CaseKind.ONBOARDING, requester="ana", channel="desk"
    )
    assert (new.previous, created) == (case.reference, True)


def test_each_review_is_a_case_of_its_own(casebook: Casebook) -> None:
    references = []
    for _ in range(2):
        case, created = casebook.cases.open(application(), kind=CaseKind.REVIEW, requester=None, channel="schedule")
        assert created
        references.append(case.reference)
        close(casebook, case.reference)
    assert references == ["GH-2026-000001", "GH-2026-000002"]


def test_an_unknown_case_is_answered_with_the_nearest(casebook: Casebook) -> None:
    opened(casebook)
    with pytest.raises(NotFound) as caught:
        casebook.cases.get("GH-2026-00001")
    assert caught.value.remedy.en == "did you mean GH-2026-000001?"


def test_cases_are_listed_newest_first_by_what_is_asked(casebook: Casebook, clock: HandClock) -> None:
    first = opened(casebook, "First Ltd")
    clock.forward(timedelta(minutes=1))
    second, _ = casebook.cases.open(application("Second Ltd"), kind=CaseKind.REVIEW, requester=None, channel="schedule")
    close(casebook, first.reference)

    def listed(**wanted: object) -> list[str]:
        return [case.reference for case in casebook.cases.list(**wanted)]  # type: ignore[arg-type]

    assert listed() == [second.reference, first.reference]
    assert listed(newest=1) == [second.reference]
    assert listed(status=CaseStatus.CONCLUDED) == [first.reference]
    assert listed(kind=CaseKind.REVIEW) == [second.reference]
    assert listed(company_key=first.company_key) == [first.reference]
    assert casebook.cases.list(status=CaseStatus.CONCLUDED)[0].decision == KNOCKED_OUT


def test_taking_an_unattributed_request_wakes_its_run(casebook: Casebook) -> None:
    case = opened(casebook, requester=None)
    casebook.cases.wait_for_owner(case.reference)
    casebook.cases.wait_for_owner(case.reference)
    assert casebook.cases.get(case.reference).status is CaseStatus.UNATTRIBUTED
    assert casebook.cases.waiting() == 1
    taken = casebook.cases.take(case.reference, "ana")
    assert (taken.requester, taken.status) == ("ana", CaseStatus.GATHERING)
    assert [(message.kind, message.case) for message in casebook.outbox.claim()] == [("wake", case.reference)]
    assert casebook.cases.waiting() == 0


def test_a_request_is_taken_once(casebook: Casebook) -> None:
    case = opened(casebook, requester=None)
    casebook.cases.take(case.reference, "ana")
    assert casebook.outbox.pending() == 0
    for username in ("ana", "bo"):
        with pytest.raises(Conflict, match="somebody's already"):
            casebook.cases.take(case.reference, username)
    casebook.cases.wait_for_owner(case.reference)
    assert casebook.cases.get(case.reference).status is CaseStatus.GATHERING


def test_one_run_at_a_time_holds_the_lease(casebook: Casebook, clock: HandClock) -> None:
    reference = opened(casebook).reference
    assert casebook.cases.acquire_lease(reference, "run-1", 60)
    assert not casebook.cases.acquire_lease(reference, "run-2", 60)
    clock.forward(timedelta(seconds=59))
    assert casebook.cases.acquire_lease(reference, "run-1", 60)
    clock.forward(timedelta(seconds=59))
    assert not casebook.cases.acquire_lease(reference, "run-2", 60)
    clock.forward(timedelta(seconds=1))
    assert casebook.cases.acquire_lease(reference, "run-2", 60)
    casebook.cases.release_lease(reference, "run-1")
    assert not casebook.cases.acquire_lease(reference, "run-1", 60)
    casebook.cases.release_lease(reference, "run-2")
    assert casebook.cases.acquire_lease(reference, "run-1", 60)
    told = [event.detail for event in casebook.history.of(reference) if event.act == "lease.taken_over"]
    assert told == [{"from": "run-1", "to": "run-2"}]


def test_a_lease_is_renewed_by_its_holder_alone_and_not_once_another_has_had_it(
    casebook: Casebook, clock: HandClock
) -> None:
    reference = opened(casebook).reference
    assert not casebook.cases.renew_lease(reference, "run-1", 60)
    assert casebook.cases.acquire_lease(reference, "run-1", 60)
    clock.forward(timedelta(seconds=90))
    assert casebook.cases.renew_lease(reference, "run-1", 60), "run out, but nobody else took it"
    assert not casebook.cases.acquire_lease(reference, "run-2", 60)
    clock.forward(timedelta(seconds=60))
    assert casebook.cases.acquire_lease(reference, "run-2", 60)
    assert not casebook.cases.renew_lease(reference, "run-1", 60)
    casebook.cases.release_lease(reference, "run-2")
    assert not casebook.cases.renew_lease(reference, "run-1", 60)


def test_the_first_result_of_a_step_stays(casebook: Casebook) -> None:
    reference = opened(casebook).reference
    assert casebook.cases.step_result(reference, 1, Step.PRESCREEN) is None
    casebook.cases.complete_step(reference, 1, Step.PRESCREEN, {"verdict": "continue"})
    casebook.cases.complete_step(reference, 1, Step.PRESCREEN, {"verdict": "stop"})
    assert casebook.cases.step_result(reference, 1, Step.PRESCREEN) == {"verdict": "continue"}
    assert casebook.cases.step_result(reference, 2, Step.PRESCREEN) is None
    assert [event.act for event in casebook.history.of(reference)] == ["case.opened", "step.prescreen"]


def test_the_machine_decides_once(casebook: Casebook) -> None:
    reference = opened(casebook).reference
    casebook.cases.decide(reference, ADMITTED, actor="system", round_number=1)
    with pytest.raises(Conflict, match="decided already"):
        casebook.cases.decide(reference, KNOCKED_OUT, actor="system", round_number=1)
    case = casebook.cases.get(reference)
    assert (case.status, case.decision) == (CaseStatus.DECIDED, ADMITTED)


def test_concluding_writes_customer_conditions_and_notices_once(casebook: Casebook) -> None:
    case = opened(casebook)
    conditions = [
        Condition(id="c2", text="deposit 20 %", proposed_by="bo"),
        Condition(id="c1", text="guarantee", proposed_by="cy"),
    ]
    notices = [{"to": "crm"}, {"to": "ana"}]
    with pytest.raises(Conflict, match="not decided"):
        casebook.cases.conclude(case.reference, customer=None, conditions=[], notices=[])
    casebook.cases.decide(case.reference, ADMITTED, actor="system", round_number=1)
    for _ in range(2):
        casebook.cases.conclude(case.reference, customer=customer(case), conditions=conditions, notices=notices)
    assert casebook.cases.get(case.reference).status is CaseStatus.CONCLUDED
    assert casebook.cases.conditions(case.reference) == conditions
    assert casebook.customers.get(case.company_key) == customer(case)
    assert [(message.kind, message.payload) for message in casebook.outbox.claim()] == [
        ("notice", {"to": "crm"}),
        ("notice", {"to": "ana"}),
    ]
    assert [event.act for event in casebook.history.of(case.reference)].count("case.concluded") == 1


def test_nothing_is_concluded_by_halves(casebook: Casebook) -> None:
    case = opened(casebook)
    casebook.cases.decide(case.reference, ADMITTED, actor="system", round_number=1)
    twice = [Condition(id="c1", text="deposit", proposed_by="bo")] * 2
    with pytest.raises(Conflict):
        casebook.cases.conclude(case.reference, customer=customer(case), conditions=twice, notices=[{"to": "crm"}])
    assert casebook.cases.get(case.reference).status is CaseStatus.DECIDED
    assert casebook.customers.get(case.company_key) is None
    assert casebook.outbox.pending() == 0


def test_runs_are_noted_in_order(casebook: Casebook) -> None:
    reference = opened(casebook).reference
    for run in ("run-b", "run-a", "run-b"):
        casebook.cases.note_run(reference, run)
    assert casebook.cases.runs(reference) == ["run-b", "run-a"]


def test_one_waiting_wake_up_is_enough(casebook: Casebook) -> None:
    first, second = opened(casebook), opened(casebook, "Southern Example Works Ltd")
    for reference in (first.reference, first.reference, second.reference):
        casebook.cases.request_wake(reference)
    assert [message.case for message in casebook.outbox.claim()] == [first.reference, second.reference]


def test_each_change_raises_the_version(casebook: Casebook) -> None:
    case = opened(casebook, requester=None)
    assert case.version == 0
    assert casebook.cases.take(case.reference, "ana").version == 1
    casebook.cases.decide(case.reference, ADMITTED, actor="system", round_number=1)
    assert casebook.cases.get(case.reference).version == 2
