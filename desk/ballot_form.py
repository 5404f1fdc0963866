"""A vote as a form sends it, turned into a ballot; what cannot be read is told with what would be right."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal

from pydantic import ValidationError
from starlette.datastructures import FormData

from admission.approval.votes import NOT_TAKEN, Ballot
from admission.errors import NOTHING, BadInput, Problem
from admission.model import Text
from admission.problems import problems_of

REASON_PREFIX = "reason:"
LONGEST_CONDITION = 300
LONGEST_REASON = 1000
TICK = Text(en="a tick in its box to accept it, or no reason", zh="请勾选以接受，或清空其理由")
AMOUNT = Text(en="an amount such as 250000 or 250,000.50", zh="金额，例如 250000 或 250,000.50")
_AMOUNT = re.compile(r"(\d{1,15}|\d{1,3}(,\d{3}){1,4})(\.\d{1,4})?")


@dataclass(frozen=True)
class Draft:
    """The fields of a vote as they were typed, so that a refused form can be shown again."""

    assessment: str = ""
    choice: str = ""
    comment: str = ""
    conditions: str = ""
    limit: str = ""
    accepted: tuple[str, ...] = ()
    reasons: dict[str, str] = field(default_factory=dict)


def draft_of(form: FormData) -> Draft:
    """Read the fields of a vote; those that are missing are empty."""
    reasons = {
        name.removeprefix(REASON_PREFIX): value
        for name, value in form.multi_items()
        if name.startswith(REASON_PREFIX) and isinstance(value, str)
    }
    return Draft(
        assessment=text_field(form, "assessment"),
        choice=text_field(form, "choice"),
        comment=text_field(form, "comment"),
        conditions=text_field(form, "conditions"),
        limit=text_field(form, "limit"),
        accepted=tuple(value for value in form.getlist("accept") if isinstance(value, str)),
        reasons=reasons,
    )


def text_field(form: FormData, name: str) -> str:
    """Return one field's text; empty where there is none."""
    value = form.get(name)
    return value.replace("\r\n", "\n") if isinstance(value, str) else ""


def ballot_of(draft: Draft) -> Ballot:
    """Turn a draft into a ballot.

    Raises:
        BadInput: with every field that cannot be taken.
    """
    conditions = tuple(line.strip() for line in draft.conditions.splitlines() if line.strip())
    limit, problems = amount_of("limit", draft.limit)
    problems += [
        Problem("conditions", line[:40], _at_most(LONGEST_CONDITION, Text(en=" a line", zh="每行")))
        for line in conditions
        if len(line) > LONGEST_CONDITION
    ]
    problems += [
        Problem("accept", name[:80], TICK)
        for name, reason in draft.reasons.items()
        if reason.strip() and name not in draft.accepted
    ]
    problems += [
        Problem("reason", name[:80], _at_most(LONGEST_REASON))
        for name, reason in draft.reasons.items()
        if len(reason) > LONGEST_REASON
    ]
    if problems:
        raise BadInput(NOT_TAKEN, problems=problems)
    given = {
        "choice": draft.choice,
        "comment": draft.comment.strip(),
        "conditions": conditions,
        "limit": limit,
        "accepted": {name: draft.reasons.get(name, "").strip() for name in draft.accepted},
    }
    try:
        return Ballot.model_validate(given)
    except ValidationError as error:
        raise BadInput(NOT_TAKEN, problems=problems_of(error, model=Ballot)) from None


def _at_most(characters: int, of: Text = NOTHING) -> Text:
    return Text(en=f"at most {characters} characters{of.en}", zh=f"{of.zh}最多 {characters} 个字符")


def amount_of(field: str, typed: str) -> tuple[Decimal | None, list[Problem]]:
    """Read an amount as people type it; None where nothing was typed, or it is none: then the problem is told."""
    plain = unicodedata.normalize("NFKC", typed).strip()
    if not plain:
        return None, []
    if _AMOUNT.fullmatch(plain) is None:
        return None, [Problem(field, typed[:24], AMOUNT)]
    return Decimal(plain.replace(",", "")), []
