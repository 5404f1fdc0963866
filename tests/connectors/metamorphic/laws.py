"""What may not come of an answer that tells less."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from admission.evidence.findings import Verdict
from admission.metrics.catalogue import AS_NOTED, CATALOGUE, LESS, NEITHER, Better, Metric, Value
from tests.connectors.metamorphic.readings import Reading


def violations(before: Reading, after: Reading) -> Iterator[str]:
    """Yield what became better, or broke, when an answer was changed so that it tells less.

    Args:
        before: of the answer as it was.
        after: of the changed answer.
    """
    if after.undeclared:
        yield f"undeclared: {after.undeclared}"
        return
    if before.answer != after.answer and _silenced(before, after):
        yield f"answer: {before.answer} -> {after.answer}"
    if after.answer.answered:
        # A record that a person must look at is as good as a lead.
        lost = before.leads - after.leads - after.records if not after.facts.untold else ()
        if lost:
            yield f"leads: {', '.join(sorted(lost))} lost"
    for name, metric in after.metrics.items():
        if _improves(before, before.metrics[name], metric):
            yield f"metric {name}: {_told(before.metrics[name])} -> {_told(metric)}"
    for name, verdict in after.verdicts.items():
        if verdict is Verdict.PASS and before.verdicts[name] is not Verdict.PASS:
            yield f"criterion {name}: {before.verdicts[name]} -> {verdict}"


def _silenced(before: Reading, after: Reading) -> bool:
    """Something was found, or could not be told, and now there is nothing; or it could not be told, and now it is."""
    return after.answer == "no_record" or (after.answer.answered and not before.answer.answered)


def _improves(reading: Reading, before: Metric, after: Metric) -> bool:
    better = _better(reading, before.name)
    if after.value is None or better == NEITHER:
        return False
    if before.value is None:
        return not _speaks_against(after.value, better)
    was, now = _number(before.value), _number(after.value)
    return now < was if better == LESS else now > was


def _better(reading: Reading, name: str) -> Better:
    better = CATALOGUE[name].better
    if better != AS_NOTED:
        return better
    return "more" if all(report.higher_is_better for report in reading.facts.reports) else "less"


def _speaks_against(value: Value, better: Better) -> bool:
    """True for a flag or a count that speaks against the company; of other figures nobody can say."""
    return bool(value) is (better == LESS) and (isinstance(value, bool) or better == LESS)


def _number(value: Value) -> Decimal:
    return Decimal(int(value)) if isinstance(value, bool) else Decimal(value)


def _told(metric: Metric) -> str:
    return f"unknown ({metric.unknown.en[:60]})" if metric.unknown else str(metric.value)
