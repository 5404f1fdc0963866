from __future__ import annotations

from datetime import date

import pytest

from admission.cases import Case, CaseKind, Customer
from admission.errors import NotFound
from casebook import Casebook
from tests.casebook.build import application, customer, opened
from tests.casebook.test_cases import ADMITTED

MAY, JUNE, JULY = date(2027, 5, 1), date(2027, 6, 1), date(2027, 7, 1)


def admitted(casebook: Casebook, name: str, next_review_on: date, *, active: bool = True) -> Customer:
    case = opened(casebook, name)
    return settled(casebook, case, customer(case, next_review_on=next_review_on, active=active))


def settled(casebook: Casebook, case: Case, made: Customer) -> Customer:
    casebook.cases.decide(case.reference, ADMITTED, actor="system", round_number=1)
    casebook.cases.conclude(case.reference, customer=made, conditions=[], notices=[])
    return made


def test_customers_are_kept_and_told_apart_from_former_ones(casebook: Casebook) -> None:
    current, former = admitted(casebook, "B Ltd", JUNE), admitted(casebook, "A Ltd", JUNE, active=False)
    assert casebook.customers.get(current.company_key) == current
    assert casebook.customers.get("name:GB:nobody") is None
    assert casebook.customers.all() == [current]
    assert casebook.customers.all(active=False) == [former]


def test_a_review_changes_the_customer(casebook: Casebook) -> None:
    before = admitted(casebook, "A Ltd", MAY)
    case, _ = casebook.cases.open(application("A Ltd"), kind=CaseKind.REVIEW, requester=None, channel="schedule")
    after = settled(casebook, case, customer(case, next_review_on=JULY))
    assert after.last_case != before.last_case
    assert casebook.customers.all() == [after]


def test_reviews_are_due_for_active_customers_without_an_open_case(casebook: Casebook) -> None:
    due_late, due = admitted(casebook, "Z Ltd", JUNE), admitted(casebook, "B Ltd", MAY)
    admitted(casebook, "C Ltd", JULY)
    admitted(casebook, "D Ltd", MAY, active=False)
    admitted(casebook, "E Ltd", MAY)
    casebook.cases.open(application("E Ltd"), kind=CaseKind.REVIEW, requester=None, channel="schedule")
    assert casebook.customers.due(JUNE) == [due, due_late]
    assert casebook.customers.due(date(2027, 4, 30)) == []


def test_a_review_is_rescheduled_by_name(casebook: Casebook) -> None:
    made = admitted(casebook, "A Ltd", JULY)
    casebook.customers.reschedule(made.company_key, MAY, "bo")
    assert [found.next_review_on for found in casebook.customers.due(JUNE)] == [MAY]
    noted = casebook.history.of(made.last_case)[-1]
    assert (noted.actor, noted.act) == ("bo", "review.rescheduled")
    assert noted.detail == {"from": "2027-07-01", "to": "2027-05-01"}
    with pytest.raises(NotFound):
        casebook.customers.reschedule("name:GB:nobody", MAY, "bo")
