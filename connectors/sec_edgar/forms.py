"""Forms of the SEC, and what follows from one being filed.

Form 8-K tells of a bankruptcy, and only a company that files periodic reports owes it (Exchange Act, rules 13a-11 and
15d-11). A foreign issuer files 20-F and 6-K instead; a company that has deregistered files nothing. So the newest
periodic report tells whether silence means anything.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta

ANNUAL_FORMS = frozenset(
    form + ending for form in ("10-K", "10-K405", "10-KSB", "10-KT", "20-F", "40-F") for ending in ("", "/A")
)
# Amendments are left out: they may come years later, of a year in which the company still reported.
_PERIODIC_FORMS = frozenset({"10-K", "10-K405", "10-KSB", "10-KT", "10-Q", "10-QSB", "10-QT"})
_DEREGISTRATION = re.compile(r"(15F?-(12B|12G|15D)(/A)?|REVOKED)")
# What a company files itself; holders, exchanges and the SEC's staff file the rest of its list.
_OWN = re.compile(r"8-K|10-[KQ]|NT |15F?-|20-F|40-F|6-K")
_SILENT_MONTHS = 15
# A class of securities stays registered for 90 days after form 15 (rules 12d2-2 and 12g-4).
_STILL_REPORTS = timedelta(days=90)


def is_periodic(form: str) -> bool:
    """True for the annual and quarterly reports of those who owe form 8-K too."""
    return form in _PERIODIC_FORMS


def is_regular(form: str) -> bool:
    """True for annual and quarterly reports, those of foreign issuers too; amendments are none."""
    return is_periodic(form) or (form in ANNUAL_FORMS and not is_amendment(form))


def is_current_report(form: str) -> bool:
    """True for form 8-K, also as the first of a company that succeeds another (8-K12B, 8-K12G3, 8-K15D5)."""
    return form.startswith("8-K")


def is_amendment(form: str) -> bool:
    """True for what amends an earlier filing."""
    return form.endswith("/A")


def is_own(form: str) -> bool:
    """True for reports of the company itself, which show that it still answers."""
    return bool(_OWN.match(form))


def is_deregistration(form: str) -> bool:
    """True where a class of securities leaves the register, for whatever reason."""
    return bool(_DEREGISTRATION.fullmatch(form))


def went_on(filed_on: date, reported_on: Iterable[date]) -> bool:
    """True where the company went on reporting after it had deregistered a class of securities.

    Args:
        filed_on: day of the form that deregisters.
        reported_on: days of annual and quarterly reports.
    """
    return any(day > filed_on + _STILL_REPORTS for day in reported_on)


def silent_since(last_on: date) -> date:
    """Return the first day on which a company counts as silent, after the last day on which it reported."""
    years, month = divmod(last_on.month - 1 + _SILENT_MONTHS, 12)
    year = last_on.year + years
    return date(year, month + 1, min(last_on.day, monthrange(year, month + 1)[1])) + timedelta(days=1)
