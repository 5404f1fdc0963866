"""The list is held against every name and number that is known of the company, however it is written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.errors import CouldNotAsk
from admission.evidence.answers import Answer, Evidence, Query, RawAnswer, coverage
from admission.evidence.facts import AnyFact, CompanyProfile, Facts, WatchlistHit
from admission.evidence.gathering import facts_of
from admission.evidence.screening import Wanted, with_registered
from admission.evidence.sources import Connector
from admission.evidence.topics import Topic
from admission.metrics.registers import register_metrics
from connectors.kit import Kit
from connectors.ofac_sdn import connector as list_connector
from connectors.sec_edgar import connector as sec_connector
from screening import CompanyMatcher
from tests.admission.asking import Store
from tests.admission.build import AS_OF, NOW, profile
from tests.connectors.test_ofac_sdn import ALT, SDN
from tests.connectors.test_ofac_sdn_whole import SUBJECT, raw, source

KIT = Kit(clock=lambda: NOW, contact="credit@example.org")


def asked(*names: str, numbers: str = "", kind: str = "sdn") -> Query:
    params = {"match_name": "\n".join(names), **({"match_identifiers": numbers} if kind == "sdn" else {})}
    return Query(source="ofac_sdn", kind=kind, params=params, topics=(Topic.WATCHLIST,))


def hits(query: Query, body: bytes = SDN) -> list[tuple[str, str, str]]:
    facts = source().parse(query, raw(body)).facts
    return [(hit.entry, hit.basis, hit.our_name) for hit in facts if isinstance(hit, WatchlistHit)]


def test_the_applicants_name_comes_first_and_the_others_are_named() -> None:
    assert hits(asked("Zarko Line Ltd", "Zarkovia Shipping")) == [("90001", "name", "")]
    assert hits(asked("Northaven Metals", "Zarkovia Shipping")) == [("90001", "name", "Zarkovia Shipping")]
    assert hits(asked("Northaven Metals", "Zarcovia Shipping", "Zarkovia Shipping")) == [
        ("90001", "name", "Zarkovia Shipping")
    ]


def test_a_further_name_without_letters_is_passed_over_and_the_first_is_not() -> None:
    assert hits(asked("Northaven Metals", "///", "Zarko Line")) == [("90001", "name", "Zarko Line")]
    with pytest.raises(CouldNotAsk, match="no letter or digit"):
        hits(asked("///", "Zarko Line"))


def test_two_numbers_of_one_kind_are_both_looked_for() -> None:
    numbers = "uk_company_number=09998888;lei=485100GBI2SE0KIX8T70;uk_company_number=09990066"
    assert hits(asked("Northaven Metals", numbers=numbers)) == [("90001", "identifier", "")]


@pytest.mark.parametrize("number", ["09990067", "09990606", "99990066", "00999066"])
def test_a_number_one_slip_away_is_for_a_person(number: str) -> None:
    assert hits(asked("Northaven Metals", numbers=f"uk_company_number={number}")) == [("90001", "near_identifier", "")]


def test_a_listed_code_that_fails_its_check_and_is_ours_as_written_is_for_a_person() -> None:
    listed = SDN.replace(
        b"Company Number 09990066 (United Kingdom)", b"Unified Social Credit Code (USCC) 91222401MA0Y31E658 (China)"
    )
    assert hits(asked("Northaven Metals", numbers="uscc=91222401MA0Y31E658"), listed) == [
        ("90001", "near_identifier", "")
    ]
    assert hits(asked("Northaven Metals", numbers="uscc=91222401MA0Y31E659"), listed) == [
        ("90001", "near_identifier", "")
    ]
    assert hits(asked("Northaven Metals", numbers="uscc=91310000MA1K30UQ75"), listed) == []


@pytest.mark.parametrize("number", ["09990011", "SC990066", "12345678"])
def test_other_numbers_are_others(number: str) -> None:
    assert hits(asked("Northaven Metals", numbers=f"uk_company_number={number}")) == []


def test_mixed_alphabets_are_told_in_both_languages_and_matched_as_they_look() -> None:
    parsed = source().parse(asked("Zаrkоvia Shipping"), raw(SDN))
    assert [fact.basis for fact in parsed.facts if isinstance(fact, WatchlistHit)] == ["name"]
    (remark,) = parsed.remarks
    assert remark.en == (
        "The word Zаrkоvia of the name mixes letters of two alphabets; it was searched as what it looks like."
    )
    assert "混用了两种字母" in remark.zh
    assert parsed.message is not None
    assert parsed.message.en.endswith(remark.en)
    assert source().parse(asked("Zarkovia Shipping"), raw(SDN)).remarks == ()


class Kept:
    """The evidence of one case, with its bytes."""

    def __init__(self) -> None:
        self.store = Store()
        self.items: list[Evidence] = []

    def add(self, query: Query, body: bytes, answer: Answer) -> None:
        item = Evidence(
            id=f"ev-{len(self.items)}",
            query=query,
            answer=answer,
            fetched_at=NOW,
            sha256=self.store.keep(body),
            content_type="application/json" if query.source == "sec_edgar" else "text/csv",
        )
        self.items.append(item)

    def facts(self, connectors: Mapping[str, Connector], known: tuple[CompanyProfile, ...] = ()) -> Facts:
        return facts_of(self.items, connectors, self.store, known)


class Register:
    """A register whose answers are names, one a line: the legal name first."""

    def __init__(self) -> None:
        self.card = list_connector(KIT, CompanyMatcher()).card

    def parse(self, query: Query, raw: RawAnswer) -> object:
        from admission.evidence.answers import Parsed

        legal, *former = raw.body.decode().split("\n")
        fact: AnyFact = CompanyProfile(source="register", legal_name=legal, former_names=tuple(former))
        return Parsed(answer=Answer.FOUND, facts=(fact,))


def connectors() -> Mapping[str, Connector]:
    register: Connector = Register()  # type: ignore[assignment]
    return {
        "ofac_sdn": list_connector(KIT, CompanyMatcher()),
        "sec_edgar": sec_connector(KIT),
        "register": register,
    }


IDENTITY = Query(source="register", kind="profile", topics=(Topic.IDENTITY,))


def kept(register: str, *, first: bool = True) -> Kept:
    case = Kept()
    if first:
        case.add(IDENTITY, register.encode(), Answer.FOUND)
    case.add(asked("Northaven Metals Ltd"), SDN, Answer.NO_RECORD)
    case.add(asked("Northaven Metals Ltd", kind="alt"), ALT, Answer.NO_RECORD)
    if not first:
        case.add(IDENTITY, register.encode(), Answer.FOUND)
    return case


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("names", ["Zarkovia Shipping Co", "Northaven Metals Limited\nZarkovia Shipping Co"])
def test_a_list_that_found_nothing_is_held_against_legal_and_former_names(names: str, *, first: bool) -> None:
    facts = kept(names, first=first).facts(connectors())
    (hit,) = facts.hits
    assert (hit.entry, hit.basis, hit.our_name) == ("90001", "name", "Zarkovia Shipping Co")
    assert hit.evidence == ("ev-1" if first else "ev-0")


def test_the_list_of_other_names_is_held_against_them_too() -> None:
    (hit,) = kept("Zarkovia Maritime").facts(connectors()).hits
    assert (hit.entry, hit.matched_name, hit.our_name) == ("90001", "ZARKOVIA MARITIME", "Zarkovia Maritime")


def test_without_a_further_name_a_list_that_found_nothing_is_not_read_again() -> None:
    case = kept("NORTHAVEN METALS LIMITED")
    case.store.bodies = {sha: body for sha, body in case.store.bodies.items() if body not in (SDN, ALT)}
    assert case.facts(connectors()).hits == ()


def test_one_list_alone_is_held_against_the_names_that_were_stored() -> None:
    case = Kept()
    case.add(asked("Northaven Metals Ltd"), SDN, Answer.NO_RECORD)
    assert case.facts(connectors()).hits == ()
    (hit,) = case.facts(connectors(), (profile(former_names=("Zarko Line",)),)).hits
    assert hit.our_name == "Zarko Line"


def test_numbers_of_registers_are_looked_for_too() -> None:
    case = Kept()
    case.add(asked("Northaven Metals Ltd"), SDN, Answer.NO_RECORD)
    known = (profile(legal_name="Northaven Metals Limited", identifiers={"uk_company_number": "09990066"}),)
    (hit,) = case.facts(connectors(), known).hits
    assert hit.basis == "identifier"


@given(st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=4))
def test_more_names_never_lose_a_name_and_never_change_what_is_sent(names: list[str]) -> None:
    query = asked("Northaven Metals", numbers="lei=X")
    more = with_registered(query, [profile(legal_name=name, former_names=("Zarko Line",)) for name in names])
    assert more.key == query.key
    assert Wanted.of(more).names[0] == "Northaven Metals"
    assert "Zarko Line" in Wanted.of(more).names
    assert ("lei", "X") in Wanted.of(more).identifiers
    assert with_registered(more, []) == more


@pytest.mark.recorded
def test_the_listed_former_name_of_cases_yml_is_screened(recorded: Path) -> None:
    case = Kept()
    submissions = Query(
        source="sec_edgar",
        kind="submissions",
        params={"cik": "0009994001"},
        topics=(Topic.IDENTITY, Topic.FILINGS, Topic.INSOLVENCY),
    )
    case.add(submissions, (recorded / "cases" / "sec_submissions_listed_former_name.json").read_bytes(), Answer.FOUND)
    for kind in ("sdn", "alt"):
        query = asked("Sunny Example Exports Inc", kind=kind)
        body = (recorded / "ofac" / "sdn_2021" / f"{kind}.csv").read_bytes()
        assert source().parse(query, raw(body)).answer is Answer.NO_RECORD
        case.add(query, body, Answer.NO_RECORD)
    facts = case.facts(connectors())
    assert {hit.our_name for hit in facts.hits} == {"ROSOBORONEXPORT JSC"}
    found = register_metrics(facts, coverage(case.items), SUBJECT, as_of=AS_OF)
    (metric,) = (metric for metric in found if metric.name == "watchlist_hits")
    assert metric.value
