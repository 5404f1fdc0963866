"""Names are compared without what does not tell companies apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening import normalise


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ANGLO-CARIBBEAN CO., LTD.", "anglo caribbean"),
        ("Müller & Söhne GmbH & Co. KG", "muller and sohne"),
        ("Société Générale S.A.", "societe generale"),
        ("GRUPO QUÓRUM, S.A. DE C.V.", "grupo quorum"),
        ("Tecnología Óptima S. de R.L. de C.V.", "tecnologia optima"),
        ("Søren Łódź ApS", "soren lodz"),
        ("OOO Vostok-Trest", "vostok trest"),
        ("LIMITED LIABILITY COMPANY VOSTOK", "vostok"),
        ("D'S SUPERMARKET COMPANY LTD.", "ds supermarket"),
        ("J.P. Quill Ltd", "jp quill"),
        ("The Quill Company", "quill"),
        ("Ｆｕｌｌ Ｗｉｄｔｈ Ltd", "full width"),
        ("华远机械股份有限公司", "华远机械"),
        ("海蓝科技（深圳）有限公司", "海蓝科技深圳"),
        ("AG", "ag"),
        ("The Limited", "limited"),
    ],
)
def test_a_name_loses_case_accents_punctuation_and_legal_form(name: str, text: str) -> None:
    assert normalise(name).text == text


def test_accents_of_other_scripts_stay() -> None:
    assert normalise("ガス").text != normalise("カス").text


def test_words_with_digits_are_told_apart() -> None:
    assert normalise("Fund 2 Series B4 Ltd").numbers == ("2", "b4")


@given(st.text(alphabet=st.characters(categories=["Lu", "Ll", "Nd"]), min_size=1, max_size=40))
def test_a_name_with_a_letter_or_digit_never_becomes_empty(name: str) -> None:
    assert normalise(name).tokens != ()


@given(st.text(max_size=60))
def test_normalising_a_normal_name_changes_no_word_of_it_but_legal_forms(name: str) -> None:
    once = normalise(name)
    assert set(normalise(once.text).tokens) <= set(once.tokens)
