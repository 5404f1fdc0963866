"""What the policy did: who was approved, what went bad, whether the applicants have changed, and the appetite."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from admission.assessment.engine.caps import CapUse, measure_caps
from admission.assessment.exposure import CapKind, ExposureLedger, GrantedLimits
from admission.cases import CaseKind
from admission.customers.experience import DecisionSnapshot
from admission.evidence.findings import Verdict
from admission.model import Record, Text
from admission.money import Exchange
from admission.policy import Appetite
from admission.proportions import Proportion, Stability, proportion, stability

PEOPLE_ROUTES = ("desk", "committee")
CAP_TITLES: dict[CapKind, Text] = {
    "total": Text(en="exposure in all, at most, {1}", zh="总敞口不高于（{1}）"),
    "group": Text(en="exposure to one group, at most, {1}", zh="单一集团敞口不高于（{1}）"),
    "grade": Text(en="exposure to grade {0}, at most, {1}", zh="等级{0}敞口不高于（{1}）"),
    "segment": Text(en="exposure to segment {0}, at most, {1}", zh="客户类别{0}敞口不高于（{1}）"),
    "country": Text(en="exposure to country {0}, at most, {1}", zh="国家{0}敞口不高于（{1}）"),
    "industry": Text(en="exposure to industry {0}, at most, {1}", zh="行业{0}敞口不高于（{1}）"),
}


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


class Window(NamedTuple):
    """The time that a report is about.

    Attributes:
        since, until: first and last day of assessment that count.
        baseline_since: from this day on, up to the day before `since`, scores are compared with.
    """

    since: date
    until: date
    baseline_since: date


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
    exposure: GrantedLimits


def policy_report(
    window: Window,
    now: Sequence[DecisionSnapshot],
    before: Iterable[DecisionSnapshot],
    appetite: Appetite,
    ledger: ExposureLedger,
    exchange: Exchange,
) -> PolicyReport:
    """Make the report.

    Args:
        window: the time it is about.
        now: cases assessed in it.
        before: cases of the time that scores are compared with.
        appetite: of the policy in force.
        ledger: of the customers of today.
        exchange: the rates of today.
    """
    applicants = [item for item in now if item.kind is CaseKind.ONBOARDING]
    total = _rates("onboarding", applicants)
    bad_rate = _bad_rate("", now)
    earlier = [item.score for item in before if item.kind is CaseKind.ONBOARDING]
    return PolicyReport(
        since=window.since,
        until=window.until,
        baseline_since=window.baseline_since,
        policies=tuple(sorted({item.policy_version for item in now})),
        kinds=tuple(_rates(kind, items) for kind, items in _grouped(now, lambda item: str(item.kind)).items()),
        segments=tuple(_rates(name, items) for name, items in _grouped(applicants, lambda item: item.segment).items()),
        grades=tuple(_rates(name, items) for name, items in _grouped(applicants, lambda item: item.grade).items()),
        bad_rates=tuple(_bad_rate(name, items) for name, items in _grouped(now, lambda item: item.grade).items()),
        bad_rate=bad_rate,
        stability=stability(earlier, [item.score for item in applicants]),
        targets=(
            *_rate_targets(appetite, total.approved, bad_rate.bad),
            *(_cap_target(use, exchange.house_currency) for use in measure_caps(appetite.caps, ledger, exchange)),
        ),
        exposure=ledger.total_up(exchange),
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


def _cap_target(use: CapUse, currency: str) -> Target:
    title = CAP_TITLES[use.kind]
    return Target(
        name=f"caps.{use.kind}.{use.name}" if use.kind not in ("total", "group") else f"caps.{use.kind}",
        title=Text(en=title.en.format(use.name, currency), zh=title.zh.format(use.name, currency)),
        target=use.cap,
        actual=use.others.amount if use.others is not None else None,
        met={Verdict.PASS: True, Verdict.FAIL: False, Verdict.UNKNOWN: None}[use.verdict],
    )
