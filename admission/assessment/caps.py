"""Caps on exposure: a case that would pass one goes to the committee."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from admission.application import Application
from admission.assessment.exposure import CapKind, Exposure, Held
from admission.assessment.record import CriterionResult
from admission.evidence.findings import Verdict
from admission.metrics.catalogue import Metric
from admission.metrics.industry import covers
from admission.model import Text
from admission.money import Exchange, Money
from admission.policy import Caps

TITLES: dict[CapKind, Text] = {
    "total": Text(en="Exposure to all customers", zh="全部客户授信敞口"),
    "grade": Text(en="Exposure to grade {}", zh="{} 级客户授信敞口"),
    "segment": Text(en="Exposure to the segment {}", zh="{} 类客户授信敞口"),
    "country": Text(en="Exposure to customers of {}", zh="{} 客户授信敞口"),
    "industry": Text(en="Exposure to the industry {}", zh="行业 {} 授信敞口"),
    "group": Text(en="Exposure to the group {}", zh="集团 {} 授信敞口"),
}
BADNESS = {Verdict.PASS: 0, Verdict.UNKNOWN: 1, Verdict.FAIL: 2}
NOT_COUNTED = Text(en="the customers' limits were not counted here", zh="此处未统计客户额度")


class Asker(NamedTuple):
    """Who asks, as far as caps are about it.

    Attributes:
        grade: that the assessment gives it.
        industry: the metric `industry_code`.
        amount: what would be added to the exposure.
    """

    application: Application
    grade: str
    industry: Metric
    amount: Money


class _Sum(NamedTuple):
    """A sum in the house currency, and the currencies that it lacks for want of a rate."""

    amount: Decimal
    without_rate: tuple[str, ...]


def capped(caps: Caps) -> dict[CapKind, tuple[str, ...]]:
    """Return the names that the policy caps, by kind; empty where it caps nothing that is counted."""
    names: dict[CapKind, tuple[str, ...]] = {
        "total": ("",) if caps.total is not None else (),
        "grade": tuple(caps.grade),
        "segment": tuple(caps.segment),
        "country": tuple(caps.country),
        "industry": tuple(caps.industry),
    }
    return {kind: capped for kind, capped in names.items() if capped}


def cap_results(caps: Caps, exposure: Exposure | None, asker: Asker, exchange: Exchange) -> tuple[CriterionResult, ...]:
    """Judge a case against the policy's caps, one result for each kind: `cap_total`, `cap_country` and so on.

    What cannot be converted, or may be of a capped industry, is unknown where it decides; unknown asks for the
    committee just as a cap that is passed does, for nobody can say that it is not.

    Args:
        caps: the policy's.
        exposure: to all other customers; None where it was not counted.
        asker: who asks, and for what.
        exchange: the rates of the day.
    """
    found = [
        max(results, key=lambda result: BADNESS[result.verdict])
        for kind in capped(caps)
        if (results := list(_results(kind, caps, exposure, asker, exchange)))
    ]
    return tuple(found)


def _results(
    kind: CapKind, caps: Caps, exposure: Exposure | None, asker: Asker, exchange: Exchange
) -> Iterator[CriterionResult]:
    for name, cap in _bounds(kind, caps).items():
        inside = _inside(kind, name, asker)
        if inside is False:
            continue
        counted = exposure.held if exposure is not None else ()
        held = next((item for item in counted if (item.kind, item.name) == (kind, name)), None)
        if held is None:
            yield _result(kind, name, Verdict.UNKNOWN, NOT_COUNTED)
        else:
            yield _judged(held, cap, asker.amount, exchange, certain=inside is True)


def _bounds(kind: CapKind, caps: Caps) -> Mapping[str, Decimal]:
    if kind == "total":
        return {} if caps.total is None else {"": caps.total}
    bounds: Mapping[str, Decimal] = getattr(caps, kind)
    return bounds


def _inside(kind: CapKind, name: str, asker: Asker) -> bool | None:
    """True where the case is one that the cap is about; None where its industry is not known."""
    if kind == "industry":
        return covers(name, asker.industry.value) if isinstance(asker.industry.value, str) else None
    own = {
        "grade": asker.grade,
        "segment": asker.application.segment,
        "country": asker.application.country,
    }
    return own.get(kind, "") == name


def _judged(held: Held, cap: Decimal, asked: Money, exchange: Exchange, *, certain: bool) -> CriterionResult:
    others = _sum(held.amounts, exchange)
    perhaps = _sum(held.perhaps, exchange)
    added = _sum({asked.currency: asked.amount}, exchange)
    lacking = tuple(dict.fromkeys((*others.without_rate, *perhaps.without_rate, *added.without_rate)))
    least = others.amount + added.amount
    most = least + perhaps.amount
    if certain and least > cap:
        verdict = Verdict.FAIL
    elif not lacking and most <= cap:
        verdict = Verdict.PASS
    else:
        verdict = Verdict.UNKNOWN
    unit = exchange.house_currency
    en = [f"{others.amount:,.0f} {unit} of others", f"{added.amount:,.0f} {unit} of this case"]
    zh = [f"其他客户 {others.amount:,.0f} {unit}", f"本案 {added.amount:,.0f} {unit}"]
    if perhaps.amount:
        en.append(f"perhaps {perhaps.amount:,.0f} {unit} of customers whose industry is not known")
        zh.append(f"行业未知客户可能 {perhaps.amount:,.0f} {unit}")
    if lacking:
        en.append(f"besides what is in {', '.join(lacking)}, for which there is no exchange rate")
        zh.append(f"另有 {', '.join(lacking)} 无汇率未计入")
    if not certain:
        en.append("the industry of this company is not known")
        zh.append("本企业行业未知")
    en.append(f"cap {cap:,.0f} {unit}")
    zh.append(f"上限 {cap:,.0f} {unit}")
    return _result(held.kind, held.name, verdict, Text(en="; ".join(en), zh="；".join(zh)))


def _sum(amounts: Mapping[str, Decimal], exchange: Exchange) -> _Sum:
    total, lacking = Decimal(0), list[str]()
    for currency, amount in amounts.items():
        converted = exchange.convert(Money(amount=amount, currency=currency))
        if converted is None:
            lacking.append(currency)
        else:
            total += converted.money.amount
    return _Sum(total, tuple(lacking))


def _result(kind: CapKind, name: str, verdict: Verdict, said: Text) -> CriterionResult:
    title = TITLES[kind]
    unknown = Text(en="unknown, ", zh="未知，") if verdict is Verdict.UNKNOWN else Text(en="", zh="")
    return CriterionResult(
        id=f"cap_{kind}",
        verdict=verdict,
        effect="committee",
        message=Text(
            en=f"{title.en.format(name)}: {unknown.en}{said.en}", zh=f"{title.zh.format(name)}：{unknown.zh}{said.zh}"
        ),
    )


def amount_added(asked: Money, exposure: Exposure | None, recommended: Decimal, *, review: bool) -> Money:
    """Return what a case would add to the exposure.

    What is asked for; in a review of a customer the limit that stands or the one recommended, whichever is more: a
    review asks for nothing new. Both are in the currency that was asked for, or what is asked for counts.
    """
    own = exposure.own if exposure is not None else None
    if not review or own is None or own.currency != asked.currency:
        return asked
    return Money(amount=max(own.amount, recommended), currency=own.currency)
