"""How the parts of a policy are said to people, in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from admission.approval.seats import SEAT_NAMES
from admission.memo.labels import KINDS, UNITS
from admission.metrics.catalogue import CATALOGUE
from admission.model import Text, canonical_json

COMPARISONS = {
    "at_most": Text(en="at most {}", zh="不高于 {}"),
    "against_better": Text(en="reason to turn against the better side", zh="与指标方向相反的理由"),
    "at_least": Text(en="at least {}", zh="不低于 {}"),
    "between": Text(en="between {}", zh="介于 {}"),
    "equals": Text(en="equal to {}", zh="等于 {}"),
    "one_of": Text(en="one of {}", zh="属于 {}"),
    "is_true": Text(en="yes", zh="为是"),
    "is_false": Text(en="no", zh="为否"),
}
NOTHING = Text(en="none", zh="无")
INHERITED = Text(en="as inherited", zh="沿用上级")
EVERYTHING = Text(en="all cases", zh="所有申请单")
YES, NO = Text(en="yes", zh="是"), Text(en="no", zh="否")
SEGMENTS = {
    "micro": Text(en="micro companies", zh="小微企业"),
    "standard": Text(en="standard customers", zh="一般客户"),
    "key_account": Text(en="key accounts", zh="重点客户"),
    "distributor": Text(en="distributors", zh="经销商"),
    "public_body": Text(en="public bodies", zh="公共机构"),
    "newly_founded": Text(en="newly founded companies", zh="新设企业"),
}
EFFECTS = {
    "reject": Text(en="rejects", zh="即拒绝"),
    "refer": Text(en="refers to approvers", zh="转人工审批"),
    "secured_only": Text(en="secured terms only", zh="须担保"),
    "hold": Text(en="on hold", zh="暂缓"),
    "committee": Text(en="goes to the committee", zh="上评审会"),
}
ON_UNKNOWN = {
    "refer": Text(en="refers to approvers", zh="转人工审批"),
    "hold": Text(en="on hold", zh="暂缓"),
    "committee": Text(en="goes to the committee", zh="上评审会"),
}
ON_NOT_ASKED = ON_UNKNOWN | {"note": Text(en="only listed", zh="仅作记录")}
ON_MISSING = {
    "lowest": Text(en="the lowest points", zh="最低分"),
    "neutral": Text(en="the neutral points", zh="中性分"),
}
NEED_NOT_TOLD = {
    "asked": Text(en="what is asked for", zh="申请额度"),
    "nothing": Text(en="nothing", zh="零"),
}
CODES: Mapping[str, Mapping[str, Text]] = {
    "effect": EFFECTS,
    "on_unknown": ON_UNKNOWN,
    "on_not_asked": ON_NOT_ASKED,
    "on_missing": ON_MISSING,
    "need_not_told": NEED_NOT_TOLD,
}
# What holds where a file leaves a key out.
LEFT_OUT = {"on_not_asked": "refer", "on_missing": "neutral", "need_not_told": "asked"}
QUARTILES = {
    "q1": Text(en="the lower quartile of its industry", zh="行业下四分位"),
    "median": Text(en="the median of its industry", zh="行业中位数"),
    "q3": Text(en="the upper quartile of its industry", zh="行业上四分位"),
}
# Keys of a policy file; one that is not here is said as it is written.
LABELS = {
    "appetite": Text(en="appetite", zh="风险偏好"),
    "approval": Text(en="approval", zh="审批"),
    "against_better": Text(en="reason to turn against the better side", zh="与指标方向相反的理由"),
    "at_least": Text(en="from score", zh="起始分"),
    "attributes": Text(en="attribute", zh="评分项"),
    "best_grade": Text(en="best grade", zh="最高等级"),
    "bands": Text(en="amount band", zh="金额档"),
    "bins": Text(en="points", zh="得分"),
    "bureau_limit_counts": Text(en="bureau limit counts", zh="征信机构额度计入"),
    "calibration": Text(en="calibration", zh="校准"),
    "caps": Text(en="caps on exposure", zh="敞口上限"),
    "chair": Text(en="chair", zh="主席"),
    "clause": Text(en="contract clause", zh="合同条款"),
    "committee": Text(en="is a committee", zh="属评审会"),
    "comparison": Text(en="comparison", zh="比较方式"),
    "concentration_cap": Text(en="concentration cap", zh="集中度上限"),
    "countries": Text(en="countries", zh="国家"),
    "country": Text(en="country", zh="国家"),
    "criteria": Text(en="criterion", zh="准入标准"),
    "decline": Text(en="what declines do", zh="否决规则"),
    "default_review_months": Text(en="months between reviews", zh="复审间隔（月）"),
    "effect": Text(en="if failed", zh="不通过时"),
    "effective_from": Text(en="in force from", zh="生效日期"),
    "en": Text(en="in English", zh="英文"),
    "escalate_days": Text(en="days until escalated", zh="升级天数"),
    "excluded_countries": Text(en="excluded countries", zh="禁入国家"),
    "excluded_industries": Text(en="excluded industries", zh="禁入行业"),
    "expire_days": Text(en="days until expired", zh="失效天数"),
    "extra_criteria": Text(en="criterion of its own", zh="专属标准"),
    "fast_track": Text(en="fast track", zh="快速通道"),
    "grade": Text(en="grade", zh="等级"),
    "grades": Text(en="grade", zh="等级"),
    "group": Text(en="group", zh="集团"),
    "groups": Text(en="group of approvers", zh="审批人组"),
    "holders": Text(en="holders of office", zh="任职人数"),
    "house_currency": Text(en="house currency", zh="本位币"),
    "industry": Text(en="industry", zh="行业"),
    "inherits": Text(en="inherits from", zh="继承自"),
    "kinds": Text(en="kinds of case", zh="申请单类型"),
    "level_up": Text(en="bands up", zh="上调档数"),
    "limit": Text(en="limit rule", zh="额度规则"),
    "max_age": Text(en="greatest age in days", zh="最长时效（天）"),
    "max_missing_share": Text(en="share that may be missing", zh="可缺失占比"),
    "max_terms_days": Text(en="longest terms, days", zh="最长账期（天）"),
    "metric": Text(en="metric", zh="指标"),
    "missing": Text(en="points if missing", zh="缺失得分"),
    "missing_cap": Text(en="best grade with too much missing", zh="缺失过多时最高等级"),
    "name": Text(en="name", zh="名称"),
    "net_worth_factor": Text(en="net worth factor", zh="净资产系数"),
    "net_worth_share": Text(en="share of net worth", zh="净资产比例"),
    "need_not_told": Text(en="need where no sales are told", zh="未申报年销售额时的需求"),
    "not_asked_caps": Text(en="best grade where nobody was asked", zh="未查询时最高等级"),
    "not_scored": Text(en="not scored", zh="不计分项"),
    "off": Text(en="does not hold", zh="不适用"),
    "objective": Text(en="objective", zh="目标"),
    "on_missing": Text(en="if missing, the grade is read with", zh="缺失时评级依据"),
    "on_not_asked": Text(en="if no source is set up", zh="未配置来源时"),
    "on_unknown": Text(en="if unknown", zh="未知时"),
    "outside": Text(en="check outside the sources", zh="来源之外的核查"),
    "override_level_up": Text(en="bands up for an override", zh="例外上调档数"),
    "pd_at_most": Text(en="probability of default at most", zh="违约概率不高于"),
    "prescreen": Text(en="part of the prescreen", zh="属于初筛"),
    "qualitative_cap": Text(en="most points by judgement", zh="定性得分上限"),
    "reason": Text(en="reason", zh="理由"),
    "references_up_to": Text(en="most that trade references give", zh="同业授信证明最高额度"),
    "remind_days": Text(en="days until reminded", zh="提醒天数"),
    "require": Text(en="asks for", zh="要求"),
    "review_months": Text(en="months to the next review", zh="距下次复审（月）"),
    "sample": Text(en="sample of the system's decisions", zh="系统决定抽检比例"),
    "scorecard": Text(en="scorecard", zh="评分卡"),
    "secured": Text(en="secured terms only", zh="仅限担保条件"),
    "segment": Text(en="segment", zh="客户类别"),
    "segments": Text(en="segment", zh="客户类别"),
    "share": Text(en="share", zh="比例"),
    "source": Text(en="source of the figure", zh="数据出处"),
    "stages": Text(en="stage", zh="环节"),
    "starter_cap": Text(en="starter cap", zh="起始额度上限"),
    "target_approval_rate": Text(en="target approval rate", zh="目标通过率"),
    "target_bad_rate": Text(en="target bad rate", zh="目标坏账率"),
    "terms_days": Text(en="longest terms, days", zh="最长账期（天）"),
    "terms_text": Text(en="terms in words", zh="条件说明"),
    "text": Text(en="text", zh="文字"),
    "time_limits": Text(en="time limits", zh="时限"),
    "title": Text(en="title", zh="标题"),
    "together": Text(en="opens with the stage before", zh="与上一环节同时"),
    "total": Text(en="total", zh="合计"),
    "treatments": Text(en="treatment", zh="风险缓释"),
    "turnover_factor": Text(en="turnover factor", zh="营收系数"),
    "turnover_share": Text(en="share of turnover", zh="营收比例"),
    "unit": Text(en="unit", zh="单位"),
    "up_to": Text(en="up to", zh="不超过"),
    "value": Text(en="bound", zh="界限"),
    "version": Text(en="version", zh="版本"),
    "when": Text(en="holds for", zh="适用于"),
    "zh": Text(en="in Chinese", zh="中文"),
}


def label(name: str) -> Text:
    """Return a key of a policy file in words."""
    return LABELS.get(name) or Text(en=name, zh=name)


def metric_name(metric: str) -> Text:
    """Return a metric as people call it."""
    spec = CATALOGUE.get(metric)
    return Text(en=metric.replace("_", " "), zh=spec.meaning.zh if spec else metric)


def metric_names(metrics: Sequence[str]) -> Text:
    """Return several metrics as people call them."""
    names = [metric_name(metric) for metric in metrics]
    return Text(en=", ".join(name.en for name in names), zh="、".join(name.zh for name in names))


def segment_name(name: str) -> Text:
    """Return a segment as people call its members."""
    return SEGMENTS.get(name) or Text(en=name, zh=name)


def bound(value: object) -> Text:
    """Return the bound of a criterion, as it stands in the policy's JSON."""
    if isinstance(value, Mapping) and value.keys() == {"quartile"}:
        return QUARTILES.get(str(value["quartile"])) or plain(value)
    return plain(value)


