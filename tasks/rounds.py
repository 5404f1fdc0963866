"""Who executes the round of one case: this run, with a Prefect task for each source and each step."""

from __future__ import annotations

from collections.abc import Sequence

from admission.cases import Case, Step
from admission.evidence.sources import SourceStage
from services import asking, assessing, rounds
from tasks import casework
from wiring import house


class TaskExecutor:
    """Executes rounds with Prefect tasks; before each step the lease on the case is renewed."""

    def due(self, cases: Sequence[Case], step: Step) -> list[Case]:
        """Return the cases on which a step is still to be done; the lease is renewed for it."""
        due = [case for case in cases if not casework.step_done(case.reference, step, case.round)]
        for case in due:
            casework.renew(case.reference)
        return due

    def carry_over(self, cases: Sequence[Case]) -> None:
        """Take into the round what people handed in during earlier rounds."""
        for case in cases:
            rounds.carry_over(house(), case)

    def ask(self, cases: Sequence[Case], stage: SourceStage) -> None:
        """Ask the sources of a stage all at once, one task each; the lease is kept however long they take."""
        for case in cases:
            sources = asking.sources_for(house(), case, stage)
            futures = [casework.ask_source.submit(case.reference, source, case.round) for source in sources]
            for future in futures:
                ended = False
                while not ended:
                    future.wait(timeout=house().settings.lease_seconds / 3)
                    casework.renew(case.reference)
                    # Of one that was waited for to its end the state is here; of others Prefect's server is asked.
                    ended = future.state.is_final()
                future.result()

    def knocked_out(self, cases: Sequence[Case]) -> list[Case]:
        """Return the cases that a knock-out criterion fails on what the free sources told."""
        policy = house().policy_in_force()
        return [case for case in cases if assessing.knocked_out_early(house(), case, policy)]

    def skip_paid_sources(self, cases: Sequence[Case]) -> None:
        """Record that paid sources were not asked, and why."""
        for case in cases:
            asking.skip_paid_sources(house(), case)

    def complete(self, cases: Sequence[Case], step: Step) -> None:
        """Note that a step is done."""
        for case in cases:
            casework.complete(case.reference, step, case.round)

    def validate(self, cases: Sequence[Case]) -> None:
        """Read the facts and run the expectations over them."""
        for case in cases:
            casework.validate(case.reference, case.round)

    def assess(self, cases: Sequence[Case]) -> None:
        """Assess each case on its validated facts."""
        for case in cases:
            casework.assess(case.reference, case.round)
