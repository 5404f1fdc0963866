"""Many changes of many answers, and what came of them."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from admission.application import Application
from tests.connectors.metamorphic.blind_spots import BLIND_SPOTS, blind_spot
from tests.connectors.metamorphic.changes import Change, draw
from tests.connectors.metamorphic.laws import violations
from tests.connectors.metamorphic.readings import Reading, application_for, read
from tests.connectors.metamorphic.samples import Sample, recorded, shipped

# Large answers take long to read, so they are drawn less often; those below this size, in bytes, equally often.
_SMALL = 8_000


class Found(NamedTuple):
    """A change, and what became better by it or broke."""

    sample: Sample
    change: Change
    what: str

    def __str__(self) -> str:
        return f"{self.sample.name} | {self.change.kind} {self.change.where} | {self.what}"


@dataclass
class Outcome:
    """What came of a run.

    Attributes:
        broken: violations of the law.
        blind: what became better by a loss that nobody can notice; see `blind_spots`.
        seconds: CPU that it took.
    """

    by_source: Counter[str] = field(default_factory=Counter)
    broken: list[Found] = field(default_factory=list)
    blind: list[Found] = field(default_factory=list)
    seconds: float = 0.0

    @classmethod
    def together(cls, outcomes: Sequence[Outcome]) -> Outcome:
        """Put what several processes found into one."""
        return cls(
            by_source=sum((outcome.by_source for outcome in outcomes), Counter()),
            broken=[found for outcome in outcomes for found in outcome.broken],
            blind=[found for outcome in outcomes for found in outcome.blind],
            seconds=sum(outcome.seconds for outcome in outcomes),
        )

    @property
    def changes(self) -> int:
        """How many answers were changed."""
        return self.by_source.total()

    def lines(self) -> Iterator[str]:
        """Yield what a person wants to see, one example of each kind of violation."""
        for name, count in sorted(self.by_source.items()):
            yield f"{name}: {count} changes"
        alike: dict[tuple[str, str, str], list[Found]] = {}
        for found in self.broken:
            alike.setdefault((found.sample.source, found.change.kind, found.what), []).append(found)
        for some in sorted(alike.values(), key=len, reverse=True):
            yield f"  {len(some):4} {some[0]}"
        fallen = Counter(spot.reason for found in self.blind if (spot := blind_spot(found.sample, found.change)))
        for spot in BLIND_SPOTS:
            yield f"cannot tell: {spot.source}: {spot.reason}: {fallen[spot.reason]} times"
        yield f"{self.changes} changes, {len(self.broken)} violations, {self.seconds:.1f} s of CPU"


class _Base(NamedTuple):
    """An answer as it was: whom it is about, and what it told."""

    application: Application
    reading: Reading


def samples(source: str = "") -> list[Sample]:
    """Return the answers of one source, or of all."""
    return [sample for sample in (*shipped(), *recorded()) if source in ("", sample.source)]


def run(
    some: Sequence[Sample],
    seed: int,
    *,
    count: int | None = None,
    seconds: float | None = None,
    until_broken: bool = False,
) -> Outcome:
    """Change answers and read them again, the cheap ones more often.

    Args:
        some: the answers.
        seed: what is drawn depends on it alone.
        count: how many changes; None: as many as there is time for.
        seconds: for how long.
        until_broken: whether the first violation ends it.
    """
    chance, outcome, began = random.Random(seed), Outcome(), time.process_time()
    bases = [_base(sample) for sample in some]
    weights = [1 / max(len(sample.raw.body), _SMALL) for sample in some]
    deadline = None if seconds is None else time.monotonic() + seconds
    while (count is None or outcome.changes < count) and (deadline is None or time.monotonic() < deadline):
        place = chance.choices(range(len(some)), weights)[0]
        change = draw(some[place], chance)
        if change is not None:
            outcome.by_source[some[place].source] += 1
            _try(some[place], bases[place], change, outcome)
        if until_broken and outcome.broken:
            break
    outcome.seconds = time.process_time() - began
    return outcome


def _base(sample: Sample) -> _Base:
    application = application_for(sample)
    return _Base(application, read(sample, sample.raw.body, application))


def _try(sample: Sample, base: _Base, change: Change, outcome: Outcome) -> None:
    after = read(sample, change.body, base.application)
    unseen = None if after.undeclared else blind_spot(sample, change)
    for what in violations(base.reading, after):
        (outcome.broken if unseen is None else outcome.blind).append(Found(sample, change, what))
