from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from admission.evidence.answers import Coverage
from admission.evidence.facts import Facts, LegalKind, LegalStatus
from admission.evidence.findings import Verdict
from admission.metrics.catalogue import CATALOGUE, Metric
from admission.metrics.derive import MetricInputs, declared_findings, derive_metrics
from admission.metrics.ratios import FAR
from admission.money import Exchange, RateTable
from tests.admission.build import AS_OF, EXCHANGE, answered, application, legal, metrics, profile, statement

WITHOUT_RATES = Exchange(RateTable(), "USD", AS_OF)
FACTS = Facts.of([profile(incorporated_on=date(2009, 5, 1)), statement()])


def derived(
    facts: Facts = FACTS,
    *,
    seen: Coverage | None = None,
    spoiled: tuple[str, ...] = (),
    exchange: Exchange = EXCHANGE,
    **changes: Any,
) -> dict[str, Metric]:
    inputs = MetricInputs(application(**changes), exchange, spoiled)
    return derive_metrics(facts, answered() if seen is None else seen, inputs)


def test_every_metric_of_the_catalogue_is_there_with_a_value_or_a_reason() -> None:
    for found in (derived(), derived(Facts(), seen=Coverage())):
        assert list(found) == list(CATALOGUE)
        assert all((metric.value is None) == (metric.unknown is not None) for metric in found.values())


def test_nothing_asked_leaves_nothing_known_but_what_was_declared_or_is_the_house_s_own() -> None:
    found = derived(Facts(), seen=Coverage())
    assert [name for name, metric in found.items() if metric.value is not None] == [
        "declared_contradictions",
        "country_excluded",
        "industry_excluded",
    ]


SPOILING = [
    ("legal", "open_insolvency", Facts.of([profile(), statement()])),
    ("legal", "open_charges", Facts.of([profile(), statement()])),
    ("filings", "distress_filings_24m", FACTS),
    ("statements", "debt_ratio", Facts.of([profile()])),
    ("reports", "credit_score", FACTS),
    ("profiles", "registry_verified", Facts.of([statement()])),
]


@pytest.mark.parametrize(("table", "name", "facts"), SPOILING, ids=[f"{row[0]}-{row[1]}" for row in SPOILING])
def test_absence_in_a_table_that_lost_rows_is_unknown(table: str, name: str, facts: Facts) -> None:
    metric = derived(facts, spoiled=(table,))[name]
    assert metric.value is None
    assert metric.unknown is not None


def test_what_is_left_of_a_spoiled_table_still_counts_against_the_company() -> None:
    facts = Facts.of([legal(LegalKind.INSOLVENCY, LegalStatus.OPEN)])
    assert derived(facts, spoiled=("legal",))["open_insolvency"].value is True


@pytest.mark.parametrize(
    ("accounts", "exchange", "worth", "revenue"),
    [
        ({}, EXCHANGE, Decimal("43.478261"), Decimal("12.5")),
        ({"currency": "GBP"}, WITHOUT_RATES, Decimal("34.782609"), Decimal(10)),
        ({}, WITHOUT_RATES, None, None),
        ({"equity": Decimal(25)}, EXCHANGE, FAR, Decimal("12.5")),
        ({"equity": None, "revenue": Decimal(0)}, EXCHANGE, None, FAR),
    ],
    ids=["converted", "same-currency", "no-rate", "no-worth", "worth-not-stated-and-no-revenue"],
)
def test_what_is_asked_for_is_set_against_the_company_s_size(
    accounts: dict[str, Any], exchange: Exchange, worth: Decimal | None, revenue: Decimal | None
) -> None:
    found = derived(Facts.of([statement(**accounts)]), exchange=exchange)
    assert found["requested_to_net_worth"].value == worth
    assert found["requested_to_revenue"].value == revenue


def test_a_converted_share_shows_its_rate() -> None:
    note = derived()["requested_to_revenue"].note
    assert note is not None
    assert note.en == "at 1.25 of 2026-06-01"


def usd(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "USD"}


DECLARED: list[tuple[str, dict[str, Any], Verdict]] = [
    ("revenue-equal", {"annual_revenue": usd("2000")}, Verdict.PASS),
    ("revenue-a-quarter-more", {"annual_revenue": usd("2500")}, Verdict.PASS),
    ("revenue-beyond-a-quarter", {"annual_revenue": usd("2500.01")}, Verdict.FAIL),
    ("revenue-a-quarter-less", {"annual_revenue": usd("1500")}, Verdict.PASS),
    ("revenue-far-less", {"annual_revenue": usd("1499")}, Verdict.FAIL),
    ("revenue-converted", {"annual_revenue": {"amount": "1600", "currency": "GBP"}}, Verdict.PASS),
    ("revenue-without-a-rate", {"annual_revenue": {"amount": "1600", "currency": "CNY"}}, Verdict.UNKNOWN),
    ("assets", {"total_assets": usd("2000")}, Verdict.FAIL),
    ("income-of-other-sign", {"net_income": usd("-50")}, Verdict.FAIL),
    ("income", {"net_income": usd("45")}, Verdict.PASS),
    ("headcount", {"headcount": 130}, Verdict.PASS),
    ("headcount-far-off", {"headcount": 500}, Verdict.FAIL),
    ("founded", {"founded": "2010-05-02"}, Verdict.PASS),
    ("founded-earlier", {"founded": "1999-01-01"}, Verdict.FAIL),
]


@pytest.mark.parametrize(("declared", "verdict"), [row[1:] for row in DECLARED], ids=[row[0] for row in DECLARED])
def test_what_is_declared_is_compared_with_what_is_found(declared: dict[str, Any], verdict: Verdict) -> None:
    asked = application(declared=declared)
    found = derived(declared=declared)
    (finding,) = declared_findings(asked, found, EXCHANGE)
    assert (finding.verdict, finding.code) == (verdict, f"declared.{next(iter(declared))}")
    assert found["declared_contradictions"].value == Decimal(verdict is Verdict.FAIL)


def test_nothing_declared_gives_no_finding() -> None:
    assert declared_findings(application(), metrics({}), EXCHANGE) == []


def test_what_no_source_tells_cannot_contradict() -> None:
    asked = application(declared={"annual_revenue": usd("1"), "headcount": 3, "founded": "2001-01-01"})
    found = declared_findings(asked, metrics({}), EXCHANGE)
    assert [finding.verdict for finding in found] == [Verdict.UNKNOWN] * 3


def test_a_contradiction_names_both_sides() -> None:
    asked = application(declared={"annual_revenue": usd("9000000")})
    (finding,) = declared_findings(asked, derived(), EXCHANGE)
    assert finding.message.en == "declared annual revenue 9,000,000 USD; register says 2,000 USD"
    assert finding.source == "register"
