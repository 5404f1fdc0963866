"""A comparison of two policies as one HTML page with its pictures inside, and as a table of all flips."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined

from admission.model import Text
from admission.policy import Policy
from admission.spreadsheets import guarded
from policylab import comparison_plots, plots
from policylab.comparison import Comparison, Judged, Turned

SHOWN = 200
GROUPS = {
    "in-in": Text(en="in under both", zh="两者均准入"),
    "out-in": Text(en="swapped in: the new policy alone", zh="换入：仅新政策准入"),
    "in-out": Text(en="swapped out: the old policy alone", zh="换出：仅旧政策准入"),
    "out-out": Text(en="out under both", zh="两者均不准入"),
}
COLUMNS = (
    "reference",
    "segment",
    "amount",
    "flip",
    "old_route",
    "new_route",
    "old_grade",
    "new_grade",
    "old_score",
    "new_score",
    "old_limit",
    "new_limit",
    "changed",
    "performance",
)
TURNED_OUT = {True: Text(en="bad", zh="违约"), False: Text(en="good", zh="正常"), None: Text(en="unknown", zh="未知")}


class Row(NamedTuple):
    """One flip as people read it."""

    reference: str
    segment: str
    amount: str
    flip: str
    old: str
    new: str
    changed: str
    performance: Text


@dataclass(frozen=True)
class Heading:
    """What was compared: the two policies, the cases and the window."""

    old: Policy
    new: Policy
    source: str
    window_months: int | None


def html_page(comparison: Comparison, heading: Heading) -> str:
    """Return the page, in English and Chinese side by side."""
    environment = Environment(
        loader=PackageLoader("policylab", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["picture"] = plots.data_url
    environment.filters["rate"] = rate_words
    return environment.get_template("comparison.html.j2").render(
        comparison=comparison,
        heading=heading,
        groups=GROUPS,
        flips=[_row(case) for case in comparison.flips[:SHOWN]],
        criteria=[row for row in comparison.criteria if row.in_flips or row.fails_old != row.fails_new],
        swaps=comparison_plots.swap_set(comparison),
        migration=comparison_plots.migration(comparison, heading.old, heading.new),
        reasons=comparison_plots.contributions(comparison),
    )


def rate_words(turned: Turned) -> str:
    """Return a bad rate with its interval, or that none is known."""
    if turned.rate is None or turned.low is None or turned.high is None:
        return "unknown 未知"
    return f"{turned.rate:.2%} ({turned.low:.2%} - {turned.high:.2%})"


def _row(case: Judged) -> Row:
    return Row(
        reference=case.reference,
        segment=case.segment,
        amount="-" if case.amount is None else f"{case.amount:,.0f}",
        flip="in" if case.new.favourable else "out",
        old=f"{case.old.grade}, {case.old.route}, {case.old.limit:,.0f}",
        new=f"{case.new.grade}, {case.new.route}, {case.new.limit:,.0f}",
        changed=", ".join(changes(case)),
        performance=TURNED_OUT[case.bad],
    )


def changes(case: Judged) -> list[str]:
    """Return why a case stands differently: criteria whose verdict is another, and the grade."""
    changed = sorted({name for name, _ in set(case.old.against) ^ set(case.new.against)})
    return [*changed, f"grade {case.old.grade} -> {case.new.grade}"] if case.old.grade != case.new.grade else changed


def csv_table(comparison: Comparison) -> str:
    """Return all flips as CSV."""
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow(COLUMNS)
    for case in comparison.flips:
        table.writerow(
            (
                guarded(case.reference),
                guarded(case.segment),
                "" if case.amount is None else case.amount,
                "in" if case.new.favourable else "out",
                case.old.route,
                case.new.route,
                case.old.grade,
                case.new.grade,
                case.old.score,
                case.new.score,
                case.old.limit,
                case.new.limit,
                " ".join(changes(case)),
                TURNED_OUT[case.bad].en,
            )
        )
    return written.getvalue()
