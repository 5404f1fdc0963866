"""How the decision is to be taken, in words: by the machine, by desk stages, or by a committee."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from admission.application import Requested
from admission.approval.seats import Requirement
from admission.approval.stages import Stage
from admission.assessment.engine.routes import (
    ChosenBand,
    Obstacle,
    Rise,
    RouteChoice,
    RouteFigures,
    find_band,
    find_route,
)
from admission.assessment.engine.verdicts import Against, Why
from admission.assessment.record import CriterionResult, Route
from admission.evidence.answers import Answer, Evidence
from admission.evidence.findings import Finding, Verdict, Weight
from admission.model import Text
from admission.money import Exchange, no_rate
from admission.policy import HOLD_STAGE, Band, Grade, Policy, Standards

REOPENED = Text(en="re-opened after a person's look at the machine's decision", zh="人工抽查系统决定后重开")
NO_CREDIT = Text(en="no credit can be recommended", zh="无可建议额度")
CLEARING = Stage(
    name=HOLD_STAGE,
    title=Text(en="Hold: credit clears the outstanding matter", zh="暂缓：信用部核清未决事项"),
    require=Requirement(department="credit"),
)


class RouteInputs(NamedTuple):
    """What a route is chosen by, and said with.

    Attributes:
        standards: what the policy asks of the segment, its matrix among it.
        results: what came of criteria and caps.
        findings: of the checks of the data and of the assessment.
        evidence: what was asked, and whether there was an answer.
        limit: what is recommended.
        exchange: the rates of the day.
        reopened: whether a person's look re-opened what the machine had decided.
    """

    policy: Policy
    standards: Standards
    grade: Grade
    requested: Requested
    results: Sequence[CriterionResult]
    findings: Sequence[Finding]
    evidence: Sequence[Evidence]
    limit: Decimal
    exchange: Exchange
    reopened: bool = False

    @property
    def amount(self) -> Decimal | None:
        """Return what is asked for, in the house currency; None without a rate."""
        return self.exchange.convert(self.requested.limit, self.requested.currency)


class BandChoice(NamedTuple):
    """The amount band that decides, and how it was come to: the amount's own band, and each reason for a higher one."""

    band: Band
    why: tuple[Text, ...]


def choose_route(inputs: RouteInputs) -> Route:
    """Choose the route by what came of criteria, checks and sources.

    A failed criterion of effect `reject` is a knock-out. The fast track needs a good grade, a small amount and nothing
    failed, unknown or unasked. Everything else goes to people: by amount in the house currency, raised by the grade;
    an amount that cannot be converted goes to the highest band; a failed or unknown criterion that asks for a
    committee goes to the first committee band at least. What an override covers is accepted, and asks for the next
    band up instead: whoever departs from a rule is looked at by more people, and never by the machine alone.

    A case that a person's look at the machine's decision re-opened goes to people whatever it says: after a knock-out
    to those of the highest band.
    """
    figures = RouteFigures(
        against=list_against(inputs.standards, inputs.results),
        grade=inputs.grade,
        amount=inputs.amount,
        limit=inputs.limit,
        failed_finding=any(bars_fast_track(finding) for finding in inputs.findings),
        silent_source=any(is_silent(item) for item in inputs.evidence),
        reopened=inputs.reopened,
    )
    return say_route(find_route(inputs.policy, inputs.standards, figures), inputs)


def choose_band(
    policy: Policy, standards: Standards, grade: Grade, amount: Decimal | None, results: Sequence[CriterionResult]
) -> BandChoice:
    """Choose the band that decides.

    Args:
        policy: the policy.
        standards: what it asks of the segment, its matrix among it.
        grade: the grade.
        amount: what is asked for, in the house currency; None where that is not known.
        results: what came of the criteria.
    """
    against = list_against(standards, results)
    chosen = find_band(policy, standards, grade, amount, against)
    why = tuple(_say_rise(rise, bands, chosen, grade, against) for rise, bands in chosen.rises)
    return BandChoice(chosen.band, why)


