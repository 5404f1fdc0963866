"""Wrong signs: attributes that give more points where more companies are bad, counted on companies left out.

Bad rates of few companies come in the wrong order by chance; only what chance would hardly do is told (Fisher's exact
test, Mann-Whitney's rank test; all comparisons together are allowed `CHANCE`, after Bonferroni).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy import stats

from admission.policy import Attribute, Scorecard
from policylab.binning import place
from policylab.samples import Sample
from policylab.tables import Floats

# Of a hundred samples in which no sign is wrong, so many may show one.
CHANCE = 0.01


@dataclass(frozen=True)
class Judgement:
    """What one attribute of one card earned companies that the card had not seen.

    Attributes:
        points: share of the attribute's maximum, of each row that states a value.
        bad: how those rows turned out.
        company: whose they are.
    """

    points: Floats
    bad: npt.NDArray[np.int64]
    company: npt.NDArray[np.int64]


def judgements(scorecard: Scorecard, unseen: Sample) -> dict[str, Judgement]:
    """Return what each attribute of a card makes of companies that it has not seen."""
    return {attribute.metric: _judgement(attribute, unseen) for attribute in scorecard.attributes}


def _judgement(attribute: Attribute, unseen: Sample) -> Judgement:
    values = unseen.values[attribute.metric].to_numpy(dtype=np.float64)
    known = ~np.isnan(values)
    cuts = tuple(part.below for part in attribute.bins if part.below is not None)
    earned = np.array([float(part.points) for part in attribute.bins])[place(cuts, values[known])]
    return Judgement(earned / float(attribute.maximum or 1), unseen.bad[known], unseen.company[known])


def wrong_signs(scorecard: Scorecard, unseen: Sample, chance: float = CHANCE) -> tuple[str, ...]:
    """Return the attributes of a card that point the wrong way on a sample, more than by chance.

    Args:
        scorecard: the card.
        unseen: companies that it was not fitted on.
        chance: how often one may be told where there is none.
    """
    found = judgements(scorecard, unseen)
    return tuple(name for name, judged in found.items() if _out_of_order(judged, chance / len(found)))


def wrong_in_all(folds: Sequence[dict[str, Judgement]], chance: float = CHANCE) -> tuple[str, ...]:
    """Return the attributes whose points, over all folds together, are higher for the bad than for the good.

    Args:
        folds: what the card of each fold made of the part that it had not seen.
        chance: how often one may be told where there is none.
    """
    names = list(dict.fromkeys(name for fold in folds for name in fold))
    return tuple(
        name for name in names if _reversed([fold[name] for fold in folds if name in fold], chance / len(names))
    )


def _reversed(parts: Sequence[Judgement], chance: float) -> bool:
    _, company = np.unique(np.concatenate([part.company for part in parts]), return_inverse=True)
    # Rows of one company are no trials of their own: a company counts once, with the mean of its points.
    rows, bads = np.bincount(company), np.bincount(company, np.concatenate([part.bad for part in parts]))
    points, bad = np.bincount(company, np.concatenate([part.points for part in parts])) / rows, (bads > 0).astype(int)
    if len(np.unique(bad)) < 2 or len(np.unique(points)) < 2:
        return False
    return bool(stats.mannwhitneyu(points[bad == 1], points[bad == 0], alternative="greater").pvalue < chance)


def _out_of_order(judged: Judgement, chance: float) -> bool:
    """True where a step up in points goes with more bad ones, from bin to bin or from all below to all above."""
    counts = [_counted(judged, judged.points == points) for points in np.unique(judged.points)]
    steps = list(pairwise(counts))
    wholes = [(_summed(counts[:number]), _summed(counts[number:])) for number in range(1, len(counts))]
    tried = [*steps, *wholes]
    return any(
        stats.fisher_exact([fewer_points, more_points], alternative="less").pvalue < chance / len(tried)
        for fewer_points, more_points in tried
    )


def _counted(judged: Judgement, inside: npt.NDArray[np.bool_]) -> tuple[int, int]:
    """Return the bad and the good companies of a bin; rows of one company count as one, at their bad rate."""
    companies = len(np.unique(judged.company[inside]))
    bads = round(companies * float(judged.bad[inside].mean()))
    return bads, companies - bads


def _summed(counts: Sequence[tuple[int, int]]) -> tuple[int, int]:
    return sum(bads for bads, _ in counts), sum(goods for _, goods in counts)
