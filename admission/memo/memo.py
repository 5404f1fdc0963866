"""The credit memo in Markdown: company-level, no persons; in Chinese in the shape of a credit approval form."""

from __future__ import annotations

from collections.abc import Sequence

from admission.assessment.criteria import shown_metric
from admission.assessment.record import Assessment
from admission.cases import Case
from admission.customers.asked_change import asked_words, result_words
from admission.evidence.addresses import said_of
from admission.evidence.answers import Answer, Evidence
from admission.evidence.findings import Finding, Verdict
from admission.evidence.gathering import ANSWER_WORDS
from admission.evidence.watchlists import RULINGS
from admission.memo.documents import CaseFile
from admission.memo.memo_zh import form_sections, table
from admission.memo.phrases import (
    BINDINGS,
    CAPPED,
    NOT_ASKED,
    ROUTES,
    VERDICTS,
    amount_words,
    escape,
    probability_words,
)
from admission.memo.since_memo import SINCE, since_lines
from admission.memo.what_if import TITLE
from admission.metrics.catalogue import CATALOGUE
from admission.model import Language, Text

__all__ = ["BINDINGS", "ROUTES", "VERDICTS", "credit_memo", "escape"]


DEMO = Text(en="A demonstration: the companies are invented.", zh="演示：企业均为虚构。")


def credit_memo(file: CaseFile, language: Language, *, desk_url: str = "") -> str:
    """Write the memo of one case; "" while it is not assessed.

    Args:
        file: of the case.
        language: the Chinese memo is an approval form, and shows facts and votes too.
        desk_url: where people vote.
    """
    assessment = file.assessment
    if assessment is None:
        return ""
    zh = language == "zh"
    if zh:
        stages = file.poll.stages if file.poll is not None else assessment.route.stages
        first = form_sections(
            file.case, assessment, file.facts, file.votes, file.house_amount, stages, to_people=bool(file.obstacles)
        )
    else:
        reasons = [f"- {escape(reason.to(language))}" for reason in assessment.reasons]
        first = [("Recommendation", _recommendation(assessment, file)), ("Main reasons", reasons)]
    gaps = _gaps(assessment, file.evidence, file.outside, language)
    not_asked = _not_asked(assessment, file.evidence, language)
    sections = [
        _head(file.case, assessment, zh=zh, desk_url=desk_url),
        *_cautions(file, language),
        *(_section(title, lines) for title, lines in first),
        _section(SINCE.to(language), since_lines(file.since, language) if file.since else []),
        _section(TITLE.to(language), [f"- {escape(text.to(language))}" for text in file.what_if]),
        _section("附一、未能查清" if zh else "Could not be checked", gaps),
        _section("附一（续）、未查询" if zh else "Not asked", not_asked),
        _section("附二、准入标准" if zh else "Criteria", _criteria(assessment, language)),
        "" if zh else _section("Limit", _bounds(assessment)),
        "" if zh else _section("Figures", _figures(assessment, language)),
        _section("附三、数据检查" if zh else "Checks of the data", _findings(file.findings, language)),
        _section("附四、证据" if zh else "Evidence", _evidence(file.evidence, language)),
        _section("附五、裁定与例外" if zh else "Rulings and overrides", _departures(assessment, language)),
        _section("附六、转人工复审的原因" if zh else "Why people decide this review", _obstacles(file, language)),
        _section("附七、同意前须逐项接受" if zh else "To be accepted by name", _to_accept(assessment, language)),
    ]
    return "\n\n".join(section for section in sections if section)


