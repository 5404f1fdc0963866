"""What would change the outcome of a case: made on demand from what its assessment was made with, and kept nowhere."""

from __future__ import annotations

from admission.assessment.assessing import assess
from admission.assessment.what_if import find_changes
from admission.memo.what_if import COMES_OUT_OTHERWISE, say_changes
from admission.model import Text
from services.replay import read_assessed
from wiring.house import House


def what_would_change(house: House, reference: str) -> tuple[Text, ...]:
    """Return the smallest changes that would move grade or route of a case's current round, in sentences.

    Where the stored assessment comes out otherwise by now (an earlier engine, or a policy or rates that were not kept),
    that is said instead: a change would be told against an outcome that is not the stored one.

    Raises:
        NotFound: no such case, or it has no assessment.
    """
    stored, dossier, policy, rates = read_assessed(house, reference)
    made = assess(dossier, policy, rates, as_of=stored.as_of)
    if (made.grade, made.route) != (stored.grade, stored.route):
        return (COMES_OUT_OTHERWISE,)
    return say_changes(find_changes(dossier, policy, rates, as_of=stored.as_of))
