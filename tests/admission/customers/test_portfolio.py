"""The portfolio: sums that add up, concentration that is the published index, and counts of what is open."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from admission.customers.portfolio import Portfolio, portfolio_of
from admission.customers.standing.in_force import OnFile, standing
from admission.customers.standing.securities import Allotment
from admission.money import Exchange
from tests.admission.build import application
from tests.admission.customers.standing.build import (
    BANK,
    DAY,
    RATES,
    RULES,
    TODAY,
    condition,
    customer,
    hold,
    security,
)

EXCHANGE = Exchange(RATES, "GBP", TODAY)
YESTERDAY = TODAY - DAY


def file(key: str, limit: int, group: str | None = None, **parts: Any) -> OnFile:
    changes = parts.pop("changes", {})
    asked = application().model_copy(update={"group": group})
    one = customer(company_key=key, last_case=f"GH-{key}", limit=Decimal(limit), application=asked, **changes)
    return OnFile(**{"customer": one, "open_limit": Decimal(limit), **parts})


def summed(*files: OnFile) -> Portfolio:
    return portfolio_of(files, [standing(one, RULES, EXCHANGE) for one in files], RULES, EXCHANGE)


def test_an_empty_portfolio() -> None:
    found = summed()
    assert (found.customers, found.limit, found.hhi, found.top) == (0, Decimal(0), None, ())
    assert found.places == {"group": (), "grade": (), "segment": (), "country": (), "industry": ()}


def test_a_portfolio_of_six() -> None:
    parts = (Allotment(company_key="f", amount=Decimal(400)), Allotment(company_key="g", amount=Decimal(400)))
    bank = security(900, BANK, valid_until=TODAY + DAY, allotted=parts)
    found = summed(
        file("a", 600, "Amber", changes={"grade": "A", "country": "US", "industry_code": "sic:2000"}),
        file("b", 100, "AMBER", holds=(hold(company_key="b"),), changes={"grade": "A"}),
        file("c", 100, conditions=(condition(), condition(id="2", state="met", valid_until=YESTERDAY))),
        # 200 EUR are 160 GBP.
        file("d", 200, changes={"currency": "EUR", "next_review_on": YESTERDAY}),
        # There is no rate for dollars.
        file("e", 999, changes={"currency": "USD", "next_review_on": TODAY}),
        file("f", 40, securities=(bank,)),
    )
    assert (found.customers, found.without_rate, found.currency) == (6, 1, "GBP")
    assert (found.limit, found.in_force) == (Decimal(1000), Decimal(600 + 160 + 40))
    grades = [
        (place.name, place.customers, place.limit, place.in_force, place.share) for place in found.places["grade"]
    ]
    assert grades == [
        ("A", 2, Decimal(700), Decimal(600), Decimal("0.7000")),
        ("B", 3, Decimal(300), Decimal(200), Decimal("0.3000")),
    ]
    assert [(place.name, place.limit) for place in found.places["industry"]] == [
        ("sic:2000", Decimal(600)),
        ("", Decimal(400)),
    ]
    assert [(place.name, place.limit) for place in found.places["group"]] == [("amber", Decimal(700))]
    assert [(debtor.name, debtor.cases, debtor.limit) for debtor in found.top] == [
        ("amber", ("GH-a", "GH-b"), Decimal(700)),
        ("d", ("GH-d",), Decimal(160)),
        ("c", ("GH-c",), Decimal(100)),
        ("f", ("GH-f",), Decimal(40)),
    ]
    # 70, 16, 10 and 4 %: 4900 + 256 + 100 + 16
    assert found.hhi == 5272
    assert (found.on_hold, found.not_in_force) == (1, 2)
    assert (found.reviews_overdue, found.reviews_soon) == (1, 1)
    assert (found.open_conditions, found.expired_conditions, found.ending_securities) == (1, 1, 1)


def test_one_debtor_is_all_of_the_concentration() -> None:
    assert summed(file("a", 5, "x"), file("b", 5, "X")).hhi == 10_000
    assert summed(*(file(str(number), 10) for number in range(100))).hhi == 100


def test_a_security_for_two_customers_ends_once() -> None:
    parts = tuple(Allotment(company_key=key, amount=Decimal(10)) for key in ("a", "b"))
    bank = security(20, BANK, valid_until=TODAY, allotted=parts)
    found = summed(file("a", 5, securities=(bank,)), file("b", 5, securities=(bank,)))
    assert found.ending_securities == 1


@st.composite
def files(draw: st.DrawFn) -> list[OnFile]:
    made = []
    for number in range(draw(st.integers(0, 15))):
        changes = {
            "grade": draw(st.sampled_from("ABC")),
            "country": draw(st.sampled_from(["GB", "CN"])),
            "currency": draw(st.sampled_from(["GBP", "EUR", "USD"])),
        }
        limit, group = draw(st.integers(0, 10**6)), draw(st.sampled_from([None, "one", "two"]))
        held = (hold(company_key=str(number)),) if draw(st.booleans()) else ()
        made.append(file(str(number), limit, group, holds=held, changes=changes))
    return made


@given(files())
def test_the_parts_are_the_whole(made: list[OnFile]) -> None:
    found = summed(*made)
    for kind in ("grade", "segment", "country", "industry"):
        places = found.places[kind]
        assert sum(place.limit for place in places) == found.limit
        assert sum(place.in_force for place in places) == found.in_force
        assert sum(place.customers for place in places) == found.customers - found.without_rate
        assert [place.limit for place in places] == sorted((place.limit for place in places), reverse=True)
    assert sum(debtor.limit for debtor in found.top) <= found.limit
    assert len(found.top) <= 10
    assert found.in_force <= found.limit
    assert found.hhi is None or 0 < found.hhi <= 10_000


@given(files(), st.data())
def test_the_order_of_customers_matters_not(made: list[OnFile], data: st.DataObject) -> None:
    mixed = data.draw(st.permutations(made))
    assert summed(*mixed) == summed(*made)
