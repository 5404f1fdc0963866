"""How long it takes to read what was known of many cases at decision time.

    python -m benchmarks.experience --cases 100000

Makes a casebook in a temporary folder with one decided case, repeats its rows under other references, and reads all.
"""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from admission.application import parse_application
from admission.assessment.assessing import Dossier, assess
from admission.cases import CaseKind, Decision
from admission.customers.experience import Performance, snapshot_of
from admission.evidence.facts import Facts, FinancialStatement
from admission.evidence.findings import Validation
from admission.model import Text
from admission.money import Exchange, RateTable
from admission.people import Person
from casebook import Casebook
from casebook.work import Assessed
from intake.policies import read_policy

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
DAY = date(2026, 11, 2)
REFERENCE = "GH-2026-000001"
# The rows of the first case once more under the numbers 2 to n.
NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"


def main() -> None:
    """Make, read three times, and tell the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    cases = parser.parse_args().cases
    with tempfile.TemporaryDirectory(prefix="gatehouse-experience-") as folder:
        file = Path(folder) / "casebook.sqlite"
        book = Casebook.open(f"sqlite:///{file}", Path(folder) / "answers", clock=lambda: NOW)
        book.create()
        _one_case(book)
        _repeat(file, cases)
        for _ in range(3):
            begun, used = time.perf_counter(), time.process_time()
            read = sum(1 for snapshot in book.experience.snapshots() if snapshot.metrics and snapshot.outcome)
            seconds, cpu = time.perf_counter() - begun, time.process_time() - used
            print(f"{read:,} snapshots read and parsed in {seconds:.2f} s, {cpu:.2f} s of CPU")
        with sqlite3.connect(file) as connection:
            (size,) = connection.execute("SELECT avg(length(metrics) + length(units)) FROM snapshots").fetchone()
            (known,) = connection.execute("SELECT metrics FROM snapshots LIMIT 1").fetchone()
        print(f"{known.count(':')} metrics a case, {size:,.0f} bytes of metrics a case")
        book.close()


def _one_case(book: Casebook) -> None:
    """Open, assess and decide one case with full accounts, and record its performance."""
    book.people.add(Person(username="bench", name="Bench", department="credit"), "not a password of anybody")
    requested = {"limit": "20000", "currency": "USD", "terms_days": 30}
    application = parse_application({"legal_name": "Bench Inc", "country": "US", "requested": requested})
    case, _ = book.cases.open(application, kind=CaseKind.ONBOARDING, requester="bench", channel="bench")
    dossier = Dossier(application, case.kind, (), Validation(findings=(), usable=Facts(statements=(_statement(),))))
    policy = read_policy(None)
    made = assess(dossier, policy, RateTable(), as_of=DAY)
    known = snapshot_of(REFERENCE, 1, dossier, made, Exchange(RateTable(), policy.house_currency, DAY))
    book.work.save_assessment(Assessed(REFERENCE, 1, made, known))
    decision = Decision(
        outcome="admitted",
        decided_by="fast_track",
        assessment=made.sha256,
        limit=Decimal(5000),
        currency="USD",
        terms_days=30,
        reason=Text(en="bench", zh="测试"),
        decided_at=NOW,
    )
    book.cases.decide(REFERENCE, decision, actor="system", round_number=1)
    debt = Performance(case=REFERENCE, company_key=case.company_key, outcome="paid", on=DAY, by="bench", at=NOW)
    book.experience.record(debt, DAY)


def _statement() -> FinancialStatement:
    amounts = {
        name: Decimal(number * 137_911)
        for number, name in enumerate(
            ("net_income", "depreciation", "interest_expense", "operating_profit", "retained_earnings", "inventory"), 1
        )
    }
    sums = {"total_assets": 9_000_000, "current_assets": 5_000_000, "total_liabilities": 4_000_000, "equity": 5_000_000}
    more = {"current_liabilities": 2_000_000, "revenue": 11_000_000, "goodwill": 200_000, "intangible_assets": 90_000}
    return FinancialStatement.model_validate(
        {
            "source": "bench",
            "evidence": "e1",
            "period_start": date(2025, 1, 1),
            "period_end": date(2025, 12, 31),
            "currency": "USD",
            "standard": "us-gaap",
            **amounts,
            **sums,
            **more,
        }
    )


def _repeat(file: Path, cases: int) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        for table in ("cases", "snapshots", "decisions", "performance"):
            names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            again = {
                "reference": "printf('GH-2026-%06d', n.i)",
                "case_ref": "printf('GH-2026-%06d', n.i)",
                "company_key": "company_key || n.i",
                "id": "n.i",
            }
            chosen = ", ".join(again.get(name, f"t.{name}") for name in names)
            # One case in ten has a debt that is over.
            some = " WHERE n.i % 10 = 0" if table == "performance" else ""
            connection.execute(
                f"{NUMBERS} INSERT INTO {table} ({', '.join(names)}) SELECT {chosen} FROM {table} t, n{some}", (cases,)
            )


if __name__ == "__main__":
    main()
