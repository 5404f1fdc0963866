"""The conditions of a case as rows: what came with later versions of Gatehouse is beside the columns, as JSON."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from admission.cases import Condition
from admission.model import canonical_json
from casebook.database.sealing import ERASED

_COLUMNS = frozenset({"id", "text", "proposed_by", "state", "settled_by"})


def row_of(reference: str, position: int, condition: Condition) -> dict[str, Any]:
    """Return the row of a condition of a case."""
    return {
        "case_ref": reference,
        "position": position,
        **{name: getattr(condition, name) for name in sorted(_COLUMNS)},
        "details": details_of(condition),
    }


def details_of(condition: Condition) -> str | None:
    """Return what of a condition has no column of its own; None where there is nothing."""
    details = condition.model_dump(mode="json", exclude=set(_COLUMNS))
    return canonical_json(details) if details else None


def condition_of(row: sa.Row[Any]) -> Condition:
    """Read a row."""
    details = {} if row.details in (None, ERASED) else json.loads(row.details)
    return Condition.model_validate({**{name: getattr(row, name) for name in _COLUMNS}, **details})