def rule(criterion: Mapping[str, Any]) -> Text:
    """Return what a criterion asks, such as `at least 1.2`."""
    asks = COMPARISONS.get(str(criterion.get("comparison"))) or label(str(criterion.get("comparison")))
    value, unit = bound(criterion.get("value")), criterion.get("unit") or ""
    said = UNITS.get(unit) or Text(en=unit, zh=unit)
    shown = {"en": f"{value.en} {said.en}".strip(), "zh": f"{value.zh} {said.zh}".strip()}
    return Text(en=asks.en.format(shown["en"]), zh=asks.zh.format(shown["zh"]))


def scope(when: Mapping[str, Any] | None) -> Text:
    """Return for which cases a criterion holds, such as ` for distributors`; empty where it holds for all."""
    en, zh = [], []
    for key, names in (("segments", SEGMENTS), ("countries", {}), ("kinds", KINDS)):
        given = (when or {}).get(key) or ()
        if given:
            said = [names.get(name) or Text(en=name, zh=name) for name in given]
            en.append(", ".join(text.en for text in said))
            zh.append("、".join(text.zh for text in said))
    amount = (when or {}).get("amount") or {}
    if amount.get("above") is not None:
        en.append(f"amounts above {amount['above']}")
        zh.append(f"金额高于 {amount['above']}")
    if amount.get("up_to") is not None:
        en.append(f"amounts up to {amount['up_to']}")
        zh.append(f"金额不超过 {amount['up_to']}")
    if not en:
        return Text(en="", zh="")
    return Text(en=f" for {' and '.join(en)}", zh=f"（适用于{'，'.join(zh)}）")


