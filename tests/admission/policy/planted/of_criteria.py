"""Criteria that cannot hold together, and grades that do not fall."""

from __future__ import annotations

from tests.admission.policy.planted.planting import AGES, SEGMENTS, Planted, calibrated, extra, segments

CRITERIA: dict[str, Planted] = {
    "both flags": Planted(
        AGES,
        extra(
            "id: again", "metric: insolvency_history", "comparison: is_true", "effect: refer", 'against_better: "[P]"'
        ),
        "criteria.again.comparison",
        "no company passes both",
    ),
    "the same twice": Planted(
        AGES,
        extra(
            "id: late_again", "metric: days_beyond_terms", "comparison: at_most", 'value: "45"', "effect: secured_only"
        ),
        "criteria.late_again.value",
        "says less than pays_late (at_most 30)",
    ),
    "rejected before it is asked": Planted(
        AGES,
        extra("id: late_out", "metric: days_beyond_terms", "comparison: at_most", 'value: "20"', "effect: reject"),
        "criteria.pays_late.value",
        "a stricter bound than late_out (at_most 20)",
    ),
    "between what does not overlap": Planted(
        AGES,
        extra(
            "id: young", "metric: accounts_age_months", "comparison: between", 'value: ["20", "30"]', "effect: refer"
        ),
        "criteria.young.value",
        "together with accounts_age (at_most 18)",
    ),
    "between one figure": Planted(
        AGES,
        extra("id: exact", "metric: debt_ratio", "comparison: between", 'value: ["0.5", "0.5"]', "effect: refer"),
        "criteria.exact.value",
        "two different bounds",
    ),
    "a segment that contradicts": Planted(
        SEGMENTS,
        segments(
            "micro:",
            "  extra_criteria:",
            "    - id: newcomer",
            "      metric: years_trading",
            "      comparison: at_most",
            '      value: "1"',
            "      effect: refer",
            '      against_better: "[P]"',
            '      reason: {en: "New", zh: "新企业"}',
            '      source: "[P]"',
        ),
        "segments.micro.extra_criteria.newcomer.value",
        "together with years_trading (at_least 2)",
    ),
    "a code without its scheme": Planted(
        AGES,
        extra("id: trade", "metric: industry_code", "comparison: one_of", 'value: ["47110"]', "effect: refer"),
        "criteria.trade.value",
        "codes with their scheme",
    ),
    "reject on our ledger": Planted(
        "effect: hold", "effect: reject", "criteria.own_overdue.on_not_asked", "who cannot be asked about what rejects"
    ),
    "reject on bounced payments": Planted(
        "effect: secured_only",
        "effect: reject",
        "criteria.bounced_payment.on_not_asked",
        "who cannot be asked about what rejects",
        "metric: bounced_payment_12m",
    ),
    "prescreen that refers": Planted(
        "effect: reject\n    prescreen: true",
        "effect: refer\n    prescreen: true",
        "criteria.sanctions.prescreen",
        "only who is rejected is spared",
    ),
    "prescreen by the bureau": Planted(
        "unit: days\n    effect: secured_only",
        "unit: days\n    effect: reject\n    prescreen: true",
        "criteria.pays_late.prescreen",
        "paid sources alone tell",
    ),
    "a segment that changes nothing": Planted(
        SEGMENTS,
        segments('micro: {criteria: {years_trading: {value: "2"}}}'),
        "segments.micro.criteria.years_trading",
        "what the house asks already",
    ),
}


