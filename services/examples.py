"""What a policy makes of its examples: each goes through the checks of the data and the assessment, as a case does."""

from __future__ import annotations

from collections.abc import Sequence

from admission.assessment.assessing import Dossier, assess
from admission.evidence.findings import Validation
from admission.governance.examples.invented import Invented, invent, rates_of
from admission.governance.examples.outcomes import Change, Outcome, Result, held_against, outcome_of
from admission.governance.examples.situations import Example, ExampleFile
from admission.money import Exchange
from admission.policy import Policy


def try_examples(policy: Policy, files: Sequence[ExampleFile]) -> list[Result]:
    """Return what a policy makes of each example, and where that is not as expected.

    No setting of the house counts: the examples bring their own day and rates.

    Args:
        policy: the policy.
        files: read for this policy (`intake.examples.read_examples`).
    """
    return [
        held_against(
            example, outcome, Exchange(rates_of(file, policy.house_currency), policy.house_currency, file.as_of)
        )
        for file in files
        for example, outcome in _outcomes(policy, file)
    ]


def changed_examples(old: Policy, new: Policy, files: Sequence[ExampleFile]) -> list[Change]:
    """Return the examples of which two policies make something else: grade, limit, route, security or terms."""
    found = list[Change]()
    for file in files:
        before, after = ({example.id: made for example, made in _outcomes(policy, file)} for policy in (old, new))
        for example in file.examples:
            was, now = before.get(example.id), after.get(example.id)
            if (was.decided if was else None) != (now.decided if now else None):
                found.append(Change(example, was, now))
    return found


def _outcomes(policy: Policy, file: ExampleFile) -> list[tuple[Example, Outcome]]:
    """Assess the examples of a file, without those whose segment the policy does not have."""
    from expectations import validate

    invented = [(example, invent(example, file)) for example in file.examples]
    made = {example.id: company for example, company in invented if company.application.segment in policy.segments}
    validations = validate({name: company.facts for name, company in made.items()}, as_of=file.as_of)
    rates = rates_of(file, policy.house_currency)
    outcomes = []
    for example in file.examples:
        if example.id not in made:
            continue
        validation = validations[example.id]
        dossier = _dossier(example, made[example.id], validation)
        outcomes.append((example, outcome_of(assess(dossier, policy, rates, as_of=file.as_of), validation.findings)))
    return outcomes


def _dossier(example: Example, company: Invented, validation: Validation) -> Dossier:
    return Dossier(
        company.application,
        example.kind,
        company.evidence,
        validation,
        group_exposure=example.granted_to_group,
        unconfirmed=company.unconfirmed,
    )
