"""SEC lists of filings: when silence says that there is nothing, and when it says nothing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from admission.errors import SourceChanged
from admission.evidence.answers import Answer, Parsed
from admission.evidence.facts import CompanyProfile, EventKind, Filing, LegalRecord, LegalStatus
from connectors.sec_edgar.forms import silent_since
from connectors.sec_edgar.names import company_name
from tests.connectors.sec_answers import AS_OF, CIK, COMPANY, Filed, ask, columns, filings, older, read

STANDING = ("registered_active", "strike_off_proposed", "open_insolvency", "insolvency_history", "distress_filings_24m")
CLEAN = [True, False, False, False, 0]
NOBODY_KNOWS = [None] * 5
TEN_K: Filed = ("10-K", "2026-02-20", "2025-12-31", "")
TEN_Q: Filed = ("10-Q", "2026-08-05", "2026-06-30", "")


def events(parsed: Parsed) -> list[EventKind]:
    """What the filings tell, oldest first."""
    told = [event for fact in parsed.facts if isinstance(fact, Filing) for event in fact.events]
    return [event.kind for event in sorted(told, key=lambda event: (event.on, event.kind))]


def record(parsed: Parsed) -> LegalRecord:
    (found,) = [fact for fact in parsed.facts if isinstance(fact, LegalRecord)]
    return found


@pytest.mark.parametrize("form", ["10-K", "10-Q", "10-KT", "10-QT"])
def test_who_reports_would_have_told_of_a_bankruptcy(form: str) -> None:
    assert ask({"submissions": filings((form, "2026-03-01", "2025-12-31", ""))}).known(*STANDING) == CLEAN


@pytest.mark.parametrize(
    "form",
    [
        *(
            "6-K",
            "F-6",
            "F-6EF",
            "SC 13G",
            "SC 13G/A",
            "SCHEDULE 13D",
            "D",
            "20-F",
            "40-F",
            "20-F/A",
            "4",
            "S-8",
            "424B2",
        ),
        *("10-K/A", "10-Q/A", "10-D", "11-K", "ARS", "8-K", "8-K/A", "NT 10-K", "13F-HR", "10-12G", "N-CSR"),
    ],
)
@pytest.mark.parametrize("before", [(), (("10-K", "2025-08-26", "2025-06-30", ""),)], ids=["never", "long ago"])
def test_whatever_else_is_filed_tells_nothing(form: str, before: tuple[Filed, ...]) -> None:
    items = "8.01" if form.startswith("8-K") else ""
    seen = ask({"submissions": filings((form, "2026-11-01", "2026-10-30", items), *before)})
    known = seen.known(*STANDING)
    assert known == NOBODY_KNOWS
    why = seen.metrics["open_insolvency"].unknown
    assert why is not None
    assert "10-K, 10-Q" in why.en
    assert "年报和季报" in why.zh or "年报或季报" in why.zh


@pytest.mark.parametrize("off", range(-3, 4))
def test_fifteen_months_are_counted_to_the_day_of_the_assessment(off: int) -> None:
    last = date(2025, 8, 27)
    answers = {"submissions": filings(("10-Q", str(last), "2025-06-30", ""))}
    # Asked long before it is assessed: what counts is the day of the assessment.
    known = ask(answers, as_of=AS_OF + timedelta(days=off), fetched=date(2026, 1, 5)).known(*STANDING)
    assert known == (CLEAN if off <= 0 else NOBODY_KNOWS)


@pytest.mark.parametrize(
    ("last", "first"),
    [("2025-11-30", "2027-03-01"), ("2024-11-30", "2026-03-01"), ("2026-12-31", "2028-04-01")],
)
def test_months_of_other_lengths(last: str, first: str) -> None:
    assert silent_since(date.fromisoformat(last)) == date.fromisoformat(first)


@pytest.mark.parametrize("ending", ["", "/A"])
@pytest.mark.parametrize("form", ["15-12B", "15-12G", "15-15D", "15F-12B", "15F-12G", "15F-15D"])
def test_form_15_deregisters_unless_the_company_goes_on_reporting(form: str, ending: str) -> None:
    left: Filed = (form + ending, "2026-04-01", "", "")
    gone = ask({"submissions": filings(left, TEN_K)})
    assert EventKind.DEREGISTRATION in {event.kind for filing in gone.facts.filings for event in filing.events}
    assert gone.known("registered_active", "distress_filings_24m") == [None, 1]
    why = gone.metrics["registered_active"].unknown
    assert why is not None
    assert "2026-04-01" in why.en
    on = ask({"submissions": filings(TEN_Q, left, TEN_K)})
    assert on.known(*STANDING) == CLEAN
    # A last report may still be owed while the class is on the register.
    last: Filed = ("10-Q", "2026-05-10", "2026-03-31", "")
    assert ask({"submissions": filings(last, left, TEN_K)}).known("registered_active") == [None]


def test_a_revoked_registration_deregisters() -> None:
    assert events(read(filings(("REVOKED", "2026-04-01", "", ""), TEN_K))) == [EventKind.DEREGISTRATION]


def test_an_older_form_15_does_not_count_where_a_later_list_has_reports() -> None:
    left: Filed = ("15-12B", "2023-04-01", "", "")
    main = filings(TEN_Q, TEN_K, files=[older(1, "2023-01-01", "2023-12-31")])
    name = main["filings"]["files"][0]["name"]
    assert ask({"submissions": main, name: columns([left])}).known(*STANDING) == CLEAN
    alone = read(columns([left]), "older_filings", name=name)
    assert events(alone) == [EventKind.DEREGISTRATION]


@pytest.mark.parametrize("form", ["8-K", "8-K12B", "8-K12G3", "8-K15D5"])
def test_every_kind_of_form_8_k_carries_items(form: str) -> None:
    petition: Filed = (form, "2026-05-02", "2026-05-01", "1.03,2.04,9.01")
    parsed = read(filings(TEN_Q, petition, TEN_K))
    assert set(events(parsed)) == {EventKind.BANKRUPTCY_PETITION, EventKind.DEBT_ACCELERATION}
    assert record(parsed).status is LegalStatus.OPEN
    with pytest.raises(SourceChanged, match="item"):
        read(filings(TEN_Q, (form, "2026-05-02", "2026-05-01", "3.77"), TEN_K))


@pytest.mark.parametrize("form", ["8-K/A", "8-K12B/A", "8-K12G3/A"])
@pytest.mark.parametrize("event", ["2026-03-01", "2026-03-05", "2026-02-27", ""])
def test_an_amended_petition_is_no_plan(form: str, event: str) -> None:
    petition: Filed = ("8-K", "2026-03-02", "2026-03-01", "1.03,2.04,7.01")
    parsed = read(filings(TEN_Q, (form, "2026-03-06", event, "1.03,9.01"), petition, TEN_K))
    assert EventKind.BANKRUPTCY_PLAN not in events(parsed)
    assert events(parsed).count(EventKind.BANKRUPTCY_PETITION) == 1
    assert record(parsed).on == date(2026, 3, 1)


def test_an_amendment_that_is_the_first_to_tell_counts() -> None:
    parsed = read(
        filings(
            TEN_Q, ("8-K/A", "2026-03-06", "2026-03-01", "1.03"), ("8-K", "2026-03-02", "2026-03-01", "8.01"), TEN_K
        )
    )
    assert events(parsed) == [EventKind.BANKRUPTCY_PETITION]


@pytest.mark.parametrize(
    ("later", "fetched", "status"),
    [
        pytest.param((), "2026-06-01", "open", id="just filed"),
        pytest.param((), "2027-09-01", "unclear", id="silent ever since"),
        pytest.param((("SC 13G", "2027-07-01", "", ""),), "2027-09-01", "unclear", id="only holders file"),
        pytest.param((("8-K", "2027-07-01", "2027-06-30", "7.01"),), "2027-09-01", "open", id="still answers"),
        pytest.param((("8-K", "2029-07-01", "2029-06-30", "7.01"),), "2029-08-01", "unclear", id="years of filings"),
    ],
)
def test_a_petition_is_not_open_for_ever(later: tuple[Filed, ...], fetched: str, status: str) -> None:
    petition: Filed = ("8-K", "2026-05-02", "2026-05-01", "1.03,2.04")
    on = date.fromisoformat(fetched)
    found = record(read(filings(*later, petition, TEN_K), on=on))
    assert found.status.value == status
    known = ask({"submissions": filings(*later, petition, TEN_K)}, as_of=on).known("open_insolvency")
    assert known == [True if status == "open" else None]


def test_an_old_petition_knocks_nobody_out_though_it_was_asked_about_in_time() -> None:
    answers = {"submissions": filings(("8-K", "2026-05-02", "2026-05-01", "1.03,2.04"), TEN_K)}
    assert ask(answers, fetched=AS_OF).known("open_insolvency") == [True]
    assert ask(answers, as_of=date(2029, 6, 1), fetched=AS_OF).known("open_insolvency") == [None]
    assert ask(answers, as_of=date(2029, 6, 1), fetched=AS_OF).known("insolvency_history") == [True]


def test_a_report_without_its_items_leaves_open_what_it_may_have_told() -> None:
    without: Filed = ("8-K", "2024-12-02", "2024-12-01", "")
    recent = ask({"submissions": filings(TEN_Q, without, TEN_K)})
    assert recent.known(*STANDING) == [None, None, None, None, None]
    long_ago: Filed = ("8-K", "2018-12-02", "2018-12-01", "")
    assert ask({"submissions": filings(TEN_Q, TEN_K, long_ago)}).known(*STANDING) == CLEAN


LISTS = [
    older(1, "2026-05-01", "2026-09-30"),
    older(2, "2025-01-01", "2026-04-30", rows=2),
    older(3, "2020-01-01", "2024-12-31"),
]
NAMES = [str(file["name"]) for file in LISTS]
PROSPECTUS: Filed = ("424B2", "2026-11-20", "", "")
BUSY: dict[str, object] = {
    "submissions": filings(PROSPECTUS, files=LISTS),
    NAMES[0]: columns([TEN_Q]),
    NAMES[1]: columns([TEN_K, ("8-K", "2026-03-01", "2026-02-28", "4.02")]),
    NAMES[2]: columns([("8-K", "2023-03-01", "2023-02-28", "1.03,2.04")]),
}


def test_a_busy_filer_is_read_back_as_far_as_the_question_goes() -> None:
    seen = ask(BUSY)
    assert [name for name in seen.asked if name.startswith("CIK")] == NAMES
    assert seen.known("insolvency_history", "distress_filings_24m", "registered_active") == [True, 1, True]
    assert seen.known("open_insolvency") == [None]


@pytest.mark.parametrize("lost", NAMES)
def test_a_list_that_cannot_be_had_leaves_open_what_it_would_tell(lost: str) -> None:
    seen = ask({name: document for name, document in BUSY.items() if name != lost})
    assert seen.known("distress_filings_24m", "registered_active") == [None, None]
    assert seen.metrics["insolvency_history"].value is not False


def test_reports_in_an_older_list_are_reports() -> None:
    """The newest list of a busy filer may span two months, in which no report is due."""
    third: Filed = ("10-Q", "2025-11-05", "2025-09-30", "")
    quiet = {**BUSY, NAMES[1]: columns([TEN_K, third]), NAMES[2]: columns([("424B2", "2023-01-01", "", "")])}
    assert ask(quiet).known(*STANDING) == CLEAN


def test_no_list_with_a_report_is_a_company_that_reports_nothing() -> None:
    foreign = {**BUSY, **{name: columns([("6-K", "2026-03-01", "", "")] * 2) for name in NAMES}}
    foreign[NAMES[1]] = columns([("6-K", "2026-03-01", "", ""), ("20-F", "2026-04-01", "2025-12-31", "")])
    seen = ask(foreign)
    assert [name for name in seen.asked if name.startswith("CIK")] == NAMES
    assert seen.known(*STANDING) == NOBODY_KNOWS
    why = seen.metrics["distress_filings_24m"].unknown
    assert why is not None
    assert "files no annual or quarterly reports" in why.en


def test_fewer_rows_than_the_newest_list_promises_are_a_gap() -> None:
    main = filings(TEN_Q, TEN_K, files=[older(1, "2025-01-01", "2025-12-31", rows=3)])
    name = str(main["filings"]["files"][0]["name"])
    rows: list[Filed] = [("10-Q", f"2025-{month}-05", "2025-03-31", "") for month in ("05", "08", "11")]
    assert ask({"submissions": main, name: columns(rows)}).known(*STANDING) == CLEAN
    assert ask({"submissions": main, name: columns(rows[:2])}).known(*STANDING) == NOBODY_KNOWS


def test_what_lies_beyond_forty_lists_is_left_open() -> None:
    start = date(2026, 10, 1)
    days = [start - timedelta(days=20 * place) for place in range(45)]
    files = [older(place, str(day - timedelta(days=19)), str(day)) for place, day in enumerate(days, 1)]
    parsed = read(filings(TEN_Q, ("10-K", "2026-10-02", "2025-12-31", ""), files=files))
    assert len(parsed.leads) == 40
    (gap,) = [fact for fact in parsed.facts if fact.table == "untold" and fact.before is not None]
    oldest = days[39] - timedelta(days=19)
    assert gap.before == oldest + timedelta(days=1)
    assert str(oldest)[:4] in gap.why.en


def test_a_hole_in_the_numbers_of_the_lists_is_told() -> None:
    files = [older(1, "2025-06-01", "2026-01-31"), older(3, "2023-01-01", "2024-12-31")]
    parsed = read(filings(TEN_Q, TEN_K, files=files))
    assert [fact.before for fact in parsed.facts if fact.table == "untold" and fact.before] == [date(2026, 2, 21)]


def test_a_list_under_another_companys_number_is_not_asked_for_and_told() -> None:
    strange = older(1, "2025-01-01", "2025-12-31") | {"name": "CIK0000000001-submissions-001.json"}
    seen = ask({"submissions": filings(TEN_Q, TEN_K, files=[strange])})
    assert [name for name in seen.asked if name.startswith("CIK")] == []
    assert seen.known(*STANDING) == NOBODY_KNOWS
    # It does not matter where the newest list reaches back as far as the question goes.
    old: Filed = ("10-K", "2015-02-20", "2014-12-31", "")
    assert ask({"submissions": filings(TEN_Q, TEN_K, old, files=[strange])}).known(*STANDING) == CLEAN


def test_the_newest_list_alone_says_what_it_does_not_reach() -> None:
    (remark,) = read(filings(TEN_Q, TEN_K, files=LISTS)).remarks
    assert all(name in remark.en and name in remark.zh for name in NAMES)


@pytest.mark.parametrize(
    "file",
    [
        older(1, "0001-01-01", "2025-12-31"),
        older(1, "2025-01-01", "9999-12-31"),
        older(1, "2025-12-31", "2025-01-01"),
        older(1, "2025-01-01", "2025-12-31") | {"name": "CIK0009990700-recent-001.json"},
        older(1, "2025-01-01", "2025-12-31") | {"filingCount": None},
        older(1, "2025-01-01", "2025-12-31") | {"filingTo": None},
    ],
)
def test_a_list_that_is_named_wrong_is_a_changed_answer(file: dict[str, Any]) -> None:
    with pytest.raises(SourceChanged):
        read(filings(TEN_Q, TEN_K, files=[file]))


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1899-12-31", "1985-05-05", "2031-05-05"])
def test_a_day_of_filing_that_is_none_is_a_changed_answer(day: str) -> None:
    with pytest.raises(SourceChanged, match="filingDate"):
        read(filings(TEN_Q, ("10-K", day, "2025-12-31", "")))


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2030-01-01", "2019-01-01"])
def test_a_day_of_an_event_that_is_none_gives_way_to_the_day_of_filing(day: str) -> None:
    parsed = read(filings(TEN_Q, ("8-K", "2026-05-02", day, "1.03,2.04"), TEN_K))
    assert record(parsed).on == date(2026, 5, 2)
    # Days that stand for none are no news; a day that merely cannot be right is.
    told = [remark.en for remark in parsed.remarks if "the day of filing was taken" in remark.en]
    assert bool(told) == (day not in ("0001-01-01", "9999-12-31"))


def test_a_filing_that_is_yet_to_come_leaves_all_open() -> None:
    assert ask({"submissions": filings(("10-Q", "2027-03-01", "", ""), TEN_K)}).known(*STANDING) == NOBODY_KNOWS


@pytest.mark.parametrize("kind", ["ein", "lei"])
@pytest.mark.parametrize("number", ["00-0000000", "12345", "1" * 40, "ABCDEFGHIJ", "12-345678X", 5, {"x": 1}, ["1"]])
def test_an_odd_identifier_costs_that_identifier(kind: str, number: object) -> None:
    parsed = read(filings(TEN_Q, TEN_K) | {kind: number})
    assert parsed.answer is Answer.FOUND
    (profile,) = [fact for fact in parsed.facts if isinstance(fact, CompanyProfile)]
    assert profile.identifiers == {"cik": CIK}
    assert kind.upper() in parsed.remarks[0].en
    assert kind.upper() in parsed.remarks[0].zh


@pytest.mark.parametrize(
    ("filed", "name"),
    [
        ("PENNARD FOUNDRY INC /DE/", "PENNARD FOUNDRY INC"),
        ("PENNARD FOUNDRY CORP/MN", "PENNARD FOUNDRY CORP"),
        ("PENNARD FOUNDRY PLC/ADR", "PENNARD FOUNDRY PLC"),
        ("PENNARD FOUNDRY PLC /ADR/ /NEW/", "PENNARD FOUNDRY PLC"),
        ("PENNARD FOUNDRY CO \\DE\\", "PENNARD FOUNDRY CO"),
        ("PENNARD FOUNDRY CORP/", "PENNARD FOUNDRY CORP"),
        ("PENNARD/ABBOT INC", "PENNARD/ABBOT INC"),
        ("PENNARD A/S", "PENNARD A/S"),
        ("/DE/", "/DE/"),
    ],
)
def test_marks_of_the_register_are_no_part_of_a_name(filed: str, name: str) -> None:
    assert company_name(filed) == name


@pytest.mark.parametrize("filed", ["PENNARD FOUNDRY INC /DE/", "PENNARD FOUNDRY INC/MN", "PENNARD FOUNDRY INC/ADR"])
@pytest.mark.parametrize("asked", ["Pennard Foundry, Inc.", "The Pennard Foundry Inc", "Pennard Foundry Inc (The)"])
def test_a_company_is_verified_whatever_marks_its_name_bears(filed: str, asked: str) -> None:
    subject = COMPANY.model_copy(update={"legal_name": asked})
    assert ask({"submissions": filings(TEN_Q, TEN_K, name=filed)}, subject).known("registry_verified") == [True]
    former = filings(TEN_Q, TEN_K, name="OTHER CO", formerNames=[{"name": filed}])
    assert ask({"submissions": former}, subject).known("registry_verified") == [True]


@pytest.mark.parametrize("gone", ["formerNames", "filings", "addresses", "name", "cik"])
@pytest.mark.parametrize("renamed", [True, False])
def test_what_every_answer_has_is_needed(gone: str, *, renamed: bool) -> None:
    document = filings(TEN_Q, TEN_K)
    value = document.pop(gone)
    document |= {f"{gone}X": value} if renamed else {gone: None}
    with pytest.raises(SourceChanged):
        read(document)
