"""The credit memo in Chinese, in the shape of a credit approval form (授信审批表): departments, and no persons.

Its sections follow the forms in use: applicant, request, finances year by year, operations and law, grade and limit,
the opinions of departments. What is unknown is said in the section that it belongs to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from admission.application import Application, DeclaredAmount
from admission.approval.seats import Requirement
from admission.approval.stages import Stage
from admission.approval.votes import Vote, last_ballots
from admission.assessment.record import Assessment
from admission.cases import Case
from admission.evidence.facts import CompanyProfile, Facts, FinancialStatement, LegalRecord, LegalStatus
from admission.memo.labels import CHOICES, FIGURES, IDENTIFIERS, LEGAL_KINDS, SEATS, said
from admission.memo.phrases import BINDINGS, CAPPED, ROUTES, amount_words, escape, probability_words
from admission.metrics.catalogue import CATALOGUE, JUDGED, Metric
from admission.model import Text
from admission.money import Converted, Money

YEARS = 3
STATUS_WORDS = {LegalStatus.OPEN: "未结/未移出", LegalStatus.CLOSED: "已结/已移出", LegalStatus.UNCLEAR: "不详"}
ROLE_WORDS = {"legal_representative": "法定代表人", "controller": "实际控制人"}
SHOWN_RECORDS = 20
STATED = (
    "cash",
    "receivables",
    "inventory",
    "current_assets",
    "total_assets",
    "current_liabilities",
    "total_liabilities",
    "equity",
    "revenue",
    "operating_profit",
    "interest_expense",
    "net_income",
    "operating_cash_flow",
)
RATIOS = (
    "debt_ratio",
    "current_ratio",
    "quick_ratio",
    "interest_cover",
    "return_on_assets",
    "revenue_growth",
    "altman_z2",
    "cash_flow_to_debt",
)
LEGAL_METRICS = (
    "years_trading",
    "headcount",
    "credit_score",
    "bureau_limit",
    "days_beyond_terms",
    "late_invoice_share",
    "registry_verified",
    "registered_active",
    "strike_off_proposed",
    "abnormal_operations",
    "abnormal_operations_history",
    "penalties_36m",
    "dishonest_debtor",
    "consumption_limit",
    "open_enforcement",
    "open_insolvency",
    "insolvency_history",
    "open_charges",
    "distress_filings_24m",
    "watchlist_hits",
    "watchlist_confirmed",
    *JUDGED,
)


def form_sections(
    case: Case,
    assessment: Assessment,
    facts: Facts,
    votes: Sequence[Vote],
    house_amount: Converted | None,
    stages: Sequence[Stage] | None = None,
    *,
    to_people: bool = False,
) -> list[tuple[str, list[str]]]:
    """Return the six sections of the form, each with its lines of Markdown.

    Args:
        case: the case.
        assessment: the system's view that is voted on.
        facts: the facts of its round.
        votes: what was voted, of any round; those on this assessment are shown, by department.
        house_amount: what was asked for in the house currency; None where there is no rate.
        stages: that vote; those of the route where not given.
        to_people: whether people decide although the route names none.
    """
    metrics = {metric.name: metric for metric in assessment.metrics}
    return [
        ("一、申请人基本情况", _applicant(case.application, facts.profiles, metrics)),
        ("二、授信申请", _request(case.application, metrics, house_amount)),
        ("三、财务分析", _finances(facts.statements, metrics)),
        ("四、经营与法律情况", _standing(facts.legal, metrics)),
        ("五、评级与额度测算", _grading(assessment)),
        (
            "六、审批意见",
            _opinions(assessment, votes, assessment.route.stages if stages is None else stages, to_people),
        ),
    ]


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a Markdown table; cells must be escaped already."""
    lines = [header, ["---"] * len(header), *rows]
    return [f"| {' | '.join(line)} |" for line in lines]


