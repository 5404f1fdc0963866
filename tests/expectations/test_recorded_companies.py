"""The cuts against what the SEC really answered: sound companies must come through."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from admission.evidence.facts import Facts, Filing, FinancialStatement
from expectations import validate

pytestmark = pytest.mark.recorded

AS_OF = date(2026, 3, 31)
FIELDS = {"Assets": "total_assets", "Liabilities": "total_liabilities"}


def _balance_sheets(path: Path, taxonomy: str, equity: str) -> tuple[FinancialStatement, ...]:
    concepts = json.loads(path.read_text())["facts"][taxonomy]
    figures: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    for concept, field in {**FIELDS, equity: "equity"}.items():
        for row in concepts[concept]["units"]["USD"]:
            figures[row["end"]][field] = Decimal(str(row["val"]))
    return tuple(
        FinancialStatement(
            source="sec_edgar", period_end=date.fromisoformat(end), currency="USD", standard=taxonomy, **values
        )
        for end, values in sorted(figures.items())
    )


def _codes(facts: Facts) -> dict[str, int]:
    findings = validate({"GH-1": facts}, as_of=AS_OF)["GH-1"].findings
    codes = [finding.code for finding in findings]
    return {code: codes.count(code) for code in codes}


def test_apple_balances_and_keeps_its_units(recorded: Path) -> None:
    sheets = _balance_sheets(recorded / "sec_edgar/companyfacts/CIK0000320193.json", "us-gaap", "StockholdersEquity")
    assert len(sheets) > 68
    assert _codes(Facts(statements=sheets)) == {"statement.suite": 1}


def test_equity_without_minorities_is_a_warning_and_whole_equity_none(recorded: Path) -> None:
    path = recorded / "sec_edgar/companyfacts/lpa_facts.json"
    owners = _balance_sheets(path, "ifrs-full", "EquityAttributableToOwnersOfParent")
    assert _codes(Facts(statements=owners)) == {"statement.balance_gap": 3}
    whole = [sheet for sheet in _balance_sheets(path, "ifrs-full", "Equity") if sheet.total_assets is not None]
    assert len(whole) == 3
    assert _codes(Facts(statements=tuple(whole))) == {"statement.suite": 1}


@pytest.mark.parametrize("company", ["CIK0000320193", "CIK0000749647", "CIK0000895419", "CIK0001881551"])
def test_filings_about_meetings_to_come_are_in_order(recorded: Path, company: str) -> None:
    recent = json.loads((recorded / f"sec_edgar/submissions/{company}.json").read_text())["filings"]["recent"]
    columns = ("accessionNumber", "form", "filingDate", "reportDate")
    filings = tuple(
        Filing(
            source="sec_edgar",
            reference=reference,
            form=form,
            filed_on=date.fromisoformat(filed),
            period_on=date.fromisoformat(period) if period else None,
        )
        for reference, form, filed, period in zip(*(recent[column] for column in columns), strict=True)
    )
    assert any(filing.period_on and filing.period_on > filing.filed_on for filing in filings)
    assert _codes(Facts(filings=filings)) == {"filing.suite": 1}
