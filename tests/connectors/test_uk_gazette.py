"""The Gazette: the recorded answers, how notices are tied to a company, and how it behaves when the source does not."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from admission.application import Subject
from admission.errors import CouldNotAsk, SourceChanged
from admission.evidence.answers import Answer, Parsed, Query, RawAnswer
from admission.evidence.facts import LegalKind, LegalRecord, LegalStatus, Untold
from admission.evidence.topics import Topic
from connectors.kit import Kit
from connectors.uk_gazette import Gazette, connector
from connectors.uk_gazette.notices import is_corporate, meaning
from tests.connectors.contract import NOW, ContractCase, Reply, contract_tests, kit_for, serving

NUMBER = "99999901"
NAME = "Larkfield Instruments Limited"
SUBJECT = Subject(legal_name=NAME, country="GB", identifiers={"uk_company_number": NUMBER})
HTML = "text/html; charset=utf-8"
EXAMPLES = Path(__file__).resolve().parents[2] / "connectors" / "uk_gazette" / "examples"


def gazette() -> Gazette:
    return connector(Kit(clock=lambda: NOW, contact="credit@example.org"))


def search(name: str = NAME, number: str | None = NUMBER, text: str | None = None, **params: str) -> Query:
    about = {"name": name, "text": text or f'"{name}"', **params, **({"company_number": number} if number else {})}
    return Query(source="uk_gazette", kind="search", params=about, topics=(Topic.INSOLVENCY,))


def notice(name: str = NAME, number: str | None = NUMBER, **params: str) -> Query:
    about = {"id": "9900001", "name": name, **params, **({"company_number": number} if number else {})}
    return Query(source="uk_gazette", kind="notice", params=about, topics=(Topic.INSOLVENCY,))


def answer(body: object, content_type: str = "application/json") -> RawAnswer:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return RawAnswer(status=200, content_type=content_type, body=text, url="https://example.org/notice", fetched_at=NOW)


def page(code: str, content: str, day: str = "2026-06-02") -> RawAnswer:
    text = (
        f'<html><head><title>Notice | The Gazette</title></head><body><dl><dd content="{day}" '
        f'property="gaz:hasPublicationDate dc:issued"></dd><dd property="gaz:hasNoticeCode">{code}</dd></dl>'
        f'<article class="notice"><div class="content">{content}</div></article></body></html>'
    )
    return answer(text.encode(), HTML)


def only_record(parsed: Parsed) -> LegalRecord:
    (record,) = parsed.facts
    assert isinstance(record, LegalRecord)
    return record


def left_open(parsed: Parsed) -> Untold:
    (untold,) = [fact for fact in parsed.facts if isinstance(fact, Untold)]
    assert untold.topics == (Topic.INSOLVENCY,)
    return untold


def example(name: str) -> bytes:
    (path,) = EXAMPLES.glob(f"{name}.raw.*")
    return path.read_bytes()


def without_total(body: bytes) -> bytes:
    document = json.loads(body)
    del document["f:total"]
    return json.dumps(document).encode()


def without(text: bytes) -> Callable[[bytes], bytes]:
    return lambda body: body.replace(text, b"")


test_contract = contract_tests(
    ContractCase(
        name="search",
        connect=connector,
        subject=SUBJECT,
        # Only what is left unread beyond the ten newest is a fact of the search itself.
        good=Reply(200, example("search_more_than_ten")),
        no_record=Reply(200, example("search_nothing")),
        drop_mandatory=without_total,
        no_values="an unknown notice code is kept for a person to read",
    ),
    ContractCase(
        name="notice",
        connect=connector,
        subject=SUBJECT,
        query=notice(),
        good=Reply(200, example("notice_petition"), HTML),
        no_record=Reply(200, example("notice_of_another_company"), HTML),
        drop_mandatory=without(b'property="gaz:hasNoticeCode"'),
        no_values="an unknown notice code is kept for a person to read",
    ),
)


@pytest.mark.recorded
def test_the_recorded_search_leads_to_its_notices_newest_first(recorded: Path) -> None:
    query = search("Wells Fargo Securities Limited", "01234567")
    raw = answer((recorded / "gazette/search_wells_fargo_trimmed.json").read_bytes())
    parsed = gazette().parse(query, raw)
    assert (parsed.answer, parsed.leads) == (Answer.FOUND, ("L-59731-1323921", "L-59342-1049966"))
    # Whoever recorded it kept two of the seven.
    assert "7 notices, 7 of them on this page, but lists 2" in left_open(parsed).why.en
    assert gazette().follow_up(query, parsed) == (
        notice("Wells Fargo Securities Limited", "01234567", id="L-59731-1323921"),
        notice("Wells Fargo Securities Limited", "01234567", id="L-59342-1049966"),
    )


@pytest.mark.recorded
def test_the_recorded_empty_search_is_no_record(recorded: Path) -> None:
    raw = answer((recorded / "gazette/search_empty.json").read_bytes())
    assert gazette().parse(search(), raw) == Parsed(answer=Answer.NO_RECORD)


@pytest.mark.recorded
def test_the_official_sample_leaves_nothing_unread_and_its_warrant_aside(recorded: Path) -> None:
    raw = answer((recorded / "gazette/feed_sample_official_docs.json").read_bytes())
    parsed = gazette().parse(search(page="3"), raw)
    assert (parsed.facts, parsed.leads, parsed.leftover) == ((), (), ())
    assert parsed.message is not None
    assert parsed.message.en == (
        "Of 9082 notices found, 0 are read here; unread are 0 that may be about the company, "
        "0 that do not name it, and 9079 older ones."
    )


@pytest.mark.recorded
def test_the_recorded_notice_is_tied_by_its_company_number(recorded: Path) -> None:
    raw = answer((recorded / "gazette/notice_L-58635-471825_trimmed.html").read_bytes(), HTML)
    query = notice("Carillion AMT Limited", "02593821", id="L-58635-471825")
    assert gazette().parse(query, raw) == Parsed(
        answer=Answer.FOUND,
        facts=(
            LegalRecord(
                source="uk_gazette",
                kind=LegalKind.SOLVENT_LIQUIDATION,
                status=LegalStatus.OPEN,
                on=date(2008, 3, 10),
                reference="L-58635-471825",
                code="2431",
                title="Resolution for winding up (members' voluntary winding-up)",
                url="https://www.thegazette.co.uk/notice/L-58635-471825",
                basis="prints company number 02593821",
            ),
        ),
    )


@pytest.mark.recorded
def test_the_recorded_notice_stays_unclear_for_its_name_with_another_number(recorded: Path) -> None:
    raw = answer((recorded / "gazette/notice_L-58635-471825_trimmed.html").read_bytes(), HTML)
    for number in ("02593822", "12345678"):
        record = only_record(gazette().parse(notice("Carillion A.M.T. Ltd", number, id="L-58635-471825"), raw))
        assert (record.status, record.inferred) == (LegalStatus.UNCLEAR, True)


@pytest.mark.recorded
def test_the_recorded_notice_is_dropped_for_any_other_company(recorded: Path) -> None:
    raw = answer((recorded / "gazette/notice_L-58635-471825_trimmed.html").read_bytes(), HTML)
    parsed = gazette().parse(notice("Carillion Energy Limited", "02593822", id="L-58635-471825"), raw)
    assert (parsed.answer, parsed.facts) == (Answer.NO_RECORD, ())
    assert parsed.message is not None
    assert parsed.message.en == "The notice is about another company: it prints another company number."


@pytest.mark.recorded
def test_the_recorded_notice_stays_unclear_for_a_company_without_number(recorded: Path) -> None:
    raw = answer((recorded / "gazette/notice_L-58635-471825_trimmed.html").read_bytes(), HTML)
    record = only_record(gazette().parse(notice("Carillion A.M.T. Ltd", None, id="L-58635-471825"), raw))
    assert (record.kind, record.status, record.inferred) == (
        LegalKind.SOLVENT_LIQUIDATION,
        LegalStatus.UNCLEAR,
        True,
    )


@pytest.mark.parametrize(
    ("code", "kind", "status"),
    [
        ("2450", LegalKind.WINDING_UP_PETITION, LegalStatus.OPEN),
        ("2462", LegalKind.WINDING_UP_PETITION, LegalStatus.OPEN),
        ("2461", LegalKind.PETITION_DISMISSED, LegalStatus.CLOSED),
        ("2452", LegalKind.INSOLVENCY, LegalStatus.OPEN),
        ("2410", LegalKind.INSOLVENCY, LegalStatus.OPEN),
        ("2441", LegalKind.INSOLVENCY, LegalStatus.OPEN),
        ("2443", LegalKind.INSOLVENCY, LegalStatus.OPEN),
        ("2454", LegalKind.INSOLVENCY, LegalStatus.OPEN),
        ("2401", LegalKind.INSOLVENCY, LegalStatus.OPEN),
        ("2402", LegalKind.INSOLVENCY, LegalStatus.CLOSED),
        ("2431", LegalKind.SOLVENT_LIQUIDATION, LegalStatus.OPEN),
        ("2432", LegalKind.SOLVENT_LIQUIDATION, LegalStatus.OPEN),
        ("2435", LegalKind.SOLVENT_LIQUIDATION, LegalStatus.OPEN),
        ("2408", LegalKind.OTHER_NOTICE, LegalStatus.UNCLEAR),
        ("2499", LegalKind.OTHER_NOTICE, LegalStatus.UNCLEAR),
    ],
)
def test_what_a_notice_says_of_the_company_it_is_tied_to(code: str, kind: LegalKind, status: LegalStatus) -> None:
    record = only_record(gazette().parse(notice(), page(code, f"<p>{NAME} (Company Number {NUMBER})</p>")))
    assert (record.kind, record.status, record.code) == (kind, status, code)
    assert record.title == meaning(code).text
    assert record.inferred is False


@pytest.mark.parametrize("code", ["2403", "2503", "2903", "1119"])
def test_notices_about_people_and_other_matters_are_dropped(code: str) -> None:
    assert is_corporate(code) is False
    parsed = gazette().parse(notice(), page(code, f"<p>(Company Number {NUMBER})</p>"))
    assert (parsed.answer, parsed.facts) == (Answer.NO_RECORD, ())


def test_a_creditor_who_petitions_is_not_taken_for_the_insolvent_company() -> None:
    content = f"<h5>OTHER LTD</h5><p>(Company Number 99999902)</p><p>Petitioner: {NAME}, company number {NUMBER}</p>"
    record = only_record(gazette().parse(notice(), page("2450", content)))
    assert (record.status, record.inferred) == (LegalStatus.UNCLEAR, True)
    assert record.basis == (
        "The notice prints the company number, but not first: it may be one of several, or the creditor."
    )


def test_a_notice_without_readable_number_is_kept_for_a_person() -> None:
    parsed = gazette().parse(notice(), page("2452", f"<h5>{NAME}</h5>"))
    assert only_record(parsed).status is LegalStatus.UNCLEAR
    assert parsed.message is not None
    assert parsed.message.en == "The notice prints no company number. A person has to read it."


def entry(code: str, title: str, day: str, serial: int = 1, **more: Any) -> dict[str, Any]:
    address = f"https://www.thegazette.co.uk/id/notice/99{serial:05d}"
    return {"id": address, "f:notice-code": code, "title": title, "published": f"{day}T00:00:00", **more}


def feed(*entries: dict[str, Any], total: int | None = None) -> RawAnswer:
    return answer({"f:total": str(len(entries) if total is None else total), "entry": list(entries)})


def test_one_hit_alone_may_come_as_an_object() -> None:
    raw = answer({"f:total": "1", "entry": entry("2450", NAME.upper(), "2026-06-02")})
    assert gazette().parse(search(), raw) == Parsed(answer=Answer.FOUND, leads=("9900001",))


@pytest.mark.parametrize("category", [{"@term": "Winding-Up Orders"}, [{"@term": "x"}, {"@term": "Winding-Up Orders"}]])
def test_a_title_that_is_the_type_of_the_notice_does_not_speak_against_it(category: object) -> None:
    hit = entry("2452", "Winding-Up Orders", "2026-06-02", category=category)
    assert gazette().parse(search(), feed(hit)).leads == ("9900001",)


def test_hits_under_another_name_are_counted_and_not_read_where_the_number_is_searched_too() -> None:
    hit = entry("2452", "SOMEBODY ELSE LIMITED", "2026-06-02", content="<p>larkfield and other instruments</p>")
    parsed = gazette().parse(search(), feed(hit))
    assert (parsed.leads, parsed.facts) == ((), ())
    assert parsed.message is not None
    assert "1 that do not name it" in parsed.message.en
    assert gazette().parse(search(number=None), feed(hit)).leads == ("9900001",)
    assert gazette().parse(search(text=NUMBER), feed(hit)).leads == ("9900001",)


def test_a_name_within_the_excerpt_is_enough_to_read_the_notice() -> None:
    hit = entry(
        "2452", "GROUP LIMITED", "2026-06-02", content='<p>and <em class="highlight">Larkfield</em> Instruments Ltd</p>'
    )
    assert gazette().parse(search(), feed(hit)).leads == ("9900001",)


def test_only_the_ten_newest_are_read_and_the_others_stay_unclear() -> None:
    hits = [entry("2454", NAME.upper(), f"2026-09-{day:02d}", day) for day in range(1, 13)]
    parsed = gazette().parse(search(), feed(*hits))
    assert parsed.leads == tuple(f"99{day:05d}" for day in range(12, 2, -1))
    unread = [fact for fact in parsed.facts if isinstance(fact, LegalRecord)]
    assert [(record.reference, record.status, record.inferred) for record in unread] == [
        ("9900002", LegalStatus.UNCLEAR, True),
        ("9900001", LegalStatus.UNCLEAR, True),
    ]


def test_pages_are_followed_to_the_third() -> None:
    source = gazette()
    query, pages = search(), []
    for _ in range(5):
        parsed = source.parse(query, feed(entry("2450", NAME, "2026-06-02"), total=1000))
        following = [item for item in source.follow_up(query, parsed) if item.kind == "search"]
        if not following:
            break
        (query,) = following
        pages.append(query.params["page"])
    assert pages == ["2", "3"]
    assert parsed.message is not None
    assert "700 older ones" in parsed.message.en


def test_too_many_hits_for_a_bare_name_are_not_taken_for_an_answer() -> None:
    with pytest.raises(CouldNotAsk) as stopped:
        gazette().parse(search(number=None), feed(entry("2450", NAME, "2026-06-02"), total=301))
    assert stopped.value.answer == "unavailable"
    assert "company number" in stopped.value.remedy.en


def test_a_search_by_number_that_is_not_read_to_its_end_is_no_answer_either() -> None:
    short_pages = answer({"f:total": "31", "f:page-size": "10", "entry": [entry("2450", NAME, "2026-06-02")]})
    with pytest.raises(CouldNotAsk):
        gazette().parse(search(text=NUMBER), short_pages)
    assert gazette().parse(search(), short_pages).leads == ("9900001", "page:2")


def test_a_total_without_entries_stops() -> None:
    with pytest.raises(SourceChanged):
        gazette().parse(search(), answer({"f:total": "4", "entry": None}))


def test_an_id_of_unknown_form_stops() -> None:
    with pytest.raises(SourceChanged):
        gazette().parse(search(), feed({**entry("2450", NAME, "2026-06-02"), "id": "urn:notice:1"}))


def test_the_plan_searches_by_number_and_by_name() -> None:
    plan = gazette().plan(SUBJECT)
    assert plan.missing is None
    assert plan.queries == (search(text=NUMBER), search(text=f'"{NAME}"'))
    abroad = Subject(legal_name=NAME, country="IE", identifiers={"uk_company_number": NUMBER})
    assert gazette().plan(abroad) == plan


def test_the_plan_of_a_british_company_without_number_searches_by_name() -> None:
    plan = gazette().plan(Subject(legal_name='The "Lark" Limited', country="GB"))
    assert [query.params for query in plan.queries] == [{"name": 'The "Lark" Limited', "text": '"The  Lark  Limited"'}]


def test_a_company_of_elsewhere_is_not_asked_about() -> None:
    plan = gazette().plan(Subject(legal_name="Sample Corp", country="US"))
    assert (plan.queries, plan.missing) == ((), None)


def test_both_searches_lead_to_one_and_the_same_question() -> None:
    source = gazette()
    raw = feed(entry("2450", NAME, "2026-06-02"))
    keys = {
        following.key
        for query in source.plan(SUBJECT).queries
        for following in source.follow_up(query, source.parse(query, raw))
    }
    assert keys == {f"uk_gazette/notice?company_number={NUMBER}&id=9900001&name={NAME}"}


def test_the_search_on_the_wire_has_no_accept_header() -> None:
    with serving(Reply(200, b'{"f:total": "0", "entry": null}')) as server:
        connector(kit_for(server, "uk_gazette")).fetch(search())
    ((method, path, headers),) = server.asked
    assert (method, urlsplit(path).path) == ("GET", "/insolvency/notice/data.json")
    assert parse_qs(urlsplit(path).query) == {
        "text": [f'"{NAME}"'],
        "categorycode": ["24"],
        "results-page-size": ["100"],
        "results-page": ["1"],
        "sort-by": ["latest-date"],
    }
    assert "accept" not in headers
    assert headers["user-agent"].endswith("(credit@example.org)")


def test_the_notice_on_the_wire() -> None:
    with serving(Reply(200, b"<html></html>", HTML)) as server:
        connector(kit_for(server, "uk_gazette")).fetch(notice(id="L-58635-471825"))
    ((method, path, headers),) = server.asked
    assert (method, path) == ("GET", "/notice/L-58635-471825")
    assert "accept" not in headers


def test_nothing_needs_to_be_set() -> None:
    source = gazette()
    assert source.configured is True
    assert source.setup_hint.en == "The Gazette is open: nothing needs to be set."
    assert source.card.rate_limit.requests == 5
    assert source.card.rate_limit.seconds == 10
