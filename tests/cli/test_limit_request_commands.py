"""`gatehouse limit ask`: another limit of a customer is asked for at the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from admission.cases import CaseKind, Customer
from tests.cli.conftest import Run
from tests.cli.test_limit_commands import at, customer  # noqa: F401 - fixtures
from tests.policies import shipped_policy, written
from wiring.house import House


def test_a_case_is_opened_that_says_what_the_customer_has(run: Run, at: House, customer: Customer) -> None:  # noqa: F811
    asked = ("--amount", "180000", "--terms-days", "45", "--because", "a second shop", "--as", "ada")
    said = run("limit", "ask", customer.company_key, *asked)
    # Without Prefect the case is kept, and no run moves it yet.
    assert said.status == 1
    assert "error: 1 case(s) are kept, but no run moves them yet" in said.err
    (case,) = at.casebook.cases.list(kind=CaseKind.LIMIT_CHANGE)
    assert f"{case.reference}: limit today 150,000.00 GBP; asked 180,000.00 GBP (+30,000.00, +20%)" in said.out
    assert "terms today 30 days; asked 45 days: a second shop" in said.out
    assert case.requester == "ada"
    again = run("limit", "ask", customer.company_key, *asked, "--json").document
    assert (again["reference"], again["kind"]) == (case.reference, "limit_change")
    assert again["change"]["today"] == {
        "limit": "150000",
        "currency": "GBP",
        "terms_days": 30,
        "open_limit": "150000",
    }
    assert "change" not in again["applicant"]
    at.casebook.cases.note_run(case.reference, "00000000-0000-0000-0000-000000000001")
    assert run("limit", "ask", customer.company_key, *asked).status == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--amount", "x"), "a number such as"),
        (("--amount", "150000"), "another limit or other terms than the customer has"),
        ((), "another limit or other terms than the customer has"),
        (("--amount", "-5"), "more than 0"),
        (("--terms-days", "366"), "366"),
    ],
)
def test_what_cannot_be_is_refused(
    run: Run,
    at: House,  # noqa: F811
    customer: Customer,  # noqa: F811
    options: tuple[str, ...],
    said: str,
) -> None:
    refused = run("limit", "ask", customer.company_key, "--because", "so", *options, "--as", "ada")
    assert refused.status > 0
    assert said in refused.err
    assert at.casebook.cases.list(kind=CaseKind.LIMIT_CHANGE) == []


def test_it_speaks_chinese(run: Run, customer: Customer) -> None:  # noqa: F811
    asked = ("--amount", "180000", "--because", "订单增加", "--as", "ada")
    said = run("--lang", "zh", "limit", "ask", customer.company_key, *asked)
    assert "现有额度 150,000.00 GBP；申请 180,000.00 GBP" in said.out


def test_show_says_what_earns_the_next_step_where_the_policy_lets_one_be_earned(
    run: Run,
    at: House,  # noqa: F811
    customer: Customer,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key = customer.company_key
    assert "Earned steps" not in run("customer", "show", key).out
    policy = shipped_policy()
    steps = {"invoices": 6, "step": "0.1", "most": "0.5", "rest_months": 6, "late_days": 10, "worst_grade": "B"}
    policy.setdefault("customers", {})["earned_steps"] = steps
    monkeypatch.setenv("GATEHOUSE_POLICY", str(written(tmp_path, policy)))
    assert "Earned steps: no ledger tells of the customer." in run("customer", "show", key).out
    assert "按时付款调增：没有该客户的台账。" in run("--lang", "zh", "customer", "show", key).out
    assert run("customer", "show", key, "--json").document["earned_steps"]["amount"] is None
