"""How debts went: recorded by a named person, on the case by which the credit was granted."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from admission.approval.mandates import Act
from admission.cases import Case
from admission.customers.experience import Performance, PerformanceWord
from admission.errors import NotFound
from admission.free_text import check_plain
from admission.model import Text
from admission.people import Person
from admission.separation import Duty, check_independent
from services.mandates import check_mandate, refusal_noted
from wiring.house import House

REFERENCE = re.compile(r"GH-\d{4}-\d{6}")


def granting_case(house: House, key: str, on: date) -> Case:
    """Return the case by which a company had its credit on a day.

    Args:
        house: the house.
        key: a case's reference, or a company key as `gatehouse customers` shows it.
        on: the day of the payment or default.

    Raises:
        NotFound: no such case; or the company was granted no credit by then.
    """
    if REFERENCE.fullmatch(key):
        return house.casebook.cases.get(key)
    granted = [
        case
        for case in house.casebook.cases.list(company_key=key)
        if case.decision is not None
        and case.decision.outcome in ("admitted", "kept")
        and case.decision.decided_at.date() <= on
    ]
    if not granted:
        raise NotFound(
            Text(en="No credit was granted to such a company by then.", zh="截至该日未向该企业授信。"),
            context={"company": key[:60], "on": str(on)},
            remedy=Text(
                en="give the case, or a company key as gatehouse customers shows it",
                zh="请提供申请单编号，或 gatehouse customers 所列的企业键",
            ),
        )
    return granted[0]


class DebtReport(NamedTuple):
    """How a debt went, as a person reports it; see `Performance`."""

    outcome: PerformanceWord
    on: date
    days_late: int | None = None
    amount: Decimal | None = None
    currency: str | None = None
    note: str = ""
    corrects: int | None = None


def record(house: House, key: str, report: DebtReport, person: Person) -> Performance:
    """Record how a debt went; see `Experience.record`.

    Args:
        house: the house.
        key: of the case or the company; see `granting_case`.
        report: how it went.
        person: who records it.

    Raises:
        NotAllowed: besides, the person has no mandate for it, or asked for this customer.
    """
    check_plain(Text(en="The report cannot be taken.", zh="无法受理该记录。"), {"note": report.note})
    check_mandate(house, Act.RECORD_PERFORMANCE, person)
    case = granting_case(house, key, report.on)
    with refusal_noted(house, "performance.refused", case.reference, person):
        check_independent(Duty.RECORD_PERFORMANCE, person.username, case.requester, case=case.reference)
    performance = Performance(
        case=case.reference,
        company_key=case.company_key,
        by=person.username,
        at=house.clock(),
        **report._asdict(),
    )
    return house.casebook.experience.record(performance, house.today())
