"""How a calibration does on companies it has not seen: cross-validation with everything fitted inside the fold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from sklearn.model_selection import StratifiedKFold

from admission.errors import BadInput
from admission.model import Text
from admission.policy import Attribute, Scorecard
from policylab.accuracy import auc, stability_index
from policylab.binning import count_in_bins
from policylab.calibration import Calibrated, calibrate
from policylab.samples import Sample
from policylab.tables import Floats

FOLDS = 10


@dataclass(frozen=True)
class Fold:
    """One fold: the card fitted on the others, and what it made of this one.

    Attributes:
        calibrated: fitted on the training part alone.
        auc: on the part that was left out.
        stability: stability index of the points between the two parts.
        wrong_signs: attributes whose points rise where the bad rate of the training part does.
    """

    calibrated: Calibrated
    auc: float
    stability: float
    wrong_signs: tuple[str, ...]


@dataclass(frozen=True)
class Holdout:
    """What cards made of companies that they had not seen, fold by fold.

    Attributes:
        folds: in the order of their making.
        points: of each company, from the card of the fold that left it out.
        probability: of each company, likewise.
    """

    folds: tuple[Fold, ...]
    points: Floats
    probability: Floats


def split_folds(sample: Sample, folds: int, seed: int) -> StratifiedKFold:
    """Return the split; fewer folds where there are fewer bad or good ones than asked for."""
    rarest = min(sample.bads, len(sample.bad) - sample.bads)
    return StratifiedKFold(min(folds, rarest), shuffle=True, random_state=seed)


def cross_validate(
    sample: Sample, *, source: str, folds: int, seed: int, titles: Mapping[str, Text] | None = None
) -> Holdout:
    """Calibrate once a fold, on the other folds, and apply the card in policy form to the fold left out.

    Raises:
        BadInput: without one of the folds no attribute tells good from bad, so that no card would hold.
    """
    points, probability = np.zeros(len(sample.bad)), np.zeros(len(sample.bad))
    made = []
    for training, left_out in split_folds(sample, folds, seed).split(sample.values, sample.bad):
        seen, unseen = sample.rows(training), sample.rows(left_out)
        try:
            card = calibrate(seen, source=source, titles=titles)
        except BadInput as error:
            message = Text(
                en=f"No card would hold on unseen companies. {error.message.en}",
                zh=f"没有评分卡能适用于未见过的企业。{error.message.zh}",
            )
            remedy = Text(en="gather more outcomes before a card is made of them", zh="请积累更多结果后再制作评分卡")
            raise BadInput(message, remedy=remedy) from None
        points[left_out] = card.points(unseen.values)
        probability[left_out] = card.probability(points[left_out])
        made.append(
            Fold(
                calibrated=card,
                auc=auc(unseen.bad, -points[left_out]),
                stability=stability_index(card.points(seen.values), points[left_out]),
                wrong_signs=wrong_signs(card.scorecard, seen),
            )
        )
    return Holdout(tuple(made), points, probability)


def wrong_signs(scorecard: Scorecard, sample: Sample) -> tuple[str, ...]:
    """Return the attributes of a card that give more points where a sample shows a higher bad rate.

    It counts anew from the policy form, and so does not take the fit's word for it.
    """
    return tuple(attribute.metric for attribute in scorecard.attributes if not _ordered_as_observed(attribute, sample))


def _ordered_as_observed(attribute: Attribute, sample: Sample) -> bool:
    cuts = tuple(part.below for part in attribute.bins if part.below is not None)
    counted = count_in_bins(cuts, sample.values[attribute.metric].to_numpy(dtype=np.float64), sample.bad)
    rates = [bads / (goods + bads) for goods, bads in zip(counted.goods, counted.bads, strict=True) if goods + bads]
    points = [
        part.points
        for part, goods, bads in zip(attribute.bins, counted.goods, counted.bads, strict=True)
        if goods + bads
    ]
    by_points = [rate for _, rate in sorted(zip(points, rates, strict=True), key=lambda pair: (-pair[0], pair[1]))]
    return all(earlier <= later for earlier, later in pairwise(by_points))
