"""Companies House: the recorded answers, the plan, the pages, and how it behaves when the source does not."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from admission.application import Subject
from admission.errors import AccessRefused, CouldNotAsk, SourceChanged
from admission.evidence.answers import Answer, Parsed, Query, RawAnswer
from admission.evidence.facts import (
    CompanyProfile,
    CompanyStatus,
    Filing,
    LegalKind,
    LegalRecord,
    LegalStatus,
    Officer,
)
from admission.evidence.topics import Topic
from connectors.kit import Kit
from connectors.uk_companies_house import CompaniesHouse, connector
from tests.connectors.contract import NOW, ContractCase, Reply, contract_tests, kit_for, serving

KEY = "a-secret-key-of-ours"
NUMBER = "99999901"
SUBJECT = Subject(legal_name="Larkfield Instruments Limited", country="GB", identifiers={"uk_company_number": NUMBER})
PAGES = "https://find-and-update.company-information.service.gov.uk/company"
EXAMPLES = Path(__file__).resolve().parents[2] / "connectors" / "uk_companies_house" / "examples"


def companies_house() -> CompaniesHouse:
    return connector(Kit(clock=lambda: NOW, contact="credit@example.org"))


def question(kind: str, number: str = NUMBER, **params: str) -> Query:
    return Query(source="uk_companies_house", kind=kind, params={"company_number": number, **params})


def answer(body: object, status: int = 200) -> RawAnswer:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return RawAnswer(
        status=status, content_type="application/json", body=text, url="https://example.org/company", fetched_at=NOW
    )


def read(kind: str, body: object, *, number: str = NUMBER, status: int = 200, **params: str) -> Parsed:
    return companies_house().parse(question(kind, number, **params), answer(body, status))


def example(name: str) -> bytes:
    return (EXAMPLES / f"{name}.raw.json").read_bytes()


def changed(change: Callable[[dict[str, Any]], object]) -> Callable[[bytes], bytes]:
    def mutate(body: bytes) -> bytes:
        document = json.loads(body)
        change(document)
        return json.dumps(document).encode()

    return mutate


def first(body: dict[str, Any], name: str) -> dict[str, Any]:
    row: dict[str, Any] = body[name][0]
    return row


def contract_case(
    kind: str,
    *,
    good: str,
    none: Reply,
    drop: Callable[[dict[str, Any]], object],
    unknown: Callable[[dict[str, Any]], object] | None = None,
    no_values: str = "",
) -> ContractCase:
    return ContractCase(
        name=kind,
        connect=connector,
        subject=SUBJECT,
        query=None if kind == "profile" else question(kind),
        good=Reply(200, example(good)),
        no_record=none,
        drop_mandatory=changed(drop),
        unknown_value=changed(unknown) if unknown else None,
        no_values=no_values,
        env={"GATEHOUSE_UK_COMPANIES_HOUSE_KEY": KEY},
        secrets=(KEY, base64.b64encode(f"{KEY}:".encode()).decode()),
    )


test_contract = contract_tests(
    contract_case(
        "profile",
        good="profile_strike_off_proposed",
        none=Reply(404, example("profile_unknown_number")),
        drop=lambda body: body.pop("company_name"),
        unknown=lambda body: body.update(company_status="hibernating"),
    ),
    contract_case(
        "officers",
        good="officers",
        none=Reply(404, example("officers_none")),
        drop=lambda body: first(body, "items").pop("officer_role"),
        no_values="roles are kept as the register writes them",
    ),
    contract_case(
        "charges",
        good="charges",
        none=Reply(200, example("charges_none")),
        drop=lambda body: body.pop("items"),
        unknown=lambda body: first(body, "items").update(status="half-forgotten"),
    ),
    contract_case(
        "insolvency",
        good="insolvency",
        none=Reply(404, example("insolvency_none")),
        drop=lambda body: body.pop("cases"),
        unknown=lambda body: first(body, "cases")["dates"][0].update(type="foretold-on"),
    ),
    contract_case(
        "filing_history",
        good="filing_history",
        none=Reply(200, example("filing_history_none")),
        drop=lambda body: body.pop("filing_history_status"),
        no_values="forms are kept as the register writes them; see the test of the status below",
    ),
)


def test_a_search_result_is_no_profile() -> None:
    with pytest.raises(SourceChanged) as stopped:
        read("profile", {"items": [{"company_number": NUMBER, "title": "LARKFIELD INSTRUMENTS LIMITED"}]})
    assert stopped.value.context["field"] == "company_number"


@pytest.mark.parametrize(
    ("status", "detail", "meaning"),
    [
        ("active", "transferred-from-uk", CompanyStatus.ACTIVE),
        ("open", None, CompanyStatus.ACTIVE),
        ("registered", None, CompanyStatus.ACTIVE),
        ("active", "active-proposal-to-strike-off", CompanyStatus.STRIKE_OFF_PROPOSED),
        ("liquidation", "active-proposal-to-strike-off", CompanyStatus.IN_INSOLVENCY),
        ("receivership", None, CompanyStatus.IN_INSOLVENCY),
        ("voluntary-arrangement", None, CompanyStatus.IN_INSOLVENCY),
        ("insolvency-proceedings", None, CompanyStatus.IN_INSOLVENCY),
        ("administration", None, CompanyStatus.IN_INSOLVENCY),
        ("dissolved", "petition-to-restore-dissolved", CompanyStatus.DISSOLVED),
        ("converted-closed", None, CompanyStatus.DISSOLVED),
        ("closed", None, CompanyStatus.DISSOLVED),
        ("removed", None, CompanyStatus.DISSOLVED),
        (None, None, None),
    ],
)
def test_the_standing_of_a_company(status: str | None, detail: str | None, meaning: CompanyStatus | None) -> None:
    body = {
        "company_name": "LARKFIELD INSTRUMENTS LIMITED",
        "company_number": NUMBER,
        "company_status": status,
        "company_status_detail": detail,
    }
    profile, *untold = read("profile", body).facts
    assert isinstance(profile, CompanyProfile)
    assert profile.status is meaning
    assert bool(untold) is (meaning is None)
    assert profile.accounts_overdue is None


def test_a_profile_of_another_company_stops() -> None:
    with pytest.raises(SourceChanged):
        read("profile", {"company_name": "OTHER LIMITED", "company_number": "99999902", "company_status": "active"})


def test_an_unknown_detail_of_the_standing_stops() -> None:
    with pytest.raises(SourceChanged):
        read(
            "profile",
            {
                "company_name": "LARKFIELD INSTRUMENTS LIMITED",
                "company_number": NUMBER,
                "company_status": "active",
                "company_status_detail": "active-but-odd",
            },
        )


def test_a_solvent_winding_up_is_told_apart_and_ends_when_concluded() -> None:
    body = {
        "cases": [
            {
                "type": "members-voluntary-liquidation",
                "number": "1",
                "dates": [
                    {"type": "declaration-solvent-on", "date": "2020-01-31"},
                    {"type": "concluded-winding-up-on", "date": "2021-01-15"},
                ],
            }
        ]
    }
    (case,) = read("insolvency", body).facts
    assert isinstance(case, LegalRecord)
    assert (case.kind, case.status) == (LegalKind.SOLVENT_LIQUIDATION, LegalStatus.CLOSED)
    assert (case.on, case.ended_on) == (date(2020, 1, 31), date(2021, 1, 15))
    assert case.inferred is False


def test_a_receivership_with_one_receiver_still_acting_is_open() -> None:
    body = {
        "cases": [
            {
                "type": "receiver-manager",
                "number": "1",
                "dates": [{"type": "instrumented-on", "date": "2024-02-01"}],
                "practitioners": [{"ceased_to_act_on": "2025-01-01"}, {"appointed_on": "2024-02-02"}],
            }
        ]
    }
    (case,) = read("insolvency", body).facts
    assert isinstance(case, LegalRecord)
    assert (case.status, case.ended_on, case.inferred) == (LegalStatus.OPEN, None, False)


def test_practitioners_leaving_do_not_end_a_liquidation() -> None:
    body = {
        "cases": [
            {
                "type": "creditors-voluntary-liquidation",
                "number": "1",
                "dates": [{"type": "wound-up-on", "date": "2024-02-01"}],
                "practitioners": [{"ceased_to_act_on": "2025-01-01"}],
            }
        ]
    }
    (case,) = read("insolvency", body).facts
    assert isinstance(case, LegalRecord)
    assert (case.status, case.ended_on) == (LegalStatus.OPEN, None)


def test_a_filing_history_that_cannot_be_served_is_not_an_empty_one() -> None:
    body = {"filing_history_status": "filing-history-not-available-unknown-prefix", "items": [], "total_count": 0}
    with pytest.raises(CouldNotAsk) as stopped:
        read("filing_history", body, number="CE999901")
    assert stopped.value.answer == "unavailable"
    held_none = {**body, "filing_history_status": "filing-history-available"}
    assert read("filing_history", held_none, number="BR999901").answer is Answer.NO_RECORD


def test_names_of_people_in_filings_are_not_kept() -> None:
    assert b"Bo Made-Up" in example("filing_history")
    assert "Made-Up" not in read("filing_history", example("filing_history")).model_dump_json()


def test_a_subcategory_may_be_text_or_list() -> None:
    filings = [fact for fact in read("filing_history", example("filing_history")).facts if isinstance(fact, Filing)]
    assert filings[0].items == ("compulsory", "court-order")
    assert filings[1].items == ("voluntary",)


def officers_page(start: int, count: int, total: int) -> dict[str, Any]:
    rows = [{"name": f"INVENTED, {start + row}", "officer_role": "director"} for row in range(count)]
    return {"items": rows, "total_results": total, "start_index": start}


def test_a_full_page_leads_to_the_next_until_the_total() -> None:
    source = companies_house()
    query = Query(
        source="uk_companies_house", kind="officers", params={"company_number": NUMBER}, topics=(Topic.OFFICERS,)
    )
    asked = []
    names: list[str] = []
    while True:
        start = int(query.params.get("start_index", "0"))
        parsed = source.parse(query, answer(officers_page(start, min(100, 250 - start), 250)))
        names += [fact.name for fact in parsed.facts if isinstance(fact, Officer)]
        asked.append(start)
        following = source.follow_up(query, parsed)
        if not following:
            break
        (query,) = following
        assert query.topics == (Topic.OFFICERS,)
    assert asked == [0, 100, 200]
    assert names == [f"INVENTED, {row}" for row in range(250)]


def test_pages_stop_at_a_few_and_the_message_says_so() -> None:
    parsed = read("officers", officers_page(400, 100, 1234), start_index="400")
    assert parsed.leads == ()
    assert parsed.message is not None
    assert parsed.message.en == "Only the first 500 of 1234 entries were read."


def test_a_page_past_the_end_is_no_statement_that_there_is_none() -> None:
    parsed = read("officers", officers_page(100, 0, 100), start_index="100")
    assert (parsed.answer, parsed.facts) == (Answer.FOUND, ())


def test_the_plan_of_a_british_company() -> None:
    source = companies_house()
    plan = source.plan(SUBJECT)
    assert plan.missing is None
    assert plan.queries == (
        Query(
            source="uk_companies_house",
            kind="profile",
            params={"company_number": NUMBER},
            topics=(Topic.IDENTITY,),
            unlocks=(Topic.OFFICERS, Topic.CHARGES, Topic.INSOLVENCY, Topic.FILINGS),
        ),
    )
    assert source.plan(Subject(legal_name="Larkfield", country="US", identifiers=SUBJECT.identifiers)) == plan


def test_a_british_company_without_number_leaves_its_topics_uncovered() -> None:
    plan = companies_house().plan(Subject(legal_name="Larkfield Instruments Limited", country="GB"))
    assert plan.queries == ()
    assert plan.missing is not None
    assert plan.topics == (Topic.IDENTITY, Topic.OFFICERS, Topic.CHARGES, Topic.INSOLVENCY, Topic.FILINGS)


def test_a_company_of_elsewhere_is_not_asked_about() -> None:
    plan = companies_house().plan(Subject(legal_name="Sample Corp", country="US"))
    assert (plan.queries, plan.missing) == ((), None)


def test_a_stub_leads_nowhere_because_its_lists_mean_nothing() -> None:
    source = companies_house()
    query = question("profile", "CE999901")
    parsed = source.parse(query, answer(example("profile_charity_stub")))
    assert parsed.answer is Answer.FOUND
    assert parsed.message is not None
    assert source.follow_up(query, parsed) == ()


@pytest.mark.parametrize(
    ("query", "path"),
    [
        (question("profile"), "/company/99999901"),
        (question("officers"), "/company/99999901/officers?items_per_page=100&start_index=0"),
        (question("charges", start_index="100"), "/company/99999901/charges?items_per_page=100&start_index=100"),
        (question("insolvency"), "/company/99999901/insolvency"),
        (question("filing_history"), "/company/99999901/filing-history?items_per_page=100&start_index=0"),
    ],
    ids=lambda value: value.kind if isinstance(value, Query) else "",
)
def test_the_request_on_the_wire(query: Query, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEHOUSE_UK_COMPANIES_HOUSE_KEY", KEY)
    with serving(Reply(200, b"{}")) as server:
        raw = connector(kit_for(server, "uk_companies_house")).fetch(query)
    ((method, asked, headers),) = server.asked
    assert (method, asked) == ("GET", path)
    assert headers["authorization"] == "Basic " + base64.b64encode(f"{KEY}:".encode()).decode()
    assert headers["user-agent"].endswith("(credit@example.org)")
    assert raw.body == b"{}"


def test_without_a_key_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GATEHOUSE_UK_COMPANIES_HOUSE_KEY", raising=False)
    with serving(Reply(200, b"{}")) as server:
        source = connector(kit_for(server, "uk_companies_house"))
        assert source.configured is False
        assert "GATEHOUSE_UK_COMPANIES_HOUSE_KEY" in source.setup_hint.en
        with pytest.raises(AccessRefused):
            source.fetch(question("profile"))
    assert server.asked == []
