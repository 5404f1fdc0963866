"""One validation for all cases that wait for theirs: Great Expectations is loaded once, and runs once over them all."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from admission.cases import Case
from services.assessing import validate_cases
from wiring.house import House

logger = logging.getLogger(__name__)


class SharedValidation:
    """Validates together what single runs wait for, so that none of them loads Great Expectations.

    It decides nothing that the run of the case would not: both call `services.assessing.validate_cases`.

    Args:
        house: the house.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        # Rounds whose facts could not be validated here: their own runs try, and tell what is wrong.
        self._left: set[tuple[str, int]] = set()

    def validate_waiting(self) -> list[str]:
        """Validate the facts of all cases whose own runs wait for it; return the references of those that are done.

        A case that cannot be validated is left to its own run, which fails with the reason, and delays no other.
        """
        batches = self._house.casebook.batches
        waiting = batches.awaiting_validation()
        cases = batches.cases(waiting).values() if waiting else ()
        due = [case for case in cases if (case.reference, case.round) not in self._left]
        if not due:
            return []
        if self._done(due):
            return [case.reference for case in due]
        # Together they failed: find out which of them it was.
        return [case.reference for case in due if self._done_alone(case)]

    def _done(self, cases: Sequence[Case]) -> bool:
        try:
            validate_cases(self._house, cases)
        except Exception as error:  # one case's facts must not end the validation of all others
            logger.warning("%d case(s) could not be validated together: %s", len(cases), type(error).__name__)
            return False
        return True

    def _done_alone(self, case: Case) -> bool:
        done = self._done([case])
        if not done:
            self._left.add((case.reference, case.round))
        return done
