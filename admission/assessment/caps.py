"""Caps on exposure in words: a case that would pass one goes to the committee."""

from __future__ import annotations

from admission.assessment.engine.caps import CapUse, cap_id
from admission.assessment.exposure import CapKind, ConvertedSum
from admission.assessment.record import CriterionResult
from admission.evidence.findings import Verdict
from admission.model import Text
from admission.money import Exchange

TITLES: dict[CapKind, Text] = {
    "total": Text(en="Exposure to all customers", zh="全部客户授信敞口"),
    "grade": Text(en="Exposure to grade {}", zh="{} 级客户授信敞口"),
    "segment": Text(en="Exposure to the segment {}", zh="{} 类客户授信敞口"),
    "country": Text(en="Exposure to customers of {}", zh="{} 客户授信敞口"),
    "industry": Text(en="Exposure to the industry {}", zh="行业 {} 授信敞口"),
    "group": Text(en="Exposure to the group {}", zh="集团 {} 授信敞口"),
}
NOT_COUNTED = Text(en="the customers' limits were not counted here", zh="此处未统计客户额度")


def say_cap(use: CapUse, exchange: Exchange) -> CriterionResult:
    """Return what came of a cap, in words."""
    title = TITLES[use.kind]
    said = NOT_COUNTED if use.others is None else _figures(use, use.others, exchange.house_currency)
    unknown = Text(en="unknown, ", zh="未知，") if use.verdict is Verdict.UNKNOWN else Text(en="", zh="")
    return CriterionResult(
        id=cap_id(use.kind),
        verdict=use.verdict,
        effect="committee",
        message=Text(
            en=f"{title.en.format(use.name)}: {unknown.en}{said.en}",
            zh=f"{title.zh.format(use.name)}：{unknown.zh}{said.zh}",
        ),
    )


def _figures(use: CapUse, others: ConvertedSum, unit: str) -> Text:
    added, perhaps, lacking = use.added.amount, use.perhaps.amount, ", ".join(use.lacking)
    en = [f"{others.amount:,.0f} {unit} of others", f"{added:,.0f} {unit} of this case"]
    zh = [f"其他客户 {others.amount:,.0f} {unit}", f"本案 {added:,.0f} {unit}"]
    if perhaps:
        en.append(f"perhaps {perhaps:,.0f} {unit} of customers whose industry is not known")
        zh.append(f"行业未知客户可能 {perhaps:,.0f} {unit}")
    if lacking:
        en.append(f"besides what is in {lacking}, for which there is no exchange rate")
        zh.append(f"另有 {lacking} 无汇率未计入")
    if not use.certain:
        en.append("the industry of this company is not known")
        zh.append("本企业行业未知")
    en.append(f"cap {use.cap:,.0f} {unit}")
    zh.append(f"上限 {use.cap:,.0f} {unit}")
    return Text(en="; ".join(en), zh="；".join(zh))
