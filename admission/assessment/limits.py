"""The credit limit in words: its bounds, and the one that binds; see `admission.assessment.engine.bounds`."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from admission.application import Application
from admission.assessment.engine.bounds import (
    BUREAU,
    CONCENTRATION,
    COVER,
    DAYS_PER_YEAR,
    GROUP,
    METHODS,
    METRICS,
    NEED,
    NET_WORTH,
    NO_GRADE,
    REFERENCES,
    SALES,
    STARTER,
    TURNOVER,
    Bound,
    Gap,
    LimitFigures,
    LimitInputs,
)
from admission.assessment.record import Limit, LimitBound
from admission.evidence.findings import LIMIT_INCOMPLETE, Finding, Verdict, Weight
from admission.metrics.catalogue import NO_SOURCE, Metric
from admission.model import Text
from admission.money import Exchange, no_rate

KNOCK_OUT = "knock_out"
TITLES = {
    NEED: Text(en="what was asked for", zh="申请额度"),
    NET_WORTH: Text(en="share of tangible net worth", zh="有形净资产份额"),
    TURNOVER: Text(en="share of turnover", zh="营业收入份额"),
    SALES: Text(en="monthly sales x credit period x coefficient", zh="月均销售额×信用期限×风险系数"),
    REFERENCES: Text(en="median of trade references' limits", zh="同业授信额度中位数"),
    BUREAU: Text(en="limit the bureau recommends", zh="征信机构建议额度"),
    CONCENTRATION: Text(en="own concentration cap", zh="自身集中度上限"),
    COVER: Text(en="cover offered", zh="提供的担保金额"),
    GROUP: Text(en="what is left for its group", zh="集团剩余额度"),
    STARTER: Text(en="starter cap", zh="起步额度"),
    KNOCK_OUT: Text(en="knocked out", zh="一票否决"),
    NO_GRADE: Text(en="no open credit at this grade", zh="该等级不予赊销"),
}
GAPS = {
    Gap.NO_SALES: Text(en="no sales a year are told", zh="未申报年销售额"),
    Gap.NO_COVER: Text(
        en="none offered yet; nothing is lent beyond what is in our hands", zh="尚未提供；赊销不得超过已到位的担保"
    ),
    Gap.NO_EXPOSURE: Text(en="what the house bears from its group is not known", zh="集团现有敞口未知"),
    Gap.NO_STARTER: Text(
        en="none, and what the limit rests on is not known", zh="未设起步额度，且额度测算所需数据未知"
    ),
}
NO_GROUP = Text(en="neither a group is told nor that it belongs to none", zh="未申报所属集团，也未声明不属于任何集团")
NEED_AS_ASKED = Text(
    en="no sales a year are told; the policy then takes the amount asked for", zh="未申报年销售额，按政策以申请额度为准"
)


class _Said(NamedTuple):
    """What a limit is said with, besides its bounds."""

    application: Application
    metrics: Mapping[str, Metric]
    inputs: LimitInputs
    exchange: Exchange


def say_limit(
    figures: LimitFigures,
    application: Application,
    metrics: Mapping[str, Metric],
    inputs: LimitInputs,
    exchange: Exchange,
) -> Limit:
    """Return the limit with all its bounds in words.

    Args:
        figures: the bounds, and the least of them.
        application: what was asked for.
        metrics: of the case.
        inputs: with which the bounds were found.
        exchange: the rates of the day.
    """
    said = _Said(application, metrics, inputs, exchange)
    return Limit(
        amount=figures.amount,
        currency=application.requested.currency,
        binding=figures.binding,
        bounds=tuple(
            LimitBound(name=bound.name, amount=bound.amount, reason=_reason(bound, said)) for bound in figures.bounds
        ),
    )


def find_limit_gap(limit: Limit) -> Finding | None:
    """Return the finding that something a method of the limit needs is not known; None where all is.

    It leaves the case to people: whoever hides the figure would else be better off than with a bad one.
    """
    methods = [bound for bound in limit.bounds if bound.name in METHODS]
    rests_on = methods or [bound for bound in limit.bounds if bound.name == REFERENCES]
    gaps = [bound for bound in rests_on if bound.amount is None]
    if not gaps:
        return None
    return Finding(
        code=LIMIT_INCOMPLETE,
        verdict=Verdict.UNKNOWN,
        weight=Weight.WARNING,
        message=Text(
            en=f"the limit cannot rest on {'; '.join(bound.reason.en for bound in gaps)}",
            zh=f"额度测算缺少：{'；'.join(bound.reason.zh for bound in gaps)}",
        ),
    )


def withhold_limit(limit: Limit) -> Limit:
    """Return the limit of a company that is knocked out: none, whatever the other bounds say."""
    bound = LimitBound(name=KNOCK_OUT, amount=Decimal(0), reason=TITLES[KNOCK_OUT])
    return limit.model_copy(update={"amount": Decimal(0), "binding": bound.name, "bounds": (*limit.bounds, bound)})


def _reason(bound: Bound, said: _Said) -> Text:
    title, asked = TITLES[bound.name], said.application.requested
    if bound.gap is not None:
        why = _why(bound, said)
        reason = Text(en=f"{title.en}: {why.en}", zh=f"{title.zh}：{why.zh}")
    elif bound.name == NEED and bound.amount != asked.limit:
        reason = _need(said)
    else:
        quote = said.exchange.quote(bound.currency, asked.currency) if bound.currency != asked.currency else None
        at = quote.said if quote is not None else None
        reason = title if at is None else Text(en=f"{title.en}, {at.en}", zh=f"{title.zh}，{at.zh}")
    return reason


def _why(bound: Bound, said: _Said) -> Text:
    """Return why a bound could not be had."""
    if bound.gap is Gap.NO_RATE:
        return no_rate(bound.currency, said.application.requested.currency)
    if bound.gap is Gap.NO_FIGURE:
        return said.metrics[METRICS[bound.name]].unknown or NO_SOURCE
    if bound.gap is Gap.FEW_REFERENCES:
        few = f"{len(said.application.declared.trade_references)} < {said.inputs.rule.trade_references}"
        return Text(en=f"too few: {few}", zh=f"数量不足：{few}")
    if bound.name == NEED and said.inputs.rule.need_not_told == "asked":
        return NEED_AS_ASKED
    if bound.gap is Gap.NO_EXPOSURE and said.application.group is None:
        return NO_GROUP
    assert bound.gap is not None  # noqa: S101 - only bounds with a gap come here
    return GAPS[bound.gap]


def _need(said: _Said) -> Text:
    """Return how the need follows from expected sales."""
    sales, vat = said.application.requested.annual_sales, said.inputs.rule.vat_share
    assert sales is not None  # noqa: S101 - without sales the need has a gap
    days = said.inputs.terms_days
    tax = Text(en="", zh="")
    if vat:
        share = _plain(vat * 100)
        tax = Text(en=f", plus {share} % VAT", zh=f"，另加增值税{share}%")
    return Text(
        en=f"sales of {sales:,.0f} a year x {days} days / {DAYS_PER_YEAR}{tax.en}",
        zh=f"年销售额 {sales:,.0f} × {days} 天 / {DAYS_PER_YEAR}{tax.zh}",
    )


def _plain(value: Decimal) -> str:
    return f"{round(value, 2).normalize():f}"
