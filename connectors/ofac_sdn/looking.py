"""Looking a company up in a list under all of its names and numbers, and what is remarkable about the names. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from admission.company_names import mixed_words
from admission.errors import CouldNotAsk
from admission.evidence.screening import Candidate, ListIndex, Wanted
from admission.model import Text

_STRONGEST_FIRST = ("identifier", "near_identifier", "name", "near_name")


def look_up(index: ListIndex, wanted: Wanted) -> list[tuple[Candidate, str]]:
    """Return each entry that the company may be once, on its strongest ground, likeliest first.

    Args:
        index: the list.
        wanted: the names and numbers of the company.

    Returns:
        The entries with that one of the company's names by which they were found; empty where it is its first one, or
        a number.

    Raises:
        CouldNotAsk: the first name has nothing to match by. Of the others, one that has nothing is passed over.
    """
    found: dict[str, tuple[Candidate, str]] = {}
    for candidate, name in _candidates(index, wanted):
        before = found.get(candidate.entry.entry)
        if before is None or _rank(candidate) < _rank(before[0]):
            found[candidate.entry.entry] = (candidate, name)
    return sorted(found.values(), key=lambda pair: (*_rank(pair[0]), pair[0].entry.entry))


def _candidates(index: ListIndex, wanted: Wanted) -> Iterator[tuple[Candidate, str]]:
    first, *others = wanted.names
    for numbers in _one_of_each_kind(wanted.identifiers):
        yield from ((candidate, "") for candidate in index.candidates(first, numbers))
    for name in others:
        try:
            yield from ((candidate, name) for candidate in index.candidates(name, {}))
        except CouldNotAsk:
            continue


def _one_of_each_kind(identifiers: Iterable[tuple[str, str]]) -> list[Mapping[str, str]]:
    sets: list[dict[str, str]] = [{}]
    for kind, number in identifiers:
        free = next((numbers for numbers in sets if kind not in numbers), None)
        if free is None:
            sets.append(free := {})
        free[kind] = number
    return [*sets]


def _rank(candidate: Candidate) -> tuple[int, float]:
    return _STRONGEST_FIRST.index(candidate.basis), -float(candidate.score)


def remarks_on(names: Sequence[str]) -> tuple[Text, ...]:
    """Tell which words of the names mix letters of two alphabets."""
    words = dict.fromkeys(word for name in names for word in mixed_words(name))
    return tuple(
        Text(
            en=f"The word {word} of the name mixes letters of two alphabets; it was searched as what it looks like.",
            zh=f"名称中的“{word}”混用了两种字母，已按其外观检索。",
        )
        for word in words
    )
