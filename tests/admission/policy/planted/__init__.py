"""A hundred mistakes planted in the shipped policy, one at a time: what is changed, where it is told, the remedy."""

from tests.admission.policy.planted.of_amounts import AMOUNTS, TEXTS, TIMES
from tests.admission.policy.planted.of_criteria import CRITERIA, GRADES
from tests.admission.policy.planted.of_scorecards import DIRECTIONS, RANGES
from tests.admission.policy.planted.of_silence import SILENCE
from tests.admission.policy.planted.once_passed import TWENTY_ONE

PLANTED = TWENTY_ONE | RANGES | DIRECTIONS | CRITERIA | GRADES | AMOUNTS | TIMES | TEXTS | SILENCE

__all__ = ["PLANTED", "TWENTY_ONE"]
