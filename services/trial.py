"""Gather, validate and assess in this process: no case is opened, nothing is kept, nothing is bought unasked."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from admission.application import Application
from admission.assessment.assessing import Dossier, assess
from admission.assessment.record import Assessment
from admission.assessment.what_if import find_changes
from admission.cases import Case, CaseKind, CaseStatus, Step
from admission.evidence.answers import Evidence, Query, latest
from admission.evidence.facts import Facts
from admission.evidence.findings import Validation
from admission.evidence.gathering import ANSWER_WORDS, Gathering, facts_of
from admission.evidence.sources import SourceStage, of_stage
from admission.memo.documents import assessment_document
from admission.memo.what_if import say_changes
from admission.model import Language, Text
from services import preparing
from services.asking import ask_connector, patiently, skipped_sources
from services.assessing import Early, fails_early
from services.opening import check_segment
from services.retrying import RetryPolicy
from wiring.house import House


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

    def add(self, reference: str, round_number: int, *evidence: Evidence) -> None:
        """Keep what was answered."""
        self._evidence.setdefault(reference, []).extend(evidence)
        for item in evidence:
            if item.answer.answered and item.sha256 is not None:
                self._by_key[item.query.key] = item

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


class MemoryExecutor:
    """Executes the round of applications that no case is opened for; everything is kept in memory and let go.

    Args:
        house: the house; of its casebook only the policy in force is read.
        as_of: the day that is assessed for.
        buy: True where paid reports may be bought.
        tell: is told each step, for people who wait.
        stand_in: address of the stand-in that this command itself has started; None where the sources are asked.

    Attributes:
        facts, validations, dossiers, assessments: what came of each application, by its name here.
    """

    def __init__(
        self, house: House, as_of: date, *, buy: bool, tell: Callable[[Text], None], stand_in: str | None = None
    ) -> None:
        self.store = ScratchStore()
        self.facts: dict[str, Facts] = {}
        self.validations: Mapping[str, Validation] = {}
        self.dossiers: dict[str, Dossier] = {}
        self.assessments: dict[str, Assessment] = {}
        self._house = house
        self._policy = house.policy_in_force()
        self._as_of = as_of
        self._gathering = Gathering(
            store=self.store, now=house.clock, new_id=house.new_id, buy=buy, stand_in=stand_in or house.stand_in
        )
        self._retry = RetryPolicy(house.settings.retry_delays, house.longest_wait)
        self._tell = tell

    def check(self, application: Application) -> None:
        """Make sure that the policy knows the application's segment; see `check_segment`."""
        check_segment(self._policy, application)

    def due(self, cases: Sequence[Case], step: Step) -> list[Case]:
        """All: nothing was done before."""
        return list(cases)

    def carry_over(self, cases: Sequence[Case]) -> None:
        """Nothing: there was no earlier round."""

    def ask(self, cases: Sequence[Case], stage: SourceStage) -> None:
        """Ask the sources of a stage about each application, all at once."""
        sources = of_stage(self._house.connectors, stage)
        with ThreadPoolExecutor(max_workers=len(sources)) as pool:
            for case in cases:
                answers = pool.map(functools.partial(self._ask, case), sources)
                for source, evidence in zip(sources, answers, strict=True):
                    if evidence:
                        self._tell(_answers_of(f"{case.application.legal_name}: {source}", evidence))

    def _ask(self, case: Case, source: str) -> list[Evidence]:
        ask = functools.partial(ask_connector, self._gathering, case, self._house.connectors[source])
        return patiently(ask, self._retry, self._house.pause)

    def knocked_out(self, cases: Sequence[Case]) -> list[Case]:
        """Return those that a knock-out criterion fails on what the free sources told."""
        return [case for case in cases if self._fails(case)]

    def _fails(self, case: Case) -> bool:
        evidence = latest(self.store.of_all_rounds(case.reference))
        known = Early(evidence, facts_of(evidence, self._house.connectors, self.store))
        return fails_early(self._house, case, known, self._policy, self._as_of)

    def skip_paid_sources(self, cases: Sequence[Case]) -> None:
        """Record that paid sources were not asked, and why."""
        for case in cases:
            for evidence in skipped_sources(self._house, case):
                self.store.add(case.reference, case.round, evidence)

    def complete(self, cases: Sequence[Case], step: Step) -> None:
        """Nothing: nobody asks again."""

    def validate(self, cases: Sequence[Case]) -> None:
        """Read the facts and run the expectations over all of them at once."""
        from expectations import validate

        self._tell(Text(en="validating", zh="正在校验"))
        for case in cases:
            evidence = self.store.of_all_rounds(case.reference)
            self.facts[case.reference] = facts_of(evidence, self._house.connectors, self.store)
        self.validations = validate(self.facts, as_of=self._as_of)

    def assess(self, cases: Sequence[Case]) -> None:
        """Assess each application on its validated facts; what the house knows of the company is left out."""
        for case in cases:
            evidence, validation = latest(self.store.of_all_rounds(case.reference)), self.validations[case.reference]
            dossier = Dossier(case.application, case.kind, evidence, validation, industry=self._house.industry)
            self.dossiers[case.reference] = dossier
            self.assessments[case.reference] = assess(dossier, self._policy, self._house.rates, as_of=self._as_of)

    def document(self, case: Case, language: Language, *, what_if: bool) -> dict[str, Any]:
        """Return the assessment of an application as plain data, on demand with what would change it."""
        name = case.reference
        assessment = self.assessments[name]
        findings = (*self.validations[name].findings, *assessment.findings)
        evidence = latest(self.store.of_all_rounds(name))
        document = assessment_document(case.application, evidence, self.facts[name], findings, assessment, language)
        if what_if:
            changes = find_changes(self.dossiers[name], self._policy, self._house.rates, as_of=self._as_of)
            document["what_if"] = [text.to(language) for text in say_changes(changes)]
        return document


def assess_here(
    house: House,
    applications: Sequence[Application],
    as_of: date,
    language: Language,
    *,
    buy: bool,
    tell: Callable[[Text], None],
    stand_in: str | None = None,
    what_if: bool = False,
) -> list[dict[str, Any]]:
    """Return the assessment of each application as plain data, in order.

    All arguments but `what_if`, which adds what would change each outcome, are those of `MemoryExecutor`.

    Raises:
        BadInput: the policy does not know the segment of an application.
    """
    executor = MemoryExecutor(house, as_of, buy=buy, tell=tell, stand_in=stand_in)
    for application in applications:
        executor.check(application)
    cases = [_unopened(house, number, application) for number, application in enumerate(applications, 1)]
    if cases:
        preparing.prepare(executor, cases)
    return [executor.document(case, language, what_if=what_if) for case in cases]


def _unopened(house: House, number: int, application: Application) -> Case:
    """Return a case that is in no casebook."""
    return Case(
        reference=f"applicant {number}",
        kind=CaseKind.ONBOARDING,
        status=CaseStatus.GATHERING,
        round=1,
        application=application,
        company_key=application.subject.company_key,
        requester=None,
        channel="trial",
        opened_at=house.clock(),
    )


def _answers_of(place: str, evidence: Sequence[Evidence]) -> Text:
    answers = [(item.query.kind, ANSWER_WORDS[item.answer]) for item in evidence]
    return Text(
        en=f"{place}: {', '.join(f'{kind} {words.en}' for kind, words in answers)}",
        zh=f"{place}：{'，'.join(f'{kind} {words.zh}' for kind, words in answers)}",
    )
