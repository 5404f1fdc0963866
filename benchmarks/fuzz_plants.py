"""Faults that `make fuzz-sources` must tell: each is put in place of the reading of one answer, in the bench alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple
from unittest import mock

from admission.errors import SourceChanged, SourceUnavailable
from admission.evidence.answers import Answer, Parsed, Query, RawAnswer
from admission.evidence.facts import FinancialStatement
from admission.evidence.sources import Connector
from tests.connectors.metamorphic import readings

Parse = Callable[[Connector, Query, RawAnswer], Parsed]


class Plant(NamedTuple):
    """A fault: what it is, in words, and how an answer is read with it."""

    words: str
    parse: Parse


def _cut_is_none(connector: Connector, query: Query, raw: RawAnswer) -> Parsed:
    try:
        return connector.parse(query, raw)
    except SourceUnavailable:
        return Parsed(answer=Answer.NO_RECORD)


def _changed_is_none(connector: Connector, query: Query, raw: RawAnswer) -> Parsed:
    try:
        return connector.parse(query, raw)
    except SourceChanged:
        return Parsed(answer=Answer.NO_RECORD)


def _silence_is_clean(connector: Connector, query: Query, raw: RawAnswer) -> Parsed:
    parsed = connector.parse(query, raw)
    return parsed.model_copy(update={"facts": tuple(fact for fact in parsed.facts if fact.table != "untold")})


def _doubts_forgotten(connector: Connector, query: Query, raw: RawAnswer) -> Parsed:
    parsed = connector.parse(query, raw)
    certain = tuple(
        fact.model_copy(update={"doubts": ()}) if isinstance(fact, FinancialStatement) else fact
        for fact in parsed.facts
    )
    return parsed.model_copy(update={"facts": certain})


def _undeclared(connector: Connector, query: Query, raw: RawAnswer) -> Parsed:
    try:
        return connector.parse(query, raw)
    except SourceChanged as error:
        raise KeyError(error.message.en) from None


def _slow(connector: Connector, query: Query, raw: RawAnswer) -> Parsed:
    if raw.body.startswith(b"<!--"):
        until = time.process_time() + 2 * readings.CPU_SECONDS
        while time.process_time() < until:
            pass
    return connector.parse(query, raw)


PLANTS: Mapping[str, Plant] = {
    "cut-is-none": Plant("what is cut off tells that there is nothing", _cut_is_none),
    "changed-is-none": Plant("what is not understood tells that there is nothing", _changed_is_none),
    "silence-is-clean": Plant("what an answer leaves open counts as nothing there", _silence_is_clean),
    "doubts-forgotten": Plant("a figure in doubt counts as one that is not stated", _doubts_forgotten),
    "undeclared": Plant("a parser raises an error of its own", _undeclared),
    "slow": Plant("comments before an answer take seconds to read", _slow),
}


@contextmanager
def planted(name: str) -> Iterator[None]:
    """Read answers with a fault for as long as the block runs."""
    with mock.patch.object(readings, "parse", PLANTS[name].parse):
        yield
