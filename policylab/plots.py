"""The report's pictures, as SVG: matplotlib without a window, without a global state, the same bytes each time.

Axes are labelled in English with plain ASCII, since not every machine has a Chinese font; the page's captions say the
same in both languages.
"""

from __future__ import annotations

import base64
import io

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from sklearn.metrics import roc_curve

from policylab.accuracy import calibration_groups
from policylab.outcomes import Outcomes
from policylab.report_record import AttributeRow
from policylab.tables import Floats

GOOD, BAD, QUIET = "#2f6f9f", "#b3452c", "#8a8f98"
SIZE = (4.6, 3.4)


def drawing(title_x: str, title_y: str) -> tuple[Figure, Axes]:
    """Return an empty picture with named axes."""
    figure = Figure(figsize=SIZE, layout="constrained")
    axes = figure.add_subplot()
    axes.set_xlabel(title_x)
    axes.set_ylabel(title_y)
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def svg(figure: Figure) -> str:
    """Return a picture as SVG, the same bytes each time."""
    written = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": "gatehouse", "svg.fonttype": "path"}):
        figure.savefig(written, format="svg", metadata={"Date": None})
    return written.getvalue()


def data_url(drawn: str) -> str:
    """Return an SVG as the address of a picture that holds itself, so that a page fetches nothing."""
    return f"data:image/svg+xml;base64,{base64.b64encode(drawn.encode()).decode()}"


def draw_roc(bad: Outcomes, risk: Floats) -> str:
    """Draw the ROC curve: bad caught against good refused."""
    refused, caught, _ = roc_curve(bad, risk)
    figure, axes = drawing("share of good refused", "share of bad caught")
    axes.plot([0, 1], [0, 1], color=QUIET, linestyle=":")
    axes.plot(refused, caught, color=GOOD)
    return svg(figure)


def draw_calibration_curve(bad: Outcomes, probability: Floats) -> str:
    """Draw what was expected against what came, in ten groups; on the dotted line both are the same."""
    groups = calibration_groups(bad, probability)
    expected, observed = [part.expected for part in groups], [part.observed for part in groups]
    figure, axes = drawing("probability of default", "observed bad rate")
    top = max(*expected, *observed)
    axes.plot([0, top], [0, top], color=QUIET, linestyle=":")
    axes.plot(expected, observed, color=GOOD, marker="o", markersize=4)
    return svg(figure)


def draw_score_distribution(bad: Outcomes, points: Floats) -> str:
    """Draw how the points of the good and of the bad are spread."""
    figure, axes = drawing("points", "share of companies")
    edges = np.linspace(0, 100, 21)
    for value, colour, label in ((0, GOOD, "good"), (1, BAD, "bad")):
        chosen = points[bad == value]
        weights = np.full(len(chosen), 1 / len(chosen))
        axes.hist(chosen, bins=list(edges), weights=weights, color=colour, alpha=0.6, label=label)
    axes.legend(frameon=False)
    return svg(figure)


def draw_bins(row: AttributeRow) -> str:
    """Draw the bad rate of each bin, with the number of its companies above the bar; what is missing stands apart."""
    names = [f"< {part.below:f}" if part.below is not None else "above" for part in row.bins]
    rates = [part.bad_rate for part in row.bins]
    counts = [part.goods + part.bads for part in row.bins]
    colours = [GOOD] * len(names)
    missing = row.missing_goods + row.missing_bads
    if missing:
        names.append("missing")
        rates.append(row.missing_bads / missing)
        counts.append(missing)
        colours.append(QUIET)
    figure, axes = drawing(row.metric, "bad rate")
    drawn = axes.bar(range(len(names)), rates, color=colours)
    axes.bar_label(drawn, labels=[str(count) for count in counts], fontsize=8)
    axes.set_xticks(range(len(names)), names, rotation=30, ha="right", fontsize=8)
    return svg(figure)
