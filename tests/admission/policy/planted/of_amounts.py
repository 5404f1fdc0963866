"""Amounts that do not fit each other, days and counts that cannot be, and texts in the wrong language."""

from __future__ import annotations

from tests.admission.policy.planted.planting import OUTSIDE, SEGMENTS, Planted, calibrated, capped, segments

AMOUNTS: dict[str, Planted] = {
    "all of the net worth": Planted(
        'net_worth_share: "0.10"', 'net_worth_share: "1"', "limit.net_worth_share", "at most 1 as net_worth_share x"
    ),
    "all of the turnover": Planted(
        'turnover_share: "0.05"', 'turnover_share: "0.5"', "limit.turnover_share", "at most 0.5 as turnover_share x"
    ),
    "a factor in percent": Planted(
        'net_worth_factor: "1.5"',
        'net_worth_factor: "150"',
        "grades.A.net_worth_factor",
        "at most 1 as net_worth_share x",
    ),
    "VAT of 0.8": Planted(
        'starter_cap: "5000"', 'starter_cap: "5000"\n  vat_share: "0.8"', "limit.vat_share", "a rate of VAT"
    ),
    "thirty references": Planted("trade_references: 3", "trade_references: 30", "limit.trade_references", "at most 10"),
    "starter cap in thousands": Planted(
        'starter_cap: "5000"', 'starter_cap: "5"', "limit.starter_cap", "not thousands"
    ),
    "starter above the single cap": Planted(
        'starter_cap: "5000"',
        'starter_cap: "5000"\n  concentration_cap: "2000"',
        "limit.starter_cap",
        "at most 2000, concentration_cap",
    ),
    "starter cap above the group's": Planted(
        OUTSIDE, capped('group: "2000"'), "limit.starter_cap", "at most 2000, the cap on one group"
    ),
    "starter cap of a segment": Planted(
        SEGMENTS, segments('micro: {limit: {starter_cap: "900000"}}'), "segments.micro.limit.starter_cap", "at most"
    ),
    "country above all": Planted(
        OUTSIDE,
        capped('total: "1000000", country: {CN: "5000000"}'),
        "appetite.caps.country.CN",
        "the cap on all customers",
    ),
    "industry above all": Planted(
        OUTSIDE,
        capped('total: "1000000", industry: {"uk-sic:41": "5000000"}'),
        "appetite.caps.industry.uk-sic:41",
        "at most 1000000",
    ),
    "worse grade above the better": Planted(
        OUTSIDE, capped('grade: {B: "1000000", D: "5000000"}'), "appetite.caps.grade.D", "the cap on the better grade B"
    ),
    "bands in thousands": Planted(
        'up_to: "25000"\n      stages', 'up_to: "25"\n      stages', "approval.bands.≤ 25k USD.up_to", "not thousands"
    ),
    "fast track for B alone": Planted(
        "grades: [A, B], up", "grades: [B], up", "approval.fast_track.grades.0", "all better grades too: A"
    ),
    "fast track for a raised grade": Planted(
        "grades: [A, B], up", "grades: [A, B, C], up", "approval.fast_track.grades.2", "a grade without level_up"
    ),
    "fast track in thousands": Planted(
        '[A, B], up_to: "25000"', '[A, B], up_to: "25"', "approval.fast_track.up_to", "not thousands"
    ),
    "a lower office for more": Planted(
        "require: {role: cfo}", "require: {role: credit_manager}", "approval.bands.≤ 1m USD.stages", "as high an office"
    ),
    "a committee in the middle": Planted(
        'up_to: "500000"',
        'up_to: "500000"\n      committee: true',
        "approval.bands.≤ 1m USD.committee",
        "not for fewer",
    ),
    "target of bad debts": Planted(
        OUTSIDE, f'\nappetite: {{target_bad_rate: "0.9"}}\n{OUTSIDE}', "appetite.target_bad_rate", "at most 0.25"
    ),
    "target of approvals": Planted(
        OUTSIDE,
        f'\nappetite: {{target_approval_rate: "0.007"}}\n{OUTSIDE}',
        "appetite.target_approval_rate",
        "at least 0.05",
    ),
    "a thousandth of the net worth": Planted(
        'net_worth_share: "0.10"', 'net_worth_share: "0.001"', "limit.net_worth_share", "0.1 is a tenth"
    ),
    "ten times the monthly sales": Planted(
        '  net_worth_share: "0.10"',
        '  sales_factors: {A: "10", B: "1", C: "0.5", D: "0.2", E: "0"}\n  net_worth_share: "0.10"',
        "limit.sales_factors.A",
        "at most 3: 1 is 100 %",
    ),
    "five hundred credit managers": Planted(
        "credit_manager: 1", "credit_manager: 500", "approval.holders.credit_manager", "at most 50 people in one office"
    ),
    "auditors that act": Planted(
        OUTSIDE, f"\nmandates: {{override: {{roles: [auditor]}}}}\n{OUTSIDE}", "mandates.override", "auditors"
    ),
    "two signatures of one person": Planted(
        OUTSIDE,
        f"\nmandates: {{override: {{roles: [cfo]}}, second_override: {{roles: [cfo]}}}}\n{OUTSIDE}",
        "mandates.second_override",
        "a second person",
    ),
    "accounts unknown before they are old": Planted(
        "statements: 640", "statements: 400", "max_age.statements", "at least 547: criterion accounts_age"
    ),
}


