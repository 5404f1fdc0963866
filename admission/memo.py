"""The credit memo in Markdown: company-level, no persons, in either language."""

from __future__ import annotations

import re
from collections.abc import Sequence

from admission.assessment import Assessment
from admission.cases import Case
from admission.criteria import shown
from admission.evidence import Evidence
from admission.findings import Finding, Verdict
from admission.gathering import ANSWER_WORDS
from admission.metrics import CATALOGUE
from admission.model import Language, Text

VERDICTS = {
    Verdict.PASS: Text(en="pass", zh="通过"),
    Verdict.FAIL: Text(en="FAIL", zh="不通过"),
    Verdict.UNKNOWN: Text(en="unknown", zh="未知"),
}
ROUTES = {
    "fast_track": Text(en="fast track: the machine may admit", zh="快速通道：系统可准入"),
    "desk": Text(en="desk: people approve in stages", zh="分级审批"),
    "committee": Text(en="committee", zh="评审委员会"),
    "knock_out": Text(en="knock-out", zh="一票否决"),
}
BINDINGS = {
    "need": Text(en="what was asked for", zh="申请额度"),
    "net_worth": Text(en="net worth", zh="净资产"),
    "turnover": Text(en="turnover", zh="营业收入"),
    "bureau_limit": Text(en="bureau limit", zh="征信建议额度"),
    "concentration_cap": Text(en="concentration cap", zh="集中度上限"),
    "starter_cap": Text(en="starter cap", zh="起步上限"),
    "knock_out": Text(en="knock-out", zh="一票否决"),
    "grade": Text(en="grade", zh="等级"),
}


def credit_memo(
    case: Case,
    assessment: Assessment,
    evidence: Sequence[Evidence],
    findings: Sequence[Finding],
    outside: Sequence[Text],
    language: Language,
    *,
    desk_url: str = "",
) -> str:
    """Write the memo of one case."""
    zh = language == "zh"
    sections = [
        _head(case, assessment, zh=zh, desk_url=desk_url),
        _section("授信建议" if zh else "Recommendation", _recommendation(assessment, language)),
        _section(
            "主要原因" if zh else "Main reasons", [f"- {escape(reason.to(language))}" for reason in assessment.reasons]
        ),
        _section("未能查清" if zh else "Could not be checked", _gaps(assessment, evidence, outside, language)),
        _section("准入标准" if zh else "Criteria", _criteria(assessment, language)),
        _section("关键指标" if zh else "Figures", _figures(assessment, language)),
        _section("数据检查" if zh else "Checks of the data", _findings(findings, language)),
        _section("证据" if zh else "Evidence", _evidence(evidence, language)),
    ]
    return "\n\n".join(section for section in sections if section)


def _head(case: Case, assessment: Assessment, *, zh: bool, desk_url: str) -> str:
    application = case.application
    asked = f"{application.requested.limit:,.0f} {application.requested.currency}"
    title = "授信审批表" if zh else "Credit memo"
    numbers = ", ".join(f"{kind} {value}" for kind, value in application.identifiers.items())
    lines = [
        f"# {title} {case.reference}",
        f"**{escape(application.legal_name)}** ({application.country}{', ' if numbers else ''}{numbers})",
        f"申请：{asked}，账期 {application.requested.terms_days} 天；评估日 {assessment.as_of}；第 {case.round} 轮"
        if zh
        else f"Asked for: {asked}, {application.requested.terms_days} days; as of {assessment.as_of}; "
        f"round {case.round}",
    ]
    if desk_url:
        lines.append(f"[{'到审批台投票' if zh else 'Vote at the desk'}]({desk_url})")
    return "\n\n".join(lines)


def _section(title: str, lines: Sequence[str]) -> str:
    return f"## {title}\n\n" + "\n".join(lines) if lines else ""


