"""Which entries of a list a company may be."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import pytest

from admission.errors import CouldNotAsk
from admission.evidence.screening import Candidate, ListEntry, ListIndex
from screening import CompanyMatcher

Kind = Literal["entity", "individual", "vessel", "aircraft", "unknown"]


def entry(number: str, *names: str, kind: Kind = "entity", identifiers: tuple[tuple[str, str], ...] = ()) -> ListEntry:
    return ListEntry(entry=number, names=names, kind=kind, identifiers=identifiers, list_name="Invented list")


@pytest.fixture(scope="module")
def index() -> ListIndex:
    return CompanyMatcher().index(
        [
            entry("1", "ZARKOVIA SHIPPING CO., LTD.", "ZARKO LINE", identifiers=(("uk_company_number", "09990066"),)),
            entry("2", "QUORRAN PETROCHEMICAL TRADING COMPANY"),
            entry("3", "IAC INTERNATIONAL INC."),
            entry("4", "SUNRISE FUND 2 LIMITED"),
            entry("5", "北海远洋运输有限公司"),
            entry("6", "QUILLON, Person", "LOBO NEGRO", kind="individual"),
            entry("7", "SEA LOBO", kind="vessel"),
            entry("8", "Q-100", kind="aircraft"),
            entry("9", "NAMELESS TYPE HOLDING", kind="unknown"),
            *(
                entry(f"1{number:03}", f"COMMON TRADING {word}")
                for number, word in enumerate(("ALPHA", "BETA", "GAMMA"))
            ),
        ]
    )


def found(candidates: tuple[Candidate, ...]) -> list[tuple[str, str, str, str]]:
    return [(hit.entry.entry, hit.matched_name, hit.basis, str(hit.score)) for hit in candidates]


def test_an_equal_number_is_found_under_any_name(index: ListIndex) -> None:
    assert found(index.candidates("Harmless Ltd", {"uk_company_number": "09990066"})) == [
        ("1", "ZARKOVIA SHIPPING CO., LTD.", "identifier", "1.000")
    ]


def test_an_equal_number_of_another_kind_is_nothing(index: ListIndex) -> None:
    assert index.candidates("Harmless Ltd", {"duns": "09990066"}) == ()


def test_an_entry_is_found_once_on_its_strongest_ground(index: ListIndex) -> None:
    assert found(index.candidates("Zarko Line", {"uk_company_number": "09990066"})) == [
        ("1", "ZARKOVIA SHIPPING CO., LTD.", "identifier", "1.000")
    ]


def test_an_equal_name_is_found_through_case_and_legal_form(index: ListIndex) -> None:
    assert found(index.candidates("Zarkovia Shipping GmbH", {})) == [
        ("1", "ZARKOVIA SHIPPING CO., LTD.", "name", "1.000")
    ]


def test_an_alias_is_found_and_told(index: ListIndex) -> None:
    assert found(index.candidates("ZARKO LINE LLC", {})) == [("1", "ZARKO LINE", "name", "1.000")]


def test_a_misspelt_name_is_near(index: ListIndex) -> None:
    assert found(index.candidates("Quoran Petrochemical Trading", {})) == [
        ("2", "QUORRAN PETROCHEMICAL TRADING COMPANY", "near_name", "0.982")
    ]


def test_words_in_another_order_are_near_and_not_equal(index: ListIndex) -> None:
    assert found(index.candidates("Shipping Zarkovia", {})) == [
        ("1", "ZARKOVIA SHIPPING CO., LTD.", "near_name", "1.000")
    ]


def test_swapped_letters_are_near(index: ListIndex) -> None:
    assert [hit.entry.entry for hit in index.candidates("Zarkovai Shipping", {})] == ["1"]


def test_a_short_word_tells_two_companies_apart(index: ListIndex) -> None:
    assert index.candidates("ICF International, Inc.", {}) == ()


def test_numbers_in_names_must_agree(index: ListIndex) -> None:
    assert index.candidates("Sunrise Fund 3 Limited", {}) == ()
    assert [hit.entry.entry for hit in index.candidates("Sunrise Funds 2 Limited", {})] == ["4"]


@pytest.mark.parametrize(
    "name", ["北海远洋运输有限责任公司", "远洋运输（北海）有限公司", "北海市遠洋運輸有限公司", "北海远洋运输"]
)
def test_a_chinese_name_is_found_however_it_is_written(index: ListIndex, name: str) -> None:
    assert found(index.candidates(name, {})) == [("5", "北海远洋运输有限公司", "name", "1.000")]


@pytest.mark.parametrize("name", ["北海远洋运输股份有限公司", "北海远洋运输有限公司大连分公司"])
def test_another_chinese_legal_form_or_a_branch_is_for_a_person(index: ListIndex, name: str) -> None:
    assert found(index.candidates(name, {})) == [("5", "北海远洋运输有限公司", "near_name", "0.990")]


@pytest.mark.parametrize("name", ["远洋运输有限公司", "广西壮族自治区北海市远洋运输有限公司"])
def test_a_chinese_name_with_a_region_less_or_more_is_for_a_person(index: ListIndex, name: str) -> None:
    assert found(index.candidates(name, {})) == [("5", "北海远洋运输有限公司", "near_name", "0.950")]


def test_a_chinese_name_of_another_region_is_another(index: ListIndex) -> None:
    assert index.candidates("南宁远洋运输有限公司", {}) == ()


@pytest.mark.parametrize(
    "name", ["Zаrkоvia Shipping", "ΖARKOVIA SHIPPING", "Zarko\u200bvia Shipping Ltd", "ZARKOVIA SHIPPING /DE/"]
)
def test_letters_that_look_alike_and_letters_that_nobody_sees_hide_nothing(index: ListIndex, name: str) -> None:
    assert found(index.candidates(name, {})) == [("1", "ZARKOVIA SHIPPING CO., LTD.", "name", "1.000")]


@pytest.mark.parametrize("name", ["Quillon Person", "Lobo Negro Ltd", "Sea Lobo", "Q-100"])
def test_people_vessels_and_aircraft_are_not_matched(index: ListIndex, name: str) -> None:
    assert index.candidates(name, {}) == ()


def test_an_entry_of_unknown_type_is_matched(index: ListIndex) -> None:
    assert [hit.entry.entry for hit in index.candidates("Nameless Type Holding", {})] == ["9"]


def test_shared_common_words_alone_are_not_near() -> None:
    words = ("ALPHA", "BETA", "GAMMA", "DELTA", "OMEGA", "SIGMA")
    index = CompanyMatcher().index([entry(word, f"COMMON TRADING {word}") for word in words])
    assert index.candidates("Common Trading Kappa", {}) == ()


def test_the_same_rare_words_are_near_among_different_common_ones() -> None:
    common = [entry(f"c{number}", f"TRADING HOUSE {number}") for number in range(9)]
    index = CompanyMatcher().index([entry("r", "ZARKOV QUORRAN TRADING"), *common])
    assert [(hit.entry.entry, hit.basis) for hit in index.candidates("Quorran Zarkov House", {})] == [
        ("r", "near_name")
    ]
    assert index.candidates("Quorran House", {}) == ()


def test_a_name_without_letters_is_not_taken_for_clean(index: ListIndex) -> None:
    with pytest.raises(CouldNotAsk, match="no letter or digit"):
        index.candidates("- / -", {})


def test_an_empty_list_has_no_candidates() -> None:
    assert CompanyMatcher().index([]).candidates("Zarkovia", {"lei": "X"}) == ()


def test_scores_never_round_up_to_certainty(index: ListIndex) -> None:
    (hit,) = index.candidates("Quoran Petrochemical Trading", {})
    assert Decimal("0.9") <= hit.score < 1
