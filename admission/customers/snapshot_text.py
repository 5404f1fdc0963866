"""Parts of a snapshot as JSON, as the casebook keeps them: compact, and quick to read by the hundred thousand."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from admission.assessment.engine.caps import Sums
from admission.assessment.engine.case import Circumstances
from admission.customers.experience import DecisionSnapshot, Offered
from admission.metrics.catalogue import Value


def metrics_text(metrics: Mapping[str, Value | None]) -> str:
    """Return metrics as JSON, numbers to the last digit: `float` would lose some."""
    return _written(metrics)


def read_metrics(text: str) -> dict[str, Value | None]:
    """Read what `metrics_text` wrote."""
    # Not `decode`, which looks for blanks around the document each time: very many of these are read at once.
    metrics: dict[str, Value | None] = _DECODER.raw_decode(text)[0]
    return metrics


class StoredMetrics(Mapping[str, Value | None]):
    """Metrics as the casebook keeps them, read when they are first asked for.

    A comparison of very many cases so reads them on all cores, and hands no read ones to its processes.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._read: dict[str, Value | None] | None = None

    @property
    def known(self) -> dict[str, Value | None]:
        """The metrics by name."""
        if self._read is None:
            self._read = read_metrics(self._text)
        return self._read

    def __getitem__(self, name: str) -> Value | None:
        return self.known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.known)

    def __len__(self) -> int:
        return len(self.known)


def circumstances_text(snapshot: DecisionSnapshot) -> str | None:
    """Return as JSON what a case rested on besides its amount and metrics; None where that is not known."""
    known = snapshot.circumstances
    if known is None:
        return None
    told: dict[str, Any] = {
        "old": snapshot.old,
        "not_asked": sorted(snapshot.not_asked),
        "not_set_up": sorted(snapshot.not_set_up),
        "annual_sales": known.annual_sales,
        "cover": known.cover,
        "references": known.references,
        "group_exposure": known.group_exposure,
        "counted": [[*cap, *sums] for cap, sums in sorted(known.counted.items())],
        "own": known.own,
        "overridden": sorted(known.overridden),
        "reopened": known.reopened,
        "offered": snapshot.offered,
    }
    # Most cases have little of all this, and very many are kept.
    return _written({name: value for name, value in told.items() if isinstance(value, Decimal) or value})


class Remainder(NamedTuple):
    """What `circumstances_text` keeps of a snapshot."""

    old: Mapping[str, Value]
    not_asked: frozenset[str]
    not_set_up: frozenset[str]
    circumstances: Circumstances | None
    offered: Offered | None


def read_circumstances(text: str | None) -> Remainder:
    """Read what `circumstances_text` wrote."""
    if text is None:
        return _UNKNOWN
    if text == "{}":
        return _NOTHING
    told = _DECODER.raw_decode(text)[0]
    own = told.get("own")
    return Remainder(
        told.get("old", {}),
        frozenset(told.get("not_asked", ())),
        frozenset(told.get("not_set_up", ())),
        Circumstances(
            told.get("annual_sales"),
            told.get("cover"),
            tuple((amount, currency) for amount, currency in told.get("references", ())),
            told.get("group_exposure"),
            {(kind, name): Sums(amounts, perhaps) for kind, name, amounts, perhaps in told.get("counted", ())},
            None if own is None else (own[0], own[1]),
            frozenset(told.get("overridden", ())),
            told.get("reopened", False),
        ),
        _read_offered(told.get("offered")),
    )


def _read_offered(told: Any) -> Offered | None:
    return None if told is None else Offered(told[0], int(told[1]), told[2])


def _written(value: Any) -> str:
    """Return a value as JSON; like `canonical_json`, but with decimals as numbers."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{json.dumps(name)}:{_written(part)}" for name, part in sorted(value.items())) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_written, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


_DECODER = json.JSONDecoder(parse_float=Decimal, parse_int=Decimal)
_NOTHING = Remainder({}, frozenset(), frozenset(), Circumstances(), None)
_UNKNOWN = Remainder({}, frozenset(), frozenset(), None, None)
