"""The table of `admission.transitions`, and that nobody else says where a case goes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from admission import transitions
from admission.cases import CaseStatus
from admission.errors import Conflict, NotAllowed
from admission.transitions import DECISION_MADE, DECISION_OPEN, MOVABLE, TRANSITIONS, CaseAct, next_status

HOUSE = Path(__file__).parents[2]
TABLE = Path("admission/transitions.py")
# `flows` has two sets of its own until it is rewritten.
ROOMS = ("admission", "benchmarks", "casebook", "cli", "desk", "flows", "policylab", "services", "tasks", "wiring")


def table() -> str:
    """Print the matrix: where each act leads from each status; a dash where it is refused."""
    rows = [["act", *CaseStatus]]
    for act in CaseAct:
        leads = [TRANSITIONS[act][status] for status in CaseStatus]
        rows.append([act, *(to if isinstance(to, CaseStatus) else "-" for to in leads)])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    rows.insert(1, ["-" * width for width in widths])
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(f"    {line}".rstrip() for line in lines)


def test_the_matrix_is_the_one_that_the_module_tells() -> None:
    assert table() in str(transitions.__doc__)


@pytest.mark.parametrize("act", CaseAct)
@pytest.mark.parametrize("status", CaseStatus)
def test_an_act_leads_somewhere_or_is_refused_in_both_languages(act: CaseAct, status: CaseStatus) -> None:
    leads = TRANSITIONS[act][status]
    if isinstance(leads, CaseStatus):
        assert next_status(act, status, case="GH-2026-000001") is leads
        return
    with pytest.raises(NotAllowed if act is CaseAct.VOTE else Conflict) as refused:
        next_status(act, status, case="GH-2026-000001")
    assert (refused.value.message, refused.value.remedy) == leads
    assert refused.value.context == {"case": "GH-2026-000001"}
    assert leads.message.zh != leads.message.en


REFUSALS = {
    (CaseAct.WAIT_FOR_OWNER, "voting"): "Voting on this case has opened already.",
    (CaseAct.OPEN_VOTING, "unattributed"): "Nobody has taken this request as theirs, so no vote can open.",
    (CaseAct.VOTE, "gathering unattributed"): "Voting on this case is not open.",
    (CaseAct.CONCLUDE, "gathering unattributed voting"): "This case is not decided yet.",
    (CaseAct.SPOT_CHECK, "gathering unattributed voting"): "This case is not decided yet.",
    (CaseAct.SPOT_CHECK, "decided"): "This decision is still being carried out.",
    **{
        (act, "decided concluded"): "This case is decided already."
        for act in (CaseAct.WAIT_FOR_OWNER, CaseAct.OPEN_VOTING, CaseAct.VOTE, CaseAct.DECIDE, CaseAct.OPEN_ROUND)
    },
}


def test_each_refusal_says_why() -> None:
    said = {
        (act, status): leads.message.en
        for act, row in TRANSITIONS.items()
        for status, leads in row.items()
        if not isinstance(leads, CaseStatus)
    }
    assert said == {
        (act, CaseStatus(status)): why for (act, statuses), why in REFUSALS.items() for status in statuses.split()
    }


def test_a_case_is_decided_or_not_and_moves_or_waits_until_it_is_over() -> None:
    assert set(CaseStatus) == DECISION_MADE | DECISION_OPEN
    assert not DECISION_MADE & DECISION_OPEN
    assert set(CaseStatus) - MOVABLE - transitions.WAITING_FOR_PEOPLE == {CaseStatus.CONCLUDED}


def statuses_in(node: ast.AST) -> set[str]:
    """Return the statuses that an expression names, as `CaseStatus.X` or as their plain words."""
    named = {
        part.attr.lower()
        for part in ast.walk(node)
        if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id == "CaseStatus"
    }
    words = {part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)}
    return named | words & set(CaseStatus)


def statuses_of_their_own(source: str, *, casebook: bool = False) -> Iterator[tuple[int, str]]:
    """Yield where a module keeps a set of statuses, compares with two in a row, or says which one comes next."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Tuple | ast.List | ast.Set | ast.BoolOp) and len(statuses_in(node)) > 1:
            yield node.lineno, ast.unparse(node)
        if casebook and isinstance(node, ast.keyword) and node.arg == "status" and statuses_in(node.value):
            yield node.lineno, ast.unparse(node)
        if casebook and isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "status" and statuses_in(value):
                    yield node.lineno, ast.unparse(value)


def test_no_other_module_says_where_a_case_goes() -> None:
    found = []
    for room in ROOMS:
        for path in sorted((HOUSE / room).rglob("*.py")):
            place = path.relative_to(HOUSE)
            if place == TABLE or "versions" in place.parts:
                continue
            source = path.read_text(encoding="utf-8")
            found += [
                f"{place}:{line}: {what}" for line, what in statuses_of_their_own(source, casebook=room == "casebook")
            ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "DONE = (CaseStatus.DECIDED, CaseStatus.CONCLUDED)",
        "WAITING = {'voting', 'unattributed'}",
        "over = case.status == CaseStatus.DECIDED or case.status == CaseStatus.CONCLUDED",
        "change_case(transaction, reference, status=CaseStatus.DECIDED)",
        "row = {'status': CaseStatus.GATHERING}",
    ],
)
def test_the_search_finds_what_it_looks_for(source: str) -> None:
    assert list(statuses_of_their_own(source, casebook=True))
