"""A policy as it was written, in parts: what could be read of it, each part with its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from admission.approval.stages import Stage
from admission.metrics.ages import MaxAge
from admission.policy.appetite import Caps
from admission.policy.approval import FastTrack, Sample
from admission.policy.criteria import Criterion
from admission.policy.document import Retention, TimeLimits
from admission.policy.grades import Grade
from admission.policy.limit_rules import LimitRule
from admission.policy.mistakes import Path, Placed
from admission.policy.scorecard import Attribute, Calibration
from admission.policy.segments import Segment
from admission.policy.treatments import Treatment


class Draft(NamedTuple):
    """A policy in parts: those of its parts that could be read, each with its place.

    Attributes:
        raw: the whole document as it was written.
        criteria: the house's and those that segments add.
        approval: the approval matrix as it was written.
        matrices: paths of lists of amount bands, the house's and those of segments, with the bands as written.
        stages: all stages of these bands.
        calibration, caps, fast_track, sample, max_age, time_limits, retention: None where they are not there or could
            not be read.
    """

    raw: dict[str, Any]
    segment_names: tuple[str, ...]
    segments: dict[str, Segment]
    criteria: tuple[Placed[Criterion], ...]
    scorecard: dict[str, Any]
    attributes: tuple[Placed[Attribute], ...]
    grades: tuple[Placed[Grade], ...]
    limit: LimitRule | None
    treatments: tuple[Placed[Treatment], ...]
    approval: dict[str, Any]
    matrices: tuple[tuple[Path, Sequence[Any]], ...]
    stages: tuple[Placed[Stage], ...]
    calibration: Calibration | None
    caps: Caps | None
    fast_track: FastTrack | None
    sample: Sample | None
    max_age: MaxAge | None
    time_limits: TimeLimits | None
    retention: Retention | None

    @property
    def holders(self) -> dict[str, int]:
        """How many people hold an office, as far as that could be read."""
        written = self.approval.get("holders")
        given = written if isinstance(written, dict) else {}
        return {name: count for name, count in given.items() if isinstance(name, str) and isinstance(count, int)}

    def names(self, part: str, key: str) -> list[str]:
        """Return the names of a part's entries, also of those that could not be read otherwise."""
        written = self.raw.get(part)
        entries = written if isinstance(written, list) else []
        return [entry[key] for entry in entries if isinstance(entry, dict) and isinstance(entry.get(key), str)]

    def lineage(self, segment: str) -> list[str]:
        """Return a segment and those it inherits from, the segment itself first."""
        line: list[str] = []
        name: str | None = segment
        while name is not None and name in self.segments and name not in line:
            line.append(name)
            name = self.segments[name].inherits
        return line
