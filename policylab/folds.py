"""How a sample is divided for a cross-validation: both outcomes in each part, and no company in two of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import KFold, StratifiedKFold

from admission.errors import BadInput
from admission.model import Text
from policylab.samples import Sample

Places = npt.NDArray[np.intp]
_ONE_SIDED = Text(
    en="The companies cannot be divided so that each part has good and bad rows.",
    zh="无法分折：须使每一折都同时含有好坏样本，且同一企业不分入两折。",
)
_MORE = Text(
    en="give rows of more companies, or fewer folds with --folds", zh="请提供更多企业的数据，或用 --folds 减少折数"
)


class Split(NamedTuple):
    """One fold: the rows that a card is fitted on, and those it is tried on."""

    training: Places
    left_out: Places


def split_folds(sample: Sample, folds: int, seed: int) -> list[Split]:
    """Divide a sample by companies; fewer folds where there are fewer bad or good companies than asked for.

    A company is drawn as bad where any of its rows is.

    Args:
        sample: what to divide.
        folds: how many parts.
        seed: of the draw.

    Raises:
        BadInput: some part would hold one outcome alone.
    """
    _, company = np.unique(sample.company, return_inverse=True)
    bad = np.zeros(company.max() + 1, np.int64)
    np.maximum.at(bad, company, sample.bad)
    if len(bad) < 2:
        raise BadInput(_ONE_SIDED, remedy=_MORE)
    rarest = min(int(bad.sum()), int((1 - bad).sum()))
    if rarest >= 2:
        parts = StratifiedKFold(min(folds, rarest), shuffle=True, random_state=seed).split(bad, bad)
    else:
        # Each company, or all but one, has been bad at some time: their other rows are the good ones.
        parts = KFold(min(folds, len(bad)), shuffle=True, random_state=seed).split(bad)
    made = []
    for _, chosen in parts:
        inside = np.isin(company, chosen)
        made.append(Split(np.flatnonzero(~inside), np.flatnonzero(inside)))
    if any(len(np.unique(sample.bad[rows])) < 2 for split in made for rows in split):
        raise BadInput(_ONE_SIDED, remedy=_MORE)
    return made
