"""What is on file for customers: each paper once, each signature by somebody else, nothing changed afterwards."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from admission.cases import Case, Clause, Condition
from admission.customers.standing.holds import Hold
from admission.customers.standing.insurance import Cover, InsurancePolicy
from admission.customers.standing.securities import Allotment, Security
from admission.errors import Conflict, NotAllowed, NotFound
from admission.policy.customer_rules import SecurityKind
from casebook import Casebook, case_conditions
from casebook.customer_files import Settling
from tests.admission.customers.standing import build as papers
from tests.casebook.build import HandClock
from tests.casebook.proof.test_verification import found
from tests.casebook.test_erasures import PERSON, RULE, concluded, everything

RunSql = Callable[[str], list[sa.Row[Any]]]
TODAY = date(2026, 11, 2)
DAY = timedelta(days=1)
SEEN = Settling("met", f"contract with {PERSON}")


@pytest.fixture
def one(casebook: Casebook) -> Case:
    return concluded(casebook, "One Ltd", admitted=True, body=b"1")


@pytest.fixture
def two(casebook: Casebook) -> Case:
    return concluded(casebook, "Two Ltd", admitted=True, body=b"2")


def security(*cases: Case, kind: SecurityKind = SecurityKind.BANK_GUARANTEE, **changes: Any) -> Security:
    parts = tuple(Allotment(company_key=case.company_key, amount=Decimal(1000)) for case in cases)
    return papers.security(5000, kind, **{"allotted": parts, "confirmed_by": None, "giver": PERSON, **changes})


def kept(book: Casebook, *cases: Case, **changes: Any) -> Security:
    return book.securities.add(security(*cases, **changes), [case.reference for case in cases])


def test_a_security_counts_once_a_second_person_saw_it(casebook: Casebook, one: Case) -> None:
    made = kept(casebook, one)
    assert made.id == "S1"
    assert casebook.securities.of([one.company_key]) == [made]
    assert not made.counts_on(papers.TODAY)
    with pytest.raises(NotAllowed, match="another person's"):
        casebook.securities.confirm("S1", "bo")
    with pytest.raises(NotAllowed, match="asked for this customer"):
        casebook.securities.confirm("S1", "ana")
    confirmed = casebook.securities.confirm("S1", "cy")
    assert confirmed == made.model_copy(update={"confirmed_by": "cy"})
    assert confirmed.counts_on(papers.TODAY)
    with pytest.raises(Conflict, match="S1 is confirmed or revoked"):
        casebook.securities.confirm("S1", "max")
    assert found(casebook) == []


def test_a_revoked_security_stays_on_file_and_is_revoked_once(casebook: Casebook, one: Case) -> None:
    kept(casebook, one)
    revoked = casebook.securities.revoke("S1", "cy", TODAY, f"given back to {PERSON}")
    assert (revoked.revoked_on, revoked.revoked_because) == (TODAY, f"given back to {PERSON}")
    assert casebook.securities.of([one.company_key]) == [revoked]
    with pytest.raises(Conflict, match="revoked already"):
        casebook.securities.revoke("S1", "cy", TODAY, "")
    with pytest.raises(Conflict, match="confirmed or revoked"):
        casebook.securities.confirm("S1", "cy")
    assert found(casebook) == []


@pytest.mark.parametrize("name", ["S2", "S", "", "X1", "S1x", "S-1", "S１", "S" + "9" * 30])
def test_a_security_that_is_not_there(casebook: Casebook, one: Case, name: str) -> None:
    kept(casebook, one)
    with pytest.raises(NotFound, match="no such security"):
        casebook.securities.get(name)
    with pytest.raises(NotFound, match="no such security"):
        casebook.securities.confirm(name, "cy")


def test_one_paper_counts_once_over_all_customers(casebook: Casebook, one: Case, two: Case) -> None:
    made = kept(casebook, one)
    with pytest.raises(Conflict, match="a security counts once") as refused:
        kept(casebook, two, giver=PERSON.upper(), document=" g  1")
    assert refused.value.context == {"security": made.id}
    assert kept(casebook, two, document="G 2").id == "S2"
    casebook.securities.revoke("S1", "cy", TODAY, "moved")
    both = kept(casebook, one, two)
    assert both.id == "S3"
    assert [item.id for item in casebook.securities.of([one.company_key])] == ["S1", "S3"]
    assert [item.id for item in casebook.securities.of([two.company_key])] == ["S2", "S3"]
    assert found(casebook) == []


def test_the_guarantors_behind_a_guarantor_are_read_too(casebook: Casebook, one: Case, two: Case) -> None:
    guarantee = SecurityKind.PARENT_GUARANTEE
    first = kept(casebook, one, kind=guarantee, giver_key=two.company_key, document="a")
    back = kept(casebook, two, kind=guarantee, giver_key=one.company_key, document="b")
    other = concluded(casebook, "Three Ltd", admitted=True, body=b"3")
    kept(casebook, other, kind=guarantee, document="c")
    assert casebook.securities.of([one.company_key]) == [first, back]


def test_of_an_insurance_policy_the_newest_text_counts(casebook: Casebook) -> None:
    files = casebook.customer_files
    first = InsurancePolicy.model_validate(papers.contract().model_dump())
    later = first.model_copy(update={"insured_share": Decimal("0.8")})
    files.put_insurance(papers.contract(number="P 0"), "bo")
    files.put_insurance(first, "bo")
    files.put_insurance(later, "cy")
    assert [policy.number for policy in files.insurance()] == ["P 0", "P 1"]
    assert files.insurance()[1] == later
    assert found(casebook) == []


def test_what_insurers_said_is_kept_in_order(casebook: Casebook, one: Case, two: Case) -> None:
    files = casebook.customer_files

    def word(case: Case, state: str, amount: int | None) -> Cover:
        return papers.cover(state, amount, company_key=case.company_key, note=PERSON)

    with pytest.raises(NotFound, match="no such insurance policy"):
        files.add_cover(word(one, "granted", 5), one.reference)
    files.put_insurance(papers.contract(), "bo")
    with pytest.raises(NotAllowed, match="asked for this customer"):
        files.add_cover(word(one, "granted", 5).model_copy(update={"recorded_by": "ana"}), one.reference)
    said = [
        files.add_cover(word(one, "granted", 5), one.reference),
        files.add_cover(word(one, "withdrawn", None), one.reference),
    ]
    files.add_cover(word(two, "refused", None), two.reference)
    assert files.of([one.company_key]).covers[one.company_key] == said
    assert [word.id for word in said] == ["K1", "K2"]
    assert found(casebook) == []


def test_a_hold_is_released_once_and_not_by_who_asked_for_the_customer(casebook: Casebook, one: Case) -> None:
    files = casebook.customer_files
    made = files.place_hold(papers.hold(company_key=one.company_key, reason=PERSON, placed_on=TODAY), one.reference)
    assert files.of([one.company_key]).holds[one.company_key] == [made]
    with pytest.raises(NotAllowed, match="asked for this customer"):
        files.release_hold("H1", "ana", TODAY, of=one.company_key)
    released = files.release_hold("H1", "bo", TODAY + DAY, of=one.company_key)
    assert (released.released_by, released.released_on) == ("bo", TODAY + DAY)
    assert [item.holds_on(TODAY) for item in (made, released)] == [True, True]
    assert not released.holds_on(TODAY + DAY)
    with pytest.raises(Conflict, match="H1 is released already"):
        files.release_hold("H1", "bo", TODAY, of=one.company_key)
    with pytest.raises(NotFound, match="no such hold"):
        files.release_hold("H2", "bo", TODAY, of=one.company_key)
    other = files.place_hold(papers.hold(company_key=one.company_key, placed_on=TODAY), one.reference)
    with pytest.raises(NotFound, match="no such hold"):
        files.release_hold(other.id, "bo", TODAY, of="uk_company_number:00000099")
    assert found(casebook) == []


def test_a_condition_is_settled_by_somebody_else_once(casebook: Casebook, one: Case) -> None:
    files = casebook.customer_files
    (before,) = casebook.cases.conditions(one.reference)
    for who, said in (("bo", "another person's"), ("ana", "asked for this customer")):
        with pytest.raises(NotAllowed, match=said):
            files.settle(one.reference, before.id, SEEN, who, TODAY)
    with pytest.raises(NotFound, match="no such condition"):
        files.settle(one.reference, "c2", SEEN, "cy", TODAY)
    met = files.settle(one.reference, before.id, SEEN, "cy", TODAY)
    assert casebook.cases.conditions(one.reference) == [met]
    assert met == before.model_copy(
        update={"state": "met", "proof": SEEN.proof, "settled_by": "cy", "settled_on": TODAY}
    )
    with pytest.raises(Conflict, match="settled already"):
        files.settle(one.reference, before.id, Settling("waived", "no"), "cy", TODAY)
    assert found(casebook) == []


def test_a_condition_whose_proof_ran_out_is_settled_anew(casebook: Casebook, one: Case) -> None:
    files = casebook.customer_files
    (condition,) = casebook.cases.conditions(one.reference)
    files.settle(one.reference, condition.id, SEEN._replace(valid_until=TODAY), "cy", TODAY)
    with pytest.raises(Conflict):
        files.settle(one.reference, condition.id, SEEN, "cy", TODAY)
    assert files.settle(one.reference, condition.id, SEEN, "cy", TODAY + DAY).state_on(TODAY + DAY) == "met"


def test_a_condition_keeps_its_clause_and_its_day(casebook: Casebook) -> None:
    clause = Clause(id="deposit", version="default 1", language="zh", text="先付")
    plain = Condition(id="1", text="a", proposed_by="system", due=TODAY, clause=clause)
    case = concluded(casebook, "Clause Ltd", admitted=True)
    row = case_conditions.row_of(case.reference, 0, plain)
    assert row["details"].startswith('{"clause":')
    assert case_conditions.details_of(Condition(id="1", text="a", proposed_by="b")) is None


def test_nothing_of_it_can_be_read_without_its_key(casebook: Casebook, one: Case, url: str, blobs: Path) -> None:
    files = casebook.customer_files
    kept(casebook, one)
    casebook.securities.revoke("S1", "cy", TODAY, PERSON)
    files.put_insurance(papers.contract(), "bo")
    files.add_cover(papers.cover(company_key=one.company_key, note=PERSON), one.reference)
    files.place_hold(papers.hold(company_key=one.company_key, reason=PERSON), one.reference)
    (condition,) = casebook.cases.conditions(one.reference)
    files.settle(one.reference, condition.id, SEEN, "cy", TODAY)
    assert PERSON.casefold() not in everything(casebook, url, blobs)
    # Who asks after the person finds all of it.
    named = {(found.where, found.field) for found in casebook.person_search.of(PERSON) if found.case == one.reference}
    assert named >= {
        ("conditions", "proof"),
        ("securities", "giver"),
        ("securities", ""),
        ("covers", "note"),
        ("holds", "reason"),
    }


CHANGES = (
    "UPDATE securities SET document = '{}'",
    "UPDATE securities SET confirmed_by = 'max' WHERE confirmed_by IS NOT NULL",
    "UPDATE securities SET revoked_on = '2030-01-01' WHERE revoked_on IS NOT NULL",
    "DELETE FROM securities",
    "DELETE FROM security_customers",
    "UPDATE security_customers SET security = 2",
    "UPDATE insurance_policies SET number = 'x'",
    "DELETE FROM insurance_policies",
    "UPDATE covers SET recorded_by = 'cy'",
    "DELETE FROM covers",
    "UPDATE holds SET document = '{}'",
    "UPDATE holds SET released_on = NULL",
    "DELETE FROM holds",
)


@pytest.mark.parametrize("statement", CHANGES)
def test_the_database_refuses_changes(casebook: Casebook, one: Case, run_sql: RunSql, statement: str) -> None:
    files = casebook.customer_files
    kept(casebook, one)
    casebook.securities.confirm("S1", "cy")
    casebook.securities.revoke("S1", "cy", TODAY, "x")
    files.put_insurance(papers.contract(), "bo")
    files.add_cover(papers.cover(company_key=one.company_key), one.reference)
    files.place_hold(papers.hold(company_key=one.company_key), one.reference)
    files.release_hold("H1", "bo", TODAY, of=one.company_key)
    with pytest.raises(sa.exc.DBAPIError, match=r"never (changed|removed)|never_changed|signed and ended once"):
        run_sql(statement)
    assert found(casebook) == []


def test_the_database_refuses_one_person_for_both_signatures(casebook: Casebook, one: Case, run_sql: RunSql) -> None:
    kept(casebook, one)
    with pytest.raises(sa.exc.DBAPIError, match="two_people"):
        run_sql("UPDATE securities SET confirmed_by = 'bo'")


def test_a_case_whose_security_stands_for_another_customer_is_not_erased(
    casebook: Casebook, one: Case, two: Case, clock: HandClock, run_sql: RunSql
) -> None:
    kept(casebook, one, two)
    run_sql(f"UPDATE customers SET active = (1 = 0) WHERE last_case = '{one.reference}'")
    clock.forward(400 * DAY)
    assert one.reference not in casebook.erasures.due("personal", clock.now)
    with pytest.raises(Conflict, match="A security of this case stands for a customer"):
        casebook.erasures.erase_personal(one.reference, RULE)
    casebook.securities.revoke("S1", "cy", TODAY, "moved")
    assert one.reference in casebook.erasures.due("personal", clock.now)
    assert casebook.erasures.erase_personal(one.reference, RULE)
    keys = [one.company_key, two.company_key]
    assert set(casebook.customer_files.of(keys).conditions) == {two.company_key}
    assert casebook.securities.of(keys) == []


def test_all_files_are_read_at_once(casebook: Casebook, one: Case, two: Case) -> None:
    files = casebook.customer_files
    files.put_insurance(papers.contract(), "bo")
    made = kept(casebook, one, two)
    word = files.add_cover(papers.cover(company_key=one.company_key), one.reference)
    hold: Hold = files.place_hold(papers.hold(company_key=two.company_key), two.reference)
    keys = [one.company_key, two.company_key]
    every = files.of(keys)
    assert casebook.securities.of(keys) == [made]
    assert files.of([]) == ({}, {}, {})
    assert every.covers == {one.company_key: [word]}
    assert every.holds == {two.company_key: [hold]}
    assert every.conditions == {case.company_key: casebook.cases.conditions(case.reference) for case in (one, two)}


def test_the_chain_names_no_reason_and_no_giver(casebook: Casebook, one: Case) -> None:
    made = kept(casebook, one)
    casebook.securities.revoke("S1", "cy", TODAY, PERSON)
    events = [event for event in casebook.history.of(one.reference) if event.act.startswith("security.")]
    assert [(event.act, event.actor) for event in events] == [("security.recorded", "bo"), ("security.revoked", "cy")]
    assert set(events[0].detail) == {"security", "sha256"}
    assert events[1].detail == {"security": made.id, "on": TODAY.isoformat()}
    assert hashlib.sha256(b"").hexdigest() != events[0].detail["sha256"]
