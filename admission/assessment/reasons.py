"""The main reasons of an assessment: what mattered most for this outcome, and not what lost most points.

First the failed rules, the gravest effect before others; then the rules that could not be checked, where they decided
route or security; then the bound of the limit that held; then the attributes without which the grade would be another.
What nobody was asked about comes last, and is never named before something known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from admission.assessment.engine.routes import Obstacle
from admission.assessment.engine.rulebook import Reckoning
from admission.assessment.engine.verdicts import Against
from admission.assessment.limits import KNOCK_OUT
from admission.assessment.record import CriterionResult, Limit, ScorePart
from admission.evidence.findings import Verdict
from admission.metrics.catalogue import CATALOGUE, Metric
from admission.model import Text
from admission.policy import Policy

# As creditors in the United States are expected to give (12 CFR 1002.9, commentary).
MAX_REASONS = 4


class Outcome(NamedTuple):
    """An outcome, and all that it came from.

    Attributes:
        asked: the limit that was asked for, in the currency of `limit`.
        results: what came of criteria and caps, in words.
        parts: points of the attributes, in words, in the order of the scorecard.
    """

    policy: Policy
    reckoned: Reckoning
    metrics: Mapping[str, Metric]
    results: Sequence[CriterionResult]
    parts: Sequence[ScorePart]
    limit: Limit
    asked: Decimal


class _Reason(NamedTuple):
    """One reason.

    Attributes:
        metric: that it is about; empty where it is about none.
        not_asked: whether nobody was asked about what it names.
    """

    text: Text
    metric: str = ""
    not_asked: bool = False


def choose_deciding_reasons(outcome: Outcome) -> tuple[Text, ...]:
    """Return at most four reasons for an outcome, the most important first.

    A knock-out is decided by rules alone. Where nothing decided against the company and no attribute alone carries its
    grade, the reasons are what it lost most points by, so that a memo has a reason wherever there is one.
    """
    found = list(_failed(outcome))
    if outcome.reckoned.route.kind != "knock_out":
        found += [*_unknown(outcome), *_grade_bounds(outcome), *_limit_bound(outcome)]
        named = {reason.metric for reason in found}
        found += [reason for reason in _attributes(outcome) if reason.metric not in named]
    found = found or [_attribute(part, outcome) for part in _by_points_lost(outcome.parts)]
    asked_first = sorted(found, key=lambda reason: reason.not_asked)
    return tuple(dict.fromkeys(reason.text for reason in asked_first))[:MAX_REASONS]


def _failed(outcome: Outcome) -> Iterator[_Reason]:
    """Yield the rules that failed and that no override covers, those of the gravest effect first."""
    failed = [item for item in _open(outcome) if item.verdict is Verdict.FAIL]
    yield from (_rule(item, outcome) for item in sorted(failed, key=gravity_of))


def _unknown(outcome: Outcome) -> Iterator[_Reason]:
    """Yield the rules that could not be checked, where they decided and nothing known would have done so alone."""
    known = [item for item in _open(outcome) if item.verdict is Verdict.FAIL]
    unknown = [item for item in _open(outcome) if item.verdict is Verdict.UNKNOWN]
    route = outcome.reckoned.route
    for item in sorted(unknown, key=gravity_of):
        secures = item.wants_security and not outcome.reckoned.points.grade.secured
        decides = (
            (secures and not any(other.wants_security for other in known))
            or (item.wants_committee and route.kind == "committee" and not any(one.wants_committee for one in known))
            or (item.holds and route.held and not any(other.holds for other in known))
            or (outcome.reckoned.points.bounded and item.best_grade == outcome.reckoned.points.grade.name)
            or (route.obstacles == (Obstacle.RULES,) and not known)
        )
        if decides:
            yield _rule(item, outcome)


def _grade_bounds(outcome: Outcome) -> Iterator[_Reason]:
    """Yield what holds the grade below that of the points, besides criteria: the segment, or what is not known."""
    points, card, standards = outcome.reckoned.points, outcome.policy.scorecard, outcome.reckoned.standards
    if not points.bounded:
        return
    grade, silent = points.grade.name, {name for name, metric in outcome.metrics.items() if _is_silent(metric)}
    if grade == standards.best_grade:
        title = standards.segment
        yield _Reason(Text(en=f"Segment {title}: grade {grade} at best", zh=f"客户类别 {title}：等级最高为 {grade}"))
    if grade == card.missing_cap and points.missing_share > card.max_missing_share:
        share = f"{points.missing_share:.0%}"
        en, zh = f"{share} of the points rest on what is missing", f"{share} 的分值缺少数据"
        yield _Reason(Text(en=f"{en}: grade {grade} at best", zh=f"{zh}：等级最高为 {grade}"))
    for cap in card.not_asked_caps:
        if grade == cap.best_grade and silent.issuperset(cap.metrics):
            meanings = [CATALOGUE[name].meaning for name in cap.metrics]
            en, zh = ", ".join(item.en for item in meanings), "、".join(item.zh for item in meanings)
            text = Text(en=f"Not asked: {en}; grade {grade} at best", zh=f"未查询：{zh}；等级最高为 {grade}")
            yield _Reason(text, not_asked=True)


def _limit_bound(outcome: Outcome) -> Iterator[_Reason]:
    """Yield the bound that the limit comes from, where that leaves it below what was asked for."""
    limit = outcome.limit
    if limit.binding == KNOCK_OUT or limit.amount >= outcome.asked:
        return
    words = next((bound.reason for bound in limit.bounds if bound.name == limit.binding), None)
    if words is not None:
        amount = f"{limit.amount:,.0f} {limit.currency}"
        yield _Reason(Text(en=f"Limit {amount}: {words.en}", zh=f"额度 {amount}：{words.zh}"))


def _attributes(outcome: Outcome) -> Iterator[_Reason]:
    """Yield the attributes that decided the grade: those that keep it from a better one, or those that carry the best.

    One that alone would lift the grade with its full points comes first; where none would alone, those that lost most
    points and would together. The best grade is carried by those whose neutral points would give a worse one.
    """
    policy = outcome.policy
    scored = {attribute.metric: attribute for attribute in policy.scorecard.attributes}
    pairs = [(scored[part.attribute], part) for part in outcome.parts]
    if outcome.reckoned.points.grade.name == policy.grades[0].name:
        carrying = [
            (part.points - attribute.missing, part)
            for attribute, part in pairs
            if not part.missing and _moves(attribute.missing - part.points, outcome)
        ]
        yield from (_attribute(part, outcome) for _, part in sorted(carrying, key=lambda item: -item[0]))
        return
    lacking = [
        (attribute.maximum - (attribute.minimum if part.withheld else part.points), part) for attribute, part in pairs
    ]
    lacking = [item for item in lacking if item[0] > 0]
    lacking.sort(key=lambda item: (item[1].missing, -item[0]))
    lifting = [part for more, part in lacking if _moves(more, outcome)]
    yield from (_attribute(part, outcome) for part in lifting or _together(lacking, outcome))


def _together(lacking: Sequence[tuple[Decimal, ScorePart]], outcome: Outcome) -> list[ScorePart]:
    """Return the first attributes that would together lift the grade with their full points; none where none would."""
    more, found = Decimal(0), list[ScorePart]()
    for points, part in lacking:
        more += points
        found.append(part)
        if _moves(more, outcome):
            return found
    return []


def _by_points_lost(parts: Sequence[ScorePart]) -> list[ScorePart]:
    lost = [part for part in parts if part.points < part.maximum]
    return sorted(lost, key=lambda part: (part.missing, part.points - part.maximum))


def _moves(more: Decimal, outcome: Outcome) -> bool:
    """True where so many points more, or less, would give another grade than the points do."""
    policy, points = outcome.policy, outcome.reckoned.points
    # Where something else holds the grade down, more points would not lift it.
    if more > 0 and points.bounded:
        return False
    # Where some attributes do not count, the points of the others make up the hundred.
    whole = sum((part.maximum for part in outcome.parts), Decimal(0))
    then = points.assured + more * 100 / whole
    return policy.grade_of(then).name != policy.grade_of(points.assured).name


def _open(outcome: Outcome) -> list[Against]:
    return [item for item in outcome.reckoned.against if not item.overridden and not item.noted]


def _rule(item: Against, outcome: Outcome) -> _Reason:
    message = next(result.message for result in outcome.results if result.id == item.id)
    metric = next((one.metric for one in outcome.reckoned.criteria if one.id == item.id), "")
    silent = item.verdict is Verdict.UNKNOWN and metric in outcome.metrics and _is_silent(outcome.metrics[metric])
    return _Reason(message, metric, silent)


def _attribute(part: ScorePart, outcome: Outcome) -> _Reason:
    return _Reason(part.reason, part.attribute, part.missing and _is_silent(outcome.metrics[part.attribute]))


def gravity_of(item: Against) -> int:
    """Return how grave the effect of a rule is; the gravest is least."""
    return [item.rejects, item.wants_committee, item.holds, item.wants_security, True].index(True)


def _is_silent(metric: Metric) -> bool:
    """True where nobody was asked about a figure: nothing that could tell it is set up, or a source gave no answer."""
    return metric.value is None and metric.not_asked
