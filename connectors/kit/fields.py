"""A strict reader of one document: every field is taken by name, and what nobody took is reported.

The idea is that of opensanctions' crawlers: a field is read, ignored on purpose, or seen by a person.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from admission.errors import SourceChanged
from admission.model import Text
from connectors.kit.days import read_day
from connectors.kit.words import CHECK_FORMAT

T = TypeVar("T")
_AMOUNT = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{1,40})?")
_TEXT = Text(en="a text", zh="文本")
_WHOLE_NUMBER = Text(en="a whole number", zh="整数")
_FIGURE = Text(en="an amount", zh="金额")
_TRUTH = Text(en="true or false", zh="真假值（true 或 false）")
_DAY = Text(en="a day such as 2026-01-31", zh="日期（如 2026-01-31）")
_LIST = Text(en="a list", zh="列表")
_OBJECT = Text(en="an object", zh="一组字段")


class Fields:
    """The fields of one JSON object.

    `pop_...` gives None where the field is absent, null or blank, or has a day that means none (`kit.days`);
    `need_...` stops there. Both stop at a wrong type.

    Args:
        document: the object, as JSON gave it.
        where: its dotted name within the answer; list items are written `[]`.

    Raises:
        SourceChanged: by every method, naming the field.
    """

    def __init__(self, document: object, where: str = "") -> None:
        self._where = where
        if not isinstance(document, Mapping):
            raise _source_changed(where, f"is not {_OBJECT.en}", f"不是{_OBJECT.zh}", given=_shape(document))
        self._rest: dict[str, Any] = {str(name): value for name, value in document.items()}
        self._children: list[Fields] = []

    def has(self, name: str) -> bool:
        """True where the object has the field and nobody took it yet, be it null."""
        return name in self._rest

    @property
    def texts_left(self) -> dict[str, str]:
        """The texts that nobody took yet, by name: what was renamed is among them."""
        return {name: value for name, value in sorted(self._rest.items()) if isinstance(value, str)}

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the fields that nobody took yet, sorted."""
        return tuple(sorted(self._rest))

    def pop(self, name: str, default: Any = None) -> Any:
        """Take a field as it is."""
        return self._rest.pop(name, default)

    def pop_text(self, name: str) -> str | None:
        """Take a text, without blanks around it."""
        value = self._take(name)
        if value is None:
            return None
        if not isinstance(value, str):
            raise self._wrong_form(name, _TEXT, value)
        return value.strip()

    def pop_int(self, name: str) -> int | None:
        """Take a whole number, written as a number or as digits."""
        value = self._take(name)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        if isinstance(value, str) and re.fullmatch(r"[+-]?[0-9]{1,40}", value.strip()):
            return int(value)
        raise self._wrong_form(name, _WHOLE_NUMBER, value)

    def pop_decimal(self, name: str) -> Decimal | None:
        """Take an amount, written as a number or as a plain decimal text."""
        value = self._take(name)
        if value is None:
            return None
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            return Decimal(value)
        if isinstance(value, str) and _AMOUNT.fullmatch(value.strip()):
            return Decimal(value.strip())
        raise self._wrong_form(name, _FIGURE, value)

    def pop_bool(self, name: str) -> bool | None:
        """Take a truth value."""
        value = self._take(name)
        if value is None or isinstance(value, bool):
            return value
        raise self._wrong_form(name, _TRUTH, value)

    def pop_date(self, name: str) -> date | None:
        """Take a day, written 2026-01-31 with or without a time after it; None for one that means none."""
        value = self._take(name)
        if value is None:
            return None
        try:
            return read_day(value)
        except (ValueError, AttributeError):
            raise self._wrong_form(name, _DAY, value) from None

    def pop_enum(self, name: str, meanings: Mapping[str, T]) -> T | None:
        """Take a value of a closed list, and give what it means to us."""
        value = self.pop_text(name)
        if value is None:
            return None
        if value not in meanings:
            raise _source_changed(self._name(name), "has a value that is not known", "的取值未知", given=value[:60])
        return meanings[value]

    def pop_list(self, name: str) -> list[Any]:
        """Take a list as it is; empty where the field is absent or null."""
        value = self._take(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self._wrong_form(name, _LIST, value)
        return value

    def pop_texts(self, name: str) -> tuple[str, ...]:
        """Take a list of texts."""
        values = self.pop_list(name)
        for value in values:
            if not isinstance(value, str):
                raise self._wrong_form(f"{name}[]", _TEXT, value)
        return tuple(value.strip() for value in values)

    def pop_fields(self, name: str) -> Fields | None:
        """Take an object; what is left over of it is reported by this reader."""
        value = self._take(name)
        return None if value is None else self._open_child(value, name)

    def pop_rows(self, name: str) -> list[Fields]:
        """Take a list of objects; what is left over of them is reported by this reader."""
        return [self._open_child(value, f"{name}[]") for value in self.pop_list(name)]

    def need_text(self, name: str) -> str:
        """Take a text that must be there."""
        return self._require(name, self.pop_text(name))

    def need_int(self, name: str) -> int:
        """Take a whole number that must be there."""
        return self._require(name, self.pop_int(name))

    def need_decimal(self, name: str) -> Decimal:
        """Take an amount that must be there."""
        return self._require(name, self.pop_decimal(name))

    def need_bool(self, name: str) -> bool:
        """Take a truth value that must be there."""
        return self._require(name, self.pop_bool(name))

    def need_date(self, name: str) -> date:
        """Take a day that must be there; one that means none is not."""
        return self._require(name, self.pop_date(name))

    def need_enum(self, name: str, meanings: Mapping[str, T]) -> T:
        """Take a value of a closed list that must be there."""
        return self._require(name, self.pop_enum(name, meanings))

    def need_fields(self, name: str) -> Fields:
        """Take an object that must be there."""
        return self._require(name, self.pop_fields(name))

    def need_rows(self, name: str) -> list[Fields]:
        """Take a list of objects that must be there; it may be empty."""
        self._require(name, self._rest.get(name))
        return self.pop_rows(name)

    def need_list(self, name: str) -> list[Any]:
        """Take a list that must be there; it may be empty."""
        self._require(name, self._rest.get(name))
        return self.pop_list(name)

    def adopt(self, other: Fields) -> None:
        """Report what is left over of another reader too, such as that of a part taken as it is."""
        self._children.append(other)

    def leftover(self, ignored: Collection[str] = ()) -> tuple[str, ...]:
        """Return the dotted names of what was neither taken nor is ignored on purpose, sorted."""
        names = {self._name(name) for name in self._rest}
        for child in self._children:
            names.update(child.leftover())
        return tuple(sorted(names - set(ignored)))

    def _take(self, name: str) -> Any:
        value = self._rest.pop(name, None)
        return None if isinstance(value, str) and not value.strip() else value

    def _open_child(self, value: object, name: str) -> Fields:
        child = Fields(value, self._name(name))
        self._children.append(child)
        return child

    def _require(self, name: str, value: T | None) -> T:
        if value is None:
            raise _source_changed(
                self._name(name), "is missing, and every answer has it", "缺失，而每份答复都应有此字段"
            )
        return value

    def _wrong_form(self, name: str, expected: Text, value: object) -> SourceChanged:
        return _source_changed(self._name(name), f"is not {expected.en}", f"不是{expected.zh}", given=_shape(value))

    def _name(self, name: str) -> str:
        return f"{self._where}.{name}" if self._where else name


def _source_changed(field: str, en: str, zh: str, **given: str) -> SourceChanged:
    """Tell what is not as expected of a field; an empty name is the whole answer."""
    message = (
        Text(en=f"Field {field} {en}.", zh=f"字段 {field} {zh}。")
        if field
        else Text(en=f"The whole answer {en}.", zh=f"整份答复{zh}。")
    )
    return SourceChanged(message, context={"field": field or "the whole answer", **given}, remedy=CHECK_FORMAT)


def _shape(value: object) -> str:
    """What a value looks like, without telling it: it may be a person's."""
    if isinstance(value, str):
        return "text like " + re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", value[:30]))
    return type(value).__name__
