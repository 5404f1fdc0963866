"""The mistakes that once passed the check, from the list of the issue."""

from __future__ import annotations

from tests.admission.policy.planted.planting import (
    AGES,
    BINS,
    COVER,
    DAYS,
    EQUITY,
    OUTSIDE,
    STABLE,
    Planted,
    bins,
    calibrated,
    capped,
    extra,
)

# The twenty-one of the issue, which once passed.
TWENTY_ONE: dict[str, Planted] = {
    "percent for a ratio": Planted(
        EQUITY, bins(EQUITY, "4", "30", "53"), "scorecard.attributes.equity_ratio.bins.0.below", "Then write 0.04"
    ),
    "a flag below 2": Planted(
        STABLE, STABLE.replace("1", "2"), "scorecard.attributes.ownership_stable.bins.0.below", "at most 1"
    ),
    "days in months": Planted(
        DAYS, bins(DAYS, "0.02", "0.5", "1", "2"), BINS.format("days_beyond_terms"), "is 2 in months? Then write 60"
    ),
    "registered is false": Planted(
        "metric: registered_active\n    comparison: is_true",
        "metric: registered_active\n    comparison: is_false",
        "criteria.struck_off.comparison",
        "is_true: yes is better",
    ),
    "interest cover reversed": Planted(
        COVER,
        'bins: [{below: "1", points: "10"}, {below: "1.5", points: "5"}, {points: "0"}]',
        "scorecard.attributes.interest_cover.bins.1.points",
        "at least 10, the points of the bin before: more is better",
    ),
    "factor of D": Planted(
        'net_worth_factor: "0.6"', 'net_worth_factor: "6"', "grades.D.net_worth_factor", "at most 0.8, as the better"
    ),
    "terms of D": Planted(
        "terms_days: 7", "terms_days: 120", "grades.D.terms_days", "at most 14, as the better grade C"
    ),
    "fast track for all": Planted(
        'fast_track: {grades: [A, B], up_to: "25000"}',
        'fast_track: {grades: [A, B, C, D, E], up_to: "30000000"}',
        "approval.fast_track.grades.4",
        "a better grade than the last one",
    ),
    "fast track up to 30m": Planted(
        'fast_track: {grades: [A, B], up_to: "25000"}',
        'fast_track: {grades: [A, B, C, D, E], up_to: "30000000"}',
        "approval.fast_track.up_to",
        "at most 25000, the first band",
    ),
    "fast track above the first band": Planted(
        '[A, B], up_to: "25000"', '[A, B], up_to: "30000"', "approval.fast_track.up_to", "at most 25000, the first band"
    ),
    "fast track for a secured grade": Planted(
        "grades: [A, B], up", "grades: [A, B, C, D], up", "approval.fast_track.grades.3", "without secured terms"
    ),
    "starter cap of 5m": Planted(
        'starter_cap: "5000"', 'starter_cap: "5000000"', "limit.starter_cap", "at most 25000, the first approval band"
    ),
    "total below group": Planted(
        OUTSIDE,
        capped('total: "100000", group: "500000"'),
        "appetite.caps.total",
        "at least 500000, the cap on one group",
    ),
    "two hundred years": Planted(
        'value: "2"\n    unit: years',
        'value: "200"\n    unit: years',
        "criteria.years_trading.value",
        "usually from 0.5 to 20",
    ),
    "at most 18 and at least 24": Planted(
        AGES,
        extra(
            "id: accounts_old",
            "metric: accounts_age_months",
            "comparison: at_least",
            'value: "24"',
            "unit: months",
            "effect: refer",
            'against_better: "[P]"',
        ),
        "criteria.accounts_old.value",
        "no company passes both",
    ),
    "reject on what nobody tells": Planted(
        AGES,
        extra("id: owners", "metric: ownership_stable", "comparison: is_true", "effect: reject"),
        "criteria.owners.effect",
        "no source tells ownership_stable",
    ),
    "missing cap of A": Planted(
        "missing_cap: C", "missing_cap: A", "scorecard.missing_cap", "the best grade caps nothing"
    ),
    "no method": Planted(
        '  net_worth_share: "0.10"\n  turnover_share: "0.05"\n', "", "limit", "net_worth_share, turnover_share or"
    ),
    "no standard": Planted("[micro, standard,", "[micro, ordinary,", "segments", "a segment standard among them"),
    "fitted in 2036": Planted(
        "scorecard:\n", calibrated(fitted_on="2036-05-01"), "scorecard.calibration.fitted_on", "a day from 2000-01-01"
    ),
    "8,000 bad of 1,000": Planted(
        "scorecard:\n", calibrated(outcomes=8000), "scorecard.calibration.outcomes", "fewer than the observations"
    ),
    "English for Chinese": Planted(
        'zh: "制裁名单确认命中"',
        'zh: "Confirmed entries on sanctions lists"',
        "criteria.sanctions.reason.zh",
        "the English text again",
    ),
    "in force since 1026": Planted(
        "effective_from: 2026-01-01", "effective_from: 1026-01-01", "effective_from", "a day from 2000-01-01"
    ),
}
