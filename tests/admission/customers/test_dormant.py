"""Since when a customer is dormant: only where the ledger can tell."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from admission.customers.dormant import dormant_since
from admission.customers.ledger.imports import CompanyAccounts, LedgerImport
from admission.customers.ledger.records import Coverage, CustomerLedger
from admission.money import Exchange, RateTable
from admission.policy.customer_rules import CustomerRules
from tests.admission.customers.ledger.build import item, order

DAY = timedelta(days=1)
AS_OF = date(2026, 11, 20)
YEAR_BEFORE, LONG_AGO = date(2025, 11, 20), date(2020, 1, 1)
WHOLE = Coverage(complete_since=YEAR_BEFORE, tells=frozenset({"order"}))
RULES = CustomerRules(dormant_months=12)


def accounts(*entries: Any, coverage: Coverage = WHOLE, whole: bool = True) -> CompanyAccounts:
    about = LedgerImport(
        as_of=AS_OF,
        file_name="ledger.csv",
        file_sha256="0" * 64,
        coverage=coverage,
        entries=max(1, len(entries)),
        customers=1,
        loaded_by="otto",
    )
    ledger = CustomerLedger.of("C1", AS_OF, coverage, entries)
    return CompanyAccounts(about, (), ("C1",), ledger, whole)


def bought(day: date) -> Any:
    return item("1", "5", day.isoformat(), day.isoformat())


def ordered(day: date) -> Any:
    return order("2", "5", day.isoformat())


# Each line: what the ledger holds, and since when the customer is dormant on its day.
GOLDEN: dict[str, tuple[CompanyAccounts | None, date | None]] = {
    "bought a year ago": (accounts(bought(YEAR_BEFORE)), YEAR_BEFORE),
    "bought a day later": (accounts(bought(YEAR_BEFORE + DAY)), None),
    "bought long ago": (accounts(bought(LONG_AGO)), LONG_AGO),
    "bought long ago, ordered a year ago": (accounts(bought(LONG_AGO), ordered(YEAR_BEFORE)), YEAR_BEFORE),
    "bought long ago, ordered since": (accounts(bought(LONG_AGO), ordered(AS_OF)), None),
    "no invoice, no order": (accounts(), None),
    "rows were left out": (accounts(bought(LONG_AGO), whole=False), None),
    "open documents alone": (accounts(bought(LONG_AGO), coverage=Coverage()), None),
    "complete for less than these months": (
        accounts(bought(LONG_AGO), coverage=Coverage(complete_since=YEAR_BEFORE + DAY)),
        None,
    ),
    "no ledger": (None, None),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_since_when_a_customer_is_dormant(name: str) -> None:
    found, since = GOLDEN[name]
    assert dormant_since(found, LONG_AGO, RULES, Exchange(RateTable([]), "GBP", AS_OF)) == since


def test_an_old_ledger_a_new_customer_and_a_policy_without_the_rule() -> None:
    found, no_rates = accounts(bought(LONG_AGO)), RateTable([])
    for days, since in ((36, LONG_AGO), (37, None)):
        assert dormant_since(found, LONG_AGO, RULES, Exchange(no_rates, "GBP", AS_OF + days * DAY)) == since
    for admitted_on, since in ((YEAR_BEFORE, LONG_AGO), (YEAR_BEFORE + DAY, None)):
        assert dormant_since(found, admitted_on, RULES, Exchange(no_rates, "GBP", AS_OF)) == since
    assert dormant_since(found, LONG_AGO, CustomerRules(), Exchange(no_rates, "GBP", AS_OF)) is None