def _recommendation(assessment: Assessment, language: Language) -> list[str]:
    zh = language == "zh"
    limit = assessment.limit
    bound = BINDINGS[limit.binding].to(language)
    capped = ("（因缺数据封顶）" if zh else " (capped: too much is missing)") if assessment.grade_capped else ""
    uncalibrated = ("，未校准" if zh else ", uncalibrated") if assessment.uncalibrated else ""
    route = assessment.route
    lines = [
        f"- {'等级' if zh else 'Grade'}: **{assessment.grade}**{capped}, "
        f"{'得分' if zh else 'score'} {assessment.score} / 100{uncalibrated}",
        f"- {'额度' if zh else 'Limit'}: **{limit.amount:,.0f} {limit.currency}** "
        f"({'约束' if zh else 'bound by'}: {bound})",
        f"- {'账期' if zh else 'Terms'}: {assessment.terms.days} {'天' if zh else 'days'}; "
        f"{assessment.terms.text.to(language)}",
        f"- {'路径' if zh else 'Route'}: **{ROUTES[route.kind].to(language)}** {escape(route.band)}",
    ]
    lines += [f"  - {stage.title.to(language)}: {stage.require.words().to(language)}" for stage in route.stages]
    lines += [f"- {item.text.to(language)}: *{item.clause.to(language)}*" for item in assessment.treatments]
    months = assessment.review_months
    lines.append(f"- {'复审周期' if zh else 'Next review'}: {months} {'个月' if zh else 'months after the decision'}")
    return lines


def _gaps(
    assessment: Assessment, evidence: Sequence[Evidence], outside: Sequence[Text], language: Language
) -> list[str]:
    lines = [
        f"- **{result.id}**: {escape(result.message.to(language))}"
        for result in assessment.criteria
        if result.verdict is Verdict.UNKNOWN
    ]
    lines += [
        f"- {item.source} / {item.query.kind}: {ANSWER_WORDS[item.answer].to(language)}"
        + (f" - {escape(item.message.to(language))}" if item.message else "")
        for item in evidence
        if not item.answer.answered
    ]
    return lines + [f"- {text.to(language)}" for text in outside]


def _criteria(assessment: Assessment, language: Language) -> list[str]:
    header = "| 标准 | 结果 | 说明 |" if language == "zh" else "| criterion | verdict | |"
    rows = [
        f"| {result.id} | {VERDICTS[result.verdict].to(language)} | {escape(result.message.to(language))} |"
        for result in assessment.criteria
    ]
    return [header, "| --- | --- | --- |", *rows]


def _figures(assessment: Assessment, language: Language) -> list[str]:
    header = "| 指标 | 数值 | 来源与日期 |" if language == "zh" else "| figure | value | source and day |"
    rows = []
    for metric in assessment.metrics:
        if metric.value is None:
            continue
        unit = f" {metric.unit}" if CATALOGUE[metric.name].kind == "amount" else ""
        note = f" ({metric.note.to(language)})" if metric.note else ""
        rows.append(
            f"| {CATALOGUE[metric.name].meaning.to(language)} | {escape(shown(metric.value).to(language))}{unit} "
            f"| {', '.join(metric.sources)} {metric.as_of or ''}{escape(note)} |"
        )
    return [header, "| --- | --- | --- |", *rows] if rows else []


def _findings(findings: Sequence[Finding], language: Language) -> list[str]:
    return [
        f"- {VERDICTS[finding.verdict].to(language)} `{finding.code}`: {escape(finding.message.to(language))}"
        for finding in findings
    ]


def _evidence(evidence: Sequence[Evidence], language: Language) -> list[str]:
    header = "| 来源 | 结果 | 时间 | 费用 |" if language == "zh" else "| source | answer | time | cost |"
    rows = [
        f"| {item.source} / {item.query.kind} | {ANSWER_WORDS[item.answer].to(language)} "
        f"| {item.fetched_at:%Y-%m-%d %H:%M}Z | {item.cost} {item.cost_currency} |"
        for item in evidence
    ]
    return [header, "| --- | --- | --- | --- |", *rows]


def escape(text: str) -> str:
    """Take the meaning out of characters that Markdown or HTML would read; what sources send is never markup."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for character in "\\`*_[]|#~":
        text = text.replace(character, f"\\{character}")
    # Readers of Markdown make links of bare addresses too.
    text = re.sub(r"(?i)(?<=\bwww)\.|:(?=//)|@", lambda found: f"\\{found[0]}", text)
    return " ".join(text.split())
