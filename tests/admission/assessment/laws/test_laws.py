"""Hiding never pays, and worse is never better: a few hundred changes here, all of them by `make bench-decisions`."""

from __future__ import annotations

from admission.policy import load_policy
from tests.admission.assessment.laws.suite import try_laws
from tests.admission.build import policy_document, shipped_policies

SEED = 20261128


def test_no_change_for_the_worse_and_nothing_kept_back_makes_anything_better() -> None:
    tried = try_laws(shipped_policies(), 20, SEED)
    assert tried.violations == ()
    assert tried.hidings > 2000
    assert tried.worsenings > 2000


def test_a_policy_that_rewards_silence_is_told() -> None:
    document = policy_document()
    for attribute in document["scorecard"]["attributes"]:
        attribute.pop("on_missing", None)
    told = try_laws((load_policy(document),), 15, SEED)
    assert {violation.law for violation in told.violations} == {"hiding"}
