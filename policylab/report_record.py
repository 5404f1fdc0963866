"""What a report on a calibration holds; `policylab.report` fills it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from admission.model import Record, Text
from policylab.binning import Direction


class Figure(Record):
    """A figure with its bootstrap interval of 95 %."""

    value: float
    low: float
    high: float


class BinRow(Record):
    """One bin: up to, and not including, `below`; what was observed in it and what it earns."""

    below: Decimal | None
    points: Decimal
    goods: int
    bads: int
    woe: float

    @property
    def bad_rate(self) -> float:
        """Share of the bad."""
        return self.bads / (self.goods + self.bads)


class AttributeRow(Record):
    """One attribute of the card.

    Attributes:
        safer: whether the outcomes say that a rising or a falling value is safer.
        information_value: of the known values.
        auc_alone: how well the known values rank by themselves; from .5 on, whichever way they point.
        coefficient: of its weight of evidence; above 0, or it would not be on the card.
        in_folds: in how many folds it was on the card.
        missing_points: what a missing value earns.
        missing_goods: good ones without a value.
        missing_bads: bad ones without a value.
        missing_share: share of all companies without a value.
    """

    metric: str
    title: Text
    safer: Direction
    information_value: float
    auc_alone: float | None
    coefficient: float
    maximum: Decimal
    in_folds: int
    missing_points: Decimal
    missing_goods: int
    missing_bads: int
    missing_share: float
    bins: tuple[BinRow, ...]


class DroppedRow(Record):
    """An attribute that is not on the card, and why."""

    metric: str
    title: Text
    reason: Text
    information_value: float | None
    auc_alone: float | None
    missing_share: float
    in_folds: int


class GradeRow(Record):
    """A grade cut on the probability of default: from which score, and how its companies turned out, unseen.

    Attributes:
        probability_below: the grade holds probabilities up to this.
        at_least: the score that stands for it.
        companies: how many are in it, in any of their rows; one that moves is in several grades.
        bads: how many of them turned out bad in it.
        promised: mean probability of default of its rows; None where there is none, and so are the others.
        rate: share of its rows that turned out bad.
        low: lower end of the interval of the bad rate (Clopper-Pearson, 99 %: all five grades together have 95 %).
        high: upper end.
        outside: True where the promise is outside the interval.
    """

    name: str
    probability_below: float
    at_least: float
    companies: int
    bads: int
    promised: float | None
    rate: float | None
    low: float | None
    high: float | None
    outside: bool


class Report(Record):
    """A calibration's report.

    Attributes:
        observations: companies in the table.
        bads: companies that turned out bad, in any of their rows.
        rows: rows of the table; more than companies where some have several.
        bad_rows: rows that turned out bad.
        auc: area under the ROC curve of all companies, each judged by the card of the fold that left it out.
        fold_aucs: the same fold by fold.
        calibration_error: mean distance between probability and bad rate, over ten groups.
        error_by_chance: what it stays below in 95 % of samples of this size where the probabilities are true.
        stability_mean: stability index of the points between training and left-out part, mean over the folds.
        stability_worst: the largest of them.
        wrong_signs: attributes that point the wrong way on companies left out, more than by chance; none should.
        left_out: columns of the table that were not used.
    """

    source: str
    data_sha256: str
    fitted_on: date
    observations: int
    bads: int
    rows: int
    bad_rows: int
    folds: int
    seed: int
    auc: Figure
    gini: Figure
    ks: Figure
    fold_aucs: tuple[float, ...]
    brier: float
    calibration_error: float
    error_by_chance: float
    stability_mean: float
    stability_worst: float
    wrong_signs: tuple[str, ...]
    attributes: tuple[AttributeRow, ...]
    dropped: tuple[DroppedRow, ...]
    grades: tuple[GradeRow, ...]
    left_out: tuple[str, ...]
    warnings: tuple[Text, ...]
