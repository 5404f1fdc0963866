"""`make bench-scoring`: how well scores rank bankrupt and live companies that they have not seen.

Altman's Z'' alone, the default policy's financial block as it stands in the file and as a case is scored by it, and a
card of twelve attributes calibrated anew in each of ten folds. Of a second file of the same format it tells what the
card fitted on the first makes of it.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import yaml
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import QuantileTransformer, StandardScaler

from admission.errors import BadInput
from admission.policy import Policy, load_policy
from benchmarks import polish, scoring_plants
from benchmarks.polish import TWELVE, altman_as_read, altman_z2, polish_sample
from policylab import calibration, holdout
from policylab.accuracy import auc, auc_alone, bootstrap, brier, calibration_error, ks, stability_index
from policylab.cautions import SUSPICIOUS_AUC, SUSPICIOUS_INFORMATION
from policylab.folds import split_folds
from policylab.holdout import FOLDS
from policylab.report import grade_rows
from policylab.samples import Sample
from policylab.signs import wrong_signs
from policylab.tables import Floats, read_table

SEED = 20261126
ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data" / "scoring" / "polish_5year.arff"
# Bands of the block's 40 points, by their upper ends, as the scoring notes give its bad rates.
BANDS = (9, 17, 25, 33, 40)
CARD_ERROR = 0.02
# A row with so many figures that are not 0 is told from any other by them.
FIGURES_OF_A_COPY = 20


class Bars(NamedTuple):
    """What is promised of a horizon: least AUC of block and card, and by how much the block is above Z''."""

    block: float
    card: float
    above_altman: float | None


# By the years from the accounts to the bankruptcy. Five years ahead no promise is made against Z''.
BARS = {1: Bars(block=0.78, card=0.86, above_altman=0.015), 5: Bars(block=0.70, card=0.77, above_altman=None)}


def measure(data: Path, second: Path | None = None) -> dict[str, float]:
    """Return the figures of a table in the format of the Polish data, and those of a second one beside it."""
    sample, policy = polish_sample(read_table(data)), default_policy()
    figures = {
        "observations": float(len(sample.bad)),
        "bads": float(sample.bads),
        "companies": float(sample.companies),
        "bad_companies": float(sample.bad_companies),
    }
    figures |= _ranked("altman_z2", sample, _neutral(-altman_z2(sample.values)))
    figures |= _ranked("altman_z2_as_read", sample, -altman_as_read(sample.values))
    points = polish.block_points(policy, sample.values)
    figures |= _ranked("block", sample, -points)
    figures |= _bad_rates(sample, points)
    twelve = sample.only(TWELVE)
    figures |= _card(twelve) | _plain(sample) | {"card_rows_in_two_folds": float(_rows_in_two_folds(sample))}
    return figures | (second_table(twelve, polish_sample(read_table(second)), policy) if second else {})


def default_policy() -> Policy:
    """Return the policy as shipped."""
    return load_policy(yaml.safe_load((ROOT / "policies" / "default.yaml").read_text(encoding="utf-8")))


def _neutral(values: Floats) -> Floats:
    """A missing value ranks in the middle."""
    return np.where(np.isnan(values), np.nanmedian(values), values)


def _ranked(name: str, sample: Sample, risk: Floats) -> dict[str, float]:
    """Return the measures of a risk that needs no fit: over all companies, and as the mean of the folds."""
    parts = [auc(sample.bad[split.left_out], risk[split.left_out]) for split in split_folds(sample, FOLDS, SEED)]
    pooled = bootstrap(auc, sample.bad, risk, seed=SEED, company=sample.of_row)
    return {
        f"{name}_auc": pooled.value,
        f"{name}_auc_low": pooled.low,
        f"{name}_auc_high": pooled.high,
        f"{name}_auc_mean_of_folds": float(np.mean(parts)),
        f"{name}_ks": ks(sample.bad, risk),
    }


def _bad_rates(sample: Sample, points: Floats) -> dict[str, float]:
    rates, above = {}, -1
    for band in BANDS:
        inside = (points > above) & (points <= band)
        rates[f"block_bad_rate_to_{band}"] = float(sample.bad[inside].mean()) if inside.any() else 0.0
        above = band
    return rates


def _card(twelve: Sample) -> dict[str, float]:
    started = time.perf_counter()
    made = holdout.cross_validate(twelve, source=twelve.source, folds=FOLDS, seed=SEED)
    seconds = time.perf_counter() - started
    risk, kept = made.probability, [len(fold.calibrated.lines) for fold in made.folds]
    complete = twelve.values.notna().all(axis="columns").to_numpy()
    error = calibration_error(twelve.bad, risk)
    whole = calibration.calibrate(twelve, source=twelve.source)
    return {
        **_ranked("card", twelve, risk),
        "card_auc_mean_of_folds": float(np.mean([fold.auc for fold in made.folds])),
        "card_auc_worst_fold": min(fold.auc for fold in made.folds),
        "card_auc_complete_rows": auc(twelve.bad[complete], risk[complete]),
        "card_ece": error,
        "card_brier": brier(twelve.bad, risk),
        "card_stability_worst": max(fold.stability for fold in made.folds),
        "card_attributes_fewest": float(min(kept)),
        "card_attributes_most": float(max(kept)),
        "card_wrong_signs": float(len(made.wrong_signs)),
        "card_grades_outside": float(sum(grade.outside for grade in grade_rows(twelve, whole, made))),
        "card_attributes_suspicious": float(_suspicious(twelve, whole)),
        "card_seconds": seconds,
    }


def _suspicious(twelve: Sample, card: calibration.Calibrated) -> int:
    """Return how many attributes tell the outcome so well by themselves that they were perhaps not known before it."""
    return sum(
        line.bins.information_value > SUSPICIOUS_INFORMATION
        or (auc_alone(twelve.bad, twelve.values[name].to_numpy(dtype=np.float64)) or 0) > SUSPICIOUS_AUC
        for name, line in card.lines.items()
    )


def _rows_in_two_folds(sample: Sample) -> int:
    """Return how many rows that are left out of a fit repeat all figures of a row that is in it.

    Counted anew from the figures, whatever the sample says of its companies; rows that hold next to nothing, as those
    of dormant companies, repeat each other without being copies.
    """
    figures = sample.values.to_numpy(dtype=np.float64)
    told = np.array([len(np.unique(row[np.isfinite(row) & (row != 0)])) >= FIGURES_OF_A_COPY for row in figures])
    rows = [row.tobytes() for row in figures]
    found = 0
    for split in split_folds(sample, FOLDS, SEED):
        seen = {rows[place] for place in split.training}
        found += sum(told[place] and rows[place] in seen for place in split.left_out)
    return found


def second_table(twelve: Sample, other: Sample, policy: Policy) -> dict[str, float]:
    """Return what comes of a second table, of which the card has seen nothing."""
    card = calibration.calibrate(twelve, source=twelve.source)
    values = other.values[list(TWELVE)]
    points = card.points(values)
    probability = card.probability(points)
    return {
        "second_observations": float(len(other.bad)),
        "second_bads": float(other.bads),
        "second_companies": float(other.companies),
        "second_altman_z2_auc": auc(other.bad, _neutral(-altman_z2(other.values))),
        "second_block_auc": auc(other.bad, -polish.block_points(policy, other.values)),
        "second_card_auc": auc(other.bad, probability),
        "second_card_promised": float(probability.mean()),
        "second_card_observed": float(other.bad.mean()),
        "second_card_ece": calibration_error(other.bad, probability),
        "second_card_stability": stability_index(card.points(twelve.values), points),
        "second_card_wrong_signs": float(len(wrong_signs(card.scorecard, other))),
    }


def _plain(sample: Sample) -> dict[str, float]:
    """Return what logistic regressions of all attributes make of them, with medians for what is missing.

    Once on standardised values, where a few extreme ratios rule, and once on their ranks as a normal distribution.
    """
    values, figures = sample.values.to_numpy(dtype=np.float64), {}
    ranks = QuantileTransformer(output_distribution="normal", random_state=SEED)
    for name, scaler in (("plain", StandardScaler()), ("ranked", ranks)):
        model = make_pipeline(SimpleImputer(strategy="median"), scaler, LogisticRegression(max_iter=2000))
        risk = np.zeros(len(sample.bad))
        for training, part in split_folds(sample, FOLDS, SEED):
            risk[part] = model.fit(values[training], sample.bad[training]).predict_proba(values[part])[:, 1]
        figures[f"{name}_regression_auc"] = auc(sample.bad, risk)
    return figures


def shortfalls(figures: dict[str, float], horizon: int = 1) -> list[str]:
    """Return what falls short of what was promised; an AUC falls short where pooled or mean of folds does.

    Args:
        figures: as measured.
        horizon: years from the accounts to the bankruptcy; it sets the bars.
    """
    bars, short = BARS[horizon], []
    worse = {name: min(figures[f"{name}_auc"], figures[f"{name}_auc_mean_of_folds"]) for name in ("block", "card")}
    for name, bound in (("block", bars.block), ("card", bars.card)):
        if worse[name] < bound:
            short.append(f"{name}_auc {worse[name]:.4f}, at least {bound:.2f} wanted")
    if bars.above_altman is not None:
        bound = max(figures["altman_z2_auc"], figures["altman_z2_as_read_auc"]) + bars.above_altman
        if figures["block_auc"] < bound:
            short.append(
                f"block_auc {figures['block_auc']:.4f}, at least {bound:.4f} wanted (Z'' + {bars.above_altman})"
            )
    if figures["card_ece"] > CARD_ERROR:
        short.append(f"card_ece {figures['card_ece']:.4f}, at most {CARD_ERROR} wanted")
    none = ("card_wrong_signs", "card_attributes_suspicious", "card_rows_in_two_folds")
    return short + [f"{name} {figures[name]:.0f}, none wanted" for name in none if figures[name]]


def main() -> None:
    """Measure, print, write; exit status 1 where something falls short."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scoring", description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="an ARFF file in the format of the Polish data")
    parser.add_argument("--data2", type=Path, help="another one; the card fitted on the first is tried on it")
    parser.add_argument("--horizon", type=int, choices=sorted(BARS), default=1, help="years ahead; it sets the bars")
    parser.add_argument("--plant", help="`list`, or a fault to plant, which must be told")
    parser.add_argument("--json", type=Path, help="write the figures here, as one flat JSON object")
    arguments = parser.parse_args()
    if arguments.plant == "list":
        for name, plant in scoring_plants.PLANTS.items():
            print(f"{name:<24} {plant.words}")
        return
    if arguments.plant and arguments.plant not in scoring_plants.PLANTS:
        parser.error(f"no such plant; one of {', '.join(scoring_plants.PLANTS)}")
    if arguments.plant:
        scoring_plants.PLANTS[arguments.plant].grow()
    try:
        figures = measure(arguments.data, arguments.data2)
    except BadInput as error:
        sys.exit(f"error: {error}")
    for name, value in figures.items():
        print(f"{name:<40} {value:12.4f}")
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2), encoding="utf-8")
    short = shortfalls(figures, arguments.horizon)
    if short:
        sys.exit(f"falls short: {'; '.join(short)}")
    print("nothing falls short")


if __name__ == "__main__":
    main()
