"""An error as a page tells it: message, remedy, and each problem beside the name of its field."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from admission.errors import BadInput, GatehouseError, Problem
from admission.model import Text
from desk.words import WORDS

# Fields of forms that a page calls otherwise than a program does.
_FIELDS = {
    "choice": WORDS["choice"],
    "comment": WORDS["comment"],
    "conditions": WORDS["conditions"],
    "limit": Text(en="Lower limit", zh="降低后的额度"),
    "accept": Text(en="Unknown", zh="未查清事项"),
    "reason": WORDS["accept_reason"],
    "status": WORDS["status"],
    "note": WORDS["check_note"],
    "verdict": WORDS["verdict"],
    "ruling": WORDS["ruling"],
    "topic": WORDS["site_topic"],
    "site": WORDS["site_site"],
    "searched_by": WORDS["site_searched_by"],
    "query": WORDS["site_query"],
    "looked_at": WORDS["site_time"],
    "link": WORDS["site_link"],
    "no_record": WORDS["site_result"],
    "listed_on": WORDS["site_listed_on"],
    "ended_on": WORDS["site_ended_on"],
    "reference": WORDS["site_reference"],
    "title": WORDS["site_subject"],
}
NO_SUCH_LIST = Text(en="The list of cases cannot be filtered so.", zh="无法按此条件筛选申请单。")


@dataclass(frozen=True)
class Refusal:
    """An error as a page tells it."""

    message: Text
    remedy: Text | None
    problems: tuple[Text, ...] = ()


def one_of(codes: Iterable[str]) -> Text:
    """Say that one of some codes would be right."""
    listed = ", ".join(codes)
    return Text(en=f"one of {listed}", zh=f"以下之一：{listed}")


def refusal_of(error: GatehouseError) -> Refusal:
    """Return what a page says about an error."""
    problems = error.problems if isinstance(error, BadInput) else ()
    return Refusal(
        message=error.message,
        remedy=error.remedy if error.remedy.en else None,
        problems=tuple(map(_say_problem, problems)),
    )


def _say_problem(problem: Problem) -> Text:
    parts = problem.field.split(".")
    field = _FIELDS.get(parts[0]) or _FIELDS.get(parts[-1]) or Text(en=problem.field, zh=problem.field)
    expected, given = problem.expected, f" “{problem.value}”" if problem.value else ""
    return Text(en=f"{field.en}{given}: {expected.en}", zh=f"{field.zh}{given}：{expected.zh}")
