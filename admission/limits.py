"""The credit limit: the least of several amounts, each in the currency that was asked for, and the one that binds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_DOWN, Decimal

from admission.application import Requested
from admission.assessment import Limit, LimitBound
from admission.metrics import NO_SOURCE, Metric
from admission.model import Text
from admission.money import Money, RateTable
from admission.policy import Grade, LimitRule, Policy

NET_WORTH = "net_worth"
TURNOVER = "turnover"
TITLES = {
    "need": Text(en="what was asked for", zh="申请额度"),
    NET_WORTH: Text(en="share of tangible net worth", zh="有形净资产份额"),
    TURNOVER: Text(en="share of turnover", zh="营业收入份额"),
    "bureau_limit": Text(en="limit the bureau recommends", zh="征信机构建议额度"),
    "concentration_cap": Text(en="own concentration cap", zh="自身集中度上限"),
    "starter_cap": Text(en="starter cap without accounts", zh="无报表起步上限"),
    "knock_out": Text(en="knocked out", zh="一票否决"),
    "grade": Text(en="no open credit at this grade", zh="该等级不予赊销"),
}


def recommend_limit(
    policy: Policy,
    grade: Grade,
    requested: Requested,
    metrics: Mapping[str, Metric],
    rates: RateTable,
    *,
    rule: LimitRule,
    as_of: date,
) -> Limit:
    """Return the least bound. Without accounts that count, the starter cap takes the place of both shares."""
    convert = _Converter(requested.currency, rates, as_of)
    bounds = [LimitBound(name="need", amount=requested.limit, reason=TITLES["need"])]
    shares = [
        convert.share(NET_WORTH, metrics["tangible_net_worth"], rule.net_worth_share * grade.net_worth_factor),
        convert.share(TURNOVER, metrics["revenue"], rule.turnover_share * grade.turnover_factor),
    ]
    bounds.extend(shares)
    if all(bound.amount is None for bound in shares):
        starter = convert.own("starter_cap", rule.starter_cap, policy.house_currency)
        # Without accounts and without a rate for the cap nothing bounds the need, so nothing is recommended.
        bounds.append(starter if starter.amount is not None else starter.model_copy(update={"amount": Decimal(0)}))
    if rule.bureau_limit_counts:
        bounds.append(convert.share("bureau_limit", metrics["bureau_limit"], Decimal(1)))
    if rule.concentration_cap is not None:
        bounds.append(convert.own("concentration_cap", rule.concentration_cap, policy.house_currency))
    if grade.net_worth_factor == 0 and grade.turnover_factor == 0:
        bounds.append(LimitBound(name="grade", amount=Decimal(0), reason=TITLES["grade"]))
    return _least(bounds, requested.currency)


def no_limit(limit: Limit) -> Limit:
    """Return the limit of a company that is knocked out: none, whatever the other bounds say."""
    bound = LimitBound(name="knock_out", amount=Decimal(0), reason=TITLES["knock_out"])
    return limit.model_copy(update={"amount": Decimal(0), "binding": bound.name, "bounds": (*limit.bounds, bound)})


def _least(bounds: list[LimitBound], currency: str) -> Limit:
    stated = [(bound.amount, bound.name) for bound in bounds if bound.amount is not None]
    amount, binding = min(stated, key=lambda pair: pair[0])
    return Limit(
        amount=max(amount, Decimal(0)).quantize(Decimal(1), ROUND_DOWN),
        currency=currency,
        binding=binding,
        bounds=tuple(bounds),
    )


class _Converter:
    """Brings amounts into the currency that was asked for."""

    def __init__(self, currency: str, rates: RateTable, as_of: date) -> None:
        self.currency = currency
        self.rates = rates
        self.as_of = as_of

    def share(self, name: str, metric: Metric, factor: Decimal) -> LimitBound:
        if not isinstance(metric.value, Decimal):
            return self._none(name, metric.unknown or NO_SOURCE)
        return self._bound(name, Money(amount=max(metric.value, Decimal(0)) * factor, currency=metric.unit))

    def own(self, name: str, amount: Decimal, currency: str) -> LimitBound:
        return self._bound(name, Money(amount=amount, currency=currency))

    def _bound(self, name: str, money: Money) -> LimitBound:
        converted = self.rates.convert(money, self.currency, self.as_of)
        if converted is None:
            why = f"{money.currency}/{self.currency}"
            return self._none(name, Text(en=f"no exchange rate for {why}", zh=f"没有 {why} 汇率"))
        title = TITLES[name]
        if money.currency == self.currency:
            return LimitBound(name=name, amount=converted.money.amount, reason=title)
        rate = f"{converted.rate.normalize():f}"
        reason = Text(
            en=f"{title.en}, at {rate} of {converted.rate_on}", zh=f"{title.zh}，按 {converted.rate_on} 汇率 {rate}"
        )
        return LimitBound(name=name, amount=converted.money.amount, reason=reason)

    def _none(self, name: str, why: Text) -> LimitBound:
        title = TITLES[name]
        return LimitBound(name=name, amount=None, reason=Text(en=f"{title.en}: {why.en}", zh=f"{title.zh}：{why.zh}"))
