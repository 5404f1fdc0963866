"""Words and escaping that memos in both languages share."""

from __future__ import annotations

import re
from decimal import Decimal

from admission.assessment.record import Assessment
from admission.evidence.findings import Verdict
from admission.model import Text
from admission.policy import FEW_OUTCOMES

VERDICTS = {
    Verdict.PASS: Text(en="pass", zh="通过"),
    Verdict.FAIL: Text(en="FAIL", zh="不通过"),
    Verdict.UNKNOWN: Text(en="unknown", zh="未知"),
}
NOT_ASKED = Text(en="not asked", zh="未查询")
CAPPED = Text(
    en="capped: figures are missing, or by a criterion or its segment", zh="等级受限：资料不全、准入标准或客户类别上限"
)
ROUTES = {
    "fast_track": Text(en="fast track: the system may admit", zh="快速通道：系统可准入"),
    "desk": Text(en="desk: people approve in stages", zh="分级审批"),
    "committee": Text(en="committee", zh="评审委员会"),
    "knock_out": Text(en="knock-out", zh="系统拒绝（触发禁入条款）"),
}
BINDINGS = {
    "need": Text(en="need", zh="申请额度"),
    "net_worth": Text(en="net worth", zh="净资产"),
    "turnover": Text(en="turnover", zh="营业收入"),
    "sales": Text(en="monthly sales", zh="月均销售额"),
    "trade_references": Text(en="trade references", zh="同业授信"),
    "cover": Text(en="cover offered", zh="担保金额"),
    "group_limit": Text(en="group limit", zh="集团限额"),
    "bureau_limit": Text(en="bureau limit", zh="征信建议额度"),
    "concentration_cap": Text(en="concentration cap", zh="集中度上限"),
    "starter_cap": Text(en="starter cap", zh="起步上限"),
    "knock_out": Text(en="knock-out", zh="触发禁入条款"),
    "grade": Text(en="grade", zh="等级"),
}


CURRENCY_NAMES = {
    "AUD": "澳元",
    "CAD": "加元",
    "CHF": "瑞士法郎",
    "CNY": "元",
    "EUR": "欧元",
    "GBP": "英镑",
    "HKD": "港元",
    "JPY": "日元",
    "KRW": "韩元",
    "SGD": "新加坡元",
    "USD": "美元",
}
TEN_THOUSAND, HUNDRED_MILLION = Decimal(10_000), Decimal(100_000_000)


def amount_words(amount: Decimal, currency: str) -> Text:
    """Say an amount: `250,000 GBP`; in Chinese in the unit that readers think in, `25 万英镑（250,000.00）`."""
    en = f"{amount:,.{0 if amount == amount.to_integral_value() else 2}f} {currency}"
    mark = "人民币 " if currency == "CNY" else ""
    name = CURRENCY_NAMES.get(currency, f" {currency}")
    unit, word = (HUNDRED_MILLION, "亿") if abs(amount) >= HUNDRED_MILLION else (TEN_THOUSAND, "万")
    if abs(amount) < TEN_THOUSAND:
        return Text(en=en, zh=f"{mark}{amount:,.2f} {name.strip()}")
    count = (amount / unit).quantize(Decimal("0.0001")).normalize()
    return Text(en=en, zh=f"{mark}{count:,f} {word}{name}（{amount:,.2f}）")


def probability_words(assessment: Assessment) -> Text:
    """Say what stands behind the points: a probability of default, a weak one, or none."""
    if assessment.pd is None:
        return Text(en="uncalibrated: no default rate stands behind it", zh="未校准：尚无违约率依据")
    percent = f"{(assessment.pd * 100).quantize(Decimal('0.01'))}"
    en, zh = f"probability of default {percent} %", f"违约概率 {percent}%"
    outcomes = assessment.pd_outcomes or 0
    if outcomes < FEW_OUTCOMES:
        en += f" - from {outcomes} bad outcomes only, fewer than {FEW_OUTCOMES}: not to be relied on"
        zh += f"（仅据 {outcomes} 个违约样本校准，不足 {FEW_OUTCOMES} 个，不可依赖）"
    return Text(en=en, zh=zh)


def escape(text: str) -> str:
    """Take the meaning out of characters that Markdown or HTML would read; what sources send is never markup."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for character in "\\`*_[]|#~":
        text = text.replace(character, f"\\{character}")
    # Readers of Markdown make links of bare addresses too.
    text = re.sub(r"(?i)(?<=\bwww)\.|:(?=//)|@", lambda found: f"\\{found[0]}", text)
    return " ".join(text.split())
