"""What is wrong with an input, from pydantic's complaints: which field, what was given, what would be right.

Pydantic speaks English and of Python's types; people are told in their language, and of what they write.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from admission.errors import Invalid, Problem
from admission.model import Text

LONGEST_VALUE = 60
# Of the names that would be right; who looks for one among more has the documentation.
MOST_NAMED = 60

AN_AMOUNT = Text(en='an amount in quotes, such as "500000" or "1250.50"', zh='加引号的金额，如 "500000" 或 "1250.50"')
A_WHOLE_NUMBER = Text(en="a whole number", zh="整数")
A_DAY = Text(en="a day such as 2009-05-31", zh="日期，如 2009-05-31")
A_MOMENT = Text(
    en="a day and a time with its time zone, such as 2026-11-26T09:30:00+08:00",
    zh="带时区的日期和时间，如 2026-11-26T09:30:00+08:00",
)
FIELD = Text(en="field", zh="字段")
NAME = Text(en="name", zh="名称")

_A_NUMBER = Text(en="a number", zh="数字")
_A_TEXT = Text(en="text", zh="文本")
_FIELDS = Text(en="a table of fields", zh="由字段组成的表")
_A_LIST = Text(en="a list", zh="列表")
_A_FLAG = Text(en="true or false", zh="true 或 false")
_NOT_EMPTY = Text(en="not empty", zh="不能为空")
_AT_LEAST = Text(en="at least {min_length} characters", zh="至少 {min_length} 个字符")
_AT_MOST = Text(en="at most {max_length} characters", zh="不超过 {max_length} 个字符")
# By pydantic's types of errors. What stands in braces are pydantic's own figures.
_EXPECTED = {
    "missing": Text(en="this field is required", zh="此项必填"),
    "extra_forbidden": Text(en="no such field", zh="没有此字段"),
    "invalid_key": Text(en="text as the name of a field", zh="字段名须为文本"),
    "none_required": Text(en="nothing", zh="留空"),
    "greater_than": Text(en="more than {gt}", zh="大于 {gt}"),
    "greater_than_equal": Text(en="at least {ge}", zh="不小于 {ge}"),
    "less_than": Text(en="less than {lt}", zh="小于 {lt}"),
    "less_than_equal": Text(en="at most {le}", zh="不大于 {le}"),
    "multiple_of": Text(en="a multiple of {multiple_of}", zh="{multiple_of} 的整数倍"),
    "finite_number": Text(en="a finite amount", zh="有限的数值"),
    "decimal_max_places": Text(
        en="at most {decimal_places} places after the point", zh="小数点后不超过 {decimal_places} 位"
    ),
    "decimal_max_digits": Text(en="at most {max_digits} digits", zh="不超过 {max_digits} 位数字"),
    "decimal_whole_digits": Text(
        en="at most {whole_digits} digits before the point", zh="小数点前不超过 {whole_digits} 位"
    ),
    "string_too_short": _AT_LEAST,
    "string_too_long": _AT_MOST,
    "string_pattern_mismatch": Text(en="text that matches the pattern {pattern}", zh="符合格式 {pattern} 的文本"),
    "string_not_ascii": Text(en="text of ASCII characters", zh="ASCII 字符组成的文本"),
    "too_short": Text(en="not empty: at least {min_length}", zh="不能为空，至少 {min_length} 项"),
    "too_long": Text(en="at most {max_length} entries", zh="不超过 {max_length} 项"),
    "path_type": Text(en="the path of a file or folder", zh="文件或文件夹的路径"),
    "bytes_type": Text(en="bytes", zh="字节数据"),
    "union_tag_invalid": Text(en="one of {expected_tags}", zh="应为以下之一：{expected_tags}"),
    **dict.fromkeys(("string_type", "string_unicode", "string_sub_type"), _A_TEXT),
    **dict.fromkeys(("float_type", "float_parsing"), _A_NUMBER),
    **dict.fromkeys(("int_type", "int_parsing", "int_parsing_size", "int_from_float"), A_WHOLE_NUMBER),
    **dict.fromkeys(("decimal_type", "decimal_parsing"), AN_AMOUNT),
    **dict.fromkeys(("bool_type", "bool_parsing"), _A_FLAG),
    **dict.fromkeys(("model_type", "model_attributes_type", "dataclass_type", "dict_type", "mapping_type"), _FIELDS),
    **dict.fromkeys(("tuple_type", "list_type", "set_type", "frozen_set_type", "iterable_type"), _A_LIST),
    **dict.fromkeys(("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"), A_DAY),
    **dict.fromkeys(
        (
            "datetime_type",
            "datetime_parsing",
            "datetime_object_invalid",
            "datetime_from_date_parsing",
            "timezone_aware",
        ),
        A_MOMENT,
    ),
}
_ANOTHER_KIND = Text(en="a value of another kind", zh="其他类型的值")


def problems_of(
    error: ValidationError,
    *,
    row: int | None = None,
    model: type[BaseModel] | None = None,
    most: int | None = None,
) -> tuple[Problem, ...]:
    """Turn pydantic's complaints into ours: which field, what was given, what would be right.

    Args:
        error: what pydantic found.
        row: row of a table, named in every problem.
        model: what was read; fields that it does not have are told with the nearest one that it has.
        most: how many are told; None for all.
    """
    return tuple(_problem(complaint, row, model) for complaint in error.errors(include_url=False)[:most])


def expected_of(complaint: Mapping[str, Any], known: Sequence[str] = ()) -> Text:
    """Return what would have been right instead of one thing that pydantic complains of.

    Args:
        complaint: one of `ValidationError.errors()`.
        known: the fields that there are, for a complaint of one that there is not.
    """
    kind, figures = str(complaint["type"]), complaint.get("ctx") or {}
    if kind in ("value_error", "assertion_error"):
        return _said_by(figures.get("error", complaint["msg"]))
    if kind in ("literal_error", "enum"):
        expected = str(figures.get("expected", ""))
        return one_of(re.findall(r"'([^']*)'", expected) or [expected], shortened(complaint.get("input")))
    if kind == "extra_forbidden" and known:
        return no_such(FIELD, str(complaint["loc"][-1]), known)
    if kind in ("too_short", "too_long") and isinstance(complaint.get("input"), str):
        kind = f"string_{kind}"
    if kind == "string_too_short" and figures.get("min_length") == 1:
        return _NOT_EMPTY
    return _filled(_EXPECTED.get(kind, _ANOTHER_KIND), figures)


def no_such(what: Text, name: str, known: Iterable[str], *, list_all: bool = True) -> Text:
    """Say that there is no such name, with the nearest one that there is, or else with all of them.

    Args:
        what: what bears the name, such as "field".
        name: what was given.
        known: the names that there are.
        list_all: False where all names are told elsewhere.
    """
    names = list(known)
    nearest = _nearest(name, names)
    if nearest is not None:
        return Text(en=f"no such {what.en}; did you mean {nearest}?", zh=f"没有此{what.zh}；是否应为 {nearest}？")
    if not list_all:
        return Text(en=f"no such {what.en}", zh=f"没有此{what.zh}")
    if not names:
        return Text(en=f"no such {what.en}; none is defined", zh=f"没有此{what.zh}；尚未定义任何{what.zh}")
    choice = one_of(names)
    return Text(en=f"no such {what.en}; {choice.en}", zh=f"没有此{what.zh}；{choice.zh}")


def one_of(known: Sequence[str], name: str = "") -> Text:
    """Say which names would be right, and the one of them that is nearest to what was given."""
    more = [] if len(known) <= MOST_NAMED else ["..."]
    named = [*known[:MOST_NAMED], *more]
    nearest = _nearest(name, known)
    return Text(
        en=f"one of {', '.join(named)}" + (f"; did you mean {nearest}?" if nearest else ""),
        zh=f"应为以下之一：{'、'.join(named)}" + (f"；是否应为 {nearest}？" if nearest else ""),
    )


def in_one_line(problems: Sequence[Problem]) -> Text:
    """Return several problems as one text."""
    return Text(
        en="; ".join(problem.to("en") for problem in problems), zh="；".join(problem.to("zh") for problem in problems)
    )


def shortened(value: object) -> str:
    """Return a value as it was given, short enough for a message."""
    try:
        text = str(value)
    except ValueError:
        # Python writes no whole number of more than 4300 digits.
        return "..."
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 3] + "..."


def _problem(complaint: Mapping[str, Any], row: int | None, model: type[BaseModel] | None) -> Problem:
    place = complaint["loc"]
    known = _fields_at(model, place[:-1]) if model is not None else ()
    return Problem(
        field=".".join(map(str, place)),
        value="" if complaint["type"] == "missing" else shortened(complaint.get("input")),
        expected=expected_of(complaint, known),
        row=row,
    )


def _said_by(error: object) -> Text:
    """What a validator said. One that is not ours says it in English alone, and Chinese readers are told so much."""
    if isinstance(error, Invalid):
        return error.expected
    return Text(en=str(error), zh=f"填写有误（{error}）")


def _filled(words: Text, figures: Mapping[str, object]) -> Text:
    plain = {name: _plain_amount(figure) for name, figure in figures.items()}
    return Text(en=words.en.format(**plain), zh=words.zh.format(**plain))


def _plain_amount(value: object) -> object:
    # Some of pydantic's bounds come as the text of a Decimal's repr.
    written = re.fullmatch(r"Decimal\('(.*)'\)", str(value))
    return f"{Decimal(written[1]):f}" if written else value


def _nearest(name: str, known: Sequence[str]) -> str | None:
    return next(iter(difflib.get_close_matches(name[:LONGEST_VALUE], known, 1)), None)


def _fields_at(model: type[BaseModel], path: Iterable[int | str]) -> list[str]:
    for part in path:
        if isinstance(part, str) and part in model.model_fields:
            model = next(_models_in(model.model_fields[part].annotation), model)
    return list(model.model_fields)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)
