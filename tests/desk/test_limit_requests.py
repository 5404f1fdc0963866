"""The page of a request for another limit: what the customer has, what is asked, and what came of it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from admission.cases import CaseKind
from admission.policy.earned_steps import EarnedSteps
from services.limit_requests import LimitRequest, ask_for_limit
from tests.desk.conftest import Bench, assessment
from tests.services.test_customer_files import admitted


def test_the_page_says_what_the_customer_has_and_that_less_would_change_nothing(bench: Bench) -> None:
    customer = admitted(bench.house)
    request = LimitRequest("a second <shop>", Decimal(180_000))
    ada = bench.house.casebook.people.get("ada")
    reference = ask_for_limit(bench.house, customer.company_key, request, ada, "cli").reference
    view = assessment().model_copy(update={"case": reference})
    bench.assess(reference, view)
    browser = bench.sign_in("mira")
    page = browser.get(f"/cases/{reference}").text
    assert "limit today 150,000.00 GBP; asked 180,000.00 GBP (+30,000.00, +20%): a second &lt;shop&gt;" in page
    less = view.model_copy(update={"limit": view.limit.model_copy(update={"amount": Decimal(90_000)})})
    bench.assess(reference, less)
    page = browser.get(f"/cases/{reference}").text
    assert "less than the customer has: a limit of 90,000.00 GBP instead of 150,000.00" in page
    assert "so approved, the customer would keep what it has" in page
    chinese = browser.get(f"/cases/{reference}?lang=zh", follow_redirects=True).text
    assert "现有额度 150,000.00 GBP；申请 180,000.00 GBP" in chinese
    (line,) = bench.house.casebook.cases.list(kind=CaseKind.LIMIT_CHANGE)
    assert line.requester == "ada"


def test_the_customers_page_says_what_earns_the_next_step(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    customer = admitted(bench.house)
    browser, page = bench.sign_in("mira"), f"/customers/{customer.company_key}"
    assert "Steps for paying on time" not in browser.get(page).text
    assert "earned_steps" not in browser.get(f"/api{page}").json()
    steps = EarnedSteps(invoices=3, step=Decimal("0.1"), most=Decimal("0.2"), rest_months=1, late_days=10)
    policy = bench.house.policy_in_force()
    policy = policy.model_copy(update={"customers": policy.customers.model_copy(update={"earned_steps": steps})})
    monkeypatch.setattr(bench.house, "policy_in_force", lambda: policy)
    why = "no ledger tells of the customer"
    assert f"<strong>Steps for paying on time</strong>: {why}" in browser.get(page).text
    assert browser.get(f"/api{page}").json()["earned_steps"] == {"amount": None, "rest_until": None, "text": why}
