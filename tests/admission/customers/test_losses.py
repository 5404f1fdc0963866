"""What may be lost of what customers owe: the reserve by ageing, the expected loss, and what is not known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from admission.customers.ledger.owed import Owed
from admission.customers.ledger.receivables import Ageing
from admission.customers.losses import Debts, Loss, loss_of, reserve_of
from admission.customers.portfolio import Portfolio, portfolio_of
from admission.customers.standing.in_force import Contract, OnFile, standing, uncovered
from admission.customers.standing.securities import Allotment, Security
from admission.money import Exchange
from admission.policy.customer_rules import CustomerRules
from admission.policy.loss_rules import ReserveShares
from tests.admission.customers.standing.build import BANK, DAY, KEY, RATES, TODAY, contract, cover, security
from tests.admission.customers.test_portfolio import file

D = Decimal
AS_OF = TODAY - timedelta(days=3)
EXCHANGE = Exchange(RATES, "GBP", TODAY)
RULES = CustomerRules(default_rates={"A": D("0.01"), "B": D("0.02")})
DEFAULT_RATES = {"A": D("0.01"), "B": D("0.02")}
COLUMNS = tuple(Ageing.model_fields)
# Shares that are easy to reckon with: nothing, a tenth, a fifth, a half, all.
ROUND = ReserveShares(
    not_due=D(0), days_1_to_30=D("0.1"), days_31_to_60=D("0.2"), days_61_to_90=D("0.5"), over_90_days=D(1)
)


def aged(*amounts: int | Decimal) -> Ageing:
    return Ageing(**dict(zip(COLUMNS, map(D, amounts), strict=True)))


def owes(*amounts: int, credits_open: int = 0) -> Owed:
    return Owed(aged(*amounts), D(-credits_open))


def debts(owed: Mapping[str, Owed]) -> Debts:
    return Debts(AS_OF, owed, DEFAULT_RATES)


def loss(on_file: OnFile, owed: Owed, rules: CustomerRules = RULES) -> Loss:
    found = loss_of(on_file, debts({on_file.customer.company_key: owed}), rules, EXCHANGE)
    assert found is not None
    return found


def summed(owed: Mapping[str, Owed] | None, *files: OnFile) -> Portfolio:
    stands = [standing(one, RULES, EXCHANGE) for one in files]
    return portfolio_of(files, stands, RULES, EXCHANGE, None if owed is None else debts(owed))


RESERVES: list[tuple[ReserveShares, tuple[int, ...], str]] = [
    (ROUND, (0, 0, 0, 0, 0), "0"),
    (ROUND, (1000, 0, 0, 0, 0), "0"),
    (ROUND, (0, 1000, 0, 0, 0), "100"),
    (ROUND, (0, 0, 1000, 0, 0), "200"),
    (ROUND, (0, 0, 0, 1000, 0), "500"),
    (ROUND, (0, 0, 0, 0, 1000), "1000"),
    (ROUND, (10, 20, 30, 40, 50), "78"),
    # The example of the standard: 15, 7.5, 4, 2.5 and 1 million come to 580,000 (IE76).
    (ReserveShares(), (15_000_000, 7_500_000, 4_000_000, 2_500_000, 1_000_000), "580000"),
]


@pytest.mark.parametrize(("shares", "amounts", "reserve"), RESERVES)
def test_the_reserve_by_ageing(shares: ReserveShares, amounts: tuple[int, ...], reserve: str) -> None:
    assert reserve_of(aged(*amounts), shares) == D(reserve)


def allotted(amount: int, **changes: Any) -> Security:
    return security(amount, BANK, **{"allotted": (Allotment(company_key=KEY, amount=D(amount)),), **changes})


INSURED = Contract(contract(), (cover(amount=40_000),))
UNCOVERED: dict[str, tuple[dict[str, Any], str]] = {
    "nothing on file": ({}, "10000"),
    "a guarantee for a part": ({"securities": (allotted(4_000),)}, "6000"),
    "a guarantee for more": ({"securities": (allotted(12_000),)}, "0"),
    "a paper that nobody has confirmed": ({"securities": (allotted(4_000, confirmed_by=None),)}, "10000"),
    "a paper that ended yesterday": ({"securities": (allotted(4_000, valid_until=TODAY - DAY),)}, "10000"),
    # 4,000 EUR are 3,200 GBP; for dollars there is no rate.
    "another currency": ({"securities": (allotted(4_000, currency="EUR"),)}, "6800"),
    "a currency without a rate": ({"securities": (allotted(4_000, currency="USD"),)}, "10000"),
    # Of a loss of 10,000 the insurer pays nine tenths, however much it would cover.
    "an insurer that covers more": ({"contracts": (INSURED,)}, "1000"),
    "an insurer that covers a part": ({"contracts": (Contract(contract(), (cover(amount=5_000),)),)}, "5500"),
    "an insurer that refused": ({"contracts": (Contract(contract(), (cover("refused", None),)),)}, "10000"),
    "a guarantee, and the insurer for the rest": ({"securities": (allotted(4_000),), "contracts": (INSURED,)}, "600"),
}


@pytest.mark.parametrize("case", UNCOVERED)
def test_what_nothing_covers(case: str) -> None:
    parts, expected = UNCOVERED[case]
    assert uncovered(D(10_000), file(KEY, 50_000, **parts), RULES, EXCHANGE) == D(expected)


def test_the_expected_loss_is_the_product() -> None:
    # 2 % x 45 % x 10,000; with a guarantee for 4,000 of it, x 6,000.
    assert loss(file(KEY, 50_000), owes(10_000, 0, 0, 0, 0)).expected == D("90.00")
    secured = file(KEY, 50_000, securities=(allotted(4_000),))
    assert loss(secured, owes(10_000, 0, 0, 0, 0)).expected == D("54.00")
    half = CustomerRules(loss_given_default=D("0.5"))
    assert loss(file(KEY, 50_000), owes(10_000, 0, 0, 0, 0), half).expected == D("100.00")


def test_credits_lower_what_is_owed_and_not_the_reserve() -> None:
    rules = CustomerRules(reserve=ROUND)
    assert loss(file(KEY, 50_000), owes(0, 0, 0, 0, 1000, credits_open=400), rules) == (D(600), D(1000), D("5.40"))
    assert loss(file(KEY, 50_000), owes(0, 0, 0, 0, 1000, credits_open=1400), rules) == (D(0), D(1000), D(0))


def test_what_is_not_known_is_in_no_sum() -> None:
    files = (
        file("a", 1000, changes={"grade": "A"}),
        file("b", 3000, changes={"grade": "B"}),
        file("c", 500, changes={"grade": "C"}),
        file("d", 700, changes={"grade": "A"}),
    )
    found = summed({"a": owes(500, 0, 0, 0, 0), "b": owes(300, 0, 0, 0, 0), "c": owes(100, 0, 0, 0, 0)}, *files)
    assert (found.ledger_as_of, found.exposure, found.exposure_unknown) == (AS_OF, D(900), 1)
    # 900 of the 4,500 of those of whom it is known; the limit of d is in neither.
    assert found.limit_use == D("0.2000")
    assert (found.reserve, found.expected_loss, found.loss_unknown) == (D("2.70"), D("4.95"), 2)
    assert found.grades_without_rate == ("C",)
    grades = {
        place.name: (place.exposure, place.limit_use, place.expected_loss, place.exposure_unknown, place.loss_unknown)
        for place in found.places["grade"]
    }
    assert grades == {
        "A": (D(500), D("0.5000"), D("2.25"), 1, 1),
        "B": (D(300), D("0.1000"), D("2.70"), 0, 0),
        "C": (D(100), D("0.2000"), None, 0, 1),
    }
    assert [(debtor.name, debtor.exposure) for debtor in found.top_exposure] == [
        ("a", D(500)),
        ("b", D(300)),
        ("c", D(100)),
    ]
    assert [debtor.name for debtor in found.top] == ["b", "a", "d", "c"]


def test_a_group_owes_together() -> None:
    owed = {"a": owes(5, 0, 0, 0, 0), "b": owes(6, 0, 0, 0, 0), "c": owes(10, 0, 0, 0, 0)}
    found = summed(owed, file("a", 100, "Amber"), file("b", 100, "amber"), file("c", 500))
    assert [(debtor.name, debtor.exposure) for debtor in found.top_exposure] == [("amber", D(11)), ("c", D(10))]


def test_without_a_ledger_nothing_is_known_and_nothing_is_zero() -> None:
    found = summed(None, file("a", 1000), file("b", 3000))
    assert (found.ledger_as_of, found.top_exposure) == (None, ())
    for sums in (found, *found.places["grade"], *found.top):
        assert (sums.exposure, sums.limit_use, sums.reserve, sums.expected_loss) == (None, None, None, None)
    assert (found.exposure_unknown, found.loss_unknown, found.grades_without_rate) == (2, 2, ())


def test_a_place_where_nobody_is_known_has_no_exposure() -> None:
    found = summed({"a": owes(5, 0, 0, 0, 0)}, file("a", 100), file("b", 100, changes={"grade": "A"}))
    assert [(place.name, place.exposure, place.reserve) for place in found.places["grade"]] == [
        ("A", None, None),
        ("B", D(5), D("0.02")),
    ]


@pytest.mark.parametrize(
    "shares",
    [{"over_90_days": "0.01"}, {"not_due": "0.5"}, {"not_due": "-0.1"}, {"over_90_days": "1.1"}],
)
def test_shares_that_cannot_be(shares: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        ReserveShares.model_validate(shares)


@pytest.mark.parametrize("changes", [{"loss_given_default": "1.01"}, {"default_rates": {"A": "-0.1"}}])
def test_rates_that_cannot_be(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        CustomerRules.model_validate(changes)


amounts = st.integers(0, 10**9).map(lambda cents: D(cents) / 100)
shares_rising = st.lists(st.integers(0, 1000), min_size=5, max_size=5).map(
    lambda given: ReserveShares(**dict(zip(COLUMNS, (D(part) / 1000 for part in sorted(given)), strict=True)))
)


@given(st.lists(amounts, min_size=5, max_size=5), shares_rising, st.integers(0, 3), st.data())
def test_older_debts_never_lower_the_reserve(
    columns: list[Decimal], shares: ReserveShares, start: int, data: st.DataObject
) -> None:
    end = data.draw(st.integers(start + 1, 4))
    moved = columns[start] * data.draw(st.integers(0, 100)) / 100
    older = list(columns)
    older[start] -= moved
    older[end] += moved
    assert reserve_of(aged(*older), shares) >= reserve_of(aged(*columns), shares)


@st.composite
def backed(draw: st.DrawFn) -> dict[str, Any]:
    papers = tuple(
        allotted(draw(st.integers(1, 20_000)), id=f"S-{number}", document=f"G {number}")
        for number in range(draw(st.integers(0, 2)))
    )
    words = draw(st.lists(st.tuples(st.integers(1, 10), st.integers(1, 30_000)), max_size=3))
    contracts = tuple(
        Contract(contract(insured_share=D(tenths) / 10), (cover(amount=amount),)) for tenths, amount in words
    )
    return {"securities": papers, "contracts": contracts}


@given(backed(), st.integers(0, 30_000), st.integers(1, 20_000), st.booleans())
def test_more_cover_never_raises_the_expected_loss(
    parts: dict[str, Any], owed: int, more: int, by_insurer: bool
) -> None:
    before = loss(file(KEY, 50_000, **parts), owes(owed, 0, 0, 0, 0)).expected
    if by_insurer:
        added = {**parts, "contracts": (*parts["contracts"], Contract(contract(), (cover(amount=more),)))}
    else:
        added = {**parts, "securities": (*parts["securities"], allotted(more, id="S-9", document="G 9"))}
    after = loss(file(KEY, 50_000, **added), owes(owed, 0, 0, 0, 0)).expected
    assert before is not None
    assert after is not None
    assert 0 <= after <= before


@st.composite
def books(draw: st.DrawFn) -> tuple[list[OnFile], dict[str, Owed]]:
    made, owed = [], {}
    for number in range(draw(st.integers(1, 12))):
        key = str(number)
        changes = {
            "grade": draw(st.sampled_from("ABC")),
            "country": draw(st.sampled_from(["GB", "CN"])),
            "currency": draw(st.sampled_from(["GBP", "EUR", "USD"])),
        }
        made.append(file(key, draw(st.integers(0, 10**6)), changes=changes))
        if draw(st.booleans()):
            columns = [draw(st.integers(0, 10**5)) for _ in COLUMNS]
            owed[key] = owes(*columns, credits_open=draw(st.integers(0, 10**5)))
    return made, owed


@given(books())
def test_sums_are_the_sums_of_their_parts(book: tuple[list[OnFile], dict[str, Owed]]) -> None:
    made, owed = book
    found = summed(owed, *made)
    for kind in ("grade", "segment", "country", "industry"):
        places = found.places[kind]
        for name in ("exposure", "reserve", "expected_loss"):
            parts = [getattr(place, name) for place in places if getattr(place, name) is not None]
            assert getattr(found, name) == (sum(parts) if parts else None)
        assert sum(place.exposure_unknown for place in places) == found.exposure_unknown
        assert sum(place.loss_unknown for place in places) == found.loss_unknown
    assert found.loss_unknown >= found.exposure_unknown