GRADES: dict[str, Planted] = {
    "turnover factor of C": Planted(
        'turnover_factor: "0.8"',
        'turnover_factor: "1.8"',
        "grades.C.turnover_factor",
        "at most 1, as the better grade B",
    ),
    "factor of A left out": Planted(
        'net_worth_factor: "1.5", ',
        'net_worth_factor: "0.5", ',
        "grades.B.net_worth_factor",
        "at most 0.5, as the better",
    ),
    "terms of B": Planted(
        "terms_days: 30", "terms_days: 90", "grades.B.terms_days", "at most 60, as the better grade A"
    ),
    "terms of E": Planted("terms_days: 0", "terms_days: 30", "grades.E.terms_days", "at most 7, as the better grade D"),
    "E reviewed once in two years": Planted(
        "level_up: 2, review_months: 3", "level_up: 2, review_months: 24", "grades.E.review_months", "at most 3"
    ),
    "A reviewed most often": Planted(
        "terms_days: 60, treatments: []",
        "terms_days: 60, treatments: [], review_months: 1",
        "grades.B.review_months",
        "at most 1, as the better grade A",
    ),
    "C raised above D": Planted("level_up: 1", "level_up: 3", "grades.D.level_up", "at least 3, as the better grade C"),
    "E not raised": Planted("level_up: 2, ", "level_up: 0, ", "grades.E.level_up", "at least 1, as the better grade D"),
    "more levels than bands": Planted("level_up: 2", "level_up: 20", "grades.E.level_up", "at most 4, or top"),
    "more levels for an override": Planted(
        "  sample: {share",
        "  override_level_up: 9\n  sample: {share",
        "approval.override_level_up",
        "at most 4, or top",
    ),
    "a better grade is secured": Planted(
        "terms_days: 30, treatments", "terms_days: 30, secured: true, treatments", "grades.C.secured", "B is secured"
    ),
    "secured by nothing": Planted(
        "treatments: [prepayment]", "treatments: []", "grades.E.treatments", "at least one treatment"
    ),
    "days longer than the terms": Planted(
        "days: 14\n", "days: 45\n", "grades.C.treatments.2", "it says 45 days, and the grade has 14 already"
    ),
    "months longer than the interval": Planted(
        "months: 3\n", "months: 12\n", "grades.D.treatments.1", "it says 12 months, and the grade has 3 already"
    ),
    "one treatment twice": Planted(
        "[security, closer_review]", "[security, security]", "grades.D.treatments.1", "each treatment once"
    ),
    "a line beside the data": Planted(
        "scorecard:\n",
        calibrated(intercept="-8"),
        "scorecard.calibration.intercept",
        "a line through the share",
    ),
    "best grade of a segment": Planted(
        SEGMENTS, segments("micro: {best_grade: A}"), "segments.micro.best_grade", "the best grade caps nothing"
    ),
    "terms of a segment": Planted(
        SEGMENTS, segments("micro: {max_terms_days: 120}"), "segments.micro.max_terms_days", "at most 60"
    ),
    "review of a segment": Planted(
        SEGMENTS, segments("micro: {review_months: 24}"), "segments.micro.review_months", "at most 6"
    ),
    "sales factors that rise": Planted(
        '  net_worth_share: "0.10"',
        '  sales_factors: {A: "1", B: "1.2", C: "0.5", D: "0.2", E: "0"}\n  net_worth_share: "0.10"',
        "limit.sales_factors.B",
        "at most 1, as the better grade A",
    ),
    "a bound of 0.8": Planted('at_least: "35"', 'at_least: "0.35"', "grades.D.at_least", "points of 100, not a share"),
    "terms of a year": Planted("terms_days: 60", "terms_days: 365", "grades.A.terms_days", "at most 180 days"),
    "security without security": Planted(
        "secured: true, treatments: [security", "treatments: [security", "grades.D.secured", "asks for security"
    ),
    "credit without terms": Planted(
        'E, at_least: "0", net_worth_factor: "0"',
        'E, at_least: "0", net_worth_factor: "0.5"',
        "grades.E.net_worth_factor",
        "with terms of 0 days there is no open credit",
    ),
    "a deposit of another share": Planted(
        'share: "0.25"', 'share: "0.35"', "treatments.deposit_25.share", "25, as the name deposit_25 says"
    ),
    "a deposit of next to nothing": Planted(
        'share: "0.30"', 'share: "0.003"', "treatments.part_prepayment.share", "a share of at least 0.05"
    ),
    "gaps earn the best": Planted(
        'missing: "12"',
        'missing: "19"',
        "scorecard.attributes.days_beyond_terms.missing",
        "a gap earns next to as much",
    ),
    "judgements alone": Planted(
        'qualitative_cap: "10"', 'qualitative_cap: "90"', "scorecard.qualitative_cap", "at most 50 of the 100 points"
    ),
}
