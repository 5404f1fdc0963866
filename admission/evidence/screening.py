"""What a watch list is to the rest of the house, and the port through which connectors have names matched against one.

Connectors read lists and `screening` matches names; neither imports the other. `wiring` hands the one to the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal, Protocol

from admission.model import Record

MatchBasis = Literal["identifier", "name", "near_name"]


class ListEntry(Record):
    """One entry of a watch list.

    Attributes:
        entry: the list's own number of the entry.
        names: main name first where the list tells which it is, then the other names.
        kind: what is listed; `unknown` where the file does not tell.
        identifiers: official numbers as (kind, number), in the written form of `admission.identifiers`.
        programme: the sanctions programmes, in the list's own words.
        list_date: day of publication, where stated.
        content: digest of all that the file says of the entry.
    """

    entry: str
    names: tuple[str, ...]
    kind: Literal["entity", "individual", "vessel", "aircraft", "unknown"]
    identifiers: tuple[tuple[str, str], ...] = ()
    programme: str = ""
    list_name: str
    list_date: date | None = None
    content: str = ""


class Candidate(Record):
    """An entry that a company may be.

    Attributes:
        matched_name: the one of the entry's names that is most like the company's.
        score: likeness from 0 to 1.
    """

    entry: ListEntry
    matched_name: str
    basis: MatchBasis
    score: Decimal


class ListIndex(Protocol):
    """A list made ready for many look-ups."""

    def candidates(self, name: str, identifiers: Mapping[str, str]) -> tuple[Candidate, ...]:
        """Return the entries that a company of this name and these official numbers may be, likeliest first.

        Args:
            name: the company's legal name.
            identifiers: its official numbers by kind, in the written form of `admission.identifiers`.

        Raises:
            CouldNotAsk: the name has nothing to match by; that is not the same as not being listed.
        """


class NameMatcher(Protocol):
    """Matches names of companies against watch lists."""

    def index(self, entries: Sequence[ListEntry]) -> ListIndex:
        """Make a list ready; done once a list, not once a company."""
