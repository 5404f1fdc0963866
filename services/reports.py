"""The report on the policy: what it did in a window of time, and how that stands to the house's appetite."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from admission.errors import BadInput, Problem
from admission.governance.report import Exposure, PolicyReport, policy_report
from admission.money import Exchange, Money
from wiring.house import House

DEFAULT_WINDOW = timedelta(days=365)


def report(house: House, since: date | None, until: date | None) -> PolicyReport:
    """Make the report on the cases assessed in a window; scores are compared with those of the same time before it.

    Args:
        house: the house.
        since: first day; a year before the last one if None.
        until: last day; today if None.

    Raises:
        BadInput: the window ends before it begins.
    """
    last = until or house.today()
    first = since or last - DEFAULT_WINDOW + timedelta(days=1)
    if first > last:
        problem = Problem("from", str(first), f"a day up to {last}")
        raise BadInput("The window ends before it begins.", problems=[problem])
    baseline = first - (last - first) - timedelta(days=1)
    policy, experience = house.policy, house.casebook.experience
    return policy_report(
        list(experience.snapshots(since=first, until=last)),
        experience.snapshots(since=baseline, until=first - timedelta(days=1)),
        policy.appetite,
        exposure(house, policy.house_currency),
        since=first,
        until=last,
        baseline_since=baseline,
    )


def exposure(house: House, currency: str) -> Exposure:
    """Sum the limits of the active customers in the house currency, at the rates of today.

    A customer whose industry no source told has the empty industry code.
    """
    total, unknown, customers = Decimal(0), 0, house.casebook.customers.all()
    snapshots = house.casebook.experience.snapshots() if customers else ()
    industries = {item.reference: item.metrics.get("industry_code") for item in snapshots}
    exchange = Exchange(house.rates, currency, house.today())
    sums: dict[str, dict[str, Decimal]] = {
        kind: defaultdict(Decimal) for kind in ("grade", "segment", "country", "industry")
    }
    for customer in customers:
        limit = Money(amount=customer.limit, currency=customer.currency)
        converted = exchange.convert(limit)
        if converted is None:
            unknown += 1
            continue
        amount = converted.money.amount
        total += amount
        for kind, name in (
            ("grade", customer.grade),
            ("segment", customer.application.segment),
            ("country", customer.country),
            ("industry", str(industries.get(customer.last_case) or "")),
        ):
            sums[kind][name] += amount
    return Exposure(
        currency=currency,
        total=total,
        by_grade=dict(sums["grade"]),
        by_segment=dict(sums["segment"]),
        by_country=dict(sums["country"]),
        by_industry=dict(sums["industry"]),
        customers=len(customers),
        unknown=unknown,
    )
