"""`make bench-scoring`: how well scores rank bankrupt and live companies that they have not seen.

Altman's Z'' alone, the default policy's financial block as it stands in the file, and a card of twelve attributes
calibrated anew in each of ten folds. Nothing of a missing value is used but its neutral points.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np
import yaml
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import QuantileTransformer, StandardScaler

from admission.assessment.scorecard import score
from admission.errors import BadInput
from admission.policy import load_policy
from benchmarks.polish import BLOCK, TWELVE, altman_z2, block_values, metrics_of, polish_sample
from policylab.accuracy import auc, bootstrap, brier, calibration_error, ks
from policylab.holdout import FOLDS, cross_validate, split_folds
from policylab.samples import Sample
from policylab.tables import Floats, read_table

SEED = 20261126
ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data" / "scoring" / "polish_5year.arff"
# Bands of the block's 40 points, by their upper ends, as the scoring notes give its bad rates.
BANDS = (9, 17, 25, 33, 40)
BLOCK_AUC, CARD_AUC, CARD_ERROR = 0.79, 0.86, 0.02


def measure(data: Path) -> dict[str, float]:
    """Return the figures of a table in the format of the Polish data."""
    sample = polish_sample(read_table(data))
    figures = {"observations": float(len(sample.bad)), "bads": float(sample.bads)}
    figures |= _ranked("altman_z2", sample, _neutral(-altman_z2(sample.values)))
    block = block_values(sample.values)
    points = block_points(block)
    figures |= _ranked("block", sample, -points)
    figures |= _bad_rates(sample, points)
    as_named = block_points(block | {"interest_cover": sample.values["A27"].to_numpy(dtype=np.float64)})
    figures["block_with_column_a27_auc"] = auc(sample.bad, -as_named)
    return figures | _card(sample) | _plain(sample)


def _neutral(values: Floats) -> Floats:
    """A missing value ranks in the middle."""
    return np.where(np.isnan(values), np.nanmedian(values), values)


def _ranked(name: str, sample: Sample, risk: Floats) -> dict[str, float]:
    """Return the measures of a risk that needs no fit: over all companies, and as the mean of the folds."""
    parts = [auc(sample.bad[part], risk[part]) for _, part in split_folds(sample, FOLDS, SEED).split(risk, sample.bad)]
    pooled = bootstrap(auc, sample.bad, risk, seed=SEED)
    return {
        f"{name}_auc": pooled.value,
        f"{name}_auc_low": pooled.low,
        f"{name}_auc_high": pooled.high,
        f"{name}_auc_mean_of_folds": float(np.mean(parts)),
        f"{name}_ks": ks(sample.bad, risk),
    }


def block_points(columns: dict[str, Floats]) -> Floats:
    """Return the points that the default policy gives for its financial block, by the code that scores a case."""
    policy = load_policy(yaml.safe_load((ROOT / "policies" / "default.yaml").read_text(encoding="utf-8")))
    rows = len(next(iter(columns.values())))
    scores = (score(policy, metrics_of(columns, row)) for row in range(rows))
    return np.array([float(sum(part.points for part in made.parts if part.attribute in BLOCK)) for made in scores])


def _bad_rates(sample: Sample, points: Floats) -> dict[str, float]:
    rates, above = {}, -1
    for band in BANDS:
        inside = (points > above) & (points <= band)
        rates[f"block_bad_rate_to_{band}"] = float(sample.bad[inside].mean()) if inside.any() else 0.0
        above = band
    return rates


def _card(sample: Sample) -> dict[str, float]:
    twelve = Sample(sample.values[list(TWELVE)], sample.bad, sample.source, sample.sha256)
    started = time.perf_counter()
    made = cross_validate(twelve, source=sample.source, folds=FOLDS, seed=SEED)
    seconds = time.perf_counter() - started
    risk, kept = made.probability, [len(fold.calibrated.lines) for fold in made.folds]
    complete = twelve.values.notna().all(axis="columns").to_numpy()
    return {
        **_ranked("card", sample, risk),
        "card_auc_mean_of_folds": float(np.mean([fold.auc for fold in made.folds])),
        "card_auc_worst_fold": min(fold.auc for fold in made.folds),
        "card_auc_complete_rows": auc(sample.bad[complete], risk[complete]),
        "card_calibration_error": calibration_error(sample.bad, risk),
        "card_brier": brier(sample.bad, risk),
        "card_stability_worst": max(fold.stability for fold in made.folds),
        "card_attributes_fewest": float(min(kept)),
        "card_attributes_most": float(max(kept)),
        "card_wrong_signs": float(sum(len(fold.wrong_signs) for fold in made.folds)),
        "card_seconds": seconds,
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
        for training, part in split_folds(sample, FOLDS, SEED).split(values, sample.bad):
            risk[part] = model.fit(values[training], sample.bad[training]).predict_proba(values[part])[:, 1]
        figures[f"{name}_regression_auc"] = auc(sample.bad, risk)
    return figures


def shortfalls(figures: dict[str, float]) -> list[str]:
    """Return what falls short of what was promised; an AUC falls short where pooled or mean of folds does."""
    short = []
    for name, bound in (("block", BLOCK_AUC), ("card", CARD_AUC)):
        worse = min(figures[f"{name}_auc"], figures[f"{name}_auc_mean_of_folds"])
        if worse < bound:
            short.append(f"{name}_auc {worse:.4f}, at least {bound} wanted")
    if figures["card_calibration_error"] > CARD_ERROR:
        short.append(f"card_calibration_error {figures['card_calibration_error']:.4f}, at most {CARD_ERROR} wanted")
    if figures["card_wrong_signs"]:
        short.append(f"card_wrong_signs {figures['card_wrong_signs']:.0f}, none wanted")
    return short


def main() -> None:
    """Measure, print, write; exit status 1 where something falls short."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scoring", description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="an ARFF file in the format of the Polish data")
    parser.add_argument("--json", type=Path, help="write the figures here, as one flat JSON object")
    arguments = parser.parse_args()
    try:
        figures = measure(arguments.data)
    except BadInput as error:
        sys.exit(f"error: {error}")
    for name, value in figures.items():
        print(f"{name:<40} {value:12.4f}")
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2), encoding="utf-8")
    short = shortfalls(figures)
    if short:
        sys.exit(f"falls short: {'; '.join(short)}")
    print("nothing falls short")


if __name__ == "__main__":
    main()
