"""What a policy costs: verdicts over a million cases beside two rule engines, and a comparison of 100,000 stored cases.

`python -m benchmarks.policy [--json FILE]`. Exit status 1 where a bar is missed: at least 50,000 cases a second on one
core, and at most 10 seconds for the comparison.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import rule_engine  # type: ignore[import-untyped]  # has no types
import sqlalchemy as sa
import zen

from admission.assessment.engine.case import Circumstances
from admission.cases import CaseKind
from admission.customers.experience import DecisionSnapshot, Offered
from admission.evidence.findings import Verdict
from admission.governance.reckoning import Reckoner, figures_of, rule_names
from admission.metrics.catalogue import CATALOGUE, MetricSpec, Value
from admission.money import RateTable
from admission.policy import Criterion, Policy
from casebook import Casebook
from casebook.database import snapshots, tables
from casebook.database.sealing import Readable
from intake.policies import read_policy
from policylab.backtest import past_cases, reckon_both_ways
from policylab.comparison import compare_cases

CASES = 1_000_000
DISTINCT = 20_000
STORED = 100_000
SEED = 20261126
LEAST_A_SECOND = 50_000
MOST_SECONDS = 10.0
LEAST_TIMES = 5.0
TODAY = date(2026, 11, 26)
UNKNOWN_SHARE = 0.15
AMOUNTS = [name for name, spec in CATALOGUE.items() if spec.kind == "amount"]
WORDS = {"at_most": "<=", "at_least": ">=", "is_true": "== true", "is_false": "== false"}

Judge = Callable[[DecisionSnapshot], list[tuple[str, Verdict]]]


def invented(policy: Policy, count: int) -> Iterator[DecisionSnapshot]:
    """Yield cases with figures around the policy's bounds, some unknown, of any segment, from a fixed seed."""
    chance, telling = random.Random(SEED), random.Random(SEED)
    segments = list(policy.segments)
    for number in range(count):
        asked = Decimal(chance.choice((5_000, 20_000, 90_000, 400_000, 2_000_000)))
        metrics = {name: _figure(spec, chance) for name, spec in CATALOGUE.items()}
        yield DecisionSnapshot(
            reference=f"GH-2026-{number + 1:06d}",
            round=1,
            assessment="0" * 64,
            kind=chance.choice((CaseKind.ONBOARDING, CaseKind.REVIEW)),
            segment=chance.choice(segments),
            country=chance.choice(("GB", "US", "CN")),
            as_of=TODAY,
            requested=asked,
            currency="USD",
            house_amount=asked,
            house_currency="USD",
            terms_days=30,
            metrics=metrics,
            units={name: "USD" for name in AMOUNTS if metrics[name] is not None},
            failed_finding=chance.random() < 0.1,
            silent_source=chance.random() < 0.1,
            overridden=False,
            policy=policy.sha256,
            policy_version=policy.version,
            route="desk",
            grade="C",
            score=Decimal(50),
            limit=Decimal(0),
            circumstances=_told(asked, telling),
        )


def _told(asked: Decimal, chance: random.Random) -> Circumstances:
    """What applications tell besides: expected sales in a third, cover in a tenth, trade references in a fifth."""
    references = tuple((Decimal(chance.randint(1, 90)) * 1000, "USD") for _ in range(3))
    return Circumstances(
        annual_sales=asked * chance.randint(2, 20) if chance.random() < 1 / 3 else None,
        cover=asked / 2 if chance.random() < 0.1 else None,
        references=references if chance.random() < 0.2 else (),
    )


def _figure(spec: MetricSpec, chance: random.Random) -> Value | None:
    if chance.random() < UNKNOWN_SHARE or spec.kind == "code":
        return None
    if spec.kind == "flag":
        return chance.random() < (0.9 if spec.name in ("registered_active", "registry_verified") else 0.05)
    if spec.kind == "amount":
        return Decimal(chance.randint(-100_000, 5_000_000))
    if spec.kind in ("count", "days", "months"):
        return Decimal(max(0, round(chance.gauss(6, 12)))) if spec.kind != "count" else Decimal(chance.random() < 0.05)
    return Decimal(f"{chance.gauss(1.5, 1.5):.3f}")


