"""What must hold in the default rates of a policy: they are of its grades, and a worse one never has a lower rate."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from admission.model import Text
from admission.policy.draft import Draft
from admission.policy.mistakes import Mistake, Path, figure, unknown_name


def loss_mistakes(draft: Draft) -> Iterator[Mistake]:
    """Yield the mistakes of `default_rates`; what is no figure is told by the shape of the part."""
    written = draft.raw.get("customers")
    rates = written.get("default_rates") if isinstance(written, dict) else None
    grades = draft.names("grades", "name")
    if not isinstance(rates, dict) or not grades:
        return
    path: Path = ("customers", "default_rates")
    for name in rates:
        if str(name) not in grades:
            yield unknown_name((*path, str(name)), str(name), grades)
    placed = [(name, figure(rates[name])) for name in grades if name in rates]
    for (better, low), (worse, high) in pairwise(placed):
        if low is not None and high is not None and high < low:
            expected = Text(
                en=f"at least {low}, the rate of the better grade {better}",
                zh=f"不小于较高等级 {better} 的违约率 {low}",
            )
            yield Mistake((*path, worse), str(high), expected)
