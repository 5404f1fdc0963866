"""The laws over many random companies: what was tried, and what broke one."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from admission.policy import Policy
from tests.admission.assessment.laws.companies import Company, make_company
from tests.admission.assessment.laws.hidings import (
    hidings_of,
    some_together,
    whole_statements,
    withholdable,
    without_metric,
)
from tests.admission.assessment.laws.outcomes import KNOCKED_OUT, Judge, Outcome
from tests.admission.assessment.laws.worsenings import worse_metric, worsenings_of

# What the metrics of one case move together with, so that one alone cannot become worse.
PAIRS, SUBSETS = 12, 2


class Violation(NamedTuple):
    """A change that made something better."""

    law: str
    policy: str
    company: int
    change: str
    better: tuple[str, ...]
    told: Outcome
    changed: Outcome


class Tried(NamedTuple):
    """What came of trying the laws.

    Attributes:
        hidings, worsenings: how many changes were tried.
    """

    companies: int
    hidings: int
    worsenings: int
    violations: tuple[Violation, ...]


def try_laws(policies: tuple[Policy, ...], companies: int, seed: int) -> Tried:
    """Try the laws over random companies, as many for each policy in turn.

    Args:
        policies: that they ask.
        companies: how many, of all policies together.
        seed: of the drawing; a company's number and the seed make it again.
    """
    judges = [Judge(policy) for policy in policies]
    hidings = worsenings = 0
    violations: list[Violation] = []
    for number in range(companies):
        judge = judges[number % len(judges)]
        chance = Random(f"{seed}-{number}")
        company = make_company(chance, judge.policy)
        for law, change, told, changed in _tries(judge, company, chance):
            hidings += law == "hiding"
            worsenings += law == "worse"
            better = tuple(changed.better_than(told))
            if law == "hiding" and told.route == KNOCKED_OUT:
                # A knock-out takes proof: unknown, it goes to people, and never to the fast track.
                better = ("fast track",) if changed.route == 0 else ()
            if better:
                violations.append(Violation(law, judge.policy.name, number, change, better, told, changed))
    return Tried(companies, hidings, worsenings, tuple(violations))


def _tries(judge: Judge, company: Company, chance: Random) -> Iterator[tuple[str, str, Outcome, Outcome]]:
    case = judge.case_of(company)
    told = judge.outcome_of(case)
    for hiding in (*hidings_of(company), *whole_statements(company), *some_together(company, chance, PAIRS, SUBSETS)):
        yield "hiding", hiding.name, told, judge.outcome(hiding.hide(company))
    for worsening in worsenings_of(company, chance):
        yield "worse", worsening.name, told, judge.outcome(worsening.worsen(company))
    for name in withholdable(case):
        yield "hiding", f"metric {name}", told, judge.outcome_of(without_metric(case, name))
    for name in case.figures.metrics:
        worse = worse_metric(case, name, chance)
        if worse is not None:
            yield "worse", f"metric {name}", told, judge.outcome_of(worse)
