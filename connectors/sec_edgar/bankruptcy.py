"""Which step of a bankruptcy a report of 8-K item 1.03 stands for.

Item 1.03 ("bankruptcy or receivership") is reported for the petition, for the confirmed plan, and often again when the
plan takes effect; the list of filings does not say which. The step is inferred from the order of the reports and from
what else they report. What is inferred is marked so, with the rule it rests on; what cannot be is left unspecified.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from admission.evidence.facts import EventKind, FilingEvent, LegalKind, LegalRecord, LegalStatus
from connectors.sec_edgar.forms import silent_since

BANKRUPTCY_ITEM = "1.03"
_DEBT_ACCELERATED = "2.04"
# Ended agreements, new shares, changed rights of holders, control, board, articles: what happens when a plan takes
# effect. One of them alone also happens on the way, such as a director who leaves.
_EMERGENCE_ITEMS = frozenset({"1.02", "3.02", "3.03", "5.01", "5.02", "5.03"})
_EMERGENCE_NEEDS = 2
_SERIES = timedelta(days=3 * 365)


@dataclass(frozen=True)
class Report:
    """One report of item 1.03."""

    reference: str
    on: date
    items: frozenset[str]

    @property
    def looks_like_emergence(self) -> bool:
        """True where it also reports what happens when a plan takes effect."""
        return len(self.items & _EMERGENCE_ITEMS) >= _EMERGENCE_NEEDS and _DEBT_ACCELERATED not in self.items


@dataclass(frozen=True)
class Step:
    """One report, and the step it stands for."""

    reference: str
    event: FilingEvent


def steps(reports: Iterable[Report], *, earliest_known: date | None) -> list[list[Step]]:
    """Order reports into series, oldest first, and tell the step of each.

    Args:
        reports: all reports of item 1.03 in one list of filings.
        earliest_known: first day of the list where earlier filings are elsewhere; a series that begins within three
            years of it may have begun before.
    """
    series: list[list[Report]] = []
    for report in sorted(reports, key=lambda report: (report.on, report.reference)):
        if not series or _begins_anew(report, series[-1]):
            series.append([])
        series[-1].append(report)
    return [
        [Step(report.reference, _event(report, place, one, earliest_known)) for place, report in enumerate(one)]
        for one in series
    ]


def _begins_anew(report: Report, before: Sequence[Report]) -> bool:
    emerged = len(before) > 1 and before[-1].looks_like_emergence
    return emerged or _DEBT_ACCELERATED in report.items or report.on - before[0].on > _SERIES


def _event(report: Report, place: int, series: Sequence[Report], earliest_known: date | None) -> FilingEvent:
    last = place == len(series) - 1
    if _DEBT_ACCELERATED in report.items:
        kind, rule = EventKind.BANKRUPTCY_PETITION, "item 1.03 with 2.04 (debt accelerated)"
    elif place == 0:
        begun_before = earliest_known is not None and report.on - earliest_known <= _SERIES
        if begun_before or report.looks_like_emergence:
            return FilingEvent(kind=EventKind.BANKRUPTCY_UNSPECIFIED, on=report.on)
        kind, rule = EventKind.BANKRUPTCY_PETITION, "first report of item 1.03 in three years"
    elif last and report.looks_like_emergence:
        others = ", ".join(sorted(report.items & _EMERGENCE_ITEMS))
        kind, rule = EventKind.BANKRUPTCY_EMERGENCE, f"last report of item 1.03 in its series, with {others}"
    else:
        kind, rule = EventKind.BANKRUPTCY_PLAN, "later report of item 1.03 in a series"
    return FilingEvent(kind=kind, on=report.on, inferred=True, basis=rule)


@dataclass(frozen=True)
class Life:
    """What tells whether a company still answers, as of the day of asking.

    Attributes:
        filed_on: day of the newest filing on its list, whoever filed it; None where that is not known.
        own_on: day of its newest report of its own; None where that is not known.
        asked_on: day of asking.
    """

    filed_on: date | None
    own_on: date | None
    asked_on: date

    def runs_on(self, last_step: date) -> bool:
        """True where proceedings whose last known step was on a day are taken to go on.

        They are not where the company filed for more than three years after it, as one that has emerged does; nor where
        it fell silent, as one that was wound up does. Either way the SEC does not tell the end.
        """
        if self.filed_on is None or self.own_on is None:
            return False
        return self.filed_on - last_step <= _SERIES and self.asked_on < silent_since(self.own_on)


def legal_records(
    series: Iterable[Sequence[Step]], source: str, life: Life, urls: Mapping[str, str]
) -> list[LegalRecord]:
    """Return one insolvency record for each series.

    It is open while a petition or a plan is the last step, unless the company went on filing for three years after, or
    fell silent; then, and after an inferred emergence, how it stands is unclear.

    Args:
        series: steps of each series, oldest first.
        source: name of the source.
        life: whether the company still answers.
        urls: addresses of the filings by reference.
    """
    return [_legal_record(one, source, life, urls) for one in series]


def _legal_record(series: Sequence[Step], source: str, life: Life, urls: Mapping[str, str]) -> LegalRecord:
    first, last = series[0], series[-1]
    running = last.event.kind in (EventKind.BANKRUPTCY_PETITION, EventKind.BANKRUPTCY_PLAN)
    is_open = running and life.runs_on(last.event.on)
    told = "; ".join(f"{step.event.on}: {step.event.kind.value.replace('_', ' ')}" for step in series)
    if running and not is_open and life.own_on is not None:
        told += f"; newest report of the company's own: {life.own_on}"
    return LegalRecord(
        source=source,
        kind=LegalKind.INSOLVENCY,
        status=LegalStatus.OPEN if is_open else LegalStatus.UNCLEAR,
        on=first.event.on,
        reference=first.reference,
        code=f"8-K item {BANKRUPTCY_ITEM}",
        title="Bankruptcy or receivership",
        url=urls.get(first.reference, ""),
        inferred=True,
        basis=f"reports of 8-K item {BANKRUPTCY_ITEM}; {told}",
    )
