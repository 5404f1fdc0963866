"""What a watch list is to the rest of the house, and the port through which connectors have names matched against one.

Connectors read lists and `screening` matches names; neither imports the other. `wiring` hands the one to the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal, Protocol

from admission.company_names import same_name
from admission.evidence.answers import Query
from admission.evidence.facts import CompanyProfile
from admission.model import Record

MatchBasis = Literal["identifier", "near_identifier", "name", "near_name"]
_NAMES, _NUMBERS = "match_name", "match_identifiers"


class ListEntry(Record):
    """One entry of a watch list.

    Attributes:
        entry: the list's own number of the entry.
        names: main name first where the list tells which it is, then the other names.
        kind: what is listed; `unknown` where the file does not tell.
        identifiers: official numbers as (kind, number), in the written form of `admission.identifiers`.
        misprints: numbers that the list names as of a kind whose check they fail, as (kind, number).
        programme: the sanctions programmes, in the list's own words.
        list_date: day of publication, where stated.
        content: digest of all that the file says of the entry.
    """

    entry: str
    names: tuple[str, ...]
    kind: Literal["entity", "individual", "vessel", "aircraft", "unknown"]
    identifiers: tuple[tuple[str, str], ...] = ()
    misprints: tuple[tuple[str, str], ...] = ()
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


class Wanted(Record):
    """Whom to look for in a list, as a query's parameters tell it; they are not sent.

    Attributes:
        names: the name that the applicant gave first, then those that registers have of it.
        identifiers: official numbers as (kind, number); of one kind there may be several.
    """

    names: tuple[str, ...]
    identifiers: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, query: Query) -> Wanted:
        """Read a query's parameters: names a line each, numbers as `kind=number;kind=number`."""
        pairs = (pair.partition("=") for pair in query.params.get(_NUMBERS, "").split(";") if pair)
        return cls(
            names=tuple(query.params[_NAMES].split("\n")),
            identifiers=tuple((kind, number) for kind, _, number in pairs),
        )

    def params(self, *, numbers: bool = True) -> dict[str, str]:
        """Return it as the parameters of a query, with or without the numbers."""
        written = {_NUMBERS: ";".join(f"{kind}={number}" for kind, number in self.identifiers)} if numbers else {}
        return {_NAMES: "\n".join(" ".join(name.split()) for name in self.names), **written}


def with_registered(query: Query, profiles: Iterable[CompanyProfile]) -> Query:
    """Return a query of a list that looks for the names and numbers that registers have of the company, too.

    A name that says the same as one that is looked for already is left out, and so the query is the same where
    registers have nothing more.

    Args:
        query: as it was asked, with what the application says.
        profiles: the company as registers and bureaus have it.
    """
    if _NAMES not in query.params:
        return query
    wanted = Wanted.of(query)
    names, numbers = list(wanted.names), list(wanted.identifiers)
    for profile in profiles:
        for name in (profile.legal_name, *profile.former_names):
            if name.strip() and not any(same_name(name, known) for known in names):
                names.append(name)
        numbers.extend(pair for pair in sorted(profile.identifiers.items()) if pair not in numbers)
    more = Wanted(names=tuple(names), identifiers=tuple(numbers))
    return query.model_copy(update={"params": {**query.params, **more.params(numbers=_NUMBERS in query.params)}})
