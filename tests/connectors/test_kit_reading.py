"""Telling answers from what comes in their place, and reading documents field by field."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.errors import BadInput, Challenged, GatehouseError, SourceChanged, SourceUnavailable
from admission.evidence.answers import RawAnswer
from connectors.kit import Fields, load_card, read_json, read_text, refuse_page, require_ok
from tests.connectors.contract import NOW

PAGE = "<!DOCTYPE html><html><head><title>{}</title></head><body>{}</body></html>"


def raw(body: bytes | str, *, status: int = 200, content_type: str = "application/json") -> RawAnswer:
    return RawAnswer(
        status=status,
        content_type=content_type,
        body=body.encode() if isinstance(body, str) else body,
        url="https://register.example.org/company/1",
        fetched_at=NOW,
    )


def ends(answer: RawAnswer) -> type[GatehouseError]:
    with pytest.raises(GatehouseError) as caught:
        read_json(answer)
    assert caught.value.context["url"] == "https://register.example.org/company/1"
    return type(caught.value)


def test_amounts_in_json_stay_exact() -> None:
    assert read_json(raw('\ufeff{"a": 0.1, "b": 12345678901234567890, "c": [null, true]}')) == {
        "a": Decimal("0.1"),
        "b": 12345678901234567890,
        "c": [None, True],
    }


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("", SourceUnavailable),
        ("  \n", SourceUnavailable),
        ('{"a": 1, "b": [2, 3', SourceUnavailable),
        ('{"a": "cut in a te', SourceUnavailable),
        ('{"a": tr', SourceUnavailable),
        (b'{"a": "\xe4\xb8', SourceUnavailable),
        (b'{"a": "\xff"}', SourceChanged),
        ('{"a": 1,}', SourceChanged),
        ("{'a': 1}", SourceChanged),
        ('{"a": NaN}', SourceChanged),
        ('{"a": 1e999999}', SourceChanged),
        ('{"a": -1.5E-999999}', SourceChanged),
        ('{"a": 1e99999999999999999999}', SourceChanged),
        (f'{{"a": {"1" * 5000}}}', SourceChanged),
        ("[" * 100_000 + "]" * 100_000, SourceChanged),
        ("OK", SourceChanged),
        (PAGE.format("Company register", "<h1>We have a new design</h1><a href='/login'>Sign in</a>"), SourceChanged),
        (PAGE.format("Sign in to continue", "<form></form>"), Challenged),
        (PAGE.format("x", "<input type='password'>"), Challenged),
        (PAGE.format("Just a moment", "<div id='cf-challenge'></div>"), Challenged),
        (PAGE.format("x", "Please solve the CAPTCHA. Planned maintenance is on Monday."), Challenged),
        (PAGE.format("Sorry", "The service is temporarily unavailable."), SourceUnavailable),
        ("\n<!-- proxy -->\n<HTML><BODY>Down for maintenance</BODY></HTML>", SourceUnavailable),
    ],
)
def test_what_is_not_json_is_told_apart(body: bytes | str, error: type[GatehouseError]) -> None:
    assert ends(raw(body)) is error


@pytest.mark.parametrize(
    "body",
    [
        '{"status": "dissolved", "status": "active"}',
        '{"a": [{"on": null, "b": 1, "on": "2026-01-31"}]}',
        '{"a": 1, "a": 1.5}',
    ],
)
def test_a_field_that_is_told_twice_with_two_values_is_not_read(body: str) -> None:
    with pytest.raises(SourceChanged, match="told twice") as caught:
        read_json(raw(body))
    assert caught.value.context["field"] in ("status", "on", "a")


def test_a_field_that_is_told_twice_with_one_value_is_read() -> None:
    assert read_json(raw('{"a": [1, {"b": null}], "a": [1, {"b": null}]}')) == {"a": [1, {"b": None}]}


@given(cut=st.integers(min_value=1, max_value=58))
def test_json_that_is_cut_anywhere_is_unavailable(cut: int) -> None:
    whole = '{"company": {"name": "Harrow", "charges": [{"amount": 1.5}]}}'
    assert len(whole) > 58
    assert ends(raw(whole[:cut])) is SourceUnavailable


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (raw("{}", status=404), SourceChanged),
        (raw("", status=410), SourceChanged),
        (raw(PAGE.format("Log in", ""), status=404), Challenged),
        (raw(PAGE.format("x", "back soon"), status=404), SourceUnavailable),
    ],
)
def test_only_status_200_is_ok(answer: RawAnswer, error: type[GatehouseError]) -> None:
    require_ok(raw("{}"))
    with pytest.raises(GatehouseError) as caught:
        require_ok(answer)
    assert type(caught.value) is error


def test_a_page_that_is_a_good_answer_passes() -> None:
    page = raw(PAGE.format("Notice 1234", "<h1>Winding-up petition</h1>"), content_type="text/html")
    refuse_page(page)
    assert "Winding-up" in read_text(page)


def test_fields_are_taken_by_name_and_what_is_left_is_told() -> None:
    fields = Fields(
        {
            "name": " Harrow ",
            "count": "07",
            "amount": "12.50",
            "exact": Decimal("0.1"),
            "active": False,
            "on": "2026-01-31T00:00:00Z",
            "blank": " ",
            "codes": ["1", " 2 "],
            "address": {"city": "Durham", "zip": "27701"},
            "charges": [{"id": 1, "who": "x"}, {"id": 2}],
            "etag": "7",
            "new": None,
        }
    )
    assert fields.need_text("name") == "Harrow"
    assert fields.need_int("count") == 7
    assert fields.need_decimal("amount") == Decimal("12.50")
    assert fields.pop_decimal("exact") == Decimal("0.1")
    assert fields.need_bool("active") is False
    assert fields.need_date("on") == date(2026, 1, 31)
    assert fields.pop_text("blank") is None
    assert fields.pop_texts("codes") == ("1", "2")
    assert fields.need_fields("address").need_text("city") == "Durham"
    assert [row.need_int("id") for row in fields.need_rows("charges")] == [1, 2]
    assert fields.pop("absent", 3) == 3
    assert fields.names == ("etag", "new")
    assert fields.leftover() == ("address.zip", "charges[].who", "etag", "new")
    assert fields.leftover({"etag", "charges[].who"}) == ("address.zip", "new")


@pytest.mark.parametrize(
    ("take", "value"),
    [
        ("text", 1),
        ("int", "1.5"),
        ("int", True),
        ("decimal", "1,000"),
        ("decimal", "1_000"),
        ("decimal", "NaN"),
        ("decimal", True),
        ("bool", "true"),
        ("date", "31/01/2026"),
        ("date", "2026-02-30"),
        ("fields", []),
        ("rows", {}),
        ("rows", ["x"]),
        ("texts", [1]),
        ("list", "x"),
    ],
)
def test_a_wrong_form_stops_naming_the_field_and_not_its_value(take: str, value: object) -> None:
    fields = Fields({"field": value}, "items[]")
    with pytest.raises(SourceChanged) as caught:
        getattr(fields, f"pop_{take}")("field")
    assert caught.value.context["field"].startswith("items[].field")
    assert not re.search("[0-8]", caught.value.context["given"])


@pytest.mark.parametrize("take", ["text", "int", "decimal", "bool", "date", "fields", "rows", "list"])
def test_a_missing_mandatory_field_stops_naming_it(take: str) -> None:
    for document in ({}, {"field": None}):
        with pytest.raises(SourceChanged) as caught:
            getattr(Fields(document, "items[]"), f"need_{take}")("field")
        assert caught.value.context == {"field": "items[].field"}


@pytest.mark.parametrize(
    "given_day",
    "0001-01-01 0000-00-00 1599-12-31 1753-01-01 1899-12-30 1900-01-01 1970-01-01T00:00:00Z 2200-01-01 "
    "9999-12-31T23:59:59.999".split(),
)
def test_a_day_that_means_none_is_none(given_day: str) -> None:
    assert Fields({"on": given_day}).pop_date("on") is None
    with pytest.raises(SourceChanged, match="missing"):
        Fields({"on": given_day}).need_date("on")


@pytest.mark.parametrize("given_day", ["1600-01-01", "1900-01-02", "1969-12-31", "2026-02-28 10:00", "2199-12-31"])
def test_every_other_day_is_a_day(given_day: str) -> None:
    assert Fields({"on": given_day}).need_date("on") == date.fromisoformat(given_day[:10])


@pytest.mark.parametrize(
    "given_day", ["2026-06-31", "2026-13-01", "2026-6-1", "20260101", "２０２６-01-01", "soon", 20260101, True]
)
def test_what_is_no_day_stops(given_day: object) -> None:
    with pytest.raises(SourceChanged, match="not a day"):
        Fields({"on": given_day}).pop_date("on")


def test_an_unknown_value_of_a_closed_list_stops_naming_it() -> None:
    meanings = {"active": 1}
    assert Fields({"status": "active"}).need_enum("status", meanings) == 1
    assert Fields({}).pop_enum("status", meanings) is None
    with pytest.raises(SourceChanged) as caught:
        Fields({"status": "hibernating"}).pop_enum("status", meanings)
    assert caught.value.context == {"field": "status", "given": "hibernating"}


def test_what_is_no_object_is_not_read() -> None:
    with pytest.raises(SourceChanged, match="the whole answer"):
        Fields([])


CARD = """
name: {name}
title: {{en: A, zh: 甲}}
publisher: P
country: US
kinds: [filing]
stage: prescreen
access: open
licence: L
base_url: https://register.example.org
rate_limit: {{requests: 1, seconds: 1}}
timeout_seconds: 1
max_bytes: 1
freshness_days: 1
parser: "1"
{more}
"""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (CARD.format(name="other", more=""), "the name of its folder"),
        (
            CARD.format(name="register", more="fresh_days: 2"),
            "no such field; did you mean freshness_days?",
        ),
        (CARD.format(name="register", more="stage: later"), "stage"),
        ("name: [", "cannot be read"),
        ("", "card"),
    ],
)
def test_a_wrong_card_is_refused(tmp_path: Path, text: str, told: str) -> None:
    folder = tmp_path / "register"
    folder.mkdir()
    (folder / "source.yml").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        load_card(folder)
    assert told in str(caught.value)


def test_a_missing_card_is_refused_and_a_good_one_read(tmp_path: Path) -> None:
    folder = tmp_path / "register"
    folder.mkdir()
    with pytest.raises(BadInput, match="cannot be read"):
        load_card(folder)
    (folder / "source.yml").write_text(CARD.format(name="register", more=""), encoding="utf-8")
    assert load_card(folder).title.zh == "甲"
