"""SEC accounts: what is lost, renamed or misprinted on the way is noticed."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from admission.errors import CouldNotAsk, SourceChanged
from admission.evidence.answers import Answer
from connectors.sec_edgar.concepts import used
from tests.connectors.sec_answers import (
    Value,
    accounts,
    columns,
    day,
    doubts,
    filings,
    judged,
    older,
    read,
    statements,
    year,
)

SALES = "RevenueFromContractWithCustomerExcludingAssessedTax"
J = "IntangibleAssetsNetIncludingGoodwill"


def test_values_of_one_filing_have_one_form_and_day() -> None:
    document = accounts(Assets=[day(5_000)], StockholdersEquity=[day(1_000)])
    row = document["facts"]["us-gaap"]["Assets"]["units"]["USD"][0]
    for change in ({"form": "10-K/A"}, {"form": "10-Q"}, {"filed": "2025-02-28"}, {"accn": "x"}, {"accn": None}):
        document["facts"]["us-gaap"]["Assets"]["units"]["USD"][0] = row | change
        with pytest.raises(SourceChanged):
            read(document, "companyfacts")


@pytest.mark.parametrize("day_of_none", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("field", ["start", "end", "filed"])
def test_a_day_that_means_none_is_a_changed_answer(field: str, day_of_none: str) -> None:
    document = accounts(Assets=[day(5_000)], NetIncomeLoss=[year(700)])
    document["facts"]["us-gaap"]["NetIncomeLoss"]["units"]["USD"][0][field] = day_of_none
    with pytest.raises(SourceChanged):
        read(document, "companyfacts")


@pytest.mark.parametrize("change", [{"end": "1825-12-31"}, {"end": "2125-12-31"}])
def test_a_period_that_cannot_be_leaves_the_figure_open(change: dict[str, str]) -> None:
    document = accounts(Assets=[day(5_000)], Goodwill=[day(700)], StockholdersEquity=[day(1_000)])
    document["facts"]["us-gaap"]["Goodwill"]["units"]["USD"][0] |= change
    found = statements(document)[0]
    assert doubts(found) == {"intangible_assets"}
    assert judged(document).known("equity", "tangible_net_worth") == [1_000, None]


def test_a_unit_that_is_no_currency_leaves_the_figure_open() -> None:
    document = accounts(Assets=[day(5_000)], Goodwill=[day(700, unit="USDX")], StockholdersEquity=[day(1_000)])
    assert judged(document).known("equity", "tangible_net_worth") == [1_000, None]


def test_an_instant_with_a_start_and_a_flow_without_one_are_a_changed_answer() -> None:
    for concept, value in (("Assets", year(5)), ("Revenues", day(5))):
        with pytest.raises(SourceChanged, match="period"):
            read(accounts(**{"Liabilities": [day(3)], concept: [value]}), "companyfacts")


@pytest.mark.parametrize("standard", ["us-gaap", "ifrs-full"])
def test_a_concept_under_another_name_is_noticed(standard: str) -> None:
    for concept, figure in used(standard).items():
        for name in (f"{concept}X", f"x_{concept}", concept.swapcase(), concept[:-1]):
            document = accounts(standard, EquityShares=[day(1)], Liabilities=[day(3)], **{name: [day(5)]})
            if name in used(standard):
                continue
            try:
                found = statements(document)[0]
            except SourceChanged:
                continue
            assert figure in doubts(found), name


@pytest.mark.parametrize("name", ["us-gaapX", "x_us-gaap", "US-GAAP", "ifrs"])
def test_a_taxonomy_under_another_name_is_a_changed_answer(name: str) -> None:
    document = accounts(Assets=[day(5_000)])
    document["facts"][name] = document["facts"].pop("us-gaap")
    with pytest.raises(SourceChanged, match="taxonomy"):
        read(document, "companyfacts")


@pytest.mark.parametrize("nothing", [None, {}, [], {"units": None}, {"units": {}}, {"units": {"USD": None}}])
def test_a_concept_without_values_is_a_changed_answer(nothing: object) -> None:
    document = accounts(Assets=[day(5_000)])
    document["facts"]["us-gaap"]["Goodwill"] = nothing
    with pytest.raises(SourceChanged):
        read(document, "companyfacts")


@given(seed=st.integers(min_value=0, max_value=2**32))
def test_the_order_of_rows_and_concepts_changes_nothing(seed: int) -> None:
    concepts: dict[str, list[Value]] = {
        "Assets": [day(5_000), day(4_990), day(4_000, 2024), day(5_100, form="10-K/A", filed="2026-05-01")],
        "Revenues": [year(700), year(650, 2024)],
        SALES: [year(690), year(640, 2024)],
        "NetIncomeLoss": [year(9), year(10), year(12, form="10-K/A", filed="2026-05-01")],
        J: [day(300), day(310)],
    }
    chance = random.Random(seed)
    shuffled = {name: chance.sample(concepts[name], len(concepts[name])) for name in chance.sample([*concepts], 5)}
    assert statements(accounts(**shuffled)) == statements(accounts(**concepts))


@pytest.mark.parametrize("kind", ["submissions", "companyfacts", "older_filings"])
def test_a_number_that_is_no_cik_is_none_of_any_company(kind: str) -> None:
    with pytest.raises(SourceChanged, match="another company"):
        read({}, kind, cik="abc")


_JUNK = [None, 0, -1, True, "", "x", [], {}, [1], {"a": 1}, "2026-13-45", "0000-00-00", 10**45, "9" * 50, "<!["]


@settings(max_examples=200)
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_whatever_comes_is_read_or_declared(seed: int) -> None:
    chance = random.Random(seed)
    documents = {
        "companyfacts": accounts(Assets=[day(5), day(4, 2024)], Revenues=[year(3)], Goodwill=[day(1)]),
        "submissions": filings(
            ("8-K", "2026-05-02", "2026-05-01", "1.03,2.04"),
            ("10-K", "2026-02-20", "2025-12-31", ""),
            files=[older(1, "2024-01-01", "2025-12-31")],
        ),
        "older_filings": columns([("15-12B", "2023-04-01", "", ""), ("8-K/A", "2023-03-01", "2023-02-28", "1.03")]),
    }
    kind = chance.choice([*documents])
    document: Any = documents[kind]
    place: Any = document
    while True:
        key = chance.choice([*place] if isinstance(place, dict) else range(len(place)))
        if not isinstance(place[key], dict | list) or not place[key] or chance.random() < 0.2:
            place[key] = chance.choice(_JUNK)
            break
        place = place[key]
    told: Answer | str = ""
    try:
        told = read(document, kind).answer
    except (SourceChanged, CouldNotAsk) as error:
        told = error.answer
    assert told in (Answer.FOUND, Answer.NO_RECORD, "changed", "unavailable")
