"""Pictures of a comparison: how the swap set turned out, how grades moved, what the criteria have to do with it."""

from __future__ import annotations

from admission.policy import Policy
from policylab.comparison import Comparison
from policylab.plots import BAD, GOOD, QUIET, drawing, svg

NAMES = {"in-in": "in both", "out-in": "swapped in", "in-out": "swapped out", "out-out": "out both"}
MOST_CRITERIA = 12


def swap_set(comparison: Comparison) -> str:
    """Draw the bad rate of each group with its interval of 95 %; groups without performance are named as unknown."""
    figure, axes = drawing("", "observed bad rate")
    for place, (name, group) in enumerate(comparison.groups.items()):
        color = BAD if name == "in-out" else GOOD
        if group.rate is None or group.low is None or group.high is None:
            axes.text(place, 0.0, "unknown", ha="center", va="bottom", color=QUIET)
            continue
        error = [[group.rate - group.low], [group.high - group.rate]]
        axes.errorbar(place, group.rate, yerr=error, fmt="o", color=color, capsize=5)
    labels = [f"{NAMES[name]}\nn={group.cases:,}" for name, group in comparison.groups.items()]
    axes.set_xticks(range(len(labels)), labels)
    axes.set_ylim(bottom=0)
    axes.set_xlim(-0.5, len(labels) - 0.5)
    return svg(figure)


def migration(comparison: Comparison, before: Policy, after: Policy) -> str:
    """Draw how many cases went from which grade to which."""
    old = [grade.name for grade in before.grades]
    new = [grade.name for grade in after.grades]
    counts = [[comparison.grades.get((was, becomes), 0) for becomes in new] for was in old]
    figure, axes = drawing("grade under the new policy", "grade under the old policy")
    axes.imshow(counts, cmap="Blues", aspect="auto")
    most = max((count for row in counts for count in row), default=0)
    for row, line in enumerate(counts):
        for column, count in enumerate(line):
            if count:
                color = "white" if count > most / 2 else "black"
                axes.text(column, row, f"{count:,}", ha="center", va="center", color=color, fontsize=8)
    axes.set_xticks(range(len(new)), new)
    axes.set_yticks(range(len(old)), old)
    return svg(figure)


def contributions(comparison: Comparison) -> str:
    """Draw in how many flips each criterion's verdict is another."""
    moved = sorted((row for row in comparison.criteria if row.in_flips), key=lambda row: -row.in_flips)[:MOST_CRITERIA]
    figure, axes = drawing("flips in which its verdict is another", "")
    axes.barh([row.criterion for row in reversed(moved)], [row.in_flips for row in reversed(moved)], color=GOOD)
    axes.barh([row.criterion for row in reversed(moved)], [row.alone for row in reversed(moved)], color=BAD)
    if not moved:
        axes.text(0.5, 0.5, "none", ha="center", va="center", color=QUIET, transform=axes.transAxes)
    return svg(figure)
