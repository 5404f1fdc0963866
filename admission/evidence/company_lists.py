"""Lists of companies that the house loads by file, in the one form in which they are kept and searched."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from admission.errors import Invalid
from admission.model import Record, Text, left_out

KEPT = "list.json"
"""Under which name a version's entries are kept; the file that was loaded is kept beside it under its own."""


class ListedCompany(Record):
    """One entry of a list.

    Attributes:
        row: where it stands in the file, from 1 below the headings.
        uscc: unified social credit code; None where the list does not give it.
    """

    row: int
    name: Annotated[str, Field(min_length=1, max_length=200)]
    uscc: str | None = left_out(None)


class CompanyList(Record):
    """One version of a list.

    Attributes:
        source: name of the connector that searches it.
        listed_on: the day as of which it was published.
        companies, coded: how many entries it has, and how many of them with a code, so that a lost one is noticed.
    """

    format: Literal[1] = 1
    source: str
    listed_on: date
    companies: int
    coded: int
    entries: Annotated[tuple[ListedCompany, ...], Field(min_length=1)]

    @classmethod
    def of(cls, source: str, listed_on: date, entries: Sequence[ListedCompany]) -> CompanyList:
        """Return a list of these entries."""
        coded = sum(entry.uscc is not None for entry in entries)
        return cls(source=source, listed_on=listed_on, companies=len(entries), coded=coded, entries=tuple(entries))

    @model_validator(mode="after")
    def _check_whole(self) -> Self:
        coded = sum(entry.uscc is not None for entry in self.entries)
        if (self.companies, self.coded) != (len(self.entries), coded):
            raise Invalid(Text(en="as many entries and codes as it says", zh="条目数与代码数须与所注明的一致"))
        return self


class LoadedList(NamedTuple):
    """The version of a list that is in use.

    Attributes:
        version: its number.
        body: a `CompanyList` as JSON.
    """

    version: str
    body: bytes
