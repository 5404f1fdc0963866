"""Options of the commands that read a table of the user's own: how its columns and figures are written."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import click

from admission.model import Text
from cli.helping import option
from cli.misuse import BadValue

Mark = Literal[".", ","]

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
MARKS: dict[str, Mark] = {"point": ".", "comma": ","}


class TableStyle(NamedTuple):
    """How a table is written: what parts its columns, and its decimal mark; None where the table tells."""

    delimiter: str | None = None
    decimal: Mark | None = None


class _Sign(click.ParamType[str]):
    """A sign, given as itself or by its name."""

    name = "sign"

    def __init__(self, signs: dict[str, Any]) -> None:
        self.signs = signs

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value in self.signs.values():
            return str(value)
        if value not in self.signs:
            names = ", ".join(self.signs)
            raise BadValue(f"--{param.name}" if param else "", Text(en=f"one of {names}", zh=f"应为以下之一：{names}"))
        return str(self.signs[value])


delimiter_option = option(
    "--delimiter",
    type=_Sign(DELIMITERS),
    metavar="[comma|semicolon|tab|bar]",
    help=Text(en="What parts the columns; the table tells if not given.", zh="列分隔符；不指定则由文件判断。"),
)
decimal_option = option(
    "--decimal",
    type=_Sign(MARKS),
    metavar="[point|comma]",
    help=Text(en="Decimal mark of the figures; the table tells if not given.", zh="小数点符号；不指定则由数字判断。"),
)
