"""How results are printed: tables and sentences for people, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import click

from admission.errors import GatehouseError
from admission.model import Text
from cli.helping import columns, option
from cli.language import to_reader

json_option = option(
    "--json",
    "as_json",
    is_flag=True,
    help=Text(en="Print JSON: one object for one, a list for many.", zh="输出 JSON：单个为对象，多个为列表。"),
)
what_if_option = option(
    "--what-if",
    is_flag=True,
    help=Text(en="Say which smallest changes would move grade or route.", zh="说明哪些最小变化会改变等级或审批路径。"),
)
as_option = option(
    "--as",
    "as_user",
    metavar="USER",
    help=Text(
        en="Act as this user; only on a casebook that was created for the demo.",
        zh="以该用户身份操作；仅限为演示创建的台账。",
    ),
)
ERROR = Text(en="error: ", zh="错误：")


def say(text: Text) -> None:
    """Print a sentence in the user's language."""
    click.echo(to_reader(text))


def progress(text: Text) -> None:
    """Tell what is going on, beside the output."""
    click.echo(to_reader(text), err=True)


def complain(text: Text) -> None:
    """Tell an error, in one line beside the output."""
    click.echo(f"{to_reader(ERROR)}{' '.join(to_reader(text).split())}", err=True)


def told(error: GatehouseError) -> Text:
    """Return a whole error, with context, remedy and problems, as a text."""
    return Text(en=error.to("en"), zh=error.to("zh"))


def print_json(documents: Sequence[Any], *, many: bool) -> None:
    """Print one object, or a list where many were asked for."""
    click.echo(json.dumps(documents if many else documents[0], ensure_ascii=False, indent=2))


def print_table(rows: Sequence[Mapping[str, object]], titles: Mapping[str, Text | None], *, empty: Text) -> None:
    """Print rows under titles (None for a column without one); Chinese characters count as two columns wide."""
    if not rows:
        say(empty)
        return
    cells = [[str(row.get(name) if row.get(name) is not None else "-") for name in titles] for row in rows]
    table = [[to_reader(title) if title else "" for title in titles.values()], *cells]
    widths = [max(columns(line[place]) for line in table) for place in range(len(titles))]
    for line in table:
        padded = [cell + " " * (width - columns(cell)) for cell, width in zip(line, widths, strict=True)]
        click.echo("  ".join(padded).rstrip())
