"""The amounts that the credit limit is found from, each in the currency that was asked for."""

from __future__ import annotations

from collections.abc import Sequence
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
    """One of the amounts that the limit is found from.

    Attributes:
        amount: None where it could not be had, for the reason that `gap` tells; 0 where it could not be had and would
            otherwise not hold.
        currency: of the figure that it was made from.
    """

    name: str
    amount: Decimal | None
    currency: str
    gap: Gap | None = None


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
        no_credit: whether the grade has no open credit.
    """

    rule: LimitRule
    grade: Grade
    terms_days: int
    secured: bool
    group_cap: Decimal | None
    methods: tuple[tuple[str, Decimal], ...]
    bureau: tuple[tuple[str, Decimal], ...]
    no_credit: bool

    @classmethod
    def of(cls, rule: LimitRule, grade: Grade, *, terms_days: int, secured: bool, caps: Caps) -> LimitInputs:
        """Return what follows from the rule, the grade, and the caps on exposure."""
        shares = (
            (NET_WORTH, rule.net_worth_share, grade.net_worth_factor),
            (TURNOVER, rule.turnover_share, grade.turnover_factor),
        )
        methods = tuple((name, share * factor) for name, share, factor in shares if share is not None)
        bureau = ((BUREAU, ONE),) if rule.bureau_limit_counts else ()
        no_credit = grade.net_worth_factor == 0 and grade.turnover_factor == 0
        return cls(rule, grade, terms_days, secured, caps.group, methods, bureau, no_credit)


class LimitFigures(NamedTuple):
    """The bounds of a limit, and what follows.

    Attributes:
        bounds: what the limit was found from.
        amount: in whole units, never below zero.
        binding: the name of the bound that it comes from.
        incomplete: whether something that a method of the limit needs is not known.
        open: the part of it that needs no cover; all of it unless cover that was offered lifts it.
    """

    bounds: list[Bound]
    amount: Decimal
    binding: str
    incomplete: bool
    open: Decimal


def find_limit(case: CaseFigures, inputs: LimitInputs, exchange: Exchange) -> LimitFigures:
    """Return the limit of a case: the least of its need, the caps, and what it can bear.

    What it can bear is the most of three: what the methods give, the starter cap, and the cover that it offers. Where
    something that a method needs is not known, the methods give nothing: whoever hides a figure has the starter cap at
    most, and so has whoever shows bad ones.
    """
    rule = inputs.rule
    methods, floors = _methods(case, inputs, exchange), _starters(case, rule, exchange)
    if not (inputs.methods or rule.sales_factors):
        # Then the limit rests on trade references.
        methods = [*(bound for bound in floors if bound.name == REFERENCES), *methods]
        floors = [bound for bound in floors if bound.name != REFERENCES]
        incomplete = not methods or methods[0].amount is None
    else:
        incomplete = any(bound.amount is None and bound.name != BUREAU for bound in methods)
    borne = _most(floors if incomplete else [_least(methods), *floors])
    if borne is None:
        borne = Bound(STARTER, ZERO, case.currency, Gap.NO_STARTER)
        floors = [*floors, borne]
    offered = case.besides.cover
    caps = _caps(case, inputs, exchange)
    shown, bearable = list[Bound](), borne
    if offered is not None or inputs.secured:
        cover = Bound(COVER, offered, case.currency, Gap.NO_COVER if offered is None else None)
        shown, bearable = [cover], _most([borne, cover]) or borne
    least = _least([*caps, bearable])
    amount = _whole(least)
    open_part = amount if bearable is borne else min(amount, _whole(borne))
    return LimitFigures([caps[0], *methods, *floors, *shown, *caps[1:]], amount, least.name, incomplete, open_part)


def _methods(case: CaseFigures, inputs: LimitInputs, exchange: Exchange) -> list[Bound]:
    """Return what each method gives, and the limit of the bureau; the least of them is what was measured."""
    figures = case.figures
    found = [_share(name, figures.metrics.get(METRICS[name]), share, case, exchange) for name, share in inputs.methods]
    if inputs.rule.sales_factors:
        found.append(_sales(case, inputs))
    for name, share in inputs.bureau:
        bound = _share(name, figures.metrics.get(METRICS[name]), share, case, exchange)
        if bound.gap is Gap.NO_FIGURE and METRICS[name] not in figures.not_asked:
            # A bureau that was asked and recommends no limit bounds it as one that recommends nothing.
            bound = bound._replace(amount=ZERO)
        found.append(bound)
    return found


def _caps(case: CaseFigures, inputs: LimitInputs, exchange: Exchange) -> list[Bound]:
    """Return the need, and what else bounds the limit whatever the company can bear."""
    found = [_need(case, inputs)]
    if inputs.no_credit:
        found.append(Bound(NO_GRADE, ZERO, case.currency))
    if inputs.rule.concentration_cap is not None:
        found.append(_bring(CONCENTRATION, inputs.rule.concentration_cap, exchange.house_currency, case, exchange))
    if inputs.group_cap is not None:
        found.append(_group(inputs.group_cap, case, exchange))
    return found


def _least(bounds: Sequence[Bound]) -> Bound:
    """Return the first of the least that are known; the first of all where none is."""
    least = bounds[0]
    for bound in bounds:
        if bound.amount is not None and (least.amount is None or bound.amount < least.amount):
            least = bound
    return least


def _most(bounds: Sequence[Bound]) -> Bound | None:
    """Return the first of the greatest that are known; None where none is."""
    most: Bound | None = None
    for bound in bounds:
        if bound.amount is not None and (most is None or most.amount is None or bound.amount > most.amount):
            most = bound
    return most


def _whole(bound: Bound) -> Decimal:
    """Return a bound in whole units; none of those that are compared is below zero."""
    return (bound.amount or ZERO).quantize(ONE, ROUND_DOWN)


def _need(case: CaseFigures, inputs: LimitInputs) -> Bound:
    """Return what sales on these terms leave outstanding, at most what was asked for."""
    asked, sales = case.requested, case.besides.annual_sales
    if sales is None:
        return Bound(NEED, asked if inputs.rule.need_not_told == "asked" else ZERO, case.currency, Gap.NO_SALES)
    need = sales * inputs.terms_days / DAYS_PER_YEAR * (1 + (inputs.rule.vat_share or ZERO))
    return Bound(NEED, min(asked, need), case.currency)


def _sales(case: CaseFigures, inputs: LimitInputs) -> Bound:
    sales = case.besides.annual_sales
    if sales is None:
        return Bound(SALES, None, case.currency, Gap.NO_SALES)
    months = Decimal(inputs.terms_days) / DAYS_PER_MONTH
    factor = inputs.rule.sales_factors.get(inputs.grade.name, ZERO)
    return Bound(SALES, sales / MONTHS * months * factor, case.currency)


def _starters(case: CaseFigures, rule: LimitRule, exchange: Exchange) -> list[Bound]:
    """Return what the house risks on a company whose figures bear less, or are not known; the references come last."""
    found = list[Bound]()
    if rule.starter_cap is not None:
        found.append(_bring(STARTER, rule.starter_cap, exchange.house_currency, case, exchange))
    if rule.trade_references is not None:
        found.append(_references(case, rule, rule.trade_references, exchange))
    return found


def _references(case: CaseFigures, rule: LimitRule, fewest: int, exchange: Exchange) -> Bound:
    """Return the median of what other suppliers lend, where enough are told, up to what the rule lets it reach."""
    told = case.besides.references
    if len(told) < fewest:
        return Bound(REFERENCES, None, case.currency, Gap.FEW_REFERENCES)
    amounts = []
    for amount, currency in told:
        brought = exchange.convert(amount, currency, case.currency)
        if brought is None:
            return Bound(REFERENCES, None, currency, Gap.NO_RATE)
        amounts.append(brought)
    most = rule.references_up_to if rule.references_up_to is not None else rule.starter_cap
    found = Bound(REFERENCES, max(median(amounts), ZERO), case.currency)
    if most is None:
        return found
    capped = _bring(REFERENCES, most, exchange.house_currency, case, exchange)
    return capped if capped.amount is None else _least([found, capped])


def _group(cap: Decimal, case: CaseFigures, exchange: Exchange) -> Bound:
    granted = case.besides.group_exposure
    if granted is None:
        # Who does not say to which group it belongs, or that it belongs to none, may belong to one that is full.
        return Bound(GROUP, ZERO, case.currency, Gap.NO_EXPOSURE)
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
