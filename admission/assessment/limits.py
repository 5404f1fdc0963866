"""The credit limit: the least of several amounts, each in the currency that was asked for, and the one that binds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_DOWN, Decimal
from statistics import median
from typing import NamedTuple

from admission.application import Application, TradeReference
from admission.assessment.record import Limit, LimitBound
from admission.evidence.findings import LIMIT_INCOMPLETE, Finding, Verdict, Weight
from admission.metrics.catalogue import NO_SOURCE, Metric
from admission.model import Text
from admission.money import Exchange, no_rate
from admission.policy import Grade, LimitRule, Policy

NET_WORTH = "net_worth"
TURNOVER = "turnover"
SALES = "sales"
METHODS = (NET_WORTH, TURNOVER, SALES)
DAYS_PER_YEAR = 365
DAYS_PER_MONTH = 30
MONTHS = 12
TITLES = {
    "need": Text(en="what was asked for", zh="申请额度"),
    NET_WORTH: Text(en="share of tangible net worth", zh="有形净资产份额"),
    TURNOVER: Text(en="share of turnover", zh="营业收入份额"),
    SALES: Text(en="monthly sales x credit period x coefficient", zh="月均销售额×信用期限×风险系数"),
    "trade_references": Text(en="median of trade references' limits", zh="同业授信额度中位数"),
    "bureau_limit": Text(en="limit the bureau recommends", zh="征信机构建议额度"),
    "concentration_cap": Text(en="own concentration cap", zh="自身集中度上限"),
    "cover": Text(en="cover offered", zh="提供的担保金额"),
    "group_limit": Text(en="what is left for its group", zh="集团剩余额度"),
    "starter_cap": Text(en="starter cap without accounts", zh="无报表起步上限"),
    "knock_out": Text(en="knocked out", zh="一票否决"),
    "grade": Text(en="no open credit at this grade", zh="该等级不予赊销"),
}
NO_SALES = Text(en="no sales a year are told", zh="未申报年销售额")
NO_COVER = Text(
    en="none offered yet; nothing is lent beyond what is in our hands", zh="尚未提供；赊销不得超过已到位的担保"
)
NO_GROUP = Text(en="no group is told", zh="未申报所属集团")
NO_EXPOSURE = Text(en="what the house bears from its group is not known", zh="集团现有敞口未知")
NO_STARTER = Text(en="something that the limit rests on is not known", zh="额度测算所需数据未知")


class LimitSetting(NamedTuple):
    """What the limit of one case depends on besides its metrics.

    Attributes:
        rule: the limit rule of the applicant's segment.
        exchange: the rates of the day.
        terms_days: longest terms that are recommended.
        secured: True where credit is given against security only.
        group_exposure: what the house bears from other companies of the group, in the house currency; None where that
            is not known.
    """

    rule: LimitRule
    exchange: Exchange
    terms_days: int
    secured: bool = False
    group_exposure: Decimal | None = None


def recommend_limit(
    policy: Policy, grade: Grade, application: Application, metrics: Mapping[str, Metric], setting: LimitSetting
) -> Limit:
    """Return the least bound.

    Where something that the rule's methods need is not known, the median of trade references (where there are enough)
    and the starter cap bound the limit too, so that nobody gains more than those by hiding a figure; where there is
    neither, nothing is recommended.
    """
    requested = application.requested
    rule = setting.rule
    convert = _Converter(requested.currency, setting.exchange)
    bounds = [_need(application, metrics["days_beyond_terms"], setting)]
    methods = list(_methods(grade, application, metrics, setting, convert))
    bounds += methods
    if not methods or any(bound.amount is None for bound in methods):
        bounds += _stand_ins(policy, application.declared.trade_references, rule, convert)
    if rule.bureau_limit_counts:
        bounds.append(convert.share("bureau_limit", metrics["bureau_limit"], Decimal(1)))
    bounds += _old_figures(grade, metrics, rule, convert)
    if rule.concentration_cap is not None:
        bounds.append(convert.own("concentration_cap", rule.concentration_cap, policy.house_currency))
    if setting.secured:
        bounds.append(_cover(requested.cover))
    if policy.appetite.caps.group is not None:
        bounds.append(_group(policy, policy.appetite.caps.group, application, setting, convert))
    if grade.net_worth_factor == 0 and grade.turnover_factor == 0:
        bounds.append(LimitBound(name="grade", amount=Decimal(0), reason=TITLES["grade"]))
    return _least(bounds, requested.currency)


def incomplete(limit: Limit) -> Finding | None:
    """Return the finding that something a method of the limit needs is not known; None where all is.

    It leaves the case to people: whoever hides the figure would else be better off than with a bad one.
    """
    gaps = [bound for bound in limit.bounds if bound.name in METHODS and bound.amount is None]
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


def no_limit(limit: Limit) -> Limit:
    """Return the limit of a company that is knocked out: none, whatever the other bounds say."""
    bound = LimitBound(name="knock_out", amount=Decimal(0), reason=TITLES["knock_out"])
    return limit.model_copy(update={"amount": Decimal(0), "binding": bound.name, "bounds": (*limit.bounds, bound)})


def _need(application: Application, lateness: Metric, setting: LimitSetting) -> LimitBound:
    """What sales on these terms leave outstanding, at most what was asked for; that alone where sales are not told.

    An average lateness that is not known adds nothing; early payers need no less than the terms.
    """
    asked, sales = application.requested.limit, application.requested.annual_sales
    if sales is None:
        return LimitBound(name="need", amount=asked, reason=TITLES["need"])
    late = max(lateness.value, Decimal(0)) if isinstance(lateness.value, Decimal) else Decimal(0)
    vat = setting.rule.vat_share or Decimal(0)
    need = sales * (setting.terms_days + late) / DAYS_PER_YEAR * (1 + vat)
    if need >= asked:
        return LimitBound(name="need", amount=asked, reason=TITLES["need"])
    days = f"{setting.terms_days} + {_plain(late)}"
    tax = (
        Text(en=f", plus {_plain(vat * 100)} % VAT", zh=f"，另加增值税{_plain(vat * 100)}%")
        if vat
        else Text(en="", zh="")
    )
    reason = Text(
        en=f"sales of {sales:,.0f} a year x ({days}) days / {DAYS_PER_YEAR}{tax.en}",
        zh=f"年销售额 {sales:,.0f} ×（{days}）天 / {DAYS_PER_YEAR}{tax.zh}",
    )
    return LimitBound(name="need", amount=need, reason=reason)


def _methods(
    grade: Grade, application: Application, metrics: Mapping[str, Metric], setting: LimitSetting, convert: _Converter
) -> Iterator[LimitBound]:
    rule = setting.rule
    if rule.net_worth_share is not None:
        factor = rule.net_worth_share * grade.net_worth_factor
        yield convert.share(NET_WORTH, metrics["tangible_net_worth"], factor)
    if rule.turnover_share is not None:
        yield convert.share(TURNOVER, metrics["revenue"], rule.turnover_share * grade.turnover_factor)
    if rule.sales_factors:
        sales = application.requested.annual_sales
        if sales is None:
            yield _none(SALES, NO_SALES)
        else:
            months = Decimal(setting.terms_days) / DAYS_PER_MONTH
            amount = sales / MONTHS * months * rule.sales_factors.get(grade.name, Decimal(0))
            yield LimitBound(name=SALES, amount=amount, reason=TITLES[SALES])


def _old_figures(
    grade: Grade, metrics: Mapping[str, Metric], rule: LimitRule, convert: _Converter
) -> Iterator[LimitBound]:
    """Yield what figures that are too old would give: unknown by now, they still bound the limit, lest it rise."""
    shares = (
        (NET_WORTH, "tangible_net_worth", rule.net_worth_share, grade.net_worth_factor),
        (TURNOVER, "revenue", rule.turnover_share, grade.turnover_factor),
        ("bureau_limit", "bureau_limit", Decimal(1) if rule.bureau_limit_counts else None, Decimal(1)),
    )
    for name, metric, share, factor in shares:
        old = metrics[metric].stale
        if share is not None and isinstance(old, Decimal):
            bound = convert.share(name, metrics[metric].model_copy(update={"value": old}), share * factor)
            reason = Text(en=f"{bound.reason.en}, by an old figure", zh=f"{bound.reason.zh}（依据过期数据）")
            yield bound.model_copy(update={"reason": reason})


def _stand_ins(
    policy: Policy, references: Sequence[TradeReference], rule: LimitRule, convert: _Converter
) -> Iterator[LimitBound]:
    counted = False
    if rule.trade_references is not None:
        bound = _references(references, rule.trade_references, convert)
        counted = bound.amount is not None
        yield bound
    if rule.starter_cap is not None:
        starter = convert.own("starter_cap", rule.starter_cap, policy.house_currency)
        # Without a rate for the cap it cannot hold, so nothing is recommended.
        yield starter if starter.amount is not None else starter.model_copy(update={"amount": Decimal(0)})
    elif not counted:
        yield _none("starter_cap", NO_STARTER).model_copy(update={"amount": Decimal(0)})


def _references(references: Sequence[TradeReference], least: int, convert: _Converter) -> LimitBound:
    if len(references) < least:
        few = f"{len(references)} < {least}"
        return _none("trade_references", Text(en=f"too few: {few}", zh=f"数量不足：{few}"))
    bounds = [convert.own("trade_references", item.limit.amount, item.limit.currency) for item in references]
    amounts = [bound.amount for bound in bounds if bound.amount is not None]
    if len(amounts) < len(bounds):
        return next(bound for bound in bounds if bound.amount is None)
    return LimitBound(
        name="trade_references", amount=max(median(amounts), Decimal(0)), reason=TITLES["trade_references"]
    )


def _cover(cover: Decimal | None) -> LimitBound:
    if cover is None:
        return _none("cover", NO_COVER)
    return LimitBound(name="cover", amount=cover, reason=TITLES["cover"])


def _group(
    policy: Policy, cap: Decimal, application: Application, setting: LimitSetting, convert: _Converter
) -> LimitBound:
    if application.group is None:
        return _none("group_limit", NO_GROUP)
    if setting.group_exposure is None:
        return _none("group_limit", NO_EXPOSURE)
    return convert.own("group_limit", max(cap - setting.group_exposure, Decimal(0)), policy.house_currency)


def _least(bounds: list[LimitBound], currency: str) -> Limit:
    stated = [(bound.amount, bound.name) for bound in bounds if bound.amount is not None]
    amount, binding = min(stated, key=lambda pair: pair[0])
    return Limit(
        amount=max(amount, Decimal(0)).quantize(Decimal(1), ROUND_DOWN),
        currency=currency,
        binding=binding,
        bounds=tuple(bounds),
    )


def _none(name: str, why: Text) -> LimitBound:
    title = TITLES[name]
    return LimitBound(name=name, amount=None, reason=Text(en=f"{title.en}: {why.en}", zh=f"{title.zh}：{why.zh}"))


def _plain(value: Decimal) -> str:
    return f"{round(value, 2).normalize():f}"


class _Converter:
    """Brings amounts into the currency that was asked for."""

    def __init__(self, currency: str, exchange: Exchange) -> None:
        self.currency = currency
        self.exchange = exchange

    def share(self, name: str, metric: Metric, factor: Decimal) -> LimitBound:
        if not isinstance(metric.value, Decimal):
            return _none(name, metric.unknown or NO_SOURCE)
        return self.own(name, max(metric.value, Decimal(0)) * factor, metric.unit)

    def own(self, name: str, amount: Decimal, currency: str) -> LimitBound:
        quote = self.exchange.quote(currency, self.currency)
        if quote is None:
            return _none(name, no_rate(currency, self.currency))
        title = TITLES[name]
        if currency == self.currency:
            return LimitBound(name=name, amount=amount, reason=title)
        reason = Text(en=f"{title.en}, {quote.said.en}", zh=f"{title.zh}，{quote.said.zh}")
        return LimitBound(name=name, amount=amount * quote.rate, reason=reason)
