"""The rules that mutants are made of, and for each file the tests that should notice, the likeliest first."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

APPROVAL = "tests/admission/approval"
ASSESSMENT = "tests/admission/assessment"
POLICY = "tests/admission/policy"
METRICS = "tests/admission/metrics"
CUSTOMERS = "tests/admission/customers"
BULK, LEDGER, STANDING = f"{CUSTOMERS}/bulk", f"{CUSTOMERS}/ledger", f"{CUSTOMERS}/standing"

_VOTING = (f"{APPROVAL}/test_votes.py", f"{APPROVAL}/test_stages.py", f"{APPROVAL}/test_seats.py")
_RULES = (
    f"{ASSESSMENT}/test_criteria.py",
    f"{ASSESSMENT}/test_caps.py",
    f"{ASSESSMENT}/test_scorecard.py",
    f"{ASSESSMENT}/test_wall_and_calibration.py",
    f"{ASSESSMENT}/test_limits.py",
    f"{ASSESSMENT}/test_routing.py",
    f"{APPROVAL}/test_matrices.py",
    f"{ASSESSMENT}/test_assessing.py",
    f"{ASSESSMENT}/test_hiding.py",
    f"{ASSESSMENT}/test_trade_references.py",
    f"{METRICS}/test_measures.py",
    f"{ASSESSMENT}/test_stored_assessments.py",
    f"{METRICS}/test_ages.py",
)
_ENGINE = tuple(
    f"{ASSESSMENT}/engine/test_{name}.py" for name in ("case", "caps", "points", "routes", "rulebook", "verdicts")
)

# Files or folders, and the tests of what is in them. A file's own entry counts before that of its folder.
TESTS: Mapping[str, tuple[str, ...]] = {
    "admission/approval/votes.py": _VOTING,
    "admission/approval/stages.py": (_VOTING[1], _VOTING[0]),
    "admission/approval/seats.py": (_VOTING[2], *_VOTING[:2], f"{POLICY}/test_quorums.py"),
    "admission/approval/rounds.py": (f"{APPROVAL}/test_rounds.py",),
    "admission/approval/sampling.py": (f"{APPROVAL}/test_sampling.py",),
    "admission/approval/questions.py": (f"{APPROVAL}/test_questions.py",),
    "admission/policy/quorums.py": (f"{POLICY}/test_quorums.py",),
    "admission/assessment/overrides.py": (f"{ASSESSMENT}/test_overrides.py",),
    "admission/assessment/exposure.py": (f"{ASSESSMENT}/test_exposure.py", f"{ASSESSMENT}/test_caps.py"),
    "admission/assessment/caps.py": _RULES,
    "admission/assessment/criteria.py": (_RULES[0], f"{METRICS}/test_measures.py", *_RULES[1:]),
    "admission/assessment/limits.py": (
        f"{ASSESSMENT}/test_limits.py",
        f"{ASSESSMENT}/test_trade_references.py",
        f"{ASSESSMENT}/test_assessing.py",
    ),
    "admission/assessment/routing.py": (
        f"{ASSESSMENT}/test_routing.py",
        f"{APPROVAL}/test_matrices.py",
        f"{ASSESSMENT}/test_assessing.py",
    ),
    "admission/assessment/scorecard.py": (
        f"{ASSESSMENT}/test_scorecard.py",
        f"{ASSESSMENT}/test_wall_and_calibration.py",
        f"{ASSESSMENT}/test_assessing.py",
    ),
    "admission/assessment/engine": (*_ENGINE, *_RULES),
    "admission/customers/portfolio.py": (f"{CUSTOMERS}/test_portfolio.py", f"{CUSTOMERS}/test_losses.py"),
    "admission/customers/asked_change.py": (f"{CUSTOMERS}/test_asked_change.py",),
    "admission/customers/concluded.py": (f"{CUSTOMERS}/test_asked_change.py", "tests/services/test_customer_files.py"),
    "admission/customers/coverage.py": (f"{CUSTOMERS}/test_coverage.py",),
    "admission/customers/earned_steps.py": (f"{CUSTOMERS}/test_earned_steps.py",),
    "admission/customers/ledger/punctual.py": (f"{CUSTOMERS}/test_earned_steps.py",),
    "admission/customers/since": (
        f"{CUSTOMERS}/since/test_comparing.py",
        f"{CUSTOMERS}/since/test_records.py",
    ),
    "admission/customers/review_scope.py": (f"{CUSTOMERS}/test_review_scope.py",),
    "admission/customers/reviews.py": (f"{CUSTOMERS}/test_reviews.py",),
    "admission/customers/losses.py": (f"{CUSTOMERS}/test_losses.py",),
    "admission/customers/standing": (
        f"{STANDING}/test_in_force.py",
        f"{STANDING}/test_group_limits.py",
        f"{STANDING}/test_limit_changes.py",
        f"{STANDING}/test_securities.py",
    ),
    "admission/customers/standing/decided.py": ("tests/services/test_customer_files.py",),
    "admission/customers/orders/sharing.py": (
        f"{CUSTOMERS}/orders/test_sharing.py",
        "tests/services/test_group_limits.py",
    ),
    "admission/customers/bulk": (f"{BULK}/test_effects.py", f"{BULK}/test_selecting.py"),
    "admission/customers/ledger": tuple(
        f"{LEDGER}/test_{name}.py" for name in ("owed", "receivables", "paying", "trading", "figures", "records")
    ),
    "admission/assessment/engine/rulebook.py": (*_ENGINE, *_RULES, "tests/admission/governance/test_reckoning.py"),
}


def files() -> list[str]:
    """Return all files that have tests here, in order."""
    found = set[str]()
    for name in TESTS:
        path = Path(name)
        found |= {str(file) for file in path.glob("*.py")} if path.is_dir() else {name}
    return sorted(found)


def tests_of(file: str) -> tuple[str, ...]:
    """Return the tests that should notice a change of a file."""
    own = TESTS.get(file)
    return TESTS[str(Path(file).parent)] if own is None else own
