"""How the Gazette's notices print names and company numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.uk_gazette.names import (
    has_blanks_in,
    holds_name,
    mentions,
    names_a_company,
    nearly_prints,
    printed_numbers,
    stands_first,
)

NAME = "Larkfield Instruments Limited"


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("(Company Number 02593821)", ("02593821",)),
        ("MEASURES LIMITED (Company Number 99999916 ) Trading Name: M", ("99999916",)),
        ("Name of Company: M LIMITED Company Number: 99999918", ("99999918",)),
        ("Registered No. SC123456", ("SC123456",)),
        ("Company registration number 2593821", ("02593821",)),
        ("Company Numbers: 02593821, 99999902 and NI123456", ("02593821", "99999902", "NI123456")),
        ("(Company Number 02593821) ... company no 02593821", ("02593821",)),
        ("Office Holder Number: 9876. Registered Charity Number 1234567", ()),
        ("Company Number pending", ()),
        ("Telephone 020 7946 0000", ()),
    ],
)
def test_company_numbers_as_notices_print_them(text: str, numbers: tuple[str, ...]) -> None:
    assert printed_numbers(text) == numbers


@given(
    st.integers(min_value=10_000, max_value=99_999_999),
    st.sampled_from(["Company Number", "COMPANY NO.", "registered no"]),
)
def test_every_printed_number_is_found_with_and_without_its_zeros(value: int, label: str) -> None:
    for written in (f"{value:08d}", str(value)):
        assert printed_numbers(f"SAMPLE LIMITED ({label}: {written}) of Sampleton") == (f"{value:08d}",)


@pytest.mark.parametrize(
    ("text", "name", "found"),
    [
        ("LARKFIELD INSTRUMENTS LTD", NAME, True),
        ("in the matter of Larkfield  Instruments, P.L.C.", NAME, True),
        ("LARKFIELD INSTRUMENTS (NORTH) LIMITED", NAME, True),
        ("LARKFIELDS INSTRUMENTS LIMITED", NAME, False),
        ("BLACKLARKFIELD INSTRUMENTS", NAME, False),
        ("SMITH AND BROWN LIMITED", "Smith & Brown Ltd", True),
        ("CAFE ROUGE LIMITED", "Café Rouge Ltd.", True),
        ("JONES'S BAKERY LTD", "Jones’s Bakery", True),
        ("ANY LIMITED COMPANY", "Limited", False),
    ],
)
def test_a_name_is_found_whatever_its_form(text: str, name: str, *, found: bool) -> None:
    assert mentions(text, name) is found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("LARKFIELD INSTRUMENTS LIMITED (Company Number 1)", True),
        ("Larkfield Instruments Ltd.", True),
        ("the above LARKFIELD INSTRUMENTS", True),
        ("LARKFIELD INSTRUMENTS PUBLIC LIMITED COMPANY", True),
        ("LARKFIELD INSTRUMENTS and SAMPLETON SUPPLIES LIMITED", True),
        ("LARKFIELD INSTRUMENTS\nSAMPLETON SUPPLIES LIMITED", True),
        ("LARKFIELD INSTRUMENTS, formerly Sampleton Limited", True),
        ("LARK\u00adFIELD INSTRU\u200bMENTS LIMITED", True),
        ("ＬＡＲＫＦＩＥＬＤ ＩＮＳＴＲＵＭＥＮＴＳ ＬＴＤ", True),
        ("LARKFIELD INSTRUMENTS (NORTH) LIMITED", False),
        ("LARKFIELD INSTRUMENTS UK HOLDINGS PLC", False),
        ("LARKFIELD INSTRUMENTS (NORTH) LIMITED and LARKFIELD INSTRUMENTS LIMITED", True),
        ("LARKFIELD SCIENTIFIC INSTRUMENTS LIMITED", False),
    ],
)
def test_the_very_name_is_told_from_a_longer_one(text: str, *, found: bool) -> None:
    assert holds_name(text, NAME) is found


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("SMITH AND COMPANY LIMITED", "Smith & Co. Ltd"),
        ("LARK BROTHERS LTD", "Lark Bros. Limited"),
        ("LARK LIMITED", "The Lark Limited"),
        ("CAFE ROUGE LIMITED", "Café Rouge Ltd."),
    ],
)
def test_a_name_is_the_same_however_it_is_written(text: str, name: str) -> None:
    assert holds_name(text, name)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("(Company Number 02593821)", True),
        ("(Company Number 2593821)", True),
        ("Company Number 02593821 10 Invented Street", True),
        ("Company Numbers: 02593821, 99999902", True),
        ("Company Number pending. Registered No. 02593821", True),
        ("Company Number ０２５９３８２１", True),
        ("Company Number 0259 3821", False),
        ("Company Number 025938 21", False),
        ("Company Number 99999902. Petitioner: company number 02593821", False),
        ("Company Number 9999 9902. Petitioner: company number 02593821", False),
        ("Company Number 025938211", False),
        ("Telephone 02593821", False),
    ],
)
def test_only_our_number_without_fault_stands_first(text: str, *, first: bool) -> None:
    assert stands_first(text, "02593821") is first


@given(st.integers(min_value=1, max_value=99_999_999), st.integers(min_value=1, max_value=7), st.sampled_from(" .-"))
def test_a_number_with_a_blank_in_it_is_known_and_is_not_confirmed(value: int, place: int, sign: str) -> None:
    number = f"{value:08d}"
    text = f"(Company Number {number[:place]}{sign}{number[place:]})"
    assert has_blanks_in(text, number)
    assert not stands_first(text, number)


@given(st.integers(min_value=10_000_000, max_value=99_999_999), st.integers(min_value=0, max_value=7), st.data())
def test_a_misprinted_number_is_nearly_ours(value: int, place: int, data: st.DataObject) -> None:
    number = str(value)
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != number[place]]))
    swapped = number[: place - 1] + number[place] + number[place - 1] + number[place + 1 :] if place else number
    for printed in (
        number[:place] + other + number[place + 1 :],
        number[:place] + number[place + 1 :],
        number[:place] + other + number[place:],
        swapped if swapped != number else number[:-1],
    ):
        assert nearly_prints(f"(Company Number {printed})", number), printed
        assert not stands_first(f"(Company Number {printed})", number), printed


def test_a_quite_different_number_is_not_nearly_ours() -> None:
    assert not nearly_prints("(Company Number 12345678)", "99999901")
    assert names_a_company("SAMPLETON SUPPLIES LTD")
    assert not names_a_company("Company Number 12345678")
