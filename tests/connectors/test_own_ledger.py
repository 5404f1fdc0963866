"""The house's own ledger as a source: who has an account in it, and when it tells nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from admission.application import Subject
from admission.customers.ledger.accounts import KeptAccount, OwnLedger
from admission.customers.ledger.figures import LedgerFigures
from admission.errors import AccessRefused, SourceChanged
from admission.evidence.answers import Answer, Parsed
from admission.evidence.facts import Untold
from admission.evidence.ledger_facts import LedgerRecord
from admission.evidence.topics import Topic
from admission.model import Text
from connectors.kit import Kit
from connectors.own_ledger import LedgerSource, connector

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DAY = date(2026, 10, 31)
WHY = Text(en="the ledger does not tell which payments were returned", zh="台账未记载退票")
COMPANY = Subject(legal_name="Example Ltd", country="GB", identifiers={"uk_company_number": "00000001"})
KEY = "uk_company_number:00000001"


def figures(**changes: Any) -> LedgerFigures:
    told = {
        "as_of": DAY,
        "own_overdue_days": 12,
        "overdue_documents": 2,
        "late_payments_12m": 3,
        "bounced_payment_12m": None,
        "unknown": {"bounced_payment_12m": WHY},
    }
    return LedgerFigures(customer=KEY, currency="GBP", **{**told, **changes})


def account(**changes: Any) -> KeptAccount:
    given = {"ledger": "L7", "company": KEY, "as_of": DAY, "accounts": ("10",), "whole": True, "figures": figures()}
    kept: dict[str, Any] = {**given, **changes}
    return KeptAccount(**{"account_count": len(kept["accounts"]), **kept})


def source(kept: KeptAccount | None) -> LedgerSource:
    ledger = OwnLedger(lambda: None if kept is None else kept.ledger, lambda key: kept if key == KEY else None)
    return connector(Kit(clock=lambda: NOW, contact="credit@example.org"), ledger)


def asked(of: LedgerSource) -> Parsed:
    (query,) = of.plan(COMPANY).queries
    return of.parse(query, of.fetch(query))


def test_where_none_is_loaded_nothing_is_asked() -> None:
    none = connector(Kit(clock=lambda: NOW, contact="credit@example.org"))
    assert (none.configured, none.plan(COMPANY).queries, none.plan(COMPANY).missing) == (False, (), None)
    (query,) = source(account()).plan(COMPANY).queries
    with pytest.raises(AccessRefused, match="No ledger is loaded"):
        none.fetch(query)
    assert "gatehouse ledger import" in none.setup_hint.zh


def test_the_figures_of_a_company_and_until_when_they_count() -> None:
    parsed = asked(source(account()))
    record, until = parsed.facts
    assert record == LedgerRecord(
        source="own_ledger",
        ledger="L7",
        as_of=DAY,
        accounts=1,
        own_overdue_days=12,
        overdue_documents=2,
        late_payments_12m=3,
        unknown={"bounced_payment_12m": WHY},
    )
    assert isinstance(until, Untold)
    assert (until.holds_on(date(2026, 12, 5)), until.holds_on(date(2026, 12, 6))) == (False, True)
    assert parsed.answer is Answer.FOUND


def test_a_company_without_an_account_has_no_record() -> None:
    parsed = asked(source(account(accounts=(), figures=None)))
    assert (parsed.answer, parsed.facts) == (Answer.NO_RECORD, ())


def test_a_ledger_that_is_not_whole_tells_nothing() -> None:
    (untold,) = asked(source(account(whole=False, figures=None))).facts
    assert isinstance(untold, Untold)
    assert (untold.topics, untold.holds_on(DAY)) == ((Topic.OWN_LEDGER,), True)


def test_a_newer_ledger_is_a_new_question() -> None:
    (first,), (second,) = (source(account(ledger=name)).plan(COMPANY).queries for name in ("L7", "L8"))
    assert (first.params, first.topics) == ({"company": KEY, "ledger": "L7"}, (Topic.OWN_LEDGER,))
    assert first.key != second.key


@pytest.mark.parametrize(
    "kept",
    [
        account(as_of=date(2026, 11, 24), figures=figures(as_of=date(2026, 11, 24))),
        account(figures=figures(as_of=date(2026, 9, 30))),
        account(figures=None),
        account(figures=figures(own_overdue_days=None)),
        account(figures=figures(bounced_payment_12m=False)),
    ],
    ids=["a-day-to-come", "of-another-day", "without-figures", "lost-without-a-reason", "told-and-unknown"],
)
def test_figures_that_cannot_be_are_a_change(kept: KeptAccount) -> None:
    with pytest.raises(SourceChanged, match="known form"):
        asked(source(kept))


def test_a_ledger_that_lost_an_account_is_a_change() -> None:
    of = source(account())
    (query,) = of.plan(COMPANY).queries
    raw = of.fetch(query)
    lost = raw.body.replace(b'["10"]', b"[]")
    assert lost != raw.body
    with pytest.raises(SourceChanged, match="known form"):
        of.parse(query, raw.model_copy(update={"body": lost}))


@pytest.mark.parametrize("body", [b"{}", b"[]", b'{"format": 2}', b'{"format": 1, "format": 1}'])
def test_bytes_of_another_form_are_a_change(body: bytes) -> None:
    of = source(account())
    (query,) = of.plan(COMPANY).queries
    with pytest.raises(SourceChanged):
        of.parse(query, of.fetch(query).model_copy(update={"body": body}))