def _head(case: Case, assessment: Assessment, *, zh: bool, desk_url: str) -> str:
    application = case.application
    asked = amount_words(application.requested.limit, application.requested.currency)
    title = "授信审批表" if zh else "Credit memo"
    numbers = ", ".join(f"{kind} {value}" for kind, value in application.identifiers.items())
    lines = [
        f"# {title} {case.reference}",
        f"**{escape(application.legal_name)}** ({application.country}{', ' if numbers else ''}{numbers})",
        f"申请：{asked.zh}，账期 {application.requested.terms_days} 天；评估日 {assessment.as_of}；第 {case.round} 轮"
        if zh
        else f"Asked for: {asked.en}, {application.requested.terms_days} days; as of {assessment.as_of}; "
        f"round {case.round}",
    ]
    change = asked_words(application)
    if change is not None:
        told = [change, *result_words(case, assessment)]
        lines += [f"**{escape(text.to('zh' if zh else 'en'))}**" for text in told]
    if desk_url:
        lines.append(f"[{'到审批台办理审批' if zh else 'Vote at the desk'}]({desk_url})")
    return "\n\n".join(lines)


def _cautions(file: CaseFile, language: Language) -> list[str]:
    """Say before all else what keeps the memo from being what it looks like."""
    told = [DEMO] if file.demo else []
    places = dict.fromkeys((item.source, item.other_address) for item in file.evidence if item.other_address)
    told += [said_of(source, address) for source, address in places if address]
    return [f"**{escape(text.to(language))}**" for text in told]


def _section(title: str, lines: Sequence[str]) -> str:
    return f"## {title}\n\n" + "\n".join(lines) if lines else ""


def _recommendation(assessment: Assessment, file: CaseFile) -> list[str]:
    limit, route = assessment.limit, assessment.route
    capped = f" ({CAPPED.en})" if assessment.grade_capped else ""
    lines = [
        f"- Grade: **{assessment.grade}**{capped}, score {assessment.score} / 100, {probability_words(assessment).en}",
        f"- Limit: **{limit.amount:,.0f} {limit.currency}** (bound by: {BINDINGS[limit.binding].en})",
        f"- Terms: {assessment.terms.days} days; {assessment.terms.text.en}",
        f"- Route: **{ROUTES[route.kind].en}** {escape(route.band)}",
    ]
    if file.obstacles and not route.stages:
        lines.append("- The system may not renew this review: people decide")
    # Of a review fewer may vote than its route names.
    stages = file.poll.stages if file.poll is not None else route.stages
    lines += [f"  - {stage.title.en}: {stage.words().en}" for stage in stages]
    lines += [f"- {item.text.en}: *{item.clause.en}*" for item in assessment.treatments]
    return [*lines, f"- Next review: {assessment.review_months} months after the decision"]


def _bounds(assessment: Assessment) -> list[str]:
    limit = assessment.limit
    rows = []
    for bound in limit.bounds:
        name = BINDINGS[bound.name].en if bound.name in BINDINGS else escape(bound.name)
        amount = "unknown" if bound.amount is None else f"{bound.amount:,.0f} {limit.currency}"
        rows.append(f"| {name} | {amount} | {escape(bound.reason.en)} |")
    return ["| bound | amount | |", "| --- | --- | --- |", *rows]


def _gaps(
    assessment: Assessment, evidence: Sequence[Evidence], outside: Sequence[Text], language: Language
) -> list[str]:
    lines = [
        f"- **{result.id}**: {escape(result.message.to(language))}"
        for result in assessment.criteria
        if result.verdict is Verdict.UNKNOWN and not result.not_asked
    ]
    lines += [
        f"- {item.source} / {item.query.kind}: {ANSWER_WORDS[item.answer].to(language)}"
        + (f" - {escape(item.message.to(language))}" if item.message else "")
        for item in evidence
        if not item.answer.answered and item.answer is not Answer.NOT_CONFIGURED
    ]
    return lines + [f"- {text.to(language)}" for text in outside]


def _not_asked(assessment: Assessment, evidence: Sequence[Evidence], language: Language) -> list[str]:
    """List apart what nobody was asked about: it was kept back by nobody, and it is no clean answer either."""
    lines = [f"- **{result.id}**: {escape(result.message.to(language))}" for result in assessment.not_asked]
    lines += [f"- {escape(part.reason.to(language))}" for part in assessment.parts if part.not_asked]
    sources = dict.fromkeys(item.source for item in evidence if item.answer is Answer.NOT_CONFIGURED)
    return lines + [f"- {source}: {ANSWER_WORDS[Answer.NOT_CONFIGURED].to(language)}" for source in sources]


