"""What is known of the recorded companies stays known: the law is not met by answering "unknown" always."""

from __future__ import annotations

import pytest

from tests.connectors.metamorphic.readings import application_for, read
from tests.connectors.metamorphic.samples import Sample, recorded

pytestmark = pytest.mark.recorded

# Known of everybody, whatever a source says.
_ALWAYS = {"declared_contradictions", "country_excluded", "industry_excluded"}
_AT_THE_SEC = "industry_code registry_verified"
_FILES = (
    f"{_AT_THE_SEC} years_trading registered_active strike_off_proposed distress_filings_24m insolvency_history "
    "auditor_changes_24m impairments_24m"
)
_ACCOUNTS = (
    "total_assets total_liabilities revenue net_income equity tangible_net_worth debt_ratio equity_ratio current_ratio "
    "return_on_assets revenue_growth altman_z2 cash_flow_to_debt accounts_age_months debt_ratio_change_2y"
)
_REGISTERED = "years_trading accounts_overdue industry_code registry_verified registered_active strike_off_proposed"
KNOWN = {
    "sec_edgar: recorded submissions CIK0000320193.json": f"{_FILES} open_insolvency",
    # Files no 10-K or 10-Q: a fund without a report, and a foreign company that has left the exchange.
    "sec_edgar: recorded submissions CIK0000350001.json": _AT_THE_SEC,
    "sec_edgar: recorded submissions CIK0000940418.json": _AT_THE_SEC,
    "sec_edgar: recorded submissions CIK0000749647.json": f"{_FILES} open_insolvency",
    # Has emerged from bankruptcy, by inference: how it stands is for a person.
    "sec_edgar: recorded submissions CIK0000895419.json": _FILES,
    "sec_edgar: recorded submissions CIK0001881551.json": f"{_FILES} open_insolvency",
    "sec_edgar: recorded companyfacts CIK0000320193.json": (
        f"{_ACCOUNTS} quick_ratio receivable_days payable_days inventory_days gross_margin operating_cash_flow "
        "negative_cash_flow_years gross_margin_change_2y receivable_days_change_2y"
    ),
    "sec_edgar: recorded companyfacts lpa_facts.json": f"{_ACCOUNTS} interest_cover",
    "uk_companies_house: recorded profile profile_00445790_tesco.json": _REGISTERED,
    "uk_companies_house: recorded profile profile_04374209.json": f"{_REGISTERED} open_insolvency insolvency_history",
    "uk_companies_house: recorded insolvency insolvency_04374209.json": "open_insolvency insolvency_history",
    "uk_companies_house: recorded insolvency insolvency_00712615_empty_cases.json": (
        "open_insolvency insolvency_history"
    ),
}


@pytest.mark.parametrize("sample", recorded(), ids=lambda sample: sample.name)
def test_what_is_known_stays_known(sample: Sample) -> None:
    metrics = read(sample, sample.raw.body, application_for(sample)).metrics
    known = {name for name, metric in metrics.items() if metric.value is not None} - _ALWAYS
    assert known == set(KNOWN[sample.name].split())
