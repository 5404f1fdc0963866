"""A batch as a whole: isolation of cases, order, empty tables, break-downs, and what importing costs."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from admission.evidence.facts import Facts, Officer
from admission.evidence.findings import Validation, Weight
from expectations import SuiteError, validate
from expectations.run import failures_of
from expectations.tables import Row, frame_of
from tests.expectations.golden import AS_OF, facts, legal, report, sized, statement, year_before

# Each would contradict or repeat its neighbours if cases were ever mixed.
CASES = {
    "GH-clean": facts(statement(), year_before(), legal()),
    "GH-thousands": facts(statement(**sized(1_000)), year_before(**sized(1_100)), legal()),
    "GH-other-source": facts(statement(**sized(1_000_000_000, source="bureau"))),
    "GH-other-figures": facts(statement(revenue=Decimal(2_000_001)), legal()),
    "GH-broken": facts(statement(equity=Decimal(1)), year_before(), legal(), legal(title="again")),
    "GH-empty": Facts(),
}


@pytest.fixture(scope="module")
def alone() -> dict[str, Validation]:
    return {case: validate({case: own}, as_of=AS_OF)[case] for case, own in CASES.items()}


@settings(max_examples=8, deadline=None, derandomize=True)
@given(order=st.permutations(sorted(CASES)))
def test_a_case_fares_the_same_alone_and_in_any_company(order: Sequence[str], alone: dict[str, Validation]) -> None:
    together = validate({case: CASES[case] for case in order}, as_of=AS_OF)
    assert list(together) == list(order)
    assert together == alone


@settings(max_examples=5, deadline=None, derandomize=True)
@given(order=st.permutations(range(4)))
def test_a_case_fares_the_same_in_whatever_order_its_sources_answered(order: Sequence[int]) -> None:
    rows = (
        statement(),
        statement(evidence="ev-other", equity=Decimal(299_999)),
        year_before(evidence="ev-older", **sized(1_000)),
        statement(source="bureau", evidence="ev-bureau", **sized(1_000)),
    )
    expected = validate({"GH-1": facts(*rows)}, as_of=AS_OF)
    assert validate({"GH-1": facts(*(rows[place] for place in order))}, as_of=AS_OF) == expected


def test_a_bad_row_takes_nothing_from_the_other_rows(alone: dict[str, Validation]) -> None:
    outcome = alone["GH-broken"]
    assert outcome.usable.statements == (year_before(),)
    assert outcome.usable.legal == CASES["GH-broken"].legal
    assert outcome.spoiled == ("statements",)
    assert [(finding.code, finding.weight) for finding in outcome.findings] == [
        ("legal.duplicate", Weight.WARNING),
        ("statement.balance_identity", Weight.BLOCKING),
    ]


def test_usable_rows_are_the_very_objects_with_their_decimals() -> None:
    exact = report(score=Decimal("71.10"))
    outcome = validate({"GH-1": Facts(reports=(exact, report(score=Decimal(101))))}, as_of=AS_OF)["GH-1"]
    assert outcome.usable.reports[0] is exact
    assert str(outcome.usable.reports[0].score) == "71.10"


def test_an_empty_batch_gives_nothing() -> None:
    assert validate({}, as_of=AS_OF) == {}


def test_tables_without_rows_or_without_a_suite_give_no_finding() -> None:
    own = facts(Officer(source="register", name="R. Example", role="director"))
    outcome = validate({"GH-1": own, "GH-2": Facts()}, as_of=AS_OF)
    assert outcome["GH-1"] == Validation(findings=(), usable=own)
    assert outcome["GH-2"] == Validation(findings=(), usable=Facts())


def test_a_breakdown_inside_great_expectations_is_an_error_and_no_pass() -> None:
    frame = frame_of("reports", [Row(case="GH-1", position=0, fact=report())])
    with pytest.raises(SuiteError) as caught:
        failures_of("reports", frame.drop(columns="late_invoice_share"), as_of=AS_OF)
    assert caught.value.context == {"table": "reports", "check": "report.share_in_range"}
    assert "late_invoice_share" in caught.value.message.en


def test_two_threads_do_not_disturb_each_other(alone: dict[str, Validation]) -> None:
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(lambda _: validate(CASES, as_of=AS_OF), range(4)))
    assert outcomes == [alone] * 4


def test_nothing_is_printed_and_nothing_left_on_disk(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    validate({"GH-1": CASES["GH-broken"]}, as_of=AS_OF)
    assert capfd.readouterr() == ("", "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "code",
    [
        "import expectations",
        "import datetime, expectations; expectations.validate({}, as_of=datetime.date(2026, 1, 1))",
    ],
    ids=["import", "empty batch"],
)
def test_great_expectations_and_pandas_are_loaded_only_where_rows_are_checked(code: str) -> None:
    told = subprocess.run(
        [sys.executable, "-c", f"import sys; {code}; print({{'great_expectations', 'pandas'}} & set(sys.modules))"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "set()"
