"""Loading versions of lists of companies by file: read, keep, tell what is new against the version before."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import NamedTuple

from admission.approval.mandates import Act
from admission.errors import BadInput, Problem
from admission.evidence.company_lists import KEPT, CompanyList
from admission.evidence.watchlists import ListVersion
from admission.files import read_file
from admission.model import Text, canonical_json, digest
from admission.people import Person
from admission.problems import no_such
from intake.company_lists import read_company_list
from services.mandates import check_mandate
from wiring.house import House
from wiring.sources import LISTS


class LoadedByFile(NamedTuple):
    """What came of loading a list.

    Attributes:
        new: False where it is the version that was loaded last.
        before: the version it is compared with; None where it is the first.
        added, gone: how many companies are new on it, and how many are no longer.
    """

    version: ListVersion
    new: bool
    before: ListVersion | None
    added: int
    gone: int


def load(house: House, source: str, path: Path, on: date, person: Person, *, shorter: bool = False) -> LoadedByFile:
    """Load a version of a list; it is the one in use from then on.

    Args:
        house: the house.
        source: name of the list's connector.
        path: of the file, CSV or XLSX.
        on: the day as of which it was published.
        person: who loads it.
        shorter: True where the person says that the list really has lost so many entries.

    Raises:
        NotAllowed: the person has no mandate for it.
        BadInput: no such list, the file cannot be used, its day is ahead or before that of the version in use, or too
            many entries of that version are gone.
    """
    check_mandate(house, Act.LOAD_LIST, person)
    if source not in LISTS:
        problem = Problem("list", source[:40], no_such(Text(en="list", zh="名单"), source, LISTS))
        raise BadInput(Text(en="There is no such list.", zh="没有此名单。"), problems=[problem])
    card = house.connectors[source].card
    now = read_company_list(path, source, on)
    book = house.casebook
    loaded = book.watchlists.versions(source)
    document = now.model_dump(mode="json")
    others = [one for one in loaded if one.version != digest(document)]
    before = others[0] if others else None
    then = CompanyList.model_validate_json(book.evidence.body(before.files[KEPT])) if before else None
    _check_day(on, house.today(), then.listed_on if then else None)
    ours, theirs = _companies(now), _companies(then) if then else frozenset()
    gone = len(theirs - ours)
    if theirs and gone > card.most_gone * len(theirs) and not shorter:
        message = Text(
            en=f"{gone:,} of {len(theirs):,} companies of the version before are not in this file: it may be cut off.",
            zh=f"上一版本 {len(theirs):,} 家企业中有 {gone:,} 家不在此文件中，文件可能不完整。",
        )
        remedy = Text(en="load the whole list, or add --shorter", zh="请载入完整名单，或加 --shorter")
        raise BadInput(message, remedy=remedy)
    files = {
        KEPT: book.evidence.keep(canonical_json(document).encode(), public=True),
        path.name: book.evidence.keep(read_file(path, card.max_bytes), public=True),
    }
    version = ListVersion(
        list_name=source, version=digest(document), files=files, listed_on=on, entries=len(now.entries)
    )
    new = book.watchlists.add(version, person.username)
    return LoadedByFile(version, new, before, len(ours - theirs) if then else 0, gone)


def _check_day(on: date, today: date, before: date | None) -> None:
    if on > today or (before is not None and on < before):
        expected = Text(
            en=f"a day from {before} to {today}" if before else f"a day up to {today}",
            zh=f"{before} 至 {today} 之间的日期" if before else f"不晚于 {today} 的日期",
        )
        problem = Problem("day", str(on), expected)
        raise BadInput(Text(en="The day of the list cannot be right.", zh="名单日期有误。"), problems=[problem])


def _companies(kept: CompanyList) -> frozenset[str]:
    return frozenset(entry.uscc or entry.name for entry in kept.entries)
