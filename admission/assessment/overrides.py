"""Overrides: a departure from one criterion for one company, signed by two people, until a day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from admission.assessment.record import CriterionResult, Override
from admission.errors import BadInput, NotAllowed, NotFound, Problem
from admission.evidence.findings import Verdict
from admission.policy import Policy
from admission.separation import Duty, check_independent


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
        BadInput: no reason, or a day that is past.
    """
    names = [criterion.id for criterion in policy.all_criteria]
    effects = {criterion.id: criterion.effect for criterion in policy.all_criteria}
    if override.criterion not in effects:
        raise NotFound(
            "The policy has no such criterion.",
            context={"criterion": override.criterion[:80]},
            remedy=f"criteria are: {', '.join(names)}",
        )
    if effects[override.criterion] == "reject":
        raise NotAllowed(
            "A criterion that rejects is not overridden.",
            context={"criterion": override.criterion},
            remedy="where a list entry is another company, rule on the entry; where a fact is wrong, mend the evidence",
        )
    problems = []
    if not override.reason.strip():
        problems.append(Problem("reason", "", "why the house departs from its rule"))
    if override.until < on:
        problems.append(Problem("until", str(override.until), f"a day from {on} on"))
    if problems:
        raise BadInput("The override cannot be taken.", problems=problems)
    if any(result.id == override.criterion and result.verdict is Verdict.PASS for result in results):
        raise NotAllowed("This criterion is met; there is nothing to override.", context={"case": override.case})


def check_confirmation(override: Override, person: str, requester: str | None) -> None:
    """Refuse a second signature that is none.

    Raises:
        NotAllowed: the same person again, or the one who asked for the customer.
    """
    context = {"case": override.case, "criterion": override.criterion}
    if person == override.by:
        raise NotAllowed("The second signature must be another person's.", context=context)
    check_independent(Duty.CONFIRM_OVERRIDE, person, requester, case=override.case)
