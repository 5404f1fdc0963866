from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from admission.application import Subject, parse_application
from admission.errors import BadInput, Problem
from admission.model import Text
from tests.admission.build import application, application_document
from tests.languages import untranslated


def problems(document: object, *, row: int | None = None) -> tuple[Problem, ...]:
    with pytest.raises(BadInput) as caught:
        parse_application(document, row=row)
    assert untranslated(caught.value) == []
    return caught.value.problems


def asking(**changes: Any) -> dict[str, Any]:
    return application_document(requested={"limit": "20000", "currency": "GBP", "terms_days": 30} | changes)


def declaring(**changes: Any) -> dict[str, Any]:
    return application_document(declared=changes)


WRONG: list[tuple[str, dict[str, Any], str, str, str]] = [
    ("float", asking(limit=20000.5), "requested.limit", "20000.5", "an amount in quotes"),
    ("bool", asking(limit=True), "requested.limit", "True", "an amount in quotes"),
    ("words", asking(limit="a lot"), "requested.limit", "a lot", "an amount in quotes"),
    ("zero", asking(limit="0"), "requested.limit", "0", "more than 0"),
    ("negative", asking(limit="-5"), "requested.limit", "-5", "more than 0"),
    ("nan", asking(limit="NaN"), "requested.limit", "NaN", "a finite amount"),
    ("infinity", asking(limit="Infinity"), "requested.limit", "Infinity", "a finite amount"),
    ("above-most", asking(limit="1000000000000001"), "requested.limit", "1000000000000001", "at most 1000000000000000"),
    ("exponent", asking(limit="1e400"), "requested.limit", "1e400", "at most 1000000000000000"),
    ("splinter", asking(limit="0.00001"), "requested.limit", "0.00001", "at most 4 places after the point"),
    (
        "endless",
        asking(limit=10**5000),
        "requested.limit",
        "...",
        "at most 1000000000000000",
    ),
    ("lower-case", asking(currency="usd"), "requested.currency", "usd", "capitals, such as USD"),
    ("no-currency", asking(currency="XAU"), "requested.currency", "XAU", "ISO 4217"),
    ("long-terms", asking(terms_days=366), "requested.terms_days", "366", "at most 365"),
    ("true-terms", asking(terms_days=True), "requested.terms_days", "True", "a whole number"),
    ("list-terms", asking(terms_days=[30]), "requested.terms_days", "[30]", "a whole number"),
    ("typo", asking(limitt="4"), "requested.limitt", "4", "did you mean limit?"),
    ("no-table", application_document(requested="20000"), "requested", "20000", "a table of fields"),
    ("country", application_document(country="UK"), "country", "UK", "such as US, GB or CN"),
    ("blank-name", application_document(legal_name=" \t "), "legal_name", " \t ", "not empty"),
    ("control", application_document(legal_name="Al\x00der"), "legal_name", "Al\x00der", "without control characters"),
    ("override", application_document(legal_name="A\u202eB"), "legal_name", "A\u202eB", "without control characters"),
    ("number-name", application_document(legal_name=7), "legal_name", "7", "text"),
    ("long-name", application_document(legal_name="A" * 301), "legal_name", "A" * 57 + "...", "at most 300 characters"),
    ("stray", application_document(lgal_name="A"), "lgal_name", "A", "did you mean legal_name?"),
    ("lei", application_document(identifiers={"lei": "x"}), "identifiers.lei", "x", "twenty characters"),
    ("kind", application_document(identifiers={"leii": "x"}), "identifiers.leii", "x", "did you mean lei?"),
    ("far-kind", application_document(identifiers={"zz": "x"}), "identifiers.zz", "x", "one of cik, uk_company_number"),
    ("bare", application_document(identifiers={"cik": 320193}), "identifiers.cik", "320193", "the number in quotes"),
    ("long", application_document(identifiers={"ein": "9" * 41}), "identifiers.ein", "9" * 41, "at most 40 characters"),
    ("list", application_document(identifiers=["x"]), "identifiers", "['x']", "a table of identifiers"),
    ("year", declaring(founded="2009"), "declared.founded", "2009", "a day such as 2009-05-31"),
    ("seconds", declaring(founded=86400), "declared.founded", "86400", "a day such as 2009-05-31"),
    ("no-day", declaring(founded="2009-02-30"), "declared.founded", "2009-02-30", "day"),
    ("moment", declaring(founded=datetime(2009, 5, 1)), "declared.founded", "2009-05-01 00:00:00", "a day such as"),  # noqa: DTZ001
    ("heads", declaring(headcount=-1), "declared.headcount", "-1", "at least 0"),
    (
        "revenue",
        declaring(annual_revenue={"amount": 1.5, "currency": "GBP"}),
        "declared.annual_revenue.amount",
        "1.5",
        "an amount in quotes",
    ),
    (
        "revenue-typo",
        declaring(annual_revenue={"amount": "1", "curency": "GBP", "currency": "GBP"}),
        "declared.annual_revenue.curency",
        "GBP",
        "did you mean currency?",
    ),
]


