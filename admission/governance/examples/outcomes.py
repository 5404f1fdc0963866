"""What a policy makes of an example, held against what was expected, and against what another policy makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, get_args

from admission.approval.seats import Requirement
from admission.assessment.record import Assessment
from admission.evidence.findings import Finding, Verdict
from admission.governance.examples.situations import Example, Expected, LimitRange
from admission.model import Record, Text
from admission.money import Exchange, Money
from admission.people import Role
from admission.policy import Policy
from admission.problems import no_such

PEOPLE = ("desk", "committee")
ROLES = get_args(Role)
WAYS = ("knock_out", "fast_track", "people", *PEOPLE)
# Of reasons, not all of which a person would read.
SHOWN_REASONS = 8

GRADE = Text(en="grade", zh="等级")
LIMIT = Text(en="limit", zh="额度")
ROUTE = Text(en="route", zh="审批路径")
OFFICE = Text(en="offices", zh="审批职务")
SECURED = Text(en="secured", zh="须担保")
TERMS = Text(en="terms", zh="账期")
REASON = Text(en="reason", zh="理由")
SEGMENT = Text(en="segment", zh="客户类别")
YES, NO = Text(en="yes", zh="是"), Text(en="no", zh="否")


class Outcome(Record):
    """What a policy makes of an example.

    Attributes:
        offices: roles whose vote the route asks for.
        reasons: ids and sentences by which the case was decided, those that matter most first.
    """

    grade: str
    limit: Money
    route: str
    band: str
    offices: tuple[str, ...]
    secured: bool
    terms_days: int
    reasons: tuple[str, ...]

    @property
    def decided(self) -> tuple[object, ...]:
        """What is decided, without the words."""
        return (self.grade, self.limit, self.route, self.band, self.secured, self.terms_days)


class Miss(Record):
    """One thing that is not as expected."""

    what: Text
    expected: Text
    got: Text


class Result(NamedTuple):
    """What came of one example; it is as expected where nothing is missed."""

    example: Example
    outcome: Outcome
    misses: tuple[Miss, ...]


class Change(NamedTuple):
    """An example of which two policies make something else; None where the policy does not have its segment."""

    example: Example
    old: Outcome | None
    new: Outcome | None


def outcome_of(assessment: Assessment, findings: tuple[Finding, ...]) -> Outcome:
    """Take from an assessment what examples speak of.

    Args:
        assessment: of the example's company.
        findings: of the checks of its data.
    """
    route = assessment.route
    offices = {role for stage in route.stages for role in _roles(stage.require)}
    return Outcome(
        grade=assessment.grade,
        limit=Money(amount=assessment.limit.amount, currency=assessment.limit.currency),
        route=route.kind,
        band=route.band,
        offices=tuple(sorted(offices)),
        secured=assessment.terms.secured,
        terms_days=assessment.terms.days,
        reasons=tuple(dict.fromkeys(_reasons(assessment, findings))),
    )


def _roles(requirement: Requirement) -> Iterator[str]:
    if requirement.role is not None:
        yield requirement.role
    for part in (*requirement.all_of, *requirement.any_of):
        yield from _roles(part)


def _reasons(assessment: Assessment, findings: tuple[Finding, ...]) -> Iterator[str]:
    for result in assessment.criteria:
        if result.verdict is not Verdict.PASS:
            yield result.id
    for text in (*assessment.reasons, *assessment.route.reasons):
        yield text.en
    yield assessment.limit.binding
    for bound in assessment.limit.bounds:
        if bound.name == assessment.limit.binding:
            yield bound.reason.en
    for finding in (*findings, *assessment.findings):
        if finding.verdict is not Verdict.PASS:
            yield finding.code
            yield finding.message.en
    for part in sorted(assessment.parts, key=lambda part: part.points - part.maximum):
        if part.points < part.maximum:
            yield part.attribute
            yield part.reason.en
    for result in assessment.criteria:
        if result.verdict is not Verdict.PASS:
            yield result.message.en


def held_against(example: Example, outcome: Outcome, exchange: Exchange) -> Result:
    """Hold what a policy makes of an example against what was expected.

    Args:
        example: with what is expected.
        outcome: of the example.
        exchange: the rates of the example's day, for a limit that is expected in another currency.
    """
    return Result(example, outcome, tuple(_misses(example.expected, outcome, exchange)))


def _misses(expected: Expected, outcome: Outcome, exchange: Exchange) -> Iterator[Miss]:
    if expected.grade and outcome.grade not in expected.grade:
        yield Miss(what=GRADE, expected=_any_of(expected.grade), got=_as_is(outcome.grade))
    if expected.limit is not None and not _within(expected.limit, outcome.limit, exchange):
        got = f"{outcome.limit.amount:,.0f} {outcome.limit.currency}"
        yield Miss(what=LIMIT, expected=_range(expected.limit, outcome.limit.currency), got=_as_is(got))
    if expected.route and not _takes(expected.route, outcome):
        got = f"{outcome.route} {outcome.band}".strip()
        yield Miss(what=ROUTE, expected=_any_of(expected.route), got=_as_is(got))
    needed = [office for office in expected.without if office in outcome.offices]
    if needed:
        offices = "/".join(expected.without)
        spared = Text(en=f"without {offices}", zh=f"不需要 {offices}")
        yield Miss(what=OFFICE, expected=spared, got=_as_is(", ".join(needed)))
    if expected.secured is not None and expected.secured != outcome.secured:
        yield Miss(what=SECURED, expected=_yes(expected.secured), got=_yes(outcome.secured))
    if expected.terms_days is not None and outcome.terms_days > expected.terms_days:
        most = Text(en=f"at most {expected.terms_days} days", zh=f"不超过 {expected.terms_days} 天")
        yield Miss(what=TERMS, expected=most, got=_as_is(str(outcome.terms_days)))
    told = [text.casefold() for text in outcome.reasons]
    for reason in expected.reason:
        if not any(reason.casefold() in text for text in told):
            got = "; ".join(outcome.reasons[:SHOWN_REASONS]) or "-"
            yield Miss(what=REASON, expected=_as_is(reason), got=_as_is(got))


def _within(wanted: LimitRange, got: Money, exchange: Exchange) -> bool:
    amount = got.amount if wanted.currency is None else exchange.convert(got.amount, got.currency, wanted.currency)
    if amount is None:
        return False
    return (wanted.at_least is None or amount >= wanted.at_least) and (
        wanted.at_most is None or amount <= wanted.at_most
    )


def _takes(ways: tuple[str, ...], outcome: Outcome) -> bool:
    """True where the route is one of those that are right; people decide at the desk and in a committee."""
    taken = {outcome.route, outcome.band if outcome.route in PEOPLE else outcome.route}
    return bool(taken & set(ways)) or ("people" in ways and outcome.route in PEOPLE)


def unknown_names(example: Example, policy: Policy) -> Iterator[tuple[tuple[str, ...], str, Text]]:
    """Yield what an example names and its policy does not have: where in the example, the name, what would be right."""
    expected = example.expected
    segment = example.application.get("segment", "standard")
    if segment not in policy.segments:
        yield ("application", "segment"), str(segment), no_such(SEGMENT, str(segment), policy.segments)
    grades = [grade.name for grade in policy.grades]
    for name in expected.grade:
        if name not in grades:
            yield ("expected", "grade"), name, no_such(GRADE, name, grades)
    bands = [band.name for names in policy.segments for band in policy.standards(names).bands]
    ways = list(dict.fromkeys((*WAYS, *bands)))
    for name in expected.route:
        if name not in ways:
            yield ("expected", "route"), name, no_such(ROUTE, name, ways)
    for name in expected.without:
        if name not in ROLES:
            yield ("expected", "without"), name, no_such(OFFICE, name, ROLES)


def _any_of(names: tuple[str, ...]) -> Text:
    return Text(en=" or ".join(names), zh="或".join(names))


def _as_is(text: str) -> Text:
    return Text(en=text, zh=text)


def _yes(flag: bool) -> Text:
    return YES if flag else NO


def _range(wanted: LimitRange, currency: str) -> Text:
    unit = wanted.currency or currency
    least, most = wanted.at_least, wanted.at_most
    if least == most:
        return _as_is(f"{least:,.0f} {unit}")
    if least is None:
        return Text(en=f"at most {most:,.0f} {unit}", zh=f"不超过 {most:,.0f} {unit}")
    if most is None:
        return Text(en=f"at least {least:,.0f} {unit}", zh=f"不低于 {least:,.0f} {unit}")
    return Text(en=f"{least:,.0f} to {most:,.0f} {unit}", zh=f"{least:,.0f} 至 {most:,.0f} {unit}")
