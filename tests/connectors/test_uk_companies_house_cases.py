"""Companies House: what its answers leave out is left open, and never taken for "there is none"."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from admission.errors import SourceChanged
from admission.evidence.answers import Answer, Parsed, Query
from admission.evidence.facts import CompanyProfile, CompanyStatus, Filing, LegalRecord, LegalStatus, Untold
from admission.evidence.topics import Topic
from tests.connectors.test_uk_companies_house import NUMBER, answer, companies_house, example, question, read

LISTS = (Topic.OFFICERS, Topic.CHARGES, Topic.INSOLVENCY, Topic.FILINGS)


def body(name: str, **changes: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(example(name))
    return {**document, **changes}


def left_open(parsed: Parsed) -> list[Untold]:
    return [fact for fact in parsed.facts if isinstance(fact, Untold)]


def profile_of(parsed: Parsed) -> CompanyProfile:
    (profile,) = [fact for fact in parsed.facts if isinstance(fact, CompanyProfile)]
    return profile


def case(**more: Any) -> dict[str, Any]:
    return {"type": "creditors-voluntary-liquidation", "number": "1", **more}


def only_case(cases: list[dict[str, Any]], **more: Any) -> LegalRecord:
    (record,) = [fact for fact in read("insolvency", {"cases": cases, **more}).facts if isinstance(fact, LegalRecord)]
    return record


class TestProfile:
    def test_a_standing_that_is_not_stated_leaves_all_lists_open(self) -> None:
        parsed = read("profile", body("profile_strike_off_proposed", company_status=None))
        assert profile_of(parsed).status is None
        (untold,) = left_open(parsed)
        assert untold.topics == (Topic.IDENTITY, *LISTS)
        assert companies_house().follow_up(question("profile"), parsed) == ()

    def test_active_with_an_emptied_detail_is_not_known_and_the_lists_are_asked(self) -> None:
        parsed = read("profile", body("profile_strike_off_proposed", company_status_detail=None))
        assert (profile_of(parsed).status, profile_of(parsed).status_text) == (None, "Active")
        assert [untold.topics for untold in left_open(parsed)] == [(Topic.IDENTITY,)]
        assert len(companies_house().follow_up(question("profile"), parsed)) == len(LISTS)

    @pytest.mark.parametrize("field", ["company_status", "company_status_detail"])
    def test_a_standing_under_a_new_name_is_a_change(self, field: str) -> None:
        document = body("profile_strike_off_proposed")
        document[f"{field}_2"] = document.pop(field)
        with pytest.raises(SourceChanged, match="holds a standing"):
            read("profile", document)

    @pytest.mark.parametrize(
        ("accounts", "overdue"),
        [
            ({"overdue": False}, False),
            ({"overdue": False, "next_accounts": {"overdue": False}}, False),
            ({"overdue": False, "next_accounts": {"overdue": True}}, True),
            ({"overdue": True, "next_accounts": None}, True),
            ({"overdue": None, "next_accounts": {"overdue": True}}, True),
            ({"overdue": None, "next_accounts": {"overdue": False}}, None),
            ({"overdue": False, "next_accounts": {"overdue": None}}, None),
            ({"overdue": False, "next_accounts": None}, None),
            ({"overdue": None}, None),
            (None, None),
        ],
    )
    def test_accounts_are_in_time_only_where_nothing_is_left_out(
        self, accounts: object, *, overdue: bool | None
    ) -> None:
        found = profile_of(read("profile", body("profile_strike_off_proposed", accounts=accounts)))
        assert found.accounts_overdue is overdue

    @pytest.mark.parametrize("day", ["0001-01-01", "1900-01-01", "9999-12-31", None])
    def test_a_day_that_means_none_makes_no_company_old(self, day: str | None) -> None:
        found = profile_of(read("profile", body("profile_strike_off_proposed", date_of_creation=day)))
        assert (found.incorporated_on, found.status) == (None, CompanyStatus.STRIKE_OFF_PROPOSED)

    @pytest.mark.parametrize(("flag", "said"), [(True, True), (None, True), (False, False)])
    def test_what_the_profile_does_not_deny_is_told_to_the_lists(self, flag: bool | None, said: bool) -> None:
        document = body("profile_strike_off_proposed", has_insolvency_history=flag, has_charges=flag)
        following = companies_house().follow_up(question("profile"), read("profile", document))
        told = {query.kind: query.params.get("match_said") == "yes" for query in following}
        assert told == {"officers": False, "charges": said, "insolvency": said, "filing_history": False}
        assert {query.key for query in following} == {question(query.kind).key for query in following}


class TestNothingListed:
    @pytest.mark.parametrize(
        ("kind", "document", "status"),
        [
            ("insolvency", {"cases": []}, 200),
            ("insolvency", body("insolvency_none"), 404),
            ("charges", body("charges_none"), 200),
            ("charges", {"status": 404, "error": "Not Found", "path": f"/company/{NUMBER}/charges"}, 404),
        ],
    )
    def test_an_empty_list_is_none_only_where_the_profile_does_not_speak_of_some(
        self, kind: str, document: dict[str, Any], status: int
    ) -> None:
        assert read(kind, document, status=status).answer is Answer.NO_RECORD
        parsed = read(kind, document, status=status, match_said="yes")
        assert parsed.answer is Answer.FOUND
        assert [str(topic) for untold in left_open(parsed) for topic in untold.topics] == [kind]

    def test_a_list_of_cases_that_its_own_words_contradict_is_left_open(self) -> None:
        ended = case(dates=[{"type": "dissolved-on", "date": "2020-01-31"}])
        for cases in ([], [ended]):
            assert len(left_open(read("insolvency", {"cases": cases, "status": ["liquidation"]}))) == 1
        assert left_open(read("insolvency", {"cases": [ended]})) == []
        assert left_open(read("insolvency", {"cases": [case()], "status": ["liquidation"]})) == []


class TestCases:
    @pytest.mark.parametrize("day", ["2026-12-31", "2199-01-01"])
    def test_an_end_that_lies_ahead_ends_nothing(self, day: str) -> None:
        record = only_case([case(dates=[{"type": "dissolved-on", "date": day}])])
        assert (record.status, record.ended_on) == (LegalStatus.OPEN, None)

    @pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-06-31", None])
    def test_a_day_that_means_none_is_a_change(self, day: str | None) -> None:
        with pytest.raises(SourceChanged):
            read("insolvency", {"cases": [case(dates=[{"type": "dissolved-on", "date": day}])]})

    @pytest.mark.parametrize("day", ["0001-01-01", "2199-01-01", None])
    def test_a_receiver_whose_leaving_is_not_a_day_still_acts(self, day: str | None) -> None:
        rows = [{"ceased_to_act_on": "2025-01-01"}, {"ceased_to_act_on": day}]
        record = only_case([case(type="receiver-manager", practitioners=rows)])
        assert (record.status, record.inferred) == (LegalStatus.OPEN, False)

    def test_one_case_told_twice_is_a_change(self) -> None:
        with pytest.raises(SourceChanged, match="one entry twice"):
            read("insolvency", {"cases": [case(), case(dates=[{"type": "dissolved-on", "date": "2020-01-31"}])]})


class TestLists:
    @pytest.mark.parametrize("name", ["charges", "filing_history", "officers"])
    def test_a_row_less_than_the_total_leaves_the_subject_open_and_keeps_the_others(self, name: str) -> None:
        document = body(name)
        whole = read(name, document)
        assert left_open(whole) == []
        document["items"] = document["items"][1:]
        parsed = read(name, document)
        assert len(left_open(parsed)) == 1
        assert left_open(parsed)[0].before is None
        assert len(parsed.facts) >= len(whole.facts) - 1
        assert parsed.leads != ()

    def test_a_list_without_its_total_is_left_open_and_one_of_filings_only_before_its_oldest(self) -> None:
        (charges,) = left_open(read("charges", body("charges", total_count=None)))
        assert (charges.topics, charges.before) == ((Topic.CHARGES,), None)
        (filings,) = left_open(read("filing_history", body("filing_history", total_count=None)))
        oldest = min(date.fromisoformat(row["date"]) for row in body("filing_history")["items"])
        assert (filings.topics, filings.before) == ((Topic.FILINGS,), oldest)

    @pytest.mark.parametrize("total", [None, 7])
    def test_an_empty_list_that_does_not_say_that_it_is_empty_is_a_change(self, total: int | None) -> None:
        with pytest.raises(SourceChanged, match="empty list"):
            read("charges", {"items": [], "total_count": total})

    def test_a_list_that_is_not_read_to_its_end_is_left_open(self) -> None:
        rows = [{"charge_number": row, "status": "outstanding", "created_on": "2020-01-01"} for row in range(100)]
        parsed = read("charges", {"items": rows, "total_count": 900}, start_index="400")
        assert (len(left_open(parsed)), parsed.leads) == (1, ())

    def test_a_server_that_gives_smaller_pages_is_followed(self) -> None:
        rows = [{"name": f"INVENTED, {row}", "officer_role": "director"} for row in range(50)]
        parsed = read("officers", {"items": rows, "total_results": 80, "items_per_page": 50})
        assert (left_open(parsed), parsed.leads) == ([], ("50",))

    def test_another_page_than_was_asked_for_is_a_change(self) -> None:
        with pytest.raises(SourceChanged, match="another page"):
            read("officers", body("officers", start_index=100))

    @pytest.mark.parametrize("name", ["charges", "filing_history"])
    def test_one_entry_told_twice_is_a_change(self, name: str) -> None:
        document = body(name)
        document["items"].append(dict(document["items"][0]))
        with pytest.raises(SourceChanged, match="one entry twice"):
            read(name, document)

    @pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2027-01-01", None])
    def test_a_filing_of_a_day_that_cannot_be_is_a_change(self, day: str | None) -> None:
        document = body("filing_history")
        document["items"][0]["date"] = day
        with pytest.raises(SourceChanged):
            read("filing_history", document)

    def test_a_charge_is_open_or_not_by_its_status_alone(self) -> None:
        document = body("charges")
        for row in document["items"]:
            row["satisfied_on"] = "0001-01-01"
        before = [fact for fact in read("charges", body("charges")).facts if isinstance(fact, LegalRecord)]
        after = [fact for fact in read("charges", document).facts if isinstance(fact, LegalRecord)]
        assert [charge.status for charge in after] == [charge.status for charge in before]
        assert [charge.ended_on for charge in after] == [None] * len(after)

    def test_a_telling_filing_is_known_by_form_or_description_whatever_its_category(self) -> None:
        row = {"transaction_id": "1", "date": "2026-01-31", "category": "new-category", "type": "GAZ1"}
        page = {"filing_history_status": "filing-history-available", "total_count": 1}
        (filing,) = read("filing_history", {**page, "items": [row]}).facts
        assert isinstance(filing, Filing)
        assert len(filing.events) == 1

    def test_a_filing_about_dissolution_that_does_not_say_what_it_is_leaves_filings_open(self) -> None:
        row = {"transaction_id": "1", "date": "2026-01-31", "category": "dissolution", "type": "DISS99"}
        page = {"filing_history_status": "filing-history-available", "total_count": 1}
        parsed = read("filing_history", {**page, "items": [row]})
        assert "does not say what it is" in left_open(parsed)[0].why.en
        assert left_open(read("filing_history", {**page, "items": [{**row, "description": "some-new-step"}]})) == []


def test_the_flag_of_a_list_is_not_sent() -> None:
    query = Query(source="uk_companies_house", kind="charges", params={"company_number": NUMBER, "match_said": "yes"})
    assert query.key == question("charges").key
    assert companies_house().parse(query, answer(example("charges"))).answer is Answer.FOUND
