"""How a calibration does on companies it has not seen: cross-validation with everything fitted inside the fold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from admission.errors import BadInput
from admission.model import Text
from policylab.accuracy import auc, stability_index
from policylab.calibration import Calibrated, calibrate
from policylab.folds import split_folds
from policylab.samples import Sample
from policylab.signs import CHANCE, Judgement, judgements, wrong_in_all, wrong_signs
from policylab.tables import Floats

FOLDS = 10


@dataclass(frozen=True)
class Fold:
    """One fold: the card fitted on the others, and what it made of this one.

    Attributes:
        calibrated: fitted on the training part alone.
        auc: on the part that was left out.
        stability: stability index of the points between the two parts.
        wrong_signs: attributes whose points rise where the bad rate of the part left out does, more than by chance.
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
        wrong_signs: attributes that point the wrong way in a fold, or over all folds together, more than by chance.
    """

    folds: tuple[Fold, ...]
    points: Floats
    probability: Floats
    wrong_signs: tuple[str, ...]


def cross_validate(
    sample: Sample, *, source: str, folds: int, seed: int, titles: Mapping[str, Text] | None = None
) -> Holdout:
    """Calibrate once a fold, on the other folds, and apply the card in policy form to the fold left out.

    Raises:
        BadInput: without one of the folds no attribute tells good from bad, so that no card would hold.
    """
    points, probability = np.zeros(len(sample.bad)), np.zeros(len(sample.bad))
    made, judged = [], list[dict[str, Judgement]]()
    splits = split_folds(sample, folds, seed)
    for training, left_out in splits:
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
        judged.append(judgements(card.scorecard, unseen))
        made.append(
            Fold(
                calibrated=card,
                auc=auc(unseen.bad, -points[left_out]),
                stability=stability_index(card.points(seen.values), points[left_out]),
                wrong_signs=wrong_signs(card.scorecard, unseen, CHANCE / len(splits)),
            )
        )
    wrong = {name for fold in made for name in fold.wrong_signs} | set(wrong_in_all(judged))
    return Holdout(tuple(made), points, probability, tuple(sorted(wrong)))
