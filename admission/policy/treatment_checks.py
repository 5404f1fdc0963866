"""Do the figures of treatments say what their names say, and enough to bear a risk."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from admission.model import Text
from admission.policy.mistakes import Mistake, Placed
from admission.policy.treatments import PARAMETERS, Treatment

# A deposit or prepayment of less secures nothing. [P]
LEAST_SHARE = Decimal("0.05")
ENOUGH = Text(
    en=f"a share of at least {LEAST_SHARE}: 0.25 is 25 percent", zh=f"不小于 {LEAST_SHARE} 的小数：0.25 即 25%"
)
_LAST_NUMBER = re.compile(r"_(\d+)$")


def treatment_sense(placed: Placed[Treatment]) -> Iterator[Mistake]:
    """Yield shares that secure nothing, and figures that differ from the one in the treatment's own name."""
    path, treatment = placed
    if treatment.share is not None and treatment.share < LEAST_SHARE:
        yield Mistake((*path, "share"), str(treatment.share), ENOUGH)
        return
    named = _LAST_NUMBER.search(treatment.id)
    given = {name: value for name in PARAMETERS if (value := getattr(treatment, name)) is not None}
    figures = {name: value * 100 if name == "share" else Decimal(value) for name, value in given.items()}
    if named is not None and figures and Decimal(named[1]) not in figures.values():
        name = next(iter(figures))
        expected = Text(
            en=f"{named[1]}, as the name {treatment.id} says, or another name",
            zh=f"与名称 {treatment.id} 一致的 {named[1]}，或改名",
        )
        yield Mistake((*path, name), str(given[name]), expected)
