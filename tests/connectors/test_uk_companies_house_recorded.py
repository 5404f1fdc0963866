"""Companies House: what is read from its recorded answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
import yaml

from admission.errors import AccessRefused, SourceChanged
from admission.evidence.answers import Answer, Parsed, Query, RawAnswer
from admission.evidence.facts import (
    CompanyProfile,
    CompanyStatus,
    EventKind,
    Filing,
    FilingEvent,
    LegalKind,
    LegalRecord,
    LegalStatus,
)
from connectors.kit import Kit
from connectors.uk_companies_house import CompaniesHouse, connector, words
from tests.connectors.contract import NOW, Reply, kit_for, serving

KEY = "a-secret-key-of-ours"
PAGES = "https://find-and-update.company-information.service.gov.uk/company"


def companies_house() -> CompaniesHouse:
    return connector(Kit(clock=lambda: NOW, contact="credit@example.org"))


def question(kind: str, number: str) -> Query:
    return Query(source="uk_companies_house", kind=kind, params={"company_number": number})


def answer(body: bytes, status: int = 200) -> RawAnswer:
    return RawAnswer(
        status=status, content_type="application/json", body=body, url="https://example.org/company", fetched_at=NOW
    )


def read(kind: str, body: bytes, *, number: str, status: int = 200) -> Parsed:
    return companies_house().parse(question(kind, number), answer(body, status))


@pytest.mark.recorded
def test_the_recorded_profile_of_a_healthy_company(recorded: Path) -> None:
    raw = answer((recorded / "companies_house/profile_00445790_tesco.json").read_bytes())
    parsed = companies_house().parse(question("profile", "00445790"), raw)
    assert parsed == Parsed(
        answer=Answer.FOUND,
        facts=(
            CompanyProfile(
                source="uk_companies_house",
                legal_name="TESCO PLC",
                country="GB",
                identifiers={"uk_company_number": "00445790"},
                status=CompanyStatus.ACTIVE,
                status_text="Active",
                legal_form="Public limited company",
                incorporated_on=date(1947, 11, 27),
                industry_code="uk-sic:47110",
                address="Tesco House, Shire Park, Kestrel Way, Welwyn Garden City, AL7 1GA, United Kingdom",
                former_names=(
                    "TESCO STORES (HOLDINGS) PUBLIC LIMITED COMPANY",
                    "TESCO STORES (HOLDINGS) LIMITED",
                ),
                accounts_overdue=False,
                last_accounts_on=date(2025, 2, 26),
            ),
        ),
    )


@pytest.mark.recorded
def test_the_recorded_profile_of_a_company_in_liquidation(recorded: Path) -> None:
    raw = answer((recorded / "companies_house/profile_04374209.json").read_bytes())
    parsed = companies_house().parse(question("profile", "04374209"), raw)
    (profile,) = parsed.facts
    assert isinstance(profile, CompanyProfile)
    assert profile.status is CompanyStatus.IN_INSOLVENCY
    assert profile.status_text == "Liquidation"
    assert profile.legal_form == "Private company limited by guarantee, exempt from 'Limited'"
    assert profile.accounts_overdue is True
    assert profile.last_accounts_on == date(2023, 3, 31)
    assert profile.address == "6 Bevington Road, Bevington Road, London, W10 5TN, England"
    assert parsed.leftover == ()


@pytest.mark.recorded
def test_the_recorded_404_of_the_profile_is_no_record_for_its_own_number_only(recorded: Path) -> None:
    body = (recorded / "companies_house/404_profile.json").read_bytes()
    parsed = read("profile", body, number="99999999", status=404)
    assert parsed.answer is Answer.NO_RECORD
    assert parsed.message is not None
    assert parsed.message.en == "Companies House has no company 99999999."
    with pytest.raises(SourceChanged):
        read("profile", body, number="99999998", status=404)
    with pytest.raises(SourceChanged):
        read("charges", body, number="99999999", status=404)


@pytest.mark.recorded
def test_the_recorded_charges_are_read_although_the_flag_denies_them(recorded: Path) -> None:
    folder = recorded / "companies_house"
    assert json.loads((folder / "profile_00445790_tesco.json").read_text())["has_charges"] is False
    parsed = read("charges", (folder / "charges_00445790_part.json").read_bytes(), number="00445790")
    told = [
        (fact.reference, fact.status, fact.on, fact.ended_on) for fact in parsed.facts if isinstance(fact, LegalRecord)
    ]
    assert told == [
        ("00445790/charge/9", LegalStatus.OPEN, date(2009, 11, 4), None),
        ("00445790/charge/8", LegalStatus.OPEN, date(2009, 11, 4), None),
        ("00445790/charge/7", LegalStatus.CLOSED, date(2009, 3, 27), date(2009, 11, 25)),
        ("00445790/charge/5", LegalStatus.CLOSED, date(2005, 5, 13), date(2009, 10, 9)),
    ]
    assert parsed.facts[3] == LegalRecord(
        source="uk_companies_house",
        kind=LegalKind.CHARGE,
        status=LegalStatus.CLOSED,
        on=date(2005, 5, 13),
        ended_on=date(2009, 10, 9),
        reference="00445790/charge/5",
        title="A share charge",
        url=f"{PAGES}/00445790/charges",
    )
    assert parsed.leads == ()
    # A remark of whoever recorded it; the source does not send it.
    assert parsed.leftover == ("_note",)


@pytest.mark.recorded
def test_the_recorded_insolvency_case(recorded: Path) -> None:
    body = (recorded / "companies_house/insolvency_04374209.json").read_bytes()
    assert read("insolvency", body, number="04374209") == Parsed(
        answer=Answer.FOUND,
        facts=(
            LegalRecord(
                source="uk_companies_house",
                kind=LegalKind.INSOLVENCY,
                status=LegalStatus.OPEN,
                on=date(2024, 12, 18),
                reference="04374209/insolvency/1",
                code="compulsory-liquidation",
                title="Compulsory liquidation",
                url=f"{PAGES}/04374209/insolvency",
                basis="petitioned-on 2024-12-18, wound-up-on 2025-03-19",
            ),
        ),
    )


@pytest.mark.recorded
def test_both_recorded_forms_of_no_insolvency_are_no_record(recorded: Path) -> None:
    folder = recorded / "companies_house"
    empty = (folder / "insolvency_00712615_empty_cases.json").read_bytes()
    assert read("insolvency", empty, number="00712615") == Parsed(answer=Answer.NO_RECORD)
    missing = (folder / "404_insolvency_00445790.json").read_bytes()
    assert read("insolvency", missing, number="00445790", status=404) == Parsed(answer=Answer.NO_RECORD)
    with pytest.raises(SourceChanged):
        read("insolvency", missing, number="04374209", status=404)
    with pytest.raises(SourceChanged):
        read("profile", missing, number="00445790", status=404)


@pytest.mark.recorded
def test_the_recorded_filing_history(recorded: Path) -> None:
    body = (recorded / "companies_house/filing_history_04374209_head.json").read_bytes()
    parsed = read("filing_history", body, number="04374209")
    filings = [fact for fact in parsed.facts if isinstance(fact, Filing)]
    assert [(filing.form, filing.filed_on, [event.kind for event in filing.events]) for filing in filings] == [
        ("COCOMP", date(2025, 3, 31), [EventKind.INSOLVENCY_FILING]),
        ("DISS16(SOAS)", date(2025, 3, 6), []),
        ("GAZ1", date(2025, 3, 4), [EventKind.STRIKE_OFF_NOTICE]),
        ("AA", date(2024, 8, 20), []),
        ("DISS40", date(2024, 4, 17), [EventKind.STRIKE_OFF_STOPPED]),
    ]
    assert filings[0] == Filing(
        source="uk_companies_house",
        reference="MzQ2MDM2MDg0M2FkaXF6a2N4",
        form="COCOMP",
        filed_on=date(2025, 3, 31),
        items=("compulsory", "court-order"),
        title="liquidation-compulsory-winding-up-order",
        url=f"{PAGES}/04374209/filing-history",
        events=(
            FilingEvent(
                kind=EventKind.INSOLVENCY_FILING,
                on=date(2025, 3, 31),
                basis="COCOMP liquidation-compulsory-winding-up-order",
            ),
        ),
    )
    assert filings[3].period_on == date(2023, 3, 31)
    assert parsed.leftover == ("_note",)


@pytest.mark.recorded
def test_the_recorded_refusal_of_a_bad_key(recorded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEHOUSE_UK_COMPANIES_HOUSE_KEY", KEY)
    body = (recorded / "companies_house/401_bad_key.json").read_bytes()
    with serving(Reply(401, body)) as server:
        source = connector(kit_for(server, "uk_companies_house"))
        with pytest.raises(AccessRefused) as refused:
            source.fetch(question("profile", "00445790"))
    assert KEY not in str(refused.value)


@pytest.mark.recorded
def test_every_word_of_the_register_has_a_meaning(recorded: Path) -> None:
    lists: Mapping[str, Mapping[str, str]] = yaml.safe_load(
        (recorded / "companies_house/api-enumerations_constants.yml").read_text(encoding="utf-8")
    )
    assert set(words.STANDINGS) == set(lists["company_status"])
    assert set(words.STANDING_DETAILS) == set(lists["company_status_detail"])
    assert set(words.CASE_TYPES) == set(lists["insolvency_case_type"])
    assert set(words.CASE_DATES) == set(lists["insolvency_case_date_type"])
    assert set(words.LEGAL_FORMS) <= set(lists["company_type"])
    assert set(lists["company_type"]) >= words.FOREIGN_FORMS
