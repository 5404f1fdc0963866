"""Faults that `make bench-scoring` must tell, planted in this process alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple
from unittest import mock

import numpy as np
import pandas as pd

from admission.policy import Policy
from benchmarks import polish
from policylab import calibration, holdout
from policylab.calibration import Calibrated
from policylab.samples import Sample
from policylab.tables import DataTable, Floats


class Plant(NamedTuple):
    """A fault: what it is, in words, and how it is planted."""

    words: str
    grow: Callable[[], None]


def _known_afterwards() -> None:
    genuine = polish.polish_sample

    def read(table: DataTable) -> Sample:
        sample = genuine(table)
        noise = np.random.default_rng(1).normal(0, 0.3, len(sample.bad))
        return replace(sample, values=sample.values.assign(A9=sample.bad + noise))

    mock.patch("__main__.polish_sample", read).start()


def _copies_apart() -> None:
    genuine = polish.polish_sample
    mock.patch("__main__.polish_sample", lambda table: replace(genuine(table), of_row=None)).start()


def _turned(card: Calibrated) -> Calibrated:
    first, *others = card.scorecard.attributes
    points = [part.points for part in reversed(first.bins)]
    bins = tuple(part.model_copy(update={"points": earned}) for part, earned in zip(first.bins, points, strict=True))
    attributes = (first.model_copy(update={"bins": bins}), *others)
    return replace(card, scorecard=card.scorecard.model_copy(update={"attributes": attributes}))


def _doubled(card: Calibrated) -> Calibrated:
    return replace(card, intercept=card.intercept + float(np.log(2)))


def _changed(change: Callable[[Calibrated], Calibrated]) -> Callable[[], None]:
    """Return a fault of every card that is fitted."""

    def grow() -> None:
        genuine = calibration.calibrate

        def fit(sample: Sample, *, source: str, titles: None = None) -> Calibrated:
            return change(genuine(sample, source=source, titles=titles))

        mock.patch.object(holdout, "calibrate", fit).start()

    return grow


def _one_attribute() -> None:
    genuine = polish.block_of

    def block(policy: Policy) -> Policy:
        whole = genuine(policy)
        card = whole.scorecard.model_copy(update={"attributes": whole.scorecard.attributes[:1]})
        return whole.model_copy(update={"scorecard": card})

    mock.patch.object(polish, "block_of", block).start()


def _backwards() -> None:
    def points(policy: Policy, values: pd.DataFrame, genuine: object = polish.block_points) -> Floats:
        assert callable(genuine)
        return np.asarray(-genuine(policy, values), np.float64)

    mock.patch.object(polish, "block_points", points).start()


PLANTS: dict[str, Plant] = {
    "known-afterwards": Plant("one attribute of the card is the outcome with some noise", _known_afterwards),
    "copies-apart": Plant("rows that repeat each other are drawn into different folds", _copies_apart),
    "sign-turned": Plant("the first attribute of each card has its points turned round", _changed(_turned)),
    "probabilities-doubled": Plant("every card promises twice the odds of default", _changed(_doubled)),
    "one-attribute": Plant("the financial block has its first attribute alone", _one_attribute),
    "backwards": Plant("the financial block gives most points to the worst", _backwards),
}
