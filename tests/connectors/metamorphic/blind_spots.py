"""Losses that nobody who reads an answer can notice, by source, each with the reason.

A loss is one where an answer without what was lost looks as whole as any other. `docs/sources.md` tells them under
"cannot tell". The list may not grow without a reason: each line is tried, and one that nothing needs any more is told.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from tests.connectors.metamorphic.changes import Change
from tests.connectors.metamorphic.samples import Sample


class BlindSpot(NamedTuple):
    """One loss that cannot be noticed.

    Attributes:
        kinds: the kinds of change.
        where: pattern of the places that are changed.
        reason: what cannot be told, and why, in the words of docs/sources.md.
    """

    source: str
    kinds: tuple[str, ...]
    where: str
    reason: str

    def covers(self, sample: Sample, change: Change) -> bool:
        """True where a change is of this kind."""
        return sample.source == self.source and change.kind in self.kinds and bool(re.search(self.where, change.where))


_ENTRY = "that an entry, or the remarks of an entry, are gone from a list that is otherwise whole"
BLIND_SPOTS: tuple[BlindSpot, ...] = (
    BlindSpot("ofac_sdn", ("row gone",), r"^line ", _ENTRY),
    BlindSpot("ofac_sdn", ("null",), r"^line \d+: \"Company Number", _ENTRY),
    BlindSpot(
        "uk_companies_house",
        ("row gone",),
        r"^cases\.\[\]",
        "the register does not say how many insolvency cases there are",
    ),
    BlindSpot(
        "creditsafe",
        ("row gone",),
        r"^report\.financialStatements\.\[\]",
        "the bureau does not say how many years of accounts its report has",
    ),
    BlindSpot(
        "manual_evidence",
        ("row gone",),
        r"^look\.records\.\[\]",
        "the sites do not say how many entries there are, and only the person who looked knows",
    ),
    BlindSpot(
        "manual_evidence",
        ("row gone",),
        r"^look\.registration\.(legal_representative|owners)_changed_on\.\[\]",
        "the sites do not say how many entries there are, and only the person who looked knows",
    ),
    BlindSpot(
        "financials_upload",
        ("row gone",),
        "利息费用|无形资产|無形資產|商誉|Goodwill|Intangible assets",
        "that a line is gone without a trace",
    ),
)


def blind_spot(sample: Sample, change: Change) -> BlindSpot | None:
    """Return the blind spot that a change falls into."""
    return next((spot for spot in BLIND_SPOTS if spot.covers(sample, change)), None)
