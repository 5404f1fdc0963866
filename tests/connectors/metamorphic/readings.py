"""One answer, read as far as the verdicts of the default policy."""

from __future__ import annotations

import functools
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from types import FrameType
from typing import NamedTuple

from admission.application import Application, parse_application
from admission.assessment.assessing import Dossier, case_metrics, figures_of
from admission.assessment.engine.case import ReferenceData
from admission.assessment.engine.rulebook import rulebook_of
from admission.cases import CaseKind
from admission.errors import CouldNotAsk, SourceChanged
from admission.evidence.answers import Answer, Evidence, Parsed, Query, RawAnswer
from admission.evidence.facts import CompanyProfile, Facts, FinancialStatement, LegalRecord
from admission.evidence.findings import Validation, Verdict
from admission.evidence.sources import Connector
from admission.metrics.catalogue import Metric
from admission.money import Exchange
from tests.admission.build import RATES, default_policy
from tests.connectors.metamorphic.samples import Sample
from tests.connectors.test_examples import connect

CPU_SECONDS = 2.0
"""What reading one answer may cost, in seconds of CPU."""


class TooLong(BaseException):
    """Reading an answer did not come to an end. Not an `Exception`, so that no parser takes it for its own."""


class Reading(NamedTuple):
    """What came of one answer.

    Attributes:
        answer: `found`, `no_record`, or the answer that an error stands for.
        undeclared: the error that no connector may raise; empty where there is none.
        leads: what is asked about next.
        records: references of the legal records.
    """

    answer: Answer
    undeclared: str = ""
    facts: Facts = Facts()
    leads: frozenset[str] = frozenset()
    records: frozenset[str] = frozenset()
    metrics: Mapping[str, Metric] = {}
    verdicts: Mapping[str, Verdict] = {}


connector_of = functools.cache(connect)


def read(sample: Sample, body: bytes, application: Application) -> Reading:
    """Read an answer, derive its metrics, and judge by the default policy.

    Args:
        sample: gives the question and all of the answer but its bytes.
        body: the bytes.
        application: of the company that is asked about.
    """
    raw = sample.raw.model_copy(update={"body": body})
    try:
        with _in_time():
            parsed = parse(connector_of(sample.source), sample.query, raw)
    except (CouldNotAsk, SourceChanged) as error:
        return _judged(sample, Reading(Answer(error.answer)), application)
    except TooLong:
        return Reading(Answer.CHANGED, undeclared=f"more than {CPU_SECONDS:.0f} s of CPU")
    except Exception as error:
        return Reading(Answer.CHANGED, undeclared=f"{type(error).__name__}: {error}"[:200])
    facts = Facts.of(fact.model_copy(update={"evidence": "ev"}) for fact in parsed.facts)
    records = frozenset(fact.reference for fact in parsed.facts if isinstance(fact, LegalRecord))
    reading = Reading(parsed.answer, facts=facts, leads=frozenset(parsed.leads), records=records)
    return _judged(sample, reading, application)


def parse(connector: Connector, query: Query, raw: RawAnswer) -> Parsed:
    """Read one answer. `benchmarks.fuzz_plants` puts faults here."""
    return connector.parse(query, raw)


def _judged(sample: Sample, reading: Reading, application: Application) -> Reading:
    day = sample.raw.fetched_at.date()
    evidence = Evidence(id="ev", query=sample.query, answer=reading.answer, fetched_at=sample.raw.fetched_at)
    dossier = Dossier(application, CaseKind.ONBOARDING, (evidence,), _validated(reading.facts, day))
    policy = default_policy()
    exchange = Exchange(RATES, policy.house_currency, day)
    metrics = case_metrics(dossier, policy, exchange)
    case = figures_of(dossier, metrics, (), exchange)
    reckoned = rulebook_of(policy).reckon(case, ReferenceData(exchange))
    verdicts = dict.fromkeys([criterion.id for criterion in reckoned.criteria], Verdict.PASS)
    verdicts |= {item.id: item.verdict for item in reckoned.against}
    return reading._replace(metrics=metrics, verdicts=verdicts)


def _validated(facts: Facts, day: date) -> Validation:
    """What the expectations would make of accounts of a day to come, and of two that differ; they themselves are slow.

    tests/expectations has the checks: `statement.no_future_dates` and `statement.duplicate`.
    """
    by_day: dict[object, set[FinancialStatement]] = {}
    for row in facts.statements:
        by_day.setdefault((row.source, row.period_end, row.consolidated, row.currency), set()).add(row)
    failed = tuple(row for some in by_day.values() for row in some if len(some) > 1 or row.period_end > day)
    if not failed:
        return Validation(findings=(), usable=facts)
    usable = facts.model_copy(update={"statements": tuple(row for row in facts.statements if row not in failed)})
    return Validation(findings=(), usable=usable, spoiled=("statements",), failed_accounts=failed)


def application_for(sample: Sample) -> Application:
    """Return an application of the company that a sample is about, under the name that the sample has."""
    params = sample.query.params
    name = params.get("name") or params.get("match_name") or "Alder Mills Limited"
    try:
        parsed = connector_of(sample.source).parse(sample.query, sample.raw)
    except (CouldNotAsk, SourceChanged):
        parsed = Parsed(answer=Answer.CHANGED)
    named = [fact.legal_name for fact in parsed.facts if isinstance(fact, CompanyProfile)]
    return parse_application(
        {
            "legal_name": (named or [name])[0],
            "country": "GB",
            "requested": {"limit": "20000", "currency": "GBP", "terms_days": 30},
        }
    )


@contextmanager
def _in_time() -> Iterator[None]:
    """Stop what takes more CPU than an answer may cost; where it cannot be stopped, it is told all the same."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TooLong

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, CPU_SECONDS)
    started = time.process_time()
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
    if time.process_time() - started > CPU_SECONDS:
        raise TooLong
