"""What a decision leaves to be done: the conditions that it sets, and what of its limit needs no security."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from admission.assessment.record import Assessment
from admission.cases import Case, CaseKind, Clause, Condition, Decision
from admission.model import Language
from admission.policy.customer_rules import CustomerRules
from admission.policy.treatments import Treatment

# Who proposed what the policy demands: nobody, so that everybody who may can find it met.
BY_POLICY = "system"
# Where contracts are made in Chinese.
_CHINESE = ("CN", "HK", "MO", "TW")


def open_limit(decision: Decision, assessment: Assessment) -> Decimal:
    """Return what of the limit granted needs no security.

    Approvers who accepted the unknowns by name lifted the security that only these asked for.
    """
    if decision.limit is None:
        return Decimal(0)
    lifted = assessment.terms.until_known and decision.decided_by == "people"
    if assessment.terms.secured and not lifted:
        return Decimal(0)
    part = assessment.terms.open_limit
    return decision.limit if part is None else min(decision.limit, part)


def conditions_of(
    case: Case,
    assessment: Assessment,
    asked: Mapping[str, str],
    before: Sequence[Condition],
    rules: CustomerRules,
    *,
    first: bool = False,
) -> list[Condition]:
    """Return the conditions of a decided case: what approvers asked for, and what the policy demands.

    What was on the customer before stays as it is where the system decides alone. Where people decide, what they and
    the policy ask for now counts; a clause that was found in the contract already is not looked for again. A change of
    the limit adds to what was asked for before, and lifts nothing of it.

    Args:
        case: with its decision.
        assessment: that was decided on.
        asked: what approvers asked for in their own words, with who did.
        before: the conditions on the customer until now; none for a new one.
        rules: of the policy in force.
        first: whether nobody had assessed the customer before, so that the policy has not demanded anything of it yet.
    """
    decision = case.decision
    if decision is None or decision.limit is None:
        return []
    demanded = list(_demanded(case, decision, assessment, rules))
    if decision.decided_by == "people" and case.kind is not CaseKind.LIMIT_CHANGE:
        met = {_clause_key(item): item for item in before if item.state == "met" and item.clause is not None}
        set_now = [
            *(Condition(id="", text=text, proposed_by=voter) for text, voter in asked.items()),
            *(met.get(_clause_key(item), item) for item in demanded),
        ]
    else:
        known = {_clause_key(item) for item in before}
        unchanged = decision.decided_by == "renewal" and not first
        new = [] if unchanged else [item for item in demanded if _clause_key(item) not in known]
        said = {item.text for item in before if item.clause is None}
        own = [Condition(id="", text=text, proposed_by=by) for text, by in asked.items() if text not in said]
        set_now = [*before, *own, *new]
    return _numbered(case.reference, set_now)


def _demanded(case: Case, decision: Decision, assessment: Assessment, rules: CustomerRules) -> Iterator[Condition]:
    language = _language_of(case)
    version = f"{assessment.policy.name} {assessment.policy.version}"
    due = decision.decided_at.date() + timedelta(days=rules.condition_days)
    for treatment in assessment.treatments:
        yield Condition(
            id="",
            text=treatment.text.to(language),
            proposed_by=BY_POLICY,
            due=None if treatment.before_delivery else due,
            clause=_clause(treatment, version, language),
        )


def _clause(treatment: Treatment, version: str, language: Language) -> Clause:
    return Clause(id=treatment.id, version=version, language=language, text=treatment.clause.to(language))


def _language_of(case: Case) -> Language:
    return "zh" if case.application.country in _CHINESE else "en"


def _clause_key(condition: Condition) -> tuple[str, str, str] | None:
    """Return what makes two clauses the same: a policy may say the same thing in other words, or with other figures."""
    clause = condition.clause
    return None if clause is None else (clause.id, clause.language, clause.text)


def _numbered(reference: str, conditions: Iterable[Condition]) -> list[Condition]:
    return [item.model_copy(update={"id": f"{reference}-{number}"}) for number, item in enumerate(conditions, 1)]
