"""Figures out of proportion to what else is known."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from admission.evidence.facts import FinancialStatement
from admission.evidence.findings import Verdict, Weight
from admission.metrics.magnitude import FACTOR, LEAST_TIMES, MOST_TIMES, magnitude_findings
from tests.admission.build import EXCHANGE, application, statement

# 20,000 GBP are 25,000 USD.
LIMIT = Decimal(25_000)


def uploaded(size: Decimal, **changes: object) -> FinancialStatement:
    return statement(source="financials_upload", total_assets=size, revenue=size / 2, **changes)


def codes(*statements: FinancialStatement) -> list[str]:
    return [finding.code for finding in magnitude_findings(statements, application(), EXCHANGE)]


@pytest.mark.parametrize(
    ("times", "told"),
    [
        (LEAST_TIMES, []),
        (LEAST_TIMES / 2, ["magnitude.request"]),
        (Decimal(1), []),
        (Decimal(MOST_TIMES), []),
        (Decimal(MOST_TIMES + 1), ["magnitude.request"]),
    ],
)
def test_uploaded_accounts_beside_the_request(times: Decimal, told: list[str]) -> None:
    assert codes(uploaded(LIMIT * times)) == told


@pytest.mark.parametrize("factor", [Decimal(10_000), Decimal(1_000), Decimal("0.001"), Decimal("0.0001")])
@pytest.mark.parametrize("times", [Decimal(5), Decimal(20), Decimal(100)])
def test_a_unit_taken_wrong_is_told(factor: Decimal, times: Decimal) -> None:
    told = codes(uploaded(LIMIT * times * factor))
    assert told == ["magnitude.request"] or times * factor == 5_000


def test_large_companies_at_a_register_may_ask_for_little() -> None:
    assert codes(statement(source="sec_edgar", total_assets=LIMIT * 10**7)) == []


@pytest.mark.parametrize(("times", "told"), [(FACTOR - 1, []), (FACTOR, ["magnitude.sources"])])
def test_uploaded_accounts_beside_another_source_s_of_another_day(times: int, told: list[str]) -> None:
    theirs = statement(source="creditsafe", period_end=date(2024, 12, 31), total_assets=LIMIT, revenue=None)
    assert [code for code in codes(uploaded(LIMIT * times), theirs) if code == "magnitude.sources"] == told
    ours = uploaded(LIMIT / times)
    assert [code for code in codes(ours, theirs) if code == "magnitude.sources"] == told


def test_the_same_day_is_for_the_expectations() -> None:
    theirs = statement(source="creditsafe", total_assets=Decimal(25), revenue=None)
    assert codes(uploaded(LIMIT), theirs) == []


def test_the_finding_fails_with_both_figures() -> None:
    (finding,) = magnitude_findings([uploaded(LIMIT * 10**6)], application(), EXCHANGE)
    assert (finding.verdict, finding.weight, finding.source) == (Verdict.FAIL, Weight.WARNING, "financials_upload")
    assert "25,000,000,000 USD" in finding.message.en
    assert "20,000 GBP" in finding.message.en
    assert "请核对金额单位" in finding.message.zh


def test_without_a_rate_or_a_size_nothing_is_compared() -> None:
    assert codes(uploaded(LIMIT, currency="CHF")) == []
    assert codes(statement(source="financials_upload", total_assets=None, revenue=None)) == []
