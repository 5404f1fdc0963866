"""Was and now since the last decision, in words; and as a JSON document."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from admission.assessment.criteria import shown_metric
from admission.customers.since.comparing import Moved, Point, RuleState, Since
from admission.customers.since.records import Incomparable, RecordChange, Same, TakenOver, Why
from admission.customers.since.told import Subject
from admission.memo.labels import BASES, CONDITION_STATES, DECIDED_BY, EVENTS, LEGAL_KINDS, LEGAL_STATES, OUTCOMES, said
from admission.memo.phrases import amount_words
from admission.metrics.catalogue import CATALOGUE, Metric, Value
from admission.model import Language, Text

SINCE = Text(en="Since the last decision", zh="与上次决定相比")
ITEM, WAS, NOW = Text(en="item", zh="项目"), Text(en="was", zh="上次"), Text(en="now", zh="本次")
CONDITIONS = Text(en="Conditions of that decision", zh="上次决定的条件")
NOTHING_CHANGED = Text(
    en="No criterion, figure or record that can be compared has changed.", zh="可比的准入标准、数据和记录均无变化。"
)
UNCHANGED = Text(en="Unchanged", zh="无变化")
NOT_COMPARABLE = Text(en="Not comparable", zh="无法比较")
TAKEN_OVER = Text(en="Not asked anew, taken over from that decision", zh="未重新查询，沿用上次决定的资料")
NOT_KNOWN = Text(en="not known", zh="不详")
NOT_DECIDED = Text(en="not decided yet", zh="尚未决定")
POINTS = {
    "grade": Text(en="grade", zh="等级"),
    "score": Text(en="score", zh="得分"),
    "limit": Text(en="recommended limit", zh="建议额度"),
    "granted": Text(en="limit granted", zh="批准额度"),
    "terms": Text(en="terms in days", zh="账期天数"),
    "security": Text(en="security", zh="担保"),
    "review_months": Text(en="months until the next review", zh="距下次复审月数"),
    "policy": Text(en="policy", zh="准入政策"),
    "engine": Text(en="version of the assessment", zh="评估程序版本"),
}
SECURITY = {
    "open": Text(en="open credit", zh="赊销"),
    "until_known": Text(en="secured until all is known", zh="查清前须提供担保"),
    "secured": Text(en="secured", zh="须提供担保"),
    "partly": Text(en="partly secured", zh="部分须提供担保"),
}
RULE_STATES: dict[RuleState, Text] = {
    "pass": Text(en="met", zh="达标"),
    "fail": Text(en="not met", zh="未达标"),
    "unknown": Text(en="unknown", zh="未知"),
    "overridden": Text(en="overridden", zh="例外批准"),
    "not_asked": Text(en="not asked", zh="未查询"),
    "absent": Text(en="not in the policy", zh="政策中无此项"),
}
CHANGES = {
    "new": Text(en="new", zh="新增"),
    "changed": Text(en="changed", zh="变更"),
    "gone": Text(en="gone", zh="已无"),
}
ASKED = {
    "new": Text(en="asked for now", zh="现另要求"),
    "changed": Text(en="asked for otherwise", zh="要求有变"),
    "gone": Text(en="not asked for any more", zh="不再要求"),
}
SUBJECTS = {
    Subject.ACCOUNTS: Text(en="accounts", zh="财务报表"),
    Subject.REGISTER: Text(en="register", zh="登记信息"),
    Subject.REPORT: Text(en="credit report", zh="信用报告"),
    Subject.LEGAL: Text(en="legal records", zh="司法及登记记录"),
    Subject.FILING: Text(en="filings", zh="披露文件"),
    Subject.LISTED: Text(en="list entries", zh="名单条目"),
    Subject.OFFICERS: Text(en="officers", zh="高级管理人员"),
}
NOTHING_ON_RECORD = Text(en="nothing on record", zh="无记录")
FIELDS = {
    "status": Text(en="status in the register", zh="登记状态"),
    "legal_name": Text(en="name", zh="企业名称"),
    "legal_form": Text(en="legal form", zh="企业类型"),
    "incorporated_on": Text(en="day of incorporation", zh="成立日期"),
    "industry_code": Text(en="industry", zh="行业"),
    "address": Text(en="address", zh="地址"),
    "accounts_overdue": Text(en="accounts overdue", zh="报表逾期"),
    "last_accounts_on": Text(en="last accounts in the register", zh="最近登记报表"),
    "rated": Text(en="rated", zh="有评级"),
    "score": Text(en="bureau score", zh="征信评分"),
    "band": Text(en="bureau grade", zh="征信等级"),
    "limit": Text(en="bureau limit", zh="征信建议额度"),
    "complete": Text(en="report complete", zh="报告完整"),
    "in_office": Text(en="in office", zh="在任"),
    "resigned": Text(en="resigned", zh="离任"),
    "officer": Text(en="officer", zh="高级管理人员"),
    "yes": Text(en="yes", zh="是"),
    "no": Text(en="no", zh="否"),
}
WHYS = {
    Why.NOT_ASKED_THEN: Text(en="did not answer in full last time", zh="上次未获完整答复"),
    Why.NOT_ANSWERED_NOW: Text(en="did not answer in full now", zh="本次未获完整答复"),
    Why.OTHER_READER: Text(en="is read by another version of its reader", zh="解析程序版本不同"),
    Why.LEFT_OPEN: Text(en="leaves something open in its answer", zh="答复有未说明之处"),
    Why.FAILED_CHECK: Text(en="failed a check of the data", zh="未通过数据检查"),
    Why.NOT_REPORTED_THEN: Text(en="was not reckoned last time", zh="上次未计算"),
    Why.NOT_REPORTED_NOW: Text(en="is not reckoned any more", zh="现已不再计算"),
    Why.OTHER_UNIT: Text(en="is in another currency or unit", zh="币种或单位不同"),
    Why.NO_ASSESSMENT: Text(en="rests on no assessment of this system", zh="未经本系统评估"),
    Why.ERASED: Text(en="was erased, but for the decision", zh="资料已删除，仅保留决定"),
}
MAYBE_OLDER = Text(en="may be older: not told to us last time", zh="可能早已存在：上次未能获知")
OWN_WORDS = Text(en="a condition in an approver's own words", zh="审批人自拟的条件")


class PointSaid(NamedTuple):
    """Where one thing stood and stands, in words."""

    what: Text
    was: Text
    now: Text
    moved: bool


class SinceSaid(NamedTuple):
    """What changed since the last decision, in words.

    Attributes:
        changes: that nothing changed is said too, where there was something to compare.
        lists: what is told in one line each, with its title.
    """

    headline: Text
    points: tuple[PointSaid, ...]
    changes: tuple[Text, ...]
    lists: tuple[tuple[Text, tuple[Text, ...]], ...]


def say_since(since: Since) -> SinceSaid:
    """Put into words what changed since the last decision."""
    lists = (
        (CONDITIONS, condition_words(since)),
        (UNCHANGED, unchanged_words(since)),
        (TAKEN_OVER, tuple(_taken_over(item) for item in since.taken_over)),
        (NOT_COMPARABLE, incomparable_words(since)),
    )
    return SinceSaid(
        headline=headline(since),
        points=tuple(point_words(point) for point in since.points),
        changes=changes_in_words(since) or (() if _uncompared(since) else (NOTHING_CHANGED,)),
        lists=tuple((title, texts) for title, texts in lists if texts),
    )


def _uncompared(since: Since) -> bool:
    return any(item.kind == "case" for item in since.incomparable)


def headline(since: Since) -> Text:
    """Name the decision that is compared with."""
    outcome, by = said(OUTCOMES, since.outcome), said(DECIDED_BY, since.decided_by)
    return Text(
        en=f"Compared with {since.case} of {since.decided_on}: {outcome.en}, {by.en}",
        zh=f"对比 {since.case}（{since.decided_on}）：{outcome.zh}，{by.zh}",
    )


def point_words(point: Point) -> PointSaid:
    """Return what stood and stands, as it was and as it is now."""
    was = _point(point, point.was, point.unit_was, NOT_KNOWN)
    return PointSaid(POINTS[point.what], was, _point(point, point.now, point.unit_now, NOT_DECIDED), point.moved)


def _point(point: Point, value: Decimal | str | None, unit: str, none: Text) -> Text:
    if value is None:
        return none
    if isinstance(value, Decimal):
        return amount_words(value, unit) if unit else _same(f"{value:f}")
    return said(SECURITY, value) if point.what == "security" else _same(value)


def changes_in_words(since: Since) -> tuple[Text, ...]:
    """Return a sentence for all that changed: criteria, what is asked for, records, then figures, worse ones first."""
    return (
        *(_turned(since)),
        *(_labelled(ASKED[item.change], item.text) for item in since.asked),
        *(record_words(item) for item in _told_singly(since)),
        *_plain_filings(since),
        *(moved_words(item) for item in sorted(since.figures, key=lambda item: item.worse is not True)),
    )


def _turned(since: Since) -> Iterator[Text]:
    for item in since.criteria:
        was, now = RULE_STATES[item.was], RULE_STATES[item.now]
        yield Text(
            en=f"{item.id}: {was.en} -> {now.en} ({item.message.en})",
            zh=f"{item.id}：{was.zh} → {now.zh}（{item.message.zh}）",
        )


def _told_singly(since: Since) -> Iterator[RecordChange]:
    return (item for item in since.records if not _is_plain_filing(item))


def _is_plain_filing(item: RecordChange) -> bool:
    """True for a new filing that tells of no event: a company files many, and they are counted."""
    return item.subject is Subject.FILING and item.change == "new" and not item.now


def _plain_filings(since: Since) -> Iterator[Text]:
    filings = [item for item in since.records if _is_plain_filing(item)]
    for source in sorted({item.source for item in filings}):
        own = [item for item in filings if item.source == source]
        days = [item.on for item in own if item.on is not None]
        last = f", {max(days)}" if days else ""
        forms = ", ".join(sorted({item.kind for item in own}))
        yield Text(
            en=f"new filings that tell of no event: {len(own)} ({forms}{last}; {source})",
            zh=f"新增披露文件（未涉风险事项）：{len(own)} 份（{forms}{last}；{source}）",
        )


def record_words(item: RecordChange) -> Text:
    """Return a record that came, changed or went, with where a person finds it."""
    change, what = CHANGES[item.change], _kind(item)
    was, now = _state(item, item.was), _state(item, item.now)
    states = [state for state in (was, now) if state is not None]
    en = " -> ".join(state.en for state in states)
    zh = " → ".join(state.zh for state in states)
    if item.fields:
        names = [said(FIELDS, name) for name in item.fields]
        en = "; ".join([*([en] if en else []), ", ".join(name.en for name in names)])
        zh = "；".join([*([zh] if zh else []), "、".join(name.zh for name in names)])
    where = " ".join(part for part in (item.source, item.reference, "" if item.on is None else str(item.on)) if part)
    older = item.maybe_older
    return Text(
        en=f"{change.en}: {what.en}{f': {en}' if en else ''} ({where}{f'; {MAYBE_OLDER.en}' if older else ''})",
        zh=f"{change.zh}：{what.zh}{f'：{zh}' if zh else ''}（{where}{f'；{MAYBE_OLDER.zh}' if older else ''}）",
    )


def _kind(item: RecordChange) -> Text:
    if item.subject is Subject.LEGAL:
        return said(LEGAL_KINDS, item.kind)
    if item.subject in (Subject.REGISTER, Subject.REPORT, Subject.OFFICERS):
        return said(FIELDS, item.kind)
    subject = SUBJECTS[item.subject]
    return subject if item.subject is Subject.ACCOUNTS else _labelled(subject, _same(item.kind))


def _state(item: RecordChange, code: str) -> Text | None:
    if not code:
        return None
    if item.subject is Subject.LEGAL:
        return said(LEGAL_STATES, code)
    if item.subject is Subject.LISTED:
        return said(BASES, code)
    if item.subject is Subject.FILING:
        events = [said(EVENTS, part) for part in code.split(", ")]
        return Text(en=", ".join(event.en for event in events), zh="、".join(event.zh for event in events))
    return said(FIELDS, code)


def moved_words(item: Moved) -> Text:
    """Return a figure that moved, and whether this speaks against the company."""
    meaning, was, now = CATALOGUE[item.now.name].meaning, _figure(item.was), _figure(item.now)
    worse = item.worse is True
    return Text(
        en=f"{meaning.en}: {was.en} -> {now.en}{' (worse)' if worse else ''}",
        zh=f"{meaning.zh}：{was.zh} → {now.zh}{'（转差）' if worse else ''}",
    )


def _figure(metric: Metric) -> Text:
    if metric.value is None:
        return RULE_STATES["unknown"]
    shown = shown_metric(metric)
    unit = f" {metric.unit}" if CATALOGUE[metric.name].kind == "amount" else ""
    return Text(en=f"{shown.en}{unit}", zh=f"{shown.zh}{unit}")


def condition_words(since: Since) -> tuple[Text, ...]:
    """Return the conditions of the last decision and where they stand; no words of people, who may name anybody."""
    told = []
    for item in since.conditions:
        state = CONDITION_STATES[item.state]
        text = OWN_WORDS if item.text is None else _same(item.text)
        told.append(Text(en=f"{item.id}: {text.en}: {state.en}", zh=f"{item.id}：{text.zh}：{state.zh}"))
    return tuple(told)


def unchanged_words(since: Since) -> tuple[Text, ...]:
    """Return what was told both times, each with the day that it speaks of and the day it was told."""
    return tuple(_same_words(item) for item in since.unchanged)


def _same_words(item: Same) -> Text:
    what = NOTHING_ON_RECORD if item.subject is None else SUBJECTS[item.subject]
    of = Text(en=f" of {item.of}", zh=f"{item.of} ") if item.of else _same("")
    count = Text(en=f" ({item.rows})", zh=f"（{item.rows} 条）") if item.rows > 1 else _same("")
    return Text(
        en=f"{what.en}{of.en}{count.en}, {item.source} (told {item.told})",
        zh=f"{of.zh}{what.zh}{count.zh}，{item.source}（{item.told} 获知）",
    )


def _taken_over(item: TakenOver) -> Text:
    return Text(en=f"{item.source} (told {item.told})", zh=f"{item.source}（{item.told} 获知）")


def incomparable_words(since: Since) -> tuple[Text, ...]:
    """Return of what nobody can say whether it changed, and why."""
    return tuple(_incomparable(item) for item in since.incomparable)


def _incomparable(item: Incomparable) -> Text:
    what = CATALOGUE[item.what].meaning if item.kind == "figure" and item.what in CATALOGUE else _same(item.what)
    return _labelled(what, WHYS[item.why])


def _labelled(label: Text, text: Text) -> Text:
    return Text(en=f"{label.en}: {text.en}", zh=f"{label.zh}：{text.zh}")


def _same(text: str) -> Text:
    return Text(en=text, zh=text)


def since_document(since: Since, language: Language) -> dict[str, Any]:
    """Return what changed as plain data; amounts and figures are text, so that none is rounded."""
    return {
        "case": since.case,
        "decided_on": since.decided_on.isoformat(),
        "outcome": since.outcome,
        "decided_by": since.decided_by,
        "points": [_point_document(point) for point in since.points],
        "criteria": [
            {"id": item.id, "was": item.was, "now": item.now, "message": item.message.to(language)}
            for item in since.criteria
        ],
        "figures": [
            {
                "metric": item.now.name,
                "was": _value(item.was.value),
                "now": _value(item.now.value),
                "unit": item.now.unit,
                "worse": item.worse,
            }
            for item in since.figures
        ],
        "records": [item.model_dump(mode="json") for item in since.records],
        "asked": [{"change": item.change, "text": item.text.to(language)} for item in since.asked],
        "conditions": [{"id": item.id, "state": item.state} for item in since.conditions],
        "unchanged": [item.model_dump(mode="json") for item in since.unchanged],
        "taken_over": [item.model_dump(mode="json") for item in since.taken_over],
        "not_comparable": [item.model_dump(mode="json") for item in since.incomparable],
        "said": [text.to(language) for text in changes_in_words(since)],
    }


def _point_document(point: Point) -> dict[str, Any]:
    return {
        "what": point.what,
        "was": _value(point.was),
        "now": _value(point.now),
        "unit": point.unit_now or point.unit_was,
        "moved": point.moved,
    }


def _value(value: Value | None) -> bool | str | None:
    return f"{value:f}" if isinstance(value, Decimal) else value
