"""Changes of the people behind a company in the last twelve months: directors, legal representative, owners.

Appointments count, and no resignations: a director whom nobody succeeds leaves a gap that the officers show, and an
answer that lost the day of a resignation would otherwise look better.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from admission.evidence.answers import Coverage
from admission.evidence.facts import CompanyProfile, Facts
from admission.evidence.topics import Topic
from admission.metrics.catalogue import Metric, known, unknown
from admission.metrics.registers import NOT_ON_RECORD, not_covered
from admission.model import Text

RECENT_DAYS = 365
_SECRETARIES = frozenset(
    {"secretary", "corporate-secretary", "nominee-secretary", "corporate-nominee-secretary", "llp-secretary"}
)
_NO_DAY = Text(en="the day of an appointment is not told", zh="有任职日期未列明")
_NOBODY_LOOKED = Text(en="nobody has recorded the changes in the register", zh="尚无人录入工商变更信息")


def change_metrics(facts: Facts, coverage: Coverage, *, as_of: date) -> list[Metric]:
    """Derive how many of the people behind a company changed of late.

    Args:
        facts: the usable facts.
        coverage: which topics were asked about.
        as_of: the day of the assessment.
    """
    since = as_of - timedelta(days=RECENT_DAYS)
    return [
        _new_directors(facts, coverage, since, as_of),
        _registered(
            "legal_representative_changes_12m", facts, lambda one: one.legal_representative_changed_on, since, as_of
        ),
        _registered("owner_changes_12m", facts, lambda one: one.owners_changed_on, since, as_of),
    ]


def _new_directors(facts: Facts, coverage: Coverage, since: date, as_of: date) -> Metric:
    name = "new_directors_12m"
    if not coverage.complete(Topic.OFFICERS):
        return unknown(name, not_covered(coverage, Topic.OFFICERS))
    directors = [officer for officer in facts.officers if officer.role not in _SECRETARIES]
    sources = tuple(dict.fromkeys(officer.source for officer in directors)) or coverage.answered[Topic.OFFICERS]
    if not directors:
        return unknown(name, NOT_ON_RECORD, sources=sources)
    days = [officer.appointed_on or officer.appointed_before for officer in directors]
    if any(day is None for day in days):
        return unknown(name, _NO_DAY, sources=sources)
    return known(name, Decimal(sum(day >= since for day in days if day is not None)), sources, as_of)


def _registered(
    name: str, facts: Facts, read: Callable[[CompanyProfile], tuple[date, ...] | None], since: date, as_of: date
) -> Metric:
    """Of several registers that tell it, the one with most changes counts."""
    told = [(days, profile.source) for profile in facts.profiles if (days := read(profile)) is not None]
    if not told:
        return unknown(name, _NOBODY_LOOKED)
    count, source = max((sum(day >= since for day in days), source) for days, source in told)
    return known(name, Decimal(count), (source,), as_of)
