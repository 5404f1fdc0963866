"""New directors, changes of legal representative and owners, events of filings: within their time, or not known."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from admission.evidence.answers import Coverage
from admission.evidence.facts import EventKind, Facts, Filing, FilingEvent, Officer
from admission.evidence.topics import Topic
from admission.metrics.catalogue import Metric
from admission.metrics.changes import change_metrics
from admission.metrics.filing_events import filing_event_metrics
from tests.admission.build import AS_OF, answered, profile

D = Decimal
LATE, EARLY = date(2026, 1, 5), date(2020, 1, 5)


def director(on: date | None, role: str = "director", **changes: Any) -> Officer:
    return Officer(source="register", name="A. Invented", role=role, appointed_on=on, **changes)


def changed(*facts: Any, seen: Coverage | None = None) -> dict[str, Metric]:
    found = change_metrics(Facts.of(facts), seen or answered(), as_of=AS_OF)
    return {metric.name: metric for metric in found}


DIRECTORS: list[tuple[str, list[Officer], Decimal | None]] = [
    ("long-there", [director(EARLY)], D(0)),
    ("new", [director(EARLY), director(LATE), director(LATE, "llp-member")], D(2)),
    ("secretary", [director(EARLY), director(LATE, "corporate-secretary")], D(0)),
    ("came-and-went", [director(LATE, resigned_on=date(2026, 3, 1))], D(1)),
    ("a-year-to-the-day", [director(date(2025, 6, 30))], D(1)),
    ("a-day-more", [director(date(2025, 6, 29))], D(0)),
    ("before-1992", [director(None, appointed_before=date(1991, 12, 1))], D(0)),
    ("day-not-told", [director(EARLY), director(None)], None),
    ("nobody", [], None),
]


@pytest.mark.parametrize(("officers", "expected"), [row[1:] for row in DIRECTORS], ids=[row[0] for row in DIRECTORS])
def test_directors_appointed_of_late(officers: list[Officer], expected: Decimal | None) -> None:
    assert changed(*officers)["new_directors_12m"].value == expected
    assert changed(*officers, seen=Coverage())["new_directors_12m"].value is None


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("legal_representative_changes_12m", "legal_representative_changed_on"),
        ("owner_changes_12m", "owners_changed_on"),
    ],
)
def test_changes_in_the_register(name: str, field: str) -> None:
    assert changed(profile(**{field: (LATE, EARLY, date(2026, 2, 1))}))[name].value == D(2)
    assert changed(profile(**{field: ()}))[name].value == D(0)
    assert changed(profile(**{field: ()}), profile(source="other", **{field: (LATE,)}))[name].value == D(1)
    assert changed(profile())[name].value is None


def filing(kind: EventKind, on: date = LATE, source: str = "sec_edgar") -> Filing:
    events = (FilingEvent(kind=kind, on=on),)
    return Filing(source=source, reference=f"{kind}{on}", form="8-K", filed_on=on, events=events)


def events(*filings: Filing, source: str = "sec_edgar") -> dict[str, Metric]:
    seen = Coverage(answered={Topic.FILINGS: (source,)})
    found = filing_event_metrics(Facts.of(filings), seen, as_of=AS_OF)
    return {metric.name: metric for metric in found}


@pytest.mark.parametrize(
    ("name", "kind"),
    [("auditor_changes_24m", EventKind.AUDITOR_CHANGE), ("impairments_24m", EventKind.IMPAIRMENT)],
)
def test_events_of_two_years_are_counted(name: str, kind: EventKind) -> None:
    assert events(filing(kind), filing(kind, date(2025, 2, 2)), filing(kind, EARLY))[name].value == D(2)
    assert events(filing(EventKind.LATE_FILING))[name].value == D(0)
    uncovered = filing_event_metrics(Facts.of([filing(kind)]), Coverage(), as_of=AS_OF)
    assert {metric.value for metric in uncovered} == {None}


def test_that_there_was_no_impairment_is_known_of_sec_filers_alone() -> None:
    found = events(source="uk_companies_house")
    assert (found["impairments_24m"].value, found["auditor_changes_24m"].value) == (None, D(0))
