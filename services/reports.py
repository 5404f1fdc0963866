"""The report on the policy: what it did in a window of time, and how that stands to the house's appetite."""

from __future__ import annotations

from datetime import date, timedelta

from admission.assessment.exposure import ExposureLedger
from admission.errors import BadInput, Problem
from admission.governance.report import PolicyReport, Window, policy_report
from admission.model import Text
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
        problem = Problem("from", str(first), Text(en=f"a day up to {last}", zh=f"不晚于 {last} 的日期"))
        message = Text(en="The window ends before it begins.", zh="起始日期晚于截止日期。")
        raise BadInput(message, problems=[problem])
    baseline = first - (last - first) - timedelta(days=1)
    window = Window(first, last, baseline)
    policy, experience = house.policy_in_force(), house.casebook.experience
    return policy_report(
        window,
        list(experience.snapshots(since=first, until=last)),
        experience.snapshots(since=baseline, until=first - timedelta(days=1)),
        policy.appetite,
        ExposureLedger(granted=house.casebook.granted.all()),
        house.exchange_by(policy),
    )
