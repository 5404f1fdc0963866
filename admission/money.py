"""Money, and the dated rates at which currencies are compared."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Annotated

from pydantic import AfterValidator, Field

from admission.model import Record, canonical_json

# ISO 4217 list one, currencies of countries; funds codes, metals and test codes are left out.
CURRENCIES = frozenset(
    """AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF
    CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF
    IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK
    MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR
    SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES
    VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG""".split()
)


def _known_currency(code: str) -> str:
    if code not in CURRENCIES:
        raise ValueError("a three-letter ISO 4217 currency code in capitals, such as USD, EUR, GBP or CNY")
    return code


Currency = Annotated[str, AfterValidator(_known_currency)]


class Money(Record):
    """An amount in one currency. Amounts of different currencies are never added or compared directly."""

    amount: Decimal
    currency: Currency

    def rounded(self) -> Money:
        """Return the amount in whole units of the currency, half to even."""
        return Money(amount=self.amount.quantize(Decimal(1), ROUND_HALF_EVEN), currency=self.currency)


class Rate(Record):
    """On `on`, one unit of `currency` was worth `per_unit` units of `to`."""

    currency: Currency
    to: Currency
    on: date
    per_unit: Decimal = Field(gt=0)


class Converted(Record):
    """An amount in the house currency, with the rate that was used and its day, so that both can be shown."""

    money: Money
    rate: Decimal
    rate_on: date


class RateTable:
    """The house's own table of exchange rates; the newest rate not after the day asked for counts."""

    def __init__(self, rates: Iterable[Rate] = ()) -> None:
        self._rates = sorted(rates, key=lambda rate: rate.on)

    @property
    def document(self) -> str:
        """The whole table as canonical JSON, so that an assessment made with it can be made again."""
        return canonical_json([rate.model_dump(mode="json") for rate in self._rates])

    @property
    def sha256(self) -> str:
        """Fingerprint of the table."""
        return hashlib.sha256(self.document.encode()).hexdigest()

    @classmethod
    def read(cls, document: str) -> RateTable:
        """Read what `document` gave."""
        return cls(Rate.model_validate(rate) for rate in json.loads(document))

    def convert(self, money: Money, to: str, on: date) -> Converted | None:
        """Convert at the newest rate on or before `on`; None where the table has no such rate."""
        if money.currency == to:
            return Converted(money=money, rate=Decimal(1), rate_on=on)
        for rate in reversed(self._rates):
            if rate.on > on:
                continue
            if (rate.currency, rate.to) == (money.currency, to):
                factor = rate.per_unit
            elif (rate.to, rate.currency) == (money.currency, to):
                factor = 1 / rate.per_unit
            else:
                continue
            return Converted(money=Money(amount=money.amount * factor, currency=to), rate=factor, rate_on=rate.on)
        return None
