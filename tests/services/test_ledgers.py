"""Loading the house's own ledger: by whom, what is refused, and what it tells of a company."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from admission.customers.ledger.accounts import NOT_WHOLE
from admission.customers.ledger.figures import FIGURES, LedgerFigures
from admission.customers.ledger.imports import LedgerImport
from admission.errors import BadInput, Conflict, NotAllowed
from admission.people import Person
from intake.ledger_files import LedgerFile
from intake.refused_rows import RefusedRow
from services.ledgers import NO_ACCOUNT, LedgerDay, figures_of, load_ledger, set_accounts
from tests.casebook.build import PASSWORD, PEOPLE, HandClock
from wiring import House, Settings

TODAY = date(2026, 11, 20)
KEY = "uk:00000001"
HEADER = "customer,number,kind,amount,currency,issued,due,settled"
GOOD = (
    "10,a,invoice,1000,GBP,2026-08-01,2026-09-01,",
    "10,b,invoice,500,GBP,2026-05-01,2026-06-01,2026-06-11",
    "11,c,invoice,70,USD,2026-11-01,2026-12-01,",
    f"{KEY},d,invoice,20,GBP,2026-11-01,2026-12-01,",
)


@pytest.fixture
def at(tmp_path: Path) -> Iterator[House]:
    house = House(
        Settings(data=tmp_path / "data", sandbox_url=None), clock=HandClock(datetime(2026, 11, 20, tzinfo=UTC))
    )
    house.settings.folder.mkdir()
    house.casebook.create()
    operator = Person(username="oz", name="Oz Invented", department="management", roles=("operator",))
    for person in (*PEOPLE, operator):
        house.casebook.people.add(person, PASSWORD)
    yield house
    assert house.casebook.audit.verify(house.casebook.keys.all(), (), lambda _: None).flaws == ()
    house.casebook.close()


def written(folder: Path, *rows: str) -> LedgerFile:
    path = folder / "ledger.csv"
    path.write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
    return LedgerFile(path)


def load(
    at: House,
    file: LedgerFile,
    day: date = TODAY,
    since: date | None = date(2025, 1, 1),
    by: str = "bo",
    *,
    leave_out_bad: bool = False,
) -> tuple[LedgerImport, list[RefusedRow]]:
    refused: list[RefusedRow] = []
    person = at.casebook.people.get(by)
    made = load_ledger(at, file, LedgerDay(day, since), person, refused.append, leave_out_bad=leave_out_bad)
    return made, refused


def told(at: House, key: str) -> LedgerFigures:
    figures = figures_of(at, key)
    assert figures is not None
    return figures


def test_without_a_ledger_nothing_is_told(at: House) -> None:
    assert figures_of(at, KEY) is None


def test_a_loaded_ledger_tells_the_figures_of_each_company(at: House, tmp_path: Path) -> None:
    file = written(tmp_path, *GOOD)
    made, refused = load(at, file)
    assert refused == []
    assert (made.entries, made.customers, made.kinds, made.loaded_by) == (4, 3, {"invoice": 4}, "bo")
    assert made.balances == {"GBP": Decimal(1020), "USD": Decimal(70)}
    assert made.file_sha256 == hashlib.sha256(file.path.read_bytes()).hexdigest()
    own = told(at, KEY)
    assert (own.own_overdue_days, own.currency, own.as_of) == (0, at.policy_in_force().house_currency, TODAY)
    set_accounts(at, {"10": "uk:00000002"}, at.casebook.people.get("cy"))
    other = told(at, "uk:00000002")
    assert (other.own_overdue_days, other.late_payments_12m, other.customer) == (80, 1, "uk:00000002")
    assert other.unknown["bounced_payment_12m"].en == "the ledger does not tell which payments were returned"


def test_a_company_without_an_account_is_unknown(at: House, tmp_path: Path) -> None:
    load(at, written(tmp_path, *GOOD))
    nobody = told(at, "uk:00000009")
    assert nobody.unknown == dict.fromkeys(FIGURES, NO_ACCOUNT)
    assert [getattr(nobody, name) for name in FIGURES] == [None] * len(FIGURES)


def test_bad_rows_leave_nothing_unless_they_are_left_out(at: House, tmp_path: Path) -> None:
    file = written(tmp_path, *GOOD, "10,x,invoice,much,GBP,2026-08-01,2026-09-01,", f"{KEY},d,invoice,20,GBP,2026,,")
    refused: list[RefusedRow] = []
    with pytest.raises(BadInput, match="2 bad rows; nothing was loaded"):
        load_ledger(at, file, LedgerDay(TODAY, None), at.casebook.people.get("bo"), refused.append)
    assert [(row.number, row.customer) for row in refused] == [(5, "10"), (6, KEY)]
    assert figures_of(at, KEY) is None
    made, again = load(at, file, leave_out_bad=True)
    assert [row.number for row in again] == [5, 6]
    assert (made.entries, made.refused, made.refused_customers) == (4, 2, 2)
    assert told(at, KEY).unknown == dict.fromkeys(FIGURES, NOT_WHOLE)
    set_accounts(at, {"11": "uk:00000003"}, at.casebook.people.get("bo"))
    assert told(at, "uk:00000003").own_overdue_days == 0


def test_a_bad_row_that_may_be_anybodys_is_never_left_out(at: House, tmp_path: Path) -> None:
    file = written(tmp_path, *GOOD, ",x,invoice,5,GBP,2026-08-01,2026-09-01,")
    with pytest.raises(BadInput) as caught:
        load(at, file, leave_out_bad=True)
    assert [problem.row for problem in caught.value.problems] == [5]
    assert at.casebook.ledgers.all() == []


def test_a_ledger_without_entries_is_none(at: House, tmp_path: Path) -> None:
    file = written(tmp_path, "10,x,invoice,much,GBP,2026-08-01,2026-09-01,")
    with pytest.raises(BadInput, match="has no entries"):
        load(at, file, leave_out_bad=True)


@pytest.mark.parametrize(
    ("day", "since", "field"),
    [(date(2026, 11, 21), None, "on"), (TODAY, date(2026, 11, 21), "complete-since")],
)
def test_days_that_cannot_be(at: House, tmp_path: Path, day: date, since: date | None, field: str) -> None:
    with pytest.raises(BadInput) as caught:
        load(at, written(tmp_path, *GOOD), day, since)
    assert [problem.field for problem in caught.value.problems] == [field]


def test_an_earlier_day_is_refused(at: House, tmp_path: Path) -> None:
    load(at, written(tmp_path, *GOOD))
    with pytest.raises(Conflict, match="later day"):
        load(at, written(tmp_path, *GOOD), date(2026, 11, 19))


def test_who_may_load_and_assign(at: House, tmp_path: Path) -> None:
    file = written(tmp_path, *GOOD)
    for name in ("bo", "cy", "oz"):
        load(at, file, by=name)
        set_accounts(at, {"10": KEY}, at.casebook.people.get(name))
    for name in ("ana", "max"):
        with pytest.raises(NotAllowed, match="load the customer ledger"):
            load(at, file, by=name)
        with pytest.raises(NotAllowed):
            set_accounts(at, {"10": ""}, at.casebook.people.get(name))
    assert at.casebook.ledgers.accounts() == {"10": KEY}
    refusals = [one.actor for one in at.casebook.history.tail(20) if one.act == "mandate.refused"]
    assert refusals == ["ana", "ana", "max", "max"]


@pytest.mark.parametrize(
    ("number", "key", "field"), [("1" * 81, KEY, "number"), ("", KEY, "number"), ("10", "x", "10")]
)
def test_numbers_and_keys_that_cannot_be(at: House, number: str, key: str, field: str) -> None:
    with pytest.raises(BadInput) as caught:
        set_accounts(at, {number: key}, at.casebook.people.get("bo"))
    assert [problem.field for problem in caught.value.problems] == [field]
    assert at.casebook.ledgers.accounts() == {}
