"""Watch lists as versions, and what people rule about the entries that a company may be."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Literal

from admission.errors import NotAllowed
from admission.evidence.facts import WatchlistHit
from admission.model import Record, Text

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

    def covers(self, hit: WatchlistHit) -> bool:
        """True where the ruling is about this hit, and the entry says what it said then."""
        same_entry = (hit.list_name, hit.entry) == (self.list_name, self.entry)
        return same_entry and hit.content in self.contents


def ruling_of(hit: WatchlistHit, rulings: Iterable[Ruling]) -> Ruling | None:
    """Return the last ruling that covers a hit; an equal official number is not ruled on."""
    if hit.basis == "identifier":
        return None
    covering = [ruling for ruling in rulings if ruling.covers(hit)]
    return max(covering, key=lambda ruling: ruling.at, default=None)


def confirmed(hit: WatchlistHit, rulings: Iterable[Ruling]) -> bool:
    """True where the company is the entry: an equal official number, or a person says so."""
    ruling = ruling_of(hit, rulings)
    return hit.basis == "identifier" or (ruling is not None and ruling.ruling == "same")


def ruled_out(hit: WatchlistHit, rulings: Iterable[Ruling]) -> bool:
    """True where a person ruled that the company is not the entry."""
    ruling = ruling_of(hit, rulings)
    return ruling is not None and ruling.ruling == "not_same"


def hits_to_rule(hits: Iterable[WatchlistHit], list_entry: str) -> list[WatchlistHit]:
    """Return the hits of one entry that a person may rule on.

    Args:
        hits: those of the case.
        list_entry: the list's number of the entry.

    Raises:
        NotAllowed: the case has no hit of this entry, or an official number decides.
    """
    found = [hit for hit in hits if hit.entry == list_entry]
    if not found:
        there = ", ".join(dict.fromkeys(hit.entry for hit in hits))
        raise NotAllowed(
            Text(en="The screening of this case has no such entry.", zh="本申请单的筛查结果中没有此条目。"),
            context={"entry": list_entry[:40]},
            remedy=Text(en=f"entries to rule on: {there or 'none'}", zh=f"可裁定的条目：{there or '无'}"),
        )
    if any(hit.basis == "identifier" for hit in found):
        raise NotAllowed(
            Text(
                en="The official number is equal, which is not a matter of judgement.", zh="企业识别号一致，无需裁定。"
            ),
            context={"entry": list_entry[:40]},
            remedy=Text(
                en="correct the number in the application if it is wrong", zh="如识别号有误，请更正申请单中的识别号"
            ),
        )
    return found
