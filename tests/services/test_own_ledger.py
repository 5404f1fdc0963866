"""From a loaded ledger to the metrics of a case: asked where one is loaded, as before where none is."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from admission.assessment.record import Assessment
from admission.evidence.answers import Answer
from admission.metrics.catalogue import NO_SOURCE
from admission.metrics.own_ledger import NO_ACCOUNT
from intake.applications import read_applications
from intake.ledger_files import LedgerFile
from services.ledgers import LedgerDay, load_ledger, set_accounts
from tests.conftest import ROOT
from tests.services.conftest import STORY, assessed
from wiring.house import House

NAMES = ("own_overdue_days", "bounced_payment_12m", "annual_overdue_count")
HEADER = "customer,number,kind,amount,currency,issued,due,settled"


def loaded(at: House, folder: Path) -> None:
    """Load a ledger of today: of customer 10, an invoice 20 days overdue, one paid late, and a returned payment."""
    day = at.today()
    ago = {days: day - timedelta(days=days) for days in (5, 20, 50, 60, 90, 120)}
    rows = (
        f"10,a,invoice,1000,GBP,{ago[50]},{ago[20]},",
        f"10,b,invoice,500,GBP,{ago[120]},{ago[90]},{ago[60]}",
        f"10,c,returned payment,10,GBP,{ago[5]},,{ago[5]}",
        f"11,d,invoice,70,GBP,{ago[5]},{day},",
    )
    path = folder / "ledger.csv"
    path.write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
    analyst = at.casebook.people.get("analyst")
    load_ledger(at, LedgerFile(path), LedgerDay(day, day - timedelta(days=800)), analyst, lambda _: None)


def told(at: House, reference: str) -> Assessment:
    case = at.casebook.cases.get(reference)
    found = at.casebook.work.assessment(case.reference, case.round)
    assert found is not None
    return found


def own(at: House, reference: str) -> list[Answer]:
    return [item.answer for item in at.casebook.evidence.of(reference, 1) if item.source == "own_ledger"]


def test_without_a_ledger_nothing_is_asked(at: House) -> None:
    reference = assessed(at)
    assert own(at, reference) == []
    metrics = {metric.name: metric for metric in told(at, reference).metrics}
    assert [metrics[name].unknown for name in NAMES] == [NO_SOURCE] * 3


def test_a_company_without_an_account_has_no_record(at: House, tmp_path: Path) -> None:
    loaded(at, tmp_path)
    reference = assessed(at)
    assert own(at, reference) == [Answer.NO_RECORD]
    metrics = {metric.name: metric for metric in told(at, reference).metrics}
    assert [metrics[name].unknown for name in NAMES] == [NO_ACCOUNT] * 3


def test_a_clean_ledger_leaves_the_fast_track_open(at: House, tmp_path: Path) -> None:
    day = at.today()
    rows = [
        HEADER,
        f"10,a,invoice,1000,GBP,{day - timedelta(days=90)},{day - timedelta(days=60)},{day - timedelta(days=61)}",
    ]
    path = tmp_path / "ledger.csv"
    path.write_text("\n".join([*rows, ""]), encoding="utf-8")
    analyst = at.casebook.people.get("analyst")
    load_ledger(at, LedgerFile(path), LedgerDay(day, day - timedelta(days=800)), analyst, lambda _: None)
    (application,) = read_applications(ROOT / "sandbox" / "applicants" / f"{STORY}.yaml").applications
    set_accounts(at, {"10": application.subject.company_key}, analyst)
    reference = assessed(at)
    assert own(at, reference) == [Answer.FOUND]
    assert told(at, reference).route.kind == "fast_track"


def test_what_the_ledger_tells_becomes_known_with_its_source_and_its_day(at: House, tmp_path: Path) -> None:
    loaded(at, tmp_path)
    (application,) = read_applications(ROOT / "sandbox" / "applicants" / f"{STORY}.yaml").applications
    set_accounts(at, {"10": application.subject.company_key}, at.casebook.people.get("analyst"))
    reference = assessed(at)
    assert own(at, reference) == [Answer.FOUND]
    assert {item.other_address for item in at.casebook.evidence.of(reference, 1)} == {None}
    metrics = {metric.name: metric for metric in told(at, reference).metrics}
    assert [metrics[name].value for name in NAMES] == [Decimal(20), True, Decimal(2)]
    assert {(metrics[name].sources, metrics[name].as_of) for name in NAMES} == {(("own_ledger",), at.today())}
