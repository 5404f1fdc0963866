"""Numbers and names that somebody may have misprinted."""

from __future__ import annotations


def one_slip_apart(one: str, other: str) -> bool:
    """True where one character was left out, put in, replaced, or two neighbours swapped; not where both are equal."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    a, b = one[start:], other[start:]
    return a[1:] == b or a == b[1:] or a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
