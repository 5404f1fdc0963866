"""What must hold in the scopes of reviews: they are of the policy's grades."""

from __future__ import annotations

from collections.abc import Iterator

from admission.policy.draft import Draft
from admission.policy.mistakes import Mistake, unknown_name


def review_mistakes(draft: Draft) -> Iterator[Mistake]:
    """Yield the grades of `customers.reviews` that the policy has not; the shape of the part tells all else."""
    written = draft.raw.get("customers")
    scopes = written.get("reviews") if isinstance(written, dict) else None
    grades = draft.names("grades", "name")
    if isinstance(scopes, dict) and grades:
        for name in scopes:
            if str(name) not in grades:
                yield unknown_name(("customers", "reviews", str(name)), str(name), grades)
