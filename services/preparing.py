"""The sequence of a round, from its opening to its assessment. It is written here and nowhere else.

Who executes it differs: the run of one case gives each source a Prefect task, a book and the daily reviews spread a
chunk of cases over threads, `gatehouse assess` works in memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from admission.cases import Case, Step
from admission.evidence.sources import SourceStage


class Executor(Protocol):
    """Who executes the steps of a round. Each is done once: asked for again, it finds that it is done."""

    def due(self, cases: Sequence[Case], step: Step) -> list[Case]:
        """Return the cases on which a step is still to be done; a case that another run has taken over is left out."""

    def carry_over(self, cases: Sequence[Case]) -> None:
        """Take into the round what people handed in during earlier rounds."""

    def ask(self, cases: Sequence[Case], stage: SourceStage) -> None:
        """Ask the sources of a stage; each answers, or leaves a gap that has its name."""

    def knocked_out(self, cases: Sequence[Case]) -> list[Case]:
        """Return the cases that a knock-out criterion fails on what the free sources told."""

    def skip_paid_sources(self, cases: Sequence[Case]) -> None:
        """Record that paid sources were not asked, and why."""

    def complete(self, cases: Sequence[Case], step: Step) -> None:
        """Note that a step is done."""

    def validate(self, cases: Sequence[Case]) -> None:
        """Read the facts and run the expectations over them."""

    def assess(self, cases: Sequence[Case]) -> None:
        """Assess each case on its validated facts."""


def prepare(executor: Executor, cases: Sequence[Case]) -> None:
    """Take cases, each in its round, from the opening of the round to their assessment.

    Papers of earlier rounds come along; the free sources are asked; who clearly fails is not paid for; the paid sources
    are asked about the others; facts are validated; each case is assessed.
    """
    due = executor.due(cases, Step.PRESCREEN)
    executor.carry_over(due)
    executor.ask(due, "prescreen")
    executor.complete(due, Step.PRESCREEN)

    due = executor.due(cases, Step.INVESTIGATE)
    failed = executor.knocked_out(due)
    executor.skip_paid_sources(failed)
    failing = {case.reference for case in failed}
    executor.ask([case for case in due if case.reference not in failing], "investigate")
    executor.complete(due, Step.INVESTIGATE)

    executor.validate(executor.due(cases, Step.VALIDATE))
    executor.assess(executor.due(cases, Step.ASSESS))
