"""Which column of a table is what: by the names that such tables usually have, or by a file that says so."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Generic, Literal, NamedTuple, TypeVar

from pydantic import ValidationError

from admission.errors import BadInput, Invalid, Problem
from admission.model import Record, Text
from admission.problems import no_such, problems_of
from intake.plain_cells import DayOrder, DecimalMark
from intake.reading import read_written

C = TypeVar("C", bound=str)
W = TypeVar("W", bound=str)
M = TypeVar("M", bound="TableMapping")

_NO_TABLE = Text(en="a table with columns, kinds or other settings", zh="含有 columns、kinds 等设置的表")
_TWO_FIELDS = Text(en="each column for one thing only", zh="每列只对应一项内容")
_COLUMN_OR_CONSTANT = Text(en="a column or a constant, not both", zh="只能指定列或固定值之一")
_TWO_COLUMNS = Text(
    en="one column for this; say in the mapping which (columns)", zh="此项只能对应一列，请在列对照文件中指定（columns）"
)
_MISSING = Text(
    en="a column for this, or one named in the mapping (columns)",
    zh="需要此列，或在列对照文件中指定对应的列（columns）",
)
COLUMN = Text(en="column", zh="列")


class TableMapping(Record):
    """How a table says what we need, whatever it is a table of.

    Attributes:
        dates: in what order days are written. The year comes first unless this says otherwise.
        decimal: what stands before the decimals in amounts; None where it is not known, so that 850.000 is asked about.
            Amounts that a workbook holds as numbers have a point.
        delimiter: what parts the cells of a CSV file.
    """

    dates: DayOrder = "ymd"
    decimal: DecimalMark | None = None
    delimiter: Literal[",", ";", "\t", "|"] = ","


class Wanted(NamedTuple, Generic[C]):
    """Which columns a table may have.

    Attributes:
        names: how such tables call each of them, parted by |; signs, blanks and capitals do not matter.
        required: those that it must have.
        cannot: what is told where the table does not have them, after its name.
    """

    names: Mapping[C, str]
    required: Sequence[C]
    cannot: Text


class Taken(NamedTuple, Generic[C]):
    """Which columns of a file were taken for what.

    Attributes:
        places: our name -> place of their column.
        names: our name -> their name; also that of a column that is not there.
        unused: their columns that are not read.
    """

    places: dict[C, int]
    names: dict[str, str]
    unused: tuple[str, ...]


@functools.lru_cache(maxsize=4096)
def fold(word: str) -> str:
    """Return a word without what does not matter in it: capitals, blanks, signs, and the width of its letters."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", word)).casefold()


def folded(words: Mapping[W, str]) -> dict[str, W]:
    """Turn our word -> their words, parted by |, around; ours counts as one of theirs."""
    return {fold(word): ours for ours, theirs in words.items() for word in (str(ours), *theirs.split("|"))}


def check_columns(columns: Mapping[C, str], constants: Record) -> None:
    """Make sure that no column is for two things, and nothing both a column and a constant; for validators.

    Raises:
        Invalid: it is otherwise.
    """
    theirs = list(columns.values())
    if len(set(theirs)) < len(theirs):
        raise Invalid(_TWO_FIELDS)
    if set(columns) & constants.model_dump(exclude_none=True).keys():
        raise Invalid(_COLUMN_OR_CONSTANT)


def read_mapping(path: Path, model: type[M]) -> M:
    """Read a mapping, as YAML or JSON.

    Args:
        path: of the file.
        model: what it maps.

    Raises:
        BadInput: with every problem of the file, each with its line where that is known.
    """
    read = read_written(path)
    message = Text(en=f"{path.name} cannot be used as a mapping.", zh=f"{path.name} 不能用作列对照文件。")
    if not isinstance(read.document, Mapping):
        raise BadInput(message, problems=[Problem("", "", _NO_TABLE)])
    try:
        return model.model_validate(read.document)
    except ValidationError as error:
        problems = problems_of(error, model=model)
        lines = {".".join(map(str, place)): line for place, line in read.lines.items()}
        named = [replace(one, line=lines.get(one.field.removesuffix(".[key]"))) for one in problems]
        raise BadInput(message, problems=named) from None


def take_wanted(
    path: Path, header: Sequence[str], wanted: Wanted[C], columns: Mapping[C, str], constants: Record
) -> Taken[C]:
    """Say which column of a file is what.

    Args:
        path: of the file, for the message.
        header: its columns.
        wanted: those that we look for.
        columns: our name -> theirs, as the mapping says it; the others are found by their usual names.
        constants: what needs no column.

    Raises:
        BadInput: with every column that is missing, or is there twice.
    """
    places: dict[C, int] = {}
    problems: list[Problem] = []
    for ours, theirs in columns.items():
        if theirs in header:
            places[ours] = header.index(theirs)
        else:
            problems.append(Problem(ours, theirs, no_such(COLUMN, theirs, header), row=0))
    constant = constants.model_dump(exclude_none=True)
    claimed = set(columns.values())
    free = [(fold(name), place) for place, name in enumerate(header) if name not in claimed]
    for ours, names in wanted.names.items():
        if ours in columns or ours in constant:
            continue
        usual = {fold(name) for name in names.split("|")}
        found = [place for name, place in free if name in usual]
        if len(found) == 1:
            places[ours] = found[0]
        elif found:
            problems.append(Problem(ours, ", ".join(header[place] for place in found), _TWO_COLUMNS, row=0))
        elif ours in wanted.required:
            problems.append(Problem(ours, "", _MISSING, row=0))
    if problems:
        cannot = wanted.cannot
        raise BadInput(Text(en=f"{path.name} {cannot.en}", zh=f"{path.name} {cannot.zh}"), problems=problems)
    unused = tuple(name for place, name in enumerate(header) if place not in places.values())
    return Taken(places, {ours: header[places[ours]] if ours in places else ours for ours in wanted.names}, unused)