def _criteria(assessment: Assessment, language: Language) -> list[str]:
    header = "| 准入标准 | 结果 | 说明 |" if language == "zh" else "| criterion | verdict | |"
    rows = [
        f"| {result.id} | {(NOT_ASKED if result.not_asked else VERDICTS[result.verdict]).to(language)} "
        f"| {escape(result.message.to(language))} |"
        for result in assessment.criteria
    ]
    return [header, "| --- | --- | --- |", *rows]


def _departures(assessment: Assessment, language: Language) -> list[str]:
    """What people ruled and signed for; who and why is at the desk, for the memo names no persons."""
    until = "例外批准，至" if language == "zh" else "overridden until"
    lines = [
        f"- {escape(ruling.list_name)} {escape(ruling.entry)}: "
        f"{RULINGS[ruling.ruling].to(language)} ({ruling.at.date()})"
        for ruling in assessment.rulings
    ]
    return lines + [f"- **{override.criterion}**: {until} {override.until}" for override in assessment.overrides]


def _obstacles(file: CaseFile, language: Language) -> list[str]:
    return [f"- {escape(text.to(language))}" for text in file.obstacles]


def _to_accept(assessment: Assessment, language: Language) -> list[str]:
    """What approvers must accept by name, each with a reason; who did so is at the desk."""
    if assessment.route.kind in ("fast_track", "knock_out"):
        return []
    return [
        f"- **{result.id}**: {VERDICTS[result.verdict].to(language)}"
        for result in assessment.criteria
        if result.id in (*assessment.unknowns, *assessment.failures)
    ]


def _figures(assessment: Assessment, language: Language) -> list[str]:
    header = "| 指标 | 数值 | 来源与日期 |" if language == "zh" else "| figure | value | source and day |"
    rows = []
    for metric in assessment.metrics:
        if metric.value is None:
            continue
        unit = f" {metric.unit}" if CATALOGUE[metric.name].kind == "amount" else ""
        note = f" ({metric.note.to(language)})" if metric.note else ""
        rows.append(
            f"| {CATALOGUE[metric.name].meaning.to(language)} | {escape(shown_metric(metric).to(language))}{unit} "
            f"| {', '.join(metric.sources)} {metric.as_of or ''}{escape(note)} |"
        )
    return [header, "| --- | --- | --- |", *rows] if rows else []


def _findings(findings: Sequence[Finding], language: Language) -> list[str]:
    return [
        f"- {VERDICTS[finding.verdict].to(language)} `{finding.code}`: {escape(finding.message.to(language))}"
        for finding in findings
    ]


def _evidence(evidence: Sequence[Evidence], language: Language) -> list[str]:
    if language == "zh":
        return _evidence_zh(evidence)
    rows = [
        f"| {item.source} / {item.query.kind}{_place(item)} | {ANSWER_WORDS[item.answer].en} "
        f"| {item.fetched_at:%Y-%m-%d %H:%M}Z | {item.cost} {item.cost_currency} |"
        for item in evidence
    ]
    return ["| source | answer | time | cost |", "| --- | --- | --- | --- |", *rows]


def _place(item: Evidence) -> str:
    """Where a source was asked, if not at its own address."""
    return f" @ {escape(item.other_address)}" if item.other_address else ""


def _evidence_zh(evidence: Sequence[Evidence]) -> list[str]:
    """What each source answered, with its own words: they mark what people uploaded or recorded by hand."""
    rows = [
        (
            f"{item.source} / {item.query.kind}{_place(item)}",
            ANSWER_WORDS[item.answer].zh,
            f"{item.fetched_at:%Y-%m-%d %H:%M}Z",
            f"{item.cost} {item.cost_currency}",
            escape(item.message.zh) if item.message else "",
        )
        for item in evidence
    ]
    return table(("来源", "结果", "时间", "费用", "说明"), rows)
