"""Versions of the SDN list: all its files read together, and what one version has that another has not. Pure.

Remarks are cut at 1,000 characters and run on in SDN_COMMENTS.CSV, in the middle of a word; here they are joined again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from admission.errors import BadInput, Problem, SourceChanged
from admission.evidence.watchlists import ListDifference, ListVersion
from admission.model import Text, digest
from connectors.kit.words import CHECK_FORMAT
from connectors.ofac_sdn.parse import COLUMNS, LIST_NAME, cells, read_list, value

SDN, ALT, ADD, COMMENTS = "SDN.CSV", "ALT.CSV", "ADD.CSV", "SDN_COMMENTS.CSV"
NEEDED = (SDN, ALT)
_REMARKS = 11


@dataclass(frozen=True)
class Listed:
    """One entry with everything the files of a version say about it.

    Attributes:
        fields: its row of SDN.CSV; the last one, the remarks, as far as that file has them.
        overflow: what SDN_COMMENTS.CSV adds to the remarks.
        aliases: kind and name of each other name, in ALT.CSV.
        addresses: the rows of ADD.CSV, without the list's own counts.
    """

    fields: tuple[str, ...]
    overflow: str = ""
    aliases: tuple[tuple[str, str], ...] = ()
    addresses: tuple[tuple[str, ...], ...] = ()

    @property
    def name(self) -> str:
        """The main name."""
        return self.fields[1]

    @property
    def remarks(self) -> str:
        """All remarks, joined where they were cut."""
        return value(self.fields[_REMARKS] + self.overflow)


@dataclass(frozen=True)
class SdnList:
    """All entries of one version of the list, by their number.

    Attributes:
        version: what the casebook keeps of it.
    """

    version: ListVersion
    entries: Mapping[str, Listed] = field(repr=False)


def read_version(files: Mapping[str, bytes], on: date | None = None) -> SdnList:
    """Read the files of one version of the list.

    Args:
        files: bodies by name; `SDN.CSV` and `ALT.CSV` are needed, `ADD.CSV` and `SDN_COMMENTS.CSV` are read if there.
        on: the day the list was published, where known.

    Raises:
        BadInput: a needed file is missing.
        SourceChanged: a file has another shape, or speaks of an entry that is not listed.
        SourceUnavailable: a file is cut off.
    """
    missing = [name for name in NEEDED if name not in files]
    if missing:
        needed = ", ".join(NEEDED)
        expected = Text(en=f"all of {needed}", zh=f"须齐备：{needed}")
        raise BadInput(
            Text(en="The files of the OFAC list are not complete.", zh="OFAC 名单文件不齐。"),
            problems=[Problem("file", name, expected) for name in missing],
        )
    # The connector's own reader refuses types and kinds of names that nobody knows.
    read_list("sdn", files[SDN], on)
    read_list("alt", files[ALT], on)
    raw = {name: cells(name, files[name], COLUMNS[name]) for name in COLUMNS if name in files}
    entries = {row[0]: row for row in raw[SDN]}
    if len(entries) != len(raw[SDN]):
        twice = Text(en="Two entries of the OFAC list have the same number.", zh="OFAC 名单中有两个条目编号相同。")
        raise SourceChanged(twice, context={"list": LIST_NAME}, remedy=CHECK_FORMAT)
    about = {name: _group_by_entry(name, rows, entries) for name, rows in raw.items() if name != SDN}
    shas = {name: hashlib.sha256(files[name]).hexdigest() for name in raw}
    return SdnList(
        version=ListVersion(list_name=LIST_NAME, version=digest(shas), files=shas, listed_on=on, entries=len(entries)),
        entries={
            number: Listed(
                fields=tuple(row),
                overflow="".join(comment[1] for comment in about.get(COMMENTS, {}).get(number, ())),
                aliases=tuple((alias[2], value(alias[3])) for alias in about[ALT].get(number, ())),
                addresses=tuple(tuple(map(value, row[2:])) for row in about.get(ADD, {}).get(number, ())),
            )
            for number, row in entries.items()
        },
    )


def _group_by_entry(name: str, rows: list[list[str]], entries: Mapping[str, object]) -> dict[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = {}
    for row in rows:
        if row[0] not in entries:
            unlisted = Text(
                en=f"{name} speaks of an entry that is not listed.", zh=f"{name} 提到了 OFAC 名单中没有的条目。"
            )
            raise SourceChanged(unlisted, context={"list": name, "entry": row[0]}, remedy=CHECK_FORMAT)
        found.setdefault(row[0], []).append(row)
    return found


def difference(before: SdnList, now: SdnList) -> ListDifference:
    """Tell what one version of the list has that the one before had not.

    A file that only one of the versions came with is not compared: what was never read cannot have changed.
    """
    files = set(before.version.files) & set(now.version.files)
    both = [
        (number, before.entries[number], entry) for number, entry in now.entries.items() if number in before.entries
    ]
    return ListDifference(
        before=before.version.version,
        new=_sort(set(now.entries) - set(before.entries)),
        gone=_sort(set(before.entries) - set(now.entries)),
        renamed=_sort(
            number
            for number, then, entry in both
            if value(then.name) != value(entry.name) or set(then.aliases) != set(entry.aliases)
        ),
        changed=_sort(number for number, then, entry in both if _own_fields(then, files) != _own_fields(entry, files)),
        moved=_sort(
            number for number, then, entry in both if ADD in files and set(then.addresses) != set(entry.addresses)
        ),
        not_compared=tuple(sorted(set(before.version.files) ^ set(now.version.files))),
    )


def _own_fields(entry: Listed, files: set[str]) -> tuple[str, ...]:
    """The fields of an entry itself: its row, with all of its remarks where both versions have them."""
    remarks = entry.remarks if COMMENTS in files else value(entry.fields[_REMARKS])
    return (*map(value, entry.fields[:_REMARKS]), remarks)


def _sort(numbers: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(numbers, key=int))
