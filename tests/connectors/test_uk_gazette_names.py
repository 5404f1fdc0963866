"""How the Gazette's notices print names and company numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.uk_gazette.names import mentions, printed_numbers

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
