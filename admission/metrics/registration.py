"""What the Chinese register of companies tells besides standing: capital paid in, and staff with social insurance."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from admission.evidence.facts import CompanyProfile, Facts
from admission.metrics.catalogue import Metric, known, unknown
from admission.metrics.ends import End, Outcome, measured
from admission.metrics.registers import NOT_ON_RECORD
from admission.model import Text
from admission.money import Exchange, no_rate

# A company may take its time to employ people; one that has none after three years is likely a shell.
SETTLED_YEARS = 3
_NO_CAPITAL = Text(
    en="paid-in and registered capital are not both told by one source", zh="没有来源同时提供实缴资本与注册资本"
)


def registration_metrics(facts: Facts, years_trading: Metric, exchange: Exchange) -> list[Metric]:
    """Derive the share of capital paid in, and what the insured staff tell.

    Args:
        facts: the usable facts.
        years_trading: the metric of that name.
        exchange: the house's rates of the day of the assessment.
    """
    insured = _insured_staff(facts, exchange.on)
    return [_paid_in_share(facts, exchange), insured, _uninsured(insured, years_trading)]


def _paid_in_share(facts: Facts, exchange: Exchange) -> Metric:
    name = "paid_in_share"
    for profile in facts.profiles:
        if profile.paid_in_capital is not None and profile.registered_capital is not None:
            return measured(name, _share(profile, exchange), (profile.source,), exchange.on)
    return unknown(name, _NO_CAPITAL)


def _share(profile: CompanyProfile, exchange: Exchange) -> Outcome:
    paid, registered = profile.paid_in_capital, profile.registered_capital
    if paid is None or registered is None:
        return _NO_CAPITAL
    converted = exchange.convert(paid.amount, paid.currency, registered.currency)
    if converted is None:
        return no_rate(paid.currency, registered.currency)
    return converted / registered.amount if registered.amount > 0 else End.WORST


def _insured_staff(facts: Facts, as_of: date) -> Metric:
    """Of several that tell it, the fewest count."""
    told = [(profile.insured_staff, profile.source) for profile in facts.profiles if profile.insured_staff is not None]
    if not told:
        return unknown("insured_staff", NOT_ON_RECORD)
    staff, source = min(told)
    return known("insured_staff", Decimal(staff), (source,), as_of)


def _uninsured(insured: Metric, years_trading: Metric) -> Metric:
    name = "uninsured_after_3y"
    if not isinstance(insured.value, Decimal):
        return unknown(name, insured.unknown or NOT_ON_RECORD)
    if insured.value > 0:
        return known(name, False, insured.sources, insured.as_of)
    if not isinstance(years_trading.value, Decimal):
        return unknown(name, years_trading.unknown or NOT_ON_RECORD, sources=insured.sources)
    return known(name, years_trading.value > SETTLED_YEARS, insured.sources, insured.as_of)
