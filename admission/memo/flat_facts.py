"""Facts as flat objects: one for each figure, flag or record, for programs and tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from admission.evidence.fact_base import Fact
from admission.evidence.facts import AMOUNTS, AnyFact, Filing, FinancialStatement, Judgement, LegalRecord, Untold
from admission.evidence.facts import WatchlistHit as Hit
from admission.money import Money

_NOT_VALUES = frozenset({"table", "source", "evidence", "doubts", "basis", "unknown"})


def flat_facts(fact: AnyFact) -> Iterator[dict[str, Any]]:
    """Yield a fact as flat objects; nothing where it only leaves a topic open.

    Each has `table` and `source`; figures of accounts have `metric`, `value`, `currency` and `period_end`, everything
    else has `name` and `value`. Amounts are in whole units of their currency, as text.
    """
    if isinstance(fact, Untold):
        return
    where = {"table": fact.table, "source": fact.source}
    for row in _rows(fact):
        yield where | {name: _plain(value) for name, value in row.items() if value not in (None, "", ())}


def _rows(fact: AnyFact) -> Iterator[dict[str, object]]:
    if isinstance(fact, FinancialStatement):
        yield from _figures(fact)
    elif isinstance(fact, Filing):
        yield from _filing(fact)
    elif isinstance(fact, LegalRecord):
        yield {
            "name": fact.kind,
            "value": fact.status,
            **_fields(fact, "kind", "status", "amount"),
            **_sum(fact.amount),
        }
    elif isinstance(fact, Hit):
        yield {"name": "watchlist_hit", "value": fact.listed_name, **_fields(fact, "listed_name", "content")}
    elif isinstance(fact, Judgement):
        yield {"metric": fact.aspect, "value": fact.points, **_fields(fact, "aspect", "points")}
    else:
        yield from _attributes(fact)


def _figures(fact: FinancialStatement) -> Iterator[dict[str, object]]:
    of = _fields(fact, *AMOUNTS, *_NOT_VALUES)
    for name in AMOUNTS:
        value = getattr(fact, name)
        if value is not None:
            yield {"metric": name, "value": value, **of}


def _filing(fact: Filing) -> Iterator[dict[str, object]]:
    of = _fields(fact, "events", "items", "title")
    if not fact.events:
        yield {"name": "filing", "value": fact.form, **of}
    for event in fact.events:
        yield {"name": event.kind, "value": event.on, **of, "inferred": event.inferred, "basis": event.basis}


def _attributes(fact: AnyFact) -> Iterator[dict[str, object]]:
    """Each attribute of a profile or a credit report for itself; of lists and tables, each member."""
    for name, value in _fields(fact).items():
        if isinstance(value, Money):
            yield {"name": name, "value": value.amount, "currency": value.currency}
        elif isinstance(value, dict):
            yield from ({"name": key, "value": inner} for key, inner in value.items())
        elif isinstance(value, tuple):
            yield from ({"name": name, "value": inner} for inner in value)
        elif value not in (None, ""):
            yield {"name": name, "value": value}


def _fields(fact: Fact, *without: str) -> dict[str, object]:
    return {name: value for name, value in dict(fact).items() if name not in without and name not in _NOT_VALUES}


def _sum(amount: Money | None) -> dict[str, object]:
    return {} if amount is None else {"amount": amount.amount, "currency": amount.currency}


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    return value
