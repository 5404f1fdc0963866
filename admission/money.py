"""Money, and the dated rates at which currencies are compared."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, Field

from admission.errors import Invalid
from admission.model import Record, Text, canonical_json

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
        raise Invalid(
            Text(
                en="a three-letter ISO 4217 currency code in capitals, such as USD, EUR, GBP or CNY",
                zh="三位大写字母的 ISO 4217 货币代码，如 USD、EUR、GBP 或 CNY",
            )
        )
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
    """An amount in another currency, with the rate that was used and its day, so that both can be shown."""

    money: Money
    rate: Decimal
    rate_on: date


class Quote(NamedTuple):
    """What one unit of a currency was worth in another, by the rate of a day."""

    rate: Decimal
    on: date

    @property
    def said(self) -> Text:
        """Return rate and day as they follow a converted amount."""
        rate = f"{self.rate.normalize():f}"
        return Text(en=f"at {rate} of {self.on}", zh=f"按 {self.on} 汇率 {rate}")


class RateTable:
    """The house's own table of exchange rates."""

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

    def find(self, currency: str, to: str, on: date) -> Quote | None:
        """Return the newest rate on or before a day, in whichever direction it is noted; None where there is none."""
        for rate in reversed(self._rates):
            if rate.on > on:
                continue
            if (rate.currency, rate.to) == (currency, to):
                return Quote(rate.per_unit, rate.on)
            if (rate.to, rate.currency) == (currency, to):
                return Quote(1 / rate.per_unit, rate.on)
        return None


class Exchange:
    """How amounts of different currencies are compared on one day.

    Args:
        rates: the house's exchange rates; the newest one not after the day counts.
        house_currency: the currency of the policy's amounts.
        on: the day.
    """

    __slots__ = ("_found", "_rates", "house_currency", "on")

    def __init__(self, rates: RateTable, house_currency: str, on: date) -> None:
        self.house_currency = house_currency
        self.on = on
        self._rates = rates
        # A rate is asked for again and again, and the table may be long.
        self._found: dict[tuple[str, str], Quote | None] = {}

    def quote(self, currency: str, to: str | None = None) -> Quote | None:
        """Return what one unit of a currency is worth in another, that of the house if none is given.

        None without a rate.
        """
        pair = (currency, to or self.house_currency)
        if pair[0] == pair[1]:
            return Quote(Decimal(1), self.on)
        if pair not in self._found:
            self._found[pair] = self._rates.find(*pair, self.on)
        return self._found[pair]

    def convert(self, amount: Decimal, currency: str, to: str | None = None) -> Decimal | None:
        """Bring an amount into another currency, that of the house if none is given; None without a rate."""
        wanted = to or self.house_currency
        if currency == wanted:
            return amount
        quote = self.quote(currency, wanted)
        return None if quote is None else amount * quote.rate


def no_rate(currency: str, to: str) -> Text:
    """Return in words that there is no rate of the day from one currency to another."""
    # Stored assessments hold this sentence, and name their day beside it.
    return Text(en=f"no exchange rate for {currency}/{to}", zh=f"没有 {currency}/{to} 汇率")


DOUBTFUL_POINT = re.compile(r"[1-9]\d{0,2}\.\d{3}")
"""An amount, without its sign, whose point may part thousands in one country, and decimals in another."""


def point_may_part_either(amount: str) -> Text:
    """Ask whether the point of an amount such as 850.000 parts thousands, as in many countries, or decimals."""
    whole, _, decimals = amount[:30].partition(".")
    return Text(
        en=f"an amount that can be read in one way only: {whole}.{decimals} may be {whole} or {whole},{decimals}; "
        f"write {whole}{decimals} or {whole}.00",
        zh=f"只有一种读法的金额：{whole}.{decimals} 可能是 {whole}，也可能是 {whole},{decimals}；"
        f"请写成 {whole}{decimals} 或 {whole}.00",
    )
