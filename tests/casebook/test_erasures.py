"""What was erased can be read nowhere any more, and everything else still proves itself."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from admission.approval.votes import Ballot, Choice
from admission.cases import Case, CaseKind, Condition
from admission.errors import Conflict, Erased, NotFound
from admission.evidence.watchlists import ListVersion, Ruling
from casebook import Casebook
from casebook.database.erasure_tables import KINDS
from tests.casebook.build import (
    START,
    HandClock,
    application,
    customer,
    evidence,
    facts,
    opened,
    signed_in,
    validation,
    voting_on,
)
from tests.casebook.earlier import write_unsealed
from tests.casebook.proof.test_verification import found, verified

RunSql = Callable[[str], list[sa.Row[Any]]]
NAME, PERSON = "Northern Example Works Ltd", "Wilhelmina Invented-Person"
BODY = f'{{"company": "{NAME}", "officer": "{PERSON}"}}'.encode()
RULE = "retention.personal_days 3650 of policy default 2026.1"
DAY = timedelta(days=1)


def concluded(book: Casebook, name: str = NAME, *, admitted: bool = False, body: bytes = BODY) -> Case:
    """A case with everything that a case can have, decided and concluded."""
    case = opened(book, name)
    sha256 = book.evidence.keep(body)
    book.evidence.add(case.reference, 1, evidence().model_copy(update={"sha256": sha256, "brought_by": "bea"}))
    book.work.save_facts(case.reference, 1, facts(PERSON))
    book.work.save_validation(case.reference, 1, validation(PERSON))
    ruling = Ruling(
        case=case.reference,
        company_key=case.company_key,
        list_name="OFAC SDN",
        entry="123",
        ruling="unclear",
        reason=f"is it {PERSON}?",
        by="bo",
        at=START,
        contents=("aa" * 32,),
    )
    book.watchlists.rule(ruling)
    number = book.cases.get(case.reference).round
    poll = voting_on(book, case, number=number)
    for voter in ("bo", "cy"):
        ballot = Ballot(choice=Choice.APPROVE, comment=f"I know {PERSON}", conditions=(f"{PERSON} stands in",))
        person, credential = book.people.get(voter), signed_in(book, voter)
        book.voting.cast(case.reference, person, poll.assessment, ballot, channel="desk", credential=credential)
    condition = Condition(id="c1", text=f"{PERSON} stands in", proposed_by="bo")
    book.cases.conclude(
        case.reference,
        customer=customer(case) if admitted else None,
        conditions=[condition],
        notices=[{"text": f"{name} was decided"}],
    )
    return book.cases.get(case.reference)


def everything(book: Casebook, url: str, blobs: Path) -> str:
    """All that is stored, as one text: every column of every row, and the bytes of all files."""
    engine = sa.create_engine(url.replace("postgresql://", "postgresql+pg8000://"), poolclass=sa.NullPool)
    told = []
    with engine.connect() as connection:
        for name in sa.inspect(connection).get_table_names():
            told += [repr(tuple(row)) for row in connection.execute(sa.text(f"SELECT * FROM {name}"))]
    engine.dispose()
    told += [path.read_bytes().decode("latin-1") for path in blobs.rglob("*") if path.is_file()]
    if url.startswith("sqlite"):
        book.close()
        with sqlite3.connect(url.removeprefix("sqlite:///")) as file:
            file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        file.close()
    return "\n".join(told).casefold()


def test_a_case_under_its_own_key_names_nobody_in_the_database(casebook: Casebook, url: str, blobs: Path) -> None:
    concluded(casebook)
    assert PERSON.casefold() not in everything(casebook, url, blobs)


def test_erased_documents_can_be_read_nowhere(casebook: Casebook, url: str, blobs: Path) -> None:
    case = concluded(casebook)
    casebook.erasures.erase_answers([case.reference], RULE)
    assert casebook.erasures.erase_personal(case.reference, RULE)
    assert not casebook.erasures.erase_personal(case.reference, RULE)
    left = everything(casebook, url, blobs)
    for secret in (NAME, PERSON, "1250000.50", "name:gb:"):
        assert secret.casefold() not in left
    if url.startswith("sqlite"):
        file = Path(url.removeprefix("sqlite:///")).read_bytes().decode("latin-1").casefold()
        assert NAME.casefold() not in file


def test_what_was_erased_is_no_flaw_and_is_told(casebook: Casebook) -> None:
    case = concluded(casebook)
    casebook.erasures.erase_answers([case.reference], RULE, "bo")
    casebook.erasures.erase_personal(case.reference, RULE, "bo")
    proof = verified(casebook)
    assert [flaw.line() for flaw in proof.flaws] == []
    assert [(item.kind, item.rule, item.cases) for item in proof.erased] == [
        ("answers", RULE, 1),
        ("personal", RULE, 1),
    ]
    told = [event for event in casebook.history.of(case.reference) if event.act == "case.erased"]
    assert [(event.actor, event.detail) for event in told] == [
        ("bo", {"kind": "answers", "rule": RULE, "answers": "1"}),
        ("bo", {"kind": "personal", "rule": RULE}),
    ]


def test_the_decision_stays_and_lists_go_on(casebook: Casebook) -> None:
    case = concluded(casebook)
    other = concluded(casebook, "Southern Example Works Ltd", body=b"another")
    casebook.erasures.erase_personal(case.reference, RULE)
    left = casebook.cases.get(case.reference)
    assert left.decision == case.decision
    assert (left.application.legal_name, left.application.country) == ("(erased)", "GB")
    assert left.application.requested.limit == case.application.requested.limit
    assert left.company_key == f"erased:{case.reference}"
    assert {item.reference for item in casebook.cases.list()} == {case.reference, other.reference}
    assert casebook.cases.list(text="northern") == []
    assert [item.reference for item in casebook.cases.list(text=case.reference)] == [case.reference]
    assert casebook.watchlists.rulings(case.company_key) == []
    assert [item.reference for item in casebook.experience.snapshots()] == [case.reference, other.reference]
    with pytest.raises(Erased, match="were erased"):
        casebook.voting.votes_of_all_rounds(case.reference)
    with pytest.raises(Erased):
        casebook.evidence.of_all_rounds(case.reference)
    assert casebook.voting.votes_of_all_rounds(other.reference)
    (opening,) = (event for event in casebook.history.of(case.reference) if event.act == "round.opened")
    assert opening.detail["reason"] == "erased"


def test_an_erased_company_is_a_new_one(casebook: Casebook) -> None:
    case = concluded(casebook)
    casebook.erasures.erase_personal(case.reference, RULE)
    again, new = casebook.cases.open(application(), kind=CaseKind.ONBOARDING, requester="ana", channel="desk")
    assert (new, again.reference == case.reference, again.previous) == (True, False, None)
    assert again.application.legal_name == NAME


def test_nothing_is_added_to_an_erased_case(casebook: Casebook) -> None:
    case = concluded(casebook)
    casebook.erasures.erase_personal(case.reference, RULE)
    with pytest.raises(Conflict, match="was erased"):
        casebook.evidence.add(case.reference, 1, evidence("e2"))


def test_raw_answers_go_unless_another_case_or_a_list_names_them(casebook: Casebook, blobs: Path) -> None:
    shared, public = b"an answer for two", b"a public list"
    first, second = concluded(casebook, body=shared), concluded(casebook, "Southern Ltd", body=shared)
    own = casebook.evidence.keep(b"of the first alone")
    listed = casebook.evidence.keep(public, public=True)
    casebook.watchlists.add(
        ListVersion(list_name="a list", version="1", files={"a": listed}, listed_on=START.date(), entries=1), "bo"
    )
    casebook.evidence.add(first.reference, 1, evidence("e2").model_copy(update={"sha256": own}))
    casebook.evidence.add(first.reference, 1, evidence("e3").model_copy(update={"sha256": listed}))
    both = casebook.evidence.of(second.reference, 1)[0].sha256
    assert casebook.erasures.erase_answers([first.reference], RULE) == 1
    with pytest.raises(NotFound):
        casebook.evidence.body(own)
    assert casebook.evidence.body(str(both)) == shared
    assert casebook.evidence.body(listed) == public
    assert found(casebook) == []
    assert casebook.erasures.erase_answers([second.reference], RULE) == 1
    assert [path.name for path in blobs.rglob("*") if path.is_file()] == [listed]
    assert found(casebook) == []


def test_an_answer_that_comes_again_after_it_was_erased_is_kept_anew(casebook: Casebook) -> None:
    case = concluded(casebook)
    casebook.erasures.erase_answers([case.reference], RULE)
    assert casebook.evidence.body(casebook.evidence.keep(BODY)) == BODY


def test_what_was_written_before_documents_were_sealed_is_erased_as_well(
    casebook: Casebook, url: str, blobs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        write_unsealed(before)
        case = concluded(casebook)
    assert PERSON.casefold() in everything(casebook, url, blobs)
    assert casebook.voting.votes_of_all_rounds(case.reference)[0].ballot.comment == f"I know {PERSON}"
    casebook.erasures.erase_answers([case.reference], RULE)
    casebook.erasures.erase_personal(case.reference, RULE)
    history = [row for row in everything(casebook, url, blobs).splitlines() if "round.opened" not in row]
    assert PERSON.casefold() not in "\n".join(history)
    assert found(casebook) == []


@pytest.mark.parametrize("erase", ["answers", "personal"])
def test_open_cases_and_those_of_customers_stay(casebook: Casebook, erase: str) -> None:
    def try_on(reference: str) -> None:
        if erase == "answers":
            casebook.erasures.erase_answers([reference], RULE)
        else:
            casebook.erasures.erase_personal(reference, RULE)

    still_open = opened(casebook, "Open Ltd")
    with pytest.raises(Conflict, match="not concluded"):
        try_on(still_open.reference)
    admitted = concluded(casebook, admitted=True)
    with pytest.raises(Conflict, match="limit of a customer rests on this case"):
        try_on(admitted.reference)
    with pytest.raises(NotFound):
        try_on("GH-2026-999999")
    assert casebook.erasures.all() == []


def test_a_company_with_a_later_case_keeps_its_documents(casebook: Casebook) -> None:
    first = concluded(casebook)
    casebook.cases.open(application(limit="9000"), kind=CaseKind.ONBOARDING, requester="ana", channel="desk")
    with pytest.raises(Conflict, match="open case"):
        casebook.erasures.erase_personal(first.reference, RULE)
    assert casebook.erasures.erase_answers([first.reference], RULE) == 1


def test_a_customer_who_left_is_erased_with_the_record_of_the_customer(casebook: Casebook, run_sql: RunSql) -> None:
    case = concluded(casebook, admitted=True)
    run_sql("UPDATE customers SET active = (1 = 0)")
    casebook.erasures.erase_personal(case.reference, RULE)
    assert run_sql("SELECT * FROM customers") == []
    # The row was changed from outside for this test, and is not there any more.
    assert found(casebook) == []


def test_what_is_due_follows_from_the_last_conclusion(casebook: Casebook, clock: HandClock) -> None:
    old, customers = concluded(casebook), concluded(casebook, "Customer Ltd", admitted=True, body=b"1")
    clock.forward(100 * DAY)
    young = concluded(casebook, "Young Ltd", body=b"2")
    opened(casebook, "Open Ltd")
    erasures = casebook.erasures
    for kind in KINDS:
        assert erasures.due(kind, START) == []
        assert erasures.due(kind, START + DAY) == [old.reference]
        assert erasures.due(kind, clock.now + DAY) == [old.reference, young.reference]
    assert customers.reference not in erasures.due("answers", clock.now + DAY)
    later = casebook.cases.open(application(limit="9000"), kind=CaseKind.ONBOARDING, requester="ana", channel="desk")[0]
    assert erasures.due("answers", START + DAY) == [old.reference]
    assert erasures.due("personal", START + DAY) == []
    assert later.company_key == old.company_key
    erasures.erase_answers([old.reference], RULE)
    assert erasures.due("answers", START + DAY) == []


def test_a_key_that_is_lost_is_a_flaw(casebook: Casebook, run_sql: RunSql) -> None:
    case = concluded(casebook)
    run_sql("DELETE FROM case_keys")
    assert found(casebook) == [("key.missing", f"case {case.reference}")]


def test_a_key_of_an_answer_that_is_lost_is_a_flaw_of_its_own(casebook: Casebook, run_sql: RunSql) -> None:
    concluded(casebook)
    run_sql("DELETE FROM answer_keys")
    ((kind, where),) = found(casebook)
    assert kind == "key.missing"
    assert where.startswith(f"answer {hashlib.sha256(BODY).hexdigest()} of evidence ")


def test_a_condition_that_reads_erased_is_no_flaw(casebook: Casebook) -> None:
    case = opened(casebook)
    poll = voting_on(casebook, case)
    for voter in ("bo", "cy"):
        person, credential = casebook.people.get(voter), signed_in(casebook, voter)
        ballot = Ballot(choice=Choice.APPROVE)
        casebook.voting.cast(case.reference, person, poll.assessment, ballot, channel="desk", credential=credential)
    condition = Condition(id="c1", text="erased", proposed_by="bo")
    casebook.cases.conclude(case.reference, customer=None, conditions=[condition], notices=[])
    assert found(casebook) == []


def test_a_key_that_came_back_is_a_flaw(casebook: Casebook, run_sql: RunSql) -> None:
    case = concluded(casebook)
    (row,) = run_sql("SELECT case_ref, key FROM case_keys")
    casebook.erasures.erase_personal(case.reference, RULE)
    run_sql(f"INSERT INTO case_keys VALUES ('{row.case_ref}', '{row.key}')")
    assert found(casebook) == [("erasure.undone", f"case {case.reference}")]


@pytest.mark.parametrize("key", [f"{'A' * 43}=", "AAAA", "no key at all"])
def test_another_key_is_a_flaw(casebook: Casebook, run_sql: RunSql, key: str) -> None:
    concluded(casebook)
    run_sql(f"UPDATE case_keys SET key = '{key}'")
    assert {kind for kind, _ in found(casebook)} >= {"seal.broken"}


def test_an_erasure_is_for_good(casebook: Casebook, run_sql: RunSql) -> None:
    casebook.erasures.erase_personal(concluded(casebook).reference, RULE)
    for statement in ("UPDATE erasures SET rule = rule", "DELETE FROM erasures"):
        with pytest.raises(Exception, match="never changed or removed"):
            run_sql(statement)


@pytest.mark.parametrize("table", ["votes", "assessments", "rulings"])
def test_the_database_lets_nothing_be_done_but_sealing(casebook: Casebook, run_sql: RunSql, table: str) -> None:
    concluded(casebook)
    for change in ("document = 'sealed:1:other'", "sha256 = 'other'", "case_ref = case_ref", "document = 'plain'"):
        with pytest.raises(Exception, match="never changed or removed"):
            run_sql(f"UPDATE {table} SET {change}")


def test_what_was_erased_since_a_copy_is_erased_again(casebook: Casebook) -> None:
    first, second = concluded(casebook), concluded(casebook, "Southern Ltd", body=b"1")
    casebook.erasures.erase_answers([first.reference], RULE, "bo")
    known = casebook.erasures.all()
    answers, personal = (known[0]._replace(case=second.reference, kind=kind) for kind in KINDS)
    unknown = known[0]._replace(case="GH-2026-999999")
    left = application("(erased)")
    told = [(known[0], None), (answers, None), (personal, left), (unknown, None)]
    assert casebook.erasures.repeat(told) == 2
    assert casebook.cases.get(second.reference).application == left
    assert [(item.case, item.kind, item.by) for item in casebook.erasures.of(second.reference)] == [
        (second.reference, "answers", "bo"),
        (second.reference, "personal", "bo"),
    ]


def test_old_messages_are_removed_once_they_were_delivered(casebook: Casebook, clock: HandClock) -> None:
    concluded(casebook)
    for message in casebook.outbox.claim():
        if message.kind == "notice":
            casebook.outbox.delivered(message.id)
    waiting = casebook.outbox.pending()
    assert casebook.erasures.drop_messages(clock.now) == 0
    assert casebook.erasures.drop_messages(clock.now + DAY) == 1
    assert casebook.outbox.pending() == waiting
    assert found(casebook) == []
