"""The Gazette: what was read wrong, and every way in which a notice may print the company's name and number."""

from __future__ import annotations

import itertools
import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.errors import GatehouseError, SourceChanged
from admission.evidence.answers import Answer, Parsed
from admission.evidence.facts import LegalKind, LegalRecord, LegalStatus
from tests.connectors.test_uk_gazette import (
    HTML,
    NAME,
    NUMBER,
    answer,
    entry,
    example,
    feed,
    gazette,
    left_open,
    notice,
    only_record,
    page,
    search,
)

OUR_NAMES = (
    "LARKFIELD INSTRUMENTS LIMITED",
    "Larkfield Instruments Ltd.",
    "LARKFIELD INSTRUMENTS",
    "Larkfield instruments plc",
)
NOT_OUR_NUMBER_FIRST = (
    "(Company Number 99999910)",
    "(Company Number 9999 9901)",
    "(Company Number 99999 901)",
    "(Company Number 999999-01)",
    "(Company Number 999999)",
    "(Company Number 12345678)",
    "(Company Number 999999010)",
    "(Company Number SC999901)",
    "(formerly Company Number 12345678)",
    "of 1 Invented Way",
    "(Company Number pending)",
    "Company Numbers 99999902, 99999901",
)
PETITIONER = "A petition was presented by SAMPLETON SUPPLIES LIMITED (company number 99999902)"


def case(recorded: Path, name: str) -> bytes:
    return (recorded / "cases" / name).read_bytes()


@pytest.mark.recorded
def test_a_misprinted_number_is_unclear_for_a_person(recorded: Path) -> None:
    parsed = gazette().parse(notice(), answer(case(recorded, "gazette_number_misprinted.html"), HTML))
    record = only_record(parsed)
    assert (parsed.answer, record.kind, record.status) == (
        Answer.FOUND,
        LegalKind.WINDING_UP_PETITION,
        LegalStatus.UNCLEAR,
    )
    assert parsed.message is not None
    assert "A person has to read it" in parsed.message.en


@pytest.mark.recorded
@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("gazette_page_cut_in_the_number.html", "cut off"),
        ("gazette_day_that_is_none.html", "no usable day of publication"),
        ("page_of_many_comments.html", "no longer has"),
    ],
)
def test_a_page_that_cannot_be_relied_on_is_a_change(recorded: Path, name: str, told: str) -> None:
    with pytest.raises(SourceChanged, match=told) as stopped:
        gazette().parse(notice(), answer(case(recorded, name), HTML))
    assert stopped.value.answer == "changed"


@pytest.mark.parametrize(
    ("name", "number", "also"), [*itertools.product(OUR_NAMES, NOT_OUR_NUMBER_FIRST, ("", PETITIONER))]
)
def test_a_notice_with_the_companys_name_stays_unclear_whatever_number_it_prints(
    name: str, number: str, also: str
) -> None:
    parsed = gazette().parse(notice(), page("2450", f"<h5>{name}</h5><p>{number}</p><p>{also or 'x'}</p>"))
    assert only_record(parsed).status is LegalStatus.UNCLEAR


@pytest.mark.parametrize("name", OUR_NAMES)
def test_our_own_number_first_confirms_it(name: str) -> None:
    for number in ("(Company Number 99999901 )", "Registered No. 99999901", "Company numbers 99999901 and 99999902"):
        parsed = gazette().parse(notice(), page("2450", f"<h5>{name}</h5><p>{number}</p><p>{PETITIONER}</p>"))
        assert only_record(parsed).status is LegalStatus.OPEN


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("SAMPLETON FIELD SERVICES LIMITED", "99999904"),
        ("LARKFIELD INSTRUMENTS (NORTH) LIMITED", "99999903"),
        ("LARKFIELD INSTRUMENTS UK LIMITED", "12345678"),
        ("LARKFIELD LIMITED", "12345678"),
    ],
)
def test_another_companys_notice_is_dropped(name: str, number: str) -> None:
    parsed = gazette().parse(notice(), page("2450", f"<h5>{name}</h5><p>(Company Number {number})</p>"))
    assert (parsed.answer, parsed.facts) == (Answer.NO_RECORD, ())


@pytest.mark.parametrize("number", ["99999910", "9999990", "9999 9901"])
def test_nearly_our_number_where_nobody_is_named_is_unclear(number: str) -> None:
    assert only_record(gazette().parse(notice(), page("2450", f"<p>Company Number {number}</p>"))).inferred


