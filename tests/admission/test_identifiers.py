from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from admission.errors import Invalid
from admission.identifiers import CHECKS, USCC_ALPHABET, checked, misfit, taken
from tests.languages import is_chinese

DIGITS = "0123456789"


def a_lei(stem: str) -> str:
    """Append the check digits, worked out as ISO 17442 says: 98 less the remainder."""
    digits = "".join(str(int(character, 36)) for character in stem + "00")
    return f"{stem}{98 - int(digits) % 97:02d}"


def a_uscc(stem: str) -> str:
    """Append both check characters to the first 16, worked out from the tables of the two standards."""
    letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    total = sum(letters.index(c) * w for c, w in zip(stem[8:], (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    rest = (11 - total % 11) % 11
    code = stem + ("X" if rest == 10 else str(rest))
    powers = [pow(3, place, 31) for place in range(17)]
    total = sum(USCC_ALPHABET.index(c) * w for c, w in zip(code, powers, strict=True))
    return code + USCC_ALPHABET[(31 - total % 31) % 31]


GOOD = [
    ("cik", "320193", "0000320193"),
    ("cik", "0000320193", "0000320193"),
    ("uk_company_number", "445790", "00445790"),
    ("uk_company_number", " sc 123456 ", "SC123456"),
    ("uk_company_number", "IP12345R", "IP12345R"),
    ("lei", a_lei("549300EXAMPLE00000"), a_lei("549300EXAMPLE00000")),
    ("lei", a_lei("5493001KJTIIGC8Y1R").lower(), "5493001KJTIIGC8Y1R12"),
    ("uscc", "91350100M000100Y43", "91350100M000100Y43"),
    ("uscc", a_uscc("9135010000000000"), a_uscc("9135010000000000")),
    ("uscc", a_uscc("A1AB1234MA00X0Y1"), a_uscc("A1AB1234MA00X0Y1")),
    ("vat", "DE 123456789", "DE123456789"),
    ("vat", "FR 12 345678901", "FR12345678901"),
    ("vat", "GB 980 7806 84", "GB980780684"),
    ("vat", "gbgd001", "GBGD001"),
    ("ein", "942404110", "94-2404110"),
    ("duns", "15-048-3782", "150483782"),
]
BAD = [
    ("cik", "", "one to ten digits"),
    ("cik", "0", "one to ten digits"),
    ("cik", "12345678901", "one to ten digits"),
    ("cik", "٣٢٠١٩٣", "one to ten digits"),
    ("uk_company_number", "00000000", "eight digits"),
    ("uk_company_number", "XX123456", "eight digits"),
    ("uk_company_number", "123456789", "eight digits"),
    ("lei", "5493001KJTIIGC8Y1R13", "check digits do not fit"),
    ("lei", "5493001KJTIIGC8Y1R1", "twenty characters"),
    ("uscc", "91350100M000100Y44", "last check character"),
    ("uscc", "91350100M000100Y4", "eighteen characters"),
    ("uscc", "91350100M000100I43", "without I, O, S, V and Z"),
    ("uscc", "91350100M000100Y53", "place 17"),
    ("vat", "123456789", "country prefix"),
    ("vat", "DE12345678", "VAT number of DE"),
    ("vat", "DE١٢٣٤٥٦٧٨٩", "VAT number of DE"),
    ("vat", "GB980780685", "mod 97"),
    ("ein", "94-240411", "nine digits"),
    ("ein", "00-0000000", "nine digits"),
    ("duns", "12345678A", "nine digits"),
]


@pytest.mark.parametrize(("kind", "given_number", "written"), GOOD, ids=[f"{kind}-{n}" for kind, n, _ in GOOD])
def test_a_good_number_is_brought_into_its_one_form(kind: str, given_number: str, written: str) -> None:
    assert checked(kind, given_number) == written


@pytest.mark.parametrize(
    ("kind", "given_number", "expected"), BAD, ids=[f"{kind}-{n or 'empty'}" for kind, n, _ in BAD]
)
def test_a_bad_number_is_refused_with_what_would_be_right(kind: str, given_number: str, expected: str) -> None:
    with pytest.raises(Invalid, match=expected) as refused:
        checked(kind, given_number)
    assert is_chinese(refused.value.expected)


def test_an_unknown_kind_is_no_identifier() -> None:
    with pytest.raises(KeyError):
        checked("passport", "1")


def test_a_written_form_is_a_fixed_point() -> None:
    for kind, _, written in GOOD:
        assert checked(kind, written) == written
    assert {kind for kind, _, _ in GOOD} == set(CHECKS)


@pytest.mark.parametrize("ending", ["00", "01", "99"])
def test_check_digits_that_iso_17442_never_gives_out_are_refused(ending: str) -> None:
    stems = (f"5493{number:014d}" for number in range(200))
    aliases = [stem for stem in stems if int("".join(str(int(c, 36)) for c in stem + ending)) % 97 == 1]
    assert aliases
    for stem in aliases:
        with pytest.raises(ValueError, match="check digits do not fit"):
            checked("lei", stem + ending)


@given(stem=st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=18, max_size=18), data=st.data())
def test_changing_one_digit_of_a_lei_is_refused(stem: str, data: st.DataObject) -> None:
    code = a_lei(stem)
    assert checked("lei", code) == code
    place = data.draw(st.sampled_from([at for at, character in enumerate(code) if character in DIGITS]))
    digit = data.draw(st.sampled_from([other for other in DIGITS if other != code[place]]))
    with pytest.raises(ValueError, match="check digits"):
        checked("lei", code[:place] + digit + code[place + 1 :])


@given(stem=st.text(USCC_ALPHABET, min_size=16, max_size=16), data=st.data())
def test_changing_one_character_of_a_credit_code_is_refused(stem: str, data: st.DataObject) -> None:
    code = a_uscc(stem)
    assume(len(set(code)) > 1)
    assert checked("uscc", code) == code
    place = data.draw(st.integers(0, 17))
    other = data.draw(st.sampled_from([c for c in USCC_ALPHABET if c != code[place]]))
    with pytest.raises(ValueError, match="does not fit"):
        checked("uscc", code[:place] + other + code[place + 1 :])


@given(kind=st.sampled_from(sorted(CHECKS)), text=st.text(max_size=30))
def test_any_text_is_either_accepted_or_refused_as_wrong(kind: str, text: str) -> None:
    try:
        written = checked(kind, text)
    except ValueError:
        return
    assert checked(kind, written) == written
    assert written.isascii()


@pytest.mark.parametrize(("code", "why"), [("91350100M000100Y44", "last check"), ("91350100M000100Y53", "place 17")])
def test_a_credit_code_whose_check_characters_do_not_fit_is_taken_and_told(code: str, why: str) -> None:
    assert taken("uscc", f" {code.lower()} ") == code
    told = misfit("uscc", code)
    assert told is not None
    assert why in told.en
    assert is_chinese(told)


@pytest.mark.parametrize("number", ["0" * 18, "1" * 18, "X" * 18, "91350100M000100Y4", "91350100M000100I43", ""])
def test_eighteen_equal_characters_and_other_shapes_are_no_credit_code(number: str) -> None:
    for check in (taken, checked):
        with pytest.raises(Invalid):
            check("uscc", number)


@pytest.mark.parametrize(("kind", "number", "expected"), [row for row in BAD if row[0] != "uscc"])
def test_numbers_of_other_kinds_are_taken_as_they_are_checked(kind: str, number: str, expected: str) -> None:
    with pytest.raises(Invalid, match=expected):
        taken(kind, number)


def test_numbers_that_fit_have_nothing_to_tell() -> None:
    assert [misfit(kind, written) for kind, _, written in GOOD] == [None] * len(GOOD)
