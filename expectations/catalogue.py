"""The catalogue of checks: code, weight, what a failure means, which fields it concerns, and where its cut comes from.

A blocking check takes the row out of what may be judged; a warning is shown to the people who vote.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto

from admission.evidence.findings import Weight
from admission.model import Text

# Field of `Facts` -> first part of its checks' codes, in the order in which the tables are validated.
TABLES = {
    "profiles": "profile",
    "statements": "statement",
    "filings": "filing",
    "reports": "report",
    "legal": "legal",
    "ledgers": "ledger",
}

# Assets = liabilities + equity. In the recorded SEC facts of two companies the two sides agree exactly on all 71
# balance sheets where the equity is the whole equity; 1% leaves room for figures rounded to millions. Where the equity
# is that of the parent's owners alone, non-controlling interests are missing from it: 6.5% to 6.9% of assets on the
# three balance sheets of the one recorded company that has them. So up to 10% is a warning; more is a misread figure.
BALANCE_TOLERANCE = 0.01
LARGEST_BALANCE_GAP = 0.10
# A part cannot exceed its whole; the same 1% for rounding.
LARGEST_PART = 1.01
# Units: thousands in place of units change a figure 1000 times; half of it leaves room for a real change of size at the
# same time. The largest change between balance sheets in the recorded SEC facts is 1.33 times.
LARGEST_JUMP = 500
# No company that asks for credit is smaller than a thousand; the largest banks have assets of less than 10**13 in USD.
SMALLEST_SIZE = 1_000
LARGEST_SIZE = 10**13
# Years of 52 and 53 weeks have 364 and 371 days; accounting days are shifted by about a week around them.
YEAR_DAYS = (350, 380)
# As for the applicant's own statement (admission.application.Declared).
LARGEST_HEADCOUNT = 10_000_000


class Shows(Enum):
    """Which values of the concerned fields a message shows."""

    ALL = auto()
    AFTER_AS_OF = auto()
    NOT_FINITE = auto()
    DIFFERING = auto()


@dataclass(frozen=True)
class Check:
    """One check of the catalogue.

    Attributes:
        code: stable; `<table>.<check>`.
        says: what a failure means, after the name of the row; may name `{as_of}`, `{other}` and `{other_figures}`.
        columns: fields of the fact that the check concerns; their values are shown.
        shows: which of their values are worth showing.
        compared_by: column of the frame that holds the number of the row which this one disagrees with.
        spans_sources: True where data of several sources is compared.
    """

    code: str
    weight: Weight
    says: Text
    columns: tuple[str, ...]
    shows: Shows = Shows.ALL
    compared_by: str = ""
    spans_sources: bool = False


_AMOUNTS = (
    *("total_assets", "current_assets", "cash", "inventory", "receivables", "goodwill", "intangible_assets"),
    *("total_liabilities", "current_liabilities", "equity", "retained_earnings", "revenue", "operating_profit"),
    *("interest_expense", "net_income", "depreciation", "operating_cash_flow", "payables", "cost_of_sales"),
)
_SIZE = ("total_assets", "revenue")


def _blocking(code: str, en: str, zh: str, *columns: str) -> Check:
    return Check(code, Weight.BLOCKING, Text(en=en, zh=zh), columns)


def _warning(code: str, en: str, zh: str, *columns: str) -> Check:
    return Check(code, Weight.WARNING, Text(en=en, zh=zh), columns)


def _dates(code: str, *columns: str) -> Check:
    return replace(
        _blocking(code, "a date lies after {as_of}", "有日期晚于 {as_of}", *columns), shows=Shows.AFTER_AS_OF
    )


def _finite(code: str, *columns: str) -> Check:
    return replace(
        _blocking(code, "a figure is not a finite number", "有数字不是有限数值", *columns), shows=Shows.NOT_FINITE
    )


_PROFILE = (
    _blocking("profile.name_present", "the company has no name", "公司名称为空", "legal_name"),
    _warning(
        "profile.country_known",
        "the country is not an ISO 3166 code",
        "国家或地区不是 ISO 3166 代码",
        "country",
    ),
    _blocking(
        "profile.identifiers_check",
        "an official number has a wrong shape or wrong check digits",
        "企业识别号的格式或校验位有误",
        "identifiers",
    ),
    _warning("profile.plausible_headcount", "the number of employees is not plausible", "员工人数不合理", "headcount"),
    _dates(
        "profile.no_future_dates",
        *("incorporated_on", "trading_since", "dissolved_on", "last_accounts_on"),
    ),
    _blocking(
        "profile.period_order",
        "the company was dissolved before it was incorporated",
        "解散日早于成立日",
        *("incorporated_on", "dissolved_on"),
    ),
)

_STATEMENT = (
    _finite("statement.finite", *_AMOUNTS),
    _blocking(
        "statement.currency_present",
        "the currency is missing or not an ISO 4217 code",
        "币种缺失或不是 ISO 4217 代码",
        "currency",
    ),
    _dates("statement.no_future_dates", *("period_start", "period_end", "filed_on")),
    _blocking(
        "statement.period_order",
        "start, end and filing of the period are out of order",
        "期初、期末与报送日期的先后不合理",
        *("period_start", "period_end", "filed_on"),
    ),
    _warning(
        "statement.annual_period",
        "the period is not a year, so flows and ratios of it are not those of a year",
        "会计期间不是一年，其流量与比率不可视为年度数据",
        *("period_start", "period_end"),
    ),
    _blocking(
        "statement.balance_identity",
        "assets differ from liabilities plus equity by more than 10% of assets",
        "资产与负债加权益之差超过资产的 10%",
        *("total_assets", "total_liabilities", "equity"),
    ),
    _warning(
        "statement.balance_gap",
        "assets differ from liabilities plus equity by 1% to 10% of assets; perhaps the equity leaves out "
        "non-controlling interests",
        "资产与负债加权益之差为资产的 1% 至 10%；权益可能未含少数股东权益",
        *("total_assets", "total_liabilities", "equity"),
    ),
    _blocking("statement.assets_not_negative", "total assets are negative", "资产总计为负", "total_assets"),
    _blocking(
        "statement.parts_within_total",
        "a part is larger than the total it belongs to",
        "分项大于其所属合计",
        *("total_assets", "current_assets", "cash", "inventory", "receivables", "goodwill", "intangible_assets"),
        *("total_liabilities", "current_liabilities"),
    ),
    _warning(
        "statement.plausible_magnitude",
        "the size is not plausible; the amounts may be in other units",
        "规模不合理，金额单位可能有误",
        *_SIZE,
    ),
    Check(
        "statement.consistent_units",
        Weight.BLOCKING,
        Text(
            en="more than 500 times larger or smaller than the next year's or last year's, so one of them is probably "
            "in other units; {other}: {other_figures}",
            zh="与相邻年度相差 500 倍以上，其中之一的单位可能有误；{other}：{other_figures}",
        ),
        _SIZE,
        compared_by="year_jump_row",
    ),
    Check(
        "statement.sources_agree",
        Weight.BLOCKING,
        Text(
            en="two sources differ by about a power of ten for the same day, so one of them is probably in other "
            "units; {other}: {other_figures}",
            zh="两个来源同一日的数据约差十的整数次幂，其中之一的单位可能有误；{other}：{other_figures}",
        ),
        _SIZE,
        compared_by="unit_clash_row",
        spans_sources=True,
    ),
    Check(
        "statement.duplicate",
        Weight.BLOCKING,
        Text(
            en="the same source states other figures for the same period; {other}: {other_figures}",
            zh="同一来源对同一期间给出不同数字；{other}：{other_figures}",
        ),
        _AMOUNTS,
        shows=Shows.DIFFERING,
        compared_by="version_row",
    ),
)

_FILING = (
    _dates("filing.no_future_dates", *("filed_on", "period_on", "events")),
    _blocking(
        "filing.period_order",
        "filed before the end of the period it reports on",
        "报送日早于所报期间",
        *("period_on", "filed_on"),
    ),
)

_REPORT = (
    _finite(
        "report.finite",
        *("score", "score_min", "score_max", "days_beyond_terms", "late_invoice_share", "limit"),
    ),
    _blocking(
        "report.score_in_range",
        "the score lies outside its own scale",
        "评分超出其自身的分值范围",
        *("score", "score_min", "score_max"),
    ),
    _blocking(
        "report.limit_has_currency",
        "the currency of the recommended limit is missing or not an ISO 4217 code",
        "建议额度的币种缺失或不是 ISO 4217 代码",
        "limit",
    ),
    _blocking("report.limit_not_negative", "the recommended limit is negative", "建议额度为负", "limit"),
    _blocking(
        "report.share_in_range",
        "the share of late invoices does not lie between 0 and 1",
        "逾期发票占比不在 0 至 1 之间",
        "late_invoice_share",
    ),
    _dates("report.no_future_dates", "reported_on"),
    _warning("report.complete", "sections of the report are missing", "报告有部分章节缺失", "failed_sections"),
)

_LEGAL = (
    _dates("legal.no_future_dates", *("on", "ended_on")),
    _blocking("legal.period_order", "the matter ended before it began", "结束日早于开始日", *("on", "ended_on")),
    _warning(
        "legal.duplicate",
        "the same source gives this reference more than once",
        "同一来源多次给出该编号",
        *("kind", "reference"),
    ),
)

_LEDGER = (
    _dates("ledger.no_future_dates", "as_of"),
    _blocking(
        "ledger.not_negative",
        "a count or a number of days is negative",
        "次数或天数为负",
        *("own_overdue_days", "overdue_documents", "late_payments_12m"),
    ),
    _blocking(
        "ledger.overdue_agrees",
        "documents are overdue without being late, or the other way round",
        "逾期单据数与逾期天数不一致",
        *("own_overdue_days", "overdue_documents"),
    ),
)

CATALOGUE = {check.code: check for check in (*_PROFILE, *_STATEMENT, *_FILING, *_REPORT, *_LEGAL, *_LEDGER)}
