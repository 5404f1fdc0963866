"""Amounts as readers of each language write them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from admission.memo.phrases import amount_words


@pytest.mark.parametrize(
    ("amount", "currency", "en", "zh"),
    [
        ("1000000", "CNY", "1,000,000 CNY", "人民币 100 万元（1,000,000.00）"),
        ("123456789", "CNY", "123,456,789 CNY", "人民币 1.2346 亿元（123,456,789.00）"),
        ("5000", "CNY", "5,000 CNY", "人民币 5,000.00 元"),
        ("1E+3", "EUR", "1,000 EUR", "1,000.00 欧元"),
        ("1250.5", "EUR", "1,250.50 EUR", "1,250.50 欧元"),
        ("150000", "GBP", "150,000 GBP", "15 万英镑（150,000.00）"),
        ("31428.57", "USD", "31,428.57 USD", "3.1429 万美元（31,428.57）"),
        ("-20000", "USD", "-20,000 USD", "-2 万美元（-20,000.00）"),
        ("0", "USD", "0 USD", "0.00 美元"),
        ("80000", "BRL", "80,000 BRL", "8 万 BRL（80,000.00）"),
        ("800", "BRL", "800 BRL", "800.00 BRL"),
    ],
)
def test_an_amount_is_said_in_the_unit_that_its_readers_think_in(amount: str, currency: str, en: str, zh: str) -> None:
    said = amount_words(Decimal(amount), currency)
    assert (said.en, said.zh) == (en, zh)
