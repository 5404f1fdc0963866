"""Court judgments in a report: of Great Britain and Ireland by summary and register, of the United States by summary.

The section is of free form and differs by country; only the places that the provider's dictionary names are read. Where
the count is missing, or a name stands in the summary that is not known, judgments are left open.

Amounts have no currency there: they are taken to be pounds in Great Britain and euros in Ireland, where the courts
give judgment in these.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from admission.evidence.facts import LegalKind, LegalRecord, LegalStatus, Untold
from admission.evidence.topics import Topic
from admission.model import Text
from admission.money import Money
from connectors.creditsafe.search import SOURCE
from connectors.kit.days import read_day

_CURRENCIES = {"GB": "GBP", "IE": "EUR"}
TOPICS: Mapping[str, tuple[Topic, ...]] = {
    "GB": (Topic.JUDGMENTS,),
    "IE": (Topic.JUDGMENTS,),
    "US": (Topic.JUDGMENTS, Topic.LAWSUITS),
}
"""What a report of a country tells besides credit."""
_SUMMARY_NAMES = frozenset(
    "numberOfExact numberOfPossible numberOfSatisfied numberOfWrits valueOfExact valueOfPossible valueOfSatisfied "
    "valueOfWrits".split()
)
_MOST = 200
# Why such a record has no day, and an amount that may be that of several.
_COUNTED = "counted in ccjSummary and not listed; amounts of all such are on the first"
_US_NAMES = {
    "judgmentFilings": (LegalKind.JUDGMENT, Topic.JUDGMENTS),
    "suits": (LegalKind.LAWSUIT, Topic.LAWSUITS),
}
# Places that are read; writs, liens and bankruptcies are not, and go to a person.
_READ = re.compile(
    r"ccjSummary\.(numberOf|valueOf)(Exact|Possible|Satisfied)|countyCourtJudgements\.registered(\..*)?"
    r"|legalFilingSummary\.(judgmentFilings|suits)"
)


class Judgments(NamedTuple):
    """The judgments of a report.

    Attributes:
        untold: what the section leaves open.
    """

    records: tuple[LegalRecord, ...] = ()
    untold: tuple[Untold, ...] = ()


def is_read(place: str) -> bool:
    """True for a dotted place of the section that is read here."""
    return bool(_READ.fullmatch(place))


def read_judgments(section: object, country: str, connect_id: str, today: date) -> Judgments:
    """Read the judgments of a report.

    Args:
        section: `negativeInformation`, as it came.
        country: of the company; of other countries nothing is read or left open.
        connect_id: the bureau's number of the company, by which the records are named.
        today: day on which the report came; no judgment is of a later one.
    """
    parts = section if isinstance(section, dict) else {}
    if country == "US":
        return _of_filings(parts.get("legalFilingSummary"), connect_id)
    if country not in _CURRENCIES:
        return Judgments()
    summary = parts.get("ccjSummary")
    summary = summary if isinstance(summary, dict) else {}
    exact = _count(summary.get("numberOfExact"))
    counts = [summary.get(f"numberOf{name}", 0) for name in ("Possible", "Satisfied")]
    if exact is None or any(_count(count) is None for count in counts) or set(summary) - _SUMMARY_NAMES:
        return Judgments(untold=(_left_open(Topic.JUDGMENTS),))
    courts = parts.get("countyCourtJudgements")
    rows = courts.get("registered") if isinstance(courts, dict) else []
    if not isinstance(rows, list) or len(rows) > _MOST:
        return Judgments(untold=(_left_open(Topic.JUDGMENTS),))
    possible, satisfied = (_count(count) or 0 for count in counts)
    named = _Named(connect_id, _CURRENCIES[country])
    return Judgments(
        (
            *_registered(named, rows, exact, _amount(summary.get("valueOfExact")), today),
            *(named.record(f"possible-{number}", LegalStatus.UNCLEAR) for number in range(1, possible + 1)),
            *(named.record(f"satisfied-{number}", LegalStatus.CLOSED) for number in range(1, satisfied + 1)),
        )
    )


class _Named(NamedTuple):
    """By what records are named, and what their amounts are in."""

    connect_id: str
    currency: str

    def record(
        self, name: str, status: LegalStatus, on: date | None = None, amount: Decimal | None = None, basis: str = ""
    ) -> LegalRecord:
        return LegalRecord(
            source=SOURCE,
            kind=LegalKind.JUDGMENT,
            status=status,
            on=on,
            reference=f"{self.connect_id}/judgment/{name}",
            basis=basis,
            amount=None if amount is None else Money(amount=amount, currency=self.currency),
        )


def _registered(
    named: _Named, rows: Sequence[object], exact: int, total: Decimal | None, today: date
) -> list[LegalRecord]:
    """One record for each judgment, whichever is more, counted or listed; those that are only counted have no day.

    Two rows of one day or of one amount may be one judgment listed twice: then no day is certain.
    """
    listed: list[dict[str, object]] = [row if isinstance(row, dict) else {} for row in rows]
    days = [_day(row.get("ccjDate"), today) for row in listed]
    stated = [_amount(row.get("ccjAmount")) for row in listed]
    if _has_twins(days) or _has_twins(stated):
        days = [None] * len(listed)
    counted = max(exact - len(listed), 0)
    amounts = _amounts([*stated, *[None] * counted], total)
    bases = [""] * len(listed) + [_COUNTED] * counted
    parts = zip([*days, *[None] * counted], amounts, bases, strict=True)
    return [
        named.record(str(number), LegalStatus.OPEN, day, amount, basis)
        for number, (day, amount, basis) in enumerate(parts, 1)
    ]


def _has_twins(values: Sequence[object]) -> bool:
    told = [value for value in values if value is not None]
    return len(set(told)) < len(told)


def _amounts(stated: Sequence[Decimal | None], total: Decimal | None) -> list[Decimal | None]:
    """Amounts of all judgments: what the rows leave of the total is put on the first that states none.

    Where rows and total contradict each other, no amount is known.
    """
    known = sum((amount for amount in stated if amount is not None), Decimal(0))
    missing = [place for place, amount in enumerate(stated) if amount is None]
    if total is None:
        return list(stated)
    rest = total - known
    if rest < 0 or (rest > 1 and not missing):
        return [None] * len(stated)
    return [
        (rest if place == missing[0] else Decimal(0)) if amount is None else amount
        for place, amount in enumerate(stated)
    ]


def _of_filings(summary: object, connect_id: str) -> Judgments:
    """Filings in the United States are counted, without days and amounts; whether they have ended is not told."""
    told = summary if isinstance(summary, dict) else {}
    records: list[LegalRecord] = []
    untold: list[Untold] = []
    for name, (kind, topic) in _US_NAMES.items():
        count = _count(told.get(name))
        if count is None:
            untold.append(_left_open(topic))
            continue
        records += [
            LegalRecord(source=SOURCE, kind=kind, status=LegalStatus.OPEN, reference=f"{connect_id}/{kind}/{number}")
            for number in range(1, count + 1)
        ]
    return Judgments(tuple(records), tuple(untold))


def _left_open(topic: Topic) -> Untold:
    why = Text(
        en=f"the bureau's report does not say plainly how many court records there are ({topic})",
        zh="征信报告未明确列示法院判决（涉诉）数量",
    )
    return Untold(source=SOURCE, topics=(topic,), why=why)


def _count(value: object) -> int | None:
    """A number of judgments; None where it is none, or more than any company has."""
    text = "" if isinstance(value, bool) else str(value).strip()
    return int(text) if re.fullmatch(r"[0-9]{1,3}", text) and int(text) <= _MOST else None


def _amount(value: object) -> Decimal | None:
    text = "" if value is None or isinstance(value, bool) else str(value).strip()
    return Decimal(text) if re.fullmatch(r"[0-9]{1,20}(\.[0-9]{1,10})?", text) else None


def _day(value: object, today: date) -> date | None:
    try:
        day = read_day(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return day if day is not None and day <= today else None
