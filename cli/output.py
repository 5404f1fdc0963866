"""How results are printed: tables for people, JSON for programs."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import click

from admission.model import Language, Text

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON: one object for one, a list for many.")
as_option = click.option(
    "--as", "as_user", metavar="USER", help="Act as this user; only on a casebook that was created for the demo."
)


def print_json(documents: Sequence[Any], *, many: bool) -> None:
    """Print one object, or a list where many were asked for."""
    click.echo(json.dumps(documents if many else documents[0], ensure_ascii=False, indent=2))


def print_table(
    rows: Sequence[Mapping[str, object]], columns: Mapping[str, Text | None], language: Language, *, empty: Text
) -> None:
    """Print rows under headings (None for a column without one); Chinese characters count as two columns wide."""
    if not rows:
        click.echo(empty.to(language))
        return
    cells = [[str(row.get(name) if row.get(name) is not None else "-") for name in columns] for row in rows]
    table = [[title.to(language) if title else "" for title in columns.values()], *cells]
    widths = [max(_width(line[place]) for line in table) for place in range(len(columns))]
    for line in table:
        padded = [cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)]
        click.echo("  ".join(padded).rstrip())


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def progress(message: str) -> None:
    """Tell what is going on, beside the output."""
    click.echo(message, err=True)
