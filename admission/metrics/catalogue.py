"""The catalogue of metrics: every named number or flag that criteria, scorecards and limits may use."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from admission.metrics.plausible import Plausible, plausible_of, unit_of
from admission.metrics.told_by import NOT_TOLD
from admission.model import Record, Text, left_out

Kind = Literal["amount", "ratio", "count", "months", "years", "days", "share", "score", "flag", "code"]
Value = Decimal | bool | str
# Which way a metric speaks for the company: more of it (a flag that is set), less, as its note tells, or neither.
Better = Literal["more", "less", "as_noted", "neither"]
MORE: Better = "more"
LESS: Better = "less"
AS_NOTED: Better = "as_noted"
NEITHER: Better = "neither"


class MetricSpec(Record):
    """One entry of the catalogue: what the metric is and in what unit. Ratios are ratios, not percent.

    Attributes:
        better: which way it speaks for the company. What is lost on the way from a source never moves it that way.
        least, most: bounds of what the metric can be; None where there is none.
        unit: what its figures are measured in, in words.
        plausible: where a policy's figures for it can lie; None for codes and amounts.
        told: False where no source can tell it, so that it is always unknown.
    """

    name: str
    kind: Kind
    better: Better
    meaning: Text
    least: Decimal | None = None
    most: Decimal | None = None
    unit: Text
    plausible: Plausible | None
    told: bool = True


class Metric(Record):
    """The value of one metric for one case.

    Attributes:
        value: None where unknown; `unknown` then says why.
        unit: currency of an amount, else the kind of the metric.
        sources: the sources whose facts it was derived from.
        as_of: day that the underlying fact speaks of.
        note: a remark a reader needs, such as that the figure is a lower bound.
        not_asked: True where it is unknown and nobody withholds it: nothing that could tell it is set up, or a source
            that alone could tell it could not be asked.
        not_set_up: True where it is unknown because nothing that could tell it is set up.
        stale: of an unknown metric, what facts said that are too old; it counts against the company, never for it.
    """

    name: str
    value: Value | None = None
    unit: str
    sources: tuple[str, ...] = ()
    as_of: date | None = None
    unknown: Text | None = None
    note: Text | None = None
    not_asked: bool = left_out(False)
    not_set_up: bool = left_out(False)
    stale: Value | None = left_out(None)

    @property
    def known_value(self) -> Value | None:
        """Return the value, or else what facts said that are too old."""
        return self.stale if self.value is None else self.value


# What a named person judges, with a note.
JUDGED = ("market_position", "competitive_edge", "management_quality", "growth_potential", "cooperation_so_far")

ZERO, ONE, TWO = Decimal(0), Decimal(1), Decimal(2)
# What is counted or timed is never negative, unless a metric says otherwise.
LEAST: dict[Kind, Decimal] = {"count": ZERO, "months": ZERO, "years": ZERO, "share": ZERO}
MOST: dict[Kind, Decimal] = {"share": ONE}


def _spec(
    name: str, kind: Kind, better: Better, en: str, zh: str, least: Decimal | None = None, most: Decimal | None = None
) -> MetricSpec:
    least = LEAST.get(kind) if least is None else least
    most = MOST.get(kind) if most is None else most
    return MetricSpec(
        name=name,
        kind=kind,
        better=better,
        meaning=Text(en=en, zh=zh),
        least=least,
        most=most,
        unit=unit_of(name, kind),
        plausible=plausible_of(name, kind),
        told=name not in NOT_TOLD,
    )


CATALOGUE: dict[str, MetricSpec] = {
    spec.name: spec
    for spec in (
        _spec("total_assets", "amount", MORE, "Total assets", "资产总额", ZERO),
        _spec("total_liabilities", "amount", LESS, "Total liabilities, as stated", "负债总额（报表列示）", ZERO),
        _spec("revenue", "amount", MORE, "Revenue of the last full fiscal year", "最近完整财年营业收入", ZERO),
        _spec("net_income", "amount", MORE, "Net income of the last full fiscal year", "最近完整财年净利润"),
        _spec("equity", "amount", MORE, "Equity of the owners", "所有者权益"),
        _spec(
            "tangible_net_worth",
            "amount",
            MORE,
            "Equity less goodwill and other intangibles",
            "有形净资产（权益减商誉及无形资产）",
        ),
        _spec("debt_ratio", "ratio", LESS, "Total liabilities / total assets", "资产负债率", ZERO),
        _spec("equity_ratio", "ratio", MORE, "Equity / total assets", "权益比率", most=ONE),
        _spec("current_ratio", "ratio", MORE, "Current assets / current liabilities", "流动比率", ZERO),
        _spec("quick_ratio", "ratio", MORE, "(Current assets - inventory) / current liabilities", "速动比率", ZERO),
        _spec("interest_cover", "ratio", MORE, "Operating profit / interest expense", "利息保障倍数"),
        _spec("return_on_assets", "ratio", MORE, "Net income / total assets", "资产净利率"),
        _spec("revenue_growth", "ratio", MORE, "Revenue / revenue of the year before - 1", "营业收入增长率"),
        _spec(
            "altman_z2",
            "score",
            MORE,
            "Altman Z'' (non-manufacturers, emerging markets)",
            "Altman Z''值（非制造业及新兴市场）",
        ),
        _spec("altman_z1", "score", MORE, "Altman Z' (private manufacturers)", "Altman Z'值（非上市制造业）"),
        _spec("altman_z", "score", MORE, "Altman Z (listed manufacturers)", "Altman Z值（上市制造业）"),
        _spec(
            "cash_flow_to_debt",
            "ratio",
            MORE,
            "(Net income + depreciation) / total liabilities",
            "现金流负债比（净利润加折旧/负债）",
        ),
        _spec("years_trading", "years", MORE, "Years in business", "经营年限"),
        _spec("accounts_age_months", "months", LESS, "Age of the latest annual accounts", "最近年报距今月数"),
        _spec("accounts_overdue", "flag", LESS, "Annual accounts are overdue at the register", "年报逾期未交"),
        _spec("headcount", "count", MORE, "Employees", "员工人数", ZERO),
        _spec("paid_in_capital", "amount", MORE, "Paid-in capital", "实缴资本", ZERO),
        _spec("industry_code", "code", NEITHER, "Industry code with its scheme", "行业代码"),
        _spec(
            "credit_score",
            "score",
            AS_NOTED,
            "The bureau's own score; its note tells the direction",
            "征信评分（方向见备注）",
        ),
        _spec("bureau_limit", "amount", MORE, "Credit limit the bureau recommends", "征信机构建议额度", ZERO),
        _spec("days_beyond_terms", "days", LESS, "Average days paid after the due day", "平均逾期天数"),
        _spec("late_invoice_share", "share", LESS, "Share of invoices paid late", "逾期发票占比"),
        _spec("open_insolvency", "flag", LESS, "Insolvency proceedings are running", "存在进行中的破产程序"),
        _spec("insolvency_history", "flag", LESS, "There have been insolvency proceedings", "曾有破产程序"),
        _spec("open_charges", "count", LESS, "Charges (secured debts) outstanding", "未解除的抵押登记数"),
        _spec(
            "distress_filings_24m",
            "count",
            LESS,
            "Filings that tell of distress, last 24 months",
            "近24个月重大不利公告数",
        ),
        _spec("watchlist_hits", "count", LESS, "Entries of watch lists the company may be", "名单疑似命中数"),
        _spec(
            "watchlist_confirmed",
            "count",
            LESS,
            "Entries of watch lists matched by official number",
            "名单企业识别号命中数",
        ),
        _spec(
            "requested_to_net_worth", "ratio", LESS, "Limit asked for / tangible net worth", "申请额度/有形净资产", ZERO
        ),
        _spec("requested_to_revenue", "ratio", LESS, "Limit asked for / revenue", "申请额度/营业收入", ZERO),
        _spec(
            "registry_verified", "flag", MORE, "Found in a register or bureau under this name", "已在登记或征信机构核实"
        ),
        _spec("registered_active", "flag", MORE, "Not struck off or dissolved at the register", "登记状态存续"),
        _spec("strike_off_proposed", "flag", LESS, "The register has announced a strike-off", "已发布注销（吊销）公告"),
        _spec(
            "declared_contradictions", "count", LESS, "Declared figures that a source contradicts", "申报与查证不符项数"
        ),
        _spec("ownership_stable", "flag", MORE, "No change of control in three years", "三年内股权及控制权稳定"),
        _spec(
            "dishonest_debtor", "flag", LESS, "Listed as a dishonest debtor and not removed", "失信被执行人（未移出）"
        ),
        _spec(
            "consumption_limit", "flag", LESS, "Consumption limit on the legal representative", "法定代表人被限制高消费"
        ),
        _spec("abnormal_operations", "flag", LESS, "Abnormal-operations entry not removed", "经营异常名录（未移出）"),
        _spec(
            "abnormal_operations_history",
            "flag",
            LESS,
            "There has been an abnormal-operations entry",
            "曾列入经营异常名录",
        ),
        _spec(
            "open_enforcement", "count", LESS, "Enforcement cases against the company, not closed", "未结被执行案件数"
        ),
        _spec("penalties_36m", "count", LESS, "Administrative penalties, last 36 months", "近36个月行政处罚数"),
        _spec("country_excluded", "flag", LESS, "The country is one the house excludes", "国家属于禁入范围"),
        _spec("industry_excluded", "flag", LESS, "The industry is one the house excludes", "行业属于禁入范围"),
        _spec(
            "industry_risk",
            "score",
            LESS,
            "Risk level of the industry in the house's own table",
            "行业风险等级（自有表）",
            ZERO,
        ),
        _spec(
            "own_overdue_days", "days", LESS, "Oldest overdue invoice in our own ledger", "我方账上最长逾期天数", ZERO
        ),
        _spec("bounced_payment_12m", "flag", LESS, "A payment bounced within 12 months", "近12个月有退票"),
        _spec("market_position", "score", MORE, "Judged market position, 0 to 2", "市场地位评分（0-2）", ZERO, TWO),
        _spec("competitive_edge", "score", MORE, "Judged competitive edge, 0 to 2", "竞争优势评分（0-2）", ZERO, TWO),
        _spec("management_quality", "score", MORE, "Judged management, 0 to 2", "管理水平评分（0-2）", ZERO, TWO),
        _spec("growth_potential", "score", MORE, "Judged potential, 0 to 2", "发展潜力评分（0-2）", ZERO, TWO),
        _spec(
            "cooperation_so_far", "score", MORE, "Judged co-operation so far, 0 to 2", "既往合作评分（0-2）", ZERO, TWO
        ),
        _spec("open_judgments", "count", LESS, "Court judgments not satisfied", "未履行的法院判决数"),
        _spec(
            "judgments_36m",
            "count",
            LESS,
            "Court judgments of the last 36 months, satisfied or not",
            "近36个月法院判决数（含已履行）",
        ),
        _spec(
            "open_judgments_amount", "amount", LESS, "Amount of court judgments not satisfied", "未履行判决金额", ZERO
        ),
        _spec(
            "judgments_to_equity", "ratio", LESS, "Amount of open judgments / equity", "未履行判决金额/所有者权益", ZERO
        ),
        _spec(
            "months_since_judgment",
            "months",
            MORE,
            "Months since the newest court judgment",
            "最近一次法院判决距今月数",
        ),
        _spec("open_lawsuits", "count", LESS, "Suits against the company, not ended", "未结涉诉案件数（作为被告）"),
        _spec(
            "lawsuit_amount",
            "amount",
            LESS,
            "Amount of suits against the company, not ended",
            "未结涉诉金额（作为被告）",
            ZERO,
        ),
        _spec("lawsuits_to_equity", "ratio", LESS, "Amount of open suits / equity", "未结涉诉金额/所有者权益", ZERO),
        _spec(
            "bureau_score_position",
            "share",
            MORE,
            "Place of the bureau's score on its own scale: 0 worst, 1 best",
            "征信评分在自有量程中的位置（0最差，1最好）",
        ),
        _spec("bureau_band", "code", NEITHER, "The bureau's band", "征信等级"),
        _spec(
            "auditor_changes_24m",
            "count",
            LESS,
            "Filings that tell of a change of auditor, last 24 months",
            "近24个月更换审计师公告数",
        ),
        _spec(
            "impairments_24m",
            "count",
            LESS,
            "Filings that tell of a material impairment, last 24 months",
            "近24个月重大减值公告数",
        ),
        _spec("new_directors_12m", "count", LESS, "Directors appointed in the last 12 months", "近12个月新任董事人数"),
        _spec(
            "legal_representative_changes_12m",
            "count",
            LESS,
            "Changes of the legal representative, last 12 months",
            "近12个月法定代表人变更次数",
        ),
        _spec("owner_changes_12m", "count", LESS, "Changes of the owners, last 12 months", "近12个月股东变更次数"),
        _spec("paid_in_share", "share", MORE, "Paid-in / registered capital", "实缴资本/注册资本"),
        _spec("insured_staff", "count", MORE, "Employees with social insurance", "参保人数", ZERO),
        _spec(
            "uninsured_after_3y",
            "flag",
            LESS,
            "Nobody insured although in business for more than three years",
            "成立三年以上且参保人数为零",
        ),
        _spec(
            "commercial_paper_overdue",
            "flag",
            LESS,
            "On the list of acceptors persistently overdue on commercial paper",
            "列入商票持续逾期名单",
        ),
        _spec("receivable_days", "days", LESS, "Receivables / revenue x 365", "应收账款周转天数", ZERO),
        _spec("payable_days", "days", LESS, "Payables / cost of sales x 365", "应付账款周转天数", ZERO),
        _spec("inventory_days", "days", LESS, "Inventory / cost of sales x 365", "存货周转天数", ZERO),
        _spec("gross_margin", "ratio", MORE, "(Revenue - cost of sales) / revenue", "毛利率", most=ONE),
        _spec("operating_cash_flow", "amount", MORE, "Cash flow from operating activities", "经营活动现金流量净额"),
        _spec(
            "negative_cash_flow_years",
            "count",
            LESS,
            "Years of the last three with negative cash flow from operations",
            "近三年经营现金流为负的年数",
            most=Decimal(3),
        ),
        _spec(
            "gross_margin_change_2y", "ratio", MORE, "Gross margin less that of two years before", "毛利率较两年前变动"
        ),
        _spec(
            "debt_ratio_change_2y", "ratio", LESS, "Debt ratio less that of two years before", "资产负债率较两年前变动"
        ),
        _spec(
            "receivable_days_change_2y",
            "days",
            LESS,
            "Days of receivables less those of two years before",
            "应收账款周转天数较两年前变动",
        ),
        _spec(
            "annual_overdue_count",
            "count",
            LESS,
            "Times overdue in our own ledger, last 12 months",
            "近12个月我方账上逾期次数",
        ),
    )
}
# The largest balance sheets, in the smallest currencies, stay below.
MOST_FIGURE = Decimal(10) ** 18
BEYOND = Text(en="a figure of this size is none", zh="数值超出合理范围")
NO_SOURCE = Text(en="no source for this is set up", zh="尚无可查询的来源")


def known(
    name: str,
    value: Value,
    sources: tuple[str, ...],
    as_of: date | None,
    *,
    unit: str | None = None,
    note: Text | None = None,
) -> Metric:
    """A metric with a value; ratios are kept to six places. A figure that no company has says nothing: unknown."""
    spec = CATALOGUE[name]
    if isinstance(value, Decimal) and not (value.is_finite() and abs(value) <= MOST_FIGURE):
        return unknown(name, BEYOND, unit=unit, sources=sources)
    if isinstance(value, Decimal) and spec.kind in ("ratio", "score", "share"):
        value = round(value, 6)
    return Metric(name=name, value=value, unit=unit or spec.kind, sources=sources, as_of=as_of, note=note)


def unknown(name: str, why: Text, *, unit: str | None = None, sources: tuple[str, ...] = ()) -> Metric:
    """A metric that could not be had, with the reason."""
    return Metric(name=name, unit=unit or CATALOGUE[name].kind, unknown=why, sources=sources)
