"""Rounds: what opens the next one, what lapses by it, and who is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from admission.approval.questions import answers_in
from admission.approval.votes import Ballot, Choice
from admission.assessment.record import Override
from admission.cases import Case, CaseKind, CaseStatus
from admission.errors import BadInput, Conflict, NotAllowed, NotFound
from casebook import Casebook
from tests.casebook.build import CREDIT, START, HandClock, application, desk_stage, opened, signed_in, voting_on
from tests.casebook.test_voting import cast, inbox
from tests.casebook.test_watchlists import ruling, version

RunSql = Callable[[str], list[Any]]
TODAY = date(2026, 11, 2)
ASK = Ballot(choice=Choice.ASK, comment="what of the loan?")


def refusals(casebook: Casebook, case: Case, act: str) -> list[tuple[str, str]]:
    return [(event.actor, event.detail["reason"]) for event in casebook.history.of(case.reference) if event.act == act]


def override(case: Case, by: str = "bo", until: date = TODAY + timedelta(days=30)) -> Override:
    return Override(
        company_key=case.company_key,
        criterion="pays_late",
        reason="the dispute is settled",
        until=until,
        by=by,
        at=START,
        case=case.reference,
    )


def test_a_round_that_opens_lapses_votes_and_wakes_the_run(casebook: Casebook, clock: HandClock) -> None:
    case = opened(casebook)
    voting_on(casebook, case)
    cast(casebook, case.reference, "bo")

    opening = casebook.cases.open_round(case.reference, "a new judgment was found", "system", kind="evidence")

    now = casebook.cases.get(case.reference)
    assert (now.round, now.status, now.version) == (2, CaseStatus.GATHERING, case.version + 2)
    assert (opening.round, opening.lapsed, opening.opened_at) == (2, ("bo",), clock.now)
    assert casebook.rounds.of(case.reference) == [opening]
    event = casebook.history.of(case.reference)[-1]
    assert (event.act, event.detail["reason"], event.detail["lapsed"]) == ("round.opened", opening.reason, "bo")
    assert [message.kind for message in casebook.outbox.claim()] == ["wake"]
    assert casebook.voting.poll(case.reference, 2) is None
    assert [vote.round for vote in casebook.voting.votes_of_all_rounds(case.reference)] == [1]
    assert casebook.voting.votes(case.reference, 2) == []
    assert inbox(casebook, "cy") == []


def test_votes_of_earlier_rounds_do_not_count_in_the_next(casebook: Casebook) -> None:
    case = opened(casebook)
    voting_on(casebook, case)
    cast(casebook, case.reference, "bo")
    casebook.cases.open_round(case.reference, "new evidence", "system")
    voting_on(casebook, case, number=2, days=60)

    assert cast(casebook, case.reference, "cy").decided is None
    assert inbox(casebook, "bo") == [case.reference]
    assert cast(casebook, case.reference, "bo").decided is not None


def test_a_vote_on_the_assessment_of_an_earlier_round_is_refused_as_outdated(casebook: Casebook) -> None:
    case = opened(casebook)
    poll = voting_on(casebook, case)
    casebook.cases.open_round(case.reference, "new evidence", "system")
    person = casebook.people.get("bo")
    for _ in range(2):
        with pytest.raises(NotAllowed, match="no longer the current one"):
            casebook.voting.cast(
                case.reference,
                person,
                poll.assessment,
                Ballot(choice=Choice.APPROVE),
                channel="desk",
                credential=signed_in(casebook, person.username),
            )
        if casebook.voting.poll(case.reference, 2) is None:
            voting_on(casebook, case, number=2, days=60)
    assert len(refusals(casebook, case, "vote.refused")) == 2
    assert casebook.voting.votes_of_all_rounds(case.reference) == []


def test_a_code_of_an_earlier_round_is_refused_and_used_up(casebook: Casebook) -> None:
    case = opened(casebook)
    poll = voting_on(casebook, case)
    code = casebook.codes.issue(
        "bo", case.reference, poll.assessment, Ballot(choice=Choice.APPROVE), signed_in(casebook, "bo")
    )
    casebook.cases.open_round(case.reference, "new evidence", "system")

    with pytest.raises(NotAllowed, match="an earlier round"):
        casebook.codes.cast(code, case.reference)
    with pytest.raises(NotAllowed, match="not valid"):
        casebook.codes.cast(code, case.reference)
    with pytest.raises(NotAllowed, match="not valid"):
        casebook.codes.cast("no-such-code", case.reference)
    assert refusals(casebook, case, "code.refused") == [
        ("bo", "of an earlier round"),
        ("bo", "used before"),
        ("system", "unknown"),
    ]


def test_a_decided_case_has_no_next_round(casebook: Casebook) -> None:
    case = opened(casebook)
    voting_on(casebook, case, stage=desk_stage(CREDIT))
    cast(casebook, case.reference, "bo")
    with pytest.raises(Conflict, match="decided"):
        casebook.cases.open_round(case.reference, "new evidence", "system")
    assert casebook.cases.get(case.reference).round == 1
    assert refusals(casebook, case, "round.refused") == [("system", "This case is decided already.")]


def test_the_machine_does_not_decide_on_an_earlier_round(casebook: Casebook) -> None:
    case = opened(casebook)
    voting_on(casebook, case, stage=desk_stage(CREDIT))
    cast(casebook, case.reference, "bo")
    decision = casebook.cases.get(case.reference).decision
    assert decision is not None
    other = opened(casebook, "Southern Example Works Ltd")
    casebook.cases.open_round(other.reference, "new evidence", "system")
    with pytest.raises(Conflict, match="round 2"):
        casebook.cases.decide(other.reference, decision, actor="system", round_number=1)
    assert casebook.cases.get(other.reference).decision is None


def test_whose_vote_lapsed_is_told_until_they_vote_again(casebook: Casebook) -> None:
    case = opened(casebook)
    voting_on(casebook, case)
    cast(casebook, case.reference, "bo")
    casebook.cases.open_round(case.reference, "first change", "system")
    casebook.cases.open_round(case.reference, "second change", "system")
    assert [opening.reason for opening in casebook.rounds.lapsed_for("bo")] == ["first change"]
    assert casebook.rounds.lapsed_for("cy") == []
    voting_on(casebook, case, number=3, days=60)
    cast(casebook, case.reference, "bo")
    assert casebook.rounds.lapsed_for("bo") == []


def test_an_answer_leaves_the_round_and_its_votes(casebook: Casebook) -> None:
    case = opened(casebook)
    voting_on(casebook, case)
    with pytest.raises(NotAllowed, match="No question"):
        casebook.rounds.answer(case.reference, "ana", "it was repaid")
    cast(casebook, case.reference, "cy")
    cast(casebook, case.reference, "bo", ASK)
    with pytest.raises(NotAllowed, match="Only the person who asked"):
        casebook.rounds.answer(case.reference, "cy", "it was repaid")
    for text in ("  ", "x" * 4001):
        with pytest.raises(BadInput):
            casebook.rounds.answer(case.reference, "ana", text)
    before = casebook.cases.get(case.reference)

    given = casebook.rounds.answer(case.reference, "ana", "it was repaid", [{"about": "answer", "to": "mail"}])

    assert (given.round, given.text, given.by, given.asked) == (1, "it was repaid", "ana", ("bo",))
    assert casebook.cases.get(case.reference) == before
    assert casebook.rounds.of(case.reference) == []
    assert answers_in(casebook.history.of(case.reference)) == (given,)
    assert [message.kind for message in casebook.outbox.waiting()] == ["notice"]
    assert casebook.rounds.answered_for("bo") == [(case.reference, given)]
    assert casebook.rounds.answered_for("cy") == [(case.reference, given)]
    assert casebook.rounds.answered_for("bea") == []
    with pytest.raises(NotAllowed, match="No question"):
        casebook.rounds.answer(case.reference, "ana", "and once more")
    assert [actor for actor, _ in refusals(casebook, case, "answer.refused")] == ["ana", "cy", "ana"]
    assert inbox(casebook, "bo") == [case.reference]
    assert cast(casebook, case.reference, "bo").decided is not None
    assert casebook.rounds.answered_for("bo") == []
    with pytest.raises(Conflict, match="decided already"):
        casebook.rounds.answer(case.reference, "ana", "it was repaid")


def test_who_asks_again_after_an_answer_is_answered_again(casebook: Casebook) -> None:
    case = opened(casebook)
    voting_on(casebook, case)
    for question, answer in (("what of the loan?", "it was repaid"), ("and the charge?", "it was released")):
        cast(casebook, case.reference, "bo", Ballot(choice=Choice.ASK, comment=question))
        assert casebook.rounds.answered_for("bo") == []
        casebook.rounds.answer(case.reference, "ana", answer)
        assert [given.text for _, given in casebook.rounds.answered_for("bo")] == [answer]


def test_a_question_of_an_earlier_round_waits_for_no_answer(casebook: Casebook) -> None:
    case = opened(casebook)
    voting_on(casebook, case)
    cast(casebook, case.reference, "bo", ASK)
    casebook.cases.open_round(case.reference, "new evidence", "system")
    voting_on(casebook, case, number=2, days=60)
    with pytest.raises(NotAllowed, match="No question"):
        casebook.rounds.answer(case.reference, "ana", "it was repaid")


def test_an_edited_application_takes_the_place_of_the_one_before(casebook: Casebook) -> None:
    case = opened(casebook)
    edited = application(limit="3000")
    with pytest.raises(NotAllowed, match="another company's"):
        casebook.rounds.edit(case.reference, "ana", application("Southern Example Works Ltd"), "lower")
    with pytest.raises(Conflict, match="has already"):
        casebook.rounds.edit(case.reference, "ana", application(), "nothing")
    with pytest.raises(NotAllowed, match="Only the person who asked"):
        casebook.rounds.edit(case.reference, "bo", edited, "lower")

    casebook.rounds.edit(case.reference, "ana", edited, "lower")

    now = casebook.cases.get(case.reference)
    assert (now.round, now.application) == (2, edited)
    assert len(refusals(casebook, case, "edit.refused")) == 3
    # Who hands in what was handed in first, or what it became, means this case.
    for again in (application(), edited):
        found, created = casebook.cases.open(again, kind=CaseKind.ONBOARDING, requester="ana", channel="desk")
        assert (found.reference, created) == (case.reference, False)


def test_a_run_that_starts_from_its_top_finds_the_edited_case(casebook: Casebook) -> None:
    def open_again() -> Case:
        return casebook.cases.open(
            application(), kind=CaseKind.ONBOARDING, requester=None, channel="prefect", idempotency_key="run-1"
        )[0]

    case = open_again()
    casebook.cases.take(case.reference, "ana")
    casebook.rounds.edit(case.reference, "ana", application(limit="3000"), "lower")
    casebook.rounds.edit(case.reference, "ana", application(limit="2000"), "lower still")
    assert open_again().round == 3


def test_an_override_counts_once_a_second_person_confirms_it(casebook: Casebook) -> None:
    case = opened(casebook)
    casebook.overrides.propose(override(case))
    (waiting,) = casebook.overrides.of(case.company_key)
    assert waiting.confirmed_by is None
    assert casebook.cases.get(case.reference).round == 1
    for person, said in (("bo", "another person's"), ("ana", "so you cannot confirm an override")):
        with pytest.raises(NotAllowed, match=said):
            casebook.overrides.confirm(case.reference, "pays_late", person, TODAY)

    opening = casebook.overrides.confirm(case.reference, "pays_late", "cy", TODAY)

    (signed,) = casebook.overrides.of(case.company_key)
    assert (signed.confirmed_by, signed.confirmed_at) == ("cy", START)
    assert (opening.kind, opening.round) == ("override", 2)
    assert len(refusals(casebook, case, "override.refused")) == 2
    with pytest.raises(NotFound, match="waits for a second signature"):
        casebook.overrides.confirm(case.reference, "pays_late", "cy", TODAY)


def test_an_override_that_is_over_is_not_confirmed(casebook: Casebook) -> None:
    case = opened(casebook)
    casebook.overrides.propose(override(case, until=TODAY))
    with pytest.raises(NotFound):
        casebook.overrides.confirm(case.reference, "pays_late", "cy", TODAY + timedelta(days=1))


def test_the_requester_proposes_no_override(casebook: Casebook) -> None:
    case = opened(casebook)
    with pytest.raises(NotAllowed, match="You asked for this customer, so you cannot propose an override"):
        casebook.overrides.propose(override(case, by="ana"))
    assert casebook.overrides.of(case.company_key) == []


def test_a_person_who_was_deactivated_changes_no_case_and_is_told_so(casebook: Casebook) -> None:
    case = opened(casebook)
    casebook.overrides.propose(override(case))
    for username in ("ana", "bea"):
        casebook.people.set_active(username, False)
    attempts: tuple[Callable[[], object], ...] = (
        lambda: casebook.rounds.answer(case.reference, "ana", "the founder"),
        lambda: casebook.rounds.edit(case.reference, "ana", application(limit="1"), "less"),
        lambda: casebook.overrides.propose(override(case, by="bea")),
        lambda: casebook.overrides.confirm(case.reference, "pays_late", "bea", TODAY),
    )
    for attempt in attempts:
        with pytest.raises(NotAllowed, match="has been deactivated"):
            attempt()


def test_the_database_refuses_one_person_with_two_signatures(casebook: Casebook, run_sql: RunSql) -> None:
    case = opened(casebook)
    casebook.overrides.propose(override(case))
    with pytest.raises(Exception, match="two_people"):
        run_sql("UPDATE overrides SET confirmed_by = proposed_by")


def test_the_database_refuses_a_vote_on_an_own_request(casebook: Casebook, run_sql: RunSql) -> None:
    case = opened(casebook)
    poll = voting_on(casebook, case)
    columns = "case_ref, round, assessment, voter, choice, document, sha256, cast_at"
    values = f"'{case.reference}', 1, '{poll.assessment}', 'ana', 'approve', '', '', '2026-11-02 00:00:00+00'"
    with pytest.raises(Exception, match="nobody votes on a request of their own"):
        run_sql(f"INSERT INTO votes ({columns}) VALUES ({values})")
    with pytest.raises(NotAllowed, match="You asked for this customer"):
        cast(casebook, case.reference, "ana")
    assert refusals(casebook, case, "vote.refused") == [
        ("ana", "You asked for this customer, so you cannot vote on it.")
    ]


def test_a_double_vote_and_one_after_the_decision_are_refused_and_noted(casebook: Casebook) -> None:
    case = opened(casebook)
    voting_on(casebook, case)
    cast(casebook, case.reference, "bo")
    with pytest.raises(NotAllowed, match="voted on this assessment already"):
        cast(casebook, case.reference, "bo")
    cast(casebook, case.reference, "cy")
    with pytest.raises(NotAllowed, match="decided"):
        cast(casebook, case.reference, "cy")
    assert [actor for actor, _ in refusals(casebook, case, "vote.refused")] == ["bo", "cy"]


def test_rounds_rulings_and_overrides_are_bound_into_the_audit_chain(casebook: Casebook, run_sql: RunSql) -> None:
    def flaws() -> list[str]:
        return [flaw.where.en for flaw in casebook.audit.verify(casebook.keys.all(), (), lambda _: None).flaws]

    case = opened(casebook)
    kept = version().model_copy(update={"files": {"SDN.CSV": casebook.evidence.keep(b"a list")}})
    casebook.watchlists.add(kept, "bo")
    casebook.watchlists.rule(ruling(case.reference, case.company_key))
    casebook.overrides.propose(override(case))
    casebook.overrides.confirm(case.reference, "pays_late", "cy", TODAY)
    casebook.rounds.edit(case.reference, "ana", application(limit="3000"), "lower")
    assert flaws() == []

    run_sql("UPDATE overrides SET confirmed_by = 'max'")

    assert flaws() == ["overrides 1"]
