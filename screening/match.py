"""Match a company against a list: equal official number, a number one slip away, equal name, resembling name.

Only the first is a confirmed match; the others are candidates that a person rules on. What is found depends on
name and numbers alone: the list files read so far tell no country.

Measured against the SDN list of July 2021 with its other names (9,808 names; `python -m benchmarks.names`, 2026-11): a
look-up takes 1 ms, 10 ms at most; of 4,000 US-listed companies 18 had candidates; of 600 listed names with one random
slip 523 were found. Of 266 labelled pairs of names, 130 of 171 equal ones were found, and 4 others (before the table of
legal forms, numbers in words and regions: 122 and 8). Missed are mostly names of six letters and fewer, two slips in
one name, abbreviations, and names in another script than the list's: nothing is transliterated.
"""

from __future__ import annotations

import difflib
import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from admission.errors import CouldNotAsk
from admission.evidence.screening import Candidate, ListEntry, MatchBasis
from admission.misprints import one_slip_apart
from admission.model import Text
from screening.normalise import NormalName, differ_in_form, normalise

NEAR_RATIO = 0.90
"""Least likeness of two names by difflib's ratio (after Ratcliff and Obershelp 1988)."""

_TYPO_LENGTH = 7  # letters a name needs so that one wrong letter is more likely a slip than another name
_NUMBER_LENGTH = 5  # characters a number needs, without zeros in front, to be taken for a misprint of another
_OWN_RATIO = 0.70  # least likeness of what is left when the shared words are taken out of both names
_RARE_SHARE = 0.001  # a word is rare when at most this share of the list's names has it, but at least in _RARE_LEAST
_RARE_LEAST = 3
_REVIEWED = 100  # names compared letter by letter for one company, the most promising first
_ANOTHER_FORM = 0.99  # of two names that differ in their Chinese legal form, or in being a branch, alone
_NO_REGION = 0.95  # of two Chinese names of which one says a region, or one more, and which are equal but for that
_CORE_LENGTH = 4  # characters of trade name and trade that a name needs, without its region, to be told from others
_COMMON_KEY = 1000  # a key in more names than this is too common to look under, unless the name has no other
_LISTED_KINDS = frozenset({"entity", "unknown"})
_SCORE_STEP = Decimal("0.001")


@dataclass(frozen=True)
class _ListedName:
    entry: int
    written: str
    normal: NormalName


class CompanyMatcher:
    """The house's own matcher; see `admission.evidence.screening.NameMatcher`."""

    def index(self, entries: Sequence[ListEntry]) -> CompanyIndex:
        """Make a list ready. People, vessels and aircraft are left out: a company is none of them."""
        return CompanyIndex(entries)


class CompanyIndex:
    """A list made ready for look-ups of companies.

    Args:
        entries: all entries of the list; those that are no companies are left out.
    """

    def __init__(self, entries: Sequence[ListEntry]) -> None:
        self._entries = tuple(entry for entry in entries if entry.kind in _LISTED_KINDS)
        self._names = tuple(_listed_names(self._entries))
        self._by_identifier: dict[tuple[str, str], list[int]] = defaultdict(list)
        for number, entry in enumerate(self._entries):
            for identifier in entry.identifiers:
                self._by_identifier[identifier].append(number)
        self._numbers: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for number, entry in enumerate(self._entries):
            for kind, listed in (*entry.identifiers, *entry.misprints):
                self._numbers[kind].append((listed, number))
        self._by_text: dict[str, list[int]] = defaultdict(list)
        self._by_key: dict[str, list[int]] = defaultdict(list)
        self._frequency: Counter[str] = Counter()
        for number, name in enumerate(self._names):
            self._by_text[name.normal.text].append(number)
            self._frequency.update(set(name.normal.tokens))
            for key in _keys(name.normal):
                self._by_key[key].append(number)
        self._rare_at_most = max(_RARE_LEAST, int(len(self._names) * _RARE_SHARE))

    def candidates(self, name: str, identifiers: Mapping[str, str]) -> tuple[Candidate, ...]:
        """Return the entries that the company may be, likeliest first, each once; see `ListIndex`.

        Names are near when they are alike by `NEAR_RATIO`, or one letter apart, or when they share all of their rare
        words and have more than one of them; words with digits in them must agree.

        Raises:
            CouldNotAsk: the name has nothing to match by; that is not the same as not being listed.
        """
        normal = normalise(name)
        if not normal.tokens:
            raise CouldNotAsk(
                Text(
                    en="The company's name has no letter or digit to match by.",
                    zh="公司名称不含可供比对的文字或数字，无法与名单比对。",
                ),
                remedy=Text(en="correct the legal name in the application", zh="请更正申请单中的公司名称"),
            )
        found: dict[int, Candidate] = {}
        for kind, number in identifiers.items():
            for entry in self._by_identifier.get((kind, number), ()):
                found.setdefault(entry, self._candidate(entry, self._entries[entry].names[0], "identifier", 1.0))
            for score, entry in self._near_numbers(kind, number):
                found.setdefault(entry, self._candidate(entry, self._entries[entry].names[0], "near_identifier", score))
        equal = [self._names[number] for number in self._by_text.get(normal.text, ())]
        for listed in equal:
            if not differ_in_form(normal, listed.normal):
                found.setdefault(listed.entry, self._candidate(listed.entry, listed.written, "name", 1.0))
        for listed in equal:
            found.setdefault(listed.entry, self._candidate(listed.entry, listed.written, "near_name", _ANOTHER_FORM))
        for score, listed in sorted(self._near_names(normal), key=lambda near: (-near[0], near[1].written)):
            found.setdefault(listed.entry, self._candidate(listed.entry, listed.written, "near_name", score))
        return tuple(sorted(found.values(), key=_likeliest_first))

    def _candidate(self, entry: int, written: str, basis: MatchBasis, score: float) -> Candidate:
        exact = Decimal(str(score)).quantize(_SCORE_STEP, ROUND_DOWN)
        return Candidate(entry=self._entries[entry], matched_name=written, basis=basis, score=exact)

    def _near_numbers(self, kind: str, number: str) -> Iterable[tuple[float, int]]:
        """Entries with a number of this kind that is one slip away, or that fails its check and is equal."""
        for listed, entry in self._numbers.get(kind, ()):
            one, other = listed.lstrip("0"), number.lstrip("0")
            if listed == number or (min(len(one), len(other)) >= _NUMBER_LENGTH and one_slip_apart(one, other)):
                yield _ratio(listed, number), entry

    def _near_names(self, normal: NormalName) -> Iterable[tuple[float, _ListedName]]:
        for listed in self._promising_names(normal):
            if listed.normal.numbers != normal.numbers:
                continue
            if likeness := _likeness(normal, listed.normal) or _region_apart(normal, listed.normal):
                yield likeness, listed
            elif self._same_rare_words(normal, listed.normal):
                yield _ratio(normal.sorted_text, listed.normal.sorted_text), listed

    def _same_rare_words(self, one: NormalName, other: NormalName) -> bool:
        rare = self._rare_words(one)
        return len(rare) > 1 and rare == self._rare_words(other)

    def _rare_words(self, normal: NormalName) -> frozenset[str]:
        return frozenset(token for token in normal.tokens if self._frequency[token] <= self._rare_at_most)

    def _promising_names(self, normal: NormalName) -> list[_ListedName]:
        postings = [names for key in _keys(normal) if (names := self._by_key.get(key))]
        telling = [names for names in postings if len(names) <= _COMMON_KEY] or postings
        weights: Counter[int] = Counter()
        for names in telling:
            weight = int(1000 * math.log(1 + len(self._names) / len(names)))
            for number in names:
                weights[number] += weight
        best = sorted(weights, key=lambda number: (-weights[number], number))[:_REVIEWED]
        return [self._names[number] for number in best]


