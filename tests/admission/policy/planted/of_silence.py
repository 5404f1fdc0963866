"""Mistakes in what the policy says of silence: what is not told, not asked, or not scored."""

from __future__ import annotations

from tests.admission.policy.planted.planting import Planted

ALL_SCORED = (
    "altman_z2, interest_cover, cash_flow_to_debt, current_ratio, equity_ratio, days_beyond_terms, late_invoice_share, "
    "years_trading, ownership_stable, market_position, competitive_edge, management_quality, growth_potential, "
    "cooperation_so_far"
)
NOT_SCORED = "not_scored: [altman_z2, interest_cover, cash_flow_to_debt]"

SILENCE: dict[str, Planted] = {
    "a bound by a grade that is none": Planted(
        "best_grade: D",
        "best_grade: F",
        "criteria.strike_off_proposed.best_grade",
        "one of A, B, C",
        "metric: strike_off",
    ),
    "a knock-out that is only noted": Planted(
        "effect: reject",
        "effect: reject\n    on_not_asked: note",
        "criteria.sanctions.on_not_asked",
        "must not pass unseen",
        "id: sanctions",
    ),
    "a segment's bound by a grade that is none": Planted(
        "positive_equity: {effect: refer, best_grade: C}",
        "positive_equity: {effect: refer, best_grade: Z}",
        "segments.newly_founded.criteria.positive_equity.best_grade",
        "one of A, B, C",
        within_segments=True,
    ),
    "a segment's own criterion bounds by none": Planted(
        "effect: refer\n        against_better",
        "effect: refer\n        best_grade: F\n        against_better",
        "segments.micro.extra_criteria.is_micro.best_grade",
        "one of A, B, C",
        within_segments=True,
    ),
    "not scored by a name that is none": Planted(
        "not_scored: [altman_z2,",
        "not_scored: [altman_z9,",
        "segments.micro.not_scored.0",
        "did you mean altman_z2",
        within_segments=True,
    ),
    "nothing scored": Planted(
        NOT_SCORED,
        f"not_scored: [{ALL_SCORED}]",
        "segments.micro.not_scored",
        "nothing of the scorecard is left",
        within_segments=True,
    ),
    "not asked, by a grade that is none": Planted(
        "late_invoice_share], best_grade: B",
        "late_invoice_share], best_grade: F",
        "scorecard.not_asked_caps.0.best_grade",
        "one of A, B, C",
    ),
    "not asked about what is no metric": Planted(
        "[days_beyond_terms, late_invoice_share], best_grade",
        "[days_beyond_term, late_invoice_share], best_grade",
        "scorecard.not_asked_caps.0.metrics.0",
        "did you mean days_beyond_terms",
    ),
}
