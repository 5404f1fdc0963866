"""Pydantic's complaints reach people in their own language, and name what would be right."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel, Field, ValidationError, field_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

import admission
import connectors
import intake
from admission.errors import Invalid, Problem
from admission.model import Record, Text
from admission.problems import MOST_NAMED, expected_of, no_such, one_of, problems_of, shortened
from tests.languages import is_chinese

NAMES = Text(en="grade", zh="等级")
JUNK: list[Any] = [
    *(None, True, -1, 1.5, 10**30, 10**5000, float("nan"), Decimal("Infinity"), object(), b"\xff", set(), (1, 2, 3)),
    *("", "x", "x" * 2000, "\ud800", "-5", "1e999", "0.123456789", "2020-13-45", "2020-01-01T10:00:00", "12:99"),
    *([], [1], ["x"] * 300, {}, {"x": 1}, {1: 2}, datetime(2020, 1, 1, 10), date(2020, 1, 1)),  # noqa: DTZ001
]


def models() -> Iterator[type[BaseModel]]:
    """Yield every record that people's input may be read as."""
    for room in (admission, connectors, intake):
        for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            importlib.import_module(module.name)
    known: list[type[BaseModel]] = [Record]
    for model in known:
        known += [kind for kind in model.__subclasses__() if kind not in known]
        yield model


def complaints(model: type[BaseModel]) -> Iterator[tuple[ValidationError, Problem]]:
    for value in JUNK:
        for document in (value, *({name: value} for name in model.model_fields)):
            try:
                model.model_validate(document)
            except ValidationError as error:
                yield from ((error, problem) for problem in problems_of(error, model=model))


def test_no_field_of_any_record_complains_in_english_alone() -> None:
    told = {problem.expected for model in models() for _, problem in complaints(model)}
    assert len(told) > 50
    assert sorted({text.en for text in told if not is_chinese(text)}) == []
    assert [text.en for text in told if re.search("nput should|{[a-z]", text.en + text.zh)] == []


def test_every_kind_of_complaint_that_a_record_makes_has_words_of_its_own() -> None:
    unsaid = {
        str(item["type"])
        for model in models()
        for error in {id(error): error for error, _ in complaints(model)}.values()
        for item in error.errors(include_url=False)
        if expected_of(item) == expected_of({"type": "no such type"})
    }
    assert unsaid == set()


class Part(Record):
    grades: tuple[str, ...] = Field(default=(), max_length=2)
    share: Decimal = Field(default=Decimal(0), le=Decimal("0.5"))

    @field_validator("grades")
    @classmethod
    def _known(cls, grades: tuple[str, ...]) -> tuple[str, ...]:
        if "ZZ" in grades:
            raise Invalid(Text(en="grades that there are", zh="现有等级"))
        if "YY" in grades:
            raise ValueError("other")
        return grades


class Whole(Record):
    name: str = Field(min_length=1, max_length=3)
    code: str = Field(default="a", min_length=1, pattern="^[a-z]$")
    part: Part = Part()
    day: date | None = None


@pytest.mark.parametrize(
    ("document", "field", "value", "en", "zh"),
    [
        ({}, "name", "", "this field is required", "此项必填"),
        ({"name": ""}, "name", "", "not empty", "不能为空"),
        ({"name": "long"}, "name", "long", "at most 3 characters", "不超过 3 个字符"),
        ({"name": "x", "code": "X"}, "code", "X", "text that matches the pattern ^[a-z]$", "符合格式 ^[a-z]$ 的文本"),
        ({"name": "x", "part": {"share": "1"}}, "part.share", "1", "at most 0.5", "不大于 0.5"),
        ({"name": "x", "part": {"grades": [*"ABC"]}}, "part.grades", f"{[*'ABC']}", "at most 2 entries", "不超过 2 项"),
        ({"name": "x", "part": {"grades": "ABC"}}, "part.grades", "ABC", "a list", "列表"),
        ({"name": "x", "part": {"grades": ["ZZ"]}}, "part.grades", "['ZZ']", "grades that there are", "现有等级"),
        ({"name": "x", "part": {"grades": ["YY"]}}, "part.grades", "['YY']", "other", "填写有误（other）"),
        (
            {"name": "x", "part": {"grade": 1}},
            "part.grade",
            "1",
            "no such field; did you mean grades?",
            "没有此字段；是否应为 grades？",
        ),
        (
            {"name": "x", "part": {"zzz": 1}},
            "part.zzz",
            "1",
            "no such field; one of grades, share",
            "没有此字段；应为以下之一：grades、share",
        ),
        ({"name": "x", "day": "soon"}, "day", "soon", "a day such as 2009-05-31", "日期，如 2009-05-31"),
    ],
)
def test_a_complaint_is_told_in_both_languages(
    document: dict[str, Any], field: str, value: str, en: str, zh: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        Whole.model_validate(document)
    assert problems_of(caught.value, model=Whole, row=4) == (Problem(field, value, Text(en=en, zh=zh), row=4),)


def test_without_the_model_its_fields_are_not_named() -> None:
    with pytest.raises(ValidationError) as caught:
        Whole.model_validate({"name": "x", "nam": "y"})
    assert problems_of(caught.value) == (Problem("nam", "y", Text(en="no such field", zh="没有此字段")),)


def test_no_more_problems_are_told_than_asked_for() -> None:
    with pytest.raises(ValidationError) as caught:
        Whole.model_validate({"a": 1, "b": 2})
    assert len(problems_of(caught.value, most=2)) == 2


def test_a_complaint_that_is_handed_on_keeps_both_languages() -> None:
    invalid = Invalid(Text(en="a code", zh="代码"))
    kind = PydanticCustomError("value_error", "{error}", {"error": invalid})
    error = ValidationError.from_exception_data("x", [InitErrorDetails(type=kind, loc=("a", 1), input="b")])
    assert problems_of(error) == (Problem("a.1", "b", Text(en="a code", zh="代码")),)


def test_a_name_that_there_is_not_is_answered_with_the_nearest_or_with_all() -> None:
    assert no_such(NAMES, "AAAA", ["AAA", "B"]) == Text(
        en="no such grade; did you mean AAA?", zh="没有此等级；是否应为 AAA？"
    )
    assert no_such(NAMES, "x", ["A", "B"]) == Text(en="no such grade; one of A, B", zh="没有此等级；应为以下之一：A、B")
    assert no_such(NAMES, "x", ["A"], list_all=False) == Text(en="no such grade", zh="没有此等级")
    assert no_such(NAMES, "x", []) == Text(en="no such grade; none is defined", zh="没有此等级；尚未定义任何等级")


def test_a_long_list_of_names_is_cut_short() -> None:
    assert one_of([f"n{number:03}" for number in range(1000)]).en.count(", ") == MOST_NAMED


def test_a_value_is_shown_short_whatever_it_is() -> None:
    assert shortened("x" * 61) == "x" * 57 + "..."
    assert shortened(10**5000) == "..."
