"""Examples of a policy: what is not written is as with a sound company, and each difference is told."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from admission.errors import BadInput
from admission.evidence.answers import Answer, coverage
from admission.evidence.facts import LegalKind
from admission.evidence.topics import Topic
from admission.governance.examples.figures import sound_figures
from admission.governance.examples.invented import Invented, application_of, invent, rates_of
from admission.governance.examples.outcomes import Outcome, held_against
from admission.governance.examples.situations import ExampleFile, Expected
from admission.money import Exchange, Money, RateTable

SAID = {"en": "it is so", "zh": "如此"}
NO_RATES = Exchange(RateTable(), "USD", ExampleFile.model_fields["as_of"].default)
MADE = Outcome(
    grade="B",
    limit=Money(amount=Decimal(12_000), currency="GBP"),
    route="desk",
    band="≤ 25k USD",
    offices=("credit_manager",),
    secured=False,
    terms_days=30,
    reasons=("pays_late", "Days paid beyond terms: 40"),
)


def file_of(**example: Any) -> ExampleFile:
    expected = {"grade": "B"}
    whole = {"id": "one", "title": SAID, "why": SAID, "expected": expected, **example}
    return ExampleFile.model_validate({"rates": {"GBP": "1.25"}, "examples": [whole]})


def invented(**example: Any) -> Invented:
    file = file_of(**example)
    return invent(file.examples[0], file)


def answers(company: Invented) -> dict[tuple[str, str], Answer]:
    return {(item.source, item.query.kind): item.answer for item in company.evidence}


def test_a_company_of_which_nothing_is_written_is_known_through_and_through() -> None:
    company = invented()
    covered = coverage(company.evidence)
    asked = (Topic.IDENTITY, Topic.ACCOUNTS, Topic.INSOLVENCY, Topic.PAYMENT, Topic.WATCHLIST, Topic.OFFICERS)
    assert [topic for topic in asked if not covered.complete(topic)] == []
    newest, before = sorted(company.facts.statements, key=lambda row: row.period_end, reverse=True)
    assert (newest.period_end.isoformat(), before.period_end.isoformat()) == ("2025-12-31", "2024-12-31")
    assert newest.total_assets == Decimal(2_000_000)
    assert company.facts.profiles[0].evidence == "uk_companies_house-profile"


@pytest.mark.parametrize(
    ("word", "answer"),
    [("silent", Answer.UNAVAILABLE), ("not_set_up", Answer.NOT_CONFIGURED), ("refused", Answer.REFUSED)],
)
def test_a_source_that_tells_nothing_is_one_word(word: str, answer: Answer) -> None:
    company = invented(evidence={"bureau": word})
    assert answers(company)["creditsafe", "search"] is answer
    assert company.facts.reports == ()
    assert not coverage(company.evidence).complete(Topic.PAYMENT)


def test_a_source_that_nobody_asked_leaves_no_answer() -> None:
    company = invented(application={"country": "CN"}, evidence={"notices": {"without": ["enforcement"]}})
    assert ("manual_evidence", "enforcement") not in answers(company)
    assert answers(company)["manual_evidence", "penalties"] is Answer.NO_RECORD


def test_a_record_is_told_by_whoever_would_tell_it() -> None:
    records = [{"kind": "judgment", "count": 3, "amount": 900}, {"kind": "winding_up_petition"}, {"kind": "charge"}]
    company = invented(evidence={"records": records})
    told = [(row.kind, row.source) for row in company.facts.legal]
    assert told.count((LegalKind.JUDGMENT, "creditsafe")) == 3
    assert (LegalKind.WINDING_UP_PETITION, "uk_gazette") in told
    assert (LegalKind.CHARGE, "uk_companies_house") in told


def test_withheld_statements_are_not_stated_in_any_year() -> None:
    company = invented(evidence={"accounts": {"withheld": ["profit_and_loss"]}})
    assert {row.revenue for row in company.facts.statements} == {None}
    assert None not in {row.equity for row in company.facts.statements}


def test_unconfirmed_accounts_are_named_as_such() -> None:
    assert invented(evidence={"accounts": {"confirmed": False}}).unconfirmed == {"financials_upload-statements"}
    assert invented().unconfirmed == frozenset()


AMOUNTS = st.decimals(min_value=1_000, max_value=10**9, places=0)


@given(assets=AMOUNTS, share=st.decimals(min_value=-1, max_value=1, places=2))
def test_the_balance_balances_whatever_is_given(assets: Decimal, share: Decimal) -> None:
    figures = sound_figures({"total_assets": assets, "equity": assets * share}, "GBP")
    equity, liabilities = figures["equity"], figures["total_liabilities"]
    assert equity is not None
    assert liabilities is not None
    assert equity + liabilities == assets


def test_a_figure_that_is_given_stands_and_null_is_not_stated() -> None:
    figures = sound_figures({"revenue": Decimal(7), "interest_expense": None}, "GBP")
    assert (figures["revenue"], figures["interest_expense"]) == (Decimal(7), None)


def test_the_application_is_checked_as_every_application_is() -> None:
    file = file_of(application={"requested": {"limit": "-5"}})
    with pytest.raises(BadInput) as caught:
        application_of(file.examples[0], file)
    assert [problem.field for problem in caught.value.problems] == ["requested.limit"]


def test_rates_are_those_of_the_file() -> None:
    file = file_of()
    assert Exchange(rates_of(file, "USD"), "USD", file.as_of).convert(Decimal(4), "GBP") == Decimal(5)


@pytest.mark.parametrize(
    ("expected", "missed"),
    [
        ({"grade": ["A", "B"]}, []),
        ({"grade": "A"}, ["grade"]),
        ({"limit": 12000}, []),
        ({"limit": {"at_least": 12001}}, ["limit"]),
        ({"limit": {"at_most": 11999}}, ["limit"]),
        ({"limit": {"at_least": 12000, "at_most": 12000}}, []),
        ({"limit": {"at_most": 20000, "currency": "USD"}}, ["limit"]),
        ({"route": "people"}, []),
        ({"route": "≤ 25k USD"}, []),
        ({"route": ["fast_track", "committee"]}, ["route"]),
        ({"grade": "B", "without": "credit_manager"}, ["offices"]),
        ({"grade": "B", "without": "president"}, []),
        ({"grade": "B", "secured": True}, ["secured"]),
        ({"grade": "B", "terms_days": 30}, []),
        ({"grade": "B", "terms_days": 29}, ["terms"]),
        ({"grade": "B", "reason": "beyond terms"}, []),
        ({"grade": "B", "reason": ["pays_late", "equity"]}, ["reason"]),
    ],
)
def test_each_thing_that_is_expected_is_held_against_what_came(expected: dict[str, Any], missed: list[str]) -> None:
    example = file_of(expected=expected).examples[0]
    assert [miss.what.en for miss in held_against(example, MADE, NO_RATES).misses] == missed


def test_the_machine_deciding_is_not_people_of_the_band() -> None:
    example = file_of(expected={"route": "≤ 25k USD"}).examples[0]
    by_machine = MADE.model_copy(update={"route": "fast_track"})
    assert [miss.got.en for miss in held_against(example, by_machine, NO_RATES).misses] == ["fast_track ≤ 25k USD"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": {"en": "only English", "zh": " "}},
        {"expected": {"secured": True}},
        {"expected": {"limit": {"at_least": 2, "at_most": 1}}},
        {"evidence": {"bureau": {"answer": "silent", "score": 5}}},
        {"evidence": {"accounts": {"figures": {"turnover": 5}}}},
        {"evidence": {"accounts": {"withheld": ["accounts"]}}},
        {"application": {"limit": 5}},
    ],
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        file_of(**wrong)


def test_no_two_examples_have_one_id() -> None:
    one = {"id": "one", "title": SAID, "why": SAID, "expected": Expected(grade=("B",))}
    with pytest.raises(ValidationError):
        ExampleFile.model_validate({"examples": [one, one]})