def _applicant(
    application: Application, profiles: Sequence[CompanyProfile], metrics: Mapping[str, Metric]
) -> list[str]:
    rows = [
        ("企业名称", escape(application.legal_name), "申请表"),
        ("国家或地区", application.country, "申请表"),
        *((said(IDENTIFIERS, kind).zh, escape(number), "申请表") for kind, number in application.identifiers.items()),
        ("客户类别", escape(application.segment), "申请表"),
    ]
    for profile in profiles:
        told = (
            ("登记名称", profile.legal_name),
            ("登记状态", profile.status_text or (str(profile.status) if profile.status else "")),
            ("企业类型", profile.legal_form),
            ("成立日期", str(profile.incorporated_on or "")),
            ("实缴资本", _money(profile.paid_in_capital)),
            ("所属行业", profile.industry_text or profile.industry_code or ""),
            ("住所", profile.address),
            ("曾用名", "、".join(profile.former_names)),
        )
        rows += [(title, escape(value), profile.source) for title, value in told if value]
    if not profiles:
        rows.append(("登记信息", _value(metrics, "registry_verified"), "-"))
    declared = application.declared
    stated = (
        ("申报成立日期", str(declared.founded or "")),
        ("申报年营业收入", _declared(declared.annual_revenue)),
        ("申报资产总额", _declared(declared.total_assets)),
        ("申报净利润", _declared(declared.net_income)),
        ("申报员工人数", "" if declared.headcount is None else str(declared.headcount)),
        ("申报所属集团", escape(application.group or "")),
        *(
            (f"同业授信：{escape(reference.supplier)}", _declared(reference.limit))
            for reference in declared.trade_references
        ),
    )
    rows += [(title, value, "申请人申报") for title, value in stated if value]
    return table(("项目", "内容", "来源"), rows)


def _request(application: Application, metrics: Mapping[str, Metric], house_amount: Converted | None) -> list[str]:
    asked = application.requested
    converted = "未知：没有汇率"
    if house_amount is not None:
        money = house_amount.money
        converted = amount_words(money.amount, money.currency).zh
        if money.currency != asked.currency:
            converted += f"，按 {house_amount.rate_on} 汇率 {house_amount.rate.normalize():f}"
    return [
        f"- 申请额度：**{amount_words(asked.limit, asked.currency).zh}**",
        f"- 折合本位币：{converted}",
        f"- 申请账期：{asked.terms_days} 天",
        *(
            [f"- 预计年销售额：{amount_words(asked.annual_sales, asked.currency).zh}"]
            if asked.annual_sales is not None
            else []
        ),
        *([f"- 提供担保金额：{amount_words(asked.cover, asked.currency).zh}"] if asked.cover is not None else []),
        f"- 申请额度/有形净资产：{_value(metrics, 'requested_to_net_worth')}",
        f"- 申请额度/营业收入：{_value(metrics, 'requested_to_revenue')}",
    ]


def _finances(statements: Sequence[FinancialStatement], metrics: Mapping[str, Metric]) -> list[str]:
    lines: list[str] = []
    for source, consolidated, currency in dict.fromkeys(
        (item.source, item.consolidated, item.currency) for item in statements
    ):
        group = (source, consolidated, currency)
        years = [item for item in statements if (item.source, item.consolidated, item.currency) == group]
        years = sorted(years, key=lambda item: item.period_end, reverse=True)[:YEARS]
        scope = {True: "，合并", False: "，母公司", None: ""}[consolidated]
        lines += [f"来源：{escape(source)}{scope}；单位：{currency}", ""]
        rows = [
            (FIGURES[name].zh, *(_amount(getattr(year, name)) for year in years))
            for name in STATED
            if any(getattr(year, name) is not None for year in years)
        ]
        lines += table(("项目", *(str(year.period_end) for year in years)), rows)
        lines.append("")
        bases = dict.fromkeys(year.basis for year in years if year.basis)
        lines += [f"- 取数口径：{escape(_in_chinese(basis))}" for basis in bases]
        lines += [""] if bases else []
    if not lines:
        lines += [f"没有可用报表：{_value(metrics, 'total_assets')}", ""]
    lines += table(
        ("指标", "数值", "来源与日期"),
        [(CATALOGUE[name].meaning.zh, _value(metrics, name), _origin(metrics[name])) for name in RATIOS],
    )
    return lines


def _in_chinese(basis: str) -> str:
    for name in STATED:
        basis = basis.replace(name, FIGURES[name].zh)
    return basis


def _standing(records: Sequence[LegalRecord], metrics: Mapping[str, Metric]) -> list[str]:
    lines = table(
        ("事项", "结果", "来源与日期"),
        [(CATALOGUE[name].meaning.zh, _value(metrics, name), _origin(metrics[name])) for name in LEGAL_METRICS],
    )
    if not records:
        return lines
    newest = sorted(records, key=lambda record: str(record.on or ""), reverse=True)
    rows = [
        (
            LEGAL_KINDS[record.kind].zh + (f"（{ROLE_WORDS.get(record.role, '相关人员')}）" if record.role else ""),
            escape(record.reference),
            str(record.on or "-"),
            f"{STATUS_WORDS[record.status]} {record.ended_on or ''}".strip(),
            escape(record.title) + (f" {_money(record.amount)}" if record.amount else ""),
            record.source,
        )
        for record in newest[:SHOWN_RECORDS]
    ]
    lines += ["", *table(("类别", "编号", "日期", "状态", "内容", "来源"), rows)]
    if len(newest) > SHOWN_RECORDS:
        lines.append(f"- 另有 {len(newest) - SHOWN_RECORDS} 条记录，见审批台")
    return lines


