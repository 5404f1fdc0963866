"""Court judgments in a report of the bureau: counted, listed, or left open."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from admission.evidence.facts import LegalKind, LegalStatus
from admission.evidence.findings import Verdict
from admission.evidence.topics import Topic
from connectors.creditsafe.judgments import Judgments, is_read, read_judgments
from tests.connectors.metamorphic.readings import Reading, application_for
from tests.connectors.metamorphic.readings import read as judge
from tests.connectors.metamorphic.samples import shipped

D = Decimal
TODAY = date(2026, 11, 20)
RULES = ("open_judgments", "many_judgments", "judgments_to_equity", "bureau_score_low", "bureau_score_lowest")
ROW = {"ccjDate": "2026-01-09T00:00:00Z", "ccjAmount": 5200}


def read(section: Any, country: str = "GB") -> Judgments:
    return read_judgments(section, country, "GB001-0-09990017", TODAY)


def british(rows: list[Any] | None = None, **summary: Any) -> dict[str, Any]:
    return {"ccjSummary": summary, "countyCourtJudgements": {"registered": rows or []}}


def told(found: Judgments) -> list[tuple[str, date | None, Decimal | None]]:
    return [(record.status, record.on, record.amount.amount if record.amount else None) for record in found.records]


DAY = date(2026, 1, 9)
GOLDEN: list[tuple[str, dict[str, Any], list[tuple[str, date | None, Decimal | None]]]] = [
    ("none", british(numberOfExact=0), []),
    ("listed", british([ROW], numberOfExact=1, valueOfExact=5200), [("open", DAY, D(5200))]),
    ("counted-as-text", british(numberOfExact="1", valueOfExact="70.50"), [("open", None, D("70.50"))]),
    (
        "one-of-three-listed",
        british([ROW], numberOfExact=3, valueOfExact=6000),
        [("open", DAY, D(5200)), ("open", None, D(800)), ("open", None, D(0))],
    ),
    ("more-listed-than-counted", british([ROW, ROW], numberOfExact=1), [("open", None, D(5200))] * 2),
    ("no-total", british([{}], numberOfExact=1), [("open", None, None)]),
    (
        "nothing-left-of-the-total",
        british([ROW], numberOfExact=2, valueOfExact=5200),
        [("open", DAY, D(5200)), ("open", None, D(0))],
    ),
    (
        "two-of-different-days-and-amounts",
        british([ROW, {"ccjDate": "2025-03-01", "ccjAmount": 40}], numberOfExact=2),
        [("open", DAY, D(5200)), ("open", date(2025, 3, 1), D(40))],
    ),
    (
        "one-day-twice",
        british([ROW, {**ROW, "ccjAmount": 40}], numberOfExact=2),
        [("open", None, D(5200)), ("open", None, D(40))],
    ),
    ("total-less-than-rows", british([ROW], numberOfExact=1, valueOfExact=100), [("open", DAY, None)]),
    ("total-more-than-rows", british([ROW], numberOfExact=1, valueOfExact=9000), [("open", DAY, None)]),
    ("possible", british(numberOfExact=0, numberOfPossible=2), [("unclear", None, None)] * 2),
    ("satisfied", british(numberOfExact=0, numberOfSatisfied=1), [("closed", None, None)]),
    ("day-to-come", british([{**ROW, "ccjDate": "2030-01-01"}], numberOfExact=1), [("open", None, D(5200))]),
    ("day-that-means-none", british([{**ROW, "ccjDate": "0001-01-01"}], numberOfExact=1), [("open", None, D(5200))]),
]


@pytest.mark.parametrize(("section", "expected"), [row[1:] for row in GOLDEN], ids=[row[0] for row in GOLDEN])
def test_british_judgments(section: dict[str, Any], expected: list[Any]) -> None:
    found = read(section)
    assert (told(found), found.untold) == (expected, ())
    assert {record.kind for record in found.records} <= {LegalKind.JUDGMENT}
    assert len({record.reference for record in found.records}) == len(expected)


@pytest.mark.parametrize(
    "section",
    [
        None,
        {},
        [],
        {"ccjSummary": {}},
        british(),
        british(numberOfExact=None),
        british(numberOfExact=-1),
        british(numberOfExact=True),
        british(numberOfExact="many"),
        british(numberOfExact=999),
        british(numberOfExact=0, numberOfExactOnes=3),
        british(numberOfExact=0, numberOfPossible="some"),
        british([ROW] * 201, numberOfExact=0),
        {"ccjSummary": {"numberOfExact": 0}, "countyCourtJudgements": {"registered": {}}},
    ],
)
def test_what_is_not_plain_is_left_open(section: Any) -> None:
    found = read(section)
    assert (found.records, [row.topics for row in found.untold]) == ((), [(Topic.JUDGMENTS,)])


def test_irish_judgments_are_in_euros() -> None:
    (record,) = read(british([ROW], numberOfExact=1), "IE").records
    assert record.amount is not None
    assert (record.amount.currency, record.status) == ("EUR", LegalStatus.OPEN)


def test_filings_in_the_united_states_are_counted() -> None:
    found = read({"legalFilingSummary": {"judgmentFilings": 2, "suits": "1", "taxLienFilings": 3}}, "US")
    assert [record.kind for record in found.records] == ["judgment", "judgment", "lawsuit"]
    assert {(record.status, record.amount) for record in found.records} == {(LegalStatus.OPEN, None)}
    missing = read({"legalFilingSummary": {"suits": 0}}, "US")
    assert (missing.records, [row.topics for row in missing.untold]) == ((), [(Topic.JUDGMENTS,)])


def test_of_other_countries_nothing_is_said() -> None:
    assert read(british(numberOfExact=4), "FR") == Judgments()


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("ccjSummary.numberOfExact", True),
        ("ccjSummary.valueOfExact", True),
        ("countyCourtJudgements.registered.ccjAmount", True),
        ("legalFilingSummary.suits", True),
        ("ccjSummary.numberOfWrits", False),
        ("legalFilingSummary.taxLienFilings", False),
        ("bankruptcy.hasBankruptcy", False),
    ],
)
def test_a_person_is_told_of_what_is_not_read(place: str, *, expected: bool) -> None:
    assert is_read(place) is expected


def judged(change: dict[str, Any], score: str = "90") -> Reading:
    """The shipped example of a sound report with other judgments and another score, judged by the default policy."""
    (sample,) = [item for item in shipped() if item.name == "creditsafe: report_sound"]
    document = json.loads(sample.raw.body)
    document["report"]["negativeInformation"] = change
    document["report"]["creditScore"]["currentCreditRating"]["providerValue"]["value"] = score
    return judge(sample, json.dumps(document).encode(), application_for(sample))


def test_from_the_bytes_of_a_report_to_the_verdicts() -> None:
    clean = judged(british(numberOfExact=0))
    assert [clean.verdicts[name] for name in RULES] == [Verdict.PASS] * len(RULES)
    bad = judged(british([ROW], numberOfExact=12, valueOfExact=4_000_000), score="5")
    assert bad.metrics["open_judgments"].value == D(12)
    assert [bad.verdicts[name] for name in RULES] == [Verdict.FAIL] * len(RULES)
    silent = judged({})
    assert [silent.verdicts[name] for name in RULES[:3]] == [Verdict.UNKNOWN] * 3