def main() -> None:
    """Measure, print, write; tell which bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.policy", description=__doc__)
    parser.add_argument("--json", type=Path, help="write the figures here, as one flat JSON object")
    parser.add_argument("--ratios", action="store_true", help="hold the ratio to a rule engine alone, not the times")
    arguments = parser.parse_args()
    policy = read_policy(None)
    figures = {**verdicts(policy), **stored_cases(policy)}
    for name, value in figures.items():
        print(f"{name:<45} {value:14,.3f}")
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2), encoding="utf-8")
    missed = []
    if figures["times_rule_engine"] < LEAST_TIMES:
        missed.append(f"{figures['times_rule_engine']:.1f} times a rule engine, at least {LEAST_TIMES:g} wanted")
    if not arguments.ratios:
        missed += _missed_times(figures)
    if missed:
        print(f"falls short: {'; '.join(missed)}")
        sys.exit(1)


def _missed_times(figures: dict[str, float]) -> list[str]:
    """Tell which bars of time are missed; they hold on an idle machine with two cores."""
    missed = []
    if figures["verdicts_cases_a_second"] < LEAST_A_SECOND:
        missed.append(f"{figures['verdicts_cases_a_second']:,.0f} cases a second, at least {LEAST_A_SECOND:,} wanted")
    if figures["compare_100k_seconds"] > MOST_SECONDS:
        missed.append(f"comparison in {figures['compare_100k_seconds']:.1f} s, at most {MOST_SECONDS:g} wanted")
    return missed


def verdicts(policy: Policy) -> dict[str, float]:
    """Judge a million cases, and the same rules with two engines on some of them; all must give the same verdicts."""
    cases = list(invented(policy, DISTINCT))
    ours = Reckoner(policy, RateTable()).against
    rounds = CASES // DISTINCT
    started = time.process_time()
    for _ in range(rounds):
        for case in cases:
            ours(figures_of(case), TODAY)
    spent = time.process_time() - started
    figures = {"verdicts_cases": float(CASES), "verdicts_cases_a_second": CASES / spent}
    wanted = _counted(lambda case: [(rule.id, rule.verdict) for rule in ours(figures_of(case), TODAY)], cases)
    for name, engine in (("rule_engine", _rule_engine), ("zen_engine", _zen)):
        prepared = _prepared(cases)
        judge = _with(engine, policy, prepared)
        started = time.process_time()
        counted = _counted(judge, cases)
        spent = time.process_time() - started
        if counted != wanted:
            raise SystemExit(f"{name} gives other verdicts than Gatehouse: {wanted - counted} {counted - wanted}")
        figures[f"{name}_cases_a_second"] = len(cases) / spent
        figures[f"times_{name}"] = figures["verdicts_cases_a_second"] / figures[f"{name}_cases_a_second"]
    return figures


def _counted(judge: Judge, cases: Sequence[DecisionSnapshot]) -> Counter[tuple[str, Verdict]]:
    return Counter(reason for case in cases for reason in judge(case))


def _prepared(cases: Sequence[DecisionSnapshot]) -> dict[str, dict[str, Any]]:
    """Return the metrics as the engines take them: what is known, decimals as floats."""
    return {
        case.reference: {
            name: float(value) if isinstance(value, Decimal) else value
            for name, value in case.metrics.items()
            if value is not None
        }
        for case in cases
    }


def _with(
    engine: Callable[[str], Callable[[dict[str, Any]], bool]], policy: Policy, prepared: dict[str, dict[str, Any]]
) -> Judge:
    """Judge with an engine: what is unknown it is not asked about, since both would let some of it pass or raise."""
    ready: dict[str, list[tuple[Criterion, Callable[[dict[str, Any]], bool]]]] = {
        segment: [(item, engine(_expression(item))) for item in policy.standards(segment).criteria]
        for segment in policy.segments
    }

    def judge(case: DecisionSnapshot) -> list[tuple[str, Verdict]]:
        values = prepared[case.reference]
        against = []
        for criterion, passes in ready[case.segment]:
            if not criterion.when.holds(case.segment, case.country, case.kind, case.house_amount):
                continue
            if criterion.metric not in values:
                against.append((criterion.id, Verdict.UNKNOWN))
            elif not passes(values):
                against.append((criterion.id, Verdict.FAIL))
        return against

    return judge


def _expression(criterion: Criterion) -> str:
    bound = "" if criterion.value is None else f" {criterion.value}"
    return f"{criterion.metric} {WORDS[criterion.comparison]}{bound}"


def _rule_engine(expression: str) -> Callable[[dict[str, Any]], bool]:
    matches: Callable[[dict[str, Any]], bool] = rule_engine.Rule(expression).matches
    return matches


def _zen(expression: str) -> Callable[[dict[str, Any]], bool]:
    evaluate: Callable[[dict[str, Any]], bool] = zen.compile_expression(expression).evaluate
    return evaluate


def stored_cases(policy: Policy) -> dict[str, float]:
    """Compare two policies over stored cases, from opening the casebook to the swap set."""
    stricter = policy.model_copy(update={"criteria": tuple(_stricter(item) for item in policy.criteria)})
    with tempfile.TemporaryDirectory(prefix="gatehouse-bench-") as folder:
        book = _filled(Path(folder), policy)
        started = time.monotonic()
        cases = past_cases(book.experience.snapshots(), 12, TODAY)
        read = time.monotonic()
        names = rule_names(policy)
        comparison = compare_cases(reckon_both_ways(cases, policy, stricter, RateTable()), names, names)
        ended = time.monotonic()
        book.close()
    if comparison.cases != STORED or not comparison.flips or comparison.replays:
        raise SystemExit(
            f"the comparison saw {comparison.cases} cases, {len(comparison.flips)} flips and {len(comparison.replays)} "
            "replays that differ"
        )
    return {
        "compare_100k_cases": float(comparison.cases),
        "compare_100k_seconds": ended - started,
        "compare_100k_reading_seconds": read - started,
        "compare_100k_flips": float(len(comparison.flips)),
        "compare_100k_changed": float(len(comparison.changed)),
    }


def _stricter(criterion: Criterion) -> Criterion:
    """A knock-out where the policy only referred."""
    return criterion.model_copy(update={"effect": "reject"}) if criterion.id == "insolvency_history" else criterion


def _filled(folder: Path, policy: Policy) -> Casebook:
    """Return a casebook with very many cases in it, written past its audit chain: only their reading is measured."""
    book = Casebook.open(f"sqlite:///{folder / 'casebook.sqlite'}", folder / "answers", clock=lambda: NOW)
    book.create()
    engine = sa.create_engine(f"sqlite:///{folder / 'casebook.sqlite'}")
    decide = _deciding(policy)
    kept = tables.metadata.tables["snapshots"]
    with engine.begin() as connection:
        for some in _batches(invented(policy, STORED), 2000):
            connection.execute(sa.insert(tables.cases), [_case_row(item) for item in some])
            connection.execute(sa.insert(kept), [snapshots.row_of(decide(item)) for item in some])
    engine.dispose()
    return book


def _deciding(policy: Policy) -> Callable[[DecisionSnapshot], DecisionSnapshot]:
    """Return what fills in how a policy decided a case, as an assessment would have left it."""
    reckoner = Reckoner(policy, RateTable())

    def decided(case: DecisionSnapshot) -> DecisionSnapshot:
        made = reckoner.reckon(figures_of(case), case.as_of)
        offered = Offered(made.band, made.terms_days or 0, bool(made.secured))
        return case._replace(route=made.route, grade=made.grade, score=made.score, limit=made.limit, offered=offered)

    return decided


NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


def _case_row(snapshot: DecisionSnapshot) -> dict[str, Any]:
    return {
        "reference": snapshot.reference,
        "kind": snapshot.kind.value,
        "status": "voting",
        "round": 1,
        "company_key": snapshot.reference,
        "application": Readable("{}"),
        "application_sha256": "0" * 64,
        "channel": "bench",
        "opened_at": NOW,
        "version": 1,
    }


def _batches(items: Iterator[DecisionSnapshot], size: int) -> Iterator[list[DecisionSnapshot]]:
    batch = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


if __name__ == "__main__":
    main()
