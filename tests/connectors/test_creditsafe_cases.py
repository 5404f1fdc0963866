"""Creditsafe: what was read wrong, and the kinds of loss that must never make a report better."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.errors import CouldNotAsk, SourceChanged
from admission.evidence.answers import Parsed, RawAnswer
from admission.evidence.facts import CompanyStatus, FinancialStatement, Untold
from admission.evidence.topics import Topic
from connectors.creditsafe.standing import is_harmless
from tests.connectors.contract import NOW
from tests.connectors.test_creditsafe import REPORT, changed, credit, example, profile, read, source
from tests.connectors.test_creditsafe import _settings as _settings  # noqa: PLC0414 - a fixture for all tests here

SOUND = example("report_sound")
STATUS = ("report", "companyIdentification", "basicInformation", "companyStatus")
SUMMARY = ("report", "companySummary", "companyStatus")
STATEMENT = ("report", "financialStatements", 0)
SHEET = (*STATEMENT, "balanceSheet")


def nulled(body: bytes, *path: str | int) -> bytes:
    """The body with one field set to null."""
    marked = changed(body, *path, to="\ue000")
    return marked.replace(b'"\\ue000"', b"null")


def untold(parsed: Parsed, topic: Topic) -> list[str]:
    return [fact.why.en for fact in parsed.facts if isinstance(fact, Untold) and topic in fact.topics]


def statements(parsed: Parsed) -> list[FinancialStatement]:
    return [fact for fact in parsed.facts if isinstance(fact, FinancialStatement)]


@pytest.mark.recorded
def test_accounts_without_a_day_are_left_out_and_may_be_the_newest(recorded: Path) -> None:
    parsed = read((recorded / "cases/creditsafe_null_day_of_year_end.json").read_bytes())
    assert [item.period_end for item in statements(parsed)] == [date(2024, 12, 31)]
    assert untold(parsed, Topic.ACCOUNTS) == ["accounts without a usable year-end date were left out"]
    assert [remark.en for remark in parsed.remarks] == ["Accounts without a usable year-end date were left out."]


@pytest.mark.recorded
def test_active_in_a_voluntary_arrangement_is_not_active(recorded: Path) -> None:
    parsed = read((recorded / "cases/creditsafe_active_in_voluntary_arrangement.json").read_bytes())
    assert (profile(parsed).status, profile(parsed).status_text) == (None, "Company Voluntary Arrangement")
    for topic in (Topic.IDENTITY, Topic.INSOLVENCY):
        assert untold(parsed, topic) == ["the standing is not known; the bureau says: Company Voluntary Arrangement"]


@pytest.mark.parametrize(
    "words",
    [
        "Active",
        "ACTIVE - Accounts Filed",
        "Active (Trading)",
        "Registered",
        "Live company",
        "In business",
        "aktiv",
        "Actif",
        "En activité",
        "Activa",
        "存续",
        "在业",
        "存续（在营、开业、在册）",
    ],
)
def test_words_known_to_be_harmless_are_active(words: str) -> None:
    assert is_harmless(words)
    assert profile(read(changed(SOUND, *STATUS, "description", to=words))).status is CompanyStatus.ACTIVE


@pytest.mark.parametrize(
    "words",
    [
        "Active - Company Voluntary Arrangement",
        "Voluntary arrangement",
        "Winding-up petition presented",
        "Active - Moratorium",
        "Active, Chapter 11",
        "Not active",
        "Non-trading",
        "Active - no accounts filed",
        "Dormant",
        "Redressement judiciaire",
        "In Konkurs",
        "Concurso de acreedores",
        "Surséance van betaling",
        "存续，列入经营异常名录",
        "吊销",
        "-",
        "",
    ],
)
def test_any_other_words_beside_active_are_told_and_mean_nothing_known(words: str) -> None:
    parsed = read(changed(SOUND, *STATUS, "description", to=words))
    assert (profile(parsed).status, profile(parsed).status_text) == (None, words or "Active")
    (why,) = untold(parsed, Topic.IDENTITY)
    assert (words or "Active") in why


@given(st.text(max_size=40))
def test_words_are_harmless_only_phrase_by_phrase(words: str) -> None:
    assert not is_harmless(f"Active - {words} petition")
    assert not is_harmless(f"{words}q / active")


@pytest.mark.parametrize("place", [STATUS, SUMMARY])
@pytest.mark.parametrize("lost", ["description", None])
def test_a_standing_that_is_half_lost_is_not_known(place: tuple[str, ...], lost: str | None) -> None:
    path = (*place, lost) if lost else place
    for body in (nulled(SOUND, *path), changed(SOUND, *path)):
        parsed = read(body)
        assert profile(parsed).status is None
        assert len(untold(parsed, Topic.INSOLVENCY)) == 1


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("In Liquidation", CompanyStatus.IN_INSOLVENCY),
        ("Dissolved", CompanyStatus.DISSOLVED),
        ("Proposal to strike off", CompanyStatus.STRIKE_OFF_PROPOSED),
        ("Voluntary arrangement", None),
    ],
)
def test_of_two_standings_the_worse_counts(words: str, status: CompanyStatus | None) -> None:
    for place in (STATUS, SUMMARY):
        found = profile(read(changed(SOUND, *place, "description", to=words)))
        assert (found.status, found.status_text) == (status, words)


@pytest.mark.parametrize("day", ["0001-01-01T00:00:00Z", "9999-12-31", "1900-01-01", "2027-12-31", None])
def test_accounts_without_a_usable_day_leave_all_accounts_open(day: str | None) -> None:
    body = changed(SOUND, *STATEMENT, "yearEndDate", to=day) if day else nulled(SOUND, *STATEMENT, "yearEndDate")
    assert len(untold(read(body), Topic.ACCOUNTS)) == 1


def test_the_newest_accounts_without_a_currency_leave_all_open_and_older_ones_do_not() -> None:
    newest, older = (nulled(SOUND, "report", "financialStatements", place, "currency") for place in (0, 1))
    assert len(untold(read(newest), Topic.ACCOUNTS)) == 1
    assert untold(read(older), Topic.ACCOUNTS) == []
    assert [remark.en for remark in read(older).remarks] == ["Accounts of 2024-12-31 without a currency were left out."]


@pytest.mark.parametrize("weeks", [None, 0, -52, 5200, 10**30])
def test_accounts_without_a_usable_length_have_no_period(weeks: int | None) -> None:
    body = changed(SOUND, *STATEMENT, "numberOfWeeks", to=weeks) if weeks is not None else SOUND
    body = body if weeks is not None else nulled(SOUND, *STATEMENT, "numberOfWeeks")
    assert statements(read(body))[0].period_start is None


@pytest.mark.parametrize("weeks", [26, 53, 78])
def test_a_short_or_long_period_is_kept(weeks: int) -> None:
    found = statements(read(changed(SOUND, *STATEMENT, "numberOfWeeks", to=weeks)))[0]
    assert found.period_start is not None
    assert (found.period_end - found.period_start).days == weeks * 7 - 1


def intangibles(**lines: int | None) -> FinancialStatement:
    body = SOUND
    for name in ("goodwill", "otherIntangibleAssets", "totalIntangibleAssets"):
        value = lines.get(name)
        body = changed(body, *SHEET, name) if value is None else changed(body, *SHEET, name, to=value)
    return statements(read(body))[0]


@pytest.mark.parametrize(
    ("lines", "goodwill", "other"),
    [
        ({"goodwill": 100, "otherIntangibleAssets": 200, "totalIntangibleAssets": 300}, 100, 200),
        ({"goodwill": 100, "otherIntangibleAssets": 200}, 100, 200),
        ({"otherIntangibleAssets": 200, "totalIntangibleAssets": 300}, 100, 200),
        ({"goodwill": 100, "totalIntangibleAssets": 300}, 100, 200),
        ({"totalIntangibleAssets": 300}, 0, 300),
        ({"goodwill": 0, "otherIntangibleAssets": 0, "totalIntangibleAssets": 0}, 0, 0),
    ],
)
def test_intangibles_are_taken_however_they_are_split(lines: dict[str, int], goodwill: int, other: int) -> None:
    found = intangibles(**lines)
    assert (found.goodwill, found.intangible_assets) == (Decimal(goodwill), Decimal(other))
    assert found.doubts == ()


@pytest.mark.parametrize(
    ("lines", "doubted"),
    [
        ({}, {"goodwill", "intangible_assets"}),
        ({"goodwill": 100}, {"intangible_assets"}),
        ({"otherIntangibleAssets": 200}, {"goodwill"}),
        (
            {"goodwill": 100, "otherIntangibleAssets": 200, "totalIntangibleAssets": 900},
            {"goodwill", "intangible_assets"},
        ),
        ({"otherIntangibleAssets": 200, "totalIntangibleAssets": 100}, {"goodwill", "intangible_assets"}),
    ],
)
def test_a_line_that_is_left_out_is_not_zero(lines: dict[str, int], doubted: set[str]) -> None:
    found = intangibles(**lines)
    assert {doubt.figure for doubt in found.doubts} == doubted
    assert all(getattr(found, name) is None for name in doubted)


def test_one_set_of_accounts_told_twice_leaves_them_open() -> None:
    rows: list[Any] = read_rows()
    for twin in ({**rows[0], "yearEndDate": "2024-12-31"}, {**rows[0], "currency": "EUR"}, {**rows[0]}):
        parsed = read(changed(SOUND, "report", "financialStatements", to=[*rows, twin]))
        assert len(untold(parsed, Topic.ACCOUNTS)) == 1


def test_a_group_and_its_parent_are_not_one_set_told_twice() -> None:
    rows = read_rows()
    group = {**rows[0], "consolidatedAccounts": True}
    assert untold(read(changed(SOUND, "report", "financialStatements", to=[*rows, group])), Topic.ACCOUNTS) == []
    unmarked = {**rows[0], "consolidatedAccounts": None}
    assert untold(read(changed(SOUND, "report", "financialStatements", to=[*rows, unmarked])), Topic.ACCOUNTS) != []


def read_rows() -> list[Any]:
    rows: list[Any] = json.loads(SOUND)["report"]["financialStatements"]
    return rows


def test_a_report_whose_accounts_failed_or_hide_leaves_accounts_open_and_one_without_any_does_not() -> None:
    section = ("report", "financialStatements")
    gone = changed(SOUND, *section)
    failed = changed(gone, "failedSections", to=["financialStatements"])
    renamed = changed(gone, "report", "globalStatements", to=[])
    for body in (nulled(SOUND, *section), failed, renamed):
        assert len(untold(read(body), Topic.ACCOUNTS)) == 1
    for body in (gone, changed(SOUND, *section, to=[])):
        assert untold(read(body), Topic.ACCOUNTS) == []


def test_a_report_that_does_not_say_whether_sections_failed_is_not_complete() -> None:
    for body in (nulled(SOUND, "failedSections"), changed(SOUND, "failedSections")):
        parsed = read(body)
        assert credit(parsed).complete is False
        assert "does not say whether sections" in parsed.remarks[-1].en
    assert credit(read(SOUND)).complete is True


def test_a_score_without_its_words_is_no_rating() -> None:
    report = credit(read(nulled(SOUND, "report", "creditScore", "currentCreditRating", "commonDescription")))
    assert (report.rated, report.score) == (False, None)


@pytest.mark.parametrize("day", ["9999-12-31T00:00:00Z", "2027-06-30", "0001-01-01"])
def test_a_day_of_order_that_cannot_be_is_none(day: str) -> None:
    assert credit(read(changed(SOUND, "dateOfOrder", to=day))).reported_on is None


@pytest.mark.parametrize("day", ["0001-01-01T00:00:00Z", "1900-01-01", "9999-12-31"])
def test_a_day_of_registration_that_means_none_makes_no_company_old(day: str) -> None:
    basic = ("report", "companyIdentification", "basicInformation")
    found = profile(read(changed(SOUND, *basic, "companyRegistrationDate", to=day)))
    assert (found.incorporated_on, found.trading_since) == (None, date(2009, 4, 1))


def test_a_report_of_another_company_inside_is_refused() -> None:
    with pytest.raises(SourceChanged, match="another company"):
        read(changed(SOUND, "report", "companyId", to="GB001-0-09990018"))


@pytest.mark.parametrize("count", ["²", "1" * 5000, "140.5", "12 to 20"])
def test_a_headcount_in_another_form_is_none(count: str) -> None:
    place = ("report", "otherInformation", "employeesInformation", 1, "numberOfEmployees")
    assert profile(read(changed(SOUND, *place, to=count))).headcount is None


def test_negative_information_is_named_for_a_person() -> None:
    assert read(SOUND).remarks == ()
    section = {"ccjSummary": {"numberOfExact": 2, "numberOfWrits": 1}, "bankruptcy": {"hasBankruptcy": True}}
    (remark,) = read(changed(SOUND, "report", "negativeInformation", to=section)).remarks
    assert "look at it: ccjSummary.numberOfWrits, bankruptcy.hasBankruptcy." in remark.en
    deep: Any = "x"
    for _ in range(900):
        deep = {"a": deep}
    assert read(changed(SOUND, "report", "negativeInformation", to=deep)).remarks != ()


def test_two_places_with_different_days_beyond_terms_give_none() -> None:
    body = changed(SOUND, "report", "paymentData", to={"dbt": 6, "average": 40})
    assert credit(read(body, payment_fields="paymentData.dbt,paymentData.average")).days_beyond_terms is None
    same = changed(SOUND, "report", "paymentData", to={"dbt": 6, "average": 6})
    assert credit(read(same, payment_fields="paymentData.dbt,paymentData.average")).days_beyond_terms == Decimal(6)


class TestSearch:
    found = example("search_found")

    def leads(self, body: bytes) -> tuple[str, ...]:
        query = REPORT.model_copy(update={"kind": "search", "params": {"countries": "GB", "regNo": "09990017"}})
        return source().parse(query, _raw(body)).leads

    def test_a_closed_company_is_not_taken_where_another_may_be_meant(self) -> None:
        for lost in ({"to": "09990071"}, {"to": ""}):
            with pytest.raises(CouldNotAsk):
                self.leads(changed(self.found, "companies", 0, "regNo", **lost))
        with pytest.raises(CouldNotAsk):
            self.leads(changed(self.found, "companies", 0, "regNo"))

    def test_an_id_that_does_not_fit_the_number_buys_nothing(self) -> None:
        with pytest.raises(SourceChanged, match="does not fit"):
            self.leads(changed(self.found, "companies", 0, "id", to="GB001-0-09990018"))

    def test_more_companies_than_the_total_is_a_change(self) -> None:
        with pytest.raises(SourceChanged, match="more companies"):
            self.leads(changed(self.found, "totalSize", to=1))


def _raw(body: bytes) -> RawAnswer:
    return RawAnswer(status=200, body=body, url="https://example.org/1", fetched_at=NOW)
