"""The ledger of granted limits: what is in each sum, and what is in none."""

from __future__ import annotations

from decimal import Decimal

import pytest

from admission.assessment.exposure import ExposureLedger, GrantedLimits, Held, convert_sum
from tests.admission.build import EXCHANGE, application, customer

ALDER = customer("alder", "100")
BIRCH = customer("birch", "80", "GBP", country="FR", grade="A", industry_code="uk-sic:47110")
CEDAR = customer("cedar", "40", "CNY", industry_code="")
DOGWOOD = customer("dogwood", "50", application=application(group="Trees"))
ELDER = customer("elder", "70", "GBP", application=application(group="TREES", segment="micro"))
ENDED = customer("ended", "999", application=application(group="Trees"), active=False)


def amounts(**sums: str) -> dict[str, Decimal]:
    return {currency: Decimal(amount) for currency, amount in sums.items()}


def test_each_sum_has_the_limits_of_its_customers_by_currency() -> None:
    ledger = ExposureLedger([ALDER, BIRCH, CEDAR])
    assert ledger.sum_within("total", "") == Held(kind="total", amounts=amounts(CNY="40", GBP="80", USD="100"))
    assert ledger.sum_within("grade", "A") == Held(kind="grade", name="A", amounts=amounts(GBP="80"))
    assert ledger.sum_within("country", "GB").amounts == amounts(CNY="40", USD="100")
    assert ledger.sum_within("segment", "micro").amounts == {}


def test_an_industry_has_all_codes_that_begin_so_and_perhaps_those_of_nobody_knows_which() -> None:
    ledger = ExposureLedger([ALDER, BIRCH, CEDAR])
    held = ledger.sum_within("industry", "uk-sic:47")
    assert held == Held(kind="industry", name="uk-sic:47", amounts=amounts(GBP="80"), perhaps=amounts(CNY="40"))
    assert ledger.sum_within("country", "FR").perhaps == {}


def test_the_company_itself_is_in_none_of_the_sums() -> None:
    exposure = ExposureLedger([ALDER, BIRCH]).sum_others("birch", {"total": [""], "country": ["FR", "GB"]})
    assert exposure.held == (
        Held(kind="country", name="FR", amounts={}),
        Held(kind="country", name="GB", amounts=amounts(USD="100")),
        Held(kind="total", amounts=amounts(USD="100")),
    )
    assert exposure.own is not None
    assert (exposure.own.amount, exposure.own.currency) == (Decimal(80), "GBP")


def test_a_company_that_is_no_customer_has_nothing_of_its_own() -> None:
    exposure = ExposureLedger([ALDER]).sum_others("new", {"total": [""]})
    assert exposure.own is None
    assert exposure.held[0].amounts == amounts(USD="100")


def test_a_limit_that_changes_counts_as_it_stands_now_and_an_ended_customer_no_more() -> None:
    ledger = ExposureLedger([ALDER])
    ledger.put(ALDER.model_copy(update={"limit": Decimal(30)}))
    assert ledger.sum_within("total", "").amounts == amounts(USD="30")
    ledger.put(ALDER.model_copy(update={"active": False}))
    assert ledger.sum_within("total", "").amounts == {}
    assert ledger.total_up(EXCHANGE).customers == 0


def test_a_group_is_told_by_its_name_whatever_its_capitals() -> None:
    ledger = ExposureLedger([ALDER, DOGWOOD, ELDER, ENDED])
    assert ledger.groups() == ("trees",)
    # 50 USD and 70 GBP at 1.25
    assert ledger.sum_group("tRees", "new", EXCHANGE) == Decimal("137.5")
    assert ledger.sum_group("Trees", "elder", EXCHANGE) == Decimal(50)
    assert ledger.sum_group("Trees", "alder", EXCHANGE) == Decimal("137.5")
    assert ledger.sum_group("Stones", "new", EXCHANGE) == Decimal(0)


def test_a_group_with_a_limit_that_cannot_be_converted_is_not_known() -> None:
    other = CEDAR.model_copy(update={"application": application(group="Trees")})
    assert ExposureLedger([DOGWOOD, other]).sum_group("Trees", "new", EXCHANGE) is None


def test_all_sums_in_the_house_currency() -> None:
    assert ExposureLedger([DOGWOOD, ELDER, BIRCH, CEDAR]).total_up(EXCHANGE) == GrantedLimits(
        currency="USD",
        total=Decimal("237.5"),
        by_grade={"A": Decimal(100), "B": Decimal("137.5")},
        by_segment={"micro": Decimal("87.5"), "standard": Decimal(150)},
        by_country={"FR": Decimal(100), "GB": Decimal("137.5")},
        by_industry={"uk-sic:41201": Decimal("137.5"), "uk-sic:47110": Decimal(100)},
        by_group={"trees": Decimal("137.5")},
        customers=4,
        unknown=1,
    )


@pytest.mark.parametrize(
    ("given", "amount", "lacking"),
    [
        ({}, "0", ()),
        ({"USD": "10"}, "10", ()),
        ({"USD": "10", "GBP": "4"}, "15", ()),
        ({"CNY": "5", "USD": "10", "JPY": "7"}, "10", ("CNY", "JPY")),
    ],
)
def test_what_has_no_rate_is_lacking_and_not_counted(
    given: dict[str, str], amount: str, lacking: tuple[str, ...]
) -> None:
    assert convert_sum(amounts(**given), EXCHANGE) == (Decimal(amount), lacking)


def test_a_house_without_customers_bears_nothing() -> None:
    none = ExposureLedger([]).total_up(EXCHANGE)
    assert (none.total, none.customers, none.unknown) == (Decimal(0), 0, 0)
    assert none.by_grade == none.by_group == {}
