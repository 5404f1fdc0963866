"""Court judgments against a company, and suits in which it is sued: how many, for how much, since when.

What is satisfied, or has ended, counts apart; what is not known to have ended counts as open. Absence is only known
where somebody looked.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from admission.evidence.answers import Coverage
from admission.evidence.facts import Facts, LegalKind, LegalRecord, LegalStatus
from admission.evidence.topics import Topic
from admission.metrics.catalogue import Metric, known, unknown
from admission.metrics.ends import End, burden, end_of, measured
from admission.metrics.financials import DAYS_PER_MONTH
from admission.metrics.registers import not_covered
from admission.model import Text
from admission.money import Exchange, no_rate

# Three years.
RECENT_DAYS = 1096
_NO_AMOUNT = Text(en="not every record has an amount", zh="并非每条记录都有金额")
_NO_DAY = Text(en="not every judgment has a day", zh="并非每项判决都有日期")
_NONE = Text(en="none on record", zh="无记录")
_IN_PART = Text(en="may be of another company, in part", zh="其中部分可能属于其他企业")


def court_metrics(facts: Facts, coverage: Coverage, equity: Metric, exchange: Exchange) -> list[Metric]:
    """Derive all metrics of judgments and suits.

    Args:
        facts: the usable facts.
        coverage: which topics somebody looked at.
        equity: what amounts are measured against.
        exchange: the house's rates of the day of the assessment.
    """
    judgments = _Court(facts, coverage, LegalKind.JUDGMENT, Topic.JUDGMENTS, exchange)
    suits = _Court(facts, coverage, LegalKind.LAWSUIT, Topic.LAWSUITS, exchange)
    owed, sued = judgments.amount("open_judgments_amount"), suits.amount("lawsuit_amount")
    return [
        judgments.count("open_judgments", judgments.open()),
        judgments.count("judgments_36m", judgments.recent()),
        owed,
        judgments.against("judgments_to_equity", owed, equity),
        judgments.months_since("months_since_judgment"),
        suits.count("open_lawsuits", suits.open()),
        sued,
        suits.against("lawsuits_to_equity", sued, equity),
    ]


class _Court:
    """The records of one kind on one day."""

    def __init__(self, facts: Facts, coverage: Coverage, kind: LegalKind, topic: Topic, exchange: Exchange) -> None:
        self._records = [record for record in facts.legal if record.kind is kind]
        self._covered = coverage.complete(topic)
        self._why = not_covered(coverage, topic)
        self._exchange = exchange
        told = dict.fromkeys(record.source for record in self._records)
        self._sources = tuple(told) or coverage.answered.get(topic, ())

    def open(self) -> list[LegalRecord]:
        return [record for record in self._records if record.status is not LegalStatus.CLOSED]

    def recent(self) -> list[LegalRecord]:
        since = self._exchange.on - timedelta(days=RECENT_DAYS)
        return [record for record in self._records if record.on is None or record.on >= since]

    def count(self, name: str, records: Sequence[LegalRecord]) -> Metric:
        if not self._covered:
            return unknown(name, self._why)
        unclear = any(record.status is LegalStatus.UNCLEAR for record in records)
        note = _IN_PART if unclear else None
        return known(name, Decimal(len(records)), self._sources, self._newest(records), note=note)

    def amount(self, name: str) -> Metric:
        """The sum of what is open, in its own currency, or in the house's where there are several."""
        if not self._covered:
            return unknown(name, self._why, unit=self._exchange.house_currency)
        records = self.open()
        amounts = [record.amount for record in records if record.amount is not None]
        currencies = {amount.currency for amount in amounts}
        unit = currencies.pop() if len(currencies) == 1 else self._exchange.house_currency
        if len(amounts) < len(records):
            return unknown(name, _NO_AMOUNT, unit=unit, sources=self._sources)
        total = Decimal(0)
        for amount in amounts:
            # A refund does not make what is owed elsewhere less.
            converted = self._exchange.convert(max(amount.amount, Decimal(0)), amount.currency, unit)
            if converted is None:
                return unknown(name, no_rate(amount.currency, unit), unit=unit, sources=self._sources)
            total += converted
        return known(name, total, self._sources, self._newest(records), unit=unit)

    def against(self, name: str, owed: Metric, equity: Metric) -> Metric:
        """What is owed by equity: nothing owed reads best whatever the equity is, and no equity reads worst."""
        if not isinstance(owed.value, Decimal):
            return unknown(name, owed.unknown or self._why, sources=owed.sources)
        if owed.value == 0:
            return known(name, Decimal(0), owed.sources, owed.as_of)
        if not isinstance(equity.value, Decimal):
            return unknown(name, equity.unknown or self._why, sources=equity.sources)
        converted = self._exchange.convert(owed.value, owed.unit, equity.unit)
        if converted is None:
            return unknown(name, no_rate(owed.unit, equity.unit), sources=owed.sources)
        outcome = burden(converted, equity.value, nothing=End.BEST)
        return measured(name, outcome, (*owed.sources, *equity.sources), equity.as_of)

    def months_since(self, name: str) -> Metric:
        """Since the newest, satisfied or not; the best end of the scale where there is none."""
        if not self._covered:
            return unknown(name, self._why)
        best = end_of(name, End.BEST)
        if not self._records:
            return known(name, best, self._sources, self._exchange.on, note=_NONE)
        days = [record.on for record in self._records if record.on is not None]
        if len(days) < len(self._records):
            return unknown(name, _NO_DAY, sources=self._sources)
        newest = max(days)
        months = Decimal(max((self._exchange.on - newest).days, 0)) / DAYS_PER_MONTH
        return known(name, min(round(months, 1), best), self._sources, newest)

    def _newest(self, records: Sequence[LegalRecord]) -> date:
        return max((record.on for record in records if record.on), default=self._exchange.on)
