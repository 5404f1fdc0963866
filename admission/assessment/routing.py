"""How the decision is to be taken: by the machine, by desk stages, or by a committee."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from admission.application import Requested
from admission.approval.seats import Requirement
from admission.approval.stages import Stage
from admission.assessment.record import CriterionResult, Route
from admission.evidence.answers import Answer, Evidence
from admission.evidence.findings import Finding, Verdict, Weight
from admission.model import Text
from admission.money import Exchange, no_rate
from admission.policy import HOLD_STAGE, Band, Criterion, Grade, Policy, Standards

REOPENED = Text(en="re-opened after a person's look at the machine's decision", zh="人工抽查系统决定后重开")


class RouteInputs(NamedTuple):
    """What a route is chosen by.

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
        """What is asked for, in the house currency; None without a rate."""
        asked = self.exchange.convert(self.requested.money)
        return None if asked is None else asked.money.amount


def choose_route(inputs: RouteInputs) -> Route:
    """Choose the route.

    A failed criterion of effect `reject` is a knock-out. The fast track needs a good grade, a small amount and nothing
    failed, unknown or unasked. Everything else goes to people: by amount in the house currency, raised by the grade;
    an amount that cannot be converted goes to the highest band; a failed or unknown criterion that asks for a
    committee goes to the first committee band at least. What an override covers is accepted, and asks for the next
    band up instead: whoever departs from a rule is looked at by more people, and never by the machine alone.

    A case that a person's look at the machine's decision re-opened goes to people whatever it says: after a knock-out
    to those of the highest band.
    """
    standards, results = inputs.standards, inputs.results
    rejected = rejections(results)
    if rejected and not inputs.reopened:
        return Route(kind="knock_out", reasons=tuple(item.message for item in rejected))
    obstacles = list_obstacles(inputs)
    if not obstacles:
        return Route(kind="fast_track")
    band = choose_band(inputs.policy, standards, inputs.grade, inputs.amount, results).band
    stages = _with_hold(band.stages, standards.criteria, results)
    return Route(
        kind="committee" if band.committee else "desk", stages=stages, band=band.name, reasons=tuple(obstacles)
    )


def rejections(results: Sequence[CriterionResult]) -> list[CriterionResult]:
    """Return the failed criteria that reject."""
    return [item for item in results if item.verdict is Verdict.FAIL and item.effect == "reject"]


def list_obstacles(inputs: RouteInputs) -> list[Text]:
    """Return everything that stands against the fast track; empty where the machine may admit alone."""
    policy, grade = inputs.policy, inputs.grade
    rule, currency = policy.approval.fast_track, policy.house_currency
    obstacles = [item.message for item in inputs.results if item.verdict is not Verdict.PASS]
    obstacles += [
        finding.message
        for finding in inputs.findings
        if finding.verdict is not Verdict.PASS and finding.weight is not Weight.INFO
    ]
    silent = [item for item in inputs.evidence if not item.answer.answered and item.answer is not Answer.SKIPPED]
    obstacles += [
        Text(en=f"{item.source}: could not be asked ({item.answer})", zh=f"{item.source}：未能查询（{item.answer}）")
        for item in silent
    ]
    if grade.name not in rule.grades:
        obstacles.append(Text(en=f"grade {grade.name}", zh=f"等级 {grade.name}"))
    if inputs.amount is None:
        obstacles.append(no_rate(inputs.requested.currency, currency))
    elif inputs.amount > rule.up_to:
        most = f"{rule.up_to:,.0f} {currency}"
        obstacles.append(Text(en=f"more than {most}", zh=f"超过 {most}"))
    if inputs.reopened:
        obstacles.append(REOPENED)
    if inputs.limit == 0:
        obstacles.append(Text(en="no credit can be recommended", zh="无可建议额度"))
    return obstacles


class BandChoice(NamedTuple):
    """The amount band that decides, and how it was come to: the amount's own band, and each reason for a higher one."""

    band: Band
    why: tuple[Text, ...]


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
    bands = standards.bands
    if amount is None:
        return BandChoice(bands[-1], (_highest("the amount is not known", "金额未知"),))
    index = band_index(bands, amount)
    why = [Text(en=f"by the amount: {bands[index].name}", zh=f"按金额：{bands[index].name}")]
    if grade.level_up == "top":
        return BandChoice(bands[-1], (*why, _highest(f"grade {grade.name}", f"等级 {grade.name}")))
    if rejections(results):
        return BandChoice(bands[-1], (*why, _highest("a criterion rejects", "触发一票否决")))
    overridden = any(item.overridden is not None for item in results)
    ups = [
        (grade.level_up, Text(en=f"grade {grade.name}", zh=f"等级 {grade.name}")),
        (policy.approval.override_level_up if overridden else 0, Text(en="an override", zh="例外批准")),
    ]
    for up, cause in ups:
        if up:
            index += up
            why.append(Text(en=f"{cause.en}: {up} band{'s' if up > 1 else ''} up", zh=f"{cause.zh}：上调{up}档"))
    wanting = [item.id for item in results if _wants_committee(standards.criteria, item)]
    if wanting:
        first = next((place for place, band in enumerate(bands) if band.committee), len(bands) - 1)
        index = max(index, first)
        names = ", ".join(wanting)
        why.append(Text(en=f"asks for the committee: {names}", zh=f"须上评审会：{names}"))
    return BandChoice(bands[min(index, len(bands) - 1)], tuple(why))


def _highest(en: str, zh: str) -> Text:
    return Text(en=f"{en}: the highest band", zh=f"{zh}：最高档")


def band_index(bands: Sequence[Band], amount: Decimal) -> int:
    """Return the place of the amount band; bounds belong to the lower band."""
    return next(place for place, band in enumerate(bands) if band.up_to is None or amount <= band.up_to)


def _wants_committee(criteria: Sequence[Criterion], result: CriterionResult) -> bool:
    if not result.open:
        return False
    if result.effect == "committee":
        return True
    # A cap on exposure is no criterion; its effect is the committee.
    criterion = next((item for item in criteria if item.id == result.id), None)
    return criterion is not None and result.verdict is Verdict.UNKNOWN and criterion.on_unknown == "committee"


def _with_hold(
    stages: tuple[Stage, ...], criteria: Sequence[Criterion], results: Sequence[CriterionResult]
) -> tuple[Stage, ...]:
    """Put a stage of the credit department before the others while a `hold` criterion is not cleared."""
    on_unknown = {criterion.id: criterion.on_unknown for criterion in criteria}
    held = any(
        (result.verdict is Verdict.FAIL and result.effect == "hold")
        or (result.verdict is Verdict.UNKNOWN and on_unknown.get(result.id) == "hold")
        for result in results
        if result.open
    )
    if not held:
        return stages
    clearing = Stage(
        name=HOLD_STAGE,
        title=Text(en="Hold: credit clears the outstanding matter", zh="暂缓：信用部核清未决事项"),
        require=Requirement(department="credit"),
    )
    return (clearing, *stages)
