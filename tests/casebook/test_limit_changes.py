"""Changes of limits in the casebook: a raise has two signatures, each is ended once, nothing is changed afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from admission.cases import Case
from admission.customers.standing.limit_changes import Earned, LimitChange
from admission.errors import Conflict, NotAllowed, NotFound
from casebook import Casebook
from tests.admission.customers.standing import build as papers
from tests.casebook.proof.test_verification import found
from tests.casebook.test_erasures import PERSON, concluded, everything

RunSql = Callable[[str], list[sa.Row[Any]]]
TODAY = date(2026, 11, 2)
DAY = timedelta(days=1)
UNSIGNED = {"confirmed_by": None, "confirmed_on": None}


@pytest.fixture
def one(casebook: Casebook) -> Case:
    return concluded(casebook, "One Ltd", admitted=True, body=b"1")


def kept(book: Casebook, case: Case, amount: int, **changes: Any) -> LimitChange:
    values = {"company_key": case.company_key, "asked_by": "bo", "valid_from": TODAY, "valid_until": TODAY + 30 * DAY}
    made = papers.limit_change(amount, **{**values, **UNSIGNED, **changes})
    return book.limit_changes.add(made, case.reference)


def test_a_raise_counts_once_a_second_person_confirmed_it(casebook: Casebook, one: Case) -> None:
    book = casebook.limit_changes
    made = kept(casebook, one, 60_000)
    assert (made.id, made.state) == ("L1", "waits")
    assert book.of([one.company_key]) == {one.company_key: [made]}
    for who, said in (("bo", "another person's"), ("ana", "asked for this customer")):
        with pytest.raises(NotAllowed, match=said):
            book.confirm("L1", who, TODAY)
    confirmed = book.confirm("L1", "cy", TODAY + DAY)
    assert confirmed == made.model_copy(update={"confirmed_by": "cy", "confirmed_on": TODAY + DAY})
    assert book.get("L1") == confirmed
    assert [confirmed.counts_on(TODAY), confirmed.counts_on(TODAY + DAY)] == [False, True]
    with pytest.raises(Conflict, match="L1 is in force or ended already"):
        book.confirm("L1", "max", TODAY)
    assert found(casebook) == []


def test_a_cut_needs_no_second_person_and_who_asked_for_the_customer_does_not_lift_it(
    casebook: Casebook, one: Case
) -> None:
    book = casebook.limit_changes
    made = kept(casebook, one, 20_000, asked_by="ana")
    assert made.counts_on(TODAY)
    with pytest.raises(Conflict, match="in force or ended already"):
        book.confirm("L1", "cy", TODAY)
    with pytest.raises(NotAllowed, match="lift cuts of its limit"):
        book.end("L1", "ana", TODAY)
    ended = book.end("L1", "bo", TODAY + DAY)
    assert (ended, ended.state) == (book.get("L1"), "ended")
    assert [ended.counts_on(TODAY), ended.counts_on(TODAY + DAY)] == [True, False]
    with pytest.raises(Conflict, match="L1 is ended already"):
        book.end("L1", "bo", TODAY)
    assert found(casebook) == []


def test_a_raise_that_was_taken_back_is_not_confirmed(casebook: Casebook, one: Case) -> None:
    kept(casebook, one, 60_000)
    assert casebook.limit_changes.end("L1", "ana", TODAY).ended_by == "ana"
    with pytest.raises(Conflict, match="in force or ended already"):
        casebook.limit_changes.confirm("L1", "cy", TODAY)


def test_a_rule_of_the_policy_signs_as_nobody(casebook: Casebook, one: Case, run_sql: RunSql) -> None:
    made = kept(casebook, one, 0, asked_by="system")
    assert casebook.limit_changes.get(made.id) == made
    assert [row.asked_by for row in run_sql("SELECT asked_by FROM limit_changes")] == [None]
    assert found(casebook) == []


@pytest.mark.parametrize("name", ["L2", "L", "", "H1", "L1x"])
def test_a_change_that_is_not_there(casebook: Casebook, one: Case, name: str) -> None:
    kept(casebook, one, 20_000)
    book = casebook.limit_changes
    for act in (book.get, lambda name: book.confirm(name, "cy", TODAY), lambda name: book.end(name, "cy", TODAY)):
        with pytest.raises(NotFound, match="no such change of a limit"):
            act(name)


def test_nothing_of_it_can_be_read_without_its_key(casebook: Casebook, one: Case, url: str, blobs: Path) -> None:
    kept(casebook, one, 60_000, reason=f"asked by {PERSON}")
    assert PERSON.casefold() not in everything(casebook, url, blobs)
    named = {(found.where, found.field) for found in casebook.person_search.of(PERSON) if found.case == one.reference}
    assert ("limit_changes", "reason") in named
    events = [event for event in casebook.history.of(one.reference) if event.act.startswith("limit.")]
    assert [(event.act, event.actor, set(event.detail)) for event in events] == [
        ("limit.raise_proposed", "bo", {"change", "sha256"})
    ]


CHANGES = (
    "UPDATE limit_changes SET document = '{}'",
    "UPDATE limit_changes SET asked_by = 'max'",
    "UPDATE limit_changes SET confirmed_by = 'max'",
    "UPDATE limit_changes SET confirmed_on = NULL",
    "UPDATE limit_changes SET ended_by = 'max'",
    "UPDATE limit_changes SET ended_on = NULL",
    "DELETE FROM limit_changes",
)


@pytest.mark.parametrize("statement", CHANGES)
def test_the_database_refuses_changes(casebook: Casebook, one: Case, run_sql: RunSql, statement: str) -> None:
    kept(casebook, one, 60_000)
    casebook.limit_changes.confirm("L1", "cy", TODAY)
    casebook.limit_changes.end("L1", "cy", TODAY)
    with pytest.raises(sa.exc.DBAPIError, match=r"never (changed|removed)|signed and ended once"):
        run_sql(statement)
    assert found(casebook) == []


def test_the_database_refuses_one_person_for_both_signatures(casebook: Casebook, one: Case, run_sql: RunSql) -> None:
    kept(casebook, one, 60_000)
    with pytest.raises(sa.exc.DBAPIError, match="two_people"):
        run_sql("UPDATE limit_changes SET confirmed_by = 'bo', confirmed_on = '2026-11-02'")


def test_the_system_alone_raises_for_what_was_earned_and_lets_it_fall_back_once(casebook: Casebook, one: Case) -> None:
    book = casebook.limit_changes
    earned = Earned(level=1, invoices=6, late_days=10, first=TODAY - 30 * DAY, last=TODAY)
    made = kept(casebook, one, 60_000, asked_by="system", valid_until=None, earned=earned)
    assert (made.state, book.get(made.id)) == ("open", made)
    assert [made.counts_on(TODAY - DAY), made.counts_on(TODAY + 999 * DAY)] == [False, True]
    with pytest.raises(Conflict, match="in force or ended already"):
        book.confirm(made.id, "cy", TODAY)
    by_people = kept(casebook, one, 60_000)
    with pytest.raises(Conflict, match="was not earned"):
        book.fall_back(by_people.id, TODAY, "late")
    for _ in range(2):
        book.fall_back(made.id, TODAY + DAY, "late")
    ended = book.get(made.id)
    assert (ended.state, ended.ended_on, ended.ended_by) == ("ended", TODAY + DAY, None)
    told = [(event.actor, event.act) for event in casebook.history.of(one.reference) if "step" in event.act]
    assert [entry for entry in told if entry[1].startswith("limit.")] == [
        ("system", "limit.step_earned"),
        ("system", "limit.step_ended"),
    ]
    with pytest.raises(Conflict, match="ended already"):
        book.end(made.id, "cy", TODAY)
    assert found(casebook) == []
