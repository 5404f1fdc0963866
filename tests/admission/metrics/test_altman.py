"""Each of Altman's scores is for the companies it was made for; elsewhere it is unknown, with the reason."""

from __future__ import annotations

from decimal import Decimal

import pytest

from admission.metrics.altman import (
    FINANCIAL,
    LISTED,
    NOT_LISTED,
    NOT_MANUFACTURING,
    UNKNOWN_INDUSTRY,
    altman_z,
    altman_z1,
    altman_z2,
    industry_kind,
)
from admission.metrics.ratios import NOT_STATED
from admission.model import Text
from tests.admission.build import statement

MAKER, SHOP, BANK = "uk-sic:25110", "uk-sic:47110", "us-sic:6022"
PRIVATE = statement()
LISTED_MAKER = statement(market_value_equity=Decimal(800))


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (None, "unknown"),
        ("us-sic:3571", "manufacturing"),
        ("us-sic:2000", "manufacturing"),
        ("us-sic:1999", "other"),
        ("us-sic:4011", "other"),
        ("us-sic:6022", "financial"),
        ("us-sic:6512", "other"),
        ("uk-sic:10110", "manufacturing"),
        ("uk-sic:33200", "manufacturing"),
        ("uk-sic:35110", "other"),
        ("uk-sic:64191", "financial"),
        ("uk-sic:64209", "other"),
        ("cn-gbt4754:C3311", "manufacturing"),
        ("cn-gbt4754:3311", "manufacturing"),
        ("cn-gbt4754:F5179", "other"),
        ("cn-gbt4754:J6620", "financial"),
        ("nace:2511", "unknown"),
        ("uk-sic:", "unknown"),
        ("uk-sic:none", "unknown"),
    ],
)
def test_an_industry_code_tells_what_kind_of_company_it_is(code: str | None, kind: str) -> None:
    assert industry_kind(code) == kind


def test_z_of_a_listed_manufacturer() -> None:
    # 1.2*0.3 + 1.4*0.25 + 3.3*0.12 + 0.6*(800/400) + 0.999*2 = 0.36 + 0.35 + 0.396 + 1.2 + 1.998
    assert altman_z(LISTED_MAKER, MAKER) == Decimal("4.304")


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (altman_z(PRIVATE, MAKER), NOT_LISTED),
        (altman_z(LISTED_MAKER, SHOP), NOT_MANUFACTURING),
        (altman_z(LISTED_MAKER, None), UNKNOWN_INDUSTRY),
        (altman_z(statement(market_value_equity=Decimal(800), retained_earnings=None), MAKER), NOT_STATED),
        (altman_z1(PRIVATE, MAKER), Decimal("3.42569")),
        (altman_z1(LISTED_MAKER, MAKER), LISTED),
        (altman_z1(PRIVATE, SHOP), NOT_MANUFACTURING),
        (altman_z1(PRIVATE, None), UNKNOWN_INDUSTRY),
        (altman_z2(PRIVATE, MAKER), Decimal("5.1644")),
        (altman_z2(LISTED_MAKER, SHOP), Decimal("5.1644")),
        (altman_z2(PRIVATE, None), Decimal("5.1644")),
        (altman_z2(PRIVATE, BANK), FINANCIAL),
        (altman_z1(PRIVATE, BANK), NOT_MANUFACTURING),
    ],
)
def test_each_score_is_for_its_own_kind_of_company(found: Decimal | Text, expected: Decimal | Text) -> None:
    assert found == expected