def _listed_names(entries: Sequence[ListEntry]) -> Iterable[_ListedName]:
    for number, entry in enumerate(entries):
        for written in entry.names:
            normal = normalise(written)
            if normal.tokens:
                yield _ListedName(entry=number, written=written, normal=normal)


def _likeness(one: NormalName, other: NormalName) -> float:
    """Return how much two names are alike, 0 where they are not near.

    The better of two orders counts, as given and alphabetical: a wrong first letter changes the alphabetical one.
    """
    if _one_letter_apart(one.joined, other.joined):
        return max(_ratio(one.text, other.text), _ratio(one.sorted_text, other.sorted_text))
    if not _may_be_near(one.text, other.text):
        return 0.0
    likeness = max(_ratio(one.sorted_text, other.sorted_text), _ratio(one.text, other.text))
    return likeness if likeness >= NEAR_RATIO and _own_words_alike(one, other) else 0.0


def _region_apart(one: NormalName, other: NormalName) -> float:
    """Return the likeness of two Chinese names of which one leaves out a region that the other says, else 0."""
    if one.chinese is None or other.chinese is None or one.chinese.core != other.chinese.core:
        return 0.0
    fewer, more = sorted((set(one.chinese.regions), set(other.chinese.regions)), key=len)
    return _NO_REGION if fewer <= more and len(one.chinese.core) >= _CORE_LENGTH else 0.0


def _ratio(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()


def _may_be_near(one: str, other: str) -> bool:
    """False where the letters of two names, in whatever order, are too few in common for `NEAR_RATIO`."""
    both = len(one) + len(other)
    if 2 * min(len(one), len(other)) < NEAR_RATIO * both:
        return False
    return 2 * (Counter(one) & Counter(other)).total() >= NEAR_RATIO * both


def _own_words_alike(one: NormalName, other: NormalName) -> bool:
    # Long common words must not drown the short one that tells two companies apart: ICF and IAC International.
    own = "".join(token for token in one.tokens if token not in other.tokens)
    their = "".join(token for token in other.tokens if token not in one.tokens)
    return not own or not their or _ratio(own, their) >= _OWN_RATIO


def _one_letter_apart(one: str, other: str) -> bool:
    """Tell whether one letter was left out, put in, replaced, or two neighbours swapped, in a name long enough."""
    return min(len(one), len(other)) >= _TYPO_LENGTH and one_slip_apart(one, other)


def _keys(normal: NormalName) -> list[str]:
    """What a name is looked up under: its words, their beginnings and ends, and pairs of Chinese characters.

    In the order of the name and each once, so that equal input gives equal output.
    """
    keys: list[str] = []
    for token in normal.tokens:
        keys.append(token)
        if not token.isascii():
            keys.extend(f"{first}{second}*" for first, second in itertools.pairwise(token))
        elif len(token) >= 4:
            keys.extend((f"{token[:3]}*", f"*{token[-3:]}"))
    return list(dict.fromkeys(keys))


def _likeliest_first(candidate: Candidate) -> tuple[int, Decimal, str]:
    return (
        {"identifier": 0, "near_identifier": 1, "name": 2, "near_name": 3}[candidate.basis],
        -candidate.score,
        candidate.entry.entry,
    )