def requirement(document: Mapping[str, Any]) -> Text:
    """Return whom a stage asks for, with brackets where `and` and `or` meet."""
    for key, en, zh in (("all_of", " and ", "、"), ("any_of", " or ", "或")):
        if document.get(key):
            parts = [requirement(part) for part in document[key]]
            bracketed = [
                Text(en=f"({text.en})", zh=f"（{text.zh}）") if part.get("all_of") or part.get("any_of") else text
                for part, text in zip(document[key], parts, strict=True)
            ]
            return Text(en=en.join(text.en for text in bracketed), zh=zh.join(text.zh for text in bracketed))
    votes = document.get("votes", 1)
    if document.get("group") is not None:
        return Text(en=f"{votes} x group {document['group']}", zh=f"{document['group']}组{votes}票")
    names = [SEAT_NAMES[name] for key in ("department", "role") if (name := document.get(key)) in SEAT_NAMES]
    return Text(en=f"{votes} x {' '.join(name.en for name in names)}", zh=f"{''.join(n.zh for n in names)}{votes}票")


def bins(parts: Sequence[Mapping[str, Any]]) -> Text:
    """Return the points of an attribute, such as `0 below 1.1, 6 below 2.6, 10 above`."""
    en, zh = [], []
    for part in parts:
        below = part.get("below")
        en.append(f"{part['points']} above" if below is None else f"{part['points']} below {below}")
        zh.append(f"其余{part['points']}分" if below is None else f"低于{below}得{part['points']}分")
    return Text(en=", ".join(en), zh="，".join(zh))


