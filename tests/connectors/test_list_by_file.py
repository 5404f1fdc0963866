"""Lists of companies by file: who is on one, who may be, and when one says nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from admission.application import Subject
from admission.errors import AccessRefused, SourceChanged
from admission.evidence.answers import Answer, Parsed
from admission.evidence.company_lists import CompanyList, ListedCompany, LoadedList
from admission.evidence.facts import LegalKind, LegalRecord, Untold
from admission.evidence.topics import Topic
from connectors.cn_paper_overdue import connector
from connectors.kit import Kit
from connectors.kit.list_by_file import ListByFile

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CODE, OTHER = "91990000MA9X000702", "91990000MA9X000710"
NAME = "云杉岭示例机械有限公司"


def source(*entries: tuple[str, str | None], listed_on: date = date(2026, 10, 31)) -> ListByFile:
    rows = tuple(ListedCompany(row=row, name=name, uscc=code) for row, (name, code) in enumerate(entries, 1))
    kept = CompanyList.of("cn_paper_overdue", listed_on, rows)
    loaded = LoadedList("ab" * 32, kept.model_dump_json().encode())
    return connector(Kit(clock=lambda: NOW, contact="credit@example.org"), lambda: loaded)


def subject(name: str = NAME, code: str | None = CODE, country: str = "CN") -> Subject:
    return Subject(legal_name=name, country=country, identifiers={"uscc": code} if code else {})


def asked(of: ListByFile, company: Subject) -> Parsed:
    (query,) = of.plan(company).queries
    return of.parse(query, of.fetch(query))


GOLDEN: list[tuple[str, tuple[str, str | None], Subject, str | None]] = [
    ("by-code", ("另一名称有限公司", CODE), subject(), "open"),
    ("by-name-without-code", (NAME, None), subject(), "open"),
    ("by-name-where-we-have-none", (NAME, OTHER), subject(code=None), "open"),
    ("name-with-another-code", (NAME, OTHER), subject(), "unclear"),
    ("a-slip-away", ("另一名称有限公司", CODE.replace("702", "720")), subject(), "unclear"),
    ("another", ("另一名称有限公司", OTHER), subject(), None),
    ("another-form", ("云杉岭示例机械股份有限公司", None), subject(), None),
    ("a-branch", (NAME + "北京分公司", None), subject(), None),
]


@pytest.mark.parametrize(("entry", "company", "status"), [row[1:] for row in GOLDEN], ids=[row[0] for row in GOLDEN])
def test_who_is_on_the_list(entry: tuple[str, str | None], company: Subject, status: str | None) -> None:
    parsed = asked(source(("某某示例有限公司", None), entry), company)
    records = [fact for fact in parsed.facts if isinstance(fact, LegalRecord)]
    assert [record.status for record in records] == ([status] if status else [])
    assert parsed.answer is (Answer.FOUND if status else Answer.NO_RECORD)
    for record in records:
        assert (record.kind, record.on) == (LegalKind.COMMERCIAL_PAPER_OVERDUE, date(2026, 10, 31))
        assert record.reference == "cn_paper_overdue 2026-10-31 2"


def test_an_old_list_still_tells_who_is_on_it_and_no_longer_who_is_not() -> None:
    old = source((NAME, CODE), listed_on=date(2026, 9, 16))
    found = asked(old, subject())
    assert [type(fact) for fact in found.facts] == [LegalRecord, Untold]
    (untold,) = asked(old, subject("另一名称有限公司", OTHER)).facts
    assert isinstance(untold, Untold)
    assert (untold.topics, untold.why.en) == (
        (Topic.COMMERCIAL_PAPER,),
        "the list of 2026-09-16 is 68 days old, and a newer one should be loaded",
    )
    in_time = source((NAME, CODE), listed_on=date(2026, 9, 17))
    assert asked(in_time, subject("另一名称有限公司", OTHER)).facts == ()


def test_where_none_is_loaded_nothing_is_asked() -> None:
    empty = connector(Kit(clock=lambda: NOW, contact="credit@example.org"))
    assert (empty.configured, empty.plan(subject()).queries) == (False, ())
    (query,) = source((NAME, CODE)).plan(subject()).queries
    with pytest.raises(AccessRefused, match="not loaded"):
        empty.fetch(query)
    assert "watchlist load-file cn_paper_overdue" in empty.setup_hint.zh


def test_companies_of_other_countries_are_not_searched() -> None:
    assert source((NAME, CODE)).plan(subject(country="GB")).queries == ()


def test_a_new_version_is_a_new_question() -> None:
    (query,) = source((NAME, CODE)).plan(subject()).queries
    assert (query.topics, query.params["list"]) == ((Topic.COMMERCIAL_PAPER,), "ab" * 8)


@pytest.mark.parametrize("body", [b"{}", b"[]", b'{"format": 2}', b'{"format": 1, "format": 1}'])
def test_bytes_of_another_form_are_a_change(body: bytes) -> None:
    of = source((NAME, CODE))
    (query,) = of.plan(subject()).queries
    with pytest.raises(SourceChanged):
        of.parse(query, of.fetch(query).model_copy(update={"body": body}))


@pytest.mark.parametrize("lost", [b'"companies":1', b'"coded":1'])
def test_a_list_that_lost_an_entry_or_a_code_is_a_change(lost: bytes) -> None:
    of = source((NAME, CODE))
    (query,) = of.plan(subject()).queries
    raw = of.fetch(query)
    assert lost in raw.body
    with pytest.raises(SourceChanged, match="known form"):
        of.parse(query, raw.model_copy(update={"body": raw.body.replace(lost, lost.replace(b"1", b"2"))}))


def test_another_list_is_a_change() -> None:
    of = source((NAME, CODE))
    (query,) = of.plan(subject()).queries
    raw = of.fetch(query)
    other = raw.body.replace(b'"cn_paper_overdue"', b'"cn_other_list"')
    with pytest.raises(SourceChanged, match="known form"):
        of.parse(query, raw.model_copy(update={"body": other}))


@pytest.mark.parametrize("day", [date(1, 1, 1), date(2026, 11, 24), date(9999, 12, 31)])
def test_a_list_of_no_day_or_of_one_to_come_is_a_change(day: date) -> None:
    of = source((NAME, CODE), listed_on=day)
    (query,) = of.plan(subject()).queries
    with pytest.raises(SourceChanged, match="known form"):
        of.parse(query, of.fetch(query))
