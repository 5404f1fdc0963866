"""What must hold in the steps that a policy lets customers earn: the worst grade is one of its own."""

from __future__ import annotations

from collections.abc import Iterator

from admission.policy.draft import Draft
from admission.policy.mistakes import Mistake, unknown_name


def earned_mistakes(draft: Draft) -> Iterator[Mistake]:
    """Yield the mistakes of `earned_steps`; what is no figure is told by the shape of the part."""
    written = draft.raw.get("customers")
    steps = written.get("earned_steps") if isinstance(written, dict) else None
    worst = steps.get("worst_grade") if isinstance(steps, dict) else None
    grades = draft.names("grades", "name")
    if isinstance(worst, str) and grades and worst not in grades:
        yield unknown_name(("customers", "earned_steps", "worst_grade"), worst, grades)