@pytest.mark.parametrize(
    ("document", "field", "value", "expected"), [case[1:] for case in WRONG], ids=[c[0] for c in WRONG]
)
def test_a_bad_input_names_field_value_and_what_would_be_right(
    document: dict[str, Any], field: str, value: str, expected: str
) -> None:
    (problem,) = problems(document)
    assert (problem.field, problem.value) == (field, value)
    assert expected in problem.expected.en


def test_a_missing_field_is_named() -> None:
    document = application_document()
    del document["legal_name"]
    assert problems(document) == (Problem("legal_name", "", Text(en="this field is required", zh="此项必填")),)


def test_all_problems_are_told_at_once() -> None:
    document = application_document(
        legal_name="",
        country="England",
        identifiers={"lei": "x", "uscc": "y", "duns": "123456789"},
        requested={"limit": 1.5, "currency": "gbp", "terms_days": -1},
    )
    assert {problem.field for problem in problems(document)} == {
        "legal_name",
        "country",
        "identifiers.lei",
        "identifiers.uscc",
        "requested.limit",
        "requested.currency",
        "requested.terms_days",
    }


def test_a_name_of_ten_megabytes_is_refused_without_being_repeated() -> None:
    (problem,) = problems(application_document(legal_name="A" * 10_000_000))
    assert (problem.field, len(problem.value)) == ("legal_name", 60)
    assert "1000 characters" in problem.expected.en


@pytest.mark.parametrize("document", [None, "Alder", ["Alder"], 7])
def test_what_is_no_table_is_refused(document: object) -> None:
    (problem,) = problems(document, row=3)
    assert (problem.row, problem.expected.en) == (3, "a table of fields such as legal_name and country")


def test_the_row_of_a_table_is_named_in_each_problem() -> None:
    document = application_document(country="UK", identifiers={"lei": "x"})
    assert [(problem.row, problem.field) for problem in problems(document, row=12)] == [
        (12, "country"),
        (12, "identifiers.lei"),
    ]


def test_a_good_application_is_brought_into_one_form() -> None:
    made = application(
        legal_name="  Alder \n Mills   Limited ",
        identifiers={"lei": "5493001kjtiigc8y1r12", "uk_company_number": "123456"},
        requested={"limit": "1250.50", "currency": "GBP", "terms_days": "30"},
        declared={"founded": date(2009, 5, 1), "annual_revenue": {"amount": "-3", "currency": "GBP"}},
    )
    assert made.legal_name == "Alder Mills Limited"
    assert made.identifiers == {"lei": "5493001KJTIIGC8Y1R12", "uk_company_number": "00123456"}
    assert (made.requested.limit, made.requested.terms_days) == (Decimal("1250.50"), 30)
    assert (made.declared.founded, made.segment) == (date(2009, 5, 1), "standard")
    assert parse_application(made.model_dump(mode="json")) == made


def test_the_order_of_identifiers_makes_no_difference() -> None:
    numbers = {"duns": "150483782", "cik": "320193"}
    turned = dict(reversed(numbers.items()))
    assert application(identifiers=numbers).model_dump_json() == application(identifiers=turned).model_dump_json()


@pytest.mark.parametrize(
    ("identifiers", "key"),
    [
        ({"lei": "5493001KJTIIGC8Y1R12", "cik": "0000320193"}, "lei:5493001KJTIIGC8Y1R12"),
        ({"duns": "150483782", "cik": "0000320193"}, "cik:0000320193"),
        ({}, "name:GB:alder mills limited"),
    ],
    ids=["lei-first", "register-before-bureau", "name-without-number"],
)
def test_a_company_has_one_key(identifiers: dict[str, str], key: str) -> None:
    subject = Subject(legal_name="Alder Mills Limited", country="GB", identifiers=identifiers)
    assert subject.company_key == key
