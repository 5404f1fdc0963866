"""A comparison of two policies as one HTML page with its pictures inside, and as a table of all changed cases."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined

from admission.governance.reckoning import Reckoned
from admission.model import Text
from admission.policy import Policy
from admission.spreadsheets import guarded
from policylab import comparison_plots, plots
from policylab.comparison import Aspect, Comparison, Judged, Turned

SHOWN = 200
# Of cases in a sentence.
NAMED = 10
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
    "granted",
    "flip",
    "changed",
    "replay_differs",
    "old_route",
    "new_route",
    "old_grade",
    "new_grade",
    "old_score",
    "new_score",
    "old_limit",
    "new_limit",
    "old_terms_days",
    "new_terms_days",
    "old_secured",
    "new_secured",
    "why",
    "performance",
)
ASPECT_WORDS: dict[Aspect, Text] = {
    "route": Text(en="route", zh="审批路径"),
    "grade": Text(en="grade", zh="等级"),
    "limit": Text(en="limit", zh="额度"),
    "terms": Text(en="terms", zh="账期"),
    "security": Text(en="security", zh="担保"),
}
TURNED_OUT = {True: Text(en="bad", zh="违约"), False: Text(en="good", zh="正常"), None: Text(en="unknown", zh="未知")}


class Row(NamedTuple):
    """One changed case as people read it."""

    reference: str
    segment: str
    amount: str
    granted: str
    changed: Text
    old: str
    new: str
    why: str
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
        rows=[_row(case) for case in comparison.changed[:SHOWN]],
        aspects=ASPECT_WORDS,
        remarks=list(remarks(comparison)),
        criteria=[row for row in comparison.criteria if row.in_flips or row.fails_old != row.fails_new],
        swaps=comparison_plots.swap_set(comparison),
        migration=comparison_plots.migration(comparison, heading.old, heading.new),
        reasons=comparison_plots.contributions(comparison),
    )


def remarks(comparison: Comparison) -> Iterator[Text]:
    """Say where what was decided is not what the policies make of the cases, and what could not be compared."""
    if comparison.policies_agree:
        count = f"{comparison.policies_agree:,}"
        yield Text(
            en=f"{count} of them although both policies say the same: what was decided is something else",
            zh=f"其中 {count} 笔两份政策结论相同，但与当时的决定不同",
        )
    if comparison.replays:
        count, named = f"{len(comparison.replays):,}", [case.reference for case in comparison.replays[:NAMED]]
        more = ", ..." if len(comparison.replays) > NAMED else ""
        yield Text(
            en=f"{count} case(s) come out otherwise today under the policy that decided them (other rates, tables or "
            f"version of Gatehouse): {', '.join(named)}{more}",
            zh=f"{count} 笔按原政策重算与当时决定不同（汇率、行业表或 Gatehouse 版本不同）：{'、'.join(named)}{more}",
        )
    if comparison.other_policy:
        count = f"{comparison.other_policy:,}"
        yield Text(
            en=f"{count} case(s) were decided under another policy than the old one; what was decided counts",
            zh=f"{count} 笔当时所依据的并非旧政策，以当时决定为准",
        )
    if comparison.not_replayed:
        count = f"{comparison.not_replayed:,}"
        yield Text(
            en=f"{count} case(s) could not be replayed: their policy is not kept in a form that can be read",
            zh=f"{count} 笔无法重算：所依据的政策无法读取",
        )
    if comparison.terms_unknown:
        count = f"{comparison.terms_unknown:,}"
        yield Text(
            en=f"of {count} case(s) terms and security are not known; they are not compared in these",
            zh=f"{count} 笔的账期和担保未知，未作对比",
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
        granted="?" if case.granted is None else f"{case.granted:,.0f}",
        changed=aspect_words(case.changed),
        old=decision_words(case.old),
        new=decision_words(case.new),
        why=", ".join(changes(case)),
        performance=TURNED_OUT[case.bad],
    )


def aspect_words(aspects: tuple[Aspect, ...]) -> Text:
    """Return in what a case would be decided otherwise."""
    words = [ASPECT_WORDS[aspect] for aspect in aspects]
    return Text(en=", ".join(word.en for word in words), zh="、".join(word.zh for word in words))


def decision_words(made: Reckoned) -> str:
    """Return a decision in one short line: grade, limit, who decides, days, security."""
    days = "" if made.terms_days is None else f", {made.terms_days} d"
    secured = ", secured 须担保" if made.secured else ""
    return f"{made.grade} {made.limit:,.0f} {made.route} {made.band}".strip() + days + secured


def changes(case: Judged) -> list[str]:
    """Return why the policies differ on a case: criteria whose verdict is another, and the grade."""
    changed = sorted({name for name, _ in set(case.by_old_policy.against) ^ set(case.new.against)})
    return [*changed, f"grade {case.old.grade} -> {case.new.grade}"] if case.old.grade != case.new.grade else changed


def csv_table(comparison: Comparison) -> str:
    """Return all cases that would be decided otherwise as CSV."""
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow(COLUMNS)
    for case in comparison.changed:
        table.writerow(
            (
                guarded(case.reference),
                guarded(case.segment),
                "" if case.amount is None else case.amount,
                "" if case.granted is None else case.granted,
                "" if case.old.favourable == case.new.favourable else "in" if case.new.favourable else "out",
                " ".join(case.changed),
                " ".join(case.replay_differs),
                case.old.route,
                case.new.route,
                case.old.grade,
                case.new.grade,
                case.old.score,
                case.new.score,
                case.old.limit,
                case.new.limit,
                _told(case.old.terms_days),
                _told(case.new.terms_days),
                _told(case.old.secured),
                _told(case.new.secured),
                " ".join(changes(case)),
                TURNED_OUT[case.bad].en,
            )
        )
    return written.getvalue()


def _told(value: int | bool | None) -> str:
    return "" if value is None else str(value).lower()
