"""SEC answers that were read wrong once (../shared/data/cases), each with its right value of cases.yml there."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from admission.application import Subject
from admission.evidence.answers import Parsed
from admission.evidence.facts import CompanyProfile, EventKind, Filing, FinancialStatement, LegalRecord, LegalStatus
from tests.connectors.sec_answers import Seen, ask, judged, numbers, read

pytestmark = pytest.mark.recorded
MILLION = 1_000_000
STANDING = ("registered_active", "open_insolvency", "insolvency_history", "distress_filings_24m")


@pytest.fixture
def cases(recorded: Path) -> Path:
    """The folder of the cases."""
    return recorded / "cases"


def accounts(cases: Path, name: str) -> list[FinancialStatement]:
    document = (cases / f"sec_facts_{name}.json").read_bytes()
    facts = read(document, "companyfacts", cik="0009990500").facts
    return [fact for fact in facts if isinstance(fact, FinancialStatement)]


def judged_accounts(cases: Path, name: str) -> Seen:
    """What follows from accounts, taken for those of a company that files its reports."""
    document = json.loads((cases / f"sec_facts_{name}.json").read_bytes())
    return judged(document | {"cik": 9990700})


def filings(cases: Path, name: str, cik: str = "0009990500") -> tuple[Parsed, Seen]:
    document = (cases / f"sec_submissions_{name}.json").read_bytes()
    subject = Subject(legal_name=name, country="US", identifiers={"cik": cik})
    return read(document, cik=cik), ask({"submissions": document}, subject)


def events(parsed: Parsed) -> list[EventKind]:
    return [event.kind for fact in parsed.facts if isinstance(fact, Filing) for event in fact.events]


def test_a_rounded_duplicate(cases: Path) -> None:
    assert numbers(accounts(cases, "rounded_duplicate")[0], "total_assets", "revenue", "net_income") == [
        171_797 * MILLION,
        52_546 * MILLION,
        None,
    ]
    why = judged_accounts(cases, "rounded_duplicate").metrics["net_income"].unknown
    assert why is not None
    assert "-284,000,000 and 2,000,000" in why.en


def test_a_smaller_exact_duplicate(cases: Path) -> None:
    newest = accounts(cases, "dup_smaller_exact")[0]
    assert numbers(newest, "total_assets", "total_liabilities", "revenue") == [10_777 * MILLION, None, 5_825 * MILLION]
    assert [doubt.figure for doubt in newest.doubts] == ["total_liabilities"]
    assert judged_accounts(cases, "dup_smaller_exact").known("total_liabilities", "debt_ratio") == [None, None]


def test_dollars_for_convenience_every_year(cases: Path) -> None:
    found = accounts(cases, "convenience_every_year")
    assert [(one.currency, numbers(one, "total_assets")) for one in found] == [("CNY", [1_000 * MILLION])] * 3


def test_an_amendment_of_part_iii(cases: Path) -> None:
    assert numbers(accounts(cases, "part_iii_amendment")[0], "net_income") == [-12_345_678]


def test_a_fresh_start(cases: Path) -> None:
    newest = accounts(cases, "fresh_start")[0]
    assert str(newest.period_end) == "2025-12-31"
    assert numbers(newest, "total_assets", "total_liabilities", "equity") == [
        900 * MILLION,
        400 * MILLION,
        500 * MILLION,
    ]
    why = judged_accounts(cases, "fresh_start").metrics["revenue"].unknown
    assert why is not None
    assert "not of a year" in why.en


def test_a_transition_report(cases: Path) -> None:
    newest = accounts(cases, "transition_10kt")[0]
    assert (str(newest.period_end), numbers(newest, "total_assets")) == ("2025-12-31", [300])
    assert judged_accounts(cases, "transition_10kt").known("total_assets", "revenue", "revenue_growth") == [
        300,
        None,
        None,
    ]


def test_a_first_year_of_323_days(cases: Path) -> None:
    newest = accounts(cases, "first_year_short")[0]
    assert (str(newest.period_start), str(newest.period_end)) == ("2025-02-11", "2025-12-31")
    seen = judged_accounts(cases, "first_year_short")
    assert seen.known("total_assets", "total_liabilities", "net_income") == [276 * MILLION, 12 * MILLION, None]


def test_a_narrower_revenue_filed_later(cases: Path) -> None:
    newest, before = accounts(cases, "narrower_revenue_filed_later")
    assert (numbers(newest, "revenue"), numbers(before, "revenue")) == ([1_700], [1_686])
    growth = judged_accounts(cases, "narrower_revenue_filed_later").metrics["revenue_growth"].value
    assert isinstance(growth, Decimal)
    assert round(growth, 3) == Decimal("0.008")


def test_one_line_of_a_lessor(cases: Path) -> None:
    assert numbers(accounts(cases, "lessor_part_revenue")[0], "revenue") == [None]


def test_total_assets_from_the_other_side(cases: Path) -> None:
    newest = accounts(cases, "newest_year_no_assets")[0]
    assert (newest.period_end.year, numbers(newest, "total_assets")) == (2025, [300])


def test_intangible_assets_with_goodwill(cases: Path) -> None:
    assert judged_accounts(cases, "intangibles_incl_goodwill").known("tangible_net_worth") == [100 * MILLION]


@pytest.mark.parametrize("name", ["fpi_6k_only", "stopped_filing_2016"])
def test_who_need_not_report_tells_nothing_by_silence(cases: Path, name: str) -> None:
    _, seen = filings(cases, name)
    assert seen.known(*STANDING) == [None] * 4
    reasons = [seen.metrics[metric].unknown for metric in STANDING]
    assert all(why is not None and "10-K" in why.en for why in reasons)


def test_a_foreign_issuer_deregisters(cases: Path) -> None:
    parsed, seen = filings(cases, "15F_12B")
    assert events(parsed) == [EventKind.DEREGISTRATION]
    assert seen.known(*STANDING) == [None] * 4


@pytest.mark.parametrize(("name", "day"), [("8k12b_103", "2026-05-01"), ("petition_amended", "2026-03-01")])
def test_a_petition(cases: Path, name: str, day: str) -> None:
    parsed, seen = filings(cases, name)
    assert EventKind.BANKRUPTCY_PETITION in events(parsed)
    assert EventKind.BANKRUPTCY_PLAN not in events(parsed)
    (record,) = [fact for fact in parsed.facts if isinstance(fact, LegalRecord)]
    assert (record.status, str(record.on)) == (LegalStatus.OPEN, day)
    assert seen.known("open_insolvency") == [True]


def test_an_odd_employer_number(cases: Path) -> None:
    parsed, seen = filings(cases, "ein_odd")
    (profile,) = [fact for fact in parsed.facts if isinstance(fact, CompanyProfile)]
    assert profile.identifiers == {"cik": "0009990500"}
    assert "EIN" in parsed.remarks[0].en
    assert seen.known("registry_verified", *STANDING) == [True, True, False, False, 0]


def test_a_former_name_is_told(cases: Path) -> None:
    parsed, _ = filings(cases, "listed_former_name", "0009994001")
    (profile,) = [fact for fact in parsed.facts if isinstance(fact, CompanyProfile)]
    assert profile.former_names == ("ROSOBORONEXPORT JSC",)


def test_a_busy_filer(cases: Path) -> None:
    folder = cases / "sec_busy_filer"
    answers: dict[str, object] = {path.name: path.read_bytes() for path in folder.glob("*-submissions-*.json")}
    answers["submissions"] = (folder / "CIK0009995001.json").read_bytes()
    subject = Subject(legal_name="Busy Example Issuer Inc", country="US", identifiers={"cik": "0009995001"})
    seen = ask(answers, subject)
    kinds = {event.kind: str(event.on) for filing in seen.facts.filings for event in filing.events}
    assert kinds == {
        EventKind.BANKRUPTCY_PETITION: "2026-02-28",
        EventKind.DEBT_ACCELERATION: "2026-02-28",
        EventKind.NON_RELIANCE: "2026-02-09",
    }
    assert seen.known("insolvency_history", "open_insolvency", "distress_filings_24m") == [True, None, 2]
    del answers["CIK0009995001-submissions-003.json"]
    assert ask(answers, subject).known("insolvency_history", "open_insolvency", "distress_filings_24m") == [None] * 3