def say_route(chosen: RouteChoice, inputs: RouteInputs) -> Route:
    """Return a route in words: its stages, and why the machine does not decide alone."""
    if chosen.kind == "knock_out":
        return Route(kind="knock_out", reasons=tuple(item.message for item in rejections(inputs.results)))
    if chosen.band is None:
        return Route(kind=chosen.kind)
    band = chosen.band.band
    return Route(
        kind=chosen.kind,
        stages=(CLEARING, *band.stages) if chosen.held else band.stages,
        band=band.name,
        reasons=tuple(text for obstacle in chosen.obstacles for text in _say_obstacle(obstacle, inputs)),
    )


def rejections(results: Sequence[CriterionResult]) -> list[CriterionResult]:
    """Return the failed criteria that reject."""
    return [item for item in results if item.verdict is Verdict.FAIL and item.effect == "reject"]


def bars_fast_track(finding: Finding) -> bool:
    """True where a check that did not pass leaves the case to people."""
    return finding.verdict is not Verdict.PASS and finding.weight is not Weight.INFO


def is_silent(evidence: Evidence) -> bool:
    """True where a source that was to be asked gave no answer; one that nobody has set up is none that was to be."""
    return not evidence.answer.answered and evidence.answer not in (Answer.SKIPPED, Answer.NOT_CONFIGURED)


def list_against(standards: Standards, results: Sequence[CriterionResult]) -> list[Against]:
    """Return the results that did not pass, as the engine takes them."""
    # A cap on exposure is no criterion; its effect is the committee.
    on_unknown = {criterion.id: criterion.on_unknown for criterion in standards.criteria}
    return [
        against if item.overridden is None else against.covered()
        for item in results
        if item.verdict is not Verdict.PASS and not item.not_asked
        for against in [Against.of(item.id, item.verdict, item.effect, Why.FAILED, on_unknown.get(item.id, "refer"))]
    ]


def _say_obstacle(obstacle: Obstacle, inputs: RouteInputs) -> Iterator[Text]:
    policy, grade = inputs.policy, inputs.grade
    if obstacle is Obstacle.RULES:
        yield from (item.message for item in inputs.results if item.verdict is not Verdict.PASS and not item.not_asked)
    elif obstacle is Obstacle.FINDINGS:
        yield from (finding.message for finding in inputs.findings if bars_fast_track(finding))
    elif obstacle is Obstacle.SOURCES:
        for item in inputs.evidence:
            if is_silent(item):
                en, zh = f"could not be asked ({item.answer})", f"未能查询（{item.answer}）"
                yield Text(en=f"{item.source}: {en}", zh=f"{item.source}：{zh}")
    elif obstacle is Obstacle.GRADE:
        yield _grade(grade)
    elif obstacle is Obstacle.NO_RATE:
        yield no_rate(inputs.requested.currency, policy.house_currency)
    elif obstacle is Obstacle.AMOUNT:
        most = f"{policy.approval.fast_track.up_to:,.0f} {policy.house_currency}"
        yield Text(en=f"more than {most}", zh=f"超过 {most}")
    else:
        yield REOPENED if obstacle is Obstacle.REOPENED else NO_CREDIT


def _say_rise(rise: Rise, bands: int, chosen: ChosenBand, grade: Grade, against: Sequence[Against]) -> Text:
    if rise is Rise.NO_AMOUNT:
        return _highest(Text(en="the amount is not known", zh="金额未知"))
    if rise is Rise.TOP_GRADE:
        return _highest(_grade(grade))
    if rise is Rise.REJECTED:
        return _highest(Text(en="a criterion rejects", zh="触发禁入条款"))
    if rise is Rise.COMMITTEE:
        names = ", ".join(item.id for item in against if item.wants_committee)
        return Text(en=f"asks for the committee: {names}", zh=f"须上评审会：{names}")
    if rise is Rise.BY_AMOUNT:
        name = chosen.by_amount.name if chosen.by_amount is not None else ""
        return Text(en=f"by the amount: {name}", zh=f"按金额：{name}")
    cause = _grade(grade) if rise is Rise.GRADE_UP else Text(en="an override", zh="例外批准")
    return Text(en=f"{cause.en}: {bands} band{'s' if bands > 1 else ''} up", zh=f"{cause.zh}：上调{bands}档")


def _grade(grade: Grade) -> Text:
    return Text(en=f"grade {grade.name}", zh=f"等级 {grade.name}")


def _highest(cause: Text) -> Text:
    return Text(en=f"{cause.en}: the highest band", zh=f"{cause.zh}：最高档")
