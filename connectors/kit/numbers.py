"""Numbers that a source may have misprinted."""

from __future__ import annotations


def is_near(given: str, number: str) -> bool:
    """True where a number may be a misprint of another: one sign changed, lost or added, or two neighbours swapped."""
    start = next((place for place, (left, right) in enumerate(zip(given, number, strict=False)) if left != right), None)
    if start is None:
        return abs(len(given) - len(number)) == 1
    left, right = given[start:], number[start:]
    return right in (right[:1] + left[1:], left[1:], left[1::-1] + left[2:]) or left == right[1:]