def plain(value: object) -> Text:
    """Return any value of a policy's JSON as people read it."""
    if value is None or value in ([], {}, ""):
        return NOTHING
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, list) and all(isinstance(part, str | int) for part in value):
        return Text(en=", ".join(map(str, value)), zh="、".join(map(str, value)))
    said = value if isinstance(value, str) else canonical_json(value)
    return Text(en=said, zh=said)


def value_of(key: str, value: object) -> Text:
    """Return the value of one key in words."""
    codes, value = CODES.get(key, {}), LEFT_OUT.get(key) if value is None else value
    if isinstance(value, str) and value in codes:
        return codes[value]
    if key in ("require", "chair") and isinstance(value, Mapping):
        return requirement(value)
    if key == "when" and isinstance(value, Mapping):
        said = scope(value)
        return Text(en=said.en.removeprefix(" for "), zh=said.zh[4:-1]) if said.en else EVERYTHING
    return _list_of(key, value) if isinstance(value, list) else plain(value)


def _list_of(key: str, value: list[Any]) -> Text:
    if key == "bins":
        return bins(value)
    if key == "not_scored" and value:
        return metric_names(value)
    if key == "not_asked_caps" and value:
        caps = [(part["best_grade"], metric_names(part["metrics"])) for part in value]
        return Text(
            en="; ".join(f"{grade} without {names.en}" for grade, names in caps),
            zh="；".join(f"无{names.zh}时{grade}" for grade, names in caps),
        )
    if value and all(isinstance(part, dict) and "any_of" in part for part in value):
        seats = [requirement(part) for part in value]
        return Text(en=", ".join(seat.en for seat in seats), zh="、".join(seat.zh for seat in seats))
    return plain(value)