TIMES: dict[str, Planted] = {
    "in force in 2126": Planted("2026-01-01", "2126-01-01", "effective_from", "a day from 2000-01-01"),
    "fitted in 1926": Planted(
        "scorecard:\n", calibrated(fitted_on="1926-05-01"), "scorecard.calibration.fitted_on", "a day from 2000-01-01"
    ),
    "all of them bad": Planted(
        "scorecard:\n", calibrated(outcomes=1000), "scorecard.calibration.outcomes", "not all of them were bad"
    ),
    "reminded after a year": Planted(
        "{remind_days: 3, escalate_days: 7, expire_days: 60}",
        "{remind_days: 365, escalate_days: 700, expire_days: 6000}",
        "time_limits.remind_days",
        "at most 30 days",
    ),
    "open for ten years": Planted(
        "expire_days: 60", "expire_days: 3650", "time_limits.expire_days", "at most 365 days"
    ),
    "accounts in months": Planted("statements: 640", "statements: 24", "max_age.statements", "days, from 270 to 1100"),
    "hits of ten years": Planted("hits: 400", "hits: 4000", "max_age.hits", "days, from 1 to 800"),
    "an override for ten years": Planted(
        "  sample: {share",
        "  longest_override_days: 3650\n  sample: {share",
        "approval.longest_override_days",
        "at most 1100 days",
    ),
    "nothing may be missing": Planted(
        'max_missing_share: "0.40"', 'max_missing_share: "0"', "scorecard.max_missing_share", "a share from 0.05 to 0.8"
    ),
    "all may be missing": Planted(
        'max_missing_share: "0.40"', 'max_missing_share: "1"', "scorecard.max_missing_share", "1 caps none"
    ),
    "nineteen of twenty looked at": Planted('{share: "0.05"}', '{share: "0.95"}', "approval.sample.share", "0.5"),
    "one in ten thousand": Planted(
        '{share: "0.05"}', '{share: "0.0001"}', "approval.sample.share", "a share from 0.005"
    ),
}


TEXTS: dict[str, Planted] = {
    "Chinese for English": Planted(
        'en: "Running insolvency proceedings"',
        'en: "进行中的破产程序"',
        "criteria.open_insolvency.reason.en",
        "words in English",
    ),
    "another English": Planted(
        'zh: "信用部审核"',
        'zh: "Credit review"',
        "approval.bands.≤ 25k USD.stages.review.title.zh",
        "no Chinese characters",
    ),
    "a clause in English": Planted(
        'zh: "货款全部付清前，货物所有权归卖方所有。"',
        'zh: "Title passes on payment."',
        "treatments.retention_of_title.clause.zh",
        "words in Chinese",
    ),
    "no version": Planted('version: "2026.1"', 'version: ""', "version", "a name or version"),
    "no name": Planted("name: default", 'name: ""', "name", "a name or version"),
    "a figure without source": Planted(
        'source: "[P] older than 18 months"',
        'source: " "',
        "criteria.accounts_age.source",
        "where the figure comes from",
    ),
}
