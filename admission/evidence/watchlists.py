"""Watch lists as versions, and what people rule about the entries that a company may be."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Literal

from admission.errors import NotAllowed
from admission.evidence.facts import WatchlistHit
from admission.model import Record, Text, left_out

RulingWord = Literal["same", "not_same", "unclear"]
RULINGS = {
    "same": Text(en="the same company", zh="同一企业"),
    "not_same": Text(en="not the same company", zh="非同一企业"),
    "unclear": Text(en="unclear", zh="无法判定"),
}


class ListVersion(Record):
    """One version of a watch list that was loaded.

    Attributes:
        version: sha256 over the names and sha256 of its files.
        files: sha256 of each file, by name.
        listed_on: the day it was published, where known.
        entries: how many it has.
    """

    list_name: str
    version: str
    files: dict[str, str]
    listed_on: date | None
    entries: int


class ListDifference(Record):
    """What a version has that the one before had not; numbers of entries, in order.

    Attributes:
        before: the version it is compared with.
        renamed: with a changed name or alias.
        changed: with any changed field of the entry itself (aliases and addresses have files of their own).
        moved: with changed addresses, where both versions have them.
        not_compared: files that only one of the two came with.
    """

    before: str
    new: tuple[str, ...]
    gone: tuple[str, ...]
    renamed: tuple[str, ...]
    changed: tuple[str, ...]
    moved: tuple[str, ...]
    not_compared: tuple[str, ...]


class Ruling(Record):
    """What a person ruled about a company and an entry of a list.

    Attributes:
        contents: digests of what the person saw of the entry; where the entry changes, the ruling lapses.
        case: the case in which it was ruled.
        two_sign: whether it counts only with a second person's signature: who clears an equal official number or an
            equal name is not alone in it.
        number: of the ruling in the casebook; None before it is kept.
        confirmed_by: whose second signature it has.
    """

    company_key: str
    list_name: str
    entry: str
    contents: tuple[str, ...]
    ruling: RulingWord
    reason: str
    by: str
    at: datetime
    case: str
    two_sign: bool = left_out(False)
    number: int | None = left_out(None)
    confirmed_by: str | None = left_out(None)

    @property
    def counts(self) -> bool:
        """True where it has all the signatures that it needs."""
        return self.confirmed_by is not None or not self.two_sign

    def covers(self, hit: WatchlistHit) -> bool:
        """True where the ruling is about this hit, and the entry says what it said then."""
        same_entry = (hit.list_name, hit.entry) == (self.list_name, self.entry)
        return same_entry and hit.content in self.contents


def ruling_of(hit: WatchlistHit, rulings: Iterable[Ruling]) -> Ruling | None:
    """Return the last ruling that covers a hit and counts; over an equal official number only two people rule."""
    covering = [ruling for ruling in rulings if ruling.covers(hit) and ruling.counts]
    if hit.basis == "identifier":
        covering = [ruling for ruling in covering if ruling.two_sign]
    return max(covering, key=lambda ruling: ruling.at, default=None)


def confirmed(hit: WatchlistHit, rulings: Iterable[Ruling]) -> bool:
    """True where the company is the entry: an equal official number that nobody ruled out, or a person says so."""
    ruling = ruling_of(hit, rulings)
    if hit.basis == "identifier":
        return ruling is None or ruling.ruling != "not_same"
    return ruling is not None and ruling.ruling == "same"


def ruled_out(hit: WatchlistHit, rulings: Iterable[Ruling]) -> bool:
    """True where a person ruled that the company is not the entry."""
    ruling = ruling_of(hit, rulings)
    return ruling is not None and ruling.ruling == "not_same"


def needs_two(word: RulingWord, hits: Iterable[WatchlistHit]) -> bool:
    """True where a ruling on these hits takes two signatures: it clears an equal official number or an equal name."""
    return word == "not_same" and any(hit.basis != "near_name" for hit in hits)


def hits_to_rule(hits: Iterable[WatchlistHit], list_entry: str) -> list[WatchlistHit]:
    """Return the hits of one entry that a person may rule on.

    Args:
        hits: those of the case.
        list_entry: the list's number of the entry.

    Raises:
        NotAllowed: the case has no hit of this entry.
    """
    found = [hit for hit in hits if hit.entry == list_entry]
    if not found:
        there = ", ".join(dict.fromkeys(hit.entry for hit in hits))
        raise NotAllowed(
            Text(en="The screening of this case has no such entry.", zh="本申请单的筛查结果中没有此条目。"),
            context={"entry": list_entry[:40]},
            remedy=Text(en=f"entries to rule on: {there or 'none'}", zh=f"可裁定的条目：{there or '无'}"),
        )
    return found