def test_a_notice_of_which_a_part_is_empty_is_not_dropped() -> None:
    hollow = "<h5></h5><p>(Company Number 12345678)</p>"
    for query in (notice(), notice(number=None)):
        assert only_record(gazette().parse(query, page("2450", hollow))).status is LegalStatus.UNCLEAR


def test_a_dismissal_that_may_be_of_another_petition_dismisses_none() -> None:
    content = f"<h5>{NAME}</h5><p>(Company Number 12345678)</p>"
    record = only_record(gazette().parse(notice(), page("2461", content)))
    assert (record.kind, record.status, record.title) == (
        LegalKind.OTHER_NOTICE,
        LegalStatus.UNCLEAR,
        "Petition dismissed",
    )
    hits = [entry("2461", NAME, f"2026-09-{day:02d}", day) for day in range(1, 13)]
    unread = [fact for fact in gazette().parse(search(), feed(*hits)).facts if isinstance(fact, LegalRecord)]
    assert {record.kind for record in unread} == {LegalKind.OTHER_NOTICE}


@given(st.integers(min_value=1, max_value=len(example("notice_petition").rstrip()) - 1))
def test_a_page_cut_anywhere_never_tells_less_than_that_it_was_cut(cut: int) -> None:
    with pytest.raises(GatehouseError):
        gazette().parse(notice(), answer(example("notice_petition")[:cut], HTML))


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-06-31", "2027-06-02", "1900-01-01", "soon", ""])
def test_a_day_that_cannot_be_is_a_change(day: str) -> None:
    with pytest.raises(SourceChanged):
        gazette().parse(notice(), page("2450", f"<p>{NAME} (Company Number {NUMBER})</p>", day))


@pytest.mark.parametrize("mark", ["gaz:hasNoticeCode", "gaz:hasPublicationDate"])
def test_a_second_value_for_the_same_thing_is_a_change(mark: str) -> None:
    other = f'<dd property="{mark}" content="2461"></dd></dl>'.encode()
    body = page("2450", f"<p>{NAME} (Company Number {NUMBER})</p>").body.replace(b"</dl>", other)
    with pytest.raises(SourceChanged, match="no longer has"):
        gazette().parse(notice(), answer(body, HTML))


def test_a_page_of_another_notice_is_a_change() -> None:
    body = example("notice_petition").replace(b"/id/notice/9900001", b"/id/notice/9900002", 1)
    with pytest.raises(SourceChanged, match="another notice"):
        gazette().parse(notice(), answer(body, HTML))


@pytest.mark.parametrize("junk", [b"<![x", b"<!--", b"<script>"])
def test_marks_that_nobody_can_read_are_a_change(junk: bytes) -> None:
    body = example("notice_petition").replace(b"</article>", junk + b"</article>")
    with pytest.raises(SourceChanged):
        gazette().parse(notice(), answer(body, HTML))


def test_fewer_notices_than_the_total_leave_insolvency_open_and_keep_what_was_found() -> None:
    parsed: Parsed = gazette().parse(search(), feed(entry("2450", NAME, "2026-06-02"), total=3))
    assert (parsed.answer, parsed.leads) == (Answer.FOUND, ("9900001",))
    assert "lists 1" in left_open(parsed).why.en
    people = gazette().parse(search(), feed(entry("2503", NAME, "2026-06-02"), total=2))
    assert people.answer is Answer.FOUND
    assert left_open(people).before is None


def test_a_hit_of_which_title_or_code_is_lost_is_read() -> None:
    for lost in (
        {"title": None},
        {"f:notice-code": None},
        {"f:notice-code": "x"},
        {"content": None, "title": "OTHER LTD"},
    ):
        hit = {**entry("2450", NAME, "2026-06-02", content="<p>other</p>"), **lost}
        assert gazette().parse(search(), feed(hit)).leads == ("9900001",)


def test_a_confirmed_notice_keeps_its_day() -> None:
    record = only_record(gazette().parse(notice(), page("2450", f"<p>{NAME} (Company Number {NUMBER})</p>")))
    assert record.on == date(2026, 6, 2)


@pytest.mark.parametrize(
    "words",
    [
        "company number ",
        "company  ",
        "9",
        "9 ",
        "company number 99999902 and 99999903, ",
        "larkfield instruments x ",
        "ﬁ",
        "a.",
    ],
)
def test_no_notice_costs_much_however_its_words_repeat(words: str) -> None:
    began = time.process_time()
    gazette().parse(notice(), page("2450", f"<p>{words * (400_000 // len(words))}</p>"))
    assert time.process_time() - began < 2
