"""Cuts and bounds in another unit or out of range, and orders against the better side."""

from __future__ import annotations

from tests.admission.policy.planted.planting import (
    AGES,
    ALTMAN,
    BINS,
    CASH,
    COVER,
    CURRENT,
    DAYS,
    EQUITY,
    JUDGED,
    SEGMENTS,
    SHARE,
    STABLE,
    YEARS,
    Planted,
    bins,
    extra,
    segments,
)

RANGES: dict[str, Planted] = {
    "Altman in hundredths": Planted(
        ALTMAN, bins(ALTMAN, "110", "260", "410"), "scorecard.attributes.altman_z2.bins.0.below", "Then write 1.1"
    ),
    "cover in percent": Planted(
        COVER, bins(COVER, "100", "150"), BINS.format("interest_cover"), "is 150 in percent? Then write 1.5"
    ),
    "cash flow in percent": Planted(
        CASH, bins(CASH, "0", "12", "35"), "scorecard.attributes.cash_flow_to_debt.bins.1.below", "Then write 0.12"
    ),
    "current ratio in percent": Planted(
        CURRENT, bins(CURRENT, "85", "110", "220"), "scorecard.attributes.current_ratio.bins.0.below", "Then write 0.85"
    ),
    "a hundredth of a ratio": Planted(
        CURRENT,
        bins(CURRENT, "0.0085", "0.011", "0.022"),
        BINS.format("current_ratio"),
        "at least one cut from 0.3 to 5",
    ),
    "share in percent": Planted(
        SHARE, bins(SHARE, "10", "25", "50"), "scorecard.attributes.late_invoice_share.bins.0.below", "Then write 0.1"
    ),
    "years in months": Planted(
        YEARS, bins(YEARS, "24", "60", "120"), "scorecard.attributes.years_trading.bins.2.below", "Then write 10"
    ),
    "years in days": Planted(
        YEARS, bins(YEARS, "730", "1825", "3650"), "scorecard.attributes.years_trading.bins.0.below", "Then write 2"
    ),
    "days in hours": Planted(
        DAYS,
        bins(DAYS, "12", "372", "732", "1452"),
        "scorecard.attributes.days_beyond_terms.bins.1.below",
        "from 5 to 120",
    ),
    "a share below nothing": Planted(
        SHARE, bins(SHARE, "0", "0.25", "0.50"), "scorecard.attributes.late_invoice_share.bins.0.below", "more than 0"
    ),
    "a judgement below 0": Planted(
        JUDGED,
        bins(JUDGED, "0", "2"),
        "scorecard.attributes.market_position.bins.0.below",
        "more than 0, or nothing falls",
    ),
    "a judgement below 3": Planted(
        JUDGED,
        bins(JUDGED, "1", "3"),
        "scorecard.attributes.market_position.bins.1.below",
        "at most 2, or nothing falls",
    ),
    "between two whole numbers": Planted(
        JUDGED, bins(JUDGED, "1.2", "1.8"), "scorecard.attributes.market_position.bins.1.below", "whole numbers alone"
    ),
    "a flag below 0": Planted(
        STABLE, STABLE.replace('"1"', '"0"'), "scorecard.attributes.ownership_stable.bins.0.below", "more than 0"
    ),
    "two years in days": Planted(
        'value: "2"\n    unit: years', 'value: "730"\n    unit: years', "criteria.years_trading.value", "Then write 2"
    ),
    "two years in months": Planted(
        'value: "2"\n    unit: years',
        'value: "24"\n    unit: years',
        "criteria.years_trading.value",
        "24 in months? Then write 2",
    ),
    "months in days": Planted(
        'value: "18"\n    unit: months', 'value: "540"\n    unit: months', "criteria.accounts_age.value", "540 in days"
    ),
    "months in years": Planted(
        'value: "18"\n    unit: months',
        'value: "1.5"\n    unit: months',
        "criteria.accounts_age.value",
        "in years? Then write 18",
    ),
    "days in months, a criterion": Planted(
        'value: "30"\n    unit: days',
        'value: "1"\n    unit: days',
        "criteria.pays_late.value",
        "in months? Then write 30",
    ),
    "days in years": Planted(
        'value: "60"\n    unit: days', 'value: "0.16"\n    unit: days', "criteria.own_overdue.value", "in years?"
    ),
    "days without end": Planted(
        'value: "30"\n    unit: days',
        'value: "3000"\n    unit: days',
        "criteria.pays_late.value",
        "usually from 5 to 120",
    ),
    "a count without end": Planted(
        'value: "0"\n    unit: count',
        'value: "500"\n    unit: count',
        "criteria.distress_filings.value",
        "usually from 0 to 10",
        "metric: distress_filings_24m",
    ),
    "one confirmed sanction is allowed": Planted(
        'value: "0"', 'value: "1"', "criteria.sanctions.value", "usually from 0 to 0", "metric: watchlist_confirmed"
    ),
    "equity in thousands": Planted(
        'value: "1"\n    unit: USD', 'value: "500"\n    unit: USD', "criteria.positive_equity.value", "not thousands"
    ),
    "a debt ratio of 70": Planted(
        AGES,
        extra("id: debt", "metric: debt_ratio", "comparison: at_most", 'value: "70"', "unit: ratio", "effect: refer"),
        "criteria.debt.value",
        "is 70 in percent? Then write 0.7",
    ),
    "ten percent of net worth": Planted(
        AGES,
        extra(
            "id: asked",
            "metric: requested_to_net_worth",
            "comparison: at_most",
            'value: "10"',
            "unit: ratio",
            "effect: refer",
        ),
        "criteria.asked.value",
        "is 10 in percent? Then write 0.1",
    ),
    "growth of five": Planted(
        AGES,
        extra(
            "id: grows", "metric: revenue_growth", "comparison: at_least", 'value: "5"', "unit: ratio", "effect: refer"
        ),
        "criteria.grows.value",
        "is 5 in percent? Then write 0.05",
    ),
    "a segment in months": Planted(
        SEGMENTS,
        segments('micro: {criteria: {years_trading: {value: "36"}}}'),
        "segments.micro.criteria.years_trading.value",
        "36 in months? Then write 3",
    ),
}


