"""What the policy did: who was approved, what went bad, whether the applicants have changed, and the appetite."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from admission.cases import CaseKind
from admission.customers.experience import DecisionSnapshot
from admission.model import Record, Text
from admission.policy import Appetite
from admission.proportions import Proportion, Stability, proportion, stability

PEOPLE_ROUTES = ("desk", "committee")


class Rates(Record):
    """What became of a set of cases.

    Attributes:
        name: of the segment, grade or kind of case.
        cases: how many were assessed.
        approved, declined: of those that are decided.
        referred: of all, those that went to people.
        overridden: of all, those in which an override covered a criterion.
        cut: of those approved, those that were granted less than was recommended.
    """

    name: str
    cases: int
    approved: Proportion
    declined: Proportion
    referred: Proportion
    overridden: Proportion
    cut: Proportion


class BadRate(Record):
    """How the debts of one grade went.

    Attributes:
        bad: defaults, of the approved cases of which anything is recorded.
        unknown: approved cases of which nothing is.
    """

    grade: str
    bad: Proportion
    unknown: int


class Target(Record):
    """One aim of the appetite against what is.

    Attributes:
        actual: None where it is unknown.
        met: None where nobody can tell; a rate is missed only where its whole interval is beyond the aim.
    """

    name: str
    title: Text
    target: Decimal
    actual: Decimal | None
    interval: tuple[float, float] | None = None
    met: bool | None = None


class Exposure(Record):
    """Limits of the active customers in the house currency.

    Attributes:
        unknown: customers whose limit could not be converted; the sums are without them.
        by_group: None while no group of companies is known.
    """

    currency: str
    total: Decimal
    by_grade: dict[str, Decimal]
    by_segment: dict[str, Decimal]
    by_country: dict[str, Decimal]
    by_industry: dict[str, Decimal]
    by_group: dict[str, Decimal] | None = None
    customers: int
    unknown: int


class PolicyReport(Record):
    """The report.

    Attributes:
        since, until: first and last day of assessment that count.
        baseline_since: from this day on, up to the day before `since`, scores are compared with.
        policies: versions that cases were assessed under.
        kinds: onboarding, reviews and changes of limits as wholes; segments and grades are of onboarding alone.
    """

    since: date
    until: date
    baseline_since: date
    policies: tuple[str, ...]
    kinds: tuple[Rates, ...]
    segments: tuple[Rates, ...]
    grades: tuple[Rates, ...]
    bad_rates: tuple[BadRate, ...]
    bad_rate: BadRate
    stability: Stability
    targets: tuple[Target, ...]
    exposure: Exposure


def policy_report(
    now: Sequence[DecisionSnapshot],
    before: Iterable[DecisionSnapshot],
    appetite: Appetite,
    exposure: Exposure,
    *,
    since: date,
    until: date,
    baseline_since: date,
) -> PolicyReport:
    """Make the report.

    Args:
        now: cases assessed from `since` to `until`.
        before: cases of the window before it.
        appetite: of the policy in force.
        exposure: to the customers of today.
        since: first day of the window.
        until: last day of the window.
        baseline_since: first day of the window before it.
    """
    applicants = [item for item in now if item.kind is CaseKind.ONBOARDING]
    total = _rates("onboarding", applicants)
    bad_rate = _bad_rate("", now)
    earlier = [item.score for item in before if item.kind is CaseKind.ONBOARDING]
    return PolicyReport(
        since=since,
        until=until,
        baseline_since=baseline_since,
        policies=tuple(sorted({item.policy_version for item in now})),
        kinds=tuple(_rates(kind, items) for kind, items in _grouped(now, lambda item: str(item.kind)).items()),
        segments=tuple(_rates(name, items) for name, items in _grouped(applicants, lambda item: item.segment).items()),
        grades=tuple(_rates(name, items) for name, items in _grouped(applicants, lambda item: item.grade).items()),
        bad_rates=tuple(_bad_rate(name, items) for name, items in _grouped(now, lambda item: item.grade).items()),
        bad_rate=bad_rate,
        stability=stability(earlier, [item.score for item in applicants]),
        targets=(*_rate_targets(appetite, total.approved, bad_rate.bad), *_cap_targets(appetite, exposure)),
        exposure=exposure,
    )


def _grouped(
    items: Iterable[DecisionSnapshot], key: Callable[[DecisionSnapshot], str]
) -> Mapping[str, list[DecisionSnapshot]]:
    groups: dict[str, list[DecisionSnapshot]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return dict(sorted(groups.items()))


def _rates(name: str, items: Sequence[DecisionSnapshot]) -> Rates:
    decided = [item for item in items if item.outcome is not None]
    approved = [item for item in decided if item.approved]
    return Rates(
        name=name,
        cases=len(items),
        approved=proportion(len(approved), len(decided)),
        declined=proportion(len(decided) - len(approved), len(decided)),
        referred=proportion(sum(item.route in PEOPLE_ROUTES for item in items), len(items)),
        overridden=proportion(sum(item.overridden for item in items), len(items)),
        cut=proportion(sum(item.granted is not None and item.granted < item.limit for item in approved), len(approved)),
    )


def _bad_rate(grade: str, items: Sequence[DecisionSnapshot]) -> BadRate:
    approved = [item for item in items if item.approved]
    known = [item for item in approved if item.bad is not None]
    return BadRate(
        grade=grade,
        bad=proportion(sum(item.bad is True for item in known), len(known)),
        unknown=len(approved) - len(known),
    )


def _rate_targets(appetite: Appetite, approved: Proportion, bad: Proportion) -> Iterable[Target]:
    if appetite.target_approval_rate is not None:
        title = Text(en="approval rate, at least", zh="通过率不低于")
        yield _rate_target("target_approval_rate", title, appetite.target_approval_rate, approved, least=True)
    if appetite.target_bad_rate is not None:
        title = Text(en="bad rate, at most", zh="坏账率不高于")
        yield _rate_target("target_bad_rate", title, appetite.target_bad_rate, bad, least=False)


def _rate_target(name: str, title: Text, target: Decimal, actual: Proportion, *, least: bool) -> Target:
    if actual.share is None or actual.low is None or actual.high is None:
        return Target(name=name, title=title, target=target, actual=None)
    aim = float(target)
    met = actual.high >= aim if least else actual.low <= aim
    share = round(Decimal(actual.share), 4)
    return Target(name=name, title=title, target=target, actual=share, interval=(actual.low, actual.high), met=met)


def _cap_targets(appetite: Appetite, exposure: Exposure) -> Iterable[Target]:
    caps, currency = appetite.caps, exposure.currency
    # A sum that lacks somebody may be above the cap already; that it is below is not known.
    sure = exposure.unknown == 0
    if caps.total is not None:
        title = Text(en=f"exposure in all, at most, {currency}", zh=f"总敞口不高于（{currency}）")
        yield _cap_target("caps.total", title, caps.total, exposure.total, sure=sure)
    if caps.group is not None:
        title = Text(en=f"exposure to one group, at most, {currency}", zh=f"单一集团敞口不高于（{currency}）")
        largest = None if exposure.by_group is None else max(exposure.by_group.values(), default=Decimal(0))
        yield _cap_target("caps.group", title, caps.group, largest, sure=sure)
    for kind, zh, held, actual in (
        ("grade", "等级", caps.grade, exposure.by_grade),
        ("segment", "客户类别", caps.segment, exposure.by_segment),
        ("country", "国家", caps.country, exposure.by_country),
    ):
        for name, cap in held.items():
            title = Text(en=f"exposure to {kind} {name}, at most, {currency}", zh=f"{zh}{name}敞口不高于（{currency}）")
            yield _cap_target(f"caps.{kind}.{name}", title, cap, actual.get(name, Decimal(0)), sure=sure)
    for prefix, cap in caps.industry.items():
        title = Text(
            en=f"exposure to industry {prefix}, at most, {currency}", zh=f"行业{prefix}敞口不高于（{currency}）"
        )
        inside = sum((sum_ for code, sum_ in exposure.by_industry.items() if code.startswith(prefix)), Decimal(0))
        known = sure and "" not in exposure.by_industry
        yield _cap_target(f"caps.industry.{prefix}", title, cap, inside, sure=known)


def _cap_target(name: str, title: Text, cap: Decimal, actual: Decimal | None, *, sure: bool) -> Target:
    met: bool | None = None
    if actual is not None and (sure or actual > cap):
        met = actual <= cap
    return Target(name=name, title=title, target=cap, actual=actual, met=met)
