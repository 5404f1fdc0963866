"""Gather, validate and assess in this process: no case is opened, nothing is kept, nothing is bought unasked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from admission.application import Application
from admission.assessment.assessing import Dossier, assess
from admission.cases import CaseKind
from admission.evidence.answers import Evidence, Query
from admission.evidence.gathering import Desk, facts_of, gather, latest
from admission.evidence.sources import Connector
from admission.memo.documents import assessment_document
from admission.metrics.industry import IndustryTables
from admission.model import Language
from admission.money import RateTable
from admission.policy import Policy


class ScratchStore:
    """Evidence kept in memory for as long as one command runs."""

    def __init__(self) -> None:
        self._bodies: dict[str, bytes] = {}
        self._evidence: dict[str, list[Evidence]] = {}
        self._by_key: dict[str, Evidence] = {}

    def keep(self, body: bytes) -> str:
        """Keep bytes; return their sha256."""
        sha256 = hashlib.sha256(body).hexdigest()
        self._bodies[sha256] = body
        return sha256

    def body(self, sha256: str) -> bytes:
        """Return kept bytes."""
        return self._bodies[sha256]

    def add(self, reference: str, round_number: int, evidence: Evidence) -> None:
        """Keep what was answered."""
        self._evidence.setdefault(reference, []).append(evidence)
        if evidence.answer.answered and evidence.sha256 is not None:
            self._by_key[evidence.query.key] = evidence

    def of(self, reference: str, round_number: int) -> list[Evidence]:
        """Return what was answered about one applicant: there is one round."""
        return self.of_all_rounds(reference)

    def of_all_rounds(self, reference: str) -> list[Evidence]:
        """Return what was answered about one applicant."""
        return list(self._evidence.get(reference, ()))

    def fresh(self, query_key: str, since: datetime) -> Evidence | None:
        """Return the answer to the same request."""
        return self._by_key.get(query_key)

    def book_call(self, reference: str, query: Query, cost: Decimal, currency: str) -> str:
        """Nothing outlives the command, so nothing is booked."""
        return query.key

    def close_call(self, call_id: str, ended: Literal["answered", "failed", "released"]) -> None:
        """Nothing outlives the command, so nothing is booked."""


class Assessor:
    """Assesses applications here and now.

    Args:
        connectors: the sources, by name.
        policy: the policy in force.
        rates: the house's exchange rates.
        industry: the house's tables of industries.
        now: the clock.
        new_id: gives ids of evidence.
        buy: True where paid reports may be bought.
        tell: is told each step, for people who wait.
    """

    def __init__(
        self,
        connectors: Mapping[str, Connector],
        policy: Policy,
        rates: RateTable,
        industry: IndustryTables,
        *,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
        buy: bool,
        tell: Callable[[str], None],
    ) -> None:
        self._connectors = connectors
        self._policy = policy
        self._rates = rates
        self._industry = industry
        self._store = ScratchStore()
        self._desk = Desk(store=self._store, now=now, new_id=new_id, buy=buy)
        self._tell = tell

    def documents(
        self, applications: Sequence[Application], *, as_of: date, language: Language
    ) -> list[dict[str, Any]]:
        """Return the assessment of each application as plain data, in order."""
        if not applications:
            return []
        names = [f"applicant {number}" for number in range(1, len(applications) + 1)]
        for name, application in zip(names, applications, strict=True):
            self._gather(name, application)
        from expectations import validate

        self._tell("validating")
        facts = {name: facts_of(self._store.of_all_rounds(name), self._connectors, self._store) for name in names}
        validations = validate(facts, as_of=as_of)
        documents = []
        for name, application in zip(names, applications, strict=True):
            evidence = latest(self._store.of_all_rounds(name))
            dossier = Dossier(application, CaseKind.ONBOARDING, evidence, validations[name], industry=self._industry)
            assessment = assess(dossier, self._policy, self._rates, as_of=as_of)
            findings = (*validations[name].findings, *assessment.findings)
            documents.append(assessment_document(application, evidence, facts[name], findings, assessment, language))
        return documents

    def _gather(self, name: str, application: Application) -> None:
        def ask(connector: Connector) -> list[Evidence]:
            return gather(connector, application.subject, self._desk, reference=name, round_number=1)

        with ThreadPoolExecutor(max_workers=len(self._connectors)) as pool:
            for source, evidence in zip(self._connectors, pool.map(ask, self._connectors.values()), strict=True):
                if evidence:
                    answers = ", ".join(f"{item.query.kind} {item.answer}" for item in evidence)
                    self._tell(f"{application.legal_name}: {source}: {answers}")