def _grading(assessment: Assessment) -> list[str]:
    limit, route = assessment.limit, assessment.route
    recommended = amount_words(limit.amount, limit.currency).zh
    capped = f"（{CAPPED.zh}）" if assessment.grade_capped else ""
    lines = [
        f"- 等级：**{assessment.grade}**{capped}，得分 {assessment.score} / 100，{probability_words(assessment).zh}",
        f"- 建议额度：**{recommended}**（额度依据：{BINDINGS[limit.binding].zh}）",
        f"- 付款条件：账期 {assessment.terms.days} 天；{assessment.terms.text.zh}",
        *(f"- 条件：{item.text.zh}：*{item.clause.zh}*" for item in assessment.treatments),
        f"- 复审周期：{assessment.review_months} 个月",
        f"- 审批层级：**{ROUTES[route.kind].zh}** {escape(route.band)}",
        "",
    ]
    rows = [
        (
            BINDINGS[bound.name].zh if bound.name in BINDINGS else escape(bound.name),
            "未知" if bound.amount is None else amount_words(bound.amount, limit.currency).zh,
            escape(bound.reason.zh),
        )
        for bound in limit.bounds
    ]
    lines += table(("额度测算", "金额", "说明"), rows)
    if assessment.reasons:
        lines += ["", "主要原因：", "", *(f"- {escape(reason.zh)}" for reason in assessment.reasons)]
    return lines


def _opinions(assessment: Assessment, votes: Sequence[Vote], stages: Sequence[Stage], to_people: bool) -> list[str]:
    """The opinions by stage and department; a line stays empty until the department has voted."""
    if not stages and to_people:
        return ["- 系统不能自动续期，转人工审批"]
    if not stages:
        return [f"- {ROUTES[assessment.route.kind].zh}，无需会签", *_reasons(assessment.route.reasons)]
    cast = last_ballots(vote for vote in votes if vote.assessment == assessment.sha256)
    rows: list[tuple[str, ...]] = []
    for stage in stages:
        told = [vote for vote in cast if vote.stage == stage.name]
        for vote in told:
            opinion = CHOICES[vote.ballot.choice].zh
            said_besides = [*vote.ballot.conditions, *(f"接受 {name}" for name in vote.ballot.accepted)]
            extras = "；".join(escape(text) for text in said_besides)
            department = said(SEATS, vote.department).zh
            rows.append((stage.title.zh, department, opinion, extras, f"{vote.cast_at:%Y-%m-%d}"))
        heard = {vote.department for vote in told}
        waiting = [name for name in _departments(stage.require) if name not in heard]
        rows += [(stage.title.zh, said(SEATS, name).zh, "", "", "") for name in waiting]
        if not told and not waiting:
            rows.append((stage.title.zh, stage.words().zh, "", "", ""))
    return table(("环节", "部门", "意见", "附加条件及接受事项", "日期"), rows)


def _departments(require: Requirement) -> list[str]:
    if require.department is not None:
        return [require.department]
    parts = (*require.all_of, *require.any_of)
    return list(dict.fromkeys(name for part in parts for name in _departments(part)))


def _reasons(reasons: Sequence[Text]) -> list[str]:
    return [f"- {escape(reason.zh)}" for reason in reasons]


def _value(metrics: Mapping[str, Metric], name: str) -> str:
    metric = metrics[name]
    if metric.value is None:
        return f"未知：{escape(metric.unknown.zh)}" if metric.unknown else "未知"
    note = f"（{escape(metric.note.zh)}）" if metric.note else ""
    if isinstance(metric.value, bool):
        return ("是" if metric.value else "否") + note
    if isinstance(metric.value, Decimal):
        return f"{_amount(metric.value)}{note}"
    return escape(metric.value) + note


def _origin(metric: Metric) -> str:
    return f"{', '.join(metric.sources)} {metric.as_of or ''}".strip() or "-"


def _amount(value: Decimal | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{(round(value, 3) + 0).normalize():f}"


def _money(money: Money | None) -> str:
    return "" if money is None else f"{money.amount:,.0f} {money.currency}"


def _declared(amount: DeclaredAmount | None) -> str:
    return "" if amount is None else _money(amount.money)
