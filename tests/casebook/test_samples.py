"""The machine's decisions drawn for a person's look: drawn as they are made, looked at once, re-opened for people."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from admission.approval.sampling import is_drawn, number_of
from admission.cases import Case, CaseKind, CaseStatus, Decision
from admission.errors import BadInput, Conflict, NotAllowed, NotFound
from casebook import Casebook
from tests.casebook.build import HandClock, customer, opened
from tests.casebook.test_cases import ADMITTED, KNOCKED_OUT

ALL = Decimal(1)
RunSql = Callable[[str], list[Any]]


def decided(
    casebook: Casebook, decision: Decision = KNOCKED_OUT, share: Decimal = ALL, name: str = "First Ltd"
) -> Case:
    """Let the machine decide a case of a company and conclude it."""
    case = opened(casebook, name)
    casebook.cases.decide(case.reference, decision, actor="system", round_number=1, sample=share)
    kept = customer(case) if decision.limit is not None else None
    casebook.cases.conclude(case.reference, customer=kept, conditions=[], notices=[])
    return casebook.cases.get(case.reference)


def acts(casebook: Casebook, reference: str) -> list[str]:
    return [event.act for event in casebook.history.of(reference)]


def test_a_decision_is_drawn_in_the_moment_it_is_made(casebook: Casebook, clock: HandClock) -> None:
    case = decided(casebook)
    sampled = casebook.samples.of(case.reference, 1)
    assert sampled is not None
    draw = sampled.draw
    assert (draw.drawn, draw.decided_by, draw.quarter, draw.share, sampled.look) == (
        True,
        "knock_out",
        "2026Q4",
        ALL,
        None,
    )
    at = acts(casebook, case.reference)
    assert at.index("sample.drawn") == at.index("case.decided") + 1
    [seed] = casebook.samples.seeds(clock.now)
    assert (seed.quarter, seed.sha256, seed.seed) == ("2026Q4", draw.seed_sha256, None)


def test_an_auditor_draws_again_when_the_quarter_is_over(casebook: Casebook, clock: HandClock) -> None:
    cases = [decided(casebook, share=Decimal("0.5"), name=f"Company {number} Ltd") for number in range(6)]
    clock.forward(timedelta(days=90))
    [seed] = casebook.samples.seeds(clock.now)
    assert seed.seed is not None
    assert hashlib.sha256(seed.seed.encode()).hexdigest() == seed.sha256
    for case in cases:
        sampled = casebook.samples.of(case.reference, 1)
        assert sampled is not None
        assert sampled.draw.number == number_of(seed.seed, case.reference, 1)
        assert sampled.draw.drawn == is_drawn(sampled.draw.number, Decimal("0.5"))
    drawn = [item.draw.case for item in casebook.samples.all()]
    assert {item.draw.case for item in casebook.samples.all(drawn_only=False)} == {case.reference for case in cases}
    assert drawn == [item.draw.case for item in casebook.samples.waiting("bo")][::-1]


def test_each_quarter_has_a_seed_of_its_own(casebook: Casebook, clock: HandClock) -> None:
    decided(casebook)
    clock.forward(timedelta(days=90))
    decided(casebook, name="Second Ltd")
    before, now = casebook.samples.seeds(clock.now)
    assert (before.quarter, now.quarter) == ("2026Q4", "2027Q1")
    assert before.sha256 != now.sha256
    assert now.seed is None


@pytest.mark.parametrize(
    ("decision", "share"),
    [
        (KNOCKED_OUT, Decimal(0)),
        (KNOCKED_OUT.model_copy(update={"decided_by": "expiry"}), ALL),
        (KNOCKED_OUT.model_copy(update={"decided_by": "people"}), ALL),
    ],
)
def test_nothing_is_drawn_where_the_policy_asks_for_none_or_the_machine_did_not_judge(
    casebook: Casebook, decision: Decision, share: Decimal
) -> None:
    case = decided(casebook, decision, share)
    assert casebook.samples.of(case.reference, 1) is None
    with pytest.raises(NotFound, match="no decision of the system to spot-check"):
        casebook.samples.look(case.reference, "bo", "agreed", "read it")


def test_a_person_agrees_once(casebook: Casebook, clock: HandClock) -> None:
    case = decided(casebook)
    look = casebook.samples.look(case.reference, "bo", "agreed", "the petition is real")
    assert (look.by, look.verdict, look.opened, look.at) == ("bo", "agreed", None, clock.now)
    sampled = casebook.samples.of(case.reference, 1)
    assert sampled is not None
    assert sampled.look == look
    assert casebook.samples.waiting("bo") == []
    assert acts(casebook, case.reference)[-1] == "sample.agreed"
    with pytest.raises(Conflict, match="bo has spot-checked this decision already"):
        casebook.samples.look(case.reference, "cy", "reopened", "not so sure")
    assert acts(casebook, case.reference)[-1] == "look.refused"


def test_nobody_looks_at_a_request_of_their_own(casebook: Casebook, run_sql: RunSql) -> None:
    case = decided(casebook)
    assert casebook.samples.waiting("ana") == []
    with pytest.raises(NotAllowed, match="so you cannot spot-check the decision on it"):
        casebook.samples.look(case.reference, "ana", "agreed", "mine")
    with pytest.raises(Exception, match="nobody looks at a request of their own"):
        run_sql(
            "INSERT INTO looks (case_ref, round, looked_by, verdict, document, sha256) "
            f"VALUES ('{case.reference}', 1, 'ana', 'agreed', '', '')"
        )


def test_a_look_needs_a_note_and_somebody_who_is_still_here(casebook: Casebook) -> None:
    case = decided(casebook)
    with pytest.raises(BadInput, match="A spot check needs a note"):
        casebook.samples.look(case.reference, "bo", "agreed", " ")
    casebook.people.set_active("bo", False)
    with pytest.raises(NotAllowed, match="has been deactivated"):
        casebook.samples.look(case.reference, "bo", "agreed", "read it")


def test_a_decision_that_is_still_being_carried_out_waits(casebook: Casebook) -> None:
    case = opened(casebook)
    casebook.cases.decide(case.reference, KNOCKED_OUT, actor="system", round_number=1, sample=ALL)
    with pytest.raises(Conflict, match="still being carried out"):
        casebook.samples.look(case.reference, "bo", "reopened", "wrong company")


def test_re_opening_an_admission_opens_a_review_of_the_customer_for_people(casebook: Casebook) -> None:
    case = decided(casebook, ADMITTED)
    look = casebook.samples.look(case.reference, "bo", "reopened", "the bureau knows less than we do")
    assert look.opened is not None
    review = casebook.cases.get(look.opened)
    assert (review.kind, review.status, review.requester, review.previous) == (
        CaseKind.REVIEW,
        CaseStatus.GATHERING,
        None,
        case.reference,
    )
    assert casebook.samples.reopened(review.reference, 1)
    assert casebook.samples.reopened(review.reference, 2)
    assert not casebook.samples.reopened(case.reference, 1)
    assert [message.case for message in casebook.outbox.claim()] == [review.reference]


def test_re_opening_a_refusal_takes_the_application_anew(casebook: Casebook) -> None:
    case = decided(casebook)
    look = casebook.samples.look(case.reference, "bo", "reopened", "another company of the same name")
    assert look.opened not in (None, case.reference)
    again = casebook.cases.get(str(look.opened))
    assert (again.kind, again.requester, again.application) == (CaseKind.ONBOARDING, "ana", case.application)
    assert casebook.samples.reopened(again.reference, 1)


def test_re_opening_beside_an_open_case_opens_its_next_round(casebook: Casebook) -> None:
    case = decided(casebook, ADMITTED)
    held = casebook.customers.get(case.company_key)
    assert held is not None
    review, _ = casebook.cases.open(held.application, kind=CaseKind.REVIEW, requester=None, channel="calendar")
    look = casebook.samples.look(case.reference, "bo", "reopened", "look again")
    assert (look.opened, look.opened_round) == (review.reference, 2)
    assert not casebook.samples.reopened(review.reference, 1)
    assert casebook.samples.reopened(review.reference, 2)
    [opening] = casebook.rounds.of(review.reference)
    assert (opening.kind, opening.reason, opening.opened_by) == ("look", "look again", "bo")


@pytest.mark.parametrize("table", ["sample_seeds", "samples", "looks"])
def test_draws_and_looks_are_never_changed(casebook: Casebook, run_sql: RunSql, table: str) -> None:
    case = decided(casebook)
    casebook.samples.look(case.reference, "bo", "agreed", "read it")
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET {'seed' if 'seed' in table else 'sha256'} = ''"):
        with pytest.raises(Exception, match="never changed or removed"):
            run_sql(statement)


def test_what_was_not_decided_by_the_machine_has_no_draw(casebook: Casebook) -> None:
    case = decided(casebook)
    assert casebook.samples.of(case.reference, 2) is None
    with pytest.raises(NotFound, match="no such case"):
        casebook.samples.look("GH-2026-999999", "bo", "agreed", "none")
