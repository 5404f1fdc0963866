"""What people record of official sites: which topics a record covers, what it says, and what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from admission.application import Subject
from admission.errors import AccessRefused, SourceChanged
from admission.evidence.answers import Answer, RawAnswer
from admission.evidence.facts import CompanyProfile, CompanyStatus, LegalKind, LegalRecord, LegalStatus
from admission.evidence.topics import Topic
from admission.evidence.uploads import KeptSiteRecord, SiteRecord
from connectors.kit import Kit
from connectors.manual_evidence import TOPICS, connector, site_record_query

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
USCC = "91990000MA9X000702"
SUBJECT = Subject(legal_name="云杉岭示例机械有限公司", country="CN", identifiers={"uscc": USCC})
SOURCE = connector(Kit(clock=lambda: NOW, contact="credit@example.org"))


def site_document(topic: str = "dishonest_debtor", **changes: Any) -> dict[str, Any]:
    return {
        "topic": topic,
        "site": "中国执行信息公开网",
        "searched_by": "name",
        "query": "云杉岭示例机械有限公司",
        "looked_at": "2026-11-21T10:00:00+08:00",
        "link": "https://zxgk.court.gov.cn/shixin/",
        **changes,
    }


def site_record(topic: str = "dishonest_debtor", **changes: Any) -> SiteRecord:
    return SiteRecord.model_validate(site_document(topic, **changes))


def kept(seen: SiteRecord) -> RawAnswer:
    body = KeptSiteRecord(look=seen, entered_by="analyst", entered_at=NOW).model_dump_json().encode()
    return RawAnswer(status=200, content_type="application/json", body=body, url=seen.link, fetched_at=NOW)


ENTRY = {"reference": "（虚构）执1号", "listed_on": "2026-03-01"}


@pytest.mark.parametrize("topic", TOPICS)
def test_a_record_covers_its_own_topic_and_no_other(topic: str) -> None:
    by = "legal_representative" if topic == "consumption_limit" else "uscc"
    query = site_record_query(SUBJECT, site_record(topic, searched_by=by, no_record=True))
    more = (Topic.REGISTRATION,) if topic == "registration" else ()
    assert query.topics == (TOPICS[topic], *more)  # type: ignore[index]
    assert query.kind == topic


def test_only_a_search_for_the_right_party_covers_a_topic() -> None:
    by_company = site_record("consumption_limit", searched_by="uscc", no_record=True)
    by_person = site_record("dishonest_debtor", searched_by="legal_representative", no_record=True)
    assert [site_record_query(SUBJECT, seen).topics for seen in (by_company, by_person)] == [(), ()]


def test_words_that_may_name_a_person_stay_with_the_bytes() -> None:
    entry = {**ENTRY, "role": "legal_representative", "masked_name": "示*"}
    seen = site_record("consumption_limit", searched_by="legal_representative", query="示例人", records=[entry])
    query = site_record_query(SUBJECT, seen)
    parsed = SOURCE.parse(query, kept(seen))
    told = query.model_dump_json() + parsed.model_dump_json()
    assert "示例人" not in told
    assert "示*" not in told
    assert "analyst" not in told
    (fact,) = parsed.facts
    assert isinstance(fact, LegalRecord)
    assert (fact.kind, fact.role) == (LegalKind.CONSUMPTION_LIMIT, "legal_representative")


def test_a_later_record_of_the_same_site_asks_the_same_question() -> None:
    first = site_record(no_record=True)
    later = site_record(looked_at="2026-11-22T10:00:00+08:00", records=[ENTRY])
    elsewhere = site_record(site="信用中国", no_record=True)
    assert site_record_query(SUBJECT, first).key == site_record_query(SUBJECT, later).key
    assert site_record_query(SUBJECT, first).key != site_record_query(SUBJECT, elsewhere).key


@pytest.mark.parametrize(
    ("topic", "entry", "status"),
    [
        ("dishonest_debtor", ENTRY, LegalStatus.OPEN),
        ("dishonest_debtor", {**ENTRY, "ended_on": "2026-05-01"}, LegalStatus.CLOSED),
        ("abnormal_operations", ENTRY, LegalStatus.OPEN),
        ("abnormal_operations", {**ENTRY, "ended_on": "2026-05-01"}, LegalStatus.CLOSED),
        ("penalties", ENTRY, LegalStatus.CLOSED),
        ("insolvency", ENTRY, LegalStatus.OPEN),
        ("lawsuits", ENTRY, LegalStatus.OPEN),
        ("lawsuits", {**ENTRY, "ended_on": "2026-05-01"}, LegalStatus.CLOSED),
    ],
)
def test_an_entry_stands_until_it_is_removed(topic: str, entry: dict[str, str], status: LegalStatus) -> None:
    seen = site_record(topic, records=[entry])
    parsed = SOURCE.parse(site_record_query(SUBJECT, seen), kept(seen))
    (fact,) = parsed.facts
    assert isinstance(fact, LegalRecord)
    assert (parsed.answer, fact.status, fact.on) == (Answer.FOUND, status, date(2026, 3, 1))


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("存续", CompanyStatus.ACTIVE),
        ("在业", CompanyStatus.ACTIVE),
        ("吊销未注销", CompanyStatus.REVOKED),
        ("注销", CompanyStatus.DISSOLVED),
    ],
)
def test_the_registers_standing_is_taken_over(word: str, status: CompanyStatus) -> None:
    shown = {"legal_name": SUBJECT.legal_name, "uscc": USCC, "status": word}
    seen = site_record("registration", searched_by="uscc", registration=shown)
    (fact,) = SOURCE.parse(site_record_query(SUBJECT, seen), kept(seen)).facts
    assert isinstance(fact, CompanyProfile)
    assert (fact.status, fact.status_text, fact.identifiers) == (status, word, {"uscc": USCC})


def test_having_searched_and_found_nothing_is_an_answer() -> None:
    seen = site_record(no_record=True)
    parsed = SOURCE.parse(site_record_query(SUBJECT, seen), kept(seen))
    assert (parsed.answer, parsed.facts) == (Answer.NO_RECORD, ())
    assert parsed.message is not None
    assert parsed.message.zh == "人工录入（中国执行信息公开网）：失信被执行人：无记录"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "either what was found, or no_record"),
        ({"no_record": True, "records": [ENTRY]}, "either what was found, or no_record"),
        ({"records": [{**ENTRY, "role": "controller"}]}, "under the topic consumption_limit"),
        ({"records": [{**ENTRY, "ended_on": "2026-02-01"}]}, "ended_on is not before"),
        ({"records": [{**ENTRY, "masked_name": "示例人"}]}, "masked name"),
        ({"records": [{**ENTRY, "amount": {"amount": 5.5, "currency": "CNY"}}]}, "amount in quotes"),
        ({"no_record": True, "looked_at": "2026-11-21T10:00:00"}, "timezone"),
        ({"no_record": True, "link": "javascript:alert(1)"}, "web address"),
        ({"no_record": True, "link": 'https://a"onclick="x'}, "web address"),
        ({"no_record": True, "file": "../../etc/passwd"}, "bare name"),
        ({"no_record": True, "file": "..\\x"}, "bare name"),
        ({"no_record": True, "site": "a\u202eb"}, "control characters"),
        ({"no_record": True, "topic": "gossip"}, "dishonest_debtor"),
        ({"no_record": True, "extra": 1}, "Extra inputs"),
        ({"topic": "registration", "records": [ENTRY]}, "has a registration, not records"),
    ],
)
def test_a_form_that_says_too_little_or_too_much_is_refused(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        SiteRecord.model_validate({**site_document(), **changes})


def test_nobody_is_asked() -> None:
    assert SOURCE.plan(SUBJECT).queries == ()
    with pytest.raises(AccessRefused, match="gatehouse evidence add"):
        SOURCE.fetch(site_record_query(SUBJECT, site_record(no_record=True)))


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"<html>", b'{"format": 2}', kept(site_record(no_record=True)).body.replace(b'"name"', b'"phone"')],
)
def test_bytes_of_another_form_are_a_change(body: bytes) -> None:
    raw = kept(site_record(no_record=True)).model_copy(update={"body": body})
    with pytest.raises(SourceChanged, match="known form"):
        SOURCE.parse(site_record_query(SUBJECT, site_record(no_record=True)), raw)


def test_a_record_stored_under_another_topic_is_a_change() -> None:
    asked = site_record_query(SUBJECT, site_record("penalties", no_record=True))
    with pytest.raises(SourceChanged, match="another topic"):
        SOURCE.parse(asked, kept(site_record(no_record=True)))
    assert Topic.PENALTIES in TOPICS.values()


@pytest.mark.parametrize("ended_on", ["2026-11-22", "2199-01-01", "9999-12-31"])
def test_an_end_that_lay_ahead_when_the_site_was_searched_has_ended_nothing(ended_on: str) -> None:
    seen = site_record(records=[{**ENTRY, "ended_on": ended_on}])
    (fact,) = SOURCE.parse(site_record_query(SUBJECT, seen), kept(seen)).facts
    assert isinstance(fact, LegalRecord)
    assert fact.status is LegalStatus.OPEN


@pytest.mark.parametrize("listed_on", ["0001-01-01", "1900-01-01", "9999-12-31"])
def test_an_entry_without_a_usable_day_is_a_change(listed_on: str) -> None:
    seen = site_record("penalties", records=[{**ENTRY, "listed_on": listed_on}])
    with pytest.raises(SourceChanged, match="no usable day"):
        SOURCE.parse(site_record_query(SUBJECT, seen), kept(seen))


def test_a_founding_day_that_means_none_makes_no_company_old() -> None:
    shown = {"legal_name": SUBJECT.legal_name, "uscc": USCC, "status": "存续", "founded": "0001-01-01"}
    seen = site_record("registration", searched_by="uscc", registration=shown)
    (fact,) = SOURCE.parse(site_record_query(SUBJECT, seen), kept(seen)).facts
    assert isinstance(fact, CompanyProfile)
    assert fact.incorporated_on is None


def test_a_field_that_is_told_twice_is_a_change() -> None:
    seen = site_record(records=[ENTRY])
    raw = kept(seen)
    twice = raw.body.replace(b'"ended_on":null', b'"ended_on":null,"ended_on":"2026-05-01"')
    assert twice != raw.body
    with pytest.raises(SourceChanged, match="known form"):
        SOURCE.parse(site_record_query(SUBJECT, seen), raw.model_copy(update={"body": twice}))


CHANGED = {"legal_representative_changed_on": ["2026-03-01"], "owners_changed_on": []}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, (None, None, None, None)),
        ({"insured_staff": 0, **CHANGED}, (None, 0, (date(2026, 3, 1),), ())),
        (
            {"registered_capital": {"amount": "5000000", "currency": "CNY"}, "owners_changed_on": ["0001-01-01"]},
            (Decimal(5_000_000), None, None, None),
        ),
    ],
)
def test_what_a_registration_shows_besides(more: dict[str, Any], expected: tuple[Any, ...]) -> None:
    shown = {"legal_name": SUBJECT.legal_name, "uscc": USCC, "status": "存续", **more}
    seen = site_record("registration", searched_by="uscc", registration=shown)
    (fact,) = SOURCE.parse(site_record_query(SUBJECT, seen), kept(seen)).facts
    assert isinstance(fact, CompanyProfile)
    capital = fact.registered_capital.amount if fact.registered_capital else None
    days = (fact.legal_representative_changed_on, fact.owners_changed_on)
    assert (capital, fact.insured_staff, *days) == expected


@pytest.mark.parametrize("staff", [-1, True, "many"])
def test_insured_staff_that_is_no_number_is_refused(staff: Any) -> None:
    shown = {"legal_name": SUBJECT.legal_name, "uscc": USCC, "status": "存续", "insured_staff": staff}
    with pytest.raises(ValidationError, match="insured_staff"):
        site_record("registration", searched_by="uscc", registration=shown)
