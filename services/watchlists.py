"""Loading versions of a watch list: read, keep the bytes, tell what is new against the version before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

from admission.approval.mandates import Act
from admission.errors import BadInput, Problem
from admission.evidence.answers import Query
from admission.evidence.watchlists import ListDifference, ListVersion
from admission.model import Text
from admission.people import Person
from connectors.ofac_sdn.parse import COLUMNS, FILES, LIST_NAME, published_on, require_list
from connectors.ofac_sdn.versions import SdnList, difference, read_version
from connectors.ofac_sdn.whole import require_rows, rows_of
from services.mandates import check_mandate
from wiring.house import House

LARGEST = 100_000_000


class Loaded(NamedTuple):
    """What came of loading a list.

    Attributes:
        version: the version that was read.
        new: False where it is the one that was loaded last.
        before: the version it is compared with; None where it is the first.
        difference: None where there is nothing to compare with.
    """

    version: ListVersion
    new: bool
    before: ListVersion | None
    difference: ListDifference | None


def read_folder(folder: Path) -> dict[str, bytes]:
    """Return the files of a list in a folder, by the list's own names for them.

    Raises:
        BadInput: there is no such folder, or a file is too large.
    """
    if not folder.is_dir():
        raise BadInput(
            Text(en=f"There is no folder {folder.name}.", zh=f"没有文件夹 {folder.name}。"),
            remedy=Text(
                en="give the folder that SDN.CSV and ALT.CSV are in", zh="请提供 SDN.CSV 与 ALT.CSV 所在的文件夹"
            ),
        )
    found = {path.name.upper(): path for path in sorted(folder.iterdir()) if path.name.upper() in COLUMNS}
    large = [name for name, path in found.items() if path.stat().st_size > LARGEST]
    if large:
        problems = [
            Problem("file", name, Text(en=f"at most {LARGEST:,} bytes", zh=f"最多 {LARGEST:,} 字节")) for name in large
        ]
        raise BadInput(Text(en="A file of the list is too large.", zh="名单文件过大。"), problems=problems)
    return {name: path.read_bytes() for name, path in found.items()}


def fetch_files(house: House) -> tuple[dict[str, bytes], date | None]:
    """Fetch the files that the connector asks for, and the day they were published.

    Raises:
        CouldNotAsk: no answer was had.
        SourceChanged: something else than a list came.
    """
    connector = house.connectors["ofac_sdn"]
    files: dict[str, bytes] = {}
    on: date | None = None
    for kind in ("sdn", "alt"):
        raw = connector.fetch(Query(source="ofac_sdn", kind=kind))
        require_list(raw)
        files[f"{kind.upper()}.CSV"] = raw.body
        on = on or published_on(raw)
    return files, on


def load(house: House, files: Mapping[str, bytes], on: date | None, person: Person) -> Loaded:
    """Load a version of the SDN list and compare it with the one that was loaded before it.

    Args:
        house: the house.
        files: bodies by the list's own names.
        on: the day of publication, where known.
        person: who loads it.

    Raises:
        NotAllowed: the person has no mandate for it.
        BadInput: a needed file is missing.
        SourceChanged: a file has another shape, the files are of different versions, or most entries of the version
            before are gone.
        SourceUnavailable: a file is cut off, or has fewer entries than the card says.
    """
    check_mandate(house, Act.LOAD_LIST, person)
    now = read_version(files, on)
    book = house.casebook
    others = [one for one in book.watchlists.versions(LIST_NAME) if one.version != now.version.version]
    before = others[0] if others else None
    for kind, name in FILES.items():
        then = rows_of(kind, book.evidence.body(before.files[name])) if before else frozenset()
        require_rows(house.connectors["ofac_sdn"].card, kind, rows_of(kind, files[name]), then)
    for body in files.values():
        book.evidence.keep(body, public=True)
    new = book.watchlists.add(now.version, person.username)
    return Loaded(now.version, new, before, difference(_read_version(house, before), now) if before else None)


def versions(house: House) -> list[ListVersion]:
    """Return the versions of the SDN list that were loaded, newest first."""
    return house.casebook.watchlists.versions(LIST_NAME)


def _read_version(house: House, version: ListVersion) -> SdnList:
    files = {name: house.casebook.evidence.body(sha256) for name, sha256 in version.files.items()}
    return read_version(files, version.listed_on)


def day_of(text: str | None) -> date | None:
    """Read a day as it is typed, such as 2021-07-16.

    Raises:
        BadInput: it is no day.
    """
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        problem = Problem("day", text[:24], Text(en="a day such as 2021-07-16", zh="日期，例如 2021-07-16"))
        raise BadInput(Text(en="This is not a day.", zh="日期无效。"), problems=(problem,)) from None
