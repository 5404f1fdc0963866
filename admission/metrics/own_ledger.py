"""How a company has paid us so far, from the house's own ledger."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from admission.evidence.answers import Coverage
from admission.evidence.ledger_facts import LedgerRecord
from admission.evidence.topics import Topic
from admission.metrics.catalogue import Metric, known, unknown
from admission.metrics.registers import not_covered
from admission.metrics.told_by import OWN_LEDGER
from admission.model import Text

# A company that is new to us has no history: it was not always on time.
NO_ACCOUNT = Text(en="our ledger has no account of this company", zh="我方台账中没有该企业的账户")
SPOILED = Text(en="the figures of our ledger failed a blocking check", zh="我方台账数据未通过阻断性检查")


def own_ledger_metrics(records: Sequence[LedgerRecord], coverage: Coverage, *, spoiled: bool) -> list[Metric]:
    """Derive what the newest ledger tells; nothing where no ledger was asked.

    Times overdue in 12 months are the invoices that were settled late in them, and the documents that are overdue now.

    Args:
        records: what ledgers told.
        coverage: which topics were asked about.
        spoiled: True where a blocking check took a record away.
    """
    if spoiled:
        return [unknown(name, SPOILED) for name in sorted(OWN_LEDGER)]
    if coverage.gaps_in(Topic.OWN_LEDGER):
        return [unknown(name, not_covered(coverage, Topic.OWN_LEDGER)) for name in sorted(OWN_LEDGER)]
    newest = max(records, key=lambda record: (record.as_of, record.ledger), default=None)
    if newest is None:
        asked = coverage.answered.get(Topic.OWN_LEDGER, ())
        return [unknown(name, NO_ACCOUNT, sources=asked) for name in sorted(OWN_LEDGER)] if asked else []
    late, overdue, bounced = newest.late_payments_12m, newest.overdue_documents, newest.bounced_payment_12m
    days = newest.own_overdue_days
    return [
        _told(newest, "own_overdue_days", None if days is None else Decimal(days), "own_overdue_days"),
        _told(newest, "bounced_payment_12m", bounced, "bounced_payment_12m"),
        _told(
            newest,
            "annual_overdue_count",
            None if late is None or overdue is None else Decimal(late + overdue),
            *("late_payments_12m", "overdue_documents"),
        ),
    ]


def _told(record: LedgerRecord, name: str, value: Decimal | bool | None, *figures: str) -> Metric:
    if value is not None:
        return known(name, value, (record.source,), record.as_of)
    why = next(record.unknown[figure] for figure in figures if figure in record.unknown)
    return unknown(name, why, sources=(record.source,))
