"""Facts that a person put on a case and no second person has confirmed: they count against a company, never for it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from admission.evidence.answers import Coverage, Evidence
from admission.evidence.facts import Facts
from admission.evidence.findings import Finding, Verdict, Weight
from admission.evidence.topics import Topic
from admission.metrics.ages import Stale, leave_gaps
from admission.model import Text


def find_declared(
    facts: Facts, coverage: Coverage, evidence: Sequence[Evidence], unconfirmed: Collection[str]
) -> list[Stale]:
    """Return the facts that are declared, one entry a source, with what is left where they are put aside.

    Args:
        facts: the usable facts.
        coverage: which topics were asked about.
        evidence: what was asked and put on the case.
        unconfirmed: ids of the evidence that nobody has confirmed.
    """
    by_source: dict[str, list[Evidence]] = {}
    for item in evidence:
        if item.id in unconfirmed:
            by_source.setdefault(item.source, []).append(item)
    return [
        Stale("declared", why_declared(source), _without(facts, items), leave_gaps(coverage, items, frozenset(Topic)))
        for source, items in sorted(by_source.items())
    ]


def confirmation_findings(evidence: Sequence[Evidence], unconfirmed: Collection[str]) -> list[Finding]:
    """Return one finding for each source of declared facts: people see it, and the system admits nobody on them."""
    sources = sorted({item.source for item in evidence if item.id in unconfirmed})
    return [
        Finding(
            code="facts.declared",
            verdict=Verdict.UNKNOWN,
            weight=Weight.WARNING,
            message=why_declared(source),
            source=source,
        )
        for source in sources
    ]


def why_declared(source: str) -> Text:
    """Say why facts of a source do not count for the company."""
    return Text(en=f"declared, not confirmed by a second person: {source}", zh=f"录入资料未经第二人复核：{source}")


def _without(facts: Facts, items: Sequence[Evidence]) -> Facts:
    """Return the facts without those that came with some evidence."""
    ids = {item.id for item in items}
    kept = {
        name: tuple(row for row in getattr(facts, name) if row.evidence not in ids) for name in type(facts).model_fields
    }
    return facts.model_copy(update=kept)
