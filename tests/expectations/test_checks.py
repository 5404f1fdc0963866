"""Every check of the catalogue, on facts that pass it and facts that fail it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from admission.evidence.facts import Facts
from admission.evidence.findings import Finding, Validation, Verdict, Weight
from expectations import validate
from expectations.catalogue import CATALOGUE, TABLES
from expectations.messages import LABELS
from expectations.suites import suite_of
from tests.expectations.golden import AS_OF, GOLDEN, facts, legal, sized, statement, year_before

FIELDS = {prefix: field for field, prefix in TABLES.items()}


@pytest.fixture(scope="module")
def outcomes() -> dict[str, Validation]:
    batch = {f"{code} good": good for code, (good, _) in GOLDEN.items()}
    batch.update({f"{code} bad": bad for code, (_, bad) in GOLDEN.items()})
    return validate(batch, as_of=AS_OF)


def _failed(validation: Validation, code: str) -> list[Finding]:
    return [finding for finding in validation.findings if finding.code == code and finding.verdict is Verdict.FAIL]


def test_catalogue_suites_and_golden_table_hold_the_same_checks() -> None:
    in_suites = {item.meta["code"] for field in TABLES for item in suite_of(field, as_of=AS_OF).expectations}
    assert in_suites == set(CATALOGUE) == set(GOLDEN)


def test_every_concerned_field_has_a_name_in_both_languages() -> None:
    concerned = {column for check in CATALOGUE.values() for column in check.columns}
    assert concerned == set(LABELS)


@pytest.mark.parametrize("code", sorted(GOLDEN))
def test_good_rows_pass(code: str, outcomes: dict[str, Validation]) -> None:
    assert _failed(outcomes[f"{code} good"], code) == []


@pytest.mark.parametrize("code", sorted(GOLDEN))
def test_bad_rows_fail_with_their_weight_and_evidence(code: str, outcomes: dict[str, Validation]) -> None:
    outcome = outcomes[f"{code} bad"]
    found = _failed(outcome, code)
    assert found
    assert {finding.weight for finding in found} == {CATALOGUE[code].weight}
    assert all(finding.evidence for finding in found)
    assert not any(finding.code == f"{code.split('.', maxsplit=1)[0]}.suite" for finding in outcome.findings)


@pytest.mark.parametrize("code", sorted(GOLDEN))
def test_only_blocking_checks_take_rows_away(code: str, outcomes: dict[str, Validation]) -> None:
    _, bad = GOLDEN[code]
    outcome = outcomes[f"{code} bad"]
    field = FIELDS[code.split(".", maxsplit=1)[0]]
    if CATALOGUE[code].weight is Weight.BLOCKING:
        assert outcome.spoiled == (field,)
        assert getattr(outcome.usable, field) == ()
    else:
        assert outcome.spoiled == ()
        assert outcome.usable is bad


def test_a_clean_table_gets_one_passed_finding() -> None:
    clean = facts(statement(), year_before(evidence="ev-older"))
    outcome = validate({"GH-1": clean}, as_of=AS_OF)["GH-1"]
    (only,) = outcome.findings
    assert (only.code, only.verdict, only.weight) == ("statement.suite", Verdict.PASS, Weight.INFO)
    assert only.evidence == ("ev-accounts", "ev-older")
    assert only.message.en == "Financial statements: 2 checked, nothing found wrong."
    assert only.message.zh == "财务报表：已核对 2 条，未发现问题。"


def test_a_message_names_row_source_and_figures_in_both_languages(outcomes: dict[str, Validation]) -> None:
    (found,) = _failed(outcomes["statement.balance_identity bad"], "statement.balance_identity")
    assert found.source == "register"
    assert found.message.en == (
        "Financial statement to 2025-12-31 from register: assets differ from liabilities plus equity by more than 10% "
        "of assets (total assets 1,000,000 GBP, total liabilities 700,000 GBP, equity 199,999 GBP)."
    )
    assert found.message.zh == (
        "截至 2025-12-31 的财务报表（register）：资产与负债加权益之差超过资产的 10%"
        "（资产总计 1,000,000 GBP，负债合计 700,000 GBP，权益 199,999 GBP）。"
    )


def test_a_message_shows_only_what_is_wrong(outcomes: dict[str, Validation]) -> None:
    (event,) = _failed(outcomes["filing.no_future_dates bad"], "filing.no_future_dates")
    assert event.message.en == (
        "Filing F-1 (10-K) from register: a date lies after 2026-06-30 (event bankruptcy_petition 2026-07-01)."
    )
    (amounts,) = _failed(outcomes["statement.finite bad"], "statement.finite")
    assert amounts.message.en.endswith("a figure is not a finite number (cash Infinity GBP, goodwill NaN GBP).")
    (number,) = _failed(outcomes["profile.identifiers_check bad"], "profile.identifiers_check")
    assert number.message.en.endswith("wrong check digits (number vat GB980780685).")
    (sections,) = _failed(outcomes["report.complete bad"], "report.complete")
    assert sections.message.en.endswith(
        "sections of the report are missing (missing sections payment, missing sections directors)."
    )


def test_two_versions_of_one_statement_name_each_other(outcomes: dict[str, Validation]) -> None:
    found = _failed(outcomes["statement.duplicate bad"], "statement.duplicate")
    assert [finding.evidence for finding in found] == [("ev-accounts", "ev-again")] * 2
    assert [finding.message.en.split("; ")[1] for finding in found] == [
        "Financial statement to 2025-12-31 from register: revenue 2,000,000 GBP (revenue 2,000,001 GBP).",
        "Financial statement to 2025-12-31 from register: revenue 2,000,001 GBP (revenue 2,000,000 GBP).",
    ]


def test_contradicting_sources_are_both_blocked_and_the_finding_spans_them(outcomes: dict[str, Validation]) -> None:
    found = _failed(outcomes["statement.sources_agree bad"], "statement.sources_agree")
    assert [(finding.source, finding.evidence) for finding in found] == [("", ("ev-accounts", "ev-bureau"))] * 2


def test_only_the_years_beside_a_jump_are_blocked() -> None:
    oldest = statement(
        period_start=date(2023, 1, 1), period_end=date(2023, 12, 31), filed_on=date(2024, 3, 1), **sized(900_000_000)
    )
    case = facts(statement(**sized(1_000_000)), year_before(**sized(1_000_000_000)), oldest)
    outcome = validate({"GH-1": case}, as_of=AS_OF)["GH-1"]
    assert outcome.usable.statements == (oldest,)
    assert outcome.spoiled == ("statements",)


def test_copies_of_a_row_are_all_blocked_by_a_jump() -> None:
    copies = (statement(**sized(1_000_000)), statement(**sized(1_000_000, evidence="ev-copy")))
    outcome = validate({"GH-1": facts(*copies, year_before(**sized(1_000_000_000)))}, as_of=AS_OF)["GH-1"]
    assert [finding.code for finding in outcome.findings] == ["statement.consistent_units"] * 3
    assert outcome.usable.statements == ()


def test_revenue_stands_in_where_assets_are_not_stated() -> None:
    blank = dict.fromkeys(("total_assets", "current_assets", "total_liabilities", "equity"))
    case = facts(statement(**blank), year_before(**blank, revenue=Decimal(3_000)))
    outcome = validate({"GH-1": case}, as_of=AS_OF)["GH-1"]
    assert {finding.code for finding in outcome.findings} == {"statement.consistent_units"}


def test_group_and_parent_accounts_are_not_compared() -> None:
    group = statement(**sized(2_000_000_000))
    parent = statement(**sized(2_000_000, source="bureau", consolidated=False))
    outcome = validate({"GH-1": facts(group, parent)}, as_of=AS_OF)["GH-1"]
    assert [finding.code for finding in outcome.findings] == ["statement.suite"]


def test_an_exact_copy_of_a_contradicted_row_goes_with_it() -> None:
    copies = (statement(), statement(evidence="ev-copy"), statement(evidence="ev-other", equity=Decimal(299_999)))
    outcome = validate({"GH-1": facts(*copies)}, as_of=AS_OF)["GH-1"]
    assert outcome.usable.statements == ()


def test_an_amount_too_large_to_compare_is_not_finite() -> None:
    huge = Facts(statements=(statement(total_assets=Decimal("1E+400")),))
    outcome = validate({"GH-1": huge}, as_of=AS_OF)["GH-1"]
    assert [finding.code for finding in outcome.findings] == ["statement.finite"]
    assert "total assets 1E+400 GBP" in outcome.findings[0].message.en


def test_equal_findings_of_equal_rows_are_said_once() -> None:
    outcome = validate({"GH-1": facts(legal(), legal())}, as_of=AS_OF)["GH-1"]
    assert [finding.code for finding in outcome.findings] == ["legal.duplicate"]
    assert len(outcome.usable.legal) == 2