DIRECTIONS: dict[str, Planted] = {
    "insolvency is true": Planted(
        "comparison: is_false",
        "comparison: is_true",
        "criteria.open_insolvency.comparison",
        "is_false: no is better",
        "metric: open_insolvency",
    ),
    "not in a register": Planted(
        "comparison: is_true",
        "comparison: is_false",
        "criteria.registry_verified.comparison",
        "is_true: yes is better",
        "metric: registry_verified",
    ),
    "years at most": Planted(
        "comparison: at_least",
        "comparison: at_most",
        "criteria.years_trading.comparison",
        "at_least: more is better",
        "metric: years_trading",
    ),
    "equity at most": Planted(
        "comparison: at_least",
        "comparison: at_most",
        "criteria.positive_equity.comparison",
        "at_least: more is better",
        "metric: equity",
    ),
    "late at least": Planted(
        "comparison: at_most",
        "comparison: at_least",
        "criteria.pays_late.comparison",
        "at_most: less is better",
        "metric: days_beyond_terms",
    ),
    "exactly one filing": Planted(
        'comparison: at_most\n    value: "0"',
        'comparison: equals\n    value: "1"',
        "criteria.distress_filings.comparison",
        "at_most: equals fails every other figure",
        "metric: distress_filings_24m",
    ),
    "late payers earn": Planted(
        DAYS,
        DAYS.replace('"20"', '"x"').replace('points: "0"', 'points: "20"').replace('"x"', '"0"'),
        "scorecard.attributes.days_beyond_terms.bins.1.points",
        "at most 0, the points of the bin before: less is better",
    ),
    "a dip in the middle": Planted(
        ALTMAN,
        ALTMAN.replace('points: "8"', 'points: "5"'),
        "scorecard.attributes.altman_z2.bins.2.points",
        "at least 6",
    ),
    "unstable owners earn": Planted(
        STABLE,
        'bins: [{below: "1", points: "5"}, {points: "0"}]',
        "scorecard.attributes.ownership_stable.bins.1.points",
        "yes is better for ownership_stable",
    ),
    "everybody earns": Planted(
        STABLE, 'bins: [{below: "1", points: "5"}, {points: "5"}]', BINS.format("ownership_stable"), "earns the same"
    ),
    "a line that falls": Planted(
        EQUITY,
        'wall: {standard: "0.30", standard_points: "3", best: "0.10", maximum_points: "5"}',
        "scorecard.attributes.equity_ratio.wall.best",
        "a best figure above the standard, 0.30",
    ),
    "a line in percent": Planted(
        EQUITY,
        'wall: {standard: "30", standard_points: "3", best: "50", maximum_points: "5"}',
        "scorecard.attributes.equity_ratio.wall.standard",
        "is 30 in percent? Then write 0.3",
    ),
}
