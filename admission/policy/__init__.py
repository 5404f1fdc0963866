"""The policy: admission standards, scorecard, grades, limits, treatments, approval matrix and review intervals as data.

A policy is checked whole when it is loaded; one with a single mistake cannot be used, and all its mistakes are told at
once. Its sha256 is taken over its content, so that a comment may be mended without making another policy of it.
"""

from admission.metrics.ages import MaxAge
from admission.policy.appetite import Appetite, Caps
from admission.policy.approval import Approval, Band, FastTrack, Sample
from admission.policy.checks import HOLD_STAGE
from admission.policy.criteria import (
    AmountRange,
    Comparison,
    Criterion,
    CriterionChange,
    Quartile,
    When,
)
from admission.policy.document import OutsideCheck, Policy, Retention, Standards, TimeLimits
from admission.policy.grades import Grade
from admission.policy.limit_rules import PRESETS, LimitChange, LimitRule
from admission.policy.loading import (
    Lines,
    load_policy,
    policy_cautions,
    quorum_problems,
    read_policy_document,
    single_points,
)
from admission.policy.mistakes import SECURITY_TREATMENT
from admission.policy.scorecard import FEW_OUTCOMES, Attribute, Bin, Calibration, Scorecard, Wall
from admission.policy.segments import Segment
from admission.policy.sense_checks import Surroundings

__all__ = [
    "FEW_OUTCOMES",
    "HOLD_STAGE",
    "PRESETS",
    "SECURITY_TREATMENT",
    "AmountRange",
    "Appetite",
    "Approval",
    "Attribute",
    "Band",
    "Bin",
    "Calibration",
    "Caps",
    "Comparison",
    "Criterion",
    "CriterionChange",
    "FastTrack",
    "Grade",
    "LimitChange",
    "LimitRule",
    "Lines",
    "MaxAge",
    "OutsideCheck",
    "Policy",
    "Quartile",
    "Retention",
    "Sample",
    "Scorecard",
    "Segment",
    "Standards",
    "Surroundings",
    "TimeLimits",
    "Wall",
    "When",
    "load_policy",
    "policy_cautions",
    "quorum_problems",
    "read_policy_document",
    "single_points",
]
