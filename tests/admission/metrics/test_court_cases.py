"""Judgments and suits: how many, for how much against equity, since when; known only where somebody looked."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from admission.evidence.answers import Answer, Coverage, Gap
from admission.evidence.facts import Facts, LegalKind, LegalRecord, LegalStatus
from admission.evidence.topics import Topic
from admission.metrics.catalogue import Metric, Value, known, unknown
from admission.metrics.court_cases import court_metrics
from admission.metrics.ratios import NOT_STATED
from admission.money import Money
from tests.admission.build import AS_OF, EXCHANGE, answered, legal

D, OPEN, CLOSED = Decimal, LegalStatus.OPEN, LegalStatus.CLOSED


def judgment(
    status: LegalStatus = OPEN, amount: str | None = "1000", currency: str = "GBP", **more: Any
) -> LegalRecord:
    money = None if amount is None else Money(amount=D(amount), currency=currency)
    return legal(LegalKind.JUDGMENT, status, amount=money, **more)


def equity(value: str | None) -> Metric:
    if value is None:
        return unknown("equity", NOT_STATED)
    return known("equity", D(value), ("register",), date(2025, 12, 31), unit="USD")


def derived(*records: LegalRecord, worth: str | None = "10000", seen: Coverage | None = None) -> dict[str, Metric]:
    found = court_metrics(Facts.of(records), answered() if seen is None else seen, equity(worth), EXCHANGE)
    return {metric.name: metric for metric in found}


TWELVE = tuple(judgment(reference=f"J-{number}") for number in range(12))
OLD = date(2023, 1, 1)
# The rate is 1.25 USD for a GBP.
GOLDEN: list[tuple[str, str, tuple[LegalRecord, ...], Value | None]] = [
    ("none", "open_judgments", (), D(0)),
    ("twelve", "open_judgments", TWELVE, D(12)),
    ("satisfied-apart", "open_judgments", (judgment(), judgment(CLOSED)), D(1)),
    ("unclear-counts", "open_judgments", (judgment(LegalStatus.UNCLEAR),), D(1)),
    ("satisfied-too", "judgments_36m", (judgment(), judgment(CLOSED)), D(2)),
    ("old-does-not", "judgments_36m", (judgment(on=OLD), judgment()), D(1)),
    ("dayless-does", "judgments_36m", (judgment(on=None),), D(1)),
    ("sum", "open_judgments_amount", (judgment(), judgment(amount="500"), judgment(CLOSED, "9")), D(1500)),
    ("two-currencies", "open_judgments_amount", (judgment(), judgment(amount="50", currency="USD")), D(1300)),
    ("amount-not-told", "open_judgments_amount", (judgment(), judgment(amount=None)), None),
    ("no-rate", "open_judgments_amount", (judgment(), judgment(currency="CNY")), None),
    ("refund-takes-nothing-off", "open_judgments_amount", (judgment(), judgment(amount="-900")), D(1000)),
    ("1250/10000", "judgments_to_equity", (judgment(),), D("0.125")),
    ("none-owed", "judgments_to_equity", (judgment(CLOSED),), D(0)),
    ("none", "months_since_judgment", (), D(72)),
    ("newest", "months_since_judgment", (judgment(on=OLD), judgment(CLOSED)), D("4.0")),
    ("very-old", "months_since_judgment", (judgment(on=date(2012, 1, 1)),), D(72)),
    ("dayless", "months_since_judgment", (judgment(on=None), judgment()), None),
]


@pytest.mark.parametrize(
    ("name", "records", "expected"), [row[1:] for row in GOLDEN], ids=[f"{row[1]}-{row[0]}" for row in GOLDEN]
)
def test_judgments(name: str, records: tuple[LegalRecord, ...], expected: Value | None) -> None:
    assert derived(*records)[name].value == expected


@pytest.mark.parametrize(
    ("worth", "owed", "expected"),
    [
        ("0", "1", D(20)),
        ("-5", "1", D(20)),
        ("0", "0", D(0)),
        ("1", "100", D(20)),
        (None, "1", None),
        (None, "0", D(0)),
    ],
)
def test_without_equity_what_is_owed_reads_worst(worth: str | None, owed: str, expected: Value | None) -> None:
    assert derived(judgment(amount=owed), worth=worth)["judgments_to_equity"].value == expected


def test_suits_are_counted_apart_from_judgments() -> None:
    suit = legal(LegalKind.LAWSUIT, OPEN, amount=Money(amount=D(4000), currency="USD"))
    found = derived(suit, judgment())
    assert (found["open_lawsuits"].value, found["lawsuit_amount"].value) == (D(1), D(4000))
    assert (found["lawsuits_to_equity"].value, found["open_judgments"].value) == (D("0.4"), D(1))


def test_what_may_be_of_another_is_noted() -> None:
    metric = derived(judgment(LegalStatus.UNCLEAR))["open_judgments"]
    assert metric.note is not None
    assert metric.note.zh == "其中部分可能属于其他企业"


@pytest.mark.parametrize("topic", [Topic.JUDGMENTS, Topic.LAWSUITS])
def test_absence_is_known_only_where_somebody_looked(topic: Topic) -> None:
    mine = {Topic.JUDGMENTS: ("open_judgments", "judgments_to_equity"), Topic.LAWSUITS: ("open_lawsuits",)}[topic]
    others = answered(*(other for other in Topic if other is not topic))
    gap = Gap(topic=topic, source="bureau", answer=Answer.NOT_CONFIGURED)
    for seen in (others, answered().model_copy(update={"gaps": (gap,)})):
        found = derived(seen=seen)
        assert {name: found[name].value for name in mine} == dict.fromkeys(mine)
    known_ones = derived()
    assert [known_ones[name].value for name in mine] == [D(0)] * len(mine)
    assert known_ones[mine[0]].as_of == AS_OF
