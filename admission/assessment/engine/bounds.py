"""The bounds whose least is the credit limit, each in the currency that was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_DOWN, Decimal
from enum import Enum
from statistics import median
from typing import NamedTuple

from admission.assessment.engine.case import CaseFigures
from admission.metrics.catalogue import Value
from admission.money import Exchange
from admission.policy import Caps, Grade, LimitRule

NEED = "need"
NET_WORTH = "net_worth"
TURNOVER = "turnover"
SALES = "sales"
REFERENCES = "trade_references"
BUREAU = "bureau_limit"
CONCENTRATION = "concentration_cap"
COVER = "cover"
GROUP = "group_limit"
STARTER = "starter_cap"
NO_GRADE = "grade"
METHODS = (NET_WORTH, TURNOVER, SALES)
METRICS = {NET_WORTH: "tangible_net_worth", TURNOVER: "revenue", BUREAU: "bureau_limit"}
DAYS_PER_YEAR = 365
DAYS_PER_MONTH = 30
MONTHS = 12
ZERO, ONE = Decimal(0), Decimal(1)


class Gap(Enum):
    """Why a bound could not be had."""

    NO_FIGURE = "the figure is not known"
    NO_RATE = "no exchange rate"
    NO_SALES = "no sales are told"
    FEW_REFERENCES = "too few references"
    NO_COVER = "nothing is offered"
    NO_EXPOSURE = "nothing is known of its group"
    NO_STARTER = "there is no starter cap"


class Bound(NamedTuple):
    """One of the amounts whose least is the limit.

    Attributes:
        amount: None where it could not be had, for the reason that `gap` tells. A starter cap that could not be had
            leaves nothing to recommend, so that it is 0.
        currency: of the figure that it was made from.
        old: whether that figure is too old.
    """

    name: str
    amount: Decimal | None
    currency: str
    gap: Gap | None = None
    old: bool = False


class LimitInputs(NamedTuple):
    """What the limit of a case depends on besides its figures; the same for very many cases.

    Attributes:
        rule: the limit rule of the applicant's segment.
        grade: that it was given.
        terms_days: longest terms that are recommended.
        secured: whether credit is given against security only.
        group_cap: most that the house grants to one group; None where there is no such cap.
        methods: each method that takes a share of a metric, with that share.
        bureau: the same for the limit that a bureau recommends; none where it does not count.
    """

    rule: LimitRule
    grade: Grade
    terms_days: int
    secured: bool
    group_cap: Decimal | None
    methods: tuple[tuple[str, Decimal], ...]
    bureau: tuple[tuple[str, Decimal], ...]

    @classmethod
    def of(cls, rule: LimitRule, grade: Grade, *, terms_days: int, secured: bool, caps: Caps) -> LimitInputs:
        """Return what follows from the rule, the grade, and the caps on exposure."""
        shares = (
            (NET_WORTH, rule.net_worth_share, grade.net_worth_factor),
            (TURNOVER, rule.turnover_share, grade.turnover_factor),
        )
        methods = tuple((name, share * factor) for name, share, factor in shares if share is not None)
        bureau = ((BUREAU, ONE),) if rule.bureau_limit_counts else ()
        return cls(rule, grade, terms_days, secured, caps.group, methods, bureau)


class LimitFigures(NamedTuple):
    """The bounds of a limit, and what follows.

    Attributes:
        amount: the least of them in whole units, never below zero.
        binding: the name of the bound that it comes from.
        incomplete: whether something that a method of the limit needs is not known.
    """

    bounds: list[Bound]
    amount: Decimal
    binding: str
    incomplete: bool


def find_limit(case: CaseFigures, inputs: LimitInputs, exchange: Exchange) -> LimitFigures:
    """Return the limit of a case: its least bound.

    Where something that the rule's methods need is not known, the median of trade references (where there are enough)
    and the starter cap bound the limit too, so that nobody gains more than those by hiding a figure; where there is
    neither, nothing is recommended.
    """
    rule, metrics = inputs.rule, case.figures.metrics
    methods = [_share(name, metrics.get(METRICS[name]), share, case, exchange) for name, share in inputs.methods]
    if rule.sales_factors:
        methods.append(_sales(case, inputs))
    incomplete = any(bound.amount is None for bound in methods)
    bounds = [_need(case, inputs), *methods]
    if incomplete or not methods:
        bounds += _stand_ins(case, rule, exchange)
    for name, share in inputs.bureau:
        bounds.append(_share(name, metrics.get(METRICS[name]), share, case, exchange))
    if case.figures.old:
        bounds += _old_figures(case, inputs, exchange)
    if rule.concentration_cap is not None:
        bounds.append(_bring(CONCENTRATION, rule.concentration_cap, exchange.house_currency, case, exchange))
    if inputs.secured:
        cover = case.besides.cover
        bounds.append(Bound(COVER, cover, case.currency, Gap.NO_COVER if cover is None else None))
    if inputs.group_cap is not None:
        bounds.append(_group(inputs.group_cap, case, exchange))
    if inputs.grade.net_worth_factor == 0 and inputs.grade.turnover_factor == 0:
        bounds.append(Bound(NO_GRADE, ZERO, case.currency))
    return _least(bounds, incomplete=incomplete)


def _least(bounds: list[Bound], *, incomplete: bool) -> LimitFigures:
    least, binding = bounds[0].amount, bounds[0].name
    for name, amount, *_ in bounds:
        if amount is not None and (least is None or amount < least):
            least, binding = amount, name
    amount = ZERO if least is None or least <= 0 else least.quantize(ONE, ROUND_DOWN)
    return LimitFigures(bounds, amount, binding, incomplete)


def late_days(average: Value | None) -> Decimal:
    """Return the days that an average lateness adds to the terms; one that is not known, or is early, adds none."""
    return max(average, ZERO) if isinstance(average, Decimal) else ZERO


def _need(case: CaseFigures, inputs: LimitInputs) -> Bound:
    """Return what sales on these terms leave outstanding, at most what was asked for; that where no sales are told."""
    asked, sales = case.requested, case.besides.annual_sales
    if sales is None:
        return Bound(NEED, asked, case.currency)
    vat, late = inputs.rule.vat_share or ZERO, late_days(case.figures.metrics.get("days_beyond_terms"))
    need = sales * (inputs.terms_days + late) / DAYS_PER_YEAR * (1 + vat)
    return Bound(NEED, min(asked, need), case.currency)


def _sales(case: CaseFigures, inputs: LimitInputs) -> Bound:
    sales = case.besides.annual_sales
    if sales is None:
        return Bound(SALES, None, case.currency, Gap.NO_SALES)
    months = Decimal(inputs.terms_days) / DAYS_PER_MONTH
    factor = inputs.rule.sales_factors.get(inputs.grade.name, ZERO)
    return Bound(SALES, sales / MONTHS * months * factor, case.currency)


def _old_figures(case: CaseFigures, inputs: LimitInputs, exchange: Exchange) -> Iterator[Bound]:
    """Yield what figures that are too old would give: unknown by now, they still bound the limit, lest it rise."""
    for name, share in (*inputs.methods, *inputs.bureau):
        old = case.figures.old.get(METRICS[name])
        if isinstance(old, Decimal):
            yield _share(name, old, share, case, exchange)._replace(old=True)


def _stand_ins(case: CaseFigures, rule: LimitRule, exchange: Exchange) -> Iterator[Bound]:
    counted = False
    if rule.trade_references is not None:
        bound = _references(case, rule.trade_references, exchange)
        counted = bound.amount is not None
        yield bound
    if rule.starter_cap is not None:
        starter = _bring(STARTER, rule.starter_cap, exchange.house_currency, case, exchange)
        # Without a rate for the cap it cannot hold, so nothing is recommended.
        yield starter if starter.amount is not None else starter._replace(amount=ZERO)
    elif not counted:
        yield Bound(STARTER, ZERO, case.currency, Gap.NO_STARTER)


def _references(case: CaseFigures, fewest: int, exchange: Exchange) -> Bound:
    told = case.besides.references
    if len(told) < fewest:
        return Bound(REFERENCES, None, case.currency, Gap.FEW_REFERENCES)
    amounts = []
    for amount, currency in told:
        brought = exchange.convert(amount, currency, case.currency)
        if brought is None:
            return Bound(REFERENCES, None, currency, Gap.NO_RATE)
        amounts.append(brought)
    return Bound(REFERENCES, max(median(amounts), ZERO), case.currency)


def _group(cap: Decimal, case: CaseFigures, exchange: Exchange) -> Bound:
    granted = case.besides.group_exposure
    if granted is None:
        return Bound(GROUP, None, case.currency, Gap.NO_EXPOSURE)
    return _bring(GROUP, max(cap - granted, ZERO), exchange.house_currency, case, exchange)


def _share(name: str, figure: Value | None, share: Decimal, case: CaseFigures, exchange: Exchange) -> Bound:
    currency = case.figures.units.get(METRICS[name], case.currency)
    if not isinstance(figure, Decimal):
        return Bound(name, None, currency, Gap.NO_FIGURE)
    return _bring(name, max(figure, ZERO) * share, currency, case, exchange)


def _bring(name: str, amount: Decimal, currency: str, case: CaseFigures, exchange: Exchange) -> Bound:
    """Return a bound in the currency that was asked for."""
    if currency == case.currency:
        return Bound(name, amount, currency)
    brought = exchange.convert(amount, currency, case.currency)
    return Bound(name, brought, currency, Gap.NO_RATE if brought is None else None)
