"""How a company has paid us: known from a ledger that has an account of it, is young enough and whole."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from admission.evidence.answers import Coverage
from admission.evidence.facts import Facts, Untold
from admission.evidence.ledger_facts import LedgerRecord
from admission.evidence.topics import Topic
from admission.metrics.catalogue import NO_SOURCE, Metric, Value
from admission.metrics.derive import MetricInputs, derive_metrics
from admission.metrics.own_ledger import NO_ACCOUNT, SPOILED
from admission.metrics.told_by import OWN_LEDGER
from admission.model import Text
from tests.admission.build import AS_OF, EXCHANGE, application

WHY = Text(en="not told", zh="未记载")
ASKED = Coverage(answered={Topic.OWN_LEDGER: ("own_ledger",)})
OLD = Untold(source="own_ledger", topics=(Topic.OWN_LEDGER,), why=Text(en="an old ledger", zh="旧台账"), since=AS_OF)


def record(**changes: Any) -> LedgerRecord:
    told = {"own_overdue_days": 12, "overdue_documents": 2, "late_payments_12m": 3, "bounced_payment_12m": True}
    return LedgerRecord(
        **{
            "source": "own_ledger",
            "evidence": "ev",
            "ledger": "L7",
            "as_of": AS_OF - timedelta(days=9),
            "accounts": 1,
            **told,
            **changes,
        }
    )


def derived(*facts: LedgerRecord | Untold, seen: Coverage = ASKED, spoiled: tuple[str, ...] = ()) -> dict[str, Metric]:
    found = Facts.of(facts)
    inputs = MetricInputs(application(), EXCHANGE, spoiled=spoiled)
    metrics = derive_metrics(found, seen.without_untold(found.untold, AS_OF), inputs)
    return {name: metrics[name] for name in sorted(OWN_LEDGER)}


def values(found: dict[str, Metric]) -> list[Value | None]:
    return [found[name].value for name in ("own_overdue_days", "bounced_payment_12m", "annual_overdue_count")]


def test_what_the_ledger_tells_is_known_with_its_source_and_day() -> None:
    found = derived(record())
    assert values(found) == [Decimal(12), True, Decimal(5)]
    assert {(one.sources, one.as_of) for one in found.values()} == {(("own_ledger",), AS_OF - timedelta(days=9))}


def test_who_paid_on_time_was_never_late() -> None:
    good = record(own_overdue_days=0, overdue_documents=0, late_payments_12m=0, bounced_payment_12m=False)
    assert values(derived(good)) == [Decimal(0), False, Decimal(0)]


def test_the_newest_ledger_counts() -> None:
    older = record(ledger="L6", as_of=AS_OF - timedelta(days=30), own_overdue_days=90)
    assert values(derived(older, record()))[0] == Decimal(12)


def test_without_a_ledger_it_is_not_asked_as_before() -> None:
    for metric in derived(seen=Coverage()).values():
        assert (metric.unknown, metric.not_asked, metric.not_set_up, metric.sources) == (NO_SOURCE, True, True, ())


def test_a_new_company_has_no_history() -> None:
    for metric in derived().values():
        assert (metric.value, metric.unknown, metric.not_set_up) == (None, NO_ACCOUNT, True)


def test_an_old_ledger_tells_nothing_and_is_no_clean_record() -> None:
    for metric in derived(record(), OLD).values():
        assert (metric.value, metric.not_asked, metric.not_set_up) == (None, True, False)
        assert metric.unknown is not None
        assert metric.unknown.en == "could not be checked: an old ledger"
    assert values(derived(record(), OLD.model_copy(update={"since": AS_OF + timedelta(days=1)})))[0] == Decimal(12)


@pytest.mark.parametrize(
    ("lost", "metric"),
    [
        ("own_overdue_days", "own_overdue_days"),
        ("bounced_payment_12m", "bounced_payment_12m"),
        ("late_payments_12m", "annual_overdue_count"),
        ("overdue_documents", "annual_overdue_count"),
    ],
)
def test_what_the_ledger_does_not_tell_is_unknown_with_its_reason(lost: str, metric: str) -> None:
    found = derived(record(**{lost: None, "unknown": {lost: WHY}}))
    assert {name: one.unknown for name, one in found.items() if one.value is None} == {metric: WHY}


def test_a_record_that_failed_a_blocking_check_tells_nothing() -> None:
    assert {metric.unknown for metric in derived(spoiled=("ledgers",)).values()} == {SPOILED}
