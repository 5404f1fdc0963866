"""SEC EDGAR: what is asked, how it misbehaves, and that the order of rows never matters."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import connectors.sec_edgar
from admission.application import Subject
from admission.errors import SourceChanged
from admission.evidence.answers import Answer, Query, RawAnswer
from admission.evidence.facts import EventKind, Filing, LegalRecord
from admission.evidence.topics import Topic
from connectors.kit import Kit
from connectors.sec_edgar import connector
from connectors.sec_edgar.bankruptcy import Report, steps
from tests.connectors.contract import ContractCase, Reply, contract_tests, kit_for, serving

EXAMPLES = Path(connectors.sec_edgar.__file__).parent / "examples"
KIT = Kit(clock=lambda: datetime(2026, 11, 23, tzinfo=UTC), contact="credit@example.org")
COMPANY = Subject(legal_name="Harrow Ridge Components, Inc.", country="US", identifiers={"cik": "0009990001"})


def body(example: str) -> bytes:
    return (EXAMPLES / f"{example}.raw.json").read_bytes()


def changed(change: Callable[[Any], object]) -> Callable[[bytes], bytes]:
    def apply(original: bytes) -> bytes:
        document = json.loads(original)
        change(document)
        return json.dumps(document).encode()

    return apply


def query(kind: str, **params: str) -> Query:
    return Query(source="sec_edgar", kind=kind, params={"cik": "0009990001", **params})


def answer(document: bytes | dict[str, Any]) -> RawAnswer:
    return RawAnswer(
        status=200,
        content_type="application/json",
        body=document if isinstance(document, bytes) else json.dumps(document).encode(),
        url="https://data.sec.gov/x",
        fetched_at=datetime(2026, 11, 23, tzinfo=UTC),
    )


OWN_404 = Reply(404, (EXAMPLES / "unknown_company.raw.xml").read_bytes(), "application/xml")

test_contract = contract_tests(
    ContractCase(
        name="submissions",
        connect=connector,
        subject=COMPANY,
        good=Reply(200, body("distressed")),
        no_record=OWN_404,
        drop_mandatory=changed(lambda document: document.pop("name")),
        unknown_value=changed(lambda document: document["filings"]["recent"]["items"].__setitem__(2, "1.03,3.77")),
    ),
    ContractCase(
        name="companyfacts",
        connect=connector,
        subject=COMPANY,
        query=query("companyfacts"),
        good=Reply(200, body("accounts_us_gaap")),
        no_record=OWN_404,
        drop_mandatory=changed(lambda document: document["facts"]["us-gaap"]["Assets"]["units"]["USD"][0].pop("filed")),
        unknown_value=changed(
            lambda document: document["facts"]["us-gaap"]["Assets"].update(
                units={"dollars": document["facts"]["us-gaap"]["Assets"]["units"]["USD"]}
            )
        ),
    ),
    ContractCase(
        name="older filings",
        connect=connector,
        subject=COMPANY,
        query=query("older_filings", name="CIK0009990001-submissions-001.json"),
        good=Reply(200, body("older_filings")),
        no_record=OWN_404,
        no_record_ends=SourceChanged,
        drop_mandatory=changed(lambda document: document.pop("filingDate")),
        unknown_value=changed(lambda document: document["items"].__setitem__(0, "1.30")),
    ),
)


def test_a_company_with_a_cik_is_asked_about_twice() -> None:
    plan = connector(KIT).plan(COMPANY)
    assert [(item.key, item.topics) for item in plan.queries] == [
        ("sec_edgar/submissions?cik=0009990001", (Topic.IDENTITY, Topic.FILINGS, Topic.INSOLVENCY)),
        ("sec_edgar/companyfacts?cik=0009990001", (Topic.ACCOUNTS,)),
    ]
    assert plan.missing is None


def test_an_american_company_without_a_cik_leaves_its_topics_uncovered() -> None:
    plan = connector(KIT).plan(Subject(legal_name="Harrow Ridge", country="US"))
    assert plan.queries == ()
    assert plan.missing is not None
    assert set(plan.topics) == {Topic.IDENTITY, Topic.FILINGS, Topic.INSOLVENCY, Topic.ACCOUNTS}


def test_a_foreign_company_without_a_cik_is_none_of_the_secs_business() -> None:
    plan = connector(KIT).plan(Subject(legal_name="Nordwerk Maschinen AG", country="DE"))
    assert (plan.queries, plan.missing, plan.topics) == ((), None, ())


def test_without_a_contact_the_sec_is_not_asked() -> None:
    assert connector(KIT).configured
    assert not connector(Kit(clock=KIT.clock, contact="")).configured
    assert "mail" in connector(KIT).setup_hint.en


def test_requests_go_to_the_documented_addresses_and_say_who_is_asking() -> None:
    with serving(Reply(200, b"{}")) as server:
        source = connector(kit_for(server, "sec_edgar"))
        for item in (*source.plan(COMPANY).queries, query("older_filings", name="CIK0009990001-submissions-001.json")):
            source.fetch(item)
    assert [path for _, path, _ in server.asked] == [
        "/submissions/CIK0009990001.json",
        "/api/xbrl/companyfacts/CIK0009990001.json",
        "/submissions/CIK0009990001-submissions-001.json",
    ]
    assert {headers["user-agent"].rpartition(" ")[2] for _, _, headers in server.asked} == {"(credit@example.org)"}


def test_the_setting_takes_the_place_of_the_cards_address(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Reply(200, b"{}")) as server:
        monkeypatch.setenv("GATEHOUSE_SEC_EDGAR_BASE_URL", server.url)
        assert connector(KIT).fetch(query("submissions")).url == f"{server.url}/submissions/CIK0009990001.json"


def test_an_answer_about_another_company_is_not_taken() -> None:
    other = Query(source="sec_edgar", kind="submissions", params={"cik": "0009990007"})
    with pytest.raises(SourceChanged, match="another company"):
        connector(KIT).parse(other, answer(body("distressed")))


def test_columns_of_different_length_are_not_taken() -> None:
    document = json.loads(body("distressed"))
    document["filings"]["recent"]["form"].pop()
    with pytest.raises(SourceChanged, match="differ in length"):
        connector(KIT).parse(query("submissions"), answer(document))


def test_a_new_field_is_reported() -> None:
    document = json.loads(body("distressed"))
    document["creditWatch"] = True
    document["filings"]["recent"]["newColumn"] = []
    accounts = json.loads(body("accounts_us_gaap"))
    accounts["facts"]["us-gaap"]["Assets"]["units"]["USD"][0]["basis"] = "x"
    accounts["facts"]["uk-gaap"] = {}
    source = connector(KIT)
    assert source.parse(query("submissions"), answer(document)).leftover == ("creditWatch", "filings.recent.newColumn")
    assert source.parse(query("companyfacts"), answer(accounts)).leftover == ("facts.uk-gaap", "facts[].basis")


def test_accounts_of_quarters_alone_are_no_annual_accounts() -> None:
    document = json.loads(body("accounts_us_gaap"))
    for concept in document["facts"]["us-gaap"].values():
        for row in concept["units"]["USD"]:
            row["form"] = "10-Q"
    parsed = connector(KIT).parse(query("companyfacts"), answer(document))
    assert (parsed.answer, parsed.facts) == (Answer.NO_RECORD, ())
    assert parsed.message is not None


@pytest.mark.parametrize(
    ("oldest_in_list", "files"),
    [
        ("2021-11-22", ()),
        ("2021-11-24", ("CIK0009990001-submissions-001.json",)),
    ],
)
def test_older_filings_are_asked_for_where_the_list_spans_less_than_five_years(
    oldest_in_list: str, files: tuple[str, ...]
) -> None:
    document = json.loads(body("distressed"))
    document["filings"]["recent"]["filingDate"][-1] = oldest_in_list
    source = connector(KIT)
    asked = source.follow_up(query("submissions"), source.parse(query("submissions"), answer(document)))
    assert tuple(item.params["name"] for item in asked) == files
    assert all(item.topics == (Topic.FILINGS, Topic.INSOLVENCY) for item in asked)


@settings(deadline=None)
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_the_order_of_filings_does_not_change_the_facts(seed: int) -> None:
    document = json.loads(body("distressed"))
    columns = document["filings"]["recent"]
    order = random.Random(seed).sample(range(len(columns["form"])), len(columns["form"]))
    document["filings"]["recent"] = {name: [values[place] for place in order] for name, values in columns.items()}
    source = connector(KIT)
    given_order = source.parse(query("submissions"), answer(body("distressed")))
    assert source.parse(query("submissions"), answer(document)).facts == given_order.facts


@settings(deadline=None)
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_the_order_of_values_does_not_change_the_accounts(seed: int) -> None:
    document = json.loads(body("accounts_us_gaap"))
    chance = random.Random(seed)
    concepts = list(document["facts"]["us-gaap"].items())
    chance.shuffle(concepts)
    document["facts"]["us-gaap"] = dict(concepts)
    for _, concept in concepts:
        chance.shuffle(concept["units"]["USD"])
    source = connector(KIT)
    given_order = source.parse(query("companyfacts"), answer(body("accounts_us_gaap")))
    assert source.parse(query("companyfacts"), answer(document)).facts == given_order.facts


PETITION, PLAN, EMERGENCE, UNSPECIFIED = (
    EventKind.BANKRUPTCY_PETITION,
    EventKind.BANKRUPTCY_PLAN,
    EventKind.BANKRUPTCY_EMERGENCE,
    EventKind.BANKRUPTCY_UNSPECIFIED,
)


def report(on: str, *items: str) -> Report:
    return Report(f"filed {on}", date.fromisoformat(on), frozenset({"1.03", *items}))


@pytest.mark.parametrize(
    ("reports", "earliest", "expected"),
    [
        pytest.param([report("2025-06-30")], None, [[PETITION]], id="one report"),
        pytest.param([report("2025-06-30")], "2024-01-01", [[UNSPECIFIED]], id="the series may have begun before"),
        pytest.param([report("2025-06-30", "2.04")], "2024-01-01", [[PETITION]], id="debt accelerated"),
        pytest.param([report("2025-06-30", "3.03", "5.01")], None, [[UNSPECIFIED]], id="emergence without petition"),
        pytest.param(
            [report("2025-01-01"), report("2025-05-01", "5.02")], None, [[PETITION, PLAN]], id="a director leaves"
        ),
        pytest.param(
            [report("2025-01-01"), report("2025-05-01", "3.03", "5.03"), report("2025-06-01", "1.01")],
            None,
            [[PETITION, EMERGENCE], [PETITION]],
            id="a report after emergence begins anew",
        ),
        pytest.param([report("2019-01-01"), report("2024-01-01")], None, [[PETITION], [PETITION]], id="years apart"),
        pytest.param(
            [report("2025-01-01", "2.04"), report("2025-02-01", "2.04")],
            None,
            [[PETITION], [PETITION]],
            id="two petitions",
        ),
    ],
)
def test_the_step_of_a_bankruptcy_is_inferred_from_order_and_items(
    reports: list[Report], earliest: str | None, expected: list[list[EventKind]]
) -> None:
    series = steps(reversed(reports), earliest_known=date.fromisoformat(earliest) if earliest else None)
    assert [[step.event.kind for step in one] for one in series] == expected
    events = [step.event for one in series for step in one]
    assert all(event.inferred and event.basis for event in events if event.kind is not UNSPECIFIED)
    assert not any(event.inferred or event.basis for event in events if event.kind is UNSPECIFIED)


def test_a_plan_followed_by_years_of_filings_is_unclear_and_not_open() -> None:
    document = json.loads(body("distressed"))
    source = connector(KIT)

    def status(year: int) -> list[str]:
        fetched = answer(document).model_copy(update={"fetched_at": datetime(year, 11, 23, tzinfo=UTC)})
        parsed = source.parse(query("submissions"), fetched)
        return [fact.status.value for fact in parsed.facts if isinstance(fact, LegalRecord)]

    assert status(2026) == ["open"]
    document["filings"]["recent"]["filingDate"][0] = "2029-10-02"
    assert status(2029) == ["unclear"]


def test_items_are_compared_whole() -> None:
    document = json.loads(body("distressed"))
    columns = document["filings"]["recent"]
    place = columns["items"].index("3.01")
    columns["form"][place], columns["items"][place] = "8-K/A", "13.01"
    with pytest.raises(SourceChanged, match="item"):
        connector(KIT).parse(query("submissions"), answer(document))
    columns["filingDate"][place] = "2004-08-01"
    parsed = connector(KIT).parse(query("submissions"), answer(document))
    assert columns["accessionNumber"][place] not in [
        fact.reference for fact in parsed.facts if isinstance(fact, Filing)
    ]
