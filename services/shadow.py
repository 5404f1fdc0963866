"""A proposed policy beside the one in force: the same cases, the same facts, no effect."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from admission.assessment.assessing import Dossier, assess
from admission.assessment.record import Assessment
from admission.cases import Case
from admission.errors import BadInput, Conflict, GatehouseError, NotFound, Problem
from admission.governance.versions import Judgement, PolicyVersion, Shadow, ShadowResult
from admission.model import Text
from admission.people import Person
from wiring.house import House

LONGEST_FAILURE = 500


class ShadowReport(NamedTuple):
    """What a shadow would have decided otherwise.

    Attributes:
        results: of all cases that were assessed under it, by case and round.
    """

    shadow: Shadow
    results: Sequence[ShadowResult]

    @property
    def otherwise(self) -> list[ShadowResult]:
        """The cases that would have gone otherwise."""
        return [result for result in self.results if result.otherwise]

    @property
    def failed(self) -> list[ShadowResult]:
        """The cases that the shadow could not assess."""
        return [result for result in self.results if result.shadow is None]


def start_shadow(house: House, version: PolicyVersion, until: date, person: Person) -> Shadow:
    """Let a version of the policy run beside the one in force.

    Raises:
        NotAllowed: the person may not.
        BadInput: a day that is past.
        Conflict: another one runs, or this one is withdrawn or itself in force.
        GatehouseError: it, or the policy in force, cannot be used.
    """
    if until < house.today():
        problem = Problem(
            "until", str(until), Text(en=f"a day from {house.today()} on", zh=f"不早于 {house.today()} 的日期")
        )
        raise BadInput(
            Text(en="The shadow would be over before it begins.", zh="试运行在开始之前就已结束。"), problems=[problem]
        )
    if version.state == "withdrawn":
        raise Conflict(
            Text(en="This version of the policy was withdrawn.", zh="该版本准入政策已撤回。"),
            context={"policy": version.title},
        )
    if version.policy().sha256 == house.policy_in_force().sha256:
        raise Conflict(
            Text(
                en="This version of the policy is the one in force, so it would decide nothing otherwise.",
                zh="该版本即为现行准入政策，试运行不会得出不同结论。",
            ),
            context={"policy": version.title},
        )
    return house.casebook.shadows.start(version.id, until, person.username, house.today())


def assess_in_shadow(house: House, case: Case, dossier: Dossier, assessment: Assessment, day: date) -> None:
    """Assess a case under the shadow policy too, and keep what it would have decided; nothing where none runs.

    Whatever goes wrong in the shadow is kept as its result and never stops the case.

    Args:
        house: the house.
        case: in the round that is assessed.
        dossier: what it was assessed on.
        assessment: under the policy in force, about to be saved.
        day: of the assessment.
    """
    shadow = house.casebook.shadows.running(day)
    if shadow is None:
        return
    judged, failure = None, ""
    try:
        policy = house.policy_version(shadow.version)
        judged = Judgement.of(assess(dossier, policy, house.rates, as_of=day))
    except Exception as error:
        # Any error of the shadow is its own affair: a proposal that breaks must not stop a customer.
        told = str(error) if isinstance(error, GatehouseError) else f"{type(error).__name__}: {error}"
        failure = told[:LONGEST_FAILURE]
    result = ShadowResult(
        case=case.reference,
        round=case.round,
        assessment=assessment.sha256,
        in_force=Judgement.of(assessment),
        shadow=judged,
        failure=failure,
    )
    house.casebook.shadows.keep(shadow.id, result)


def report(house: House) -> ShadowReport:
    """Return what the shadow that runs, or else the one that ran last, would have decided.

    Raises:
        NotFound: there never was one.
    """
    shadows = house.casebook.shadows.all()
    if not shadows:
        raise NotFound(
            Text(en="No policy has run in the shadow yet.", zh="尚无准入政策试运行。"),
            remedy=Text(
                en="start one: gatehouse policy shadow VERSION --until DAY",
                zh="可运行 gatehouse policy shadow 版本 --until 日期",
            ),
        )
    return ShadowReport(shadows[-1], house.casebook.shadows.results(shadows[-1].id))
