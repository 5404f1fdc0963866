"""Overrides: a departure from one criterion for one company, signed by two people, until a day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from admission.assessment.record import CriterionResult, Override
from admission.errors import BadInput, NotAllowed, NotFound, Problem
from admission.evidence.findings import Verdict
from admission.model import Text
from admission.policy import Policy
from admission.separation import Duty, check_independent, check_second


def in_force(overrides: Iterable[Override], on: date) -> tuple[Override, ...]:
    """Return the overrides that count on a day: confirmed, not over, the last one of each criterion."""
    last: dict[str, Override] = {}
    for override in sorted(overrides, key=lambda item: item.confirmed_at or item.at):
        if override.confirmed_by is not None and override.until >= on:
            last[override.criterion] = override
    return tuple(last[name] for name in sorted(last))


def check_override(policy: Policy, results: Sequence[CriterionResult], override: Override, on: date) -> None:
    """Refuse an override that could not count.

    Args:
        policy: the policy in force.
        results: what the current assessment says; empty where there is none.
        override: the proposal.
        on: today.

    Raises:
        NotFound: the policy has no such criterion.
        NotAllowed: the criterion rejects, which nobody overrides, or it is met.
        BadInput: no reason, a day that is past, or one farther ahead than the policy lets an override last.
    """
    names = [criterion.id for criterion in policy.all_criteria]
    effects = {criterion.id: criterion.effect for criterion in policy.all_criteria}
    if override.criterion not in effects:
        raise NotFound(
            Text(en="The policy has no such criterion.", zh="准入政策中没有这项准入标准。"),
            context={"criterion": override.criterion[:80]},
            remedy=Text(en=f"criteria are: {', '.join(names)}", zh=f"准入标准有：{'、'.join(names)}"),
        )
    if effects[override.criterion] == "reject":
        raise NotAllowed(
            Text(en="A criterion that rejects is not overridden.", zh="禁入条款不得作例外批准。"),
            context={"criterion": override.criterion},
            remedy=Text(
                en="where a list entry is another company, rule on it; where a fact is wrong, correct the evidence",
                zh="名单条目如属另一家企业，请对该条目作出裁定；事实有误，请更正资料",
            ),
        )
    problems = []
    if not override.reason.strip():
        expected = Text(en="why this case departs from the company's policy", zh="说明为何偏离准入政策")
        problems.append(Problem("reason", "", expected))
    last = on + timedelta(days=policy.approval.longest_override_days)
    if not on <= override.until <= last:
        expected = Text(en=f"a day from {on} to {last}", zh=f"{on} 至 {last} 之间的日期")
        problems.append(Problem("until", str(override.until), expected))
    if problems:
        raise BadInput(Text(en="The override cannot be taken.", zh="无法受理该例外申请。"), problems=problems)
    if any(result.id == override.criterion and result.verdict is Verdict.PASS for result in results):
        message = Text(en="This criterion is met; there is nothing to override.", zh="该准入标准已达标，无须例外批准。")
        raise NotAllowed(message, context={"case": override.case})


def check_confirmation(override: Override, person: str, requester: str | None) -> None:
    """Refuse a second signature that is none.

    Raises:
        NotAllowed: the same person again, or the one who asked for the customer.
    """
    check_second(person, override.by, case=override.case)
    check_independent(Duty.CONFIRM_OVERRIDE, person, requester, case=override.case)
